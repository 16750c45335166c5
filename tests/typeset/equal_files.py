"""The three files of a report read back and compared with its manuscript: every table cell by cell, every number."""

import re

from docx.oxml.ns import qn

from coordination.formats import number_vi
from coordination.manuscript import Box, Chart, Heading, Paragraph, Table
from reports.typeset import words
from reports.typeset.docx import render_docx
from reports.typeset.files import report_pdf
from reports.typeset.html import date_line, number_line
from reports.typeset.tables import head_rows
from reports.typeset.xlsx import render_xlsx
from tests.typeset.measuring import MM, Paper
from tests.typeset.test_docx import Word
from tests.typeset.workbooks import ReadBook

NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def assert_equal_files(manuscript, stamp):
    """Returns how many cells and numbers were compared."""
    pdf = Paper(report_pdf(manuscript, stamp))
    book = ReadBook(render_xlsx(manuscript, stamp))
    tables = [block for block in manuscript.all_blocks() if isinstance(block, Table)]
    cells = [tables_in_pdf(pdf, tables), tables_in_word(Word(render_docx(manuscript, stamp)), tables)]
    cells.append(tables_in_book(book, tables))
    assert len(set(cells)) == 1
    return cells[0], numbers_in_pdf(pdf, book, manuscript, stamp)


def squeezed(text):
    """Without blanks, glue and line ends: how a line is broken is no difference."""
    return "".join(text.replace(words.GLUE, "").split())


def texts_of(table):
    return [[cell.text for cell in row.cells] for row in table.rows]


def tables_in_word(word, tables):
    """The tables with a head; cells under a taller one are left out, as in the manuscript."""
    elements = word.document.element.body.iter(qn("w:tbl"))
    found = [element for element in elements if next(element.iter(qn("w:tblHeader")), None) is not None]
    assert len(found) == len(tables)
    count = 0
    for element, table in zip(found, tables, strict=True):
        rows = [row for row in element.iter(qn("w:tr")) if next(row.iter(qn("w:tblHeader")), None) is None]
        read = [[squeezed(text_of(cell)) for cell in row.iter(qn("w:tc")) if not is_covered(cell)] for row in rows]
        assert read == [[squeezed(text) for text in row] for row in texts_of(table)]
        count += sum(map(len, read))
    return count


def text_of(cell):
    return "".join(text.text or "" for text in cell.iter(qn("w:t")))


def is_covered(cell):
    merge = next(cell.iter(qn("w:vMerge")), None)
    return merge is not None and merge.get(qn("w:val")) != "restart"


def tables_in_book(book, tables):
    """What a person sees in each cell; a number in it is the exact one."""
    count = 0
    for name, table in zip(book.names, tables, strict=False):
        rows = book.rows(name)
        body = rows[len(rows) - len(table.rows) - bool(table.legend) :][: len(table.rows)]
        expected = [[text for text in row if text] for row in texts_of(table)]
        assert [[squeezed(text) for text in row] for row in body] == [list(map(squeezed, row)) for row in expected]
        values = {cell.value for row in table.rows for cell in row.cells if cell.value is not None}
        numbers = {cell.value for cell in book.cells(name).values() if not isinstance(cell.value, str)}
        assert all(any(abs(one - exact) < 1e-9 for exact in scaled(values)) for one in numbers)
        count += sum(len(row.cells) for row in table.rows)
    return count


def scaled(values):
    """Money is in millions of đồng where the paper prints it so."""
    return [*values, *(value / 1_000_000 for value in values)]


def tables_in_pdf(pdf, tables):
    """The cells follow one another, parted only by what stands between two pages."""
    text = "".join(below_margin(page) for page in pdf.pages)
    place, count = 0, 0
    for table in tables:
        head = squeezed("".join(cell.text for row in head_rows(table.columns) for cell in row))
        assert head in text[place:], head
        place = text.index(head, place) + len(head)
        for cell in (squeezed(cell) for row in texts_of(table) for cell in row):
            place = after_break(text, place, cell, head)
            assert text.startswith(cell, place), f"{cell} is not where {text[place : place + 40]} is"
            place, count = place + len(cell), count + 1
    return count


def below_margin(page):
    """Letters of a page without number and marks, which stand in its top margin."""
    edge = page.height - 20 * MM
    return squeezed("".join(letter.sign for letter in page.letters if letter.baseline < edge))


def after_break(text, place, cell, head):
    """Where the cell stands: here, or overleaf behind the repeated head."""
    if not text.startswith(cell, place) and text.startswith(head, place):
        return place + len(head)
    return place


def numbers_in_pdf(pdf, book, manuscript, stamp):
    printed = numbers(" ".join(page.page.get_textpage().get_text_bounded() for page in pdf.pages))
    told = numbers(" ".join(texts(manuscript)))
    drawn = {text for chart in charts_of(manuscript) for text in values_of(chart)}
    pages = {str(number) for number in range(1, len(pdf.pages) + 1)}
    notes = {str(number) for number in range(1, sum(1 for _ in notes_of(manuscript)) + 1)}
    stamped = numbers(f"{number_line(manuscript, stamp)} {date_line(manuscript, stamp)} {stamp.code} {stamp.address}")
    scale = printed - told - drawn - pages - notes - stamped
    assert all(is_round(number) for number in scale) or not charts_of(manuscript), scale
    assert scale == set() or charts_of(manuscript), scale
    assert told - printed == set()
    in_book = numbers(" ".join(cell.shown for name in book.names for cell in book.cells(name).values()))
    assert drawn - printed - in_book == set()
    for box in (block for block in manuscript.all_blocks() if isinstance(block, Box) and block.listing):
        assert numbers(" ".join(box.listing.lines)) - in_book == set()
    return len(told | drawn)


def numbers(text):
    return set(NUMBER.findall(text.replace("\u00a0", " ").replace(words.GLUE, "")))


def is_round(number):
    """Marks of a scale: one or two digits, then zeros."""
    return len(number.replace(".", "").rstrip("0")) <= 2


def charts_of(manuscript):
    return [block for block in manuscript.all_blocks() if isinstance(block, Chart)]


def values_of(chart):
    for value in (value for series in chart.series for value in series.values if value is not None):
        if chart.unit == "%" or value != int(value):
            yield number_vi(value, 1)
        else:
            yield number_vi(value)


def notes_of(manuscript):
    yield from (
        span for block in manuscript.blocks if isinstance(block, Paragraph) for span in block.spans if span.note
    )


def texts(manuscript):
    """All the paper says, but what the stamp puts beside it."""
    head = manuscript.head
    yield from (*head.subject, *head.addressees, *manuscript.recipients, head.type_name)
    yield from (part for issuer in head.issuers for part in (issuer.name, issuer.parent))
    yield from (span.text for span in manuscript.closing)
    yield from (line for signature in manuscript.signatures for line in (*signature.lines, signature.name))
    for annex in manuscript.annexes:
        yield from (annex.number, *annex.title)
    for block in manuscript.all_blocks():
        yield from _texts_of_block(block)


def _texts_of_block(block):
    if isinstance(block, Heading):
        yield from (block.number, block.text)
    elif isinstance(block, Table):
        yield from (block.caption, block.unit, block.legend)
        yield from (text for column in block.columns for text in (column.title, column.group))
        yield from (text for row in texts_of(block) for text in row)
    elif isinstance(block, Chart):
        yield from (block.title, *block.labels, block.source, block.mark_label, block.unit, block.axis)
    else:
        yield "".join(span.text for span in block.spans)
        yield from (span.note for span in block.spans)
