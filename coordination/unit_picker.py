"""Choosing places by words, with or without marks, among the units of a day. Works without JavaScript.

One place is a native select the words narrow; several are boxes to tick, those the words find below those ticked.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.choices import flatten_choices
from django.utils.translation import gettext_lazy as _

from coordination.enums import UnitLevel
from coordination.forms import EntriesField, EntryField
from coordination.models import AdministrativeUnit, Agency
from coordination.search import clean_text, search_text

WORDS = "?"  # begins the value of a place that was typed, not chosen
LONGEST_KEY = 19  # digits; a longer one is no id of ours, and SQLite refuses to look for it
MOST_FOUND = 20  # boxes shown below those ticked; more words find fewer
HEADINGS = {
    UnitLevel.PROVINCE: _("Whole province"),
    UnitLevel.DISTRICT: _("Districts"),
    UnitLevel.COMMUNE: _("Communes and wards"),
}


def offered_units(agency: Agency, day: date) -> list[AdministrativeUnit]:
    """Units valid on the day in the province of the agency, or in those it was made of; the province comes first.

    An agency of the centre is offered the provinces.
    """
    units = AdministrativeUnit.objects.valid_on(day).select_related("parent")
    if agency.unit is None:
        return list(units.of_level(UnitLevel.PROVINCE))
    lineage = AdministrativeUnit.objects.lineage_of({agency.unit.own_province_id}).values("pk")
    here = [*units.filter(pk__in=lineage).of_level(UnitLevel.PROVINCE), *units.filter(province__in=lineage)]
    return sorted(here, key=lambda unit: UnitLevel.values.index(unit.level))


def unit_heading(unit: AdministrativeUnit) -> str:
    return HEADINGS[unit.level]


def unit_label(unit: AdministrativeUnit) -> str:
    """Before 1 July 2025 names repeat within a province: the district tells them apart."""
    if unit.parent and unit.parent.level == UnitLevel.DISTRICT:
        return f"{unit.label}, {unit.parent}"
    return unit.label


def find_units(units: list[AdministrativeUnit], words: str) -> list[AdministrativeUnit]:
    """Marks may be left out; those that match with their marks come first."""
    folded, exact = search_text(words), clean_text(words).casefold()
    hits = [unit for unit in units if folded in search_text(unit_label(unit))]
    return sorted(hits, key=lambda unit: exact not in unit_label(unit).casefold())


class UnitSelect(forms.Select):
    """Its value is the chosen unit, else the words typed into the search field beside it (name: NAME_words).

    Words that find other places than the one chosen were typed after it (the form may begin with a place): they count.
    """

    def value_from_datadict(self, data, files, name):
        words, chosen = data.get(f"{name}_words", "").strip(), data.get(name)
        if words and (not chosen or self._finds_others(words, chosen)):
            return WORDS + words
        return chosen or ""

    def _finds_others(self, words, chosen):
        found = {
            key for key, label in flatten_choices(self.choices) if key and search_text(words) in search_text(label)
        }
        return bool(found) and chosen not in found


class PickedUnit(forms.BoundField):
    """What the search field and the list beside it show: the words as typed, the place they mean as chosen."""

    @property
    def words(self) -> str:
        typed = str(super().value() or "")
        return typed.removeprefix(WORDS) if typed.startswith(WORDS) else ""

    @property
    def shown_words(self) -> str:
        """In the search field: what was typed, or the name of a place that was chosen and is not one of that day."""
        chosen = str(super().value() or "")
        if self.words or chosen in self.field.entries or not (chosen.isdecimal() and len(chosen) < LONGEST_KEY):
            return self.words
        gone = AdministrativeUnit.objects.filter(pk=chosen).select_related("parent").first()
        return unit_label(gone) if gone else ""

    def value(self):
        if not self.words:
            return super().value()
        try:
            return self.field.to_python(WORDS + self.words).pk
        except ValidationError:
            return ""

    def narrow(self, words: str = "") -> int:
        """Leave in the list only what the words find, all of it when they find nothing. Returns how many they find."""
        hits = find_units(list(self.field.entries.values()), words or self.words)
        if hits:
            self.field.offer_units(hits)
        return len(hits)


class UnitField(EntryField):
    """Words are taken for a place only when they mean one place; otherwise the field asks."""

    widget = UnitSelect
    bound_field_class = PickedUnit
    default_error_messages = {
        "several": _("%(count)s places match “%(words)s”. Choose one from the list."),
        "none": _("No place matches “%(words)s” on that day. Choose one from the list."),
        "not_valid": _("This place did not exist on that day. Choose one from the list of that day."),
    }

    def offer_units(self, units: list[AdministrativeUnit]) -> None:
        self.offer(units, label=unit_label, heading=unit_heading, empty=_("Choose a place"))

    def to_python(self, value):
        text = str(getattr(value, "pk", value) or "")
        if text.startswith(WORDS):
            return self._meant(text.removeprefix(WORDS))
        if text and text not in self.entries:
            raise ValidationError(self.error_messages["not_valid"], "not_valid")
        return super().to_python(value)

    def _meant(self, words: str) -> AdministrativeUnit:
        return the_one_meant(self, words, find_units(list(self.entries.values()), words))


def the_one_meant(field: EntryField, words: str, hits: list[AdministrativeUnit]) -> AdministrativeUnit:
    """Of several hits the one whose whole name was typed; else the field asks."""
    typed = clean_text(words).casefold()
    exact = [unit for unit in hits if typed in (unit.name.casefold(), unit_label(unit).casefold())]
    if len(exact or hits) == 1:
        return (exact or hits)[0]
    code = "several" if hits else "none"
    raise ValidationError(field.error_messages[code], code, {"words": words, "count": len(hits)})


class UnitTicks(forms.CheckboxSelectMultiple):
    """Its values are the units ticked, and last the words typed into the search field beside them (NAME_words)."""

    def value_from_datadict(self, data, files, name):
        words = data.get(f"{name}_words", "").strip()
        ticked = super().value_from_datadict(data, files, name) or []
        return [*ticked, WORDS + words] if words else ticked


@dataclass(frozen=True)
class UnitTick:
    """A box. Not `offered`: ticked for another day, and to be taken away before it can be saved."""

    key: str
    label: str
    ticked: bool
    offered: bool = True


class TickedUnits(forms.BoundField):
    @property
    def words(self) -> str:
        return words_among(self.value())

    def ticks(self) -> list[UnitTick]:
        """What is ticked, then what the words find."""
        keys = [str(value) for value in self.value() or [] if not str(value).startswith(WORDS)]
        entries = self.field.entries
        ticked = [UnitTick(key, unit_label(entries[key]), ticked=True) for key in keys if key in entries]
        others = [key for key in keys if key not in entries and key.isdecimal() and len(key) < LONGEST_KEY]
        gone = AdministrativeUnit.objects.filter(pk__in=others).select_related("parent") if others else []
        ticked += [UnitTick(str(unit.pk), unit_label(unit), ticked=True, offered=False) for unit in gone]
        found = [unit for unit in self._hits() if str(unit.pk) not in keys][:MOST_FOUND]
        return [*ticked, *(UnitTick(str(unit.pk), unit_label(unit), ticked=False) for unit in found)]

    def found(self) -> int | None:
        """How many the words find; None without words."""
        return len(self._hits()) if self.words else None

    def _hits(self) -> list[AdministrativeUnit]:
        return find_units(list(self.field.entries.values()), self.words) if self.words else []


class UnitsField(EntriesField):
    """Words left in the search field count where nothing they find is ticked: for the one place they mean."""

    widget = UnitTicks
    bound_field_class = TickedUnits
    default_error_messages = UnitField.default_error_messages

    def offer_units(self, units: list[AdministrativeUnit]) -> None:
        """Communes; where none are offered (an agency of the centre) what there is."""
        communes = [unit for unit in units if unit.level == UnitLevel.COMMUNE]
        self.offer(communes or units, label=unit_label)

    def to_python(self, value):
        keys = {str(getattr(item, "pk", item)) for item in value or []}
        words = words_among(keys)
        keys.discard(WORDS + words)
        if not keys <= self.entries.keys():
            raise ValidationError(self.error_messages["not_valid"], "not_valid")
        hits = find_units(list(self.entries.values()), words) if words else []
        if words and not any(str(unit.pk) in keys for unit in hits):
            keys.add(str(the_one_meant(self, words, hits).pk))
        return [unit for key, unit in self.entries.items() if key in keys]


def words_among(values: Iterable | None) -> str:
    return next((str(value).removeprefix(WORDS) for value in values or [] if str(value).startswith(WORDS)), "")
