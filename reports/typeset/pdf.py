"""Manuscript -> PDF: tagged PDF/A-3a, the same bytes for the same manuscript and stamp in the same environment.

Runs in a worker process, not in a web request: garbage collection is off while it draws.
"""

import gc
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path

from coordination.manuscript import Column, Manuscript, Stamp, Table
from reports.typeset.fonts import FACES, font_folder, unprintable
from reports.typeset.html import created_on, document_html
from reports.typeset.profile import PrintRefused, profile_of
from reports.typeset.tables import width_class

logger = logging.getLogger(__name__)

_HERE = Path(__file__).parent
_SIZE, _SIZED = re.compile(r"--([\w-]+): ([^;]+);"), re.compile(r"var\(--([\w-]+)\)")
_DECREE = datetime(2020, 3, 5, tzinfo=UTC)  # for attachments of a paper without any date


@dataclass(frozen=True)
class Attached:
    """A file carried inside the PDF, e.g. the figures as a spreadsheet."""

    name: str
    content: bytes
    description: str = ""


def render_pdf(manuscript: Manuscript, stamp: Stamp, attachments: tuple[Attached, ...] = ()) -> bytes:
    """The paper as a file; PrintRefused for an unknown profile, or if anything but the font were to be read."""
    from reports.typeset.engine import Refused, printed  # noqa: PLC0415  loads WeasyPrint: most of a second
    from reports.typeset.lists import long_lists  # noqa: PLC0415  loads fontTools

    day = created_on(manuscript, stamp)
    created = datetime.combine(day, time(), UTC) if day else None
    with collector_off():
        lists = long_lists(manuscript)
        html = document_html(manuscript, stamp, created.isoformat() if created else "", lists)
        if lacking := unprintable(html):
            logger.warning("letters not in the report font", extra={"letters": "".join(sorted(lacking))})
        columns = [column for listed in lists.values() for column in listed.table.columns]
        files = [(file.name, file.content, file.description) for file in attachments]
        try:
            return printed(
                html, (layout(manuscript.profile), widths(manuscript, columns)), lists, files, created or _DECREE
            )
        except Refused as refused:
            raise PrintRefused(str(refused)) from refused


@contextmanager
def collector_off() -> Iterator[None]:
    """Layout makes millions of live objects, which a collection would only walk over: a tenth of the time and more."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def layout(profile: str) -> str:
    """Font faces and the decree's layout with the sizes of the profile.

    They are put in here, as WeasyPrint would read each `var()` anew for every cell of every table.
    """
    sizes = dict(_SIZE.findall(profile_of(profile).css))
    folder = font_folder()
    faces = "".join(
        f'@font-face {{ font-family: "Liberation Serif"; src: url("{(folder / name).as_uri()}"); {style} }}\n'
        for name, style in FACES.items()
    )
    return faces + _SIZED.sub(lambda found: sizes[found[1]], _text("nd30.css"))


def widths(manuscript: Manuscript, columns: list[Column]) -> str:
    """The widths of this paper's columns and of some more."""
    tables = [block for block in manuscript.all_blocks() if isinstance(block, Table)]
    every = [column for table in tables for column in table.columns] + columns
    named = {width_class(column): column.width_mm for column in every}
    return "".join(f".{name} {{ width: {width:.3f}mm }}\n" for name, width in sorted(named.items()))


@cache
def _text(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
