"""How an indicator's value, parts and target are written, on pages and in papers alike."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from coordination.formats import count_vi, number_vi
from programs.enums import Direction, Operator
from programs.models import Indicator, Measurement
from programs.readings import Reading
from programs.scoreboard import Line

YES_NO = "có/không"  # as the lists of indicators write the measure


def is_yes_no(indicator: Indicator) -> bool:
    return indicator.measured_in == YES_NO or indicator.direction == Direction.QUALITATIVE


def goal(line: Line) -> str:
    """ "≥ 75", "khoảng 60", "có"."""
    target = line.target
    if target is None:
        return ""
    if is_yes_no(line.indicator):
        return _yes_no(target.value)
    number = number_vi(target.value.normalize())
    if target.operator == Operator.ABOUT:
        return _("about %(number)s") % {"number": number}
    return f"{target.get_operator_display()} {number}"


def value_text(indicator: Indicator, value: Decimal) -> str:
    """As a table shows it: one decimal, but 100 without."""
    if is_yes_no(indicator):
        return _yes_no(value)
    return number_vi(value, 0 if value == 100 else 1)


def value_words(indicator: Indicator, value: Decimal) -> str:
    """In a sentence, with its measure: "74,0%", "110,4 bé trai trên 100 bé gái", "1,6 lần"."""
    if indicator.measured_in == "%":
        return f"{number_vi(value, 1)}%"
    counted, slash, per = indicator.measured_in.partition("/")
    measure = _("%(counted)s per %(whole)s") % {"counted": counted, "whole": per} if slash else counted
    return f"{number_vi(value, 1)} {measure}"


def fraction(reading: Reading, text: bool = False) -> str:
    """In running text with the zero of the decree: "09/13"."""
    if reading.numerator is None or not reading.denominator:
        return ""
    write = _counted if text else _plain
    return f"{write(reading.numerator)}/{write(reading.denominator)}"


def reading_text(reading: Measurement, indicator: Indicator) -> str:
    """One row as it was given: "71/96", "50,6%", "có"."""
    if reading.numerator is not None and reading.denominator is not None:
        return f"{_plain(reading.numerator)}/{_plain(reading.denominator)}"
    sign = "%" if indicator.measured_in == "%" else ""
    return "" if reading.value is None else value_text(indicator, reading.value) + sign


def _yes_no(value: Decimal) -> str:
    return _("yes") if value else _("no")


def _plain(value: Decimal) -> str:
    return number_vi(value, 0 if value == value.to_integral_value() else 1)


def _counted(value: Decimal) -> str:
    return count_vi(int(value)) if value == value.to_integral_value() else _plain(value)
