"""How the numbers of an activity must fit together. The same rules stand in the database as constraints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

FIELDS = ("attendances", "women", "minority", "minority_women", "distinct_people")


@dataclass(frozen=True)
class Attendance:
    """None is not stated. Parts need the total."""

    attendances: int | None = None
    women: int | None = None
    minority: int | None = None
    minority_women: int | None = None
    distinct_people: int | None = None


WITHIN_TOTAL = {
    "women": _("Women (%(part)s) cannot be more than the total (%(whole)s)."),
    "minority": _("Ethnic-minority people (%(part)s) cannot be more than the total (%(whole)s)."),
    "minority_women": _("Ethnic-minority women (%(part)s) cannot be more than the total (%(whole)s)."),
    "distinct_people": _("Different persons (%(part)s) cannot be more than the attendances (%(whole)s)."),
}
WITHIN_PART = {
    "women": _("Ethnic-minority women (%(part)s) cannot be more than the women (%(whole)s)."),
    "minority": _("Ethnic-minority women (%(part)s) cannot be more than the ethnic-minority people (%(whole)s)."),
}


def misfits(numbers: Attendance) -> list[tuple[str, ValidationError]]:
    """The field to mend, and what to do. Whether the four fit together is asked once each fits by itself."""
    stated = [name for name in WITHIN_TOTAL if getattr(numbers, name) is not None]
    if stated and numbers.attendances is None:
        return [("attendances", ValidationError(_("Write the total as well: its parts are stated."), "no_total"))]
    return [*_over_total(numbers, stated), *_over_part(numbers)] or list(_over_each_other(numbers))


def _over_total(numbers: Attendance, stated: list[str]) -> Iterator[tuple[str, ValidationError]]:
    for name in stated:
        values = {"part": getattr(numbers, name), "whole": numbers.attendances}
        if values["part"] > values["whole"]:
            yield name, ValidationError(WITHIN_TOTAL[name], "over_total", values)


def _over_part(numbers: Attendance) -> Iterator[tuple[str, ValidationError]]:
    for name, message in WITHIN_PART.items():
        values = {"part": numbers.minority_women, "whole": getattr(numbers, name)}
        if None not in values.values() and values["part"] > values["whole"]:
            yield "minority_women", ValidationError(message, "over_part", values)


def _over_each_other(numbers: Attendance) -> Iterator[tuple[str, ValidationError]]:
    """Who is neither a woman nor of a minority cannot be fewer than nobody."""
    four = (numbers.attendances, numbers.women, numbers.minority, numbers.minority_women)
    if None in four:
        return
    whole, women, minority, both = four
    if women + minority - both > whole:
        message = _(
            "Women and ethnic-minority people are at least %(least)s together, the total says %(whole)s. "
            "Check the four numbers."
        )
        yield "attendances", ValidationError(message, "too_small", {"least": women + minority - both, "whole": whole})
