"""Reviews the parties agreed on (sơ kết, tổng kết) as tasks of those who agreed on them."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import rules
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from coordination.enums import DocumentState, NoticeKind
from coordination.locking import claim_version
from coordination.models import Agency, Document, Membership, Milestone, Notice, Party
from coordination.models.agency import name_of
from coordination.notices import Due, daily
from coordination.review import SPEAKING

logger = logging.getLogger(__name__)
AHEAD = timedelta(days=60)
# A programme that has ended still owes its final review; a suspended one waits.
OWED = (DocumentState.ISSUED, DocumentState.CLOSED)


class ResultRefused(Exception):
    """The document cannot be what came of the review; `for_people` says why and what to do."""

    def for_people(self) -> str:
        return str(self)


@dataclass(frozen=True)
class OpenMilestone:
    """`leads`: one of the agencies calls it together; `late`: its last day has gone by; `lead_name`: as of today."""

    milestone: Milestone
    lead_name: str
    leads: bool
    late: bool


def owed() -> QuerySet[Milestone]:
    rows = Milestone.objects.filter(agreement__document__state__in=OWED, result__isnull=True)
    return rows.select_related("agreement__document__kind", "lead")


def begins(milestone: Milestone) -> date:
    return milestone.starts_on or date(milestone.year, 1, 1)


def open_milestones(agencies: Iterable[int], today: date) -> list[OpenMilestone]:
    """Of agreements these agencies signed, without a result yet, from two months before they begin; earliest first."""
    own = set(agencies)
    rows = owed().filter(agreement__document__in=Party.objects.filter(agency__in=own).values("document"))
    rows = rows.annotate(lead_name=name_of("lead", "short_name", today))
    due = [row for row in rows if begins(row) - AHEAD <= today]
    due.sort(key=lambda row: (row.last_day, row.pk))
    return [
        OpenMilestone(row, row.lead_name or "", row.lead_id is None or row.lead_id in own, row.last_day < today)
        for row in due
    ]


def may_record_result(acting: Membership | None, milestone: Milestone) -> bool:
    """Whoever edits the agreement for one of its parties; while it is a draft nothing has come of it yet."""
    agreement = milestone.agreement
    return agreement.document.state in DocumentState.in_the_open() and rules.has_perm(
        "coordination.edit_agreement", acting, agreement
    )


def possible_results(milestone: Milestone, *, user: object) -> QuerySet[Document]:
    """Papers in the open of the parties since the review began, the newest first; the agreement is not one of them."""
    parties = Party.objects.filter(document=milestone.agreement.document_id).values("agency")
    papers = Document.objects.visible_to(user).filter(state__in=DocumentState.in_the_open())
    papers = papers.filter(issued_on__gte=begins(milestone) - AHEAD).sent_out_by(parties)
    return papers.exclude(pk=milestone.agreement.document_id).select_related("kind").order_by("-issued_on", "-pk")


@transaction.atomic
def record_result(milestone: Milestone, result: Document | None, *, acting: Membership, seen: int) -> Milestone:
    """`result` None: it was a mistake, the review is still owed.

    Raises PermissionDenied, ResultRefused, StaleVersion.
    """
    if not may_record_result(acting, milestone):
        raise PermissionDenied
    if result is not None and result.pk == milestone.agreement.document_id:
        raise ResultRefused(_("This is the agreement itself. Choose the report or the conclusion of the review."))
    claim_version(milestone, seen=seen)
    milestone.result = result
    milestone.save()
    logger.info("milestone done", extra={"milestone": milestone.pk, "by": acting.user_id})
    return milestone


@daily
def due_milestones(day: date) -> list[Due]:
    """Of those that stand on the desks: once when they come in sight, once more when their last day has gone by."""
    found = {_key(row, day): row for row in owed() if begins(row) - AHEAD <= day}
    told = set(Notice.objects.filter(kind=NoticeKind.MILESTONE_DUE, key__in=found).values_list("key", flat=True))
    return [_due(key, row) for key, row in found.items() if key not in told]


def _key(milestone: Milestone, day: date) -> str:
    step = "late" if milestone.last_day < day else "ahead"
    return f"milestone-{milestone.pk}-{milestone.last_day.isoformat()}-{step}"


def _due(key: str, milestone: Milestone) -> Due:
    document = milestone.agreement.document
    agencies = tuple(Agency.objects.filter(pk__in=document.parties.values("agency")))
    return Due(NoticeKind.MILESTONE_DUE, document, key, milestone.last_day, agencies, SPEAKING)
