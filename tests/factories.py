"""Minimal valid objects. No value a test reads is random: name it in the call."""

import itertools
from datetime import date

from coordination.enums import AgencyKind, AgencyRole, MemberRole, UnitKind, UnitLevel
from coordination.models import AdministrativeUnit, Agency, AgencyName, Membership, User
from programs.enums import (
    BudgetNature,
    ComponentKind,
    Direction,
    FactState,
    FundingSource,
    KindGroup,
    ModelNature,
)
from programs.models import (
    Activity,
    ActivityKind,
    BudgetEntry,
    CommunityModel,
    Component,
    Framework,
    Indicator,
    Measurement,
    ModelEvent,
    ModelKind,
    Objective,
    Programme,
)

_numbers = itertools.count(1)
PASSWORD = "mat-khau-thu-nghiem"


def province(name="Quảng Thử", **fields):
    values = {"code": f"{next(_numbers) % 90 + 10}", "kind": UnitKind.PROVINCE, "level": UnitLevel.PROVINCE}
    return AdministrativeUnit.objects.create(name=name, **values | fields)


def commune(parent, name="Ba Thử", **fields):
    values = {"code": f"{next(_numbers):05}", "kind": UnitKind.COMMUNE, "level": UnitLevel.COMMUNE}
    values |= {"parent": parent, "province": parent}
    return AdministrativeUnit.objects.create(name=name, **values | fields)


def agency(unit, name="Sở Thử nghiệm", symbol="STN", **fields):
    values = {"kind": AgencyKind.STATE, "role": AgencyRole.OTHER}
    row = Agency.objects.create(unit=unit, **values | fields)
    AgencyName.objects.create(
        agency=row,
        name=name,
        short_name=name,
        symbol=symbol,
        letterhead=name.upper(),
        place=unit.name,
        valid_from=date(2020, 1, 1),
    )
    return row


def user(full_name="Chuyên viên A", **fields):
    return User.objects.create_user(fields.pop("email", f"nguoi{next(_numbers)}@example.vn"), full_name, **fields)


def member(of, role=MemberRole.OFFICER, **fields):
    """A person with one current hat; the hat is `person.memberships.get()`."""
    person = fields.pop("user", None) or user()
    Membership.objects.create(**{"user": person, "agency": of, "role": role, "valid_from": date(2020, 1, 1)} | fields)
    return person


def component(code="T.1", **fields):
    programme, _made = Programme.objects.get_or_create(
        code="T", defaults={"name": "Chương trình thử", "phase_from": 2021, "phase_to": 2030}
    )
    values = {"name": f"Nội dung {code}", "short_name": f"Nội dung {code}", "kind": ComponentKind.CONTENT}
    row, made = Component.objects.get_or_create(code=code, defaults={"programme": programme} | values | fields)
    if made and row.content is None:
        row.content = row
        row.save(update_fields=["content"])
    return row


def activity_kind(code="truyen_thong", group=KindGroup.COMMUNICATION, word="buổi", **fields):
    values = {"name": "Truyền thông", "group": group, "counting_word": word}
    return ActivityKind.objects.get_or_create(code=code, defaults=values | fields)[0]


def activity(owner, unit, day=date(2026, 3, 8), **fields):
    values = {
        "title": "Truyền thông thử",
        "kind": fields.get("kind") or activity_kind(),
        "component": fields.get("component") or component(),
        "starts_on": day,
        "ends_on": day,
        "counted_on": day,
        "state": FactState.RECORDED,
        "province": unit.province or unit,
    }
    return Activity.objects.create(owner=owner, unit=unit, **values | fields)


def model_kind(code="to_truyen_thong", **fields):
    values = {"name": "Tổ truyền thông cộng đồng", "word": "tổ"}
    return ModelKind.objects.get_or_create(code=code, defaults=values | fields)[0]


def community_model(owner, unit, **fields):
    values = {"name": f"Mô hình {next(_numbers)}", "province": unit.province or unit}
    return CommunityModel.objects.create(
        owner=owner, unit=unit, **{"kind": fields.get("kind") or model_kind()} | values | fields
    )


def model_event(model, day=date(2026, 3, 8), **fields):
    values = {"nature": ModelNature.NEW, "quantity": 1, "owner": model.owner, "unit": model.unit}
    return ModelEvent.objects.create(model=model, counted_on=day, **{"province": model.province} | values | fields)


def indicator(code="1.1", **fields):
    framework, _made = Framework.objects.get_or_create(
        code="KHUNG", defaults={"name": "Chiến lược thử", "year_from": 2021, "year_to": 2030}
    )
    objective, _made = Objective.objects.get_or_create(
        code="MT1", defaults={"name": "Mục tiêu thử", "framework": framework}
    )
    values = {"name": f"Chỉ tiêu {code}", "number": code, "measured_in": "%", "direction": Direction.AT_LEAST}
    return Indicator.objects.get_or_create(code=code, defaults={"objective": objective} | values | fields)[0]


def measurement(owner, unit, day=date(2026, 6, 14), **fields):
    values = {"indicator": fields.get("indicator") or indicator(), "province": unit.province or unit}
    if "value" not in fields and "numerator" not in fields:
        values["value"] = 60
    return Measurement.objects.create(owner=owner, unit=unit, counted_on=day, **values | fields)


def budget_entry(owner, unit, day=date(2026, 6, 14), **fields):
    values = {
        "component": fields.get("component") or component(),
        "year": day.year,
        "source": FundingSource.CENTRAL,
        "nature": BudgetNature.ALLOCATED,
        "amount_vnd": 1_000_000,
        "province": unit.province or unit,
    }
    return BudgetEntry.objects.create(owner=owner, unit=unit, counted_on=day, **values | fields)
