"""A record a report froze, unlocked for a while: by whom, until when, and what is left of it on paper."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, OperationalError, connection
from django.urls import reverse
from django.utils import timezone

from coordination.chores import do_chores
from coordination.enums import DocumentState, NoticeKind
from coordination.models import Notice
from programs.actions import FactLocked
from programs.fact_actions import Changed, save_facts
from reports.compose import compose
from reports.enums import ReportNature, ReportScope, UnlockState
from reports.freeze import freeze_report
from reports.later import begin_later
from reports.models import Report, Unlocking
from reports.unlocking import UnlockRefused, unlock_fact
from reports.verification import problems
from reports.workflow import move
from tests import factories
from tests.constraints import changed
from tests.races import at_once, then_meet
from tests.reports.approving import give_reasons

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 16)
UNTIL = date(2026, 6, 20)
MORNING = datetime(2026, 6, 16, 8, tzinfo=timezone.get_fixed_timezone(7 * 60))


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(MORNING, tick=False):
        yield


def hat(person):
    return person.memberships.get()


@pytest.fixture
def fact(cast):
    return factories.activity(cast.board, cast.commune, attendances=50)


@pytest.fixture
def report(cast, fact):
    factories.outline(opening="Có {activities.attendances} lượt người.")
    report = factories.report(cast.board, cast.province)
    give_reasons(report, cast.officer)
    report = move(report, "approve", acting=hat(cast.leader), today=TODAY)
    fact.refresh_from_db()
    return report


def unlock(report, fact, cast, until=UNTIL, reason="Ghi nhầm xã", person=None):
    return unlock_fact(
        report, fact.reference, reason=reason, until=until, acting=hat(person or cast.leader), today=TODAY
    )


def edit(fact, cast, **values):
    stored = type(fact).objects.get(pk=fact.pk)
    for name, value in values.items():
        setattr(stored, name, value)
    save_facts(changed=[Changed(stored, seen=stored.version)], by=cast.officer)


def test_a_locked_record_refuses_and_an_unlocked_one_is_changed(report, fact, cast):
    with pytest.raises(FactLocked):
        edit(fact, cast, attendances=60)
    made = unlock(report, fact, cast)
    assert (made.state, made.fact_version, made.reference) == (UnlockState.OPEN, fact.version, fact.reference)
    edit(fact, cast, attendances=60)
    fact.refresh_from_db()
    assert fact.attendances == 60


def test_who_keeps_the_records_is_told_and_the_leader_is_not(report, fact, cast):
    unlock(report, fact, cast)
    told = Notice.objects.filter(kind=NoticeKind.FACT_UNLOCKED)
    assert cast.officer.pk in set(told.values_list("reader", flat=True))
    assert cast.leader.pk not in set(told.values_list("reader", flat=True))
    assert set(told.values_list("due_on", flat=True)) == {UNTIL}


@pytest.mark.parametrize("who", ["officer", "clerk", "partner"])
def test_only_a_leader_unlocks(report, fact, cast, who):
    with pytest.raises(PermissionDenied):
        unlock(report, fact, cast, person=getattr(cast, who))
    fact.refresh_from_db()
    assert fact.is_locked


def test_a_leader_without_records_in_the_report_unlocks_nothing(report, fact, cast):
    with pytest.raises(PermissionDenied):
        unlock(report, fact, cast, person=cast.chair)


def test_in_a_report_of_the_province_each_leader_unlocks_the_own_records(cast, fact):
    theirs = factories.activity(cast.chair.memberships.get().agency, cast.commune, attendances=5)
    report = factories.report(cast.board, cast.province, scope=ReportScope.PROVINCE)
    freeze_report(report, by=cast.leader)
    changed(report.document, state=DocumentState.ISSUED, issued_on=TODAY)()
    report = Report.objects.get(pk=report.pk)
    with pytest.raises(UnlockRefused, match="lãnh đạo cơ quan đó"):
        unlock(report, fact, cast, person=cast.chair)
    assert unlock(report, theirs, cast, person=cast.chair).fact == theirs.pk


@pytest.mark.parametrize("until", [TODAY - timedelta(days=1), TODAY + timedelta(days=32)])
def test_the_last_day_is_from_today_to_31_days_ahead(report, fact, cast, until):
    with pytest.raises(UnlockRefused) as refused:
        unlock(report, fact, cast, until=until)
    assert refused.value.field == "until"


@pytest.mark.parametrize("until", [TODAY, TODAY + timedelta(days=31)])
def test_both_ends_are_taken(report, fact, cast, until):
    assert unlock(report, fact, cast, until=until).until == until


def test_a_reference_the_report_does_not_count_is_refused(report, cast):
    other = factories.activity(cast.board, cast.commune, attendances=5)
    with pytest.raises(UnlockRefused, match="không tính bản ghi nào"):
        unlock(report, other, cast)


def test_twice_is_refused(report, fact, cast):
    unlock(report, fact, cast)
    with pytest.raises(UnlockRefused, match="đang được mở khóa"):
        unlock(report, fact, cast)


# ---- the end ----


def test_on_the_last_day_it_is_open_and_the_day_after_closed_before_any_worker_comes(report, fact, cast):
    unlock(report, fact, cast)
    with time_machine.travel(MORNING + timedelta(days=4), tick=False):
        edit(fact, cast, attendances=60)
    with time_machine.travel(MORNING + timedelta(days=5), tick=False), pytest.raises(FactLocked):
        edit(fact, cast, attendances=70)


def test_control_without_looking_at_the_day_it_stays_open(report, fact, cast, settings):
    settings.UNLOCKED_TOO_LONG = "tests.reports.test_unlocking.nothing"
    unlock(report, fact, cast)
    with time_machine.travel(MORNING + timedelta(days=5), tick=False):
        edit(fact, cast, attendances=70)
    fact.refresh_from_db()
    assert fact.attendances == 70


def nothing(_facts):
    return frozenset()


def test_a_worker_marks_it_locked_again_once(report, fact, cast):
    made = unlock(report, fact, cast)
    do_chores(UNTIL)
    made.refresh_from_db()
    assert made.state == UnlockState.OPEN
    do_chores(UNTIL + timedelta(days=1))
    do_chores(UNTIL + timedelta(days=1))
    made.refresh_from_db()
    fact.refresh_from_db()
    assert (made.state, fact.is_locked) == (UnlockState.CLOSED, True)


# ---- what is left of it ----


def test_it_is_printed_in_the_next_correction(report, fact, cast):
    report = move(report, "issue", acting=hat(cast.clerk), today=TODAY, number="87", symbol="BC-STN", issued_on=TODAY)
    unlock(report, fact, cast)
    edit(fact, cast, attendances=60)
    later = begin_later(report, ReportNature.CORRECTION, acting=hat(cast.officer))
    blocks = [block for block in compose(later).blocks if block.key.startswith("later.unlocked.")]
    printed = [span.text for block in blocks for span in block.spans]
    assert printed == [f"{fact.reference}: mở khóa từ ngày 16/06/2026 đến ngày 20/06/2026; Ghi nhầm xã"]
    assert [(row.was, row.now, row.reason) for row in later.changes.all()] == [("50", "60", "Ghi nhầm xã")]


def test_verify_knows_what_was_unlocked(report, fact, cast):
    unlock(report, fact, cast)
    edit(fact, cast, attendances=60)
    assert list(problems()) == []
    Unlocking.objects.all().delete()
    assert any(fact.reference in words for words in problems())


def test_the_page(report, fact, cast, client):
    client.force_login(cast.officer)
    address = reverse("reports:report_unlock", args=[report.uid])
    assert client.get(address).status_code == 403
    client.force_login(cast.leader)
    shown = client.get(reverse("programs:activity_detail", args=[fact.uid])).text
    assert f"{address}?reference={fact.reference}" in shown
    wrong = client.post(address, {"reference": "KHONG-CO", "reason": "Ghi nhầm xã", "until": "20/06/2026"})
    assert (wrong.status_code, "Ghi nhầm xã" in wrong.text) == (422, True)
    sent = client.post(address, {"reference": fact.reference, "reason": "Ghi nhầm xã", "until": "20/06/2026"})
    assert sent.url == reverse("reports:report_since", args=[report.uid])
    assert "Ghi nhầm xã" in client.get(sent.url).text


# ---- two at once ----


def both(report, fact, cast):
    """How it went for each of two leaders who unlock the record at the same moment."""
    outcomes = []

    def try_it():
        try:
            outcomes.append(unlock(report, fact, cast))
        except (UnlockRefused, IntegrityError, OperationalError) as refused:
            outcomes.append(refused)

    at_once(try_it, try_it)
    return sorted(type(one).__name__ for one in outcomes)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_unlock_at_once_one_is_refused(report, fact, cast):
    assert both(report, fact, cast) == ["UnlockRefused", "Unlocking"]
    assert Unlocking.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_both_believe_it_is_locked(report, fact, cast, monkeypatch):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer: the second cannot begin before the first ends")
    monkeypatch.setattr("reports.unlocking._taken", then_meet(lambda *_args: type(fact).objects.get(pk=fact.pk)))
    assert both(report, fact, cast) == ["IntegrityError", "Unlocking"]
