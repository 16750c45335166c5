"""Mending a frozen number: people write the right figures and why; what is stored is the difference."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from coordination.forms import LARGEST_INTEGER, WholeNumberField
from programs.attendance import FIELDS as ATTENDANCE
from programs.attendance import Attendance, misfits
from programs.models import Activity
from programs.totals import added

NUMBERS = ("sessions", *ATTENDANCE)


def as_corrected(activity: Activity) -> dict[str, int | None]:
    """The numbers of a fact with its corrections, as they hold now. One query."""
    rows = [activity, *activity.corrections.all()]
    return {name: added(getattr(row, name) for row in rows) for name in NUMBERS}


class CorrectionForm(forms.Form):
    """Each field opens with the number that holds now and is sent with the right one."""

    sessions = WholeNumberField(label=_("Sessions"))
    attendances = WholeNumberField(label=_("Total"), required=False)
    women = WholeNumberField(label=_("Women"), required=False)
    minority = WholeNumberField(label=_("Ethnic minorities"), required=False)
    minority_women = WholeNumberField(label=_("Minority women"), required=False)
    distinct_people = WholeNumberField(label=_("Different persons"), required=False)
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("It is printed in the supplement: who found out, from which paper."),
        error_messages={"required": _("Say why the figure is corrected.")},
    )
    form_token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    after = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=LARGEST_INTEGER)

    def __init__(self, data=None, *, now: dict[str, int | None], **options):
        super().__init__(data, **options)
        self.now = now

    def clean(self):
        cleaned = super().clean()
        if self.errors:
            return cleaned
        for name, problem in misfits(Attendance(**{name: cleaned[name] for name in ATTENDANCE})):
            self.add_error(name, problem)
        for name in ATTENDANCE:
            if self.now[name] is not None and cleaned.get(name) is None and name not in self.errors:
                self.add_error(name, _("A number was stated here: write the right one, or 0 if there was nobody."))
        if not self.errors and all(cleaned[name] == self.now[name] for name in NUMBERS):
            self.add_error(None, _("All numbers are as before. Write the right number where it was wrong."))
        return cleaned

    @property
    def differences(self) -> dict[str, int | None]:
        """What has to be added; a number never stated stays so."""
        return {
            name: None if (right := self.cleaned_data[name]) is None else right - (self.now[name] or 0)
            for name in NUMBERS
        }

    @property
    def additions(self) -> list[dict[str, int | None]]:
        """One correction with the differences. Where women or minority people are stated for the first time, one that

        takes the old numbers back and one with the right ones: shares divide by those only that state the part.
        """
        right = {name: self.cleaned_data[name] for name in NUMBERS}
        if all(right[name] is None or self.now[name] is not None for name in ("women", "minority")):
            return [self.differences]
        return [{name: None if number is None else -number for name, number in self.now.items()}, right]

    def number_fields(self):
        return [self[name] for name in NUMBERS]
