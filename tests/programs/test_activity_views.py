"""The pages of an activity: who may what, what the form keeps, what its page says."""

import re
from datetime import date

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from coordination.enums import MemberRole
from coordination.middleware import SESSION_KEY
from coordination.models import Membership
from programs.models import Activity
from tests import factories
from tests.programs.activity_forms import DAY, address, element, sent

LIST = "/activities/?since=&until="
OPENED = ("detail", "edit", "copy", "delete", "correct")


@pytest.mark.parametrize("person", ["leader", "clerk", "partner", "chair", "administrator"])
def test_writing_is_refused_without_the_role(client, cast, recorded, draft, person):
    client.force_login(getattr(cast, person))
    statuses = {client.post(address(page, draft), sent(cast.commune)).status_code for page in ("edit", "delete")}
    statuses.add(client.post(address("edit", recorded), sent(cast.commune)).status_code)
    assert statuses <= {403, 404}
    assert Activity.objects.filter(title__in=("Bản nháp", "Truyền thông thử")).count() == 2


def test_right_to_write_goes_with_the_hat_worn(client, cast, recorded):
    """An officer of the board who is a leader of the Union too writes only while acting for the board."""
    hat = Membership.objects.create(
        user=cast.officer, agency=cast.union, role=MemberRole.LEADER, valid_from=date(2020, 1, 1)
    )
    client.force_login(cast.officer)
    assert client.get(address("edit", recorded)).status_code == 200
    session = client.session
    session[SESSION_KEY] = hat.pk
    session.save()
    assert client.get(address("edit", recorded)).status_code == 403
    assert client.get(address("create")).status_code == 403


def test_reading_writes_nothing(client, cast, recorded, draft):
    client.force_login(cast.officer)
    before = list(Activity.objects.order_by("pk").values()), Activity.history.count()
    for url in (LIST, address("create"), *[address(page, draft) for page in OPENED]):
        client.get(url)
    assert (list(Activity.objects.order_by("pk").values()), Activity.history.count()) == before


def test_new_form_starts_with_today_and_what_the_person_used_last(client, cast):
    client.force_login(cast.officer)
    other = factories.commune(cast.province, "Sơn Thử")
    client.post(address("create"), sent(other))
    with time_machine.travel("2026-06-16"):
        form = client.get(address("create")).context["entry"].form
    last = Activity.objects.get()
    shown = {name: form[name].value() for name in ("starts_on", "kind", "component", "unit", "title", "women")}
    assert shown == {
        "starts_on": date(2026, 6, 16),
        "kind": last.kind_id,
        "component": last.component_id,
        "unit": other.pk,
        "title": None,
        "women": None,
    }


def test_errors_keep_everything_and_say_what_to_do(client, cast):
    client.force_login(cast.officer)
    data = sent(cast.commune, starts_on="06-31", women="130", unit="", unit_words="son thuy", result="Phát 120 tờ rơi")
    response = client.post(address("create"), data)
    assert response.status_code == 422
    assert Activity.objects.count() == 0
    for text in ("còn 3 chỗ cần sửa", "Chưa hiểu “06-31”", "Số nữ (130)", 'value="son thuy"', "Phát 120 tờ rơi"):
        assert text in response.text
    assert "<title>Lỗi:" in response.text
    assert f'value="{data["form_token"]}"' in response.text


def test_form_answers_a_swap_with_the_same_form(client, cast):
    client.force_login(cast.officer)
    data = sent(cast.commune, title="")
    page = client.post(address("create"), data)
    swap = client.post(address("create"), data, headers={"HX-Request": "true"})
    assert (page.status_code, swap.status_code) == (422, 422)
    forms = [re.sub(r'token" value="\w{64}"', "", element(answer.text, "activity-form")) for answer in (page, swap)]
    assert forms[0] == forms[1]


def test_saved_swap_sends_the_browser_to_the_record(client, cast):
    client.force_login(cast.officer)
    response = client.post(address("create"), sent(cast.commune), headers={"HX-Request": "true"})
    assert response["HX-Redirect"] == address("detail", Activity.objects.get())


@pytest.mark.parametrize(("button", "state"), [("record", "recorded"), ("draft", "draft")])
def test_button_decides_the_state(client, cast, button, state):
    client.force_login(cast.officer)
    client.post(address("create"), sent(cast.commune) | {button: "1"})
    assert Activity.objects.get().state == state


def test_recorded_one_stays_recorded(client, cast):
    client.force_login(cast.officer)
    client.post(address("create"), sent(cast.commune))
    activity = Activity.objects.get()
    client.post(address("edit", activity), sent(cast.commune, version="1", title="Tên mới") | {"draft": "1"})
    activity.refresh_from_db()
    assert (activity.title, activity.state, activity.version) == ("Tên mới", "recorded", 2)


@pytest.mark.parametrize(("wanted", "rows"), [("outputs", 2), ("counts", 1)])
def test_add_a_row_works_without_scripts(client, cast, wanted, rows):
    client.force_login(cast.officer)
    data = sent(cast.commune, title="") | {"outputs-0-entry": "", "outputs-0-quantity": "5", "open": wanted}
    response = client.post(address("create"), data)
    entry = response.context["entry"]
    assert (response.status_code, entry.errors, Activity.objects.count()) == (200, [], 0)
    assert len(list(getattr(entry, wanted))) == rows


def test_find_button_narrows_the_places_and_saves_nothing(client, cast):
    place = factories.commune(cast.province, "Sơn Thử")
    client.force_login(cast.officer)
    response = client.post(address("create"), sent(cast.commune) | {"unit_words": "son thu", "open": "unit"})
    assert Activity.objects.count() == 0
    select = str(response.context["entry"].form["unit"])
    assert f'<option value="{place.pk}" selected>' in select
    assert cast.commune.label not in select


def test_place_list_follows_words_and_day(client, cast):
    old = factories.commune(cast.province, "Cũ Thử", valid_to=date(2025, 6, 30))
    client.force_login(cast.officer)
    url = reverse("coordination:unit_options")
    assert old.label not in client.get(url, {"unit_words": "cu thu"}).text
    found = client.get(url, {"unit_words": "cu thu", "days": "ends_on,starts_on", "starts_on": "1/6/25"}).text
    assert f'<option value="{old.pk}" selected>' in found
    assert client.post(url).status_code == 405


def test_place_list_follows_the_words_over_what_was_chosen(client, cast):
    """Chosen stays what the words find too; else nothing is, and the person chooses again."""
    place = factories.commune(cast.province, "Sơn Thử")
    client.force_login(cast.officer)
    url, chosen = reverse("coordination:unit_options"), {"unit": cast.commune.pk}
    other = client.get(url, chosen | {"unit_words": "son thu"}).text
    assert f'<option value="{place.pk}" selected>' in other
    assert cast.commune.label not in other
    same = client.get(url, {"unit": place.pk, "unit_words": "son"}).text
    assert f'<option value="{place.pk}" selected>' in same
    none = client.get(url, chosen | {"unit_words": "không đâu"}).text
    assert f'<option value="{cast.commune.pk}">' in none


def test_rule_of_the_database_becomes_an_error_of_the_form(client, cast):
    cast.board.closed_on = date(2026, 6, 1)
    cast.board.save()
    client.force_login(cast.officer)
    response = client.post(address("create"), sent(cast.commune))
    assert response.status_code == 422
    assert [error["where"] for error in response.context["entry"].errors] == ["id_starts_on"]


def test_copy_leaves_days_and_numbers_to_be_written(client, cast, recorded):
    client.force_login(cast.officer)
    form = client.get(address("copy", recorded)).context["entry"].form
    assert (form["title"].value(), form["unit"].value()) == (recorded.title, cast.commune.pk)
    assert (form["attendances"].value(), form["starts_on"].value()) == (None, timezone.localdate())
    assert form["partners"].value() == [cast.union.pk]


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ({"starts_on": "8/6/26"}, "Thứ Hai, 08/06/2026, thuộc kỳ 6 tháng đầu năm 2026"),
        ({"starts_on": "8/6/26", "ends_on": "15/6/26"}, "Thứ Hai, 15/06/2026, thuộc kỳ 6 tháng cuối năm 2026"),
        ({"starts_on": "06-31"}, ""),
        ({}, ""),
    ],
)
def test_day_is_read_back_with_its_period(client, cast, periods, query, text):
    client.force_login(cast.officer)
    answer = client.get(address("echo_day"), query).text
    assert text in answer
    assert ("echo num" in answer) == bool(text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        (
            {"attendances": "112", "women": "71", "minority": "108", "minority_women": "69"},
            "Nữ 63,4% · DTTS 96,4% · nữ DTTS 61,6%",
        ),
        ({"attendances": "1.069", "women": "1 069"}, "Nữ 100,0%"),
        ({"attendances": "0", "women": "0"}, ""),
        ({"attendances": "1.5", "women": "1"}, ""),
        ({"women": "71"}, ""),
        ({"attendances": "112", "women": "130", "minority": "56"}, "· DTTS 50,0%"),
    ],
)
def test_shares_are_read_back(client, cast, query, text):
    client.force_login(cast.officer)
    answer = " ".join(client.get(address("echo_people"), query).text.split())
    assert text in answer
    assert ("echo num" in answer) == bool(text)


def test_numbers_that_do_not_fit_are_said_while_they_are_typed(client, cast):
    client.force_login(cast.officer)
    answer = client.get(address("echo_people"), {"attendances": "112", "women": "130"}).text
    assert "Số nữ (130) phải nhỏ hơn hoặc bằng tổng số (112)." in answer
    for waiting in ({"women": "130"}, {"attendances": "130", "women": "112"}):
        assert "field-err" not in client.get(address("echo_people"), waiting).text


def test_detail_shows_history_with_who_and_what(client, cast):
    client.force_login(cast.officer)
    client.post(address("create"), sent(cast.commune, cost_local="5000000"))
    activity = Activity.objects.get()
    client.post(address("edit", activity), sent(cast.commune, version="1", women="72", cost_local="6.000.000"))
    acts = client.get(address("detail", activity)).context["acts"]
    assert [(act.is_first, act.by.full_name) for act in acts] == [(False, "Chuyên viên A"), (True, "Chuyên viên A")]
    changes = [(change.label, change.before, change.after) for change in acts[0].changes]
    assert changes == [("Nữ", "71", "72"), ("Ngân sách địa phương", "5.000.000", "6.000.000")]


def test_detail_says_why_it_cannot_be_changed(client, cast, recorded):
    client.force_login(cast.leader)
    reason = "Vai trò của bạn ở Sở Dân tộc và Tôn giáo là “Lãnh đạo”: được xem mục này, không sửa."
    assert reason in client.get(address("detail", recorded)).text
    Activity.objects.update(locked_at=timezone.now())
    client.force_login(cast.officer)
    response = client.get(address("detail", recorded))
    assert "Vì sao tôi không sửa được?" in response.text
    assert address("edit", recorded) not in response.text
    assert address("correct", recorded) in response.text
    assert client.get(address("edit", recorded)).url == address("detail", recorded)


def test_likely_double_is_shown_to_those_who_can_mend_it(client, cast, recorded):
    other = factories.activity(cast.board, cast.commune, date(2026, 3, 10), title="Gần giống")
    factories.activity(cast.board, cast.commune, date(2026, 3, 12), title="Cách bốn ngày")
    factories.activity(cast.board, cast.province, DAY, title="Nơi khác")
    client.force_login(cast.officer)
    assert [row.title for row in client.get(address("detail", recorded)).context["alike"]] == [other.title]
    client.force_login(cast.leader)
    assert client.get(address("detail", recorded)).context["alike"] == []


def test_draft_is_deleted_after_a_confirmation(client, cast, draft):
    client.force_login(cast.officer)
    assert "Bản nháp" in client.get(address("delete", draft)).text
    assert Activity.objects.count() == 1
    assert client.post(address("delete", draft)).status_code == 302
    assert Activity.objects.count() == 0
    gone = Activity.history.get(history_type="-")
    assert (gone.title, gone.history_user) == ("Bản nháp", cast.officer)


@pytest.mark.parametrize("method", ["get", "post"])
def test_recorded_one_is_never_deleted(client, cast, recorded, method):
    client.force_login(cast.officer)
    assert getattr(client, method)(address("delete", recorded)).status_code == 403
    assert Activity.objects.count() == 1


@pytest.fixture
def locked(recorded):
    Activity.objects.update(locked_at=timezone.now())
    recorded.refresh_from_db()
    return recorded


def correction_of(client, activity, **changes):
    page = client.get(address("correct", activity)).context["form"]
    data = {name: page[name].value() or "" for name in page.fields} | {"after": page["after"].value()}
    return client.post(address("correct", activity), data | {"reason": "Đối chiếu danh sách ký nhận"} | changes)


def test_correction_of_a_frozen_number_is_a_fact_of_its_own(client, cast, locked):
    client.force_login(cast.officer)
    response = correction_of(client, locked, attendances="94", women="61")
    assert response.url == address("detail", locked)
    added = Activity.objects.get(corrects=locked)
    assert (added.attendances, added.women, added.minority, added.sessions) == (-6, 1, 0, 0)
    assert (added.counted_on, added.owner, added.unit, added.state) == (DAY, cast.board, cast.commune, "recorded")
    assert list(added.partners.all()) == [cast.union]
    assert Activity.objects.visible_to(cast.partner).filter(pk=added.pk).exists()
    shown = client.get(address("detail", locked)).context
    assert (shown["corrected"]["attendances"], [row.pk for row in shown["corrections"]]) == (94, [added.pk])
    assert client.get(address("edit", added)).url == address("detail", added)


def test_correction_is_sent_twice_and_stored_once(client, cast, locked):
    client.force_login(cast.officer)
    page = client.get(address("correct", locked)).context["form"]
    data = {name: page[name].value() or "" for name in page.fields} | {
        "after": "0",
        "attendances": "94",
        "reason": "x",
    }
    statuses = [client.post(address("correct", locked), data).status_code for _click in range(2)]
    assert Activity.objects.filter(corrects=locked).count() == 1
    assert statuses == [302, 302]


def test_second_correction_from_an_old_page_is_asked_back(client, cast, locked):
    client.force_login(cast.officer)
    correction_of(client, locked, attendances="94")
    response = correction_of(client, locked, attendances="95", after="0")
    assert response.status_code == 409
    assert Activity.objects.filter(corrects=locked).count() == 1


def test_correction_that_does_not_fit_is_asked_back(client, cast, locked):
    client.force_login(cast.officer)
    response = correction_of(client, locked, women="101")
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["women"])


def test_row_that_was_asked_for_takes_the_focus(client, cast):
    client.force_login(cast.officer)
    response = client.post(address("create"), sent(cast.commune) | {"outputs-0-entry": "", "open": "outputs"})
    focused = re.findall(r'name="([^"]+)"[^>]* autofocus', response.text)
    assert focused == ["outputs-0-entry"]


def test_officer_of_the_centre_logs_for_a_province(client, cast):
    centre = factories.agency(cast.province, "Hội LHPN Việt Nam", "TW")
    centre.unit = None
    centre.save()
    client.force_login(factories.member(centre))
    client.post(address("create"), sent(cast.elsewhere))
    assert Activity.objects.get().province == cast.elsewhere
    assert [row.unit for row in client.get(LIST).context["page"]] == [cast.elsewhere]
