"""A request for reports is mended after it was made: its days, its words, its outline, who is asked no longer."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from coordination.enums import DocumentState, NoticeKind
from coordination.locking import claim_version
from coordination.models import Agency, Document, Membership, Notice, ViewGrant
from coordination.notices import ON_ROUNDS, people_of_all, round_key
from reports.models import Report, ReportOutline, ReportRound
from reports.rounds import RoundRefused, kept_open, tell_agencies, title_of
from reports.seats import answers_to
from reports.writing import is_begun

logger = logging.getLogger(__name__)
WORDS_AND_DAYS = ("request", "letter", "due_sender", "due_compiler", "due_leader")


@dataclass(frozen=True)
class Changes:
    """Who asks, the kind and the period stay as they are. `dropped`: agencies that are asked no longer."""

    outline: ReportOutline
    title: str
    request: str
    letter: Document | None
    due_sender: date
    due_compiler: date | None
    due_leader: date | None
    dropped: Sequence[Agency] = ()


@transaction.atomic
def change_round(asked: ReportRound, wanted: Changes, *, acting: Membership, seen: int) -> ReportRound:
    """Who has not sent and has another last day now is told so.

    Raises PermissionDenied, StaleVersion, and RoundRefused for what somebody has sent or begun meanwhile.
    """
    asked = kept_open(asked, acting)
    claim_version(asked, seen=seen)
    _drop(asked, wanted.dropped)
    if wanted.outline.pk != asked.outline_id:
        _change_outline(asked, wanted.outline)
    before = {seat.pk: seat.due for seat in asked.seats.with_due()}
    for name in WORDS_AND_DAYS:
        setattr(asked, name, getattr(wanted, name))
    asked.title = wanted.title or title_of(asked.outline, asked.period)
    asked.save()
    _tell_new_days(asked, before, acting)
    logger.info("round changed", extra={"round": asked.pk, "by": acting.user_id})
    return asked


def has_sent(asked: ReportRound) -> bool:
    """Whether any agency has sent its report, even if it was returned."""
    return bool(answers_to([asked.pk]).exclude(first_sent=None).exists())


def _drop(asked: ReportRound, agencies: Sequence[Agency]) -> None:
    """Their notices go with the request, and their records are not read for it any longer."""
    if answers_to([asked.pk]).filter(agency__in=agencies).exists():
        raise RoundRefused(_("An agency has begun its report meanwhile. Leave it out with a reason instead."))
    asked.seats.filter(agency__in=agencies).delete()
    if not asked.seats.exists():
        raise RoundRefused(_("Somebody has to be asked. Close the request if no report is wanted any more."))
    ids = [agency.pk for agency in agencies]
    gone = Agency.objects.lineage_of(ids) - Agency.objects.lineage_of(asked.seats.values_list("agency", flat=True))
    ViewGrant.objects.filter(source=asked.uid, owner__in=gone).delete()
    notices = Notice.objects.filter(kind__in=ON_ROUNDS, key__startswith=str(asked.uid))
    notices.filter(reader__in=people_of_all(ids)).delete()


def _change_outline(asked: ReportRound, outline: ReportOutline) -> None:
    """Drafts nobody has written in follow; the others keep the one their sections belong to."""
    if has_sent(asked):
        raise RoundRefused(_("An agency has sent its report already: the outline stays as it is."))
    before, asked.outline = title_of(asked.outline, asked.period), outline
    drafts = Report.objects.filter(round=asked, document__state=DocumentState.DRAFT).select_related("document")
    for report in drafts:
        if is_begun(report):
            continue
        report.outline = outline
        report.save(update_fields=["outline"])
        if report.document.subject == before:
            report.document.subject = title_of(outline, asked.period)
            report.document.save()


def _tell_new_days(asked: ReportRound, before: dict[int, date], acting: Membership) -> None:
    arrived = answers_to([asked.pk]).filter(document__state__in=(DocumentState.SENT, DocumentState.RECEIVED))
    for seat in asked.seats.with_due().filter(left_out="").exclude(agency__in=arrived.values("agency")):
        if seat.due != before[seat.pk]:
            key = round_key(asked.uid, "due", asked.version)
            tell_agencies([seat.agency_id], NoticeKind.REPORT_ASKED, key, acting, seat.due)
