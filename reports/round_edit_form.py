"""What is mended of a request for reports, and what two people changed at the same moment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.forms import EntriesField, EntryField
from coordination.models import Document
from programs.forms.differences import Difference, in_words
from reports.models import ReportRound
from reports.round_changes import Changes
from reports.round_forms import RoundForm, check_days, letter_words, outline_words, outlines_for
from reports.seats import Standing

OF_REQUEST = RoundForm.base_fields
COLUMNS = ("outline", "title", "request", "due_sender", "due_compiler", "due_leader", "letter")


class RoundEditForm(forms.Form):
    """`rows`: how the agencies stand; those that have not begun may be dropped. `sent`: the outline stays."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    title = OF_REQUEST["title"]
    due_sender = OF_REQUEST["due_sender"]
    due_compiler = OF_REQUEST["due_compiler"]
    due_leader = OF_REQUEST["due_leader"]
    outline = EntryField(
        label=gettext_lazy("Outline"),
        widget=forms.Select,
        help_text=gettext_lazy("Reports somebody has begun to write keep the outline they have."),
    )
    dropped = EntriesField(
        label=gettext_lazy("Asked no longer"),
        required=False,
        help_text=gettext_lazy("Agencies that have not begun. Who has begun is left out with a reason."),
    )
    request = OF_REQUEST["request"]
    letter = OF_REQUEST["letter"]

    def __init__(
        self,
        *args: Any,
        asked: ReportRound,
        rows: Iterable[Standing],
        sent: bool,
        letters: Iterable[Document],
        today: date,
        **options: Any,
    ) -> None:
        super().__init__(*args, use_required_attribute=False, **options)
        self.asked, self.today = asked, today
        sender = self.fields["due_sender"]
        sender.required, sender.help_text = True, ""
        sender.error_messages["required"] = _("Write the last day on which the agencies may send.")
        same = [one for one in outlines_for(asked.asked_by) if _fits(one, asked) and one.pk != asked.outline_id]
        self.fields["outline"].offer([asked.outline, *same], label=outline_words, empty=None)
        if sent:
            del self.fields["outline"]
        idle = [row.seat.agency for row in rows if row.report is None]
        names = {row.seat.agency_id: row.seat.agency_short for row in rows}
        self.fields["dropped"].offer(idle, label=lambda agency: names[agency.pk])
        if not idle:
            del self.fields["dropped"]
        offered = {one.pk: one for one in (*filter(None, [asked.letter]), *letters)}
        self.fields["letter"].offer(offered.values(), label=letter_words, empty=_("None"))

    def clean(self) -> dict[str, Any]:
        """A day that stood before may be over by now; a new one may not."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        is_new = cleaned.get("due_sender") != self.asked.due_sender
        check_days(self, max(self.asked.period.data_to, self.today) if is_new else self.asked.period.data_to)
        return cleaned

    def changes(self) -> Changes:
        given = {name: self.cleaned_data.get(name) for name in Changes.__dataclass_fields__}
        given["outline"] = given["outline"] or self.asked.outline
        given["dropped"] = given["dropped"] or []
        return Changes(**given)


def stored_values(asked: ReportRound) -> dict[str, Any]:
    return {name: getattr(asked, name) for name in (*COLUMNS, "version")}


def differences(form: RoundEditForm, stored: dict[str, Any]) -> list[Difference]:
    """Between what is stored now and what this person typed, in the words of the form."""
    found = []
    for name in COLUMNS:
        if name in form.fields:
            theirs, mine = (_said(form, name, values.get(name)) for values in (stored, form.cleaned_data))
            if theirs != mine:
                found.append(Difference(str(form.fields[name].label), theirs, mine))
    return found


def _said(form: RoundEditForm, name: str, value: Any) -> str:
    words = {"outline": outline_words, "letter": letter_words}
    return in_words(form.fields[name], words[name](value) if value and name in words else value)


def _fits(outline: Any, asked: ReportRound) -> bool:
    return bool((outline.kind, outline.period_kind) == (asked.kind, asked.period.kind))
