"""Review between agencies: one engine for agreements, plans and reports.

It speaks of a document, the sha256 of its Manuscript and the keys of its blocks, and never looks inside. Whoever
edits, answers, agrees or closes takes the row of the document first, so that two at the same moment come one after the
other and the second sees what the first did.

Who speaks: officers, reviewers and leaders of an agency that registers the document, signs it or was asked. They
comment and give the answer of the agency: an officer of the Union agrees with one button, a leader approves or returns
what waits for the agency, and the leader's own word is the signature under the paper. Clerks and administrators of an
agency keep papers and people, not content. Duties belong to agencies: any of them may answer, and answer again.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.compose import current_manuscript
from coordination.enums import MemberRole, NoticeKind, OpinionChoice
from coordination.formats import date_vi
from coordination.manuscript import Manuscript
from coordination.models import (
    Agency,
    Document,
    Membership,
    Opinion,
    Party,
    ReviewRound,
    ReviewSeat,
    ReviewText,
)
from coordination.models.agency import name_of
from coordination.notices import people_of, tell

logger = logging.getLogger(__name__)
SPEAKING = (MemberRole.OFFICER, MemberRole.REVIEWER, MemberRole.LEADER)


class ReviewRefused(Exception):
    """The step does not fit the document as it is; `for_people` says why and what to do."""

    def for_people(self) -> str:
        return str(self)


class TextChanged(ReviewRefused):
    """Somebody edited the text while it was being read: an answer would be about words the reader never saw."""


@dataclass(frozen=True)
class SeatStanding:
    """What an agency that was asked says of a text. `opinion`: its latest, whatever text it was given on.

    `holds`: it consents to exactly this text; `lapsed`: the text was edited after the opinion. `silent_since`: the day
    it was due, once that day has passed without any opinion.
    """

    agency: Agency
    name: str
    must_agree: bool
    opinion: Opinion | None
    holds: bool
    lapsed: bool
    silent_since: date | None

    @property
    def asks_for_changes(self) -> bool:
        """Of this text; an answer to an earlier one has lapsed like a consent."""
        return bool(self.opinion) and not self.lapsed and not self.holds

    @property
    def waited_for(self) -> bool:
        """No answer to this text yet."""
        return self.opinion is None or self.lapsed


# ---- who speaks ----


def lineage_of(acting: Membership | None) -> set[int]:
    """Ids of the agency of the hat and of those it succeeded; what was put to them now waits for it."""
    return Agency.objects.lineage_of({acting.agency_id}) if acting else set()


def speaks_for(acting: Membership | None, agencies: Iterable[int]) -> bool:
    return bool(acting) and acting.role in SPEAKING and not lineage_of(acting).isdisjoint(agencies)  # type: ignore[union-attr]


def makers_of(document: Document) -> set[int]:
    """Agencies whose paper it is: the one that registers it and those that sign it, of equal rank."""
    return {document.register_agency_id, *_signing(document)}


def _signing(document: Document) -> set[int]:
    return set(Party.objects.filter(document=document).values_list("agency", flat=True))


def concerned_with(document: Document) -> set[int]:
    asked = ReviewSeat.objects.filter(round__document=document).values_list("agency", flat=True)
    return makers_of(document) | set(asked)


# ---- rounds ----


def latest_round(document: Document) -> ReviewRound | None:
    return document.rounds.order_by("-number").first()


@transaction.atomic
def open_round(
    document: Document,
    *,
    acting: Membership,
    due_on: date,
    request: str = "",
    also_asked: Iterable[Agency] = (),
    today: date | None = None,
) -> ReviewRound:
    """Put the document to its parties, who must agree, and to `also_asked`, who may; `due_on` inclusive.

    The agency that puts it to the others stands by it: where it signs too, its consent to this text is recorded.
    """
    document = _locked(document)
    if not speaks_for(acting, makers_of(document)):
        raise PermissionDenied
    _check_round(document, due_on, today or timezone.localdate())
    signing = _signing(document)
    further = {agency.pk for agency in also_asked} - signing
    if not (signing | further) - lineage_of(acting):
        raise ReviewRefused(_("Nobody is asked yet. Name the other parties, or choose agencies to ask."))
    sha256 = _kept(document, current_manuscript(document))
    review = ReviewRound.objects.create(
        document=document,
        number=document.rounds.count() + 1,
        sha256=sha256,
        text_sha256=sha256,
        due_on=due_on,
        request=request,
        opened_by=acting.user,
        opened_for=acting.agency,
    )
    for agency in sorted(signing | further):
        ReviewSeat.objects.create(round=review, agency_id=agency, must_agree=agency in signing)
    for seat in _seats_of(acting, review):
        Opinion.objects.create(seat=seat, choice=OpinionChoice.AGREES, sha256=review.sha256, given_by=acting.user)
    for seat in review.seats.exclude(agency__in=lineage_of(acting)).select_related("agency"):
        tell(
            people_of(seat.agency, SPEAKING),
            NoticeKind.ASKED_TO_REVIEW,
            about=document,
            agency=acting.agency,
            key=f"round-{review.pk}",
            due_on=due_on,
        )
    logger.info("review opened", extra={"document": document.pk, "round": review.pk, "by": acting.user_id})
    return review


def _check_round(document: Document, due_on: date, today: date) -> None:
    if document.is_frozen:
        raise ReviewRefused(_("The text is agreed and fixed. What is to change comes as an amendment."))
    if due_on < today:
        raise ReviewRefused(_("The day for opinions lies behind. Choose today or a later day."))
    if document.rounds.filter(closed_at__isnull=True).exists():
        raise ReviewRefused(_("The document is already in review. Close that round first."))


@transaction.atomic
def close_round(document: Document, *, acting: Membership) -> ReviewRound | None:
    """Nobody is waited for any more; None where no round is open. Who was silent stays so in the list of opinions."""
    document = _locked(document)
    if not speaks_for(acting, makers_of(document)):
        raise PermissionDenied
    review = document.rounds.filter(closed_at__isnull=True).first()
    if review:
        review.closed_at, review.closed_by = timezone.now(), acting.user
        review.version += 1
        review.save(update_fields=["closed_at", "closed_by", "version"])
        logger.info("review closed", extra={"document": document.pk, "round": review.pk, "by": acting.user_id})
    return review


@transaction.atomic
def give_opinion(review: ReviewRound, *, acting: Membership, choice: str, text: str = "", seen_sha256: str) -> Opinion:
    """The answer of an agency about the text it saw. Raises TextChanged when that is no longer the text."""
    document = _locked(review.document)
    seats = _seats_of(acting, review)
    if not seats:
        raise PermissionDenied
    if document.is_frozen or not ReviewRound.objects.filter(pk=review.pk, closed_at__isnull=True).exists():
        raise ReviewRefused(_("This round of review is closed: no more opinions are taken."))
    manuscript = current_manuscript(document)
    if manuscript.sha256() != seen_sha256:
        raise TextChanged(_("The text was edited while you were reading. Look at what changed, then answer again."))
    sha256 = _kept(document, manuscript)
    given = [
        Opinion.objects.create(seat=seat, choice=choice, text=text, sha256=sha256, given_by=acting.user)
        for seat in seats
    ]
    _tell_makers(document, NoticeKind.OPINION_GIVEN, acting, key=f"opinion-{given[0].pk}")
    logger.info("opinion given", extra={"document": document.pk, "seat": seats[0].pk, "by": acting.user_id})
    return given[0]


def tell_of_lapse(document: Document, *, acting: Membership) -> None:
    """After an edit, in its transaction."""
    text_changed(document, by_agency=acting.agency)


def text_changed(document: Document, *, by_agency: Agency) -> None:
    """Agencies whose consent the change made lapse are told, once a text."""
    if not document.rounds.exists():
        return
    sha256 = current_manuscript(document).sha256()
    document.rounds.filter(closed_at__isnull=True).update(text_sha256=sha256)
    for row in standing(document, sha256):
        if row.lapsed and row.opinion and row.opinion.choice in OpinionChoice.consent():
            people = people_of(row.agency, SPEAKING)
            key = f"lapse-{row.opinion.pk}-{sha256[:16]}"
            tell(people, NoticeKind.CONSENT_LAPSED, about=document, agency=by_agency, key=key)


def _locked(document: Document) -> Document:
    return Document.objects.select_for_update().get(pk=document.pk)


def _kept(document: Document, manuscript: Manuscript) -> str:
    sha256 = manuscript.sha256()
    ReviewText.objects.get_or_create(document=document, sha256=sha256, defaults={"manuscript": manuscript.to_json()})
    return sha256


def _seats_of(acting: Membership | None, review: ReviewRound) -> list[ReviewSeat]:
    """More than one where the agency of the hat came out of a merger of several that were asked."""
    if not acting or acting.role not in SPEAKING:
        return []
    return list(review.seats.filter(agency__in=lineage_of(acting)))


def has_seat(acting: Membership | None, review: ReviewRound | None) -> bool:
    """Whether the hat answers in the round; whether answers are still taken is another question."""
    return review is not None and bool(_seats_of(acting, review))


def _tell_makers(document: Document, kind: NoticeKind, acting: Membership, *, key: str) -> None:
    for agency in Agency.objects.filter(pk__in=makers_of(document)).exclude(pk__in=lineage_of(acting)):
        tell(people_of(agency, SPEAKING), kind, about=document, agency=acting.agency, key=key)


# ---- how it stands ----


def standing(document: Document, manuscript_sha256: str, *, today: date | None = None) -> list[SeatStanding]:
    """Of the latest round, in protocol order; empty while nobody was asked."""
    review = latest_round(document)
    return standing_of(review, manuscript_sha256, today=today) if review else []


def standing_of(review: ReviewRound, sha256: str, *, today: date | None = None) -> list[SeatStanding]:
    day = today or timezone.localdate()
    seats = _named(review.seats.all(), day).prefetch_related("opinions__given_by")
    return [
        _standing(seat, max(seat.opinions.all(), key=lambda given: given.pk, default=None), review, sha256, day)
        for seat in seats
    ]


def _named(seats: QuerySet[ReviewSeat], day: date) -> QuerySet[ReviewSeat]:
    rows = seats.select_related("agency").annotate(agency_name=name_of("agency", "short_name", day))
    return rows.order_by("agency__protocol_order", "pk")


def _standing(seat: Any, opinion: Opinion | None, review: ReviewRound, sha256: str, today: date) -> SeatStanding:
    current = bool(opinion) and opinion.sha256 == sha256  # type: ignore[union-attr]
    return SeatStanding(
        agency=seat.agency,
        name=seat.agency_name,
        must_agree=seat.must_agree,
        opinion=opinion,
        holds=current and opinion.choice in OpinionChoice.consent(),  # type: ignore[union-attr]
        lapsed=bool(opinion) and not current,
        silent_since=review.due_on if opinion is None and today > review.due_on else None,
    )


def all_consent(document: Document, sha256: str) -> bool:
    """Whoever signs was asked and consents to exactly this text; who was asked without signing never blocks."""
    signing = _signing(document)
    agreed = {row.agency.pk for row in standing(document, sha256) if row.must_agree and row.holds}
    return bool(signing) and signing <= agreed


@dataclass(frozen=True)
class Turn:
    """`words` for one reader; `mine`: the next step is open to this very hat."""

    words: str
    mine: bool = False


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
    return _turn(review, rows, own, speaks_for(acting, own), day)


def turns_of(
    documents: Iterable[Document], acting: Membership | None, own: set[int], *, today: date
) -> dict[int, Turn]:
    """By id of the document, of those in an open round: for lists, in one query and without composing any text.

    What lapsed is judged by the text as it was last edited. `own`: the agencies the hat speaks for.
    """
    last = Opinion.objects.filter(seat=OuterRef("pk")).order_by("-pk")
    seats = _named(ReviewSeat.objects.filter(round__document__in=documents, round__closed_at__isnull=True), today)
    seats = seats.select_related("round").annotate(
        choice=Subquery(last.values("choice")[:1]), of_sha256=Subquery(last.values("sha256")[:1])
    )
    rows: dict[ReviewRound, list[SeatStanding]] = defaultdict(list)
    for seat in seats:
        given = Opinion(choice=seat.choice, sha256=seat.of_sha256) if seat.choice else None
        rows[seat.round].append(_standing(seat, given, seat.round, seat.round.text_sha256, today))
    speaks = bool(acting) and acting.role in SPEAKING  # type: ignore[union-attr]
    return {review.document_id: _turn(review, seated, own, speaks, today) for review, seated in rows.items()}


def _turn(review: ReviewRound, rows: list[SeatStanding], own: set[int], speaks: bool, day: date) -> Turn:
    if waiting := next((row for row in rows if row.agency.pk in own and row.waited_for), None):
        return Turn(_your_turn(waiting, speaks, review.due_on, day), speaks)
    maker = review.opened_for_id in own  # who put it to the others brings it on
    signed = any(row.must_agree for row in rows)
    if askers := [row for row in rows if row.asks_for_changes and (row.must_agree or not signed)]:
        return _changes_asked(askers, own, maker, maker and speaks)
    if blocking := [row for row in rows if row.must_agree and row.waited_for]:
        return Turn(_waiting_for(blocking, review.due_on, day))
    if signed:
        return (
            Turn(_("all parties agree: waits for you to fix the text"), speaks)
            if maker
            else Turn(_("all parties agree"))
        )
    others = [row for row in rows if row.waited_for]
    return Turn(_waiting_for(others, review.due_on, day) if others else _("everybody asked has answered"))


def _changes_asked(askers: list[SeatStanding], own: set[int], maker: bool, may_edit: bool) -> Turn:
    others = [row for row in askers if row.agency.pk not in own]
    if not others:
        return Turn(_("your agency asks for changes: waits for the edit"))
    words = _("waits for you to edit: %(agencies)s asks for changes") if maker else _("%(agencies)s asks for changes")
    return Turn(words % {"agencies": _names(others)}, may_edit)


@dataclass(frozen=True)
class WaitingReview:
    document: Document
    due_on: date
    words: str


def waiting_reviews(acting: Membership, *, today: date | None = None) -> list[WaitingReview]:
    """What waits for this hat in reviews that are open: to answer, to edit, or to fix the text; by the day due."""
    own = lineage_of(acting)
    seated = ReviewSeat.objects.filter(agency__in=own).values("round")
    asked = ReviewRound.objects.filter(Q(pk__in=seated) | Q(document__register_agency__in=own), closed_at__isnull=True)
    found = []
    for review in asked.select_related("document").order_by("due_on", "pk"):
        turn = turn_of(review.document, acting, today=today)
        if turn.mine:
            found.append(WaitingReview(review.document, review.due_on, turn.words))
    return found


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
