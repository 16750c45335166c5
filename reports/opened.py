"""One number of a report, opened: the facts behind it and their sum, as a page shows them.

Facts the reader may not see by himself are told as one line with their number and sum, so the list still adds up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Value
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.access import access_of
from coordination.formats import date_vi, number_vi, percent_vi, vnd
from coordination.models import Agency, Document
from programs.models import Activity, BudgetEntry, Indicator, Measurement, ModelEvent
from reports.axes import axis_words
from reports.figures import Amount, At, Compared, Opened, Ref, Scope, UnknownFigure, open_ref
from reports.freeze import unreported
from reports.models import Report


class NotOpenable(Exception):
    """The address names no number of this report; `str()` says so in the reader's language."""


@dataclass(frozen=True)
class FactRow:
    day: date | None
    title: str
    place: str
    agency: str
    href: str
    numbers: list[str]


class OpenedNumber:
    """`facts` are those the reader may see; `hidden` how many more there are."""

    def __init__(self, opened: Opened, report: Report, user: Any) -> None:
        self.opened, self.report, self.user = opened, report, user
        self.figure = opened.ref.figure
        every = opened.facts
        seen = every if _is_public(every.model) else every.filter(pk__in=_visible(every.model, user).values("pk"))
        self.count = every.count()
        self.hidden = self.count - seen.count()
        self.facts = seen if self.hidden else every

    @property
    def label(self) -> str:
        axes = axis_words(dict(self.opened.ref.axes), of_models=self.opened.facts.model is ModelEvent)
        return " · ".join([str(self.figure.label), *axes])

    @property
    def text(self) -> str:
        if self.opened.between and self.figure.shown == "percent" and self.opened.value:
            return _("%(number)s percentage points") % {"number": number_vi(self.opened.value.value, 1)}
        return self._written(self.opened)

    @property
    def between(self) -> list[tuple[str, str]]:
        """Of a change the two numbers it is the difference of, and the references that open them."""
        return [(self._written(one), str(one.ref)) for one in self.opened.between or ()]

    def _written(self, opened: Opened) -> str:
        return written(opened.value, self.figure.shown, str(self.figure.unit))

    @property
    def window_words(self) -> str:
        period = self.report.period
        if self.opened.ref.at == At.LAST_YEAR and period.same_period_last_year:
            period = period.same_period_last_year
        first, last = date_vi(period.data_from), date_vi(period.data_to)
        return _("%(label)s, %(first)s – %(last)s") % {"label": period.label, "first": first, "last": last}

    @property
    def has_whole(self) -> bool:
        return "whole" in self.facts.query.annotations

    @property
    def columns(self) -> list[str]:
        if self.figure.shown == "money":
            return [_("Đồng")]
        if self.has_whole:
            return [_("Part"), _("Out of")]
        return [str(self.figure.unit).capitalize() or _("Number")]

    def sums(self) -> list[str]:
        return self._added(self.opened.facts)

    def hidden_sums(self) -> list[str]:
        return self._added(self.opened.facts.exclude(pk__in=self.facts.values("pk"))) if self.hidden else []

    def page(self, number: Any, size: int) -> Page:
        page = Paginator(_joined(self.facts), size).get_page(number)
        names = _agency_names(page.object_list)
        page.object_list = [self._row(fact, names) for fact in page.object_list]
        return page

    def _added(self, facts: Any) -> list[str]:
        """What the rows make together, column by column."""
        if self.figure.note:
            return [self._write(self.figure.total(facts))]
        fields = ("amount", "whole") if self.has_whole else ("amount",)
        columns = zip(*facts.values_list(*fields), strict=True)
        return [self._write(sum(value or 0 for value in values)) for values in columns]

    def _write(self, value: Any) -> str:
        if self.figure.shown == "money":
            return vnd(value)
        return number_vi(value.normalize() if isinstance(value, Decimal) else value)

    def _row(self, fact: Any, names: dict[int, str]) -> FactRow:
        numbers = [self._write(fact.amount)] + ([self._write(fact.whole)] if self.has_whole else [])
        day, title, place, owner, href = _row_of(fact)
        return FactRow(day, title, place, names.get(owner, ""), href, numbers)


def open_number(report: Report, text: str, user: Any) -> OpenedNumber:
    """Raises NotOpenable for an unknown reference: it comes from an address line."""
    try:
        opened = open_ref(Ref.parse(text), Scope.of_report(report), Compared.of(report.period))
    except UnknownFigure as error:
        raise NotOpenable(str(error)) from error
    return OpenedNumber(opened, report, user)


FACT_TABLES = (Activity, ModelEvent, Measurement, BudgetEntry)


def late_facts(user: Any, number: Any, size: int) -> tuple[Page, int]:
    """What the reader's agencies would have reported, had it been there when they froze their reports; newest first.

    The second value counts what came from agencies whose records the reader does not open.
    """
    missed = {table: unreported(table, access_of(user).own).order_by() for table in FACT_TABLES}
    late = {table: every.filter(pk__in=_visible(table, user).values("pk")) for table, every in missed.items()}
    arms = [
        rows.annotate(table=Value(place)).values_list("counted_on", "table", "pk")
        for place, rows in enumerate(late.values())
    ]
    page = Paginator(arms[0].union(*arms[1:], all=True).order_by("-counted_on", "table", "-pk"), size).get_page(number)
    page.object_list = _late_rows(list(page.object_list))
    return page, sum(every.count() for every in missed.values()) - page.paginator.count


def _late_rows(places: list[tuple[date, int, int]]) -> list[FactRow]:
    """The facts of one page: of each table those that stand on it."""
    found = {}
    for number, table in enumerate(FACT_TABLES):
        for fact in _joined(
            table._default_manager.filter(pk__in=[pk for _day, place, pk in places if place == number])
        ):
            found[number, fact.pk] = _row_of(fact)
    rows = [found[number, pk] for _day, number, pk in places]
    return [FactRow(day, title, place, "", href, []) for day, title, place, _owner, href in rows]


def written(amount: Amount, shown: str, unit: str) -> str:
    """A number with its counting word, as a heading shows it."""
    if amount.value is None:
        return _("no data yet")
    if shown == "percent":
        return percent_vi(amount.value)
    if shown == "money":
        return vnd(int(amount.value))
    places = 0 if amount.value == int(amount.value) else 1
    return f"{number_vi(amount.value, places)} {unit}".strip()


def _is_public(model: type[Any]) -> bool:
    """Indicators are a national list."""
    return model is Indicator


def _visible(model: Any, user: Any) -> Any:
    return model.objects.visible_to(user).order_by()


_JOINS: dict[type[Any], tuple[str, ...]] = {
    Activity: ("unit", "kind"),
    ModelEvent: ("unit", "model__kind"),
    Measurement: ("unit", "indicator", "category"),
    BudgetEntry: ("unit", "component"),
    Indicator: ("objective",),
    Document: ("kind",),
}


def _joined(facts: Any) -> Any:
    ordered = facts.order_by("-counted_on", "-pk") if hasattr(facts.model, "counted_on") else facts.order_by("pk")
    return ordered.select_related(*_JOINS[facts.model])


def _agency_names(facts: Any) -> dict[int, str]:
    owners = {getattr(fact, "owner_id", None) or getattr(fact, "register_agency_id", None) for fact in facts}
    named = Agency.objects.filter(pk__in=owners - {None}).named_on(timezone.localdate())
    return dict(named.values_list("pk", "short_name"))


def _activity(fact: Any) -> tuple[Any, ...]:
    href = reverse("programs:activity_detail", args=[fact.uid])
    return fact.counted_on, fact.title, fact.unit.label, fact.owner_id, href


def _model_event(fact: Any) -> tuple[Any, ...]:
    href = reverse("programs:model_detail", args=[fact.model.uid])
    title = f"{fact.model.name} · {fact.get_nature_display()}"
    return fact.counted_on, title, fact.unit.label, fact.owner_id, href


def _measurement(fact: Any) -> tuple[Any, ...]:
    href = reverse("programs:measurement_list", args=[fact.indicator.code])
    title = f"{fact.indicator.number}. {fact.indicator.name}"
    title = f"{title} · {fact.category.name}" if fact.category else title
    return fact.counted_on, title, fact.unit.label, fact.owner_id, href


def _budget_entry(fact: Any) -> tuple[Any, ...]:
    href = reverse("programs:budget_entry", args=[fact.uid])
    title = f"{fact.component.short_name} · {fact.get_source_display()} · {fact.get_nature_display()}"
    return fact.counted_on, title, fact.unit.label, fact.owner_id, href


def _indicator(fact: Any) -> tuple[Any, ...]:
    return None, f"{fact.number}. {fact.name}", fact.objective.name, None, ""


def _document(fact: Any) -> tuple[Any, ...]:
    return fact.issued_on, f"{fact.kind.name} {fact.code}: {fact.subject}", "", fact.register_agency_id, ""


_ROWS: dict[type[Any], Any] = {
    Activity: _activity,
    ModelEvent: _model_event,
    Measurement: _measurement,
    BudgetEntry: _budget_entry,
    Indicator: _indicator,
    Document: _document,
}


def _row_of(fact: Any) -> tuple[Any, ...]:
    """Day, title, place, owner and address."""
    return _ROWS[type(fact)](fact)  # type: ignore[no-any-return]
