"""Sample agencies with their names over time, and what became of them."""

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from coordination.enums import AgencyKind, AgencyRole, UnitLevel
from coordination.loaders import FIRST_DAY_NOW, LAST_DAY_BEFORE, Loaded
from coordination.models import AdministrativeUnit, Agency, AgencyName, AgencySuccession
from reports.demo.stage import Stage, day, demo_rows

KNOWN_FROM = date(2021, 1, 1)


@dataclass
class Draft:
    """An agency to be and its names, the oldest first."""

    key: str
    agency: Agency
    names: list[AgencyName]

    @property
    def mark(self) -> tuple[int | None, str, date]:
        """What an agency of an earlier run is known by."""
        return self.agency.unit_id, self.names[0].symbol, self.names[0].valid_from


def add_agencies(stage: Stage, loaded: Loaded) -> None:
    """Level by level: who stands below another needs it first."""
    provincial = list(_provincial_drafts(stage))
    for parent in sorted({row["parent"] for _draft, row in provincial}):
        drafts = [draft for draft, row in provincial if row["parent"] == parent]
        for draft in drafts:
            draft.agency.parent = stage.agencies.get(parent)
        stage.agencies |= _add_missing(drafts, loaded)
    locals_ = list(_local_drafts(stage))
    added = _add_missing(locals_, loaded)
    stage.agencies |= added
    of_districts = _add_missing(list(_district_drafts(stage)), loaded)
    stage.district_committees = list(of_districts.values())
    for agency in added.values():
        by_unit = stage.local_unions if agency.role == AgencyRole.WOMENS_UNION else stage.local_committees
        by_unit[agency.unit_id] = agency
    _add_successions(stage, loaded)


def _provincial_drafts(stage: Stage):
    names = defaultdict(list)
    for row in demo_rows("agency_names"):
        days = {field: day(row[field]) for field in ("valid_from", "valid_to")}
        names[row.pop("key")].append(AgencyName(**row | days))
    for row in demo_rows("agencies"):
        agency = Agency(
            unit=stage.seats[row["province"], not row["closed_on"]] if row["province"] else None,
            kind=row["kind"],
            role=row["role"],
            protocol_order=int(row["protocol_order"]),
            opened_on=day(row["opened_on"]),
            closed_on=day(row["closed_on"]),
            consolidates=row["consolidates"] == "yes",
            is_sample=row["is_sample"] == "yes",
        )
        yield Draft(row["key"], agency, names[row["key"]]), row


def _local_drafts(stage: Stage):
    """District unions until 30 June 2025; a committee and a union in each highland commune since then."""
    for code, districts in stage.districts.items():
        union = stage.agencies["qn.union" if code == "51" else "kt.union"]
        for unit in districts:
            yield _union(unit, union, closed_on=LAST_DAY_BEFORE)
        for unit in stage.communes_now[code]:
            yield _union(unit, stage.agencies["qn.union"], opened_on=FIRST_DAY_NOW)
            yield _committee(unit, stage.agencies["qn.committee"], opened_on=FIRST_DAY_NOW)


def _district_drafts(stage: Stage):
    """People's Committees of the districts of Đồng Nai, given tasks by a directive of 2023; ended on 30 June 2025."""
    province = stage.seats["75", False]
    units = AdministrativeUnit.objects.of_level(UnitLevel.DISTRICT).filter(province=province)
    for unit in units.select_related("province").order_by("code"):
        yield _committee(unit, stage.agencies["dn.committee"], closed_on=LAST_DAY_BEFORE)


def _symbol(unit: AdministrativeUnit) -> str:
    """With its marks: Ba Tơ and Ba Tô are two communes of one province."""
    return re.sub(r"[\W_]", "", unit.name).upper()


def _union(unit: AdministrativeUnit, parent: Agency, **days: date) -> Draft:
    agency = Agency(
        unit=unit, kind=AgencyKind.UNION, role=AgencyRole.WOMENS_UNION, parent=parent, is_sample=True, **days
    )
    name = AgencyName(
        name=f"Hội Liên hiệp Phụ nữ {unit.full_name}",
        short_name=f"Hội LHPN {unit.full_name}",
        symbol=f"HLHPN-{_symbol(unit)}",
        letterhead_parent=f"HỘI LHPN TỈNH {unit.province.name.upper()}",
        letterhead=f"BAN THƯỜNG VỤ {unit.full_name.upper()}",
        place=unit.name,
        valid_from=days.get("opened_on", KNOWN_FROM),
        valid_to=days.get("closed_on"),
    )
    return Draft(f"{unit.name}.{unit.level}_union", agency, [name])


def _committee(unit: AdministrativeUnit, parent: Agency, **days: date) -> Draft:
    agency = Agency(
        unit=unit,
        kind=AgencyKind.STATE,
        role=AgencyRole.PEOPLES_COMMITTEE,
        parent=parent,
        is_sample=True,
        **days,
    )
    name = AgencyName(
        name=f"Ủy ban nhân dân {unit.full_name}",
        short_name=f"UBND {unit.full_name}",
        symbol=f"UBND-{_symbol(unit)}",
        letterhead=f"ỦY BAN NHÂN DÂN {unit.full_name.upper()}",
        place=unit.name,
        valid_from=days.get("opened_on", KNOWN_FROM),
        valid_to=days.get("closed_on"),
    )
    return Draft(f"{unit.name}.committee", agency, [name])


def _add_missing(drafts: list[Draft], loaded: Loaded) -> dict[str, Agency]:
    names = AgencyName.objects.select_related("agency")
    there = {(name.agency.unit_id, name.symbol, name.valid_from): name.agency for name in names}
    new = [draft for draft in drafts if draft.mark not in there]
    bulk_create_with_history([draft.agency for draft in new], Agency, default_change_reason=_("sample data"))
    for draft in new:
        for name in draft.names:
            name.agency = draft.agency
    AgencyName.objects.bulk_create([name for draft in new for name in draft.names])
    loaded.note(_("agencies"), made=len(new), kept=len(drafts) - len(new))
    return {draft.key: there.get(draft.mark, draft.agency) for draft in drafts}


def _add_successions(stage: Stage, loaded: Loaded) -> None:
    rows = [
        row | {side: stage.agencies[row[side]] for side in ("predecessor", "successor")}
        for row in demo_rows("agency_successions")
    ]
    there = set(AgencySuccession.objects.values_list("predecessor", "successor"))
    new = [
        AgencySuccession(**row | {"on": day(row["on"])})
        for row in rows
        if (row["predecessor"].pk, row["successor"].pk) not in there
    ]
    AgencySuccession.objects.bulk_create(new)
    loaded.note(_("agency successions"), made=len(new), kept=len(rows) - len(new))
