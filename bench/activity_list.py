"""The list of activities, filtered and searched, in the whole table and in one of 10,000 rows: server time."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlencode

from django.test import Client
from django.urls import reverse

from bench.province import Cast
from bench.register import looking_at
from bench.rounds import Result, at_most, queries_of, take_turns
from coordination.formats import date_vi

BASE = 10_000


def pages(cast: Cast) -> dict[str, dict[str, str]]:
    period = {"since": date_vi(cast.period.data_from), "until": date_vi(cast.period.data_to)}
    return {
        "period": period,
        "filtered": period | {"component": "P8", "state": "recorded", "unit": str(cast.communes[0].pk)},
        "searched": period | {"q": "truyen thong"},
        "filtered and searched": period | {"component": "P8.1", "state": "recorded", "q": "tảo hôn"},
        "rare words": period | {"q": "chieu phim luu dong"},
        "last page": period | {"page": "20"},
        "rare words, every day": {"since": "", "until": "", "q": "chieu phim luu dong"},
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
