"""What is written of one item of an annual plan; `line` is what programs.plan_actions takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from coordination.forms import LARGEST_AMOUNT, DayField, EntriesField, EntryField, WholeNumberField
from coordination.models import AdministrativeUnit, Agency
from coordination.unit_picker import unit_label
from programs.enums import FundingSource, Measure
from programs.forms.lists import FormLists, component_label
from programs.models import AnnualPlan, ModelKind
from programs.models.plan import SHARE

MONEY_FIELDS = {f"money_{source}": source for source in FundingSource.values}
# What each measure counts of: the field that has to be filled in with it, and with no other.
COUNTED = {Measure.OUTPUT: "output_kind", Measure.MODELS: "model_kind"}


@dataclass(frozen=True)
class ItemLists:
    """Those of an activity, and who can lead or take part."""

    activity: FormLists
    agencies: list[Agency]
    model_kinds: list[ModelKind]
    units: list[AdministrativeUnit]


class PlanItemForm(forms.Form):
    text = forms.CharField(label=_("What is to be done"), error_messages={"required": _("Write what is to be done.")})
    component = EntryField(label=_("Content it belongs to"), error_messages={"required": _("Choose a content.")})
    lead = EntryField(label=_("Lead"), error_messages={"required": _("Choose who leads.")})
    partners = EntriesField(label=_("Co-ordinating agencies"), required=False)
    units = EntriesField(label=_("Places"), required=False)
    kind = EntryField(label=_("Kind of activity"), required=False)
    measure = forms.ChoiceField(label=_("What is counted"), required=False, choices=[("", ""), *Measure.choices])
    quantity = WholeNumberField(label=_("Quantity"), required=False, min_value=1)
    counting_word = forms.CharField(label=_("Counting word"), required=False, max_length=30)
    output_kind = EntryField(label=_("Product"), required=False)
    model_kind = EntryField(label=_("Kind of model"), required=False)
    starts_on = DayField(label=_("From day"), error_messages={"required": _("Write the day.")})
    ends_on = DayField(label=_("To day"), error_messages={"required": _("Write the day.")})
    expected_result = forms.CharField(label=_("Expected result"), required=False)
    women_percent = WholeNumberField(label=_("Women, at least %"), required=False, max_value=SHARE["max"])
    minority_percent = WholeNumberField(
        label=_("Ethnic minorities, at least %"), required=False, max_value=SHARE["max"]
    )

    def __init__(self, data=None, *, lists: ItemLists, plan: AnnualPlan | None = None, **options: Any):
        super().__init__(data, **options)
        self.plan = plan
        for name, source in MONEY_FIELDS.items():
            label = FundingSource(source).label
            self.fields[name] = WholeNumberField(label=label, required=False, max_value=LARGEST_AMOUNT)
        self.fields["component"].offer(lists.activity.components, component_label)
        self.fields["kind"].offer(lists.activity.kinds)
        self.fields["output_kind"].offer(lists.activity.outputs)
        self.fields["model_kind"].offer(lists.model_kinds)
        self.fields["units"].offer(lists.units, unit_label)
        for name in ("lead", "partners"):
            self.fields[name].offer(lists.agencies, lambda agency: agency.short_name)

    def clean(self):
        typed = super().clean()
        first, last = typed.get("starts_on"), typed.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day must not be before the first day."))
        elif first and self.plan and first.year != self.plan.year:
            message = _("The plan is that of %(year)s: an item begins in that year.")
            self.add_error("starts_on", ValidationError(message, "year", {"year": self.plan.year}))
        typed["partners"] = [agency for agency in typed.get("partners") or [] if agency != typed.get("lead")]
        self.check_measure(typed)
        return typed

    def check_measure(self, typed):
        if {"measure", "quantity"} & self.errors.keys():
            return
        if bool(typed.get("measure")) != (typed.get("quantity") is not None):
            message = _("Write how many, above 0, and choose what is counted; or leave both empty.")
            self.add_error("quantity" if typed.get("measure") else "measure", message)
        for measure, name in COUNTED.items():
            if (typed.get("measure") == measure) != (typed.get(name) is not None) and name not in self.errors:
                self.add_error(name, _("Choose which product or which kind of model the number counts."))

    @property
    def money(self) -> dict[str, int]:
        """Whole đồng by source; 0 is no line."""
        return {source: amount for name, source in MONEY_FIELDS.items() if (amount := self.cleaned_data[name])}
