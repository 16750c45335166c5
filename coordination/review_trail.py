"""What agencies said to each other about a document, as lines of its history."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from coordination.formats import date_vi
from coordination.models import Comment, Document, Opinion, ReviewRound, User


@dataclass(frozen=True)
class Word:
    """`agency`: id of the one for which it was said, or None where the record does not keep it."""

    at: datetime
    by: User
    agency: int | None
    said: str
    text: str = ""


def review_of(document: Document) -> list[Word]:
    """Rounds, opinions and comments; for those only who may read the talk about the document."""
    rounds = document.rounds.select_related("opened_by", "closed_by")
    opinions = Opinion.objects.filter(seat__round__document=document).select_related("seat", "given_by")
    comments = document.comments.select_related("answers", "written_by", "resolved_by", "closed_by")
    return [
        *(word for review in rounds for word in _round(review)),
        *(_opinion(given) for given in opinions),
        *(word for comment in comments for word in _comment(comment)),
    ]


def _round(review: ReviewRound) -> Iterator[Word]:
    values = {"number": review.number, "day": date_vi(review.due_on)}
    said = _("Round %(number)s of opinions opened, due on %(day)s") % values
    yield Word(review.opened_at, review.opened_by, review.opened_for_id, said, review.request)
    if review.closed_at and review.closed_by:
        yield Word(review.closed_at, review.closed_by, None, _("Round %(number)s of opinions closed") % values)


def _opinion(given: Opinion) -> Word:
    said = _("Opinion: %(choice)s") % {"choice": given.get_choice_display()}
    return Word(given.given_at, given.given_by, given.seat.agency_id, said, given.text)


def _comment(comment: Comment) -> Iterator[Word]:
    said = _("Comment on “%(text)s”") % {"text": _short(comment.quote)} if comment.quote else _("Comment")
    said = _("Answer to a comment") if comment.answers_id else said
    yield Word(comment.written_at, comment.written_by, comment.agency_id, said, comment.text)
    about = _short(comment.text)
    if comment.resolved_at and comment.resolved_by:
        yield Word(comment.resolved_at, comment.resolved_by, None, _("Comment resolved: “%(text)s”") % {"text": about})
    if comment.closed_at and comment.closed_by:
        yield Word(comment.closed_at, comment.closed_by, None, _("Comment closed: “%(text)s”") % {"text": about})


def _short(text: str) -> str:
    return f"{text[:60]}…" if len(text) > 60 else text
