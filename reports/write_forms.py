"""What people type while a report is written."""

from django import forms
from django.utils.translation import gettext_lazy as _

from coordination.forms import DayField, EntryField
from reports.writing import STARTS

LONGEST = 60_000  # letters of one section: some thirty pages
LONGEST_REQUEST = 2_000


class TextForm(forms.Form):
    """`version`: of the text when it was opened, 0 while it is that of the outline. `insert`: words put at its end."""

    text = forms.CharField(
        label=_("Words of the section"),
        required=False,
        max_length=LONGEST,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "class": "write-text"}),
        help_text=_(
            "A blank line begins a paragraph, “- ” and “+ ” begin lines of a list. Numbers stand in braces and are "
            "computed; what stands in [ ] is left out where it has no data."
        ),
    )
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    insert = forms.CharField(required=False, max_length=LONGEST, widget=forms.HiddenInput)

    def whole_text(self) -> str:
        """With what a button put in: a figure goes on in the last line, a sentence begins a paragraph."""
        text, more = self.cleaned_data["text"], self.cleaned_data["insert"]
        if not more:
            return text
        gap = "" if not text else " " if more.startswith("{") else "\n\n"
        return f"{text.rstrip()}{gap}{more}"


class GiveForm(forms.Form):
    """Without an agency the section is written by the agency of the report again."""

    agency = EntryField(label=_("Agency that writes it"), required=False)
    due_on = DayField(label=_("To be written by"), required=False)
    request = forms.CharField(
        label=_("What you ask for"),
        required=False,
        max_length=LONGEST_REQUEST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args, agencies, today, **options):
        super().__init__(*args, **options)
        self.today = today
        self.fields["agency"].offer(agencies, label=lambda agency: agency.short_name, empty=_("Our own agency"))

    def clean(self):
        values = super().clean()
        due = values.get("due_on")
        if values.get("agency") and not due and "due_on" not in self.errors:
            self.add_error("due_on", _("Write until which day the section is needed."))
        elif due and due < self.today:
            self.add_error("due_on", _("This day is over. Write a later one."))
        return values


class StartForm(forms.Form):
    how = forms.ChoiceField(choices=[(how, how) for how in STARTS])


class RestoreForm(forms.Form):
    """`state`: the row of history; empty: the text of the outline."""

    state = forms.IntegerField(required=False, min_value=1)
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1)


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it is right all the same"),
        max_length=LONGEST_REQUEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why the number is right all the same.")},
    )
    code = forms.CharField(max_length=120, widget=forms.HiddenInput)
    said = forms.CharField(max_length=LONGEST_REQUEST, widget=forms.HiddenInput)
