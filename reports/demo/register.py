"""Sample register of community models: what stood on 14 June 2024 by district, and single models set up since.

Before 15 June 2024 only totals are known, so an account of a district stands for many models.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from coordination.loaders import FIRST_DAY_NOW, Loaded
from coordination.models import AdministrativeUnit
from programs.enums import ModelNature
from programs.models import CommunityModel, ModelEvent, ModelKind, RecognitionTag
from reports.demo.activities import FAVOURED
from reports.demo.facts import Planned, add_facts
from reports.demo.stage import Stage, demo_rows
from reports.demo.wording import split

SEED = 8
COUNTED_ON = date(2024, 6, 14)
HALVES = (  # first and last day on which a model of this half-year is set up
    (date(2024, 6, 24), date(2024, 12, 10)),
    (date(2024, 12, 18), date(2025, 6, 12)),
    (date(2025, 7, 7), date(2025, 12, 10)),
    (date(2025, 12, 18), date(2026, 6, 11)),
)
PRODUCTS = ("dược liệu", "thổ cẩm", "măng khô", "gạo đỏ", "mật ong rừng", "rau sạch", "gà đồi", "bột nghệ")


def add_models(stage: Stage, loaded: Loaded) -> None:
    register = Register(stage, Random(SEED))  # noqa: S311 - samples, not secrets
    register.draw()
    _add_accounts(register, loaded)
    add_facts(map(Planned, register.events), loaded, _("model events"))


def _add_accounts(register: "Register", loaded: Loaded) -> None:
    """An account of an earlier run takes the place of the one drawn anew, so that its events are found again."""
    mark = ("unit_id", "kind_id", "standing", "name")
    there = {tuple(getattr(row, name) for name in mark): row for row in CommunityModel.objects.all()}
    new = [row for row in register.accounts if tuple(getattr(row, name) for name in mark) not in there]
    bulk_create_with_history(new, CommunityModel, default_change_reason=_("sample data"))
    through = CommunityModel.tags.through
    through.objects.bulk_create(
        [through(communitymodel=row, recognitiontag=tag) for row in new for tag in register.tags_of[row.uid]]
    )
    for event in register.events:
        event.model = there.get(tuple(getattr(event.model, name) for name in mark), event.model)
    loaded.note(_("community models"), made=len(new), kept=len(register.accounts) - len(new))


@dataclass
class Register:
    stage: Stage
    chance: Random

    def __post_init__(self):
        self.kinds = ModelKind.objects.in_bulk(field_name="code")
        self.tags = RecognitionTag.objects.in_bulk(field_name="code")
        self.accounts: list[CommunityModel] = []
        self.events: list[ModelEvent] = []
        self.tags_of = {}
        self.used: set[str] = set()

    def draw(self) -> None:
        for row in demo_rows("register"):
            self._draw_openings(row)
            singles = list(self._draw_singles(row))
            for model, first in self.chance.sample(singles, min(int(row["strengthened"]), len(singles))):
                self._later(model, first, ModelNature.STRENGTHENED, 1, row)
            for model, first in self.chance.sample(singles, int(row["dissolved"])):
                self._later(model, first, ModelNature.DISSOLVED, -1, row)

    def _draw_openings(self, row: dict[str, str]) -> None:
        districts = [unit for units in self.stage.districts.values() for unit in units][: int(row["districts"])]
        left = int(row["opening"])
        for number, unit in enumerate(districts):
            quantity = left // (len(districts) - number)
            if number < len(districts) - 1:
                quantity = max(1, quantity + self.chance.randint(-quantity // 4, quantity // 4))
            left -= quantity
            model = self._account(row, unit, row["account"].format(district=unit.full_name), COUNTED_ON)
            self._event(model, COUNTED_ON, ModelNature.OPENING, quantity, row)

    def _draw_singles(self, row: dict[str, str]) -> Iterator[tuple[CommunityModel, date]]:
        for half, count in zip(HALVES, row["new"].split(), strict=True):
            for _number in range(int(count)):
                on = half[0] + timedelta(days=self.chance.randrange((half[1] - half[0]).days))
                unit = self._commune(on)
                model = self._account(row, unit, self._name(row["name"], unit), on)
                self._event(model, on, ModelNature.NEW, 1, row)
                yield model, on

    def _commune(self, on: date) -> AdministrativeUnit:
        units = self.stage.communes_now if on >= FIRST_DAY_NOW else self.stage.communes_before
        every = [unit for code in ("51", "62") for unit in units[code]]
        return self.chance.choices(every, [4 if unit.name == FAVOURED else 1 for unit in every])[0]

    def _name(self, form: str, unit: AdministrativeUnit) -> str:
        while True:
            name = form.format(
                village=f"thôn {self.chance.randint(1, 9)}, {unit.full_name}",
                school=self.chance.choice(("Trường THCS", "Trường PTDT bán trú THCS")) + f" {unit.name}",
                product=self.chance.choice(PRODUCTS),
                commune=unit.name,
                commune_full=unit.full_name,
            )
            if name not in self.used:
                break
            unit_word = self.chance.randint(1, 3)
            name = f"{name} số {unit_word}"
            if name not in self.used:
                break
        self.used.add(name)
        return name

    def _account(self, row: dict[str, str], unit: AdministrativeUnit, name: str, on: date) -> CommunityModel:
        old_kon_tum = on < FIRST_DAY_NOW and unit.province.code == "62"
        model = CommunityModel(
            owner=self.stage.agencies[f"{'kt' if old_kon_tum else 'qn'}.{row['owner']}"],
            unit=unit,
            province=unit.province,
            kind=self.kinds[row["kind"]],
            name=name,
            standing=row["standing"],
            is_sample=True,
        )
        self.tags_of[model.uid] = [self.tags[code] for code in split(row["tags"])]
        self.accounts.append(model)
        return model

    def _later(self, model: CommunityModel, first: date, nature: str, quantity: int, row: dict[str, str]) -> None:
        """Some weeks after it was set up; since 1 July 2025 in the commune its place went into."""
        on = min(first + timedelta(days=self.chance.randint(60, 300)), HALVES[-1][1])
        if on >= FIRST_DAY_NOW and model.unit.valid_to and model.unit_id not in self.stage.successors:
            on = min(on, model.unit.valid_to)
        self._event(model, max(on, first), nature, quantity, row)

    def _event(self, model: CommunityModel, on: date, nature: str, quantity: int, row: dict[str, str]) -> None:
        unit, owner = model.unit, model.owner
        if on >= FIRST_DAY_NOW and unit.valid_to:
            unit, owner = self.stage.successors[unit.pk], self.stage.agencies[f"qn.{row['owner']}"]
        event = ModelEvent(
            model=model,
            owner=owner,
            unit=unit,
            province=unit.province,
            counted_on=on,
            nature=nature,
            quantity=quantity,
            reference=f"MAU-MH-{len(self.events) + 1:04}",
            is_sample=True,
        )
        if row["members"] and nature in ModelNature.stock():
            event.members, event.women, event.minority = self._members(model, quantity, row)
        self.events.append(event)

    def _members(self, model: CommunityModel, quantity: int, row: dict[str, str]) -> tuple[int, int, int]:
        """One that is dissolved takes along the members it was set up with."""
        if quantity < 0:
            begun = next(event for event in self.events if event.model is model)
            return -begun.members, -begun.women, -begun.minority
        members = sum(max(4, round(self.chance.gauss(int(row["members"]), 2))) for _model in range(quantity))
        return members, round(members * int(row["women"]) / 100), round(members * int(row["minority"]) / 100)
