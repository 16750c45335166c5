"""What people type about an agreement as a whole: a new one, one made on paper, the day its text is read on."""

from __future__ import annotations

import re
import uuid
from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordination.agencies import now_of
from coordination.agreement_actions import Draft, Standing
from coordination.agreement_parts import Cited, PartyLine
from coordination.document_forms import LONGEST_CODE, PaperDayField
from coordination.enums import DocumentState, UnitLevel
from coordination.formats import date_vi
from coordination.forms import FIRST_DAY, DayField, EntryField
from coordination.models import AdministrativeUnit, Agency, Agreement, Document, DocumentKind, User
from coordination.register import target_of
from coordination.symbols import Code, parse
from coordination.uploads import ACCEPT, FileRefused, check_upload

KINDS = ("KHPH", "CTPH")  # what agencies agree on most, in front of the other kinds
FIRST_ROWS, MORE_ROWS, MOST_ROWS = 4, 2, 20  # lines for parties
LONGEST_LABEL = 100  # letters of an agreement in a list
LONGEST_STAGE = 30  # years; catches a mistyped century
YEAR = re.compile(r"\s*(?:năm\s+)?(\d{4})\s*", re.IGNORECASE)


class StageDayField(DayField):
    """First or last day of the years agreed on; a year alone is its first or its last day."""

    def __init__(self, *, last: bool, **options):
        super().__init__(**options)
        self.last = last

    def to_python(self, value):
        if isinstance(value, str) and (match := YEAR.fullmatch(value)) and int(match[1]) > 0:
            return date(int(match[1]), 12, 31) if self.last else date(int(match[1]), 1, 1)
        return super().to_python(value)

    def validate(self, value):
        forms.DateField.validate(self, value)
        if value and not FIRST_DAY.year <= value.year <= FIRST_DAY.year + 2 * LONGEST_STAGE:
            raise ValidationError(_("Check the year %(year)s."), "year", {"year": value.year})


class DayForm(forms.Form):
    """The day whose text is shown."""

    day = StageDayField(
        last=False,
        label=_("Text in force on"),
        help_text=_("For example: 08/06/2026, also 8/6/26 or 080626"),
        error_messages={"required": _("Write the day whose text you want to read.")},
    )

    def __init__(self, data=None, *, agreement: Agreement, first: dict, **options):
        """`first`: shown where no day was asked for."""
        super().__init__(data if data and "day" in data else None, initial=first, **options)
        self.agreement = agreement

    def clean_day(self):
        day = self.cleaned_data["day"]
        if not self.agreement.stage_from <= day <= self.agreement.stage_to:
            raise ValidationError(
                _("The agreement runs from %(first)s to %(last)s. Choose a day within."),
                "outside",
                {"first": date_vi(self.agreement.stage_from), "last": date_vi(self.agreement.stage_to)},
            )
        return day


def offered_agencies(agency: Agency, today: date, *, closed: bool = False) -> list[Agency]:
    """Of the province of `agency`, its communes, the provinces it was made of, and of the centre; its own first.

    `closed`: those no longer at work too, for papers of earlier days.
    """
    agencies = Agency.objects.select_related("unit").named_on(today).in_protocol_order()
    if not closed:
        agencies = agencies.open_on(today)
    if agency.unit:
        here = AdministrativeUnit.objects.lineage_of({agency.unit.own_province_id}).values("pk")
        agencies = agencies.filter(Q(unit=None) | Q(unit__in=here) | Q(unit__province__in=here))
    return sorted(agencies, key=lambda row: (row.pk != agency.pk, row.unit is None, _level(row)))


def _level(agency: Agency) -> int:
    return UnitLevel.values.index(agency.unit.level) if agency.unit else 0


def agency_heading(agency: Agency) -> str:
    if agency.unit is None:
        return str(_("Of the centre"))
    return str(_("Of the province") if agency.unit.level == UnitLevel.PROVINCE else _("Of communes and wards"))


def agency_label(agency: Agency) -> str:
    label = agency.name
    if agency.unit and agency.unit.name not in label:
        label = f"{label}, {agency.unit.label}"
    if agency.closed_on:
        label = f"{label} ({_('until %(day)s') % {'day': date_vi(agency.closed_on)}})"
    return label


class HeadForm(forms.Form):
    """What stands on top of every agreement, with the years agreed on, both days inclusive."""

    kind = EntryField(
        label=_("Kind of document"), widget=forms.Select, error_messages={"required": _("Choose the kind.")}
    )
    subject = forms.CharField(
        label=_("Subject"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What stands under the kind of the document: about what, between whom, for which years."),
        error_messages={"required": _("Write what the agreement is about.")},
    )
    stage_from = StageDayField(
        label=_("Stage from"),
        last=False,
        help_text=_("A year is enough: 2026 is 01/01/2026."),
        error_messages={"required": _("Write the first year or day.")},
    )
    stage_to = StageDayField(
        label=_("Stage to"),
        last=True,
        help_text=_("A year is enough: 2030 is 31/12/2030."),
        error_messages={"required": _("Write the last year or day.")},
    )

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("stage_from"), cleaned.get("stage_to")
        if first and last and last < first:
            self.add_error("stage_to", _("The stage cannot end before it begins. Check both days."))
        return cleaned


class AgreementForm(HeadForm):
    """A draft with its parties in the order of the symbol. One form makes one agreement: `form_token` is its own."""

    form_token = forms.UUIDField(widget=forms.HiddenInput)
    rows = forms.IntegerField(widget=forms.HiddenInput, required=False)
    closed = False  # whether agencies no longer at work may be parties

    def __init__(self, data=None, files=None, *, agency: Agency, today: date, **options):
        super().__init__(data, files, **options)
        self.agency, self.today = agency, today
        kinds = DocumentKind.objects.offered_to(agency.province_id)
        first = sorted(kinds, key=lambda kind: (kind.code not in KINDS, kind.pk))
        self.fields["kind"].offer(first, empty=_("Choose a kind"))
        self.agencies = offered_agencies(agency, today, closed=self.closed)
        for number in range(1, self.row_count + 1):
            self.add_row(number)

    @property
    def row_count(self) -> int:
        typed = str(self.data.get("rows") or self.initial.get("rows") or "")
        return min(max(int(typed) if typed.isdecimal() else 0, FIRST_ROWS), MOST_ROWS)

    def add_row(self, number: int) -> None:
        label = _("Party %(number)s") % {"number": number}
        field = EntryField(label=label, required=False, widget=forms.Select)
        field.offer(self.agencies, label=agency_label, heading=agency_heading, empty=_("Choose an agency"))
        self.fields[f"party_{number}"] = field

    @property
    def party_rows(self):
        """Bound fields of each line of parties."""
        return [[self[f"party_{number}"]] for number in range(1, self.row_count + 1)]

    @property
    def parties(self) -> list[tuple[str, Agency]]:
        """Name of the field and the agency chosen in it, in the order of the symbol."""
        names = [f"party_{number}" for number in range(1, self.row_count + 1)]
        return [(name, agency) for name in names if (agency := self.cleaned_data.get(name))]

    def clean(self):
        cleaned = super().clean()
        self.check_parties()
        return cleaned

    def check_parties(self) -> None:
        chosen: list[Agency] = []
        for name, agency in self.parties:
            if agency in chosen:
                self.add_error(name, _("This agency is already a party. Choose another one, or leave the line empty."))
            chosen.append(agency)
        if any(name.startswith("party_") for name in self.errors):
            return
        if len(chosen) < 2:
            self.add_error(f"party_{len(chosen) + 1}", _("An agreement has two parties or more. Choose the agency."))
        elif not Agency.objects.lineage_of({self.agency.pk}) & {agency.pk for agency in chosen}:
            words = _("Your own agency is not among the parties. Papers of others go into the register of documents.")
            self.add_error("party_1", words)

    def draft(self) -> Draft:
        cleaned = self.cleaned_data
        return Draft(
            kind=cleaned["kind"],
            subject=cleaned["subject"],
            stage_from=cleaned["stage_from"],
            stage_to=cleaned["stage_to"],
            agencies=[agency for _name, agency in self.parties],
            form_token=cleaned["form_token"],
            register_agency=self.keeper(),
        )

    def keeper(self) -> Agency | None:
        """The agency one acts for keeps the draft: the others see it from the day it is put to them."""
        return self.agency if self.agency in dict(self.parties).values() else None


class RegisterOnlyForm(AgreementForm):
    """One signed outside the portal: what stands on the paper, and its scanned copy."""

    code = forms.CharField(
        label=_("Number and symbol"),
        required=False,
        max_length=LONGEST_CODE,
        help_text=_("As printed, for example 123/KHPH-HLHPN-BDT. Empty when not known."),
    )
    issued_on = PaperDayField(
        label=_("Day on the paper"),
        help_text=_("For example: 08/06/2026, also 8/6/26 or 080626"),
        error_messages={"required": _("Write the day that stands on the paper.")},
    )
    register_agency = EntryField(
        label=_("Whose register gave the number"),
        required=False,
        widget=forms.Select,
        help_text=_("Empty: the first party."),
    )
    amends = EntryField(
        label=_("It amends"),
        required=False,
        widget=forms.Select,
        help_text=_("One that is not in the list is entered first. Which tasks it changes may be recorded after."),
    )
    continues = EntryField(label=_("It continues"), required=False, widget=forms.Select)
    bases = forms.CharField(
        label=_("It stands under"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2, "class": "grow"}),
        help_text=_("One a line. A number and symbol of the register becomes a link; anything else stays as written."),
    )
    file = forms.FileField(
        label=_("Signed file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        help_text=_("The scanned paper as PDF. It can be added later too."),
        error_messages={"empty": _("The file is empty. Choose it again.")},
    )
    closed = True

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["register_agency"].offer(
            self.agencies, label=agency_label, heading=agency_heading, empty=_("The first party")
        )
        ours = Agency.objects.lineage_of({self.agency.pk})
        for name, rows in (("amends", agreements_of(ours).filter(amends=None)), ("continues", agreements_of(ours))):
            self.fields[name].offer(rows, label=agreement_label, empty=_("None"))
        self.checked = None

    def add_row(self, number: int) -> None:
        super().add_row(number)
        self.fields[f"signatory_{number}"] = forms.CharField(
            label=_("Signed by %(number)s") % {"number": number}, required=False, max_length=100
        )

    @property
    def party_rows(self):
        return [[self[f"party_{number}"], self[f"signatory_{number}"]] for number in range(1, self.row_count + 1)]

    def clean_code(self) -> Code:
        code = parse(self.cleaned_data["code"])
        if len(code.number) > 20 or len(code.symbol) > 60:
            raise ValidationError(_("This is too long for a number and symbol. Write them as printed."), "long")
        return code

    def clean_file(self):
        if self.cleaned_data["file"]:
            try:
                self.checked = check_upload(self.cleaned_data["file"])
            except FileRefused as refusal:
                raise ValidationError(refusal.for_people(), "refused") from refusal
        return self.cleaned_data["file"]

    def clean(self):
        cleaned = super().clean()
        self.check_at_work(cleaned.get("issued_on"))
        self.check_later(cleaned.get("issued_on"), "amends", "continues")
        if cleaned.get("amends") and cleaned.get("amends") == cleaned.get("continues"):
            self.add_error("continues", _("It amends this one already. Choose another one, or none."))
        keeper = cleaned.get("register_agency")
        if keeper and keeper not in dict(self.parties).values():
            self.add_error("register_agency", _("Choose one of the parties, or leave it empty."))
        return cleaned

    def check_at_work(self, day: date | None) -> None:
        for name, agency in self.parties if day else ():
            if not agency.is_open_on(day):
                self.add_error(
                    name, _("This agency was not at work on the day of the paper. Choose the one of that day.")
                )

    def check_later(self, day: date | None, *names: str) -> None:
        for name in names:
            other = self.cleaned_data.get(name)
            if day and other and other.document.issued_on > day:
                words = _("That one is of %(day)s, after this paper. Check the day, or choose another one.")
                self.add_error(name, words % {"day": date_vi(other.document.issued_on)})

    def keeper(self) -> Agency | None:
        return self.cleaned_data["register_agency"]

    def stands(self, user: User) -> Standing:
        lines = filter(None, map(str.strip, self.cleaned_data["bases"].splitlines()))
        bases = [Cited(**target_of(words[:500], user)) for words in lines]
        return Standing(self.cleaned_data["amends"], self.cleaned_data["continues"], bases)

    def signed_by(self) -> list[PartyLine]:
        names = ((agency, self.cleaned_data[name.replace("party", "signatory")]) for name, agency in self.parties)
        return [PartyLine(agency, name=signatory) for agency, signatory in names]


def agreements_of(agencies: set[int]):
    """Issued ones they signed or keep, the newest first."""
    party = Document.objects.filter(parties__agency__in=agencies).values("pk")
    rows = Agreement.objects.filter(Q(document__register_agency__in=agencies) | Q(document__in=party))
    rows = rows.filter(document__state__in=DocumentState.in_the_open())
    return rows.select_related("document__kind").in_reading_order()


def agreement_label(agreement: Agreement) -> str:
    words = " – ".join(filter(None, (agreement.document.code, agreement.document.subject)))
    return words if len(words) <= LONGEST_LABEL else f"{words[:LONGEST_LABEL]}…"


def new_token() -> dict:
    return {"form_token": uuid.uuid4()}


def values_of(agreement: Agreement, today: date) -> dict:
    """First values of an agreement made after another one; an agency that was closed is taken by what came of it."""
    parties = [now_of(party.agency, today) for party in agreement.document.parties.select_related("agency")]
    values = {
        "kind": agreement.document.kind_id,
        "subject": agreement.document.subject,
        "stage_from": agreement.stage_from,
        "stage_to": agreement.stage_to,
        "rows": max(FIRST_ROWS, len(parties)),
    }
    rows = dict.fromkeys(agency.pk for agency in parties if not (agency.closed_on and agency.closed_on < today))
    return values | new_token() | {f"party_{number}": pk for number, pk in enumerate(rows, 1)}


def next_stage(agreement: Agreement, today: date) -> dict:
    """The years after, as many as before; the years in the subject move along."""
    years = agreement.stage_to.year - agreement.stage_from.year + 1
    moved = {str(agreement.stage_from.year + step): agreement.stage_from.year + step + years for step in range(years)}
    subject = re.sub(r"\d{4}", lambda year: str(moved.get(year[0], year[0])), agreement.document.subject)
    first, last = agreement.stage_to.year + 1, agreement.stage_to.year + years
    stage = {"stage_from": date(first, 1, 1), "stage_to": date(last, 12, 31)}
    return values_of(agreement, today) | stage | {"subject": subject}


def amendment_of(agreement: Agreement, today: date) -> dict:
    document = agreement.document
    # The words of a paper, in Vietnamese whatever language the screen has.
    subject = f"Sửa đổi, bổ sung {document.kind.name} số {document.code}" if document.code else ""
    subject = subject or f"Sửa đổi, bổ sung {document.kind.name} {document.subject[:1].lower()}{document.subject[1:]}"
    return values_of(agreement, today) | {"subject": subject[:500]}
