"""The parts of an agreement with a rule of their own: parties, sections, tasks, legal bases, changes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Count, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination import agreement_parts as saves
from coordination import agreement_rows as rows
from coordination.agencies import desks_known, now_of
from coordination.agreement_actions import record_changes
from coordination.agreement_part_forms import (
    AgencyPart,
    FactsPart,
    MilestonesPart,
    Part,
    RecipientsPart,
    Suggested,
    WithParties,
)
from coordination.agreement_tasks import BASES, CHANGES, CLAUSES, PARTIES, SECTIONS
from coordination.compose import cited, numbered_sections
from coordination.enums import ClauseChangeNature, LinkNature, Numbering
from coordination.formats import date_vi
from coordination.models import Agency, Clause, ClauseChange, Document, DocumentLink, Section
from coordination.register import target_of
from coordination.search import clean_text

MOST_FOUND = 10
SHORT = 80  # letters of a task that name it in a list


class PartiesPart(AgencyPart):
    key, title, row = PARTIES, gettext_lazy("Parties and who signs"), rows.PartyRow
    hint = gettext_lazy("The order is that of the symbol. Who signs stands in the text all agree to: write it before.")
    line_word, more_word = gettext_lazy("Party %(number)s"), gettext_lazy("Add parties")
    same = ("agency",)
    twice = gettext_lazy("This agency is already a party. Choose another one, or leave the line empty.")

    def stored_lines(self):
        names = ("desk", "signing_form", "on_behalf_of", "title", "name", "signature_column")
        found = self.document.parties.order_by("symbol_order")
        return [{"agency": row.agency_id} | {name: getattr(row, name) for name in names} for row in found]

    @cached_property
    def suggested(self):
        """Desks of whoever may be chosen, known by the agency beside them."""
        return [Suggested(desk, row.name) for row, desk in desks_known(self.in_scope)]

    def dress(self):
        super().dress()
        for form in self.forms:
            form.unsigned = bool(form["agency"].value()) and not form["name"].value()

    def check(self):
        agencies, columns = set(), set()
        for place, form in enumerate(self.kept, 1):
            agency = form.cleaned_data["agency"]
            if agency in agencies:
                form.add_error(
                    "agency", _("This agency is already a party. Choose another one, or leave the line empty.")
                )
            elif (agency.closed_on or date.max) < self.desk.today:
                form.add_error("agency", _("No longer at work. Choose the agency that took its place."))
            agencies.add(agency)
            column = form.cleaned_data["signature_column"] or place
            if column in columns:
                form.add_error("signature_column", _("Two parties cannot sign in the same column."))
            columns.add(column)

    def write(self, **claim):
        names = ("agency", "title", "name", "desk", "signing_form", "on_behalf_of")
        lines = [
            saves.PartyLine(**{name: line[name] for name in names}, signature_column=line["signature_column"] or 0)
            for line in self.cleaned
        ]
        return saves.save_parties(self.agreement, lines, today=self.desk.today, **claim)


class SectionsPart(Part):
    key, title, row = SECTIONS, gettext_lazy("Sections"), rows.SectionRow
    hint = gettext_lazy("Headings and plain text, numbered by order and level; tasks are written section by section.")
    line_word, more_word = gettext_lazy("Section %(number)s"), gettext_lazy("Add sections")

    def stored_lines(self):
        counts = dict(self.document.sections.annotate(rows=Count("clauses")).order_by("pk").values_list("pk", "rows"))
        lines, self.numbers = [], {}
        for row, number, level in numbered_sections(self.document):
            self.numbers[str(row.uid)] = (number, counts[row.pk])
            numbered = row.numbering != Numbering.NONE
            line = {"uid": row.uid, "level": level, "numbered": numbered, "heading": row.heading, "text": row.text}
            lines.append(line)
        self.beside = list(counts.values())
        return lines

    @cached_property
    def suggested(self):
        """Who carries the work out is often a heading: the parties, and their desks."""
        order = list(self.document.parties.order_by("symbol_order").values_list("agency", flat=True))
        rows = Agency.objects.filter(pk__in=order).named_on(self.desk.today)
        parties = sorted(rows, key=lambda row: order.index(row.pk))
        names = [Suggested(row.name, "") for row in parties]
        return names + [Suggested(f"{desk} – {row.short_name}", "") for row, desk in desks_known(parties)]

    def dress(self):
        super().dress()
        for form in self.forms:
            form.number, form.task_count = self.numbers.get(str(form["uid"].value()), ("", 0))
            form.indent = f"level-{form['level'].value()}"

    def check(self):
        above = 0
        for form in self.kept:
            level = form.cleaned_data["level"]
            if level > above + 1:
                form.add_error("level", _("There is no section one level higher before it. Choose a higher level."))
            above = level

    def write(self, **claim):
        names = ("level", "heading", "text", "numbered", "uid")
        lines = [saves.SectionLine(**{name: line[name] for name in names}) for line in self.cleaned]
        return saves.save_sections(self.agreement, lines, **claim)


class WithCitations(WithParties):
    """A part whose lines cite documents, one a line."""

    def cited(self, text: str, kept: dict[str, Document]) -> list[saves.Cited]:
        """A line left as it was (`kept`) names the same document, whether or not its words would find it."""
        lines = filter(None, map(str.strip, text.splitlines()))
        return [
            saves.Cited(kept[words])
            if words in kept
            else saves.Cited(**target_of(words[:500], self.desk.user, self.document))
            for words in lines
        ]


def citation_lines(row: Clause | ClauseChange) -> str:
    return "\n".join(one.words() for one in row.citations.all())


def documents_in(rows: Iterable[Clause | ClauseChange]) -> dict[str, Document]:
    """Those of the register the rows cite, by the words that stand for them in a form."""
    return {one.words(): one.target for row in rows for one in row.citations.all() if one.target}


class ClausesPart(WithCitations):
    key, row = CLAUSES, rows.ClauseRow
    hint = gettext_lazy("One task a line, in the order of the paper. Without a lead all parties do it together.")
    line_word, more_word = gettext_lazy("Task %(number)s"), gettext_lazy("Add tasks")

    @cached_property
    def title(self):
        numbers = {row.pk: number for row, number, _level in numbered_sections(self.document)}
        named = f"{numbers.get(self.section.pk, '')} {self.section.heading}".strip()
        return _("Tasks of %(section)s") % {"section": named or self.section.text[:60]}

    @cached_property
    def clauses(self):
        return list(self.section.clauses.for_text().select_related("follows"))

    def stored_lines(self):
        names = ("uid", "text", "valid_from", "valid_to")
        return [
            {name: getattr(row, name) for name in names}
            | {
                "lead": row.lead_id,
                "partners": [partner.pk for partner in row.partners.all()],
                "cited": citation_lines(row),
                "follows": row.follows_id,
            }
            for row in self.clauses
        ]

    def offers(self):
        label = {"label": lambda row: shortened(row.text), "empty": _("none: it holds beside the others")}
        return super().offers() | {"follows": {"entries": self.clauses} | label}

    def check(self):
        kept, followed = {form.cleaned_data["uid"]: form for form in self.kept}, set()
        for form in self.kept:
            before = form.cleaned_data.get("follows")
            if before is None:
                continue
            other = kept.get(before.uid)
            if other is None or before.pk in followed:
                form.add_error("follows", _("This task is taken out, or another one takes its place already."))
                continue
            followed.add(before.pk)
            end = other.cleaned_data.get("valid_to")
            if end is None or end >= form.cleaned_data["valid_from"]:
                form.add_error("valid_from", self.overlap(end))

    @staticmethod
    def overlap(end: date | None) -> str:
        if end is None:
            return _("The days overlap: the task before has no last day. End it the day before this one begins.")
        return _("The days overlap: the task before holds until %(day)s. Begin the day after.") % {"day": date_vi(end)}

    def write(self, **claim):
        kept = documents_in(self.clauses)
        names = ("text", "lead", "partners", "uid", "valid_from", "valid_to")
        lines = [
            saves.ClauseLine(
                **{name: line[name] for name in names},
                cited=self.cited(line["cited"], kept),
                follows=line["follows"].uid if line["follows"] else None,
            )
            for line in self.cleaned
        ]
        return saves.save_clauses(self.agreement, self.section, lines, **claim)


def shortened(text: str) -> str:
    return text if len(text) <= SHORT else f"{text[:SHORT].rsplit(' ', 1)[0]}…"


class BasesPart(Part):
    key, title, row = BASES, gettext_lazy("Legal bases"), rows.BasisRow
    hint = gettext_lazy(
        "Each stands after “Căn cứ” at the head of the paper: a document of the register, or your words."
    )
    line_word, more_word = gettext_lazy("Basis %(number)s"), gettext_lazy("Add lines")
    same, searches = ("target", "text"), "documents"

    def stored_lines(self):
        found = self.document.links.filter(nature=LinkNature.BASIS)
        return [{"target": row.target_id, "text": row.text} for row in found]

    @cached_property
    def found(self):
        if not self.words:
            return []
        visible = Document.objects.visible_to(self.desk.user).exclude(pk=self.document.pk).select_related("kind")
        return list(visible.matching(self.words)[:MOST_FOUND])

    def offers(self):
        visible = Document.objects.visible_to(self.desk.user).filter(pk__in=self.named("target")).values("pk")
        stored = [line["target"] for line in self.stored if line["target"]]
        named = Document.objects.filter(Q(pk__in=visible) | Q(pk__in=stored)).exclude(pk=self.document.pk)
        return {"target": {"entries": named.select_related("kind"), "label": str}}

    def line_for(self, uid):
        document = next((row for row in self.found if str(row.uid) == uid), None)
        return {"target": str(document.pk), "ORDER": ""} if document else None

    def dress(self):
        super().dress()
        for form in self.forms:
            form.words = cited(DocumentLink(target=form.document)) if form.document else ""

    def check(self):
        named = set()
        for form in self.kept:
            same = form.cleaned_data["target"] or form.cleaned_data["text"].casefold()
            if same in named:
                form.add_error("text", _("This document stands in two lines: take one of them out."))
            named.add(same)

    def write(self, **claim):
        lines = [saves.Cited(line["target"], line["text"]) for line in self.cleaned]
        return saves.save_bases(self.agreement, lines, **claim)


class ChangesPart(WithCitations):
    key, title, row = CHANGES, gettext_lazy("What the amendment changes"), rows.ChangeRow
    hint = gettext_lazy("Task by task, each from its day. The old text stands beside the new one.")
    line_word, more_word = gettext_lazy("Change %(number)s"), gettext_lazy("Add changes")

    def stage(self):
        amended = self.agreement.amends
        return amended.stage_from, amended.stage_to

    @cached_property
    def changes(self):
        return list(self.agreement.changes.for_text())

    def stored_lines(self):
        names = ("uid", "nature", "text", "valid_from")
        return [
            {name: getattr(row, name) for name in names}
            | {
                "clause": row.clause_id,
                "shown": str(row.clause_id or ""),
                "section": row.section_id,
                "lead": row.lead_id,
                "partners": [partner.pk for partner in row.partners.all()],
                "cited": citation_lines(row),
            }
            for row in self.changes
        ]

    @cached_property
    def numbers(self):
        """Section and its number, by the id of the section, in the order of the text that is amended."""
        return {row.pk: (row, number) for row, number, _level in numbered_sections(self.agreement.amends.document)}

    @cached_property
    def clauses(self):
        """Those no amendment has ended."""
        named = {line["clause"] for line in self.stored}
        clauses = Clause.objects.filter(section__in=self.numbers).filter(Q(repealed_by=None) | Q(pk__in=named))
        order = list(self.numbers)
        return sorted(clauses.for_text(), key=lambda row: (order.index(row.section_id), row.position, row.pk))

    @cached_property
    def held(self):
        """By the id of each task what a text in its place begins with, as a form would send it."""
        return {
            str(row.pk): {
                "lead": [str(self.now(row.lead).pk)] if row.lead else [],
                "partners": sorted({str(self.now(partner).pk) for partner in row.partners.all()}),
                "cited": [words] if (words := citation_lines(row)) else [],
            }
            for row in self.clauses
        }

    def now(self, agency: Agency) -> Agency:
        """What took the place of an agency that was closed since."""
        return now_of(agency, self.desk.today)

    @cached_property
    def parties(self):
        """Those of the amendment, then others that lead a task now or go along with it."""
        parties = super().parties
        held = {int(key) for values in self.held.values() for name in ("lead", "partners") for key in values[name]}
        others = Agency.objects.filter(pk__in=held - {row.pk for row in parties})
        return [*parties, *others.named_on(self.desk.today).in_protocol_order()]

    def offers(self):
        def place(section: Section) -> str:
            return shortened(f"{self.numbers[section.pk][1]} {section.heading}".strip() or section.text)

        clause = {"label": lambda row: shortened(row.text), "heading": lambda row: place(row.section)}
        sections = [row for row, _number in self.numbers.values()]
        return super().offers() | {
            "clause": {"entries": self.clauses, "empty": _("Choose a task")} | clause,
            "section": {"entries": sections, "label": place, "empty": _("Choose a section")},
        }

    def make_lines(self, data, chosen, options):
        return super().make_lines(None if data is None else self.with_what_stood(data), chosen, options)

    def with_what_stood(self, data):
        """Lead, partners and citations of a task just chosen, where nothing else was typed for it."""
        data = data.copy()
        for name in [name for name in data if name.endswith("-clause")]:
            line = name.removesuffix("clause")
            chosen, shown, nature = (data.get(f"{line}{field}", "") for field in ("clause", "shown", "nature"))
            if chosen not in self.held or chosen == shown or nature not in ("", ClauseChangeNature.REPLACED):
                continue
            before = self.held.get(shown, {})
            for field, value in self.held[chosen].items():
                typed = sorted(filter(None, map(clean_text, data.getlist(f"{line}{field}"))))
                if typed in ([], before.get(field)):
                    data.setlist(f"{line}{field}", value)
            data[f"{line}shown"] = chosen
        return data

    def typed(self):
        """The new text begins as the old one."""
        texts = {str(row.pk): row.text for row in self.clauses}
        lines = super().typed()
        for line in lines:
            if not line["text"] and line["nature"] in ("", ClauseChangeNature.REPLACED):
                line["text"] = texts.get(str(line["clause"]), "")
        return lines

    def check(self):
        changed = set()
        for form in self.kept:
            clause = form.cleaned_data.get("clause")
            if clause in changed:
                form.add_error("clause", _("This amendment already changes the clause."))
            changed.add(clause or object())

    def write(self, **claim):
        kept = documents_in([*self.clauses, *self.changes])
        names = ("nature", "valid_from", "clause", "section", "text", "lead", "partners", "uid")
        lines = [
            saves.ChangeLine(**{name: line[name] for name in names}, cited=self.cited(line["cited"], kept))
            for line in self.cleaned
        ]
        save = record_changes if self.agreement.register_only else saves.save_changes
        return save(self.agreement, lines, **claim)


KINDS = (FactsPart, PartiesPart, BasesPart, SectionsPart, ClausesPart, MilestonesPart, RecipientsPart, ChangesPart)
PARTS = {part.key: part for part in KINDS}
