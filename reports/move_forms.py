"""What people type to bring a report one step on."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.forms import DayField
from coordination.review_forms import RoundForm, WordsField
from coordination.uploads import ACCEPT, FileRefused, check_upload

REASONS = 3


class NoteForm(forms.Form):
    """A step that needs nothing but, at most, a word."""

    comment = WordsField(label=gettext_lazy("Note"), required=False, rows=2)


class SeenForm(forms.Form):
    """The document as it was read: what was taken back or moved on meanwhile is not approved by mistake."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


class WhyForm(forms.Form):
    """A step back, never without its reason."""

    comment = WordsField(
        label=gettext_lazy("What has to be mended"),
        error_messages={"required": gettext_lazy("Write why the text goes back to be edited.")},
    )


class ReturnForm(forms.Form):
    """Up to three reasons, each of one section or of the whole report; the first is needed."""

    def __init__(self, data=None, *, sections):
        super().__init__(data)
        choices = [("", _("The whole report")), *((title, title) for title in sections)]
        for number in range(1, REASONS + 1):
            self.fields[f"section_{number}"] = forms.ChoiceField(
                label=_("Section of reason %(number)s") % {"number": number}, choices=choices, required=False
            )
            self.fields[f"reason_{number}"] = WordsField(
                label=_("Reason %(number)s") % {"number": number},
                required=number == 1,
                rows=2,
                error_messages={"required": _("Write why the report is returned: its makers read it.")},
            )

    def words(self):
        """One line a reason."""
        rows = [(self.cleaned_data[f"section_{n}"], self.cleaned_data[f"reason_{n}"]) for n in range(1, REASONS + 1)]
        return "\n".join(f"- {title}: {said}" if title else f"- {said}" for title, said in rows if said)


class PartnersForm(RoundForm):
    """At least one agency, unless others sign the report too."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        if "also_asked" in self.fields:
            self.fields["also_asked"].label = _("Agencies that are asked")


class IssueForm(forms.Form):
    """Number and day as the office gave them; the symbol may be corrected; the signed copy may come with them."""

    number = forms.CharField(
        label=gettext_lazy("Number"),
        max_length=20,
        error_messages={"required": gettext_lazy("Write the number the office gave.")},
    )
    symbol = forms.CharField(label=gettext_lazy("Symbol"), max_length=60)
    issued_on = DayField(label=gettext_lazy("Day of issue"))
    signed = forms.FileField(
        label=gettext_lazy("Signed copy"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        help_text=gettext_lazy("PDF or scan of the signed paper; it may be added later too."),
        error_messages={"empty": gettext_lazy("The file is empty. Choose it again.")},
    )

    def clean_signed(self):
        """The content decides what a file is."""
        if not self.cleaned_data["signed"]:
            return None
        try:
            return check_upload(self.cleaned_data["signed"])
        except FileRefused as refusal:
            raise ValidationError(refusal.for_people(), "refused") from refusal
