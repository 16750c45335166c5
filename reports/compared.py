"""Periods beside each other: the main numbers of the reports of one kind, as each was approved."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from coordination.formats import number_vi
from coordination.manuscript import Chart, Series
from coordination.models import DocumentVersion
from reports.compose.keys import KEY_FIGURES, Get, kept_amounts
from reports.compose.words import in_table
from reports.enums import ReportNature
from reports.figures import Amount, At, Ref

PERIODS = 6


@dataclass(frozen=True)
class Line:
    """A main number over the periods, oldest first; `values` for the chart, None where a report has none."""

    label: str
    cells: list[str]
    values: list[float | None]


def reports_compared(reports: Any, kind: str, agency: int, period_kind: str) -> list[Any]:
    """`reports`: those the reader may see. The one in force of each period, with its numbers (`kept`)."""
    versions = DocumentVersion.objects.filter(document=OuterRef("document")).order_by("-number")
    rows = reports.in_the_open().filter(kind=kind, agency=agency, period__kind=period_kind)
    rows = rows.exclude(nature=ReportNature.SUPPLEMENT).exclude(superseded_by__document__issued_on__isnull=False)
    rows = rows.annotate(kept=Subquery(versions.values("manuscript__meta")[:1])).for_list()
    return list(reversed(rows.order_by("-period__data_to", "-pk")[:PERIODS]))


def lines_of(reports: Sequence[Any]) -> list[Line]:
    kept = [_kept(report.kept) for report in reports]
    return [_line(code, whole, kept) for code, whole in KEY_FIGURES]


def _kept(meta: Any) -> Get:
    """SQLite gives a part of a JSON column as its text. A version approved before they were kept has none."""
    meta = json.loads(meta) if isinstance(meta, str) else meta or {}
    return kept_amounts(meta) or (lambda _code, _at: Amount())


def _line(code: str, whole: str, kept: Sequence[Get]) -> Line:
    figure = Ref(code).figure
    cells, values = [], list[float | None]()
    for get in kept:
        amount, every = get(code, At.NOW), get(whole, At.NOW) if whole else Amount()
        if amount.value is None or (whole and not every.value):
            cells.append("–")
            values.append(None)
            continue
        of_all = f"/{number_vi(every.value)}" if whole and every.value is not None else ""
        cells.append(in_table(amount, figure) + of_all)
        values.append(float(amount.value))
    return Line(str(figure.label), cells, values)


def chart_of(line: Line, reports: Sequence[Any]) -> Chart | None:
    """None while there is nothing to set beside each other."""
    if sum(value is not None for value in line.values) < 2:
        return None
    labels = tuple(f"{report.period.code}" for report in reports)
    return Chart(
        key="compared",
        kind="columns",
        title=line.label,
        alt=line.label,
        labels=labels,
        series=(Series(line.label, tuple(line.values)),),
        source=_("As each report was approved"),
    )
