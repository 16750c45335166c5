"""What a person may see, asked once per request: the one place that knows who stands above whom."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, DateField, F, Q, Subquery, Value
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from coordination.enums import AgencyRole, UnitLevel
from coordination.models.agency import Agency, AgencySuccession, name_of
from coordination.models.unit import UnitSuccession, changes_before

# These two see all recorded facts and issued documents of their unit, whoever owns them.
SEES_ITS_UNIT = (AgencyRole.PEOPLES_COMMITTEE, AgencyRole.WOMEN_ADVANCEMENT)
LEVELS_BELOW = 4  # ministry, province, (district), commune
NAMES = ("name", "short_name", "symbol")


@dataclass(frozen=True)
class Grant:
    """Ids of agencies, and the days of their facts, both inclusive."""

    owners: frozenset[int]
    first: date
    last: date


@dataclass(frozen=True)
class Access:
    """Ids. `own`: agencies of the person's current memberships and their predecessors; `below`: agencies under them;

    `provinces` and `communes`: units whose recorded facts are all visible, predecessors included. `grants`: whose
    recorded facts of which days (both inclusive) were asked for in a report.
    """

    own: frozenset[int] = frozenset()
    below: frozenset[int] = frozenset()
    provinces: frozenset[int] = frozenset()
    communes: frozenset[int] = frozenset()
    grants: tuple[Grant, ...] = ()

    @property
    def all_units(self) -> frozenset[int]:
        return self.provinces | self.communes


def access_of(user: Any) -> Access:
    """Rights of today, kept on the user object, which lives for one request: a few queries however long the lists."""
    if not user.is_authenticated or not user.is_active:
        return Access()
    if not hasattr(user, "_access"):
        user._access = _find_access(user)
    return user._access


def hats_of(user: Any) -> list[Any]:
    """Current memberships, asked once per request; their agencies carry the names of today.

    Each also says how many notices wait for the person (`unread`), so that the bell costs no query.
    """
    if not user.is_authenticated:
        return []
    if not hasattr(user, "_hats"):
        today = timezone.localdate()
        named = {f"agency_{field}": name_of("agency", field, today) for field in NAMES}
        unread = user.notices.unread().order_by().values("reader").annotate(rows=Count("pk")).values("rows")
        rows = user.memberships.current(today).annotate(**named)
        rows = rows.select_related("agency__unit__province", "deputises__user")
        rows = rows.annotate(unread=Coalesce(Subquery(unread), 0))
        user._hats = list(rows.order_by("pk"))
        for hat in user._hats:
            vars(hat.agency).update({field: getattr(hat, f"agency_{field}") for field in NAMES})
    return user._hats


def _find_access(user: Any) -> Access:
    held = {hat.agency_id: hat.agency for hat in hats_of(user)}
    if not held:
        return Access()
    seats = {
        agency.unit_id: agency.unit.level for agency in held.values() if agency.unit and agency.role in SEES_ITS_UNIT
    }
    before, units = _lineages(set(held), seats)
    own = {*held, *before}
    below, grants = _reach(own)
    return Access(
        own=frozenset(own),
        below=frozenset(below - own),
        provinces=frozenset(pk for pk, level in units.items() if level == UnitLevel.PROVINCE),
        communes=frozenset(pk for pk, level in units.items() if level != UnitLevel.PROVINCE),
        grants=grants,
    )


def _reach(own: set[int]) -> tuple[set[int], tuple[Grant, ...]]:
    """Agencies under these, and one grant for each span asked for, however many agencies were asked. One query."""
    paths = ["__".join(["parent"] * step) for step in range(1, LEVELS_BELOW + 1)]
    no_day = Cast(Value(None), DateField())
    rows = Agency.objects.order_by()
    levels = [rows.filter(**{f"{path}__in": own}).values_list("pk", no_day, no_day) for path in paths]
    grants = rows.filter(pk__in=own, view_grants__owner__isnull=False)
    granted = grants.values_list("view_grants__owner", "view_grants__data_from", "view_grants__data_to")
    below, spans = set(), defaultdict(set)
    for pk, first, last in levels[0].union(*levels[1:], granted):
        if first is None:
            below.add(pk)
        else:
            spans[first, last].add(pk)
    return below, tuple(Grant(frozenset(owners), *span) for span, owners in sorted(spans.items()))


def _lineages(agencies: set[int], seats: dict[int, str]) -> tuple[set[int], dict[int, str]]:
    """Predecessors of the agencies; the units, theirs too, with their level. One query up to two changes back."""
    edges = _edges("agency", AgencySuccession, agencies, Value(""))
    if seats:
        edges = edges.union(_edges("unit", UnitSuccession, set(seats), F("predecessor__level")), all=True)
    found = {"agency": {}, "unit": {}}
    deepest = {"agency": set(), "unit": set()}
    for what, before, after, level in edges:
        found[what][before] = level
        if after not in (agencies if what == "agency" else seats):
            deepest[what].add(before)
    further = changes_before(AgencySuccession, deepest["agency"])
    deeper = changes_before(UnitSuccession, deepest["unit"], "predecessor__level")
    units = seats | found["unit"] | {pk: level for pk, _after, level in deeper}
    return {*found["agency"], *(before for before, _after in further)}, units


def _edges(what: str, succession: Any, ids: set[int], level: Any) -> Any:
    reached = Q(successor__in=ids) | Q(successor__successions__successor__in=ids)
    rows = succession.objects.filter(reached).order_by()
    return rows.values_list(Value(what), "predecessor", "successor", level).distinct()
