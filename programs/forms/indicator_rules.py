"""The rules of an indicator as the office keeps them: how readings join, what is unusual, what records it counts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coordination.forms import LARGEST_INTEGER, DecimalNumberField, EntryField, WholeNumberField
from programs.enums import ComputedFrom, KindGroup, OverAgencies, OverPlaces, OverTime
from programs.forms.indicators import DIGITS
from programs.formulas import OF_MODELS
from programs.models import Component, Indicator, IndicatorFormula, ModelKind, OutputKind, Topic

RULES = ("over_time", "over_places", "over_agencies", "unusual_percent", "baseline", "baseline_year")
OF_ACTIVITIES = ("kind_group", "component", "topic", "output_kind")  # what narrows the activities counted
FORMULA = ("counts", *OF_ACTIVITIES, "model_kind", "source")
LISTS = {"component": Component, "topic": Topic, "output_kind": OutputKind, "model_kind": ModelKind}
YEARS = (1990, 2100)
MOST_UNUSUAL = 1000  # per cent


class RulesForm(forms.Form):
    """`counts` empty: people read the indicator, and the three rules say how their readings join."""

    over_time = forms.ChoiceField(label=gettext_lazy("Over time"), choices=OverTime.choices)
    over_places = forms.ChoiceField(label=gettext_lazy("Over places"), choices=OverPlaces.choices)
    over_agencies = forms.ChoiceField(label=gettext_lazy("Over agencies"), choices=OverAgencies.choices)
    unusual_percent = WholeNumberField(
        label=gettext_lazy("Unusual beyond how many per cent"),
        required=False,
        min_value=1,
        max_value=MOST_UNUSUAL,
        help_text=gettext_lazy(
            "Beside what was read for the same half-year before. Empty: nobody is asked about a reading."
        ),
    )
    baseline = DecimalNumberField(label=gettext_lazy("Baseline"), required=False, **DIGITS)
    baseline_year = forms.IntegerField(
        label=gettext_lazy("Year of the baseline"), required=False, min_value=YEARS[0], max_value=YEARS[1],
        error_messages={"invalid": gettext_lazy("Write the year.")},
    )  # fmt: skip
    counts = forms.ChoiceField(
        label=gettext_lazy("Counted from the records"),
        choices=[("", gettext_lazy("no: people read it")), *ComputedFrom.choices],
        required=False,
        help_text=gettext_lazy("What is counted from the records is entered by nobody."),
    )
    kind_group = forms.ChoiceField(
        label=gettext_lazy("Only activities of the group"), choices=[("", "…"), *KindGroup.choices], required=False
    )
    component = EntryField(label=gettext_lazy("Only within the content"), required=False)
    topic = EntryField(label=gettext_lazy("Only on the topic"), required=False)
    output_kind = EntryField(label=gettext_lazy("Only with the product"), required=False)
    model_kind = EntryField(label=gettext_lazy("Kind of model"), required=False)
    source = forms.CharField(
        label=gettext_lazy("Why it may be counted so"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("The text that defines it; stands beside the number."),
    )
    readings_give_way = forms.BooleanField(
        label=gettext_lazy("The readings entered so far no longer count"), required=False
    )
    version = forms.IntegerField(widget=forms.HiddenInput, max_value=LARGEST_INTEGER)

    def __init__(self, data=None, *, indicator: Indicator, readings: int, **options: Any):
        """`readings`: how many were entered for the indicator so far."""
        super().__init__(data, use_required_attribute=False, initial=stored_rules(indicator), **options)
        self.indicator, self.readings = indicator, readings
        for name, model in LISTS.items():
            self.fields[name].offer(model.objects.filter(active=True).order_by("position", "code"), empty="…")
        if not readings or hasattr(indicator, "formula"):
            del self.fields["readings_give_way"]

    def clean(self):
        cleaned = super().clean()
        self._check_baseline(cleaned)
        counts = cleaned.get("counts")
        if counts in OF_MODELS:
            self._check_models(cleaned)
        elif counts and cleaned.get("model_kind"):
            self.add_error("model_kind", _("Only models are counted by their kind: leave this empty."))
        elif counts is not None and not counts:
            self._check_read(cleaned)
        if counts and "readings_give_way" in self.fields and not cleaned.get("readings_give_way"):
            self._ask_about_readings()
        return cleaned

    def _check_baseline(self, cleaned: dict[str, Any]) -> None:
        if (cleaned.get("baseline") is None) != (cleaned.get("baseline_year") is None) and not self.errors:
            missing = "baseline" if cleaned["baseline"] is None else "baseline_year"
            self.add_error(missing, _("A baseline belongs to a year: write both, or leave both empty."))

    def _check_models(self, cleaned: dict[str, Any]) -> None:
        if not cleaned.get("model_kind") and "model_kind" not in self.errors:
            self.add_error("model_kind", _("Choose which kind of model is counted."))
        for name in OF_ACTIVITIES:
            if cleaned.get(name):
                self.add_error(name, _("This narrows activities, and models are counted: leave it empty."))

    def _check_read(self, cleaned: dict[str, Any]) -> None:
        if any(cleaned.get(name) for name in FORMULA[1:]):
            self.add_error("counts", _("Choose what is counted, or leave everything below empty."))

    def _ask_about_readings(self) -> None:
        words = ngettext(
            "%(count)s reading was entered; counted from the records, the indicator would no longer use it.",
            "%(count)s readings were entered; counted from the records, the indicator would no longer use them.",
            self.readings,
        )
        problem = words % {"count": self.readings}
        self.add_error("readings_give_way", ValidationError(f"{problem} {_('If that is meant, tick here.')}", "asked"))

    def rules(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in RULES}

    def formula(self) -> dict[str, Any] | None:
        """None: people read it."""
        return {name: self.cleaned_data[name] for name in FORMULA} if self.cleaned_data["counts"] else None


def stored_rules(indicator: Indicator) -> dict[str, Any]:
    """As the form shows them."""
    values = {name: getattr(indicator, name) for name in (*RULES, "version")}
    if values["baseline"] is not None:
        values["baseline"] = values["baseline"].normalize()
    formula: IndicatorFormula | None = getattr(indicator, "formula", None)
    return values | ({name: getattr(formula, name) for name in FORMULA} if formula else {})
