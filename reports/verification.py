"""What `manage.py verify` looks at: a frozen report says what it said when it was approved, and can be printed."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _

from coordination.enums import DocumentState
from coordination.manuscript import Box, Cell, Manuscript, Paragraph, Span, Table
from coordination.models import DocumentFile, DocumentVersion
from coordination.triggers import missing_triggers
from reports.compose import words
from reports.figures import At, Compared, Opened, Ref, Scope, UnknownFigure, open_ref
from reports.figures.scope import REMEMBERED
from reports.jobs import LEFT_SECONDS
from reports.models import Report, Unlocking

TOLERANCE = 1e-9  # shares are divided once in the database and once here


def problems() -> Iterator[str]:
    yield from (_("Trigger missing or altered: %(name)s") % {"name": name} for name in missing_triggers(connection))
    yield from broken_versions()
    for report in frozen_reports():
        yield from changed_facts(report)
        yield from wrong_numbers(report)
    yield from broken_files()
    yield from lost_files()


def frozen_reports() -> Iterator[Report]:
    reports = Report.objects.filter(document__state__in=DocumentState.frozen())
    yield from reports.select_related("document", "agency", "unit", "period__same_period_last_year").order_by("pk")


def broken_versions() -> Iterator[str]:
    for version in DocumentVersion.objects.select_related("document").order_by("pk").iterator():
        if not is_whole(version):
            yield _("Version %(number)s of “%(document)s” is not what was approved.") % {
                "number": version.number,
                "document": version.document,
            }


def is_whole(version: DocumentVersion) -> bool:
    """Can be read, and has the hash it was approved with."""
    try:
        return Manuscript.from_json(version.manuscript).sha256() == version.sha256
    except (TypeError, KeyError, ValueError):
        return False


def changed_facts(report: Report) -> Iterator[str]:
    """Facts that are not locked, or in another version than the one counted, and that nobody unlocked."""
    for facts, (table, column) in REMEMBERED.items():
        unlocked = Unlocking.objects.filter(table=facts._meta.model_name, fact=OuterRef(column))
        differs = Q(**{f"{column}__locked_at": None}) | ~Q(**{f"{column}__version": F("fact_version")})
        for reference in table.objects.filter(differs, ~Exists(unlocked), report=report).values_list(
            f"{column}__reference", flat=True
        ):
            yield _("“%(report)s”: %(fact)s was changed after it was frozen.") % {
                "report": report.document,
                "fact": f"{facts._meta.model_name} {reference}",
            }


def changed_since_unlocked(report: Report) -> bool:
    """A record it counts was unlocked and then changed: what the version says can no longer be computed from them."""
    for facts, (table, column) in REMEMBERED.items():
        unlocked = Unlocking.objects.filter(table=facts._meta.model_name, fact=OuterRef(column))
        changed = ~Q(**{f"{column}__version": F("fact_version")})
        if table.objects.filter(changed, Exists(unlocked), report=report).exists():
            return True
    return False


@dataclass(frozen=True)
class Printed:
    """A number of the version: what it refers to, its words, and its value where the cell keeps it."""

    ref: str
    text: str
    value: float | None = None


def printed_numbers(manuscript: Manuscript) -> Iterator[Printed]:
    spans: list[Span] = list(manuscript.closing)
    for block in manuscript.all_blocks():
        if isinstance(block, (Paragraph, Box)):
            spans.extend(block.spans)
        elif isinstance(block, Table):
            cells: list[Cell] = [cell for row in block.rows for cell in row.cells]
            yield from (Printed(cell.ref, cell.text, cell.value) for cell in cells if cell.ref)
    yield from (Printed(span.ref, span.text) for span in spans if span.ref)


def wrong_numbers(report: Report) -> Iterator[str]:
    """Numbers whose list no longer adds up to them, or to what was printed.

    A version that cannot be read is told by `broken_versions`.
    """
    version = report.document.versions.order_by("number").last()
    if version is None:
        yield _("“%(report)s” is approved and has no version.") % {"report": report.document}
        return
    if not is_whole(version) or changed_since_unlocked(report):
        return
    scope, compared = Scope.of_report(report), Compared.of(report.period)
    opened: dict[str, Opened] = {}
    for number in printed_numbers(Manuscript.from_json(version.manuscript)):
        if number.ref not in opened:
            try:
                opened[number.ref] = open_ref(Ref.parse(number.ref), scope, compared)
            except UnknownFigure as unknown:
                yield _("“%(report)s”: “%(printed)s” cannot be opened. %(why)s") % {
                    "report": report.document,
                    "printed": number.text,
                    "why": unknown,
                }
                continue
            yield from unequal_list(report, opened[number.ref])
        if not is_printed_right(number, opened[number.ref]):
            yield _("“%(report)s”: “%(printed)s” was printed where %(figure)s is %(value)s.") % {
                "report": report.document,
                "printed": number.text,
                "figure": number.ref,
                "value": opened[number.ref].value.value,
            }


def unequal_list(report: Report, opened: Opened) -> Iterator[str]:
    value, total = opened.value.value, opened.total()
    if value is not None and (total is None or abs(float(total) - float(value)) > TOLERANCE):
        yield _("“%(report)s”: %(figure)s is %(value)s, its list adds up to %(total)s.") % {
            "report": report.document,
            "figure": opened.ref,
            "value": value,
            "total": total,
        }


def is_printed_right(number: Printed, opened: Opened) -> bool:
    """A cell by the value it keeps, words by how a paper words such a number; where there is no data, no digit.

    Only the list is checked where a number is worded in several ways: changes, fractions, readings of indicators.
    """
    value, figure = opened.value.value, opened.ref.figure
    if value is None:
        return number.value is None and not any(sign.isdigit() for sign in number.text)
    if number.value is not None:
        return abs(number.value - float(value)) <= TOLERANCE
    if opened.ref.at == At.CHANGE or figure.shown == "own" or "/" in number.text:
        return True
    in_text = words.in_text(opened.value, figure)
    return number.text in (in_text, words.without_word(in_text), words.in_table(opened.value, figure))


def broken_files() -> Iterator[str]:
    """Rows without their file, and files that are not what was written."""
    for row in DocumentFile.objects.order_by("pk").iterator():
        path = Path(row.file.path)
        if not path.is_file():
            yield _("File missing: %(name)s (%(path)s)") % {"name": row.name, "path": row.file.name}
        elif hashlib.sha256(path.read_bytes()).hexdigest() != row.sha256:
            yield _("File altered: %(name)s (%(path)s)") % {"name": row.name, "path": row.file.name}


def lost_files() -> Iterator[str]:
    """Files of documents that no row knows; one that is being written has no row yet."""
    known = set(DocumentFile.objects.values_list("file", flat=True))
    root = Path(settings.MEDIA_ROOT)
    for path in sorted((root / "documents").rglob("*")):
        name = str(path.relative_to(root))
        if path.is_file() and name not in known and path.stat().st_mtime < time.time() - LEFT_SECONDS:
            yield _("File of no document: %(path)s") % {"path": name}
