"""Corrections of frozen records: what is typed twice, what fits, and what 0 says."""

import uuid
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from programs.enums import Direction
from programs.models import (
    Activity,
    ActivityCost,
    ActivityCount,
    ActivityOutput,
    CountCategory,
    Measurement,
    ModelEvent,
    OutputKind,
)
from tests import factories
from tests.programs.activity_forms import DAY, address


def freeze(record):
    type(record).objects.filter(pk=record.pk).update(locked_at=timezone.now())


def correct_address(record):
    names = {Activity: "activity_correct", Measurement: "measurement_correct", ModelEvent: "model_event_correct"}
    return reverse(f"programs:{names[type(record)]}", args=[record.uid])


def opened(client, record):
    """What the form sends when nothing is changed on it but the reason."""
    page = client.get(correct_address(record)).context["form"]
    values = {name: page[name].value() for name in page.fields}
    return {name: "" if value is None else str(value) for name, value in values.items()} | {"reason": "Đếm lại"}


def send(client, record, data):
    return client.post(correct_address(record), data)


@pytest.fixture
def frozen(cast):
    activity = factories.activity(cast.board, cast.commune, DAY, attendances=100, women=60, minority=80)
    freeze(activity)
    return activity


@pytest.fixture
def officer(client, cast):
    client.force_login(cast.officer)
    return client


def test_second_sending_with_other_numbers_is_not_dropped(officer, frozen):
    data = opened(officer, frozen) | {"attendances": "94"}
    assert send(officer, frozen, data).status_code == 302
    other = send(officer, frozen, data | {"attendances": "95"})
    assert (other.status_code, other.context["form"]["attendances"].value()) == (409, "95")
    assert "Biểu này đã gửi một lần" in other.text
    renewed = {name: other.context["form"][name].value() for name in data}
    assert renewed["form_token"] != data["form_token"]
    assert send(officer, frozen, renewed).status_code == 302
    differences = frozen.corrections.order_by("pk").values_list("attendances", flat=True)
    assert list(differences) == [-6, 1]


def test_second_sending_with_another_reason_is_not_dropped(officer, frozen):
    data = opened(officer, frozen) | {"attendances": "94"}
    send(officer, frozen, data)
    assert send(officer, frozen, data | {"reason": "Theo công văn 5"}).status_code == 409
    assert frozen.corrections.count() == 1


def test_second_click_says_that_it_is_recorded(officer, frozen):
    data = opened(officer, frozen) | {"attendances": "94", "reason": "Đếm lại\r\ntheo danh sách"}
    send(officer, frozen, data)
    again = officer.post(correct_address(frozen), data, follow=True)
    assert "Số liệu bổ sung này đã được ghi trước đó." in again.text
    assert frozen.corrections.count() == 1


def test_of_other_records_too(officer, cast):
    reading = factories.measurement(cast.board, cast.province, DAY, numerator=50, denominator=100)
    freeze(reading)
    data = opened(officer, reading) | {"numerator": "55"}
    statuses = [send(officer, reading, data | {"numerator": number}).status_code for number in ("55", "55", "56")]
    assert (statuses, reading.corrections.count()) == ([302, 302, 409], 1)


def test_a_total_is_never_below_its_largest_part(officer, cast):
    activity = factories.activity(cast.board, cast.commune, DAY, attendances=100, women=60)
    men = CountCategory.objects.create(code="nam", name="Nam giới", dimension="audience")
    ActivityCount.objects.create(activity=activity, category=men, attendances=70, women=40)
    freeze(activity)
    data = opened(officer, activity)
    refused = send(officer, activity, data | {"attendances": "69", "women": "39"})
    assert (refused.status_code, set(refused.context["form"].errors)) == (422, {"attendances", "women"})
    assert "Có nhóm đã ghi 70 lượt" in refused.text
    assert send(officer, activity, data | {"attendances": "70", "women": "40"}).status_code == 302


def test_nobody_is_another_answer_than_not_stated(officer, cast):
    activity = factories.activity(cast.board, cast.commune, DAY, attendances=100)
    freeze(activity)
    assert send(officer, activity, opened(officer, activity) | {"women": "0"}).status_code == 302
    assert officer.get(address("detail", activity)).context["corrected"]["women"] == 0
    event = factories.model_event(factories.community_model(cast.board, cast.commune), DAY, members=12)
    freeze(event)
    assert send(officer, event, opened(officer, event) | {"women": "0"}).status_code == 302
    assert event.corrections.get().women == 0


@pytest.mark.parametrize(
    ("stored", "typed", "field"),
    [
        ({"value": 61}, {"value": "-1"}, "value"),
        ({"numerator": 50, "denominator": 100}, {"numerator": "101"}, "numerator"),
        ({"numerator": 50, "denominator": 100}, {"denominator": "0"}, "denominator"),
        ({"value": 1, "indicator": "yes or no"}, {"value": "0,5"}, "value"),
    ],
)
def test_a_reading_fits_as_one_that_is_entered(officer, cast, stored, typed, field):
    if "indicator" in stored:
        done = factories.indicator("5.1", measured_in="có/không", direction=Direction.QUALITATIVE)
        stored = stored | {"indicator": done}
    reading = factories.measurement(cast.board, cast.province, DAY, **stored)
    freeze(reading)
    refused = send(officer, reading, opened(officer, reading) | typed)
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, [field])


def test_yes_becomes_no(officer, cast):
    done = factories.indicator("5.1", measured_in="có/không", direction=Direction.QUALITATIVE)
    reading = factories.measurement(cast.board, cast.province, DAY, value=1, indicator=done)
    freeze(reading)
    data = opened(officer, reading)
    assert data["value"] == "1"
    assert send(officer, reading, data | {"value": "0"}).status_code == 302
    assert reading.corrections.get().value == Decimal(-1)


def test_members_are_not_stated_of_a_kind_without(officer, cast):
    address_kind = factories.model_kind("dia_chi", has_members=False)
    model = factories.community_model(cast.board, cast.commune, kind=address_kind)
    event = factories.model_event(model, date(2026, 3, 8))
    freeze(event)
    refused = send(officer, event, opened(officer, event) | {"members": "5", "form_token": str(uuid.uuid4())})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["members"])


@pytest.fixture
def whole(cast):
    """A frozen activity with a product, a group and a cost."""
    activity = factories.activity(cast.board, cast.commune, DAY, attendances=100, women=60)
    banners = OutputKind.objects.create(code="bang_ron", name="Băng rôn", word="cái")
    hre = CountCategory.objects.create(code="hre", name="Hrê", dimension="ethnic_group")
    ActivityOutput.objects.create(activity=activity, kind=banners, quantity=120)
    ActivityCount.objects.create(activity=activity, category=hre, attendances=40, women=20)
    ActivityCost.objects.create(activity=activity, source="central", amount_vnd=5_000_000)
    freeze(activity)
    return activity


def opened_whole(client, activity):
    """With its rows."""
    form = client.get(correct_address(activity)).context["form"]
    data = opened(client, activity)
    for row in (*form.outputs, *form.counts):
        data |= {row.add_prefix(name): str(row[name].value() or "") for name in row.fields}
    return data


def test_products_costs_and_groups_are_mended_by_their_difference(officer, whole):
    data = opened_whole(officer, whole)
    assert (data["outputs-0-quantity"], data["counts-0-women"], data["cost_central"]) == ("120", "20", "5.000.000")
    assert send(officer, whole, data).status_code == 422  # nothing was changed
    right = data | {"outputs-0-quantity": "100", "counts-0-women": "25", "cost_central": "4.500.000"}
    assert [send(officer, whole, right).status_code for _click in range(2)] == [302, 302]
    added = whole.corrections.get()
    assert (added.attendances, added.women, added.sessions) == (0, 0, 0)
    assert added.outputs.get().quantity == -20
    assert list(added.counts.values_list("attendances", "women")) == [(0, 5)]
    assert added.costs.get().amount_vnd == -500_000
    page = officer.get(address("detail", whole))
    changed = {(part.label, part.before, part.now) for part in page.context["changed_parts"]}
    assert changed == {
        ("Băng rôn", "120", "100"),
        ("Hrê, nữ", "20", "25"),
        ("Ngân sách trung ương", "5.000.000 đồng", "4.500.000 đồng"),
    }
    again = opened_whole(officer, whole)
    assert (again["outputs-0-quantity"], again["counts-0-women"]) == ("100", "25")


def test_a_row_is_taken_away_and_another_added(officer, whole):
    leaflets = OutputKind.objects.create(code="to_roi", name="Tờ rơi", word="tờ")
    data = opened_whole(officer, whole) | {"outputs-0-entry": str(leaflets.pk), "outputs-0-quantity": "500"}
    assert send(officer, whole, data | {"counts-0-entry": "", "counts-0-attendances": "", "counts-0-women": ""})
    added = whole.corrections.get()
    assert set(added.outputs.values_list("kind__code", "quantity")) == {("bang_ron", -120), ("to_roi", 500)}
    assert list(added.counts.values_list("attendances", "women")) == [(-40, -20)]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"counts-0-attendances": "101"}, "attendances"),
        ({"counts-0-women": ""}, "__all__"),
        ({"counts-0-women": "41"}, "__all__"),
        ({"outputs-0-quantity": "-1"}, "__all__"),
        ({"cost_central": ""}, "cost_central"),
        ({"attendances": "39", "women": "20"}, "attendances"),
    ],
)
def test_rows_that_do_not_fit_are_asked_back(officer, whole, typed, field):
    refused = send(officer, whole, opened_whole(officer, whole) | typed)
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, [field])
    assert not whole.corrections.exists()


def test_numbers_alone_leave_the_rows_as_they_are(officer, whole):
    """Sent without any row: nothing is taken away."""
    data = opened(officer, whole)
    assert send(officer, whole, data | {"attendances": "101"}).status_code == 302
    assert not whole.corrections.get().outputs.exists()
