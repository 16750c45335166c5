"""Mending a frozen event of a model, reading or entry of money: people write what is right, the difference is kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from coordination.formats import date_vi, number_vi
from coordination.forms import LARGEST_AMOUNT, DecimalNumberField, WholeNumberField
from programs.facts import Fact
from programs.forms import member_checks, reading_checks
from programs.forms.corrections import CorrectingForm, Number
from programs.forms.models import MEMBERS, TOO_FEW
from programs.forms.reading_checks import DIGITS
from programs.indicator_words import is_yes_no
from programs.models import BudgetEntry, Measurement, ModelEvent
from programs.models.model_register import NUMBERS
from programs.stock import shortfall


class FactCorrectionForm(CorrectingForm):
    """Each number opens as it holds now, without its sign, and is sent as it should be."""

    def __init__(self, data=None, *, fact: Fact, **options):
        self.fact = fact
        self.corrections = list(fact.corrections.all())
        self.now = as_corrected(fact, self.corrections)
        self.sign = -1 if isinstance(fact, ModelEvent) and fact.quantity < 0 else 1
        super().__init__(data, **options)
        for name, field in numbers_of(fact).items():
            field.required = self.now[name] is not None
            self.fields[name] = field
            self.initial.setdefault(name, self.shown(name))
        self.order_fields([*self.now, "reason"])

    def shown(self, name: str) -> Any:
        number = self.now[name]
        if number is None:
            return None
        yes_no = isinstance(self.fields[name], forms.TypedChoiceField)
        return str(int(number)) if yes_no else self.sign * number

    def clean(self):
        cleaned = super().clean()
        if not self.errors:
            for name, problem in self.misfits():
                self.add_error(name, problem)
        self.refuse_the_same()
        return cleaned

    def misfits(self) -> Iterator[tuple[str, ValidationError]]:
        """As for a new one of the kind."""
        typed = self.cleaned_data
        if isinstance(self.fact, ModelEvent):
            kind, members = self.fact.model.kind, {name: typed.get(name) for name in MEMBERS}
            found = list(member_checks.misfits(kind, members))
            yield from found or self.too_few()
        elif isinstance(self.fact, Measurement):
            parts = {name: typed.get(name) for name in reading_checks.NUMBERS}
            yield from reading_checks.misfits(self.fact.indicator, **parts)

    def too_few(self) -> Iterator[tuple[str, ValidationError]]:
        correction = ModelEvent(nature=self.fact.nature, counted_on=self.fact.counted_on, **self.differences)
        missing = shortfall([*self.fact.model.events.recorded(), correction])
        if missing:
            values = {"day": date_vi(missing.day), "left": number_vi(missing.left)}
            yield missing.number, ValidationError(TOO_FEW[missing.number], "too_few", values)


def numbers_of(fact: Fact) -> dict[str, forms.Field]:
    """The numbers that may be mended: of a reading those it was given with, its parts or its value."""
    if isinstance(fact, ModelEvent):
        labels = (_("Number of models"), _("Members"), _("Women"), _("Ethnic minorities"))
        return {name: WholeNumberField(label=label) for name, label in zip(NUMBERS, labels, strict=True)}
    if isinstance(fact, BudgetEntry):
        return {"amount_vnd": WholeNumberField(label=_("Amount (đồng)"), max_value=LARGEST_AMOUNT)}
    if fact.value is None:
        labels = {"numerator": _("Numerator"), "denominator": _("Denominator")}
        return {name: DecimalNumberField(label=label, **DIGITS) for name, label in labels.items()}
    if is_yes_no(fact.indicator):
        return {"value": reading_checks.yes_no_field()}
    return {"value": DecimalNumberField(label=_("Value"), **DIGITS)}


def as_corrected(fact: Fact, corrections: list[Fact]) -> dict[str, Number | None]:
    """The numbers of a fact with its corrections, as they hold now."""
    found: dict[str, Number | None] = {}
    for name in numbers_of(fact):
        stated = [number for row in (fact, *corrections) if (number := getattr(row, name)) is not None]
        found[name] = sum(stated) if stated else None
    return found
