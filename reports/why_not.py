"""Why a report cannot be changed, and what can be done: its state and the rules of reports.rules, in words."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from coordination.enums import MemberRole
from coordination.models import Membership
from coordination.why_not import WhyNot, why_not
from reports.models import Report
from reports.rules import of_its_agency


def why_no_report(request: HttpRequest, report: Report) -> WhyNot | None:
    """None for who writes it or approves it while it is a draft."""
    if report.document.is_frozen:
        reason = _("The report is approved: its text and every number in it stay as they were read.")
        return WhyNot(reason, _("What is missing or wrong goes into a supplement, with its reason."), "lock")
    if request.acting and works_on_it(request.acting) and of_its_agency(request.acting, report):
        return None
    owners = [report.agency_id]
    return why_not(request.user, request.acting, owners, may=works_on_it, who=_("officers and leaders"))


def works_on_it(hat: Membership) -> bool:
    return hat.writes or hat.role == MemberRole.LEADER
