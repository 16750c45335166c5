"""How the numbers of a reading must fit together, when it is entered and when it is corrected."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from coordination.formats import number_vi
from programs.models import Indicator

NUMBERS = ("numerator", "denominator", "value")
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
    indicator: Indicator, *, numerator: Decimal | None, denominator: Decimal | None
) -> Iterator[tuple[str, ValidationError]]:
    """The field to mend, and what to do."""
    if denominator == 0:
        yield "denominator", ValidationError(_("The denominator must be greater than 0."), "zero")
    elif numerator is not None and denominator is not None and numerator > denominator and is_share(indicator):
        message = _("%(part)s is more than %(whole)s: a share is at most 100%%. Check both numbers.")
        values = {"part": number_vi(numerator.normalize()), "whole": number_vi(denominator.normalize())}
        yield "numerator", ValidationError(message, "over", values)
