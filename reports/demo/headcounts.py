"""Plausible headcounts: women mostly stated, minority people often, a few numbers only rough."""

from dataclasses import asdict, dataclass
from random import Random

from programs.enums import Precision

SHARE_WOMEN_STATED, SHARE_MINORITY_STATED, SHARE_BOTH_STATED = 0.97, 0.9, 0.85
ROUGH_FROM, SHARE_ROUGH = 90, 0.22  # crowds are counted roughly


@dataclass
class Headcount:
    """None = not stated."""

    attendances: int | None = None
    women: int | None = None
    minority: int | None = None
    minority_women: int | None = None
    precision: str = Precision.EXACT

    def fields(self) -> dict[str, int | str | None]:
        return asdict(self)


def draw_headcount(chance: Random, form: dict[str, str], sessions: int) -> Headcount:
    if not form["people"]:
        return Headcount()
    low, high = (int(end) for end in form["people"].split("-"))
    head = Headcount(sum(chance.randint(low, high) for _session in range(sessions)))
    if head.attendances >= ROUGH_FROM and chance.random() < SHARE_ROUGH:
        head.attendances = round(head.attendances, -1)
        head.precision = chance.choice(Precision.rough())
    if chance.random() < SHARE_WOMEN_STATED:
        head.women = _part(chance, head.attendances, int(form["women"]))
    if chance.random() < SHARE_MINORITY_STATED:
        head.minority = _part(chance, head.attendances, int(form["minority"]))
    if head.women is not None and head.minority is not None and chance.random() < SHARE_BOTH_STATED:
        least = max(0, head.women + head.minority - head.attendances)
        likely = round(head.women * head.minority / head.attendances)
        head.minority_women = min(max(likely + chance.randint(-2, 2), least), head.women, head.minority)
    return head


def _part(chance: Random, whole: int, percent: int) -> int:
    return min(whole, max(0, round(whole * chance.gauss(percent, 5) / 100)))
