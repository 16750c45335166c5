"""What a report says at the edges: records of no content, shares of 0 %, rough falls, agencies of other kinds."""

import uuid
from dataclasses import replace
from datetime import date

import pytest

from coordination.enums import AgencyKind
from coordination.models import Party
from programs.enums import BudgetNature, ModelNature, Precision
from programs.models import Target
from reports.actions import draft_report
from reports.compose import compose
from reports.compose.paper import Paper
from reports.enums import PeriodKind, ReportScope
from reports.figures import Compared, Ref, Scope, open_ref
from reports.models import CutoffProfile, ReportingPeriod
from tests import factories
from tests.reports.test_compose import EQUALITY, LAST_YEAR, NOW, draft, words_of, world

__all__ = ["world"]


def cells_of(manuscript, name):
    """The cells of each row that begins with the name, over all tables."""
    tables = [block for block in manuscript.all_blocks() if hasattr(block, "rows")]
    return [row.cells for table in tables for row in table.rows if row.cells[0].text == name]


@pytest.fixture
def on_the_project(world):
    """Two sessions of a content, three entered on the project itself; money on both."""
    project = factories.component("P8", kind="project")
    project.content = None
    project.save()
    content = factories.component("P8.1", parent=project, short_name="Nội dung 1: Thử")
    for component, sessions in ((content, 2), (project, 3)):
        factories.activity(
            world.board, world.communes[4], NOW, component=component, sessions=sessions, attendances=10, women=6
        )
        factories.budget_entry(
            world.board,
            world.new,
            NOW,
            component=component,
            nature=BudgetNature.DISBURSED,
            amount_vnd=sessions * 10**6,
        )
    return world


def test_what_belongs_to_no_content_has_a_row_in_every_table(on_the_project):
    spec = draft(on_the_project)
    manuscript = compose(spec)
    rows = cells_of(manuscript, "Chưa phân theo nội dung")
    assert len(rows) == 5  # contents, women, months, money, list of activities
    scope, compared = Scope.of(spec.agency, spec.unit, ReportScope.PROVINCE), Compared.of(spec.period)
    for cells in rows:
        opened = [(cell, open_ref(Ref.parse(cell.ref), scope, compared)) for cell in cells if cell.ref]
        assert opened
        assert [cell.value for cell, _one in opened] == [float(one.total()) for _cell, one in opened]
    assert "Chưa phân theo nội dung: 03 cuộc" in words_of(manuscript)


def test_without_such_records_there_is_no_such_row(world):
    factories.activity(world.board, world.communes[4], NOW, attendances=10)
    assert cells_of(compose(draft(world)), "Chưa phân theo nội dung") == []


def test_a_content_without_any_women_is_told_as_below_half(world):
    content = factories.component("P8.1", short_name="Nội dung 1: Thử")
    factories.activity(world.board, world.communes[4], NOW, component=content, attendances=40, women=0)
    assert "Tỷ lệ nữ tham gia Nội dung 1 dưới 50%." in words_of(compose(draft(world)))


def test_a_rough_fall_is_told_without_a_sign(world):
    kind = factories.model_kind("team", name="Tổ thử", word="tổ")
    account = factories.community_model(world.board_before, world.communes[0], kind=kind)
    factories.model_event(account, LAST_YEAR, quantity=9, precision=Precision.ABOUT)
    here = {"owner": world.board, "unit": world.communes[4], "province": world.new}
    factories.model_event(account, NOW, nature=ModelNature.DISSOLVED, quantity=-5, **here)
    text = words_of(compose(draft(world)))
    assert "tổ thử, giảm khoảng 05" in text


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("Sở Dân tộc và Tôn giáo", "Sở"),
        ("Hội Liên hiệp Phụ nữ tỉnh", "Hội"),
        ("Ban Dân tộc", "Ban"),
        ("Ủy ban nhân dân tỉnh", "Ủy ban nhân dân tỉnh"),
        ("Công an tỉnh", "Công an tỉnh"),
        ("Trung tâm Công tác xã hội", "Trung tâm Công tác xã hội"),
    ],
)
def test_a_paper_calls_its_agency_by_the_first_word_of_few_names_only(world, name, own):
    agency = factories.agency(world.new, name, "X")
    assert Paper(draft(world, agency=agency)).own_name == own


@pytest.mark.parametrize(
    ("kind", "profile", "symbol"),
    [
        (AgencyKind.STATE, "state-2020-03", "BC-BTG"),
        (AgencyKind.UNION, "union-2020-03", "BC-BTG"),
        (AgencyKind.PARTY, "party-2018-04", "BC/BTG"),
    ],
)
def test_layout_and_symbol_follow_the_kind_of_the_agency(world, kind, profile, symbol):
    agency = factories.agency(world.new, "Ban Tuyên giáo", "BTG", kind=kind)
    made = compose(draft(world, agency=agency))
    assert (made.profile, made.symbol) == (profile, symbol)
    factories.document(agency)  # the kind of document
    begun = draft_report(
        agency=agency, kind="gender-equality", period=world.periods["2026-H1"], scope=ReportScope.AGENCY,
        by=factories.user(),
    )  # fmt: skip
    assert begun.document.symbol == symbol


def test_who_signs_for_a_body_is_told_as_in_agreements(world):
    document = factories.document(world.union, symbol="BC-HLHPN")
    period, outline = world.periods["2026-H1"], world.outline
    report = factories.report(world.union, world.new, document=document, period=period, outline=outline)
    Party.objects.create(
        document=document, agency=world.union, signing_form="TM.", on_behalf_of="Ban Thường vụ", title="Chủ tịch"
    )
    assert compose(report).signatures[0].lines == ("TM. BAN THƯỜNG VỤ", "CHỦ TỊCH")


def test_the_days_of_a_month_are_those_of_the_period(world):
    decree = world.periods["2026-H1"]
    for day in (date(2026, 1, 8), NOW):
        factories.activity(world.board, world.communes[4], day, sessions=9)
    assert "Tháng báo cáo tính từ ngày 15 tháng trước đến ngày 14; một hoạt động" in words_of(compose(draft(world)))
    calendar = CutoffProfile.objects.create(code="LICH", name="Tháng dương lịch")
    decree.pk, decree.uid, decree.profile = None, uuid.uuid4(), calendar
    decree.data_from, decree.data_to, decree.same_period_last_year = date(2026, 1, 1), date(2026, 3, 31), None
    decree.save()
    for month, last in ((1, 31), (2, 28), (3, 31)):
        ReportingPeriod.objects.create(
            profile=calendar, kind=PeriodKind.MONTH, year=2026, number=month, code=f"2026-M0{month}", label="x",
            data_from=date(2026, month, 1), data_to=date(2026, month, last), money_from=date(2026, 1, 1),
        )  # fmt: skip
    spec = replace(draft(world), period=decree)
    assert "Tháng báo cáo tính theo tháng dương lịch; một hoạt động" in words_of(compose(spec))
    assert "Tháng tính theo tháng dương lịch." in words_of(compose(spec))


def test_models_that_moved_are_told_below_their_table(world):
    kind = factories.model_kind("team", name="Tổ thử", word="tổ")
    account = factories.community_model(world.board, world.communes[4], kind=kind)
    factories.model_event(account, NOW, quantity=4)
    told = "chuyển đi (−) trong kỳ chỉ tính ở cột cuối kỳ"
    assert told not in words_of(compose(draft(world)))
    factories.model_event(account, NOW, nature=ModelNature.MOVED, quantity=-1)
    assert told in words_of(compose(draft(world)))


def test_half_and_half_is_no_more_than_half(world):
    for number, women in ((1, 20), (2, 10)):
        content = factories.component(f"P8.{number}", short_name=f"Nội dung {number}: Thử")
        factories.activity(world.board, world.communes[4], NOW, component=content, attendances=40, women=women)
    text = words_of(compose(draft(world)))
    assert "Phụ nữ chiếm từ một nửa số lượt người tham gia trở lên ở mọi nhóm, trừ Nội dung 2" in text


def test_targets_met_keep_their_number_beside_the_words(world):
    met = factories.indicator("1.1", name="Chỉ tiêu thử")
    framework = met.objective.framework
    framework.code = EQUALITY
    framework.save()
    Target.objects.create(indicator=met, year=2030, operator=">=", value=60)
    factories.measurement(world.board, world.new, NOW, indicator=met, value=60)
    ((_words, cell),) = cells_of(compose(draft(world)), "Số chỉ tiêu đạt và vượt trên số chỉ tiêu áp dụng")
    assert (cell.text, cell.value) == ("01/01", 1)
