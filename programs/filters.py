"""Filters of lists of facts. They stand in the address, so that a list can be sent to a colleague."""

from datetime import date

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from coordination.forms import DayField
from programs.choices import Choices
from programs.enums import FactState
from programs.models import Activity, Component


class ListedState(models.TextChoices):
    """What people look for in a list: states, and what is missing."""

    DRAFT = "draft", _("draft")
    RECORDED = "recorded", _("recorded")
    NO_WOMEN = "no_women", _("women not stated")
    LOCKED = "locked", _("in a frozen report")
    CORRECTION = "correction", _("correction of figures")


STATES = {
    ListedState.DRAFT: Q(state=FactState.DRAFT),
    ListedState.RECORDED: Q(state=FactState.RECORDED),
    ListedState.NO_WOMEN: Q(women=None, state=FactState.RECORDED),
    ListedState.LOCKED: Q(locked_at__isnull=False),
    ListedState.CORRECTION: ~Q(reason=""),
}
ELSEWHERE = "elsewhere"  # outside the province: records one is a partner of, or sees from the centre


def days_of(data: QueryDict) -> tuple[date | None, date | None]:
    """Both inclusive; None where empty or not understood, which the filter says beside the field."""
    days = []
    for name in ("since", "until"):
        try:
            days.append(DayField(required=False).clean(data.get(name)))
        except ValidationError:
            days.append(None)
    return days[0], days[1]


class DayFilter(django_filters.Filter):
    field_class = DayField


class ChosenFilter(django_filters.ChoiceFilter):
    """A select whose choices are known when the request is; the first line stands for all."""

    def __init__(self, **options):
        super().__init__(empty_label=_("All"), **options)


class ActivityFilter(django_filters.FilterSet):
    """`since` and `until` are both inclusive; both given and empty means every day."""

    q = django_filters.CharFilter(
        method="search", label=_("Search in name and place"), widget=forms.TextInput(attrs={"type": "search"})
    )
    component = ChosenFilter(method="below", label=_("Content"))
    kind = ChosenFilter(field_name="kind__code", label=_("Kind"))
    owner = ChosenFilter(field_name="owner", label=_("Agency in charge"))
    unit = ChosenFilter(method="at_place", label=_("Commune, ward"))
    state = ChosenFilter(method="in_state", choices=ListedState.choices, label=_("State"))
    since = DayFilter(field_name="counted_on", lookup_expr="gte", label=_("From day"))
    until = DayFilter(field_name="counted_on", lookup_expr="lte", label=_("To day"))
    order = django_filters.ChoiceFilter(
        method="sorted", choices=[("day", _("oldest first"))], widget=forms.HiddenInput
    )

    class Meta:
        model = Activity
        fields = []

    def __init__(self, data: QueryDict, *, choices: Choices, **options):
        self.listed = choices
        super().__init__(data, **options)
        for name, pairs in (
            ("component", choices.components),
            ("kind", choices.kinds),
            ("owner", choices.owners),
            ("unit", [*choices.units, (ELSEWHERE, _("outside the province"))]),
        ):
            self.form.fields[name].choices = pairs

    def filter_queryset(self, rows):
        """Within the province unless asked for what lies outside: the index of the table begins with it."""
        here = {"province__in": self.listed.provinces}
        if self.listed.provinces:
            outside = self.form.cleaned_data.get("unit") == ELSEWHERE
            rows = rows.exclude(**here) if outside else rows.filter(**here)
        return super().filter_queryset(rows)

    def at_place(self, rows, _name, unit):
        return rows if unit == ELSEWHERE else rows.filter(unit=unit)

    def search(self, rows, _name, words):
        return rows.matching(words, self.listed.units_named)

    def below(self, rows, _name, code):
        """The component itself and all of its parts."""
        inside = Q(code=code) | Q(parent__code=code) | Q(content__code=code) | Q(content__parent__code=code)
        return rows.filter(component__in=Component.objects.filter(inside).values("pk"))

    def in_state(self, rows, _name, state):
        return rows.filter(STATES[state])

    def sorted(self, rows, _name, _order):
        return rows.order_by("counted_on", "pk")

    def active(self):
        """What narrows the list beside its days: name, label of the filter and of its value."""
        for name, field in self.form.fields.items():
            value = getattr(self.form, "cleaned_data", {}).get(name)
            if value and name not in ("since", "until", "order"):
                words = dict(field.choices)[value] if name != "q" else f"“{value}”"
                yield {"name": name, "label": field.label, "words": words}
