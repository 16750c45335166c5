"""What a leader looks at first: kept with the version, so that a page says what was approved."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal

from coordination.manuscript import Manuscript
from reports.figures import Amount, At

KEYS = "keys"  # in Manuscript.meta: the amounts as JSON
# Figure, and the one it is a part of ("16/19").
KEY_FIGURES = (
    ("activities.sessions", ""),
    ("activities.attendances", ""),
    ("activities.women_share", ""),
    ("targets.met", "targets.apply"),
)
Get = Callable[[str, At], Amount]


def packed(get: Get) -> str:
    """The amounts of the key figures; those that stand alone are compared with last year."""
    amounts = {(code, At.NOW): get(code, At.NOW) for pair in KEY_FIGURES for code in pair if code}
    amounts |= {(code, At.LAST_YEAR): get(code, At.LAST_YEAR) for code, whole in KEY_FIGURES if not whole}
    stated = {
        f"{code} {at}": [str(amount.value), amount.stated, amount.rough]
        for (code, at), amount in amounts.items()
        if amount.value is not None
    }
    return json.dumps(stated, ensure_ascii=False)


def unpacked(manuscript: Manuscript) -> Get | None:
    """None for a version approved before they were kept."""
    if KEYS not in manuscript.meta:
        return None
    stated = json.loads(manuscript.meta[KEYS])
    amounts = {key: Amount(Decimal(value), count, rough) for key, (value, count, rough) in stated.items()}
    return lambda code, at: amounts.get(f"{code} {at}", Amount())
