"""What of activities waits on the first page of a hat. `own`: ids of its agency and of those it succeeded."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Exists, OuterRef

from coordination.models import Membership, User
from coordination.review import SPEAKING
from programs.correction_requests import open_requests
from programs.marks import to_mend, unheard, unverified
from programs.models import Activity, CorrectionRequest
from programs.provided import named_windows

SHOWN = 5
MOST_COUNTED = 99
LATELY = timedelta(days=180)  # how far back a partner is asked: older ones have been reported on


@dataclass(frozen=True)
class DeskOfActivities:
    """`to_mend`: own ones returned or disputed; `to_confirm`: others' that name the agency; `unverified`: how many of

    this period the person may verify, counted up to MOST_COUNTED (`more_unverified` = there are more).
    """

    to_mend: list[Activity] = field(default_factory=list)
    to_confirm: list[Activity] = field(default_factory=list)
    requests: list[CorrectionRequest] = field(default_factory=list)
    unverified: int = 0
    more_unverified: bool = False

    def __bool__(self) -> bool:
        return bool(self.to_mend or self.to_confirm or self.requests or self.unverified)


def desk_of_activities(user: User, acting: Membership, own: set[int], today: date) -> DeskOfActivities:
    if acting.role not in SPEAKING:
        return DeskOfActivities()
    mine = Activity.objects.filter(owner__in=own)
    recent = Activity.objects.visible_to(user).filter(counted_on__gte=today - LATELY)
    waiting = unheard(recent, own).for_list().order_by("-counted_on", "-pk")[:SHOWN]
    mend = to_mend(mine.filter(counted_on__gte=today - LATELY)).for_list().order_by("-counted_on", "-pk")[:SHOWN]
    count = _to_verify(mine, acting, today)
    return DeskOfActivities(
        to_mend=list(mend) if acting.writes else [],
        to_confirm=list(waiting),
        requests=open_requests(acting, own),
        unverified=min(count, MOST_COUNTED),
        more_unverified=count > MOST_COUNTED,
    )


def _to_verify(mine, acting: Membership, today: date) -> int:
    """Of this period, written by others."""
    window = next(iter(named_windows(today)), None)
    if window is None:
        return 0
    wrote = Activity.history.filter(id=OuterRef("pk"), history_user=acting.user_id)
    rows = unverified(mine).counted_within(window.first, window.last).filter(~Exists(wrote))
    return rows.order_by()[: MOST_COUNTED + 1].count()
