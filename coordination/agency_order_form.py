"""The protocol order of the agencies of one page, in one form."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from coordination.agency_forms import LARGEST_PLACE, NO_PLACE
from coordination.forms import LARGEST_INTEGER, WholeNumberField
from coordination.models import Agency


class OrderForm(forms.Form):
    """A number for each agency of the page; `seen_…`: the version of the agency the page showed."""

    def __init__(self, *args, agencies: list[Agency], **options):
        super().__init__(*args, **options)
        self.agencies = agencies
        for agency in agencies:
            self.fields[f"place_{agency.pk}"] = WholeNumberField(
                label=agency.name, max_value=LARGEST_PLACE, error_messages=NO_PLACE
            )
            self.fields[f"seen_{agency.pk}"] = forms.IntegerField(
                widget=forms.HiddenInput, required=False, max_value=LARGEST_INTEGER
            )
            self.initial |= {f"place_{agency.pk}": agency.protocol_order, f"seen_{agency.pk}": agency.version}

    def rows(self):
        return [(agency, self[f"place_{agency.pk}"], self[f"seen_{agency.pk}"]) for agency in self.agencies]

    def clean(self):
        typed = super().clean()
        for agency in self.agencies:
            place = typed.get(f"place_{agency.pk}", agency.protocol_order)
            if place != agency.protocol_order and typed.get(f"seen_{agency.pk}") != agency.version:
                self.tell_conflict(agency)
        return typed

    def tell_conflict(self, agency: Agency) -> None:
        """What was typed stays; sent again it replaces the stored number knowingly."""
        words = _("Saved meanwhile by somebody else: %(theirs)s. Save again to put yours in its place.")
        self.add_error(f"place_{agency.pk}", ValidationError(words, "stale", {"theirs": agency.protocol_order}))
        self.data = self.data.copy()
        self.data[f"seen_{agency.pk}"] = str(agency.version)

    @property
    def places(self) -> dict[Agency, int]:
        return {agency: self.cleaned_data[f"place_{agency.pk}"] for agency in self.agencies}
