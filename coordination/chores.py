"""What a worker does once on each day, before its jobs; each must bear to be done twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

Chore = Callable[[date], object]
CHORES: list[Chore] = []


def each_day(chore: Chore) -> Chore:
    CHORES.append(chore)
    return chore


def do_chores(today: date) -> None:
    for chore in CHORES:
        chore(today)
