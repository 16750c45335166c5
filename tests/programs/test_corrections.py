"""Corrections of frozen records: what is typed twice, what fits, and what 0 says."""

import uuid
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from programs.enums import Direction
from programs.models import Activity, ActivityCount, CountCategory, Measurement, ModelEvent
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
