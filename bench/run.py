"""Works through the promises from small to large, so that what is cheap is known early."""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from bench import (
    activity_list,
    agreement,
    consolidation,
    deadline,
    figures,
    printing,
    province,
    register,
    results,
    sheets,
)
from bench.rounds import Result, Timings, at_most, queries_of, take_turns

SIZES = (20_000, 100_000, 1_000_000, 3_000_000)
SMALLEST, FOR_LISTS = "bench_smallest", "bench_lists"  # schemas with the tables of two earlier sizes
QUERIES = 8
PARTS = ("papers", "agreement", "results", "sheets", "rounds", "sizes")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="activities in the table, smallest first")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--output", type=Path, default=Path(settings.BASE_DIR) / "out" / "bench.json")
    parser.add_argument("--only", choices=PARTS, help="one part instead of all")
    chosen = parser.parse_args(arguments)
    if connection.vendor != "postgresql":
        parser.error("the promises are measured on PostgreSQL: set DATABASE_URL, or run `make bench`")
    begun = time.monotonic()
    found = []
    for result in measure([int(size) for size in chosen.sizes.split(",")], chosen.rounds, chosen.only):
        print(f"      {line(result)}", flush=True)
        found.append(result)
    write(found, chosen.output)
    print(table(found))
    print(f"\n{time.monotonic() - begun:.0f} s · {chosen.output}")
    return 0


def measure(sizes: list[int], rounds: int, only: str | None = None) -> Iterator[Result]:
    """Papers first: most need no data."""
    if only in (None, "papers"):
        with tempfile.TemporaryDirectory() as folder:
            yield from printing.measure_report(Path(folder), rounds)
        yield from printing.measure_annex(max(2, rounds // 2))
    if only == "papers":
        return
    cast = prepare()
    with tempfile.TemporaryDirectory() as folder:
        if only in (None, "agreement"):
            yield from agreement.measure(cast, Path(folder), rounds)
        if only in (None, "results"):
            yield from results.measure(cast, Path(folder), rounds)
        if only in (None, "sheets"):
            yield from sheets.measure(cast, Path(folder), rounds)
    if only == "rounds":
        yield from measure_rounds(cast, sizes[0], rounds)
    if only in (None, "sizes"):
        yield from measure_sizes(cast, sizes, rounds)


def measure_rounds(cast: province.Cast, size: int, rounds: int) -> Iterator[Result]:
    """What a province does around 14 June, alone: the rest needs no larger table."""
    register.fill(cast, size)
    yield from consolidation.measure(cast, rounds)
    yield from deadline.measure(cast, max(2, rounds // 2), size)


def prepare() -> province.Cast:
    call_command("migrate", verbosity=0)
    province.load_lists()
    cast = province.make_cast()
    province.fill_other_facts(cast)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # what the server does by itself after a while
    register.prepare(cast)
    return cast


def measure_sizes(cast: province.Cast, sizes: list[int], rounds: int) -> Iterator[Result]:
    small = activity_list.BASE if sizes[0] > activity_list.BASE else sizes[0] // 2
    register.fill(cast, small)
    register.keep_copy(FOR_LISTS)
    question = figures.Question(cast)
    client = deadline.signed_in(cast.officer)
    against_raw: dict[int, Timings] = {}
    flat: dict[int, Timings] = {}
    cells = 0
    for size in sizes:
        register.fill(cast, size)
        cells = figures.check_equal(question)
        if size == sizes[0]:
            register.keep_copy(SMALLEST)
        works = {"portal": question.portal, "raw": question.raw, "first": question.first_time}
        against_raw[size] = take_turns(works, rounds)
        flat[size] = beside_smallest(question.portal, rounds)
        if size == sizes[0]:
            yield from consolidation.measure(cast, rounds)
            yield from deadline.measure(cast, max(2, rounds // 2), size)
        if size == activity_list.OF_THE_WORK:
            yield from activity_list.measure_work(client, size, rounds)
    yield from judge_figures(against_raw, flat, cells, queries_of(question.portal))
    yield from activity_list.measure(cast, client, FOR_LISTS, small, sizes[-1], rounds)


def beside_smallest(work: Callable[[], object], rounds: int) -> Timings:
    """The same work on the whole table and on the smallest one, turn by turn."""
    look = register.looking_at
    times = take_turns({"whole": work, "smallest": work}, rounds, before={
        "whole": partial(look, ""), "smallest": partial(look, SMALLEST),
    })  # fmt: skip
    look("")
    return times


def judge_figures(
    against_raw: dict[int, Timings], flat: dict[int, Timings], cells: int, queries: int
) -> Iterator[Result]:
    """The worst of all sizes is the one that counts."""
    ratios = {size: times.ratio("portal", "raw") for size, times in against_raw.items()}
    shown = "; ".join(
        f"{size:,}: {times.spread('portal')} to {times.spread('raw')}, {ratios[size]:.2f}x"
        f" ({times.ratio('first', 'raw'):.2f}x when asked for the first time)"
        for size, times in against_raw.items()
    )
    what = (
        f"{len(figures.CODES)} figures × {province.COMMUNES} communes, {register.IN_PERIOD:,} activities in the period"
    )
    yield at_most("figures of a six-month report, to raw SQL", max(ratios.values()), 2, "x",
                  f"{what}; {cells:,} cells equal; {shown}")  # fmt: skip
    yield at_most("figures of a six-month report, queries", queries, QUERIES, " queries", what)
    growth = {size: times.ratio("whole", "smallest") for size, times in flat.items()}
    shown = "; ".join(
        f"{size:,}: {times.median('whole') * 1000:.0f} ms, {growth[size]:.2f}x" for size, times in flat.items()
    )
    yield at_most("figures of a six-month report, growth with the table", max(growth.values()), 1.5, "x",
                  f"beside {min(flat):,} activities in the same rounds: {shown}")  # fmt: skip


def write(results: list[Result], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps([result.as_json() for result in results], ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def line(result: Result) -> str:
    return f"{'✓' if result.kept else '✗'} {result.name}: {result.ratio:.2f} ({result.promise})"


def table(results: list[Result]) -> str:
    width = max(len(result.name) for result in results)
    rows = [f"{'':1} {'':{width}} {'measured':>9}  promise"]
    for result in results:
        rows.append(f"{'✓' if result.kept else '✗'} {result.name:{width}} {result.ratio:9.2f}  {result.promise}")
        rows.append(f"    {result.detail}")
    return "\n".join(rows)
