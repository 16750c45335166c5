"""What a report says at the edges: records of no content, shares of 0 %, rough falls, agencies of other kinds."""

import pytest

from coordination.enums import AgencyKind
from coordination.models import Party
from programs.enums import BudgetNature, ModelNature, Precision
from reports.actions import draft_report
from reports.compose import compose
from reports.compose.paper import Paper
from reports.enums import ReportScope
from reports.figures import Compared, Ref, Scope, open_ref
from tests import factories
from tests.reports.test_compose import LAST_YEAR, NOW, draft, words_of, world

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
