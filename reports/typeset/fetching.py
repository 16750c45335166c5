"""What WeasyPrint may read while it prints: the report font, nothing else. Text of a paper can never name a file."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from weasyprint.urls import FatalURLFetchingError, URLFetcher

from reports.typeset.fonts import FACES


class FontsOnly(URLFetcher):
    """Every other address stops the printing: FatalURLFetchingError is not swallowed by WeasyPrint."""

    def __init__(self, folder: Path) -> None:
        super().__init__(allowed_protocols=["file"], allow_redirects=False, fail_on_errors=True)
        self.allowed = {(folder / name).resolve() for name in FACES}

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
        path = Path(url2pathname(urlsplit(url).path)) if url.startswith("file:") else None
        if path is None or path.resolve() not in self.allowed:
            raise FatalURLFetchingError(f"Not allowed: {url}")
        return super().fetch(url, headers)
