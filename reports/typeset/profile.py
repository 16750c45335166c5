"""Layout profiles: sizes from one file that PDF and Word both read, and the words of the head.

A profile never changes once a paper was issued under it: a new rule is a new profile.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from reports.typeset import words

MM = 72 / 25.4
_FOLDER = Path(__file__).parent / "profiles"
_SIZE = re.compile(r"--(?P<name>[\w-]+): *(?P<size>[\d.]+)(?P<unit>mm|pt|%)?;")
_POINTS = {"pt": 1.0, "mm": MM, "%": 0.01, None: 1.0}


class PrintRefused(Exception):
    """The paper cannot be printed as it is; the message says why."""


@dataclass(frozen=True)
class Profile:
    """`nation` and `motto` stand at the right of the head; the last of them carries the rule, `star` the other side's.

    `number` stands before the number, `between` parts it from the symbol ("05/BC-SDTTG", "36-HD/VPTW").
    """

    name: str
    nation: str = words.NATION
    motto: str = words.MOTTO
    number: str = words.NUMBER
    between: str = "/"
    star: bool = False

    @cached_property
    def css(self) -> str:
        return (_FOLDER / f"{self.name}.css").read_text(encoding="utf-8")

    @cached_property
    def sizes(self) -> dict[str, float]:
        """Points; shares ("40%") and the leading are bare factors."""
        return {found["name"]: float(found["size"]) * _POINTS[found["unit"]] for found in _SIZE.finditer(self.css)}

    def size(self, name: str) -> float:
        return self.sizes[name]


# Guide 36-HD/VPTW of 3 April 2018 for papers of the Party: its own right head, a star under the organ, no colon.
_PARTY = Profile("party-2018-04", nation="ĐẢNG CỘNG SẢN VIỆT NAM", motto="", number="Số", between="-", star=True)
PROFILES = {profile.name: profile for profile in (Profile("state-2020-03"), Profile("union-2020-03"), _PARTY)}


def profile_of(name: str) -> Profile:
    """Raises PrintRefused for a name nobody knows."""
    if name not in PROFILES:
        raise PrintRefused(f"Unknown layout profile: {name}")
    return PROFILES[name]
