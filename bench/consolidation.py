"""The consolidated report of a hundred agencies: their numbers, one by one and together, beside the same in raw SQL.

The work is what the page "added up" does for its numbers: who has sent, five figures by agency, what was reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db import connection, transaction

from bench.province import Cast
from bench.raw_figures import TABLES, statement
from bench.rounds import Result, at_most, queries_of, take_turns
from coordination.models import Agency, Membership
from reports.actions import outline_for
from reports.consolidation import SHOWN, scope_of, together
from reports.enums import ReportKind
from reports.figures.windows import Window
from reports.models import ReportRound
from reports.rounds import Asked, open_round
from reports.seats import standings

Cells = dict[tuple[str, int], int]  # figure, agency -> value


def opened(cast: Cast, agencies: list[Agency]) -> ReportRound:
    asked = Asked(
        kind=ReportKind.GENDER_EQUALITY,
        period=cast.period,
        outline=outline_for(ReportKind.GENDER_EQUALITY, cast.period, cast.province),
        agencies=agencies,
        due_sender=date(2026, 6, 18),
    )
    return open_round(asked, acting=Membership.objects.get(user=cast.officer, agency=cast.board))


class Question:
    """Of one round, asked from scratch each time."""

    def __init__(self, cast: Cast, agencies: list[Agency]) -> None:
        self.asked = opened(cast, agencies)
        self.scope = scope_of(self.asked)
        self.statements = [raw_statement(*table) for table in TABLES if any(row[0] in SHOWN for row in table[0])]

    def portal(self) -> Cells:
        stand = standings([self.asked], date(2026, 6, 17))[self.asked.pk]
        return {
            (number.code, row.standing.seat.agency_id): int(number.now.value)
            for row in together(self.asked, stand, scope_of(self.asked)).rows
            for number in row.numbers
            if number.now.value is not None
        }

    def raw(self) -> Cells:
        window = Window.of(self.asked.period)
        parameters = {
            "provinces": [pk for pk, _step in self.scope.provinces],
            "first": window.first,
            "last": window.last,
            "year_from": window.money_from.year,
            "year": window.year,
        }
        found: Cells = {}
        with connection.cursor() as cursor:
            for text in self.statements:
                cursor.execute(text, parameters)
                codes = [column.name for column in cursor.description][1:]
                for owner, *values in cursor.fetchall():
                    if owner in self.scope.owners:
                        cells = zip(codes, values, strict=True)
                        found |= {(code, owner): int(value) for code, value in cells if value is not None}
        return found


def raw_statement(figures, prefix: str, source: str) -> str:
    """As the figures of a report by commune, but of these figures and by agency."""
    shown = tuple((code, column, where, False) for code, column, where, _rough in figures if code in SHOWN)
    before, _group, _unit = source.rpartition("GROUP BY")
    return statement(shown, prefix, f"{before}GROUP BY {prefix}owner_id").replace("unit_id", "owner_id", 1)


def check_equal(question: Question) -> int:
    """Both roads give the same numbers for every agency; how many cells there are."""
    ours, raw = question.portal(), question.raw()
    if ours != raw:
        wrong = sorted(cell for cell in ours.keys() | raw.keys() if ours.get(cell) != raw.get(cell))
        raise RuntimeError(f"{len(wrong)} numbers of agencies differ from the raw SQL, among them {wrong[:3]}")
    return len(ours)


def measure(cast: Cast, rounds: int) -> Iterator[Result]:
    """Nothing of it stays: the rounds are rolled back."""
    with transaction.atomic():
        everybody = [cast.board, cast.union, *cast.below]
        whole, single = Question(cast, everybody), Question(cast, [cast.union])
        cells = check_equal(whole)
        times = take_turns({"portal": whole.portal, "raw": whole.raw}, rounds)
        many, one = queries_of(whole.portal), queries_of(single.portal)
        transaction.set_rollback(True)
    what = f"{len(everybody)} agencies, {len(SHOWN)} figures, {cells:,} cells equal"
    shown = f"{what}; {times.spread('portal')} to {times.spread('raw')}"
    yield at_most("consolidation of 100 agencies, to raw SQL", times.ratio("portal", "raw"), 2, "x", shown)
    yield at_most("consolidation of 100 agencies, queries beside one agency", many / one, 1, "x", f"{many} and {one}")
