"""Who changed an activity, when, and what it said before and after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.formats import NOT_STATED, date_vi, number_vi
from coordination.models import User
from programs.enums import FundingSource
from programs.forms.activities import COLUMNS, ActivityForm
from programs.models import Activity, ActivityCost, ActivityCount, ActivityOutput

# Links as they were.
TOPICS, PARTNERS, PLACES = (f"historicalactivity_{name}_set" for name in ("topics", "partners", "other_units"))
SHOWN = 30  # acts; older ones stay in the table
LABELS = {name: ActivityForm.base_fields[name].label for name in (*COLUMNS, "other_units", "topics", "partners")}
LABELS["state"] = gettext_lazy("State")
PARTS = {
    ActivityOutput: ("kind", ("quantity",)),
    ActivityCount: ("category", ("attendances", "women")),
    ActivityCost: ("source", ("amount_vnd",)),
}


@dataclass(frozen=True)
class Change:
    """One line, in words."""

    label: str
    before: str
    after: str


@dataclass
class Act:
    """What one person did at one moment."""

    at: datetime
    by: User | None
    is_first: bool
    changes: list[Change] = field(default_factory=list)


def acts_on(activity: Activity) -> list[Act]:
    """Newest first. All rows of one act carry the same moment (programs/actions.py)."""
    rows = activity.history.select_related("history_user", "kind", "component", "unit")
    rows = rows.prefetch_related(f"{TOPICS}__topic", f"{PARTNERS}__agency__names", f"{PLACES}__administrativeunit")
    parts = _changes_of_parts(activity)
    acts, before = [], None
    for at, group in groupby(rows.order_by("history_date", "history_id"), key=attrgetter("history_date")):
        after = list(group)[-1]
        act = Act(at, after.history_user, is_first=before is None)
        if before is not None:
            act.changes += _changes_of_columns(before, after)
            act.changes += parts.get(at, [])
        acts.append(act)
        before = after
    return [act for act in reversed(acts) if act.is_first or act.changes][:SHOWN]


def _changes_of_columns(before: models.Model, after: models.Model) -> Iterator[Change]:
    for name, label in LABELS.items():
        old, new = in_words(before, name), in_words(after, name)
        if old != new:
            yield Change(str(label), old, new)


def in_words(row: models.Model, name: str) -> str:
    if name == "topics":
        return ", ".join(sorted(link.topic.name for link in getattr(row, TOPICS).all())) or _("nothing")
    if name == "partners":
        names = (link.agency.names.all() for link in getattr(row, PARTNERS).all())
        return ", ".join(sorted(name[0].short_name for name in names)) or _("nothing")
    if name == "other_units":
        links = getattr(row, PLACES).all()
        return ", ".join(sorted(link.administrativeunit.label for link in links)) or _("nothing")
    if name in ("state", "precision"):
        return str(getattr(row, f"get_{name}_display")())
    return value_in_words(getattr(row, name))


def value_in_words(value: Any) -> str:
    if value in (None, ""):
        return NOT_STATED
    if isinstance(value, date):
        return date_vi(value)
    return number_vi(value) if isinstance(value, int) else str(getattr(value, "label", value))


def _changes_of_parts(activity: Activity) -> dict[datetime, list[Change]]:
    """A changed part is taken away and added in the same moment."""
    found: dict[datetime, list[Change]] = {}
    for part, (key, numbers) in PARTS.items():
        rows = part.history.filter(activity_id=activity.pk).order_by("history_date", "history_id")
        if part is not ActivityCost:
            rows = rows.select_related(key)
        for (at, _key), group in groupby(sorted(rows, key=_by_part(key)), key=_by_part(key)):
            states = {row.history_type: row for row in group}
            label = _label_of_part(next(iter(states.values())), key)
            before, after = (_numbers(states.get(kind), numbers) for kind in ("-", "+"))
            found.setdefault(at, []).append(Change(label, before, after))
    return found


def _label_of_part(row: models.Model, key: str) -> str:
    return str(FundingSource(row.source).label) if key == "source" else str(getattr(row, key))


def _by_part(key: str):
    return lambda row: (row.history_date, str(getattr(row, f"{key}_id", getattr(row, key))))


def _numbers(row: models.Model | None, names: tuple[str, ...]) -> str:
    return " · ".join(value_in_words(getattr(row, name)) for name in names) if row else NOT_STATED
