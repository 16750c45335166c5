"""A record that a report froze, opened for a while to be mended: with a reason, until a day, and on record.

When the day is over nobody may change it any more (`too_long`), and a worker marks it locked again (`lock_again`).
"""

from __future__ import annotations

import logging
from datetime import date, timedelta
from typing import Any

import rules
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.chores import each_day
from coordination.enums import MemberRole, NoticeKind
from coordination.models import Agency, Membership
from coordination.notices import people_of, tell
from programs.enums import FactState
from programs.facts import Fact
from reports.enums import UnlockState
from reports.figures.scope import REMEMBERED
from reports.models import Report, Unlocking

logger = logging.getLogger(__name__)
LONGEST = timedelta(days=31)
TOLD = (MemberRole.OFFICER, MemberRole.REVIEWER)


class UnlockRefused(Exception):
    """`str()` says why and what to do, in the reader's language; `field` names what was typed ("" = none)."""

    def __init__(self, words: str, field: str = "") -> None:
        super().__init__(words)
        self.field = field


def counted_fact(report: Report, reference: str) -> Any | None:
    """The record of this reference among those the report froze; where two agencies use it, the report's own first."""
    for facts, (table, column) in REMEMBERED.items():
        held = table.objects.filter(report=report).values(column)
        found = facts._default_manager.filter(pk__in=held, reference=reference.strip())
        for fact in sorted(found, key=lambda one: one.owner_id != report.agency_id):
            return fact
    return None


@transaction.atomic
def unlock_fact(
    report: Report, reference: str, *, reason: str, until: date, acting: Membership, today: date | None = None
) -> Unlocking:
    """`until` inclusive, at most 31 days ahead. Raises PermissionDenied, UnlockRefused.

    The row is locked first: of two people one unlocks, the other is told that it is open already.
    """
    today = today or timezone.localdate()
    if not rules.has_perm("reports.unlock_fact", acting, report):
        raise PermissionDenied
    if not today <= until <= today + LONGEST:
        raise UnlockRefused(_("Choose a day from today on, at most 31 days ahead."), "until")
    fact = _taken(report, reference, acting)
    facts = type(fact)
    facts._default_manager.filter(pk=fact.pk).update(locked_at=None)
    made = Unlocking.objects.create(
        report=report,
        table=str(facts._meta.model_name),
        fact=fact.pk,
        reference=fact.reference,
        fact_version=fact.version,
        reason=reason,
        until=until,
        opened_by=acting.user,
    )
    people = people_of(fact.owner, TOLD).exclude(pk=acting.user_id)
    agency = Agency.objects.get(pk=acting.agency_id)
    told = {"about": report.document, "agency": agency, "key": f"unlocking-{made.pk}", "due_on": until}
    tell(people, NoticeKind.FACT_UNLOCKED, **told)
    logger.info("fact unlocked", extra={"unlocking": made.pk, "report": report.pk, "by": acting.user_id})
    return made


def _taken(report: Report, reference: str, acting: Membership) -> Fact:
    found = counted_fact(report, reference)
    if found is None:
        raise UnlockRefused(
            _("The report counts no record with this reference. Copy it from the record."), "reference"
        )
    fact: Fact = type(found)._default_manager.select_for_update().get(pk=found.pk)
    if fact.owner_id not in Agency.objects.lineage_of({acting.agency_id}):
        words = _("This record belongs to another agency: its leader unlocks it.")
        raise UnlockRefused(words, "reference")
    if not fact.is_locked:
        raise UnlockRefused(_("This record is unlocked already."), "reference")
    return fact


def too_long(facts: type[Fact]) -> frozenset[int]:
    """Ids of records whose time is over and which no worker has locked again yet."""
    rows = Unlocking.objects.filter(table=facts._meta.model_name, state=UnlockState.OPEN)
    return frozenset(rows.filter(until__lt=timezone.localdate()).values_list("fact", flat=True))


@each_day
def lock_again(today: date) -> int:
    """Those whose last day is before `today`. Returns how many."""
    over = Unlocking.objects.filter(state=UnlockState.OPEN, until__lt=today).order_by("pk")
    with transaction.atomic():
        rows = list(over.select_for_update())
        for row in rows:
            close(row)
    return len(rows)


def close(row: Unlocking) -> None:
    """In the caller's transaction; a record that a later report froze meanwhile stays as that one marked it."""
    facts = next(facts for facts in REMEMBERED if facts._meta.model_name == row.table)
    now = timezone.now()
    open_fact = facts._default_manager.filter(pk=row.fact, locked_at=None, state=FactState.RECORDED)
    open_fact.update(locked_at=now)
    row.state, row.closed_at = UnlockState.CLOSED, now
    row.save(update_fields=["state", "closed_at"])
