"""What the pages of the composer show: the list of sections, one of them, and what stands beside it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, partial
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy

from coordination.enums import CommentState
from coordination.models import Agency, Comment, Membership, User
from reports.compose import WrongText, words
from reports.compose.parts import Part
from reports.compose.sections import SectionRow, Sections
from reports.enums import PartState
from reports.models import Report, ReportPart
from reports.typeset.html import blocks_html
from reports.writers import Desk, desk_of
from reports.writing import is_begun, others_here

PART_NAMES: dict[str, Promise] = {
    "table.targets": gettext_lazy("Table: targets by objective"),
    "table.contents": gettext_lazy("Table: activities by content"),
    "table.women": gettext_lazy("Table: share of women by content"),
    "chart.cumulative": gettext_lazy("Chart: activities month by month"),
    "chart.contents": gettext_lazy("Chart: activities by content"),
    "chart.women": gettext_lazy("Chart: share of women by content"),
    "text.papers": gettext_lazy("Computed sentences: documents issued"),
    "text.kinds": gettext_lazy("Computed sentences: kinds of activities"),
    "text.outputs": gettext_lazy("Computed sentences: products"),
    "text.contents": gettext_lazy("Computed sentences: results by content"),
    "text.models": gettext_lazy("Computed sentences: models"),
    "text.tiers": gettext_lazy("Computed sentences: targets by level"),
    "text.missed": gettext_lazy("Computed sentences: targets not met"),
    "text.strengths": gettext_lazy("Computed sentences: good results"),
    "text.weaknesses": gettext_lazy("Computed sentences: shortcomings"),
}
OF_GROUP = {
    "table": gettext_lazy("Table"),
    "chart": gettext_lazy("Chart"),
    "text": gettext_lazy("Computed sentences"),
    "annex": gettext_lazy("Annex"),
}
TAG = re.compile(r"(<[^>]*>)")
AUTO, PREFILLED = "auto", "prefilled"
LEAST_DONE_FIRST = (PartState.WRITING, PartState.TO_WRITE, PREFILLED, PartState.DONE)
WORDS = {
    PartState.TO_WRITE: gettext_lazy("Not written"),
    PartState.WRITING: gettext_lazy("Being written"),
    PartState.DONE: gettext_lazy("Finished"),
    AUTO: gettext_lazy("Makes itself"),
    PREFILLED: gettext_lazy("Prefilled"),
}
LOOKS = {PartState.TO_WRITE: "draft", PartState.WRITING: "doing", PartState.DONE: "ok", AUTO: "ok", PREFILLED: "none"}


@dataclass(frozen=True)
class Task:
    """A section in the list. `state`: of its row, or AUTO (made by itself) or PREFILLED (as the outline gives it)."""

    row: SectionRow
    url: str
    state: str
    part: ReportPart | None
    agency: str
    here: tuple[str, ...]

    @property
    def look(self) -> str:
        return LOOKS[self.state]

    @property
    def word(self) -> str:
        return str(WORDS[self.state])

    @property
    def is_done(self) -> bool:
        return self.state in (PartState.DONE, AUTO)


@dataclass(frozen=True)
class PartLine:
    """A table, chart or computed sentence of a section, which may be left out."""

    token: str
    name: str
    is_out: bool


class WritePage:
    """One report as one hat writes it; each kind of record is asked once, however many sections there are."""

    def __init__(self, report: Report, acting: Membership | None, user: User) -> None:
        self.report, self.acting, self.user = report, acting, user
        self.sections = Sections(report)
        self.desk: Desk = desk_of(acting, report, self.sections)

    @cached_property
    def parts(self) -> dict[str, ReportPart]:
        return {part.key: part for part in self.report.parts.all()}

    @cached_property
    def here(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for one in others_here(self.report, self.user, [row.key for row in self.rows]):
            found[one.key].append(one.user.full_name)
        return found

    @property
    def present(self) -> list[tuple[str, str]]:
        rows = self.sections.rows
        return [(name, rows[key].heading) for key, names in self.here.items() for name in names]

    @cached_property
    def _agencies(self) -> dict[int, str]:
        given = {part.agency_id for part in self.parts.values()} - {None}
        rows = Agency.objects.filter(pk__in=given).named_on(timezone.localdate()) if given else []
        return {agency.pk: agency.short_name for agency in rows}

    @property
    def rows(self) -> list[SectionRow]:
        return [row for row in self.sections.rows.values() if self.desk.opens(row.key)]

    @cached_property
    def tasks(self) -> list[Task]:
        return [self._task(row) for row in self.rows]

    def task(self, key: str) -> Task:
        return next(task for task in self.tasks if task.row.key == key)

    def shown_beside(self, key: str) -> list[Task]:
        """The top of the list, and of the section that is open all that stands under its top."""
        row = self.sections.rows[key]
        top = row.above[0] if row.above else key
        shown = {task.row.key for task in self.tasks}
        return [
            task
            for task in self.tasks
            if task.row.level == 1 or task.row.above[0] == top or task.row.above[-1] not in shown
        ]

    def _task(self, row: SectionRow) -> Task:
        part = self.parts.get(row.key)
        agency = self._agencies.get(part.agency_id or 0, "") if part else ""
        here = tuple(name for key in (row.key, *row.below) for name in self.here.get(key, ()))
        return Task(row, section_url(self.report, row.key), self._state(row), part, agency, here)

    def _state(self, row: SectionRow) -> str:
        if row.below and not row.has_words:
            states = {self._state(self.sections.rows[key]) for key in row.below}
            return next((state for state in LEAST_DONE_FIRST if state in states), AUTO)
        part = self.parts.get(row.key)
        if part and part.state != PartState.TO_WRITE:
            return str(part.state)
        if row.makes_itself or row.is_annex:
            return AUTO
        return PREFILLED if row.has_words and not (part and part.agency_id) else PartState.TO_WRITE

    @property
    def is_begun(self) -> bool:
        return is_begun(self.report)

    def part_lines(self, row: SectionRow) -> list[PartLine]:
        part = self.parts.get(row.key)
        left = part.left_out if part else []
        return [PartLine(one.token, part_name(one), one.token in left) for one in map(Part.of, row.node.section.parts)]

    def preview(self, key: str, text: str | None = None) -> tuple[SafeString, str, int]:
        """As it is printed; what is wrong with it, where it cannot be; and how often data is missing."""
        url_of = partial(figure_url, self.report, key)
        try:
            html = blocks_html(self.sections.blocks(key, text), url_of)
        except WrongText as wrong:
            return mark_safe(""), str(wrong), 0
        return marked(html), "", html.count(words.NO_DATA)

    def talk(self, key: str) -> list[Comment]:
        """Open threads beside the blocks of the section and of those under it."""
        heads = Comment.objects.visible_to(self.user).filter(document=self.report.document_id, answers=None)
        keys = (key, *self.sections.rows[key].below)
        return [
            head
            for head in heads.filter(state=CommentState.OPEN).select_related("agency", "written_by").order_by("pk")
            if belongs(head.key, keys)
        ]


def belongs(block: str, keys: Iterable[str]) -> bool:
    """Whether a block of the paper stands in one of the sections (reports.compose)."""
    return any(block == key or block.startswith(f"{key}.") for key in keys)


def part_name(part: Part) -> str:
    """A part without a name of its own is called by its group."""
    group, _dot, name = part.name.partition(".")
    return str(PART_NAMES.get(part.name) or f"{OF_GROUP[group]}: {name}")


def section_url(report: Report, key: str) -> str:
    return reverse("reports:write_section", args=[report.uid, key])


def figure_url(report: Report, key: str, ref: str) -> str:
    """The number beside the text, with the facts behind it ("" for words)."""
    return f"{section_url(report, key)}?{urlencode({'ref': ref})}#side" if ref else ""


def marked(html: SafeString) -> SafeString:
    """What has no data yet is seen at once; only words are marked, never what stands inside a tag."""
    chip = f'<span class="figchip none">{words.NO_DATA}</span>'
    pieces = (piece if piece.startswith("<") else piece.replace(words.NO_DATA, chip) for piece in TAG.split(html))
    return mark_safe("".join(pieces))  # noqa: S308  a template's output
