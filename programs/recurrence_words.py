"""How often a task comes again, from how a paper words it: "hằng quý", "6 tháng một lần"; "thường xuyên" sets no day.

A proposal only, as in due_words: the words are kept as typed and each part may be changed. Periods are those of the
calendar, so that the shortest one named holds the others: "định kỳ 6 tháng, năm" is every half-year.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from coordination.formats import date_vi
from coordination.forms import squeezed
from coordination.search import clean_text
from programs.due_words import BEFORE, STEPS, due_days, read_due
from programs.enums import Recurrence

EACH = r"\b(?:hằng|hàng|mỗi|từng|định kỳ(?:\s+(?:hằng|hàng|mỗi|theo))?)\s+"
ONCE_IN = r"(?:\s*/\s*|\s+)(?:một|1|01)\s+lần\b|\s*/\s*lần\b"
EVERY = {  # the shortest first
    Recurrence.MONTHLY: r"tháng",
    Recurrence.QUARTERLY: r"(?:quý|0?3 tháng|ba tháng)",
    Recurrence.HALF_YEARLY: r"(?:0?6 tháng|sáu tháng|nửa năm)",
    Recurrence.YEARLY: r"(?:năm|12 tháng)",
}
NUMBERS = (r"\d", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười")
NOT_MANY = "".join(rf"(?<!{number} )" for number in NUMBERS)
NOT_A_MONTH = r"(?!\s*\d|\s*(?:đầu|cuối)\b)"  # "tháng 6", "6 tháng đầu năm" are days, no rhythm
RHYTHMS = {
    rhythm: re.compile(rf"{EACH}{length}\b{NOT_A_MONTH}|{NOT_MANY}\b(?:(?:một|1|01) )?{length}(?:{ONCE_IN})")
    for rhythm, length in EVERY.items()
}
ALWAYS = re.compile(r"\b(?:thường xuyên|liên tục)\b")
LENGTH = re.compile(rf"\b(?:0?3|0?6|12) tháng\b{NOT_A_MONTH}")  # "hằng quý, 6 tháng, năm": what else it names
LAST_YEAR = re.compile(r"(?:\bgiai đoạn\s*\d{4}\s*(?:-|–|đến)\s*|\bđến\s*(?:hết\s*)?năm\s*)(?P<year>20\d{2})\b")
DAY_OF_MONTH = re.compile(r"\bngày\s*(?P<day>\d{1,2})(?!\d|\s*[/.-]\s*\d|\s*tháng\s*\d)")


@dataclass(frozen=True)
class Reading:
    """What the words say: `due_on` the (first) last day, `until` the day after which it does not come again, both

    inclusive. `always`: it is done all the time and no day is set.
    """

    due_on: date | None = None
    recurrence: str = ""
    until: date | None = None
    always: bool = False

    def get_recurrence_display(self) -> str:
        return str(Recurrence(self.recurrence).label) if self.recurrence else ""

    @property
    def days(self) -> list[date]:
        """Of one that comes again; empty where its first or last day is not said."""
        if not (self.recurrence and self.due_on and self.until):
            return []
        return due_days(self.due_on, self.recurrence, self.until)


def read_rhythm(words: str) -> str:
    """A value of Recurrence, never ONCE; "" where the words name none."""
    text = _plain(words)
    return next((rhythm.value for rhythm, pattern in RHYTHMS.items() if pattern.search(text)), "")


def read_when(words: str, issued_on: date) -> Reading:
    """The first day is the one named, else the end of the period in which the paper was issued.

    It comes again until the end of the year that is named, else of the first day's year; a yearly one needs a year.
    """
    text, rhythm = _plain(words), read_rhythm(words)
    if not rhythm:
        day = read_due(words, issued_on)
        return Reading(day, always=day is None and bool(ALWAYS.search(text)))
    last_year = LAST_YEAR.search(text)
    text = LAST_YEAR.sub(" ", text)
    for pattern in (*RHYTHMS.values(), LENGTH):
        text = pattern.sub(" ", text)
    first = _first_day(text, rhythm, issued_on)
    if first is None:
        return Reading(None, rhythm)
    year = int(last_year["year"]) if last_year else first.year
    until = None if rhythm == Recurrence.YEARLY and not last_year else date(year, 12, 31)
    return Reading(first, rhythm, until if until and until >= first else None)


def reading_of(due_words: str, text: str, issued_on: date) -> Reading:
    """Of the words of the day; where there are none, how often the task itself says it comes."""
    if due_words.strip():
        return read_when(due_words, issued_on)
    of_the_task = read_when(text, issued_on)
    return of_the_task if of_the_task.recurrence else Reading()


def in_the_form(reading: Reading) -> dict[str, str]:
    """What the words say, by field, as a person would have typed it."""
    days = {"due_on": reading.due_on, "recurs_until": reading.until}
    typed = {name: date_vi(day) for name, day in days.items() if day}
    typed |= {"recurrence": str(reading.recurrence)} if reading.recurrence else {}
    return typed | ({"no_day": "on"} if reading.always else {})


def _plain(words: str) -> str:
    return squeezed(clean_text(words)).casefold()


def _first_day(text: str, rhythm: str, issued_on: date) -> date | None:
    """`text`: without the words of the rhythm. None where it names a day that cannot be read."""
    if found := DAY_OF_MONTH.search(text):
        back = timedelta(days=1 if BEFORE.search(text[: found.start()]) else 0)
        return _day_of_month(int(found["day"]), back, issued_on) if rhythm == Recurrence.MONTHLY else None
    if re.search(r"\d", text):
        return read_due(text, issued_on)
    step = STEPS[Recurrence(rhythm)]
    month = -(-issued_on.month // step) * step
    return date(issued_on.year, month, monthrange(issued_on.year, month)[1])


def _day_of_month(number: int, back: timedelta, issued_on: date) -> date | None:
    """On or after the day of the paper. Not the 29th to 31st, which some months lack."""
    if not 1 <= number <= 28:
        return None
    day = issued_on.replace(day=number) - back
    if day >= issued_on:
        return day
    later = issued_on.replace(day=1) + timedelta(days=32)
    return later.replace(day=number) - back
