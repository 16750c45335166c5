"""Filters of lists of facts. They stand in the address, so that a list can be sent to a colleague."""

from datetime import date

import django_filters
from django import forms
from django.db import models
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from coordination.forms import DayField, readable_day
from programs.choices import Choices, Pairs
from programs.enums import FactState, ModelStanding
from programs.marks import to_mend, unverified
from programs.models import Activity, CommunityModel, Component
from programs.models.activity import WOMEN_NOT_STATED
from programs.stock import units_within


class ListedState(models.TextChoices):
    """What people look for in a list: states, and what is missing."""

    DRAFT = "draft", _("draft")
    RECORDED = "recorded", _("recorded")
    NO_WOMEN = "no_women", _("women not stated")
    LOCKED = "locked", _("in a frozen report")
    CORRECTION = "correction", _("correction of figures")
    UNVERIFIED = "unverified", _("not verified yet")
    TO_MEND = "to_mend", _("returned or disputed")


STATES = {
    ListedState.DRAFT: Q(state=FactState.DRAFT),
    ListedState.RECORDED: Q(state=FactState.RECORDED),
    ListedState.NO_WOMEN: WOMEN_NOT_STATED,
    ListedState.LOCKED: Q(locked_at__isnull=False),
    ListedState.CORRECTION: ~Q(reason=""),
}
MARKED = {ListedState.UNVERIFIED: unverified, ListedState.TO_MEND: to_mend}
ELSEWHERE = "elsewhere"  # outside the province: records one is a partner of, or sees from the centre


def days_of(data: QueryDict) -> tuple[date | None, date | None]:
    """Both inclusive; None where empty or not understood, which the filter says beside the field."""
    return readable_day(data.get("since")), readable_day(data.get("until"))


class DayFilter(django_filters.Filter):
    field_class = DayField


class ChosenFilter(django_filters.ChoiceFilter):
    """A select whose choices are known when the request is; the first line stands for all."""

    def __init__(self, **options):
        super().__init__(empty_label=_("All"), **options)


class ListFilter(django_filters.FilterSet):
    """`beside`: fields that say which days or order are shown, and narrow nothing."""

    beside: tuple[str, ...] = ()

    def active(self):
        """What narrows the list: name, label of the filter and of its value."""
        for name, field in self.form.fields.items():
            value = getattr(self.form, "cleaned_data", {}).get(name)
            if value and name not in self.beside:
                words = dict(field.choices)[value] if name != "q" else f"“{value}”"
                yield {"name": name, "label": field.label, "words": words}


class ActivityFilter(ListFilter):
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
    former = django_filters.ChoiceFilter(
        method="offered", choices=[("1", _("with former communes"))], widget=forms.HiddenInput
    )

    beside = ("since", "until", "order", "former")

    class Meta:
        model = Activity
        fields = []

    def __init__(self, data: QueryDict, *, choices: Choices, **options):
        self.listed, self.left_apart, self.former_left_out = choices, None, 0
        super().__init__(data, **options)
        for name, pairs in (
            ("component", choices.components),
            ("kind", choices.kinds),
            ("owner", choices.owners),
            ("unit", [*choices.units, (ELSEWHERE, _("outside the province"))]),
        ):
            self.form.fields[name].choices = pairs
        if not data.get("former"):
            self.offer_today(choices.units_of_today(data.get("unit", "")))

    def offer_today(self, units: Pairs) -> None:
        """The former communes of a province are three times as many: listed where asked for, understood always."""
        field = self.form.fields["unit"]
        self.former_left_out = len(self.listed.units) - len(units)
        field.widget.choices = [("", _("All")), *units, field.choices[-1]]

    def offered(self, rows, _name, _value):
        return rows

    def filter_queryset(self, rows):
        """Within the province unless asked for what lies outside: the index of the table begins with it.

        The place comes last, so that what is left apart is narrowed by all the other filters.
        """
        self.form.cleaned_data["unit"] = self.form.cleaned_data.pop("unit", "")
        return super().filter_queryset(self.here(Activity.objects.all() if self.elsewhere else rows))

    @property
    def elsewhere(self) -> bool:
        return bool(self.listed.provinces) and self.form.cleaned_data.get("unit") == ELSEWHERE

    def here(self, rows):
        """Those elsewhere bring who may see them along: `rows` need not be those of `visible_to` then."""
        if self.elsewhere:
            return rows.outside_of(self.listed.provinces, self.listed.access)
        return rows.filter(province__in=self.listed.provinces) if self.listed.provinces else rows

    def at_place(self, rows, _name, unit):
        """A place as it is now has what was done in those that went whole into it, whatever they were called then.

        `left_apart`: what was done in communes only part of which came here; nobody can say where.
        """
        if unit == ELSEWHERE:
            return rows
        whole, part = units_within(int(unit), self.listed.edges)
        self.left_apart = rows.filter(unit__in=part) if part else None
        return rows.filter(unit__in=whole)

    def search(self, rows, _name, words):
        """Found first by what stands in the index alone, then read."""
        days = {"counted_on__gte": "since", "counted_on__lte": "until"}
        given = {name: day for name, field in days.items() if (day := self.form.cleaned_data.get(field))}
        within = self.here(Activity.objects.filter(**given))
        return rows.filter(pk__in=within.matching(words, self.listed.units_named).values("pk"))

    def below(self, rows, _name, code):
        """The component itself and all of its parts."""
        inside = Q(code=code) | Q(parent__code=code) | Q(content__code=code) | Q(content__parent__code=code)
        return rows.filter(component__in=Component.objects.filter(inside).values("pk"))

    def in_state(self, rows, _name, state):
        return MARKED[state](rows) if state in MARKED else rows.filter(STATES[state])

    def sorted(self, rows, _name, _order):
        return rows.order_by("counted_on", "pk")


class Held(models.TextChoices):
    """Whether an account still holds models on the day."""

    SOME = "some", _("in operation")
    NONE = "none", _("no longer, or not yet")


class ModelFilter(ListFilter):
    """`day`: the day the stock is shown for (inclusive); empty is today. A commune holds what became of it.

    `since`: first day of the span that ends on `day` and whose changes are shown; empty shows none.
    """

    q = django_filters.CharFilter(
        method="search", label=_("Search in name, kind and place"), widget=forms.TextInput(attrs={"type": "search"})
    )
    day = DayFilter(method="on_day", label=_("Stock on the day"))
    since = DayFilter(method="on_day", label=_("Changes from the day"))
    kind = ChosenFilter(method="below", label=_("Kind"))
    standing = ChosenFilter(field_name="standing", choices=ModelStanding.choices, label=_("Standing"))
    tag = ChosenFilter(field_name="tags__code", label=_("Recognised by"))
    owner = ChosenFilter(field_name="owner", label=_("Agency in charge"))
    held = ChosenFilter(method="that_hold", choices=Held.choices, label=_("State"))
    unit = ChosenFilter(method="at_place", label=_("Commune, ward"))

    beside = ("day", "since")

    class Meta:
        model = CommunityModel
        fields = []

    def __init__(self, data: QueryDict, *, choices: Choices, today: date, **options):
        super().__init__(data, **options)
        self.today, self.left_apart = today, None
        pairs = {"kind": choices.kinds, "tag": choices.tags, "owner": choices.owners, "unit": choices.units}
        for name, offered in pairs.items():
            self.form.fields[name].choices = offered

    @property
    def as_of(self) -> date:
        return self.form.cleaned_data.get("day") or self.today

    @property
    def first_day(self) -> date | None:
        return self.form.cleaned_data.get("since")

    def filter_queryset(self, rows):
        if self.first_day and self.first_day > self.as_of:
            self.form.add_error("since", _("Choose a first day before the day of the stock."))
        return super().filter_queryset(rows.with_stock(self.as_of))

    def on_day(self, rows, _name, _day):
        return rows

    def search(self, rows, _name, words):
        return rows.matching(words)

    def below(self, rows, _name, code):
        """The kind itself and its "trong đó" kinds."""
        return rows.filter(Q(kind__code=code) | Q(kind__parent__code=code))

    def at_place(self, rows, _name, unit):
        """`left_apart`: accounts of communes only part of which came here, which nobody has placed yet."""
        whole, part = units_within(int(unit))
        self.left_apart = rows.filter(unit__in=part) if part else None
        return rows.filter(unit__in=whole)

    def that_hold(self, rows, _name, held):
        return rows.filter(held_quantity__gt=0) if held == Held.SOME else rows.filter(held_quantity__lte=0)
