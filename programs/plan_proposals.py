"""What a new plan is made from: clauses in force in its year, items of last year not finished, assignments.

Each gives a line a person may change before or after the plan is created; nothing is taken over unasked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from coordination.enums import DocumentState
from coordination.models import Agency, Agreement, Clause, Party
from coordination.search import search_text
from programs.due_words import due_days
from programs.enums import ComponentKind, Measure, Recurrence
from programs.models import AnnualPlan, Assignment, Component, PlanItem
from programs.plan_actions import ItemLine
from programs.progress import Progress, in_force_in, progress_of
from programs.recurrence_words import read_rhythm

ALIKE = 2  # words a component and a text must share to be taken for each other
SMALL_WORDS = 3  # letters; shorter ones join, they do not tell


@dataclass(frozen=True)
class Frame:
    """The year of the plan and who signs it, in the order of the symbol; the first leads what names no lead."""

    year: int
    agencies: Sequence[Agency]

    @property
    def first_day(self) -> date:
        return date(self.year, 1, 1)

    @property
    def last_day(self) -> date:
        return date(self.year, 12, 31)


@dataclass(frozen=True)
class Unfinished:
    """An item of last year that is not done, and how far it came."""

    item: PlanItem
    progress: Progress


# ---- from clauses ----


def clauses_for(agreement: Agreement, year: int) -> list[Clause]:
    """Those in force on some day of the year, in the order of the text; none once the agreement has ended."""
    ended = agreement.ended_on or agreement.stage_to
    if not agreement.stage_from.year <= year <= min(ended, agreement.stage_to).year:
        return []
    clauses = Clause.objects.filter(section__document=agreement.document_id).for_text()
    ordered = clauses.order_by("section__position", "section_id", "position", "pk")
    return [clause for clause in ordered if in_force_in(clause, year)]


def from_clauses(clauses: Iterable[Clause], frame: Frame) -> list[ItemLine]:
    """Text, lead and partners of each clause; no lead means all parties together, the first of the symbol leading.

    One that says how often ("hằng quý") proposes as many times as fit into its window.
    """
    successors, components = _successors(frame), _components(frame)
    lines = []
    for clause in clauses:
        lead = _now(clause.lead, successors) if clause.lead else frame.agencies[0]
        named = [_now(agency, successors) for agency in clause.partners.all()]
        partners = named if clause.lead else frame.agencies
        first, last = window_in(clause, frame)
        times = times_in(clause.text, first, last)
        lines.append(
            ItemLine(
                text=clause.text,
                component=component_like(clause.text, components),
                lead=lead,
                partners=_others(partners, lead),
                starts_on=first,
                ends_on=last,
                measure=Measure.SESSIONS if times else "",
                quantity=times,
                clause=clause,
            )
        )
    return lines


def window_in(clause: Clause, frame: Frame) -> tuple[date, date]:
    """First and last day of the year on which it is in force, both inclusive."""
    first = max(frame.first_day, clause.valid_from or frame.first_day)
    return first, min(frame.last_day, clause.valid_to or frame.last_day)


def times_in(text: str, first: date, last: date) -> int | None:
    """How many months, quarters or half-years begin between the two days, both inclusive, where the words name them.

    What comes every year is the whole item and is not counted.
    """
    rhythm = read_rhythm(text)
    if rhythm in ("", Recurrence.YEARLY):
        return None
    starts = due_days(date(first.year, 1, 1), rhythm, last)
    return max(1, sum(first <= day for day in starts))


# ---- from last year ----


def plan_before(frame: Frame, agreement: Agreement | None) -> AnnualPlan | None:
    """The latest issued plan of an earlier year: of the same agreement; without one a plan of the agencies that is
    under none, of one year first what nobody else signed.
    """
    earlier = AnnualPlan.objects.filter(year__lt=frame.year, document__state__in=DocumentState.in_the_open())
    if agreement:
        found = earlier.filter(agreement=agreement)
    else:
        own = Agency.objects.lineage_of({agency.pk for agency in frame.agencies})
        others = Party.objects.filter(document=OuterRef("document")).exclude(agency__in=own)
        found = earlier.filter(agreement=None, agency__in=own).annotate(with_others=Exists(others))
        return found.order_by("-year", "with_others", "-pk").first()
    return found.order_by("-year", "-pk").first()


def unfinished(plan: AnnualPlan, today: date) -> list[Unfinished]:
    """Neither done nor cancelled, in the order of the plan."""
    items = list(plan.items.for_list())
    progress = progress_of(items, today)
    return [Unfinished(item, progress[item.pk]) for item in items if progress[item.pk].is_open]


def carried_over(item: PlanItem, progress: Progress, reason: str, frame: Frame) -> ItemLine:
    """What is left of it, for the whole new year. Money is not carried: each year decides its own."""
    successors = _successors(frame)
    lead = _now(item.lead, successors)
    left = item.quantity - max(progress.done or 0, 0) if item.quantity else None
    return ItemLine(
        text=item.text,
        component=item.component,
        lead=lead,
        partners=_others([_now(part.agency, successors) for part in item.parts.select_related("agency")], lead),
        starts_on=frame.first_day,
        ends_on=frame.last_day,
        units=list(item.units.all()),
        kind=item.kind,
        measure=item.measure,
        quantity=left,
        counting_word=item.counting_word,
        output_kind=item.output_kind,
        model_kind=item.model_kind,
        expected_result=item.expected_result,
        women_percent=item.women_percent,
        minority_percent=item.minority_percent,
        carried_from=item,
        carried_reason=reason,
    )


# ---- from assignments ----


def assignments_for(frame: Frame) -> QuerySet[Assignment]:
    """Given to one of the agencies, not reported as done, due in the year or without a day; no plan of it yet."""
    own = Agency.objects.lineage_of({agency.pk for agency in frame.agencies})
    due = Q(responses__due_on=None) | Q(responses__due_on__range=(frame.first_day, frame.last_day))
    asked = Assignment.objects.filter(due, responses__agency__in=own, responses__done_on=None, withdrawn_on=None)
    planned = PlanItem.objects.filter(plan__year=frame.year, assignment__isnull=False, lead__in=own)
    rows = Assignment.objects.filter(pk__in=asked.values("pk")).exclude(pk__in=planned.values("assignment"))
    return rows.select_related("document__kind").prefetch_related("responses__agency")


def from_assignments(assignments: Iterable[Assignment], frame: Frame) -> list[ItemLine]:
    """Led by whoever of the agencies leads the task; the others that were addressed take part."""
    successors, components = _successors(frame), _components(frame)
    lines = []
    for assignment in assignments:
        responses = sorted(assignment.responses.all(), key=lambda row: (not row.is_lead, row.pk))
        addressed = [_now(row.agency, successors) for row in responses]
        ours = [agency for agency in addressed if agency in frame.agencies]
        lead = ours[0] if ours else frame.agencies[0]
        due = [row.due_on for row in responses if row.due_on and row.due_on.year == frame.year]
        lines.append(
            ItemLine(
                text=assignment.text,
                component=component_like(assignment.text, components),
                lead=lead,
                partners=_others(addressed, lead),
                starts_on=frame.first_day,
                ends_on=max(due, default=frame.last_day),
                assignment=assignment,
            )
        )
    return lines


# ---- what it belongs to, and who it is today ----


def component_like(text: str, components: Sequence[Component]) -> Component:
    """The component whose words the text shares most; the last of the list where nothing is alike.

    A first guess a person checks: it saves choosing for each of twenty clauses.
    """
    words = _words(text)
    shared = [(len(words & _words(f"{component.name} {component.short_name}")), component) for component in components]
    best, component = max(shared, key=lambda pair: pair[0])
    return component if best >= ALIKE else components[-1]


def _words(text: str) -> set[str]:
    return {word for word in search_text(text).split() if len(word) >= SMALL_WORDS}


def _components(frame: Frame) -> list[Component]:
    """Contents and groups in force in the year, the regular duties of agencies last."""
    open_then = Q(valid_from=None) | Q(valid_from__lte=frame.last_day)
    open_then &= Q(valid_to=None) | Q(valid_to__gte=frame.first_day)
    rows = (
        Component.objects.offered_to(frame.agencies[0].province_id)
        .filter(open_then)
        .exclude(kind=ComponentKind.PROJECT)
    )
    return list(rows.order_by("programme__position", "position", "pk"))


def _successors(frame: Frame) -> dict[int, Agency]:
    """By id of an agency that was merged or split: the one of the plan's that came of it."""
    return {
        before: agency
        for agency in frame.agencies
        for before in Agency.objects.lineage_of({agency.pk})
        if before != agency.pk
    }


def _now(agency: Agency, successors: dict[int, Agency]) -> Agency:
    return successors.get(agency.pk, agency)


def _others(agencies: Iterable[Agency], lead: Agency) -> list[Agency]:
    """Each once, without the lead."""
    return [agency for agency in dict.fromkeys(agencies) if agency != lead]
