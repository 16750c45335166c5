"""What is looked at before a report is approved: errors stop it, warnings ask for a reason.

A reason holds while the warning says the same: other numbers, and it is asked for anew.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from coordination.enums import DocumentState
from coordination.formats import date_vi, number_vi
from coordination.manuscript import Block, Box, Cell, Paragraph, Span, Table
from coordination.models import Agency, Document, User
from coordination.models.agency import name_of
from programs.enums import FactState, TargetStatus
from programs.models import Activity, BudgetEntry, Measurement, ModelEvent
from reports.axes import labelled
from reports.compose import WrongText
from reports.compose.sections import SectionRow, Sections
from reports.compose.words import in_table, percent_change
from reports.enums import PartState, ReportNature, ReportScope
from reports.figures import At, Ref
from reports.figures.activities import CommunesReached
from reports.figures.base import Share, Tally
from reports.figures.indicators import TargetCount
from reports.later import outdated
from reports.models import CheckAnswer, Report, ReportPart, RoundSeat
from reports.typeset.fonts import unprintable

TOKEN = re.compile(r"\{[^{}]*\}")
FEW = 10  # below it a change of one or two is a large share and says nothing
LONGEST_CODE = 120
TABLES: tuple[type[Any], ...] = (Activity, ModelEvent, Measurement, BudgetEntry)


@dataclass(frozen=True)
class Finding:
    """`key`: the section it stands in ("" = the whole report); `link`: where it is mended."""

    code: str
    is_error: bool
    key: str
    words: str
    link: str
    link_words: str
    reason: str = ""

    @property
    def is_answered(self) -> bool:
        return bool(self.reason)


def findings(report: Report, sections: Sections | None = None) -> list[Finding]:
    """Errors first, each in the order of the paper. Raises WrongText where the outline itself is wrong."""
    looked = _Look(report, sections or Sections(report))
    return [*looked.errors(), *looked.warnings()]


def blocking(report: Report) -> list[Finding]:
    """What stands in the way of approving: errors, and warnings nobody gave a reason for."""
    return [one for one in findings(report) if one.is_error or not one.is_answered]


@transaction.atomic
def answer(report: Report, code: str, reason: str, *, by: User, said: str | None = None) -> bool:
    """Keeps why a warning is passed over; False where there is none, or it says something else by now (`said`)."""
    Document.objects.select_for_update().get(pk=report.document_id)
    found = next((one for one in findings(report) if one.code == code and not one.is_error), None)
    if found is None or (said is not None and said != found.words):
        return False
    values = {"said": found.words, "reason": reason, "given_by": by}
    CheckAnswer.objects.update_or_create(report=report, code=code, defaults=values)
    return True


class _Look:
    """One look at one report: its sections are composed once, its figures asked for together."""

    def __init__(self, report: Report, sections: Sections) -> None:
        self.report, self.sections, self.paper = report, sections, sections.paper
        self.answers = {one.code: one for one in CheckAnswer.objects.filter(report=report)}
        self.parts = {part.key: part for part in report.parts.all()}
        self.wrong: dict[str, str] = {}
        self.blocks: dict[str, tuple[Block, ...]] = {}
        for row in sections.rows.values():
            if not row.is_annex:
                self._compose(row)

    def _compose(self, row: SectionRow) -> None:
        """Its own words and parts, not those of the sections under it."""
        try:
            self.blocks[row.key] = self.sections.own_blocks(row.key)
        except WrongText as wrong:
            self.wrong[row.key] = str(wrong)

    # ---- errors ----

    def errors(self) -> Iterator[Finding]:
        if not self.sections.rows:
            link = reverse("reports:report_detail", args=[self.report.uid])
            yield Finding("outline", True, "", _("The outline has no sections."), link, _("Open the report"))
        for row in self.sections.rows.values():
            yield from self._errors_of(row)
        yield from self._not_adding_up()
        yield from self._changes_open()

    def _changes_open(self) -> Iterator[Finding]:
        """A later report says of each number why it is another, and of all that are."""
        if self.report.nature == ReportNature.ORIGINAL:
            return
        link, words = reverse("reports:report_changes", args=[self.report.uid]), _("Table of changes")
        if outdated(self.report):
            said = _("Records have changed since the table of changes was made: make it anew.")
            yield Finding("changes", True, "", said, link, words)
        for row in self.report.changes.filter(reason=""):
            said = _("%(figure)s: say why it is %(now)s now and was %(was)s.")
            values = {"figure": row.label, "now": row.now, "was": row.was}
            yield Finding(_code("change", row.ref), True, "", said % values, link, words)

    def _errors_of(self, row: SectionRow) -> Iterator[Finding]:
        if row.key in self.wrong:
            yield self._error("token", row, self.wrong[row.key])
        if row.is_missing:
            words = _("“%(section)s” is not written.") % {"section": row.title}
            yield self._error("unwritten", row, words)
        if letters := unprintable(row.node.text):
            words = _("“%(section)s”: the font of papers has no letter for %(signs)s. Replace them.")
            yield self._error("letters", row, words % {"section": row.title, "signs": " ".join(sorted(letters))})
        if set("{}") & set(TOKEN.sub("", row.node.text)):
            words = _("“%(section)s”: a brace stands alone. A figure is written {name}; mend it or take it out.")
            yield self._error("brace", row, words % {"section": row.title})

    def _not_adding_up(self) -> Iterator[Finding]:
        """Rows against the total under them; parts of a share against the whole.

        Of a share compared with last year nothing is said: women may grow in number more than all people do.
        """
        for key, blocks in self.blocks.items():
            for block in blocks:
                if isinstance(block, Table):
                    for column in columns_off(block):
                        words = _("%(table)s: the rows of “%(column)s” do not add up to the total.")
                        said = words % {"table": block.caption, "column": column}
                        yield self._error("sum", self.sections.rows[key], said, more=f"{block.key} {column}")
        for ref, key in self._printed():
            figure = ref.figure
            if isinstance(figure, Share) and ref.at != At.CHANGE:
                part, whole = (self.paper.get(one.code, ref.at, **ref.axes) for one in (figure.part, figure.whole))
                if part.value is not None and whole.value is not None and part.value > whole.value:
                    values = {"figure": labelled(ref), "part": number_vi(part.value), "whole": number_vi(whole.value)}
                    words = _("%(figure)s: the part (%(part)s) is more than the whole (%(whole)s).") % values
                    yield self._error("part", self.sections.rows[key], words, ref=ref)

    def _error(self, code: str, row: SectionRow, words: str, *, more: str = "", ref: Ref | None = None) -> Finding:
        link, link_words = self._place(row.key, ref)
        return Finding(_code(code, row.key, more or str(ref or "")), True, row.key, words, link, link_words)

    # ---- warnings ----

    def warnings(self) -> Iterator[Finding]:
        yield from self._far_from_last_year()
        yield from self._targets_without_data()
        yield from self._drafts()
        yield from self._parts_not_done()
        yield from self._missing_agencies()

    def _warning(self, code: str, words: str, link: str, link_words: str, key: str = "") -> Finding:
        given = self.answers.get(code)
        reason = given.reason if given and given.said == words else ""
        return Finding(code, False, key, words, link, link_words, reason)

    def _far_from_last_year(self) -> Iterator[Finding]:
        """Counts that stand in words people write. Shares and readings are judged where they are entered."""
        limit = self.report.outline.unusual_percent
        for ref, key in self._printed():
            if limit is None or ref.at != At.NOW or not isinstance(ref.figure, Tally):
                continue
            now, before = (self.paper.get(ref.code, at, **ref.axes) for at in (At.NOW, At.LAST_YEAR))
            if not is_far(now.value, before.value, limit):
                continue
            values = {
                "figure": labelled(ref),
                "now": in_table(now, ref.figure),
                "before": in_table(before, ref.figure),
                "percent": percent_change(now, before),
            }
            words = _("%(figure)s: %(now)s, %(before)s in the same period last year (%(percent)s apart).") % values
            link, link_words = self._place(key, ref)
            yield self._warning(_code("unusual", str(ref)), words, link, link_words, key)

    def _targets_without_data(self) -> Iterator[Finding]:
        count = self.paper.values.judged().board.count(TargetStatus.NO_DATA) if self._speaks_of_targets() else 0
        if count:
            words = _("%(count)s targets have no data yet.") % {"count": number_vi(count)}
            link = f"{reverse('programs:measurement_grid')}?{urlencode({'period': self.report.period.code})}"
            yield self._warning("targets", words, link, _("Enter readings"))

    def _speaks_of_targets(self) -> bool:
        """A report of another kind has nothing to do with them."""
        names = [str(entry) for row in self.sections.rows.values() for entry in row.node.section.parts]
        texts = [row.node.text for row in self.sections.rows.values()]
        return any("target" in words for words in (*names, *texts))

    def _drafts(self) -> Iterator[Finding]:
        """Own ones: drafts of others are theirs, and never count."""
        period, own = self.report.period, Agency.objects.lineage_of({self.report.agency_id})
        days = (period.data_from, period.data_to)
        count = sum(
            table.objects.filter(owner__in=own, counted_on__range=days, state=FactState.DRAFT).count()
            for table in TABLES
        )
        if count:
            words = _("%(count)s records of the period are still drafts and are not counted.")
            link = f"{reverse('programs:activity_list')}?{urlencode({'state': 'draft'})}"
            yield self._warning("drafts", words % {"count": number_vi(count)}, link, _("Open the drafts"))

    def _parts_not_done(self) -> Iterator[Finding]:
        given = [part for part in self.parts.values() if part.agency_id and part.state != PartState.DONE]
        names = self._names({part.agency_id for part in given})
        for part in given:
            row = self.sections.rows.get(part.key)
            if row is not None:
                yield self._part_warning(part, row, names[part.agency_id])

    def _part_warning(self, part: ReportPart, row: SectionRow, agency: str) -> Finding:
        values = {"section": row.title, "agency": agency, "day": date_vi(part.due_on) if part.due_on else "…"}
        words = _("“%(section)s” was given to %(agency)s (due %(day)s) and is not done.") % values
        return self._warning(_code("given", row.key), words, *self._place(row.key), key=row.key)

    def _missing_agencies(self) -> Iterator[Finding]:
        """Of a report of the agencies asked; who was left out on purpose has its reason already."""
        if self.report.scope != ReportScope.ROUND or self.report.round_id is None:
            return
        arrived = Report.objects.filter(
            round=self.report.round_id, document__state__in=(DocumentState.SENT, DocumentState.RECEIVED)
        )
        seats = RoundSeat.objects.filter(round=self.report.round_id, left_out="")
        seats = seats.exclude(agency__in=arrived.values("agency")).exclude(agency=self.report.agency_id)
        names = sorted(self._names(set(seats.values_list("agency", flat=True))).values())
        if names:
            words = _("Not received yet: %(agencies)s.") % {"agencies": ", ".join(names)}
            link = reverse("reports:report_detail", args=[self.report.uid])
            yield self._warning("missing", words, link, _("Open the report"))

    # ---- what both look at ----

    def _printed(self) -> list[tuple[Ref, str]]:
        """Numbers that stand in the words of sections, each with the first it stands in; not in computed sentences."""
        found: dict[str, str] = {}
        for key, blocks in self.blocks.items():
            words = (block for block in blocks if block.key.removeprefix(f"{key}.").isdecimal())
            for span in (span for block in words for span in spans_of(block)):
                if span.ref:
                    found.setdefault(span.ref, key)
        return [(Ref.parse(text), key) for text, key in found.items()]

    def _names(self, agencies: set[int | None]) -> dict[int | None, str]:
        rows = Agency.objects.filter(pk__in=agencies - {None})
        named = rows.annotate(called=name_of("pk", "short_name", self.report.period.data_to))
        return {pk: called or "" for pk, called in named.values_list("pk", "called")} if agencies else {}

    def _place(self, key: str, ref: Ref | None = None) -> tuple[str, str]:
        address = reverse("reports:write_section", args=[self.report.uid, key])
        if ref is not None:
            return f"{address}?{urlencode({'ref': str(ref)})}#side", _("Look at the number")
        return address, _("Open the section")


def _code(*words: str) -> str:
    """Names the finding among those of its report; a long one by its digest."""
    code = " ".join(word for word in words if word)
    if len(code) <= LONGEST_CODE:
        return code
    return f"{words[0]} {hashlib.sha256(code.encode()).hexdigest()}"[:LONGEST_CODE]


def is_far(now: Any, before: Any, limit: int) -> bool:
    """Further apart, in per cent of last year, than the outline allows (`limit` itself is allowed)."""
    if now is None or not before or max(abs(now), abs(before)) < FEW:
        return False
    return abs(Decimal(now) - Decimal(before)) * 100 > limit * abs(Decimal(before))


def spans_of(block: Block) -> tuple[Span, ...]:
    return block.spans if isinstance(block, Paragraph | Box) else ()


def columns_off(table: Table) -> list[str]:
    """Titles of the columns whose plain rows do not add up to the total; shares and changes are no sums."""
    totals = [row for row in table.rows if row.style == "total"]
    plain = [row for row in table.rows if row.style == "plain"]
    width = len(table.columns)
    if len(totals) != 1 or not plain or any(len(row.cells) != width for row in (*plain, *totals)):
        return []
    return [
        column.title
        for place, column in enumerate(table.columns)
        if _is_off([row.cells[place] for row in plain], totals[0].cells[place])
    ]


def _is_off(cells: list[Cell], total: Cell) -> bool:
    if total.value is None or not is_sum(total.ref) or any(cell.value is None for cell in cells if cell.ref):
        return False
    return sum(cell.value or 0 for cell in cells) != total.value


def is_sum(ref: str) -> bool:
    """Of counts and money. A share is divided anew, and a commune with two contents is one commune."""
    if not ref or Ref.parse(ref).at == At.CHANGE:
        return False
    figure = Ref.parse(ref).figure
    return isinstance(figure, Tally | TargetCount) and not isinstance(figure, CommunesReached)
