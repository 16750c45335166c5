"""What people type about rounds: what is asked of whom, more time, who is left out, which rows to show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from coordination.enums import AgencyKind, AgencyRole, DocumentState, UnitLevel
from coordination.formats import date_vi
from coordination.forms import DayField, EntriesField, EntryField
from coordination.models import Agency, Document, Membership
from coordination.search import search_text
from reports.actions import CannotDraft, outline_for, province_of
from reports.enums import OutlineState, PeriodKind, ReportKind, SeatState
from reports.forms import LONGEST_SEARCH, label_with_days
from reports.models import ReportingPeriod, ReportOutline
from reports.rounds import Asked
from reports.seats import Standing

LETTERS_OFFERED = 100
TIERS = ("due_sender", "due_compiler", "due_leader")


@dataclass(frozen=True)
class Offered:
    """Agencies that can be asked, with their names of today; and those often asked together: key -> words, ids."""

    agencies: list[Any]
    groups: dict[str, tuple[str, frozenset[int]]] = field(default_factory=dict)


def offered_to(agency: Agency, today: date, without: Iterable[int] = ()) -> Offered:
    """Open agencies of its province at every level, of the centre those of all provinces; the agency itself, too.

    Party bodies are asked by other ways: none reports to a state agency.
    """
    place = agency.province_id
    near = Q(unit=place) | Q(unit__province=place) if place else Q(unit__level=UnitLevel.PROVINCE)
    rows = Agency.objects.open_on(today).filter(near).exclude(kind=AgencyKind.PARTY).exclude(pk__in=list(without))
    rows = rows.select_related("unit").named_on(today).order_by("protocol_order", "unit__sort_key", "pk")
    agencies = list(rows)
    return Offered(agencies, _groups(agencies, agency))


def _groups(agencies: list[Any], asker: Agency) -> dict[str, tuple[str, frozenset[int]]]:
    own = {one.pk for one in agencies if one.pk == asker.pk}
    unions = {one.pk for one in agencies if one.kind == AgencyKind.UNION} - own
    of_province = {one.pk for one in agencies if one.unit.level == UnitLevel.PROVINCE and one.kind == AgencyKind.STATE}
    of_communes = {one.pk for one in agencies if one.unit.level == UnitLevel.COMMUNE}
    committees = {one.pk for one in agencies if one.role == AgencyRole.PEOPLES_COMMITTEE} & of_communes
    above = {asker.parent_id}
    named = {
        "own": (_("Your own agency: its records count, it sends nothing"), own),
        "departments": (_("All departments of the province"), of_province - own - above),
        "committees": (_("All People's Committees of communes"), committees - own),
        "unions": (_("All Women's Unions"), unions),
    }
    return {key: (words, frozenset(ids)) for key, (words, ids) in named.items() if ids}


class AgenciesForm(forms.Form):
    """Which agencies are asked: groups and single ones together."""

    groups = forms.MultipleChoiceField(
        label=gettext_lazy("Asked together"), required=False, widget=forms.CheckboxSelectMultiple
    )
    everyone = EntriesField(label=gettext_lazy("One by one"), required=False)

    def __init__(self, *args, offered: Offered, **options):
        super().__init__(*args, use_required_attribute=False, **options)
        self.offered = offered
        labels = [(key, f"{words} ({len(ids)})") for key, (words, ids) in offered.groups.items()]
        self.fields["groups"].choices = labels
        self.fields["everyone"].offer(offered.agencies, label=lambda agency: agency.short_name)

    @property
    def opens(self) -> bool:
        """Whether the list of single agencies has something to see."""
        return bool(self["everyone"].value() or self["everyone"].errors)

    def clean(self):
        cleaned = super().clean()
        ticked = {agency.pk for agency in cleaned.get("everyone", ())}
        for key in cleaned.get("groups", ()):
            ticked |= self.offered.groups[key][1]
        cleaned["agencies"] = [agency for agency in self.offered.agencies if agency.pk in ticked]
        if not ticked and not {"groups", "everyone"} & self.errors.keys():
            self.add_error("groups", _("Choose who is asked: a group, or agencies one by one."))
        return cleaned


class RoundForm(AgenciesForm):
    """Empty days are those of the period, where it has any."""

    form_token = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=gettext_lazy("Kind of report"))
    period = EntryField(label=gettext_lazy("Period"), widget=forms.Select)
    outline = EntryField(label=gettext_lazy("Outline"), required=False, widget=forms.Select)
    title = forms.CharField(
        label=gettext_lazy("Title of the request"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Empty: the title of the report and its period."),
    )
    request = forms.CharField(
        label=gettext_lazy("What the agencies should pay attention to"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    due_sender = DayField(
        label=gettext_lazy("Agencies send by the end of"),
        required=False,
        help_text=gettext_lazy("Empty: the day of the period, where it has one."),
    )
    due_compiler = DayField(label=gettext_lazy("Consolidated by the end of"), required=False)
    due_leader = DayField(label=gettext_lazy("Approved by the leader by the end of"), required=False)
    letter = EntryField(
        label=gettext_lazy("Letter that asks for it"),
        required=False,
        widget=forms.Select,
        help_text=gettext_lazy("A document of your agency in the register."),
    )
    field_order = ("kind", "period", "outline", "title", "groups", "everyone", *TIERS, "request", "letter")

    @property
    def about_fields(self):
        return [self[name] for name in ("kind", "period", "outline", "title")]

    @property
    def day_fields(self):
        return [self[name] for name in TIERS]

    @property
    def more_fields(self):
        return [self["request"], self["letter"]]

    def __init__(self, *args, agency: Agency, today: date, letters: Iterable[Document], **options):
        super().__init__(*args, **options)
        self.agency, self.today = agency, today
        outlines = outlines_for(agency)
        kinds = {outline.kind for outline in outlines}
        self.fields["kind"].choices = [choice for choice in ReportKind.choices if choice[0] in kinds]
        periods = ReportingPeriod.objects.filter(
            kind__in={outline.period_kind for outline in outlines}, data_from__lte=today
        ).order_by("-data_to", "kind")
        self.fields["period"].offer(periods, label=label_with_days, empty=None)
        self.fields["outline"].offer(outlines, label=outline_words, empty=_("The one in use for this kind and period"))
        self.fields["letter"].offer(letters, label=letter_words, empty=_("None"))

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("kind") and cleaned.get("period") and "outline" not in self.errors:
            self._check_outline(cleaned)
        if cleaned.get("period"):
            self._check_days(cleaned)
        return cleaned

    def _check_outline(self, cleaned: dict[str, Any]) -> None:
        period, chosen = cleaned["period"], cleaned["outline"]
        try:
            cleaned["outline"] = chosen or outline_for(
                cleaned["kind"], period, province_of(self.agency, period.data_to)
            )
        except CannotDraft as refusal:
            self.add_error("kind", str(refusal))
            return
        if chosen and (chosen.kind, chosen.period_kind) != (cleaned["kind"], period.kind):
            words = _("This outline is for “%(kind)s”, %(period)s. Choose another one, or that kind and period.")
            values = {"kind": ReportKind(chosen.kind).label, "period": PeriodKind(chosen.period_kind).label}
            self.add_error("outline", words % values)

    def _check_days(self, cleaned: dict[str, Any]) -> None:
        period = cleaned["period"]
        for name in TIERS:
            if name not in self.errors:
                cleaned[name] = cleaned.get(name) or self._day_of_period(period, name)
        check_days(self, max(period.data_to, self.today))

    def _day_of_period(self, period: ReportingPeriod, name: str) -> date | None:
        """A day that is over already is not proposed."""
        day = getattr(period, name)
        return day if day and day >= self.today else None

    def asked(self) -> Asked:
        values = {name: self.cleaned_data[name] for name in Asked.__dataclass_fields__}
        return Asked(**values)


def check_days(form: forms.Form, first: date) -> None:
    """Of a form with the days of a request: none before `first`, each on or after the one before it."""
    sender = form.cleaned_data.get("due_sender")
    if "due_sender" not in form.errors:
        if sender is None:
            form.add_error("due_sender", _("Write the last day on which the agencies may send."))
        elif sender < first:
            words = _("The agencies need the whole period: choose %(day)s or later.")
            form.add_error("due_sender", words % {"day": date_vi(first)})
    for earlier, later in pairwise(TIERS):
        before, after = form.cleaned_data.get(earlier), form.cleaned_data.get(later)
        if before and after and after < before:
            words = _("This comes after the step before: choose %(day)s or later.")
            form.add_error(later, words % {"day": date_vi(before)})


def outlines_for(agency: Agency) -> list[ReportOutline]:
    """In use: national ones, those of its province, and those it made itself for one occasion.

    Work under an agreement is reported by its parties, each agreement by itself: nobody is asked for it in a round.
    """
    in_use = ReportOutline.objects.filter(state=OutlineState.IN_USE).exclude(kind__in=ReportKind.under_agreements())
    near = Q(unit=None) | Q(unit__in=[unit for unit in (agency.province_id, agency.unit_id) if unit])
    mine = Q(made_by=None) | Q(made_by=agency)
    return list(in_use.filter(near, mine).order_by("kind", "period_kind", "-number"))


def outline_words(outline: ReportOutline) -> str:
    kind, period = outline.get_kind_display(), outline.get_period_kind_display()
    return f"{outline.name} ({kind}, {period}), {_('version %(number)s') % {'number': outline.number}}"


def letter_words(document: Document) -> str:
    return " · ".join(filter(None, (document.code, document.subject, date_vi(document.issued_on))))


def letters_of(user: Any, acting: Membership) -> list[Document]:
    """Of its own series, issued, the newest first."""
    papers = Document.objects.visible_to(user).filter(state__in=DocumentState.in_the_open())
    papers = papers.sent_out_by([acting.agency_id]).select_related("kind")
    return list(papers.order_by("-issued_on", "-pk")[:LETTERS_OFFERED])


class ExtendForm(forms.Form):
    due_on = DayField(
        label=gettext_lazy("Last day to send, new"),
        error_messages={"required": gettext_lazy("Write the new last day.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Why the agency is given more time"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Say why the agency is given more time.")},
    )

    def __init__(self, *args, today: date, **options):
        super().__init__(*args, use_required_attribute=False, **options)
        self.today = today

    def clean_due_on(self):
        day = self.cleaned_data["due_on"]
        if day < self.today:
            raise ValidationError(_("This day is over. Choose today or a later day."), "over")
        return day


class LeaveOutForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why the consolidated report goes on without it"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The report names the agency as missing; its records are not counted."),
        error_messages={"required": gettext_lazy("Say why the report goes on without this agency.")},
    )

    def __init__(self, *args, **options):
        super().__init__(*args, use_required_attribute=False, **options)


LATE, WAITED, ARRIVED = "late", "waited", "arrived"


class SeatFilterForm(forms.Form):
    """Which agencies of the board are shown; a value that is none of the list is left out of account."""

    q = forms.CharField(
        label=gettext_lazy("Search by the name of the agency"),
        required=False,
        max_length=LONGEST_SEARCH,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[
            ("", gettext_lazy("All")),
            (LATE, pgettext_lazy("report", "late")),
            (WAITED, gettext_lazy("not sent yet")),
            (ARRIVED, gettext_lazy("sent or received")),
            *SeatState.choices,
        ],
    )

    def filtered(self, rows: list[Standing]) -> list[Standing]:
        self.is_valid()
        words = search_text(self.cleaned_data.get("q") or "").split()
        state = self.cleaned_data.get("state") or ""
        return [row for row in rows if _is_in(row, state) and all(word in _name(row) for word in words)]


def _name(row: Standing) -> str:
    return search_text(row.seat.agency_name)


def _is_in(row: Standing, state: str) -> bool:
    groups = {"": True, LATE: row.is_late, WAITED: row.is_owed, ARRIVED: row.has_arrived}
    return groups.get(state, row.state == state)
