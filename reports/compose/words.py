"""Numbers and comparisons as papers word them. The words are those of the paper, whatever language the screen has."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from coordination.formats import count_vi, million_vnd, millions, number_vi, percent_vi
from programs.enums import Precision
from reports.figures.base import Amount, Figure
from reports.figures.windows import Month

NO_DATA = "chưa có số liệu"
NOT_POSSIBLE = "–"
NOT_STATED = "…"
SAME = "bằng cùng kỳ"
AGAINST_LAST_YEAR = "so với cùng kỳ"
_PRECISION = {Precision.ABOUT: "khoảng", Precision.NEARLY: "gần", Precision.OVER: "hơn"}
MARKS = "abcdđeghiklmnopqrstuvxy"


def in_text(amount: Amount, figure: Figure) -> str:
    """In a sentence: 9 -> "09", 1000 (typed as nearly) -> "gần 1.000", money in millions with its word."""
    value = amount.value
    if value is None:
        return NO_DATA
    if figure.shown == "percent":
        return percent_vi(value)
    if figure.shown == "money":
        return roughly(amount, million_vnd(int(value)))
    return roughly(amount, count_vi(int(value)) if value == int(value) else number_vi(value, 1))


def in_table(amount: Amount, figure: Figure, empty: str = "0") -> str:
    """In a cell: plain numbers, money in millions without the word. `empty` stands for no data."""
    value = amount.value
    if value is None:
        return empty
    if figure.shown == "percent":
        return percent_vi(value)
    if figure.shown == "money":
        return roughly(amount, millions(int(value)))
    return roughly(amount, number_vi(value))


def roughly(amount: Amount, text: str) -> str:
    """ "khoảng 1.000"; in a narrow cell the word comes to stand above the number."""
    word = _PRECISION.get(Precision(amount.precision), "")
    return f"{word} {text}" if word else text


def direction(value: Decimal | int) -> str:
    return "tăng" if value > 0 else "giảm"


def without_word(text: str) -> str:
    """ "khoảng 1.000" -> "1.000": in "khoảng 600/1.000" the word is said once."""
    return text.rpartition(" ")[2]


def percent_change(now: Amount, before: Amount) -> str:
    """ "12,6%": by how much, without the direction; "" where there was nothing before."""
    if now.value is None or not before.value:
        return ""
    return percent_vi(abs(Decimal(100) * (now.value - before.value) / before.value))


def month_days(months: Sequence[Month]) -> str:
    """Which days a reporting month has: "từ ngày 15 tháng trước đến ngày 14", or those of the calendar."""
    first = months[-1].first
    if first.day == 1:
        return "theo tháng dương lịch"
    return f"từ ngày {first.day:02d} tháng trước đến ngày {months[-1].last.day:02d}"


def lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def number_with(word: str, name: str) -> str:
    """What follows a number: "buổi truyền thông trực tiếp", but "chương trình văn nghệ", not the word twice."""
    name = lower(name)
    return name if not word or name.startswith(word.lower()) else f"{word} {name}"


def in_sentence(name: str) -> str:
    """ "Nội dung 1: Tuyên truyền" -> "Nội dung 1 (tuyên truyền)", before a colon of the sentence's own."""
    number, colon, text = name.partition(": ")
    return f"{number} ({lower(text)})" if colon else name


def listed(items: list[str]) -> str:
    """ "một, hai và ba"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} và {items[-1]}" if items else ""


def letter(number: int) -> str:
    """The n-th mark of a list, from 0: a b c d đ e g h… (decree 30/2020/NĐ-CP uses the Vietnamese alphabet).

    After "y" come "aa", "ab"…
    """
    rounds, place = divmod(number, len(MARKS))
    return (letter(rounds - 1) if rounds else "") + MARKS[place]


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def part_name(part: str, whole: str) -> str:
    """The part of a kind without the words of the kind: "trong trường học", "ở cộng đồng", "hợp tác xã"."""
    rest = part.removeprefix(whole).strip(" ,:")
    return lower(rest or part)


def part_with(word: str, part: str, whole: str) -> str:
    """After a number: "câu lạc bộ trong trường học", "hợp tác xã do phụ nữ làm chủ"."""
    return number_with(word, part_name(part, whole))


def typed(value: int, precision: str) -> str:
    """One fact's number as it was typed: "gần 1.000"."""
    return roughly(Amount(value, 1, "" if precision == Precision.EXACT else precision), number_vi(value))


def sentence_title(text: str, width: int = 66) -> str:
    """A long sentence over a chart is broken where it pauses, nearest to its middle."""
    pauses = [found.end() for found in re.finditer(r"[;,] ", text)]
    if len(text) <= width or not pauses:
        return text
    place = min(pauses, key=lambda pause: abs(pause - len(text) / 2))
    return f"{text[: place - 1]}\n{text[place:]}"
