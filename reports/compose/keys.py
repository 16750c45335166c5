"""What a leader looks at first: kept with the version, so that a page says what was approved."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal

from coordination.manuscript import Manuscript
from reports.figures import Amount, At
from reports.figures.indicators import Judged

KEYS = "keys"  # in Manuscript.meta: the amounts as JSON
# Figure, and the one it is a part of ("16/19").
KEY_FIGURES = (
    ("activities.sessions", ""),
    ("activities.attendances", ""),
    ("activities.women_share", ""),
    ("targets.met", "targets.apply"),
)
# Kept beside them for who consolidates: what was reported stands there, whatever the records say later.
ALSO_KEPT = ("activities.women", "models.stock", "money.disbursed")
READINGS = "readings"  # in Manuscript.meta: values of indicators as JSON, by code
Get = Callable[[str, At], Amount]


def packed(get: Get) -> str:
    """The amounts of the key figures; those that stand alone are compared with last year."""
    amounts = {(code, At.NOW): get(code, At.NOW) for pair in KEY_FIGURES for code in pair if code}
    amounts |= {(code, At.LAST_YEAR): get(code, At.LAST_YEAR) for code, whole in KEY_FIGURES if not whole}
    amounts |= {(code, At.NOW): get(code, At.NOW) for code in ALSO_KEPT}
    stated = {
        f"{code} {at}": [str(amount.value), amount.stated, amount.rough]
        for (code, at), amount in amounts.items()
        if amount.value is not None
    }
    return json.dumps(stated, ensure_ascii=False)


def packed_readings(judged: Judged) -> str:
    """Of the indicators that could be read as a whole."""
    read = {code: judged.reading({"indicator": code}) for code in judged.indicators}
    return json.dumps({code: str(one.value) for code, one in read.items() if one and one.value is not None})


def kept_readings(meta: Mapping[str, str]) -> dict[str, Decimal]:
    """Values of indicators a version was approved with, by code; empty for one approved before they were kept."""
    return {code: Decimal(value) for code, value in json.loads(meta.get(READINGS, "{}")).items()}


def unpacked(manuscript: Manuscript) -> Get | None:
    """None for a version approved before they were kept."""
    return kept_amounts(manuscript.meta)


def kept_amounts(meta: Mapping[str, str]) -> Get | None:
    if KEYS not in meta:
        return None
    stated = json.loads(meta[KEYS])
    amounts = {key: Amount(Decimal(value), count, rough) for key, (value, count, rough) in stated.items()}
    return lambda code, at: amounts.get(f"{code} {at}", Amount())
