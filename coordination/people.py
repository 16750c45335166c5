"""Roles given, changed, lent and ended; work handed over; accounts locked."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.enums import NoticeKind
from coordination.locking import claim_version
from coordination.models import Agency, HandOver, Membership, User
from coordination.notices import people_of, tell
from coordination.open_work import OpenWork, as_items, open_work_of
from coordination.refusals import message_for

logger = logging.getLogger(__name__)


class MembershipRefused(Exception):
    """What was asked for contradicts what is on record."""

    def for_people(self) -> str:
        return str(self)


@dataclass(frozen=True)
class Post:
    """What a membership says; both days inclusive, no last day = until further notice."""

    role: str
    position_title: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class Parting:
    """How a role ends. Without `last_day` access ends now. `receiver`: None leaves the work to the whole agency."""

    last_day: date | None
    reason: str
    receiver: Membership | None
    note: str


@transaction.atomic
def correct_membership(hat: Membership, post: Post, *, seen: int, reason: str, by: User) -> None:
    """It was entered wrongly: it reads as if it had always been so, and the history keeps what it said."""
    claim_version(hat, seen=seen)
    lent = _lent(hat)
    if any(post.role != row.role or (post.valid_to and row.valid_to > post.valid_to) for row in lent):
        raise MembershipRefused(_("Somebody acts in this role for its holder. End that first, then correct the role."))
    for name, value in vars(post).items():
        setattr(hat, name, value)
    _save(hat, reason, by)
    logger.info("membership corrected", extra={"membership": hat.pk})


@transaction.atomic
def change_membership(hat: Membership, post: Post, *, seen: int, reason: str, by: User) -> Membership:
    """Another role or position from `post.valid_from` on; the present one ends the day before. Returns the new one."""
    if post.valid_from <= hat.valid_from:
        raise MembershipRefused(_("The change begins after the first day of the present role. Else correct it."))
    claim_version(hat, seen=seen)
    last_day = post.valid_from - timedelta(days=1)
    _end_with_what_is_lent(hat, Parting(last_day, reason, receiver=None, note=""), by)
    later = Membership(user=hat.user, agency=hat.agency, **vars(post))
    _save(later, reason, by)
    logger.info("membership changed", extra={"membership": hat.pk, "later": later.pk})
    return later


@transaction.atomic
def end_membership(hat: Membership, parting: Parting, *, seen: int, by: User) -> HandOver | None:
    """Ends the role and whatever is lent of it, and hands over what is open. None when there is nothing to say."""
    claim_version(hat, seen=seen)
    if hat.is_over(timezone.localdate()):
        raise MembershipRefused(_("This role has already ended."))
    if parting.last_day is not None and parting.last_day < hat.valid_from:
        raise MembershipRefused(_("The last day must not be before the first day."))
    if parting.last_day and hat.valid_to and parting.last_day > hat.valid_to:
        raise MembershipRefused(_("The role ends earlier than that. To prolong it, correct its last day."))
    _end_with_what_is_lent(hat, parting, by)
    logger.info("membership ended", extra={"membership": hat.pk})
    work = open_work_of(hat)
    if not (work or parting.note or parting.receiver):
        return None
    return _hand_over(hat, work, parting.receiver, parting.note, by, None)


def _end_with_what_is_lent(hat: Membership, parting: Parting, by: User) -> None:
    for lent in _lent(hat):
        if parting.last_day is None or lent.valid_to > parting.last_day:
            _end(lent, parting, by)
    _end(hat, parting, by)


def _lent(hat: Membership) -> list[Membership]:
    today = timezone.localdate()
    return [row for row in hat.deputies.select_for_update(of=("self",)) if not row.is_over(today)]


def _end(hat: Membership, parting: Parting, by: User) -> None:
    """At once, or after a day; what has not begun by that day never does."""
    if parting.last_day is not None and parting.last_day >= hat.valid_from:
        hat.valid_to = parting.last_day
    else:
        hat.valid_to = max(timezone.localdate(), hat.valid_from)
        hat.ended_at, hat.ended_by = timezone.now(), by
    _save(hat, parting.reason, by)


@transaction.atomic
def deputise(hat: Membership, deputy: User, *, first: date, last: date, by: User, form_token: UUID) -> Membership:
    """Lends the role for some days, both inclusive. The same form sent twice gives the same hat."""
    hat = _locked(hat)
    if there := Membership.objects.filter(form_token=form_token).first():
        return there
    if hat.is_over(timezone.localdate()):
        raise MembershipRefused(_("This role has already ended."))
    if hat.valid_to is not None and last > hat.valid_to:
        raise MembershipRefused(_("The role itself ends before that day."))
    lent = Membership(
        user=deputy, agency=hat.agency, role=hat.role, valid_from=first, valid_to=last, deputises=hat,
        form_token=form_token,
    )  # fmt: skip
    try:
        with transaction.atomic():
            _save(lent, _("deputising"), by)
            tell([deputy], NoticeKind.DEPUTISES, agency=hat.agency, key=f"deputises {lent.pk}")
    except IntegrityError as refusal:
        raise MembershipRefused(message_for(refusal)) from refusal
    logger.info("membership lent", extra={"membership": hat.pk, "lent": lent.pk})
    return lent


@transaction.atomic
def hand_over(hat: Membership, *, receiver: Membership | None, note: str, by: User, form_token: UUID) -> HandOver:
    """A note for whoever goes on, with what is open now; the role goes on. The same form twice gives one note."""
    hat = _locked(hat)
    if there := HandOver.objects.filter(form_token=form_token).first():
        return there
    return _hand_over(hat, open_work_of(hat), receiver, note, by, form_token)


def _locked(hat: Membership) -> Membership:
    """As it is now; a second click waits here for the first, and so does whoever ends the role meanwhile."""
    return Membership.objects.select_for_update(of=("self",)).select_related("user", "agency").get(pk=hat.pk)


def _hand_over(
    hat: Membership, work: list[OpenWork], receiver: Membership | None, note: str, by: User, form_token: UUID | None
) -> HandOver:
    row = HandOver.objects.create(
        membership=hat, received_by=receiver, note=note, items=as_items(work), handed_by=by, form_token=form_token
    )
    readers = [receiver.user] if receiver else people_of(hat.agency).exclude(pk__in=(hat.user_id, by.pk))
    tell(readers, NoticeKind.HANDED_OVER, agency=hat.agency, key=f"hand over {row.pk}")
    logger.info("work handed over", extra={"hand_over": row.pk, "items": len(work)})
    return row


def take_over(row: HandOver, *, by: User) -> bool:
    """False when somebody has taken it already: the first stays."""
    return bool(HandOver.objects.filter(pk=row.pk, taken_at__isnull=True).update(taken_at=timezone.now(), taken_by=by))


def colleagues(hat: Membership) -> list[Membership]:
    """Current memberships of others in the agency, one a person, by given name."""
    rows = Membership.objects.current(timezone.localdate()).filter(agency=hat.agency_id, deputises__isnull=True)
    rows = rows.exclude(user=hat.user_id).select_related("user").order_by("user__sort_key", "pk")
    return list({row.user_id: row for row in reversed(rows)}.values())[::-1]


def members_of(agency: Agency, today: date, *, former: bool = False) -> list[Membership]:
    """Of the agency and those it came of, by given name: those of today and to come, or those that are over."""
    return [hat for hat in Membership.objects.of_agency(agency) if hat.is_over(today) == former]


def lock_account(user: User, *, by: User) -> None:
    """Ends every session at the next click; what was recorded stays under the name."""
    _write_account(user, by, _("account locked"), is_active=False)


def unlock_account(user: User, *, by: User) -> None:
    """The old sessions stay ended."""
    _write_account(user, by, _("account unlocked"), is_active=True)


def sign_out_everywhere(user: User, *, by: User) -> None:
    _write_account(user, by, _("signed out everywhere"))


@transaction.atomic
def drop_second_step(user: User, *, by: User) -> None:
    """For whoever lost phone and recovery codes: the password alone lets in until a new app is set up."""
    Authenticator.objects.filter(user=user).delete()
    _write_account(user, by, _("two-step sign-in switched off"))


@transaction.atomic
def _write_account(user: User, by: User, reason: str, **values: bool) -> None:
    row = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    row.sign_outs += 1
    for name, value in values.items():
        setattr(row, name, value)
    row._change_reason, row._history_user = reason, by
    row.save(update_fields=["sign_outs", *values])
    logger.info("account written", extra={"user": user.pk, "reason": reason})


def _save(hat: Membership, reason: str, by: User) -> None:
    hat._change_reason, hat._history_user = reason, by
    hat.save()
