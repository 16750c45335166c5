"""Manuscript -> HTML: the body of a report's page on screen, and the whole paper for the PDF, from the same partials.

On screen the numbers are links to their facts (`url_of` gives the address of a ref); on paper they are plain text.
"""

import re
from dataclasses import replace
from datetime import date
from itertools import batched
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from coordination.formats import date_words, month_words
from coordination.manuscript import (
    Annex,
    Block,
    Box,
    Chart,
    Heading,
    Manuscript,
    Paragraph,
    Signature,
    Span,
    Stamp,
    Table,
)
from reports.typeset import words
from reports.typeset.charts import chart_svg
from reports.typeset.profile import profile_of
from reports.typeset.tables import UrlOf, body_rows, head_rows, no_links, width_class
from reports.typeset.words import NO_BREAK, in_list, joined, lines, nfc, whole

if TYPE_CHECKING:
    from reports.typeset.lists import LongList  # loads fontTools, which pages do without

BLANK = NO_BREAK * 8


def blocks_html(blocks: tuple[Block, ...], url_of: UrlOf) -> SafeString:
    """The blocks for a page; each has its key as id, so that comments can point at it."""
    return _for_page(
        "typeset/_blocks.html", {"blocks": [_block(block, url_of) for block in blocks], "on_screen": True}
    )


def spans_html(spans: tuple[Span, ...], url_of: UrlOf) -> SafeString:
    """One paragraph's words, for the closing sentence on a page."""
    return _for_page("typeset/_spans.html", {"pieces": _pieces(spans, url_of)})


def _for_page(template: str, context: dict[str, Any]) -> SafeString:
    """Without the glue of paper, which people would copy along and search in vain."""
    return mark_safe(nfc(render_to_string(template, context)).replace(words.GLUE, ""))  # noqa: S308  a template's output


def document_html(
    manuscript: Manuscript, stamp: Stamp, created: str, lists: "dict[str, LongList] | None" = None
) -> str:
    """The whole paper, NFC. `created` is an ISO moment for the file's metadata ("" = none).

    Of the tables in `lists` it holds heads above empty places only: their rows are added later.
    """
    from reports.typeset import balance  # noqa: PLC0415  loads fontTools, which pages do without

    head, profile = manuscript.head, profile_of(manuscript.profile)
    context = {
        "manuscript": manuscript,
        "head": head,
        "issuers": [
            {
                "parent": lines(balance.parent_lines(issuer, profile)),
                "name": lines(balance.organ_lines(head, issuer, profile)),
            }
            for issuer in head.issuers
        ],
        "words": words,
        "profile": profile,
        "created": created,
        "author": ", ".join(issuer.name.replace("\n", " ") for issuer in head.issuers),
        "marks": marks(manuscript, stamp),
        "number": whole(balance.number_lines(number_line(manuscript, stamp), profile)),
        "date": date_line(manuscript, stamp),
        "subject": [whole(line) for line in balance.subject_lines(head, profile)],
        "addressees": in_list(head.addressees) if len(head.addressees) > 1 else head.addressees,
        "blocks": [_block(block, no_links) for block in manuscript.blocks],
        "closing": _pieces(manuscript.closing, no_links, "closing"),
        "signatures": [
            {"lines": [lines(line) for line in one.lines], "missing": missing, "name": one.name}
            for one, missing in levelled(balance.signed_by(manuscript, stamp, profile))
        ],
        "recipients": [whole(joined(line)) for line in in_list(manuscript.recipients)],
        "annexes": [_annex(annex, manuscript, stamp, lists or {}) for annex in manuscript.annexes],
        "check": _check(stamp),
        "on_screen": False,
    }
    return _TRAILING.sub("</p>", nfc(render_to_string("typeset/document.html", context)))


# A blank at the end of a paragraph, which no line shows. Where the last line has no room for it, WeasyPrint breaks
# that line after its first word.
_TRAILING = re.compile(r"\s+</p>")


def _check(stamp: Stamp) -> dict[str, str]:
    """How whoever holds the paper checks it; nothing until it is issued."""
    if not stamp.code:
        return {}
    from reports.typeset.qr import qr_svg  # noqa: PLC0415  pages do without

    at = stamp.address.removesuffix("/").removesuffix(stamp.code)
    return {"svg": qr_svg(stamp.address), "code": stamp.code, "at": at}


def marks(manuscript: Manuscript, stamp: Stamp) -> list[str]:
    """What a paper that is not a real, issued one says of itself on every page."""
    found = []
    if stamp.draft:
        found.append(words.DRAFT_NO.format(stamp.draft_no) if stamp.draft_no else words.DRAFT)
    if manuscript.sample:
        found.append(words.SAMPLE)
    return found


def number_line(manuscript: Manuscript, stamp: Stamp) -> str:
    """ "Số: 05/BC-SDTTG"; a blank to be filled in by hand while there is no number."""
    return f"{profile_of(manuscript.profile).number} {_number(manuscript, stamp)}"


def date_line(manuscript: Manuscript, stamp: Stamp) -> str:
    return f"{manuscript.head.place}, {_day(manuscript, stamp)}"


def _number(manuscript: Manuscript, stamp: Stamp) -> str:
    number = "" if stamp.draft else stamp.number
    number = number.zfill(2) if number.isdigit() else number
    between = profile_of(manuscript.profile).between
    return f"{number or BLANK}{between}{stamp.symbol or manuscript.symbol}"


def _day(manuscript: Manuscript, stamp: Stamp) -> str:
    day = stamp.issued_on or manuscript.cutoff
    if stamp.issued_on and not stamp.draft:
        return date_words(stamp.issued_on)
    return f"ngày{BLANK}{month_words(day) if day else f'tháng{BLANK}năm{BLANK}'}"


def levelled(signatures: tuple[Signature, ...]) -> list[tuple[Signature, range]]:
    """Each with the lines it has fewer than its neighbour: names stand at one height. Two share a row."""
    return [
        (one, range(max(len(other.lines) for other in pair) - len(one.lines)))
        for pair in batched(signatures, 2)
        for one in pair
    ]


def created_on(manuscript: Manuscript, stamp: Stamp) -> date | None:
    """The day written into the file: that of issue, else the last day counted; never today, so bytes repeat."""
    return stamp.issued_on or manuscript.cutoff


def reference_lines(annex: Annex, manuscript: Manuscript, stamp: Stamp) -> list[str]:
    """ "(Kèm theo Báo cáo số … của …)", on one line where the page is wide."""
    cited = f"(Kèm theo {manuscript.attached_to} số {_number(manuscript, stamp)} {_day(manuscript, stamp)}"
    by = f"của {manuscript.issued_by})"
    return [f"{cited} {by}"] if annex.landscape else [cited, by]


def _annex(annex: Annex, manuscript: Manuscript, stamp: Stamp, lists: "dict[str, LongList]") -> dict[str, Any]:
    label = f"{words.ANNEX} {annex.number}".strip()
    return {
        "label": label,
        "title": lines("\n".join(annex.title).upper()),
        "bookmark": f"{label}. {' '.join(annex.title)}",
        "reference": [whole(line) for line in reference_lines(annex, manuscript, stamp)],
        "blocks": [
            _long(lists[block.key]) if block.key in lists else _block(block, no_links) for block in annex.blocks
        ],
        "landscape": annex.landscape,
    }


def _block(block: Block, url_of: UrlOf) -> dict[str, Any]:
    """What the template needs of one block; `kind` picks its part of _blocks.html."""
    kind = type(block).__name__.lower()
    return {"kind": kind, "key": block.key} | _VIEWS[type(block)](block, url_of)


def _heading(block: Heading, url_of: UrlOf) -> dict[str, Any]:
    text = f"{block.number} {block.text}".strip()
    return {"level": block.level, "html": whole(text.upper() if block.level == 1 else text)}


_STYLES = {"body": "", "lead": "lead", "basis": "basis", "item": "of", "last_item": "of of-last"}


def _paragraph(block: Paragraph, url_of: UrlOf) -> dict[str, Any]:
    return {"css": _STYLES[block.style], "pieces": _pieces(block.spans, url_of, block.key)}


def _box(block: Box, url_of: UrlOf) -> dict[str, Any]:
    return {"pieces": _pieces(block.spans, url_of, block.key)}


def _table(block: Table, url_of: UrlOf) -> dict[str, Any]:
    return {
        "caption": lines(block.caption),
        "unit": block.unit,
        "legend": block.legend,
        "css": " ".join(["tbl"] + [_kept(block)] * block.keep + ["tight"] * block.small),
        "widths": [width_class(column) for column in block.columns],
        "head": head_rows(block.columns),
        "body": body_rows(block, url_of),
    }


def _kept(table: Table) -> str:
    """Three rows and three rows are the least a table may be divided into."""
    return "keep" if len(table.rows) < 6 else "hold"


def _long(listed: "LongList") -> dict[str, Any]:
    table = listed.table
    return _block(replace(table, rows=(), legend=""), no_links) | {"kind": "list", "places": listed.places}


def _chart(block: Chart, url_of: UrlOf) -> dict[str, Any]:
    return {"title": lines(joined(block.title)), "svg": mark_safe(chart_svg(block)), "source": block.source}  # noqa: S308  charts.py escapes


_VIEWS: dict[type, Any] = {Heading: _heading, Paragraph: _paragraph, Box: _box, Table: _table, Chart: _chart}


def _pieces(spans: tuple[Span, ...], url_of: UrlOf, key: str = "") -> list[dict[str, Any]]:
    """Joined over the whole paragraph: a number and the word it counts often stand in two spans."""
    text = joined("".join(span.text for span in spans))
    pieces = []
    place = 0
    for number, span in enumerate(spans):
        part = text[place : place + len(span.text)]
        place += len(span.text)
        href = url_of(span.ref) if span.ref else ""
        note = whole(joined(span.note)) if span.note else ""
        pieces.append({"html": whole(part), "href": href, "note": note, "key": key and f"{key}.{number}"})
    return pieces
