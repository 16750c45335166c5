"""Why a record cannot be changed, and what can be done: the lock and the rules of programs.rules, in words."""

from __future__ import annotations

from collections.abc import Iterable, Set

import rules
from django.http import HttpRequest
from django.utils.translation import gettext as _

from coordination.agreement_parts import EDITABLE
from coordination.enums import DocumentState
from coordination.review import makers_of
from coordination.why_not import WhyNot, why_not
from programs.facts import Fact
from programs.models import AnnualPlan, CommunityModel, Measurement
from programs.provided import uses_of

CHANGEABLE = (*EDITABLE, DocumentState.ISSUED)  # states of a plan in which items are written


def why_no_fact(request: HttpRequest, fact: Fact, *, may: bool) -> WhyNot | None:
    """`may`: the hat may change facts of the owner. None where this one can be changed."""
    if fact.is_locked:
        return _frozen(request, fact, may=may)
    if fact.reason:
        reason = _("It is a correction: its numbers are added to what it corrects and stay as written.")
        return WhyNot(reason, _("If it is wrong too, add another correction with its reason."))
    return None if may else why_not_owned(request, [fact.owner_id])


def _frozen(request: HttpRequest, fact: Fact, *, may: bool) -> WhyNot:
    names = ", ".join(f"“{use.label}”" for use in uses_of(fact, request.user))
    reason = _("It is counted in %(reports)s, which is approved: its figures stay what was approved.")
    whole = reason % {"reports": names} if names else _("It is counted in an approved report of another agency.")
    if may:
        return WhyNot(whole, _mended(), "lock")
    return WhyNot(whole, _("The agency in charge can add a correction with its reason."), "lock")


def why_no_model(request: HttpRequest, account: CommunityModel, *, may: bool, frozen: bool) -> WhyNot | None:
    """`frozen`: some of its events stand in reports; the account itself can still be changed."""
    if not may:
        return why_not_owned(request, [account.owner_id])
    if not frozen:
        return None
    reason = _("Events marked “In a report” are counted in approved reports and stay as approved.")
    return WhyNot(reason, _mended(), "lock")


def why_no_reading(request: HttpRequest, readings: Iterable[Measurement], own: Set[int]) -> WhyNot | None:
    """Of one indicator. `own`: ids of the agencies whose readings the hat may change."""
    listed = list(readings)
    if others := {reading.owner_id for reading in listed} - own:
        return why_not_owned(request, others)
    if not own:
        return why_no_new(request)
    if not any(reading.is_locked for reading in listed):
        return None
    return WhyNot(
        _("Readings marked “In a report” are counted in approved reports and stay as approved."), _mended(), "lock"
    )


def why_no_target() -> WhyNot:
    reason = _("Targets are set by decisions of the Government and of the province; they come with the lists.")
    return WhyNot(reason, _("If one is wrong, tell the administrator, with the decision it rests on."))


def why_no_new(request: HttpRequest) -> WhyNot:
    """On a page of lists, for who enters nothing at all."""
    if not request.acting:
        return WhyNot(_("You have no role in an agency, and only officers of agencies enter this."))
    return why_not_owned(request, [request.acting.agency_id])


def why_no_plan(request: HttpRequest, plan: AnnualPlan) -> WhyNot | None:
    """Why this hat writes no item; None where it does. After issue it does too, with a reason."""
    state = plan.document.state
    if state == DocumentState.AGREED:
        return WhyNot(_("The text of the plan is fixed: it stays as it is until it is issued."), icon="lock")
    if state == DocumentState.SUSPENDED:
        return WhyNot(_("The plan is suspended."), _("Its items are changed once it is in force again."), "lock")
    if state not in CHANGEABLE:
        reason = _("The plan is over: its items stay as they were.")
        return WhyNot(reason, _("What is not done is carried over into the next plan."), "lock")
    if rules.has_perm("programs.edit_plan", request.acting, plan):
        return None
    owners = makers_of(plan.document)
    return why_not(request.user, request.acting, owners, may=lambda hat: hat.writes, who=_("officers"))


def why_not_owned(request: HttpRequest, owners: Iterable[int]) -> WhyNot:
    return why_not(request.user, request.acting, owners, may=lambda hat: hat.writes, who=_("officers"))


def _mended() -> str:
    return _("Mend a wrong number by a correction with its reason; the next supplement prints it.")
