"""Lines of the parts of an agreement as people type them: a party, a section, a task, a milestone…

A line left empty says nothing. Which agencies, documents and clauses may be chosen is told by the part (`offer`).
"""

from __future__ import annotations

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.agreement_forms import HeadForm, StageDayField
from coordination.enums import ClauseChangeNature, MilestoneNature, SigningForm
from coordination.formats import date_vi
from coordination.forms import EntriesField, EntryField

LONGEST_TEXT = 20_000
FIRST_YEAR, LAST_YEAR = 2000, 2100


def paragraphs(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "class": "grow"})


def cited_field() -> forms.CharField:
    return forms.CharField(
        label=_("Documents cited"),
        required=False,
        max_length=2000,
        widget=paragraphs(1),
        help_text=_("One a line. A number and symbol of the register becomes a link; anything else stays as written."),
    )


class Row(forms.Form):
    """`offers`: by name of the field what its list holds (EntryField.offer)."""

    uid = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, offers: dict[str, dict], stage: tuple[date, date], **options):
        super().__init__(*args, **options)
        self.stage = stage
        for name, offer in offers.items():
            if name in self.fields:
                self.fields[name].offer(**offer)

    def check_order(self, first: str, last: str) -> None:
        start, end = self.cleaned_data.get(first), self.cleaned_data.get(last)
        if start and end and end < start:
            self.add_error(last, _("The last day lies before the first. Check both days."))

    def check_within(self, *names: str) -> None:
        first, last = self.stage
        for name in names:
            day = self.cleaned_data.get(name)
            if day and not first <= day <= last:
                words = _("The agreement runs from %(first)s to %(last)s. Choose a day within.")
                self.add_error(
                    name, ValidationError(words, "outside", {"first": date_vi(first), "last": date_vi(last)})
                )


class FactsForm(HeadForm, Row):
    """What stands at the top and at the end of the paper."""

    uid = None
    place = forms.CharField(
        label=pgettext_lazy("letterhead", "Place"),
        required=False,
        max_length=100,
        help_text=_("Stands before the day: “An Giang, ngày …”."),
    )
    symbol = forms.CharField(
        label=_("Symbol"),
        required=False,
        max_length=60,
        help_text=_("Empty: the kind and the symbols of the parties in their order, for example KHPH-HLHPN-BDT."),
    )
    opening = forms.CharField(
        label=_("Opening"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=paragraphs(5),
        help_text=_("After the legal bases, before the first section. A blank line begins a new paragraph."),
    )
    closing = forms.CharField(
        label=_("Closing"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=paragraphs(4),
        help_text=_("The last paragraph, before the signatures; “./.” is added by itself."),
    )


class PartyRow(Row):
    uid = None
    agency = EntryField(
        label=_("Agency"),
        widget=forms.Select,
        error_messages={"required": _("Choose the agency, or leave the whole line empty.")},
    )
    desk = forms.CharField(
        label=_("Drafting desk"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"list": "desks", "autocomplete": "off"}),
        help_text=_("The office that prepares the work: one that is offered, or another one."),
    )
    signing_form = forms.ChoiceField(
        label=_("Signing form"), required=False, choices=[("", _("signs as the head")), *SigningForm.choices]
    )
    on_behalf_of = forms.CharField(
        label=_("On behalf of"),
        required=False,
        max_length=200,
        help_text=_("What follows the signing form: Ban Thường vụ, Ban Dân tộc, Giám đốc."),
    )
    title = forms.CharField(label=_("Title of who signs"), required=False, max_length=120)
    name = forms.CharField(label=_("Who signs"), required=False, max_length=100)
    signature_column = forms.IntegerField(
        label=_("Column of the signature"),
        required=False,
        min_value=1,
        max_value=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "num"}),
        help_text=_("1 is the left one. Empty: as in the symbol."),
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("signing_form") and not cleaned.get("on_behalf_of") and not cleaned.get("title"):
            self.add_error("on_behalf_of", _("Write for whom, or as what, the person signs."))
        return cleaned


class SectionRow(Row):
    level = forms.TypedChoiceField(
        label=_("Level"),
        coerce=int,
        initial=1,
        choices=[(1, _("I. (first level)")), (2, _("1. (second level)")), (3, _("1.1. (third level)"))],
        error_messages={"required": _("Choose the level of the section.")},
    )
    numbered = forms.BooleanField(label=_("With a number"), required=False, initial=True)
    heading = forms.CharField(
        label=_("Heading"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"list": "desks", "autocomplete": "off"}),
    )
    text = forms.CharField(
        label=_("Text under the heading"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=paragraphs(2),
    )

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("heading") and not cleaned.get("text"):
            self.add_error("heading", _("Write the heading or the text; to remove the section, tick “Take out”."))
        return cleaned


class ClauseRow(Row):
    text = forms.CharField(
        label=_("Task"),
        max_length=LONGEST_TEXT,
        widget=paragraphs(3),
        error_messages={"required": _("Write the task; to remove it, tick “Take out”.")},
    )
    lead = EntryField(label=_("Leads"), required=False, widget=forms.Select)
    partners = EntriesField(label=_("With"), required=False)
    cited = cited_field()
    valid_from = StageDayField(label=_("Holds from"), last=False, required=False)
    valid_to = StageDayField(label=_("Holds to"), last=True, required=False)
    follows = EntryField(label=_("Takes the place of"), required=False, widget=forms.Select)

    def clean(self):
        cleaned = super().clean()
        self.check_order("valid_from", "valid_to")
        self.check_within("valid_from", "valid_to")
        if cleaned.get("follows"):
            if not cleaned.get("valid_from") and "valid_from" not in self.errors:
                self.add_error("valid_from", _("Write from which day it takes the place of the other task."))
            if cleaned["follows"].uid == cleaned.get("uid"):
                self.add_error("follows", _("A task cannot take its own place."))
        if cleaned.get("lead") in (cleaned.get("partners") or []) and cleaned.get("lead"):
            self.add_error("partners", _("Who leads is not among those it works with: untick it."))
        return cleaned

    @property
    def has_days(self) -> bool:
        """Whether what is folded away holds something."""
        names = ("valid_from", "valid_to", "follows")
        return any(self[name].value() or self[name].errors for name in names)


class BasisRow(Row):
    """A document of the register, put in by its search, or words as typed."""

    uid = None
    target = EntryField(label=_("Document of the register"), required=False, widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Words after “Căn cứ”"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "class": "grow"}),
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("target") and cleaned.get("text"):
            self.add_error("text", _("Choose a document of the register or describe it in words, not both."))
        elif not cleaned.get("target") and not cleaned.get("text") and not self.errors:
            self.add_error("text", _("Write the document, or leave the whole line empty."))
        return cleaned

    @property
    def document(self):
        """The one of the register this line names."""
        return self.fields["target"].entries.get(str(self["target"].value() or ""))


class MilestoneRow(Row):
    nature = forms.ChoiceField(
        label=_("Kind of review"),
        choices=[("", _("Choose")), *((value, capfirst(label)) for value, label in MilestoneNature.choices)],
        error_messages={"required": _("Choose preliminary or final review, or leave the whole line empty.")},
    )
    year = forms.IntegerField(
        label=_("Year"),
        required=False,
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text=_("Enough where the days are not known yet."),
        error_messages={"invalid": _("Write the year with four digits, like 2028.")},
    )
    starts_on = StageDayField(label=_("From"), last=False, required=False)
    ends_on = StageDayField(label=_("To"), last=True, required=False)
    lead = EntryField(label=_("Leads"), required=False, widget=forms.Select)

    def clean(self):
        cleaned = super().clean()
        self.check_order("starts_on", "ends_on")
        day = cleaned.get("starts_on") or cleaned.get("ends_on")
        if cleaned.get("year") is None and "year" not in self.errors:
            if day is None:
                self.add_error("year", _("Write the year of the review."))
            else:
                cleaned["year"] = day.year
        elif day and cleaned.get("year") and day.year != cleaned["year"]:
            self.add_error("year", _("The days are not of this year. Check year and days."))
        self.check_year()
        return cleaned

    def check_year(self) -> None:
        year = self.cleaned_data.get("year")
        if year and not self.stage[0].year <= year <= self.stage[1].year + 1:
            words = _("The agreement runs from %(first)s to %(last)s. Choose one of these years or the year after.")
            days = {"first": date_vi(self.stage[0]), "last": date_vi(self.stage[1])}
            self.add_error("year", ValidationError(words, "outside", days))


class RecipientRow(Row):
    uid = None
    text = forms.CharField(
        label=_("Line as printed"),
        required=False,
        max_length=200,
        help_text=_("Empty: the name of the agency beside it."),
    )
    agency = EntryField(label=_("Agency that reads it here"), required=False, widget=forms.Select)
    is_archive = forms.BooleanField(label=_("Archive line (Lưu: …), the last one"), required=False)

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("text") and not self.errors:
            if cleaned.get("agency"):
                cleaned["text"] = cleaned["agency"].name
            else:
                self.add_error("text", _("Write the line, or choose an agency."))
        return cleaned


class ChangeRow(Row):
    nature = forms.ChoiceField(
        label=_("What happens"),
        choices=[("", _("Choose")), *((value, capfirst(label)) for value, label in ClauseChangeNature.choices)],
        error_messages={"required": _("Choose whether a task is replaced, added or repealed.")},
    )
    clause = EntryField(label=_("Task that is replaced or repealed"), required=False, widget=forms.Select)
    section = EntryField(label=_("Section a task is added to"), required=False, widget=forms.Select)
    text = forms.CharField(label=_("New text"), required=False, max_length=LONGEST_TEXT, widget=paragraphs(4))
    lead = EntryField(label=_("Leads"), required=False, widget=forms.Select)
    partners = EntriesField(label=_("With"), required=False)
    cited = cited_field()
    shown = forms.CharField(required=False, widget=forms.HiddenInput)  # the task whose lead and citations stand here
    valid_from = StageDayField(
        label=_("From"),
        last=False,
        help_text=_("The first day of the change; the old text holds until the day before."),
        error_messages={"required": _("Write from which day the change holds.")},
    )

    def clean(self):
        cleaned = super().clean()
        nature = cleaned.get("nature")
        if nature == ClauseChangeNature.ADDED:
            self.must("section", _("Choose the section the task is added to."))
            cleaned["clause"] = None
        elif nature:
            self.must("clause", _("Choose the task of the agreement."))
            cleaned["section"] = None
        if nature and nature != ClauseChangeNature.REPEALED:
            self.must("text", _("Write the new text."))
        self.check_within("valid_from")
        self.check_after_old_text()
        if cleaned.get("lead") and cleaned["lead"] in (cleaned.get("partners") or []):
            self.add_error("partners", _("Who leads is not among those it works with: untick it."))
        return cleaned

    def must(self, name: str, words) -> None:
        if not self.cleaned_data.get(name) and name not in self.errors:
            self.add_error(name, words)

    def check_after_old_text(self) -> None:
        clause, day = self.cleaned_data.get("clause"), self.cleaned_data.get("valid_from")
        if clause and day and clause.valid_from and day <= clause.valid_from:
            words = _("The task holds only from %(day)s: the change has to begin later.")
            self.add_error("valid_from", ValidationError(words, "overlap", {"day": date_vi(clause.valid_from)}))
        elif clause and day and clause.valid_to and day > clause.valid_to:
            words = _("The task holds only until %(day)s: the change has to begin by then.")
            self.add_error("valid_from", ValidationError(words, "over", {"day": date_vi(clause.valid_to)}))

    @property
    def old(self):
        """The clause chosen, whose text stands beside the new one."""
        return self.fields["clause"].entries.get(str(self["clause"].value() or ""))
