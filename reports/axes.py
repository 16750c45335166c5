"""The words of an axis value: which content, commune, month or source a number was split by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordination.models import AdministrativeUnit, Agency
from programs.enums import CapitalNature, CountDimension, FundingSource, KindGroup, ModelStanding
from programs.models import (
    ActivityKind,
    Component,
    CountCategory,
    Indicator,
    IndicatorCategory,
    ModelKind,
    Objective,
    OutputKind,
    PlanItem,
)
from reports.figures import Ref
from reports.figures.base import is_integer

LONGEST_TASK = 12  # words of one that stand beside a number


def labelled(ref: Ref) -> str:
    """A figure with what it is split by."""
    return " · ".join([str(ref.figure.label), *axis_words(dict(ref.axes), of_models=ref.code.startswith("models."))])


def axis_words(axes: dict[str, str], *, of_models: bool) -> list[str]:
    """One phrase an axis, in the order given; an unknown value stands as it is."""
    return [words for axis, value in axes.items() if axis in _AXES and (words := _words(axis, value, of_models))]


def _words(axis: str, value: str, of_models: bool) -> str:
    if not value:
        return _("not divided by content") if axis == "content" else ""
    return _AXES[axis](value, of_models)


def _component(value: str, _of_models: bool) -> str:
    return _named(Component, value, "short_name")


def _kind(value: str, of_models: bool) -> str:
    return _named(ModelKind if of_models else ActivityKind, value)


def _unit(value: str, _of_models: bool) -> str:
    unit = AdministrativeUnit.objects.filter(pk=value).first() if value.isdigit() else None
    return unit.label if unit else value


def _owner(value: str, _of_models: bool) -> str:
    named = (
        Agency.objects.named_on(timezone.localdate()).filter(pk=value) if value.isdigit() else Agency.objects.none()
    )
    return named.values_list("name", flat=True).first() or value


def _indicator(value: str, _of_models: bool) -> str:
    indicator = Indicator.objects.filter(code=value).first()
    return f"{indicator.number}. {indicator.name}" if indicator else value


def _tasks(values: list[str]) -> str:
    """“Mở hội nghị…”; of several how many they are."""
    known = PlanItem.objects.filter(pk__in=[value for value in values if is_integer(value)])
    if len(values) > 1:
        return ngettext("%(count)s task", "%(count)s tasks", len(known)) % {"count": len(known)}
    return Truncator(" ".join(str(item.text) for item in known)).words(LONGEST_TASK)


def _named(table: Any, code: str, field: str = "name") -> str:
    return table.objects.filter(code=code).values_list(field, flat=True).first() or code


def _label(choices: Any) -> Callable[[str, bool], str]:
    return lambda value, _of_models: str(choices(value).label) if value in choices.values else value


def _list(table: Any) -> Callable[[str, bool], str]:
    return lambda value, _of_models: _named(table, value)


_AXES: dict[str, Callable[[str, bool], str]] = {
    "content": _component,
    "project": _component,
    "component": _component,
    "kind": _kind,
    "subkind": _list(ModelKind),
    "group": _label(KindGroup),
    "standing": _label(ModelStanding),
    "source": _label(FundingSource),
    "capital": _label(CapitalNature),
    "dimension": _label(CountDimension),
    "output": _list(OutputKind),
    "category": lambda value, _of_models: _named(
        IndicatorCategory if IndicatorCategory.objects.filter(code=value).exists() else CountCategory, value
    ),
    "objective": _list(Objective),
    "indicator": _indicator,
    "unit": _unit,
    "owner": _owner,
    "item": lambda value, _of_models: _tasks([value]),
    "items": lambda value, _of_models: _tasks(value.split(".")),
    "month": lambda value, _of_models: _("month %(number)s") % {"number": value},
    "year": lambda value, _of_models: _("year %(number)s") % {"number": value},
}
