"""A report that is returned: what it held is free again, what it said stays to be read, and nobody overtakes it."""

from datetime import date
from functools import partial

import pytest
import rules
from django.db import IntegrityError, connection
from django.urls import reverse

from coordination.enums import DocumentState, MemberRole, NoticeKind
from coordination.manuscript import Manuscript
from coordination.models import Notice
from programs.models import Activity
from reports.enums import ReportKind, ReportNature, UnlockState
from reports.models import Report, ReportActivity, Unlocking
from reports.partnering import ask_partners
from reports.workflow import MoveRefused, move
from tests import factories
from tests.pages import Page
from tests.races import at_once, open_edit, then_meet
from tests.reports.test_freeze import words_of

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 16)
PAPER = {"number": "87", "symbol": "BC-STN", "issued_on": TODAY}
WHY = {"comment": "- I. Kết quả: thiếu số cuộc\n- Thiếu phụ lục 3"}


def hat(person):
    return person.memberships.get()


def step(report, action, person, **given):
    return move(report, action, acting=hat(person), today=TODAY, **given)


@pytest.fixture
def report(cast):
    factories.outline(opening="Có {activities.attendances} lượt người.")
    return factories.report(cast.board, cast.province)


@pytest.fixture
def fact(cast):
    return factories.activity(cast.board, cast.commune, attendances=50)


def sent(report, cast):
    report = step(report, "approve", cast.leader)
    report = step(report, "issue", cast.clerk, **PAPER)
    return step(report, "send", cast.clerk)


def other_report(cast):
    """Counts the same facts."""
    return factories.report(
        cast.board,
        cast.province,
        kind=ReportKind.PROJECT8,
        outline=factories.outline(ReportKind.PROJECT8),
        document=factories.document(cast.board),
    )


def locked(fact):
    return Activity.objects.filter(pk=fact.pk, locked_at__isnull=False).exists()


# ---- what a return leaves behind ----


def test_facts_of_a_returned_report_are_free_and_that_is_on_record(cast, report, fact):
    report = sent(report, cast)
    assert locked(fact)
    report = step(report, "return", cast.chair, **WHY)
    assert (report.document.state, locked(fact)) == (DocumentState.DRAFT, False)
    assert not ReportActivity.objects.exists()
    row = Unlocking.objects.get()
    assert (row.report, row.table, row.fact, row.reference) == (report, "activity", fact.pk, fact.reference)
    assert (row.reason, row.opened_by, row.state) == (WHY["comment"], cast.chair, UnlockState.CLOSED)


def test_facts_another_frozen_report_counts_stay_locked(cast, report, fact):
    step(other_report(cast), "approve", cast.leader)
    report = step(sent(report, cast), "return", cast.chair, **WHY)
    assert locked(fact)
    assert not Unlocking.objects.exists()
    assert not ReportActivity.objects.filter(report=report).exists()


def test_the_next_approval_is_a_version_of_its_own_and_counts_what_was_mended(cast, report, fact):
    report = step(sent(report, cast), "return", cast.chair, **WHY)
    Activity.objects.filter(pk=fact.pk).update(attendances=70)
    report = step(report, "approve", cast.leader)
    first, second = report.document.versions.order_by("number")
    assert [words_of(Manuscript.from_json(one.manuscript)).partition(" lượt")[0] for one in (first, second)] == [
        "Có 50",
        "Có 70",
    ]
    assert (report.document.number, report.document.issued_on) == ("87", None)
    assert step(report, "issue", cast.clerk, **PAPER).document.code == "87/BC-STN"
    assert locked(fact)


@pytest.mark.parametrize("action", ["return", "back"])
def test_nothing_goes_back_without_a_reason(cast, report, action):
    if action == "return":
        report, person = sent(report, cast), cast.chair
    else:
        report, person = step(report, "check", cast.leader), cast.leader
    state = report.document.state
    with pytest.raises(MoveRefused) as refusal:
        step(report, action, person, comment="  ")
    report.document.refresh_from_db()
    assert (refusal.value.field, report.document.state) == ("comment", state)


def test_a_report_by_the_portal_only_has_no_number_and_the_day_it_was_sent(cast, report):
    report = step(step(report, "approve", cast.leader), "send", cast.officer)
    assert (report.document.number, report.document.issued_on) == ("", TODAY)


def test_a_report_nobody_waits_for_is_not_sent(cast):
    report = factories.report(cast.union, cast.province)
    report = step(report, "approve", factories.member(cast.union, MemberRole.LEADER))
    with pytest.raises(MoveRefused, match="ban hành là bước cuối"):
        step(report, "send", cast.partner)


def test_who_wrote_last_does_not_check(cast, report):
    reviewer = factories.member(cast.board, MemberRole.REVIEWER)
    report.document.moves.create(
        action="draft", from_state="draft", to_state="draft", moved_by=reviewer, acting_for=cast.board
    )
    with pytest.raises(MoveRefused, match="Bạn là người soạn sau cùng"):
        step(report, "check", reviewer)
    assert step(report, "check", cast.leader).document.state == DocumentState.CHECKED


def test_a_correction_takes_the_place_of_what_it_corrects_once_it_is_issued(cast, report):
    first = sent(report, cast)
    correction = factories.report(
        cast.board,
        cast.province,
        nature=ReportNature.CORRECTION,
        supersedes=first,
        document=factories.document(cast.board),
    )
    correction = step(correction, "approve", cast.leader)
    first.document.refresh_from_db()
    assert first.document.state == DocumentState.SENT
    step(correction, "issue", cast.clerk, **PAPER | {"number": "88"})
    first.document.refresh_from_db()
    assert first.document.state == DocumentState.SUPERSEDED
    assert first.document.moves.last().action == "supersede"


def test_partners_give_an_opinion_that_never_blocks(cast, report):
    ask_partners(report, acting=hat(cast.officer), due_on=TODAY, agencies=[cast.union], today=TODAY)
    assert report in Report.objects.visible_to(cast.partner)
    assert report not in Report.objects.visible_to(cast.stranger)
    report = step(report, "approve", cast.leader)
    assert (report.document.state, report.document.rounds.get().is_open) == (DocumentState.APPROVED, False)


def test_partners_do_not_read_what_was_taken_back(cast, report):
    ask_partners(report, acting=hat(cast.officer), due_on=TODAY, agencies=[cast.union], today=TODAY)
    step(report, "back", cast.officer, comment="Sửa mục I")
    assert report not in Report.objects.visible_to(cast.partner)
    step(report, "check", cast.leader)
    assert report not in Report.objects.visible_to(cast.partner)


def test_whoever_has_to_act_next_is_told(cast, report):
    step(report, "ask", cast.officer)
    step(report, "check", factories.member(cast.board, MemberRole.REVIEWER))
    step(sent(report, cast), "return", cast.chair, **WHY)
    told = list(Notice.objects.order_by("pk").values_list("kind", "reader"))
    assert told.count((NoticeKind.REPORT_FOR_APPROVAL, cast.leader.pk)) == 2
    assert (NoticeKind.REPORT_FOR_ISSUE, cast.clerk.pk) in told
    assert (NoticeKind.REPORT_SENT, cast.chair.pk) in told
    assert {reader for kind, reader in told if kind == NoticeKind.REPORT_RETURNED} >= {cast.officer.pk, cast.leader.pk}
    assert (NoticeKind.REPORT_SENT, cast.clerk.pk) not in told


# ---- at the same moment ----

PAIRS = {
    ("approve", "back"): ("leader", "leader"),
    ("receive", "return"): ("chair", "chair"),
    ("send", "send"): ("clerk", "clerk"),
}


def both_at_once(report, cast, pair, monkeypatch):
    """What two people are answered with who have both seen the report before either moves it, if let."""
    allowed, answers = then_meet(rules.has_perm), []
    monkeypatch.setattr(rules, "has_perm", allowed)
    hats, seen = [hat(getattr(cast, person)) for person in PAIRS[pair]], report.document.version

    def run(action, acting):
        given = WHY if action in ("back", "return") else {"seen": seen} if action == "approve" else {}
        try:
            move(Report.objects.get(pk=report.pk), action, acting=acting, today=TODAY, **given)
            answers.append("done")
        except (MoveRefused, IntegrityError) as refusal:
            answers.append(type(refusal).__name__)

    at_once(*(partial(run, action, acting) for action, acting in zip(pair, hats, strict=True)))
    return sorted(answers)


def before(report, cast, pair):
    if pair[0] == "approve":
        return step(report, "check", cast.leader)
    if pair[0] == "send":
        return step(step(report, "approve", cast.leader), "issue", cast.clerk, **PAPER)
    return sent(report, cast)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("pair", PAIRS)
def test_of_two_steps_at_once_one_is_made(cast, report, monkeypatch, pair):
    report = before(report, cast, pair)
    moves = report.document.moves.count()
    assert both_at_once(report, cast, pair, monkeypatch) == ["MoveRefused", "done"]
    assert report.document.moves.count() == moves + 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("pair", PAIRS)
def test_control_without_the_lock_both_steps_are_made(cast, report, monkeypatch, pair):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer: the second cannot begin before the first ends")
    report = before(report, cast, pair)
    monkeypatch.setattr("django.db.models.QuerySet.select_for_update", lambda rows, **_options: rows)
    assert both_at_once(report, cast, pair, monkeypatch) != ["MoveRefused", "done"]


def returned_while_another_is_frozen(cast, report):
    """The other report has marked the facts and is not committed when the first lets them go."""
    report, other = sent(report, cast), other_report(cast)
    with open_edit(partial(step, other, "approve", cast.leader)):
        step(Report.objects.get(pk=report.pk), "return", cast.chair, **WHY)
    other.document.refresh_from_db()
    assert other.document.state == DocumentState.APPROVED


@pytest.mark.django_db(transaction=True)
def test_a_fact_another_report_freezes_meanwhile_stays_locked(cast, report, fact):
    returned_while_another_is_frozen(cast, report)
    assert locked(fact)
    assert not Unlocking.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_control_without_taking_the_facts_first_a_frozen_one_is_opened(cast, report, fact, monkeypatch):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer: the second cannot begin before the first ends")
    monkeypatch.setattr("reports.releasing.take", lambda facts: None)
    returned_while_another_is_frozen(cast, report)
    assert not locked(fact)


# ---- the pages ----


def test_the_way_of_a_report_by_its_pages(client, cast, report, fact):
    def go(person, action, **typed):
        client.force_login(person)
        return client.post(reverse("reports:report_move", args=[report.uid, action]), typed)

    move(report, "approve", acting=hat(cast.leader), today=TODAY)
    assert go(cast.officer, "send").status_code == 302
    client.force_login(cast.chair)
    page = client.get(reverse("reports:report_reading", args=[report.uid]))
    assert page.context["actions"] == ["receive", "return"]
    refused = go(cast.chair, "return", reason_2="Thiếu phụ lục 3")
    assert (refused.status_code, "Thiếu phụ lục 3" in refused.text) == (422, True)
    heading = client.get(reverse("reports:report_move", args=[report.uid, "return"])).context["form"]
    section = heading.fields["section_1"].choices[1][0]
    assert go(cast.chair, "return", section_1=section, reason_1="Thiếu số cuộc").status_code == 302
    client.force_login(cast.officer)
    page = client.get(reverse("reports:report_detail", args=[report.uid]))
    assert page.context["returned"].comment == f"- {section}: Thiếu số cuộc"
    assert [row.version.number for row in page.context["earlier"]] == [1]
    old = client.get(reverse("reports:report_version", args=[report.uid, 1]))
    assert "Có 50 lượt người." in Page(old).one(id="content").text
    assert client.get(reverse("reports:report_version", args=[report.uid, 2])).status_code == 404


def test_an_approval_in_an_old_session_asks_for_the_password(client, cast, report, settings):
    cast.leader.set_password(factories.PASSWORD)
    cast.leader.save()
    client.force_login(cast.leader)
    address = reverse("reports:report_move", args=[report.uid, "approve"])
    assert client.get(address).status_code == 200
    settings.APPROVAL_SESSION_MINUTES = -1
    answer = client.get(address)
    assert answer.url.partition("?")[0] == reverse("account_reauthenticate")
