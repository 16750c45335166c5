"""Forms of the model register: an account, and an event that changes what it holds."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordination.formats import date_vi, number_vi
from coordination.forms import LARGEST_INTEGER, DayField, EntriesField, EntryField, WholeNumberField, readable_day
from coordination.models import AdministrativeUnit
from coordination.unit_picker import WORDS, UnitField, offered_units
from programs.enums import FactState, ModelNature, ModelStanding, Precision
from programs.forms.day_checks import refuse_ahead
from programs.forms.lists import INDENT, in_tree_order, item_label
from programs.forms.member_checks import misfits
from programs.item_suggestions import items_for
from programs.models import CommunityModel, ModelEvent, ModelKind, RecognitionTag
from programs.models.model_register import NUMBERS
from programs.stock import places_of, shortfall

DOWNWARDS = (ModelNature.DISSOLVED, ModelNature.MOVED)
MEMBERS = ("members", "women", "minority")
COLUMNS = ("nature", "counted_on", *NUMBERS, "precision", "unit", "note", "plan_item")
# Which field mends what the database refused.
REFUSED_AT = {
    "model_name_once": "name",
    "model_stock_not_negative": "quantity",
    "modelevent_unit_of_its_day": "unit",
    "modelevent_owner_of_its_day": "counted_on",
}
TOO_FEW = {
    "quantity": _("On %(day)s there would be %(left)s models. Check number and day, or enter the opening stock."),
    "members": _("On %(day)s there would be %(left)s members. Check the number, or the members entered before."),
    "women": _("On %(day)s there would be %(left)s women members. Check the number, or those entered before."),
    "minority": _("On %(day)s there would be %(left)s minority members. Check the number, or those entered before."),
}


class EventForm(forms.Form):
    """Numbers are typed without a sign; what dissolves or leaves is stored below 0."""

    nature = forms.ChoiceField(
        label=_("What happened"), widget=forms.RadioSelect, error_messages={"required": _("Choose what happened.")}
    )
    counted_on = DayField(
        label=_("Day"),
        help_text=_("For example: 08/06/2026, also 8/6/26 or 080626"),
        error_messages={"required": _("Write the day.")},
    )
    quantity = WholeNumberField(
        label=_("Number of models"), min_value=1, initial=1, error_messages={"required": _("Write how many.")}
    )
    members = WholeNumberField(label=_("Members"), required=False)
    women = WholeNumberField(label=_("Women"), required=False)
    minority = WholeNumberField(label=_("Ethnic minorities"), required=False)
    precision = forms.ChoiceField(
        label=_("How exact the numbers are"),
        choices=Precision.choices,
        initial=Precision.EXACT,
        widget=forms.RadioSelect,
    )
    unit = UnitField(label=_("Place on that day"), required=False)
    to = EntryField(label=_("Moved to which account"), required=False, widget=forms.Select)
    to_unit = UnitField(label=_("Place of that account on that day"), required=False)
    plan_item = EntryField(
        label=_("Task of the plan"),
        required=False,
        widget=forms.Select,
        help_text=_("Tasks of issued plans your agency leads or takes part in."),
    )
    note = forms.CharField(
        label=_("Note, paper"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For example: decision 12/QĐ-UBND of 05/6/2026"),
    )
    form_token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, max_value=LARGEST_INTEGER)

    def __init__(self, data=None, *, event: ModelEvent, others: list[ModelEvent], **options):
        """`others`: the recorded events the account has beside this one."""
        super().__init__(data, **options)
        self.event, self.others = event, others
        self.fields["nature"].choices = self.natures()
        self.set_up()
        self.offer_items()

    def offer_items(self) -> None:
        items = items_for(self.event.owner, self.day, self.event.plan_item_id)
        self.fields["plan_item"].offer(items, item_label, empty=_("None, or not known"))

    @property
    def said(self) -> tuple[str, ...]:
        """The fields that say something: what two sendings are compared by."""
        return tuple(name for name in self.fields if name not in ("form_token", "version"))

    @property
    def counted_kind(self) -> ModelKind | None:
        return self.event.model.kind

    @property
    def account_known(self) -> CommunityModel | None:
        return self.event.model

    def natures(self) -> list[tuple[str, str]]:
        """An event stays what it was, or becomes another of the account; moves concern two accounts."""
        if self.event.pk:
            return [choice for choice in ModelNature.choices if choice[0] != ModelNature.MOVED]
        return ModelNature.choices

    def set_up(self) -> None:
        account = self.event.model
        self.places = places_of(account, self.day, self.event.owner)
        self.fields["unit"].offer_units(self.places)
        targets = CommunityModel.objects.filter(kind=account.kind, owner=account.owner_id).exclude(pk=account.pk)
        wanted = targets if not self.event.pk else targets.none()
        self.fields["to"].offer(wanted.select_related("unit"), account_label, empty=_("Choose an account"))
        target = self.fields["to"].entries.get(str(self["to"].value() or ""))
        self.arrivals = places_of(target, self.day, self.event.owner) if target else []
        self.fields["to_unit"].offer_units(self.arrivals)

    def without_moves(self) -> None:
        del self.fields["to"], self.fields["to_unit"]

    @property
    def day(self) -> date:
        """The day whose places are offered: the one typed or stored, else today."""
        return readable_day(self["counted_on"].value()) or timezone.localdate()

    @property
    def asks_place(self) -> bool:
        """Only where the account's place leaves a choice."""
        return len(self.places) > 1 or bool(self["unit"].errors)

    @property
    def asks_arrival(self) -> bool:
        return len(self.arrivals) > 1

    def clean_counted_on(self) -> date:
        refuse_ahead(self.cleaned_data["counted_on"])
        return self.cleaned_data["counted_on"]

    def clean_unit(self) -> AdministrativeUnit | None:
        if len(self.places) == 1:
            return self.places[0]
        if not self.cleaned_data.get("unit"):
            raise ValidationError(_("The place of this account is not one unit on that day. Choose where it is."))
        return self.cleaned_data["unit"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self.check_members()
        self.check_move()
        if not self.errors:
            self.check_stock()
        return cleaned

    def check_members(self) -> None:
        for name, problem in misfits(self.counted_kind, {name: self.cleaned_data.get(name) for name in MEMBERS}):
            if name not in self.errors:
                self.add_error(name, problem)

    def check_move(self) -> None:
        moves = self.cleaned_data.get("nature") == ModelNature.MOVED
        if moves and not self.cleaned_data.get("to") and "to" not in self.errors:
            self.add_error("to", _("Choose the account the models go to, of the same kind and agency."))
        if not moves:
            self.cleaned_data["to"] = self.cleaned_data["to_unit"] = None
        elif len(self.arrivals) == 1:
            self.cleaned_data["to_unit"] = self.arrivals[0]
        elif self.arrivals and not self.cleaned_data.get("to_unit") and "to_unit" not in self.errors:
            self.add_error("to_unit", _("The place of that account is not one unit on that day. Choose where it is."))

    def check_stock(self) -> None:
        self.fill()
        first_click = self.cleaned_data.get("form_token") or object()
        missing = shortfall([*(other for other in self.others if other.form_token != first_click), self.event])
        if missing:
            values = {"day": date_vi(missing.day), "left": number_vi(missing.left)}
            self.add_error(missing.number, ValidationError(TOO_FEW[missing.number], "too_few", values))

    def fill(self) -> ModelEvent:
        """The record with what was typed; saving is for the actions."""
        event, cleaned = self.event, self.cleaned_data
        for name in COLUMNS:
            if name in self.fields:
                setattr(event, name, cleaned[name])
        sign = -1 if cleaned["nature"] in DOWNWARDS else 1
        for name in NUMBERS:
            setattr(event, name, None if cleaned[name] is None else sign * cleaned[name])
        event.province_id = event.unit.own_province_id
        event.state = FactState.RECORDED
        if event.pk is None:
            event.form_token = cleaned["form_token"]
        return event

    def number_fields(self):
        return [self[name] for name in NUMBERS]

    def member_fields(self):
        return [self[name] for name in MEMBERS]


class NewModelForm(EventForm):
    """An account with the event it begins with."""

    name = forms.CharField(
        label=_("Name of the model"),
        max_length=200,
        help_text=_("For example: Community communication team of Làng Rê village. No private address, no names."),
        error_messages={"required": _("Write the name.")},
    )
    kind = EntryField(
        label=_("Kind"), widget=forms.Select, error_messages={"required": _("Choose the kind of model.")}
    )
    standing = forms.ChoiceField(
        label=_("Standing"),
        required=False,
        choices=ModelStanding.choices,
        widget=forms.RadioSelect,
        help_text=_("Only for kinds counted by it: trusted addresses, models against family violence."),
    )
    tags = EntriesField(label=_("Recognised by"), required=False)

    def natures(self):
        return [choice for choice in ModelNature.choices if choice[0] in (ModelNature.NEW, ModelNature.OPENING)]

    def set_up(self):
        agency = self.event.owner
        kinds = ModelKind.objects.offered_to(agency.province_id)
        self.fields["kind"].offer(in_tree_order(kinds), kind_label, empty=_("Choose a kind"))
        self.fields["tags"].offer(RecognitionTag.objects.offered_to(agency.province_id))
        self.places = offered_units(agency, self.day)
        self.fields["unit"].offer_units(self.places)
        self.fields["unit"].label = _("Commune, ward, special zone")
        self.without_moves()

    account_known = None

    @property
    def counted_kind(self):
        return self.cleaned_data.get("kind")

    def reopened(self) -> NewModelForm:
        """The page with what was typed so far and nothing judged, and a narrower list of places."""
        typed = {name: self[name].data for name in self.fields}
        if words := self.data.get("unit_words"):
            typed["unit"] = WORDS + words
        form = NewModelForm(event=self.event, others=[], initial=typed)
        form["unit"].narrow()
        return form

    def clean_unit(self):
        if not self.cleaned_data.get("unit"):
            raise ValidationError(_("Choose where the model is."))
        return self.cleaned_data["unit"]

    def clean(self):
        cleaned = super().clean()
        kind = cleaned.get("kind")
        if kind and kind.has_standing and not cleaned.get("standing"):
            self.add_error("standing", _("This kind is counted by its standing: choose one."))
        if kind and not kind.has_standing:
            cleaned["standing"] = ""
        return cleaned

    def account(self) -> CommunityModel:
        event, cleaned = self.event, self.cleaned_data
        columns = {name: cleaned[name] for name in ("kind", "name", "standing", "unit")}
        return CommunityModel(owner=event.owner, province_id=event.province_id, **columns)


class AccountForm(forms.Form):
    """Kind, standing and place of an account stay: what stood there would change in every figure of the past."""

    name = forms.CharField(
        label=_("Name of the model"), max_length=200, error_messages={"required": _("Write the name.")}
    )
    tags = EntriesField(label=_("Recognised by"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, max_value=LARGEST_INTEGER)

    def __init__(self, data=None, *, account: CommunityModel, **options):
        super().__init__(data, **options)
        offered = RecognitionTag.objects.offered_to(account.province_id)
        stored = RecognitionTag.objects.filter(models=account)
        self.fields["tags"].offer((offered.distinct() | stored.distinct()).distinct())


def kind_label(kind: ModelKind) -> str:
    """With the first of its other names, by which many know it."""
    other = f" ({kind.aliases.split(';')[0].strip()})" if kind.aliases else ""
    return f"{INDENT if kind.parent_id else ''}{kind.name}{other}"


def account_label(account: CommunityModel) -> str:
    return f"{account.name} ({account.unit.label})"


def stored_values(event: ModelEvent) -> dict[str, Any]:
    """As the form shows a stored event: numbers without their sign."""
    values = {name: getattr(event, name) for name in COLUMNS} | {"version": event.version}
    return values | {name: abs(number) for name in NUMBERS if (number := getattr(event, name)) is not None}
