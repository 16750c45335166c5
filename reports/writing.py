"""Writes over the text of a report: section by section, each save with the version it was read with."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.enums import DocumentState, NoticeKind
from coordination.locking import StaleVersion, claim_version
from coordination.models import Agency, Document, Membership, Section, User
from coordination.notices import people_of, tell
from coordination.review import SPEAKING
from coordination.search import clean_text
from reports.compose.composer import BASIS
from reports.compose.parts import Part
from reports.enums import PartState
from reports.models import OutlineSection, Presence, Report, ReportPart
from reports.writers import may_write

logger = logging.getLogger(__name__)
SITTING = timedelta(minutes=10)  # what a person saves with shorter pauses is one row of history
SEEN = timedelta(minutes=2)  # longer ago a person is not "in it now" any more
FROM_BEFORE, FROM_RECORDS, BLANK = "previous", "records", "blank"
STARTS = (FROM_BEFORE, FROM_RECORDS, BLANK)


class NotADraft(Exception):
    """The text is fixed; `for_people` says what can be done."""

    def for_people(self) -> str:
        return _("The report is no draft any more: its text stays as it is. What you typed was not saved.")


@contextmanager
def writing(report: Report, key: str, acting: Membership) -> Iterator[OutlineSection]:
    """One write in a section, the document locked. Raises PermissionDenied and NotADraft."""
    with transaction.atomic():
        document = Document.objects.select_for_update().get(pk=report.document_id)
        section = report.outline.sections.exclude(key=BASIS).filter(key=key).first()
        if section is None or not may_write(acting, report, key):
            raise PermissionDenied
        if document.state != DocumentState.DRAFT:
            raise NotADraft
        yield section


def stored_text(report: Report, section: OutlineSection) -> tuple[str, int]:
    """What stands in the report now and its version; 0 while it is the text of the outline."""
    row = report.document.sections.filter(key=section.key).first()
    return (row.text, row.version) if row else (section.text, 0)


def save_text(
    report: Report, key: str, text: str, *, acting: Membership, seen: int, reason: str = ""
) -> tuple[Section | None, bool]:
    """The section as it is now and whether something was written. Raises StaleVersion with both texts different."""
    with writing(report, key, acting) as section:
        before, version = stored_text(report, section)
        if clean_text(text) == clean_text(before):
            return report.document.sections.filter(key=key).first(), False
        if version != seen:
            raise StaleVersion
        row = _write(report, section, text, acting, seen, reason)
        part = part_of(report, key)
        if part.state != PartState.WRITING:
            part.state = PartState.WRITING
            part.save(update_fields=["state"])
    return row, True


def _write(report: Report, section: OutlineSection, text: str, acting: Membership, seen: int, reason: str) -> Section:
    if not seen:
        return put_section(report, section, text, acting.user, reason)
    row: Section = report.document.sections.get(key=section.key)
    claim_version(row, seen=seen)
    row.text, row.author = text, acting.user
    last = row.history.first()
    goes_on = bool(
        last
        and not reason
        and not last.history_change_reason
        and last.history_user_id == acting.user_id
        and timezone.now() - last.history_date < SITTING
    )
    row._history_user, row._change_reason = acting.user, reason
    if goes_on:
        row.skip_history_when_saving = True
    row.save()
    if goes_on:
        said = {"text": row.text, "version": row.version, "history_date": timezone.now()}
        Section.history.filter(history_id=last.history_id).update(**said)
    return row


def put_section(report: Report, section: OutlineSection, text: str, by: User, reason: str = "") -> Section:
    """The first words of the office in a section."""
    row = Section(
        document=report.document,
        position=section.position,
        numbering=section.numbering,
        heading=section.heading,
        text=text,
        key=section.key,
        author=by,
    )
    row._history_user, row._change_reason = by, reason
    row.save()
    return row


def part_of(report: Report, key: str) -> ReportPart:
    return ReportPart.objects.get_or_create(report=report, key=key)[0]


def mark(report: Report, key: str, state: str, *, acting: Membership) -> ReportPart:
    """Done, or not yet; who gave the part to another agency is told when that agency is done."""
    with writing(report, key, acting):
        part = part_of(report, key)
        if part.state != state:
            part.state, part.version = state, part.version + 1
            part.save(update_fields=["state", "version"])
            if state == PartState.DONE and part.agency_id:
                _tell(report, report.agency, NoticeKind.REPORT_PART_WRITTEN, acting, part)
    return part


def leave_out(report: Report, key: str, token: str, *, out: bool, acting: Membership) -> ReportPart:
    """A table, chart or computed sentence of the section, put back with `out` False."""
    with writing(report, key, acting) as section:
        if token not in [Part.of(entry).token for entry in section.parts]:
            raise PermissionDenied
        part = part_of(report, key)
        left = set(part.left_out) | {token} if out else set(part.left_out) - {token}
        part.left_out = sorted(left)
        part.save(update_fields=["left_out"])
    return part


def give_part(
    report: Report, key: str, agency: Agency | None, *, acting: Membership, due_on: date | None, request: str = ""
) -> ReportPart:
    """To another agency, which is told; None takes it back. Its text stays as it is."""
    with writing(report, key, acting):
        part = part_of(report, key)
        is_new = agency is not None and agency.pk != part.agency_id
        part.agency, part.due_on, part.request, part.given_by = agency, due_on, request, acting.user
        part.state = PartState.TO_WRITE if is_new else part.state
        part.version += 1
        part.save(update_fields=["agency", "due_on", "request", "given_by", "state", "version"])
        if agency:
            _tell(report, agency, NoticeKind.REPORT_PART_GIVEN, acting, part)
    logger.info("part of a report given", extra={"part": part.pk, "agency": part.agency_id})
    return part


def _tell(report: Report, agency: Agency, kind: str, acting: Membership, part: ReportPart) -> None:
    key = f"part-{part.pk}-{part.version}"
    due = part.due_on if kind == NoticeKind.REPORT_PART_GIVEN else None
    tell(people_of(agency, SPEAKING), kind, about=report.document, agency=acting.agency, key=key, due_on=due)


@transaction.atomic
def start(report: Report, how: str, *, acting: Membership) -> None:
    """Once: from the words of the report before it, from the records alone, or with empty sections."""
    document = Document.objects.select_for_update().get(pk=report.document_id)
    if document.state != DocumentState.DRAFT:
        raise NotADraft
    if is_begun(report):
        return
    texts = words_of(report_before(report)) if how == FROM_BEFORE else {}
    for section in report.outline.sections.exclude(key=BASIS):
        values: dict[str, Any] = {}
        if how == BLANK and not section.is_annex:
            values["left_out"] = sorted(Part.of(entry).token for entry in section.parts)
        ReportPart.objects.create(report=report, key=section.key, **values)
        text = "" if how == BLANK and section.text and not section.is_annex else texts.get(section.key)
        if text is not None and text != section.text:
            put_section(report, section, text, acting.user)
    logger.info("report begun", extra={"report": report.pk, "start": how})


def is_begun(report: Report) -> bool:
    """Somebody chose how to start, or wrote already; what was approved once is mended, not begun again."""
    written = report.parts.exists() or report.document.sections.exists()
    return bool(written or report.document.versions.exists())


def report_before(report: Report) -> Report | None:
    """The latest of the agency or its predecessors of this kind (and agreement), from before the period."""
    earlier = Report.objects.filter(
        agency__in=Agency.objects.lineage_of({report.agency_id}),
        kind=report.kind,
        scope=report.scope,
        agreement=report.agreement_id,
        period__kind=report.period.kind,
        period__data_to__lt=report.period.data_from,
    ).exclude(document__state=DocumentState.SUPERSEDED)
    return earlier.select_related("document", "period", "outline").order_by("-period__data_to", "-pk").first()


def words_of(report: Report | None) -> dict[str, str]:
    """What the office itself wrote, by key."""
    return dict(report.document.sections.values_list("key", "text")) if report else {}


def is_here(report: Report, key: str, user: User) -> None:
    """Somebody has the section open now."""
    Presence.objects.bulk_create(
        [Presence(report=report, key=key, user=user, seen_at=timezone.now())],
        update_conflicts=True,
        unique_fields=["report", "user"],
        update_fields=["key", "seen_at"],
    )


def others_here(report: Report, user: User, keys: Iterable[str]) -> list[Presence]:
    """Who else has one of the sections open."""
    now = Presence.objects.filter(report=report, key__in=keys, seen_at__gte=timezone.now() - SEEN).exclude(user=user)
    return list(now.select_related("user").order_by("pk"))
