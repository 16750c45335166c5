"""Sample plans: of An Giang from the clauses of plan 123/KHPH-HLHPN-BDT, of Quảng Ngãi for 2026, with their facts."""

from __future__ import annotations

import tomllib
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from simple_history.utils import bulk_update_with_history

from coordination.agreement_parts import Cited, put_links, put_parties, put_recipients
from coordination.enums import DocumentState, LinkNature, UnitLevel
from coordination.loaders import Loaded
from coordination.models import (
    AdministrativeUnit,
    Agreement,
    Clause,
    Document,
    DocumentKind,
    DocumentVersion,
    Membership,
    User,
)
from programs.compose import compose_plan
from programs.enums import FactState, Measure, PartAnswer
from programs.models import Activity, AnnualPlan, FundingLine, ModelKind, PlanItem, PlanPartner
from programs.plan_actions import put_frame
from reports.demo.agreements import party_line, recipient_lines
from reports.demo.facts import Planned, add_facts
from reports.demo.stage import Stage

FOLDER = Path(settings.BASE_DIR) / "data" / "demo" / "plans"


def add_plans(stage: Stage, loaded: Loaded) -> None:
    """In the order of the files: a plan continues one before it. Those there already are left as they are."""
    made, files, facts = 0, sorted(FOLDER.glob("*.toml")), []
    for path in files:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        if not _plans(stage, data["register"], data["year"]).exists():
            facts += _add(stage, data, path.stem)
            made += 1
    loaded.note(_("plans"), made=made, kept=len(files) - made)
    if facts:
        add_facts(facts, loaded, _("activities"))


def _plans(stage: Stage, agency: str, year: int) -> Any:
    return AnnualPlan.objects.filter(agency=stage.agencies[agency], year=year)


def _add(stage: Stage, data: dict[str, Any], name: str) -> list[Planned]:
    plan = _plan(stage, data)
    items = [_item(stage, plan, row, position) for position, row in enumerate(data["items"], 1)]
    _answer(items, data["issued_on"])
    _keep(plan)
    for item, row in zip(items, data["items"], strict=True):
        if takes := row.get("takes"):
            _take(stage, item, takes)
    return [fact for item, row in zip(items, data["items"], strict=True) for fact in _facts(stage, item, row, name)]


def _plan(stage: Stage, data: dict[str, Any]) -> AnnualPlan:
    keeper = stage.agencies[data["register"]]
    document = Document.objects.create(
        kind=DocumentKind.objects.get(code=data["kind"]),
        register_agency=keeper,
        register_year=data["issued_on"].year,
        state=DocumentState.CLOSED if "closed_on" in data else DocumentState.ISSUED,
        is_sample=True,
        **{name: data[name] for name in ("number", "symbol", "subject", "place", "issued_on")},
    )
    put_parties(document, [party_line(stage, row) for row in data["parties"]])
    put_recipients(document, recipient_lines(stage, data["recipients"]))
    put_frame(document)
    for section in document.sections.filter(key__in=["purpose", "organisation"]):
        section.text = data[section.key].strip()
        section.save()
    agreement = _agreement(stage, data.get("agreement"))
    cited = [Cited(agreement.document)] if agreement else []
    put_links(document, LinkNature.BASIS, [*cited, *(Cited(text=text) for text in data.get("bases", ()))])
    return AnnualPlan.objects.create(
        document=document,
        agency=keeper,
        agreement=agreement,
        year=data["year"],
        opening=data["opening"],
        closing=data["closing"],
        continues=_plans(stage, data["register"], data["continues"]).get() if "continues" in data else None,
    )


def _agreement(stage: Stage, known: dict[str, Any] | None) -> Agreement | None:
    if known is None:
        return None
    register = stage.agencies[known["register"]]
    return Agreement.objects.get(document__register_agency=register, document__issued_on=known["issued_on"])


def _item(stage: Stage, plan: AnnualPlan, row: dict[str, Any], position: int) -> PlanItem:
    clause = _clause(plan, row.get("clause"))
    carried = plan.continues.items.get(key=row["carried"]) if "carried" in row else None
    lead = clause.lead if clause else stage.agencies[row["lead"]]
    item = PlanItem.objects.create(
        plan=plan,
        key=row["key"],
        position=position,
        clause=clause,
        carried_from=carried,
        carried_reason=row.get("reason", ""),
        text=clause.text if clause else carried.text if carried else row["text"],
        component=stage.components[row["component"]],
        lead=lead,
        kind=stage.kinds[row["kind"]] if "kind" in row else None,
        expected_result=row.get("expected", ""),
        women_percent=row.get("women_percent"),
        minority_percent=row.get("minority_percent"),
        **_quantity(row),
        **_window(plan.year, row),
    )
    partners = clause.partners.all() if clause else [stage.agencies[key] for key in row["partners"]]
    for agency in partners:
        PlanPartner.objects.create(item=item, agency=agency)
    for source, amount in row.get("funding", {}).items():
        FundingLine.objects.create(item=item, source=source, amount_vnd=amount)
    item.units.set(_districts(row.get("places", [])))
    return item


def _clause(plan: AnnualPlan, beginning: str | None) -> Clause | None:
    if beginning is None:
        return None
    return Clause.objects.get(section__document=plan.agreement.document, text__startswith=beginning)


def _quantity(row: dict[str, Any]) -> dict[str, Any]:
    if "quantity" not in row:
        return {}
    if "counts" in row:
        kind = ModelKind.objects.get(code=row["counts"])
        return {"measure": Measure.MODELS, "quantity": row["quantity"], "model_kind": kind}
    return {"measure": Measure.SESSIONS, "quantity": row["quantity"]}


def _window(year: int, row: dict[str, Any]) -> dict[str, date]:
    if "days" in row:
        first, last = row["days"]
    else:
        start, end = row["months"]
        first, last = date(year, start, 1), date(year, end, monthrange(year, end)[1])
    return {"starts_on": first, "ends_on": last}


def _districts(names: list[str]) -> list[AdministrativeUnit]:
    """Of former An Giang (89)."""
    units = AdministrativeUnit.objects.of_level(UnitLevel.DISTRICT).filter(province__code="89")
    return list(units.filter(name__in=names))


def _answer(items: list[PlanItem], issued_on: date) -> None:
    """Who signs has accepted its parts, by somebody who works there; others have not answered."""
    said_at = timezone.make_aware(datetime.combine(issued_on, time(9)))
    signing = items[0].plan.document.parties.values_list("agency", flat=True)
    parts = list(PlanPartner.objects.filter(item__in=items, agency__in=signing))
    for part in parts:
        part.answer, part.answered_by, part.answered_at = PartAnswer.ACCEPTS, _somebody(part.agency_id), said_at
    bulk_update_with_history(parts, PlanPartner, ["answer", "answered_by", "answered_at"])


def _somebody(agency: int) -> User:
    return Membership.objects.filter(agency=agency).select_related("user").earliest("pk").user


def _keep(plan: AnnualPlan) -> None:
    manuscript = compose_plan(plan)
    DocumentVersion.objects.create(
        document=plan.document,
        number=1,
        manuscript=manuscript.to_json(),
        sha256=manuscript.sha256(),
        created_by=_somebody(plan.agency_id),
        reason=_("sample data"),
    )


# ---- facts ----


def _facts(stage: Stage, item: PlanItem, row: dict[str, Any], name: str) -> Iterator[Planned]:
    """Held in former An Giang, counted by the lead."""
    for number, fact in enumerate(row.get("facts", ()), 1):
        province = AdministrativeUnit.objects.of_level(UnitLevel.PROVINCE).get(code="89")
        activity = Activity(
            owner=item.lead,
            plan_item=item,
            unit=province,
            province=province,
            component=item.component,
            kind=stage.kinds[fact.get("kind", row.get("kind"))],
            title=fact["title"],
            starts_on=fact["ends_on"],
            ends_on=fact["ends_on"],
            counted_on=fact["ends_on"],
            sessions=fact.get("sessions", 1),
            reference=f"{name}-{item.key}-{number}"[:40],
            state=FactState.RECORDED,
            is_sample=True,
            **{part: fact.get(part) for part in ("attendances", "women", "minority")},
        )
        yield Planned(activity, {"partners": [part.agency for part in item.parts.select_related("agency")]})


def _take(stage: Stage, item: PlanItem, takes: dict[str, Any]) -> None:
    """Sample activities the item asks for: the first of its window, until they hold as many sessions."""
    found = Activity.objects.recorded().filter(
        owner=stage.agencies[takes["owner"]],
        kind=stage.kinds[takes["kind"]],
        counted_on__range=(item.starts_on, item.ends_on),
        plan_item=None,
        is_sample=True,
    )
    left: int = takes["sessions"]
    taken = []
    for activity in found.order_by("counted_on", "pk"):
        if activity.sessions <= left:
            left -= activity.sessions
            taken.append(activity.pk)
    for rows in (Activity.objects.filter(pk__in=taken), Activity.history.filter(id__in=taken)):
        rows.update(plan_item=item)  # as if it had been named when they were recorded
