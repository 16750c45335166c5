"""How far the items of a plan are, from the facts that name them; nothing of it is typed or stored.

Rules. A fact counts once, for the item it names, whatever its partners; drafts never count; corrections add up with
what they correct; only facts counted until the day asked about are looked at, so the answer for a day stays the same.

- An item with a quantity is done when what its measure counts (sessions, attendances, products of its kind, models of
  its kind set up, strengthened or upgraded) reaches the quantity; its percentage is done / quantity, rounded down so
  that 100% is never shown too early, and may pass 100.
- An item without a quantity has nothing that says enough was done before its time is over: it is running from its
  first fact on, and done once its window has closed with at least one fact. Its percentage is not stated until then.
- An item whose window has closed and which is not done is late. Before that: running from the first fact on, else not
  started, even when its window has begun. Cancelled from the day it was cancelled.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Max, Min, Q, Sum, Value

from coordination.models import Agency, Agreement, Clause, User
from programs.enums import CoverageState, FactState, ItemState, Measure, ModelNature, PartAnswer
from programs.models import Activity, ActivityOutput, AnnualPlan, ModelEvent, PlanItem

COUNTED_MODELS = (ModelNature.NEW, ModelNature.STRENGTHENED, ModelNature.UPGRADED)


@dataclass(frozen=True)
class Share:
    """Of the attendances of those activities that state the part: `part` of `total`. No activity that leaves it out

    is divided by: `stated` of `sessions` sessions say it ("tách nữ ở 45/60 cuộc"). `wanted`: least percent, or None.
    """

    part: int = 0
    total: int = 0
    stated: int = 0
    sessions: int = 0
    wanted: int | None = None

    @property
    def percent(self) -> float | None:
        return self.part * 100 / self.total if self.total else None

    @property
    def met(self) -> bool | None:
        """None where nothing is wanted or nothing is stated."""
        return None if self.wanted is None or self.percent is None else self.part * 100 >= self.wanted * self.total


@dataclass(frozen=True)
class Progress:
    """`done` counts what the measure of the item counts (None = no quantity); `facts` records, corrections left out.

    `last_on`: the last day of the latest fact.
    """

    state: ItemState
    done: int | None
    quantity: int | None
    percent: int | None
    facts: int
    sessions: int
    attendances: int
    first_on: date | None
    last_on: date | None
    women: Share
    minority: Share

    @property
    def is_open(self) -> bool:
        """Something is still to be done."""
        return self.state not in (ItemState.DONE, ItemState.CANCELLED)


@dataclass(frozen=True)
class PlanTotals:
    """Over items: how many are in each state; over their facts: sessions, attendances and models, each fact once."""

    items: int
    by_state: Mapping[ItemState, int]
    sessions: int
    attendances: int
    women: Share
    minority: Share

    @property
    def percent(self) -> int | None:
        """Of the items that are not cancelled, those done, rounded down."""
        standing = self.items - self.by_state[ItemState.CANCELLED]
        return self.by_state[ItemState.DONE] * 100 // standing if standing else None


def progress_of(items: Iterable[PlanItem], today: date) -> dict[int, Progress]:
    """By id of the item, in two queries however many items there are."""
    rows = list(items)
    held, counted = _held([row.pk for row in rows], today), _counted([row.pk for row in rows], today)
    return {row.pk: _progress(row, held.get(row.pk, {}), counted.get(row.pk, {}), today) for row in rows}


def totals_of(items: Iterable[PlanItem], progress: Mapping[int, Progress]) -> PlanTotals:
    """Of one plan or of several: an activity names one item at most, so the sum counts it once."""
    found = [progress[item.pk] for item in items]
    by_state = dict.fromkeys(ItemState, 0)
    for row in found:
        by_state[row.state] += 1
    return PlanTotals(
        items=len(found),
        by_state=by_state,
        sessions=sum(row.sessions for row in found),
        attendances=sum(row.attendances for row in found),
        women=_sum_of_shares([row.women for row in found]),
        minority=_sum_of_shares([row.minority for row in found]),
    )


def _sum_of_shares(shares: list[Share]) -> Share:
    names = ("part", "total", "stated", "sessions")
    return Share(**{name: sum(getattr(share, name) for share in shares) for name in names})


def _held(items: list[int], today: date) -> dict[int, dict[str, Any]]:
    """Sums over the activities of each item; a part is stated by those that state it and the attendances."""
    stated = {part: Q(**{f"{part}__isnull": False}, attendances__isnull=False) for part in ("women", "minority")}
    parts: dict[str, Any] = {}
    for part, where in stated.items():
        parts[f"{part}_part"] = Sum(part, filter=where, default=0)
        parts[f"{part}_total"] = Sum("attendances", filter=where, default=0)
        parts[f"{part}_stated"] = Sum("sessions", filter=where, default=0)
    rows = (
        Activity.objects.recorded()
        .filter(plan_item__in=items, counted_on__lte=today)
        .order_by()
        .values("plan_item")
        .annotate(
            facts=Count("pk", filter=Q(corrects__isnull=True)),
            held=Sum("sessions", default=0),
            people=Sum("attendances", default=0),
            first=Min("starts_on"),
            last=Max("ends_on"),
            **parts,
        )
    )
    return {row["plan_item"]: row for row in rows}


def _counted(items: list[int], today: date) -> dict[int, dict[str, Any]]:
    """Products and models of the very kind the item counts (or a kind under it), and its events of any kind."""
    outputs = ActivityOutput.objects.filter(
        activity__plan_item__in=items,
        activity__state=FactState.RECORDED,
        activity__counted_on__lte=today,
        kind=F("activity__plan_item__output_kind"),
    )
    events = ModelEvent.objects.recorded().filter(plan_item__in=items, counted_on__lte=today)
    own_kind = Q(model__kind=F("plan_item__model_kind")) | Q(model__kind__parent=F("plan_item__model_kind"))
    products = (
        outputs.order_by()
        .values_list("activity__plan_item")
        .annotate(
            what=Value("products"),
            number=Sum("quantity", default=0),
            facts=Value(0),
            first=Min("activity__starts_on"),
            last=Max("activity__ends_on"),
        )
    )
    models = (
        events.order_by()
        .values_list("plan_item")
        .annotate(
            what=Value("models"),
            number=Sum("quantity", filter=own_kind & Q(nature__in=COUNTED_MODELS), default=0),
            facts=Count("pk", filter=Q(corrects__isnull=True)),
            first=Min("counted_on"),
            last=Max("counted_on"),
        )
    )
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    for item, what, number, facts, first, last in products.union(models, all=True).order_by():
        found[item] |= {what: number}
        if what == "models":
            found[item] |= {"facts": facts, "first": first, "last": last}
    return found


def _progress(item: PlanItem, held: dict[str, Any], counted: dict[str, Any], today: date) -> Progress:
    done = {
        Measure.SESSIONS: held.get("held", 0),
        Measure.ATTENDANCES: held.get("people", 0),
        Measure.OUTPUT: counted.get("products", 0),
        Measure.MODELS: counted.get("models", 0),
    }.get(item.measure)  # type: ignore[call-overload]
    facts = held.get("facts", 0) + counted.get("facts", 0)
    state = state_of(item, done, facts, today)
    percent = max(done, 0) * 100 // item.quantity if done is not None and item.quantity else None
    if percent is None and state == ItemState.DONE:
        percent = 100
    firsts = [row["first"] for row in (held, counted) if row.get("first")]
    lasts = [row["last"] for row in (held, counted) if row.get("last")]
    return Progress(
        state=state,
        done=done,
        quantity=item.quantity,
        percent=percent,
        facts=facts,
        sessions=held.get("held", 0),
        attendances=held.get("people", 0),
        first_on=min(firsts, default=None),
        last_on=max(lasts, default=None),
        women=_share("women", held, item.women_percent),
        minority=_share("minority", held, item.minority_percent),
    )


def state_of(item: PlanItem, done: int | None, facts: int, today: date) -> ItemState:
    """By the rules above; `done`: what its measure counts, None where nothing is counted."""
    if item.cancelled_on and item.cancelled_on <= today:
        return ItemState.CANCELLED
    over = today > item.ends_on
    enough = done >= item.quantity if done is not None and item.quantity else over and facts > 0
    if enough:
        return ItemState.DONE
    if over:
        return ItemState.LATE
    return ItemState.RUNNING if facts else ItemState.NOT_STARTED


def _share(part: str, held: dict[str, Any], wanted: int | None) -> Share:
    names = ("part", "total", "stated")
    sums = {name: held.get(f"{part}_{name}", 0) for name in names}
    return Share(**sums, sessions=held.get("held", 0), wanted=wanted)


# ---- waiting for the other agency ----


@dataclass(frozen=True)
class Waiting:
    """`item` waits for `agency`, another one than ours. `why`: "answer" it has not said whether it takes its part,

    "change" its wish is to be met by those who keep the plan, "lead" it leads what is late.
    """

    item: PlanItem
    agency: Agency
    why: str


def waiting_for_others(items: Iterable[PlanItem], progress: Mapping[int, Progress], own: set[int]) -> list[Waiting]:
    """`items` of for_list(); `own`: ids of our agency and those it succeeded. In the order of the items."""
    found = []
    for item in items:
        now = progress[item.pk]
        if not now.is_open:
            continue
        ours = item.lead_id in own
        found += [Waiting(item, part.agency, "answer") for part in item.parts.all() if _silent(part) and ours]
        keeper = item.plan.agency
        asked = [part for part in item.parts.all() if part.answer == PartAnswer.ASKS and part.agency_id in own]
        if asked and keeper.pk not in own:
            found.append(Waiting(item, keeper, "change"))
        takes_part = any(part.agency_id in own for part in item.parts.all())
        if now.state == ItemState.LATE and takes_part and not ours:
            found.append(Waiting(item, item.lead, "lead"))
    return found


def _silent(part: Any) -> bool:
    return part.answer == PartAnswer.WAITING


# ---- clause × year ----


@dataclass(frozen=True)
class CoverageCell:
    """`items` of that year's plans that come of the clause, those carried over from earlier years among them."""

    year: int
    state: CoverageState
    items: list[PlanItem]
    done: int


@dataclass(frozen=True)
class CoverageRow:
    clause: Clause
    cells: list[CoverageCell]


@dataclass(frozen=True)
class Coverage:
    years: list[int]
    rows: list[CoverageRow]


def coverage(agreement: Agreement, user: User, today: date) -> Coverage:
    """Every clause by every year of the agreement, from the plans under it the person may read.

    Done: every item of the year that is not cancelled is done. A carried item counts for the clause it first came of.
    """
    last = min(agreement.ended_on or agreement.stage_to, agreement.stage_to)
    years = list(range(agreement.stage_from.year, last.year + 1))
    plans = AnnualPlan.objects.visible_to(user).filter(agreement=agreement, year__in=years)
    items = list(PlanItem.objects.filter(plan__in=plans.values("pk")).select_related("plan", "lead"))
    progress = progress_of(items, today)
    roots = clauses_of(items)
    by_cell: dict[tuple[int, int], list[PlanItem]] = defaultdict(list)
    for item in items:
        if clause := roots.get(item.pk):
            by_cell[clause, item.plan.year].append(item)
    clauses = Clause.objects.filter(section__document=agreement.document_id).for_text()
    ordered = clauses.order_by("section__position", "section_id", "position", "pk")
    return Coverage(
        years,
        [
            CoverageRow(clause, [_cell(clause, year, by_cell[clause.pk, year], progress) for year in years])
            for clause in ordered
        ],
    )


def _cell(clause: Clause, year: int, items: list[PlanItem], progress: Mapping[int, Progress]) -> CoverageCell:
    states = [progress[item.pk].state for item in items]
    standing = [state for state in states if state != ItemState.CANCELLED]
    done = standing.count(ItemState.DONE)
    if standing:
        state = CoverageState.DONE if done == len(standing) else CoverageState.PLANNED
    else:
        state = CoverageState.NOTHING if in_force_in(clause, year) else CoverageState.NOT_IN_FORCE
    return CoverageCell(year, state, items, done)


def in_force_in(clause: Clause, year: int) -> bool:
    """On some day of the year."""
    begins = clause.valid_from is None or clause.valid_from.year <= year
    return begins and (clause.valid_to is None or clause.valid_to.year >= year)


def clauses_of(items: list[PlanItem]) -> dict[int, int]:
    """Id of the clause each item first came of, through the years it was carried over; plans not listed are read."""
    origin = {item.pk: (item.clause_id, item.carried_from_id) for item in items}
    missing = {before for _clause, before in origin.values() if before} - origin.keys()
    while missing:
        rows = PlanItem.objects.filter(pk__in=missing).values_list("pk", "clause_id", "carried_from_id")
        origin |= {pk: (clause, before) for pk, clause, before in rows}
        missing = {before for _clause, before in origin.values() if before} - origin.keys()
    found: dict[int, int] = {}
    for item in items:
        clause, before = origin[item.pk]
        while clause is None and before:
            clause, before = origin[before]
        if clause:
            found[item.pk] = clause
    return found


# ---- by month ----


def months_of(item: PlanItem, year: int) -> range:
    """Months of `year` its window touches, 1 to 12; empty where it touches none."""
    if item.starts_on.year > year or item.ends_on.year < year:
        return range(0)
    first = item.starts_on.month if item.starts_on.year == year else 1
    last = item.ends_on.month if item.ends_on.year == year else 12
    return range(first, last + 1)
