"""Which day a page speaks of."""

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from coordination.forms import DayField


class DayForm(forms.Form):
    """In the address, so that the page can be sent to a colleague."""

    day = DayField(label=_("On the day"), required=False)

    def __init__(self, data=None, **options):
        super().__init__(data if data and data.get("day") else None, **options)

    def day_or(self, usual: date) -> date:
        """The day asked for; `usual` where none is given or it is not understood, which the form says."""
        if self.is_bound and self.is_valid():
            return self.cleaned_data["day"]
        self.initial.setdefault("day", usual)
        return usual
