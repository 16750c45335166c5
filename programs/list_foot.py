"""What stands around a list of activities and is not a row of it, read in one query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, QuerySet, Sum

from coordination.models import Membership, SavedForm
from programs.choices import as_rows, in_one_query
from programs.models import Activity, ActivityOutput
from programs.saved_forms import InProgress, forms_in_progress, shown_in_progress

SAVED = ("form", "form_token", "title", "saved_at")


@dataclass(frozen=True)
class OutputSum:
    """Products of one kind, with its counting word: 120 băng rôn."""

    name: str
    word: str
    quantity: int


@dataclass(frozen=True)
class ListFoot:
    """`left_apart`: records of communes only part of which came to the place asked for."""

    outputs: list[OutputSum]
    left_apart: int
    in_progress: list[InProgress]


def foot_of(summed: QuerySet, left_apart: QuerySet | None, acting: Membership | None) -> ListFoot:
    """`summed`: the records whose products are added up, drafts never; `acting`: whose forms in progress are shown."""
    apart = left_apart if left_apart is not None else Activity.objects.none()
    counted = apart.order_by().values("unit").annotate(rows=Count("pk"))
    saved = forms_in_progress(acting) if acting else SavedForm.objects.none()
    found = in_one_query(
        as_rows("output", _sums(summed), "name", "word", "position", "sum"),
        as_rows("apart", counted, "rows"),
        as_rows("saved", saved, *SAVED),
    )
    outputs = sorted(found["output"], key=lambda row: (row["position"], row["name"]))
    return ListFoot(
        outputs=[OutputSum(row["name"], row["word"], row["sum"]) for row in outputs],
        left_apart=sum(row["rows"] for row in found["apart"]),
        in_progress=shown_in_progress(
            sorted(map(_form, found["saved"]), key=lambda form: form.saved_at, reverse=True)
        ),
    )


def _sums(activities: QuerySet) -> QuerySet:
    """Corrections are among them: their quantities add to what they correct."""
    recorded = activities.recorded().order_by().values("pk")
    kind = {"name": F("kind__name"), "word": F("kind__word"), "position": F("kind__position")}
    outputs = ActivityOutput.objects.filter(activity__in=recorded).order_by()
    return outputs.values(**kind).annotate(sum=Sum("quantity"))


def _form(row: dict[str, Any]) -> SavedForm:
    """Out of JSON, where SQLite leaves the zone of a time away."""
    saved_at = datetime.fromisoformat(row["saved_at"])
    kept = saved_at if saved_at.tzinfo else saved_at.replace(tzinfo=UTC)
    return SavedForm(**row | {"form_token": UUID(row["form_token"]), "saved_at": kept})
