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


def misfits(numbers: Attendance) -> Iterator[tuple[str, ValidationError]]:
    """The field to mend, and what to do."""
    whole = numbers.attendances
    for name, message in WITHIN_TOTAL.items():
        part = getattr(numbers, name)
        if part is None:
            continue
        if whole is None:
            yield "attendances", ValidationError(_("Write the total as well: its parts are stated."), "no_total")
            return
        if part > whole:
            yield name, ValidationError(message, "over_total", {"part": part, "whole": whole})
    yield from _minority_women(numbers)


def _minority_women(numbers: Attendance) -> Iterator[tuple[str, ValidationError]]:
    both = numbers.minority_women
    if both is None:
        return
    for name, message in WITHIN_PART.items():
        whole = getattr(numbers, name)
        if whole is not None and both > whole:
            yield "minority_women", ValidationError(message, "over_part", {"part": both, "whole": whole})
    if None not in (numbers.women, numbers.minority, numbers.attendances):
        least = numbers.women + numbers.minority - both
        if least > numbers.attendances:
            message = _(
                "Women and ethnic-minority people are at least %(least)s together, the total says %(whole)s. "
                "Check the four numbers."
            )
            yield "attendances", ValidationError(message, "too_small", {"least": least, "whole": numbers.attendances})
