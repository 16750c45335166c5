"""The sheet of money: decisions, and disbursements read as of a day, judged by the two forms of the screen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy

from coordination.forms import LARGEST_AMOUNT, EntryField, WholeNumberField
from coordination.models import AdministrativeUnit
from coordination.search import search_text
from coordination.sheets.bulk import create_all, update_all
from coordination.sheets.checking import form_problems
from coordination.sheets.declared import (
    Cell,
    ChoiceCell,
    Column,
    DayCell,
    Found,
    NumberCell,
    Row,
    Verdict,
    register,
)
from programs.enums import BudgetNature, CapitalNature, ComponentKind, FactState, FundingSource
from programs.forms.budget import DecisionForm, ReadingsForm, cell_name
from programs.forms.day_checks import ENTER_LATER
from programs.models import BudgetEntry, Component
from programs.money import Money
from programs.sheets.facts import FactSheet, Line, component_words, reference_column

NATURAL = ("component_id", "source", "capital", "year", "counted_on")
TICK = "x"


class RowDecisionForm(DecisionForm):
    """The form of the screen with a list of contents that was read before."""

    def __init__(self, data, *, contents: list[Component], **options):
        super().__init__(data, contents=Component.objects.none(), **options)
        field = EntryField(label=self.fields["content"].label, widget=forms.Select)
        field.offer(contents, component_words)
        self.fields["content"] = field


class RowReadingForm(RowDecisionForm):
    """What a reading has in common with a decision; that it is not lower than before is asked by the grid's form."""

    ahead = ENTER_LATER

    def __init__(self, data, **options):
        super().__init__(data, **options)
        self.fields["nature"].choices = [(BudgetNature.DISBURSED.value, BudgetNature.DISBURSED.label)]
        label = self.fields["amount_vnd"].label
        self.fields["amount_vnd"] = WholeNumberField(label=label, max_value=LARGEST_AMOUNT)


@register
class BudgetSheet(FactSheet):
    code, label, model = "budget", gettext_lazy("Money"), BudgetEntry
    about = gettext_lazy("Allocated and carried over: one row a decision. Disbursed: what was paid since 1 January.")
    unstored = ("reference", "lower_is_right")

    reference = reference_column()
    nature = Column(gettext_lazy("What it is"), ChoiceCell(BudgetNature), width=18, required=True)
    content = Column(gettext_lazy("Content"), ChoiceCell(), attribute="component", width=44, required=True)
    source = Column(gettext_lazy("Source"), ChoiceCell(FundingSource), width=22, required=True)
    capital = Column(gettext_lazy("Kind of capital"), ChoiceCell(CapitalNature), width=14, required=True)
    year = Column(gettext_lazy("Budget year"), NumberCell(), width=9, required=True, sample=2026)
    amount_vnd = Column(gettext_lazy("Amount (đồng)"), NumberCell(), width=18, required=True, sample=150_000_000)
    counted_on = Column(gettext_lazy("Day"), DayCell(), width=12, required=True, sample=date(2026, 6, 14))
    note = Column(gettext_lazy("Decision"), width=34)
    lower_is_right = Column(
        gettext_lazy("The lower figures are right"), width=12,
        hint=gettext_lazy("x, where money was paid back and less is disbursed than before."),
    )  # fmt: skip

    # ---- lists ----

    def prepare(self) -> BudgetSheet:
        rows = Component.objects.offered_to(self.agency.province_id).filter(kind=ComponentKind.CONTENT)
        self.contents = list(rows.order_by("position", "code"))
        self.columns["content"].widget.offer((row.pk, component_words(row)) for row in self.contents)
        return self

    @cached_property
    def units(self) -> dict[date, AdministrativeUnit]:
        return {}

    def unit_on(self, day: date) -> AdministrativeUnit:
        """The place of the agency as it was on the day."""
        era = self.era_of(day)
        if era not in self.units:
            self.units[era] = self.agency.unit.version_on(day)
        return self.units[era]

    @cached_property
    def paid(self) -> dict[tuple[int, str, str, int], dict[date, int]]:
        """Disbursements read so far by line and day, with their corrections; đồng."""
        found: dict[tuple[int, str, str, int], dict[date, int]] = {}
        rows = BudgetEntry.objects.recorded().filter(owner__in=self.lineage, nature=BudgetNature.DISBURSED)
        for row in rows.select_related("corrects").order_by("pk"):
            day = row.corrects.counted_on if row.corrects else row.counted_on
            days = found.setdefault((row.component_id, row.source, row.capital, row.year), {})
            days[day] = days.get(day, 0) + row.amount_vnd
        return found

    # ---- cells ----

    def with_parts(self, rows: Any) -> Any:
        return rows.select_related("component")

    def cell_of(self, name: str, column: Column, record: Any) -> Cell:
        return None if name == "lower_is_right" else super().cell_of(name, column, record)

    # ---- rows ----

    one_a_line = Q(nature=BudgetNature.DISBURSED)

    def line_of(self, row: Row) -> Line | None:
        """Decisions of one day may be several."""
        if row.data["nature"] != BudgetNature.DISBURSED or not isinstance(row.data["counted_on"], date):
            return None
        return tuple(str(row.data[name]) for name in ("content", *NATURAL[1:]))

    def line_of_record(self, record: BudgetEntry) -> Line:
        return tuple(str(getattr(record, name)) for name in NATURAL)

    def judge(self, row: Row, record: BudgetEntry | None) -> tuple[list[tuple[str, str]], Any]:
        disbursed = row.data["nature"] == BudgetNature.DISBURSED
        form = (RowReadingForm if disbursed else RowDecisionForm)(row.data, contents=self.contents)
        if not form.is_valid():
            return form_problems(form, self.columns), None
        problems = self.lower_than_before(row, form.cleaned_data) if disbursed else []
        if problems:
            return problems, None
        entry = form.fill(record or self.new_record(row), self.unit_on(form.cleaned_data["counted_on"]))
        entry.state = FactState.RECORDED
        return [], entry

    def lower_than_before(self, row: Row, typed: dict[str, Any]) -> list[tuple[str, str]]:
        """The rule of the grid, for one of its cells."""
        content, source, day = typed["content"], FundingSource(typed["source"]), typed["counted_on"]
        days = self.paid.setdefault((content.pk, source.value, typed["capital"], typed["year"]), {})
        last = max((other for other in days if other < day), default=None)
        before = {(content.pk, source.value): Money(disbursed=days[last])} if last else {}
        cell = cell_name(content, source)
        ticked = search_text(str(row.data["lower_is_right"])) == TICK
        sent = {cell: typed["amount_vnd"]} | ({"lower_is_right": "on"} if ticked else {})
        form = ReadingsForm(sent, contents=[content], before=before, stored={})
        if form.is_valid():
            days[day] = typed["amount_vnd"]
            return []
        return [("amount_vnd" if name == cell else name, text) for name in form.errors for text in form.errors[name]]

    def write(self, verdicts: Sequence[Verdict]) -> None:
        create_all([verdict.item for verdict in verdicts if verdict.found == Found.NEW], self.act)
        update_all([verdict.item for verdict in verdicts if verdict.found == Found.CHANGED], self.act)
