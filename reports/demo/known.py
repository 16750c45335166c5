"""Real facts of public texts, worded anew: Sơn La in the first half of 2021, Quảng Ngãi in 2022."""

from django.utils.translation import gettext as _

from coordination.loaders import Loaded
from coordination.models import AdministrativeUnit
from programs.enums import ModelNature
from programs.models import Activity, CommunityModel, ModelEvent, ModelKind
from reports.demo.facts import Planned, add_facts
from reports.demo.stage import Stage, day, demo_rows


def add_known_models(stage: Stage, loaded: Loaded) -> None:
    """What stood on the last day of the period, as opening stocks: when each was set up is not told."""
    kinds = ModelKind.objects.in_bulk(field_name="code")
    rows = demo_rows("known_models")
    there = {model.name: model for model in CommunityModel.objects.filter(name__in=[row["name"] for row in rows])}
    events = []
    for row in rows:
        province = stage.province(row["province"], day(row["counted_on"]))
        place = {"owner": stage.agencies[row["owner"]], "unit": province, "province": province}
        model = there.get(row["name"]) or CommunityModel.objects.create(
            kind=kinds[row["kind"]], name=row["name"], standing=row["standing"], **place
        )
        events.append(
            ModelEvent(
                model=model,
                nature=ModelNature.OPENING,
                quantity=int(row["quantity"]),
                counted_on=day(row["counted_on"]),
                reference=row["reference"],
                note=row["note"],
                **place,
            )
        )
    loaded.note(_("community models"), made=len(rows) - len(there), kept=len(there))
    add_facts(map(Planned, events), loaded, _("model events"))


def add_known_activities(stage: Stage, loaded: Loaded) -> None:
    add_facts([_known_activity(stage, row) for row in demo_rows("known_activities")], loaded, _("activities"))


def _known_activity(stage: Stage, row: dict[str, str]) -> Planned:
    on = day(row["ends_on"])
    province = stage.province(row["province"], on)
    unit = province
    if row["commune"]:
        unit = AdministrativeUnit.objects.valid_on(on).get(province=province, name=row["commune"])
    activity = Activity(
        owner=stage.agencies[row["owner"]],
        unit=unit,
        province=province,
        starts_on=day(row["starts_on"]),
        ends_on=on,
        counted_on=on,
        component=stage.components[row["component"]],
        kind=stage.kinds[row["kind"]],
        attendances=int(row["attendances"]) if row["attendances"] else None,
        **{name: row[name] for name in ("reference", "title", "place", "precision", "note")},
    )
    links = {
        "partners": [stage.agencies[key] for key in row["partners"].split(";") if key],
        "topics": [stage.topics[code] for code in row["topics"].split(";") if code],
    }
    return Planned(activity, links, [stage.output(text) for text in row["outputs"].split(";") if text])
