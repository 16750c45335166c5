"""The list of what has to be written in an agreement: each part with what it lacks and what was said about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordination.compose import numbered_sections
from coordination.enums import CommentState, LinkNature
from coordination.models import Agreement, Comment, Section, User
from coordination.models.agency import name_of

FACTS, PARTIES, SECTIONS, CLAUSES = "facts", "parties", "sections", "clauses"
BASES, MILESTONES, RECIPIENTS, CHANGES = "bases", "milestones", "recipients", "changes"


@dataclass
class Task:
    """One part. `missing`: sentences; `blocks`: without it the text cannot be put to the parties.

    `says`: what is there, in a few words; `talk`: threads about it that are open.
    """

    key: str
    title: str
    url: str
    says: str = ""
    missing: list[str] = field(default_factory=list)
    blocks: bool = False
    talk: list[Comment] = field(default_factory=list)
    section: Section | None = None

    @property
    def look(self) -> str:
        return ("late" if self.blocks else "wait") if self.missing else ("ok" if self.says else "none")

    @property
    def is_idle(self) -> bool:
        """A section without tasks, which many are: it needs none."""
        return self.section is not None and not (self.says or self.talk)

    @property
    def word(self) -> str:
        if self.missing:
            return _("something is missing")
        return _("complete") if self.says else _("nothing yet")


def tasks_of(agreement: Agreement, user: User, today: date) -> list[Task]:
    """In the order of the paper; the clauses of each section are a part of their own."""
    sections = list(_sections(agreement))
    amends = agreement.amends_id is not None
    tasks = [_facts(agreement), _parties(agreement, today), _bases(agreement)]
    if amends:
        tasks.append(_changes(agreement))
    tasks.append(_sections_task(agreement, sections, needed=not amends))
    tasks += [_clauses(agreement, row, number) for row, number in sections]
    tasks += [_milestones(agreement, needed=not amends), _recipients(agreement)]
    talk = open_talk(agreement, user)
    for task in tasks:
        task.talk = talk.get((task.key, task.section and task.section.pk), [])
    return tasks


def address_of(agreement: Agreement, key: str, section: Section | None = None) -> str:
    words = [agreement.uid, key, section.uid] if section else [agreement.uid, key]
    return reverse("coordination:agreement_part", args=words)


def open_talk(agreement: Agreement, user: User) -> dict[Any, list[Comment]]:
    """Open threads by part, a section's by its key too; those about the whole, or about what is gone, under None."""
    heads = Comment.objects.visible_to(user).filter(document=agreement.document_id, answers__isnull=True)
    sections = sorted(agreement.document.sections.all(), key=lambda row: -len(row.key))
    found: dict[Any, list[Comment]] = defaultdict(list)
    for head in heads.filter(state=CommentState.OPEN).order_by("pk"):
        found[_part_of(head.key, sections)].append(head)
    return found


def _part_of(key: str, sections: list[Section]) -> tuple[str, int | None] | None:
    """Keys as coordination.compose gives them to the blocks."""
    for beginning, part in (("basis-", BASES), ("opening", FACTS), ("change-", CHANGES)):
        if key.startswith(beginning):
            return part, None
    for section in sections:
        if key == section.key or key.startswith(f"{section.key}.text"):
            return SECTIONS, None
        if key.startswith(f"{section.key}."):
            return CLAUSES, section.pk
    return None


def _sections(agreement: Agreement) -> Iterator[tuple[Section, str]]:
    counted = Section.objects.filter(document=agreement.document_id)
    counted = counted.annotate(clause_count=Count("clauses", distinct=True), below=Count("children", distinct=True))
    rows = counted.in_bulk()
    for section, number, _level in numbered_sections(agreement.document):
        yield rows[section.pk], number


def _facts(agreement: Agreement) -> Task:
    document = agreement.document
    task = Task(FACTS, _("Subject, years, opening and closing"), address_of(agreement, FACTS))
    task.says = f"{agreement.stage_from:%d/%m/%Y} – {agreement.stage_to:%d/%m/%Y}"
    if not document.place:
        task.missing.append(_("The place before the day is not written."))
    if not agreement.opening and not agreement.amends_id:
        task.missing.append(_("The opening is not written."))
    if not agreement.closing:
        task.missing.append(_("The closing is not written."))
    return task


def _parties(agreement: Agreement, today: date) -> Task:
    named = agreement.document.parties.annotate(called=name_of("agency", "short_name", today))
    rows = list(named.order_by("symbol_order"))
    task = Task(PARTIES, _("Parties and who signs"), address_of(agreement, PARTIES))
    task.says = ", ".join(row.called for row in rows)
    if len(rows) < 2:
        task.missing.append(_("There are not two parties yet."))
        task.blocks = True
    for number, row in enumerate(rows, 1):
        values = {"number": number, "agency": row.called}
        if not row.name:
            task.missing.append(_("Party %(number)s (%(agency)s) has nobody who signs yet.") % values)
        elif not row.title:
            task.missing.append(_("Party %(number)s (%(agency)s): the title of who signs is not written.") % values)
    return task


def _bases(agreement: Agreement) -> Task:
    count = agreement.document.links.filter(nature=LinkNature.BASIS).count()
    task = Task(BASES, _("Legal bases"), address_of(agreement, BASES))
    task.says = ngettext("%(n)s document", "%(n)s documents", count) % {"n": count} if count else ""
    if not count:
        task.missing.append(_("No document it rests on is named."))
    return task


def _changes(agreement: Agreement) -> Task:
    count = agreement.changes.count()
    task = Task(CHANGES, _("What the amendment changes"), address_of(agreement, CHANGES))
    task.says = ngettext("%(n)s change", "%(n)s changes", count) % {"n": count} if count else ""
    if not count and not agreement.document.sections.exists():
        task.missing.append(_("No change is written yet."))
        task.blocks = True
    return task


def _sections_task(agreement: Agreement, sections: list[tuple[Section, str]], *, needed: bool) -> Task:
    task = Task(SECTIONS, _("Sections"), address_of(agreement, SECTIONS))
    count = len(sections)
    task.says = ngettext("%(n)s section", "%(n)s sections", count) % {"n": count} if count else ""
    if needed and not count:
        task.missing.append(_("No section is written yet."))
        task.blocks = True
    for row, number in sections:
        if not (row.text or row.clause_count or row.below):  # type: ignore[attr-defined]
            named = f"{number} {row.heading}".strip()
            task.missing.append(_("“%(section)s” has neither text nor tasks yet.") % {"section": named})
    return task


def _clauses(agreement: Agreement, section: Section, number: str) -> Task:
    count = section.clause_count  # type: ignore[attr-defined]
    title = _("Tasks of %(section)s") % {"section": f"{number} {section.heading}".strip() or section.text[:60]}
    task = Task(CLAUSES, title, address_of(agreement, CLAUSES, section), section=section)
    task.says = ngettext("%(n)s task", "%(n)s tasks", count) % {"n": count} if count else ""
    return task


def _milestones(agreement: Agreement, *, needed: bool) -> Task:
    rows = list(agreement.milestones.all())
    task = Task(MILESTONES, _("Milestones"), address_of(agreement, MILESTONES))
    task.says = ", ".join(f"{capfirst(row.get_nature_display())} {row.year}" for row in rows)
    if needed and not rows:
        task.missing.append(_("When the parties review the work is not written."))
    return task


def _recipients(agreement: Agreement) -> Task:
    rows = list(agreement.document.recipients.all())
    task = Task(RECIPIENTS, _("Recipients"), address_of(agreement, RECIPIENTS))
    task.says = ngettext("%(n)s line", "%(n)s lines", len(rows)) % {"n": len(rows)} if rows else ""
    if not rows:
        task.missing.append(_("Nobody is named under “Nơi nhận”."))
    elif not any(row.is_archive for row in rows):
        task.missing.append(_("The archive line is missing."))
    return task
