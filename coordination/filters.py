"""What the filters above a list share."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from coordination.register import Direction

LONGEST_SEARCH = 100


class FilterForm(forms.Form):
    """A value that is none of the list is left out of account."""

    @property
    def chosen(self) -> dict:
        self.is_valid()
        return self.cleaned_data

    def words(self) -> list[str]:
        """What narrows the list, "label: value" each; what is chosen by tabs is left out."""
        found = []
        for name, value in self.chosen.items():
            field = self.fields[name]
            if value and not field.widget.is_hidden:
                labels = {str(key): label for key, label in getattr(field, "choices", ())}
                found.append(f"{field.label}: {labels.get(str(value), f'“{value}”')}")
        return found


class DirectionFilterForm(FilterForm):
    """`direction` is chosen by the tabs above the table and kept while the others change."""

    direction = forms.ChoiceField(
        required=False, choices=[("", _("All")), *Direction.choices], widget=forms.HiddenInput
    )

    @property
    def direction_shown(self) -> str:
        return self.chosen.get("direction") or ""
