"""Which entries of money count on a day, and what they make together by content and source."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from itertools import product

from django.db.models import Exists, Model, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from coordination.models import AgencySuccession, UnitSuccession
from programs.enums import BudgetNature, FundingSource
from programs.models import BudgetEntry, Component

_KEY = ("component", "year", "source", "capital")


def counting_on(rows: QuerySet[BudgetEntry], day: date) -> Q:
    """Condition on `rows` (entries of one scope up to `day`): all decisions, and of each line the latest disbursement.

    A reading is cumulative: a later one of the same owner, unit, component, year, source and capital replaces it with
    its corrections, and so does one of the agency and unit that succeeded them within the year. A correction that
    names no reading stands until a later one is given.
    """
    later = rows.filter(
        counted_on__gt=Coalesce(OuterRef("corrects__counted_on"), OuterRef("counted_on")),
        nature=BudgetNature.DISBURSED,
        reason="",
        **{name: OuterRef(name) for name in _KEY},
    )
    owners = _itself_or_successors("owner", AgencySuccession)
    units = _itself_or_successors("unit", UnitSuccession)
    replaced = Q()  # one question for each way to stand in its line: equalities only, which an index answers
    for owner, unit in product(owners, units):
        replaced |= Q(Exists(later.filter(owner, unit)))
    return (~Q(nature=BudgetNature.DISBURSED) | ~replaced) & ~Q(corrects__counted_on__gt=day)


def _itself_or_successors(name: str, succession: type[Model]) -> tuple[Q, Q]:
    """Conditions on a later row: the same agency (or unit) as the row in question, or one that succeeded it."""
    became = succession._default_manager.filter(predecessor=OuterRef(OuterRef(name))).values("successor")
    return Q(**{name: OuterRef(name)}), Q(**{f"{name}__in": became})


@dataclass
class Money:
    """Whole đồng. None: nobody said anything, which is not 0."""

    allocated: int | None = None
    carried_over: int | None = None
    disbursed: int | None = None

    def add(self, nature: str, amount: int) -> None:
        setattr(self, nature, (getattr(self, nature) or 0) + amount)

    def include(self, other: Money) -> None:
        for nature in BudgetNature:
            if (amount := getattr(other, nature)) is not None:
                self.add(nature, amount)

    @property
    def planned(self) -> int | None:
        known = [amount for amount in (self.allocated, self.carried_over) if amount is not None]
        return sum(known) if known else None

    @property
    def rate(self) -> float | None:
        """Disbursed in per cent of what was planned, carried over included."""
        return self.disbursed * 100 / self.planned if self.disbursed is not None and self.planned else None


@dataclass
class MoneyLine:
    """One content and source."""

    content: Component
    source: FundingSource
    money: Money = field(default_factory=Money)


@dataclass
class MoneyTable:
    """`own`: lines of the programme's own money with `total`; integrated money stands apart, in no total."""

    own: list[MoneyLine]
    total: Money
    integrated: list[MoneyLine]


def money_by_line(entries: QuerySet[BudgetEntry], year: int, day: date) -> dict[tuple[int, str], Money]:
    """By content and source, of the entries of a budget year as known on the day (inclusive). One query."""
    rows = entries.filter(year=year, counted_on__lte=day).order_by()
    sums = (
        rows.filter(counting_on(rows, day))
        .values_list("component__content", "source", "nature")
        .annotate(amount=Sum("amount_vnd"))
    )
    found: dict[tuple[int, str], Money] = defaultdict(Money)
    for content, source, nature, amount in sums:
        found[content, source].add(nature, amount)
    return dict(found)


def money_table(entries: QuerySet[BudgetEntry], year: int, day: date) -> MoneyTable:
    """Of the recorded entries of a budget year, as known on the day (inclusive). Two queries."""
    found, total = money_by_line(entries, year, day), Money()
    for (_content, source), money in found.items():
        if source in FundingSource.own():
            total.include(money)
    contents = Component.objects.in_bulk({content for content, _source in found})
    lines = [
        MoneyLine(contents[content], FundingSource(source), money)
        for (content, source), money in sorted(found.items(), key=lambda item: _order(contents, *item[0]))
    ]
    own = [line for line in lines if line.source in FundingSource.own()]
    return MoneyTable(own, total, [line for line in lines if line not in own])


def _order(contents: dict[int, Component], content: int, source: str) -> tuple[int, str, int]:
    return contents[content].position, contents[content].code, FundingSource.values.index(source)
