"""Giving a report number and day together with its signed copy: both are kept, or neither."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from coordination.models import Membership
from coordination.uploads import CheckedFile
from reports.models import Report
from reports.signed import keep_signed
from reports.workflow import move


@transaction.atomic
def issue_report(
    report: Report,
    *,
    acting: Membership,
    number: str,
    issued_on: date | None,
    symbol: str = "",
    signed: CheckedFile | None = None,
) -> Report:
    """Raises PermissionDenied or MoveRefused."""
    report = move(report, "issue", acting=acting, number=number, symbol=symbol, issued_on=issued_on)
    if signed:
        keep_signed(report.document, signed, acting=acting)
    return report
