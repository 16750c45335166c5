"""How the benchmark times: works take turns in one run, and only their ratio is judged, since machines are noisy."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

from django.db import connection
from django.test.utils import CaptureQueriesContext


@dataclass(frozen=True)
class Result:
    """One promise. `ratio` is what was measured, in the unit `promise` speaks of; `kept` says whether it holds."""

    name: str
    ratio: float
    promise: str
    kept: bool
    detail: str

    def as_json(self) -> dict[str, object]:
        return asdict(self) | {"ratio": round(self.ratio, 3)}


def at_most(name: str, measured: float, limit: float, unit: str, detail: str) -> Result:
    return Result(name, measured, f"<= {limit:g}{unit}", measured <= limit, detail)


def at_least(name: str, measured: float, limit: float, unit: str, detail: str) -> Result:
    return Result(name, measured, f">= {limit:g}{unit}", measured >= limit, detail)


@dataclass(frozen=True)
class Timings:
    """Seconds of each work, one a round."""

    seconds: Mapping[str, Sequence[float]]

    def median(self, work: str) -> float:
        return statistics.median(self.seconds[work])

    def ratio(self, work: str, to: str) -> float:
        """Median of the ratios within a round: what slows a whole round down slows both."""
        pairs = zip(self.seconds[work], self.seconds[to], strict=True)
        return statistics.median(one / other for one, other in pairs)

    def spread(self, work: str) -> str:
        """ "0.123 s (0.101-0.154)": median, least and most."""
        times = self.seconds[work]
        return f"{statistics.median(times):.3f} s ({min(times):.3f}-{max(times):.3f})"


def take_turns(
    works: Mapping[str, Callable[[], object]], rounds: int, before: Mapping[str, Callable[[], object]] | None = None
) -> Timings:
    """One call of each that is not counted, then `rounds` rounds; who begins changes from round to round.

    `before`: what is done ahead of a work's turn, not timed.
    """
    seconds: dict[str, list[float]] = {name: [] for name in works}
    names = list(works)
    for number in range(rounds + 1):
        shift = number % len(names)
        for name in names[shift:] + names[:shift]:
            if before and name in before:
                before[name]()
            gc.collect()
            start = time.perf_counter()
            works[name]()
            took = time.perf_counter() - start
            if number:
                seconds[name].append(took)
    return Timings(seconds)


def queries_of(work: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)
