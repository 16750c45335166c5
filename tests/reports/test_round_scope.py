"""A consolidated report counts the records of the agencies asked, and says from how many it is made."""

from datetime import date, timedelta

import pytest

from coordination.enums import DocumentState, SuccessionNature
from coordination.manuscript import Manuscript
from coordination.models import AgencySuccession
from programs.enums import FactState
from programs.models import Activity
from reports.checks import answer, findings
from reports.compose import Draft, compose
from reports.enums import ReportKind, ReportScope
from reports.figures import At, Compared, Ref, Scope, open_ref
from reports.freeze import unreported
from reports.models import ReportActivity
from reports.rounds import Asked, consolidate, leave_out, open_round
from reports.verification import problems
from reports.workflow import move
from tests import factories
from tests.constraints import changed

pytestmark = pytest.mark.django_db
IN_PERIOD, TODAY = date(2026, 3, 8), date(2026, 6, 16)


@pytest.fixture
def world(cast):
    """The Union, the police and the culture department are asked; of the last nothing is waited for any more."""
    factories.document(cast.board)  # the kind "BC"
    cast.police = factories.agency(cast.province, "Công an tỉnh", "CAT")
    cast.culture = factories.agency(cast.province, "Sở Văn hóa", "SVH")
    cast.hat = cast.officer.memberships.get()
    cast.outline = factories.outline(opening="Có {activities.attendances} lượt người.")
    asked = Asked(
        kind=ReportKind.GENDER_EQUALITY, period=factories.period(), outline=cast.outline,
        agencies=[cast.union, cast.police, cast.culture], due_sender=date(2026, 6, 25),
    )  # fmt: skip
    cast.round = open_round(asked, acting=cast.hat)
    return cast


def attended(owner, unit, number, **fields):
    return factories.activity(owner, unit, fields.pop("day", IN_PERIOD), attendances=number, **fields)


def words_of(manuscript):
    return ["".join(span.text for span in block.spans) for block in manuscript.blocks if getattr(block, "spans", ())]


def test_facts_of_those_asked_and_of_nobody_else(world):
    counted = attended(world.union, world.commune, 1), attended(world.police, world.province, 20)
    attended(world.board, world.commune, 300)
    attended(world.committee, world.commune, 4_000)
    attended(world.union, world.commune, 50_000, state=FactState.DRAFT)
    attended(world.union, world.far_commune, 600_000)
    scope = Scope.of(world.board, world.province, ReportScope.ROUND, world.round.pk)
    opened = open_ref(Ref("activities.attendances"), scope, Compared.of(world.round.period))
    assert (opened.value.value, opened.total()) == (21, 21)
    assert set(opened.facts) == set(counted)


def test_what_an_asked_agency_was_made_from_counts(world):
    before = factories.agency(world.province, "Hội cũ", "HC")
    nature = SuccessionNature.MERGED
    AgencySuccession.objects.create(predecessor=before, successor=world.union, on=TODAY, nature=nature)
    attended(before, world.commune, 7)
    scope = Scope.of(world.board, world.province, ReportScope.ROUND, world.round.pk)
    assert open_ref(Ref("activities.attendances"), scope, Compared.of(world.round.period)).value.value == 7


def test_who_is_left_out_counts_no_more_and_is_named(world):
    attended(world.union, world.commune, 1)
    attended(world.culture, world.commune, 500)
    leave_out(world.round.seats.get(agency=world.culture), "Chưa có số liệu", acting=world.hat)
    said = words_of(compose(consolidate(world.round, acting=world.hat)))
    assert said[:2] == [
        "Có 01 lượt người.",
        "Báo cáo tổng hợp từ 2/3 cơ quan, đơn vị; không có: Sở Văn hóa. Chưa nhận được báo cáo của: Hội LHPN tỉnh và "
        "Công an tỉnh; số liệu lấy từ những gì đã ghi nhận.",
    ]


@pytest.mark.parametrize("opening", ["Kính gửi. {consolidated}", "[{when:consolidated}{consolidated}]"])
def test_an_outline_that_says_it_says_it_once(world, opening):
    changed(world.outline, opening=opening)()
    said = words_of(compose(consolidate(world.round, acting=world.hat)))
    assert sum("Báo cáo tổng hợp từ 3/3" in line for line in said) == 1


def test_other_reports_do_not_say_it(world):
    changed(world.outline, opening="Mở đầu.[ {when:consolidated}{consolidated}]")()
    draft = Draft(
        world.board,
        world.province,
        ReportKind.GENDER_EQUALITY,
        ReportScope.PROVINCE,
        world.round.period,
        world.outline,
    )
    world.outline.refresh_from_db()
    assert words_of(compose(draft))[0] == "Mở đầu."


def test_freezing_remembers_exactly_these(world):
    mine = attended(world.union, world.commune, 1)
    attended(world.board, world.commune, 300)
    report = consolidate(world.round, acting=world.hat)
    assert [answer(report, warning.code, "Lấy số đã ghi", by=world.officer) for warning in findings(report)] == [True]
    move(report, "approve", acting=world.leader.memberships.get(), today=TODAY)
    assert list(ReportActivity.objects.values_list("activity", flat=True)) == [mine.pk]
    version = Manuscript.from_json(report.document.versions.get().manuscript)
    assert "Báo cáo tổng hợp từ 3/3 cơ quan, đơn vị" in "".join(words_of(version))
    report.document.refresh_from_db()
    assert report.document.state == DocumentState.APPROVED
    assert list(problems()) == []
    late = attended(world.police, world.commune, 5)
    attended(world.board, world.commune, 6)
    assert list(unreported(Activity, [world.board.pk])) == [late]


def test_the_change_to_last_year_counts_the_same_agencies(world):
    before = factories.period("2025-H1")
    changed(world.round.period, same_period_last_year=before)()
    world.round.period.refresh_from_db()
    attended(world.union, world.commune, 9)
    attended(world.union, world.commune, 4, day=IN_PERIOD - timedelta(days=365))
    attended(world.board, world.commune, 100, day=IN_PERIOD - timedelta(days=365))
    scope = Scope.of(world.board, world.province, ReportScope.ROUND, world.round.pk)
    changed_by = open_ref(Ref("activities.attendances", {}, At.CHANGE), scope, Compared.of(world.round.period))
    assert (changed_by.value.value, changed_by.total()) == (5, 5)
