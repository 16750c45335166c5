"""An activity as plain values under the names of the form: to fill a form, to compare two versions, to join them.

Days are ISO text, list entries are ids, so that a snapshot travels through a hidden field as JSON.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.utils.datastructures import MultiValueDict

from programs.forms.activities import COLUMNS, COST_FIELDS, ActivityEntry
from programs.forms.differences import as_stored
from programs.models import Activity

Snapshot = dict[str, Any]

DAYS = ("starts_on", "ends_on")
LISTED = ("kind", "plan_item", "component", "unit")
TICKED = ("other_units", "topics", "partners")
ROWS = {"outputs": ("entry", "quantity"), "counts": ("entry", "attendances", "women")}


def of_record(activity: Activity) -> Snapshot:
    """Reads the parts of the record too: six queries."""
    values = {name: getattr(activity, name) for name in COLUMNS if name not in (*DAYS, *LISTED)}
    values |= {name: getattr(activity, name).isoformat() for name in DAYS}
    values |= {name: getattr(activity, f"{name}_id") for name in LISTED}
    values |= {name: sorted(getattr(activity, name).values_list("pk", flat=True)) for name in TICKED}
    costs = dict(activity.costs.values_list("source", "amount_vnd"))
    values |= {name: costs.get(source) for name, source in COST_FIELDS.items()}
    values["outputs"] = sorted(map(list, activity.outputs.order_by().values_list("kind", "quantity")))
    counts = activity.counts.order_by().values_list("category", "attendances", "women")
    values["counts"] = sorted(map(list, counts), key=lambda row: row[0])
    return values


def of_entry(entry: ActivityEntry) -> Snapshot:
    """What a valid form says, text as it would be stored."""
    fields = entry.form.fields
    cleaned = {name: as_stored(fields[name], value) for name, value in entry.form.cleaned_data.items()}
    values = {name: cleaned[name] for name in (*COLUMNS, *COST_FIELDS) if name not in (*DAYS, *LISTED)}
    values |= {name: cleaned[name].isoformat() for name in DAYS}
    values |= {name: getattr(cleaned[name], "pk", None) for name in LISTED}
    values |= {name: sorted(row.pk for row in cleaned[name]) for name in TICKED}
    for name, columns in ROWS.items():
        rows = [[row["entry"].pk, *(row[column] for column in columns[1:])] for row in getattr(entry, name).values()]
        values[name] = sorted(rows, key=lambda row: row[0])
    return values


def as_initial(snapshot: Snapshot) -> dict[str, Any]:
    """Values of an open form; the last day is shown only where it differs."""
    values = snapshot | {name: date.fromisoformat(snapshot[name]) for name in DAYS}
    if values["ends_on"] == values["starts_on"]:
        values["ends_on"] = None
    for name, columns in ROWS.items():
        values[name] = [dict(zip(columns, row, strict=True)) for row in snapshot[name]]
    return values


def as_sent(snapshot: Snapshot) -> MultiValueDict:
    """As if the form had been sent with these values."""
    sent = MultiValueDict()
    for name, value in snapshot.items():
        if name in TICKED:
            sent.setlist(name, [str(key) for key in value])
        elif name in ROWS:
            for at, row in enumerate(value):
                for column, part in zip(ROWS[name], row, strict=True):
                    sent[f"{name}-{at}-{column}"] = "" if part is None else str(part)
        else:
            sent[name] = "" if value is None else str(value)
    return sent


def as_text(snapshot: Snapshot) -> str:
    return json.dumps(snapshot, ensure_ascii=False, sort_keys=True)


def from_text(text: str) -> Snapshot | None:
    """None for what no page of ours wrote."""
    try:
        values = json.loads(text or "null")
    except (ValueError, RecursionError):
        return None
    sound = isinstance(values, dict) and all(_may_hold(name, value) for name, value in values.items())
    return values if sound else None


def _may_hold(name: str, value: Any) -> bool:
    if name in TICKED:
        return isinstance(value, list) and all(isinstance(key, int) for key in value)
    if name in ROWS:
        width = len(ROWS[name])
        return isinstance(value, list) and all(_is_row(row, width) for row in value)
    return name in (*COLUMNS, *COST_FIELDS) and (value is None or isinstance(value, str | int))


def _is_row(row: Any, width: int) -> bool:
    """Of numbers; what is not stated is None."""
    return isinstance(row, list) and len(row) == width and all(part is None or isinstance(part, int) for part in row)
