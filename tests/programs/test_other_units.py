"""Further communes of an activity: found by words and ticked, valid on its day, kept wherever the record goes."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from coordination.unit_picker import MOST_FOUND
from programs.actions import change_activity
from programs.enums import FactState
from programs.fact_actions import correct_fact
from programs.forms.activities import ActivityEntry
from programs.models import Activity
from tests import factories
from tests.constraints import assert_refused, changed
from tests.pages import Page
from tests.programs.activity_forms import address, sent

OLD, LAST_OLD_DAY = date(2024, 3, 8), date(2025, 6, 30)


@pytest.fixture
def places(cast):
    """Three more communes of today, and one of before July 2025."""
    names = ("Sơn Thử", "Sơn Hạ Thử", "Trà Thử")
    return [factories.commune(cast.province, name) for name in names] + [
        factories.commune(cast.province, "Cũ Thử", valid_to=LAST_OLD_DAY)
    ]


@pytest.fixture
def officer(client, cast):
    client.force_login(cast.officer)
    return client


def entry_of(cast, **changes):
    return ActivityEntry(sent(cast.commune, **changes), activity=Activity(owner=cast.board))


def logged(officer, cast, *others):
    officer.post(address("create"), sent(cast.commune, other_units=[unit.pk for unit in others]))
    return Activity.objects.get()


def ticks(source):
    """Label of each box, and whether it is ticked."""
    page = Page(source)
    labels = {label.attributes["for"]: label.text for label in page.all("label") if "for" in label.attributes}
    boxes = page.all("input", name="other_units")
    return {labels[box.attributes["id"]]: "checked" in box.attributes for box in boxes}


def test_ticked_ones_are_stored_and_shown(officer, cast, places):
    activity = logged(officer, cast, places[0], places[2])
    assert set(activity.other_units.all()) == {places[0], places[2]}
    page = Page(officer.get(address("detail", activity)))
    assert "Các xã, phường khác" in page.texts("dt")
    assert f"{places[0].label} {places[2].label}" in page.texts("dd")


def test_the_main_place_is_not_one_of_the_others(cast, places):
    entry = entry_of(cast, other_units=[cast.commune.pk, places[0].pk])
    assert entry.is_valid(), entry.errors
    assert entry.parts.other_units == [places[0]]


def test_only_communes_of_the_day_in_the_province_are_taken(cast, places):
    for unit in (places[3], cast.far_commune, cast.province):
        entry = entry_of(cast, other_units=[unit.pk])
        assert not entry.is_valid()
        assert [error["where"] for error in entry.errors] == ["id_other_units"]
    entry = entry_of(cast, starts_on="30/6/25", other_units=[places[3].pk])
    assert entry.is_valid(), entry.errors


@pytest.mark.parametrize("value", ["x", "0", "9" * 30, "²"])
def test_what_no_box_sends_is_refused(officer, cast, places, value):
    response = officer.post(address("create"), sent(cast.commune, other_units=[value]))
    assert (response.status_code, Activity.objects.count()) == (422, 0)


def test_words_left_in_the_field_count_when_they_mean_one_place(cast, places):
    for words in ("tra thu", "Sơn Thử"):
        assert entry_of(cast, other_units_words=words).is_valid()
    entry = entry_of(cast, other_units_words="son", other_units=[places[1].pk])
    assert entry.is_valid(), "what they find is ticked already"
    assert entry.parts.other_units == [places[1]]
    for words, text in (("son", "2 nơi khớp"), ("khong co", "Không có nơi nào")):
        entry = entry_of(cast, other_units_words=words, other_units=[places[2].pk])
        assert not entry.is_valid()
        assert text in entry.errors[0]["text"]


def test_an_error_keeps_what_is_ticked_and_typed(officer, cast, places):
    data = sent(cast.commune, title="", other_units=[places[2].pk, places[3].pk], other_units_words="son")
    response = officer.post(address("create"), data)
    assert response.status_code == 422
    assert ticks(response) == {
        places[2].label: True,
        f"{places[3].label} (ngày đó không có)": True,
        places[1].label: False,
        places[0].label: False,
    }
    assert Page(response).one("input", name="other_units_words").attributes["value"] == "son"


def test_find_button_shows_boxes_and_saves_nothing(officer, cast, places):
    data = sent(cast.commune, title="", other_units=[places[2].pk], other_units_words="son ha")
    response = officer.post(address("create"), data | {"open": "other_units"})
    assert (response.status_code, Activity.objects.count()) == (200, 0)
    assert response.context["entry"].errors == []
    assert ticks(response) == {places[2].label: True, places[1].label: False}
    field = Page(response).one("input", name="other_units_words")
    assert "autofocus" in field.attributes
    assert any(parent.has("details") and "open" in parent.attributes for parent in field.parents)


def test_boxes_follow_words_and_day(officer, cast, places):
    url = reverse("coordination:unit_ticks")
    query = {"other_units_words": "cu thu", "days": "ends_on,starts_on"}
    assert ticks(officer.get(url, query)) == {}
    assert "không có nơi nào" in officer.get(url, query).text
    assert ticks(officer.get(url, query | {"starts_on": "30/6/25"})) == {places[3].label: False}
    assert ticks(officer.get(url, {"other_units": [places[3].pk]})) == {f"{places[3].label} (ngày đó không có)": True}
    assert officer.post(url).status_code == 405
    officer.logout()
    assert officer.get(url).status_code == 302


def test_boxes_are_capped_and_the_count_is_not(officer, cast):
    for number in range(MOST_FOUND + 5):
        factories.commune(cast.province, f"Bản {number:02}")
    answer = officer.get(reverse("coordination:unit_ticks"), {"other_units_words": "ban"})
    assert len(ticks(answer)) == MOST_FOUND
    assert f"Có {MOST_FOUND + 5} nơi khớp" in answer.text


def test_someone_without_an_agency_is_offered_nothing(client, cast, places):
    client.force_login(cast.administrator)
    assert ticks(client.get(reverse("coordination:unit_ticks"), {"other_units_words": "son"})) == {}


def test_form_opens_with_them_ticked(officer, cast, places):
    activity = logged(officer, cast, places[0])
    for page in ("edit", "copy"):
        response = officer.get(address(page, activity))
        assert ticks(response) == {places[0].label: True}
        field = Page(response).one("input", name="other_units_words")
        assert any(parent.has("details") and "open" in parent.attributes for parent in field.parents)


def test_history_names_them(officer, cast, places):
    activity = logged(officer, cast, places[0])
    officer.post(address("edit", activity), sent(cast.commune, version="1", other_units=[places[2].pk]))
    assert set(activity.other_units.all()) == {places[2]}
    page = officer.get(address("detail", activity))
    assert [(change.label, change.before, change.after) for change in page.context["acts"][0].changes] == [
        ("Các xã, phường khác", places[0].label, places[2].label)
    ]


def test_two_versions_can_be_joined(officer, cast, places):
    activity = logged(officer, cast, places[0])
    officer.post(address("edit", activity), sent(cast.commune, version="1", other_units=[places[0].pk, places[1].pk]))
    mine = sent(cast.commune, version="1", other_units=[places[2].pk])
    response = officer.post(address("edit", activity), mine)
    assert response.status_code == 409
    (difference,) = response.context["differences"]
    assert difference.theirs == f"{places[1].label}; {places[0].label}"
    assert (difference.mine, difference.joinable) == (places[2].label, True)
    hidden = {name: response.context[name] for name in ("mine", "seen")}
    officer.post(address("edit", activity), hidden | {"version": "2", "take_other_units": "both"})
    assert set(activity.other_units.all()) == set(places[:3])


def test_day_and_places_can_change_together(cast, places):
    """The places of the old day go before the record takes the new one, and those of the new day come after."""
    activity = factories.activity(cast.board, cast.commune, OLD)
    activity.other_units.set([places[3]])
    entry = ActivityEntry(sent(cast.commune, other_units=[places[0].pk]), activity=activity)
    assert entry.is_valid(), entry.errors
    change_activity(entry.fill(FactState.RECORDED), entry.parts, seen=1, by=cast.officer)
    assert list(activity.other_units.all()) == [places[0]]


def test_database_refuses_places_of_another_day(cast, places):
    activity = factories.activity(cast.board, cast.commune, OLD)
    activity.other_units.set([places[3]])
    day = date(2026, 3, 8)
    assert_refused(changed(activity, starts_on=day, ends_on=day, counted_on=day), "activity_others_of_day")
    later = factories.activity(cast.board, cast.commune, day)
    assert_refused(lambda: later.other_units.add(places[3]), "activity_others_of_day")
    changed(activity, starts_on=LAST_OLD_DAY, ends_on=LAST_OLD_DAY, counted_on=LAST_OLD_DAY)()


def test_correction_keeps_them(cast, places):
    activity = factories.activity(cast.board, cast.commune, attendances=112)
    activity.other_units.set(places[:2])
    changed(activity, locked_at=timezone.now())()
    differences = {"sessions": 0, "attendances": 6}
    correction = correct_fact(activity, [differences], reason="Sai danh sách", after=0, token=None, by=cast.officer)
    assert set(correction.other_units.all()) == set(places[:2])
