"""Centred lines of a head, broken alike in both files; last lines that engines break badly."""

import re
from dataclasses import replace

import docx
import pytest

from coordination.manuscript import Issuer, Signature
from reports.typeset import html
from reports.typeset.balance import BOLD, balanced, fitted, width_of
from reports.typeset.docx import render_docx
from reports.typeset.pdf import render_pdf
from tests.typeset.factories import DRAFT, ISSUED, p, report
from tests.typeset.measuring import MM, Paper
from tests.typeset.test_docx import Word

pytestmark = pytest.mark.once
WIDE = 165 * MM
SUBJECT = "Thực hiện nhiệm vụ giữa Ban Dân tộc tỉnh và Hội Liên hiệp Phụ nữ tỉnh Quảng Ngãi"


def lines_of(text):
    return text.replace("\u00a0", " ").split("\n")


def test_lines_of_a_subject_are_of_like_length_and_begin_where_a_phrase_does():
    assert lines_of(balanced(SUBJECT, 14, WIDE)) == [
        "Thực hiện nhiệm vụ giữa Ban Dân tộc tỉnh",
        "và Hội Liên hiệp Phụ nữ tỉnh Quảng Ngãi",
    ]


def test_what_fits_on_a_line_stays_there_and_given_lines_stay_apart():
    assert lines_of(balanced("Kết quả công tác\n6 tháng đầu năm", 14, WIDE)) == ["Kết quả công tác", "6 tháng đầu năm"]


@pytest.mark.parametrize("times", range(2, 9))
def test_no_line_is_wider_than_its_place_and_none_is_spent(times):
    text = " ".join([SUBJECT] * times)
    found, full = balanced(text, 14, WIDE).split("\n"), fitted(text, 14, WIDE).split("\n")
    assert len(found) == len(full)
    assert max(width_of(line, 14, BOLD) for line in found) <= WIDE
    assert " ".join(found).replace("\u00a0", " ") == text


def test_both_files_break_the_subject_at_the_same_word():
    manuscript = report(rows=1, annexes=())
    manuscript = replace(manuscript, head=replace(manuscript.head, subject=(SUBJECT,)))
    page = Paper(render_pdf(manuscript, ISSUED)).pages[0]
    first, second = (page.find(line) for line in lines_of(balanced(SUBJECT, 14, WIDE)))
    assert first.baseline > second.baseline
    assert len({round(letter.baseline) for letter in first.letters}) == 1
    said = Word(render_docx(manuscript, ISSUED)).find("Thực hiện nhiệm vụ").text.replace("\u00a0", " ")
    assert "Ban Dân tộc tỉnh\nvà Hội" in said


# Its third line is as long as the page is wide.
NEARLY_FULL = (
    "- Cùng thực hiện các dự án, tiểu dự án về phụ nữ dân tộc thiểu số thuộc Chương trình mục tiêu quốc gia phát "
    "triển kinh tế - xã hội vùng đồng bào dân tộc thiểu số và miền núi giai đoạn 2021 - 2030, giai đoạn I từ năm 2021 "
    "đến năm 2025."
)


def nearly_full():
    return report(rows=1, annexes=(), blocks=(p("nearly", NEARLY_FULL),))


def lines_between(paper, first, last):
    page, start = paper.find(first)
    end = page.find(last)
    return [line for line in page.lines if start.baseline >= line.baseline >= end.baseline - 1]


def test_a_last_line_that_is_nearly_full_is_not_broken_after_its_first_word():
    assert len(lines_between(Paper(render_pdf(nearly_full(), ISSUED)), "- Cùng thực hiện", "đến năm 2025.")) == 3


def test_without_the_blanks_taken_away_it_would_be(monkeypatch):
    monkeypatch.setattr(html, "_TRAILING", html.re.compile("(?!)"))
    assert len(lines_between(Paper(render_pdf(nearly_full(), ISSUED)), "- Cùng thực hiện", "đến năm 2025.")) == 4


LONG = replace(
    report(rows=1, annexes=()).head,
    issuers=(
        Issuer("HỘI LIÊN HIỆP PHỤ NỮ VIỆT NAM"),
        Issuer("BỘ VĂN HÓA, THỂ THAO VÀ DU LỊCH"),
        Issuer("HỘI NÔNG DÂN"),
    ),
)


def test_long_names_and_symbols_are_broken_at_the_same_place_in_both_files():
    manuscript = report(rows=1, annexes=(), head=LONG, symbol="CTPH-UBDT-HLHPN-BVHTTDL-HND")
    page, word = Paper(render_pdf(manuscript, ISSUED)).pages[0], Word(render_docx(manuscript, ISSUED))
    for *above, below in (
        ("HỘI LIÊN HIỆP PHỤ NỮ", "VIỆT NAM -"),
        ("BỘ VĂN HÓA, THỂ THAO", "VÀ DU LỊCH -"),
        ("Số: 87/CTPH-UBDT-HLHPN", "BVHTTDL-HND"),
    ):
        upper, lower = page.find(above[0]), page.find(below)
        assert upper.baseline > lower.baseline
        assert len({round(letter.baseline) for run in (upper, lower) for letter in run.letters}) == 2
        said = word.find(above[0]).text.replace("\u00a0", " ")
        assert re.search(rf"{above[0]}-?\n{below}", said)


def test_second_row_of_signatures_stands_apart_from_the_first():
    manuscript = report(rows=1, annexes=(), signatures=tuple(Signature(("CHỦ TỊCH",), f"Người Ký {n}") for n in "ABC"))
    page, _ = Paper(render_pdf(manuscript, ISSUED)).find("Người Ký A")
    assert page.find("Người Ký A").baseline - page.find("CHỦ TỊCH", 2).top > 9
    lower = Word(render_docx(manuscript, ISSUED)).document.tables[-1].rows[1]._tr.tc_lst[1]
    assert [bool(one.text) for one in docx.table._Cell(lower, None).paragraphs] == [False, True, True]


def test_mark_of_a_draft_stands_clear_of_the_number():
    page = Paper(render_pdf(report(rows=1, annexes=(), sample=True), DRAFT)).pages[0]
    assert page.find("Số:").baseline - page.find("DỰ THẢO").top > 7


@pytest.mark.parametrize("paragraphs", range(14, 26, 2))
def test_signatures_without_a_closing_take_words_of_the_text_with_them(paragraphs):
    blocks = tuple(
        p(f"p{number}", f"Đoạn {number} của văn bản, dài hơn một dòng. " * 3) for number in range(paragraphs)
    )
    manuscript = report(
        rows=1, annexes=(), blocks=blocks, closing=(), signatures=(Signature(("GIÁM ĐỐC",), "Người Ký"),)
    )
    paper = Paper(render_pdf(manuscript, ISSUED))
    page, _ = paper.find("Người Ký")
    assert f"Đoạn {paragraphs - 1} của văn bản" in page.said or "dài hơn một dòng." in page.said
    last = Word(render_docx(manuscript, ISSUED)).find(f"Đoạn {paragraphs - 1} của")
    assert last.paragraph_format.keep_with_next
