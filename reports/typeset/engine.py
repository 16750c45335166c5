"""The calls to WeasyPrint. Imported inside a function: loading it and Pango takes most of a second."""

from datetime import datetime
from functools import lru_cache
from pathlib import Path
from ssl import PROTOCOL_TLS_CLIENT, SSLContext
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pydyf
from weasyprint import CSS, HTML, Attachment
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher

from reports.typeset.fonts import FACES, font_folder
from reports.typeset.ink import Finisher, finisher
from reports.typeset.lists import LongList, NoRoom, dealt


class Refused(Exception):
    """The paper cannot be printed: it asked for something that must not be read, or a list found no room."""


class FontsOnly(URLFetcher):
    """What may be read while printing: the report font, nothing else. Text of a paper can never name a file.

    Every other address stops the printing: WeasyPrint swallows all errors but FatalURLFetchingError. The bare TLS
    context is never used; without it one with all certificates of the system would be built for each paper.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(
            allowed_protocols=["file"],
            allow_redirects=False,
            fail_on_errors=True,
            ssl_context=SSLContext(PROTOCOL_TLS_CLIENT),
        )
        self.allowed = {(folder / name).resolve() for name in FACES}

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
        path = Path(url2pathname(urlsplit(url).path)) if url.startswith("file:") else None
        if path is None or path.resolve() not in self.allowed:
            raise FatalURLFetchingError(f"Not allowed: {url}")
        return super().fetch(url, headers)


@lru_cache(maxsize=4)
def _prepared(layout: str) -> tuple[FontsOnly, FontConfiguration, CSS]:
    """The style sheet as WeasyPrint holds it, with the fonts it names: the same for every paper of a profile."""
    fetcher, fonts = FontsOnly(font_folder()), FontConfiguration()
    return fetcher, fonts, CSS(string=layout, font_config=fonts, url_fetcher=fetcher)


def printed(
    html: str, style: tuple[str, str], lists: dict[str, LongList], files: list[tuple[str, bytes, str]],
    created: datetime,
) -> bytes:  # fmt: skip
    """A tagged PDF/A-3a with the rows of long lists added.

    `style` is the layout, the same for many papers, and this paper's own rules; `files` are name, content and
    description.
    """
    try:
        fetcher, laid_out = _laid_out(html, *style)
        document, places = dealt(lists, laid_out)
        attachments = [
            Attachment(
                string=content,
                name=name,
                description=description,
                relationship="Data",
                created=created,
                modified=created,
                url_fetcher=fetcher,
            )
            for name, content, description in files
        ]
        content = document.write_pdf(
            pdf_variant="pdf/a-3a", attachments=attachments, finisher=_completed(finisher(places))
        )
    except (FatalURLFetchingError, NoRoom) as refused:  # the first is a BaseException, so it must be named
        raise Refused(str(refused)) from refused
    return bytes(content)


def _laid_out(html: str, layout: str, own: str) -> tuple[FontsOnly, Any]:
    """The pages; again, while a footnote stands on another page than its call and something can be done about it."""
    fetcher, fonts, css = _prepared(layout)
    sheets = [css, CSS(string=own, url_fetcher=fetcher)]
    source = HTML(string=html, url_fetcher=fetcher)
    document = source.render(stylesheets=sheets, font_config=fonts)
    whole: set[str] = set()
    while (ends := _ends_before_strayed_notes(document)) - whole:
        whole |= ends
        undivided = CSS(string="".join(f'[id="{key}"] {{ widows: 99 }}' for key in sorted(whole)))
        document = source.render(stylesheets=[*sheets, undivided], font_config=fonts)
    return fetcher, document


def _ends_before_strayed_notes(document: Any) -> set[str]:
    """Keys of the paragraphs that end a page whose footnotes stand overleaf.

    When only the first line of a paragraph fits beside the notes of a page, WeasyPrint sends the notes away to make
    room for a second one. Printed again without being divided, that paragraph goes overleaf instead.
    """
    ends = set()
    for page in document.pages:
        calls = {name.removeprefix("call-") for name in page.anchors if name.startswith("call-")}
        if any(f"note-{key}" not in page.anchors for key in calls):
            ends.add(max(page.anchors, key=lambda name: (page.anchors[name][1], not name.startswith("call-"))))
    return ends


def _completed(finish: Finisher) -> Finisher:
    """After `finish`, what is common to all papers."""

    def finished(document: Any, pdf: Any) -> None:
        _plain_blanks(pdf)
        finish(document, pdf)
        _write_once(pdf)

    return finished


def _plain_blanks(pdf: Any) -> None:
    """The text layer gets a plain blank for each no-break one: people who search "412 cuộc" type a plain blank."""
    for written in pdf.objects:
        lines = getattr(written, "stream", ())
        if b"begincmap" in lines:
            written.stream = [line.replace(b"> <00a0>", b"> <0020>") for line in lines]


class _Written(pydyf.Object):
    """An object that is put into words once: pydyf does it for the file, and again for the identifier of the file."""

    def __init__(self, thing: Any) -> None:
        super().__init__()
        self.number, self.words = thing.number, thing.data

    @property
    def data(self) -> bytes:
        return self.words


def _write_once(pdf: Any) -> None:
    """The same bytes in less time."""
    for place, thing in enumerate(pdf.objects):
        if isinstance(thing, pydyf.Stream):
            head, _, body = thing.data.partition(b"\nstream\n")
            thing.stream, thing.compress = [body.removesuffix(b"\nendstream")], False
            if b"/Filter" in head:
                thing.extra["Filter"] = "/FlateDecode"
        elif thing.free != "f":
            pdf.objects[place] = _Written(thing)
