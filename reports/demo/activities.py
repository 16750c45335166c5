"""Sample activities of Quảng Ngãi and former Kon Tum, 15 June 2024 to 14 June 2026: as many sessions a reporting month

and content as data/demo/sessions.csv says, drawn with a fixed seed.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from random import Random

from django.utils.translation import gettext as _

from coordination.loaders import FIRST_DAY_NOW, Loaded
from coordination.models import AdministrativeUnit, Agency
from programs.enums import CountDimension, FactState, FundingSource, Precision
from programs.models import Activity, ActivityCost, ActivityCount, CountCategory
from reports.demo.facts import Planned, add_facts
from reports.demo.headcounts import Headcount, draw_headcount
from reports.demo.stage import Stage, demo_rows
from reports.demo.wording import Wording, split
from reports.models import ReportingPeriod

SEED = 1719
OLD_PROVINCES = {"51": 0.56, "62": 0.44}  # share of the activities
NEW_YEAR = {2025: (date(2025, 1, 25), date(2025, 2, 3)), 2026: (date(2026, 2, 13), date(2026, 2, 23))}  # Tết leave
HOLIDAYS = ("01-01", "04-30", "05-01", "09-01", "09-02")
BUSY_DAYS = ("03-04", "03-09"), ("10-14", "10-20"), ("11-15", "12-10")
FAVOURED = "Ba Tơ"  # the commune whose people sign in: it has enough to look at
DRAFTS = {"board": 6, "union": 5, "local": 3, "committee": 2}
DRAFTS_FROM, DRAFTS_DAYS = date(2026, 5, 20), 25
SHARE_WITH_COST, SHARE_WITH_GROUPS = 0.3, 0.12
SHARE_LONGER, SHARE_SEVERAL, SHARE_ALONE = 0.12, 0.06, 0.2


def add_activities(stage: Stage, loaded: Loaded) -> None:
    planner = Planner(stage, Random(SEED))  # noqa: S311 - samples, not secrets
    add_facts([*planner.recorded(), *planner.drafts()], loaded, _("activities"))


def _is_holiday(on: date) -> bool:
    first, last = NEW_YEAR.get(on.year, (date.max, date.max))
    return first <= on <= last or f"{on:%m-%d}" in HOLIDAYS


def _rush(on: date) -> float:
    """How likely an office holds something on this day."""
    if on.weekday() > 4:
        return 0.3
    return 1 if any(start <= f"{on:%m-%d}" <= end for start, end in BUSY_DAYS) else 0.6


@dataclass
class Planner:
    stage: Stage
    chance: Random

    def __post_init__(self):
        self.wording = Wording(self.chance)
        self.forms = demo_rows("forms")
        self.groups = {
            row.name: row
            for row in CountCategory.objects.filter(dimension=CountDimension.ETHNIC_GROUP, is_majority=False)
        }

    def recorded(self) -> Iterator[Planned]:
        """Month by month, content by content, until the sessions of the table are reached."""
        periods = {period.code: period for period in ReportingPeriod.objects.filter(profile__code="ND09")}
        for row in demo_rows("sessions"):
            period, number = periods[row.pop("period")], 0
            for content, wanted in row.items():
                left = int(wanted)
                while left:
                    number += 1
                    plan = self._plan(content, self._day(period), f"MAU-{period.code}-{number:03}", left)
                    left -= plan.fact.sessions
                    yield plan

    def drafts(self) -> Iterator[Planned]:
        """Begun and not finished in the last weeks: the headcount is still missing."""
        for role, count in DRAFTS.items():
            for number in range(1, count + 1):
                on = DRAFTS_FROM + timedelta(days=self.chance.randrange(DRAFTS_DAYS))
                plan = self._plan("P8.1", on, f"MAU-NHAP-{role}-{number}", 1, role=role)
                activity = plan.fact
                activity.state, activity.precision = FactState.DRAFT, Precision.EXACT
                activity.attendances = activity.women = activity.minority = activity.minority_women = None
                yield Planned(activity, plan.links)

    def _day(self, period: ReportingPeriod) -> date:
        """Rather a working day, rather before 8 March, 20 October and in the action month, never at Tết."""
        while True:
            on = period.data_from + timedelta(days=self.chance.randrange((period.data_to - period.data_from).days + 1))
            if not _is_holiday(on) and self.chance.random() < _rush(on):
                return on

    def _plan(self, content: str, on: date, reference: str, most: int, role: str = "") -> Planned:
        old_province = self.chance.choices(list(OLD_PROVINCES), list(OLD_PROVINCES.values()))[0]
        local = role in ("local", "committee")
        old_province = "51" if local else old_province
        form = self._form(content)
        unit = self._unit(form, old_province, on, local=local)
        owner = self._agency(role or self._draw_owner(form["owners"]), old_province, unit, on)
        words = self.wording.words(form, unit, old_province, on)
        sessions = min(most, self.chance.randint(2, 4)) if self.chance.random() < SHARE_SEVERAL else 1
        head, alone = draw_headcount(self.chance, form, sessions), self.chance.random() < SHARE_ALONE
        activity = Activity(
            owner=owner,
            unit=unit,
            province=unit.province or unit,
            starts_on=on - timedelta(days=self._length(sessions)),
            ends_on=on,
            counted_on=on,
            state=FactState.RECORDED,
            reference=reference,
            component=self.stage.components[form["component"]],
            kind=self.stage.kinds[form["kind"]],
            title=words.title,
            place=words.place,
            sessions=sessions,
            other_partners="" if alone else "; ".join(split(form["other_partners"])),
            is_sample=True,
            **head.fields(),
        )
        links = {"topics": [self.stage.topics[code] for code in sorted(words.topics)]}
        partners = (self._agency(name, old_province, unit, on) for name in self._partners(form, unit, on))
        links["partners"] = [] if alone else [agency for agency in dict.fromkeys(partners) if agency != owner]
        return Planned(activity, links, [*self._outputs(form), *self._groups(head, old_province), *self._costs(head)])

    def _form(self, content: str) -> dict[str, str]:
        forms = self._forms_of[content]
        return self.chance.choices(forms, [int(form["weight"]) for form in forms])[0]

    @cached_property
    def _forms_of(self) -> dict[str, list[dict[str, str]]]:
        """By the content figures group by."""
        found = defaultdict(list)
        for form in self.forms:
            found[self.stage.components[form["component"]].content.code].append(form)
        return found

    def _unit(self, form: dict[str, str], old_province: str, on: date, *, local: bool) -> AdministrativeUnit:
        """`local`: in the commune whose people sign in."""
        if form["level"] and not local:
            return self.stage.province(old_province, on)
        units = (self.stage.communes_now if on >= FIRST_DAY_NOW else self.stage.communes_before)[old_province]
        if local:
            return next(unit for unit in units if unit.name == FAVOURED)
        return self.chance.choices(units, [4 if unit.name == FAVOURED else 1 + int(unit.code) % 4 for unit in units])[
            0
        ]

    def _draw_owner(self, owners: str) -> str:
        names, weights = zip(*(owner.split() for owner in split(owners)), strict=True)
        return self.chance.choices(names, [int(weight) for weight in weights])[0]

    def _agency(self, name: str, old_province: str, unit: AdministrativeUnit, on: date) -> Agency:
        """`local`: the union of the commune, before 1 July 2025 of its district. Commune committees: since then."""
        stage, now = self.stage, on >= FIRST_DAY_NOW
        if name == "local":
            return stage.local_unions[unit.pk if now else unit.parent_id]
        if name == "committee" and now:
            return stage.local_committees[unit.pk]
        key = "board" if name == "committee" else name
        return stage.agencies[f"{'qn' if now or old_province == '51' else 'kt'}.{key}"]

    def _partners(self, form: dict[str, str], unit: AdministrativeUnit, on: date) -> list[str]:
        """Committees of communes are known as agencies since 1 July 2025 only."""
        known = on >= FIRST_DAY_NOW and unit.province is not None
        return [name for name in split(form["partners"]) if name != "committee" or known]

    def _length(self, sessions: int) -> int:
        """Days from the first to the last day."""
        if sessions > 1:
            return self.chance.randint(4, 18)
        return self.chance.randint(1, 2) if self.chance.random() < SHARE_LONGER else 0

    def _outputs(self, form: dict[str, str]) -> list:
        found = []
        for output in split(form["outputs"]):
            code, span = output.split()
            low, high = (int(end) for end in span.split("-"))
            if self.chance.random() < 0.7:
                found.append(self.stage.output(f"{code}:{self.chance.randint(low, high)}"))
        return found

    def _groups(self, head: Headcount, old_province: str) -> list[ActivityCount]:
        """The minority people of some activities by ethnic group."""
        if not head.minority or self.chance.random() >= SHARE_WITH_GROUPS:
            return []
        names = ("Hrê", "Co", "Xơ Đăng") if old_province == "51" else ("Xơ Đăng", "Ba Na", "Giẻ Triêng")
        first, second = self.chance.sample([row for name, row in self.groups.items() if name in self._spelt(names)], 2)
        larger = round(head.minority * self.chance.uniform(0.6, 0.9))
        parts = ((first, larger), (second, head.minority - larger))
        return [ActivityCount(category=group, attendances=count) for group, count in parts if count]

    def _spelt(self, names: tuple[str, ...]) -> set[str]:
        """Names as in the list of ethnic groups, which writes some with a hyphen."""
        folded = {name.replace(" ", "").replace("-", "").casefold() for name in names}
        return {name for name in self.groups if name.replace(" ", "").replace("-", "").casefold() in folded}

    def _costs(self, head: Headcount) -> list[ActivityCost]:
        if not head.attendances or self.chance.random() >= SHARE_WITH_COST:
            return []
        amount = round(head.attendances * self.chance.uniform(60_000, 180_000), -5)
        return [ActivityCost(source=FundingSource.CENTRAL, amount_vnd=int(amount))]
