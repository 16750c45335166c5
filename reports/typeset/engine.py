"""The calls to WeasyPrint. Imported inside a function: loading it and Pango takes most of a second."""

from datetime import datetime
from pathlib import Path
from ssl import PROTOCOL_TLS_CLIENT, SSLContext
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

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


def printed(
    html: str, style: str, lists: dict[str, LongList], files: list[tuple[str, bytes, str]], created: datetime
) -> bytes:
    """A tagged PDF/A-3a with the rows of long lists added; `files` are name, content and description."""
    fetcher = FontsOnly(font_folder())
    fonts = FontConfiguration()
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
    try:
        css = CSS(string=style, font_config=fonts, url_fetcher=fetcher)
        source = HTML(string=html, url_fetcher=fetcher)
        laid_out = source.render(stylesheets=[css], font_config=fonts)
        whole: set[str] = set()
        while (ends := _ends_before_strayed_notes(laid_out)) - whole:
            whole |= ends
            undivided = CSS(string="".join(f'[id="{key}"] {{ widows: 99 }}' for key in sorted(whole)))
            laid_out = source.render(stylesheets=[css, undivided], font_config=fonts)
        document, places = dealt(lists, laid_out)
        content = document.write_pdf(
            pdf_variant="pdf/a-3a", attachments=attachments, finisher=_with_plain_blanks(finisher(places))
        )
    except (FatalURLFetchingError, NoRoom) as refused:  # the first is a BaseException, so it must be named
        raise Refused(str(refused)) from refused
    return bytes(content)


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


def _with_plain_blanks(finish: Finisher) -> Finisher:
    """The text layer gets a plain blank for each no-break one: people who search "412 cuộc" type a plain blank."""

    def finished(document: Any, pdf: Any) -> None:
        for written in pdf.objects:
            lines = getattr(written, "stream", ())
            if b"begincmap" in lines:
                written.stream = [line.replace(b"> <00a0>", b"> <0020>") for line in lines]
        finish(document, pdf)

    return finished
