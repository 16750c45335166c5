"""The form of an activity: nine fields everybody fills in, and the rest for those who know more."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordination.forms import (
    LARGEST_AMOUNT,
    LARGEST_INTEGER,
    DayField,
    EntriesField,
    EntryField,
    WholeNumberField,
    readable_day,
)
from coordination.unit_picker import WORDS as UNIT_WORDS
from coordination.unit_picker import UnitField, UnitsField
from programs.actions import ActivityParts
from programs.attendance import FIELDS as ATTENDANCE
from programs.attendance import Attendance, misfits
from programs.echo import Echo
from programs.enums import FactState, FundingSource, Precision
from programs.forms.day_checks import refuse_ahead
from programs.forms.evidence import ProofForm
from programs.forms.lists import (
    FormLists,
    category_heading,
    common_kinds,
    component_heading,
    component_label,
    item_label,
    lists_for,
    partner_heading,
    partner_label,
)
from programs.forms.rows import CountRow, OutputRow, Rows
from programs.item_suggestions import suggested
from programs.models import Activity

# Fields of the form that are columns of the record, by the same name.
COLUMNS = (
    *("title", "kind", "plan_item", "component", "starts_on", "ends_on", "unit", "place", "sessions", "precision"),
    *(*ATTENDANCE, "result", "other_partners", "note"),
)
COST_FIELDS = {f"cost_{source}": source for source in FundingSource.values}
NOT_OVER = _("This day lies ahead. Record it once it is over; until then save it as a draft.")
# Which field mends what the database refused (names of its constraints and triggers).
REFUSED_AT = {
    "activity_unit_of_its_day": "unit",
    "activity_in_province": "unit",
    "activity_others_of_day": "other_units",
    "activity_owner_of_its_day": "starts_on",
    "activity_counts_within_total": "attendances",
}


class ActivityForm(forms.Form):
    title = forms.CharField(
        label=_("Name of the activity"),
        max_length=300,
        help_text=_("For example: Communication against child marriage in Làng Rê village"),
        error_messages={"required": _("Write what was done.")},
    )
    kind = EntryField(label=_("Kind"), widget=forms.RadioSelect, error_messages={"required": _("Choose a kind.")})
    plan_item = EntryField(
        label=_("Task of the plan"),
        required=False,
        widget=forms.Select,
        help_text=_("Tasks of issued plans your agency leads or takes part in; those that fit stand first."),
    )
    component = EntryField(
        label=_("Content it belongs to"), widget=forms.Select, error_messages={"required": _("Choose a content.")}
    )
    starts_on = DayField(
        label=_("Day"),
        help_text=_("For example: 08/06/2026, also 8/6/26 or 080626"),
        error_messages={"required": _("Write the day.")},
    )
    ends_on = DayField(
        label=_("Last day"), required=False, help_text=_("If it took several days. It counts on its last day.")
    )
    unit = UnitField(
        label=_("Commune, ward, special zone"),
        help_text=_("Type with or without marks, or choose in the list"),
        error_messages={"required": _("Choose a place.")},
    )
    place = forms.CharField(
        label=_("Place in words"), max_length=200, required=False, help_text=_("For example: Làng Rê village hall")
    )
    other_units = UnitsField(
        label=_("Further communes, wards"),
        required=False,
        help_text=_("If it was held in several: find each by its name and tick it."),
    )
    sessions = WholeNumberField(
        label=_("Sessions"), min_value=1, initial=1, help_text=_("One entry may stand for several sessions.")
    )
    attendances = WholeNumberField(label=_("Total"), required=False)
    women = WholeNumberField(label=_("Women"), required=False)
    minority = WholeNumberField(label=_("Ethnic minorities"), required=False)
    minority_women = WholeNumberField(label=_("Minority women"), required=False)
    precision = forms.ChoiceField(
        label=_("How exact the total is"),
        choices=Precision.choices,
        initial=Precision.EXACT,
        widget=forms.RadioSelect,
        help_text=_("Printed as you choose: “nearly 1.000 people”."),
    )
    distinct_people = WholeNumberField(
        label=_("Different persons"),
        required=False,
        help_text=_("If the same people came to several sessions: how many persons they were."),
    )
    result = forms.CharField(label=_("Main result"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    topics = EntriesField(label=_("Topics"), required=False)
    partners = EntriesField(label=_("Partner agencies"), required=False, help_text=_("They see it once recorded."))
    further_partner = EntryField(
        label=_("Agencies of communes and of the centre"),
        required=False,
        widget=forms.Select,
        help_text=_("Choose one; “Add” puts it among the partners and lets you choose the next."),
    )
    other_partners = forms.CharField(label=_("Other partners"), max_length=300, required=False)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    form_token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, max_value=LARGEST_INTEGER)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data=None, *, lists: FormLists, **options):
        super().__init__(data, **options)
        self.lists = lists
        for name, source in COST_FIELDS.items():
            self.fields[name] = WholeNumberField(
                label=FundingSource(source).label, required=False, max_value=LARGEST_AMOUNT
            )
        self.fields["kind"].offer(lists.kinds, empty=None)
        self.fields["component"].offer(
            lists.components, component_label, component_heading, empty=_("Choose a content")
        )
        self.offer_items()
        self.fields["unit"].offer_units(lists.units)
        self.fields["other_units"].offer_units(lists.units)
        self.fields["topics"].offer(lists.topics)
        self.offer_partners()

    def offer_partners(self) -> None:
        """Boxes for those of the province, and for those of communes that are chosen already; any may be sent."""
        chosen = {str(key) for key in self["partners"].value() or []}
        ticked = [agency for agency in self.lists.further_partners if str(agency.pk) in chosen]
        self.fields["partners"].offer([*self.lists.partners, *ticked], partner_label)
        self.fields["partners"].entries |= {str(agency.pk): agency for agency in self.lists.further_partners}
        left = [agency for agency in self.lists.further_partners if agency not in ticked]
        self.fields["further_partner"].offer(left, partner_label, partner_heading, empty=_("Choose"))

    def offer_items(self) -> None:
        """Those that fit what is typed so far stand first."""
        typed = {name: str(self[name].value() or "") for name in ("title", "kind", "component")}
        fitting, others = suggested(self.lists.items, **typed)
        headings = {item.pk: _("Fits what you typed") for item in fitting}
        self.fields["plan_item"].offer(
            [*fitting, *others],
            item_label,
            (lambda item: headings.get(item.pk, _("Other tasks"))) if fitting else None,
            empty=_("None, or not known"),
        )

    def clean(self):
        cleaned = super().clean()
        cleaned["ends_on"] = cleaned.get("ends_on") or cleaned.get("starts_on")
        cleaned["other_units"] = [unit for unit in cleaned.get("other_units") or [] if unit != cleaned.get("unit")]
        if further := cleaned.pop("further_partner", None):
            cleaned["partners"] = [*cleaned.get("partners", []), further]
        first, last = cleaned.get("starts_on"), cleaned["ends_on"]
        if first and last and last < first:
            self.add_error("ends_on", _("The last day must not be before the first day."))
        if "attendances" not in self.errors:
            for name, problem in misfits(Attendance(**{name: cleaned.get(name) for name in ATTENDANCE})):
                self.add_error(name, problem)
        return cleaned

    @property
    def costs(self) -> dict[str, int]:
        amounts = {source: self.cleaned_data[name] for name, source in COST_FIELDS.items()}
        return {source: amount for source, amount in amounts.items() if amount is not None}

    def kind_buttons(self) -> dict[str, Any]:
        """The usual kinds, the others, and whether one of the others is chosen."""
        usual = {str(kind.pk) for kind in common_kinds(self.lists.kinds)}
        buttons = list(self["kind"])
        others = [button for button in buttons if str(button.data["value"]) not in usual]
        chosen = str(self["kind"].value() or "")
        return {
            "usual": [button for button in buttons if button not in others],
            "others": others,
            "open": any(str(button.data["value"]) == chosen for button in others),
        }

    def people_fields(self):
        return [self[name] for name in ("attendances", "women", "minority", "minority_women")]

    def cost_fields(self):
        return [self[name] for name in COST_FIELDS]

    def says_more(self, *names: str) -> bool:
        """Whether a folded part of the page is shown open: something stands there, or has to be mended."""
        usual = {name: field.initial for name, field in self.fields.items()}
        return any(self[name].errors or self[name].value() not in (None, "", [], usual[name]) for name in names)

    def shows_when(self) -> bool:
        return self.says_more("ends_on", "other_units", "place") or str(self["sessions"].value()) != "1"

    def shows_who(self) -> bool:
        return self.says_more("precision", "distinct_people")

    def shows_costs(self) -> bool:
        return self.says_more(*COST_FIELDS)

    def shows_partners(self) -> bool:
        return self.says_more("partners", "further_partner", "other_partners", "topics", "note")


class ActivityEntry:
    """The form with its rows of outputs and counts: what one page sends.

    `initial` is a snapshot (programs/forms/snapshots.py) or what was typed so far.
    """

    def __init__(
        self,
        data=None,
        *,
        activity: Activity,
        initial: dict[str, Any] | None = None,
        lists: FormLists | None = None,
    ):
        values = initial or {}
        self.data, self.activity, self.opened = data, activity, ""
        self.proof: ProofForm | None = None  # photos and files of a new record
        self.lists = lists or lists_for(activity.owner, day_of(data, values), stored=activity)
        self.form = ActivityForm(data, lists=self.lists, initial=values)
        self.outputs = Rows(OutputRow, "outputs", data, values.get("outputs"), entries=self.lists.outputs)
        self.counts = Rows(
            CountRow, "counts", data, values.get("counts"), entries=self.lists.categories, heading=category_heading
        )

    @property
    def echo(self) -> Echo:
        return Echo({name: self.form[name].value() for name in ("starts_on", "ends_on", *ATTENDANCE)})

    @property
    def errors(self) -> list[dict[str, str]]:
        """For the summary on top: where, and what to do."""
        found = [{"where": "", "label": "", "text": text} for text in self.form.non_field_errors()]
        for form in (self.form, *self.outputs, *self.counts, *([self.proof] if self.proof else [])):
            for field in form:
                found += [{"where": field.auto_id, "label": field.label, "text": text} for text in field.errors]
        return found

    def is_valid(self) -> bool:
        """All parts are looked at, so that every error is shown at once."""
        valid = [part.is_valid() for part in (self.form, self.outputs, self.counts)]
        if all(valid):
            self._check_counts()
            self._check_day()
        return all(valid) and not any(part.errors for part in (self.form, *self.outputs, *self.counts))

    def _check_counts(self) -> None:
        whole = self.form.cleaned_data
        for row in self.counts:
            for name in ("attendances", "women"):
                part = row.cleaned_data.get(name)
                if part is not None and whole[name] is not None and part > whole[name]:
                    message = _("A part (%(part)s) cannot be more than the whole (%(whole)s).")
                    row.add_error(name, ValidationError(message, "over", {"part": part, "whole": whole[name]}))

    @property
    def stays_draft(self) -> bool:
        """What is recorded once stays so; `data` says which button was used."""
        recorded = self.activity.pk and self.activity.state == FactState.RECORDED
        return "draft" in self.data and not recorded

    def _check_day(self) -> None:
        """A draft may lie ahead: it counts nowhere."""
        if not self.stays_draft:
            try:
                refuse_ahead(self.form.cleaned_data["ends_on"], NOT_OVER)
            except ValidationError as problem:
                self.form.add_error("ends_on" if self.form["ends_on"].value() else "starts_on", problem)

    def fill(self, state: str) -> Activity:
        """The record with what was typed; saving is for the actions."""
        activity, cleaned = self.activity, self.form.cleaned_data
        for name in COLUMNS:
            if name != "plan_item" or name in self.data:  # a sheet that does not speak of plans changes none
                setattr(activity, name, cleaned[name])
        activity.counted_on = activity.ends_on
        activity.province_id = activity.unit.own_province_id
        activity.state = state
        if activity.pk is None:
            activity.form_token = cleaned["form_token"]
        return activity

    @property
    def parts(self) -> ActivityParts:
        cleaned = self.form.cleaned_data
        return ActivityParts(
            other_units=cleaned["other_units"],
            topics=cleaned["topics"],
            partners=cleaned["partners"],
            outputs={row["entry"]: row["quantity"] for row in self.outputs.values()},
            counts={row["entry"]: (row["attendances"], row["women"]) for row in self.counts.values()},
            costs=self.form.costs,
        )

    def refuse(self, rule: str, message: str) -> None:
        """What the database refused, beside the field that mends it."""
        self.form.add_error(REFUSED_AT.get(rule), message)

    def unjudged(self, **changes: Any) -> ActivityEntry:
        """The page with what was typed so far and nothing said about it."""
        typed = {name: self.form[name].data for name in self.form.fields}
        typed |= {"outputs": self.outputs.typed(), "counts": self.counts.typed()} | changes
        return ActivityEntry(activity=self.activity, initial=typed, lists=self.lists)

    def reopened(self, wanted: str) -> ActivityEntry:
        """The same with one more row or partner, or a narrower list of places."""
        changes = {}
        if wanted == "unit" and self.data.get("unit_words"):
            changes = {"unit": UNIT_WORDS + self.data["unit_words"]}
        if wanted == "further_partner":
            ticked, added = self.form["partners"].data, self.form["further_partner"].data
            changes = {"partners": [*ticked, added] if added else ticked, "further_partner": ""}
        entry = self.unjudged(**changes)
        entry.opened = wanted
        if wanted == "other_units":
            return entry  # its search field takes the focus (templates/components/_units_picker.html)
        if wanted == "unit":
            entry.form["unit"].narrow()
        if wanted in ("unit", "further_partner"):
            focus = entry.form.fields[wanted]
        else:
            focus = getattr(entry, wanted).rows[-1].fields["entry"]
        focus.widget.attrs["autofocus"] = True
        return entry


def day_of(data, values: dict[str, Any]) -> date:
    """The day whose units are offered: the last one typed or stored, else today."""
    for name in ("ends_on", "starts_on"):
        if day := readable_day(data.get(name) if data else values.get(name)):
            return day
    return timezone.localdate()
