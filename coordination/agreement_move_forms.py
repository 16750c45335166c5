"""What people type to bring an agreement one step on: issue it, suspend it, end it."""

from __future__ import annotations

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from coordination.agreement_forms import StageDayField
from coordination.document_forms import LONGEST_CODE, PaperDayField
from coordination.forms import EntryField
from coordination.models import Agreement
from coordination.symbols import parse
from coordination.workflow import closed_parties


class MoveForm(forms.Form):
    """A step that needs nothing but, at most, a word why."""

    comment = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Kept in the history; the other parties read it."),
    )

    def __init__(self, data=None, *, agreement: Agreement, today: date):
        super().__init__(data)
        self.agreement, self.today = agreement, today
        self.begin()

    def begin(self) -> None:
        """Fields and first values that depend on the agreement."""

    def typed(self) -> dict:
        """The fields of workflow.Given."""
        return self.cleaned_data


class DatedForm(MoveForm):
    """A suspension or an end rests on a paper and holds from a day."""

    effective_on = StageDayField(
        label=_("From which day"),
        last=False,
        error_messages={"required": _("Write from which day it holds.")},
        help_text=_("For example: 08/06/2026, also 8/6/26 or 080626"),
    )
    decision = forms.CharField(
        label=_("The paper it rests on"),
        max_length=300,
        error_messages={"required": _("Write the paper it rests on, with number and day.")},
        help_text=_("For example: Thông báo số 15/TB-SDTTG ngày 08/06/2026"),
    )
    field_order = ["effective_on", "decision", "comment"]


class IssueForm(MoveForm):
    """Number and day as the register gave them; who signed, where the text names nobody."""

    number = forms.CharField(
        label=_("Number"),
        max_length=LONGEST_CODE,
        error_messages={"required": _("Write the number the register gave.")},
        help_text=_("The number alone, or number and symbol as printed."),
    )
    symbol = forms.CharField(label=_("Symbol"), max_length=60, error_messages={"required": _("Write the symbol.")})
    issued_on = PaperDayField(
        label=_("Day of issue"),
        error_messages={"required": _("Write the day that stands on the paper.")},
        help_text=_("For example: 08/06/2026, also 8/6/26 or 080626"),
    )
    register_agency = EntryField(
        label=_("Whose register gave the number"),
        widget=forms.Select,
        error_messages={"required": _("Choose whose register gave the number.")},
    )
    field_order = ["number", "symbol", "issued_on", "register_agency"]

    def begin(self) -> None:
        document = self.agreement.document
        parties = list(document.parties.select_related("agency"))
        names = {party.agency_id: party.agency.name_on(self.today) for party in parties}
        self.fields["register_agency"].offer(
            [party.agency for party in parties], label=lambda agency: names[agency.pk].name, empty=None
        )
        symbols = "-".join([document.kind.abbreviation or document.kind.code, *(n.symbol for n in names.values())])
        self.initial |= {
            "symbol": document.symbol or symbols,
            "issued_on": None if closed_parties(document, self.today) else self.today,
            "register_agency": document.register_agency_id,
        }
        self.unsigned = [party for party in parties if not party.name]
        for party in self.unsigned:
            name = {"agency": names[party.agency_id].short_name}
            self.fields[f"signatory_{party.agency_id}"] = forms.CharField(
                label=_("Who signed for %(agency)s") % name,
                max_length=100,
                error_messages={"required": _("Write who signed for %(agency)s.") % name},
            )
        self.order_fields([*self.field_order, *(name for name in self.fields if name.startswith("signatory_"))])

    def clean(self):
        cleaned = super().clean()
        code = parse(cleaned.get("number") or "")
        if code.number and code.symbol:  # copied off the paper as a whole
            cleaned |= {"number": code.number, "symbol": code.symbol}
        if len(cleaned.get("number") or "") > 20:
            self.add_error("number", _("This is too long for a number. Write it as the register has it."))
        return cleaned

    def typed(self) -> dict:
        signed = {party.agency_id: self.cleaned_data[f"signatory_{party.agency_id}"] for party in self.unsigned}
        given = {name: value for name, value in self.cleaned_data.items() if not name.startswith("signatory_")}
        return given | {"signatories": signed}


FORMS = {"issue": IssueForm, "suspend": DatedForm, "close": DatedForm}


def move_form(action: str, data=None, *, agreement: Agreement, today: date) -> MoveForm:
    return FORMS.get(action, MoveForm)(data, agreement=agreement, today=today)
