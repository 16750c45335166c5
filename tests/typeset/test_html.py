"""The same blocks on a page: numbers lead to their facts, keys are ids, nothing needs an inline style."""

import re

import pytest

from coordination.manuscript import Paragraph, Span
from reports.typeset.html import blocks_html, spans_html
from reports.typeset.words import GLUE
from tests.typeset.factories import body, charts, months_table, p, progress_table, stock_table

pytestmark = pytest.mark.once


def to_facts(ref):
    return f"/facts/{ref}/" if ref.startswith("figure:") else ""


def test_number_with_facts_is_a_link_and_words_are_not():
    html = blocks_html((p("k", "có ", "412", " cuộc"),), to_facts)
    assert '<p id="k">có <a href="/facts/figure:412/">412</a>\u00a0cuộc</p>' in html.replace("\n</p>", "</p>")


def test_ref_without_address_is_plain_text():
    html = blocks_html((Paragraph("k", (Span("412", ref="typed:412"),)),), to_facts)
    assert "<a" not in html


def test_cell_with_facts_is_a_link():
    html = blocks_html((progress_table(),), to_facts)
    assert '<td class="n"><a href="/facts/figure:412/">412</a></td>' not in html  # the total has no facts of its own
    assert '<td class="n"><a href="/facts/figure:208/">208</a></td>' in html


def test_every_block_has_its_key_as_id():
    blocks = body()
    html = blocks_html(blocks, to_facts)
    assert re.findall(r'<(?:p|h2|h3|h4|div|figure)[^>]* id="([^"]+)"', html) == [block.key for block in blocks]


def test_page_needs_no_inline_style_and_no_glue():
    html = blocks_html(body(), to_facts)
    assert not re.search(r"\sstyle=|<style|<script", html)
    assert GLUE not in html
    assert "09/2019/NĐ-CP" in html


def test_note_stands_behind_its_sentence():
    html = spans_html((Span("đến nay.", note="Số <ước>."),), to_facts)
    assert html.strip() == 'đến\u00a0nay.<span class="fn">Số\u00a0&lt;ước&gt;.</span>'


def test_address_is_escaped():
    html = spans_html((Span("1", ref='x"><script>'),), lambda ref: ref)
    assert html.strip() == '<a href="x&quot;&gt;&lt;script&gt;">1</a>'


def test_head_of_two_levels():
    html = blocks_html((progress_table(),), to_facts)
    head = re.search(r"<thead>(.*?)</thead>", html, re.DOTALL)[1]
    cells = re.findall(r"<th ([^>]*)>(.*?)</th>", head)
    assert cells == [
        ('scope="col" rowspan="2"', "Nội dung"),
        ('scope="col" rowspan="2"', "Kế hoạch năm 2026"),
        ('scope="colgroup" colspan="2"', "6 tháng đầu<br>năm 2026"),
        ('scope="col" rowspan="2"', "Cùng kỳ năm 2025"),
        ('scope="colgroup" colspan="2"', "So với cùng kỳ"),
        ('scope="col"', "Số cuộc"),
        ('scope="col"', "% kế hoạch"),
        ('scope="col"', "Số cuộc"),
        ('scope="col"', "Tỷ lệ"),
    ]


def test_row_header_is_the_naming_column_also_below_tall_cells():
    html = blocks_html((months_table(),), to_facts)
    rows = [re.findall(r"<(t[hd])[^>]*>(.*?)</t[hd]>", row) for row in re.findall(r"<tr.*?</tr>", html, re.DOTALL)]
    assert rows[1:] == [
        [("th", "Nội dung 1"), ("td", "2026"), ("td", "208"), ("td", "tăng 21")],
        [("td", "2025"), ("td", "187")],
        [("th", "Nội dung 2"), ("td", "2026"), ("td", "64"), ("td", "tăng 6")],
        [("td", "2025"), ("td", "58")],
    ]
    assert '<td class="c">2025</td><td class="n">187</td>' in html.replace("\n", "")


def test_rows_before_totals_are_marked_and_words_over_numbers_are_centred():
    html = blocks_html((stock_table(),), to_facts)
    assert re.findall(r"<tr( class=\"[^\"]*\")?>", html)[1:] == [
        "",
        ' class="of-row"',
        ' class="of-row"',
        ' class="last"',
        ' class="total"',
    ]
    assert '<td class="c italic" colspan="3">chưa có số liệu</td>' in html


def test_charts_stand_with_title_and_source():
    html = blocks_html(charts(), to_facts)
    assert html.count("<svg ") == html.count("<figcaption>") == html.count('<p class="source">') == 3
