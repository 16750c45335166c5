"""Whom a report goes to: the agency that asked for it, else the agency above the one that makes it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import F, Q, QuerySet

from coordination.enums import DocumentState
from coordination.models import Agency
from reports.enums import ReportScope
from reports.models import Report


def receiver_id_of(report: Report) -> int | None:
    """None where nobody stands above. A consolidated report names the request it sums up, not one it answers."""
    asked = report.round.asked_by_id if report.round and report.scope != ReportScope.ROUND else None
    return asked if asked and asked != report.agency_id else report.agency.parent_id


def receiver_of(report: Report) -> Agency | None:
    receiver = receiver_id_of(report)
    return Agency.objects.get(pk=receiver) if receiver else None


def waiting_to_be_received(own: Iterable[int]) -> QuerySet[Any]:
    """Sent to one of these agencies and neither received nor returned yet, the one that came first at the front."""
    own_request = Q(agency=F("round__asked_by"))
    asked = Q(round__asked_by__in=own) & ~Q(scope=ReportScope.ROUND) & ~own_request
    above = Q(agency__parent__in=own) & (Q(round=None) | Q(scope=ReportScope.ROUND) | own_request)
    return Report.objects.filter(asked | above, document__state=DocumentState.SENT).order_by("pk")
