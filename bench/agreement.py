"""Work W-A50: an agreement of 31 pages out of its records, as Word and PDF.

25 pages of clauses, then 50 activities in ten columns and 124 shorter lines. An agreement's records hold no tables, so
the tables stand in annexes added to what was composed. Beside it one LibreOffice run turns the same Word file into
PDF, which is what the peers do.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

from bench import paper
from bench.printing import OFFICE_PDF, pages_of
from bench.province import Cast
from bench.rounds import Result, at_most, queries_of, take_turns
from coordination.compose import compose_agreement
from coordination.enums import Numbering
from coordination.manuscript import Annex, Cell, Column, Manuscript, Row, Stamp, Table
from coordination.models import Agency, Agreement, Clause, Document, DocumentKind, Party, Recipient, Section
from reports.typeset.docx import render_docx
from reports.typeset.pdf import render_pdf

PAGES, ACTIVITIES, LINES, SECTIONS, CLAUSES = 31, 50, (50, 50, 10, 14), 8, 20
SECONDS, QUERIES, MEGABYTES, TO_OFFICE = 1.7, 20, 200, 0.5
DAY = date(2026, 6, 16)
STAMP = Stamp(number="123", issued_on=DAY, draft=False)


def make(cast: Cast) -> Agreement:
    """Of the board and the Union, each leading every second clause."""
    kind, _made = DocumentKind.objects.get_or_create(code="KHPH", defaults={"name": "Kế hoạch phối hợp"})
    document = Document.objects.create(
        register_agency=cast.board, kind=kind, register_year=DAY.year, symbol="KHPH-SDT-HLHPN", place="Tỉnh",
        subject="Công tác giữa Sở Dân tộc và Hội Liên hiệp Phụ nữ tỉnh giai đoạn 2026 - 2030",
    )  # fmt: skip
    for place, agency in enumerate((cast.board, cast.union), 1):
        Party.objects.create(document=document, agency=agency, symbol_order=place, signature_column=3 - place,
                             title="Giám đốc", name="Người Ký Thử")  # fmt: skip
    for place, text in enumerate(("Như trên", "Hội Liên hiệp Phụ nữ tỉnh", "Lưu: VT"), 1):
        Recipient.objects.create(document=document, position=place, text=text)
    made = Agreement.objects.create(
        document=document, stage_from=date(2026, 1, 1), stage_to=date(2030, 12, 31),
        opening="Hai bên thống nhất kế hoạch như sau:", closing="Trên đây là kế hoạch phối hợp.",
    )  # fmt: skip
    for number in range(1, SECTIONS + 1):
        section = Section.objects.create(document=document, position=number, numbering=Numbering.ROMAN,
                                         heading=f"Nội dung phối hợp {number}", key=f"s{number}")  # fmt: skip
        _fill(section, (cast.board, cast.union))
    return made


def _fill(section: Section, sides: tuple[Agency, Agency]) -> None:
    for place in range(1, CLAUSES + 1):
        words = (paper.SENTENCES[(section.position + place + step) % len(paper.SENTENCES)] for step in range(2))
        text = " ".join(line.format(place, place + 7, 40 * place) for line in words)
        clause = Clause.objects.create(
            section=section, position=place, key=f"c{place}", text=text, lead=sides[place % 2]
        )
        clause.partners.add(sides[1 - place % 2])


def with_tables(manuscript: Manuscript) -> Manuscript:
    short = (Column("TT", 15, "center"), Column("Nội dung", 110, "left"), Column("Số lượng", 40))
    annexes = [
        Annex(f"a{many}.{place}", "", ("Danh mục kèm theo",), (
            Table(f"t{place}", short, tuple(
                Row((Cell(f"{line}"), Cell(f"Địa chỉ tin cậy ở cộng đồng thôn {line}"), Cell(f"{line * 3}", line * 3)))
                for line in range(1, many + 1)
            ), keep=False),
        ))
        for place, many in enumerate(LINES)
    ]  # fmt: skip
    return replace(manuscript, annexes=(paper.annex(ACTIVITIES), *annexes))


def printed(agreement: Agreement) -> tuple[bytes, bytes]:
    """Word and PDF, from the records on."""
    manuscript = with_tables(compose_agreement(Agreement.objects.get(pk=agreement.pk), DAY))
    return render_docx(manuscript, STAMP), render_pdf(manuscript, STAMP)


def measure(cast: Cast, folder: Path, rounds: int) -> list[Result]:
    agreement = make(cast)
    word, pdf = printed(agreement)
    source = folder / "agreement.docx"
    source.write_bytes(word)
    works: dict[str, Callable[[], object]] = {
        "ours": lambda: printed(agreement),
        "libreoffice": lambda: _office(folder, source),
    }
    times, pages = take_turns(works, rounds), pages_of(pdf)
    rival = f"LibreOffice turning the same Word file into PDF: {times.spread('libreoffice')}"
    detail = (
        f"{pages} pages, Word {len(word) // 1024} kB and PDF {len(pdf) // 1024} kB: {times.spread('ours')}, of which"
        f" {processor_of(lambda: printed(agreement)):.2f} s are the processor's; {rival}"
    )
    queries = queries_of(lambda: compose_agreement(Agreement.objects.get(pk=agreement.pk), DAY))
    text = with_tables(compose_agreement(agreement, DAY))
    return [
        at_most("agreement of 31 pages, distance from 31", abs(pages - PAGES), 2, " pages", detail),
        at_most("agreement of 31 pages as Word and PDF", times.median("ours"), SECONDS, " s", detail),
        at_most(
            "agreement of 31 pages, to LibreOffice's PDF", times.ratio("ours", "libreoffice"), TO_OFFICE, "x", detail
        ),
        at_most("agreement of 31 pages, queries", queries, QUERIES, " queries", detail),
        at_most("agreement of 31 pages, peak memory", memory_of(text, folder), MEGABYTES, " MB", "fresh process"),
    ]


def processor_of(work: Callable[[], object]) -> float:
    """Seconds without those other works on the machine took: what a machine that is free would need."""
    start = time.process_time()
    work()
    return time.process_time() - start


def memory_of(manuscript: Manuscript, folder: Path) -> float:
    """Megabytes of a process of its own that makes both files."""
    text = folder / "agreement.json"
    text.write_text(json.dumps(manuscript.to_json()), encoding="utf-8")
    command = [sys.executable, "-m", "bench.one_agreement", str(text)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])


def _office(folder: Path, source: Path) -> None:
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--norestore", "--convert-to", OFFICE_PDF, str(source)]
    environment = {**os.environ, "HOME": str(folder)}
    subprocess.run([*command, "--outdir", str(folder)], env=environment, check=True, capture_output=True, timeout=300)
