"""Loads the outlines of data/outlines: what a report of a kind consists of, as data people edit afterwards."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from programs.models import Component
from reports.enums import OutlineState, PeriodKind, ReportKind
from reports.models import OutlineSection, ReportOutline

FOLDER = Path(settings.BASE_DIR) / "data" / "outlines"


@transaction.atomic
def load() -> tuple[int, int]:
    """Adds the national outlines that are not there yet, in use; returns how many were made and how many were there.

    An outline that people changed or superseded is never written over: its kind and period have one already.
    """
    made = kept = 0
    for path in sorted(FOLDER.glob("*.toml")):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        project = Component.objects.filter(code=data["project"]).first() if "project" in data else None
        if project is None and "project" in data:
            continue  # its programme is not loaded here
        for period_kind in data["period_kinds"]:
            key = {"kind": ReportKind(data["kind"]), "period_kind": PeriodKind(period_kind), "unit": None}
            if ReportOutline.objects.filter(**key).exists():
                kept += 1
            else:
                _add(key | {"project": project}, data)
                made += 1
    return made, kept


def _add(key: dict[str, Any], data: dict[str, Any]) -> ReportOutline:
    texts = {name: data[name].strip() for name in ("name", "subject", "opening", "closing", "summary")}
    outline = ReportOutline.objects.create(**key, **texts, number=1, state=OutlineState.IN_USE)
    sections: dict[str, OutlineSection] = {}
    for position, row in enumerate(data["sections"], 1):
        sections[row["key"]] = OutlineSection.objects.create(
            outline=outline,
            parent=sections[row["parent"]] if "parent" in row else None,
            position=position,
            numbering=row["numbering"],
            heading=row.get("heading", ""),
            guidance=row.get("guidance", ""),
            text=row.get("text", "").strip(),
            parts=row.get("parts", []),
            key=row["key"],
            is_annex=row.get("annex", False),
        )
    return outline
