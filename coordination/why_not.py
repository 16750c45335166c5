"""Answers to “Vì sao tôi không sửa được?”: the rule that refuses, in words for this reader, and what can be done.

The answer looks at the same things as the rule: the hat worn now, its agency and those it succeeded, its role.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import rules
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.access import hats_of
from coordination.formats import date_vi
from coordination.models import Agency, AgencySuccession, Document, Membership, User
from coordination.models.agency import name_of
from coordination.review import makers_of
from coordination.rules import keeps_documents

May = Callable[[Membership], bool]


@dataclass(frozen=True)
class WhyNot:
    """`next`: what can be done; `icon`: of templates/components/_why_not.html."""

    reason: str
    next: str = ""
    icon: str = "info"


def why_not(user: User, acting: Membership | None, owners: Iterable[int], *, may: May, who: str) -> WhyNot:
    """When the rule refuses. `owners`: ids of the agencies it lets in; `may`: their roles; `who`: those in words.

    Roles come first: who works for the agency is never told that it is another one's.
    """
    own = set(owners)
    if acting and own & Agency.objects.lineage_of({acting.agency_id}):
        return _other_role(acting, who)
    for hat in hats_of(user):
        if may(hat) and own & Agency.objects.lineage_of({hat.agency_id}):
            return _other_hat(acting, hat)
    if ended := _ended(user, own):
        return ended
    names = ", ".join(_names(own))
    if not acting and user.is_system_administrator:
        reason = _("The system administrator keeps accounts and lists; this belongs to %(agency)s.")
        return WhyNot(reason % {"agency": names}, _("Its %(who)s change it.") % {"who": who})
    reason = _("It belongs to %(agency)s: only %(who)s there change it.")
    return WhyNot(reason % {"agency": names, "who": who}, _("Tell them what is wrong."))


def _other_role(acting: Membership, who: str) -> WhyNot:
    reason = _("At %(agency)s your role is “%(role)s”, which reads this and does not change it.")
    values = {"agency": acting.agency.short_name, "role": acting.get_role_display()}
    return WhyNot(reason % values, _("Ask %(who)s of your agency.") % {"who": who})


def _other_hat(acting: Membership | None, hat: Membership) -> WhyNot:
    values = {"acting": acting.agency.short_name if acting else "", "agency": hat.agency.short_name}
    reason = _("You act for %(acting)s now, and this belongs to %(agency)s, where you also work.")
    return WhyNot(reason % values, _("Choose your role at %(agency)s at the top of the page.") % values)


def _ended(user: User, own: set[int]) -> WhyNot | None:
    today = timezone.localdate()
    past = user.memberships.filter(agency__in=own, valid_to__lte=today)
    last = past.exclude(pk__in=user.memberships.current(today).values("pk")).order_by("-valid_to").first()
    if last is None:
        return None
    reason = _("Your role at %(agency)s ended on %(day)s.")
    values = {"agency": ", ".join(_names({last.agency_id})), "day": date_vi(last.valid_to)}
    return WhyNot(reason % values, _("If you still work there, ask its administrator for a new role."))


def _names(agencies: set[int]) -> list[str]:
    """As of today; an agency that was merged or split by what came of it."""
    today, found, left = timezone.localdate(), set(agencies), set(agencies)
    while left:
        edges = AgencySuccession.objects.filter(predecessor__in=left, on__lte=today)
        edges = list(edges.values_list("predecessor", "successor"))
        left = {after for _before, after in edges} - found
        found = (found - {before for before, _after in edges}) | left
    rows = Agency.objects.filter(pk__in=found).annotate(called=name_of("pk", "short_name", today))
    return [called or "" for called in rows.order_by("protocol_order", "pk").values_list("called", flat=True)]


def why_no_files(user: User, acting: Membership | None, document: Document) -> WhyNot:
    """The rule of coordination.upload_file."""
    entered = document.arrivals.values_list("agency", flat=True)
    owners = makers_of(document) | set(entered)
    return why_not(user, acting, owners, may=keeps_documents, who=_("clerks and officers"))


def why_no_place(user: User) -> WhyNot | None:
    if user.is_system_administrator:
        return None
    reason = _("Names, borders and mergers of places follow decisions; the system administrator enters them.")
    return WhyNot(reason, _("Tell the administrator what is wrong, with the decision it rests on."))


def why_no_agency(user: User, acting: Membership | None, agency: Agency) -> WhyNot | None:
    """The system administrator enters names and decisions; the administrator of the agency keeps its letterhead."""
    if user.is_system_administrator or rules.has_perm("coordination.keep_letterhead", acting, agency):
        return None
    if not agency.is_open_on(timezone.localdate()) and agency.closed_on:
        reason = _("The agency ended on %(day)s: its names and papers stay as they were.")
        return WhyNot(reason % {"day": date_vi(agency.closed_on)}, _("A mistake is corrected by the administrator."))
    reason = _("Names and mergers of agencies follow decisions; the system administrator enters them.")
    return WhyNot(reason, _("Letterhead, desks and people are kept by the administrator of the agency."))
