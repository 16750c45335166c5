"""The last day that follows from how a paper words it: "trước tháng 10/2024" is until 30/9/2024, inclusive.

"trước" before a day, month, quarter or year means that it has not begun; every other wording ("trong", "đến", "chậm
nhất", "xong") lasts until its end. A proposal only: the words are kept as typed and the day may be changed. What can
be read in two ways is not read at all.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from coordination.forms import squeezed
from coordination.search import clean_text
from programs.enums import Recurrence

QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}
YEAR = r"(?:\s*(?:/|năm|-)\s*(?P<year>\d{4}))?"
DAY = (
    r"(?:ngày\s*)?(?P<day>\d{1,2})\s*(?:[/.-]|tháng)\s*(?P<month>\d{1,2})"
    r"(?:\s*(?:[/.-]|năm)\s*(?P<year>\d{4}))?(?!\d)"
)
MONTH = rf"(?:(?P<last>cuối|hết)\s+)?tháng\s*(?P<month>\d{{1,2}}){YEAR}(?!\d)"
QUARTER = rf"(?:(?P<last>cuối|hết)\s+)?quý\s*(?P<quarter>iv|i{{1,3}}|[1-4])\b{YEAR}"
HALF = rf"0?6\s*tháng\s*(?P<half>đầu|cuối)(?:\s*năm)?{YEAR}"
WHOLE_YEAR = r"(?:(?P<last>cuối|hết)\s+)?năm\s*(?P<year>\d{4})"
BEFORE = re.compile(r"\btrước\s*$")
UNTIL = re.compile(r"\btừ\b.*?\bđến\b")
SINCE = re.compile(r"\b(?:sau|từ|kể từ)\s*(?:ngày\s*)?$")
AFTER_ISSUE = re.compile(r"\b(\d{1,3})\s*ngày,?\s*(?:kể\s*)?từ\s*ngày\s*(?:ký|ban hành)")
STEPS = {Recurrence.MONTHLY: 1, Recurrence.QUARTERLY: 3, Recurrence.HALF_YEARLY: 6, Recurrence.YEARLY: 12}
MOST_DUE_DAYS = 60  # of one recurring task: five years of months


@dataclass(frozen=True)
class Span:
    """First and last day, both inclusive; `at` where its words begin, `edge`: they name its end ("cuối tháng 10")."""

    first: date
    last: date
    at: int
    edge: bool = False


def read_due(words: str, issued_on: date) -> date | None:
    """The last day, inclusive; None where the words name none or are not clear.

    Without a year it is the first such day on or after the day of the paper.
    """
    try:
        return _read(squeezed(clean_text(words)).casefold(), issued_on)
    except OverflowError:  # no calendar has the day: "trước năm 0001"
        return None


def _read(text: str, issued_on: date) -> date | None:
    if found := AFTER_ISSUE.search(text):
        return issued_on + timedelta(days=int(found[1]))  # Civil Code 2015, Article 147: the first day does not count
    spans = spans_in(text, issued_on)
    if len(spans) == 2 and UNTIL.search(text[: spans[1].at]):
        spans = spans[1:]
    if len(spans) != 1:
        return None
    span = spans[0]
    before = text[: span.at]
    if SINCE.search(before):
        return None
    if not BEFORE.search(before):
        return span.last
    return None if span.edge else span.first - timedelta(days=1)


def spans_in(text: str, issued_on: date) -> list[Span]:
    """In the order of the words; a day is not read once more as its month."""
    found: list[Span] = []
    taken: list[tuple[int, int]] = []
    for pattern, make in READERS:
        for match in re.finditer(pattern, text):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            taken.append(match.span())
            if span := _span(match, make, issued_on, exclusive=bool(BEFORE.search(text[: match.start()]))):
                found.append(span)
    return sorted(found, key=lambda span: span.at) if len(found) == len(taken) else []


def due_days(first: date, recurrence: str, until: date | None) -> list[date]:
    """Of a recurring task: the first day, then each month, quarter, half-year or year up to `until`, inclusive.

    One that begins on the last day of a month falls on the last day of every month.
    """
    if recurrence == Recurrence.ONCE or until is None:
        return [first]
    step, days = STEPS[Recurrence(recurrence)], []
    at_end = first.day == monthrange(first.year, first.month)[1]
    for number in range(MOST_DUE_DAYS + 1):
        day = _months_later(first, step * number, at_end)
        if day > until:
            break
        days.append(day)
    return days


def _months_later(first: date, months: int, at_end: bool) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    longest = monthrange(year, month + 1)[1]
    return date(year, month + 1, longest if at_end else min(first.day, longest))


def _span(
    match: re.Match[str], make: Callable[[re.Match[str], int], tuple[date, date]], issued_on: date, *, exclusive: bool
) -> Span | None:
    said = match.groupdict()
    years = [int(said["year"])] if said["year"] else [issued_on.year, issued_on.year + 1]
    for year in years:
        try:
            first, last = make(match, year)
        except ValueError:  # 31/11, month 13
            return None
        if said["year"] or (first - timedelta(days=1) if exclusive else last) >= issued_on:
            return Span(first, last, match.start(), edge=bool(said.get("last")))
    return None


def _months(first: int, last: int) -> Callable[[int], tuple[date, date]]:
    return lambda year: (date(year, first, 1), date(year, last, monthrange(year, last)[1]))


def _day(match: re.Match[str], year: int) -> tuple[date, date]:
    day = date(year, int(match["month"]), int(match["day"]))
    return day, day


def _month(match: re.Match[str], year: int) -> tuple[date, date]:
    month = int(match["month"])
    if not 1 <= month <= 12:
        raise ValueError(month)
    return _months(month, month)(year)


def _quarter(match: re.Match[str], year: int) -> tuple[date, date]:
    quarter = QUARTERS[match["quarter"]]
    return _months(3 * quarter - 2, 3 * quarter)(year)


def _half(match: re.Match[str], year: int) -> tuple[date, date]:
    return _months(1, 6)(year) if match["half"] == "đầu" else _months(7, 12)(year)


def _year(_match: re.Match[str], year: int) -> tuple[date, date]:
    return _months(1, 12)(year)


READERS = ((DAY, _day), (HALF, _half), (QUARTER, _quarter), (MONTH, _month), (WHOLE_YEAR, _year))
