"""Two people, one record; one person, two clicks: nothing is lost and nothing is doubled."""

import threading
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from coordination.locking import StaleVersion, claim_version
from programs import actions
from programs.actions import ActivityParts, FactLocked, NotADraft, change_activity, delete_draft
from programs.enums import FactState
from programs.forms import snapshots
from programs.models import Activity
from tests import factories
from tests.programs.activity_forms import sent
from tests.races import WAIT, at_once

DAY = date(2026, 6, 8)


@pytest.fixture
def activity(cast):
    return factories.activity(cast.board, cast.commune, DAY, attendances=112, women=71, title="Truyền thông")


@pytest.fixture
def colleague(cast):
    return factories.member(cast.board, user=factories.user("Chuyên viên Hai"))


def opened(client, activity):
    """What the form of the record sends when nothing is changed on it."""
    form = client.get(reverse("programs:activity_edit", args=[activity.uid])).context["entry"].form
    hidden = {name: form[name].value() for name in ("version", "seen")}
    return snapshots.as_sent(snapshots.of_record(activity)).dict() | hidden | {"record": "1"}


def edit(client, activity, data):
    return client.post(reverse("programs:activity_edit", args=[activity.uid]), data)


@pytest.fixture
def two_forms(client, cast, colleague, activity):
    """The officer and a colleague have both opened the record; the colleague has saved 120 attendances."""
    client.force_login(cast.officer)
    mine = opened(client, activity)
    client.force_login(colleague)
    response = edit(client, activity, opened(client, activity) | {"attendances": "120", "result": "Kết quả của Hai"})
    assert response.status_code == 302
    client.force_login(cast.officer)
    return mine


def test_claim_version_counts_up(activity):
    claim_version(activity, seen=1)
    assert (activity.version, Activity.objects.get().version) == (2, 2)


def test_claim_of_an_old_version_is_refused(activity):
    claim_version(Activity.objects.get(), seen=1)
    with pytest.raises(StaleVersion):
        claim_version(activity, seen=1)
    assert Activity.objects.get().version == 2


def test_second_to_save_sees_both_versions_and_overwrites_nothing(client, activity, two_forms):
    response = edit(client, activity, two_forms | {"women": "80", "result": "Kết quả của tôi"})
    assert response.status_code == 409
    found = {row.name: (row.theirs, row.mine, row.chosen) for row in response.context["differences"]}
    assert found == {
        "attendances": ("120", "112", "theirs"),
        "women": ("71", "80", "mine"),
        "result": ("Kết quả của Hai", "Kết quả của tôi", "mine"),
    }
    assert "Chuyên viên Hai" in response.text
    stored = Activity.objects.get()
    assert (stored.attendances, stored.women, stored.result) == (120, 71, "Kết quả của Hai")


def test_line_ends_of_browsers_are_no_change(client, cast, colleague, activity):
    """A text nobody touched comes back with \\r\\n: it is not "mine" against what a colleague wrote meanwhile."""
    Activity.objects.update(result="Dòng một\nDòng hai", place="Nhà văn hoá")
    activity.refresh_from_db()
    client.force_login(cast.officer)
    mine = opened(client, activity) | {"result": "Dòng một\r\nDòng hai", "place": "Nhà  văn hoá ", "women": "80"}
    edit(client, activity, opened(client, activity) | {"result": "Dòng một\r\nDòng hai\r\nDòng ba"})
    response = edit(client, activity, mine)
    chosen = {row.name: row.chosen for row in response.context["differences"]}
    assert (response.status_code, chosen) == (409, {"result": "theirs", "women": "mine"})


def test_second_click_with_two_lines_is_the_same(client, cast):
    client.force_login(cast.officer)
    data = sent(cast.commune) | {"note": "Một\r\nHai"}
    assert [create(client, data).status_code for _click in range(2)] == [302, 302]


def test_without_the_version_check_the_first_save_is_lost(client, activity, two_forms, monkeypatch):
    """Control: the test above fails when versions are not compared."""
    monkeypatch.setattr(actions, "claim_version", lambda record, seen: None)
    assert edit(client, activity, two_forms | {"women": "80"}).status_code == 302
    assert (Activity.objects.get().attendances, Activity.objects.get().women) == (112, 80)


def resolving(response, **take):
    page = response.context
    hidden = {"version": str(page["activity"].version), "mine": page["mine"], "seen": page["seen"]}
    return hidden | {f"take_{row.name}": row.chosen for row in page["differences"]} | take


def test_versions_are_joined_field_by_field(client, activity, two_forms):
    response = edit(client, activity, two_forms | {"women": "80", "result": "Kết quả của tôi"})
    response = edit(client, activity, resolving(response, take_result="both"))
    assert response.status_code == 302
    stored = Activity.objects.get()
    assert (stored.attendances, stored.women, stored.version) == (120, 80, 3)
    assert stored.result == "Kết quả của Hai\n\nKết quả của tôi"
    authors = (
        activity.history.filter(version__gt=1).order_by("version").values_list("history_user__full_name", flat=True)
    )
    assert list(authors) == ["Chuyên viên Hai", "Chuyên viên A"]


def test_joined_versions_that_do_not_fit_open_as_a_form(client, activity, two_forms):
    response = edit(client, activity, two_forms | {"women": "80", "attendances": "100"})
    response = edit(client, activity, resolving(response, take_women="mine", take_attendances="mine"))
    assert response.status_code == 302
    response = edit(client, activity, two_forms | {"women": "118", "attendances": "118"})
    response = edit(client, activity, resolving(response, take_women="mine", take_attendances="theirs"))
    assert response.status_code == 422
    form = response.context["entry"].form
    assert (form["women"].value(), form["attendances"].value(), form["version"].value()) == ("118", "100", "3")


def test_third_save_while_joining_asks_again(client, cast, colleague, activity, two_forms):
    response = edit(client, activity, two_forms | {"women": "80"})
    answer = resolving(response)
    client.force_login(colleague)
    edit(client, activity, opened(client, Activity.objects.get()) | {"minority": "90"})
    client.force_login(cast.officer)
    response = edit(client, activity, answer)
    assert response.status_code == 409
    assert {row.name: row.chosen for row in response.context["differences"]} == {"women": "mine", "minority": "theirs"}


def test_saving_what_is_already_stored_is_no_conflict(client, activity, two_forms):
    same = two_forms | {"attendances": "120", "result": "Kết quả của Hai"}
    response = edit(client, activity, same)
    assert (response.status_code, Activity.objects.get().version) == (302, 2)


TAMPERED = [
    *("{", "3", "null", '{"x": 1}', '{"topics": 3}', '{"topics": [{}]}', '{"outputs": [[1]]}', '{"women": {}}'),
    *('{"counts": [[1, 2, "x"]]}', "[" * 100_000),
]


@pytest.mark.parametrize("mine", TAMPERED)
def test_hidden_version_written_by_others_is_refused(client, cast, activity, mine):
    client.force_login(cast.officer)
    assert edit(client, activity, {"mine": mine, "version": "1"}).status_code == 403


@pytest.mark.parametrize("version", ["", "x", "99999999999999999999"])
def test_version_that_is_none_saves_nothing(client, cast, activity, version):
    client.force_login(cast.officer)
    response = edit(client, activity, opened(client, activity) | {"women": "80", "version": version})
    assert response.status_code in (409, 422)
    assert Activity.objects.get().women == 71


def test_draft_deleted_while_the_form_was_open_keeps_what_was_typed(client, cast, colleague, activity):
    Activity.objects.update(state=FactState.DRAFT)
    client.force_login(cast.officer)
    mine = opened(client, activity) | {"title": "Tên tôi gõ", "women": "7x"}
    client.force_login(colleague)
    client.post(reverse("programs:activity_delete", args=[activity.uid]))
    client.force_login(cast.officer)
    response = edit(client, activity, mine)
    form = response.context["entry"].form
    assert (response.status_code, form["title"].value(), form["women"].value()) == (409, "Tên tôi gõ", "7x")
    assert "bản nháp này vừa bị xóa" in response.text
    assert f'action="{reverse("programs:activity_create")}"' in response.text
    typed = {name: value for name in form.fields if (value := form[name].value())}
    again = typed | {"women": "7", "draft": "1"}
    assert create(client, again).status_code == 302
    assert Activity.objects.get().title == "Tên tôi gõ"
    client.force_login(cast.stranger)
    assert edit(client, activity, mine).status_code == 404


def test_draft_recorded_while_it_is_deleted_stays(cast, activity):
    """Read as a draft by the page, recorded by a colleague before the button was pressed."""
    with pytest.raises(NotADraft):
        delete_draft(activity, by=cast.officer)
    assert Activity.objects.count() == 1


def test_locked_record_is_not_changed_by_the_action(cast, activity):
    Activity.objects.update(locked_at=timezone.now())
    with pytest.raises(FactLocked):
        change_activity(activity, ActivityParts(), seen=1, by=cast.officer)


def test_record_frozen_while_the_form_was_open_keeps_what_was_typed(client, cast, activity):
    client.force_login(cast.officer)
    mine = opened(client, activity) | {"women": "80"}
    Activity.objects.update(locked_at=timezone.now())
    response = edit(client, activity, mine)
    assert response.status_code == 409
    assert response.context["entry"].form["women"].value() == "80"
    hides = Path("static/css/theme.css").read_text()  # the bar with "Save" stands outside of what a swap replaces
    assert "body:has(.versions, .locked-now) .sticky-acts { display: none; }" in hides
    assert "locked-now" in response.text
    assert Activity.objects.get().women == 71


def create(client, data):
    return client.post(reverse("programs:activity_create"), data)


def test_double_click_makes_one_record(client, cast):
    client.force_login(cast.officer)
    data = sent(cast.commune)
    first, second = create(client, data), create(client, data)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.url == second.url
    assert Activity.objects.count() == 1


def test_two_forms_make_two_records(client, cast):
    """Control: it is the token that keeps the second away, not that the numbers are the same."""
    client.force_login(cast.officer)
    create(client, sent(cast.commune))
    create(client, sent(cast.commune, sure="1"))  # it is alike, and another one
    assert Activity.objects.count() == 2


def test_going_back_and_sending_other_numbers_loses_nothing(client, cast):
    client.force_login(cast.officer)
    data = sent(cast.commune)
    create(client, data)
    response = create(client, data | {"women": "73"})
    assert response.status_code == 409
    assert [(row.name, row.theirs, row.mine) for row in response.context["differences"]] == [("women", "71", "73")]
    edit(client, response.context["activity"], resolving(response))
    assert Activity.objects.get().women == 73


def test_token_of_another_agency_tells_nothing(client, cast):
    client.force_login(cast.stranger)
    data = sent(cast.far_commune)
    create(client, data)
    client.force_login(cast.officer)
    assert create(client, sent(cast.commune, form_token=data["form_token"])).status_code == 403


def save_together(cast):
    """The numbers of those who believe they saved; both have read version 1 before either writes."""
    stored = factories.activity(cast.board, cast.commune, DAY, attendances=112)
    copies, saved = [Activity.objects.get(pk=stored.pk) for _person in range(2)], []

    def save(activity, women):
        activity.women = women
        try:
            change_activity(activity, ActivityParts(), seen=1, by=cast.officer)
            saved.append(women)
        except StaleVersion:
            pass

    at_once(*(partial(save, *pair) for pair in zip(copies, (70, 80), strict=True)))
    return saved


@pytest.mark.django_db(transaction=True)
def test_of_two_saves_at_the_same_moment_one_loses(cast):
    saved = save_together(cast)
    assert len(saved) == 1
    assert list(Activity.objects.values_list("version", "women")) == [(2, saved[0])]


@pytest.mark.django_db(transaction=True)
def test_control_without_the_claim_both_believe_they_saved(cast, monkeypatch):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer: the second save cannot begin before the first ends")
    both_looked = threading.Barrier(2)

    def look_only(record, *, seen):
        if type(record).objects.get(pk=record.pk).version != seen:
            raise StaleVersion
        both_looked.wait(WAIT)

    monkeypatch.setattr("django.db.models.QuerySet.select_for_update", lambda rows, **_options: rows)
    monkeypatch.setattr(actions, "claim_version", look_only)
    assert sorted(save_together(cast)) == [70, 80]
