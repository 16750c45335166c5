"""The sheet of the model register: one row an event; a name not yet in the register opens an account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.models import AdministrativeUnit, UnitSuccession
from coordination.search import search_text
from coordination.sheets.bulk import create_all, update_all
from coordination.sheets.checking import form_problems
from coordination.sheets.declared import (
    Cell,
    ChoiceCell,
    ChoicesCell,
    Column,
    DayCell,
    Found,
    NumberCell,
    Row,
    Verdict,
    WordsCell,
    register,
)
from coordination.unit_picker import offered_units, unit_label
from programs.enums import ModelNature, ModelStanding, Precision
from programs.forms.lists import in_tree_order
from programs.forms.models import EventForm, NewModelForm
from programs.models import CommunityModel, ModelEvent, ModelKind, RecognitionTag
from programs.sheets.facts import FactSheet, UnitNames, reference_column

Key = tuple[str, str, str]  # kind, standing, folded name


@dataclass
class Item:
    """`account`: to be opened with the event."""

    event: ModelEvent
    account: CommunityModel | None = None
    tags: Sequence[RecognitionTag] = ()


@dataclass(frozen=True)
class Lists:
    """What the forms offer, read once for all rows."""

    kinds: list[ModelKind]
    tags: list[RecognitionTag]
    units: list[AdministrativeUnit]


class RowEventForm(EventForm):
    """The form of the screen with lists that were read before; a move concerns two accounts and is made there."""

    def __init__(self, data, *, places: list[AdministrativeUnit], **options):
        self.places = places
        super().__init__(data, **options)

    def natures(self):
        return [choice for choice in ModelNature.choices if choice[0] != ModelNature.MOVED]

    def set_up(self):
        self.fields["unit"].offer_units(self.places)
        self.without_moves()

    def offer_items(self):
        """A sheet does not speak of plans and changes none."""
        del self.fields["plan_item"]


class RowModelForm(NewModelForm):
    def __init__(self, data, *, lists: Lists, **options):
        self.lists = lists
        super().__init__(data, **options)

    def set_up(self):
        self.fields["kind"].offer(self.lists.kinds)
        self.fields["tags"].offer(self.lists.tags)
        self.places = self.lists.units
        self.fields["unit"].offer_units(self.places)
        self.without_moves()

    def offer_items(self):
        """A sheet does not speak of plans."""
        del self.fields["plan_item"]


@register
class ModelEventSheet(FactSheet):
    code, label, model = "model-events", gettext_lazy("Events of community models"), ModelEvent
    about = gettext_lazy("One row an event. A name not yet in the register opens an account with its first event.")
    unstored = ("reference", "tags")

    reference = reference_column()
    name = Column(
        gettext_lazy("Name of the model"), width=44, required=True, sample="Tổ truyền thông cộng đồng thôn 1"
    )
    kind = Column(gettext_lazy("Kind"), ChoiceCell(), width=34, required=True)
    standing = Column(
        gettext_lazy("Standing"),
        ChoiceCell(ModelStanding),
        width=12,
        hint=gettext_lazy("Only for kinds counted by it."),
    )
    unit = Column(gettext_lazy("Commune, ward, special zone"), WordsCell(), width=26, required=True)
    nature = Column(gettext_lazy("What happened"), ChoiceCell(ModelNature), width=16, required=True)
    counted_on = Column(gettext_lazy("Day"), DayCell(), width=12, required=True, sample=date(2026, 6, 8))
    quantity = Column(gettext_lazy("Number of models"), NumberCell(), width=9, blank=1, sample=1)
    members = Column(gettext_lazy("Members"), NumberCell(), width=9)
    women = Column(gettext_lazy("Women"), NumberCell(), width=9)
    minority = Column(gettext_lazy("Ethnic minorities"), NumberCell(), width=9)
    precision = Column(
        gettext_lazy("How exact the numbers are"), ChoiceCell(Precision), width=10, blank=Precision.EXACT.value
    )
    tags = Column(
        gettext_lazy("Recognised by"), ChoicesCell(), width=24, hint=gettext_lazy("Read when the account is opened.")
    )
    note = Column(gettext_lazy("Note, paper"), width=30)

    # ---- lists ----

    def prepare(self) -> ModelEventSheet:
        self.kinds = in_tree_order(ModelKind.objects.offered_to(self.agency.province_id))
        self.all_tags = list(RecognitionTag.objects.offered_to(self.agency.province_id))
        self.columns["kind"].widget.offer((kind.pk, kind.name) for kind in self.kinds)
        self.columns["tags"].widget.offer((tag.pk, tag.name) for tag in self.all_tags)
        self.columns["unit"].widget.offer_words(map(unit_label, offered_units(self.agency, timezone.localdate())))
        return self

    def lists_of(self, day: Any) -> Lists:
        era = self.era_of(day)
        if era not in self.lists:
            units = offered_units(self.agency, era)
            self.lists[era], self.places[era] = Lists(self.kinds, self.all_tags, units), UnitNames(units)
        return self.lists[era]

    @cached_property
    def lists(self) -> dict[date, Lists]:
        return {}

    @cached_property
    def places(self) -> dict[date, UnitNames]:
        return {}

    # ---- the register as it stands, and as the rows above change it ----

    @cached_property
    def accounts(self) -> dict[Key, list[CommunityModel]]:
        found: dict[Key, list[CommunityModel]] = {}
        for account in CommunityModel.objects.filter(owner__in=self.lineage).select_related("kind", "unit"):
            found.setdefault(key_of(account), []).append(account)
        return found

    @cached_property
    def events(self) -> dict[int, list[ModelEvent]]:
        """By account, recorded ones; new accounts are known by their object."""
        found: dict[int, list[ModelEvent]] = {}
        for event in ModelEvent.objects.recorded().filter(model__owner__in=self.lineage):
            found.setdefault(event.model_id, []).append(event)
        return found

    @cached_property
    def became(self) -> dict[int, set[int]]:
        """Of a unit those it went into, however many changes on."""
        edges: dict[int, set[int]] = {}
        for before, after in UnitSuccession.objects.values_list("predecessor", "successor"):
            edges.setdefault(before, set()).add(after)
        return edges

    def reach_of(self, account: CommunityModel) -> set[int]:
        found, fresh = {account.unit_id}, {account.unit_id}
        while fresh:
            fresh = {after for unit in fresh for after in self.became.get(unit, ())} - found
            found |= fresh
        return found

    def account_for(self, row: Row, unit: str) -> CommunityModel | None:
        key = (row.data["kind"], row.data["standing"], search_text(row.data["name"]))
        for account in self.accounts.get(key, ()):
            if unit == str(account.unit_id) or (unit.isdecimal() and int(unit) in self.reach_of(account)):
                return account
        return None

    # ---- cells ----

    def with_parts(self, rows: Any) -> Any:
        return rows.select_related("model__kind", "model__unit", "unit__parent").prefetch_related("model__tags")

    def cell_of(self, name: str, column: Column, record: Any) -> Cell:
        if name in ("name", "kind", "standing", "tags"):
            return column.widget.render(getattr(record.model, name))
        if name == "unit":
            return unit_label(record.unit)
        value = super().cell_of(name, column, record)
        return abs(value) if name in ("quantity", "members", "women", "minority") and value is not None else value

    # ---- rows ----

    def comparable(self, data: dict[str, Any], names: set[str]) -> dict[str, Any]:
        self.lists_of(data["counted_on"])
        unit = self.places[self.era_of(data["counted_on"])].value_for(data["unit"])
        return {name: data[name] for name in names} | {"unit": unit}

    def judge(self, row: Row, record: ModelEvent | None) -> tuple[list[tuple[str, str]], Any]:
        lists = self.lists_of(row.data["counted_on"])
        sent = row.data | {"unit": self.places[self.era_of(row.data["counted_on"])].value_for(row.data["unit"])}
        account = self.account_for(row, sent["unit"])
        if record is not None and account != record.model:
            return [("name", _("This record belongs to another account. Change name and kind on its page."))], None
        if account is None:
            return self.judge_new(row, sent, lists)
        places = [unit for unit in lists.units if unit.pk in self.reach_of(account)] or lists.units
        known = self.events.setdefault(account.pk or id(account), [])
        event = record or self.new_record(row, model=account)
        others = [other for other in known if other.pk != event.pk or event.pk is None]
        form = RowEventForm(sent, event=event, others=others, places=places)
        if not form.is_valid():
            return form_problems(form, self.columns), None
        self.events[account.pk or id(account)] = [*others, form.fill()]
        return [], Item(event)

    def judge_new(self, row: Row, sent: dict[str, Any], lists: Lists) -> tuple[list[tuple[str, str]], Any]:
        form = RowModelForm(sent, event=self.new_record(row), others=[], lists=lists)
        if not form.is_valid():
            return form_problems(form, self.columns), None
        event, account = form.fill(), form.account()
        event.model = account
        self.accounts.setdefault(key_of(account), []).append(account)
        self.events[id(account)] = [event]
        return [], Item(event, account, form.cleaned_data["tags"])

    def write(self, verdicts: Sequence[Verdict]) -> None:
        new = [verdict.item for verdict in verdicts if verdict.found == Found.NEW]
        opened = [item for item in new if item.account]
        create_all([item.account for item in opened], self.act, [{"tags": [t.pk for t in i.tags]} for i in opened])
        changed = [verdict.item.event for verdict in verdicts if verdict.found == Found.CHANGED]
        update_all(changed, self.act)
        events = sorted((item.event for item in new), key=lambda event: (event.counted_on, -event.quantity))
        for event in events:
            event.model = event.model  # the account has its key only now
        create_all(events, self.act)


def key_of(account: CommunityModel) -> Key:
    return str(account.kind_id), account.standing, search_text(account.name)
