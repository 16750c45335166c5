"""The figures of `bench.figures` as someone would write them by hand in SQL: the yardstick of the first promise.

Names of columns are the codes of the figures, so both answers can be compared cell by cell.
"""

from __future__ import annotations

from django.db import connection

from reports.figures.scope import Scope
from reports.figures.windows import Window

Cells = dict[tuple[str, str], int]  # figure, commune -> value

ACTIVITIES = """
SELECT a.unit_id,
  SUM(a.sessions) AS "activities.sessions",
  SUM(a.attendances) AS "activities.attendances",
  SUM(a.women) AS "activities.women",
  SUM(a.minority) AS "activities.minority",
  SUM(a.minority_women) AS "activities.minority_women",
  SUM(a.distinct_people) AS "activities.people",
  COUNT(*) AS "activities.records",
  SUM(a.attendances) FILTER (WHERE a.women IS NOT NULL) AS "activities.attendances_with_women",
  SUM(a.attendances) FILTER (WHERE a.minority IS NOT NULL) AS "activities.attendances_with_minority",
  SUM(a.sessions) FILTER (WHERE a.women IS NOT NULL AND a.attendances IS NOT NULL) AS "activities.sessions_with_women",
  SUM(a.sessions) FILTER (WHERE a.minority IS NOT NULL AND a.attendances IS NOT NULL)
    AS "activities.sessions_with_minority",
  SUM(a.sessions) FILTER (WHERE k.group = 'communication') AS "communication.sessions",
  SUM(a.attendances) FILTER (WHERE k.group = 'communication') AS "communication.attendances",
  SUM(a.women) FILTER (WHERE k.group = 'communication') AS "communication.women",
  SUM(a.sessions) FILTER (WHERE k.group = 'training') AS "training.sessions",
  SUM(a.attendances) FILTER (WHERE k.group = 'training') AS "training.attendances",
  SUM(a.women) FILTER (WHERE k.group = 'training') AS "training.women",
  SUM(a.sessions) FILTER (WHERE k.group = 'dialogue') AS "dialogue.sessions",
  SUM(a.sessions) FILTER (WHERE k.group = 'contest') AS "contest.sessions"
FROM programs_activity a JOIN programs_activitykind k ON k.id = a.kind_id
WHERE a.state = 'recorded' AND a.province_id = ANY(%(provinces)s) AND a.counted_on BETWEEN %(first)s AND %(last)s
GROUP BY a.unit_id
"""
OUTPUTS = """
SELECT a.unit_id, SUM(o.quantity) AS "outputs.quantity"
FROM programs_activity a JOIN programs_activityoutput o ON o.activity_id = a.id
WHERE a.state = 'recorded' AND a.province_id = ANY(%(provinces)s) AND a.counted_on BETWEEN %(first)s AND %(last)s
GROUP BY a.unit_id
"""
COUNTS = """
SELECT a.unit_id, SUM(c.attendances) AS "counts.attendances", SUM(c.women) AS "counts.women"
FROM programs_activity a JOIN programs_activitycount c ON c.activity_id = a.id
WHERE a.state = 'recorded' AND a.province_id = ANY(%(provinces)s) AND a.counted_on BETWEEN %(first)s AND %(last)s
GROUP BY a.unit_id
"""
COSTS = """
SELECT a.unit_id, SUM(c.amount_vnd) AS "costs.amount"
FROM programs_activity a JOIN programs_activitycost c ON c.activity_id = a.id
WHERE a.state = 'recorded' AND a.province_id = ANY(%(provinces)s) AND a.counted_on BETWEEN %(first)s AND %(last)s
GROUP BY a.unit_id
"""
MODELS = """
SELECT e.unit_id,
  SUM(e.quantity) FILTER (WHERE e.nature IN ('opening', 'new', 'dissolved', 'moved')) AS "models.stock",
  SUM(e.quantity) FILTER (WHERE e.nature IN ('opening', 'new', 'dissolved', 'moved') AND e.counted_on < %(first)s)
    AS "models.stock_start",
  SUM(e.quantity) FILTER (WHERE e.nature = 'opening' AND e.counted_on >= %(first)s) AS "models.opening",
  SUM(e.quantity) FILTER (WHERE e.nature = 'new' AND e.counted_on >= %(first)s) AS "models.new",
  SUM(e.quantity) FILTER (WHERE e.nature = 'strengthened' AND e.counted_on >= %(first)s) AS "models.strengthened",
  SUM(e.quantity) FILTER (WHERE e.nature = 'upgraded' AND e.counted_on >= %(first)s) AS "models.upgraded",
  -SUM(e.quantity) FILTER (WHERE e.nature = 'dissolved' AND e.counted_on >= %(first)s) AS "models.dissolved",
  SUM(e.members) FILTER (WHERE e.nature IN ('opening', 'new', 'dissolved', 'moved')) AS "models.members",
  SUM(e.women) FILTER (WHERE e.nature IN ('opening', 'new', 'dissolved', 'moved')) AS "models.women",
  SUM(e.minority) FILTER (WHERE e.nature IN ('opening', 'new', 'dissolved', 'moved')) AS "models.minority"
FROM programs_modelevent e
WHERE e.state = 'recorded' AND e.province_id = ANY(%(provinces)s) AND e.counted_on <= %(last)s
GROUP BY e.unit_id
"""
# Disbursed money is a cumulative reading: of each line the latest counts.
MONEY = """
SELECT unit_id,
  SUM(amount_vnd) FILTER (WHERE nature = 'allocated' AND source <> 'integrated') AS "money.allocated",
  SUM(amount_vnd) FILTER (WHERE nature = 'carried_over' AND source <> 'integrated') AS "money.carried_over",
  SUM(amount_vnd) FILTER (WHERE nature <> 'disbursed' AND source <> 'integrated') AS "money.plan",
  SUM(amount_vnd) FILTER (WHERE nature = 'disbursed' AND source <> 'integrated') AS "money.disbursed",
  SUM(amount_vnd) FILTER (WHERE nature <> 'disbursed' AND source IN ('central', 'local')) AS "money.state_plan",
  SUM(amount_vnd) FILTER (WHERE nature = 'disbursed' AND source IN ('central', 'local')) AS "money.state_disbursed",
  SUM(amount_vnd) FILTER (WHERE nature = 'disbursed' AND source = 'integrated') AS "money.integrated"
FROM (
  SELECT b.*, ROW_NUMBER() OVER (
    PARTITION BY b.owner_id, b.unit_id, b.component_id, b.year, b.source, b.capital, b.nature
    ORDER BY b.counted_on DESC) AS place
  FROM programs_budgetentry b
  WHERE b.state = 'recorded' AND b.province_id = ANY(%(provinces)s) AND b.counted_on <= %(last)s
    AND b.year BETWEEN %(year_from)s AND %(year)s
) lines
WHERE nature <> 'disbursed' OR place = 1
GROUP BY unit_id
"""
STATEMENTS = (ACTIVITIES, OUTPUTS, COUNTS, COSTS, MODELS, MONEY)


def raw_figures(scope: Scope, window: Window) -> Cells:
    parameters = {
        "provinces": [pk for pk, _step in scope.provinces],
        "first": window.first,
        "last": window.last,
        "year_from": window.money_from.year,
        "year": window.year,
    }
    found: Cells = {}
    with connection.cursor() as cursor:
        for statement in STATEMENTS:
            cursor.execute(statement, parameters)
            codes = [column.name for column in cursor.description or ()][1:]
            for unit, *values in cursor.fetchall():
                found |= {
                    (code, str(unit)): int(value) for code, value in zip(codes, values, strict=True) if value is not None
                }
    return found
