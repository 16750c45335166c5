"""Loads the reference lists of programs from data/*.csv. Adds what is missing, never overwrites what people edited."""

from datetime import date
from decimal import Decimal

from django.db import models, transaction
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from coordination.loaders import Loaded, add_missing, rows_of
from programs.enums import ComponentKind, CountDimension
from programs.models import (
    ActivityKind,
    Component,
    CountCategory,
    Framework,
    Indicator,
    IndicatorCategory,
    IndicatorDefinition,
    IndicatorFormula,
    ModelKind,
    Objective,
    OutputKind,
    Programme,
    RecognitionTag,
    Target,
    Topic,
)

STRATEGY_FROM = date(2021, 3, 3)  # the day of resolution 28/NQ-CP


@transaction.atomic
def load_lists(loaded: Loaded) -> None:
    _load_components(loaded)
    for name, model, what in (
        ("activity_kinds", ActivityKind, _("kinds of activity")),
        ("topics", Topic, _("topics")),
        ("output_kinds", OutputKind, _("kinds of output")),
        ("recognition_tags", RecognitionTag, _("recognition tags")),
    ):
        add_missing(_entries(model, _listed(name)), loaded, what)
    _load_count_categories(loaded)
    _load_model_kinds(loaded)
    _load_indicators(loaded)


def _listed(name: str) -> list[dict]:
    """The lines of data/NAME.csv with their place in it: lists are shown in the order of the file."""
    return [row | {"position": position} for position, row in enumerate(rows_of(name), start=1)]


def _entries(model: type[models.Model], rows: list[dict]) -> list[models.Model]:
    return [model(**row) for row in rows]


def _entries_below(model: type[models.Model], rows: list[dict], above: dict[str, models.Model]) -> list[models.Model]:
    """For trees: `parent` names a row of `above` by its code."""
    return [model(**row | {"parent": above.get(row["parent"])}) for row in rows]


def _load_components(loaded: Loaded) -> None:
    """Level by level: a row needs the one above it. A content is its own `content`, a group has its parent's."""
    programmes = add_missing(_entries(Programme, _listed("programmes")), loaded, _("programmes"))
    rows, above = _listed("components"), {}
    for row in rows:
        row["programme"] = programmes[row["programme"]]
    for kind in (ComponentKind.PROJECT, ComponentKind.CONTENT, ComponentKind.ACTIVITY_GROUP):
        entries = _entries_below(Component, [row for row in rows if row["kind"] == kind], above)
        for entry in entries:
            entry.content = entry.parent if kind == ComponentKind.ACTIVITY_GROUP else None
        above |= add_missing(entries, loaded, _("components"))
    contents = Component.objects.filter(kind=ComponentKind.CONTENT, content=None)
    contents.update(content=models.F("pk"))


def _load_count_categories(loaded: Loaded) -> None:
    """Ethnic groups go by the code of 1979; `other_code` is that of 2008. They differ for most groups."""
    groups = [
        row
        | {
            "code": f"ethnic-{row['code']}",
            "dimension": CountDimension.ETHNIC_GROUP,
            "is_majority": row["is_majority"] == "yes",
        }
        for row in _listed("ethnic_groups")
    ]
    add_missing(_entries(CountCategory, _listed("audiences") + groups), loaded, _("count categories"))


def _load_model_kinds(loaded: Loaded) -> None:
    components = Component.objects.in_bulk(field_name="code")
    rows, above = _listed("model_kinds"), {}
    for row in rows:
        row["component"] = components.get(row["component"])
        row["has_standing"], row["has_members"] = row["has_standing"] == "yes", row["has_members"] == "yes"
    for is_part in (False, True):
        wanted = [row for row in rows if bool(row["parent"]) == is_part]
        above |= add_missing(_entries_below(ModelKind, wanted, above), loaded, _("model kinds"))


def _load_indicators(loaded: Loaded) -> None:
    frameworks = add_missing(_entries(Framework, _listed("frameworks")), loaded, _("frameworks"))
    objective_rows = [row | {"framework": frameworks[row["framework"]]} for row in _listed("objectives")]
    objectives = add_missing(_entries(Objective, objective_rows), loaded, _("objectives"))
    rows, definitions, above = _listed("indicators"), {}, {}
    for row in rows:
        row["objective"] = objectives[row["objective"]]
        row["baseline"] = Decimal(row["baseline"]) if row["baseline"] else None
        definitions[row["code"]] = row.pop("definition")
    for is_part in (False, True):
        wanted = [row for row in rows if bool(row["parent"]) == is_part]
        above |= add_missing(_entries_below(Indicator, wanted, above), loaded, _("indicators"))
    _add_definitions(above, definitions, loaded)
    categories = [row | {"indicator": above[row["indicator"]]} for row in _listed("indicator_categories")]
    add_missing(_entries(IndicatorCategory, categories), loaded, _("indicator categories"))
    _add_formulas(above, loaded)
    _add_national_targets(above, loaded)


def _add_formulas(indicators: dict[str, Indicator], loaded: Loaded) -> None:
    """Only where the records say exactly what the indicator asks, and nobody has read it by hand yet: what people

    entered would be hidden behind the formula. One the office took away or changed stays as the office left it.
    """
    rows = rows_of("indicator_formulas")
    kept = set(IndicatorFormula.objects.values_list("indicator__code", flat=True))
    kept |= set(IndicatorFormula.history.values_list("indicator__code", flat=True))
    kept |= set(Indicator.objects.filter(measurements__isnull=False).values_list("code", flat=True))
    lists = {
        "component": Component.objects.in_bulk(field_name="code"),
        "topic": Topic.objects.in_bulk(field_name="code"),
        "output_kind": OutputKind.objects.in_bulk(field_name="code"),
        "model_kind": ModelKind.objects.in_bulk(field_name="code"),
    }
    new = [
        IndicatorFormula(
            **row
            | {name: entries[row[name]] if row[name] else None for name, entries in lists.items()}
            | {"indicator": indicators[row["indicator"]]}
        )
        for row in rows
        if row["indicator"] not in kept
    ]
    IndicatorFormula.objects.bulk_create(new)
    loaded.note(_("indicator formulas"), made=len(new), kept=len(rows) - len(new))


def _add_definitions(indicators: dict[str, Indicator], texts: dict[str, str], loaded: Loaded) -> None:
    there = set(IndicatorDefinition.objects.values_list("indicator", flat=True))
    new = [
        IndicatorDefinition(
            indicator=indicators[code], valid_from=STRATEGY_FROM, text=text, source=indicators[code].source
        )
        for code, text in texts.items()
        if indicators[code].pk not in there
    ]
    IndicatorDefinition.objects.bulk_create(new)
    loaded.note(_("indicator definitions"), made=len(new), kept=len(texts) - len(new))


def _add_national_targets(indicators: dict[str, Indicator], loaded: Loaded) -> None:
    """Of the strategy only: a province without its own follows them. Project 8's are counts of the whole country."""
    rows = rows_of("targets")
    there = set(Target.objects.filter(unit=None).values_list("indicator__code", "year"))
    new = [
        Target(**row | {"indicator": indicators[row["indicator"]], "value": Decimal(row["value"])})
        for row in rows
        if (row["indicator"], int(row["year"])) not in there
    ]
    bulk_create_with_history(new, Target)
    loaded.note(_("national targets"), made=len(new), kept=len(rows) - len(new))
