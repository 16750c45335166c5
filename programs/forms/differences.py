"""Two versions of one small record in words: what is stored now, and what this person typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from coordination.formats import NOT_STATED, date_vi, number_vi
from coordination.search import clean_text, one_line


@dataclass(frozen=True)
class Difference:
    label: str
    theirs: str
    mine: str


def differences(form: forms.Form, stored: Mapping[str, Any], names: Iterable[str]) -> list[Difference]:
    """Of a valid form; `stored` holds the values as the form would show them."""
    found = []
    for name in names:
        theirs, mine = (in_words(form[name].field, values.get(name)) for values in (stored, form.cleaned_data))
        if theirs != mine:
            found.append(Difference(str(form[name].label), theirs, mine))
    return found


def as_stored(field: forms.Field, value: Any) -> Any:
    """The text that is kept of what was typed: browsers end lines with \\r\\n, and people leave blanks."""
    if not isinstance(value, str):
        return value
    return clean_text(value) if isinstance(field.widget, forms.Textarea) else one_line(value)


def in_words(field: forms.Field, value: Any) -> str:
    value = as_stored(field, value)
    if value in (None, "", []):
        return NOT_STATED
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date):
        return date_vi(value)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(field, forms.ChoiceField) and isinstance(value, str):
        return str(dict(field.choices).get(value, value))
    return number_vi(value) if isinstance(value, int) else str(getattr(value, "label", value))
