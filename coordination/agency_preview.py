"""How names and letterheads look before and after a decision: read before it is saved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from coordination.agency_changes import Decision, Successor
from coordination.models import AgencyName


@dataclass(frozen=True)
class Look:
    """`since`: None where it is not known; `until`: None where it has no end. `is_new`: begins by the decision."""

    name: str
    short_name: str
    symbol: str
    heading: tuple[str, ...]
    place: str
    since: date | None
    until: date | None
    is_new: bool = False


def names_before(decision: Decision) -> list[Look]:
    return [_look(agency.name_on(decision.last_day), decision.last_day) for agency in decision.old]


def names_after(decision: Decision) -> list[Look]:
    return [_after(successor, decision.on) for successor in decision.into]


def _after(successor: Successor, day: date) -> Look:
    if successor.name is None:
        assert successor.agency  # noqa: S101 (the form asks for one of the two)
        return _look(successor.agency.name_on(day), None)
    columns = successor.name.columns()
    heading = tuple(line for line in (columns["letterhead_parent"], columns["letterhead"]) if line)
    line = successor.name
    return Look(line.name, line.short_name, line.symbol, heading, line.place, day, None, is_new=True)


def _look(name: AgencyName, until: date | None) -> Look:
    return Look(name.name, name.short_name, name.symbol, name.heading, name.place, name.valid_from, until)
