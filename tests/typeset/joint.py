"""A joint paper measured in both files: what Decree 30/2020/NĐ-CP says of its parts, and the same words in both."""

from collections import Counter

from docx.oxml.ns import qn

from coordination.manuscript import Heading, Paragraph
from tests.typeset import test_docx as in_word
from tests.typeset import test_layout as in_pdf
from tests.typeset.measuring import MM, Run

LEFT = (30 + 35) * MM  # middle of the left cell of the head


def measure_pdf(paper, manuscript, number):
    """Issuers stacked with a short rule, one number, columns of signatures, recipients below them."""
    first, (page, _) = paper.pages[0], paper.find("Nơi nhận:")
    for issuer in manuscript.head.issuers:
        for line in issuer.name.split("\n"):
            in_pdf.looks(first.find(line), 12, 13, in_pdf.BOLD)
    last = first.find(manuscript.head.issuers[-1].name)
    lowest = Run(0, tuple(letter for letter in last.letters if letter.baseline == last.letters[-1].baseline))
    left, right, _ = first.rule_below(lowest)
    assert last.width / 3 - 1 <= right - left <= last.width / 2 + 1
    assert abs((left + right) / 2 - last.centre) <= 1
    in_pdf.looks(first.find(f"Số: {number}"), 13, 13, in_pdf.REGULAR)
    assert abs(first.find(f"Số: {number}").centre - LEFT) < 2
    in_pdf.looks(first.find(manuscript.head.type_name), 13, 14, in_pdf.BOLD)
    columns = [page.find(one.name) for one in manuscript.signatures]
    for signature, signer in zip(manuscript.signatures, columns, strict=True):
        in_pdf.looks(signer, 13, 14, in_pdf.BOLD)
        for line in signature.lines:
            in_pdf.looks(page.find(line), 13, 14, in_pdf.BOLD)
            in_pdf.centred(page.find(line), signer.centre)
    assert [column.left for column in columns] == sorted(column.left for column in columns)
    assert len({round(column.baseline) for column in columns}) == 1
    in_pdf.looks(page.find("Nơi nhận:"), 12, 12, in_pdf.BOLD_ITALIC)
    assert page.find("Nơi nhận:").top < min(column.baseline for column in columns)
    for line in manuscript.recipients:
        in_pdf.looks(page.find(f"- {line}"), 11, 11, in_pdf.REGULAR)


def measure_word(word, manuscript, number):
    """The same, read from the styles and tables of the file."""
    in_word.page_is_a4_with_the_decrees_margins(word)
    in_word.page_number_stands_in_the_top_margin_but_not_on_page_one(word)
    in_word.the_font_is_times_new_roman_everywhere(word)
    in_word.row_1_and_2_nation_and_motto_with_a_rule_of_its_length(word)
    for issuer in manuscript.head.issuers:
        in_word.looks(word.find(issuer.name), 12, 13, bold=True)
    in_word.looks(word.find(f"Số: {number}"), 13, 13)
    in_word.looks(word.find(manuscript.head.type_name), 13, 14, bold=True)
    table = word.document.tables[-1]
    for cell, signature in zip(table.rows[0]._tr.tc_lst, manuscript.signatures, strict=True):
        said = ["".join(text.text for text in one.iter(qn("w:t"))) for one in cell.iter(qn("w:p"))]
        assert [line for line in said if line] == [*signature.lines, signature.name]
        assert len(said) == 1 + max(len(one.lines) for one in manuscript.signatures)  # the names are level
        in_word.looks(word.find(signature.name), 13, 14, bold=True)
    in_word.looks(word.find("Nơi nhận:"), 12, 12, bold=True, italic=True, align="left")
    below = list(table._tbl.itersiblings(qn("w:p")))
    assert [one._p in below for one in word.paragraphs if one.style.style_id == "Recipients"] == [True] * len(
        manuscript.recipients
    )
    headings = [block for block in manuscript.blocks if isinstance(block, Heading)]
    shown = [one for one in word.paragraphs if one.style.name.startswith("Heading")]
    assert [one.style.name for one in shown] == [f"Heading {block.level}" for block in headings]
    for one, block in zip(shown, headings, strict=True):
        text = f"{block.number} {block.text}".strip()
        assert one.text.replace("\u00a0", " ") == (text.upper() if block.level == 1 else text)


def same_order(paper, word, manuscript):
    """Every block of the paper, then its end, in one order in both files; each paragraph in the style of its kind."""
    parts = [_said(block) for block in manuscript.blocks if isinstance(block, Heading | Paragraph)]
    closing = "".join(span.text for span in manuscript.closing)
    parts += [closing, "Nơi nhận:" if manuscript.recipients else "", *(f"- {line}" for line in manuscript.recipients)]
    for said in (body_of(paper), "".join(one.text for one in word.paragraphs)):
        stream, at = "".join(said.split()), 0
        for part in filter(None, parts):
            wanted = "".join(part.split())
            found = stream.find(wanted, at)
            assert found >= 0, part
            at = found + len(wanted)
    styled = [one for one in word.paragraphs if one.style.style_id in STYLES.values() or "Heading" in one.style.name]
    shown = [(one.style.style_id, "".join(one.text.split())) for one in styled]
    wanted = [(STYLES[kind], "".join(text.split())) for kind, text in map(_styled, manuscript.blocks)]
    assert shown == wanted + ([("BodyText", "".join(closing.split()))] if closing else [])


STYLES = {"body": "BodyText", "lead": "Lead", "basis": "Basis", "item": "Item", "last_item": "Item"} | {
    level: f"Heading{level}" for level in (1, 2, 3)
}


def _said(block):
    text = (
        "".join(span.text for span in block.spans) if isinstance(block, Paragraph) else f"{block.number} {block.text}"
    )
    return text.upper().strip() if getattr(block, "level", 0) == 1 else text.strip()


def _styled(block):
    plus = "+" if getattr(block, "style", "") in ("item", "last_item") else ""
    return getattr(block, "level", 0) or block.style, plus + _said(block)


def body_of(paper):
    """All but what stands in the top margin from the second page on."""
    bodies = [page.page.get_textpage().get_text_bounded(top=page.height - 18 * MM) for page in paper.pages]
    return " ".join(bodies).replace("\u00a0", " ")


def words_of_pdf(paper):
    return Counter(body_of(paper).split())
