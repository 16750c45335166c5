"""Titles of sample activities, put together from forms and phrases so that none comes twice."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from random import Random

from coordination.enums import UnitKind
from coordination.models import AdministrativeUnit
from reports.demo.stage import demo_rows

SLOT = re.compile(r"\{(\w+)\}")
TRIES = 40
SHARE_IN_SEASON = 0.6  # of the festive activities around a day of commemoration, those that name it
FESTIVE = (
    "team_session", "direct_communication", "talk", "mobile_communication", "visual_campaign", "broadcast", "campaign",
    "contest", "show", "gathering", "round_table", "commendation", "forum",
)  # fmt: skip


@dataclass(frozen=True)
class Season:
    topic: str
    first: str
    last: str
    suffix: str
    occasion: str

    def holds(self, day: date) -> bool:
        return self.first <= f"{day:%m-%d}" <= self.last


@dataclass(frozen=True)
class Words:
    title: str
    place: str
    topics: frozenset[str]


@dataclass
class Wording:
    """`old_province`: some phrases (a communal house, a people, a crop) belong to one of the two old provinces."""

    chance: Random
    used: set[str] = field(default_factory=set)

    def __post_init__(self):
        self.seasons = [Season(**row) for row in demo_rows("seasons")]
        self.phrases = defaultdict(list)
        for row in demo_rows("phrases"):
            for code in (row["only"],) if row["only"] else ("51", "62"):
                self.phrases[code, row["slot"]].append((row["text"], split(row["topics"])))

    def words(self, form: dict[str, str], unit: AdministrativeUnit, old_province: str, on: date) -> Words:
        for _try in range(TRIES):
            words = self._draw(form, unit, old_province, on)
            if words.title not in self.used:
                break
        else:
            words = Words(f"{words.title} ({unit.full_name}, {on:%d/%m})", words.place, words.topics)
        self.used.add(words.title)
        return words

    def _draw(self, form: dict[str, str], unit: AdministrativeUnit, old_province: str, on: date) -> Words:
        season = next((season for season in self.seasons if season.holds(on)), None)
        chosen = {"commune": unit.name, "commune_full": unit.full_name, "village": self._village(unit)}
        chosen["occasion"] = season.occasion if season else "sơ kết phong trào thi đua"
        topics: set[str] = set()
        title, place = (self._fill(form[part], chosen, old_province, topics) for part in ("title", "place"))
        if season and form["kind"] in FESTIVE and self.chance.random() < SHARE_IN_SEASON:
            topics.add(season.topic)
            if season.occasion not in title:
                title = f"{title}, {season.suffix}"
        return Words(title[:1].upper() + title[1:], place[:1].upper() + place[1:], frozenset(topics))

    def _fill(self, text: str, chosen: dict[str, str], old_province: str, topics: set[str]) -> str:
        """Each slot is drawn once for title and place; phrases may hold slots themselves."""
        for slot in SLOT.findall(text):
            if slot not in chosen:
                phrase, more = self.chance.choice(self.phrases[old_province, slot])
                topics.update(more)
                chosen[slot] = self._fill(phrase, chosen, old_province, topics)
        return SLOT.sub(lambda found: chosen[found[1]], text)

    def _village(self, unit: AdministrativeUnit) -> str:
        number = self.chance.randint(1, 9)
        if unit.kind in (UnitKind.WARD, UnitKind.TOWNLET):
            return f"tổ dân phố {number}"
        return f"thôn {number}" if self.chance.random() < 0.8 else f"cụm thôn {number} và {number + 1}"


def split(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]
