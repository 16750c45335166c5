"""How results of indicators are worded: value, parts, target, gap."""

from __future__ import annotations

import re

from coordination.formats import number_vi
from coordination.manuscript import Cell
from programs.indicator_words import fraction, goal, is_yes_no, value_text
from programs.models import Objective
from programs.readings import Reading
from programs.scoreboard import Line, Scoreboard
from reports.compose.paper import Paper
from reports.figures import At

_UNIT = re.compile(r"[/(].*$")


def was_read(board: Scoreboard, framework: str) -> bool:
    """Any indicator of the framework has a reading."""
    return any(line.facts for line in board.lines if line.indicator.objective.framework.code == framework)


def objectives_of(board: Scoreboard, framework: str) -> list[Objective]:
    return [objective for objective in board.objectives() if objective.framework.code == framework]


def reading_of(paper: Paper, line: Line, at: At) -> Reading | None:
    if at == At.LAST_YEAR and not paper.values.has_last_year:
        return None
    return paper.values.judged(at).reading({"indicator": line.indicator.code})


def comparable_reading(paper: Paper, line: Line) -> Reading | None:
    """Last year's reading, where it speaks of the same tiers or posts as this year's."""
    now, before = (reading_of(paper, line, at) for at in (At.NOW, At.LAST_YEAR))
    return before if before and (now is None or now.categories == before.categories) else None


def measured(paper: Paper, line: Line, at: At) -> Cell:
    """The value as a cell; without text where readings cannot be put together, without ref where there are none."""
    reading = comparable_reading(paper, line) if at == At.LAST_YEAR else reading_of(paper, line, at)
    if reading is None:
        return Cell("")
    ref = paper.ref("indicators.value", at, indicator=line.indicator.code)
    if reading.value is None:
        return Cell("", ref=ref)
    estimated = "ước " if reading.estimated else ""
    return Cell(estimated + value_text(line.indicator, reading.value), float(reading.value), ref)


def parts_of(line: Line) -> str:
    """ "71/96"; empty where only the value was read."""
    reading = line.readings.whole if line.readings else None
    return fraction(reading) if reading else ""


def whole_fraction(reading: Reading) -> str:
    """The parts in running text, when they are counts; thousands of people with a decimal say little there."""
    parts = (reading.numerator, reading.denominator)
    return fraction(reading, text=True) if all(one is not None and one == int(one) for one in parts) else ""


def gap_words(line: Line) -> str:
    """How far a missed indicator is from its target: "thấp hơn mục tiêu 1,0 điểm phần trăm"."""
    value, target = line.value, line.target
    if value is None or target is None or is_yes_no(line.indicator):
        return f"chưa đạt mục tiêu ({goal(line)})"
    gap = abs(target.value - value)
    side = "thấp" if value < target.value else "cao"
    unit = "điểm phần trăm" if line.indicator.measured_in == "%" else _UNIT.sub("", line.indicator.measured_in).strip()
    if not gap or number_vi(gap, 1) == "0,0":
        return f"chưa đạt mục tiêu {goal(line)}{'%' if line.indicator.measured_in == '%' else ''}"
    return f"{side} hơn mục tiêu {number_vi(gap, 1)} {unit}".strip()
