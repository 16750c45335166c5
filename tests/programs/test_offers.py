"""What the form of an activity offers: of its day and province, and whatever the record has already."""

from datetime import date

import pytest

from programs.forms import snapshots
from programs.forms.lists import in_tree_order, lists_for
from programs.models import ActivityKind, Component, ProgrammeProvince, Topic
from tests import factories
from tests.programs.activity_forms import DAY, address, sent


@pytest.fixture
def officer(client, cast):
    client.force_login(cast.officer)
    return client


def opened(client, activity):
    """What the form of the record sends when nothing is changed on it."""
    form = client.get(address("edit", activity)).context["entry"].form
    hidden = {name: form[name].value() for name in ("version", "seen")}
    values = snapshots.as_sent(snapshots.of_record(activity))
    return {name: values.getlist(name) for name in values} | hidden | {"record": "1"}


def codes(rows):
    return [row.code for row in rows]


def test_nothing_the_record_has_is_dropped_or_changed_unasked(officer, cast):
    gone = Topic.objects.create(code="cu", name="Chủ đề cũ")
    far = factories.agency(cast.far_commune, "UBND xã xa", "UBNDXX")
    activity = factories.activity(cast.board, cast.commune, DAY)
    activity.topics.add(gone)
    activity.partners.add(far)
    for table in (Topic, ActivityKind, Component):
        table.objects.update(active=False)
    data = opened(officer, activity)
    assert officer.post(address("edit", activity), data | {"title": ["Tên mới"]}).status_code == 302
    activity.refresh_from_db()
    assert (activity.title, list(activity.topics.all()), list(activity.partners.all())) == ("Tên mới", [gone], [far])
    fresh = lists_for(cast.board, DAY)
    assert (fresh.kinds, fresh.components, fresh.topics) == ([], [], [])


def test_additions_of_another_province_are_not_offered(officer, cast):
    own = Topic.objects.create(code="rieng", name="Của tỉnh", unit=cast.province)
    Topic.objects.create(code="khac", name="Của tỉnh khác", unit=cast.elsewhere)
    factories.activity_kind("khac", unit=cast.elsewhere)
    factories.activity_kind()
    lists = lists_for(cast.board, DAY)
    assert (lists.topics, codes(lists.kinds)) == ([own], ["truyen_thong"])
    offered = officer.get("/activities/?since=&until=").context["filter"].form.fields["kind"].choices
    assert [value for value, _label in offered] == ["", "truyen_thong"]


def test_contents_are_those_of_the_day(cast):
    factories.component("T.1")
    factories.component("T.2", valid_from=date(2026, 3, 9))
    factories.component("T.3", valid_to=date(2026, 3, 7))
    kept = factories.activity(cast.board, cast.commune, DAY, component=Component.objects.get(code="T.3"))
    assert codes(lists_for(cast.board, DAY).components) == ["T.1"]
    assert codes(lists_for(cast.board, DAY, stored=kept).components) == ["T.1", "T.3"]
    assert codes(lists_for(cast.board, date(2031, 1, 1)).components) == []


def test_a_province_may_take_part_in_other_years(cast):
    programme = factories.component("T.1").programme
    ProgrammeProvince.objects.create(programme=programme, unit=cast.province, year_from=2023, year_to=2031)
    years = {2022: [], 2023: ["T.1"], 2031: ["T.1"], 2032: []}
    assert {year: codes(lists_for(cast.board, date(year, 6, 1)).components) for year in years} == years
    abroad = factories.agency(cast.elsewhere, "Sở khác", "SK")
    assert codes(lists_for(abroad, date(2022, 6, 1)).components) == ["T.1"]


def test_a_content_whose_project_is_not_offered_still_stands_in_the_tree(cast):
    project = factories.component("P", kind="project", active=False)
    content = factories.component("P.1", parent=project)
    below = factories.component("P.1.1", kind="group", parent=content)
    assert in_tree_order([below, content]) == [content, below]


@pytest.fixture
def local(cast):
    return factories.agency(cast.commune, "Hội LHPN xã Ba Thử", "HPNXBT")


def test_agencies_of_communes_are_chosen_from_one_list(officer, cast, local):
    page = officer.get(address("create"))
    form = page.context["entry"].form
    assert str(local.pk) not in dict(form.fields["partners"].choices)
    assert ("Xã Ba Thử", [(str(local.pk), "Hội LHPN xã Ba Thử")]) in form.fields["further_partner"].choices
    data = sent(cast.commune, partners=[str(cast.union.pk)], further_partner=local.pk)
    more = officer.post(address("create"), data | {"open": "further_partner"}).context["entry"].form
    assert {str(key) for key in more["partners"].value()} == {str(cast.union.pk), str(local.pk)}
    assert str(local.pk) in dict(more.fields["partners"].choices)
    assert not more["further_partner"].value()


def test_the_one_chosen_counts_without_adding_it(officer, cast, local):
    data = sent(cast.commune, partners=[str(cast.union.pk)], further_partner=local.pk)
    officer.post(address("create"), data | {"record": "1"})
    activity = cast.board.activity_owned.get()
    assert set(activity.partners.all()) == {cast.union, local}


def test_two_versions_name_them(officer, cast, local):
    activity = factories.activity(cast.board, cast.commune, DAY)
    data = opened(officer, activity)
    officer.post(address("edit", activity), data | {"partners": [str(cast.union.pk)]})
    response = officer.post(address("edit", activity), data | {"further_partner": str(local.pk)})
    rows = [(row.name, row.theirs, row.mine) for row in response.context["differences"]]
    assert rows == [("partners", "Hội LHPN tỉnh", "Hội LHPN xã Ba Thử")]


def test_one_typed_by_its_key_is_taken_though_no_box_stands_for_it(officer, cast, local):
    """A sheet names it, and a form that was kept."""
    data = sent(cast.commune, partners=[str(local.pk)])
    officer.post(address("create"), data | {"record": "1"})
    assert list(cast.board.activity_owned.get().partners.all()) == [local]
