"""What is said about a record, and requests to its owner."""

from django import forms
from django.utils.translation import gettext_lazy as _

from coordination.forms import LARGEST_INTEGER
from programs.enums import MarkNature, RequestState

WORDS = forms.Textarea(attrs={"rows": 3})
WITH_WORDS = (MarkNature.RETURNED, MarkNature.DISPUTED)
LONGEST = 2000


class MarkForm(forms.Form):
    text = forms.CharField(label=_("In words"), required=False, max_length=LONGEST, widget=WORDS)
    version = forms.IntegerField(widget=forms.HiddenInput, max_value=LARGEST_INTEGER)

    def __init__(self, *args, nature, **options):
        super().__init__(*args, **options)
        if nature in WITH_WORDS:
            self.fields["text"].required = True
            self.fields["text"].label = _("What is wrong and what should be done")
            self.fields["text"].error_messages["required"] = _("Say what is wrong and what should be done.")


class AskForm(forms.Form):
    text = forms.CharField(
        label=_("What is wrong and what is right"),
        max_length=LONGEST,
        widget=WORDS,
        help_text=_("For example: 120 people came, not 112; see the list of signatures attached to our report."),
        error_messages={"required": _("Write what is wrong and what is right.")},
    )
    form_token = forms.UUIDField(widget=forms.HiddenInput, required=False)


class AnswerRequestForm(forms.Form):
    """Refused only with a word; done may be said without."""

    answer = forms.CharField(label=_("Answer"), required=False, max_length=LONGEST, widget=WORDS)
    version = forms.IntegerField(widget=forms.HiddenInput, max_value=LARGEST_INTEGER)

    def __init__(self, *args, state=RequestState.DONE, **options):
        super().__init__(*args, **options)
        self.state = state

    def clean(self):
        cleaned = super().clean()
        if self.state == RequestState.REFUSED and not cleaned.get("answer") and "answer" not in self.errors:
            self.add_error("answer", _("Say why the record stays as it is."))
        return cleaned
