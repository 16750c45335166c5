"""What a person may see, asked once per request: the one place that knows who stands above whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.utils import timezone

from coordination.enums import AgencyRole, UnitLevel

# These two see all recorded facts and issued documents of their unit, whoever owns them.
SEES_ITS_UNIT = (AgencyRole.PEOPLES_COMMITTEE, AgencyRole.WOMEN_ADVANCEMENT)
LEVELS_BELOW = 4  # ministry, province, (district), commune


@dataclass(frozen=True)
class Access:
    """Ids. `own`: agencies of the person's current memberships and their predecessors; `below`: agencies under them;

    `provinces` and `communes`: units whose recorded facts are all visible, predecessors included.
    """

    own: frozenset[int] = frozenset()
    below: frozenset[int] = frozenset()
    provinces: frozenset[int] = frozenset()
    communes: frozenset[int] = frozenset()

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


def _find_access(user: Any) -> Access:
    agency_model, unit_model = (
        apps.get_model("coordination", "Agency"),
        apps.get_model("coordination", "AdministrativeUnit"),
    )
    held = {
        row.agency_id: row.agency
        for row in user.memberships.current(timezone.localdate()).select_related("agency__unit")
    }
    if not held:
        return Access()
    own = agency_model.objects.lineage_of(held)
    below, level = set(), own
    for _step in range(LEVELS_BELOW):
        level = set(agency_model.objects.filter(parent__in=level).values_list("pk", flat=True)) - below
        if not level:
            break
        below |= level
    seats = {agency.unit for agency in held.values() if agency.unit and agency.role in SEES_ITS_UNIT}
    units = unit_model.objects.lineage_of({unit.pk for unit in seats}).values_list("pk", "level") if seats else []
    return Access(
        own=frozenset(own),
        below=frozenset(below - own),
        provinces=frozenset(pk for pk, unit_level in units if unit_level == UnitLevel.PROVINCE),
        communes=frozenset(pk for pk, unit_level in units if unit_level != UnitLevel.PROVINCE),
    )
