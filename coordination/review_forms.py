"""What people type in a review: an answer, a comment, the day until which agencies are asked."""

from django import forms
from django.utils.translation import gettext_lazy as _

from coordination.enums import OpinionChoice
from coordination.forms import DayField, EntriesField

LONGEST = 5000  # letters of a comment or an opinion


class WordsField(forms.CharField):
    """A few sentences; line breaks stay."""

    def __init__(self, *, rows=3, **options):
        super().__init__(max_length=LONGEST, widget=forms.Textarea(attrs={"rows": rows}), **options)


class OpinionForm(forms.Form):
    """`seen`: sha256 of the text the reader had before the eyes; the button pressed is the choice."""

    choice = forms.ChoiceField(
        choices=OpinionChoice.choices, error_messages={"required": _("Choose one of the three answers.")}
    )
    text = WordsField(label=_("Your comments, or what should change"), required=False)
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def clean(self):
        values = super().clean()
        choice = values.get("choice")
        if choice and choice != OpinionChoice.AGREES and not values.get("text") and "text" not in self.errors:
            self.add_error("text", _("Write what should change, or what your comments are."))
        return values


class CommentForm(forms.Form):
    """`key` names the block ("" = the whole document), `answers` the thread it goes on."""

    text = WordsField(label=_("Your comment"), error_messages={"required": _("Write your comment first.")})
    key = forms.CharField(max_length=60, required=False, widget=forms.HiddenInput)
    answers = forms.UUIDField(required=False, widget=forms.HiddenInput)
    form_token = forms.UUIDField(widget=forms.HiddenInput)


class RoundForm(forms.Form):
    """Parties are asked in any case; `also_asked` may speak without having to."""

    due_on = DayField(
        label=_("Opinions are due on"),
        error_messages={"required": _("Write until which day opinions are due.")},
    )
    request = WordsField(label=_("What you ask for"), required=False)
    also_asked = EntriesField(label=_("Ask these agencies too"), required=False)

    def __init__(self, *args, agencies, **options):
        super().__init__(*args, **options)
        self.fields["also_asked"].offer(agencies, label=lambda agency: agency.short_name)
        if not agencies:
            del self.fields["also_asked"]
