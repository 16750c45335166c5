"""Words of a paper as WordprocessingML: runs and paragraphs, put together as text and parsed at once.

Building them element by element takes ten times as long. Lengths are points; Word counts in twentieths of them.
"""

import re
from collections.abc import Iterator
from html import escape

from coordination.manuscript import Span
from reports.typeset.words import GLUE, held, joined, nfc

NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_HYPHEN = f"{GLUE}-{GLUE}"
_BREAKS = {"\n": "<w:br/>", "\t": "<w:tab/>", _HYPHEN: "<w:noBreakHyphen/>"}
_PARTED = re.compile(f"({'|'.join(map(re.escape, _BREAKS))})")
_NOT_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")


def twips(points: float) -> int:
    return round(points * 20)


def written(text: str) -> str:
    """The words of one run. A hyphen that holds its neighbours is Word's own; other glue would only be in the way."""
    pieces = _PARTED.split(_NOT_XML.sub("", nfc(text)))
    return "".join(
        _BREAKS.get(piece) or f'<w:t xml:space="preserve">{escape(piece.replace(GLUE, ""), quote=False)}</w:t>'
        for piece in pieces
        if piece
    )


def run(text: str, *, bold: bool = False, italic: bool = False) -> str:
    """Nothing for no words. Look beyond the style of the paragraph only where a part of it differs."""
    look = "<w:b/>" * bold + "<w:i/>" * italic
    return f"<w:r>{f'<w:rPr>{look}</w:rPr>' if look else ''}{written(text)}</w:r>" if text else ""


def paragraph(style: str, content: str, more: str = "") -> str:
    """`more`: properties of this paragraph alone, in the order of the schema."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{more}</w:pPr>{content}</w:p>'


def line(style: str, text: str, more: str = "") -> str:
    return paragraph(style, run(held(text)), more)


class Notes:
    """Footnotes in the order they are met; numbers 1 and on (0 and -1 are Word's separators)."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def reference(self, text: str) -> str:
        self.texts.append(text)
        mark = f'<w:footnoteReference w:id="{len(self.texts)}"/>'
        return f'<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr>{mark}</w:r>'

    def xml(self) -> bytes:
        """The part of the file that holds them."""
        separators = "".join(
            f'<w:footnote w:type="{name}" w:id="{number}"><w:p><w:pPr><w:spacing w:after="0"/></w:pPr>'
            f"<w:r><w:{mark}/></w:r></w:p></w:footnote>"
            for number, name, mark in (
                (-1, "separator", "separator"),
                (0, "continuationSeparator", "continuationSeparator"),
            )
        )
        sign = '<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr><w:footnoteRef/></w:r>'
        texts = [paragraph("FootnoteText", sign + run(" " + held(joined(text)))) for text in self.texts]
        notes = "".join(f'<w:footnote w:id="{number}">{text}</w:footnote>' for number, text in enumerate(texts, 1))
        body = f"<w:footnotes {NAMESPACE}>{separators}{notes}</w:footnotes>"
        return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{body}'.encode()


def spans_xml(spans: tuple[Span, ...], notes: Notes, before: str = "") -> str:
    """One run where nothing parts the words, so that people edit sentences and not their pieces."""
    return "".join(
        run(held(text)) + (notes.reference(note) if note else "") for text, note in _sentences(spans, before)
    )


def _sentences(spans: tuple[Span, ...], before: str) -> Iterator[tuple[str, str]]:
    """Words up to the next footnote, and that note. Joined over the whole: number and word often are two spans."""
    text = joined("".join(span.text for span in spans))
    start = place = 0
    for span in spans:
        place += len(span.text)
        if span.note:
            yield before + text[start:place], span.note
            start, before = place, ""
    yield before + text[start:], ""
