"""The file itself: structure, fonts, language, repeatability, what it may read, and what each page carries."""

import gc
import hashlib
import os
import subprocess
import sys
import unicodedata
from dataclasses import replace
from datetime import date
from io import BytesIO

import pikepdf
import pytest
from django.conf import settings
from weasyprint.urls import FatalURLFetchingError

from coordination.manuscript import Annex, Head, Paragraph, Signature, Span, Stamp
from reports.typeset import pdf
from reports.typeset.engine import FontsOnly
from reports.typeset.fonts import OTHERS, VIETNAMESE, font_folder
from reports.typeset.pdf import Attached, PrintRefused, render_pdf
from tests.typeset.factories import DRAFT, ISSUED, PANGRAM, columns, joint_plan, list_annex, p, report, row
from tests.typeset.measuring import MM, Paper

pytestmark = pytest.mark.once

RIGHT = (210 - 15) * MM
HOSTILE = 'xem file:///etc/hostname và <img src="file:///etc/hostname"> <b>đậm</b> {{ settings.SECRET_KEY }} & "…"'


def short(**changes):
    """A paper of one page: the opening, no annex."""
    manuscript = report()
    return replace(manuscript, blocks=manuscript.blocks[:2], annexes=(), **changes)


# ---- structure ----


def test_file_is_tagged_and_says_what_it_is(issued):
    with pikepdf.open(BytesIO(issued.content)) as file:
        assert file.Root.MarkInfo.Marked
        assert str(file.Root.Lang) == "vi"
        assert file.Root.ViewerPreferences.DisplayDocTitle
        assert str(file.docinfo["/Title"]) == "Báo cáo kết quả công tác bình đẳng giới 6 tháng đầu năm 2026"
        assert str(file.docinfo["/CreationDate"]).startswith("D:20260616")
        metadata = file.open_metadata()
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
        kinds = {str(kind) for kind in _kinds(file.Root.StructTreeRoot)}
    assert {"/H1", "/H2", "/H3", "/H4", "/P", "/Table", "/THead", "/TBody", "/TR", "/TH", "/TD", "/Figure"} <= kinds


def _kinds(node):
    if isinstance(node, pikepdf.Array):
        for child in node:
            yield from _kinds(child)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield node.S
        if "/K" in node:
            yield from _kinds(node.K)


def test_figures_carry_what_they_show(issued):
    with pikepdf.open(BytesIO(issued.content)) as file:
        shown = [str(thing.Alt) for thing in file.objects if isinstance(thing, pikepdf.Dictionary) and "/Alt" in thing]
    assert sorted(shown) == [
        "Số cuộc lũy kế theo tháng, năm 2026 và năm 2025",
        "Tiến độ thực hiện kế hoạch năm theo nội dung",
        "Tỷ lệ nữ trong số lượt người tham gia theo nội dung",
    ]


def test_bookmarks_are_the_headings(issued):
    with pikepdf.open(BytesIO(issued.content)) as file, file.open_outline() as outline:
        top = outline.root[0]
        assert top.title == "BÁO CÁO"
        assert [item.title for item in top.children] == [
            "I. CÔNG TÁC LÃNH ĐẠO, CHỈ ĐẠO, TỔ CHỨC THỰC HIỆN",
            "II. KẾT QUẢ Ở VÙNG ĐỒNG BÀO DÂN TỘC THIỂU SỐ",
            "Phụ lục I. Mô hình đang hoạt động đến ngày 14 tháng 6 năm 2026",
            "Phụ lục II. Số cuộc theo nội dung và theo năm",
            "Phụ lục III. Danh mục hoạt động từ ngày 15 tháng 12 năm 2025 đến ngày 14 tháng 6 năm 2026",
        ]
        assert [item.title for item in top.children[1].children[0].children] == ["1.1. Số cuộc theo nội dung"]


def test_every_font_is_the_report_font_and_embedded(issued):
    with pikepdf.open(BytesIO(issued.content)) as file:
        fonts = [thing for thing in file.objects if isinstance(thing, pikepdf.Dictionary) and "/FontName" in thing]
        names = {str(font.FontName).partition("+")[2] for font in fonts}
        assert all("/FontFile2" in font for font in fonts)
    assert names == {
        "Liberation-Serif",
        "Liberation-Serif-Bold",
        "Liberation-Serif-Italic",
        "Liberation-Serif-Bold-Italic",
        "LiberationSerif",  # of the list of activities
        "LiberationSerif-Bold",
    }


# ---- text ----


def test_text_reads_back_with_every_diacritic():
    letters = " ".join(sorted(VIETNAMESE | OTHERS))
    decomposed = unicodedata.normalize("NFD", PANGRAM)
    assert decomposed != PANGRAM
    paper = Paper(render_pdf(short(closing=(Span(f"{letters} {decomposed}"),)), ISSUED))
    text = paper.pages[0].said
    assert unicodedata.is_normalized("NFC", text)
    assert "".join(letters.split()) + "".join(PANGRAM.split()) in "".join(text.split())


def test_searching_finds_a_number_with_its_word(issued):
    """Printed with a no-break space, read back with a plain one; glue leaves no trace."""
    raw_text = "".join(page.page.get_textpage().get_text_bounded() for page in issued.pages)
    assert "412 cuộc" in raw_text
    assert "giai đoạn 2021 - 2030" in " ".join(raw_text.split())
    assert not {"\u00a0", "\u2060"} & set(raw_text)


def test_text_of_users_is_printed_as_text():
    paper = Paper(render_pdf(short(closing=(Span(HOSTILE),), title=HOSTILE, symbol="<i>"), ISSUED))
    assert "".join(HOSTILE.split()) in "".join(paper.pages[0].said.split())
    assert "87/<i>" in paper.pages[0].said


def test_letters_the_font_lacks_are_logged(caplog):
    with caplog.at_level("WARNING", logger="reports.typeset.pdf"):
        render_pdf(short(closing=(Span("xong ☑"),)), ISSUED)
    assert [record.letters for record in caplog.records] == ["☑"]


# ---- what may be read ----


@pytest.mark.parametrize("address", ["file:///etc/hostname", "http://127.0.0.1/", "data:text/plain,a", "ftp://x/"])
def test_nothing_but_the_font_is_ever_read(address):
    with pytest.raises(FatalURLFetchingError):
        FontsOnly(font_folder()).fetch(address)


def test_font_folder_cannot_be_left():
    folder = font_folder()
    fetcher = FontsOnly(folder)
    assert fetcher.fetch((folder / "LiberationSerif-Bold.ttf").as_uri()).read(4) == b"\x00\x01\x00\x00"
    with pytest.raises(FatalURLFetchingError):
        fetcher.fetch(f"{folder.as_uri()}/../../../../../etc/hostname")


def test_paper_that_asks_for_a_file_is_refused(monkeypatch):
    right = pdf.widths
    wrong = "body { background: url(file:///etc/hostname) }"
    monkeypatch.setattr(pdf, "widths", lambda manuscript, columns: right(manuscript, columns) + wrong)
    with pytest.raises(PrintRefused, match="hostname"):
        render_pdf(short(), ISSUED)
    assert gc.isenabled()


def test_unknown_profile_is_refused():
    with pytest.raises(PrintRefused, match=r"\.\./secret"):
        render_pdf(short(profile="../secret"), ISSUED)


# ---- the same bytes ----


def test_same_manuscript_gives_the_same_bytes():
    file = Attached("so-lieu.xlsx", b"PK", "Số liệu nguồn")
    assert render_pdf(report(rows=3), DRAFT, (file,)) == render_pdf(report(rows=3), DRAFT, (file,))


def test_other_processes_give_the_same_bytes():
    program = (
        "import django, hashlib; django.setup()\n"
        "from reports.typeset.pdf import render_pdf\n"
        "from tests.typeset.factories import ISSUED, report\n"
        "print(hashlib.sha256(render_pdf(report(rows=3), ISSUED)).hexdigest())"
    )
    expected = hashlib.sha256(render_pdf(report(rows=3), ISSUED)).hexdigest()
    for seed in ("1", "2"):
        place = {"PYTHONHASHSEED": seed, "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"]}
        run = subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | place,
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
            check=True,
        )
        assert run.stdout.strip() == expected


def test_other_stamp_gives_other_bytes():
    assert render_pdf(short(), ISSUED) != render_pdf(short(), replace(ISSUED, number="88"))


def test_collector_is_left_as_it_was():
    render_pdf(short(), ISSUED)
    assert gc.isenabled()
    gc.disable()
    try:
        render_pdf(short(), ISSUED)
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_attached_file_comes_out_as_it_went_in():
    content = render_pdf(short(), ISSUED, (Attached("so-lieu.xlsx", b"PK\x03\x04", "Số liệu nguồn"),))
    with pikepdf.open(BytesIO(content)) as file:
        assert file.attachments["so-lieu.xlsx"].get_file().read_bytes() == b"PK\x03\x04"
        assert str(file.Root.AF[0].AFRelationship) == "/Data"


# ---- pages ----


def test_letters_and_lines_stay_inside_the_margins(issued):
    for page in issued.pages:
        right = page.width - 15 * MM
        assert max(letter.right for letter in page.letters) <= right + 0.75
        assert min(letter.left for letter in page.letters) >= 30 * MM - 0.5
        assert page.ink_right_of(right + 1.5) == 0
        assert min(letter.baseline for letter in page.letters) >= 20 * MM


def test_pages_are_numbered_and_each_annex_begins_anew(issued):
    assert [page.own_number for page in issued.pages] == [None, "2", "3", None, None, None, "2", "3", "4"]


def test_draft_leaves_number_and_day_blank(draft):
    first = draft.pages[0].said
    assert "Số: /BC-SDTTG" in " ".join(first.split())
    assert "Quảng Ngãi, ngày tháng 6 năm 2026" in " ".join(first.split())
    _, cited = draft.find("(Kèm theo Báo cáo số /BC-SDTTG ngày tháng 6 năm 2026 của Sở Dân tộc và Tôn giáo")
    number = draft.pages[0].find("Số:")
    assert draft.pages[0].find("/BC-SDTTG").left - number.right > 15
    assert cited.page == 3


def test_draft_on_samples_is_marked_on_every_page(draft):
    first, *others = draft.pages
    box = [first.find("DỰ THẢO"), first.find("DỮ LIỆU MẪU")]
    assert all(run.baseline < first.find("Số:").baseline for run in box)
    assert all(run.right < 105 * MM for run in box)
    for page in others:
        mark = page.find("DỰ THẢO - DỮ LIỆU MẪU")
        assert mark.baseline > page.height - 20 * MM
        assert abs(mark.right - (page.width - 15 * MM)) <= 1


def test_issued_report_has_no_mark(issued):
    for page in issued.pages:
        assert "DỰ THẢO" not in page.said
        assert "DỮ LIỆU MẪU" not in page.said


def test_draft_number_and_missing_dates():
    stamp = Stamp(draft_no=2, issued_on=date(2026, 7, 1))
    assert "DỰ THẢO LẦN 2" in Paper(render_pdf(short(), stamp)).pages[0].said
    assert "ngày tháng 7 năm 2026" in " ".join(Paper(render_pdf(short(), stamp)).pages[0].said.split())
    undated = Paper(render_pdf(short(cutoff=None), DRAFT))
    assert "Quảng Ngãi, ngày tháng năm" in " ".join(undated.pages[0].said.split())
    with pikepdf.open(BytesIO(undated.content)) as file:
        assert "/CreationDate" not in file.docinfo


def test_signatures_of_the_stamp_come_before_those_of_the_manuscript():
    stamp = replace(ISSUED, number="5", signatures=(Signature(("GIÁM ĐỐC",), "Y Thông"),))
    text = Paper(render_pdf(short(), stamp)).pages[0].said
    assert "Số: 05/BC-SDTTG" in text
    assert "Y Thông" in text
    assert "PHÓ GIÁM ĐỐC" not in text


def test_one_addressee_stands_on_the_same_line():
    head = report().head
    page = Paper(render_pdf(short(head=replace(head, addressees=("Ủy ban nhân dân tỉnh",))), ISSUED)).pages[0]
    assert page.find("Kính gửi:Ủy ban nhân dân tỉnh")
    assert abs(page.find("Kính gửi:").baseline - page.find("Ủy ban nhân dân tỉnh").baseline) < 0.5
    nobody = Paper(render_pdf(short(head=replace(head, addressees=())), ISSUED)).pages[0]
    assert "Kính gửi" not in nobody.said


def test_list_repeats_its_head_on_every_page(issued):
    for page in issued.pages[5:]:
        assert page.find("Tên hoạt động").fonts == {"Liberation-Serif-Bold"}
        assert page.find("Trong đó").baseline > page.find("DTTS").baseline


def test_totals_never_stand_alone():
    """Lists of 26 to 39 rows: one of them would have its totals on a page of their own."""
    spec = columns(("TT", 20, "center"), ("Tên", 145, "left"))
    table = list_annex(1).blocks[0]
    annexes = tuple(
        Annex(
            f"a{size}",
            str(size),
            ("Danh mục",),
            (
                replace(
                    table,
                    columns=spec,
                    rows=(*(row(str(n), f"Dòng {n} của {size}") for n in range(1, size + 1)),
                          row("", f"Tổng của {size}", style="total")),
                ),
            ),
        )
        for size in range(26, 40)
    )  # fmt: skip
    paper = Paper(render_pdf(replace(short(), annexes=annexes), ISSUED))
    split = 0
    for size in range(26, 40):
        page, _ = paper.find(f"Tổng của {size}")
        assert f"Dòng {size} của {size}" in page.said
        split += "Dòng 1 của" not in page.said
    assert split > 1


def test_end_of_the_paper_stays_together():
    """However long the text, closing sentence, signature and recipients share a page."""
    pages = set()
    for lines in (12, 15, 18, 21):
        blocks = tuple(p(f"b{number}", "Một dòng chữ ngắn.") for number in range(lines))
        paper = Paper(render_pdf(replace(short(), blocks=blocks), ISSUED))
        page, _ = paper.find("Trên đây là báo cáo")
        assert page.find("KT. GIÁM ĐỐC")
        assert page.find("Nguyễn Thị Ngọc Ánh")
        assert page.find("- Lưu: VT, CSDT.")
        pages.add(page.number)
    assert pages == {0, 1}


def test_table_rows_look_like_what_they_are(issued):
    page, _ = issued.find("Loại mô hình")
    assert page.find("Trong đó: theo bộ tiêu chí").fonts == {"Liberation-Serif-Italic"}
    assert page.find("chưa có số liệu").fonts == {"Liberation-Serif-Italic"}
    assert page.find("Tổng số").fonts == {"Liberation-Serif-Bold"}
    assert page.find("Địa chỉ tin cậy").sizes == {11.0}
    assert page.find("Trong đó: theo bộ tiêu chí").left > page.find("Địa chỉ tin cậy").left + 2 * MM
    body, caption = issued.find("Bảng 1. Số cuộc theo nội dung, so với kế hoạch năm và cùng kỳ")
    assert (caption.sizes, caption.fonts) == ({13.0}, {"Liberation-Serif-Bold"})
    unit = body.find("Đơn vị tính: cuộc")
    assert (unit.fonts, abs(unit.right - RIGHT) <= 0.75) == ({"Liberation-Serif-Italic"}, True)
    sessions = [body.find(words).right for words in ("380", "120", "766")]
    assert max(sessions) - min(sessions) < 0.5


def test_footnote_stands_at_the_foot_of_its_page(issued):
    first = issued.pages[0]
    note = first.find("1. Gộp số của tỉnh Quảng Ngãi")
    assert note.sizes == {11.0}
    assert note.baseline < 35 * MM


def test_symbols_and_spans_of_years_are_never_torn():
    """At every width of the words before them, 09/2019/NĐ-CP and 2021 - 2025 stay on one line."""
    blocks = tuple(
        p(f"b{size}", "a" * size + " Nghị định số 09/2019/NĐ-CP giai đoạn 2021 - 2025 và 1.234 lượt người dự")
        for size in range(14, 40)
    )
    paper = Paper(render_pdf(replace(short(), blocks=blocks), ISSUED))
    for whole in ("09/2019/NĐ-CP", "2021-2025", "1.234lượt"):
        runs = [
            page.find(whole, number)
            for page in paper.pages
            for number in range("".join(page.text.split()).count(whole))
        ]
        assert len(runs) == len(blocks)
        torn = [run for run in runs if max(abs(letter.baseline - run.baseline) for letter in run.letters) >= 1]
        assert torn == []


def test_basis_is_in_italics():
    blocks = (Paragraph("basis", (Span("Căn cứ Nghị định số 09/2019/NĐ-CP;"),), "basis"),)
    page = Paper(render_pdf(short(), ISSUED)).pages[0]
    assert "Căn cứ" not in page.said
    page = Paper(render_pdf(replace(short(), blocks=blocks), ISSUED)).pages[0]
    assert page.find("Căn cứ Nghị định").fonts == {"Liberation-Serif-Italic"}


# ---- two issuers ----


def test_joint_paper_has_two_organs_one_number_and_two_signatures(joint):
    page = joint.pages[0]
    first, second = page.find("HỘI LIÊN HIỆP PHỤ NỮ"), page.find("BAN DÂN TỘC TỈNH AN GIANG")
    assert first.fonts == second.fonts == {"Liberation-Serif-Bold"}
    assert abs(first.centre - second.centre) <= 1
    rule = page.rule_below(second)
    assert 1 / 3 * second.width - 1 <= rule[1] - rule[0] <= second.width / 2 + 1
    number, place = page.find("Số: 87/KHPH-HLHPN-BDT"), page.find("An Giang, ngày 16 tháng 6 năm 2026")
    assert abs(number.baseline - place.baseline) <= 1
    left, right = page.find("TRƯỞNG BAN"), page.find("CHỦ TỊCH")
    assert abs(left.baseline - right.baseline) <= 0.5
    assert left.right < right.left
    assert abs(page.find("Men Pholly").centre - left.centre) <= 1
    assert page.find("Nơi nhận:").baseline < page.find("Men Pholly").baseline


def test_joint_paper_on_samples_is_one_page_longer_in_nothing():
    assert len(Paper(render_pdf(joint_plan(sample=True), DRAFT)).pages) == 1


def test_head_without_subject_or_place_still_prints():
    head = Head(report().head.issuers, "", "BÁO CÁO", ())
    assert "BÁO CÁO" in Paper(render_pdf(short(head=head), ISSUED)).pages[0].said
