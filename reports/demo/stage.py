"""The places, agencies and lists the sample records refer to, read once."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from coordination.enums import SuccessionExtent, UnitLevel
from coordination.loaders import FIRST_DAY_NOW, rows_of
from coordination.models import AdministrativeUnit, Agency, UnitSuccession
from programs.models import ActivityKind, ActivityOutput, Component, OutputKind, Topic

# Old districts where ethnic minorities live; the communes made from theirs get the sample records.
HIGHLANDS = {
    "51": ("Trà Bồng", "Sơn Hà", "Sơn Tây", "Minh Long", "Ba Tơ"),
    "62": (
        "Đắk Glei", "Ngọc Hồi", "Đắk Tô", "Kon Plông", "Kon Rẫy", "Đắk Hà", "Sa Thầy", "Tu Mơ Rông", "Ia H' Drai",
    ),
}  # fmt: skip


def demo_rows(name: str) -> list[dict[str, str]]:
    return rows_of(f"demo/{name}")


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@dataclass
class Stage:
    """`agencies` by the key of data/demo/agencies.csv; `local_unions` by the id of the unit they work in."""

    agencies: dict[str, Agency] = field(default_factory=dict)
    local_unions: dict[int, Agency] = field(default_factory=dict)
    local_committees: dict[int, Agency] = field(default_factory=dict)
    district_committees: list[Agency] = field(default_factory=list)

    @cached_property
    def provinces(self) -> dict[tuple[str, bool], AdministrativeUnit]:
        """By code and "in the list of today": 51 before and since 1 July 2025 are two units."""
        units = AdministrativeUnit.objects.of_level(UnitLevel.PROVINCE).filter(code__in=["14", "51", "62"])
        return {(unit.code, unit.valid_to is None): unit for unit in units}

    @cached_property
    def seats(self) -> dict[tuple[str, bool], AdministrativeUnit]:
        """Provinces with agencies of the samples: An Giang and former Kiên Giang (91) have agreements only,

        Đồng Nai (75) has tasks.
        """
        units = AdministrativeUnit.objects.of_level(UnitLevel.PROVINCE).filter(code__in=["75", "91"])
        return self.provinces | {(unit.code, unit.valid_to is None): unit for unit in units}

    def province(self, code: str, on: date) -> AdministrativeUnit:
        """Kon Tum (62) is found in Quảng Ngãi since 1 July 2025."""
        now = on >= FIRST_DAY_NOW
        return self.provinces["51" if now and code == "62" else code, now]

    @cached_property
    def districts(self) -> dict[str, list[AdministrativeUnit]]:
        """Highland districts of the old provinces, by the code of the province."""
        units = AdministrativeUnit.objects.of_level(UnitLevel.DISTRICT).select_related("province")
        return {
            code: list(units.filter(province=self.provinces[code, False], name__in=names))
            for code, names in HIGHLANDS.items()
        }

    @cached_property
    def communes_before(self) -> dict[str, list[AdministrativeUnit]]:
        return {
            code: list(
                AdministrativeUnit.objects.filter(parent__in=districts)
                .select_related("parent", "province")
                .order_by("code")
            )
            for code, districts in self.districts.items()
        }

    @cached_property
    def successors(self) -> dict[int, AdministrativeUnit]:
        """Of each highland commune before, the one it went into whole."""
        before = [unit.pk for units in self.communes_before.values() for unit in units]
        edges = UnitSuccession.objects.filter(predecessor__in=before, extent=SuccessionExtent.WHOLE).select_related(
            "successor__province"
        )
        return {edge.predecessor_id: edge.successor for edge in edges}

    @cached_property
    def communes_now(self) -> dict[str, list[AdministrativeUnit]]:
        """Today's communes by the old province they came from."""
        found = defaultdict(dict)
        for code, units in self.communes_before.items():
            for unit in units:
                if successor := self.successors.get(unit.pk):
                    found[code][successor.pk] = successor
        return {code: sorted(units.values(), key=lambda unit: unit.code) for code, units in found.items()}

    @cached_property
    def components(self) -> dict[str, Component]:
        return Component.objects.select_related("content").in_bulk(field_name="code")

    @cached_property
    def kinds(self) -> dict[str, ActivityKind]:
        return ActivityKind.objects.in_bulk(field_name="code")

    @cached_property
    def topics(self) -> dict[str, Topic]:
        return Topic.objects.in_bulk(field_name="code")

    @cached_property
    def outputs(self) -> dict[str, OutputKind]:
        return OutputKind.objects.in_bulk(field_name="code")

    def output(self, text: str) -> ActivityOutput:
        """ "banner:120": kind and quantity."""
        code, quantity = text.strip().split(":")
        return ActivityOutput(kind=self.outputs[code], quantity=int(quantity))
