"""What partners and colleagues say about an activity, and requests to its owner."""

import pytest
import time_machine

from coordination.enums import MemberRole
from coordination.locking import StaleVersion
from programs.actions import change_activity
from programs.enums import MarkNature, RequestState
from programs.forms.activities import ActivityEntry
from programs.marks import give_mark, sayings_on, to_mend, unheard, unverified, with_marks
from programs.models import Activity, ActivityMark, CorrectionRequest
from tests import factories
from tests.constraints import changed
from tests.programs.activity_forms import address, sent

WHY = "Hội chỉ cử 3 người, không phải 30."


@pytest.fixture
def reviewer(cast):
    return factories.member(cast.board, MemberRole.REVIEWER)


def mark(client, activity, nature, **fields):
    activity.refresh_from_db()
    return client.post(address("detail", activity) + f"marks/{nature}/", {"version": activity.version, **fields})


def looks(activity):
    row = with_marks(Activity.objects.filter(pk=activity.pk)).get()
    return row.owner_mark, row.disputed


def edited(activity, cast):
    entry = ActivityEntry(
        sent(cast.commune, title="Đã sửa", partners=[cast.union.pk]), activity=Activity.objects.get(pk=activity.pk)
    )
    assert entry.is_valid(), entry.errors
    change_activity(entry.fill("recorded"), entry.parts, seen=entry.activity.version, by=cast.officer)


@time_machine.travel("2026-06-20 08:00Z")  # the first page asks about the last half-year
def test_a_partner_disputes_in_words_and_the_owner_sees_it(client, cast, recorded):
    client.force_login(cast.partner)
    assert recorded.title in client.get("/").text  # it waits for the partner
    assert mark(client, recorded, "disputed").status_code == 422
    assert mark(client, recorded, "disputed", text=WHY).status_code == 302
    assert looks(recorded) == ("", True)
    client.force_login(cast.officer)
    page = client.get(address("detail", recorded))
    assert WHY in page.text
    assert "bên phối hợp chưa đồng ý" in client.get("/activities/?since=&until=").text
    assert recorded.title in client.get("/activities/?since=&until=&state=to_mend").text


def test_the_latest_of_an_agency_holds_and_an_edit_makes_it_lapse(client, cast, recorded):
    client.force_login(cast.partner)
    mark(client, recorded, "disputed", text=WHY)
    mark(client, recorded, "confirmed")
    assert looks(recorded) == ("", False)
    assert [row.mark.nature for row in sayings_on(recorded, [cast.union]).partners] == [MarkNature.CONFIRMED]
    edited(recorded, cast)
    recorded.refresh_from_db()
    (said,) = sayings_on(recorded, [cast.union]).partners
    assert (said.mark, said.lapsed) == (None, True)
    assert ActivityMark.objects.count() == 2
    assert list(unheard(Activity.objects.all(), [cast.union.pk])) == [recorded]


def test_another_person_of_the_owner_verifies_or_returns(client, cast, recorded, reviewer):
    edited(recorded, cast)
    client.force_login(cast.officer)
    assert mark(client, recorded, "verified").status_code == 403  # wrote it
    assert mark(client, recorded, "confirmed").status_code == 403  # is not the partner
    client.force_login(reviewer)
    assert mark(client, recorded, "returned").status_code == 422
    assert mark(client, recorded, "returned", text="Thiếu danh sách").status_code == 302
    assert looks(recorded) == ("returned", False)
    assert list(to_mend(Activity.objects.all())) == [recorded]
    client.force_login(cast.officer)
    assert "Thiếu danh sách" in client.get(address("detail", recorded)).text
    edited(recorded, cast)
    assert list(unverified(Activity.objects.all())) == [recorded]
    client.force_login(reviewer)
    assert mark(client, recorded, "verified").status_code == 302
    assert looks(recorded) == ("verified", False)


def test_what_was_changed_meanwhile_is_read_again(client, cast, recorded):
    client.force_login(cast.partner)
    edited(recorded, cast)
    answer = client.post(address("detail", recorded) + "marks/disputed/", {"version": "1", "text": WHY})
    assert answer.status_code == 409
    assert WHY in answer.text
    assert ActivityMark.objects.count() == 0


def test_nothing_is_said_of_drafts_and_no_other_word_is_taken(client, cast, draft, recorded):
    client.force_login(cast.leader)
    assert mark(client, draft, "verified").status_code == 403
    assert mark(client, recorded, "praised").status_code == 404


def test_marks_stay_open_after_freezing(client, cast, recorded):
    changed(recorded, locked_at="2026-06-20 00:00Z")()
    client.force_login(cast.partner)
    assert mark(client, recorded, "confirmed").status_code == 302
    assert looks(recorded) == ("", False)


@pytest.fixture
def asked(client, cast, recorded):
    """The partner asks the board to correct a frozen activity."""
    changed(recorded, locked_at="2026-06-20 00:00Z")()
    client.force_login(cast.partner)
    page = f"/requests/activities/{recorded.uid}/new/"
    assert client.post(page, {"text": ""}).status_code == 422
    sent_form = {"text": "120 người dự", "form_token": "0b0e0a52-5f5c-4d5e-9d3f-0d9f3c1c7a10"}
    for _twice in range(2):
        assert client.post(page, sent_form).status_code == 302
    return CorrectionRequest.objects.get()


def test_done_leads_to_the_correction(client, cast, asked):
    client.force_login(cast.officer)
    assert "120 người dự" in client.get("/").text
    answer = client.post(f"/requests/{asked.uid}/answer/", {"version": "1", "done": "1"})
    assert answer.url == address("correct", asked.activity)
    asked.refresh_from_db()
    assert (asked.state, asked.answered_by) == (RequestState.DONE, cast.officer)
    assert client.get(f"/requests/{asked.uid}/answer/").status_code == 302  # answered: nothing more to say


def test_refused_only_with_words_which_the_asker_reads(client, cast, asked):
    client.force_login(cast.officer)
    page = f"/requests/{asked.uid}/answer/"
    assert client.post(page, {"version": "1", "refuse": "1"}).status_code == 422
    assert client.post(page, {"version": "1", "refuse": "1", "answer": "Danh sách ghi 100"}).status_code == 302
    client.force_login(cast.partner)
    assert "Danh sách ghi 100" in client.get(address("detail", asked.activity)).text


def test_who_may_correct_it_does_not_ask(client, cast, recorded):
    client.force_login(cast.partner)
    page = f"/requests/activities/{recorded.uid}/new/"
    assert client.get(page).status_code == 403  # not locked: the owner just changes it
    changed(recorded, locked_at="2026-06-20 00:00Z")()
    client.force_login(cast.officer)
    assert client.get(page).status_code == 403


def test_a_mark_of_a_stranger_to_the_record_is_refused(cast, recorded):
    recorded.partners.clear()
    with pytest.raises(StaleVersion):
        give_mark(recorded, "confirmed", text="", seen=recorded.version, acting=cast.partner.memberships.get())
