"""Figures: numbers that open as the list of the facts they were computed from.

`Values` computes many at once, `open_ref` opens one, `facts_behind` says what a report counts. See base.py.
"""

from reports.figures.base import NOTHING, Amount, Figure
from reports.figures.grids import Ask
from reports.figures.registry import FIGURES, Opened, Ref, UnknownFigure, Values, facts_behind, open_ref
from reports.figures.scope import Scope
from reports.figures.windows import At, Compared, Window

__all__ = [
    "FIGURES",
    "NOTHING",
    "Amount",
    "Ask",
    "At",
    "Compared",
    "Figure",
    "Opened",
    "Ref",
    "Scope",
    "UnknownFigure",
    "Values",
    "Window",
    "facts_behind",
    "open_ref",
]
