"""A sample request: the board asks for the first half of 2026; one has begun, one got more time, one is left out."""

from datetime import date

from django.utils.translation import gettext as _

from coordination.enums import MemberRole
from coordination.loaders import Loaded
from coordination.models import Agency, Membership
from reports.demo.stage import Stage, demo_rows
from reports.enums import ReportKind
from reports.models import ReportOutline, ReportRound
from reports.periods import find_period
from reports.rounds import Asked, answer, extend, leave_out, open_round

PERIOD = "2026-H1"
DUE = {"due_sender": date(2026, 6, 18), "due_compiler": date(2026, 6, 20), "due_leader": date(2026, 6, 22)}
MORE_TIME, MORE_TIME_FOR = date(2026, 6, 19), "qn.home"
REQUEST = "Dữ liệu mẫu. Đề nghị ghi đủ số nữ và số người dân tộc thiểu số ở từng hoạt động."
WHY_MORE = "Dữ liệu mẫu: chờ số liệu cán bộ nữ của các xã."
WHY_OUT = "Dữ liệu mẫu: xã chưa phân công người theo dõi."
ASKED = ("qn.board", "qn.union", "qn.culture", "qn.home")
COMMUNES = 4


def add_rounds(stage: Stage, loaded: Loaded) -> None:
    """By the same steps as on the screen; needs no day to have come."""
    board = stage.agencies["qn.board"]
    there = ReportRound.objects.filter(asked_by=board, is_sample=True).exists()
    if not there:
        _add(stage, _hat(board), _hat(stage.agencies["qn.union"]))
    loaded.note(_("requests for reports"), made=int(not there), kept=int(there))


def _hat(agency: Agency) -> Membership:
    people = [row["email"] for row in demo_rows("people")]
    return Membership.objects.get(agency=agency, role=MemberRole.OFFICER, user__email__in=people)


def _add(stage: Stage, officer: Membership, of_union: Membership) -> None:
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
    answer(asked, acting=of_union)
    extend(asked.seats.get(agency=stage.agencies[MORE_TIME_FOR]), MORE_TIME, WHY_MORE, acting=officer)
    leave_out(asked.seats.get(agency=communes[-1]), WHY_OUT, acting=officer)
