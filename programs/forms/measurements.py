"""The grid readings are entered in: one row per indicator and category, for one place and one day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from coordination.forms import LARGEST_INTEGER, DayField, DecimalNumberField, EntryField, readable_day
from coordination.models import AdministrativeUnit, Agency
from programs.board import units_on
from programs.enums import FactState, ReadingNature
from programs.fact_actions import Changed
from programs.forms.reading_checks import (
    DIGITS,
    NUMBERS,
    is_share,
    misfits,
    refuse_actual_ahead,
    yes_no_field,
)
from programs.indicator_words import is_yes_no, reading_text
from programs.models import Indicator, IndicatorCategory, Measurement
from programs.provided import NamedWindow
from programs.readings import generations, scale
from programs.scoreboard import indicators_of, targets_for
from programs.unusual import Usual, beside_usual, is_unusual, usual_values

TYPED = (*NUMBERS, "nature", "source_text", "note")


class GridHead(forms.Form):
    """For which day and place; in the address, and sent along with the rows.

    `windows`: the periods people speak of; the usual day is the last one of the latest that is over.
    """

    day = DayField(
        label=_("As of the day"),
        help_text=_("For a period: its last day, like 14/06/2026"),
        error_messages={"required": _("Write the day.")},
    )
    unit = EntryField(label=_("Place"), required=False, widget=forms.Select)
    period_from = DayField(
        label=_("First day of the period"),
        required=False,
        help_text=_("Only if the numbers are those of a period, like 15/12/2025"),
    )
    period_seen = DayField(widget=forms.HiddenInput, required=False)  # the first day the page showed

    def __init__(self, data=None, *, agency: Agency, windows: list[NamedWindow], today: date, **options):
        super().__init__(data, **options)
        self.windows = windows
        usual = max((window.last for window in windows if window.last <= today), default=today)
        self.fields["day"].initial = usual
        self.of_day = readable_day(self["day"].value()) or usual
        self.units = units_on(agency, self.of_day)
        self.fields["unit"].offer(self.units, label=lambda unit: unit.label, empty=None)

    @property
    def period(self) -> date | None:
        return self.cleaned_data.get("period_from")

    @property
    def period_changed(self) -> bool:
        """Whether somebody wrote another first day than the page showed."""
        return self.is_valid() and self.period != self.cleaned_data["period_seen"]

    @property
    def place(self) -> AdministrativeUnit | None:
        """The one chosen, else the first of the day; None where the agency had none yet."""
        chosen = str(self["unit"].value() or "")
        return next((unit for unit in self.units if str(unit.pk) == chosen), next(iter(self.units), None))

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("period_from"), cleaned.get("day")
        if first and last and first > last:
            self.add_error("period_from", _("The last day must not be before the first day."))
        if not self.units:
            self.add_error("day", _("Your agency has no place on that day. Choose a day since it began."))
        return cleaned


class ReadingRow(forms.Form):
    """`seen`: what the row said when the page was opened; a row left as it was is not looked at."""

    numerator = DecimalNumberField(label=_("Numerator"), required=False, **DIGITS)
    denominator = DecimalNumberField(label=_("Denominator"), required=False, **DIGITS)
    value = DecimalNumberField(label=_("Value"), required=False, **DIGITS)
    nature = forms.ChoiceField(label=_("Nature"), choices=ReadingNature.choices, initial=ReadingNature.ACTUAL)
    source_text = forms.CharField(label=_("Source"), required=False, max_length=300)
    note = forms.CharField(
        label=_("Why it differs so much"), required=False, max_length=500, help_text=_("Asked where it is unusual.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput, max_value=LARGEST_INTEGER)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data=None, *, line: GridLine, **options):
        prefix = f"r{line.indicator.pk}-{line.category.pk if line.category else 0}"
        sent = data if data and f"{prefix}-version" in data else None
        super().__init__(sent, prefix=prefix, initial=line.initial, use_required_attribute=False, **options)
        self.line = line
        if is_yes_no(line.indicator):
            del self.fields["numerator"], self.fields["denominator"]
            self.fields["value"] = yes_no_field()
        elif line.is_share:
            self.fields["value"].widget.attrs["data-percent"] = True  # "84,2%" of a sheet (static/js/paste.js)
        for name in set(TYPED) & self.fields.keys():
            below = f"row-{prefix}-note" if name == "note" else f"col-{name}"  # the reason stands on a row of its own
            self.fields[name].widget.attrs["aria-labelledby"] = f"row-{prefix} {below}"
        if not self.is_bound:
            self.initial["seen"] = self.as_text()

    def as_text(self) -> str:
        return "|".join(str(self[name].value() or "") for name in TYPED if name in self.fields)

    @property
    def untouched(self) -> bool:
        return not self.is_bound or self.as_text() == (self["seen"].value() or "")

    @property
    def is_empty(self) -> bool:
        return all(self.cleaned_data.get(name) is None for name in NUMBERS)

    def clean(self):
        cleaned = super().clean()
        numerator, denominator, value = (cleaned.get(name) for name in NUMBERS)
        if value is not None and (numerator is not None or denominator is not None):
            self.add_error("value", _("Enter numerator and denominator, or the value, not both."))
        if (numerator is None) != (denominator is None) and not self.errors:
            missing = "numerator" if numerator is None else "denominator"
            self.add_error(missing, _("Numerator and denominator belong together: write both."))
        numbers = {"numerator": numerator, "denominator": denominator, "value": value}
        for name, problem in misfits(self.line.indicator, **numbers):
            self.add_error(name, problem)
        return cleaned

    def check_day(self, day: date) -> None:
        try:
            refuse_actual_ahead(day, self.cleaned_data.get("nature", ""))
        except ValidationError as problem:
            self.add_error("nature", problem)

    def values(self) -> dict:
        return {name: self.cleaned_data.get(name) for name in TYPED}

    @property
    def number(self) -> Decimal | None:
        """In the indicator's own measure, as a scoreboard shows it."""
        numerator, denominator, value = (self.cleaned_data.get(name) for name in NUMBERS)
        if denominator:
            return scale(self.line.indicator.measured_in) * numerator / denominator
        return value

    def ask_why(self, usual: Decimal) -> None:
        """`usual`: what was read for the same half-year before. A reason typed is the confirmation."""
        number, indicator = self.number, self.line.indicator
        if number is None or self.cleaned_data.get("note", "").strip():
            return
        if is_unusual(indicator, number, usual):
            words = _("%(new)s now, %(old)s in the same period last year. Check the number, or say here why.")
            values = beside_usual(indicator, number, usual)
            self.add_error("note", ValidationError(words, "unusual", values))


@dataclass
class GridLine:
    """`stored`: the agency's own reading of the day; `before`: its latest one until then."""

    indicator: Indicator
    number: str
    category: IndicatorCategory | None
    stored: Measurement | None
    before: Measurement | None
    form: ReadingRow = field(init=False)

    @property
    def key(self) -> tuple[int, int | None]:
        return self.indicator.pk, self.category.pk if self.category else None

    @property
    def is_share(self) -> bool:
        return is_share(self.indicator)

    @property
    def locked(self) -> bool:
        return self.stored is not None and self.stored.is_locked

    @property
    def initial(self) -> dict:
        return values_of(self.stored) | {"version": self.stored.version if self.stored else 0}

    @property
    def label(self) -> str:
        return str(self.category or self.indicator)

    @property
    def asks_why(self) -> bool:
        """The reason is asked for, or one was given."""
        return bool(self.form["note"].errors or self.form["note"].value())

    @property
    def stored_text(self) -> str:
        return reading_text(self.stored, self.indicator) if self.stored else ""

    @property
    def before_text(self) -> str:
        return reading_text(self.before, self.indicator) if self.before else ""


def values_of(reading: Measurement | None) -> dict:
    """As the row shows them: no trailing zeros."""
    if reading is None:
        return {"note": ""}
    numbers = {name: number.normalize() for name in NUMBERS if (number := getattr(reading, name)) is not None}
    if is_yes_no(reading.indicator) and "value" in numbers:
        numbers["value"] = str(int(numbers["value"]))
    return numbers | {"nature": reading.nature, "source_text": reading.source_text, "note": reading.note}


class MeasurementGrid:
    """The rows of one place and day. `left_out`: indicators whose target does not apply there."""

    def __init__(self, data, *, head: GridHead, agency: Agency):
        self.data = data.copy() if data is not None else None
        self.head, self.agency = head, agency
        self.day, self.unit = head.of_day, head.place
        self.lines: list[GridLine] = []
        self.left_out: list[Indicator] = []
        self.computed: list[Indicator] = []
        if self.unit:
            self._load()

    def _load(self) -> None:
        provinces = generations(self.unit.province or self.unit)
        targets, indicators = targets_for(self.day.year, provinces), indicators_of(self.day.year)
        composites = {indicator.parent_id for indicator in indicators}
        leaves = [indicator for indicator in indicators if indicator.pk not in composites]
        followed = [one for one in leaves if one.pk in targets and targets[one.pk].applies]
        asked = [one for one in followed if not is_computed(one)]
        self.computed = [one for one in followed if is_computed(one)]
        self.left_out = [one for one in leaves if one.pk in targets and not targets[one.pk].applies]
        stored, before = self._readings(asked)
        categories: dict[int, list[IndicatorCategory | None]] = {one.pk: [None] for one in asked}
        for category in IndicatorCategory.objects.filter(indicator__in=categories, active=True):
            categories[category.indicator_id].append(category)
        numbers = {one.pk: one.number for one in indicators}
        for indicator in asked:
            number = " ".join(filter(None, [numbers.get(indicator.parent_id), indicator.number]))
            for category in categories[indicator.pk]:
                key = (indicator.pk, category.pk if category else None)
                line = GridLine(indicator, number, category, stored.get(key), before.get(key))
                line.form = ReadingRow(self.data, line=line)
                self.lines.append(line)
        first = next((line.stored.period_from for line in self.lines if line.stored), None)
        self.head.initial.setdefault("period_from", first)
        self.head.initial.setdefault("period_seen", first)

    def _readings(self, indicators: list[Indicator]) -> tuple[dict, dict]:
        """The agency's own readings of the day and its latest before it; of one day an actual one counts."""
        owners = Agency.objects.lineage_of({self.agency.pk})
        rows = Measurement.objects.filter(
            owner__in=owners, unit=self.unit, indicator__in=indicators, counted_on__lte=self.day, reason=""
        ).select_related("indicator")
        stored, before = {}, {}
        for row in rows.order_by("-counted_on", "nature", "-pk"):
            found = stored if row.counted_on == self.day else before
            found.setdefault((row.indicator_id, row.category_id), row)
        return stored, before

    @cached_property
    def groups(self) -> list[tuple[str, list[GridLine]]]:
        """Lines by objective."""
        found: dict[str, list[GridLine]] = {}
        for line in self.lines:
            found.setdefault(line.indicator.objective.name, []).append(line)
        return list(found.items())

    @property
    def touched(self) -> list[GridLine]:
        """Rows somebody typed into; where only the first day of the period is new, the readings it stood for."""
        typed = [line for line in self.lines if not line.form.untouched]
        if typed or not self.head.period_changed:
            return typed
        seen = self.head.cleaned_data["period_seen"]
        return [line for line in self.lines if line.stored and not line.locked and line.stored.period_from == seen]

    def period_of(self, line: GridLine) -> date | None:
        """A stored reading keeps its own: it may be of the day while others are of a period."""
        return self.head.period if line.stored is None or self.head.period_changed else line.stored.period_from

    @property
    def errors(self) -> list[dict[str, str]]:
        """For the summary on top: where, and what to do."""
        found = [{"where": "", "label": "", "text": text} for text in self.head.non_field_errors()]
        for bound in self.head:
            found += [{"where": bound.auto_id, "label": bound.label, "text": text} for text in bound.errors]
        for line in self.lines:
            for bound in line.form:
                label = f"{line.label}, {bound.label}"
                found += [{"where": bound.auto_id, "label": label, "text": text} for text in bound.errors]
        return found

    def is_valid(self) -> bool:
        """All rows are looked at, so that every error is shown at once."""
        valid = self.head.is_valid()
        for indicator in self.computed:
            if any(self.data.get(f"r{indicator.pk}-0-{name}") for name in NUMBERS):
                self.head.add_error(None, refusal_of(indicator))
        usual = self._usual()
        for line in self.touched:
            if line.form.is_valid():
                self._check_against_stored(line)
                line.form.check_day(self.day)
                if line.key in usual and not line.form.errors:
                    line.form.ask_why(usual[line.key])
        return valid and not self.errors

    def _usual(self) -> Usual:
        indicators = [line.indicator for line in self.touched if not is_yes_no(line.indicator)]
        return usual_values(Agency.objects.lineage_of({self.agency.pk}), self.unit, self.day, indicators)

    def _check_against_stored(self, line: GridLine) -> None:
        sent, form = line.form.cleaned_data["version"], line.form
        if line.stored is None and form.is_empty:
            form.add_error(first_number(form), _("Write the number, or leave the whole row empty."))
        elif line.stored is not None and self.says_the_same(line):
            return
        elif line.locked:
            form.add_error(first_number(form), _("A report with this number was frozen. Add a correction instead."))
        elif line.stored is not None and form.is_empty:
            form.add_error(first_number(form), _("A number was entered for this day: write the right one."))
        elif sent != (line.stored.version if line.stored else 0):
            self._tell_conflict(line)

    def _tell_conflict(self, line: GridLine) -> None:
        """What was typed stays; sent again it replaces the stored number knowingly."""
        message = _("Saved meanwhile by somebody else: %(theirs)s. Save again to put yours in its place.")
        line.form.add_error(first_number(line.form), ValidationError(message, "stale", {"theirs": line.stored_text}))
        self.data[line.form.add_prefix("version")] = str(line.stored.version if line.stored else 0)

    def says_the_same(self, line: GridLine) -> bool:
        stored = {name: getattr(line.stored, name) for name in (*TYPED, "period_from")}
        return stored == line.form.values() | {"period_from": self.period_of(line)}

    def new_readings(self) -> list[Measurement]:
        return [self._fill(Measurement(owner=self.agency), line) for line in self.touched if line.stored is None]

    def changed_readings(self) -> list[Changed]:
        changed = [line for line in self.touched if line.stored is not None and not self.says_the_same(line)]
        return [Changed(self._fill(line.stored, line), line.form.cleaned_data["version"]) for line in changed]

    def _fill(self, reading: Measurement, line: GridLine) -> Measurement:
        for name, value in line.form.values().items():
            setattr(reading, name, value)
        reading.indicator, reading.category = line.indicator, line.category
        reading.unit, reading.province_id = self.unit, self.unit.own_province_id
        reading.counted_on, reading.period_from = self.day, self.period_of(line)
        reading.state = FactState.RECORDED
        return reading


def first_number(form: ReadingRow) -> str:
    return next(name for name in NUMBERS if name in form.fields)


def is_computed(indicator: Indicator) -> bool:
    return hasattr(indicator, "formula")


def refusal_of(indicator: Indicator) -> str:
    words = _("%(indicator)s is counted from the records: nobody enters it. Correct the records instead.")
    return words % {"indicator": indicator.name}
