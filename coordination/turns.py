"""Whose turn it is in a review and what stands beside each agency, in words for one reader."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.compose import current_manuscript
from coordination.enums import MemberRole
from coordination.formats import date_vi
from coordination.models import Document, Membership, Opinion, ReviewRound, ReviewSeat
from coordination.review import (
    SPEAKING,
    SeatStanding,
    latest_round,
    lineage_of,
    named_seats,
    standing_of,
    standing_of_seat,
)


@dataclass(frozen=True)
class Turn:
    """`words` for one reader; `mine`: the next step, "answer", "edit" or "agree", is open to this very hat."""

    words: str
    mine: bool = False
    step: str = "answer"


def whose_turn(
    document: Document, acting: Membership | None, *, sha256: str | None = None, today: date | None = None
) -> str:
    """Who is waited for, in words for this reader; "" where nobody is. `sha256`: of the text now, if known."""
    return turn_of(document, acting, sha256=sha256, today=today).words


def turn_of(
    document: Document, acting: Membership | None, *, sha256: str | None = None, today: date | None = None
) -> Turn:
    review = latest_round(document)
    if review is None or not review.is_open:
        return Turn("")
    day = today or timezone.localdate()
    rows = standing_of(review, sha256 or current_manuscript(document).sha256(), today=day)
    own = lineage_of(acting)
    return _turn(review, rows, own, acting, day)


def turns_of(
    documents: Iterable[Document], acting: Membership | None, own: set[int], *, today: date
) -> dict[int, Turn]:
    """By id of the document, of those in an open round: for lists, in one query and without composing any text.

    What lapsed is judged by the text as it was last edited. `own`: the agencies the hat speaks for.
    """
    last = Opinion.objects.filter(seat=OuterRef("pk")).order_by("-pk")
    seats = named_seats(ReviewSeat.objects.filter(round__document__in=documents, round__closed_at__isnull=True), today)
    seats = seats.select_related("round").annotate(
        choice=Subquery(last.values("choice")[:1]), of_sha256=Subquery(last.values("sha256")[:1])
    )
    rows: dict[ReviewRound, list[SeatStanding]] = defaultdict(list)
    for seat in seats:
        given = Opinion(choice=seat.choice, sha256=seat.of_sha256) if seat.choice else None
        rows[seat.round].append(standing_of_seat(seat, given, seat.round, seat.round.text_sha256, today))
    return {review.document_id: _turn(review, seated, own, acting, today) for review, seated in rows.items()}


def _turn(review: ReviewRound, rows: list[SeatStanding], own: set[int], acting: Membership | None, day: date) -> Turn:
    speaks = bool(acting) and acting.role in SPEAKING  # type: ignore[union-attr]
    if waiting := next((row for row in rows if row.agency.pk in own and row.waited_for), None):
        return Turn(_your_turn(waiting, speaks, review.due_on, day), speaks)
    maker = review.opened_for_id in own  # who put it to the others brings it on
    signed = any(row.must_agree for row in rows)
    if askers := [row for row in rows if row.asks_for_changes and (row.must_agree or not signed)]:
        return _changes_asked(askers, own, acting if maker else None)
    if blocking := [row for row in rows if row.must_agree and row.waited_for]:
        return Turn(_waiting_for(blocking, review.due_on, day))
    if signed:
        return _all_agree(acting if maker else None)
    others = [row for row in rows if row.waited_for]
    return Turn(_waiting_for(others, review.due_on, day) if others else _("everybody asked has answered"))


def _all_agree(maker: Membership | None) -> Turn:
    """`maker`: the hat, where its agency put the text to the others. The text is fixed by a leader."""
    if maker is None:
        return Turn(_("all parties agree"))
    if maker.role == MemberRole.LEADER:
        return Turn(_("all parties agree: waits for you to fix the text"), mine=True, step="agree")
    return Turn(_("all parties agree: waits for the leader of your agency to fix the text"))


def _changes_asked(askers: list[SeatStanding], own: set[int], maker: Membership | None) -> Turn:
    """`maker` as above. The text is edited by those who write."""
    others = [row for row in askers if row.agency.pk not in own]
    if not others:
        return Turn(_("your agency asks for changes: waits for the edit"))
    if maker is None:
        words = _("%(agencies)s asks for changes")
    elif maker.writes:
        words = _("waits for you to edit: %(agencies)s asks for changes")
    else:
        words = _("waits for your agency to edit: %(agencies)s asks for changes")
    return Turn(words % {"agencies": _names(others)}, bool(maker) and maker.writes, "edit")  # type: ignore[union-attr]


@dataclass(frozen=True)
class WaitingReview:
    document: Document
    due_on: date
    words: str
    step: str


def waiting_reviews(acting: Membership, own: set[int], *, today: date) -> list[WaitingReview]:
    """What waits for this hat in reviews that are open: to answer, to edit, or to fix the text; by the day due."""
    seated = ReviewSeat.objects.filter(agency__in=own).values("round")
    asked = ReviewRound.objects.filter(Q(pk__in=seated) | Q(document__register_agency__in=own), closed_at__isnull=True)
    rounds = list(asked.select_related("document__kind").order_by("due_on", "pk"))
    turns = turns_of([review.document for review in rounds], acting, own, today=today)
    return [
        WaitingReview(review.document, review.due_on, turn.words, turn.step)
        for review in rounds
        if (turn := turns[review.document_id]).mine
    ]


def _your_turn(row: SeatStanding, speaks: bool, due_on: date, today: date) -> str:
    if not speaks:
        return _("waits for the opinion of your agency")
    if row.lapsed:
        return _("waits for you again: the text was edited after your opinion")
    if row.silent_since is None:
        return _("waits for your opinion")
    late = {"days": (today - due_on).days}
    if row.must_agree:
        return _("waits for your opinion, %(days)s days overdue") % late
    return _("waits for your opinion, %(days)s days overdue: does not block, your agency does not sign") % late


def _waiting_for(rows: list[SeatStanding], due_on: date, today: date) -> str:
    words = {"agencies": _names(rows), "days": (today - due_on).days}
    if today <= due_on:
        return _("waiting for the opinion of %(agencies)s") % words
    if any(row.must_agree for row in rows):
        return _("waiting for the opinion of %(agencies)s, %(days)s days overdue") % words
    return _("%(agencies)s: %(days)s days overdue, no opinion: does not block, as it does not sign") % words


def _names(rows: list[SeatStanding]) -> str:
    return ", ".join(row.name for row in rows)


def seat_words(row: SeatStanding, review: ReviewRound, *, today: date) -> str:
    """What stands beside the name of an agency, the same for every reader."""
    if row.opinion and row.lapsed:
        return _("%(said)s on %(day)s, for an earlier text: no longer holds") % {
            "said": row.opinion.get_choice_display(),
            "day": date_vi(row.opinion.given_at),
        }
    if row.opinion:
        return str(row.opinion.get_choice_display())
    if row.silent_since is None:
        return _("no opinion yet")
    if review.closed_at is not None:
        return _("gave no opinion until the round was closed")
    days = {"days": (today - review.due_on).days}
    if row.must_agree:
        return _("%(days)s days overdue, no opinion yet: waited for, as it signs") % days
    return _("%(days)s days overdue, no opinion: does not block, as it does not sign") % days
