"""Invitations: a secret that makes a membership once. It is sent by a worker or printed, and never stored.

The secret of a mail is made in the moment it is sent, so that not even the waiting job knows it.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.enums import InvitationState, NoticeKind
from coordination.jobs import Store, enqueue, handles
from coordination.models import Agency, Invitation, Job, Membership, User
from coordination.notices import tell
from coordination.refusals import rule_broken

logger = logging.getLogger(__name__)
KIND = "invitation"
LIFETIME = timedelta(hours=72)
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # none of I, L, O, U: they are misread or misheard
GROUPS, GROUP = 4, 4  # 16 letters of 5 bits: nobody guesses 80 bits, and they can be typed from paper
MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0"})


class InvitationGone(Exception):
    """Used, withdrawn or too old."""

    def __init__(self, state: InvitationState) -> None:
        super().__init__(state)
        self.state = state


class AlreadyInvited(Exception):
    """An invitation of the address to this role is open."""


class AccountThere(Exception):
    """The address has an account: its owner signs in and takes the role."""


@dataclass(frozen=True)
class Invitee:
    """Both days inclusive; `email` in lower case."""

    email: str
    full_name: str
    role: str
    position_title: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class Slip:
    """What stands on paper for one person."""

    invitation: Invitation
    code: str

    @property
    def link(self) -> str:
        return link_to(self.code)


def new_code() -> str:
    return in_groups("".join(secrets.choice(LETTERS) for _place in range(GROUPS * GROUP)))


def in_groups(letters: str) -> str:
    return "-".join(letters[start : start + GROUP] for start in range(0, len(letters), GROUP))


def as_printed(code: str) -> str:
    """As people type it: small letters, blanks and letters that look alike make no difference."""
    return in_groups("".join(code.upper().split()).replace("-", "").translate(MISREAD))


def hash_of(code: str) -> str:
    return sha256(as_printed(code).encode()).hexdigest()


def link_to(code: str) -> str:
    return settings.PORTAL_URL + reverse("coordination:invitation_accept", args=[code])


@transaction.atomic
def invite(people: Iterable[Invitee], *, agency: Agency, by: User, on_paper: bool, form_token: UUID) -> list[Slip]:
    """All of them or, with AlreadyInvited, none. Slips for those whose codes go on paper; else mails are asked for."""
    values = {"agency": agency, "invited_by": by, "on_paper": on_paper, "form_token": form_token}
    made = [_invite(person, **values) for person in people]
    logger.info("people invited", extra={"agency": agency.pk, "people": len(made), "on_paper": on_paper})
    return [_deliver(row) for row in made] if on_paper else _post(made)


def _invite(person: Invitee, **values: Any) -> Invitation:
    try:
        with transaction.atomic():
            return Invitation.objects.create(
                **vars(person), **values, secret_sha256=hash_of(new_code()), expires_at=timezone.now() + LIFETIME
            )
    except IntegrityError as refusal:
        if rule_broken(refusal) == "invitation_open_once":
            raise AlreadyInvited(person.email) from refusal
        raise


def _post(rows: list[Invitation]) -> list[Slip]:
    for row in rows:
        enqueue(KIND, str(row.pk), {"invitation": row.pk})
    return []


def _deliver(row: Invitation) -> Slip:
    """A fresh code: the one before no longer works."""
    code = new_code()
    row.secret_sha256, row.expires_at = hash_of(code), timezone.now() + LIFETIME
    row.save(update_fields=["secret_sha256", "expires_at"])
    return Slip(row, code)


def _locked(**wanted: Any) -> Invitation:
    return Invitation.objects.select_for_update(of=("self",)).select_related("agency").get(**wanted)


@transaction.atomic
def send_again(invitation: Invitation, *, on_paper: bool, by: User) -> Slip | None:
    """Also of one that grew too old. The earlier code stops working at once."""
    row = _locked(pk=invitation.pk)
    state = row.state_at(timezone.now())
    if state in (InvitationState.ACCEPTED, InvitationState.WITHDRAWN):
        raise InvitationGone(state)
    row.on_paper = on_paper
    row.save(update_fields=["on_paper"])
    slip = _deliver(row)
    logger.info("invitation sent again", extra={"invitation": row.pk, "by": by.pk})
    if on_paper:
        return slip
    _post([row])
    return None


@transaction.atomic
def withdraw(invitation: Invitation, *, by: User) -> None:
    row = _locked(pk=invitation.pk)
    state = row.state_at(timezone.now())
    if state in (InvitationState.ACCEPTED, InvitationState.WITHDRAWN):
        raise InvitationGone(state)
    row.withdrawn_at, row.withdrawn_by = timezone.now(), by
    row.save(update_fields=["withdrawn_at", "withdrawn_by"])
    logger.info("invitation withdrawn", extra={"invitation": row.pk})


@handles(KIND)
@contextmanager
def send_invitation(job: Job) -> Iterator[Store]:
    """A worker that dies after sending sends once more, with another code: the newest mail is the one that counts."""
    slip = _slip_for_mail(job.payload["invitation"])
    if slip is not None:
        row = slip.invitation
        context = {
            "invitation": row,
            "agency": row.agency.name_on(timezone.localdate()).name,
            "link": slip.link,
            "expires_at": row.expires_at,
        }
        body = render_to_string("coordination/invitation_mail.txt", context)
        send_mail(_("Phối Hợp: invitation to join %(agency)s") % context, body, None, [row.email])
    yield lambda: {"sent": slip is not None}


@transaction.atomic
def _slip_for_mail(pk: int) -> Slip | None:
    """None when it was used, withdrawn or printed meanwhile."""
    row = Invitation.objects.select_for_update(of=("self",)).select_related("agency", "invited_by").get(pk=pk)
    state = row.state_at(timezone.now())
    if row.on_paper or state in (InvitationState.ACCEPTED, InvitationState.WITHDRAWN):
        return None
    return _deliver(row)


def invitation_with(code: str) -> Invitation | None:
    rows = Invitation.objects.select_related("agency", "invited_by")
    return rows.filter(secret_sha256=hash_of(code)).first()


@transaction.atomic
def join(invitation: Invitation, *, full_name: str, password: str) -> Membership:
    """A new account with the role. Of two at once one wins; the other gets InvitationGone."""
    row = _open(invitation)
    if User.objects.filter(email=row.email).exists():
        raise AccountThere
    user = User(email=row.email, full_name=full_name)
    user.set_password(password)
    user._history_user = None
    user.save()
    return _use(row, user)


@transaction.atomic
def take_role(invitation: Invitation, *, user: User) -> Membership:
    """The role for an account that is there; `user` is the one invited. One that ended on its first day goes on."""
    return _use(_open(invitation), user)


def _open(invitation: Invitation) -> Invitation:
    row = _locked(pk=invitation.pk)
    state = row.state_at(timezone.now())
    if state != InvitationState.OPEN or row.secret_sha256 != invitation.secret_sha256:
        raise InvitationGone(InvitationState.EXPIRED if state == InvitationState.OPEN else state)
    return row


def _use(row: Invitation, user: User) -> Membership:
    row.accepted_at, row.accepted_by = timezone.now(), user
    row.save(update_fields=["accepted_at", "accepted_by"])
    wanted = {"user": user, "agency": row.agency, "role": row.role, "valid_from": row.valid_from}
    hat = Membership.objects.filter(**wanted).first() or Membership(**wanted)
    hat.valid_to, hat.position_title, hat.ended_at, hat.ended_by = row.valid_to, row.position_title, None, None
    hat._change_reason, hat._history_user = _("invitation accepted"), row.invited_by
    hat.save()
    tell([user], NoticeKind.JOINED, agency=row.agency, key=f"membership {hat.pk}")
    logger.info("invitation accepted", extra={"invitation": row.pk, "membership": hat.pk})
    return hat
