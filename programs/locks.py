"""Whether a record may be changed: frozen by a report it may not, unlocked it may until the day given is over."""

from __future__ import annotations

from programs.facts import Fact
from programs.provided import unlocked_too_long


def is_closed(fact: Fact) -> bool:
    """Of a row the caller has locked."""
    return fact.is_locked or fact.pk in unlocked_too_long(type(fact))
