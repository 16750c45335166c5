"""Mending a frozen event of a model, reading or entry of money: people write what is right, the difference is kept."""

from __future__ import annotations

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from coordination.formats import date_vi, number_vi
from coordination.forms import LARGEST_AMOUNT, LARGEST_INTEGER, DecimalNumberField, WholeNumberField
from programs.facts import Fact
from programs.forms.models import TOO_FEW
from programs.models import BudgetEntry, ModelEvent
from programs.models.model_register import NUMBERS
from programs.stock import shortfall

Number = int | Decimal


DIGITS = {"max_digits": 14, "decimal_places": 4}


class FactCorrectionForm(forms.Form):
    """Each number opens as it holds now, without its sign, and is sent as it should be."""

    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("It is printed in the supplement: who found out, from which paper."),
        error_messages={"required": _("Say why the figure is corrected.")},
    )
    form_token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    after = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=LARGEST_INTEGER)

    def __init__(self, data=None, *, fact: Fact, **options):
        self.fact = fact
        self.corrections = list(fact.corrections.all())
        self.now = as_corrected(fact, self.corrections)
        self.sign = -1 if isinstance(fact, ModelEvent) and fact.quantity < 0 else 1
        super().__init__(data, **options)
        for name, field in numbers_of(fact).items():
            field.required = self.now[name] is not None
            self.fields[name] = field
            self.initial.setdefault(name, None if self.now[name] is None else self.sign * self.now[name])
        self.order_fields([*self.numbers, "reason"])

    @property
    def numbers(self) -> list[str]:
        return [name for name in self.fields if name not in self.declared_fields]

    def number_fields(self):
        return [self[name] for name in self.numbers]

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not any(self.differences.values()):
            self.add_error(None, _("All numbers are as before. Write the right number where it was wrong."))
        if not self.errors and isinstance(self.fact, ModelEvent):
            self.check_members()
        if not self.errors and isinstance(self.fact, ModelEvent):
            self.check_stock()
        return cleaned

    @property
    def differences(self) -> dict[str, Number | None]:
        """What has to be added; a number never stated stays so."""
        right = {name: self.cleaned_data[name] for name in self.numbers}
        return {
            name: None if number is None else self.sign * number - (self.now[name] or 0)
            for name, number in right.items()
        }

    def check_members(self) -> None:
        members = self.cleaned_data["members"]
        for name in ("women", "minority"):
            part = self.cleaned_data[name]
            if part is not None and (members is None or part > members):
                self.add_error(name, _("A part cannot be more than all members. Check both numbers."))

    def check_stock(self) -> None:
        correction = ModelEvent(nature=self.fact.nature, counted_on=self.fact.counted_on, **self.differences)
        missing = shortfall([*self.fact.model.events.recorded(), correction])
        if missing:
            values = {"day": date_vi(missing.day), "left": number_vi(missing.left)}
            self.add_error(missing.number, ValidationError(TOO_FEW[missing.number], "too_few", values))


def numbers_of(fact: Fact) -> dict[str, forms.Field]:
    """The numbers that may be mended: of a reading those it was given with, its parts or its value."""
    if isinstance(fact, ModelEvent):
        labels = (_("Number of models"), _("Members"), _("Women"), _("Ethnic minorities"))
        return {name: WholeNumberField(label=label) for name, label in zip(NUMBERS, labels, strict=True)}
    if isinstance(fact, BudgetEntry):
        return {"amount_vnd": WholeNumberField(label=_("Amount (đồng)"), max_value=LARGEST_AMOUNT)}
    if fact.value is not None:
        return {"value": DecimalNumberField(label=_("Value"), **DIGITS)}
    return {
        "numerator": DecimalNumberField(label=_("Numerator"), min_value=0, **DIGITS),
        "denominator": DecimalNumberField(label=_("Denominator"), min_value=Decimal("0.0001"), **DIGITS),
    }


def as_corrected(fact: Fact, corrections: list[Fact]) -> dict[str, Number | None]:
    """The numbers of a fact with its corrections, as they hold now."""
    found: dict[str, Number | None] = {}
    for name in numbers_of(fact):
        stated = [number for row in (fact, *corrections) if (number := getattr(row, name)) is not None]
        found[name] = sum(stated) if stated else None
    return found
