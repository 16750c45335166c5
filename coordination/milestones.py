"""Reviews the parties agreed on (sơ kết, tổng kết) as tasks of those who agreed on them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from coordination.enums import DocumentState
from coordination.models import Milestone

AHEAD = timedelta(days=60)
# A programme that has ended still owes its final review; a suspended one waits.
OWED = (DocumentState.ISSUED, DocumentState.CLOSED)


@dataclass(frozen=True)
class OpenMilestone:
    """`leads`: one of the agencies calls it together; `late`: its last day has gone by."""

    milestone: Milestone
    leads: bool
    late: bool


def open_milestones(agencies: Iterable[int], today: date) -> list[OpenMilestone]:
    """Of agreements these agencies signed, without a result yet, from two months before they begin; earliest first."""
    own = set(agencies)
    rows = (
        Milestone.objects.filter(
            agreement__document__parties__agency__in=own, agreement__document__state__in=OWED, result__isnull=True
        )
        .select_related("agreement__document__kind", "lead")
        .distinct()
    )
    due = [row for row in rows if (row.starts_on or date(row.year, 1, 1)) - AHEAD <= today]
    due.sort(key=lambda row: (row.last_day, row.pk))
    return [OpenMilestone(row, row.lead_id is None or row.lead_id in own, row.last_day < today) for row in due]
