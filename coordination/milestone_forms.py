"""Which document came of a review the parties agreed on."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from coordination.formats import date_vi
from coordination.forms import EntryField
from coordination.models import Document


def line_of(document: Document) -> str:
    day = date_vi(document.issued_on) if document.issued_on else ""
    return " · ".join(filter(None, (document.code, document.subject, day)))


class ResultForm(forms.Form):
    """`version`: of the milestone the form was filled from."""

    result = EntryField(
        label=_("What came of it"),
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose a document of the list; search for it first if it is not there.")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, offered: Iterable[Document], **options):
        super().__init__(*args, **options)
        self.fields["result"].offer(offered, label=line_of, empty=_("Nothing yet: the review is still to be held"))
