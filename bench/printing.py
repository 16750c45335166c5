"""Promise 2: a report of twelve pages as PDF, against one run of Chromium and one of LibreOffice on the same content.

And the annex of 500 rows against one plain WeasyPrint call on the same HTML.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pypdfium2

from bench import paper
from bench.office_text import flat_text
from bench.rounds import Result, Timings, at_least, at_most, take_turns
from coordination.manuscript import Manuscript, Stamp
from reports.typeset.html import document_html
from reports.typeset.pdf import layout, render_pdf, widths
from scripts.system_packages import chromium

PAGES, CHARTS = 12, 3
ANNEX_ROWS, ANNEX_MEGABYTES = 500, 250
# The same product as ours: tagged, PDF/A-3.
OFFICE_PDF = "pdf:writer_pdf_Export:" + json.dumps(
    {
        "SelectPdfVersion": {"type": "long", "value": "3"},
        "UseTaggedPDF": {"type": "boolean", "value": "true"},
    }
)
TO_PDF = ("--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer")


def pages_of(pdf: bytes | Path) -> int:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return len(document)
    finally:
        document.close()


def twelve_pages() -> Manuscript:
    """The list at its end is as long as it takes."""
    for rows in range(0, 120, 10):
        manuscript = paper.report(rows)
        if pages_of(render_pdf(manuscript, paper.STAMP)) >= PAGES:
            return manuscript
    raise RuntimeError("the report does not reach its pages")


def whole_html(manuscript: Manuscript, stamp: Stamp) -> str:
    """One file that says all there is to print, as any engine reads it."""
    html = document_html(manuscript, stamp, "")
    return html.replace("</head>", f"<style>{layout(manuscript.profile) + widths(manuscript, [])}</style></head>", 1)


class Rivals:
    """The other engines, each with its own copy of the content in a folder of its own."""

    def __init__(self, manuscript: Manuscript, folder: Path) -> None:
        self.folder = folder
        self.page = folder / "report.html"
        self.page.write_text(whole_html(manuscript, paper.STAMP), encoding="utf-8")
        source = folder / "office.fodt"
        source.write_text(flat_text(manuscript), encoding="utf-8")
        self._office("--convert-to", "odt", str(source))
        self.text = folder / "office.odt"

    def _office(self, *arguments: str) -> None:
        profile = f"-env:UserInstallation={(self.folder / 'profile').as_uri()}"
        self._run("soffice", profile, "--headless", "--norestore", *arguments, "--outdir", str(self.folder))

    def _run(self, *command: str) -> None:
        environment = {**os.environ, "HOME": str(self.folder)}
        subprocess.run(command, cwd=self.folder, env=environment, check=True, capture_output=True, timeout=300)

    def libreoffice(self) -> Path:
        self._office("--convert-to", OFFICE_PDF, str(self.text))
        return self.folder / "office.pdf"

    def chromium(self) -> Path:
        target, profile = self.folder / "chromium.pdf", self.folder / "chromium"
        program = chromium() or "chromium"
        address = self.page.as_uri()
        self._run(program, *TO_PDF, f"--user-data-dir={profile}", f"--print-to-pdf={target}", address)
        return target


def one_print(work: str, rows: int) -> dict[str, float]:
    """In a process of its own, from its start to its end: seconds, and the most memory it held."""
    command = [sys.executable, "-m", "bench.one_print", work, str(rows)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def measure_report(folder: Path, rounds: int) -> list[Result]:
    manuscript = twelve_pages()
    rivals = Rivals(manuscript, folder)
    rows = sum(len(annex.blocks[0].rows) for annex in manuscript.annexes)  # type: ignore[union-attr]
    works: dict[str, Callable[[], object]] = {
        "warm": lambda: render_pdf(manuscript, paper.STAMP),
        "chromium": rivals.chromium,
        "libreoffice": rivals.libreoffice,
        "cold": lambda: one_print("report", rows),
    }
    times = take_turns(works, rounds)
    sizes = {
        "warm": pages_of(render_pdf(manuscript, paper.STAMP)),
        "chromium": pages_of(rivals.chromium()),
        "libreoffice": pages_of(rivals.libreoffice()),
    }
    shown = f"{sizes['warm']} pages, {CHARTS} charts; cold start {times.spread('cold')}, {rounds} rounds"
    return [_against(rival, times, sizes, shown) for rival in ("chromium", "libreoffice")]


def _against(rival: str, times: Timings, sizes: dict[str, int], shown: str) -> Result:
    cold = times.ratio("cold", rival)
    detail = (
        f"warm {times.spread('warm')}; {rival} {times.spread(rival)}, {sizes[rival]} pages; {shown} "
        f"({cold:.2f}x {rival})"
    )
    return at_most(f"report of 12 pages as PDF, warm worker to one {rival} run", times.ratio("warm", rival), 0.7, "x",
                   detail)  # fmt: skip


def measure_annex(rounds: int, rows: int = ANNEX_ROWS) -> list[Result]:
    """Each in a fresh process, turn by turn; the seconds are those of the call, without loading the program."""
    ours, plain, memory = [], [], []
    for _round in range(rounds):
        mine, other = one_print("annex", rows), one_print("plain", rows)
        ours.append(mine["seconds"])
        plain.append(other["seconds"])
        memory.append(mine["megabytes"])
    times = Timings({"ours": ours, "plain": plain})
    detail = f"ours {times.spread('ours')}; plain WeasyPrint {times.spread('plain')}; {rows} rows, {rounds} rounds"
    return [
        at_least("annex of 500 rows as PDF, speed-up over plain WeasyPrint", times.ratio("plain", "ours"), 1.8, "x",
                 detail),
        at_most("annex of 500 rows as PDF, peak memory", max(memory), ANNEX_MEGABYTES, " MB", "fresh process"),
    ]  # fmt: skip
