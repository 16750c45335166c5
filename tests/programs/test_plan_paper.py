"""A plan on paper: head, bases, table by content, money by source, signatures; one row of the table by itself."""

from datetime import date

import pytest

from coordination.agreement_parts import RecipientLine, SectionLine, save_recipients, save_sections
from coordination.compose import current_manuscript
from coordination.manuscript import Cell, Heading, Manuscript, Paragraph, Row, Table, changed_keys
from coordination.review_page import changes_between, every, parts_of, quote_of
from programs.compose import compose_plan
from programs.enums import FundingSource
from programs.plan_words import printed, window_words
from tests import factories
from tests.programs import plans
from tests.programs.plans import hat

pytestmark = pytest.mark.django_db


def table_of(manuscript, key="items") -> Table:
    return next(block for block in manuscript.all_blocks() if block.key == key)


def texts(table):
    return [[cell.text for cell in row.cells] for row in table.rows]


@pytest.fixture
def made(cast):
    first, second = factories.component("N1", position=1), factories.component("N2", position=2)
    money = {FundingSource.CENTRAL: 200_000_000, FundingSource.LOCAL: 20_500_000, FundingSource.INTEGRATED: 40_000_000}
    return plans.plan(
        cast,
        agreement=plans.clauses(cast),
        items=[
            plans.line(cast, "Củng cố địa chỉ tin cậy", component=second, lead=cast.union, partners=[cast.board]),
            plans.line(cast, "Truyền thông tại 20 xã", component=first, funding=money, expected_result="20 xã có tổ"),
            plans.line(cast, "Kiểm tra", component=first, measure="", quantity=None, women_percent=60),
        ],
    )


def test_items_stand_by_content_with_a_total_that_says_who_has_money(made):
    assert texts(table_of(compose_plan(made))) == [
        ["Nội dung N1"],
        [
            "1",
            "Truyền thông tại 20 xã\nKết quả: 20 xã có tổ",
            "Sở Dân tộc và Tôn giáo",
            "Hội LHPN tỉnh",
            "4 buổi",
            "Cả năm",
            "220,5\nlồng ghép 40",
        ],
        [
            "2",
            "Kiểm tra\nKết quả: ít nhất 60% phụ nữ",
            "Sở Dân tộc và Tôn giáo",
            "Hội LHPN tỉnh",
            "",
            "Cả năm",
            "…",
        ],
        ["Nội dung N2"],
        ["3", "Củng cố địa chỉ tin cậy", "Hội LHPN tỉnh", "Sở Dân tộc và Tôn giáo", "4 buổi", "Cả năm", "…"],
        ["Cộng, 1/3 nhiệm vụ có kinh phí", "220,5"],
    ]


def test_integrated_money_stands_apart_from_the_sum(made):
    assert texts(table_of(compose_plan(made), "funding-table")) == [
        ["Ngân sách trung ương", "200"],
        ["Ngân sách địa phương", "20,5"],
        ["Cộng kinh phí của kế hoạch", "220,5"],
        ["Ngoài ra, lồng ghép từ chương trình khác", "40"],
    ]


def test_the_frame_is_that_of_decree_30(cast, made):
    save_recipients(
        made, [RecipientLine("UBND tỉnh"), RecipientLine("Lưu: VT", None, True)], acting=hat(cast.officer), seen=1
    )
    paper = compose_plan(plans.anew(made))
    assert [block.number + block.text for block in paper.blocks if isinstance(block, Heading)] == [
        "I.Mục đích, yêu cầu",
        "II.Nội dung",
        "III.Kinh phí thực hiện",
        "IV.Tổ chức thực hiện",
    ]
    assert paper.kind == "plan"
    assert paper.head.type_name == "KẾ HOẠCH"
    assert len(paper.head.issuers) == len(paper.signatures) == 2
    assert paper.symbol == "KH-SDTTG-HLHPN"
    assert paper.recipients == ("UBND tỉnh", "Lưu: VT")
    basis = next(block for block in paper.blocks if isinstance(block, Paragraph) and block.style == "basis")
    assert basis.spans[0].text.startswith("Căn cứ Kế hoạch phối hợp")


def test_a_plan_of_one_agency_has_one_issuer(cast):
    paper = compose_plan(plans.own_plan(cast))
    assert (len(paper.head.issuers), len(paper.signatures), paper.symbol) == (1, 1, "KH-SDTTG")


def test_places_make_the_table_wide_and_put_it_across(cast, made):
    item = made.items.get(text="Truyền thông tại 20 xã")
    item.units.set([cast.commune, factories.commune(cast.province, "An Thử")])
    paper = compose_plan(made)
    (annex,) = paper.annexes
    assert annex.landscape
    assert table_of(paper) in annex.blocks
    assert [column.title for column in table_of(paper).columns][4] == "Địa bàn"
    assert texts(table_of(paper))[1][4] == "An Thử, Ba Thử"
    assert not any(isinstance(block, Table) and block.key == "items" for block in paper.blocks)


def test_a_cancelled_item_is_left_out(made):
    item = made.items.get(text="Kiểm tra")
    item.cancelled_on, item.cancel_reason = date(2026, 3, 1), "Hết kinh phí."
    item.save()
    assert "Kiểm tra" not in str(texts(table_of(compose_plan(made))))


@pytest.mark.parametrize("count", [1, 3, 300])
def test_composing_takes_the_same_queries_for_any_number_of_items(cast, django_assert_max_num_queries, count):
    made = plans.plan(cast, items=[])
    kind = factories.component()
    made.items.bulk_create(
        made.items.model(
            plan=made,
            position=n,
            key=f"i{n}",
            text="Việc",
            component=kind,
            lead=cast.board,
            starts_on=plans.FIRST,
            ends_on=plans.LAST,
        )
        for n in range(count)
    )
    with django_assert_max_num_queries(20):
        assert len(table_of(compose_plan(plans.anew(made))).rows) == count + 2


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 1, 1), date(2026, 12, 31), "Cả năm"),
        (date(2026, 4, 1), date(2026, 6, 30), "Quý II"),
        (date(2026, 2, 1), date(2026, 2, 28), "Tháng 2"),
        (date(2026, 3, 1), date(2026, 11, 30), "Tháng 3\u00a0-\u00a011"),
        (date(2026, 11, 15), date(2026, 12, 15), "15/11 - 15/12"),
        (date(2026, 6, 28), date(2026, 6, 28), "28/06"),
        (date(2026, 12, 1), date(2027, 1, 31), "Tháng 12/2026\u00a0-\u00a001/2027"),
        (date(2026, 12, 15), date(2027, 1, 15), "15/12 - 15/01/2027"),
    ],
)
def test_windows_read_as_offices_write_them(first, last, words):
    assert window_words(first, last, 2026) == words


def test_the_words_of_an_item_are_those_of_its_row(made):
    item = made.items.get(text="Truyền thông tại 20 xã")
    row = next(row for row in table_of(compose_plan(made)).rows if row.key == item.key)
    words = printed(item)
    printed_row = [cell.text for cell in row.cells]
    assert [words["Chủ trì"], words["Phối hợp"], words["Số lượng"], words["Thời gian"]] == printed_row[2:6]
    assert words["Kinh phí (triệu đồng)"] == printed_row[6].replace("\n", "; ")


# ---- one row by itself ----


def test_rows_without_a_key_are_written_as_before():
    row = Row((Cell("1"),))
    table = Table("t", (), (row, Row((Cell("2"),), key="item-2")))
    paper = Manuscript("plan", "p", "t", None, "", "", (table,), (), (), ())
    rows = paper.to_json()["blocks"][0]["rows"]
    assert "key" not in rows[0]
    assert rows[1]["key"] == "item-2"
    assert Manuscript.from_json(paper.to_json()) == paper


def test_only_the_edited_row_has_changed_and_one_that_moved_has_not(cast, made):
    before = compose_plan(made)
    edited = made.items.get(text="Kiểm tra")
    edited.text, moved = "Kiểm tra 5 xã", made.items.get(text="Truyền thông tại 20 xã")
    edited.save()
    moved.position = 9
    moved.save()
    assert changed_keys(before, compose_plan(made)) == {edited.key, "items"}
    changes = changes_between(before, compose_plan(made))
    assert [change.key for change in changes] == [edited.key]
    assert "Kiểm tra 5 xã" in changes[0].after


def test_people_speak_of_one_item(made):
    item, paper = made.items.get(text="Kiểm tra"), compose_plan(made)
    assert "Kiểm tra" in quote_of(paper, item.key)
    rows = [part.key for part in every(parts_of(paper, {})) if part.key.startswith("item-")]
    assert sorted(rows) == sorted(made.items.values_list("key", flat=True))


def test_a_section_people_add_stands_where_they_put_it(cast, made):
    rows = [SectionLine(1, row.heading, uid=row.uid) for row in made.document.sections.all()]
    save_sections(
        made, [*rows[:1], SectionLine(2, "Yêu cầu", "- Thiết thực."), *rows[1:]], acting=hat(cast.officer), seen=1
    )
    headings = [block.text for block in current_manuscript(made.document).blocks if isinstance(block, Heading)]
    assert headings[:3] == ["Mục đích, yêu cầu", "Yêu cầu", "Nội dung"]
