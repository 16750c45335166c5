"""What indicators are judged by: a target of a year, a definition from a day on, a look at a reading."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.forms import LARGEST_INTEGER, DayField, DecimalNumberField, EntryField
from coordination.models import AdministrativeUnit
from programs.enums import Operator
from programs.models import Indicator, IndicatorDefinition, Target

TARGET_FIELDS = ("year", "applies", "operator", "value", "tolerance", "decision")
DIGITS = {"min_value": 0, "max_digits": 14, "decimal_places": 4}


class TargetForm(forms.Form):
    """`places`: whose targets this person keeps; an empty unit stands for the whole country."""

    unit = EntryField(label=gettext_lazy("For which place"), required=False, widget=forms.Select)
    year = forms.IntegerField(
        label=gettext_lazy("Year"),
        help_text=gettext_lazy("A year without its own target is judged by the next later one."),
        error_messages={"required": gettext_lazy("Write the year."), "invalid": gettext_lazy("Write the year.")},
    )
    applies = forms.BooleanField(label=gettext_lazy("The place follows this indicator"), required=False, initial=True)
    operator = forms.ChoiceField(label=gettext_lazy("Comparison"), choices=Operator.choices)
    value = DecimalNumberField(
        label=gettext_lazy("Value to reach"),
        error_messages={"required": gettext_lazy("Write the value to reach.")},
        **DIGITS,
    )
    tolerance = DecimalNumberField(
        label=gettext_lazy("Tolerance"),
        required=False,
        help_text=gettext_lazy("Only for “about”: how far from the value is still met."),
        **DIGITS,
    )
    decision = forms.CharField(
        label=gettext_lazy("Decision it rests on"),
        max_length=200,
        help_text=gettext_lazy("Number, day and who issued it."),
        error_messages={"required": gettext_lazy("Write the decision it rests on.")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, max_value=LARGEST_INTEGER)

    def __init__(
        self, data=None, *, indicator: Indicator, places: list[AdministrativeUnit], national: bool, **options
    ):
        super().__init__(data, use_required_attribute=False, **options)
        self.indicator, self.places, self.national = indicator, places, national
        self.fields["unit"].offer(
            places, label=lambda unit: unit.label, empty=_("the whole country") if national else None
        )
        if len(places) + national == 1:
            self.fields["unit"].widget = forms.HiddenInput()

    def clean_year(self):
        year, framework = self.cleaned_data["year"], self.indicator.objective.framework
        if not framework.year_from <= year <= framework.year_to:
            message = _("Write a year from %(first)s to %(last)s: the strategy holds for those.")
            years = {"first": framework.year_from, "last": framework.year_to}
            raise ValidationError(message, "outside", years)
        return year

    def clean(self):
        cleaned = super().clean()
        cleaned["unit"] = cleaned.get("unit") or (None if self.national else next(iter(self.places), None))
        if cleaned.get("tolerance") is None:
            cleaned["tolerance"] = 0
        if cleaned["tolerance"] and cleaned.get("operator") != Operator.ABOUT:
            self.add_error("tolerance", _("A tolerance goes with “about” only: choose that, or leave it empty."))
        return cleaned

    def values(self) -> dict:
        return {name: self.cleaned_data[name] for name in (*TARGET_FIELDS, "unit")}

    def fill(self, target: Target) -> Target:
        target.indicator = self.indicator
        for name, value in self.values().items():
            setattr(target, name, value)
        target.source, target.confidence = self.cleaned_data["decision"], ""
        return target


class DefinitionForm(forms.Form):
    """A definition is never changed: another one holds from a later day on."""

    valid_from = DayField(
        label=gettext_lazy("Holds from the day"), error_messages={"required": gettext_lazy("Write the day.")}
    )
    text = forms.CharField(
        label=gettext_lazy("What it means"),
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": gettext_lazy("Write what it means.")},
    )
    source = forms.CharField(
        label=gettext_lazy("Decision it rests on"),
        max_length=300,
        error_messages={"required": gettext_lazy("Write the decision it rests on.")},
    )

    def __init__(self, data=None, *, indicator: Indicator, **options):
        super().__init__(data, use_required_attribute=False, **options)
        self.indicator = indicator

    def clean_valid_from(self):
        day = self.cleaned_data["valid_from"]
        if self.indicator.definitions.filter(valid_from=day).exists():
            raise ValidationError(_("There is a definition from this day already. Choose a later day."), "twice")
        return day

    def definition(self) -> IndicatorDefinition:
        return IndicatorDefinition(indicator=self.indicator, **self.cleaned_data)


class ReadingMarkForm(forms.Form):
    """`returns`: the button that was pressed."""

    text = forms.CharField(
        label=gettext_lazy("What is wrong and what should be done"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Needed to return the reading."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, max_value=LARGEST_INTEGER)

    def __init__(self, *args, returns: bool = False, **options):
        super().__init__(*args, use_required_attribute=False, **options)
        self.returns = returns

    def clean_text(self):
        text = self.cleaned_data["text"].strip()
        if self.returns and not text:
            raise ValidationError(_("Say what is wrong and what should be done."), "required")
        return text
