"""Import of 10,000 activities out of an Excel file: checked, shown, checked again and written with its history.

Beside it the stock Resource of django-import-export on the same model (clean_model_instances, history on), with the
preview its admin makes. It is given its rows ready to hand, without an Excel file to read, and fewer of them: it takes
as long for each.
"""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import tablib
from django.db import transaction
from import_export.resources import ModelResource

from bench.province import Cast
from bench.rounds import Result, at_least, at_most, take_turns
from coordination.sheets.checking import check, write
from coordination.sheets.declared import SHEETS, Found, Sheet
from coordination.sheets.printing import Printed, data_sheet
from coordination.sheets.workbook import HEAD_ROW, check_content, read_table
from coordination.unit_picker import unit_label
from programs.forms.lists import lists_for
from programs.models import Activity

ROWS, STOCK_ROWS = 10_000, 200
TIMES, MEGABYTES = 10, 150
NUMBERS = {"attendances": 100, "women": 60, "minority": 50, "minority_women": 30, "sessions": 1}


class StockResource(ModelResource):
    """As the documentation has it."""

    class Meta:
        model = Activity
        import_id_fields = ("reference",)
        clean_model_instances = True
        fields = (
            "reference", "owner", "title", "kind", "component", "starts_on", "ends_on", "counted_on", "unit",
            "province", *NUMBERS,
        )  # fmt: skip


def sheet_for(cast: Cast) -> Sheet:
    hat = cast.officer.memberships.select_related("agency__unit__province").get()
    return SHEETS["activities"](cast.officer, hat)


def make_file(cast: Cast, rows: int) -> bytes:
    """All valid; the communes take turns."""
    sheet, lists = sheet_for(cast).prepare(), lists_for(cast.board, cast.period.data_to)
    kind, component = lists.kinds[0], lists.components[-1]
    printed = Printed(remember=False)
    place = data_sheet(printed, sheet)
    for number in range(rows):
        cells = {
            "title": f"Truyền thông phòng, chống tảo hôn lần {number}",
            "kind": kind.name,
            "component": f"{component.code} {component.short_name}",
            "starts_on": cast.period.data_to - timedelta(days=number % 90),
            "unit": unit_label(cast.communes[number % len(cast.communes)]),
            "place": "Nhà văn hóa thôn",
            "cost_central": 1_000_000 + number,
        } | NUMBERS
        for index, name in enumerate(sheet.columns, 1):
            printed.cell(place, HEAD_ROW + number, index, cells.get(name))
    return printed.content()


def imported(cast: Cast, content: bytes, *, preview: bool = True) -> int:
    """From the bytes of the file on; answers how many rows were written."""
    check_content(content)
    if preview:
        sheet = sheet_for(cast)
        if check(sheet, read_table(content, sheet)).counts[Found.WRONG]:
            raise RuntimeError("the rows of the benchmark are all valid")
    sheet = sheet_for(cast)
    return write(sheet, read_table(content, sheet), skip_wrong=False).written


def make_dataset(cast: Cast, rows: int) -> tablib.Dataset:
    lists = lists_for(cast.board, cast.period.data_to)
    dataset = tablib.Dataset(headers=StockResource._meta.fields)
    day = cast.period.data_to.isoformat()
    for number in range(rows):
        dataset.append(
            [
                f"STOCK{number}", cast.board.pk, f"Truyền thông lần {number}", lists.kinds[0].pk,
                lists.components[-1].pk, day, day, day, cast.communes[number % len(cast.communes)].pk,
                cast.province.pk, *NUMBERS.values(),
            ]
        )  # fmt: skip
    return dataset


def stock(dataset: tablib.Dataset, *, preview: bool = True) -> int:
    for dry_run in (True, False) if preview else (False,):
        result = StockResource().import_data(dataset, dry_run=dry_run, raise_errors=True)
    return result.totals["new"]


def undone(work: Callable[[], int], rows: int) -> None:
    """Each round begins with the same table."""
    with transaction.atomic():
        if work() != rows:
            raise RuntimeError("not all rows were written")
        transaction.set_rollback(True)


def measure(cast: Cast, folder: Path, rounds: int) -> list[Result]:
    content, dataset = make_file(cast, ROWS), make_dataset(cast, STOCK_ROWS)
    works: dict[str, Callable[[], object]] = {
        "ours": partial(undone, partial(imported, cast, content), ROWS),
        "stock": partial(undone, partial(stock, dataset), STOCK_ROWS),
        "ours at once": partial(undone, partial(imported, cast, content, preview=False), ROWS),
        "stock at once": partial(undone, partial(stock, dataset, preview=False), STOCK_ROWS),
    }
    times = take_turns(works, max(2, rounds // 3))
    results = []
    for name, end in (("with preview", ""), ("at once", " at once")):
        ratio = times.ratio(f"stock{end}", f"ours{end}") * ROWS / STOCK_ROWS
        speeds = [ROWS / times.median(f"ours{end}"), STOCK_ROWS / times.median(f"stock{end}")]
        detail = (
            f"{ROWS:,} rows of {len(content) // 1024} kB: {times.spread(f'ours{end}')}, {speeds[0]:,.0f} rows/s;"
            f" stock Resource, {STOCK_ROWS} rows: {times.spread(f'stock{end}')}, {speeds[1]:,.0f} rows/s"
        )
        results.append(at_least(f"Excel import {name}, to the stock Resource", ratio, TIMES, "x", detail))
    file = folder / "activities.xlsx"
    file.write_bytes(content)
    memory = at_most("Excel import, peak memory", memory_of(file, cast), MEGABYTES, " MB", "fresh process")
    return [*results, memory]


def memory_of(file: Path, cast: Cast) -> float:
    """Megabytes of a process of its own that checks and writes the file."""
    command = [sys.executable, "-m", "bench.one_import", str(file), cast.officer.email]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(io.StringIO(done.stdout).readlines()[-1])
