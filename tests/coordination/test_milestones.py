"""Reviews agreed on: who holds them, what came of them, and who is told when they fall due."""

from datetime import UTC, date, datetime

import pytest
from django.core import mail
from django.urls import reverse

from coordination.enums import DocumentState, MilestoneNature, NoticeKind
from coordination.jobs import JobLost, claim, perform
from coordination.milestones import may_record_result, open_milestones, record_result
from coordination.models import Agreement, Job, Milestone, Notice
from coordination.notices import DIGEST, ask_for_digest
from tests import factories
from tests.constraints import changed
from tests.coordination.reviews import agreement, hat
from tests.coordination.test_notices import do_jobs
from tests.pages import Page

TODAY = date(2026, 6, 10)
MORNING = datetime(2026, 6, 10, 1, 0, tzinfo=UTC)  # 8:00 in Việt Nam


@pytest.fixture(autouse=True)
def on_the_day(time_machine):
    time_machine.move_to(MORNING, tick=False)


@pytest.fixture
def milestone(cast):
    made = agreement(cast, register_year=2025)
    changed(made.document, state=DocumentState.ISSUED, number="123", issued_on=date(2025, 2, 2))()
    return Milestone.objects.create(
        agreement=Agreement.objects.get(pk=made.pk), nature=MilestoneNature.FINAL, year=2026,
        starts_on=date(2026, 6, 1), ends_on=date(2026, 6, 20), lead=cast.union,
    )  # fmt: skip


def address_of(milestone):
    return reverse("coordination:milestone_result", args=[milestone.agreement.uid, milestone.uid])


def outcome(cast, **fields):
    values = {"subject": "Báo cáo tổng kết", "number": "9", "issued_on": date(2026, 6, 9)}
    return factories.document(cast.board, **{"state": DocumentState.ISSUED} | values | fields)


@pytest.mark.parametrize(
    ("starts_on", "today", "seen"),
    [
        (date(2026, 6, 1), date(2026, 4, 1), False),
        (date(2026, 6, 1), date(2026, 4, 2), True),
        (None, date(2025, 11, 1), False),
        (None, date(2025, 11, 2), True),
    ],
)
def test_it_comes_in_sight_sixty_days_before_it_begins(cast, milestone, starts_on, today, seen):
    changed(milestone, starts_on=starts_on, ends_on=None)()
    assert [row.milestone for row in open_milestones([cast.board.pk], today)] == [milestone] * seen


@pytest.mark.parametrize(
    ("state", "owed"),
    [
        (DocumentState.DRAFT, False),
        (DocumentState.ISSUED, True),
        (DocumentState.SUSPENDED, False),
        (DocumentState.CLOSED, True),
        (DocumentState.SUPERSEDED, False),
    ],
)
def test_a_suspended_programme_owes_no_review_and_an_ended_one_does(cast, milestone, state, owed):
    changed(milestone.agreement.document, state=state)()
    assert [row.leads for row in open_milestones([cast.union.pk], TODAY)] == [True] * owed


# --- what came of it -------------------------------------------------------------------------------------------------


def test_the_page_offers_the_papers_of_the_parties_and_records_the_one_chosen(cast, client, milestone):
    paper, old = outcome(cast), outcome(cast, number="1", issued_on=date(2026, 1, 5))
    client.force_login(cast.partner)
    assert client.get(address_of(milestone)).status_code == 200
    changed(paper, register_agency=cast.union)()
    page = Page(client.get(address_of(milestone)))
    offered = [box.attributes["value"] for box in page.all("input", name="result")]
    assert offered == ["", str(paper.pk)]
    assert str(old.pk) not in offered
    answer = client.post(address_of(milestone), {"result": paper.pk, "version": milestone.version})
    assert answer.status_code == 302
    milestone.refresh_from_db()
    assert (milestone.result, milestone.history.count(), milestone.history.first().history_user) == (
        paper, 2, cast.partner,
    )  # fmt: skip
    assert open_milestones([cast.board.pk, cast.union.pk], TODAY) == []


def test_an_older_paper_is_found_by_its_number_without_signs(cast, client, milestone):
    old = outcome(cast, number="31", issued_on=date(2026, 1, 5))
    client.force_login(cast.officer)
    query = {"q": "31bc"}
    page = Page(client.get(address_of(milestone), query))
    assert [box.attributes["value"] for box in page.all("input", name="result")] == ["", str(old.pk)]
    answer = client.post(f"{address_of(milestone)}?q=31bc", {"result": old.pk, "version": milestone.version})
    assert answer.status_code == 302
    milestone.refresh_from_db()
    assert milestone.result == old


def test_a_draft_the_agreement_itself_and_a_paper_one_may_not_read_are_refused(cast, client, milestone):
    client.force_login(cast.officer)
    drafted = outcome(cast, number="", state=DocumentState.DRAFT)
    foreign = factories.document(cast.other, state=DocumentState.ISSUED, number="5", issued_on=date(2026, 6, 9))
    for wrong in (drafted.pk, foreign.pk, milestone.agreement.document_id, 999_999, "x"):
        answer = client.post(f"{address_of(milestone)}?q=BC", {"result": wrong, "version": milestone.version})
        assert answer.status_code == 422
        assert "Hãy chọn một văn bản trong danh sách" in answer.content.decode()
    milestone.refresh_from_db()
    assert milestone.result is None


def test_two_at_once_the_second_is_told_what_the_first_chose(cast, client, milestone):
    first, second = outcome(cast), outcome(cast, number="10")
    record_result(milestone, first, acting=hat(cast.partner), seen=1)
    client.force_login(cast.officer)
    answer = client.post(address_of(milestone), {"result": second.pk, "version": 1})
    page = Page(answer)
    assert answer.status_code == 422
    assert "nay là “09/BC-STN”" in page.one("div", class_="errsum").text
    assert page.one("input", name="version").attributes["value"] == "2"
    assert [box.attributes["value"] for box in page.all("input", name="result") if "checked" in box.attributes] == [
        str(second.pk)
    ]
    milestone.refresh_from_db()
    assert milestone.result == first


def test_a_mistake_is_taken_back(cast, client, milestone):
    record_result(milestone, outcome(cast), acting=hat(cast.partner), seen=1)
    client.force_login(cast.officer)
    assert client.post(address_of(milestone), {"result": "", "version": 2}).status_code == 302
    assert [row.milestone for row in open_milestones([cast.board.pk], TODAY)] == [milestone]


def test_who_may_and_when(cast, client, milestone):
    for person, status in ((cast.officer, 200), (cast.leader, 403), (cast.clerk, 403), (cast.stranger, 404)):
        client.force_login(person)
        assert client.get(address_of(milestone)).status_code == status
    changed(milestone.agreement.document, state=DocumentState.IN_REVIEW)()
    assert not may_record_result(hat(cast.officer), Milestone.objects.get())


def test_the_page_of_the_agreement_leads_there_for_those_who_may(cast, client, milestone):
    page = reverse("coordination:agreement_detail", args=[milestone.agreement.uid])
    for person, links in ((cast.officer, ["Ghi kết quả Tổng kết 20/06/2026"]), (cast.clerk, []), (cast.chair, [])):
        client.force_login(person)
        found = Page(client.get(page)).all("a", href=address_of(milestone))
        assert [link.text for link in found] == links
    record_result(milestone, outcome(cast), acting=hat(cast.partner), seen=1)
    client.force_login(cast.officer)
    (link,) = Page(client.get(page)).all("a", href=address_of(milestone))
    assert link.text.startswith("Đổi văn bản kết quả")


# --- being told ------------------------------------------------------------------------------------------------------


def told():
    rows = Notice.objects.filter(kind=NoticeKind.MILESTONE_DUE)
    return sorted(rows.values_list("reader", flat=True))


def test_all_parties_are_told_once_and_again_when_it_is_late(cast, milestone, time_machine):
    people = sorted(person.pk for person in (cast.officer, cast.leader, cast.partner))
    for _worker in range(2):
        ask_for_digest(MORNING)
        do_jobs()
    assert told() == people
    assert Notice.objects.filter(due_on=date(2026, 6, 20)).count() == 3
    body = next(letter.body for letter in mail.outbox if letter.to == [cast.partner.email])
    assert "Đến hạn sơ kết, tổng kết theo “123/BC-STN”, hạn 20/06/2026." in body
    time_machine.move_to(MORNING.replace(day=20), tick=False)
    ask_for_digest(MORNING.replace(day=20))
    assert not Job.objects.filter(kind=DIGEST, key="2026-06-20").exists()
    time_machine.move_to(MORNING.replace(day=21), tick=False)
    ask_for_digest(MORNING.replace(day=21))
    do_jobs()
    assert told() == sorted(people * 2)
    assert len(mail.outbox) == 6


def test_nobody_is_told_of_what_is_done_or_far_away(cast, milestone):
    changed(milestone, result=outcome(cast))()
    assert ask_for_digest(MORNING)
    assert (Job.objects.count(), told()) == (0, [])
    changed(milestone, result=None, starts_on=date(2026, 12, 1), ends_on=None)()
    ask_for_digest(MORNING)
    assert (Job.objects.count(), told()) == (0, [])


def test_a_worker_that_lost_its_lease_tells_and_mails_nothing(cast, milestone):
    """Killed after the work, before its end: another takes the job up, and there is one mail for each person."""
    ask_for_digest(MORNING)
    killed = claim()
    Job.objects.filter(pk=killed.pk).update(lease_until=datetime(2026, 6, 9, tzinfo=UTC))
    again = claim()
    assert (again.pk, again.attempts) == (killed.pk, 2)
    with pytest.raises(JobLost):
        perform(killed)
    assert (told(), mail.outbox) == ([], [])
    perform(again)
    do_jobs()
    assert sorted(letter.to[0] for letter in mail.outbox) == sorted(
        person.email for person in (cast.officer, cast.leader, cast.partner)
    )
