"""How the numbers of a reading must fit together, when it is entered and when it is corrected."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from coordination.formats import number_vi
from programs.enums import ReadingNature
from programs.forms.day_checks import refuse_ahead
from programs.models import Indicator

NUMBERS = ("numerator", "denominator", "value")
WHOLE = 100  # of a share, per cent
DIGITS = {"min_value": 0, "max_digits": 14, "decimal_places": 4}


def is_share(indicator: Indicator) -> bool:
    return indicator.measured_in == "%"


def yes_no_field(*, required: bool = False) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=_("Value"),
        choices=[("", "…"), ("1", _("yes")), ("0", _("no"))],
        coerce=Decimal,
        empty_value=None,
        required=required,
    )


def misfits(
    indicator: Indicator,
    *,
    numerator: Decimal | None = None,
    denominator: Decimal | None = None,
    value: Decimal | None = None,
) -> Iterator[tuple[str, ValidationError]]:
    """The field to mend, and what to do."""
    if value is not None and value > WHOLE and is_share(indicator):
        yield "value", ValidationError(_("A share is at most 100%. Check the number."), "over")
    if denominator == 0:
        yield "denominator", ValidationError(_("The denominator must be greater than 0."), "zero")
    elif numerator is not None and denominator is not None and numerator > denominator and is_share(indicator):
        message = _("%(part)s is more than %(whole)s: a share is at most 100%%. Check both numbers.")
        values = {"part": number_vi(numerator.normalize()), "whole": number_vi(denominator.normalize())}
        yield "numerator", ValidationError(message, "over", values)


def refuse_actual_ahead(day: date, nature: str) -> None:
    """Before a period is over its numbers are estimates ("ước cả năm"), and such may be entered."""
    if nature != ReadingNature.ESTIMATE:
        refuse_ahead(day, _("This day lies ahead: until then only an estimate can be entered."))
