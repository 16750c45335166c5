"""What a report says beside what its records say today: as reported, as known now.

Both are whole manuscripts, the kept one and one composed anew over every record of the period, and their numbers are
compared one by one; so a number differs here only where a reader of the paper would see another one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from coordination.manuscript import Cell, Manuscript, Paragraph, Table
from reports.axes import labelled
from reports.compose import compose
from reports.figures import At, Compared, Ref, Scope, UnknownFigure, open_ref
from reports.figures.scope import REMEMBERED
from reports.models import Report

NOTHING = "–"
MOST_REASONS = 3  # of the records behind one number; more would hide what happened


@dataclass(frozen=True)
class Difference:
    """Words as printed; `NOTHING` where the number did not stand."""

    ref: str
    label: str
    was: str
    now: str


@dataclass(frozen=True)
class _Shown:
    text: str
    value: int | float | None


def differences(report: Report) -> list[Difference]:
    """Of a report with a version, in the order of the paper; numbers of the body, not of the annexed lists.

    Raises WrongText where its text names what there is not any more.
    """
    version = report.document.versions.order_by("-number").first()
    if version is None:
        return []
    kept = _shown(Manuscript.from_json(version.manuscript))
    today = _shown(compose(report, Scope.of_records(report)))
    missing = _Shown(NOTHING, None)
    pairs = {ref: (kept.get(ref, missing), today.get(ref, missing)) for ref in [*kept, *today]}
    return [
        Difference(ref, labelled(Ref.parse(ref)), was.text, now.text)
        for ref, (was, now) in pairs.items()
        if was.text != now.text
    ]


def _shown(manuscript: Manuscript) -> dict[str, _Shown]:
    """By reference; a cell says the number more exactly than words do."""
    found: dict[str, _Shown] = {}
    for ref, shown in _numbers(manuscript):
        if ref not in found or (found[ref].value is None and shown.value is not None):
            found[ref] = shown
    return found


def _numbers(manuscript: Manuscript) -> Iterator[tuple[str, _Shown]]:
    for block in manuscript.blocks:
        if isinstance(block, Paragraph):
            yield from ((span.ref, _Shown(span.text, None)) for span in block.spans if _is_of_the_period(span.ref))
        elif isinstance(block, Table):
            cells: list[Cell] = [cell for row in block.rows for cell in row.cells]
            yield from ((cell.ref, _Shown(cell.text, cell.value)) for cell in cells if _is_of_the_period(cell.ref))


def _is_of_the_period(ref: str) -> bool:
    """Last year and the change since are told by their own reports."""
    try:
        return bool(ref) and Ref.parse(ref).at == At.NOW
    except UnknownFigure:
        return False


def why(report: Report, ref: str) -> str:
    """What the records say of a number that changed: reasons of corrections and unlockings, else that they are late.

    "" where no record of ours tells it, e.g. for issued documents.
    """
    opened = open_ref(Ref.parse(ref), Scope.of_records(report), Compared.of(report.period))
    if opened.facts.model not in REMEMBERED:
        return ""
    table, column = REMEMBERED[opened.facts.model]
    counted = table.objects.filter(report=report).values(column)
    keys = opened.facts.order_by().values("pk")
    added = opened.facts.model._default_manager.filter(pk__in=keys).exclude(pk__in=counted).order_by("pk")
    said = list(dict.fromkeys(added.exclude(reason="").values_list("reason", flat=True)[:MOST_REASONS]))
    name = opened.facts.model._meta.model_name
    opened_again = report.unlockings.filter(table=name, fact__in=keys)
    said += [reason for reason in dict.fromkeys(opened_again.values_list("reason", flat=True)) if reason not in said]
    if late := added.filter(reason="").count():
        said.append(_("%(count)s records entered after the report.") % {"count": late})
    return " ".join(said[:MOST_REASONS])
