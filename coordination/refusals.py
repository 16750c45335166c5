"""What people read when the database refuses a record."""

import re
from functools import cache

from django.apps import apps
from django.db import IntegrityError, models
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from coordination.triggers import declared

FOREIGN_KEY = re.compile("foreign key constraint", re.IGNORECASE)
SQLITE_CHECK = re.compile(r"^CHECK constraint failed: (?P<name>\w+)$")
SQLITE_INDEX = re.compile(r"^UNIQUE constraint failed: index '(?P<name>\w+)'$")
SQLITE_COLUMNS = re.compile(r"^UNIQUE constraint failed: (?P<columns>[\w., ]+)$")


def rule_broken(error: IntegrityError) -> str:
    """Name of the constraint or trigger that refused; "" when the database does not say or it has no name of ours."""
    diagnosis = getattr(error.__cause__, "diag", None)
    if diagnosis is not None:
        return diagnosis.constraint_name or ""
    text = str(error)
    if found := SQLITE_CHECK.match(text) or SQLITE_INDEX.match(text):
        return found["name"]
    if found := SQLITE_COLUMNS.match(text):
        return _unique_columns().get(frozenset(found["columns"].split(", ")), "")
    return text if text in _messages() else ""


def message_for(error: IntegrityError) -> str:
    """One sentence in the reader's language: what is wrong, or at least that nothing was saved."""
    message = _messages().get(rule_broken(error))
    if message is not None:
        return str(message)
    if isinstance(error, (models.ProtectedError, models.RestrictedError)) or FOREIGN_KEY.search(str(error)):
        return _("Nothing was saved: the record refers to something that is gone, or is itself still in use.")
    return _("Nothing was saved: the record is incomplete, or one like it is already there.")


@cache
def _messages() -> dict[str, str | Promise]:
    """By name of the constraint; those nobody worded are left out."""
    worded = {
        constraint.name: constraint.violation_error_message
        for constraint in _constraints()
        if constraint.violation_error_message != constraint.default_violation_error_message
    }
    return worded | {trigger.name: trigger.message for trigger in declared()}


@cache
def _unique_columns() -> dict[frozenset[str], str]:
    """SQLite names the columns of a broken UNIQUE, not the constraint."""
    return {
        frozenset(
            f"{model._meta.db_table}.{model._meta.get_field(field).column}" for field in constraint.fields
        ): constraint.name
        for model in apps.get_models()
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint) and constraint.fields
    }


def _constraints() -> list[models.BaseConstraint]:
    return [constraint for model in apps.get_models() for constraint in model._meta.constraints]
