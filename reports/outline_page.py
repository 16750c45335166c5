"""Who keeps which outlines, and what their pages show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from coordination.compose import roman
from coordination.enums import Numbering, UnitLevel
from coordination.models import AdministrativeUnit, Agency
from programs.rules import allowed
from reports.actions import CannotDraft, province_of
from reports.compose.paper import Draft
from reports.compose.parts import Part
from reports.enums import PeriodKind, ReportKind, ReportScope
from reports.models import OutlineSection, ReportingPeriod, ReportOutline
from reports.outline_actions import same_place
from reports.outline_words import PART_WORDS
from reports.periods import PROFILE_OF_KIND, free_label
from reports.provinces import versions_of


def places_kept(request: Any) -> list[AdministrativeUnit]:
    """Provinces whose own outlines the person keeps: all for system administrators, else that of who compiles it."""
    today = timezone.localdate()
    if request.user.is_system_administrator:
        provinces = AdministrativeUnit.objects.of_level(UnitLevel.PROVINCE).valid_on(today)
        return list(provinces.order_by("sort_key"))
    return [request.acting.agency.unit.version_on(today)] if allowed(request, "programs.add_target") else []


def keeps(request: Any, outline: ReportOutline) -> bool:
    """National ones: system administrators. A province's: they, and who compiles it. Thematic: its maker."""
    hat = request.acting
    if outline.made_by_id:
        own = Agency.objects.lineage_of({hat.agency_id}) if hat and hat.writes else ()
        return outline.made_by_id in own
    if outline.unit is None:
        return bool(request.user.is_system_administrator)
    kept = {pk for place in places_kept(request) for pk in (place.pk, *versions_of(place))}
    return outline.unit_id in kept


def start_rights(request: Any) -> dict[str, Any]:
    """What a person may begin, as the form that begins one takes it."""
    return {
        "national": request.user.is_system_administrator,
        "places": places_kept(request),
        "thematic": bool(request.acting and request.acting.writes),
    }


@dataclass(frozen=True)
class SectionLine:
    """`level` 1 to 3; `is_first`, `is_last` among its neighbours; `parts` in words."""

    section: OutlineSection
    number: str
    level: int
    is_first: bool
    is_last: bool
    parts: list[str]


def section_rows(outline: ReportOutline) -> list[SectionLine]:
    """In the order of the paper: body, then annexes."""
    rows = list(outline.sections.order_by("position", "pk"))
    body = _lines([row for row in rows if not row.is_annex], None, 1, "")
    return [*body, *_lines([row for row in rows if row.is_annex], None, 1, "")]


def _lines(rows: list[OutlineSection], parent: int | None, level: int, above: str) -> Iterator[SectionLine]:
    beside = [row for row in rows if row.parent_id == parent]
    counted = 0
    for place, row in enumerate(beside):
        counted += row.numbering != Numbering.NONE
        number = _number(row, counted, above)
        parts = [str(PART_WORDS[Part.of(entry).name]) for entry in row.parts]
        yield SectionLine(row, number, level, place == 0, place == len(beside) - 1, parts)
        yield from _lines(rows, row.pk, level + 1, number if level == 2 else "")


def _number(row: OutlineSection, counted: int, above: str) -> str:
    if row.is_annex or row.numbering == Numbering.ROMAN:
        return f"Phụ lục {roman(counted)}." if row.is_annex else f"{roman(counted)}."
    if row.numbering == Numbering.NONE:
        return ""
    return f"{above}{counted}." if row.numbering == Numbering.NESTED else f"{counted}."


def versions_of_outline(outline: ReportOutline) -> QuerySet[ReportOutline]:
    """Newest first; of a thematic one those it was made from and those made from it."""
    if outline.kind != ReportKind.THEMATIC:
        return same_place(outline).order_by("-number")
    chain, fresh = {outline.pk}, {outline.pk}
    while fresh:
        near = ReportOutline.objects.filter(replaces__in=fresh).values_list("pk", flat=True)
        before = ReportOutline.objects.filter(pk__in=fresh, replaces__isnull=False).values_list("replaces", flat=True)
        fresh = {*near, *before} - chain
        chain |= fresh
    return ReportOutline.objects.filter(pk__in=chain).order_by("-number")


def sample_draft(request: Any, outline: ReportOutline) -> Draft | None:
    """Whose head and days a preview bears: the own agency, else one of the outline's province; the latest period."""
    today = timezone.localdate()
    period = _period(outline, today)
    for agency in _agencies(request, outline):
        try:
            unit = province_of(agency, period.data_to) if period else None
        except CannotDraft:
            continue
        if period and unit and agency.names.filter(valid_from__lte=period.data_to).exists():
            return Draft(agency, unit, outline.kind, ReportScope.AGENCY, period, outline)
    return None


def _period(outline: ReportOutline, today: Any) -> ReportingPeriod | None:
    periods = ReportingPeriod.objects.filter(kind=outline.period_kind).select_related("same_period_last_year")
    if outline.period_kind == PeriodKind.FREE:
        first = today.replace(year=today.year - 1, month=1, day=1)
        last = today.replace(year=today.year - 1, month=12, day=31)
        days = {"data_from": first, "data_to": last, "money_from": first}
        return ReportingPeriod(kind=PeriodKind.FREE, year=last.year, label=free_label(first, last), **days)
    profile = PROFILE_OF_KIND[ReportKind(outline.kind)]
    closed = periods.filter(profile__code=profile, data_to__lt=today + timedelta(days=1)).order_by("-data_to").first()
    return closed or periods.order_by("data_to").first()


def _agencies(request: Any, outline: ReportOutline) -> Iterator[Agency]:
    if request.acting:
        yield request.acting.agency
    others = Agency.objects.open_on(timezone.localdate()).filter(unit__isnull=False).select_related("unit", "parent")
    if outline.unit_id:
        others = others.filter(unit=outline.unit_id)
    yield from others.in_protocol_order()[:3]
