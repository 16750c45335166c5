"""Decree 30/2020/NĐ-CP, annex I, measured on the printed page: every component that stands in a report.

Each check reads letters and ink of the PDF and knows nothing of the style sheet. A check that could not fail would be
worthless, so the last tests print the same report with a wrong layout and see the checks fail.
"""

import pytest

from reports.typeset import pdf
from tests.typeset.factories import ISSUED, report
from tests.typeset.measuring import MM, Paper

pytestmark = pytest.mark.once

LEFT, RIGHT = 30 * MM, (210 - 15) * MM
CENTRE = (LEFT + RIGHT) / 2
REGULAR, BOLD = {"Liberation-Serif"}, {"Liberation-Serif-Bold"}
ITALIC, BOLD_ITALIC = {"Liberation-Serif-Italic"}, {"Liberation-Serif-Bold-Italic"}
CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


def looks(run, smallest, largest, fonts):
    """All letters of one size within the decree's span, in one style."""
    assert len(run.sizes) == 1
    assert smallest <= min(run.sizes) <= largest
    assert run.fonts == fonts


def centred(run, centre, slack=1.0):
    assert abs(run.centre - centre) <= slack


def ruled(page, run, shortest, longest, centre):
    """A line below the words, its length as a part of theirs, centred."""
    rule = page.rule_below(run)
    assert rule is not None
    left, right, _ = rule
    assert shortest * run.width - 1 <= right - left <= longest * run.width + 1
    assert abs((left + right) / 2 - centre) <= 1


# ---- 1. the page ----


@check
def page_is_a4_with_the_decrees_margins(paper):
    for page in paper.pages[:4]:
        assert (round(page.width / MM), round(page.height / MM)) == (210, 297)
    lines = [line for page in paper.pages[:3] for line in page.lines]
    body = [line for line in lines if line.sizes == {14.0} and line.top < 277.5 * MM]
    assert abs(min(line.left for line in body) - LEFT) <= 0.5
    assert 15 * MM <= 210 * MM - max(line.right for line in body) + 0.75 <= 20 * MM
    assert 20 * MM <= min(letter.baseline for page in paper.pages for letter in page.letters) <= 25 * MM
    first = max(letter.top for letter in paper.pages[0].letters)
    assert 20 * MM <= 297 * MM - first <= 25 * MM


@check
def wide_page_is_a4_landscape(paper):
    page, head = paper.find("DANH MỤC HOẠT ĐỘNG TỪ NGÀY 15 THÁNG 12 NĂM 2025 ĐẾN NGÀY 14 THÁNG 6 NĂM 2026")
    assert (round(page.width / MM), round(page.height / MM)) == (297, 210)
    assert abs(min(letter.left for letter in page.letters) - LEFT) <= 5  # cells are padded
    centred(head, (30 + 297 - 15) / 2 * MM)


@check
def page_number_is_centred_in_the_top_margin(paper):
    for number in (2, 3):
        found = paper.pages[number - 1].lines
        number_line = next(line for line in found if "".join(one.sign for one in line.letters) == str(number))
        looks(number_line, 13, 14, REGULAR)
        centred(number_line, CENTRE)
        assert 277 * MM < number_line.baseline < 297 * MM


@check
def body_paragraph_is_justified_indented_and_spaced(paper):
    page, start = paper.find("Thực hiện Nghị định")
    lines = [line for line in page.lines if line.sizes == {14.0} and line.baseline <= start.baseline + 1]
    assert start.sizes == {14.0}
    assert 10 * MM - 0.5 <= start.left - LEFT <= 12.7 * MM + 0.5
    assert [abs(line.right - RIGHT) <= 0.75 for line in lines[:4]] == [True] * 4
    assert [abs(line.left - LEFT) <= 0.5 for line in lines[1:5]] == [True] * 4
    leading = lines[1].baseline - lines[2].baseline
    single = 1.149 * 14  # the font's own line: ascent 0.891, descent 0.216, gap 0.042
    assert single <= leading <= 1.5 * single
    ends = page.find("6 tháng đầu năm 2026 như sau.")
    following = page.find("Số liệu hoạt động")
    assert ends.baseline - following.baseline - leading >= 6 - 0.1


# ---- 2. head ----


def _right_cell(page):
    return page.find("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")


@check
def row_1_name_of_the_nation(paper):
    run = _right_cell(paper.pages[0])
    looks(run, 12, 13, BOLD)
    assert run.left > 100 * MM
    assert run.right <= RIGHT + 0.75


@check
def row_2_motto_with_a_rule_of_its_own_length(paper):
    page = paper.pages[0]
    run = page.find("Độc lập - Tự do - Hạnh phúc")
    looks(run, 13, 14, BOLD)
    nation = _right_cell(page)
    centred(run, nation.centre)
    assert 0 < nation.baseline - run.baseline <= 1.3 * 14
    ruled(page, run, 1, 1, run.centre)


@check
def row_3_parent_organ(paper):
    looks(paper.pages[0].find("UBND TỈNH QUẢNG NGÃI"), 12, 13, REGULAR)


@check
def row_4_issuing_organ_with_a_short_rule(paper):
    page = paper.pages[0]
    run = page.find("SỞ DÂN TỘC VÀ TÔN GIÁO")
    looks(run, 12, 13, BOLD)
    parent = page.find("UBND TỈNH QUẢNG NGÃI")
    centred(run, parent.centre)
    assert 0 < parent.baseline - run.baseline < 20
    ruled(page, run, 1 / 3, 1 / 2, run.centre)


@check
def row_5_number_and_symbol(paper):
    page = paper.pages[0]
    run = page.find("Số: 87/BC-SDTTG")
    looks(run, 13, 13, REGULAR)
    centred(run, page.find("SỞ DÂN TỘC VÀ TÔN GIÁO").centre)


@check
def row_6_place_and_date(paper):
    page = paper.pages[0]
    run = page.find("Quảng Ngãi, ngày 16 tháng 6 năm 2026")
    looks(run, 13, 14, ITALIC)
    centred(run, _right_cell(page).centre)
    assert abs(run.baseline - page.find("Số: 87/BC-SDTTG").baseline) <= 1


@check
def row_7_type_name(paper):
    run = paper.pages[0].find("BÁO CÁO")
    looks(run, 13, 14, BOLD)
    centred(run, CENTRE)


@check
def row_8_subject_with_a_short_rule(paper):
    page = paper.pages[0]
    first = page.find("Kết quả công tác bình đẳng giới vùng đồng bào dân tộc thiểu số")
    last = page.find("6 tháng đầu năm 2026")
    for run in (first, last):
        looks(run, 13, 14, BOLD)
        centred(run, CENTRE)
    assert 0 < page.find("BÁO CÁO").baseline - first.baseline < 25
    left, right, _ = page.rule_below(last)
    assert 1 / 3 * first.width - 1 <= right - left <= 1 / 2 * first.width + 1
    assert abs((left + right) / 2 - CENTRE) <= 1


@check
def row_20_addressees(paper):
    page = paper.pages[0]
    for words in ("Kính gửi:", "- Ủy ban nhân dân tỉnh Quảng Ngãi;", "- Sở Nội vụ tỉnh Quảng Ngãi."):
        looks(page.find(words), 13, 14, REGULAR)
    first, second = page.find("- Ủy ban nhân dân tỉnh Quảng Ngãi;"), page.find("- Sở Nội vụ tỉnh Quảng Ngãi.")
    assert abs(first.left - second.left) <= 0.5
    assert abs(first.baseline - page.find("Kính gửi:").baseline) <= 0.5


# ---- 2. body ----


@check
def row_11_body(paper):
    looks(paper.pages[0].find("Thực hiện Nghị định số 09/2019/NĐ-CP ngày 24"), 13, 14, REGULAR)


@check
def row_14_heading_of_a_section(paper):
    _, run = paper.find("I. CÔNG TÁC LÃNH ĐẠO, CHỈ ĐẠO, TỔ CHỨC THỰC HIỆN")
    looks(run, 13, 14, BOLD)
    assert len({round(letter.baseline) for letter in run.letters}) == 1


@check
def row_16_heading_of_a_clause_is_on_its_own_line(paper):
    page, run = paper.find("1. Ban hành văn bản và kiện toàn tổ chức")
    looks(run, 14, 14, BOLD)
    assert [line.right for line in page.lines if abs(line.baseline - run.baseline) < 1] == [run.right]


@check
def row_17_point(paper):
    _, run = paper.find("a) Sở đã ban hành")
    looks(run, 14, 14, REGULAR)


# ---- 2. end of the paper ----


@check
def row_18_authority_and_position(paper):
    _, run = paper.find("KT. GIÁM ĐỐC")
    looks(run, 13, 14, BOLD)
    assert run.left > CENTRE


@check
def row_19_signer(paper):
    page, run = paper.find("Nguyễn Thị Ngọc Ánh")
    looks(run, 13, 14, BOLD)
    centred(run, page.find("PHÓ GIÁM ĐỐC").centre)
    assert page.find("PHÓ GIÁM ĐỐC").baseline - run.baseline > 20 * MM


@check
def row_21_words_nơi_nhận(paper):
    page, run = paper.find("Nơi nhận:")
    looks(run, 12, 12, BOLD_ITALIC)
    assert abs(run.left - LEFT) <= 0.5
    assert abs(run.baseline - page.find("KT. GIÁM ĐỐC").baseline) <= 2


@check
def row_22_recipients(paper):
    page, first = paper.find("- Như trên;")
    last = page.find("- Lưu: VT, CSDT.")
    for run in (first, last):
        looks(run, 11, 11, REGULAR)
        assert abs(run.left - LEFT) <= 0.5


# ---- 2. annexes ----


@check
def row_23_annex_number(paper):
    _, run = paper.find("Phụ lục I MÔ HÌNH")
    word = type(run)(run.page, run.letters[:7])
    looks(word, 14, 14, BOLD)
    centred(word, CENTRE)


@check
def row_24_annex_title(paper):
    _, run = paper.find("SỐ CUỘC THEO NỘI DUNG VÀ THEO NĂM")
    looks(run, 13, 14, BOLD)
    centred(run, CENTRE)


@check
def row_25_annex_reference_with_a_short_rule(paper):
    page, run = paper.find("(Kèm theo Báo cáo số 87/BC-SDTTG ngày 16 tháng 6 năm 2026")
    looks(run, 13, 14, ITALIC)
    centred(run, CENTRE)
    last = page.find("của Sở Dân tộc và Tôn giáo tỉnh Quảng Ngãi)")
    looks(last, 13, 14, ITALIC)
    left, right, height = page.rule_below(last)
    assert 20 * MM <= right - left <= run.width / 2
    assert abs((left + right) / 2 - CENTRE) <= 1
    assert page.find("ĐẾN NGÀY 14 THÁNG 6 NĂM 2026").baseline > run.baseline > height


@pytest.mark.parametrize("measured", CHECKS, ids=lambda measured: measured.__name__)
def test_report_follows_the_decree(issued, measured):
    measured(issued)


# ---- the same checks on a wrong layout: each must fail ----

SMALL = "html, body, body * { font-size: 10pt !important } @page { @top-center { font-size: 10pt } }"
PLAIN = "body * { font-weight: normal !important; font-style: normal !important }"
HEAVY = "body * { font-weight: bold !important; font-style: italic !important }"
LEFTISH = "body * { text-align: left !important; justify-content: flex-start !important }"
LONG = ".full { padding: 0 20mm } .short::after { width: 100% } .annex-head .short::after { width: 100mm }"
PAGE = (
    "@page { margin: 12mm; @top-center { content: none } } p { text-indent: 0; margin: 0 } @page wide { margin: 12mm }"
)

SIZED = {f"row_{row}" for row in (1, 2, 3, 4, 5, 6, 7, 8, 11, 14, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25)}
WRONG = {
    "small": (SMALL, SIZED),
    "plain": (PLAIN, {f"row_{row}" for row in (1, 2, 4, 6, 7, 8, 14, 16, 18, 19, 21, 23, 24, 25)}),
    "heavy": (HEAVY, {f"row_{row}" for row in (3, 5, 11, 17, 20, 22)}),
    "left": (LEFTISH, {"body", *(f"row_{row}" for row in (2, 4, 7, 8, 19, 23, 24, 25))}),
    "rules": (LONG, {f"row_{row}" for row in (2, 4, 8, 25)}),
    "page": (PAGE, {"page_is", "page_number", "body", "row_21", "row_22", "row_7"}),
}


@pytest.mark.parametrize("name", WRONG)
def test_checks_see_a_wrong_layout(monkeypatch, name):
    right = pdf.widths
    css, must_fail = WRONG[name]
    monkeypatch.setattr(pdf, "widths", lambda manuscript, columns: right(manuscript, columns) + css)
    paper = Paper(pdf.render_pdf(report(rows=2), ISSUED))
    failing = set()
    for measured in CHECKS:
        try:
            measured(paper)
        except (AssertionError, StopIteration, TypeError, ValueError):  # wrong, or not even found
            failing.add(measured.__name__)
    for start in must_fail:
        assert any(found == start or found.startswith(f"{start}_") for found in failing), start
