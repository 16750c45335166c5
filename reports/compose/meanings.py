"""What the codes in a manuscript mean, kept with it: its workbook says so years later, whatever was renamed since."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from coordination.manuscript import Box, Manuscript, Paragraph, Table
from reports.figures import FIGURES
from reports.typeset.sheet_data import FIGURES as MEANINGS

_SHOWN = {"percent": "%", "money": "đồng"}


def with_meanings(manuscript: Manuscript) -> Manuscript:
    """Label and unit of every figure that is printed, in the order of their codes."""
    codes = sorted({ref.partition("?")[0] for ref in _refs(manuscript)})
    figures = {code: FIGURES[code] for code in codes if code in FIGURES}
    told = {code: [str(one.label), str(one.unit) or _SHOWN.get(one.shown, "")] for code, one in figures.items()}
    return replace(manuscript, meta=manuscript.meta | {MEANINGS: json.dumps(told, ensure_ascii=False)})


def _refs(manuscript: Manuscript) -> Iterator[str]:
    yield from (span.ref for span in manuscript.closing if span.ref)
    for block in manuscript.all_blocks():
        if isinstance(block, (Paragraph, Box)):
            yield from (span.ref for span in block.spans if span.ref)
        elif isinstance(block, Table):
            yield from (cell.ref for row in block.rows for cell in row.cells if cell.ref)
