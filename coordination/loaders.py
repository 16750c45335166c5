"""Loads the administrative units and the reference lists of coordination. Adds what is missing, never overwrites."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext as _

from coordination.enums import UnitLevel
from coordination.models import AdministrativeUnit, DocumentKind, UnitSuccession
from coordination.official_units import Edge, UnitEntry, UnitKey, check_counts, official_units, successions

LAST_DAY_BEFORE = date(2025, 6, 30)
FIRST_DAY_NOW = date(2025, 7, 1)


@dataclass
class Loaded:
    """Rows made and rows that were there, by name of the list."""

    made: Counter = field(default_factory=Counter)
    kept: Counter = field(default_factory=Counter)

    def note(self, what: str, *, made: int, kept: int) -> None:
        self.made[what] += made
        self.kept[what] += kept

    def lines(self) -> Iterator[str]:
        for what in dict.fromkeys([*self.made, *self.kept]):
            yield _("%(what)s: %(made)d added, %(kept)d already there") % {
                "what": what,
                "made": self.made[what],
                "kept": self.kept[what],
            }


@transaction.atomic
def load_units() -> Loaded:
    """Adds what is missing; a unit already there keeps what people wrote. Raises UnexpectedList before writing."""
    entries = list(official_units())
    edges = list(successions(entries))
    check_counts(entries, edges)
    loaded, units = Loaded(), {}
    for level, group in groupby(entries, key=lambda entry: entry.key[0]):
        units |= _add_units(level, list(group), units, loaded)
    _add_successions(edges, units, loaded)
    return loaded


def _add_units(
    level: UnitLevel, entries: list[UnitEntry], above: dict[UnitKey, AdministrativeUnit], loaded: Loaded
) -> dict[UnitKey, AdministrativeUnit]:
    there = {(row.code, row.valid_from): row for row in AdministrativeUnit.objects.of_level(level)}
    found, new = {}, []
    for entry in entries:
        now = entry.key[2]
        row = there.get((entry.code, FIRST_DAY_NOW if now else None))
        if row is None:
            row = _new_unit(entry, above.get(entry.parent))
            new.append(row)
        found[entry.key] = row
    AdministrativeUnit.objects.bulk_create(new)
    loaded.note(str(level.label), made=len(new), kept=len(entries) - len(new))
    return found


def _new_unit(entry: UnitEntry, parent: AdministrativeUnit | None) -> AdministrativeUnit:
    level, _code, now = entry.key
    return AdministrativeUnit(
        code=entry.code,
        name=entry.name,
        kind=entry.kind,
        level=level,
        parent=parent,
        province=parent and (parent.province or parent),
        valid_from=FIRST_DAY_NOW if now else None,
        valid_to=None if now else LAST_DAY_BEFORE,
    )


def _add_successions(edges: list[Edge], units: dict[UnitKey, AdministrativeUnit], loaded: Loaded) -> None:
    there = set(UnitSuccession.objects.values_list("predecessor", "successor"))
    new = [
        UnitSuccession(
            predecessor=units[edge.predecessor],
            successor=units[edge.successor],
            on=FIRST_DAY_NOW,
            nature=edge.nature,
            extent=edge.extent,
            legal_document=edge.law,
        )
        for edge in edges
        if (units[edge.predecessor].pk, units[edge.successor].pk) not in there
    ]
    UnitSuccession.objects.bulk_create(new)
    loaded.note(_("successions"), made=len(new), kept=len(edges) - len(new))


def rows_of(name: str) -> list[dict[str, str]]:
    """The rows of data/NAME.csv."""
    with (settings.BASE_DIR / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def add_missing[Row: models.Model](rows: Iterable[Row], loaded: Loaded, what: str) -> dict[str, Row]:
    """Adds the rows whose code is not there yet; one that is there stays as people left it. Returns all, by code."""
    wanted = {row.code: row for row in rows}
    model = type(next(iter(wanted.values())))
    there = model._default_manager.in_bulk(wanted, field_name="code")
    new = [row for code, row in wanted.items() if code not in there]
    model._default_manager.bulk_create(new)
    loaded.note(what, made=len(new), kept=len(there))
    return {row.code: row for row in new} | there


@transaction.atomic
def load_lists(loaded: Loaded) -> None:
    """The reference lists of coordination."""
    kinds = (DocumentKind(position=number, **row) for number, row in enumerate(rows_of("document_kinds"), start=1))
    add_missing(kinds, loaded, _("document kinds"))
