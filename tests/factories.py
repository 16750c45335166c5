"""Minimal valid objects. No value a test reads is random: name it in the call."""

import itertools
from datetime import date

from coordination.enums import AgencyKind, AgencyRole, MemberRole, Numbering, UnitKind, UnitLevel
from coordination.models import AdministrativeUnit, Agency, AgencyName, Document, DocumentKind, Membership, User
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
from reports.enums import OutlineState, PeriodKind, ReportKind, ReportScope
from reports.models import CutoffProfile, Report, ReportingPeriod, ReportOutline

_numbers = itertools.count(1)
PASSWORD = "mat-khau-thu-nghiem"


def province(name="Quảng Thử", **fields):
    values = {"code": f"{next(_numbers):04}", "kind": UnitKind.PROVINCE, "level": UnitLevel.PROVINCE}
    return AdministrativeUnit.objects.create(name=name, **values | fields)


def commune(parent, name="Ba Thử", **fields):
    values = {"code": f"{next(_numbers):05}", "kind": UnitKind.COMMUNE, "level": UnitLevel.COMMUNE}
    values |= {"parent": parent, "province": parent}
    return AdministrativeUnit.objects.create(name=name, **values | fields)


def agency(unit, name="Sở Thử nghiệm", symbol="STN", **fields):
    """`unit` None: an agency of the centre."""
    values = {"kind": AgencyKind.STATE, "role": AgencyRole.OTHER}
    row = Agency.objects.create(unit=unit, **values | fields)
    AgencyName.objects.create(
        agency=row,
        name=name,
        short_name=name,
        symbol=symbol,
        letterhead=name.upper(),
        place=unit.name if unit else "Hà Nội",
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


def document(register_agency, year=2026, **fields):
    kind, _made = DocumentKind.objects.get_or_create(code="BC", defaults={"name": "Báo cáo", "abbreviation": "BC"})
    values = {"kind": kind, "register_year": year, "symbol": "BC-STN", "subject": "Kết quả công tác"}
    return Document.objects.create(register_agency=register_agency, **values | fields)


# First and last day of the periods tests speak of, as decree 09/2019/NĐ-CP has them.
PERIODS = {
    "2025-H1": (date(2024, 12, 15), date(2025, 6, 14)),
    "2025-H2": (date(2025, 6, 15), date(2025, 12, 14)),
    "2026-H1": (date(2025, 12, 15), date(2026, 6, 14)),
}


def period(code="2026-H1", **fields):
    profile, _made = CutoffProfile.objects.get_or_create(code="ND09", defaults={"name": "Nghị định 09/2019/NĐ-CP"})
    first, last = PERIODS[code]
    values = {
        "kind": PeriodKind.HALF,
        "year": last.year,
        "number": int(code[-1]),
        "label": code,
        "data_from": first,
        "data_to": last,
        "money_from": date(last.year, 1, 1),
    }
    return ReportingPeriod.objects.get_or_create(profile=profile, code=code, defaults=values | fields)[0]


def outline(kind=ReportKind.GENDER_EQUALITY, **fields):
    """In use, with one short section, for without any no report is approved. Tests make the others they read."""
    values = {
        "period_kind": PeriodKind.HALF,
        "state": OutlineState.IN_USE,
        "name": "Đề cương thử",
        "subject": "Kết quả công tác bình đẳng giới",
        "opening": "Báo cáo kết quả như sau:",
        "closing": "Trên đây là báo cáo.",
    }
    values |= fields
    key = {"kind": kind, "period_kind": values.pop("period_kind"), "number": 1, "unit": None}
    row, made = ReportOutline.objects.get_or_create(**key, defaults=values)
    if made:
        text = "Các đơn vị đã triển khai kế hoạch."
        row.sections.create(position=1, numbering=Numbering.ROMAN, heading="Kết quả", text=text, key="ket-qua")
    return row


def report(of, unit, **fields):
    """A draft for the first half of 2026, of the agency's own records."""
    values = {
        "kind": ReportKind.GENDER_EQUALITY,
        "scope": ReportScope.AGENCY,
        "period": fields.get("period") or period(),
        "outline": fields.get("outline") or outline(),
        "document": fields.get("document") or document(of),
    }
    return Report.objects.create(agency=of, unit=unit, **values | fields)
