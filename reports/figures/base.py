"""What a figure is: one fact table, a filter, a measure and a window.

`value` and `facts` share the filter, so the list that opens is the list that was counted, and it adds up to it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    F,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.utils.functional import Promise

from programs.enums import Precision
from programs.facts import Fact
from reports.figures.scope import Scope
from reports.figures.windows import Window

Number = int | Decimal
Words = str | Promise


@dataclass(frozen=True)
class Amount:
    """A computed number. `value` None: there is no data, which is not 0.

    `stated`: how many facts stand behind it; `rough`: the precision of the roughest of them ("" when all are exact).
    """

    value: Number | None = None
    stated: int = 0
    rough: str = ""

    def __add__(self, other: Amount) -> Amount:
        if other.value is None:
            return self
        if self.value is None:
            return other
        rough = min(self.rough or other.rough, other.rough or self.rough)
        return Amount(self.value + other.value, self.stated + other.stated, rough)

    def __bool__(self) -> bool:
        return self.value is not None

    @property
    def size(self) -> Amount:
        """Without its sign: the 12 of "giảm 12"."""
        return self if self.value is None or self.value >= 0 else Amount(-self.value, self.stated, self.rough)

    @property
    def precision(self) -> str:
        """A single fact keeps the word it was typed with; a sum with rough parts is "about" (design 4)."""
        if not self.rough:
            return Precision.EXACT
        return self.rough if self.stated == 1 else Precision.ABOUT


NOTHING = Amount()


class Reach(Enum):
    """Which days of the table a figure counts. SPAN: flows. STOCK: up to the last day; START: before the first."""

    SPAN = "span"
    STOCK = "stock"
    START = "start"

    def days(self, window: Window, path: str = "") -> Q:
        if self is Reach.START:
            return Q(**{f"{path}counted_on__lt": window.first})
        up_to = Q(**{f"{path}counted_on__lte": window.last})
        return up_to & Q(**{f"{path}counted_on__gte": window.first}) if self is Reach.SPAN else up_to


MOST_DIGITS = 9  # of a value that is an integer: more than ids and years have, and every column holds it


@dataclass(frozen=True)
class Axis:
    """A way to split a figure: `expression` groups the rows, `where` picks one value (always written as text).

    `is_integer`: the values are whole numbers from 0.
    """

    code: str
    expression: Callable[[Window], Any]
    where: Callable[[str, Window], Q]
    is_integer: bool = False

    def takes(self, value: str) -> bool:
        """False for what no row can have; values come from address lines, too."""
        return is_integer(value) if self.is_integer else is_text(value)


def is_text(value: str) -> bool:
    """PostgreSQL refuses the character NUL."""
    return "\0" not in value


def is_integer(value: str) -> bool:
    return value.isascii() and value.isdecimal() and len(value) <= MOST_DIGITS


def by_field(code: str, path: str, *, is_integer: bool = False) -> Axis:
    return Axis(code, lambda _window: F(path), lambda value, _window: Q(**{path: value}), is_integer)


def by_list(code: str, path: str) -> Axis:
    """By the code of a row that there may not be: "" picks what belongs to none."""
    return Axis(code, lambda _window: F(path), lambda value, _window: Q(**{path: value or None}))


def by_task(path: str = "") -> list[Axis]:
    """`item`: one task of a plan; `items`: several together, "12.15", as a clause has them over the years."""

    def any_of(value: str, _window: Window) -> Q:
        return Q(**{f"{path}plan_item__in": [int(pk) for pk in value.split(".") if is_integer(pk)]})

    one = by_field("item", f"{path}plan_item_id", is_integer=True)
    return [one, Axis("items", one.expression, any_of)]


@dataclass(frozen=True)
class Source:
    """A fact table, or a child table of it with the way back to the fact ("activity")."""

    code: str
    facts: type[Fact]
    rows: type[Model]
    parent: str = ""
    axes: dict[str, Axis] = field(default_factory=dict, hash=False)
    reach: Reach = Reach.STOCK
    narrow: Callable[[Scope, Window], Q] | None = None

    @property
    def path(self) -> str:
        return f"{self.parent}__" if self.parent else ""

    @property
    def precision(self) -> str:
        return f"{self.path}precision"

    def within(self, scope: Scope, window: Window) -> QuerySet[Any]:
        """Rows any figure of the source may count in the window: those of the scope, of the days of its reach."""
        rows = self.rows._default_manager.filter(
            scope.where(self.facts, self.path), self.reach.days(window, self.path)
        )
        return (rows.filter(self.narrow(scope, window)) if self.narrow else rows).order_by()

    def where(self, axes: dict[str, str], window: Window) -> Q:
        picked = Q()
        for code, value in axes.items():
            picked &= self.axes[code].where(value, window)
        return picked


@dataclass(frozen=True)
class Figure(ABC):
    """`unit` is the counting word after the number ("cuộc"); `shown` says how it is written.

    `note` stands above a list whose rows do not simply add up; `total` says what they make together.
    """

    code: str
    label: Words
    unit: Words = ""
    shown: str = "count"  # count | money | percent | own (an indicator's own measure)
    note: Words = ""

    @property
    @abstractmethod
    def axes(self) -> frozenset[str]:
        """Codes of the axes the figure may be split by."""

    def takes(self, axis: str, value: str) -> bool:
        """Whether the axis may have the value."""
        return axis in self.axes and is_text(value)

    @abstractmethod
    def value(self, scope: Scope, window: Window, **axes: str) -> Amount:
        """Asks the database for this number alone; pages with many numbers ask `Values`."""

    @abstractmethod
    def facts(self, scope: Scope, window: Window, **axes: str) -> QuerySet[Any]:
        """The rows that were counted, each with its `amount` (and the `whole` it is a part of, for shares)."""

    def total(self, facts: Iterable[Any]) -> Number | None:
        """Adds the opened list up again, row by row."""
        amounts = [fact.amount for fact in facts]
        return sum(amounts) if amounts else None


@dataclass(frozen=True)
class Tally(Figure):
    """A sum over the rows of a source: additive over every axis. Without a measure it counts rows.

    `rough`: the measure is a headcount or a sum that may be estimated, so it is printed with the precision of its
    facts. `sign` -1 turns a table's negative numbers (dissolved models) into a count.
    """

    source: Source = field(kw_only=True)
    measure: str = field(default="", kw_only=True)
    where: Q = field(default_factory=Q, kw_only=True, hash=False)
    reach: Reach = field(default=Reach.SPAN, kw_only=True)
    rough: bool = field(default=False, kw_only=True)
    sign: int = field(default=1, kw_only=True)

    @property
    def axes(self) -> frozenset[str]:
        return frozenset(self.source.axes)

    def takes(self, axis: str, value: str) -> bool:
        return axis in self.axes and self.source.axes[axis].takes(value)

    def condition(self, window: Window) -> Q:
        """Which rows of `source.within` it counts. Rows that do not state the measure are none of them."""
        return self._among_stated(window) & (Q(**{f"{self.measure}__isnull": False}) if self.measure else Q())

    def _among_stated(self, window: Window) -> Q:
        """The condition without what adding up leaves out by itself: NULL, and days the source has left out."""
        return self.where & (Q() if self.reach is self.source.reach else self.reach.days(window, self.source.path))

    def aggregates(self, window: Window) -> list[Any]:
        """The value; for rough figures also how many facts state it."""
        only = self._among_stated(window) or None
        stated = Count(self.measure or "pk", filter=only)
        value = Sum(self.measure, filter=only) if self.measure else stated
        return [value, stated] if self.rough else [value]

    def amount(self, value: Number | None, stated: int = 0, precision: str = Precision.EXACT) -> Amount:
        """From what the database answered for rows of one precision; a count of no rows is no data."""
        if value is None or (not self.measure and not value):
            return NOTHING
        return Amount(self.sign * int(value), stated, precision if self.rough and precision != Precision.EXACT else "")

    def value(self, scope: Scope, window: Window, **axes: str) -> Amount:
        rows = self.source.within(scope, window).filter(self.source.where(axes, window))
        numbers = {f"number_{place}": one for place, one in enumerate(self.aggregates(window))}
        counted = rows.values_list(self.source.precision).annotate(**numbers)
        return sum((self.amount(row[1], row[2] if self.rough else 0, row[0]) for row in counted), NOTHING)

    def facts(self, scope: Scope, window: Window, **axes: str) -> QuerySet[Any]:
        rows = self.source.within(scope, window).filter(self.condition(window), self.source.where(axes, window))
        one = Value(self.sign, output_field=BigIntegerField())
        measured = one * F(self.measure) if self.measure else one
        if not self.source.parent:
            return rows.annotate(amount=measured)
        parent = f"{self.source.parent}_id"
        sums = rows.filter(**{parent: OuterRef("pk")}).values(parent).annotate(amount=Sum(measured)).values("amount")
        facts = self.source.facts._default_manager.filter(pk__in=rows.values(parent))
        return facts.annotate(amount=Subquery(sums, output_field=BigIntegerField()))


@dataclass(frozen=True)
class Share(Figure):
    """`part` in per cent of `whole`, two tallies of one fact table; divided after adding up, never averaged."""

    part: Tally = field(kw_only=True)
    whole: Tally = field(kw_only=True)
    shown: str = "percent"

    @property
    def axes(self) -> frozenset[str]:
        return self.part.axes

    def takes(self, axis: str, value: str) -> bool:
        return self.part.takes(axis, value)

    def of(self, part: Amount, whole: Amount) -> Amount:
        if part.value is None or not whole.value:
            return NOTHING
        return Amount(Decimal(100) * part.value / whole.value, whole.stated, part.rough or whole.rough)

    def value(self, scope: Scope, window: Window, **axes: str) -> Amount:
        return self.of(self.part.value(scope, window, **axes), self.whole.value(scope, window, **axes))

    def facts(self, scope: Scope, window: Window, **axes: str) -> QuerySet[Any]:
        source, part, whole = self.part.source, self.part.condition(window), self.whole.condition(window)
        rows = source.within(scope, window).filter(part | whole, source.where(axes, window))
        return rows.annotate(
            amount=Case(When(part, then=F(self.part.measure)), default=0, output_field=BigIntegerField()),
            whole=Case(When(whole, then=F(self.whole.measure)), default=0, output_field=BigIntegerField()),
        )

    def total(self, facts: Iterable[Any]) -> Number | None:
        rows = list(facts)
        whole = sum(row.whole for row in rows)
        return Decimal(100) * sum(row.amount for row in rows) / whole if whole else None
