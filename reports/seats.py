"""How the agencies of a round stand: who has sent, who is late, who has not begun. Nothing of it is stored."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from coordination.enums import DocumentState
from coordination.models import AgencySuccession, DocumentMove
from coordination.models.agency import name_of
from coordination.models.unit import changes_before
from reports.enums import ReportNature, ReportScope, SeatState
from reports.models import Report, ReportRound, RoundSeat

SEND, RETURN = "send", "return"  # actions of the path of a report
ARRIVED = {
    DocumentState.SENT: SeatState.SENT,
    DocumentState.RECEIVED: SeatState.RECEIVED,
    DocumentState.SUPERSEDED: SeatState.RECEIVED,
}
LOOKS = {
    SeatState.NOT_BEGUN: "none",
    SeatState.DRAFTING: "draft",
    SeatState.SENT: "wait",
    SeatState.RECEIVED: "ok",
    SeatState.RETURNED: "back",
    SeatState.OWN: "lock",
    SeatState.LEFT_OUT: "none",
}


@dataclass(frozen=True)
class Standing:
    """`seat` comes from `seats_of`. `sent_at`: the first moment its report was sent, `again_at` the last.

    `day`: the day lateness is looked at: today, of a closed round the day it was closed.
    """

    seat: Any
    state: SeatState
    day: date
    report: Any = None
    sent_at: datetime | None = None
    again_at: datetime | None = None

    @property
    def is_owed(self) -> bool:
        return self.state in SeatState.owing()

    @property
    def has_arrived(self) -> bool:
        return self.state in SeatState.arrived()

    @property
    def sent_on(self) -> date | None:
        """By the clock of the office: 17:00 UTC is midnight."""
        return timezone.localdate(self.sent_at) if self.sent_at else None

    @property
    def was_sent_again(self) -> bool:
        return self.again_at != self.sent_at

    @property
    def days_late(self) -> int:
        """Whole days behind the last day given: of what was sent by its first sending, of the rest until now."""
        if self.has_arrived and self.sent_on:
            return max((self.sent_on - self.seat.due).days, 0)
        return max((self.day - self.seat.due).days, 0) if self.is_owed else 0

    @property
    def is_late(self) -> bool:
        return self.is_owed and self.days_late > 0

    @property
    def is_extended(self) -> bool:
        return bool(self.seat.due > self.seat.asked_due)

    @property
    def look(self) -> str:
        return "late" if self.is_late else LOOKS[self.state]


def standings(rounds: Sequence[ReportRound], today: date) -> dict[int, list[Standing]]:
    """By id of the round, in protocol order; a few queries however many rounds and agencies."""
    keys = [one.pk for one in rounds]
    seats = seats_of(RoundSeat.objects.filter(round__in=keys), today)
    reports = _reports_by_seat(seats, keys)
    earlier = _ways((later, before) for before, later in changes_before(AgencySuccession, askers_of(rounds)))
    own = {one.pk: {one.asked_by_id} | _reached(one.asked_by_id, earlier) for one in rounds}
    days = {one.pk: last_day_of(one, today) for one in rounds}
    found: dict[int, list[Standing]] = {key: [] for key in keys}
    for seat in seats:
        is_own = seat.agency_id in own[seat.round_id]
        found[seat.round_id].append(standing_of(seat, reports.get(seat.pk), days[seat.round_id], is_own))
    return found


def askers_of(rounds: Iterable[ReportRound]) -> set[int]:
    return {one.asked_by_id for one in rounds}


def seats_of(seats: QuerySet[RoundSeat], today: date) -> list[Any]:
    """With the last day given and the names of today, in protocol order."""
    known = {"agency_name": name_of("agency", "name", today), "agency_short": name_of("agency", "short_name", today)}
    known["asked_due"] = Coalesce("due_on", "round__due_sender")
    rows = seats.with_due().annotate(**known).select_related("agency__unit")
    return list(rows.order_by("round", "agency__protocol_order", "agency__unit__sort_key", "pk"))


def last_day_of(asked: ReportRound, today: date) -> date:
    return min(today, timezone.localdate(asked.closed_at)) if asked.closed_at else today


def answers_to(rounds: Iterable[int]) -> QuerySet[Any]:
    """The reports agencies make for the rounds, with when they were sent; consolidated ones are none of them."""
    turns = DocumentMove.objects.filter(document=OuterRef("document"), action__in=(SEND, RETURN)).order_by("pk")
    sent = turns.filter(action=SEND).values("moved_at")
    reports = Report.objects.filter(round__in=list(rounds), nature=ReportNature.ORIGINAL)
    reports = reports.exclude(scope=ReportScope.ROUND).select_related("document").order_by("pk")
    return reports.annotate(
        first_sent=Subquery(sent[:1]),
        last_sent=Subquery(sent.reverse()[:1]),
        last_turn=Subquery(turns.reverse().values("action")[:1]),
    )


def _reports_by_seat(seats: Sequence[RoundSeat], rounds: Iterable[int]) -> dict[int, Any]:
    """By id of the seat; what came of an agency since it was asked answers in its place."""
    places = {(seat.round_id, seat.agency_id): seat.pk for seat in seats}
    found, others = {}, []
    for report in answers_to(rounds):
        seat = places.get((report.round_id, report.agency_id))
        if seat:
            found[seat] = report
        else:
            others.append(report)
    for seat in seats_after_mergers(seats, others):
        report = next(one for one in others if (one.round_id, one.agency_id) == seat[:2])
        found.setdefault(seat[2], report)
    return found


def seats_after_mergers(seats: Sequence[RoundSeat], reports: Sequence[Any]) -> Iterator[tuple[int, int, int]]:
    """(round, agency, seat) where the agency of a report came of the one that was asked; no query without any."""
    edges = changes_before(AgencySuccession, {report.agency_id for report in reports}) if reports else []
    earlier = _ways((later, before) for before, later in edges)
    for report in reports:
        reached = _reached(report.agency_id, earlier)
        for seat in seats:
            if seat.round_id == report.round_id and seat.agency_id in reached:
                yield report.round_id, report.agency_id, seat.pk


def seat_of_owner(seats: Sequence[RoundSeat]) -> dict[int, RoundSeat]:
    """Of each agency the seat its records count for: its own, else that of what it became; each counts once."""
    found = {seat.agency_id: seat for seat in seats}
    earlier = _ways((later, before) for before, later in changes_before(AgencySuccession, found))
    for seat in seats:
        for agency in sorted(_reached(seat.agency_id, earlier)):
            found.setdefault(agency, seat)
    return found


def _ways(edges: Iterable[tuple[int, int]]) -> dict[int, set[int]]:
    ways: dict[int, set[int]] = defaultdict(set)
    for start, end in edges:
        ways[start].add(end)
    return ways


def _reached(start: int, ways: dict[int, set[int]]) -> set[int]:
    found, fresh = set[int](), {start}
    while fresh:
        fresh = {end for place in fresh for end in ways.get(place, ())} - found
        found |= fresh
    return found


def standing_of(seat: RoundSeat, report: Any, day: date, is_own: bool = False) -> Standing:
    """`report`: of `answers_to`, or None."""
    if seat.left_out or is_own:
        return Standing(seat, SeatState.LEFT_OUT if seat.left_out else SeatState.OWN, day, report)
    if report is None:
        return Standing(seat, SeatState.NOT_BEGUN, day)
    sent = {"report": report, "sent_at": report.first_sent, "again_at": report.last_sent}
    return Standing(seat, _state_of(report), day, **sent)


def _state_of(report: Any) -> SeatState:
    """Once returned it stays returned until it is sent again, whatever is done to it meanwhile."""
    arrived = ARRIVED.get(report.document.state)
    if arrived:
        return arrived
    return SeatState.RETURNED if report.last_turn == RETURN else SeatState.DRAFTING


def counts_of(rows: Iterable[Standing]) -> dict[str, int]:
    """How many in each state, and `late`: owed and past its day."""
    rows = list(rows)
    counted = Counter(str(row.state) for row in rows)
    late = sum(row.is_late for row in rows)
    arrived = sum(row.has_arrived for row in rows)
    awaited = sum(row.is_owed or row.has_arrived for row in rows)
    every = {state.value: counted[state.value] for state in SeatState}
    return every | {"late": late, "arrived": arrived, "awaited": awaited, "all": len(rows)}
