"""What people type into the register of documents."""

from __future__ import annotations

import uuid
from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordination.enums import DocumentState, FileNature, LinkNature
from coordination.filters import LONGEST_SEARCH, DirectionFilterForm
from coordination.forms import DayField, EntryField, WholeNumberField
from coordination.models import Agency, Document, DocumentKind
from coordination.register import Arrival, Paper, in_direction, issuer_called, may_be_signed
from coordination.symbols import Code, parse
from coordination.uploads import ACCEPT, FileRefused, check_upload

LONGEST_CODE = 80
LINKS = (1, 2, 3)  # lines for documents the paper rests on
OLDEST = date(1945, 9, 2)


class RegisterFilterForm(DirectionFilterForm):
    """Filters of the register."""

    q = forms.CharField(
        label=_("Search in number, symbol and subject"),
        required=False,
        max_length=LONGEST_SEARCH,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    kind = forms.ChoiceField(label=_("Kind of document"), required=False)
    year = forms.TypedChoiceField(label=_("Year"), required=False, coerce=int, empty_value=None)
    issuer = forms.ChoiceField(label=_("Issued by"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *DocumentState.choices])

    def __init__(self, data, *, rows, today: date):
        """`rows`: the documents the person may read; only what they hold is offered."""
        super().__init__(data)
        kinds = DocumentKind.objects.filter(pk__in=rows.values("kind")).values_list("pk", "name")
        years = rows.order_by("-register_year").values_list("register_year", flat=True).distinct()
        issuers = Agency.objects.filter(pk__in=rows.values("register_agency")).named_on(today).in_protocol_order()
        offered = {"kind": kinds, "year": [(year, year) for year in years]}
        offered["issuer"] = issuers.values_list("pk", "short_name")
        for name, choices in offered.items():
            self.fields[name].choices = [("", _("All")), *choices]

    def filtered(self, rows, agencies):
        columns = {"kind": "kind", "year": "register_year", "issuer": "register_agency", "state": "state"}
        wanted = {column: value for name, column in columns.items() if (value := self.chosen.get(name))}
        rows = in_direction(rows.filter(**wanted), self.direction_shown, agencies)
        return rows.matching(self.chosen.get("q") or "")


class PaperDayField(DayField):
    """The day on a paper: may be long ago, not ahead."""

    def validate(self, value):
        forms.DateField.validate(self, value)
        if value and value > timezone.localdate():
            raise ValidationError(_("This day lies ahead. Write the day that stands on the paper."), "ahead")
        if value and value < OLDEST:
            raise ValidationError(_("Check the year %(year)s."), "year", {"year": value.year})


class PaperForm(forms.Form):
    """A paper that was made or received outside the portal. One form makes one document: `uid` is its own."""

    uid = forms.UUIDField(widget=forms.HiddenInput)
    issuer = EntryField(label=_("Issued by"), required=False, widget=forms.Select)
    issuer_name = forms.CharField(
        label=_("Another issuer"),
        required=False,
        max_length=200,
        help_text=_("Only when it is not in the list: the whole name, for example Government, Party Committee of …"),
    )
    code = forms.CharField(
        label=_("Number and symbol"),
        required=False,
        max_length=LONGEST_CODE,
        help_text=_("As printed, for example 9478/UBND-KGVX, 09/2019/NĐ-CP, 250-KL/TU. Empty when not known."),
    )
    kind = EntryField(
        label=_("Kind of document"), required=False, widget=forms.Select, help_text=_("Empty: taken from the symbol.")
    )
    issued_on = PaperDayField(
        label=_("Day on the paper"),
        help_text=_("For example: 08/06/2026, also 8/6/26 or 080626"),
        error_messages={"required": _("Write the day that stands on the paper.")},
    )
    subject = forms.CharField(
        label=_("Subject"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What stands under the kind of the document, or behind V/v."),
        error_messages={"required": _("Write what the paper is about.")},
    )
    arrival_number = WholeNumberField(
        label=_("Number of arrival"), required=False, min_value=1, help_text=_("Empty: the next number of the year.")
    )
    arrived_on = PaperDayField(label=_("Day of arrival"), required=False, help_text=_("Empty: today."))

    def __init__(self, data=None, *, agency: Agency, today: date, **options):
        super().__init__(data, **options)
        self.agency, self.today = agency, today
        province = agency.province_id
        near = Q(unit=None) | Q(unit=province) | Q(unit__province=province) if province else Q()
        issuers = list(Agency.objects.filter(near).named_on(today).in_protocol_order())
        issuers.sort(key=lambda issuer: issuer.pk != agency.pk)
        self.fields["issuer"].offer(issuers, label=lambda issuer: issuer.name, empty=_("Choose an agency"))
        self.kinds = list(DocumentKind.objects.offered_to(province))
        self.fields["kind"].offer(self.kinds, empty=_("From the symbol"))
        for number in LINKS:
            self.fields[f"nature_{number}"] = forms.ChoiceField(
                label=_("How"), required=False, choices=LinkNature.choices, initial=LinkNature.BASIS
            )
            self.fields[f"link_{number}"] = forms.CharField(
                label=_("Document %(number)s") % {"number": number}, required=False, max_length=500
            )

    @property
    def link_rows(self):
        return [(self[f"nature_{number}"], self[f"link_{number}"]) for number in LINKS]

    def clean_code(self) -> Code:
        code = parse(self.cleaned_data["code"])
        if len(code.number) > 20 or len(code.symbol) > 60:
            raise ValidationError(_("This is too long for a number and symbol. Write them as printed."), "long")
        return code

    def clean(self):
        cleaned = super().clean()
        self.check_issuer()
        self.find_kind()
        self.check_arrival()
        return cleaned

    def check_issuer(self) -> None:
        chosen, named = self.cleaned_data.get("issuer"), self.cleaned_data.get("issuer_name")
        if chosen and named:
            self.add_error("issuer_name", _("Choose an agency of the list or write another one, not both."))
        elif not chosen and not named and "issuer" not in self.errors:
            self.add_error("issuer", _("Choose who issued the paper, or write its name below."))

    def find_kind(self) -> None:
        """The first group of the symbol is the abbreviation; a letter (công văn) has none."""
        code = self.cleaned_data.get("code")
        if self.cleaned_data.get("kind") or code is None or "kind" in self.errors:
            return
        by_abbreviation = {kind.abbreviation.casefold(): kind for kind in self.kinds if kind.abbreviation}
        kind = by_abbreviation.get(code.words[0].casefold()) if code.words else None
        if kind is None:
            self.add_error("kind", _("The symbol does not say the kind. Choose it; a letter is Công văn."))
        self.cleaned_data["kind"] = kind

    def check_arrival(self) -> None:
        number, day = self.cleaned_data.get("arrival_number"), self.cleaned_data.get("arrived_on")
        issued_on = self.cleaned_data.get("issued_on")
        if self.is_own:
            if number or day:
                message = _("A paper of your own agency has no number of arrival. Leave number and day empty.")
                self.add_error("arrival_number", message)
        elif day and issued_on and day < issued_on:
            self.add_error("arrived_on", _("The paper cannot arrive before its own day. Check both days."))

    @property
    def is_own(self) -> bool:
        return self.cleaned_data.get("issuer") == self.agency

    def arrival(self) -> Arrival | None:
        if self.is_own:
            return None
        return Arrival(self.cleaned_data["arrived_on"] or self.today, self.cleaned_data["arrival_number"])

    def paper(self) -> Paper:
        """Makes the issuer when it is in no list: call it inside a transaction."""
        cleaned = self.cleaned_data
        links = ((cleaned[f"nature_{number}"] or LinkNature.BASIS, cleaned[f"link_{number}"]) for number in LINKS)
        return Paper(
            uid=cleaned["uid"],
            issuer=cleaned["issuer"] or issuer_called(cleaned["issuer_name"], cleaned["code"]),
            kind=cleaned["kind"],
            code=cleaned["code"],
            subject=cleaned["subject"],
            issued_on=cleaned["issued_on"],
            links=tuple(link for link in links if link[1]),
        )


def first_values() -> dict:
    return {"uid": uuid.uuid4()}


class ArrivalForm(forms.Form):
    """A document that came through the portal gets its number in the agency's own series of arrivals."""

    arrival_number = WholeNumberField(
        label=_("Number of arrival"), required=False, min_value=1, help_text=_("Empty: the next number of the year.")
    )
    arrived_on = PaperDayField(label=_("Day of arrival"), required=False, help_text=_("Empty: today."))

    def __init__(self, data=None, *, document: Document, today: date):
        super().__init__(data)
        self.document, self.today = document, today

    def clean_arrived_on(self):
        day = self.cleaned_data["arrived_on"] or self.today
        if self.document.issued_on and day < self.document.issued_on:
            raise ValidationError(_("The paper cannot arrive before its own day. Check both days."), "early")
        return day

    def arrival(self) -> Arrival:
        return Arrival(self.cleaned_data["arrived_on"], self.cleaned_data["arrival_number"])


class UploadForm(forms.Form):
    """The content decides what a file is; `checked` is what came of it."""

    nature = forms.ChoiceField(
        label=_("What it is"), widget=forms.RadioSelect, error_messages={"required": _("Choose what the file is.")}
    )
    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        help_text=_("PDF, Word, Excel, JPEG or PNG. Whoever may read the document may read its files."),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty. Choose it again.")},
        max_length=None,
    )

    def __init__(self, *args, document: Document, **options):
        super().__init__(*args, **options)
        natures = [FileNature.ATTACHMENT]
        if may_be_signed(document):
            natures.insert(0, FileNature.SIGNED)
        self.fields["nature"].choices = [(nature.value, nature.label) for nature in natures]
        self.initial.setdefault("nature", natures[0])
        self.checked = None

    def clean_file(self):
        try:
            self.checked = check_upload(self.cleaned_data["file"])
        except FileRefused as refusal:
            raise ValidationError(refusal.for_people(), "refused") from refusal
        return self.cleaned_data["file"]
