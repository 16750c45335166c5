"""What may be put into a section of a report: activities, plan items, the words of the report before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from coordination.formats import date_vi, number_vi
from programs.models import Activity, BudgetEntry, Measurement, ModelEvent, PlanItem
from reports.figures import NOTHING, At, Ref, Scope, UnknownFigure
from reports.models import OutlineSection, Report, ReportingPeriod
from reports.opened import NotOpenable, OpenedNumber, open_number, written
from reports.writing import report_before

MOST = 8  # of a list beside the text: what is looked for is found by its words
MOST_FACTS = 6


@dataclass(frozen=True)
class Offer:
    """`sentence` is what “insert” puts into the text; `href` shows the record."""

    sentence: str
    note: str = ""
    href: str = ""


@dataclass(frozen=True)
class Before:
    """The same section in the report before: `text` with its figures, which count anew where they are put in."""

    report: Report
    text: str


class ChosenFigure:
    """The number that was clicked, with the facts behind it: as many as stand beside a text, and the way to all."""

    def __init__(self, report: Report, ref: str, user: Any) -> None:
        """Raises NotOpenable."""
        self.ref = ref
        self.opened: OpenedNumber = open_number(report, ref, user)
        self.page = self.opened.page(1, MOST_FACTS)
        self.last_year = self._last_year(report)
        self.mend = mending_page(self.opened)

    def _last_year(self, report: Report) -> str:
        ref = Ref.parse(self.ref)
        if ref.at != At.NOW:
            return ""
        try:
            before = open_number(report, str(Ref(ref.code, ref.axes, At.LAST_YEAR)), self.opened.user).opened.value
        except (NotOpenable, UnknownFigure):
            return ""
        return "" if before == NOTHING else written(before, self.opened.figure.shown, str(self.opened.figure.unit))


ENTRY_PAGES = {
    Activity: "programs:activity_create",
    ModelEvent: "programs:model_list",
    Measurement: "programs:measurement_grid",
    BudgetEntry: "programs:budget_grid",
}


def mending_page(opened: OpenedNumber) -> str:
    """Where a record is added; what is wrong in one that is there is corrected on its own page."""
    page = ENTRY_PAGES.get(opened.opened.facts.model, "programs:measurement_grid")
    return reverse(page)


def activities_of(report: Report, user: Any, words: str = "") -> list[Offer]:
    """Recorded ones the report counts and the person may read, the latest first."""
    rows = Activity.objects.visible_to(user).filter(Scope.of_records(report).where(Activity))
    rows = rows.filter(counted_on__range=(report.period.data_from, report.period.data_to), reason="")
    if words:
        rows = rows.matching(words)
    rows = rows.select_related("unit", "kind").order_by("-counted_on", "-pk")
    return [
        Offer(sentence_of(row), row.unit.label, reverse("programs:activity_detail", args=[row.uid]))
        for row in rows[:MOST]
    ]


def sentence_of(activity: Activity) -> str:
    """As it would stand in a paper, with the numbers as they were entered."""
    people = f", {number_vi(activity.attendances)} lượt người dự" if activity.attendances else ""
    women = f", trong đó {number_vi(activity.women)} nữ" if people and activity.women is not None else ""
    return f"Ngày {date_vi(activity.ends_on)}, tại {activity.unit.label}: {activity.title}{people}{women}."


def items_of(report: Report, following: ReportingPeriod | None, user: Any) -> list[Offer]:
    """Of the plans of the agency, what falls into the period after this one."""
    if following is None:
        return []
    rows = PlanItem.objects.visible_to(user).standing().filter(plan__agency=report.agency_id)
    rows = rows.filter(starts_on__lte=following.data_to, ends_on__gte=following.data_from)
    return [
        Offer(
            f"{row.text.rstrip(' .;')}.",
            f"{date_vi(row.starts_on)} – {date_vi(row.ends_on)}",
            reverse("programs:item_detail", args=[row.uid]),
        )
        for row in rows.order_by("starts_on", "pk")[:MOST]
    ]


def text_before(report: Report, key: str) -> Before | None:
    earlier = report_before(report)
    if earlier is None:
        return None
    written_then = earlier.document.sections.filter(key=key).values_list("text", flat=True).first()
    if written_then is None:
        outline = OutlineSection.objects.filter(outline=earlier.outline_id, key=key)
        written_then = outline.values_list("text", flat=True).first()
    return Before(earlier, written_then) if written_then else None
