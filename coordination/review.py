"""Review between agencies: one engine for agreements, plans and reports.

It speaks of a document, the sha256 of its Manuscript and the keys of its blocks, and never looks inside. Whoever
edits, comments, answers, agrees or closes takes the row of the document first, so that two at the same moment come one
after the other and the second sees what the first did. Whose turn it is, in words, stands in coordination.turns.

Who speaks: officers, reviewers and leaders of an agency that registers the document, signs it or was asked. They
comment and give the answer of the agency: an officer of the Union agrees with one button, a leader approves or returns
what waits for the agency, and the leader's own word is the signature under the paper. Clerks and administrators of an
agency keep papers and people, not content. Duties belong to agencies: any of them may answer, and answer again.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.compose import current_manuscript
from coordination.enums import DocumentState, MemberRole, NoticeKind, OpinionChoice
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
    """The step does not fit the document as it is; `for_people` says why and what to do, `field` where to mend it."""

    def __init__(self, words: str, field: str = ""):
        super().__init__(words)
        self.field = field

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


def asked_about(document: Document) -> set[int]:
    return set(ReviewSeat.objects.filter(round__document=document).values_list("agency", flat=True))


def concerned_with(document: Document) -> set[int]:
    return makers_of(document) | asked_about(document)


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
    document = locked(document)
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
    if document.state == DocumentState.DRAFT:
        raise ReviewRefused(_("The text is still a draft. Put it to the parties first, then ask for their opinion."))
    if document.is_frozen:
        raise ReviewRefused(_("The text is agreed and fixed. What is to change comes as an amendment."))
    if due_on < today:
        raise ReviewRefused(_("The day for opinions lies behind. Choose today or a later day."), "due_on")
    if document.rounds.filter(closed_at__isnull=True).exists():
        raise ReviewRefused(_("The document is already in review. Close that round first."))


@transaction.atomic
def close_round(document: Document, *, acting: Membership) -> ReviewRound | None:
    """Nobody is waited for any more; None where no round is open. Who was silent stays so in the list of opinions."""
    document = locked(document)
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
    """The answer of an agency about the text it saw. Raises TextChanged when that is no longer the text.

    The hat may have been taken off since the page was opened: who has left speaks for nobody.
    """
    document = locked(review.document)
    seats = _seats_of(acting, review)
    if not seats or not Membership.objects.current(timezone.localdate()).filter(pk=acting.pk).exists():
        raise PermissionDenied
    if document.is_frozen or not ReviewRound.objects.filter(pk=review.pk, closed_at__isnull=True).exists():
        raise ReviewRefused(_("This round of review is closed: no more opinions are taken."))
    manuscript = current_manuscript(document)
    if manuscript.sha256() != seen_sha256:
        raise TextChanged(_("The text was edited while you were reading. Look at what changed, then answer again."))
    sha256 = _kept(document, manuscript)
    document.rounds.filter(pk=review.pk).exclude(text_sha256=sha256).update(text_sha256=sha256)
    given = [
        Opinion.objects.create(seat=seat, choice=choice, text=text, sha256=sha256, given_by=acting.user)
        for seat in seats
    ]
    _tell_makers(document, NoticeKind.OPINION_GIVEN, acting, key=f"opinion-{given[0].pk}")
    logger.info("opinion given", extra={"document": document.pk, "seat": seats[0].pk, "by": acting.user_id})
    return given[0]


def text_changed(document: Document, *, by_agency: Agency) -> None:
    """After an edit, in its transaction: agencies whose consent it made lapse are told, once a text."""
    if not document.rounds.exists():
        return
    sha256 = current_manuscript(document).sha256()
    document.rounds.filter(closed_at__isnull=True).update(text_sha256=sha256)
    for row in standing(document, sha256):
        if row.lapsed and row.opinion and row.opinion.choice in OpinionChoice.consent():
            people = people_of(row.agency, SPEAKING)
            key = f"lapse-{row.opinion.pk}-{sha256[:16]}"
            tell(people, NoticeKind.CONSENT_LAPSED, about=document, agency=by_agency, key=key)


def locked(document: Document) -> Document:
    """As it is now; whoever edits, speaks or moves it at the same moment waits for the end of this transaction."""
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
    seats = named_seats(review.seats.all(), day).prefetch_related("opinions__given_by")
    return [
        standing_of_seat(seat, max(seat.opinions.all(), key=lambda given: given.pk, default=None), review, sha256, day)
        for seat in seats
    ]


def named_seats(seats: QuerySet[ReviewSeat], day: date) -> QuerySet[ReviewSeat]:
    rows = seats.select_related("agency").annotate(agency_name=name_of("agency", "short_name", day))
    return rows.order_by("agency__protocol_order", "pk")


def standing_of_seat(
    seat: Any, opinion: Opinion | None, review: ReviewRound, sha256: str, today: date
) -> SeatStanding:
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
