"""The Word file read back: the decree's sizes and places, the words and numbers of the PDF, what makes it editable."""

import re
import zipfile
from collections import Counter
from dataclasses import replace
from html import unescape
from io import BytesIO

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from PIL import Image

from coordination.manuscript import Annex, Head, Issuer, Signature, Span
from reports.typeset import word_styles
from reports.typeset.balance import width_of
from reports.typeset.charts import chart_svg
from reports.typeset.docx import render_docx
from reports.typeset.html import document_html
from reports.typeset.pdf import PrintRefused, render_pdf
from tests.typeset.factories import DRAFT, ISSUED, PANGRAM, charts, columns, joint_plan, list_annex, p, report, row
from tests.typeset.measuring import MM, Paper

pytestmark = pytest.mark.once
CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


class Word:
    """A Word file with what is needed to measure it: every paragraph, cells included, and its effective look."""

    def __init__(self, content):
        self.content = content
        self.document = docx.Document(BytesIO(content))
        self.parts = zipfile.ZipFile(BytesIO(content))
        self.styles = {style.style_id: style for style in self.document.styles}
        every = self.document.element.body.iter(qn("w:p"))
        self.paragraphs = [docx.text.paragraph.Paragraph(element, self.document) for element in every]

    def find(self, words):
        found = [one for one in self.paragraphs if words in one.text.replace("\u00a0", " ")]
        assert found, words
        return found[0]

    def after(self, words):
        elements = [one._p for one in self.paragraphs]
        return self.paragraphs[elements.index(self.find(words)._p) + 1]

    def notes(self):
        return self.parts.read("word/footnotes.xml").decode()

    def words(self):
        """Everything that is printed, but page numbers."""
        said = [one.text for one in self.paragraphs]
        if "word/footnotes.xml" in self.parts.namelist():
            said += re.findall(r"<w:t[^>]*>([^<]*)</w:t>", self.notes())
        return Counter(" ".join(said).replace("\u00a0", " ").split())


@pytest.fixture(scope="module")
def issued():
    return Word(render_docx(report(), ISSUED))


@pytest.fixture(scope="module")
def draft():
    return Word(render_docx(report(sample=True), DRAFT))


@pytest.fixture(scope="module")
def joint():
    return Word(render_docx(joint_plan(), ISSUED))


def look(paragraph):
    """Size, bold, italic: of the style, and no run may differ."""
    style = paragraph.style
    assert all(run.font.size is None and run.bold in (None, style.font.bold) for run in paragraph.runs)
    return style.font.size.pt, bool(style.font.bold), bool(style.font.italic)


def looks(paragraph, smallest, largest, bold=False, italic=False, align="center"):
    size, is_bold, is_italic = look(paragraph)
    assert smallest <= size <= largest
    assert (is_bold, is_italic) == (bold, italic)
    assert paragraph.style.element.pPr.find(qn("w:jc")).get(qn("w:val")) == align


def rule(paragraph, wide):
    """Length in mm of the line that a paragraph without words draws in a cell of `wide` mm."""
    assert not paragraph.text
    assert paragraph.style.element.pPr.find(qn("w:pBdr")).find(qn("w:top")).get(qn("w:val")) == "single"
    form = paragraph.paragraph_format
    assert form.left_indent == form.right_indent
    return wide - form.left_indent.mm - form.right_indent.mm


def lists(word):
    return [table for table in word.document.tables if "Tên hoạt động" in {cell.text for cell in table.rows[0].cells}]


def plain(text):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).replace("\u00a0", " ").replace("\u2060", "").split())


# ---- the decree, annex I: each check reads a file and knows nothing of how it was made ----


@check
def page_is_a4_with_the_decrees_margins(word):
    section = word.document.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    for margin, low, high in (("top", 20, 25), ("bottom", 20, 25), ("left", 30, 35), ("right", 15, 20)):
        assert low - 0.05 <= getattr(section, f"{margin}_margin").mm <= high + 0.05


@check
def page_number_stands_in_the_top_margin_but_not_on_page_one(word):
    section = word.document.sections[0]
    assert section.different_first_page_header_footer
    header = section.header.paragraphs[0]
    assert "PAGE" in header._p.xml
    assert 13 <= header.style.font.size.pt <= 14
    middle = header._p.pPr.find(qn("w:tabs"))[0]
    text_width = section.page_width - section.left_margin - section.right_margin
    assert middle.get(qn("w:val")) == "center"
    assert abs(int(middle.get(qn("w:pos"))) * 635 - text_width / 2) < 1000
    assert section.first_page_header.paragraphs[0].text == ""
    assert not section.footer.paragraphs[0].text


@check
def the_font_is_times_new_roman_everywhere(word):
    styles = word.parts.read("word/styles.xml").decode()
    fonts = {font for named in re.findall(r"<w:rFonts ([^>]*)/>", styles) for font in re.findall(r'"([^"]+)"', named)}
    assert fonts == {"Times New Roman"}
    assert "rFonts" not in word.parts.read("word/document.xml").decode()
    assert 'w:lang w:val="vi-VN"' in styles


@check
def row_1_and_2_nation_and_motto_with_a_rule_of_its_length(word):
    looks(word.find("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"), 12, 13, bold=True)
    looks(word.find("Độc lập - Tự do - Hạnh phúc"), 13, 14, bold=True)
    assert abs(rule(word.after("Độc lập - Tự do - Hạnh phúc"), 94) - 56.1) < 1


@check
def row_3_and_4_organs_with_a_short_rule(word):
    looks(word.find("UBND TỈNH QUẢNG NGÃI"), 12, 13)
    looks(word.find("SỞ DÂN TỘC VÀ TÔN GIÁO"), 12, 13, bold=True)
    assert 55.9 / 3 <= rule(word.after("SỞ DÂN TỘC VÀ TÔN GIÁO"), 70) <= 55.9 / 2


@check
def row_5_and_6_number_and_date(word):
    looks(word.find("Số: 87/BC-SDTTG"), 13, 13)
    looks(word.find("Quảng Ngãi, ngày 16 tháng 6 năm 2026"), 13, 14, italic=True)
    row = word.document.tables[0].rows[1]
    assert "Số: 87/BC-SDTTG" in row.cells[0].text
    assert "ngày 16 tháng 6" in row.cells[1].text.replace("\u00a0", " ")


@check
def row_7_and_8_type_and_subject_with_a_short_rule(word):
    looks(word.find("BÁO CÁO"), 13, 14, bold=True)
    subject = word.find("Kết quả công tác bình đẳng giới vùng đồng bào")
    looks(subject, 13, 14, bold=True)
    assert 40 < rule(word.after("Kết quả công tác bình đẳng giới vùng đồng bào"), 165) < 70


@check
def row_11_body_is_justified_with_first_line_indent(word):
    body = word.find("Thực hiện Nghị định số 09/2019/NĐ-CP")
    looks(body, 13, 14, align="both")
    form = body.style.paragraph_format
    assert 10 <= form.first_line_indent.mm <= 12.71
    assert form.space_after.pt >= 6
    assert 1 <= form.line_spacing <= 1.5


@check
def row_14_and_16_headings_are_bold_and_make_the_navigation(word):
    first = word.find("I. CÔNG TÁC LÃNH ĐẠO, CHỈ ĐẠO")
    looks(first, 13, 14, bold=True, align="left")
    assert first.style.name == "Heading 1"
    assert word.find("1. Ban hành văn bản").style.name == "Heading 2"
    assert word.find("1.1. Số cuộc theo nội dung").style.name == "Heading 3"
    assert first.style.paragraph_format.keep_with_next


@check
def row_18_and_19_signature(word):
    looks(word.find("KT. GIÁM ĐỐC"), 13, 14, bold=True)
    signer = word.find("Nguyễn Thị Ngọc Ánh")
    looks(signer, 13, 14, bold=True)
    assert signer.style.paragraph_format.space_before.mm > 20


@check
def row_20_addressees(word):
    paragraph = word.find("Kính gửi:")
    assert 13 <= look(paragraph)[0] <= 14
    assert look(paragraph)[1:] == (False, False)


@check
def row_21_and_22_recipients(word):
    looks(word.find("Nơi nhận:"), 12, 12, bold=True, italic=True, align="left")
    looks(word.find("- Lưu: VT, CSDT."), 11, 11, align="left")
    row = next(table for table in word.document.tables if "Nơi nhận:" in table.rows[0].cells[0].text).rows[0]
    assert "KT. GIÁM ĐỐC" in row.cells[-1].text


@check
def row_23_to_25_annex_heads(word):
    label = next(one for one in word.paragraphs if one.text == "Phụ lục I")
    looks(label, 14, 14, bold=True)
    assert label.style.element.pPr.find(qn("w:outlineLvl")) is not None  # in the navigation too
    looks(word.find("MÔ HÌNH ĐANG HOẠT ĐỘNG"), 13, 14, bold=True)
    looks(word.find("(Kèm theo Báo cáo số 87/BC-SDTTG"), 13, 14, italic=True)


@check
def annexes_count_their_own_pages_and_the_wide_one_lies_across(word):
    sections = word.document.sections
    assert [section.orientation for section in sections] == [WD_ORIENT.PORTRAIT] * 3 + [WD_ORIENT.LANDSCAPE]
    assert (round(sections[3].page_width.mm), round(sections[3].page_height.mm)) == (297, 210)
    for section in sections:
        assert section._sectPr.find(qn("w:pgNumType")).get(qn("w:start")) == "1"
        assert section.different_first_page_header_footer
        assert "PAGE" in section.header.paragraphs[0]._p.xml
        assert "PAGE" not in section.first_page_header.paragraphs[0]._p.xml


@check
def table_heads_come_again_on_every_page(word):
    table = lists(word)[0]
    flags = [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows]
    assert flags[:2] == [True, True]
    assert not any(flags[2:])
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
    assert abs(sum(column.width.mm for column in table.columns) - 252) < 0.5


@pytest.mark.parametrize("holds", CHECKS, ids=lambda function: function.__name__)
def test_report_in_word_follows_the_decree(issued, holds):
    holds(issued)


@pytest.mark.parametrize(
    ("names", "holds"),
    [
        (("nation", "motto"), row_1_and_2_nation_and_motto_with_a_rule_of_its_length),
        (("body",), row_11_body_is_justified_with_first_line_indent),
        (("sign",), row_18_and_19_signature),
        (("to-head", "to"), row_21_and_22_recipients),
        (("left",), page_is_a4_with_the_decrees_margins),
    ],
)
def test_checks_see_a_wrong_size(monkeypatch, names, holds):
    """The same report with sizes of 9 points where the decree has another: the check fails."""
    right = word_styles.Profile.size
    monkeypatch.setattr(
        word_styles.Profile, "size", lambda profile, name: 9.0 if name in names else right(profile, name)
    )
    with pytest.raises(AssertionError):
        holds(Word(render_docx(report(rows=1), ISSUED)))


# ---- the same words and numbers as the PDF ----


@pytest.mark.parametrize("made", ["issued", "draft", "joint"])
def test_word_says_what_the_pdf_says(made, request):
    manuscript, stamp = {
        "issued": (report(), ISSUED),
        "draft": (report(sample=True), DRAFT),
        "joint": (joint_plan(), ISSUED),
    }[made]
    html = re.sub(r"<svg.*?</svg>", "", document_html(manuscript, stamp, ""), flags=re.DOTALL)
    page = plain(re.sub(r"<head>.*?</head>|<p class=\"mark\">.*?</p>", "", html, flags=re.DOTALL))
    items = sum(getattr(block, "style", "") in ("item", "last_item") for block in manuscript.all_blocks())
    assert request.getfixturevalue(made).words() == Counter(page.split()) + Counter({"+": items})


def test_words_come_in_the_order_of_the_paper(issued):
    said = " ".join(one.text for one in issued.paragraphs).replace("\u00a0", " ")
    places = [
        said.index(words) for words in ("UBND", "Số: 87", "BÁO CÁO", "Kính gửi", "I. CÔNG", "Bảng 1.", "Trên đây")
    ]
    assert places == sorted(places)


def test_every_cell_keeps_its_place(issued):
    """Cells over several columns and rows are cells of the grid, as in the manuscript."""
    table = next(table for table in issued.document.tables if "So với cùng kỳ" in table.rows[0].cells[-1].text)
    assert [cell.text for cell in table.rows[0].cells[-2:]] == ["So với cùng kỳ"] * 2
    assert [cell.text for cell in table.rows[1].cells[-2:]] == ["Số cuộc", "Tỷ lệ"]
    months = next(table for table in issued.document.tables if table.rows[0].cells[1].text == "Năm")
    assert [row.cells[0].text for row in months.rows[1:]] == ["Nội dung 1"] * 2 + ["Nội dung 2"] * 2
    assert [row.cells[2].text for row in months.rows[1:]] == ["208", "187", "64", "58"]


def test_sentences_are_whole_runs(issued):
    """People edit a sentence, not the pieces a program left."""
    assert len(issued.find(PANGRAM).runs) == 1


def test_symbols_hold_together(issued):
    """Word's own no-break hyphen; no sign that people cannot see is left in the text."""
    body = issued.parts.read("word/document.xml").decode()
    assert "\u2060" not in body
    assert '09/2019/NĐ</w:t><w:noBreakHyphen/><w:t xml:space="preserve">CP' in body


def test_footnote_is_a_real_one(issued):
    assert "Chỉ tiêu không quy đổi được" in issued.notes()
    paragraph = issued.find("Số liệu hoạt động tính từ")
    assert paragraph._p.findall(f".//{qn('w:footnoteReference')}")[0].get(qn("w:id")) == "1"


def test_charts_are_pictures_of_the_same_drawing(issued):
    shapes = issued.document.inline_shapes
    assert [shape._inline.docPr.get("descr") for shape in shapes] == [chart.alt for chart in charts()]
    for shape, chart in zip(shapes, charts(), strict=True):
        height = float(re.search(r'height="([\d.]+)"', chart_svg(chart))[1])
        assert abs(shape.width.mm - 165) < 0.1
        assert abs(shape.height / shape.width - height / 624) < 0.01
    for name in [name for name in issued.parts.namelist() if name.startswith("word/media/")]:
        picture = Image.open(BytesIO(issued.parts.read(name))).convert("RGB")
        colours = {colour for _, colour in picture.getcolors(1_000_000)}
        assert (0x27, 0x40, 0x7C) in colours
        edge = picture.crop((0, picture.height - 1, picture.width, picture.height)).convert("L")
        assert min(edge.tobytes()) == 255  # nothing is cut off at the lower edge


# ---- marks, properties, the file ----


def test_draft_says_so_on_every_page(draft):
    looks(draft.find("DỰ THẢO\nDỮ LIỆU MẪU"), 13, 14, bold=True)
    sections = draft.document.sections
    assert all("DỰ THẢO - DỮ LIỆU MẪU" in section.header.paragraphs[0].text for section in sections)
    assert [bool(section.first_page_header.paragraphs[0].text.strip()) for section in sections] == [False] + [True] * 3
    assert "Số:         /BC-SDTTG" in draft.find("BC-SDTTG").text.replace("\u00a0", " ")


def test_issued_paper_has_no_mark(issued):
    assert "DỰ THẢO" not in issued.parts.read("word/document.xml").decode()
    assert all(section.header.paragraphs[0].text.strip() == "2" for section in issued.document.sections)


def test_properties(issued):
    core = issued.document.core_properties
    assert core.title == report().title
    assert core.author == "SỞ DÂN TỘC VÀ TÔN GIÁO"
    assert core.language == "vi-VN"
    assert f"{core.created:%Y-%m-%d}" == "2026-06-16"


def test_same_paper_gives_the_same_bytes(issued):
    assert render_docx(report(), ISSUED) == issued.content


def test_letters_are_composed_and_signs_no_file_can_hold_left_out():
    decomposed = report(rows=1, blocks=(p("x", "Số\u0301 liê\u0323u \x00\ud800\ufffe<b>&amp;</b>"),))
    said = " ".join(one.text for one in Word(render_docx(decomposed, ISSUED)).paragraphs)
    assert "<b>&amp;</b>" in said
    assert "Sô\u0301" not in said
    assert "\u0323" not in said


def test_unknown_profile_is_refused():
    with pytest.raises(PrintRefused, match="house-1999"):
        render_docx(report(rows=1, profile="house-1999"), ISSUED)


def test_list_without_legend_and_paper_without_people():
    """Nothing printed where there is nothing, and two tables never run into one."""
    table = replace(list_annex(1).blocks[0], legend="", unit="")
    bare = report(
        blocks=(), closing=(), signatures=(), recipients=(), annexes=(Annex("a", "", ("Danh sách",), (table, table)),)
    )
    word = Word(render_docx(bare, ISSUED))
    assert len(lists(word)) == 2
    assert "Nơi nhận" not in word.words()


# ---- joint papers and other heads, in both files ----


def test_joint_paper_stacks_its_issuers_and_signs_in_two_columns(joint):
    issuers = joint.document.tables[0].rows[0].cells[0]
    stacked = issuers.text.replace("\u00a0", " ").split("\n")
    assert stacked[:3] == [
        "HỘI LIÊN HIỆP PHỤ NỮ",
        "TỈNH AN GIANG -",
        "BAN DÂN TỘC TỈNH AN GIANG",
    ]
    signing = joint.document.tables[-1].rows[0]._tr.tc_lst
    assert [cell.xml.count("TM. BAN DÂN TỘC") for cell in signing] == [1, 0]
    assert [cell.xml.count("TM. BAN THƯỜNG VỤ") for cell in signing] == [0, 1]
    elements = list(joint.document.element.body)
    assert elements.index(joint.find("Nơi nhận:")._p) > elements.index(joint.document.tables[-1]._tbl)


FOUR = tuple(
    Signature((f"TM. CƠ QUAN {number}", "TRƯỞNG BAN"), f"Người Ký {name}")
    for number, name in enumerate(("Một", "Hai", "Ba", "Bốn"), 1)
)


@pytest.mark.parametrize("many", [3, 4])
def test_three_and_four_sign_two_in_a_row(many):
    manuscript = joint_plan(closing=(Span("Kế hoạch có hiệu lực từ ngày ký./."),))
    manuscript = replace(manuscript, signatures=FOUR[:many])
    word, paper = Word(render_docx(manuscript, ISSUED)), Paper(render_pdf(manuscript, ISSUED))
    rows = [[cell.xml.count("Người Ký") for cell in row._tr.tc_lst] for row in word.document.tables[-1].rows]
    assert rows == [[1, 1], [1, 1] if many == 4 else [0, 1, 0]]
    places = [paper.find(one.name)[1] for one in manuscript.signatures]
    assert places[0].baseline == places[1].baseline > places[2].baseline
    assert places[0].right < 112.5 * MM < places[1].left
    assert abs(places[2].centre - (112.5 * MM if many == 3 else places[0].centre)) < 2
    assert paper.find("Nơi nhận:")[1].baseline < places[-1].baseline


def of_party():
    head = Head((Issuer("BAN THƯỜNG VỤ", "TỈNH ỦY QUẢNG NGÃI"),), "Quảng Ngãi", "HƯỚNG DẪN", ("Công tác dân vận",))
    return report(rows=1, profile="party-2018-04", head=head, symbol="HD/TU", annexes=())


def test_party_head_in_word():
    word = Word(render_docx(of_party(), ISSUED))
    left, right = word.document.tables[0].rows[0].cells
    assert [one.text for one in left.paragraphs] == ["TỈNH ỦY QUẢNG NGÃI", "BAN THƯỜNG VỤ", "*"]
    assert [one.text for one in right.paragraphs] == ["ĐẢNG CỘNG SẢN VIỆT NAM", ""]
    assert rule(right.paragraphs[1], 85) > 60
    assert word.find("HD/TU").text == "Số 87-HD/TU"


def test_party_head_in_pdf():
    page = Paper(render_pdf(of_party(), ISSUED)).pages[0]
    name = page.find("ĐẢNG CỘNG SẢN VIỆT NAM")
    left, right, _ = page.rule_below(name)
    assert abs((right - left) - name.width) < 2
    organ, star = page.find("BAN THƯỜNG VỤ"), page.find("*")
    assert abs(organ.centre - star.centre) < 1
    assert star.baseline < organ.baseline
    assert "Số 87-HD/TU" in page.said
    assert "CỘNG HÒA" not in page.said


def test_head_of_the_womens_union_has_the_nation_and_its_own_lines():
    head = Head(
        (Issuer("BAN THƯỜNG VỤ\nTỈNH AN GIANG", "HỘI LIÊN HIỆP PHỤ NỮ VIỆT NAM"),),
        "An Giang",
        "BÁO CÁO",
        ("Công tác Hội",),
    )
    manuscript = report(rows=1, profile="union-2020-03", head=head, symbol="BC-BTV", annexes=())
    page, word = Paper(render_pdf(manuscript, ISSUED)).pages[0], Word(render_docx(manuscript, ISSUED))
    assert page.find("HỘI LIÊN HIỆP PHỤ NỮ VIỆT NAM").fonts == {"Liberation-Serif"}
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in page.said
    assert page.rule_below(page.find("TỈNH AN GIANG")) is not None
    assert word.find("Số: 87/BC-BTV")


def test_rows_of_a_table_share_the_text_width():
    table = replace(list_annex(1).blocks[0], rows=(row("1", "2", "3", "4", "5", "6", "7", "8", "9", "10"),))
    word = Word(render_docx(report(blocks=(table,), annexes=()), ISSUED))
    assert abs(sum(column.width.mm for column in word.document.tables[1].columns) - 165) < 0.5


def test_no_word_is_wider_than_its_column():
    """A narrow column takes what its longest word lacks from the others; together they keep the text width."""
    table = replace(
        list_annex(1).blocks[0],
        columns=columns(("TT", 10), ("Chuyển nguồn", 11), ("Nội dung", 144, "left")),
        rows=(row("1", "1.296.000,5", "Ngân sách trung ương"),),
    )
    made = Word(render_docx(report(blocks=(table,), annexes=()), ISSUED)).document.tables[1]
    widths = [column.width.pt for column in made.columns]
    assert abs(sum(widths) - 165 * MM) < 1
    longest = max(width_of(word, 12) for word in ("Chuyển", "1.296.000,5"))
    assert longest + 6 < widths[1] < longest + 8 < widths[2]
