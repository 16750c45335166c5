"""The small language of outlines and reports: figures in plain text, clauses, lists, counted paragraphs."""

from datetime import date
from decimal import Decimal

import pytest

from programs.enums import Precision
from reports.compose import words
from reports.compose.forms import FORMS
from reports.compose.paper import Draft, Paper
from reports.compose.texts import Vocabulary, paragraphs, parsed
from reports.compose.vocabulary import basis_on
from reports.enums import ReportKind, ReportScope
from reports.figures import FIGURES, NOTHING, Amount, UnknownFigure
from tests import factories

SESSIONS, MONEY, SHARE = (
    FIGURES[code] for code in ("activities.sessions", "money.disbursed", "activities.women_share")
)


@pytest.fixture
def paper(cast):
    """Seven sessions this half-year, nine in the last one; women stated in part."""
    before = factories.period("2025-H1")
    period = factories.period(same_period_last_year=before)
    factories.activity(cast.board, cast.commune, sessions=5, attendances=100, women=60)
    factories.activity(cast.board, cast.commune, sessions=2)
    factories.activity(cast.board, cast.commune, date(2025, 3, 8), sessions=9, attendances=200, women=100)
    return Paper(
        Draft(cast.board, cast.province, ReportKind.GENDER_EQUALITY, ReportScope.PROVINCE, period, factories.outline())
    )


@pytest.fixture
def say(paper):
    """The paragraphs of a text, as words."""
    paper.labels["table:contents"] = "Bảng 2"
    vocabulary = Vocabulary(
        paper,
        words={"own": "Sở"},
        notes={"some": lambda _paper: "ghi chú", "none": lambda _paper: ""},
        conditions={"yes": lambda _paper: True, "no": lambda _paper: False},
    )

    def said(text):
        return ["".join(span.text for span in block.spans) for block in paragraphs(text, vocabulary, "key")]

    said.blocks = lambda text: paragraphs(text, vocabulary, "key")
    return said


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{own} tổ chức {activities.sessions} cuộc.", ["Sở tổ chức 07 cuộc."]),
        ("Số cuộc {activities.sessions|compared}.", ["Số cuộc giảm 02 cuộc (22,2%) so với cùng kỳ."]),
        ("Cùng kỳ {activities.sessions|before} cuộc.", ["Cùng kỳ 09 cuộc."]),
        ("Nữ {activities.women_share}.", ["Nữ 60,0%."]),
        ("Tỷ lệ nữ {activities.women_share|changed}.", ["Tỷ lệ nữ tăng 10,0 điểm phần trăm."]),
        ("Nữ {activities.women_share|parts} lượt.", ["Nữ 60/100 lượt."]),
        ("Nêu tại {table:contents}.", ["Nêu tại Bảng 2."]),
        # no data: the paragraph says so, a clause is left out
        ("Đã chi {money.disbursed}.", ["Kinh phí đã giải ngân: chưa có số liệu."]),
        ("Có {activities.sessions} cuộc[, chi {money.disbursed}].", ["Có 07 cuộc."]),
        ("Có {activities.sessions}[, nữ {activities.women_share}[, chi {money.disbursed}]].", ["Có 07, nữ 60,0%."]),
        ("[Đã chi {money.disbursed}.]", []),
        ("[Đã chi {money.disbursed}, ]còn lại chưa chi.", ["Còn lại chưa chi."]),
        ("Có [{inspection.sessions|some} cuộc kiểm tra, ]{activities.sessions} cuộc.", ["Có 07 cuộc."]),
        # places and conditions
        ("Có {activities.sessions} cuộc[ (xem {annex:months})].", ["Có 07 cuộc."]),
        ("Xem {annex:months}.", []),
        ("[{when:yes}Có.][{when:no} Không.]", ["Có."]),
        # paragraphs, lists, marks
        ("Một.\n\nHai\ndòng.", ["Một.", "Hai dòng."]),
        ("Gồm:\n+ một;\n+ [{money.disbursed}]\n+ ba;", ["Gồm:", "một;", "ba."]),
        ("1. Một.\n\n2. [{when:no}Hai.]\n\n3. Ba.", ["1. Một.", "2. Ba."]),
        ("a) Một.\n\nb) [{when:no}Hai.]", ["Một."]),
        ("a) Một.\n\nb) [{when:no}Hai.]\n\nc) Ba.", ["a) Một.", "b) Ba."]),
        ("Dấu [ lẻ.", ["Dấu [ lẻ."]),
    ],
)  # fmt: skip
def test_text(say, text, expected):
    assert say(text) == expected


def test_a_number_names_what_it_was_computed_from(say):
    (block,) = say.blocks("{own} tổ chức {activities.sessions?kind=truyen_thong} cuộc.")
    assert [(span.text, span.ref) for span in block.spans] == [
        ("Sở tổ chức ", ""), ("07", "activities.sessions?kind=truyen_thong&window=now"), (" cuộc.", ""),
    ]  # fmt: skip


def test_lists_hang_together_and_keys_stay(say):
    blocks = say.blocks("Gồm:\n+ một;\n+ [{when:no}hai;]\n+ ba.")
    assert [(block.key, block.style) for block in blocks] == [
        ("key.1", "lead"),
        ("key.2", "item"),
        ("key.4", "last_item"),
    ]


def test_a_footnote_that_is_not_needed_leaves_the_sentence(say):
    blocks = say.blocks("Có {activities.sessions} cuộc.{note:none} Hết.{note:some}")
    assert [(span.text, span.note) for span in blocks[0].spans][-1] == ("", "ghi chú")
    assert "".join(span.text for span in blocks[0].spans) == "Có 07 cuộc. Hết."


@pytest.mark.parametrize(
    "token", ["{nothing.at_all}", "{activities.sessions|shouted}", "{activities.sessions?colour=red}"]
)
def test_a_token_that_is_none_is_a_mistake(say, token):
    with pytest.raises(UnknownFigure):
        say(token)


def test_brackets_lie_within_brackets():
    assert parsed("a[b[c]d]e") == ["a", ["b", ["c"], "d"], "e"]
    assert parsed("a]b[c") == ["a", "]", "b", "[", "c"]


def test_every_form_is_written_in_an_outline_or_tested_here():
    assert set(FORMS) == {"number", "some", "before", "changed", "compared", "parts"}


# ---- words ----


@pytest.mark.parametrize(
    ("amount", "figure", "text", "cell"),
    [
        (Amount(9), SESSIONS, "09", "9"),
        (Amount(0), SESSIONS, "0", "0"),
        (Amount(1069), SESSIONS, "1.069", "1.069"),
        (Amount(1000, 1, Precision.NEARLY), SESSIONS, "gần 1.000", "gần 1.000"),
        (Amount(1050, 2, Precision.NEARLY), SESSIONS, "khoảng 1.050", "khoảng 1.050"),
        (Amount(4278500000), MONEY, "4.278,5 triệu đồng", "4.278,5"),
        (Amount(Decimal("84.2105")), SHARE, "84,2%", "84,2%"),
        (NOTHING, SESSIONS, "chưa có số liệu", "…"),
    ],
)
def test_numbers_in_text_and_table(amount, figure, text, cell):
    assert words.in_text(amount, figure) == text
    assert words.in_table(amount, figure, "…") == cell


def test_counting_words_are_not_said_twice():
    assert words.number_with("buổi", "Truyền thông trực tiếp") == "buổi truyền thông trực tiếp"
    assert words.number_with("chương trình", "Chương trình văn nghệ") == "chương trình văn nghệ"
    assert (
        words.part_with("câu lạc bộ", "Câu lạc bộ X trong trường học", "Câu lạc bộ X") == "câu lạc bộ trong trường học"
    )


def test_a_long_sentence_over_a_chart_is_broken_where_it_pauses():
    assert words.sentence_title("Ngắn; gọn") == "Ngắn; gọn"
    long = "Hình 1. Từ tháng 02, số cuộc lũy kế luôn cao hơn cùng kỳ; đến ngày 14 tháng 6 nhiều hơn 46 cuộc"
    assert words.sentence_title(long) == long.replace("; ", ";\n")


def test_lists_of_names():
    assert words.listed(["1.1"]) == "1.1"
    assert words.listed(["1.1", "2.1", "4.3"]) == "1.1, 2.1 và 4.3"


@pytest.mark.parametrize(
    ("line", "day", "role", "found"),
    [
        ("2019-03-12.. Nghị định 09", date(2026, 6, 14), "culture", "Nghị định 09"),
        ("2019-03-12.. Nghị định 09", date(2019, 3, 11), "culture", ""),
        ("2023-02-15..2025-10-14 @ethnic_affairs Thông tư 06", date(2025, 10, 14), "ethnic_affairs", "Thông tư 06"),
        ("2023-02-15..2025-10-14 @ethnic_affairs Thông tư 06", date(2025, 10, 15), "ethnic_affairs", ""),
        ("2023-02-15..2025-10-14 @ethnic_affairs Thông tư 06", date(2024, 1, 1), "culture", ""),
        ("chưa có ngày", date(2024, 1, 1), "culture", ""),
    ],
)
def test_a_basis_is_cited_while_it_is_in_force_by_those_it_binds(line, day, role, found):
    assert basis_on(line, day, role) == found
