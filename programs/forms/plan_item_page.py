"""What people type of plan items on pages: one item with its window in words, an answer, a difficulty, a reason."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.agreement_forms import agency_heading, agency_label, offered_agencies
from coordination.forms import (
    LARGEST_AMOUNT,
    LARGEST_INTEGER,
    DayField,
    EntriesField,
    EntryField,
    WholeNumberField,
)
from coordination.models import AdministrativeUnit, Agency
from coordination.unit_picker import UnitsField, offered_units
from programs.enums import FundingSource, Measure, PartAnswer
from programs.forms.lists import FormLists, component_heading, component_label, lists_for
from programs.models import AnnualPlan, ModelKind, PlanItem
from programs.models.plan import SHARE
from programs.plan_actions import ItemLine

MONEY_FIELDS = {f"money_{source}": source for source in FundingSource.values}
# What each measure counts of: the field that has to be filled in with it, and with no other.
COUNTED = {Measure.OUTPUT: "output_kind", Measure.MODELS: "model_kind"}
QUARTER = 3  # months


class Window(models.TextChoices):
    """How the time of an item is written; "days" is a campaign such as 15/11–15/12."""

    YEAR = "year", _("the whole year")
    Q1 = "q1", _("quarter I")
    Q2 = "q2", _("quarter II")
    Q3 = "q3", _("quarter III")
    Q4 = "q4", _("quarter IV")
    MONTHS = "months", _("from month to month")
    DAYS = "days", _("from day to day")


QUARTERS = {Window.Q1: 1, Window.Q2: 4, Window.Q3: 7, Window.Q4: 10}  # first months
MONTHS = [("", ""), *((month, _("month %(n)s") % {"n": month}) for month in range(1, 13))]


def begun(unit: AdministrativeUnit, day: date) -> bool:
    return unit.valid_from is None or unit.valid_from <= day


def ended(unit: AdministrativeUnit, day: date) -> bool:
    """Before the day."""
    return unit.valid_to is not None and unit.valid_to < day


def days_of(window: str, year: int, first_month: int | None, last_month: int | None) -> tuple[date, date]:
    """Both inclusive; of a quarter, the year, or months of it."""
    if window == Window.MONTHS and first_month and last_month:
        first, last = first_month, last_month
    else:
        first = QUARTERS.get(window, 1)  # type: ignore[call-overload]
        last = first + QUARTER - 1 if window in QUARTERS else 12
    return date(year, first, 1), date(year, last, monthrange(year, last)[1])


def window_of(first: date, last: date, year: int) -> dict[str, Any]:
    """The values of the form for a stored window."""
    for window in (Window.YEAR, *QUARTERS):
        if days_of(window, year, None, None) == (first, last):
            return {"window": window.value}
    whole = first.day == 1 and (last + timedelta(days=1)).day == 1
    if whole and first.year == last.year == year:
        return {"window": Window.MONTHS.value, "first_month": first.month, "last_month": last.month}
    return {"window": Window.DAYS.value, "starts_on": first, "ends_on": last}


@dataclass(frozen=True)
class ItemLists:
    """Those of an activity, and who can lead or take part."""

    activity: FormLists
    agencies: list[Agency]
    model_kinds: list[ModelKind]
    units: list[AdministrativeUnit]


class ItemPageForm(forms.Form):
    """For the page and for rows of the sheet, which write the window in days.

    `reason` is asked for once the plan is issued; `uid` makes one form one item.
    """

    text = forms.CharField(
        label=_("What is to be done"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example: Hold 40 communication sessions against child marriage in 20 communes"),
        error_messages={"required": _("Write what is to be done.")},
    )
    component = EntryField(label=_("Content it belongs to"), error_messages={"required": _("Choose a content.")})
    lead = EntryField(label=_("Lead"), error_messages={"required": _("Choose who leads.")})
    partners = EntriesField(label=_("Co-ordinating agencies"), required=False)
    kind = EntryField(label=_("Kind of activity"), required=False)
    measure = forms.ChoiceField(label=_("What is counted"), required=False, choices=[("", ""), *Measure.choices])
    quantity = WholeNumberField(label=_("Quantity"), required=False, min_value=1)
    counting_word = forms.CharField(label=_("Counting word"), required=False, max_length=30)
    output_kind = EntryField(label=_("Product"), required=False)
    model_kind = EntryField(label=_("Kind of model"), required=False)
    window = forms.ChoiceField(label=_("When"), choices=Window.choices, initial=Window.YEAR, widget=forms.RadioSelect)
    first_month = forms.TypedChoiceField(
        label=_("From month"), required=False, choices=MONTHS, coerce=int, empty_value=None
    )
    last_month = forms.TypedChoiceField(
        label=_("To month"), required=False, choices=MONTHS, coerce=int, empty_value=None
    )
    starts_on = DayField(label=_("From day"), required=False, help_text=_("For example: 15/11/2026"))
    ends_on = DayField(label=_("To day"), required=False)
    units = UnitsField(
        label=pgettext_lazy("plan item", "Places"),
        required=False,
        help_text=_("Find each by its name and tick it; none: the whole area."),
    )
    expected_result = forms.CharField(
        label=_("Expected result"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    women_percent = WholeNumberField(label=_("Women, at least %"), required=False, max_value=SHARE["max"])
    minority_percent = WholeNumberField(
        label=_("Ethnic minorities, at least %"), required=False, max_value=SHARE["max"]
    )
    reason = forms.CharField(
        label=_("Why the issued plan is changed"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Printed in the annex of changes and told to the other agencies."),
    )
    uid = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, max_value=LARGEST_INTEGER)

    def __init__(self, data=None, *, lists: ItemLists, plan: AnnualPlan, **options: Any):
        super().__init__(data, use_required_attribute=False, **options)
        self.plan, self.lists = plan, lists
        for name, source in MONEY_FIELDS.items():
            label = FundingSource(source).label
            self.fields[name] = WholeNumberField(label=label, required=False, max_value=LARGEST_AMOUNT)
        self.issued = plan.document.issued_on is not None
        if not self.issued:
            del self.fields["reason"]
        self.fields["component"].offer(lists.activity.components, component_label, component_heading)
        self.fields["kind"].offer(lists.activity.kinds)
        self.fields["output_kind"].offer(lists.activity.outputs)
        self.fields["model_kind"].offer(lists.model_kinds)
        self.fields["units"].offer_units(lists.units)
        for name in ("lead", "partners"):
            self.fields[name].offer(lists.agencies, agency_label, agency_heading)
        for name in ("component", "kind", "output_kind", "model_kind", "lead"):
            self.fields[name].widget = forms.Select(choices=self.fields[name].choices)

    def clean_reason(self):
        reason = self.cleaned_data["reason"].strip()
        if not reason:
            message = _("The plan is issued. Say why it is changed: the reason is printed in its annex.")
            raise ValidationError(message, "required")
        return reason

    def clean(self):
        typed = self.cleaned_data
        window = typed.get("window")
        if window == Window.DAYS:
            for name in ("starts_on", "ends_on"):
                if not typed.get(name) and name not in self.errors:
                    self.add_error(name, _("Write the day."))
        elif window:
            self._months_to_days(window, typed)
        first, last = typed.get("starts_on"), typed.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day must not be before the first day."))
        elif first and first.year != self.plan.year:
            message = _("The plan is that of %(year)s: an item begins in that year.")
            self.add_error("starts_on", ValidationError(message, "year", {"year": self.plan.year}))
        typed["partners"] = [agency for agency in typed.get("partners") or [] if agency != typed.get("lead")]
        self._check_places(typed)
        self._check_measure(typed)
        return typed

    def _check_places(self, typed: dict[str, Any]) -> None:
        """Each exists on a day of the window."""
        first, last = typed.get("starts_on"), typed.get("ends_on")
        if first and last and any(ended(unit, first) or not begun(unit, last) for unit in typed.get("units") or []):
            self.add_error("units", self.fields["units"].error_messages["not_valid"])

    def _check_measure(self, typed):
        if {"measure", "quantity"} & self.errors.keys():
            return
        if bool(typed.get("measure")) != (typed.get("quantity") is not None):
            message = _("Write how many, above 0, and choose what is counted; or leave both empty.")
            self.add_error("quantity" if typed.get("measure") else "measure", message)
        for measure, name in COUNTED.items():
            if (typed.get("measure") == measure) != (typed.get(name) is not None) and name not in self.errors:
                self.add_error(name, _("Choose which product or which kind of model the number counts."))

    def _months_to_days(self, window: str, typed: dict[str, Any]) -> None:
        first, last = typed.get("first_month"), typed.get("last_month")
        if window == Window.MONTHS and not (first and last):
            self.add_error("last_month" if first else "first_month", _("Choose the first and the last month."))
            return
        if window == Window.MONTHS and last < first:
            self.add_error("last_month", _("The last month must not be before the first one."))
            return
        for name in ("starts_on", "ends_on"):
            self.errors.pop(name, None)
        typed["starts_on"], typed["ends_on"] = days_of(window, self.plan.year, first, last)

    def line(self, item: PlanItem | None = None) -> ItemLine:
        """What is to be stored; where the item came from stays."""
        typed = self.cleaned_data
        names = (
            *("text", "component", "lead", "starts_on", "ends_on", "partners", "units", "kind", "measure", "quantity"),
            *("counting_word", "output_kind", "model_kind", "expected_result", "women_percent", "minority_percent"),
            "uid",
        )
        origin = {name: getattr(item, name) for name in ORIGIN} if item else {}
        return ItemLine(**{name: typed[name] for name in names}, funding=self.money, **origin)

    @property
    def money(self) -> dict[str, int]:
        """Whole đồng by source; 0 is no line."""
        return {source: amount for name, source in MONEY_FIELDS.items() if (amount := self.cleaned_data[name])}

    @property
    def money_fields(self):
        return [self[name] for name in MONEY_FIELDS]

    @property
    def shows_more(self) -> bool:
        names = ("expected_result", "women_percent", "minority_percent", "kind")
        return any(self[name].value() or self[name].errors for name in names)


ORIGIN = ("clause", "assignment", "carried_from", "carried_reason")


def lists_of_year(year: int, agency: Agency, today: date) -> ItemLists:
    """As of today, or of the day of the year nearest to it."""
    day = min(max(today, date(year, 1, 1)), date(year, 12, 31))
    kinds = ModelKind.objects.offered_to(agency.province_id)
    return ItemLists(lists_for(agency, day), offered_agencies(agency, today), list(kinds), offered_units(agency, day))


def with_agencies(lists: ItemLists, more: Iterable[Agency]) -> ItemLists:
    return replace(lists, agencies=[*lists.agencies, *more])


def item_lists(plan: AnnualPlan, agency: Agency, today: date, named: Iterable[int] = ()) -> ItemLists:
    """`named`: agencies the item names already; they are offered whatever became of them."""
    lists = lists_of_year(plan.year, agency, today)
    missing = {*named, *plan.document.parties.values_list("agency", flat=True)} - {row.pk for row in lists.agencies}
    return with_agencies(lists, Agency.objects.filter(pk__in=missing).select_related("unit").named_on(today))


def stored_values(item: PlanItem) -> dict[str, Any]:
    """As the form shows them."""
    names = (
        *("text", "measure", "quantity", "counting_word", "expected_result", "women_percent", "minority_percent"),
        *("uid", "version"),
    )
    values = {name: getattr(item, name) for name in names}
    values |= {
        name: getattr(item, f"{name}_id") for name in ("component", "lead", "kind", "output_kind", "model_kind")
    }
    values |= {"partners": [part.agency_id for part in item.parts.all()]}
    values |= {"units": [unit.pk for unit in item.units.all()]}
    values |= {f"money_{line.source}": line.amount_vnd for line in item.funding.all()}
    return values | window_of(item.starts_on, item.ends_on, item.plan.year)


class AnswerForm(forms.Form):
    """What a co-ordinating agency says about its part."""

    answer = forms.ChoiceField(
        label=_("Does your agency take this part?"),
        choices=[
            (PartAnswer.ACCEPTS.value, pgettext_lazy("part", "It takes its part")),
            (PartAnswer.ASKS.value, pgettext_lazy("part", "It asks for a change")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two.")},
    )
    text = forms.CharField(
        label=_("What should change"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed to ask for a change; those who keep the plan are told."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, max_value=LARGEST_INTEGER)

    def clean(self):
        typed = super().clean()
        if typed.get("answer") == PartAnswer.ASKS and not (typed.get("text") or "").strip():
            self.add_error("text", _("Write what should change."))
        return typed


class DifficultyForm(forms.Form):
    """ "Khó khăn, vướng mắc" as it will stand in the report."""

    text = forms.CharField(
        label=_("What is difficult"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write what the difficulty is.")},
    )
    proposal = forms.CharField(
        label=_("What is proposed, and to whom"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    noted_on = DayField(label=_("Noted on"), error_messages={"required": _("Write the day.")})
    form_token = forms.UUIDField(widget=forms.HiddenInput)


class DifficultyEditForm(DifficultyForm):
    solved_on = DayField(label=_("Solved on"), required=False)
    solution = forms.CharField(label=_("How it was solved"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    form_token = None  # type: ignore[assignment]
    version = forms.IntegerField(widget=forms.HiddenInput, max_value=LARGEST_INTEGER)

    def clean(self):
        typed = super().clean()
        noted, solved = typed.get("noted_on"), typed.get("solved_on")
        if noted and solved and solved < noted:
            self.add_error("solved_on", _("The day it was solved must not be before the day it was noted."))
        if typed.get("solution") and not solved and "solved_on" not in self.errors:
            self.add_error("solved_on", _("Write the day it was solved."))
        return typed


class RemoveForm(forms.Form):
    """Taken out of a draft; cancelled, with a reason, in an issued plan."""

    reason = forms.CharField(
        label=_("Why it is cancelled"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Printed in the annex of changes and told to the other agencies."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, max_value=LARGEST_INTEGER)

    def __init__(self, *args, issued: bool, **options):
        super().__init__(*args, use_required_attribute=False, **options)
        self.issued = issued
        if not issued:
            del self.fields["reason"]

    def clean_reason(self):
        reason = self.cleaned_data["reason"].strip()
        if not reason:
            raise ValidationError(_("Say why the item is cancelled."), "required")
        return reason


def first_values(plan: AnnualPlan, agency: Agency, uid: Any) -> dict[str, Any]:
    """Of a new item: led by us, the others that sign take part, the whole year."""
    own = Agency.objects.lineage_of({agency.pk})
    parties = list(plan.document.parties.values_list("agency", flat=True))
    ours = next((pk for pk in parties if pk in own), agency.pk)
    partners = [pk for pk in parties if pk != ours]
    return {"uid": uid, "lead": ours, "partners": partners, "window": Window.YEAR.value}
