"""A sample request: the board asks for the first half of 2026.

One agency has sent, the report of one is returned, one is late, one got more time, one is left out.
"""

from datetime import date, datetime, time

from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.enums import MemberRole
from coordination.loaders import Loaded
from coordination.models import Agency, Membership
from reports.demo.activities import FAVOURED
from reports.demo.issued import give_reasons
from reports.demo.stage import Stage, demo_rows
from reports.enums import ReportKind
from reports.models import Report, ReportOutline, ReportRound
from reports.periods import find_period
from reports.rounds import Asked, answer, extend, leave_out, open_round
from reports.workflow import move

PERIOD = "2026-H1"
DUE = {"due_sender": date(2026, 6, 18), "due_compiler": date(2026, 6, 20), "due_leader": date(2026, 6, 22)}
MORE_TIME, MORE_TIME_FOR = date(2026, 6, 19), "qn.home"
REQUEST = "Dữ liệu mẫu. Đề nghị ghi đủ số nữ và số người dân tộc thiểu số ở từng hoạt động."
WHY_MORE = "Dữ liệu mẫu: chờ số liệu cán bộ nữ của các xã."
WHY_OUT = "Dữ liệu mẫu: xã chưa phân công người theo dõi."
ASKED = ("qn.board", "qn.union", "qn.culture", "qn.home", f"{FAVOURED}.committee")
COMMUNES = 3
SENDER, RETURNED = "qn.union", f"{FAVOURED}.committee"
APPROVED_ON, SENT_ON, RETURNED_ON = date(2026, 6, 16), date(2026, 6, 17), date(2026, 6, 18)
WHY_RETURNED = "- Người tham gia: Dữ liệu mẫu: đề nghị ghi thêm số nữ ở các cuộc chưa tách nữ."
HOUR = time(9, 30)


def add_rounds(stage: Stage, loaded: Loaded) -> None:
    """By the same steps as on the screen; needs no day to have come."""
    board = stage.agencies["qn.board"]
    there = ReportRound.objects.filter(asked_by=board, is_sample=True).exists()
    if not there:
        _add(stage, _hat(board, MemberRole.OFFICER))
    loaded.note(_("requests for reports"), made=int(not there), kept=int(there))


def _hat(agency: Agency, role: str) -> Membership:
    people = [row["email"] for row in demo_rows("people")]
    return Membership.objects.get(agency=agency, role=role, user__email__in=people)


def _add(stage: Stage, officer: Membership) -> None:
    period = find_period(ReportKind.GENDER_EQUALITY, PERIOD)
    communes = [stage.local_committees[unit.pk] for unit in stage.communes_now["51"][:COMMUNES]]
    asked = open_round(
        Asked(
            kind=ReportKind.GENDER_EQUALITY,
            period=period,
            outline=ReportOutline.objects.get(kind=ReportKind.GENDER_EQUALITY, period_kind=period.kind, unit=None),
            agencies=[*(stage.agencies[key] for key in ASKED), *communes],
            request=REQUEST,
            **DUE,
        ),
        acting=officer,
        is_sample=True,
    )
    _send(asked, stage.agencies[SENDER])
    returned = _send(asked, stage.agencies[RETURNED])
    _move(returned, "return", officer, RETURNED_ON, comment=WHY_RETURNED)
    extend(asked.seats.get(agency=stage.agencies[MORE_TIME_FOR]), MORE_TIME, WHY_MORE, acting=officer)
    leave_out(asked.seats.get(agency=communes[-1]), WHY_OUT, acting=officer)


def _send(asked: ReportRound, agency: Agency) -> Report:
    """By portal only: approved, and sent the day after."""
    officer, leader = (_hat(agency, role) for role in (MemberRole.OFFICER, MemberRole.LEADER))
    report = answer(asked, acting=officer)
    give_reasons(report, officer)
    _move(report, "approve", leader, APPROVED_ON)
    return _move(report, "send", officer, SENT_ON)


def _move(report: Report, action: str, acting: Membership, on: date, **typed: str) -> Report:
    """On the day of the story: who is in time and who is late follows from when a report was sent."""
    moved = move(report, action, acting=acting, today=on, **typed)
    last = moved.document.moves.filter(action=action)
    last.update(moved_at=timezone.make_aware(datetime.combine(on, HOUR)))
    return moved
