"""Who is told of what partners say and of requests, in the portal and in the mail of the day."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core import mail
from django.urls import reverse

from coordination.enums import MemberRole, NoticeKind
from coordination.jobs import claim, perform
from coordination.models import Notice
from coordination.notices import ask_for_digest, sentence
from programs.correction_requests import answer_request, ask_correction
from programs.duplicates import ask_to_join
from programs.enums import MarkNature, RequestState
from programs.marks import give_mark
from programs.models import Activity
from tests import factories
from tests.constraints import changed
from tests.programs.activity_forms import address

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 6, 20, 1, 0, tzinfo=UTC)  # 8:00 in Việt Nam
WHY = "Hội chỉ cử 3 người, không phải 30."


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(MORNING):
        yield


@pytest.fixture
def frozen(recorded):
    changed(recorded, locked_at="2026-06-19 00:00Z")()
    recorded.refresh_from_db()
    return recorded


def hat(person):
    return person.memberships.get()


def told(kind):
    return {notice.reader: notice for notice in Notice.objects.filter(kind=kind).for_reading()}


def asked(cast, fact):
    return ask_correction("activity", fact, text="120 người dự", token=None, acting=hat(cast.partner))


def answered(cast, request, state):
    return answer_request(request, state, answer="Danh sách ghi 100", seen=1, acting=hat(cast.officer))


@pytest.mark.parametrize(
    ("nature", "kind", "words"),
    [
        (MarkNature.CONFIRMED, NoticeKind.SHARE_CONFIRMED, "xác nhận phần phối hợp của mình trong hoạt động"),
        (MarkNature.DISPUTED, NoticeKind.SHARE_DISPUTED, "không đồng ý phần phối hợp của mình trong hoạt động"),
    ],
)
def test_who_writes_for_the_owner_learns_what_a_partner_says(cast, recorded, nature, kind, words):
    reviewer = factories.member(cast.board, MemberRole.REVIEWER)
    give_mark(recorded, nature, text=WHY, seen=recorded.version, acting=hat(cast.partner))
    notices = told(kind)
    assert set(notices) == {cast.officer, reviewer}
    assert sentence(notices[cast.officer]) == f"Hội LHPN tỉnh {words} “{recorded.title}”."
    assert notices[cast.officer].path == address("detail", recorded)


def bystanders(cast):
    """None of them is told: a clerk and an administrator of the owner, who was there, who comes later, who may not

    sign in, a colleague of the partner, who only looks on, the agency above.
    """
    board, later, before = cast.board, date(2026, 7, 1), date(2026, 6, 19)
    factories.member(board, MemberRole.ADMINISTRATOR)
    factories.member(board, valid_to=before)
    factories.member(board, valid_from=later)
    factories.member(board, user=factories.user(is_active=False))
    for agency in (cast.union, cast.committee, cast.other):
        factories.member(agency)


def test_marks_and_requests_reach_nobody_else(cast, recorded):
    bystanders(cast)
    give_mark(recorded, MarkNature.CONFIRMED, text="", seen=recorded.version, acting=hat(cast.partner))
    changed(recorded, locked_at="2026-06-19 00:00Z")()
    recorded.refresh_from_db()
    asked(cast, recorded)
    readers = {(notice.kind, notice.reader) for notice in Notice.objects.all()}
    assert readers == {(NoticeKind.SHARE_CONFIRMED, cast.officer), (NoticeKind.CORRECTION_ASKED, cast.officer)}


def test_what_the_owner_says_inside_is_no_notice(cast, recorded):
    give_mark(recorded, MarkNature.VERIFIED, text="", seen=recorded.version, acting=hat(cast.leader))
    assert Notice.objects.count() == 0


def test_a_request_and_its_answer_reach_those_who_may_act(cast, frozen):
    request = asked(cast, frozen)
    assert set(told(NoticeKind.CORRECTION_ASKED)) == {cast.officer}
    answered(cast, request, RequestState.REFUSED)
    notice = told(NoticeKind.REQUEST_REFUSED)[cast.partner]
    assert sentence(notice) == (
        f"Sở Dân tộc và Tôn giáo từ chối đề nghị của cơ quan bạn về “{frozen.title}” và nêu lý do."
    )
    assert set(told(NoticeKind.REQUEST_REFUSED)) == {cast.partner}


def test_the_same_request_twice_is_told_once(cast, frozen):
    token = "0b0e0a52-5f5c-4d5e-9d3f-0d9f3c1c7a10"
    for _twice in range(2):
        ask_correction("activity", frozen, text="120 người", token=token, acting=hat(cast.partner))
    assert Notice.objects.count() == 1


def test_fulfilled_is_told_as_fulfilled(cast, frozen):
    answered(cast, asked(cast, frozen), RequestState.DONE)
    assert set(told(NoticeKind.REQUEST_DONE)) == {cast.partner}


def test_who_may_not_read_the_record_learns_of_its_day_only(cast, recorded):
    """Two agencies of an agreement, one of which asks to be named in what it does not read."""
    stranger = cast.stranger
    assert recorded not in Activity.objects.visible_to(stranger)
    request = ask_to_join(recorded, text="Chúng tôi cử 3 người", acting=hat(stranger))
    assert set(told(NoticeKind.JOIN_ASKED)) == {cast.officer}
    answered(cast, request, RequestState.REFUSED)
    notice = told(NoticeKind.REQUEST_REFUSED)[stranger]
    assert notice.path == ""
    assert recorded.title not in notice.title


def test_the_notice_leads_to_the_record_and_stands_in_the_mail(client, cast, frozen):
    asked(cast, frozen)
    assert ask_for_digest(MORNING)
    for _each in range(3):
        if job := claim():
            perform(job)
    (letter,) = mail.outbox
    assert letter.to == [cast.officer.email]
    assert f"- Hội LHPN tỉnh đề nghị cơ quan bạn đính chính “{frozen.title}”." in letter.body
    client.force_login(cast.officer)
    notice = told(NoticeKind.CORRECTION_ASKED)[cast.officer]
    read = client.post(reverse("coordination:notice_read"), {"notice": notice.pk})
    assert read.url == address("detail", frozen)
