"""People of agencies a decision ends: their roles end the day before and go on in the agency that came of theirs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from coordination.agencies import AgencyRefused, save
from coordination.models import Agency, Membership, User

if TYPE_CHECKING:
    from coordination.agency_changes import Decision


def members_from(agencies: Iterable[int], day: date) -> QuerySet[Membership]:
    """Who has a role there on the day or later, by given name."""
    rows = Membership.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), agency__in=list(agencies))
    return rows.filter(ended_at__isnull=True).select_related("user").order_by("user__sort_key", "pk")


def carry_members(agencies: set[int], made: list[Agency], decision: Decision, *, by: User) -> None:
    """Who deputises for somebody does so there too. Without a successor the roles end, and nothing begins."""
    went: dict[int, Membership] = {}
    for hat in members_from(agencies, decision.on).order_by("deputises__pk", "pk"):
        if not made:
            _end(hat, decision, by)
            continue
        agency = made[decision.goes_to.get(hat.pk, decision.receiver)]
        went[hat.pk] = _go_on(hat, agency, decision, by)
    for old, new in went.items():
        holder = Membership.objects.get(pk=old).deputises_id
        if holder in went and new.deputises_id != went[holder].pk and new.pk != went[holder].pk:
            new.deputises = went[holder]
            save(new, decision.decided_by, by)


def _end(hat: Membership, decision: Decision, by: User) -> None:
    if hat.valid_from >= decision.on:
        words = _("%(person)s is to work there from a later day: take that role away first.")
        raise AgencyRefused(words % {"person": hat.user.full_name}, "on")
    hat.valid_to = decision.last_day
    save(hat, decision.decided_by, by)


def _go_on(hat: Membership, agency: Agency, decision: Decision, by: User) -> Membership:
    """The role there: one the person has already, the same row where it has not begun, else a new one."""
    there = members_from([agency.pk], decision.on).filter(user=hat.user, role=hat.role, valid_from__lte=decision.on)
    if there_already := there.first():
        if hat.valid_from < decision.on:
            _end(hat, decision, by)
        return there_already
    if hat.valid_from >= decision.on:
        hat.agency = agency
        save(hat, decision.decided_by, by)
        return hat
    later = Membership(
        user=hat.user, agency=agency, role=hat.role, position_title=hat.position_title, valid_from=decision.on,
        valid_to=hat.valid_to, deputises=hat.deputises,
    )  # fmt: skip
    _end(hat, decision, by)
    save(later, decision.decided_by, by)
    return later
