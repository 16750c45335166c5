"""Supplements and corrections: a later report that says of an earlier one what was, what is, and why.

A supplement prints the table of changes alone; a correction prints the whole report anew and takes its place.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import rules
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from coordination.enums import DocumentState
from coordination.locking import claim_version
from coordination.models import Document, DocumentMove, Membership
from reports.actions import CannotDraft
from reports.enums import ReportNature
from reports.models import Report, ReportChange
from reports.since import Difference, differences, why

logger = logging.getLogger(__name__)
LATER = (ReportNature.SUPPLEMENT, ReportNature.CORRECTION)
_SUBJECT = {ReportNature.SUPPLEMENT: "%s (bổ sung)", ReportNature.CORRECTION: "%s (đính chính)"}  # on paper


@transaction.atomic
def begin_later(report: Report, nature: str, *, acting: Membership) -> Report:
    """A draft with its table of changes; the one already begun, where there is one.

    Raises PermissionDenied, or CannotDraft when no number differs.
    """
    document = Document.objects.select_for_update().get(pk=report.document_id)
    report.document = document
    if not rules.has_perm("reports.begin_later", acting, report):
        raise PermissionDenied
    if begun := open_later(report):
        return begun
    found = differences(report)
    if not found:
        raise CannotDraft(_("Every number is what was reported: there is nothing to add or to correct."))
    later = _drafted(report, nature)
    ReportChange.objects.bulk_create(_rows(later, report, found, {}))
    DocumentMove.objects.create(
        document=later.document,
        action="draft",
        from_state=DocumentState.DRAFT,
        to_state=DocumentState.DRAFT,
        moved_by=acting.user,
        acting_for=acting.agency,
    )
    logger.info("later report drafted", extra={"report": later.pk, "supersedes": report.pk, "nature": nature})
    return later


def open_later(report: Report) -> Report | None:
    """The supplement or correction being written."""
    unfinished = report.superseded_by.exclude(document__state__in=DocumentState.in_the_open())
    return unfinished.order_by("pk").first()


def _drafted(report: Report, nature: str) -> Report:
    """With the words of the report it follows: only the numbers are others."""
    before = report.document
    subject = _SUBJECT[ReportNature(nature)] % before.subject.removesuffix(" (bổ sung)").removesuffix(" (đính chính)")
    document = Document.objects.create(
        kind=before.kind,
        register_agency=before.register_agency,
        register_year=before.register_year,
        symbol=before.symbol,
        subject=subject,
        place=before.place,
        is_sample=before.is_sample,
    )
    later = Report.objects.create(
        document=document,
        agency=report.agency,
        unit=report.unit,
        kind=report.kind,
        scope=report.scope,
        period=report.period,
        outline=report.outline,
        nature=nature,
        supersedes=report,
        round=report.round,
        agreement=report.agreement,
    )
    _copied(before.sections.all(), {"document": document, "parent": None})
    _copied(before.recipients.all(), {"document": document})
    for rows in (report.parts, report.check_answers):
        _copied(rows.all(), {"report": later})
    return later


def _copied(rows: QuerySet[Any], owner: Mapping[str, Any]) -> None:
    for row in rows:
        for name, value in owner.items():
            setattr(row, name, value)
        if hasattr(row, "uid"):
            row.uid = type(row)._meta.get_field("uid").get_default()
        row.pk = None
        row._state.adding = True
        row.save(force_insert=True)


def _rows(later: Report, before: Report, found: list[Difference], reasons: Mapping[str, str]) -> list[ReportChange]:
    return [
        ReportChange(
            report=later,
            position=place,
            ref=one.ref,
            label=one.label,
            was=one.was,
            now=one.now,
            reason=reasons.get(one.ref) or why(before, one.ref),
        )
        for place, one in enumerate(found, 1)
    ]


def outdated(later: Report) -> bool:
    """Whether records changed since its table of changes was made."""
    assert later.supersedes  # noqa: S101  report_later_supersedes
    kept = [(row.ref, row.was, row.now) for row in later.changes.all()]
    return kept != [(one.ref, one.was, one.now) for one in differences(later.supersedes)]


@transaction.atomic
def keep_reasons(later: Report, reasons: Mapping[str, str], *, seen: int, acting: Membership) -> Report:
    """By reference; the table is made anew from today's records. Raises PermissionDenied, StaleVersion."""
    later.document = Document.objects.select_for_update().get(pk=later.document_id)
    if not rules.has_perm("reports.edit_changes", acting, later):
        raise PermissionDenied
    claim_version(later, seen=seen)
    assert later.supersedes  # noqa: S101  report_later_supersedes
    found = differences(later.supersedes)
    later.changes.all().delete()
    ReportChange.objects.bulk_create(_rows(later, later.supersedes, found, reasons))
    later.save()
    return later
