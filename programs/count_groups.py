"""Parts of the attendances of one activity as a page reads them: by audience, ethnic group and age, each by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from programs.enums import CountDimension, Precision
from programs.models import Activity, ActivityCount

MINORITIES = _("Ethnic minorities")
NOT_STATED = {CountDimension.ETHNIC_GROUP: _("Ethnic group not stated")}
NOT_SPLIT = _("Not broken down")


@dataclass(frozen=True)
class Line:
    """`women` None: not stated for all of them. `of_which`: what it is made of; `rough`: of a rough total."""

    label: str | Promise
    attendances: int
    women: int | None
    of_which: tuple[Line, ...] = ()
    rough: bool = False


@dataclass(frozen=True)
class CountGroup:
    """`rest`: attendances in none of the lines; None where they reach the total, or pass it because they overlap."""

    dimension: CountDimension
    lines: tuple[Line, ...]
    rest: Line | None


def groups_of(activity: Activity, counts: Iterable[ActivityCount]) -> list[CountGroup]:
    """`counts` in the order of their categories. A correction holds differences, of which there is no rest."""
    found = list(counts)
    groups = []
    for dimension in CountDimension:
        rows = [count for count in found if count.category.dimension == dimension]
        if rows:
            lines = _by_majority(rows) if dimension == CountDimension.ETHNIC_GROUP else _lines(rows)
            groups.append(CountGroup(dimension, lines, _rest(activity, dimension, lines)))
    return groups


def _lines(rows: list[ActivityCount]) -> tuple[Line, ...]:
    return tuple(Line(row.category.name, row.attendances, row.women) for row in rows)


def _by_majority(rows: list[ActivityCount]) -> tuple[Line, ...]:
    """Kinh, and the minorities together with each of them under it."""
    majority = _lines([row for row in rows if row.category.is_majority])
    minorities = _lines([row for row in rows if not row.category.is_majority])
    together = (Line(MINORITIES, **_sums(minorities), of_which=minorities),) if minorities else ()
    return (*majority, *together)


def _sums(lines: tuple[Line, ...]) -> dict[str, Any]:
    women = [line.women for line in lines]
    stated = [number for number in women if number is not None]
    return {
        "attendances": sum(line.attendances for line in lines),
        "women": sum(stated) if len(stated) == len(women) else None,
    }


def _rest(activity: Activity, dimension: CountDimension, lines: tuple[Line, ...]) -> Line | None:
    counted = _sums(lines)
    if activity.reason or activity.attendances is None or counted["attendances"] >= activity.attendances:
        return None
    left = None
    if activity.women is not None and counted["women"] is not None:
        left = activity.women - counted["women"]
    rest = activity.attendances - counted["attendances"]
    fits = left is not None and 0 <= left <= rest
    rough = activity.precision != Precision.EXACT
    return Line(NOT_STATED.get(dimension, NOT_SPLIT), rest, left if fits else None, rough=rough)
