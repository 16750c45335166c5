"""What a person leaves open: it belongs to the agency, and whoever goes on should know of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse

from coordination.enums import CommentState, DocumentState, WorkKind
from coordination.models import Agreement, Comment, Document, HandOver, Membership, ReviewRound
from coordination.provided import open_work_above

MOVING = (DocumentState.DRAFT, DocumentState.IN_REVIEW, DocumentState.AGREED)


@dataclass(frozen=True)
class OpenWork:
    """`page`: the URL name of the page about it, `uid` of what that page names."""

    kind: str
    title: str
    page: str
    uid: str

    @property
    def url(self) -> str:
        return reverse(self.page, args=[self.uid])

    @property
    def label(self) -> str:
        return str(WorkKind(self.kind).label)


def open_work_of(hat: Membership) -> list[OpenWork]:
    """What the person began or changed for the agency and is neither issued nor answered, in the order of WorkKind."""
    found = [*open_work_above(hat), *_agreements(hat), *_rounds(hat), *_comments(hat)]
    return sorted(found, key=lambda work: WorkKind.values.index(work.kind))


def as_items(found: list[OpenWork]) -> list[dict[str, Any]]:
    return [asdict(work) for work in found]


def items_of(hand_over: HandOver) -> list[OpenWork]:
    return [OpenWork(**item) for item in hand_over.items]


def touched(model: Any, hat: Membership) -> Any:
    """Ids of the records the person wrote in."""
    return model.history.filter(history_user=hat.user_id).values("id")


def _agreements(hat: Membership) -> list[OpenWork]:
    written = Q(pk__in=touched(Agreement, hat)) | Q(document__in=touched(Document, hat))
    rows = Agreement.objects.filter(written, document__register_agency=hat.agency_id, document__state__in=MOVING)
    page = "coordination:agreement_detail"
    return [
        OpenWork(WorkKind.AGREEMENT, row.document.subject, page, str(row.uid))
        for row in rows.select_related("document").order_by("pk")
    ]


def _rounds(hat: Membership) -> list[OpenWork]:
    rows = ReviewRound.objects.filter(opened_by=hat.user_id, opened_for=hat.agency_id, closed_at__isnull=True)
    return [_in_review(WorkKind.ROUND, row.document, row.document.subject) for row in rows.select_related("document")]


def _comments(hat: Membership) -> list[OpenWork]:
    rows = Comment.objects.filter(written_by=hat.user_id, agency=hat.agency_id, answers__isnull=True)
    rows = rows.exclude(state=CommentState.CLOSED).select_related("document")
    return [_in_review(WorkKind.COMMENT, row.document, f"{row.document.subject}: {row}") for row in rows]


def _in_review(kind: str, document: Document, title: str) -> OpenWork:
    return OpenWork(kind, title, "coordination:document_review", str(document.uid))
