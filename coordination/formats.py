"""Numbers, money and dates as Vietnamese offices write them, on every page and in every paper.

The words are those of the papers themselves and do not depend on the language of the screen, so that a paper printed
by a worker reads like the one on the page. Three signs are kept apart: "0" counted none, "…" not stated (None here),
"–" not possible (written by whoever knows that it is not).
"""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone

NOT_STATED = "…"
Number = int | float | Decimal


def number_vi(value: Number | None, decimals: int | None = None) -> str:
    """1234.5 -> "1.234,5". `decimals` fixes the places (halves go up, as by hand); None prints those the value has."""
    if value is None:
        return NOT_STATED
    exact = Decimal(str(value))
    if decimals is not None:
        exact = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    elif exact == exact.to_integral_value():
        exact = exact.quantize(Decimal(1))
    sign = "−" if exact < 0 else ""
    whole, _, rest = f"{abs(exact):,f}".partition(".")
    return sign + whole.replace(",", ".") + (f",{rest}" if rest else "")


def count_vi(value: int | None) -> str:
    """Counts in running text: 9 -> "09", 0 -> "0", 1069 -> "1.069"."""
    return f"{value:02d}" if value is not None and 0 < value < 10 else number_vi(value)


def percent_vi(value: Number | None, decimals: int = 1) -> str:
    """84.2105 (already in percent) -> "84,2%"; no blank before the sign."""
    return NOT_STATED if value is None else f"{number_vi(value, decimals)}%"


def vnd(value: int | None) -> str:
    """Whole đồng: 1234567 -> "1.234.567 đồng"."""
    return NOT_STATED if value is None else f"{number_vi(value)} đồng"


def millions(value: int | None, decimals: int = 1) -> str:
    """Whole đồng as millions without the word, for columns headed "triệu đồng": 4278500000 -> "4.278,5"."""
    return NOT_STATED if value is None else number_vi(Decimal(value).scaleb(-6), decimals)


def million_vnd(value: int | None) -> str:
    """Whole đồng as millions: 4278500000 -> "4.278,5 triệu đồng"."""
    return NOT_STATED if value is None else f"{millions(value)} triệu đồng"


def date_vi(value: date | datetime | None) -> str:
    """dd/mm/yyyy; a moment is shown as the day it was in the time zone of the portal."""
    if value is None:
        return ""
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return f"{value:%d/%m/%Y}"


def date_words(value: date) -> str:
    """ "ngày 05 tháng 01 năm 2026": Decree 30/2020/NĐ-CP puts a 0 before days below 10 and months 1 and 2 only."""
    return f"ngày {value.day:02d} {month_words(value)}"


def month_words(value: date) -> str:
    """ "tháng 01 năm 2026", the part of a date line that a draft keeps."""
    return f"tháng {month_number(value.month)} năm {value.year}"


def month_number(month: int) -> str:
    """ "01", "02", "3": the zero of Decree 30/2020/NĐ-CP."""
    return f"{month:02d}" if month <= 2 else str(month)
