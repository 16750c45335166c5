"""Forms of money: a grid of cumulative disbursements for a day, and one decision that gives or carries over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.formats import vnd
from coordination.forms import LARGEST_AMOUNT, LARGEST_INTEGER, DayField, WholeNumberField
from coordination.models import AdministrativeUnit
from programs.enums import BudgetNature, CapitalNature, FundingSource
from programs.forms.day_checks import refuse_ahead
from programs.models import BudgetEntry, Component
from programs.money import OWN, PLANNED, Money

FIRST_YEAR = 2021
RATE = "rate"  # of a printed number: what the rate divides
WHAT = [(PLANNED, pgettext_lazy("money", "Planned")), *BudgetNature.choices, (RATE, _("Disbursement rate"))]
DECISIONS = [(nature.value, nature.label) for nature in (BudgetNature.ALLOCATED, BudgetNature.CARRIED_OVER)]


class BudgetDayForm(forms.Form):
    """Which budget year a page speaks of, and as known on which day; in the address."""

    year = forms.IntegerField(label=_("Budget year"), min_value=FIRST_YEAR, max_value=2100, required=False)
    day = DayField(label=_("As of the day"), required=False)

    def chosen(self, today: date) -> tuple[int, date]:
        """Year and day asked for, else this year as of today; of a past year its last day."""
        typed = self.cleaned_data if self.is_bound and self.is_valid() else {}
        year = typed.get("year") or (typed["day"].year if typed.get("day") else today.year)
        return year, typed.get("day") or min(today, date(year, 12, 31))


class BudgetGridForm(BudgetDayForm):
    """What the grid shows: all the money of the year, or that of one kind of capital."""

    capital = forms.ChoiceField(choices=CapitalNature.choices, required=False, widget=forms.HiddenInput)

    @property
    def of_capital(self) -> str:
        """ "" = both."""
        return self.cleaned_data.get("capital") or "" if self.is_bound and self.is_valid() else ""


class BudgetNumberForm(BudgetGridForm):
    """One printed number of the grid, by its row and column: what the records behind it are looked up by.

    `source`: one of them, or `OWN` for the programme's own; without `content` all contents.
    """

    what = forms.ChoiceField(choices=WHAT)
    content = forms.ModelChoiceField(Component.objects.all(), required=False)
    source = forms.ChoiceField(choices=[(OWN, OWN), *FundingSource.choices])

    def sources(self) -> list[str]:
        source = self.cleaned_data["source"]
        return FundingSource.own() if source == OWN else [source]

    def natures(self) -> list[str]:
        """Of the entries that make the number; the rate is made of all three."""
        what = self.cleaned_data["what"]
        return BudgetNature.values if what == RATE else [what]


class ReadingsHead(BudgetDayForm):
    """Disbursements of the two kinds of capital are read apart. In the address, and sent along with the cells."""

    capital = forms.ChoiceField(label=_("Kind of capital"), choices=CapitalNature.choices, required=False)

    def __init__(self, data=None, *, saving: bool = False, **options: Any):
        """`saving`: it has to say of which year and day the cells are."""
        super().__init__(data, **options)
        for name, words in (("year", _("Write the year.")), ("day", _("Write the day."))):
            self.fields[name].required = saving
            self.fields[name].error_messages["required"] = words

    def clean_day(self) -> date | None:
        refuse_ahead(self.cleaned_data["day"])
        return self.cleaned_data["day"]

    @property
    def of_capital(self) -> str:
        chosen = self.cleaned_data.get("capital") if self.is_bound and self.is_valid() else ""
        return chosen or CapitalNature.RECURRENT


@dataclass
class ReadingLine:
    """One line of the grid: what is known before, and the two cells to fill in."""

    content: Component
    source: FundingSource
    before: int | None
    stored: BudgetEntry | None
    amount: forms.BoundField
    version: forms.BoundField

    @property
    def before_words(self) -> str:
        return vnd(self.before) if self.before is not None else "…"


class ReadingsForm(forms.Form):
    """Cumulative disbursements of one owner, day and kind of capital; an empty cell says nothing about that line.

    `overtaken`: somebody saved or a report froze a cell after the page was opened.
    """

    overtaken = False
    lower_is_right = forms.BooleanField(label=_("The lower figures are right"), required=False)

    def __init__(
        self,
        data=None,
        *,
        contents: list[Component],
        before: dict[tuple[int, str], Money],
        stored: dict[tuple[int, str], BudgetEntry],
        **options: Any,
    ):
        super().__init__(data, **options)
        self.keys = [(content, source) for content in contents for source in FundingSource]
        self.before, self.stored = before, stored
        for content, source in self.keys:
            name, entry = cell_name(content, source), stored.get((content.pk, source))
            label = f"{content.short_name}, {source.label}"
            self.fields[name] = WholeNumberField(
                label=label, required=False, max_value=LARGEST_AMOUNT, initial=entry.amount_vnd if entry else None,
                disabled=bool(entry and entry.is_locked) and name not in self.data,
            )  # fmt: skip
            self.fields[f"{name}_version"] = forms.IntegerField(
                widget=forms.HiddenInput, required=False, max_value=LARGEST_INTEGER,
                initial=entry.version if entry else None,
            )  # fmt: skip

    def lines(self) -> list[ReadingLine]:
        return [
            ReadingLine(
                content,
                source,
                self._before(content, source),
                self.stored.get((content.pk, source)),
                self[cell_name(content, source)],
                self[f"{cell_name(content, source)}_version"],
            )
            for content, source in self.keys
        ]

    @property
    def status(self) -> int:
        """Of the page that shows it again."""
        return 409 if self.overtaken else 422

    def clean(self):
        cleaned = super().clean()
        for content, source in self.keys:
            entry = self.stored.get((content.pk, source))
            if entry and cell_name(content, source) not in self.errors:
                self._check_stored(cell_name(content, source), entry)
        lower = [key for key in self.keys if self._is_lower(*key)]
        if lower and not cleaned.get("lower_is_right"):
            for content, source in lower:
                known = vnd(self._before(content, source) or 0)
                self.add_error(
                    cell_name(content, source),
                    _("Less than was already disbursed (%(known)s). Disbursements are read from the year's beginning.")
                    % {"known": known},
                )
            self.add_error("lower_is_right", _("If money was paid back, tick here and save again."))
        return cleaned

    def _check_stored(self, name: str, entry: BudgetEntry) -> None:
        """What was typed stays; sent again it replaces the stored number knowingly."""
        amount, seen = self.cleaned_data.get(name), self.cleaned_data.get(f"{name}_version")
        if amount == entry.amount_vnd or (amount is None and not seen):
            return
        if entry.is_locked:
            self.overtaken = True
            self.add_error(name, _("A report with this number was frozen. Add a correction instead."))
        elif amount is None:
            self.add_error(name, _("A number was entered for this day: write the right one."))
        elif seen != entry.version:
            self.overtaken = True
            words = _("Saved meanwhile by somebody else: %(theirs)s. Save again to put yours in its place.")
            self.add_error(name, ValidationError(words, "stale", {"theirs": vnd(entry.amount_vnd)}))
            self.data = self.data.copy()
            self.data[f"{name}_version"] = str(entry.version)

    def changed_cells(self) -> list[tuple[Component, FundingSource, int, BudgetEntry | None, int]]:
        """(content, source, amount, stored entry or None, version its form was filled from) of every cell that says

        something new."""
        found = []
        for content, source in self.keys:
            name, entry = cell_name(content, source), self.stored.get((content.pk, source))
            amount = self.cleaned_data.get(name)
            if amount is None or (entry and entry.amount_vnd == amount):
                continue
            found.append((content, source, amount, entry, self.cleaned_data.get(f"{name}_version") or 0))
        return found

    def _before(self, content: Component, source: FundingSource) -> int | None:
        money = self.before.get((content.pk, source.value))
        return money.disbursed if money else None

    def _is_lower(self, content: Component, source: FundingSource) -> bool:
        """A number that stands there already was asked about when it was entered."""
        amount, before = self.cleaned_data.get(cell_name(content, source)), self._before(content, source)
        stored = self.stored.get((content.pk, source))
        if stored and amount == stored.amount_vnd:
            return False
        return amount is not None and before is not None and amount < before


def cell_name(content: Component, source: FundingSource) -> str:
    return f"paid_{content.pk}_{source.value}"


class DecisionForm(forms.Form):
    """Money given, or carried over from the year before, by one paper."""

    nature = forms.ChoiceField(label=_("What it is"), choices=DECISIONS)
    content = forms.ModelChoiceField(Component.objects.none(), label=_("Content"), empty_label=_("Choose"))
    source = forms.ChoiceField(label=_("Source"), choices=FundingSource.choices)
    capital = forms.ChoiceField(label=_("Kind of capital"), choices=CapitalNature.choices)
    year = forms.IntegerField(label=_("Budget year"), min_value=FIRST_YEAR, max_value=2100)
    amount_vnd = WholeNumberField(label=_("Amount (đồng)"), min_value=1, max_value=LARGEST_AMOUNT)
    counted_on = DayField(label=_("Day of the decision"))
    note = forms.CharField(
        label=_("Decision"), max_length=300, required=False, help_text=_("For example: 123/QĐ-UBND")
    )
    form_token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, max_value=LARGEST_INTEGER)

    def __init__(self, data=None, *, contents, **options):
        super().__init__(data, **options)
        self.fields["content"].queryset = contents
        self.fields["content"].label_from_instance = lambda content: content.short_name

    ahead = _("This day lies ahead. Enter the decision once it is signed.")

    def clean_counted_on(self) -> date:
        refuse_ahead(self.cleaned_data["counted_on"], self.ahead)
        return self.cleaned_data["counted_on"]

    def fill(self, entry: BudgetEntry, unit: AdministrativeUnit) -> BudgetEntry:
        """The entry with what was typed; `unit`: the place of its owner on the day typed."""
        sent = self.cleaned_data
        entry.unit, entry.province_id = unit, unit.own_province_id
        if entry.pk is None:
            entry.form_token = sent["form_token"]
        entry.component = sent["content"]
        for name in ("nature", "source", "capital", "year", "amount_vnd", "counted_on", "note"):
            setattr(entry, name, sent[name])
        return entry
