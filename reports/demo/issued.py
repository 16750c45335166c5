"""Two sample reports: one of 2025 that went the whole way, and the draft of the first half of 2026."""

from datetime import date

from django.utils.translation import gettext as _

from coordination.enums import MemberRole
from coordination.loaders import Loaded
from coordination.models import Membership
from reports.actions import draft_report
from reports.checks import answer, findings
from reports.demo.stage import Stage, demo_rows
from reports.enums import ReportKind, ReportScope
from reports.models import Report
from reports.periods import find_period
from reports.workflow import move

ISSUED, ISSUED_ON, ISSUED_NUMBER = "2025-H1", date(2025, 6, 16), "76"
IN_DRAFT = "2026-H1"
REASON = "Dữ liệu mẫu: số đã đối chiếu với hồ sơ của đơn vị."


def add_reports(stage: Stage, loaded: Loaded) -> None:
    """The first report goes the whole way, by the same steps as on the screen; the second is left to be approved."""
    board = stage.agencies["qn.board"]
    hats = {hat.role: hat for hat in Membership.objects.filter(agency=board, user__email__in=_people())}
    made = 0
    for code in (ISSUED, IN_DRAFT):
        period = find_period(ReportKind.GENDER_EQUALITY, code)
        if Report.objects.filter(agency=board, period=period).exists():
            continue
        report = draft_report(
            agency=board,
            unit=stage.province("51", period.data_to),
            kind=ReportKind.GENDER_EQUALITY,
            period=period,
            scope=ReportScope.PROVINCE,
            by=hats[MemberRole.OFFICER].user,
        )
        made += 1
        if code == ISSUED:
            give_reasons(report, hats[MemberRole.OFFICER])
            move(report, "approve", acting=hats[MemberRole.LEADER])
            move(report, "issue", acting=hats[MemberRole.CLERK], number=ISSUED_NUMBER, issued_on=ISSUED_ON)
    loaded.note(_("reports"), made=made, kept=2 - made)


def give_reasons(report: Report, officer: Membership) -> None:
    """For each warning of the checks, as an officer would."""
    for finding in findings(report):
        if not finding.is_error:
            answer(report, finding.code, REASON, by=officer.user)


def _people() -> list[str]:
    return [row["email"] for row in demo_rows("people")]
