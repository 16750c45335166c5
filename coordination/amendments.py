"""An amendment changes chosen clauses from a day on; until it is issued the agreement reads as before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Max

from coordination.enums import ClauseChangeNature
from coordination.models import Agreement, Clause, ClauseChange


@dataclass(frozen=True)
class Difference:
    """One clause before and after, side by side; "" where there is none. `since`: the first day of the new text."""

    number: str
    before: str
    after: str
    since: date
    nature: str


def differences(amendment: Agreement) -> list[Difference]:
    """In the order of the agreement's text."""
    return [
        Difference(
            number=change.place.heading,
            before=change.clause.text if change.clause else "",
            after=change.text,
            since=change.valid_from,
            nature=change.nature,
        )
        for change in amendment.changes.for_text()
    ]


@transaction.atomic
def carry_out(amendment: Agreement) -> None:
    """Writes the changes into the clauses of the agreement: the old text ends the day before the new one begins."""
    for change in amendment.changes.select_related("clause").prefetch_related("partners"):
        old = change.clause
        if old is not None:
            old.valid_to, old.repealed_by = change.valid_from - timedelta(days=1), amendment.document
            old.save(update_fields=["valid_to", "repealed_by"])
        if change.nature != ClauseChangeNature.REPEALED:
            _bring_in(change, old, amendment)


def _bring_in(change: ClauseChange, old: Clause | None, amendment: Agreement) -> None:
    section = old.section if old else change.section
    assert section is not None  # noqa: S101  held by clause_change_complete
    last = section.clauses.aggregate(last=Max("position"))["last"] or 0
    clause = Clause.objects.create(
        section=section,
        position=old.position if old else last + 1,
        key=old.key if old else f"a{change.pk}",
        text=change.text,
        lead=change.lead,
        valid_from=change.valid_from,
        introduced_by=amendment.document,
        follows=old,
    )
    clause.partners.set(change.partners.all())
