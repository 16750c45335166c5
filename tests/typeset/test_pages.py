"""Where pages end: footnotes with their calls, tables of the body not torn, no half-empty pages, names in phrases."""

from dataclasses import replace

import pytest

from coordination.manuscript import Issuer, Signature, Table
from reports.typeset import engine
from reports.typeset.pdf import render_pdf
from reports.typeset.words import NO_BREAK, phrased
from tests.typeset.factories import ISSUED, columns, p, report, row
from tests.typeset.measuring import Paper

pytestmark = pytest.mark.once


def printed(*blocks, **changes):
    return Paper(render_pdf(report(blocks=blocks, annexes=(), **changes), ISSUED))


def page_with_room_for_one_line():
    """A note, then short lines, until one line of the last paragraph fits beside the note."""
    lines = (p(f"line{number}", "Một dòng.") for number in range(20))
    return printed(p("noted", "Câu có chú thích.", note="Lời chú."), *lines, p("last", "Đoạn dài chia được. " * 20))


def test_note_stays_with_its_call():
    paper = page_with_room_for_one_line()
    assert paper.find("Câu có chú thích")[0].number == paper.find("1. Lời chú")[0].number
    assert paper.find("Đoạn dài")[0].number == 1


def test_note_would_stray_without_a_second_look(monkeypatch):
    monkeypatch.setattr(engine, "_ends_before_strayed_notes", lambda document: set())
    paper = page_with_room_for_one_line()
    assert paper.find("Câu có chú thích")[0].number < paper.find("1. Lời chú")[0].number


def table(rows):
    return Table(
        "table",
        columns(("Nội dung", 120, "left"), ("Số cuộc", 45)),
        (*(row(f"Dòng {number} của bảng", "1") for number in range(1, rows)), row("Cộng cả bảng", "9", style="total")),
        "Bảng 1. Số cuộc",
    )


@pytest.mark.parametrize("lines", range(8, 24, 2))
def test_table_goes_on_overleaf_by_three_rows_at_least(lines):
    paper = printed(*(p(f"line{number}", "Một dòng.") for number in range(lines)), table(8))
    first, last = paper.find("Bảng 1")[0], paper.find("Cộng cả bảng")[0]
    assert "Dòng 3 của bảng" in first.said
    assert "Dòng 6 của bảng" in last.said
    assert "Số cuộc" in last.said
    if first is not last:
        assert paper.find("Dòng 6")[0] is last


def test_some_tables_do_go_on_overleaf():
    torn = 0
    for lines in range(8, 24, 2):
        paper = printed(*(p(f"line{number}", "Một dòng.") for number in range(lines)), table(8))
        torn += paper.find("Bảng 1")[0] is not paper.find("Cộng cả bảng")[0]
    assert torn


@pytest.mark.parametrize("lines", range(14, 26, 2))
def test_small_table_is_never_divided(lines):
    paper = printed(*(p(f"line{number}", "Một dòng.") for number in range(lines)), table(5))
    assert paper.find("Bảng 1")[0] is paper.find("Cộng cả bảng")[0]


@pytest.mark.parametrize(
    ("name", "tail"),
    [
        ("SỞ VĂN HÓA, THỂ THAO VÀ DU LỊCH", "VÀ DU LỊCH"),
        ("SỞ LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI", "VÀ XÃ HỘI"),
        ("TM. BAN VÌ SỰ TIẾN BỘ CỦA PHỤ NỮ", "CỦA PHỤ NỮ"),
        ("BAN THƯỜNG VỤ TỈNH QUẢNG NGÃI", "TỈNH QUẢNG NGÃI"),
        ("SỞ NỘI VỤ", ""),
    ],
)
def test_last_phrase_of_a_name_is_held_together(name, tail):
    held = phrased(name)
    assert held.replace(NO_BREAK, " ") == name
    assert held.endswith(tail.replace(" ", NO_BREAK))
    assert held.count(NO_BREAK) == tail.count(" ")


def test_long_name_is_broken_where_its_phrase_begins():
    manuscript = report()
    head = replace(manuscript.head, issuers=(Issuer("SỞ VĂN HÓA, THỂ THAO VÀ DU LỊCH", "UBND TỈNH SƠN LA"),))
    signatures = (Signature(("TM. BAN VÌ SỰ TIẾN BỘ CỦA PHỤ NỮ", "TRƯỞNG BAN")),)
    paper = printed(p("only", "Một dòng."), head=head, signatures=signatures)
    for above, below in (("SỞ VĂN HÓA, THỂ THAO", "VÀ DU LỊCH"), ("TM. BAN VÌ SỰ TIẾN BỘ", "CỦA PHỤ NỮ")):
        upper, lower = (
            {round(letter.baseline) for letter in paper.pages[0].find(words).letters} for words in (above, below)
        )
        assert (len(upper), len(lower)) == (1, 1)
        assert max(lower) < min(upper)
