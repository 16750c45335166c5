"""The consolidated report of a hundred agencies: their numbers, one by one and together, beside the same in raw SQL.

The work is what the page "added up" does for its numbers: who was asked and how they stand, whose records count in
which provinces, five figures by agency, what was reported. The raw SQL answers the same: one statement for the
agencies, one for each lineage, one a table.
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
TODAY = date(2026, 6, 17)
SEATS = """SELECT s.agency_id, n.name, n.short_name, GREATEST(
    COALESCE(s.due_on, r.due_sender),
    (SELECT e.due_on FROM reports_extension e WHERE e.seat_id = s.id ORDER BY e.id DESC LIMIT 1)
  ) AS due, s.left_out, d.state, turns.first_sent, turns.last_sent, turns.moves
  FROM reports_roundseat s JOIN reports_reportround r ON r.id = s.round_id
  JOIN coordination_agency a ON a.id = s.agency_id LEFT JOIN coordination_administrativeunit u ON u.id = a.unit_id
  LEFT JOIN LATERAL (
    SELECT name, short_name FROM coordination_agencyname WHERE agency_id = a.id AND valid_from <= %(today)s
    AND (valid_to IS NULL OR valid_to >= %(today)s) ORDER BY valid_from DESC LIMIT 1
  ) n ON true
  LEFT JOIN reports_report p ON p.round_id = s.round_id AND p.agency_id = s.agency_id AND p.nature = 'original'
    AND p.scope <> 'round'
  LEFT JOIN coordination_document d ON d.id = p.document_id
  LEFT JOIN LATERAL (
    SELECT MIN(moved_at) FILTER (WHERE action = 'send') AS first_sent,
      MAX(moved_at) FILTER (WHERE action = 'send') AS last_sent, COUNT(*) AS moves
    FROM coordination_documentmove WHERE document_id = d.id
  ) turns ON true
  WHERE s.round_id = %(round)s ORDER BY a.protocol_order, u.sort_key, s.id"""
OWNERS = """WITH RECURSIVE lineage (id) AS (
  SELECT agency_id FROM reports_roundseat WHERE round_id = %(round)s AND left_out = ''
  UNION SELECT c.predecessor_id FROM coordination_agencysuccession c JOIN lineage ON c.successor_id = lineage.id
) SELECT id FROM lineage"""
PROVINCES = """WITH RECURSIVE lineage (id) AS (
  SELECT %(province)s::bigint
  UNION SELECT c.predecessor_id FROM coordination_unitsuccession c JOIN lineage ON c.successor_id = lineage.id
) SELECT id FROM lineage"""


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
        rows = ReportRound.objects.select_related("period", "asked_by__unit__province")
        self.asked, self.province = rows.get(pk=opened(cast, agencies).pk), cast.province.pk
        self.window = Window.of(self.asked.period)
        self.statements = [raw_statement(*table) for table in TABLES if any(row[0] in SHOWN for row in table[0])]

    def portal(self) -> Cells:
        stand = standings([self.asked], TODAY)[self.asked.pk]
        return {
            (number.code, row.standing.seat.agency_id): int(number.now.value)
            for row in together(self.asked, stand, scope_of(self.asked)).rows
            for number in row.numbers
            if number.now.value is not None
        }

    def raw(self) -> Cells:
        window = self.window
        known = {"round": self.asked.pk, "province": self.province, "today": TODAY}
        parameters = {
            "first": window.first,
            "last": window.last,
            "year_from": window.money_from.year,
            "year": window.year,
        }
        found: Cells = {}
        with connection.cursor() as cursor:
            cursor.execute(SEATS, known)
            asked = {row[0] for row in cursor.fetchall()}
            cursor.execute(OWNERS, known)
            owners = {row[0] for row in cursor.fetchall()}
            cursor.execute(PROVINCES, known)
            parameters["provinces"] = [row[0] for row in cursor.fetchall()]
            for text in self.statements:
                cursor.execute(text, parameters)
                codes = [column.name for column in cursor.description][1:]
                for owner, *values in cursor.fetchall():
                    if owner in owners & asked:
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
