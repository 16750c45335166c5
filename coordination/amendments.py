"""An amendment changes chosen clauses from a day on; until it is issued the agreement reads as before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.compose import numbered_sections
from coordination.enums import ClauseChangeNature
from coordination.formats import date_vi
from coordination.models import Agency, Agreement, Clause, ClauseChange, ClauseCitation

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Fact:
    """What stands beside the text of a task: who leads, with whom, what it cites, on which days; "" for nothing."""

    label: str
    before: str
    after: str

    @property
    def changed(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True)
class Difference:
    """One clause before and after, side by side; "" where there is none. `since`: the first day of the new text."""

    number: str
    before: str
    after: str
    since: date
    nature: str
    facts: tuple[Fact, ...] = ()


def differences(amendment: Agreement) -> list[Difference]:
    """In the order of the agreement's text; agencies by their names of the day of the amendment."""
    changes = list(amendment.changes.for_text())
    if not changes or amendment.amends is None:
        return []
    sections = numbered_sections(amendment.amends.document)
    places = {row.pk: f"{number} {row.heading}".strip() for row, number, _level in sections}
    names = _names_in(changes, amendment.document.issued_on or timezone.localdate())
    return [
        Difference(
            number=places[change.place.pk],
            before=change.clause.text if change.clause else "",
            after=change.text,
            since=change.valid_from,
            nature=change.nature,
            facts=tuple(_facts(change, amendment.amends, names)),
        )
        for change in changes
    ]


def _names_in(changes: Iterable[ClauseChange], day: date) -> dict[int, str]:
    rows: list[Any] = [row for change in changes for row in (change, change.clause) if row]
    found = {row.lead_id for row in rows} | {partner.pk for row in rows for partner in row.partners.all()}
    named = Agency.objects.filter(pk__in=found - {None}).named_on(day)
    return dict(named.values_list("pk", "short_name"))


def _facts(change: ClauseChange, agreement: Agreement, names: dict[int, str]) -> Iterator[Fact]:
    old = change.clause
    new = change if change.nature != ClauseChangeNature.REPEALED else None
    for label, words in ((_("Leads"), _lead), (_("With"), _partners), (_("Cites"), _cites)):
        fact = Fact(label, *(words(row, names) if row else "" for row in (old, new)))
        if fact.before or fact.after:
            yield fact
    first = (old and old.valid_from) or agreement.stage_from
    last = (old and old.planned_end) or agreement.stage_to
    before = _span(first, change.valid_from - DAY) if old else ""
    yield Fact(_("Holds"), before, _span(change.valid_from, last) if new else "")


def _lead(row: Clause | ClauseChange, names: dict[int, str]) -> str:
    return names[row.lead_id] if row.lead_id else _("all parties together")


def _partners(row: Clause | ClauseChange, names: dict[int, str]) -> str:
    return ", ".join(names[partner.pk] for partner in row.partners.all())


def _cites(row: Clause | ClauseChange, _names: dict[int, str]) -> str:
    return "; ".join(citation.words() for citation in row.citations.all())


def _span(first: date, last: date) -> str:
    return f"{date_vi(first)} – {date_vi(last)}"


def takes_changes(amendment: Agreement) -> bool:
    """One made on paper, of a text the portal has, whose changes nobody recorded yet."""
    amended = amendment.amends if amendment.register_only else None
    return amended is not None and not amended.register_only and not amendment.changes.exists()


@transaction.atomic
def carry_out(amendment: Agreement) -> None:
    """Writes the changes into the clauses of the agreement: the old text ends the day before the new one begins."""
    for change in amendment.changes.select_related("clause").prefetch_related("partners", "citations"):
        old = change.clause
        if old is not None:
            old.agreed_to, old.valid_to = old.valid_to, change.valid_from - DAY
            old.repealed_by = amendment.document
            old.save(update_fields=["agreed_to", "valid_to", "repealed_by"])
        if change.nature != ClauseChangeNature.REPEALED:
            _bring_in(change, old, amendment)


def _bring_in(change: ClauseChange, old: Clause | None, amendment: Agreement) -> None:
    """What was to follow the old text follows the new one, which ends when the old one would have ended."""
    section = old.section if old else change.section
    assert section is not None  # noqa: S101  held by clause_change_complete
    last = section.clauses.aggregate(last=Max("position"))["last"] or 0
    following = Clause.objects.filter(follows=old).first() if old else None
    if following:
        following.follows = None
        following.save(update_fields=["follows"])
    clause = Clause.objects.create(
        section=section,
        position=old.position if old else last + 1,
        key=old.key if old else f"a{change.pk}",
        text=change.text,
        lead=change.lead,
        valid_from=change.valid_from,
        valid_to=old.agreed_to if old else None,
        introduced_by=amendment.document,
        follows=old,
    )
    clause.partners.set(change.partners.all())
    ClauseCitation.objects.bulk_create(
        ClauseCitation(clause=clause, target=row.target, text=row.text) for row in change.citations.all()
    )
    if following:
        following.follows = clause
        following.save(update_fields=["follows"])
