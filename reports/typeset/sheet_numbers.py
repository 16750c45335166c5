"""A printed number as a cell of Excel: the exact value, in a format that shows what the paper shows.

"khoảng 1.000" is 1000 shown as "khoảng "#,##0, "54,7%" is 54.7368… with one place and a sign, "giảm 12" is −12. Where
value and words say different things ("16/19"), the cell stays text.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from coordination.formats import number_vi

_NUMBER = re.compile(
    r"(?P<before>[^\d,.−-]*)(?P<sign>−?)(?P<digits>\d{1,3}(?:\.\d{3})*|\d+)(?:,(?P<places>\d+))?(?P<after>[^\d,./-]*)"
)
_SCALES = (1, 1_000_000)  # money is printed in millions of đồng


@dataclass(frozen=True)
class SheetNumber:
    """`value` is in the unit of the column; `shown` is a number format."""

    value: int | float
    shown: str


def sheet_number(text: str, value: float | None) -> SheetNumber | None:
    """None for words, and for what no number format can show."""
    found = _NUMBER.fullmatch(text)
    if value is None or not found:
        return None
    places = len(found["places"] or "")
    printed = found["digits"] + (f",{found['places']}" if places else "")
    exact = Decimal(str(value))
    for scale in _SCALES:
        scaled = exact / scale
        if number_vi(abs(scaled), places) == printed:
            return SheetNumber(_plain(scaled), _shown(found, places, negative=exact < 0))
    return None


def printed_value(text: str) -> int | float | None:
    """The number a sentence prints: "gần 1.200" -> 1200, "giảm 4,5%" -> -4.5, "05" -> 5; None for words."""
    found = _NUMBER.fullmatch(text)
    if not found:
        return None
    number = Decimal(f"{found['digits'].replace('.', '')}.{found['places'] or 0}")
    return _plain(-number if found["sign"] or found["before"].strip() == "giảm" else number)


def _plain(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)


def _shown(found: re.Match[str], places: int, *, negative: bool) -> str:
    """A second part of the format is for numbers below 0, which Excel then shows without their sign."""
    bare = "#,##0" + (f".{'0' * places}" if places else "")
    full = f"{_literal(found['before'] + found['sign'])}{bare}{_literal(found['after'])}"
    return f"{bare};{full}" if negative else full


def _literal(words: str) -> str:
    words = words.replace('"', "”")
    return f'"{words}"' if words else ""
