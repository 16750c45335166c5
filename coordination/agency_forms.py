"""What is typed about agencies: filters of the list, an agency entered or corrected, its letterhead.

Forms of decisions: coordination.agency_change_forms.
"""

from __future__ import annotations

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordination.agencies import NameLine, matching, province_of, provinces_with_agencies, within
from coordination.enums import AgencyKind, AgencyRole, UnitLevel
from coordination.filters import LONGEST_SEARCH, FilterForm
from coordination.formats import date_vi
from coordination.forms import DayField, EntryField, WholeNumberField
from coordination.models import AdministrativeUnit, Agency, AgencyName
from coordination.search import clean_text
from coordination.unit_picker import find_units

LONGEST_REASON = 100  # as history keeps it
LARGEST_PLACE = 9999
NO_PLACE = {"required": _("Write the place in the protocol order, a number like 10.")}
NO_FIRST_DAY = {"required": _("Write from which day the name holds.")}
CENTRE = "centre"
OLDEST = date(1945, 9, 2)
NAME_COLUMNS = ("name", "short_name", "symbol", "place", "letterhead_parent", "letterhead")


class Standing(models.TextChoices):
    OPEN = "open", _("at work")
    CLOSED = "closed", _("ended")


class AgencyFilterForm(FilterForm):
    q = forms.CharField(
        label=_("Search by name or symbol, old or new"),
        required=False,
        max_length=LONGEST_SEARCH,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    province = forms.ChoiceField(label=_("Province"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All")), *AgencyKind.choices])
    role = forms.ChoiceField(label=_("Field of work"), required=False, choices=[("", _("All")), *AgencyRole.choices])
    standing = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *Standing.choices])

    def __init__(self, data, *, today: date):
        super().__init__(data)
        self.today = today
        self.provinces = {str(unit.pk): unit for unit in provinces_with_agencies(today)}
        listed = [(key, unit.label) for key, unit in self.provinces.items()]
        self.fields["province"].choices = [("", _("All")), (CENTRE, _("The centre")), *listed]

    def filtered(self, agencies):
        chosen = self.chosen
        agencies = matching(agencies, chosen.get("q") or "")
        agencies = agencies.filter(**{name: chosen[name] for name in ("kind", "role") if chosen.get(name)})
        if chosen.get("province") == CENTRE:
            agencies = agencies.filter(unit__isnull=True)
        elif chosen.get("province"):
            agencies = within(agencies, self.provinces[chosen["province"]])
        ended = models.Q(closed_on__lt=self.today)
        standings = {Standing.CLOSED: ended, Standing.OPEN: ~ended | models.Q(closed_on__isnull=True)}
        return agencies.filter(standings[chosen["standing"]]) if chosen.get("standing") else agencies


class OldDayField(DayField):
    """May be long ago."""

    def validate(self, value):
        forms.DateField.validate(self, value)
        if value and not OLDEST <= value <= date(timezone.localdate().year + 1, 12, 31):
            raise ValidationError(_("Check the year %(year)s."), "year", {"year": value.year})


def line_field(column: str, label, needed="", **options) -> forms.CharField:
    """`needed`: what to do where it is missing."""
    words = {"required": needed} if needed else {}
    longest = AgencyName._meta.get_field(column).max_length
    return forms.CharField(label=label, max_length=longest, error_messages=words, **options)


def name_fields() -> dict[str, forms.CharField]:
    """In the order of the page; the keys are NAME_COLUMNS."""
    return {
        "name": line_field(
            "name",
            _("Name"),
            _("Write the whole name."),
            help_text=_("The whole name, for example Sở Dân tộc và Tôn giáo"),
        ),
        "short_name": line_field(
            "short_name",
            _("Short name"),
            _("Write the short name."),
            help_text=_("As in lists, for example Sở DT&TG"),
        ),
        "symbol": line_field(
            "symbol",
            _("Symbol"),
            _("Write the symbol."),
            help_text=_("As in the symbols of its documents, for example SDTTG"),
        ),
        "place": line_field(
            "place",
            _("Place of documents"),
            _("Write the place that stands before the day."),
            help_text=_("Before the day, for example Quảng Ngãi"),
        ),
        "letterhead_parent": line_field(
            "letterhead_parent", _("Letterhead, agency above"), required=False, help_text=_("First line of the head")
        ),
        "letterhead": line_field(
            "letterhead",
            _("Letterhead, name"),
            _("Write the name as the letterhead has it."),
            required=False,
            help_text=_("Empty: the name in capitals"),
        ),
    }


def line_from(typed: dict, prefix: str = "") -> NameLine:
    return NameLine(**{column: clean_text(typed.get(f"{prefix}{column}") or "") for column in NAME_COLUMNS})


def columns_of(name: AgencyName) -> dict[str, str]:
    return {column: getattr(name, column) for column in NAME_COLUMNS}


class ReasonField(forms.CharField):
    def __init__(self, **options):
        super().__init__(
            label=_("What was wrong, and where the right one stands"),
            max_length=LONGEST_REASON,
            error_messages={"required": _("Write what was wrong and where the right one stands.")},
            **options,
        )


class IdentityForm(forms.Form):
    """What an agency is, whatever its name: kind, field of work, seat, who stands above it."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=AgencyKind.choices, error_messages={"required": _("Choose the kind of agency.")}
    )
    role = forms.ChoiceField(
        label=_("Field of work"),
        choices=AgencyRole.choices,
        error_messages={"required": _("Choose the field of work.")},
    )
    province = EntryField(
        label=_("Province"), required=False, widget=forms.Select, help_text=_("Empty: an agency of the centre")
    )
    commune = forms.CharField(
        label=_("Commune or ward"),
        required=False,
        max_length=LONGEST_SEARCH,
        help_text=_("Only of an agency of a commune: its name, with or without marks"),
    )
    parent = EntryField(label=_("Agency above"), required=False, widget=forms.Select)
    protocol_order = WholeNumberField(
        label=_("Protocol order"),
        max_value=LARGEST_PLACE,
        help_text=_("A smaller number stands before a larger one"),
        error_messages=NO_PLACE,
    )
    consolidates = forms.BooleanField(label=_("Its reports speak for the whole province"), required=False)
    opened_on = OldDayField(label=_("Opened on"), required=False, help_text=_("Empty: before the records begin"))

    def offer(self, today: date, agency: Agency | None = None):
        """Provinces of today and the seat it has; above it agencies of its province and of the centre."""
        self.today, self.seat = today, agency.unit if agency else None
        provinces = list(AdministrativeUnit.objects.of_level(UnitLevel.PROVINCE).valid_on(today))
        home = province_of(self.seat)
        self.fields["province"].offer(
            [*provinces, *([home] if home and home not in provinces else [])],
            label=province_label,
            empty=_("The centre"),
        )
        self.fields["parent"].offer(parents_for(agency, today), label=agency_label, empty=_("None"))

    def clean(self):
        typed = super().clean()
        province, words = typed.get("province"), typed.get("commune")
        if "province" in typed and "commune" in typed:
            typed["unit"] = self._commune(province, words) if words else province
        return typed

    def communes_of(self, province):
        return list(AdministrativeUnit.objects.filter(province=province).of_level(UnitLevel.COMMUNE))

    def _commune(self, province, words):
        if province is None:
            self.add_error("province", _("Choose the province of the commune."))
            return None
        if self.seat and province == province_of(self.seat) and clean_text(words) == self.seat.label:
            return self.seat
        hits = [unit for unit in find_units(self.communes_of(province), words) if unit.is_valid_on(self.today)]
        typed = clean_text(words).casefold()
        exact = [unit for unit in hits if typed in (unit.name.casefold(), unit.label.casefold())]
        if len(exact or hits) == 1:
            return (exact or hits)[0]
        self.add_error("commune", several_or_none(words, exact or hits, province))
        return None


def seat_values(agency: Agency) -> dict:
    """The seat as the two fields have it."""
    home = province_of(agency.unit)
    commune = agency.unit.label if agency.unit and agency.unit != home else ""
    return {"province": home, "commune": commune}


def several_or_none(words, hits, province) -> str:
    if not hits:
        return _("No commune of %(province)s is called “%(words)s” today.") % {"province": province, "words": words}
    names = ", ".join(unit.label for unit in hits[:5])
    return _("Several match: %(names)s. Write the whole name.") % {"names": names}


def province_label(unit) -> str:
    """Provinces of before 1 July 2025 bear names of today's."""
    return f"{unit.label} ({_('until %(day)s') % {'day': date_vi(unit.valid_to)}})" if unit.valid_to else unit.label


def agency_label(agency) -> str:
    """Many bear one name: the place tells them apart."""
    return f"{agency.name}, {agency.unit}" if agency.unit else agency.name


def parents_for(agency: Agency | None, today: date):
    """Of the level of the province and above, and the one it has."""
    rows = Agency.objects.filter(models.Q(unit__isnull=True) | models.Q(unit__level=UnitLevel.PROVINCE)).open_on(today)
    home = province_of(agency.unit) if agency else None
    if home:
        rows = within(rows, home) | rows.filter(unit__isnull=True)
    if agency:
        rows = (rows | Agency.objects.filter(pk=agency.parent_id)).exclude(pk=agency.pk)
    rows = rows.distinct().named_on(today).select_related("unit")
    return rows.order_by(models.F("unit__sort_key").asc(nulls_first=True), "protocol_order", "pk")


class CreateForm(IdentityForm):
    """`since`: the first day of the name, and of the agency where `opened_on` is filled in."""

    since = OldDayField(
        label=_("Name holds from"), help_text=_("For example: 01/03/2025"), error_messages=NO_FIRST_DAY
    )
    decided_by = forms.CharField(
        label=_("By which decision: number, day, who"), max_length=LONGEST_REASON, required=False
    )
    form_token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, today: date, **options):
        super().__init__(*args, **options)
        self.fields = name_fields() | self.fields
        self.offer(today)

    def clean(self):
        typed = super().clean()
        opened, since = typed.get("opened_on"), typed.get("since")
        if opened and since and since < opened:
            self.add_error("since", _("The name cannot hold before the agency was opened. Choose a later day."))
        return typed

    @property
    def columns(self) -> dict:
        names = ("kind", "role", "unit", "parent", "protocol_order", "consolidates", "opened_on", "form_token")
        return {name: self.cleaned_data[name] for name in names}


class Lockable:
    """A form with a `version`: a later save elsewhere is shown beside what was typed, which stays."""

    def show_changed(self, agency: Agency):
        last = agency.history.select_related("history_user").first()
        who = last.history_user.full_name if last and last.history_user else _("Somebody")
        words = _("%(person)s changed this agency meanwhile. What stands now: %(now)s. Compare, then save again.")
        self.add_error(None, words % {"person": who, "now": self.stands_now(agency)})
        self.data = self.data.copy()
        self.data["version"] = agency.version

    def stands_now(self, agency: Agency) -> str:
        """The name of today and what the fields of the form would say, as far as they differ."""
        name = agency.name_on(timezone.localdate())
        now = columns_of(name) | {"desks": agency.desks.replace("\n", "; ")} | self.columns_now(agency)
        shown = [
            f"{self.fields[key].label}: {value or '…'}"
            for key, value in now.items()
            if key in self.fields and str(value) != str(self.cleaned_data.get(key) or "")
        ]
        return "; ".join(shown) or name.name

    def columns_now(self, agency: Agency) -> dict:
        return {}


class CorrectForm(Lockable, IdentityForm):
    closed_on = OldDayField(label=_("Last day"), required=False, help_text=_("Empty: it is at work"))
    reason = ReasonField()
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, agency: Agency, today: date, **options):
        super().__init__(*args, **options)
        self.offer(today, agency)

    def clean(self):
        typed = super().clean()
        opened, closed = typed.get("opened_on"), typed.get("closed_on")
        if opened and closed and closed < opened:
            self.add_error("closed_on", _("The last day must not be before the first day."))
        return typed

    def columns_now(self, agency):
        home = seat_values(agency)
        return {
            "kind": agency.get_kind_display(),
            "role": agency.get_role_display(),
            "province": home["province"] or "",
            "commune": home["commune"],
            "protocol_order": agency.protocol_order,
            "opened_on": date_vi(agency.opened_on) if agency.opened_on else "",
            "closed_on": date_vi(agency.closed_on) if agency.closed_on else "",
        }

    @property
    def columns(self) -> dict:
        left = ("province", "commune", "reason", "version")
        return {name: value for name, value in self.cleaned_data.items() if name not in left}


class NameForm(Lockable, forms.Form):
    """Corrects one name, for all days it holds."""

    valid_from = OldDayField(label=_("Name holds from"), error_messages=NO_FIRST_DAY)
    decided_by = forms.CharField(label=_("By which decision: number, day, who"), max_length=200, required=False)
    reason = ReasonField()
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields = name_fields() | self.fields

    @property
    def line(self) -> NameLine:
        return line_from(self.cleaned_data)


class LetterheadForm(Lockable, forms.Form):
    """What the administrator of an agency keeps of it."""

    desks = forms.CharField(
        label=_("Drafting desks"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("One a line, as documents name who drafted them"),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        fields = name_fields()
        fields["letterhead"].required = True
        fields["letterhead"].help_text = ""
        self.fields = {name: fields[name] for name in ("letterhead_parent", "letterhead", "place")} | self.fields

    @property
    def columns(self) -> dict:
        """`desks` one a line, each once."""
        typed = {name: clean_text(value) for name, value in self.cleaned_data.items() if name != "version"}
        return typed | {"desks": "\n".join(dict.fromkeys(line for line in typed["desks"].split("\n") if line))}
