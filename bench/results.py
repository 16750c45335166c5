"""Works W-P and W-R: ten indicators read in twenty communes at the end of two periods, with their parts.

W-P is the report of one period, every place of every indicator printed; W-R the programme, 125 pages at least, every
part of every reading on a line of its own. The tables stand in annexes, an indicator or a commune each. Beside them
one plain WeasyPrint call on the same HTML, which is what the peers do.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path

from weasyprint import HTML

from bench import paper
from bench.printing import pages_of, whole_html
from bench.province import Cast
from bench.rounds import Result, at_least, at_most, queries_of, take_turns
from coordination.formats import date_vi, number_vi
from coordination.manuscript import Annex, Cell, Column, Manuscript, Paragraph, Row, Span, Table
from programs.models import Indicator, IndicatorCategory, Measurement
from programs.readings import latest_readings
from reports.figures.windows import Window
from reports.models import ReportingPeriod
from reports.typeset.docx import render_docx
from reports.typeset.pdf import render_pdf
from reports.typeset.xlsx import render_xlsx

INDICATORS, PLACES = 10, 20
PARTS = ("nam", "nữ", "dưới 18 tuổi", "18 - 35 tuổi", "36 - 60 tuổi", "trên 60 tuổi")
TEXT = (
    "Các thôn tổ chức họp, chọn người có uy tín tham gia; số liệu do công chức văn hóa - xã hội tổng hợp, đối chiếu."
)
NARRATIVE = f"{TEXT} Kết quả được niêm yết tại nhà văn hóa thôn và thông báo trên hệ thống truyền thanh cơ sở."
QUERIES, EXCEL_SECONDS, WORD_SECONDS = 20, 0.2, 0.3
PAGES, PAGES_SECONDS, MEGABYTES, TO_PLAIN = 125, 10, 400, 0.5

Readings = dict[tuple[int, int], list[Measurement]]  # indicator, commune -> the whole, then its parts


def make(cast: Cast, indicators: int = INDICATORS, places: int = PLACES) -> list[Indicator]:
    """Each with its categories; two readings of each in each commune, a whole and its parts."""
    chosen = list(Indicator.objects.filter(parts__isnull=True, formula=None).order_by("code")[:indicators])
    categories = IndicatorCategory.objects.bulk_create(
        IndicatorCategory(code=f"W-{one.pk}-{place}", name=name, indicator=one, position=place)
        for one in chosen
        for place, name in enumerate(PARTS)
    )
    of_indicator = defaultdict(list)
    for category in categories:
        of_indicator[category.indicator_id].append(category)
    Measurement.objects.bulk_create(
        Measurement(
            indicator=one, category=category, owner=cast.below[number], unit=unit, province=cast.province,
            counted_on=period.data_to, numerator=20 + (number * 7 + place) % 60, denominator=100, note=TEXT,
        )
        for one in chosen
        for number, unit in enumerate(cast.communes[:places])
        for period in periods(cast)
        for place, category in enumerate((None, *of_indicator[one.pk]))
    )  # fmt: skip
    return chosen


def periods(cast: Cast) -> tuple[ReportingPeriod, ReportingPeriod]:
    """The half-year, and the one just before it."""
    earlier = ReportingPeriod.objects.filter(profile=cast.period.profile, kind=cast.period.kind)
    return earlier.filter(data_to__lt=cast.period.data_from).order_by("data_to").last(), cast.period


def read(cast: Cast, indicators: Iterable[Indicator], period: ReportingPeriod) -> Readings:
    """In the order of the indicators, the communes and the parts."""
    window = Window.of(period)
    rows = Measurement.objects.filter(province=cast.province, counted_on__gte=window.first).exclude(owner=cast.board)
    chosen = latest_readings(rows, window.last, window.first, indicators)
    found: Readings = defaultdict(list)
    for row in chosen.select_related("unit", "category", "indicator").order_by("indicator__code", "unit__code", "pk"):
        found[row.indicator_id, row.unit_id].append(row)
    return found


def report(cast: Cast, indicators: list[Indicator]) -> Manuscript:
    """W-P: a table for each indicator, a row for each commune."""
    by_indicator: dict[int, list[Row]] = defaultdict(list)
    for (indicator, _unit), (whole, *parts) in read(cast, indicators, cast.period).items():
        rows = by_indicator[indicator]
        numbers = [whole.numerator, whole.denominator, _share(whole), *map(_share, parts)]
        cells = [Cell(number_vi(number, 0), float(number)) for number in numbers]
        note = whole.note.partition(";")[0]
        rows.append(Row((Cell(str(len(rows) + 1)), Cell(whole.unit.full_name), *cells, Cell(note))))
    columns = (
        Column("TT", 10, "center"), Column("Địa bàn", 42, "left"), Column("Số đạt", 15), Column("Tổng số", 15),
        Column("Tỷ lệ (%)", 15), *(Column(name, 15, group="Trong đó (%)") for name in PARTS),
        Column("Diễn giải", 65, "left"),
    )  # fmt: skip
    annexes = [
        Annex(f"a{one.pk}", one.number, (one.name,),
              (Table(f"t{one.pk}", columns, tuple(by_indicator[one.pk]), keep=False, small=True),), landscape=True)
        for one in indicators
    ]  # fmt: skip
    return _paper(annexes, [f"{one.number}. {one.name}. {NARRATIVE}" for one in indicators])


def programme(cast: Cast, indicators: list[Indicator], places: int = PLACES) -> Manuscript:
    """W-R: an annex for each commune, a line for each part of each reading."""
    rows: dict[int, list[Row]] = defaultdict(list)
    names = {unit.pk: unit.full_name for unit in cast.communes[:places]}
    for period in periods(cast):
        for (_indicator, unit), (whole, *parts) in read(cast, indicators, period).items():
            about = f"{whole.indicator.number}. {whole.indicator.name}, {period.label}. {whole.note}"
            rows[unit].append(Row((Cell(about, span=6),), "group"))
            for part in parts:
                numbers = (part.numerator, part.denominator, _share(part))
                cells = [Cell(number_vi(number, 0), float(number)) for number in numbers]
                place, day = Cell(str(len(rows[unit]))), Cell(date_vi(part.counted_on))
                rows[unit].append(Row((place, Cell(part.category.name), day, *cells)))
    columns = (
        Column("TT", 12, "center"), Column("Nhóm", 100, "left"), Column("Ngày", 40, "center"), Column("Số đạt", 30),
        Column("Tổng số", 30), Column("Tỷ lệ (%)", 40),
    )  # fmt: skip
    annexes = [
        Annex(f"p{unit}", "", (f"Kết quả tại {name}",),
              (Table(f"t{unit}", columns, tuple(rows[unit]), keep=False, small=True),), landscape=True)
        for unit, name in names.items()
    ]  # fmt: skip
    return _paper(annexes, [NARRATIVE])


def _share(row: Measurement) -> float:
    return 100 * float(row.numerator) / float(row.denominator)


def _paper(annexes: list[Annex], texts: list[str]) -> Manuscript:
    blocks = tuple(Paragraph(f"p{number}", (Span(text),)) for number, text in enumerate(texts))
    return replace(paper.annex_paper(0), blocks=blocks, annexes=tuple(annexes))


def measure(cast: Cast, folder: Path, rounds: int) -> list[Result]:
    indicators = make(cast)
    return [*measure_report(cast, indicators, rounds), *measure_programme(cast, indicators, folder, rounds)]


def measure_report(cast: Cast, indicators: list[Indicator], rounds: int) -> list[Result]:
    compose = partial(report, cast, indicators)
    html = whole_html(compose(), paper.STAMP)
    works: dict[str, Callable[[], object]] = {
        "pdf": lambda: render_pdf(compose(), paper.STAMP),
        "excel": lambda: render_xlsx(compose(), paper.STAMP),
        "plain": lambda: HTML(string=html).write_pdf(),
    }
    times, pages = take_turns(works, rounds), pages_of(render_pdf(compose(), paper.STAMP))
    what = f"W-P, {len(indicators)} indicators × {PLACES} places"
    shown = (
        f"{pages} pages; PDF {times.spread('pdf')}, Excel {times.spread('excel')}, plain WeasyPrint "
        f"{times.spread('plain')}"
    )
    return [
        at_most(f"{what}: queries", queries_of(compose), QUERIES, " queries", shown),
        at_most(f"{what}: PDF, to one plain WeasyPrint call", times.ratio("pdf", "plain"), TO_PLAIN, "x", shown),
        at_most(f"{what}: Excel", times.median("excel"), EXCEL_SECONDS, " s", shown),
    ]


def measure_programme(cast: Cast, indicators: list[Indicator], folder: Path, rounds: int) -> list[Result]:
    compose = partial(programme, cast, indicators)
    html = whole_html(compose(), paper.STAMP)
    single = partial(programme, cast, indicators, 1)
    long: dict[str, Callable[[], object]] = {
        "pdf": lambda: render_pdf(compose(), paper.STAMP),
        "plain": lambda: HTML(string=html).write_pdf(),
    }
    times = take_turns(long, max(2, rounds // 3))
    word = take_turns({"word": lambda: render_docx(single(), paper.STAMP)}, rounds)
    pages = pages_of(render_pdf(compose(), paper.STAMP))
    what = "W-R, 400 readings of 20 communes with 2,400 parts"
    shown = f"{pages} pages; PDF {times.spread('pdf')}, plain WeasyPrint {times.spread('plain')}"
    return [
        at_least(f"{what}: pages", pages, PAGES, " pages", shown),
        at_most(f"{what}: PDF", times.median("pdf"), PAGES_SECONDS, " s", shown),
        at_most(f"{what}: PDF, to one plain WeasyPrint call", times.ratio("pdf", "plain"), TO_PLAIN, "x", shown),
        at_most(f"{what}: peak memory", memory_of(compose(), folder), MEGABYTES, " MB", "fresh process"),
        at_most(f"{what}: queries", queries_of(compose), QUERIES, " queries", shown),
        at_most("W-R, one commune as Word", word.median("word"), WORD_SECONDS, " s", word.spread("word")),
    ]


def memory_of(manuscript: Manuscript, folder: Path) -> float:
    """Megabytes of a process of its own that makes the PDF."""
    text = folder / "programme.json"
    text.write_text(json.dumps(manuscript.to_json()), encoding="utf-8")
    command = [sys.executable, "-m", "bench.one_agreement", str(text), "pdf"]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])
