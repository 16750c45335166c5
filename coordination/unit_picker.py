"""Choosing a place: a native select of the units of the day, and words that narrow it. Works without JavaScript."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from coordination.enums import UnitLevel
from coordination.forms import EntryField
from coordination.models import AdministrativeUnit, Agency
from coordination.search import clean_text, search_text

WORDS = "?"  # begins the value of a place that was typed, not chosen
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
    lineage = AdministrativeUnit.objects.lineage_of({agency.unit.province_id or agency.unit_id}).values("pk")
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
    """Its value is the chosen unit, else the words typed into the search field beside it (name: NAME_words)."""

    def value_from_datadict(self, data, files, name):
        words = data.get(f"{name}_words", "").strip()
        return data.get(name) or (WORDS + words if words else "")


class PickedUnit(forms.BoundField):
    """What the search field and the list beside it show: the words as typed, the place they mean as chosen."""

    @property
    def words(self) -> str:
        typed = str(super().value() or "")
        return typed.removeprefix(WORDS) if typed.startswith(WORDS) else ""

    def value(self):
        if not self.words:
            return super().value()
        try:
            return self.field.to_python(WORDS + self.words).pk
        except ValidationError:
            return ""

    def narrow(self) -> int:
        """Leave in the list only what the words find, all of it when they find nothing. Returns how many they find."""
        hits = find_units(list(self.field.entries.values()), self.words)
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
        hits = find_units(list(self.entries.values()), words)
        typed = clean_text(words).casefold()
        exact = [unit for unit in hits if typed in (unit.name.casefold(), unit_label(unit).casefold())]
        if len(exact or hits) == 1:
            return (exact or hits)[0]
        code = "several" if hits else "none"
        raise ValidationError(self.error_messages[code], code, {"words": words, "count": len(hits)})
