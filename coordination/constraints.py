"""Constraints that several tables share. Each carries the message people will see."""

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _


def dates_in_order(first: str, last: str, *, name: str) -> models.CheckConstraint:
    """`last` is not before `first`; either may be unknown (NULL)."""
    return models.CheckConstraint(
        name=name,
        condition=Q(**{f"{first}__isnull": True}) | Q(**{f"{last}__isnull": True}) | Q(**{f"{last}__gte": F(first)}),
        violation_error_message=_("The last day must not be before the first day."),
    )


def both_or_neither(one: str, other: str, *, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=name,
        condition=Q(**{f"{one}__isnull": True, f"{other}__isnull": True})
        | Q(**{f"{one}__isnull": False, f"{other}__isnull": False}),
        violation_error_message=_("These two belong together: fill in both or neither."),
    )


def known_value(
    field: str, choices: type[models.TextChoices], *, name: str, blank: bool = False
) -> models.CheckConstraint:
    """The column holds a value of the enumeration (or "" where `blank`)."""
    values = [*choices.values, ""] if blank else choices.values
    return models.CheckConstraint(
        name=name,
        condition=Q(**{f"{field}__in": values}),
        violation_error_message=_("This value is not in the list."),
    )


def unique_with_empty(
    *fields: str, empty: dict[str, object], name: str, message, condition: models.Q | None = None
) -> models.UniqueConstraint:
    """Unique where NULL counts as a value too; `empty` says what stands for NULL. SQLite has no NULLS NOT DISTINCT."""
    expressions = [Coalesce(field, Value(empty[field])) if field in empty else F(field) for field in fields]
    return models.UniqueConstraint(*expressions, name=name, condition=condition, violation_error_message=message)
