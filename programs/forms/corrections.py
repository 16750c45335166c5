"""Mending a frozen number: people write the right figures and why; what is stored is the difference."""

from __future__ import annotations

import uuid
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from coordination.forms import LARGEST_INTEGER, WholeNumberField
from programs.attendance import FIELDS as ATTENDANCE
from programs.attendance import Attendance, misfits
from programs.facts import Fact
from programs.forms.differences import as_stored
from programs.models import Activity, ActivityCount
from programs.totals import added

NUMBERS = ("sessions", *ATTENDANCE)
COUNTED = ("attendances", "women")

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


def largest_parts(activity: Activity) -> dict[str, int]:
    """The largest count of one category, as it holds with the corrections: what the total cannot fall below."""
    counts = ActivityCount.objects.filter(activity__in=[activity, *activity.corrections.all()])
    sums = counts.order_by().values("category").annotate(all=Sum("attendances"), of_women=Sum("women"))
    of = {"attendances": [row["all"] for row in sums], "women": [row["of_women"] or 0 for row in sums]}
    return {name: max(parts, default=0) for name, parts in of.items()}


class CorrectionForm(CorrectingForm):
    """Each field opens with the number that holds now and is sent with the right one."""

    sessions = WholeNumberField(label=_("Sessions"))
    attendances = WholeNumberField(label=_("Total"), required=False)
    women = WholeNumberField(label=_("Women"), required=False)
    minority = WholeNumberField(label=_("Ethnic minorities"), required=False)
    minority_women = WholeNumberField(label=_("Minority women"), required=False)
    distinct_people = WholeNumberField(label=_("Different persons"), required=False)

    field_order = (*NUMBERS, "reason")

    def __init__(self, data=None, *, now: dict[str, int | None], largest: dict[str, int] | None = None, **options):
        super().__init__(data, **options)
        self.now, self.largest = now, largest or {}

    def clean(self):
        cleaned = super().clean()
        if self.errors:
            return cleaned
        for name, problem in misfits(Attendance(**{name: cleaned[name] for name in ATTENDANCE})):
            self.add_error(name, problem)
        for name in ATTENDANCE:
            if self.now[name] is not None and cleaned.get(name) is None and name not in self.errors:
                self.add_error(name, _("A number was stated here: write the right one, or 0 if there was nobody."))
        self.check_parts()
        self.refuse_the_same()
        return cleaned

    def check_parts(self) -> None:
        for name, part in self.largest.items():
            whole = self.cleaned_data.get(name)
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
