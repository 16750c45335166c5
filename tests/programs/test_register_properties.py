"""The register and the list of activities add up on any day, on real places around the merger of 1 July 2025."""

from datetime import date, timedelta

import pytest
from django.db.models import Sum
from hypothesis import strategies as st

from coordination.enums import UnitLevel
from coordination.models import AdministrativeUnit, UnitSuccession
from coordination.official_units import official_units, successions
from programs.choices import choices_for
from programs.enums import ModelNature, ModelStanding
from programs.filters import ActivityFilter, ModelFilter
from programs.models import Activity, CommunityModel, ModelKind, RecognitionTag
from programs.models.model_register import NUMBERS
from programs.stock import summary
from tests import factories

pytestmark = pytest.mark.django_db
MERGED, LAST_BEFORE = date(2025, 7, 1), date(2025, 6, 30)
IN_PARTS = (UnitLevel.COMMUNE, 21142, False)  # xã Trà Bùi went into xã Cà Đam and xã Tây Trà Bồng
FIRST, SPAN = date(2024, 12, 1), 580  # days on either side of the merger

days = st.one_of(
    st.integers(0, SPAN).map(lambda number: FIRST + timedelta(days=number)), st.sampled_from([LAST_BEFORE, MERGED])
)

before = st.integers(0, (LAST_BEFORE - FIRST).days).map(lambda number: FIRST + timedelta(days=number))


class Places:
    """The commune that went in parts to two, what else went into these, and all that lies above them."""

    def __init__(self):
        entries = {entry.key: entry for entry in official_units()}
        edges = list(successions(list(entries.values())))
        into = {edge.successor for edge in edges if edge.predecessor == IN_PARTS}
        wanted = {edge.predecessor for edge in edges if edge.successor in into} | into
        while above := {entries[key].parent for key in wanted if entries[key].parent} - wanted:
            wanted |= above
        self.rows = {}
        for key in sorted(wanted, key=lambda key: list(UnitLevel).index(key[0])):
            self.rows[key] = self.made(entries[key])
        for edge in edges:
            if {edge.predecessor, edge.successor} <= self.rows.keys():
                UnitSuccession.objects.create(
                    predecessor=self.rows[edge.predecessor],
                    successor=self.rows[edge.successor],
                    on=MERGED,
                    nature=edge.nature,
                    extent=edge.extent,
                )

    def made(self, entry):
        level, _code, now = entry.key
        parent = self.rows.get(entry.parent)
        return AdministrativeUnit.objects.create(
            code=entry.code, name=entry.name, kind=entry.kind, level=level, parent=parent,
            province=parent and (parent.province or parent), valid_from=MERGED if now else None,
            valid_to=None if now else LAST_BEFORE,
        )  # fmt: skip

    def on(self, day):
        return [unit for unit in self.rows.values() if unit.is_valid_on(day)]

    @property
    def in_parts(self):
        return self.rows[IN_PARTS]

    def communes_on(self, day):
        return [unit for unit in self.on(day) if unit.level == UnitLevel.COMMUNE]


@pytest.fixture
def places():
    return Places()


@pytest.fixture
def agency(places):
    [province] = [unit for unit in places.on(MERGED) if unit.level == UnitLevel.PROVINCE]
    return factories.agency(province, "Sở Dân tộc và Tôn giáo", "SDTTG")


@pytest.fixture
def kinds():
    club = factories.model_kind("club", name="Câu lạc bộ")
    factories.model_kind("club_school", name="Trong trường", parent=club)
    factories.model_kind("safe", name="Địa chỉ tin cậy", has_standing=True, has_members=False)
    return list(ModelKind.objects.all())


@pytest.fixture
def tags():
    return [RecognitionTag.objects.create(code=code, name=code) for code in ("project_8", "union")]


def an_account(data, agency, places, kinds, tags, unit=None):
    """Opened on a day at a place of that day; later perhaps strengthened, dissolved in part, or moved."""
    opened_on = data.draw(before if unit else days)
    unit = unit or data.draw(st.sampled_from(places.on(opened_on)))
    kind = data.draw(st.sampled_from(kinds))
    standing = data.draw(st.sampled_from(ModelStanding.values)) if kind.has_standing else ""
    account = factories.community_model(agency, unit, kind=kind, standing=standing)
    account.tags.set(data.draw(st.sets(st.sampled_from(tags))))
    quantity, members = data.draw(st.integers(2, 50)), data.draw(st.one_of(st.none(), st.integers(0, 90)))
    part = st.one_of(st.none(), st.integers(0, members)) if members is not None else st.none()
    numbers = {"members": members, "women": data.draw(part), "minority": data.draw(part)}
    nature = data.draw(st.sampled_from([ModelNature.OPENING, ModelNature.NEW]))
    factories.model_event(account, opened_on, nature=nature, quantity=quantity, **numbers)
    later = opened_on + timedelta(days=data.draw(st.integers(0, 300)))
    for then in data.draw(st.sets(st.sampled_from(["dissolved", "strengthened", "moved"]))):
        happened(account, then, later, quantity, places, data)
    return account


def happened(account, nature, day, quantity, places, data):
    where = {"unit": data.draw(st.sampled_from(places.on(day)))}
    where["province"] = where["unit"].province or where["unit"]
    if nature == "strengthened":
        factories.model_event(account, day, nature=nature, quantity=quantity, **where)
        return
    factories.model_event(account, day, nature=nature, quantity=-(quantity // 2), **where)
    if nature == "moved":
        to = factories.community_model(account.owner, where["unit"], kind=account.kind, standing=account.standing)
        factories.model_event(to, day, nature=nature, quantity=quantity // 2, **where)


def every(lines):
    for line in lines:
        yield line
        yield from every(line.parts)


def quantities(lines):
    return {line.label: line.numbers["quantity"] or 0 for line in lines if line.numbers["quantity"]}


def test_stock_of_a_day_is_that_of_an_earlier_one_with_what_happened_between(walked, agency, places, kinds, tags):
    def check(data):
        for _number in range(data.draw(st.integers(1, 6))):
            an_account(data, agency, places, kinds, tags)
        first, last = sorted((data.draw(days), data.draw(days)))
        accounts = CommunityModel.objects.all()
        lines = summary(accounts, last, first + timedelta(days=1))
        before = {line.label: line.before for line in lines if line.before}
        assert before == quantities(summary(accounts, first))
        for line in lines:
            flows = sum(line.flows[nature] or 0 for nature in ModelNature.stock())
            assert line.before + flows == (line.numbers["quantity"] or 0)
        events = [event for account in accounts for event in account.events.in_stock(last)]
        assert sum(quantities(lines).values()) == sum(event.quantity for event in events)

    walked(check)


def test_of_which_lines_never_exceed_their_line(walked, agency, places, kinds, tags):
    def check(data):
        for _number in range(data.draw(st.integers(1, 8))):
            an_account(data, agency, places, kinds, tags)
        for line in every(summary(CommunityModel.objects.all(), data.draw(days))):
            for name in NUMBERS:
                whole = line.numbers[name] or 0
                assert sum(part.numbers[name] or 0 for part in line.parts) <= whole, (line.label, name)
                assert all((part.numbers[name] or 0) <= whole for part in line.recognised), (line.label, name)
            members = line.numbers["members"] or 0
            assert all((line.numbers[part] or 0) <= members for part in ("women", "minority"))

    walked(check)


def by_place(make, communes):
    """What the filter of a list finds in each commune, and all it leaves apart, each row once."""
    found, apart = [], set()
    for commune in communes:
        filterset = make(str(commune.pk))
        found += filterset.qs.values_list("pk", flat=True)
        if filterset.left_apart is not None:
            apart |= set(filterset.left_apart.values_list("pk", flat=True))
    return found, apart


@pytest.mark.parametrize("day", [LAST_BEFORE, MERGED, date(2026, 6, 30)])
def test_stock_of_communes_and_what_is_not_placed_is_that_of_the_province(walked, agency, places, kinds, tags, day):
    choices = choices_for(factories.user(), agency, day, day, kinds=ModelKind)

    def make(unit):
        data = {"unit": unit, "day": f"{day:%d/%m/%Y}"}
        return ModelFilter(data, queryset=CommunityModel.objects.all(), choices=choices, today=day)

    def check(data):
        parted = an_account(data, agency, places, kinds, tags, unit=places.in_parts)
        for _number in range(data.draw(st.integers(0, 8))):
            an_account(data, agency, places, kinds, tags)
        placed, apart = by_place(make, places.communes_on(day))
        stock = dict(CommunityModel.objects.with_stock(day).values_list("pk", "held_quantity"))
        above = set(CommunityModel.objects.exclude(unit__level=UnitLevel.COMMUNE).values_list("pk", flat=True))
        assert (parted.pk in apart, parted.pk in placed) == (day >= MERGED, day < MERGED)
        assert sum(stock[pk] for pk in (*placed, *apart, *above)) == sum(stock.values())

    walked(check)


@pytest.mark.parametrize("span", [(FIRST, LAST_BEFORE), (MERGED, date(2026, 6, 30)), (FIRST, date(2026, 6, 30))])
def test_activities_of_communes_and_what_is_not_placed_are_those_of_the_province(walked, agency, places, span):
    choices = choices_for(factories.user(), agency, *span)
    partner = factories.agency(agency.unit, "Hội LHPN tỉnh", "HLHPN")

    def make(unit):
        data = {"unit": unit, "since": f"{span[0]:%d/%m/%Y}", "until": f"{span[1]:%d/%m/%Y}"}
        return ActivityFilter(data, queryset=Activity.objects.all(), choices=choices)

    def check(data):
        where = [(data.draw(before), places.in_parts)]
        for _number in range(data.draw(st.integers(0, 10))):
            day = data.draw(days)
            where.append((day, data.draw(st.sampled_from(places.on(day)))))
        for day, unit in where:
            row = factories.activity(agency, unit, day, sessions=data.draw(st.integers(1, 9)))
            row.partners.set(data.draw(st.sampled_from([[], [partner]])))
        inside = Activity.objects.filter(counted_on__range=span)
        placed, apart = by_place(make, places.communes_on(span[1]))
        above = inside.exclude(unit__level=UnitLevel.COMMUNE).values_list("pk", flat=True)
        sessions = dict(inside.values_list("pk", "sessions"))
        whole = inside.aggregate(sum=Sum("sessions"))["sum"] or 0
        assert sum(sessions[pk] for pk in (*placed, *apart, *above)) == whole

    walked(check)
