"""What decisions do to agencies: a new name, a merger, a split, an end.

The old agency stays as it was until the day before; from the day on there is the new name, or the agencies that came
of it. People go on there with their roles, drafts are handed over; what is issued, agreed or counted keeps the agency
of its day, and rights follow the lineage.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from coordination.agencies import AgencyRefused, NameLine, check_symbol, keep_as_loaded, save
from coordination.agency_drafts import drafts_of, hand_over_drafts
from coordination.agency_members import carry_members, members_from
from coordination.enums import DocumentState, SuccessionNature
from coordination.formats import date_vi
from coordination.locking import claim_version
from coordination.models import Agency, AgencyName, AgencySuccession, Document, Invitation, User
from coordination.places import became_of
from coordination.review import text_changed

logger = logging.getLogger(__name__)
SHOWN = 10  # records named in the list of what is touched; the others are counted


@dataclass(frozen=True)
class Successor:
    """One that is there (`agency`), under its name or a new one from the day on; or a new one with its name."""

    agency: Agency | None = None
    name: NameLine | None = None


@dataclass(frozen=True)
class Decision:
    """`on`: the first day of the new order. `old` end the day before; a decision without `into` ends them only.

    `receiver`: which of `into` goes on with drafts and with the agencies below; `goes_to`: of the memberships named
    (by id) which one they go on in; the others in the receiver. A new name is `old` and `into` with the same agency.
    """

    on: date
    decided_by: str
    old: tuple[Agency, ...]
    into: tuple[Successor, ...] = ()
    receiver: int = 0
    goes_to: Mapping[int, int] = field(default_factory=dict)

    @property
    def is_rename(self) -> bool:
        return len(self.into) == 1 and self.into[0].agency in self.old

    @property
    def nature(self) -> SuccessionNature:
        return SuccessionNature.SPLIT if len(self.into) > 1 else SuccessionNature.MERGED

    @property
    def last_day(self) -> date:
        """Of the old order."""
        return self.on - timedelta(days=1)

    @property
    def ids(self) -> set[int]:
        return {agency.pk for agency in self.old}


@dataclass(frozen=True)
class Touched:
    """One line of what a decision touches: how many records, what becomes of them, and those the person may open."""

    label: str
    becomes: str
    count: int
    records: list[tuple[str, str]] = field(default_factory=list)


# ---- checked ----


def check(decision: Decision, today: date) -> None:
    """Raises AgencyRefused with the sentence that stands by the field."""
    if decision.is_rename:
        _check_rename(decision)
    else:
        _check_end(decision, today)
    for number, successor in enumerate(decision.into):
        _check_successor(decision, number, successor)


def _check_rename(decision: Decision) -> None:
    agency, (successor,) = decision.old[0], decision.into
    last = agency.names.latest("valid_from")
    if decision.on <= last.valid_from:
        words = _("It already has a name from %(day)s: choose a later day, or correct that name.")
        raise AgencyRefused(words % {"day": date_vi(last.valid_from)}, "on")
    if not agency.is_open_on(decision.on):
        raise AgencyRefused(_("The agency is not at work on this day. Choose another day."), "on")
    if successor.name and all(getattr(last, key) == value for key, value in successor.name.columns().items()):
        raise AgencyRefused(_("This is the name it has. Write what changes."), "name")


def _check_end(decision: Decision, today: date) -> None:
    if decision.on > today:
        raise AgencyRefused(_("Enter the decision on its first day or later: until then the old agencies hold."), "on")
    for agency in decision.old:
        name = agency.name_on(decision.last_day)
        if agency.closed_on is not None:
            words = _("%(agency)s already ended on %(day)s.")
            raise AgencyRefused(words % {"agency": name.name, "day": date_vi(agency.closed_on)}, "on")
        later = agency.names.filter(valid_from__gte=decision.on).first()
        if later or not agency.is_open_on(decision.last_day):
            words = _("%(agency)s was not at work the day before, or has another name since. Choose a later day.")
            raise AgencyRefused(words % {"agency": (later or name).name}, "on")
    _check_issued(decision)


def _check_issued(decision: Decision) -> None:
    """What was issued from the day on names an agency that was no more: the day is wrong, or the paper."""
    issued = Document.objects.sent_out_by(decision.ids).filter(
        state__in=DocumentState.in_the_open(), issued_on__gte=decision.on
    )
    if paper := issued.order_by("issued_on").first():
        words = _("“%(paper)s” was issued on %(day)s in the old name. Choose a later day, or correct the paper first.")
        raise AgencyRefused(words % {"paper": paper, "day": date_vi(paper.issued_on)}, "on")


def _check_successor(decision: Decision, number: int, successor: Successor) -> None:
    """`number` tells its fields from those of another one ("part1_symbol")."""
    prefix = f"part{number}_" if decision.nature == SuccessionNature.SPLIT else ""
    agency, name = successor.agency, successor.name
    if agency and not decision.is_rename:
        if agency in decision.old:
            raise AgencyRefused(_("It ends by this decision. Choose another one."), f"{prefix}agency")
        if not agency.is_open_on(decision.on):
            raise AgencyRefused(_("This agency is not at work on that day. Choose another one."), f"{prefix}agency")
    if agency and name and not decision.is_rename:
        last = agency.names.latest("valid_from")
        if decision.on <= last.valid_from:
            words = _("%(agency)s already has a name from %(day)s: choose a later day.")
            raise AgencyRefused(words % {"agency": last.name, "day": date_vi(last.valid_from)}, "on")
    if name:
        unit = agency.unit if agency else seat_of(decision)
        apart = decision.ids | ({agency.pk} if agency else set())
        check_symbol(unit, name.symbol, decision.on, apart=apart, field=f"{prefix}symbol")
        _check_new_symbols(decision, number, name, f"{prefix}symbol")


def _check_new_symbols(decision: Decision, number: int, name: NameLine, field_name: str) -> None:
    earlier = [successor.name.symbol for successor in decision.into[:number] if successor.name]
    if name.symbol in earlier:
        raise AgencyRefused(_("Two of the new agencies cannot have the same symbol."), field_name)


def seat_of(decision: Decision) -> Any:
    """The unit of the first one; where that is gone by then, what it has become."""
    unit = decision.old[0].unit
    if unit is None or unit.is_valid_on(decision.on):
        return unit
    now = became_of([unit], decision.on).get(unit.pk, [])
    return now[0].unit if now else unit


# ---- shown before it is saved ----


def touched_by(decision: Decision, user: User) -> list[Touched]:
    """In the order people ask: who works there, what is under way, what stays. Raises AgencyRefused."""
    kept = _line(_("Agreements in force"), _("keep the name of their day"), _agreements_in_force(decision), user)
    lines = [*_work_renamed(decision, user), kept] if decision.is_rename else [*_work_ended(decision, user), kept]
    return [line for line in [*lines, *_work_above(decision, user)] if line.count]


def _work_renamed(decision: Decision, user: User) -> list[Touched]:
    drafts = drafts_of(decision.ids)
    becomes = _("have the new name from that day on; consent to the old text lapses")
    return [_line(_("Drafts and documents in review"), becomes, drafts, user), _symbols(decision, user)]


def _symbols(decision: Decision, user: User) -> Touched:
    """Typed by hand: nobody but people can mend them."""
    symbols = [agency.name_on(decision.last_day).symbol for agency in decision.old]
    typed = reduce(or_, (Q(symbol__contains=symbol) for symbol in symbols))
    becomes = _("still have the old one: write the new one before they are issued")
    return _line(_("Symbols typed in drafts"), becomes, drafts_of(decision.ids).filter(typed), user)


def _work_ended(decision: Decision, user: User) -> list[Touched]:
    ends = not decision.into
    below = Agency.objects.filter(parent__in=decision.ids).open_on(decision.on).named_on(decision.on)
    return [
        _people(decision),
        Touched(
            _("Invitations not used yet"),
            _("stay without effect") if ends else _("lead to the new agency"),
            _open_invitations(decision.ids).count(),
        ),
        Touched(
            _("Agencies below it"),
            _("have nobody above them") if ends else _("stand below the new one"),
            below.count(),
            [(row.name, reverse("coordination:agency_detail", args=[row.uid])) for row in below[:SHOWN]],
        ),
        _line(
            _("Drafts and documents in review"),
            _("stay in the old name: finish them by the last day")
            if ends
            else _("are handed over; consent to the old text lapses"),
            drafts_of(decision.ids),
            user,
        ),
        _line(
            _("Agreed or approved, not issued yet"),
            _("keep the old name: issue them with a day before the change, or agree anew"),
            _sent_out(decision, [DocumentState.AGREED, DocumentState.APPROVED]),
            user,
        ),
        _symbols(decision, user),
    ]


def _people(decision: Decision) -> Touched:
    names = [
        (f"{hat.user.full_name}: {hat.get_role_display()}", "") for hat in members_from(decision.ids, decision.on)
    ]
    becomes = _("go on in the new agency with their roles") if decision.into else _("lose their roles there")
    return Touched(_("People with a role there"), becomes, len(names), names)


def _agreements_in_force(decision: Decision) -> QuerySet[Document]:
    return _sent_out(decision, [DocumentState.ISSUED, DocumentState.SUSPENDED]).filter(agreement__isnull=False)


def _sent_out(decision: Decision, states: list[str]) -> QuerySet[Document]:
    return Document.objects.sent_out_by(decision.ids).filter(state__in=states)


def _line(label: str, becomes: str, documents: QuerySet[Document], user: User) -> Touched:
    """Counted all, named those the person may read."""
    shown = Document.objects.visible_to(user).filter(pk__in=documents.values("pk"))[:SHOWN]
    records = [(str(row), reverse("coordination:document_detail", args=[row.uid])) for row in shown]
    return Touched(label, becomes, documents.count(), records)


def _work_above(decision: Decision, user: User) -> list[Touched]:
    lines: list[Touched] = import_string(settings.AGENCY_WORK)(decision, user)
    return lines


def _open_invitations(ids: Iterable[int]) -> QuerySet[Invitation]:
    return Invitation.objects.filter(agency__in=ids, accepted_at__isnull=True, withdrawn_at__isnull=True)


# ---- carried out ----


@transaction.atomic
def carry_out(decision: Decision, *, seen: int, token: UUID, today: date, by: User) -> list[Agency]:
    """The agencies that go on. `seen`: the version of the first old one its page was shown from.

    Raises AgencyRefused, StaleVersion; IntegrityError when a rule of the database is broken.
    """
    locked = Agency.objects.select_for_update().in_bulk([*decision.ids])
    first = locked[decision.old[0].pk]
    claim_version(first, seen=seen)
    for agency in locked.values():
        if agency != first:
            claim_version(agency, seen=agency.version)
        keep_as_loaded(agency)
    check(decision, today)
    first.form_token = token
    if decision.is_rename:
        new_name = decision.into[0].name
        assert new_name  # noqa: S101 (the check above)
        _rename(first, new_name, decision, by)
        save(first, decision.decided_by, by)
        made = [first]
        if decision.on <= today:
            for document in drafts_of(decision.ids):
                text_changed(document, by_agency=first)
    else:
        for agency in locked.values():
            _close(agency, decision, by)
        made = [_successor(successor, decision, by) for successor in decision.into]
        _carry_over(decision, made, by)
    ids = {"old": sorted(decision.ids), "new": [agency.pk for agency in made]}
    logger.info("agencies changed by decision", extra=ids)
    return made


def _rename(agency: Agency, name: NameLine, decision: Decision, by: User) -> None:
    _end_names(agency, decision, by)
    row = AgencyName(agency=agency, valid_from=decision.on, decided_by=decision.decided_by, **name.columns())
    save(row, decision.decided_by, by)


def _end_names(agency: Agency, decision: Decision, by: User) -> None:
    for name in agency.names.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=decision.on)):
        name.valid_to = decision.last_day
        save(name, decision.decided_by, by)


def _close(agency: Agency, decision: Decision, by: User) -> None:
    _end_names(agency, decision, by)
    agency.closed_on = decision.last_day
    save(agency, decision.decided_by, by)


def _successor(successor: Successor, decision: Decision, by: User) -> Agency:
    if successor.agency:
        agency = Agency.objects.select_for_update().get(pk=successor.agency.pk)
        claim_version(agency, seen=agency.version)
        keep_as_loaded(agency)
        if successor.name:
            _rename(agency, successor.name, decision, by)
    else:
        agency = _opened(decision)
    agency.consolidates = agency.consolidates or any(old.consolidates for old in decision.old)
    save(agency, decision.decided_by, by)
    if successor.name and not successor.agency:
        _rename(agency, successor.name, decision, by)
    for old in decision.old:
        AgencySuccession.objects.create(
            predecessor=old, successor=agency, on=decision.on, nature=decision.nature, decided_by=decision.decided_by
        )
    return agency


def _opened(decision: Decision) -> Agency:
    """As the first of the old ones, with the desks of all."""
    first = decision.old[0]
    desks = dict.fromkeys(line for old in decision.old for line in old.desks.splitlines() if line)
    return Agency(
        kind=first.kind,
        role=first.role,
        unit=seat_of(decision),
        parent=first.parent,
        protocol_order=min(old.protocol_order for old in decision.old),
        opened_on=decision.on,
        desks="\n".join(desks),
        is_sample=first.is_sample,
    )


def _carry_over(decision: Decision, made: list[Agency], by: User) -> None:
    carry_members(decision.ids, made, decision, by=by)
    receiver = made[decision.receiver] if made else None
    left = import_string(settings.AGENCY_HAND_OVER)(decision, receiver, by=by)
    if receiver is None:
        return
    _move_invitations(decision.ids, receiver, by)
    for agency in Agency.objects.filter(parent__in=decision.ids).open_on(decision.on):
        claim_version(agency, seen=agency.version)
        keep_as_loaded(agency)
        agency.parent = receiver if agency != receiver else decision.old[0].parent
        save(agency, decision.decided_by, by)
    hand_over_drafts(drafts_of(decision.ids).exclude(pk__in=left), decision.ids, receiver, decision.decided_by, by=by)


def _move_invitations(ids: set[int], receiver: Agency, by: User) -> None:
    """One for a role its person is invited to there already is left where it is: it opens nothing any more."""
    for invitation in _open_invitations(ids):
        same = {"email": invitation.email, "role": invitation.role}
        if not _open_invitations([receiver.pk]).filter(**same).exists():
            invitation.agency = receiver
            invitation.save(update_fields=["agency"])
