"""What rounds bring to a desk: reports an agency is asked for, and rounds of its own in which somebody is late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from coordination.models import Membership
from coordination.review import SPEAKING
from reports.models import ReportRound, RoundSeat
from reports.seats import Standing, counts_of, standings

SHOWN = 5


@dataclass(frozen=True)
class AskedReport:
    """`row`: how the agency of the hat stands in the round."""

    asked: ReportRound
    row: Standing


@dataclass(frozen=True)
class LateRound:
    """A round of the own agency: how many are late, of how many it still waits for."""

    asked: ReportRound
    late: int
    waited: int


def round_desk(acting: Membership, own: set[int], today: date) -> tuple[list[AskedReport], list[LateRound]]:
    """Of open rounds; for who writes or leads. The seats and reports of all of them are asked for together."""
    if acting.role not in SPEAKING:
        return [], []
    open_ones = ReportRound.objects.filter(closed_at=None).select_related("period")
    seated = RoundSeat.objects.filter(agency__in=own, left_out="").values("round")
    rounds = list((open_ones.filter(asked_by__in=own) | open_ones.filter(pk__in=seated)).order_by("due_sender", "pk"))
    stand = standings(rounds, today) if rounds else {}
    asked, late = [], []
    for one in rounds:
        if one.asked_by_id not in own:
            asked += [AskedReport(one, row) for row in stand[one.pk] if row.seat.agency_id in own and row.is_owed]
        elif counts := _late_in(stand[one.pk]):
            late.append(LateRound(one, *counts))
    return sorted(asked, key=lambda found: found.row.seat.due)[:SHOWN], late[:SHOWN]


def _late_in(rows: list[Standing]) -> tuple[int, int] | None:
    counts = counts_of(rows)
    return (counts["late"], counts["awaited"] - counts["arrived"]) if counts["late"] else None
