"""The province the benchmark speaks of: agencies, people, models, money and readings. Its size never changes.

Everything is made up; the places and the reference lists are the real ones.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.management import call_command
from django.db.models import Count, F, Q

from coordination.enums import AgencyKind, AgencyRole, MemberRole, UnitLevel
from coordination.models import AdministrativeUnit, Agency, AgencyName, Membership, User
from programs.enums import BudgetNature, CapitalNature, FundingSource, ModelNature
from programs.models import BudgetEntry, CommunityModel, Component, Indicator, Measurement, ModelEvent, ModelKind
from reports.models import ReportingPeriod

PROFILE, PERIOD = "ND09", "2026-H1"
COMMUNES = 100
SINCE_REFORM = 345  # days from 4 July 2025, when the communes of today existed, to the end of the period
EVENTS = (ModelNature.OPENING, ModelNature.NEW, ModelNature.STRENGTHENED)


@dataclass(frozen=True)
class Cast:
    """`others`: the leading agency of every other province, by the id of the province."""

    province: AdministrativeUnit
    communes: tuple[AdministrativeUnit, ...]
    committee: Agency
    board: Agency
    union: Agency
    below: tuple[Agency, ...]
    others: dict[int, Agency]
    officer: User
    period: ReportingPeriod


def load_lists() -> None:
    for command in ("load_units", "load_lists"):
        call_command(command, stdout=io.StringIO())


def make_cast(size: int = COMMUNES) -> Cast:
    """`size`: how many communes count."""
    period = ReportingPeriod.objects.select_related("same_period_last_year").get(profile__code=PROFILE, code=PERIOD)
    units = AdministrativeUnit.objects.valid_on(period.data_to)
    province = province_of_communes(units, size)
    communes = tuple(units.of_level(UnitLevel.COMMUNE).filter(province=province).order_by("code")[:size])
    committee = _agency(province, AgencyRole.PEOPLES_COMMITTEE, "UBND tỉnh")
    board = _agency(province, AgencyRole.ETHNIC_AFFAIRS, "Sở Dân tộc", parent=committee, consolidates=True)
    officer = User.objects.create_user("can-bo@example.vn", "Cán bộ Đo Tốc Độ")
    Membership.objects.create(user=officer, agency=board, role=MemberRole.OFFICER, valid_from=date(2020, 1, 1))
    provinces = AdministrativeUnit.objects.of_level(UnitLevel.PROVINCE).exclude(pk=province.pk)
    return Cast(
        province=province,
        communes=communes,
        committee=committee,
        board=board,
        union=_agency(province, AgencyRole.WOMENS_UNION, "Hội LHPN tỉnh", kind=AgencyKind.UNION),
        below=tuple(_agency(unit, AgencyRole.PEOPLES_COMMITTEE, "UBND xã", parent=committee) for unit in communes),
        others={unit.pk: _agency(unit, AgencyRole.ETHNIC_AFFAIRS, "Ban Dân tộc") for unit in provinces},
        officer=officer,
        period=period,
    )


def province_of_communes(units, least: int):
    """The smallest province that has so many communes."""
    current = Count("units", filter=Q(units__level=UnitLevel.COMMUNE, units__in=units.values("pk")))
    provinces = units.of_level(UnitLevel.PROVINCE).annotate(size=current)
    return provinces.filter(size__gte=least).order_by("size", "code")[0]


def _agency(unit, role, name, **fields) -> Agency:
    agency = Agency.objects.create(unit=unit, role=role, **{"kind": AgencyKind.STATE} | fields)
    symbol = "".join(word[0] for word in name.split()).upper() + unit.code
    AgencyName.objects.create(
        agency=agency, name=f"{name} {unit.name}", short_name=name, symbol=symbol, letterhead=name.upper(),
        place=unit.name, valid_from=date(2015, 1, 1),
    )  # fmt: skip
    return agency


def fill_other_facts(cast: Cast) -> None:
    """Models of every kind in every commune, money and readings: what a province has, whatever its activities are."""
    _fill_models(cast)
    _fill_money(cast)
    _fill_readings(cast)


def _shared(cast: Cast, unit: AdministrativeUnit, day: date) -> dict:
    return {"owner": cast.board, "unit": unit, "province": cast.province, "counted_on": day}


def _fill_models(cast: Cast) -> None:
    kinds = list(ModelKind.objects.order_by("code"))
    accounts = CommunityModel.objects.bulk_create(
        CommunityModel(
            owner=cast.board, unit=unit, province=cast.province, kind=kind, name=f"{kind.name} {unit.full_name}"
        )
        for unit in cast.communes
        for kind in kinds
    )
    last = cast.period.data_to
    ModelEvent.objects.bulk_create(
        ModelEvent(
            model=model, nature=nature, quantity=1 + number % 3, members=20 + number % 30,
            women=12 + number % 8 if number % 7 else None, minority=number % 20 if number % 5 else None,
            **_shared(cast, model.unit, last - timedelta(days=(number * 37 + place * 110) % SINCE_REFORM)),
        )
        for number, model in enumerate(accounts)
        for place, nature in enumerate(EVENTS)
    )  # fmt: skip


def _fill_money(cast: Cast) -> None:
    """One decision and two readings a year, for each content and source, in every commune."""
    contents = list(Component.objects.filter(content=F("pk")).order_by("code")[:4])
    rows = []
    for year in (cast.period.year, cast.period.year - 1):
        for unit in cast.communes:
            for content in contents:
                for source in FundingSource.values:
                    rows += _money_lines(cast, unit, content, source, year)
    BudgetEntry.objects.bulk_create(rows)


def _money_lines(cast, unit, content, source, year) -> list[BudgetEntry]:
    line = {"component": content, "source": source, "capital": CapitalNature.RECURRENT, "year": year}
    first = 1 if year == cast.period.year else 8  # last year's communes exist from July on
    amount = 1_000_000 * (50 + unit.pk % 40)
    return [
        BudgetEntry(
            nature=nature, amount_vnd=amount * part // 10, **line, **_shared(cast, unit, date(year, month, 20))
        )
        for nature, part, month in (
            (BudgetNature.ALLOCATED, 10, first),
            (BudgetNature.DISBURSED, 3, first + 2),
            (BudgetNature.DISBURSED, 6, first + 4),
        )
    ]


def _fill_readings(cast: Cast) -> None:
    """Two readings of each indicator that is not made of others, for the province."""
    rows = []
    for number, indicator in enumerate(Indicator.objects.filter(parts__isnull=True).order_by("code")):
        for day in (date(2025, 12, 14), cast.period.data_to):
            parts = {"numerator": 40 + number % 50, "denominator": 100}
            rows.append(Measurement(indicator=indicator, **parts, **_shared(cast, cast.province, day)))
    Measurement.objects.bulk_create(rows)
