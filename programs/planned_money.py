"""What annual plans say their work will cost, as of a day: the first column of the grid of money."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from coordination.access import access_of
from coordination.enums import DocumentState
from coordination.models import User
from coordination.models.agency import name_of
from programs.enums import PlanChangeNature
from programs.models import FundingLine, PlanChange, PlanItem

COUNTED = (DocumentState.ISSUED, DocumentState.SUSPENDED, DocumentState.CLOSED)  # one superseded gave way to another
GONE = "-"  # of a history row: the line was taken out


@dataclass(frozen=True)
class PlannedLine:
    """What one task takes from one source, whole đồng. `content`: id of the content it belongs to."""

    item: PlanItem
    source: str
    amount_vnd: int

    @property
    def content(self) -> int:
        return self.item.component.content_id or self.item.component_id


def items_paid_by(user: User, *, writes: bool) -> QuerySet[PlanItem]:
    """Tasks whose money the grid counts: those the own agency leads; who only reads has those of agencies below, too,

    and all of the province where its entries of money are all open.
    """
    access = access_of(user)
    led = Q(lead__in=access.own)
    if not writes:
        led |= Q(lead__in=access.below) | Q(lead__unit__in=access.all_units)
        led |= Q(lead__unit__province__in=access.provinces)
    return PlanItem.objects.visible_to(user).filter(led)


def planned_lines(items: QuerySet[PlanItem], year: int, day: date) -> list[PlannedLine]:
    """Of the plans of the year issued by the day (inclusive), as they stood at its end; at most four queries.

    A task cancelled by then, or added to its plan later, costs nothing; one changed later says what it said before,
    unless all of it was entered later.
    """
    after = timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
    rows = items.filter(
        Q(cancelled_on=None) | Q(cancelled_on__gt=day),
        plan__year=year, plan__document__issued_on__lte=day, plan__document__state__in=COUNTED,
    ).select_related("component__content", "plan__document")  # fmt: skip
    rows = rows.annotate(lead_name=name_of("lead", "short_name", day)).prefetch_related("funding")
    found = {item.pk: item for item in rows.order_by("plan", "position", "pk")}
    later = PlanChange.objects.filter(item__in=found, changed_at__gte=after).values_list("item", "nature")
    added = {item for item, nature in later if nature == PlanChangeNature.ADDED}
    changed = {item for item, nature in later if nature == PlanChangeNature.CHANGED and item not in added}
    before = _money_before({item for item in changed if found[item].created_at < after}, after)
    lines = []
    for pk, item in found.items():
        if pk in added:
            continue
        funding = before[pk] if pk in before else {row.source: row.amount_vnd for row in item.funding.all()}
        lines += [PlannedLine(item, source, amount) for source, amount in funding.items()]
    return lines


def _money_before(items: Collection[int], moment: datetime) -> dict[int, dict[str, int]]:
    """By item and source, as known before the moment."""
    known: dict[int, dict[str, int]] = {item: {} for item in items}
    if not known:
        return {}
    rows = FundingLine.history.filter(item_id__in=known, history_date__lt=moment)
    for row in rows.order_by("history_date", "history_id"):
        if row.history_type == GONE:
            known[row.item_id].pop(row.source, None)
        else:
            known[row.item_id][row.source] = row.amount_vnd
    return known
