"""What the app above tells the pages of this one, which may not import it. Settings name the functions that know.

`NAMED_WINDOWS`: the periods people speak of; `USES_OF_ACTIVITY`: the reports that froze a record;
`UNLOCKED_TOO_LONG`: records that were unlocked, and whose time is over.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.module_loading import import_string

from coordination.models import User

if TYPE_CHECKING:
    from programs.facts import Fact


@dataclass(frozen=True)
class NamedWindow:
    """Both days inclusive; `label` as people write it: "6 tháng đầu năm 2026"."""

    label: str
    first: date
    last: date


@dataclass(frozen=True)
class Use:
    """A report that holds the record, and where it can be read; `unlock`: where it is unlocked ("" = not by you)."""

    label: str
    url: str
    unlock: str = ""


def named_windows(today: date) -> list[NamedWindow]:
    """The one that contains `today` and is the usual one comes first."""
    return import_string(settings.NAMED_WINDOWS)(today)


def year_of(day: date) -> NamedWindow | None:
    """The reporting year the day lies in: the longest period of those people speak of; None where none is entered."""
    around = [window for window in named_windows(day) if window.first <= day <= window.last]
    return max(around, key=lambda window: window.last - window.first, default=None)


def uses_of(fact: Fact, user: User) -> Iterable[Use]:
    """Only reports the person may read."""
    return import_string(settings.USES_OF_ACTIVITY)(fact, user)


def unlocked_too_long(facts: type[Fact]) -> frozenset[int]:
    """Ids."""
    return import_string(settings.UNLOCKED_TOO_LONG)(facts)
