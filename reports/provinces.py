"""A province through its versions: agencies and papers use one name, records the version of their day."""

from __future__ import annotations

from coordination.models import AdministrativeUnit, UnitSuccession


def same_province(province: AdministrativeUnit) -> set[int]:
    """Ids of the version and of the later ones that bear its name: those an agency of the province may be kept at.

    Quảng Ngãi of before 1 July 2025 lives on in Quảng Ngãi; Kon Tum, which was joined to it, does not.
    """
    found, fresh = {province.pk}, {province.pk}
    while fresh:
        edges = UnitSuccession.objects.filter(predecessor__in=fresh, successor__name=province.name)
        fresh = set(edges.values_list("successor", flat=True)) - found
        found |= fresh
    return found


def versions_of(province: AdministrativeUnit) -> set[int]:
    """Ids of the version, of those before it and of those after it that bear its name: lists kept for a province."""
    found = same_province(province)
    fresh = set(found)
    while fresh:
        edges = UnitSuccession.objects.filter(successor__in=fresh, predecessor__name=province.name)
        fresh = set(edges.values_list("predecessor", flat=True)) - found
        found |= fresh
    return found
