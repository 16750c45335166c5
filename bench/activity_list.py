"""The list of activities, filtered and searched, in the whole table and in one of 10,000 rows: server time.

And the work W-L: 100,000 rows, 20 a page. Page one with no filter, its queries and bytes, and beside it the last page,
a filter by state and a search.
"""

from __future__ import annotations

from functools import partial
from urllib.parse import urlencode

from django.test import Client, override_settings
from django.urls import reverse

from bench.province import Cast
from bench.register import looking_at
from bench.rounds import Result, at_most, queries_of, take_turns
from coordination.formats import date_vi

BASE, OF_THE_WORK = 10_000, 100_000
ROWS_A_PAGE, QUERIES, KILOBYTES = 20, 12, 60
EVERY_DAY = {"since": "", "until": ""}


def pages(cast: Cast) -> dict[str, dict[str, str]]:
    period = {"since": date_vi(cast.period.data_from), "until": date_vi(cast.period.data_to)}
    return {
        "period": period,
        "filtered": period | {"component": "P8", "state": "recorded", "unit": str(cast.communes[0].pk)},
        "searched": period | {"q": "truyen thong"},
        "filtered and searched": period | {"component": "P8.1", "state": "recorded", "q": "tảo hôn"},
        "rare words": period | {"q": "chieu phim luu dong"},
        "last page": period | {"page": "20"},
        "rare words, every day": EVERY_DAY | {"q": "chieu phim luu dong"},
        "outside the province": EVERY_DAY | {"unit": "elsewhere"},
    }


def read(client: Client, query: dict[str, str]) -> bytes:
    answer = client.get(f"{reverse('programs:activity_list')}?{urlencode(query)}")
    if answer.status_code != 200:
        raise RuntimeError(f"the list answers {answer.status_code}")
    return answer.content


def measure(cast: Cast, client: Client, schema: str, small: int, size: int, rounds: int) -> list[Result]:
    """`schema`: where the table of `small` rows is."""
    shown, worst, at_worst, most = [], 0.0, "", 0
    for name, query in pages(cast).items():
        page = partial(read, client, query)
        times = take_turns(
            {"whole": page, "small": page},
            rounds,
            before={"whole": partial(looking_at, ""), "small": partial(looking_at, schema)},
        )
        looking_at("")
        ratio, most = times.ratio("whole", "small"), max(most, queries_of(page))
        before, after = times.median("small") * 1000, times.median("whole") * 1000
        shown.append(f"{name} {before:.0f} → {after:.0f} ms ({ratio:.2f}x)")
        if ratio > worst:
            worst, at_worst = ratio, name
    detail = f"{small:,} → {size:,} rows: {'; '.join(shown)}; at most {most} queries; worst: {at_worst}"
    return [at_most("activity list, filtered and searched, to the same page at 10,000 rows", worst, 2, "x", detail)]


@override_settings(PAGE_SIZE=ROWS_A_PAGE)
def measure_work(client: Client, size: int, rounds: int) -> list[Result]:
    """`size`: rows in the table. The bytes are those of the page before it is compressed."""
    queries = {
        "page 1": EVERY_DAY,
        "by state": EVERY_DAY | {"state": "recorded"},
        "search": EVERY_DAY | {"q": "tảo hôn"},
        "last page": EVERY_DAY | {"page": "last"},
    }
    works = {name: partial(read, client, query) for name, query in queries.items()}
    times = take_turns(works, rounds)
    slowest = max(times.ratio(name, "page 1") for name in works)
    most = max(queries_of(work) for work in works.values())
    sizes = {name: len(work()) / 1000 for name, work in works.items()}
    what = f"W-L, {size:,} rows, {ROWS_A_PAGE} a page"
    shown = "; ".join(f"{name} {times.spread(name)}, {sizes[name]:.0f} kB" for name in works)
    return [
        at_most(f"{what}: filter, search and last page, to page 1", slowest, 2, "x", shown),
        at_most(f"{what}: queries of a page", most, QUERIES, " queries", shown),
        at_most(f"{what}: bytes of a page", max(sizes.values()), KILOBYTES, " kB", shown),
    ]
