"""The figures of `bench.figures` as someone would write them in SQL: the yardstick of the first promise.

One statement a table, sums with FILTER, grouped by commune. A figure that is printed with "khoảng" where one of its
parts is an estimate has a second column, `code~`, that says so. Names of columns are the codes of the figures.
"""

from __future__ import annotations

from django.db import connection

from reports.figures.scope import Scope
from reports.figures.windows import Window

Cells = dict[tuple[str, str], tuple[int, bool]]  # figure, commune -> value, whether it is an estimate

STATES_WOMEN = "(a.women IS NOT NULL OR o.women IS NOT NULL)"
STATES_MINORITY = "(a.minority IS NOT NULL OR o.minority IS NOT NULL)"
OF_STOCK = "e.nature IN ('opening', 'new', 'dissolved', 'moved')"
IN_SPAN = "e.counted_on >= %(first)s"
OWN, STATE = "source <> 'integrated'", "source IN ('central', 'local')"
# Figure, column, rows that count, whether its parts may be estimates.
ACTIVITIES = (
    ("activities.sessions", "a.sessions", "", False),
    ("activities.attendances", "a.attendances", "", True),
    ("activities.women", "a.women", "", True),
    ("activities.minority", "a.minority", "", True),
    ("activities.minority_women", "a.minority_women", "", True),
    ("activities.people", "a.distinct_people", "", True),
    ("activities.records", "1", "", False),
    ("activities.attendances_with_women", "a.attendances", STATES_WOMEN, True),
    ("activities.attendances_with_minority", "a.attendances", STATES_MINORITY, True),
    ("activities.sessions_with_women", "a.sessions", STATES_WOMEN, False),
    ("activities.sessions_with_minority", "a.sessions", STATES_MINORITY, False),
    ("communication.sessions", "a.sessions", "k.group = 'communication'", False),
    ("communication.attendances", "a.attendances", "k.group = 'communication'", True),
    ("communication.women", "a.women", "k.group = 'communication'", True),
    ("training.sessions", "a.sessions", "k.group = 'training'", False),
    ("training.attendances", "a.attendances", "k.group = 'training'", True),
    ("training.women", "a.women", "k.group = 'training'", True),
    ("dialogue.sessions", "a.sessions", "k.group = 'dialogue'", False),
    ("contest.sessions", "a.sessions", "k.group = 'contest'", False),
)
OUTPUTS = (("outputs.quantity", "o.quantity", "", False),)
COUNTS = (("counts.attendances", "c.attendances", "", False), ("counts.women", "c.women", "", False))
COSTS = (("costs.amount", "c.amount_vnd", "", False),)
MODELS = (
    ("models.stock", "e.quantity", OF_STOCK, True),
    ("models.stock_start", "e.quantity", f"{OF_STOCK} AND e.counted_on < %(first)s", True),
    ("models.opening", "e.quantity", f"e.nature = 'opening' AND {IN_SPAN}", True),
    ("models.new", "e.quantity", f"e.nature = 'new' AND {IN_SPAN}", True),
    ("models.strengthened", "e.quantity", f"e.nature = 'strengthened' AND {IN_SPAN}", True),
    ("models.upgraded", "e.quantity", f"e.nature = 'upgraded' AND {IN_SPAN}", True),
    ("models.dissolved", "-e.quantity", f"e.nature = 'dissolved' AND {IN_SPAN}", True),
    ("models.members", "e.members", OF_STOCK, True),
    ("models.women", "e.women", OF_STOCK, True),
    ("models.minority", "e.minority", OF_STOCK, True),
)
MONEY = (
    ("money.allocated", "amount_vnd", f"nature = 'allocated' AND {OWN}", True),
    ("money.carried_over", "amount_vnd", f"nature = 'carried_over' AND {OWN}", True),
    ("money.plan", "amount_vnd", f"nature <> 'disbursed' AND {OWN}", True),
    ("money.disbursed", "amount_vnd", f"nature = 'disbursed' AND {OWN}", True),
    ("money.state_plan", "amount_vnd", f"nature <> 'disbursed' AND {STATE}", True),
    ("money.state_disbursed", "amount_vnd", f"nature = 'disbursed' AND {STATE}", True),
    ("money.integrated", "amount_vnd", "nature = 'disbursed' AND source = 'integrated'", True),
)
OF_PERIOD = (
    "a.state = 'recorded' AND a.province_id = ANY(%(provinces)s) AND a.counted_on BETWEEN %(first)s AND %(last)s"
)
# A correction states what the activity it corrects does. Disbursed money is a cumulative reading, so the latest of
# each line counts, with the corrections of that one.
TABLES = (
    (ACTIVITIES, "a.", f"""programs_activity a JOIN programs_activitykind k ON k.id = a.kind_id
        LEFT JOIN programs_activity o ON o.id = a.corrects_id WHERE {OF_PERIOD} GROUP BY a.unit_id"""),
    (OUTPUTS, "a.", f"""programs_activity a JOIN programs_activityoutput o ON o.activity_id = a.id
        WHERE {OF_PERIOD} GROUP BY a.unit_id"""),
    (COUNTS, "a.", f"""programs_activity a JOIN programs_activitycount c ON c.activity_id = a.id
        WHERE {OF_PERIOD} GROUP BY a.unit_id"""),
    (COSTS, "a.", f"""programs_activity a JOIN programs_activitycost c ON c.activity_id = a.id
        WHERE {OF_PERIOD} GROUP BY a.unit_id"""),
    (MODELS, "e.", """programs_modelevent e WHERE e.state = 'recorded' AND e.province_id = ANY(%(provinces)s)
        AND e.counted_on <= %(last)s GROUP BY e.unit_id"""),
    (MONEY, "", """(
        SELECT b.*, COALESCE(o.counted_on, b.counted_on) AS read_on, MAX(b.counted_on) FILTER (WHERE b.reason = '')
          OVER (PARTITION BY b.owner_id, b.unit_id, b.component_id, b.year, b.source, b.capital, b.nature) AS latest
        FROM programs_budgetentry b LEFT JOIN programs_budgetentry o ON o.id = b.corrects_id
        WHERE b.state = 'recorded' AND b.province_id = ANY(%(provinces)s) AND b.counted_on <= %(last)s
          AND b.year BETWEEN %(year_from)s AND %(year)s
      ) lines WHERE nature <> 'disbursed' OR read_on >= latest GROUP BY unit_id"""),
)  # fmt: skip


def statement(figures: tuple[tuple[str, str, str, bool], ...], prefix: str, source: str) -> str:
    columns = []
    for code, column, where, rough in figures:
        only = f" FILTER (WHERE {where})" if where else ""
        columns.append(f'SUM({column}){only} AS "{code}"')
        if rough:
            stated = f"{column} IS NOT NULL{' AND ' + where if where else ''}"
            columns.append(f"BOOL_OR({prefix}precision <> 'exact') FILTER (WHERE {stated}) AS \"{code}~\"")
    return f"SELECT {prefix}unit_id, {', '.join(columns)} FROM {source}"


CODES = tuple(figure[0] for figures, _prefix, _source in TABLES for figure in figures)
STATEMENTS = tuple(statement(*table) for table in TABLES)


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
        for text in STATEMENTS:
            cursor.execute(text, parameters)
            columns = [column.name for column in cursor.description]
            for row in cursor.fetchall():
                found |= cells_of(dict(zip(columns, row, strict=True)))
    return found


def cells_of(row: dict) -> Cells:
    unit = str(row.pop("unit_id"))
    return {
        (code, unit): (int(value), bool(row.get(f"{code}~")))
        for code, value in row.items()
        if value is not None and not code.endswith("~")
    }
