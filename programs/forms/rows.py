"""Rows people add one by one: outputs, and parts of the attendances. A row left empty says nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coordination.forms import EntryField, WholeNumberField

MOST_ROWS = 80  # 54 ethnic groups, 14 audiences and 4 ages, and some room


class Row(forms.Form):
    """`entry` is what is counted, `needed` the number a row cannot do without."""

    needed = ""

    def __init__(self, data=None, *, entries=(), heading=None, **options):
        super().__init__(data, empty_permitted=True, use_required_attribute=False, **options)
        self.fields["entry"].offer(entries, heading=heading, empty=_("Choose"))

    def clean(self):
        cleaned = super().clean()
        numbers = [value for name, value in cleaned.items() if name != "entry" and value is not None]
        if numbers and not cleaned.get("entry"):
            self.add_error("entry", _("Choose what was counted."))
        if cleaned.get("entry") and cleaned.get(self.needed) is None and self.needed not in self.errors:
            self.add_error(self.needed, _("Write how many, or leave the whole row empty."))
        return cleaned


class OutputRow(Row):
    needed = "quantity"
    entry = EntryField(label=_("Product"), required=False, widget=forms.Select)
    quantity = WholeNumberField(label=_("Quantity"), required=False)


class CountRow(Row):
    needed = "attendances"
    entry = EntryField(label=_("Group"), required=False, widget=forms.Select)
    attendances = WholeNumberField(label=_("Attendances"), required=False)
    women = WholeNumberField(label=_("Women"), required=False)

    def clean(self):
        cleaned = super().clean()
        attendances, women = cleaned.get("attendances"), cleaned.get("women")
        if attendances is not None and women is not None and women > attendances:
            self.add_error("women", _("More women than people in this row."))
        return cleaned


class Rows:
    """Rows of one kind under each other (PREFIX-0, PREFIX-1…), as many as were sent, or those stored and an empty one.

    Stored rows are rows like new ones: what is sent replaces what was there.
    """

    def __init__(self, row: type[Row], prefix: str, data, initial: list[dict] | None, **options: Any):
        self.prefix = prefix
        if data is None:
            values = [*(initial or []), {}]
            self.rows = [row(prefix=f"{prefix}-{at}", initial=value, **options) for at, value in enumerate(values)]
        else:
            self.rows = [row(data, prefix=f"{prefix}-{at}", **options) for at in self._sent(data)]

    def _sent(self, data) -> list[int]:
        numbers = {
            int(match[1]) for name in data if (match := re.fullmatch(rf"{self.prefix}-(\d{{1,3}})-entry", name))
        }
        return sorted(numbers)[:MOST_ROWS]

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    @property
    def filled(self) -> list[Row]:
        return [row for row in self.rows if row.has_changed()]

    @property
    def any_open(self) -> bool:
        """Whether there is something to see in them."""
        return any(row.initial or (row.is_bound and row.has_changed()) for row in self.rows)

    def is_valid(self) -> bool:
        valid = [row.is_valid() for row in self.rows]
        if not all(valid):
            return False
        seen = set()
        for row in self.filled:
            entry = row.cleaned_data["entry"]
            if entry in seen:
                row.add_error("entry", _("This stands in two rows: put it into one."))
            seen.add(entry)
        return all(not row.errors for row in self.rows)

    def values(self) -> list[dict[str, Any]]:
        """Cleaned rows that say something."""
        return [row.cleaned_data for row in self.filled]

    def typed(self) -> list[dict[str, Any]]:
        """What was typed so far, to show it again unjudged."""
        raw = [{name: row[name].data for name in row.fields} for row in self.rows]
        return [values for values in raw if any(values.values())]
