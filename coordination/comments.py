"""Comments beside a block of a text: open, resolved by whoever makes the document, closed by whoever wrote them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from coordination.enums import CommentState, NoticeKind
from coordination.locking import claim_version
from coordination.models import Agency, Comment, Document, Membership
from coordination.notices import people_of, tell
from coordination.review import SPEAKING, concerned_with, lineage_of, locked, makers_of, speaks_for


def may_comment(acting: Membership | None, document: Document) -> bool:
    """Until the text is fixed; afterwards the talk stays to be read."""
    return not document.is_frozen and speaks_for(acting, concerned_with(document))


def add_comment(
    document: Document,
    *,
    acting: Membership,
    text: str,
    key: str = "",
    quote: str = "",
    answers: Comment | None = None,
    form_token: UUID | None = None,
) -> Comment:
    """Beside the block `key`, or an answer in the thread of `answers`. The same form sent twice is one comment."""
    head = (answers.answers or answers) if answers else None
    values = {
        "key": head.key if head else key,
        "quote": "" if head else quote,
        "answers": head,
        "text": text,
        "agency": acting.agency,
        "written_by": acting.user,
    }
    with transaction.atomic():
        values["document"] = document = locked(document)
        if not may_comment(acting, document):
            raise PermissionDenied
        if form_token is None:
            comment, made = Comment.objects.create(**values), True
        else:
            comment, made = Comment.objects.get_or_create(form_token=form_token, defaults=values)
        if made:
            _tell_thread(comment, NoticeKind.COMMENTED, acting, key=f"comment-{comment.pk}")
    return comment


def resolve_comment(comment: Comment, *, acting: Membership, seen: int) -> Comment:
    """Whoever makes the document says it is done."""
    now = {"resolved_by": acting.user, "resolved_at": timezone.now()}
    return _move(comment, CommentState.RESOLVED, acting, seen, **now)


def close_comment(comment: Comment, *, acting: Membership, seen: int) -> Comment:
    """The agency that wrote it is satisfied, or takes it back."""
    return _move(comment, CommentState.CLOSED, acting, seen, closed_by=acting.user, closed_at=timezone.now())


def reopen_comment(comment: Comment, *, acting: Membership, seen: int) -> Comment:
    nobody = dict.fromkeys(("resolved_by", "resolved_at", "closed_by", "closed_at"))
    return _move(comment, CommentState.OPEN, acting, seen, **nobody)


def comment_moves(acting: Membership | None, comment: Comment) -> list[str]:
    return moves_of(acting, comment.document, [comment])[0]


def moves_of(acting: Membership | None, document: Document, threads: Sequence[Comment]) -> list[list[str]]:
    """What this hat may do with each thread: its maker resolves, its author closes, both open it again."""
    if not threads:
        return []
    own = lineage_of(acting) if acting and acting.role in SPEAKING and not document.is_frozen else set()
    makes = bool(own) and not own.isdisjoint(makers_of(document))
    return [_moves(head, makes=makes, wrote=head.agency_id in own) for head in threads]


def _moves(comment: Comment, *, makes: bool, wrote: bool) -> list[str]:
    if comment.answers_id:
        return []
    may = {
        "resolve": makes and not wrote and comment.state == CommentState.OPEN,
        "close": wrote and comment.state != CommentState.CLOSED,
        "reopen": (makes or wrote) and comment.state != CommentState.OPEN,
    }
    return [move for move, allowed in may.items() if allowed]


def may_move(acting: Membership | None, comment: Comment) -> bool:
    """Takes part in moving the thread at all; which step is open depends on its state."""
    return speaks_for(acting, {comment.agency_id, *makers_of(comment.document)})


MOVE_TO = {CommentState.RESOLVED: "resolve", CommentState.CLOSED: "close", CommentState.OPEN: "reopen"}


@transaction.atomic
def _move(comment: Comment, state: CommentState, acting: Membership, seen: int, **marks: Any) -> Comment:
    """Raises StaleVersion when somebody moved the thread meanwhile, PermissionDenied where the step is not theirs."""
    comment.document = locked(comment.document)
    claim_version(comment, seen=seen)
    if MOVE_TO[state] not in comment_moves(acting, comment):
        raise PermissionDenied
    comment.state = state
    for name, value in marks.items():
        setattr(comment, name, value)
    comment.save(update_fields=["state", *marks])
    if state == CommentState.RESOLVED:
        _tell_thread(comment, NoticeKind.COMMENT_RESOLVED, acting, key=f"resolved-{comment.pk}-{comment.version}")
    return comment


def _tell_thread(comment: Comment, kind: NoticeKind, acting: Membership, *, key: str) -> None:
    """Those who make the document and those who spoke in the thread, but not the own agency."""
    head = comment.answers or comment
    spoke = {head.agency_id, *head.replies.values_list("agency", flat=True)}
    agencies = (spoke | makers_of(comment.document)) - lineage_of(acting)
    for agency in Agency.objects.filter(pk__in=agencies):
        tell(people_of(agency, SPEAKING), kind, about=comment.document, agency=acting.agency, key=key)
