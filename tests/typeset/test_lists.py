"""Long lists are set by our own code: they must look and read like the tables WeasyPrint sets."""

from dataclasses import replace
from io import BytesIO
from itertools import count

import pikepdf
import pytest

from coordination.manuscript import Annex, Cell, Column
from reports.typeset import engine, lists
from reports.typeset.lists import long_lists
from reports.typeset.pdf import PrintRefused, render_pdf
from tests.typeset.factories import ISSUED, list_annex, report, row
from tests.typeset.measuring import MM, Paper

pytestmark = pytest.mark.once

WORDS = ("Nội dung 1: Tuyên truyền", "Sinh hoạt chuyên đề của tổ truyền thông", "Tổng số", "DTTS: người dân tộc")


def paper_of(rows, **changes):
    """A paper with nothing but one list of these rows."""
    annex = list_annex(1)
    table = replace(annex.blocks[0], rows=tuple(rows), **changes)
    manuscript = report()
    only = replace(manuscript, blocks=manuscript.blocks[:1], annexes=(replace(annex, blocks=(table,)),))
    return only, Paper(render_pdf(only, ISSUED))


def entry(number, title="Nói chuyện tại nhà rông", style="plain"):
    return row(str(number), "07/3", title, "Trà Bồng", "Hội LHPN", "UBND xã", "1", "40", "20", "…", style=style)


def group(name):
    return row(Cell(name, span=6), "1", "40", "20", "…", style="group")


def total(name="Tổng số"):
    return row(Cell(name, span=6), "1", "40", "20", "…", style="total")


def test_long_list_is_set_as_weasyprint_would(listing, monkeypatch):
    """Same rows on the same pages, every line at the same height and end, the same ink but for a hair."""
    monkeypatch.setattr(lists, "LONG", 1_000)
    plain = Paper(render_pdf(report(rows=150), ISSUED))
    assert len(plain.pages) == len(listing.pages)
    for ours, theirs in zip(listing.pages[5:], plain.pages[5:], strict=True):
        ours_set, theirs_set = (
            sorted((letter.sign, letter.baseline) for letter in page.letters if letter.sign != " ")
            for page in (ours, theirs)
        )
        assert [sign for sign, _ in ours_set] == [sign for sign, _ in theirs_set]
        assert all(abs(one - two) < 0.3 for (_, one), (_, two) in zip(ours_set, theirs_set, strict=True))
        assert ours.ink_unlike(theirs) < 0.02
    for words in WORDS:
        (_, ours), (_, theirs) = listing.find(words), plain.find(words)
        assert (ours.page, ours.sizes) == (theirs.page, theirs.sizes)
        assert abs(ours.left - theirs.left) < 1
        assert abs(ours.right - theirs.right) < 1.5
        assert abs(ours.baseline - theirs.baseline) < 0.3


def test_comparison_sees_a_wrong_setting(listing, monkeypatch):
    monkeypatch.setattr(lists, "LEADING", 13.6)
    wrong = Paper(render_pdf(report(rows=150), ISSUED))
    assert wrong.pages[5].ink_unlike(listing.pages[5]) > 0.05


def test_lines_of_the_rows_go_on_from_those_of_the_head(listing):
    page = listing.pages[6]
    head, body = page.uprights(page.find("Đơn vị chủ trì")), page.uprights(page.find("Phiên tòa giả định"))
    assert len(head) >= 20
    assert [place for place in head if not {place - 1, place, place + 1} & body] == []


def test_long_list_stays_inside_the_margins(listing):
    for page in listing.pages[5:]:
        assert page.ink_right_of(page.width - 15 * MM + 1.5) == 0
        assert max(letter.right for letter in page.letters) <= page.width - 15 * MM + 0.75
        assert min(letter.left for letter in page.letters) >= 30 * MM - 0.5
        assert min(letter.baseline for letter in page.letters) >= 20 * MM
        assert page.find("Tên hoạt động")


def test_pages_of_a_long_list_are_numbered_and_none_is_empty(listing):
    numbers = [page.own_number for page in listing.pages[6:]]
    assert numbers == [str(number) for number in range(2, len(numbers) + 2)]
    assert all("Hội LHPN tỉnh" in page.said for page in listing.pages[5:])


def test_every_row_is_printed_once(listing):
    everything = "".join(page.page.get_textpage().get_text_bounded() for page in listing.pages[5:])
    read = [int(line.split()[0]) for line in everything.splitlines() if line[:1].isdigit() and "/" in line]
    assert read == list(range(1, 151))


def test_rows_are_tagged_below_the_head_of_their_page(listing):
    with pikepdf.open(BytesIO(listing.content)) as file:
        tables = [thing for thing in file.objects if _is(thing, "/Table")][-len(listing.pages) + 5 :]
        parts = [[str(part.S) for part in table.K] for table in tables]
        rows = [line for table in tables for line in table.K[1].K]
        cells = [[str(cell.S) for cell in line.K] for line in rows]
        spans = [int(line.K[0].A.ColSpan) for line in rows if "/ColSpan" in line.K[0].A]
    assert parts == [["/THead", "/TBody"]] * len(tables)
    assert len(rows) == 152
    assert cells[1] == ["/TD", "/TD", "/TH", *["/TD"] * 7]
    assert spans == [6, 6]


def _is(thing, kind):
    return isinstance(thing, pikepdf.Dictionary) and thing.get("/S") == kind


def test_words_on_two_lines_of_a_cell_are_parted_by_a_blank(listing):
    letters = [letter.sign for letter in listing.pages[5].letters]
    assert "Sở Văn hóa, Thể thao và Du lịch" in "".join(letters)


def test_every_marked_piece_has_its_element(listing):
    """Number n of a page's content is the n-th entry of the page in the parent tree, and that element owns n."""
    with pikepdf.open(BytesIO(listing.content)) as file:
        entries = list(file.Root.StructTreeRoot.ParentTree.Nums)
        tree = dict(zip(entries[::2], entries[1::2], strict=True))
        for page in file.pages:
            owners = tree[page.StructParents]
            marked = [
                int(given[1].MCID)
                for given, operator in pikepdf.parse_content_stream(page)
                if str(operator) == "BDC" and "/MCID" in given[1]
            ]
            assert sorted(marked) == list(range(len(owners)))
            for number in marked:
                assert number in [kid for kid in owners[number].K if isinstance(kid, int)]


def test_fonts_of_a_long_list_are_the_report_font_cut_down(listing):
    with pikepdf.open(BytesIO(listing.content)) as file:
        fonts = [thing for thing in file.objects if isinstance(thing, pikepdf.Dictionary) and "/FontName" in thing]
        names = {str(font.FontName).partition("+")[2].replace("-", "") for font in fonts}
        sizes = [len(font.FontFile2.read_bytes()) for font in fonts]
    assert names == {f"LiberationSerif{style}" for style in ("", "Bold", "Italic", "BoldItalic")}
    assert max(sizes) < 60_000


def test_names_of_groups_and_totals_are_never_parted_from_a_row():
    """Lists of 100 to 113 rows behind each other: each break falls somewhere else."""
    annex = list_annex(1)
    table = annex.blocks[0]
    annexes = []
    for size in range(100, 114):
        numbers = count(1)
        rows = [entry(next(numbers), f"Dòng {number} của {size}") for number in range(1, size - 1)]
        rows[size // 2 : size // 2] = [group(f"Nhóm của {size}")]
        rows += [total(f"Tổng của {size}")]
        annexes.append(replace(annex, key=f"a{size}", blocks=(replace(table, key=f"t{size}", rows=tuple(rows)),)))
    manuscript = report()
    paper = Paper(render_pdf(replace(manuscript, blocks=manuscript.blocks[:1], annexes=tuple(annexes)), ISSUED))
    breaks = set()
    for size in range(100, 114):
        page, _ = paper.find(f"Nhóm của {size}")
        assert f"Dòng {size // 2 + 1} của {size}" in page.said
        last, _ = paper.find(f"Tổng của {size}")
        assert f"Dòng {size - 2} của {size}" in last.said
        assert "DTTS: người dân tộc thiểu số" in last.said
        breaks.add(last.said.count(f" của {size}"))
    assert len(breaks) > 5


@pytest.mark.parametrize("style", ["of", "total"])
def test_rows_look_like_what_they_are(style):
    rows = [entry(number) for number in range(1, 110)] + [entry("", "Trong đó: ở xã", style)] + [entry("", "Cuối")]
    _, paper = paper_of(rows)
    _, run = paper.find("Trong đó: ở xã")
    assert run.fonts == {"LiberationSerif-Italic" if style == "of" else "LiberationSerif-Bold"}


def test_word_wider_than_its_cell_is_cut():
    _, paper = paper_of([entry(number, "W" * 60) for number in range(1, 120)])
    page, run = paper.find("W" * 60)
    lines = {round(letter.baseline) for letter in run.letters}
    assert len(lines) > 1
    assert run.right - run.left < 70 * MM
    assert page.number == 1


def test_narrow_column_is_widened_for_its_longest_word():
    """ "khoảng" does not fit into the 13 mm the list plans for a number."""
    rows = [entry(number) for number in range(1, 120)]
    rows.append(row(Cell("Tổng số", span=6), "119", "40", "khoảng 14.398", "khoảng 18.423", style="total"))
    _, paper = paper_of(rows)
    page, run = paper.find("khoảng 14.398")
    words = ["".join(letter.sign for letter in line.letters) for line in page.lines]
    assert [line for line in words if "khoản" in line and "khoảng" not in line] == []
    assert max(letter.baseline for letter in run.letters) - min(letter.baseline for letter in run.letters) < 14
    assert page.ink_right_of(page.width - 15 * MM + 1.5) == 0


def test_new_lines_and_no_break_blanks_are_kept():
    _, paper = paper_of([entry(number, "Một\nhai\u00a0ba") for number in range(1, 120)])
    page, _ = paper.find("Một")
    assert page.find("Một").baseline - page.find("hai ba").baseline == pytest.approx(13.2, abs=0.1)
    assert "\u00a0" not in page.page.get_textpage().get_text_bounded()


@pytest.mark.parametrize(
    "rows",
    [
        [entry(1)] * 11,
        [entry(1, "xong ☑")] + [entry(2)] * 120,
        [row(Cell("1", rows=2), *"23456789a")] + [row(*"23456789a")] + [entry(2)] * 120,
        [row("1", "2")] + [entry(2)] * 120,
    ],
    ids=["short", "letter of another font", "tall cell", "ragged"],
)
def test_unusual_lists_are_left_to_weasyprint(rows):
    annex = list_annex(1)
    table = replace(annex.blocks[0], rows=tuple(rows))
    assert long_lists(report(annexes=(replace(annex, blocks=(table,)),))) == {}


def test_only_the_last_table_of_an_annex_is_set_row_by_row():
    table = replace(list_annex(1).blocks[0], rows=(entry(1),) * 120)
    both = Annex("a", "", ("Hai bảng",), (table, replace(table, key="t.second")), landscape=True)
    assert list(long_lists(report(annexes=(both,)))) == ["t.second"]
    assert long_lists(report(annexes=(replace(both, blocks=(replace(table, keep=True),)),))) == {}


def test_head_taller_than_foreseen_is_refused(monkeypatch):
    """Rather than rows that fall off the paper."""
    monkeypatch.setattr(lists.LongList, "head", -2_000 * MM)
    with pytest.raises(PrintRefused, match=r"t\.list"):
        render_pdf(report(rows=400), ISSUED)


def test_portrait_list_fills_the_narrow_page():
    annex = replace(list_annex(1), landscape=False)
    names = (Column("TT", 10, "center"), Column("Tên hoạt động", 100, "left"), Column("Số cuộc", 20))
    rows = tuple(row(str(number), "Tập huấn", "1") for number in range(1, 121))
    table = replace(annex.blocks[0], columns=names, rows=rows)
    paper = Paper(render_pdf(report(annexes=(replace(annex, blocks=(table,)),)), ISSUED))
    page, _ = paper.find("DANH MỤC")
    assert page.find("Số cuộc").right > 170 * MM
    assert page.ink_right_of(page.width - 15 * MM + 1.5) == 0
    assert page.find("Tập huấn").left - page.find("Tên hoạt động").left < 0


def test_two_prints_of_a_long_list_are_the_same_bytes(listing):
    assert render_pdf(report(rows=150), ISSUED) == listing.content


def test_nothing_is_added_to_a_paper_without_long_lists(monkeypatch):
    plain = render_pdf(report(rows=8), ISSUED)
    seen = []
    monkeypatch.setattr(engine, "finisher", lambda places: seen.append(places) or (lambda document, pdf: None))
    assert render_pdf(report(rows=8), ISSUED) == plain
    assert seen == [[]]
