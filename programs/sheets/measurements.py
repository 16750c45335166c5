"""The sheet of readings: one row a reading, judged by the head and the row of the grid on the screen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.models import AdministrativeUnit
from coordination.search import search_text
from coordination.sheets.bulk import create_all, update_all
from coordination.sheets.checking import form_problems
from coordination.sheets.declared import (
    Cell,
    ChoiceCell,
    Column,
    DayCell,
    DecimalCell,
    Found,
    Row,
    Verdict,
    WordsCell,
    register,
)
from coordination.unit_picker import unit_label
from programs.enums import FactState, ReadingNature
from programs.forms.measurements import GridHead, GridLine, ReadingRow, is_computed, refusal_of
from programs.indicator_words import is_yes_no
from programs.models import Indicator, IndicatorCategory, Measurement
from programs.readings import generations, scale
from programs.scoreboard import indicators_of, targets_for
from programs.sheets.facts import FactSheet, Line, UnitNames, reference_column
from programs.unusual import Usual, is_unusual, remark, usual_values

YES, NO = "có", "không"
NATURAL = ("indicator_id", "unit_id", "category_id", "counted_on", "nature")


@register
class MeasurementSheet(FactSheet):
    code, label, model = "measurements", gettext_lazy("Readings of indicators"), Measurement
    about = gettext_lazy("One row a reading: numerator and denominator, or the value, not both.")
    unstored = ("reference",)

    reference = reference_column()
    indicator = Column(gettext_lazy("Indicator"), ChoiceCell(), width=60, required=True)
    category = Column(
        gettext_lazy("Category"), width=24, hint=gettext_lazy("Tier or post, where the indicator has them.")
    )
    unit = Column(gettext_lazy("Place"), WordsCell(), width=24, hint=gettext_lazy("Empty: the place of the agency."))
    counted_on = Column(gettext_lazy("As of the day"), DayCell(), width=12, required=True, sample=date(2026, 6, 14))
    period_from = Column(
        gettext_lazy("First day of the period"), DayCell(), width=12,
        hint=gettext_lazy("Only if the numbers are those of a period."),
    )  # fmt: skip
    numerator = Column(gettext_lazy("Numerator"), DecimalCell(), width=11, sample=84)
    denominator = Column(gettext_lazy("Denominator"), DecimalCell(), width=11, sample=100)
    value = Column(
        gettext_lazy("Value"), DecimalCell(), width=11, hint=gettext_lazy("A number, or yes or no in words.")
    )
    nature = Column(gettext_lazy("Nature"), ChoiceCell(ReadingNature), width=12, blank=ReadingNature.ACTUAL.value)
    source_text = Column(gettext_lazy("Source"), width=34)

    # ---- lists ----

    def prepare(self) -> MeasurementSheet:
        indicators = Indicator.objects.filter(active=True, parts__isnull=True)
        self.indicators = {str(row.pk): row for row in indicators.select_related("objective", "formula")}
        self.columns["indicator"].widget.offer((row.pk, indicator_words(row)) for row in self.indicators.values())
        categories = IndicatorCategory.objects.filter(active=True)
        self.categories = {(row.indicator_id, search_text(row.name)): row for row in categories}
        if self.hat:
            self.columns["unit"].widget.offer_words(map(unit_label, self.head_for(timezone.localdate()).units))
        return self

    @cached_property
    def heads(self) -> dict[date, GridHead]:
        return {}

    def head_for(self, day: Any) -> GridHead:
        era = self.era_of(day)
        if era not in self.heads:
            someday = day if isinstance(day, date) else timezone.localdate()
            head = GridHead({"day": someday}, agency=self.agency, windows=[], today=timezone.localdate())
            self.heads[era] = head
        return self.heads[era]

    @cached_property
    def asked(self) -> dict[tuple[int, int], set[int]]:
        return {}

    def asked_in(self, year: int, unit: AdministrativeUnit) -> set[int]:
        """Indicators whose target applies there, as the grid of the year shows them."""
        key = (year, unit.own_province_id)
        if key not in self.asked:
            targets = targets_for(year, self.provinces_of(unit))
            self.asked[key] = {row.pk for row in indicators_of(year) if row.pk in targets and targets[row.pk].applies}
        return self.asked[key]

    def provinces_of(self, unit: AdministrativeUnit) -> Any:
        return generations(unit.province or unit)

    # ---- cells ----

    def with_parts(self, rows: Any) -> Any:
        return rows.select_related("indicator", "category", "unit__parent")

    def cell_of(self, name: str, column: Column, record: Any) -> Cell:
        if name == "unit":
            return unit_label(record.unit)
        if name == "category":
            return str(record.category) if record.category else None
        if name == "value" and record.value is not None and is_yes_no(record.indicator):
            return YES if record.value else NO
        return super().cell_of(name, column, record)

    # ---- rows ----

    def sent(self, data: dict[str, Any]) -> dict[str, Any]:
        head = self.head_for(data["counted_on"])
        unit = UnitNames(head.units).value_for(data["unit"]) or str(head.units[0].pk if head.units else "")
        value = data["value"]
        indicator = self.indicators.get(data["indicator"])
        if indicator and is_yes_no(indicator):
            value = {search_text(YES): "1", search_text(NO): "0"}.get(search_text(str(value)), str(value))
        words = {"category": search_text(data["category"])}
        return data | words | {"unit": unit, "value": value}

    def comparable(self, data: dict[str, Any], names: set[str]) -> dict[str, Any]:
        sent = self.sent(data)
        return {name: sent[name] for name in names}

    one_a_line = Q()

    def line_of(self, row: Row) -> Line | None:
        sent = self.sent(row.data)
        indicator = self.indicators.get(sent["indicator"])
        category = self.category_of(indicator, sent)
        day = row.data["counted_on"]
        if indicator is None or not sent["unit"].isdecimal() or not isinstance(day, date):
            return None
        if sent["category"] and category is None:
            return None
        return indicator.pk, int(sent["unit"]), category.pk if category else None, day, row.data["nature"]

    def line_of_record(self, record: Measurement) -> Line:
        return tuple(getattr(record, name) for name in NATURAL)

    def category_of(self, indicator: Indicator | None, sent: dict[str, Any]) -> IndicatorCategory | None:
        return self.categories.get((indicator.pk, sent["category"])) if indicator else None

    def line_up(self, rows: Sequence[Row], found: dict[str, Any]) -> None:
        """As on the grid: a number of the same day, whether estimated or actual, is changed; what the row leaves empty

        of period and source stays.
        """
        super().line_up(rows, found)
        told = {record.pk for record in found.values()}
        others = sorted(self.by_line.items(), key=lambda item: (item[1].nature, -item[1].pk), reverse=True)
        by_day = {key[1:-1]: record for key, record in others if record.pk not in told}  # the actual one last
        for row in rows:
            line = self.line_of(row) if row.reference not in found else None
            record = by_day.pop(line[:-1], None) if line else None
            if record is not None:
                row.derived, found[row.reference] = False, record
        for row in rows:
            if not row.derived:
                kept = {name: getattr(found[row.reference], name) or "" for name in ("period_from", "source_text")}
                row.data |= {name: value for name, value in kept.items() if row.data[name] == ""}

    def judge(self, row: Row, record: Measurement | None) -> tuple[list[tuple[str, str]], Any]:
        sent, head = self.sent(row.data), self.head_for(row.data["counted_on"])
        head.data = {"day": sent["counted_on"], "unit": sent["unit"], "period_from": sent["period_from"]}
        head._errors = None
        problems = [("counted_on" if key == "day" else key, text) for key, text in self.head_problems(head)]
        indicator = self.indicators.get(sent["indicator"])
        category = self.category_of(indicator, sent)
        if indicator is None:
            return [*problems, ("indicator", _("Choose one from the list."))], None
        if sent["category"] and category is None:
            problems.append(("category", _("This indicator has no such category. Leave it empty, or choose another.")))
        if not problems and indicator.pk not in self.asked_in(sent["counted_on"].year, head.cleaned_data["unit"]):
            problems.append(("indicator", _("This indicator is not read there in that year: it has no target.")))
        if is_computed(indicator):
            problems.append(("indicator", refusal_of(indicator)))
        form = reading_form(indicator, category, record, sent)
        problems += form_problems(form, self.columns)
        if form.is_valid() and form.is_empty:
            problems.append(("numerator", _("Write the number, or leave the whole row empty.")))
        if problems:
            return problems, None
        reading = record or self.new_record(row)
        for name, value in form.values().items():
            setattr(reading, name, value)
        reading.indicator, reading.category, reading.state = indicator, category, FactState.RECORDED
        reading.unit = head.cleaned_data["unit"]
        reading.province_id = reading.unit.own_province_id
        reading.counted_on, reading.period_from = sent["counted_on"], head.cleaned_data["period_from"]
        return [], reading

    def look_at(self, row: Row, record: Any) -> Verdict:
        """A number far from that of the same half-year before is to be looked at; the file is taken all the same."""
        was_actual = record is not None and record.nature == ReadingNature.ACTUAL
        verdict = super().look_at(row, record)
        if isinstance(verdict.item, Measurement):
            verdict.doubts = self.doubts_of(verdict.item)
            if was_actual and verdict.item.nature == ReadingNature.ESTIMATE:
                words = _("An actual number is stored for this day: this row makes it an estimate again. Check it.")
                verdict.doubts.append(("nature", words))
        return verdict

    def doubts_of(self, reading: Measurement) -> list[tuple[str, str]]:
        usual = self.usual_for(reading.unit, reading.counted_on).get((reading.indicator_id, reading.category_id))
        number = number_of(reading)
        if reading.note or usual is None or not is_unusual(reading.indicator, number, usual):
            return []
        return [("value" if reading.value is not None else "numerator", remark(reading.indicator, number, usual))]

    def usual_for(self, unit: AdministrativeUnit, day: date) -> Usual:
        """Asked once for a place and day: a file has few of them."""
        key = (unit.pk, day)
        if key not in self.usual:
            asked = [row for row in self.indicators.values() if not is_yes_no(row) and not is_computed(row)]
            self.usual[key] = usual_values(self.lineage, unit, day, asked)
        return self.usual[key]

    @cached_property
    def usual(self) -> dict[tuple[int, date], Usual]:
        return {}

    def head_problems(self, head: GridHead) -> list[tuple[str, str]]:
        return form_problems(head, {"day", "unit", "period_from"})

    def write(self, verdicts: Sequence[Verdict]) -> None:
        create_all([verdict.item for verdict in verdicts if verdict.found == Found.NEW], self.act)
        update_all([verdict.item for verdict in verdicts if verdict.found == Found.CHANGED], self.act)


def number_of(reading: Measurement) -> Decimal:
    """In the indicator's own measure."""
    if reading.numerator is not None and reading.denominator:
        return scale(reading.indicator.measured_in) * reading.numerator / reading.denominator
    return reading.value or Decimal(0)


def indicator_words(indicator: Indicator) -> str:
    return f"{indicator.code} {indicator.name}"


def reading_form(
    indicator: Indicator, category: IndicatorCategory | None, record: Measurement | None, sent: dict[str, Any]
) -> ReadingRow:
    line = GridLine(indicator, indicator.number, category, record, None)
    prefix = f"r{indicator.pk}-{category.pk if category else 0}"
    names = ("numerator", "denominator", "value", "nature", "source_text")
    data = {f"{prefix}-{name}": sent[name] for name in names} | {f"{prefix}-note": record.note if record else ""}
    form = ReadingRow(data | {f"{prefix}-version": record.version if record else 0}, line=line)
    if form.is_valid() and isinstance(sent["counted_on"], date):
        form.check_day(sent["counted_on"])
    return form
