"""How documents move: one function that moves, one log row a move, and the steps several kinds of record share.

Each kind has its table of transitions beside its own steps: coordination.agreement_workflow, programs.plan_workflow,
reports.workflow.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import rules
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from coordination.agencies import now_of
from coordination.agency_drafts import hand_over_drafts
from coordination.enums import DocumentState as State
from coordination.formats import date_vi
from coordination.manuscript import Manuscript
from coordination.models import Agency, Document, DocumentMove, DocumentVersion, Membership, User
from coordination.refusals import rule_broken
from coordination.register import lock_series, same_number
from coordination.review import all_consent, standing

logger = logging.getLogger(__name__)
WRITTEN = ("state", "number", "symbol", "issued_on", "register_agency", "register_year", "version")


class MoveRefused(Exception):
    """The move does not fit the document as it is; `for_people` says why and what to do.

    `field`: the field of Given to be mended; "" where no field mends it.
    """

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field

    def for_people(self) -> str:
        return str(self)


class NumberGiven(MoveRefused):
    """The number is already that of `other`; "5" and "05" are the same entry of a register."""

    def __init__(self, number: str, other: Document) -> None:
        words = _("Number %(number)s of %(year)s is already that of “%(other)s” (%(day)s). Take the next free number.")
        day = date_vi(other.issued_on) if other.issued_on else _("no day given")
        values = {"number": number, "year": other.register_year, "other": other.subject, "day": day}
        super().__init__(words % values, "number")
        self.other = other


@dataclass(frozen=True)
class Given:
    """What the person moving the document typed. `number` and `symbol` as the register has them ("87", "BC-SDTTG").

    `register_agency`: whose register gave the number, where it is not the one that keeps the draft; `signatories`:
    who signed, by id of the agency, where the text named nobody. `effective_on` and `decision`: from which day a
    suspension or an end holds, and the paper it rests on. `seen`: the version of the document the person read, where
    the step is about what was read.
    """

    by: User
    comment: str = ""
    number: str = ""
    symbol: str = ""
    issued_on: date | None = None
    register_agency: Agency | None = None
    signatories: Mapping[int, str] = field(default_factory=dict)
    effective_on: date | None = None
    decision: str = ""
    seen: int | None = None


# ---- for every kind of document ----


def give_number(document: Document, given: Given, today: date) -> None:
    """Decree 30/2020/NĐ-CP: number and day are given in the register of the agency, from 1 each year."""
    number = given.number.strip()
    number = (number.lstrip("0") or number) if number.isdigit() else number
    if not number or given.issued_on is None:
        words = _("Write the number and the day of issue, as the register of documents has them.")
        raise MoveRefused(words, "issued_on" if number else "number")
    if given.issued_on > today:
        raise MoveRefused(_("The day of issue lies ahead. Write the day the document was signed."), "issued_on")
    document.register_agency = given.register_agency or document.register_agency
    lock_series(document.register_agency)
    if other := same_number(document.register_agency, given.issued_on.year, document.kind, number, document):
        raise NumberGiven(number, other)
    document.number, document.issued_on, document.register_year = number, given.issued_on, given.issued_on.year
    document.symbol = given.symbol.strip() or document.symbol


def save_moved(document: Document) -> None:
    """Raises MoveRefused, naming the other document, when the number was given before."""
    try:
        with transaction.atomic():
            document.save(update_fields=[*WRITTEN, "search_text"])
    except IntegrityError as error:
        if rule_broken(error) != "document_number_once":
            raise
        other = Document.objects.exclude(pk=document.pk).get(
            register_agency=document.register_agency,
            register_year=document.register_year,
            kind=document.kind,
            number=document.number,
        )
        raise NumberGiven(document.number, other) from error


def log_move(document: Document, action: str, before: str, given: Given, acting: Membership) -> DocumentMove:
    return DocumentMove.objects.create(
        document=document,
        action=action,
        from_state=before,
        to_state=document.state,
        moved_by=given.by,
        acting_for=acting.agency,
        comment=given.comment,
        effective_on=given.effective_on,
        decision=given.decision,
    )


def check_at_work(document: Document) -> None:
    day = document.issued_on
    assert day is not None  # noqa: S101  give_number wants it
    parties = Agency.objects.filter(pk__in=document.parties.values("agency"))
    if gone := list(parties.exclude(pk__in=Agency.objects.open_on(day).values("pk")).in_protocol_order()):
        words = _(
            "%(agencies)s was not at work on %(day)s. Write a day on which it was, or take the text back to edit it."
        )
        names = ", ".join(agency.name_on(day).short_name for agency in gone)
        raise MoveRefused(words % {"agencies": names, "day": date_vi(day)}, "issued_on")


def sign(document: Document, given: Given, today: date) -> None:
    """Who signed may be known on the day of issue only; the name stands beside the text, which stays as agreed."""
    unsigned = []
    for party in document.parties.select_related("agency").filter(name=""):
        party.name = given.signatories.get(party.agency_id, "").strip()
        if party.name:
            party.save(update_fields=["name"])
        else:
            unsigned.append(party)
    if unsigned:
        names = ", ".join(party.agency.name_on(document.issued_on or today).short_name for party in unsigned)
        words = _("The signatory of %(agencies)s is missing. Write who signed.") % {"agencies": names}
        raise MoveRefused(words, f"signatory_{unsigned[0].agency_id}")


def dated(given: Given, today: date) -> date:
    """The state changes at once, so its day has come."""
    if given.effective_on is None or not given.decision.strip():
        words = _("Write from which day it holds and the paper it rests on.")
        raise MoveRefused(words, "decision" if given.effective_on else "effective_on")
    if given.effective_on > today:
        words = _("This day has not come yet. Enter the step on that day, or choose a day up to today.")
        raise MoveRefused(words, "effective_on")
    return given.effective_on


def check_consent(document: Document, manuscript: Manuscript) -> None:
    """Raises MoveRefused unless all who sign consented to exactly this text."""
    sha256 = manuscript.sha256()
    if all_consent(document, sha256):
        return
    waited = [row.name for row in standing(document, sha256) if row.must_agree and not row.holds]
    raise MoveRefused(
        _("Not all parties agree to this text yet: %(agencies)s.") % {"agencies": ", ".join(waited)}
        if waited
        else _("The parties were not asked yet. Put the text to them first.")
    )


def keep_text(document: Document, manuscript: Manuscript, given: Given) -> DocumentVersion:
    """What was agreed; number and day come later and are stamped beside it."""
    return DocumentVersion.objects.create(
        document=document,
        number=document.versions.count() + 1,
        manuscript=manuscript.to_json(),
        sha256=manuscript.sha256(),
        created_by=given.by,
        reason=given.comment,
    )


@dataclass(frozen=True)
class Transition:
    """`act` does what the move brings with it, on the locked record, before its state changes."""

    sources: frozenset[State]
    target: State
    permission: str
    act: Callable[[Any, Given, date], None]
    label: Promise
    done: Promise


@dataclass(frozen=True)
class Path:
    """How one kind of record moves; each has a `document`.

    `read` fetches the record anew by its id; `closed` says that a step is not open any more, with `state` in it;
    `after` does what follows once the move is logged.
    """

    transitions: Mapping[str, Transition]
    read: Callable[[int], Any]
    closed: Promise
    after: Callable[[Any, DocumentMove, Membership], None]

    def actions_for(self, acting: Membership | None, record: Any) -> list[str]:
        """What this hat may do with the record as it is now, in the order of the path."""
        return [
            action
            for action, transition in self.transitions.items()
            if record.document.state in transition.sources and rules.has_perm(transition.permission, acting, record)
        ]


@transaction.atomic
def move_along(
    path: Path, record: Any, action: str, *, acting: Membership, today: date | None = None, **typed: object
) -> Any:
    """Make one transition in the hat `acting`: lock, check, act, save, log, tell.

    `typed`: the fields of Given. Raises PermissionDenied or MoveRefused.
    """
    transition = path.transitions[action]
    document = Document.objects.select_for_update().get(pk=record.document_id)
    record = path.read(record.pk)
    record.document = document
    if not rules.has_perm(transition.permission, acting, record):
        raise PermissionDenied
    given = Given(by=acting.user, **typed)  # type: ignore[arg-type]
    if document.state not in transition.sources or given.seen not in (None, document.version):
        raise MoveRefused(str(path.closed) % {"state": document.get_state_display()})
    transition.act(record, given, today or timezone.localdate())
    before, document.state = document.state, transition.target
    document.version += 1
    save_moved(document)
    path.after(record, log_move(document, action, before, given, acting), acting)
    kind = type(record)._meta.model_name
    logger.info("document moved", extra={"kind": kind, "record": record.pk, "action": action, "by": acting.user_id})
    return record


def closed_parties(document: Document, today: date) -> list[Agency]:
    """Who is to sign and is no longer at work."""
    parties = Agency.objects.filter(pk__in=document.parties.values("agency"), closed_on__lt=today)
    return list(parties.in_protocol_order())


def reopen(record: Any, given: Given, today: date) -> None:
    """The text may be edited again; who was closed meanwhile is replaced by what came of it, as drafts are."""
    document = record.document
    for agency in closed_parties(document, today):
        if (successor := now_of(agency, today)) != agency:
            this = Document.objects.filter(pk=document.pk)
            hand_over_drafts(this, {agency.pk}, successor, given.comment, by=given.by)
    document.refresh_from_db()


def nothing(_record: Any, _given: Given, _today: date) -> None:
    """The state alone changes."""
