"""Which entries of money count on a day, and what they make together by content, source and kind of capital."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby, product
from urllib.parse import urlencode

from django.db.models import Exists, Model, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from coordination.models import AgencySuccession, UnitSuccession
from programs.enums import BudgetNature, CapitalNature, FundingSource
from programs.models import BudgetEntry, Component
from programs.planned_money import PlannedLine

PLANNED = "planned"  # beside the natures of entries
OWN = "own"  # in addresses: all sources of the programme itself
_KEY = ("component", "year", "source", "capital")
CONTENT = Coalesce("component__content", "component")  # the content an entry is grouped under


def counting_on(rows: QuerySet[BudgetEntry], day: date) -> Q:
    """Condition on `rows` (entries of one scope up to `day`): all decisions, and of each line the latest disbursement.

    A reading is cumulative: a later one of the same owner, unit, component, year, source and capital replaces it with
    its corrections, and so does one of the agency and unit that succeeded them within the year, at one remove or two
    (agencies changed in March 2025, provinces in July). A correction that names no reading stands until a later one
    is given.
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


def _itself_or_successors(name: str, succession: type[Model]) -> list[Q]:
    """Conditions on a later row: the same agency (or unit) as the row in question, or one that succeeded it."""
    changes = succession._default_manager.filter(predecessor=OuterRef(OuterRef(name)))
    once, twice = "successor", "successor__successions__successor"
    return [Q(**{name: OuterRef(name)}), *(Q(**{f"{name}__in": changes.values(after)}) for after in (once, twice))]


def entries_counted(entries: QuerySet[BudgetEntry], year: int, day: date) -> QuerySet[BudgetEntry]:
    """Of a budget year as known on the day (inclusive): the entries that make its numbers."""
    rows = entries.filter(year=year, counted_on__lte=day)
    return rows.filter(counting_on(rows.order_by(), day))


@dataclass
class Money:
    """Whole đồng. None: nobody said anything, which is not 0. `planned` is what annual plans say it will cost."""

    planned: int | None = None
    allocated: int | None = None
    carried_over: int | None = None
    disbursed: int | None = None

    def add(self, what: str, amount: int) -> None:
        """`what`: "planned", or the nature of an entry."""
        setattr(self, what, (getattr(self, what) or 0) + amount)

    def include(self, other: Money) -> None:
        for what in (PLANNED, *BudgetNature):
            if (amount := getattr(other, what)) is not None:
                self.add(what, amount)

    @property
    def at_hand(self) -> int | None:
        """What may be spent in the year: allocated, and carried over from the year before."""
        known = [amount for amount in (self.allocated, self.carried_over) if amount is not None]
        return sum(known) if known else None

    @property
    def rate(self) -> float | None:
        """Disbursed in per cent of what was allocated and carried over."""
        return self.disbursed * 100 / self.at_hand if self.disbursed is not None and self.at_hand else None


@dataclass(frozen=True)
class MoneyLine:
    """What stands in one row: a content and a source, a source, or a kind of capital. None = all."""

    money: Money
    content: Component | None = None
    source: FundingSource | None = None
    capital: CapitalNature | None = None

    @property
    def amounts(self) -> list[tuple[str, int | None]]:
        """(what, đồng) in the order of the columns."""
        return [(what, getattr(self.money, what)) for what in (PLANNED, *BudgetNature.values)]

    @property
    def name(self) -> str:
        """Of a row that sums the contents."""
        named = self.source or self.capital
        return str(named.label) if named else ""

    @property
    def query(self) -> str:
        """The row in the address of the records behind its numbers."""
        row = {"source": self.source.value if self.source else OWN}
        row |= {"content": str(self.content.pk)} if self.content else {}
        row |= {"capital": self.capital.value} if self.capital else {}
        return urlencode(row)


@dataclass(frozen=True)
class ContentLines:
    """One content by source, and all its sources together."""

    lines: list[MoneyLine]
    whole: MoneyLine


@dataclass
class MoneyTable:
    """The programme's own money by content, by source and by kind of capital, each time with the same `total`.

    Integrated money stands apart, in no total. Plans do not divide money by kind of capital: there none is planned.
    """

    contents: list[ContentLines] = field(default_factory=list)
    by_source: list[MoneyLine] = field(default_factory=list)
    by_capital: list[MoneyLine] = field(default_factory=list)
    integrated: list[MoneyLine] = field(default_factory=list)
    total: Money = field(default_factory=Money)

    @property
    def whole(self) -> MoneyLine:
        return MoneyLine(self.total)

    @property
    def is_empty(self) -> bool:
        return not self.contents and not self.integrated


Key = tuple[int, str, str]  # content, source, kind of capital ("" of what is planned)


def money_by_key(entries: QuerySet[BudgetEntry], year: int, day: date) -> dict[Key, Money]:
    """Of the entries of a budget year as known on the day (inclusive). One query."""
    sums = (
        entries_counted(entries.order_by(), year, day)
        .values_list(CONTENT, "source", "capital", "nature")
        .annotate(amount=Sum("amount_vnd"))
    )
    found: dict[Key, Money] = defaultdict(Money)
    for content, source, capital, nature, amount in sums:
        found[content, source, capital].add(nature, amount)
    return dict(found)


def money_by_line(entries: QuerySet[BudgetEntry], year: int, day: date) -> dict[tuple[int, str], Money]:
    """By content and source."""
    found: dict[tuple[int, str], Money] = defaultdict(Money)
    for (content, source, _capital), money in money_by_key(entries, year, day).items():
        found[content, source].include(money)
    return dict(found)


def money_table(
    entries: QuerySet[BudgetEntry], year: int, day: date, planned: Iterable[PlannedLine] = ()
) -> MoneyTable:
    """Of the recorded entries of a budget year as known on the day (inclusive), beside what plans say. Two queries."""
    found = defaultdict(Money, money_by_key(entries, year, day))
    for line in planned:
        found[line.content, line.source, ""].add(PLANNED, line.amount_vnd)
    contents = Component.objects.in_bulk({content for content, _source, _capital in found})
    by_line: dict[tuple[int, str], Money] = defaultdict(Money)
    for (content, source, _capital), money in found.items():
        by_line[content, source].include(money)
    order = sorted(by_line, key=lambda key: _order(contents, *key))
    lines = [MoneyLine(by_line[key], contents[key[0]], FundingSource(key[1])) for key in order]
    own = [line for line in lines if line.source in FundingSource.own()]
    return MoneyTable(
        contents=[
            ContentLines(rows, MoneyLine(_sum(rows), content))
            for content, group in groupby(own, key=lambda line: line.content)
            if (rows := list(group))
        ],
        by_source=[MoneyLine(money, source=source) for source in FundingSource if (money := _of_source(own, source))],
        by_capital=_by_capital(found),
        integrated=[line for line in lines if line.source not in FundingSource.own()],
        total=_sum(own),
    )


def _sum(lines: Iterable[MoneyLine]) -> Money:
    total = Money()
    for line in lines:
        total.include(line.money)
    return total


def _of_source(lines: list[MoneyLine], source: FundingSource) -> Money | None:
    of_source = [line for line in lines if line.source == source]
    return _sum(of_source) if of_source else None


def _by_capital(found: dict[Key, Money]) -> list[MoneyLine]:
    lines = []
    for capital in CapitalNature:
        of_it = [MoneyLine(money) for (_of, source, kind), money in found.items()
                 if kind == capital and source in FundingSource.own()]  # fmt: skip
        if of_it:
            lines.append(MoneyLine(_sum(of_it), capital=capital))
    return lines


def _order(contents: dict[int, Component], content: int, source: str) -> tuple[int, str, int]:
    return contents[content].position, contents[content].code, FundingSource.values.index(source)
