"""What stands around the list of activities: products added up, former communes, forms in progress."""

from datetime import date
from itertools import pairwise

import pytest

from coordination.enums import SuccessionExtent, SuccessionNature
from coordination.models import UnitSuccession
from programs.choices import choices_for
from programs.enums import FactState
from programs.models import ActivityOutput, OutputKind
from programs.stock import units_within
from tests import factories
from tests.programs.activity_forms import DAY

LIST = "/activities/?since=&until="


@pytest.fixture
def kinds(db):
    banner = OutputKind.objects.create(code="banner", name="Băng rôn", word="tấm", position=1)
    return banner, OutputKind.objects.create(code="leaflet", name="Tờ rơi", word="tờ", position=2)


def test_products_are_added_up_per_kind_without_drafts(client, cast, kinds):
    banner, leaflet = kinds
    for state, count in ((FactState.RECORDED, 1200), (FactState.RECORDED, 34), (FactState.DRAFT, 999)):
        fact = factories.activity(cast.board, cast.commune, DAY, state=state)
        fact.partners.add(cast.union)
        ActivityOutput.objects.create(activity=fact, kind=banner, quantity=count)
    ActivityOutput.objects.create(activity=fact.__class__.objects.recorded()[0], kind=leaflet, quantity=5)
    client.force_login(cast.officer)
    page = client.get(LIST)
    assert [(row.name, row.quantity) for row in page.context["foot"].outputs] == [("Băng rôn", 1234), ("Tờ rơi", 5)]
    assert page.text.count("Băng rôn: 1.234 tấm") == 2  # row and card
    assert client.get("/activities/?since=9/3/2026&until=").context["foot"].outputs == []


def succeeded(before, after, extent=SuccessionExtent.WHOLE):
    return UnitSuccession.objects.create(
        predecessor=before, successor=after, on=date(2026, 5, 1), nature=SuccessionNature.MERGED, extent=extent
    )


@pytest.fixture
def chain(cast):
    """Five communes, each gone into the next; the third also took a part of another."""
    units = [
        factories.commune(cast.province, f"Ba {number}", valid_to=None if number == 5 else date(2026, 4, number))
        for number in range(1, 6)
    ]
    for before, after in pairwise(units):
        succeeded(before, after)
    parted = factories.commune(cast.province, "Ba Tách", valid_to=date(2026, 4, 9))
    succeeded(parted, units[2], SuccessionExtent.PART)
    return units, parted


def test_what_was_read_with_the_choices_gives_the_same_places(cast, chain, django_assert_num_queries):
    units, parted = chain
    edges = choices_for(cast.officer, cast.board, None, None, within=str(units[-1].pk)).edges
    expected = {unit.pk for unit in units}, {parted.pk}
    assert units_within(units[-1].pk, edges) == units_within(units[-1].pk) == expected
    near = choices_for(cast.officer, cast.board, None, None, within=str(units[2].pk)).edges
    with django_assert_num_queries(0):
        assert units_within(units[2].pk, near)[0] == {unit.pk for unit in units[:3]}


def test_former_communes_are_listed_where_asked_for_and_always_understood(client, cast, chain):
    units, _parted = chain
    factories.activity(cast.board, units[0], date(2026, 3, 1), title="Ở xã cũ")
    client.force_login(cast.officer)
    option = f'<option value="{units[0].pk}"'
    page = client.get(LIST)
    assert option not in page.text
    assert "Hiện cả 5 xã, phường cũ trong bộ lọc" in page.text
    assert option in client.get(f"{LIST}&former=1").text
    chosen = client.get(f"{LIST}&unit={units[0].pk}")
    assert f"{option} selected" in chosen.text
    assert [row.title for row in chosen.context["page"]] == ["Ở xã cũ"]
    assert [row.title for row in client.get(f"{LIST}&unit={units[-1].pk}").context["page"]] == ["Ở xã cũ"]


FILTERS = ["", "&q=thu", "&state=unverified", "&component=T.1", "&owner={owner}", "&unit={unit}", "&unit={unit}&q=thu"]


@pytest.mark.parametrize("person", ["officer", "chair"])
@pytest.mark.parametrize("narrowed", FILTERS)
def test_a_filtered_page_asks_at_most_ten_queries(
    client, cast, periods, kinds, person, narrowed, django_assert_max_num_queries
):
    before = factories.commune(cast.province, "Ba Cũ", valid_to=date(2026, 4, 30))
    earlier = factories.commune(cast.province, "Ba Xưa", valid_to=date(2025, 4, 30))
    parted = factories.commune(cast.province, "Ba Tách", valid_to=date(2026, 4, 30))
    for old, new, extent in (
        (before, cast.commune, "whole"), (earlier, before, "whole"), (parted, cast.commune, "part"),
    ):  # fmt: skip
        succeeded(old, new, extent)
    for _number in range(50):
        factories.activity(cast.board, cast.commune, DAY, attendances=10)
    factories.activity(cast.board, parted, date(2026, 3, 1))
    client.force_login(getattr(cast, person))
    address = LIST + narrowed.format(unit=cast.commune.pk, owner=cast.board.pk)
    client.get(address)
    with django_assert_max_num_queries(10):
        page = client.get(address)
    assert len(page.context["page"]) == 50
    if narrowed == "&unit={unit}":
        assert page.context["foot"].left_apart == 1
