"""Asking partners for an opinion on a report: the step of its path and the round of review, both or neither."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from coordination.models import Agency, Membership
from coordination.review import open_round
from reports.models import Report
from reports.workflow import move


@transaction.atomic
def ask_partners(
    report: Report,
    *,
    acting: Membership,
    due_on: date,
    agencies: Iterable[Agency],
    request: str = "",
    today: date | None = None,
) -> Report:
    """Raises PermissionDenied, MoveRefused or ReviewRefused. `due_on` inclusive."""
    report = move(report, "partner", acting=acting, today=today, comment=request)
    open_round(report.document, acting=acting, due_on=due_on, request=request, also_asked=list(agencies), today=today)
    return report
