"""Mending a frozen number: people write the right figures and why; what is stored is the difference."""

from __future__ import annotations

import uuid
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from coordination.forms import LARGEST_AMOUNT, LARGEST_INTEGER, WholeNumberField
from programs.actions import ActivityParts
from programs.attendance import FIELDS as ATTENDANCE
from programs.attendance import Attendance, misfits
from programs.enums import FundingSource
from programs.facts import Fact
from programs.forms.activities import COST_FIELDS
from programs.forms.differences import as_stored
from programs.forms.lists import by_dimension, category_heading
from programs.forms.part_corrections import Parts, additions, as_rows
from programs.forms.rows import CountRow, OutputRow, Rows
from programs.models import Activity, CountCategory, OutputKind
from programs.totals import added

NUMBERS = ("sessions", *ATTENDANCE)
COUNTED = ("attendances", "women")  # of one category, in this order

Number = int | Decimal


class CorrectingForm(forms.Form):
    """`now`: the numbers that hold, in the sign they are stored with."""

    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("It is printed in the supplement: who found out, from which paper."),
        error_messages={"required": _("Say why the figure is corrected.")},
    )
    form_token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    after = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=LARGEST_INTEGER)

    now: dict[str, Number | None]
    sign = 1
    parts: ActivityParts | None = None  # what is added to products, costs and counts

    @property
    def right(self) -> dict[str, Number | None]:
        """What should hold; None is not stated, which is not 0."""
        typed = {name: self.cleaned_data.get(name) for name in self.now}
        return {name: None if number is None else self.sign * number for name, number in typed.items()}

    @property
    def says_nothing_new(self) -> bool:
        return self.right == self.now

    @property
    def differences(self) -> dict[str, Number | None]:
        """What has to be added; a number never stated stays so."""
        return {
            name: None if number is None else number - (self.now[name] or 0) for name, number in self.right.items()
        }

    @property
    def additions(self) -> list[dict[str, Number | None]]:
        return [self.differences]

    def refuse_the_same(self) -> None:
        if not self.errors and self.says_nothing_new:
            self.add_error(None, _("All numbers are as before. Write the right number where it was wrong."))

    def repeats(self, stored: Fact) -> bool:
        """Whether it says what the correction says that was recorded from it before, and holds now."""
        reason = as_stored(self.fields["reason"], self.cleaned_data.get("reason", ""))
        return self.says_nothing_new and reason == stored.reason

    def renewed(self, after: int) -> CorrectingForm:
        """With a token of its own: sent again, it adds a further correction to the `after` there are."""
        self.data = self.data.copy()
        self.data["form_token"], self.data["after"] = str(uuid.uuid4()), str(after)
        return self

    def number_fields(self):
        return [self[name] for name in self.now]


def as_corrected(activity: Activity) -> dict[str, int | None]:
    """The numbers of a fact with its corrections, as they hold now. One query."""
    rows = [activity, *activity.corrections.all()]
    return {name: added(getattr(row, name) for row in rows) for name in NUMBERS}


class CorrectionForm(CorrectingForm):
    """Each field opens with the number that holds now and is sent with the right one."""

    sessions = WholeNumberField(label=_("Sessions"))
    attendances = WholeNumberField(label=_("Total"), required=False)
    women = WholeNumberField(label=_("Women"), required=False)
    minority = WholeNumberField(label=_("Ethnic minorities"), required=False)
    minority_women = WholeNumberField(label=_("Minority women"), required=False)
    distinct_people = WholeNumberField(label=_("Different persons"), required=False)

    field_order = (*NUMBERS, "reason")
    rows_fit = False

    def __init__(
        self,
        data=None,
        *,
        now: dict[str, int | None],
        held: Parts | None = None,
        province: int | None = None,
        **options,
    ):
        """`held`: products, costs and counts as they hold; `province`: id, whose entries are offered."""
        super().__init__(data, **options)
        self.now, self.held = now, held or Parts()
        for name, source in COST_FIELDS.items():
            self.fields[name] = WholeNumberField(
                label=FundingSource(source).label, required=False, max_value=LARGEST_AMOUNT
            )
            self.initial.setdefault(name, self.held.costs.get(source))
        kinds = OutputKind.objects.offered_to(province) | OutputKind.objects.filter(pk__in=self.held.outputs)
        groups = CountCategory.objects.offered_to(province) | CountCategory.objects.filter(pk__in=self.held.counts)
        outputs = [{"entry": key, "quantity": number} for key, number in self.held.outputs.items()]
        counts = [
            dict(zip(("entry", *COUNTED), (key, *count), strict=True)) for key, count in self.held.counts.items()
        ]
        self.outputs = Rows(OutputRow, "outputs", data, outputs, entries=list(kinds))
        self.counts = Rows(CountRow, "counts", data, counts, entries=by_dimension(groups), heading=category_heading)

    def clean(self):
        cleaned = super().clean()
        if self.errors:
            return cleaned
        for name, problem in misfits(Attendance(**{name: cleaned[name] for name in ATTENDANCE})):
            self.add_error(name, problem)
        for name, stated in (self.now | self.costs_held).items():
            if stated is not None and cleaned.get(name) is None and name not in self.errors:
                self.add_error(name, _("A number was stated here: write the right one, or 0 if there was nobody."))
        self.check_rows()
        if not self.errors:
            self.check_parts()
        self.refuse_the_same()
        return cleaned

    @property
    def costs_held(self) -> dict[str, int | None]:
        return {name: self.held.costs.get(source) for name, source in COST_FIELDS.items()}

    def repeats(self, stored: Fact) -> bool:
        return self.rows_fit and super().repeats(stored)

    def check_rows(self) -> None:
        if not (self.outputs.is_valid() & self.counts.is_valid()):
            self.add_error(None, _("One of the rows of products or groups has to be mended: see below."))
            return
        self.rows_fit = True
        for row in self.counts.filled:
            held = self.held.counts.get(row.cleaned_data["entry"].pk)
            if held and held[1] is not None and row.cleaned_data["women"] is None:
                words = _("A number was stated here: write the right one, or 0 if there was nobody.")
                row.add_error("women", words)
                self.add_error(None, _("One of the rows of products or groups has to be mended: see below."))

    @property
    def right_parts(self) -> Parts:
        """Rows that were not sent at all stay as they are; a row taken away is nothing."""
        outputs = {row["entry"].pk: row["quantity"] for row in self.outputs.values()}
        counts = {row["entry"].pk: (row["attendances"], row["women"]) for row in self.counts.values()}
        costs = {source: self.cleaned_data.get(name) for name, source in COST_FIELDS.items()}
        return Parts(
            outputs=outputs if self.outputs.rows else self.held.outputs,
            counts=counts if self.counts.rows else self.held.counts,
            costs={source: amount for source, amount in costs.items() if amount is not None},
        )

    @property
    def part_additions(self) -> Parts:
        return additions(self.held, self.right_parts)

    @property
    def parts(self) -> ActivityParts:
        return as_rows(self.part_additions)

    @property
    def says_nothing_new(self) -> bool:
        return super().says_nothing_new and self.part_additions == Parts()

    def cost_fields(self):
        return [self[name] for name in COST_FIELDS]

    def shows_costs(self) -> bool:
        return any(field.errors or field.value() not in (None, "") for field in self.cost_fields())

    def check_parts(self) -> None:
        for at, name in enumerate(COUNTED):
            whole, part = self.cleaned_data.get(name), self.right_parts.largest(at)
            if whole is not None and part > whole:
                message = _("A part of the attendances counts %(part)s: it cannot be more than the whole (%(whole)s).")
                self.add_error(name, ValidationError(message, "over", {"part": part, "whole": whole}))

    @property
    def additions(self) -> list[dict[str, Number | None]]:
        """One correction with the differences. Where women or minority people are stated for the first time, one that

        takes the old numbers back and one with the right ones: shares divide by those only that state the part.
        """
        right = self.right
        if all(right[name] is None or self.now[name] is not None for name in ("women", "minority")):
            return [self.differences]
        return [{name: None if number is None else -number for name, number in self.now.items()}, right]
