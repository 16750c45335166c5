"""Rounds: an agency asks others for a report of a period, gives more time, reminds, goes on without one, closes."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import rules
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.enums import NoticeKind
from coordination.formats import date_vi
from coordination.models import Agency, Document, Membership, ViewGrant
from coordination.notices import people_of_all, round_key, tell
from coordination.review import SPEAKING
from reports.actions import CannotDraft, draft_report
from reports.enums import ReportNature, ReportScope
from reports.models import Extension, Reminder, Report, ReportingPeriod, ReportOutline, ReportRound, RoundSeat

logger = logging.getLogger(__name__)


class RoundRefused(Exception):
    """The step does not fit the round as it is; `for_people` says why and what to do."""

    def for_people(self) -> str:
        return str(self)


@dataclass(frozen=True)
class Asked:
    """What is asked for. All days inclusive; `letter`: the document that asks."""

    kind: str
    period: ReportingPeriod
    outline: ReportOutline
    agencies: Sequence[Agency]
    due_sender: date
    due_compiler: date | None = None
    due_leader: date | None = None
    title: str = ""
    request: str = ""
    letter: Document | None = None


@transaction.atomic
def open_round(
    wanted: Asked, *, acting: Membership, token: uuid.UUID | None = None, is_sample: bool = False
) -> ReportRound:
    """Ask the agencies, and let the asking one read their recorded facts of the period. Raises PermissionDenied.

    The same form a second time asks nobody again.
    """
    if not rules.has_perm("reports.open_round", acting):
        raise PermissionDenied
    made, is_new = ReportRound.objects.get_or_create(
        form_token=token or uuid.uuid4(),
        defaults={
            "asked_by": acting.agency,
            "kind": wanted.kind,
            "period": wanted.period,
            "outline": wanted.outline,
            "title": wanted.title or title_of(wanted.outline, wanted.period),
            "request": wanted.request,
            "letter": wanted.letter,
            "due_sender": wanted.due_sender,
            "due_compiler": wanted.due_compiler,
            "due_leader": wanted.due_leader,
            "opened_by": acting.user,
            "is_sample": is_sample,
        },
    )
    if is_new:
        _seat(made, wanted.agencies, acting)
        logger.info("round opened", extra={"round": made.pk, "agencies": len(wanted.agencies), "by": acting.user_id})
    return made


@transaction.atomic
def ask_more(asked: ReportRound, agencies: Sequence[Agency], *, acting: Membership) -> int:
    """Agencies that were forgotten, or came to be since; how many were not asked yet."""
    kept_open(asked, acting)
    there = set(asked.seats.values_list("agency", flat=True))
    new = [agency for agency in agencies if agency.pk not in there]
    _seat(asked, new, acting)
    logger.info("round widened", extra={"round": asked.pk, "agencies": len(new), "by": acting.user_id})
    return len(new)


def title_of(outline: ReportOutline, period: ReportingPeriod) -> str:
    return str(outline.subject.replace("{period}", period.label))


def _seat(asked: ReportRound, agencies: Sequence[Agency], acting: Membership) -> None:
    """The agency that asks counts its own records when it is among them; nobody asks or tells it anything."""
    RoundSeat.objects.bulk_create([RoundSeat(round=asked, agency=agency) for agency in agencies])
    own = Agency.objects.lineage_of([asked.asked_by_id])
    others = [agency.pk for agency in agencies if agency.pk not in own]
    period = asked.period
    grants = [
        ViewGrant(
            viewer_id=asked.asked_by_id,
            owner_id=owner,
            data_from=period.data_from,
            data_to=period.data_to,
            source=asked.uid,
        )
        for owner in sorted(Agency.objects.lineage_of(others) - own)
    ]
    ViewGrant.objects.bulk_create(grants, ignore_conflicts=True)
    key = round_key(asked.uid, "asked")
    tell_agencies(others, NoticeKind.REPORT_ASKED, key, acting, asked.due_sender)


@transaction.atomic
def extend(seat: RoundSeat, due_on: date, reason: str, *, acting: Membership) -> Extension:
    """More time for one agency; the earlier days stay on record. Raises PermissionDenied, RoundRefused."""
    kept_open(seat.round, acting)
    seat = RoundSeat.objects.select_for_update(of=("self",)).with_due().select_related("round").get(pk=seat.pk)
    if due_on <= seat.due:
        raise RoundRefused(
            _("The agency has time until %(day)s already. Choose a later day.") % {"day": date_vi(seat.due)}
        )
    given = Extension.objects.create(seat=seat, due_on=due_on, reason=reason, given_by=acting.user)
    key = round_key(seat.round.uid, "extended", given.pk)
    tell_agencies([seat.agency_id], NoticeKind.REPORT_EXTENDED, key, acting, due_on)
    logger.info("round extended", extra={"seat": seat.pk, "by": acting.user_id})
    return given


@transaction.atomic
def remind(asked: ReportRound, seats: Iterable[RoundSeat], *, acting: Membership, today: date) -> int:
    """Tell the people of the agencies, each agency once a day; returns how many agencies. `seats` have their `due`."""
    kept_open(asked, acting)
    seats = list(seats)
    told = set(Reminder.objects.filter(seat__in=seats, sent_on=today).values_list("seat", flat=True))
    new = [seat for seat in seats if seat.pk not in told]
    rows = [Reminder(seat=seat, sent_by=acting.user, sent_on=today) for seat in new]
    Reminder.objects.bulk_create(rows, ignore_conflicts=True)
    for due in sorted({seat.due for seat in new}):
        agencies = [seat.agency_id for seat in new if seat.due == due]
        key = round_key(asked.uid, "reminded", today.isoformat())
        tell_agencies(agencies, NoticeKind.REPORT_REMINDED, key, acting, due)
    logger.info("round reminded", extra={"round": asked.pk, "agencies": len(new), "by": acting.user_id})
    return len(new)


@transaction.atomic
def leave_out(seat: RoundSeat, reason: str, *, acting: Membership) -> None:
    """The consolidated report goes on without the agency; an empty reason takes that back."""
    kept_open(seat.round, acting)
    seat.left_out = reason
    seat.save(update_fields=["left_out"])
    logger.info("seat left out", extra={"seat": seat.pk, "is_out": bool(reason), "by": acting.user_id})


@transaction.atomic
def close_round(asked: ReportRound, *, acting: Membership) -> None:
    """Nobody is awaited any more; lateness stops being counted. What was sent stays where it is."""
    asked = kept_open(asked, acting)
    asked.closed_at, asked.closed_by = timezone.now(), acting.user
    asked.version += 1
    asked.save(update_fields=["closed_at", "closed_by", "version"])
    logger.info("round closed", extra={"round": asked.pk, "by": acting.user_id})


@transaction.atomic
def answer(asked: ReportRound, *, acting: Membership) -> Report:
    """The report of an agency that is asked: the one it has for the period, else a new draft.

    Raises PermissionDenied, CannotDraft.
    """
    if not rules.has_perm("reports.answer_round", acting, asked):
        raise PermissionDenied
    own = Agency.objects.lineage_of([acting.agency_id])
    originals = Report.objects.filter(agency__in=own, nature=ReportNature.ORIGINAL).exclude(scope=ReportScope.ROUND)
    if there := originals.filter(round=asked).order_by("-pk").first():
        return there
    if not asked.is_open:
        raise CannotDraft(_("This request is closed. Ask the agency that made it to open a new one."))
    same = originals.filter(period=asked.period, kind=asked.kind, scope=ReportScope.AGENCY)
    begun = same.select_for_update(of=("self",)).order_by("-pk").first()
    if begun and begun.round_id:
        raise CannotDraft(
            _("Your agency already makes this report for another request. Send that one, and tell this agency so.")
        )
    if begun:
        begun.round = asked
        begun.save(update_fields=["round"])
        return begun
    return draft_report(
        agency=acting.agency,
        kind=asked.kind,
        period=asked.period,
        scope=ReportScope.AGENCY,
        by=acting.user,
        round=asked,
    )


@transaction.atomic
def consolidate(asked: ReportRound, *, acting: Membership) -> Report:
    """The report of the agency that asks, computed from the records of those asked; the one begun, if there is one.

    Raises PermissionDenied, CannotDraft.
    """
    if not rules.has_perm("reports.consolidate_round", acting, asked):
        raise PermissionDenied
    if there := consolidated(asked):
        return there
    return draft_report(
        agency=asked.asked_by,
        kind=asked.kind,
        period=asked.period,
        scope=ReportScope.ROUND,
        by=acting.user,
        round=asked,
    )


def consolidated(asked: ReportRound) -> Report | None:
    """The consolidated report of the round, once it is begun."""
    made = Report.objects.filter(round=asked, scope=ReportScope.ROUND, nature=ReportNature.ORIGINAL)
    return made.select_related("document").first()


def kept_open(asked: ReportRound, acting: Membership) -> ReportRound:
    """The round, locked. Raises PermissionDenied, or RoundRefused when it is closed."""
    if not rules.has_perm("reports.keep_round", acting, asked):
        raise PermissionDenied
    locked = ReportRound.objects.select_for_update(of=("self",)).get(pk=asked.pk)
    if not locked.is_open:
        raise RoundRefused(_("This request is closed: nothing about it changes any more."))
    return locked


def tell_agencies(agencies: Iterable[int], kind: str, key: str, acting: Membership, due_on: date) -> None:
    people = people_of_all(agencies, SPEAKING).exclude(pk=acting.user_id)
    tell(people, kind, agency=acting.agency, key=key, due_on=due_on)
