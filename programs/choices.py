"""What the selects of a list of facts offer, read in one query: a page of fifty rows stays within ten."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from coordination.access import Access, access_of
from coordination.enums import UnitKind, UnitLevel
from coordination.formats import date_vi
from coordination.models import AdministrativeUnit, Agency, AgencyName, UnitSuccession, User
from coordination.models.base import ListEntry
from coordination.search import search_text
from coordination.unit_picker import LONGEST_KEY
from programs.enums import ComponentKind
from programs.models import ActivityKind, Component, RecognitionTag
from programs.stock import EDGE, edges_into

Pairs = list[tuple[str, str]]
ABOVE = ("parent__search_text", "province__search_text")


@dataclass(frozen=True)
class Choices:
    """Pairs of value and label. `provinces`: ids of the agency's province and of those it was made of.

    `former`: by id of a unit that is gone, the district and province above it, folded for searching.
    `edges`: what went into the unit asked for (programs/stock.py), None where none was. `access`: of who chooses.
    """

    kinds: Pairs
    tags: Pairs
    components: Pairs
    owners: Pairs
    units: Pairs
    provinces: list[int]
    former: dict[str, str]
    edges: list[dict[str, Any]] | None
    access: Access

    def units_of_today(self, chosen: str) -> Pairs:
        """And the one chosen, whenever it was."""
        return [pair for pair in self.units if pair[0] not in self.former or pair[0] == chosen]

    def units_named(self, word: str) -> list[int]:
        """By the name of the unit; one that is gone also by the district and province it lay in."""
        return [
            int(value)
            for value, label in self.units
            if word in search_text(label) or word in self.former.get(value, "")
        ]


def choices_for(
    user: User,
    agency: Agency | None,
    first: date | None,
    last: date | None,
    kinds: type[ListEntry] = ActivityKind,
    within: str | None = None,
) -> Choices:
    """Communes valid on some day from `first` to `last` (both inclusive, None = open), and those of today.

    Agencies of the province. `within`: the place asked for, as it stands in the address.
    """
    province = agency.province_id if agency else None
    components = Component.objects.offered_to(province).exclude(kind=ComponentKind.ACTIVITY_GROUP)
    found = in_one_query(
        as_rows("kind", kinds.objects.offered_to(province), "code", "name", "position"),
        as_rows("tag", RecognitionTag.objects.offered_to(province), "code", "name", "position"),
        as_rows("component", components, "code", "short_name", "position"),
        as_rows("owner", _names(user, province), "agency_id", "short_name", "agency__protocol_order", "valid_from"),
        as_rows("unit", _units(province, first, last), "pk", "name", "sort_key", "kind", "level", "valid_to", *ABOVE),
        *([as_rows("edge", edges, *EDGE) for edges in edges_into(id_of(within))] if within else []),
    )
    communes = [row for row in found["unit"] if row["level"] == UnitLevel.COMMUNE]
    return Choices(
        kinds=_in_order(found["kind"], "name"),
        tags=_in_order(found["tag"], "name"),
        components=_in_order(found["component"], "short_name"),
        owners=_owners(found["owner"]),
        units=[(str(row["pk"]), _unit_label(row)) for row in sorted(communes, key=_current_first)],
        provinces=[row["pk"] for row in found["unit"] if row["level"] == UnitLevel.PROVINCE],
        former={
            str(row["pk"]): " ".join(row[name] or "" for name in ABOVE)
            for row in communes
            if row["valid_to"] is not None
        },
        edges=found["edge"] if within is not None else None,
        access=access_of(user),
    )


def id_of(text: str | None) -> int:
    """0, which no record has, where it is none."""
    return int(text) if text and text.isdecimal() and len(text) < LONGEST_KEY else 0


def as_rows(what: str, queryset: QuerySet, *columns: str) -> QuerySet:
    return queryset.order_by().values_list(Value(what), JSONObject(**{column: column for column in columns}))


def in_one_query(first: QuerySet, *others: QuerySet) -> dict[str, list[dict[str, Any]]]:
    """The rows of each under the name it was given."""
    found = defaultdict(list)
    for what, row in first.union(*others, all=True).order_by():
        found[what].append(row)
    return found


def _names(user: User, province: int | None) -> QuerySet:
    here = Q(agency__unit=province) | Q(agency__unit__province=province) if province else Q()
    return AgencyName.objects.filter(here | Q(agency__in=access_of(user).own))


def _units(province: int | None, first: date | None, last: date | None) -> QuerySet:
    """The provinces (two changes back) and the communes; of an agency of the centre none: it has the whole country."""
    units = AdministrativeUnit.objects.filter(level__in=[UnitLevel.PROVINCE, UnitLevel.COMMUNE])
    if province is None:
        return units.none()
    once = UnitSuccession.objects.filter(successor=province).values("predecessor")
    twice = UnitSuccession.objects.filter(successor__successions__successor=province).values("predecessor")
    if first and last:
        then = Q(valid_from=None) | Q(valid_from__lte=last)
        units = units.filter(then & Q(valid_to__gte=first) | Q(valid_to=None))
    names = ("pk", "province")
    here = [Q(**{name: province}) | Q(**{f"{name}__in": once}) | Q(**{f"{name}__in": twice}) for name in names]
    return units.filter(here[0] | here[1])


def _in_order(rows: list[dict], label: str) -> Pairs:
    return [(row["code"], row[label]) for row in sorted(rows, key=lambda row: row["position"])]


def _owners(rows: list[dict]) -> Pairs:
    """The latest name of each, in protocol order."""
    latest = {row["agency_id"]: row for row in sorted(rows, key=lambda row: row["valid_from"])}
    ordered = sorted(latest.values(), key=lambda row: (row["agency__protocol_order"], row["short_name"]))
    return [(str(row["agency_id"]), row["short_name"]) for row in ordered]


def _current_first(row: dict) -> tuple[bool, str]:
    return row["valid_to"] is not None, row["sort_key"]


def _unit_label(row: dict) -> str:
    label = f"{UnitKind(row['kind']).label.capitalize()} {row['name']}"
    if row["valid_to"] is None:
        return label
    return _("%(unit)s (until %(day)s)") % {"unit": label, "day": date_vi(date.fromisoformat(row["valid_to"]))}
