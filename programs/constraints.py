"""Constraints of the fact tables."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

BELOW_ZERO = _("A number cannot be negative. To mend a frozen figure, add a correction with its reason.")


def not_negative(fields: list[str], *, name: str) -> models.CheckConstraint:
    """Only a correction (a row with a reason) may hold negative numbers."""
    positive = Q()
    for field in fields:
        positive &= Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__gte": 0})
    return models.CheckConstraint(
        name=name,
        condition=~Q(reason="") | positive,
        violation_error_message=BELOW_ZERO,
    )


def part_within(part: str, whole: str, *, name: str, message) -> models.CheckConstraint:
    """`part` needs `whole` and is at most `whole`; rows that correct others are checked by their form as a sum."""
    return models.CheckConstraint(
        name=name,
        condition=~Q(reason="")
        | Q(**{f"{part}__isnull": True})
        | (Q(**{f"{whole}__isnull": False}) & Q(**{f"{part}__lte": F(whole)})),
        violation_error_message=message,
    )
