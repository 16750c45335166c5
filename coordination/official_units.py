"""The official lists of administrative units before and since 1 July 2025, and what became of each unit."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

# The conversion table has no public name; the public search functions answer one unit at a time.
from vietnam_provinces import Province, Ward, legacy
from vietnam_provinces._ward_conversion_2025 import OLD_TO_NEW

from coordination.enums import SuccessionExtent, SuccessionNature, UnitKind, UnitLevel
from coordination.search import search_text

LAW = "Nghị quyết 202/2025/QH15"
COMMUNE_LAW = "Nghị quyết của Ủy ban Thường vụ Quốc hội về sắp xếp đơn vị hành chính cấp xã năm 2025"

# What the lists must hold; another number means another list, to be looked at before it is believed.
EXPECTED = {
    "provinces before": 63,
    "districts before": 696,
    "communes before": 10_051,
    "provinces": 34,
    "communes": 3_321,
    "communes before split among several": 440,
    "communes before without successor": 28,
    "commune successions": 10_554,
    "province successions": 63,
    "district successions": 5,
}

KINDS = {
    "tỉnh": UnitKind.PROVINCE,
    "thành phố trung ương": UnitKind.MUNICIPALITY,
    "huyện": UnitKind.RURAL_DISTRICT,
    "quận": UnitKind.URBAN_DISTRICT,
    "thành phố": UnitKind.DISTRICT_CITY,
    "thị xã": UnitKind.DISTRICT_TOWN,
    "xã": UnitKind.COMMUNE,
    "phường": UnitKind.WARD,
    "thị trấn": UnitKind.TOWNLET,
    "đặc khu": UnitKind.SPECIAL_ZONE,
}
CODE_DIGITS = {UnitLevel.PROVINCE: 2, UnitLevel.DISTRICT: 3, UnitLevel.COMMUNE: 5}

type UnitKey = tuple[UnitLevel, int, bool]  # level, official code, "in the list of today"


class UnexpectedList(Exception):
    """The list brought along is not the one the counts were written for."""

    def for_people(self) -> str:
        lines = (
            _("%(what)s: expected %(expected)d, found %(found)d")
            % {"what": what, "expected": expected, "found": found}
            for what, (expected, found) in self.args[0].items()
        )
        return (
            _("The list of administrative units is not the one this version was checked with.")
            + "\n"
            + "\n".join(lines)
        )


@dataclass(frozen=True)
class UnitEntry:
    key: UnitKey
    name: str
    kind: UnitKind
    parent: UnitKey | None = None

    @property
    def code(self) -> str:
        level, number, _now = self.key
        return str(number).zfill(CODE_DIGITS[level])


@dataclass(frozen=True)
class Edge:
    predecessor: UnitKey
    successor: UnitKey
    nature: SuccessionNature
    extent: SuccessionExtent
    law: str


def official_units() -> Iterator[UnitEntry]:
    """Both lists, level by level from above. A province's kind is the present one also right after 1 July 2025."""
    for now, source in ((False, legacy.Province), (True, Province)):
        for row in source.iter_all():
            yield _entry(row, UnitLevel.PROVINCE, now)
    for row in legacy.District.iter_all():
        yield _entry(row, UnitLevel.DISTRICT, False, (UnitLevel.PROVINCE, row.province_code.value, False))
    for row in legacy.Ward.iter_all():
        yield _entry(row, UnitLevel.COMMUNE, False, (UnitLevel.DISTRICT, row.district_code.value, False))
    for row in Ward.iter_all():
        yield _entry(row, UnitLevel.COMMUNE, True, (UnitLevel.PROVINCE, row.province_code.value, True))


def _entry(row: Any, level: UnitLevel, now: bool, parent: UnitKey | None = None) -> UnitEntry:
    kind = KINDS[row.division_type.value]
    return UnitEntry((level, row.code.value, now), row.name[len(kind.label) :].strip(), kind, parent)


def successions(entries: Iterable[UnitEntry]) -> Iterator[Edge]:
    """Communes by the official conversion table, provinces by their communes, island districts by their name.

    Ten codes of the table are in no list and are left out. Districts otherwise ended without a successor.
    """
    units = {entry.key: entry for entry in entries}
    pairs = [
        (old, new)
        for code, entry in OLD_TO_NEW.items()
        if (old := (UnitLevel.COMMUNE, code, False)) in units
        for new in ((UnitLevel.COMMUNE, ward.code, True) for ward in entry.new_wards)
    ]
    yield from _edges(pairs, units, COMMUNE_LAW)
    yield from _edges(dict.fromkeys((_province(old, units), _province(new, units)) for old, new in pairs), units, LAW)
    yield from _edges(_island_districts(units, {new for _old, new in pairs}), units, COMMUNE_LAW)


def _edges(pairs: Iterable[tuple[UnitKey, UnitKey]], units: dict[UnitKey, UnitEntry], law: str) -> Iterator[Edge]:
    becomes, comes_from = defaultdict(list), defaultdict(list)
    for old, new in pairs:
        becomes[old].append(new)
        comes_from[new].append(old)
    for old, news in becomes.items():
        for new in news:
            alone = len(news) == 1 and len(comes_from[new]) == 1
            part = len(news) > 1 or (not alone and _is_partly_merged(old))
            yield Edge(
                old,
                new,
                _nature(units[old], units[new], alone=alone, several=len(news) > 1),
                SuccessionExtent.PART if part else SuccessionExtent.WHOLE,
                law,
            )


def _is_partly_merged(key: UnitKey) -> bool:
    """The table's mark; it also stands on communes left as they were, so it is asked for the others only."""
    level, code, _now = key
    return level == UnitLevel.COMMUNE and OLD_TO_NEW[code].old_ward.is_partly_merged


def _nature(old: UnitEntry, new: UnitEntry, *, alone: bool, several: bool) -> SuccessionNature:
    if several:
        return SuccessionNature.SPLIT
    if not alone:
        return SuccessionNature.MERGED
    same = search_text(old.name) == search_text(new.name) and (old.kind == new.kind or old.parent is None)
    return SuccessionNature.CONTINUED if same else SuccessionNature.RENAMED


def _province(key: UnitKey, units: dict[UnitKey, UnitEntry]) -> UnitKey:
    while (parent := units[key].parent) is not None:
        key = parent
    return key


def _island_districts(units: dict[UnitKey, UnitEntry], reached: set[UnitKey]) -> list[tuple[UnitKey, UnitKey]]:
    """Districts without communes (Lý Sơn, Côn Đảo…) and the special zones of the same name they became."""
    with_communes = {entry.parent for entry in units.values()}
    districts = {
        entry.name: key for key, entry in units.items() if key[0] == UnitLevel.DISTRICT and key not in with_communes
    }
    return [
        (districts[entry.name], key)
        for key, entry in units.items()
        if entry.kind == UnitKind.SPECIAL_ZONE and key not in reached and entry.name in districts
    ]


def check_counts(entries: list[UnitEntry], edges: list[Edge]) -> None:
    units = Counter((level, now) for level, _code, now in (entry.key for entry in entries))
    kinds = Counter(edge.predecessor[0] for edge in edges)
    followed = Counter(edge.predecessor for edge in edges if edge.predecessor[0] == UnitLevel.COMMUNE)
    found = {
        "provinces before": units[UnitLevel.PROVINCE, False],
        "districts before": units[UnitLevel.DISTRICT, False],
        "communes before": units[UnitLevel.COMMUNE, False],
        "provinces": units[UnitLevel.PROVINCE, True],
        "communes": units[UnitLevel.COMMUNE, True],
        "communes before split among several": sum(count > 1 for count in followed.values()),
        "communes before without successor": units[UnitLevel.COMMUNE, False] - len(followed),
        "commune successions": kinds[UnitLevel.COMMUNE],
        "province successions": kinds[UnitLevel.PROVINCE],
        "district successions": kinds[UnitLevel.DISTRICT],
    }
    if wrong := {what: (EXPECTED[what], count) for what, count in found.items() if count != EXPECTED[what]}:
        raise UnexpectedList(wrong)
