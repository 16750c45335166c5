"""Manuscript -> PDF: tagged PDF/A-3a, the same bytes for the same manuscript and stamp in the same environment.

Runs in a worker process, not in a web request: garbage collection is off while it draws.
"""

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

from coordination.manuscript import Manuscript, Stamp, Table
from reports.typeset.fonts import FACES, font_folder, unprintable
from reports.typeset.html import created_on, document_html
from reports.typeset.tables import width_class

logger = logging.getLogger(__name__)

_HERE = Path(__file__).parent
PROFILES = ("state-2020-03",)
_DECREE = datetime(2020, 3, 5, tzinfo=UTC)  # for attachments of a paper without any date


class PrintRefused(Exception):
    """The paper cannot be printed as it is; the message says why."""


@dataclass(frozen=True)
class Attached:
    """A file carried inside the PDF, e.g. the figures as a spreadsheet."""

    name: str
    content: bytes
    description: str = ""


def render_pdf(manuscript: Manuscript, stamp: Stamp, attachments: tuple[Attached, ...] = ()) -> bytes:
    """The paper as a file; PrintRefused for an unknown profile, or if anything but the font were to be read."""
    from weasyprint import CSS, HTML, Attachment  # noqa: PLC0415  loading it and Pango takes most of a second
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415
    from weasyprint.urls import FatalURLFetchingError  # noqa: PLC0415

    from reports.typeset.fetching import FontsOnly  # noqa: PLC0415  derives from a class of WeasyPrint

    day = created_on(manuscript, stamp)
    created = datetime.combine(day, time(), UTC) if day else _DECREE
    html = document_html(manuscript, stamp, created.isoformat() if day else "")
    if lacking := unprintable(html):
        logger.warning("letters not in the report font", extra={"letters": "".join(sorted(lacking))})
    fetcher = FontsOnly(font_folder())
    fonts = FontConfiguration()
    try:
        with collector_off():
            style = CSS(string=stylesheet(manuscript), font_config=fonts, url_fetcher=fetcher)
            content = HTML(string=html, url_fetcher=fetcher).write_pdf(
                stylesheets=[style],
                font_config=fonts,
                finisher=_plain_blanks,
                pdf_variant="pdf/a-3a",
                presentational_hints=False,
                attachments=[
                    Attachment(
                        string=file.content,
                        name=file.name,
                        description=file.description,
                        relationship="Data",
                        created=created,
                        modified=created,
                        url_fetcher=fetcher,
                    )
                    for file in attachments
                ],
            )
    except FatalURLFetchingError as refused:  # a BaseException, so it must be named
        raise PrintRefused(str(refused)) from refused
    return content


def _plain_blanks(document: Any, pdf: Any) -> None:
    """The text layer gets a plain blank for each no-break one: people who search "412 cuộc" type a plain blank."""
    for written in pdf.objects:
        lines = getattr(written, "stream", ())
        if b"begincmap" in lines:
            written.stream = [line.replace(b"> <00a0>", b"> <0020>") for line in lines]


@contextmanager
def collector_off() -> Iterator[None]:
    """1.3 times faster: layout makes millions of live objects that a collection would only walk over."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def stylesheet(manuscript: Manuscript) -> str:
    """Profile, font faces, the decree's layout, and the widths of this paper's columns."""
    if manuscript.profile not in PROFILES:
        raise PrintRefused(f"Unknown layout profile: {manuscript.profile}")
    folder = font_folder()
    faces = "".join(
        f'@font-face {{ font-family: "Liberation Serif"; src: url("{(folder / name).as_uri()}"); {style} }}\n'
        for name, style in FACES.items()
    )
    columns = {
        width_class(column): column.width_mm
        for block in manuscript.all_blocks()
        if isinstance(block, Table)
        for column in block.columns
    }
    widths = "".join(f".{name} {{ width: {width:g}mm }}\n" for name, width in sorted(columns.items()))
    return _text(f"profiles/{manuscript.profile}.css") + faces + _text("nd30.css") + widths


@cache
def _text(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
