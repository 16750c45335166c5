"""The parts of an agreement on the screen: lines under each other, what may be chosen in them, what they save.

Without scripts too: each part has empty lines, a button for more, a number for the order and a tick to take a line
out. What is typed travels as plain text (`typed`), so that asking for more lines or a search loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination import agreement_parts as saves
from coordination import agreement_rows as rows
from coordination.agreement_forms import agency_heading, agency_label, offered_agencies
from coordination.agreement_tasks import FACTS, MILESTONES, RECIPIENTS
from coordination.enums import UnitLevel
from coordination.formats import date_vi
from coordination.models import Agency, Agreement, Clause, DocumentKind, Membership, Section, User
from coordination.search import clean_text, search_text
from coordination.unit_picker import LONGEST_KEY

MOST_LINES, MORE_LINES = 120, 2
Line = dict[str, Any]  # name of a field -> text, list of texts or bool


class Lines(forms.BaseFormSet):
    """A line that says nothing is no line, whether it was stored before or not."""

    def initial_form_count(self):
        return 0 if self.is_bound else super().initial_form_count()

    def add_fields(self, form, index):
        super().add_fields(form, index)
        number = forms.IntegerField(
            label=gettext_lazy("Number in the order"),
            required=False,
            min_value=1,
            max_value=999,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "num", "size": 3}),
        )
        form.fields["ORDER"] = number
        if not self.is_bound and index < self.initial_form_count():
            form.initial.setdefault("ORDER", index + 1)
        form.fields["DELETE"].label = gettext_lazy("Take out")

    @property
    def kept(self) -> list[forms.Form]:
        """Those that say something and are not taken out; equal numbers stand as on the page, without one last."""
        said = [form for form in self.forms if form.has_changed() and not self._should_delete_form(form)]
        return sorted(said, key=lambda form: form.cleaned_data.get("ORDER") or MOST_LINES * 10)


@dataclass(frozen=True)
class Suggested:
    """What may be chosen where anything may be typed; `beside`: said with it."""

    words: str
    beside: str


@dataclass(frozen=True)
class Desk:
    """Who writes, in which hat, on which day."""

    user: User
    acting: Membership
    today: date


def plain(bound: forms.BoundField) -> str | bool | list[str]:
    """What a field holds, as it would be typed."""
    value = bound.value()
    if isinstance(bound.field, forms.BooleanField):
        return bool(value)
    if isinstance(value, list | tuple | set) or isinstance(bound.field, forms.MultipleChoiceField):
        return sorted(str(item) for item in value or [])
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    return "" if value is None else clean_text(str(value))


class Part:
    """One part: opened as stored, or holding what was sent (`data`), or what was typed so far (`lines`)."""

    key: ClassVar[str]
    title: ClassVar[str | Promise]
    hint: ClassVar[str | Promise] = ""
    row: ClassVar[type[rows.Row]]
    line_word: ClassVar[str | Promise] = gettext_lazy("Line %(number)s")
    more_word: ClassVar[str | Promise] = gettext_lazy("Add lines")
    same: ClassVar[tuple[str, ...]] = ("uid",)  # fields by which a line of one version is known in another
    empties: ClassVar[int] = 1
    searches: ClassVar[str] = ""  # "agencies" or "documents"
    beside: Any = None  # what else a version of the part consists of
    suggested: Sequence[Suggested] = ()

    def __init__(
        self,
        agreement: Agreement,
        desk: Desk,
        *,
        section: Section | None = None,
        data: Mapping[str, Any] | None = None,
        lines: list[Line] | None = None,
        words: str = "",
        more: int = 0,
    ) -> None:
        self.agreement, self.document, self.desk, self.section = agreement, agreement.document, desk, section
        self.data, self.words = data, (words or str(data.get("find", "") if data else "")).strip()[:100]
        self.refusals: list[str] = []
        self.given, self.more = lines or [], more
        self.stored = self.stored_lines()
        chosen = self.stored if lines is None else lines
        options = {"offers": self.offers(), "stage": self.stage()}
        self.lines = self.make_lines(data, chosen, options)
        self.dress()

    def make_lines(self, data, chosen, options):
        made = forms.formset_factory(
            self.row,
            formset=Lines,
            can_order=True,
            can_delete=True,
            extra=self.empties + self.more,
            max_num=MOST_LINES,
            absolute_max=MOST_LINES,
        )
        initial = None if data is not None else [dict(line) for line in chosen]
        return made(data, initial=initial, prefix="line", form_kwargs=options)

    def named(self, name: str) -> set[int]:
        """Ids that stand in a field of some line: stored, typed or sent."""
        texts = {str(line.get(name) or "") for line in (*self.stored, *self.given)}
        texts |= {str(value) for field, value in (self.data or {}).items() if field.endswith(f"-{name}")}
        return {int(text) for text in texts if text.isdecimal() and len(text) <= LONGEST_KEY}

    def stage(self) -> tuple[date, date]:
        """Days that are typed lie within."""
        return self.agreement.stage_from, self.agreement.stage_to

    # ---- what each part says for itself ----

    def stored_lines(self) -> list[Line]:
        raise NotImplementedError

    def offers(self) -> dict[str, dict]:
        return {}

    def line_for(self, uid: str) -> Line | None:
        """A line made of what a search found."""
        return None

    def check(self) -> None:
        """What no line sees alone."""

    def write(self, **claim: Any) -> Agreement:
        raise NotImplementedError

    # ---- for the page ----

    def dress(self) -> None:
        for number, form in enumerate(self.forms, 1):
            form.label = str(self.line_word) % {"number": number}

    @property
    def forms(self) -> list[Any]:
        return self.lines.forms

    @property
    def management(self):
        return self.lines.management_form

    @property
    def errors(self) -> list[dict[str, str]]:
        """For the summary of errors, with the names components/_error_summary.html reads."""
        found = [{"where": "", "label": "", "text": str(text)} for text in self.refusals]
        for form in self.judged:
            for field in (form[name] for name in form.errors if name in form.fields):
                label = f"{form.label} – {field.label}" if form.label else str(field.label)
                where = field.id_for_label or field.auto_id
                found += [{"where": where, "label": label, "text": str(text)} for text in field.errors]
        return found

    @property
    def judged(self) -> list[Any]:
        """What was sent, but for the lines that are taken out."""
        return [form for form in self.forms if form.is_bound and not form["DELETE"].value()]

    # ---- what was sent ----

    def is_valid(self) -> bool:
        valid = self.lines.is_valid()
        if not valid:
            self.refusals += self.lines.non_form_errors()
        else:
            self.check()
        return valid and not self.errors

    @property
    def kept(self) -> list[Any]:
        return self.lines.kept

    @property
    def cleaned(self) -> list[dict[str, Any]]:
        return [form.cleaned_data for form in self.kept]

    def refuse(self, words: str) -> None:
        self.refusals.append(words)

    def typed(self) -> list[Line]:
        """Everything, to show it again unjudged; empty lines at the end fall away."""
        lines = [{name: plain(form[name]) for name in form.fields} for form in self.forms]
        return [line for line, form in zip(lines, self.forms, strict=True) if form.has_changed() or form.initial]


class FactsPart(Part):
    key, title, row = FACTS, gettext_lazy("Subject, years, opening and closing"), rows.FactsForm
    line_word, same = "", ()

    def make_lines(self, data, chosen, options):
        return self.row(data, initial=chosen[0] if data is None else None, **options)

    def stored_lines(self):
        names = ("stage_from", "stage_to", "opening", "closing")
        of_document = {name: getattr(self.document, name) for name in ("subject", "place", "symbol")}
        values = {name: getattr(self.agreement, name) for name in names}
        return [{"kind": self.document.kind_id} | of_document | values]

    def offers(self):
        kinds = DocumentKind.objects.offered_to(self.desk.acting.agency.province_id)
        kinds = kinds | DocumentKind.objects.filter(pk=self.document.kind_id)
        return {"kind": {"entries": kinds.distinct(), "empty": _("Choose a kind")}}

    @property
    def forms(self):
        return [self.lines]

    @property
    def judged(self):
        return [self.lines] if self.lines.is_bound else []

    management = ""

    def is_valid(self):
        if self.lines.is_valid():
            self.check()
        return not self.errors

    def check(self):
        """The days written into the tasks lie within the years."""
        tasks = Clause.objects.filter(section__document=self.document).values_list("valid_from", "valid_to")
        days = [day for task in tasks for day in task if day]
        if not days:
            return
        typed, first, last = self.lines.cleaned_data, min(days), max(days)
        if first < typed["stage_from"]:
            words = _("A task holds on %(day)s. Choose this day or an earlier one, or change that task first.")
            self.lines.add_error("stage_from", words % {"day": date_vi(first)})
        if last > typed["stage_to"]:
            words = _("A task holds on %(day)s. Choose this day or a later one, or change that task first.")
            self.lines.add_error("stage_to", words % {"day": date_vi(last)})

    @property
    def kept(self):
        return [self.lines]

    def write(self, **claim):
        return saves.save_facts(self.agreement, **claim, **self.cleaned[0])


class AgencyPart(Part):
    """A part whose lines name agencies: those of the province; those of communes only where the words find them."""

    searches = "agencies"

    @cached_property
    def in_scope(self) -> list[Agency]:
        offered = offered_agencies(self.desk.acting.agency, self.desk.today)
        stored = {line["agency"] for line in self.stored} - {row.pk for row in offered} - {None}
        others = Agency.objects.filter(pk__in=stored).select_related("unit").named_on(self.desk.today)
        return [*offered, *others]

    @cached_property
    def found(self) -> list[Agency]:
        words = search_text(self.words)
        return [row for row in self.in_scope if words in search_text(agency_label(row))] if words else []

    def offers(self):
        found = {row.pk for row in self.found}
        chosen = self.named("agency")
        near = [
            row
            for row in self.in_scope
            if row.pk in found or row.pk in chosen or not row.unit or row.unit.level != UnitLevel.COMMUNE
        ]
        near.sort(key=lambda row: row.pk not in found)

        def heading(row: Agency) -> str:
            return _("Found: “%(words)s”") % {"words": self.words} if row.pk in found else agency_heading(row)

        offer = {"entries": near, "label": agency_label, "heading": heading, "empty": self.nothing}
        return {"agency": offer}

    nothing: ClassVar[str | Promise] = gettext_lazy("Choose an agency")


class RecipientsPart(AgencyPart):
    key, title, row = RECIPIENTS, gettext_lazy("Recipients"), rows.RecipientRow
    hint = gettext_lazy("The lines under “Nơi nhận”; who is chosen as an agency reads the issued paper in the portal.")
    same, nothing = ("text",), gettext_lazy("None: the line alone")

    def stored_lines(self):
        found = self.document.recipients.all()
        return [{"text": row.text, "agency": row.agency_id, "is_archive": row.is_archive} for row in found]

    def check(self):
        archive = [form for form in self.kept if form.cleaned_data["is_archive"]]
        for form in archive[1:]:
            form.add_error("is_archive", _("A document has one archive line."))

    def write(self, **claim):
        lines = [saves.RecipientLine(line["text"], line["agency"], line["is_archive"]) for line in self.cleaned]
        return saves.save_recipients(self.agreement, lines, **claim)


class WithParties(Part):
    """A part whose lines name parties as lead or partner."""

    @cached_property
    def parties(self) -> list[Agency]:
        """In the order of the symbol; then those that are named in the part and are no party any more."""
        order = list(self.document.parties.order_by("symbol_order").values_list("agency", flat=True))
        named = {pk for line in self.stored for pk in (line.get("lead"), *line.get("partners", ())) if pk}
        keys = [*order, *sorted(named - set(order))]
        found = Agency.objects.filter(pk__in=keys).named_on(self.desk.today)
        return sorted(found, key=lambda row: keys.index(row.pk))

    def offers(self):
        offer = {"entries": self.parties, "label": lambda row: row.short_name}
        return {"lead": offer | {"empty": _("all parties together")}, "partners": offer}


class MilestonesPart(WithParties):
    key, title, row = MILESTONES, gettext_lazy("Milestones"), rows.MilestoneRow
    line_word = gettext_lazy("Milestone %(number)s")
    hint = gettext_lazy("When the parties review the work together; each becomes a task once the paper is issued.")

    def stored_lines(self):
        names = ("uid", "nature", "year", "starts_on", "ends_on")
        found = self.agreement.milestones.all()
        return [{name: getattr(row, name) for name in names} | {"lead": row.lead_id} for row in found]

    def write(self, **claim):
        results = {row.uid: row.result for row in self.agreement.milestones.select_related("result")}
        lines = [
            saves.MilestoneLine(
                **{name: line[name] for name in ("nature", "year", "starts_on", "ends_on", "lead", "uid")},
                result=results.get(line["uid"]),
            )
            for line in self.cleaned
        ]
        return saves.save_milestones(self.agreement, lines, **claim)
