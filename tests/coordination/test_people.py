"""Roles that are corrected, changed, lent and ended; work handed over; invitations, used once."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, connection
from django.utils import timezone

from coordination import people
from coordination.access import access_of, hats_of
from coordination.enums import CommentState, DocumentState, InvitationState, MemberRole, NoticeKind
from coordination.invitations import (
    LIFETIME,
    AlreadyInvited,
    InvitationGone,
    Invitee,
    as_printed,
    hash_of,
    invitation_with,
    invite,
    join,
    send_again,
    take_role,
    withdraw,
)
from coordination.jobs import claim, perform
from coordination.locking import StaleVersion
from coordination.models import Comment, HandOver, Invitation, Job, Membership, Notice, User
from coordination.open_work import items_of, open_work_of
from coordination.people import MembershipRefused, Parting, Post
from programs.enums import FactState
from programs.models import Activity
from tests import factories
from tests.constraints import changed
from tests.coordination.reviews import hat, put_to_review
from tests.races import WAIT, at_once

TODAY = timezone.localdate()
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
PASSWORD = "bon-mua-tren-nui-cao"


@pytest.fixture
def role(cast):
    return hat(cast.officer)


def post(role, /, **values):
    names = ("role", "position_title", "valid_from", "valid_to")
    return Post(**{name: getattr(role, name) for name in names} | values)


def parting(**values):
    return Parting(**{"last_day": None, "reason": "Chuyển công tác", "receiver": None, "note": ""} | values)


def end(cast, role, **values):
    return people.end_membership(role, parting(**values), seen=role.version, by=cast.administrator)


def works_for(person, agency):
    return agency.pk in access_of(User.objects.get(pk=person.pk)).own


def lend(cast, role, first=TODAY, last=TOMORROW, **values):
    sure = {"by": cast.leader, "form_token": uuid.uuid4()} | values
    return people.deputise(role, cast.clerk, first=first, last=last, **sure)


# --- correcting and changing -----------------------------------------------------------------------------------------


def test_a_correction_holds_for_all_days_and_history_keeps_what_was(cast, role):
    people.correct_membership(
        role, post(role, position_title="Phó phòng"), seen=1, reason="Ghi nhầm chức vụ", by=cast.administrator
    )
    assert Membership.objects.get(user=cast.officer).position_title == "Phó phòng"
    last, first = role.history.all()
    assert (first.position_title, last.position_title) == ("", "Phó phòng")
    assert (last.history_change_reason, last.history_user) == ("Ghi nhầm chức vụ", cast.administrator)


def test_a_change_ends_the_role_the_day_before_and_begins_another(cast, role):
    wanted = post(role, role=MemberRole.LEADER, position_title="Giám đốc", valid_from=TOMORROW)
    later = people.change_membership(role, wanted, seen=1, reason="QĐ 12", by=cast.administrator)
    role.refresh_from_db()
    assert (role.role, role.valid_to) == (MemberRole.OFFICER, TODAY)
    assert (later.role, later.valid_from, later.user) == (MemberRole.LEADER, TOMORROW, cast.officer)
    assert [row.pk for row in hats_of(User.objects.get(pk=cast.officer.pk))] == [role.pk]


def test_a_change_before_the_role_began_is_refused(cast, role):
    with pytest.raises(MembershipRefused):
        people.change_membership(role, post(role), seen=1, reason="QĐ", by=cast.administrator)


def test_two_administrators_correct_the_same_role(cast, role):
    people.correct_membership(role, post(role), seen=1, reason="a", by=cast.administrator)
    with pytest.raises(StaleVersion):
        people.correct_membership(role, post(role), seen=1, reason="b", by=cast.administrator)


# --- leaving ---------------------------------------------------------------------------------------------------------


def test_access_ends_in_the_moment(cast, role):
    assert works_for(cast.officer, cast.board)
    end(cast, role)
    assert not works_for(cast.officer, cast.board)
    role.refresh_from_db()
    assert (role.valid_to, role.ended_by) == (TODAY, cast.administrator)


@pytest.mark.parametrize(("last_day", "works"), [(YESTERDAY, False), (TODAY, True), (TOMORROW, True)])
def test_last_day_is_the_last_with_access(cast, role, last_day, works):
    end(cast, role, last_day=last_day)
    assert works_for(cast.officer, cast.board) == works


def test_access_is_over_the_day_after_the_last(cast, role, time_machine):
    end(cast, role, last_day=TOMORROW)
    time_machine.move_to(timezone.now() + timedelta(days=1))
    assert works_for(cast.officer, cast.board)
    time_machine.move_to(timezone.now() + timedelta(days=1))
    assert not works_for(cast.officer, cast.board)


def test_a_role_that_has_not_begun_never_does(cast, time_machine):
    newcomer = factories.member(cast.board, valid_from=TOMORROW)
    end(cast, hat(newcomer))
    time_machine.move_to(timezone.now() + timedelta(days=1))
    assert not works_for(newcomer, cast.board)


def test_what_has_ended_is_not_ended_again(cast, role):
    end(cast, role)
    with pytest.raises(MembershipRefused):
        end(cast, Membership.objects.get(pk=role.pk))


def test_ending_does_not_prolong(cast, role):
    changed(role, valid_to=TODAY)()
    role.refresh_from_db()
    with pytest.raises(MembershipRefused):
        end(cast, role, last_day=TOMORROW)


@pytest.mark.parametrize(
    ("last_day", "expected"), [(None, TODAY), (TODAY, TODAY), (TODAY + timedelta(days=9), TOMORROW)]
)
def test_what_is_lent_of_a_role_ends_with_it(cast, role, last_day, expected):
    lent = lend(cast, role)
    end(cast, role, last_day=last_day)
    lent.refresh_from_db()
    assert lent.valid_to == expected
    assert (lent.ended_at is not None) == (last_day is None)


# --- acting for somebody ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "acts"), [(0, False), (1, True), (3, True), (4, False)])
def test_deputy_has_the_role_on_its_days_only(cast, days, acts, time_machine):
    """From tomorrow for three days, both ends inclusive."""
    lend(cast, hat(cast.leader), first=TOMORROW, last=TODAY + timedelta(days=3))
    time_machine.move_to(timezone.now() + timedelta(days=days))
    roles = {row.role for row in hats_of(User.objects.get(pk=cast.clerk.pk))}
    assert (MemberRole.LEADER in roles) == acts
    assert MemberRole.CLERK in roles


def test_deputy_is_told_and_the_same_form_lends_once(cast, role):
    token = uuid.uuid4()
    assert lend(cast, role, form_token=token) == lend(cast, role, form_token=token)
    notice = Notice.objects.get(reader=cast.clerk)
    assert (notice.kind, notice.agency) == (NoticeKind.DEPUTISES, cast.board)


def test_nobody_deputises_longer_than_the_role(cast, role):
    changed(role, valid_to=TODAY)()
    role.refresh_from_db()
    with pytest.raises(MembershipRefused):
        lend(cast, role)


def test_a_lent_role_is_not_corrected_into_another(cast, role):
    lend(cast, role)
    with pytest.raises(MembershipRefused):
        people.correct_membership(role, post(role, role="clerk"), seen=1, reason="a", by=cast.administrator)


def test_a_role_that_ended_while_the_form_was_open_is_not_lent(cast, role):
    opened = Membership.objects.get(pk=role.pk)
    end(cast, role)
    with pytest.raises(MembershipRefused):
        lend(cast, opened, last=TODAY)
    assert not opened.deputies.exists()


# --- handing over ----------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(cast):
    """What the officer has open: a draft, a plan in review with its round, a comment; and what is of no concern."""
    stage = put_to_review(cast)
    draft = factories.activity(cast.board, cast.commune, state=FactState.DRAFT, title="Lớp tập huấn")
    recorded = factories.activity(cast.board, cast.commune, title="Đã ghi")
    factories.activity(cast.board, cast.commune, state=FactState.DRAFT, title="Của người khác")
    for model, record in ((Activity, draft), (Activity, recorded)):
        model.history.filter(id=record.pk).update(history_user=cast.officer)
    stage.document.history.update(history_user=cast.officer)
    values = {"document": stage.document, "agency": cast.board, "written_by": cast.officer}
    Comment.objects.create(text="Thiếu nguồn", **values)
    Comment.objects.create(
        text="Xong", state=CommentState.CLOSED, closed_by=cast.leader, closed_at=timezone.now(), **values
    )
    return stage


def test_open_work_is_what_the_person_wrote_in_and_is_not_finished(cast, desk, role):
    assert [(work.kind, work.title) for work in open_work_of(role)] == [
        ("activity", "Lớp tập huấn"),
        ("agreement", "Kế hoạch phối hợp năm 2026"),
        ("round", "Kế hoạch phối hợp năm 2026"),
        ("comment", "Kế hoạch phối hợp năm 2026: Thiếu nguồn"),
    ]
    assert open_work_of(hat(cast.clerk)) == []


def test_report_not_issued_is_open_work(cast, role):
    report = factories.report(cast.board, cast.province)
    report.document.history.update(history_user=cast.officer)
    assert [(work.kind, work.uid) for work in open_work_of(role)] == [("report", str(report.uid))]
    changed(report.document, state=DocumentState.ISSUED, number="7", issued_on=TODAY)()
    assert open_work_of(role) == []


def test_leaving_hands_over_to_a_colleague(cast, desk, role):
    note = end(cast, role, receiver=hat(cast.clerk), note="Gọi chị Lan")
    assert items_of(note)[0].title == "Lớp tập huấn"
    assert Notice.objects.get(kind=NoticeKind.HANDED_OVER).reader == cast.clerk
    waiting = HandOver.objects.waiting_for
    assert list(waiting(hat(cast.clerk))) == [note]
    assert list(waiting(hat(cast.leader))) == []


def test_what_was_left_to_somebody_who_left_too_waits_for_the_agency(cast, desk, role):
    note = end(cast, role, receiver=hat(cast.clerk))
    end(cast, hat(cast.clerk))
    assert note in HandOver.objects.waiting_for(hat(cast.leader))


def test_leaving_hands_over_to_the_agency_and_the_first_takes_it(cast, desk, role):
    note = end(cast, role)
    told = {notice.reader for notice in Notice.objects.filter(kind=NoticeKind.HANDED_OVER)}
    assert told == {cast.leader, cast.clerk}
    assert [people.take_over(note, by=person) for person in (cast.clerk, cast.leader)] == [True, False]
    note.refresh_from_db()
    assert note.taken_by == cast.clerk
    assert list(HandOver.objects.waiting_for(hat(cast.leader))) == []


def test_nothing_open_and_nothing_said_makes_no_note(cast, role):
    assert end(cast, role) is None
    assert HandOver.objects.count() == 0


def test_who_reads_a_note(cast, role):
    sure = {"receiver": None, "note": "Hết", "by": cast.officer, "form_token": uuid.uuid4()}
    note = people.hand_over(role, **sure)
    assert people.hand_over(role, **sure) == note
    readers = (cast.officer, cast.leader, cast.partner, cast.chair, cast.stranger, cast.administrator)
    found = [person for person in readers if HandOver.objects.visible_to(person).exists()]
    assert found == [cast.officer, cast.leader]


# --- invitations -----------------------------------------------------------------------------------------------------


def invitee(**values):
    plain = {"email": "moi@example.vn", "full_name": "Người mới", "role": MemberRole.OFFICER, "position_title": ""}
    return Invitee(**plain | {"valid_from": TODAY, "valid_to": None} | values)


def asked(cast, on_paper=True, **values):
    """The invitation and, on paper, its code."""
    sure = {"agency": cast.board, "by": cast.leader, "on_paper": on_paper, "form_token": uuid.uuid4()}
    slips = invite([invitee(**values)], **sure)
    return (slips[0].invitation, slips[0].code) if slips else (Invitation.objects.latest("pk"), None)


def work():
    while job := claim():
        perform(job)


def code_in_mail(number=-1):
    return mail.outbox[number].body.split("/join/")[1].split("/")[0]


def test_only_the_hash_of_the_code_is_kept(cast):
    row, code = asked(cast)
    assert row.secret_sha256 == hash_of(code)
    assert row.secret_sha256 != hash_of(code[:-1] + ("A" if code[-1] != "A" else "B"))
    plain = code.replace("-", "")
    stored = [str(vars(found)) for found in (*Invitation.objects.all(), *Job.objects.all())]
    assert not any(code in text or plain in text for text in stored)


def test_a_code_is_read_as_people_type_it():
    assert as_printed("o1il abcd-EFGH 2345") == "0111-ABCD-EFGH-2345"
    assert hash_of("ABCD-EFGH-2345-6789") == hash_of("abcdefgh23456789")


def test_mail_is_sent_by_a_worker_who_alone_knows_the_code(cast):
    row, _none = asked(cast, on_paper=False)
    before = row.secret_sha256
    assert mail.outbox == []
    assert Job.objects.get().payload == {"invitation": row.pk}
    work()
    assert mail.outbox[0].to == ["moi@example.vn"]
    assert "Sở Dân tộc và Tôn giáo" in mail.outbox[0].subject
    row.refresh_from_db()
    assert row.secret_sha256 == hash_of(code_in_mail()) != before
    assert code_in_mail() not in str(Job.objects.values())


def test_mail_sent_twice_leaves_the_newest_link_working(cast):
    row, _none = asked(cast, on_paper=False)
    work()
    send_again(row, on_paper=False, by=cast.leader)
    assert invitation_with(code_in_mail()) is None
    work()
    assert len(mail.outbox) == 2
    assert [invitation_with(code_in_mail(number)) for number in (0, 1)] == [None, row]


def test_what_is_withdrawn_before_the_worker_comes_is_not_sent(cast):
    row, _none = asked(cast, on_paper=False)
    withdraw(row, by=cast.leader)
    work()
    assert mail.outbox == []


def test_link_makes_an_account_with_the_role_once(cast):
    row, code = asked(cast, position_title="Chuyên viên", role=MemberRole.CLERK)
    made = join(invitation_with(code), full_name="Người Mới", password=PASSWORD)
    assert (made.user.email, made.user.full_name, made.role) == ("moi@example.vn", "Người Mới", "clerk")
    assert (made.agency, made.valid_from, made.position_title) == (cast.board, TODAY, "Chuyên viên")
    assert made.user.check_password(PASSWORD)
    assert Notice.objects.get(reader=made.user).kind == NoticeKind.JOINED
    with pytest.raises(InvitationGone) as refusal:
        join(invitation_with(code), full_name="Kẻ khác", password=PASSWORD)
    assert refusal.value.state == InvitationState.ACCEPTED
    row.refresh_from_db()
    assert row.accepted_by == made.user


def test_role_for_an_account_that_is_there(cast):
    _row, code = asked(cast, email=cast.partner.email)
    made = take_role(invitation_with(code), user=cast.partner)
    assert made.agency == cast.board
    assert {row.agency for row in hats_of(User.objects.get(pk=cast.partner.pk))} == {cast.board, cast.union}


def test_who_left_and_is_invited_again_the_same_day_works_again(cast):
    newcomer = factories.member(cast.board, valid_from=TODAY)
    end(cast, hat(newcomer))
    _row, code = asked(cast, email=newcomer.email)
    take_role(invitation_with(code), user=newcomer)
    assert works_for(newcomer, cast.board)


@pytest.mark.parametrize("hours", [71, 73])
def test_a_link_works_for_72_hours(cast, hours, time_machine):
    _row, code = asked(cast)
    time_machine.move_to(timezone.now() + timedelta(hours=hours))
    if timedelta(hours=hours) < LIFETIME:
        assert join(invitation_with(code), full_name="A", password=PASSWORD).pk
        return
    with pytest.raises(InvitationGone) as refusal:
        join(invitation_with(code), full_name="A", password=PASSWORD)
    assert refusal.value.state == InvitationState.EXPIRED


def test_a_withdrawn_link_does_not_work_and_a_used_one_is_not_withdrawn(cast):
    row, code = asked(cast)
    withdraw(row, by=cast.leader)
    with pytest.raises(InvitationGone):
        join(invitation_with(code), full_name="A", password=PASSWORD)
    other, code = asked(cast, email="hai@example.vn")
    join(invitation_with(code), full_name="A", password=PASSWORD)
    for write in (lambda: withdraw(other, by=cast.leader), lambda: send_again(other, on_paper=True, by=cast.leader)):
        with pytest.raises(InvitationGone):
            write()


def test_an_agency_that_has_ended_takes_nobody(cast):
    row, code = asked(cast)
    assert row.state_at(timezone.now()) == InvitationState.OPEN
    changed(cast.board, closed_on=YESTERDAY)()
    with pytest.raises(InvitationGone):
        join(invitation_with(code), full_name="A", password=PASSWORD)
    assert User.objects.filter(email="moi@example.vn").count() == 0


def test_one_open_invitation_for_an_address_and_role(cast):
    asked(cast)
    with pytest.raises(AlreadyInvited):
        asked(cast)
    assert Invitation.objects.count() == 1


# --- accounts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("write", [people.lock_account, people.sign_out_everywhere])
def test_sessions_end_at_the_next_click(cast, client, write):
    client.force_login(cast.officer)
    assert client.get("/notices/").status_code == 200
    write(cast.officer, by=cast.administrator)
    assert client.get("/notices/").status_code == 302


def test_unlocking_does_not_bring_old_sessions_back(cast, client):
    client.force_login(cast.officer)
    people.lock_account(cast.officer, by=cast.administrator)
    people.unlock_account(cast.officer, by=cast.administrator)
    assert client.get("/notices/").status_code == 302
    reasons = [row.history_change_reason for row in cast.officer.history.all()[:2]]
    assert reasons == ["đã mở khóa tài khoản", "đã khóa tài khoản"]
    client.force_login(User.objects.get(pk=cast.officer.pk))
    assert client.get("/notices/").status_code == 200


# --- two at once -----------------------------------------------------------------------------------------------------


def join_together(code, people=2):
    """Each opens the link, then all accept; what came out of each."""
    opened, found = threading.Barrier(people), []

    def run():
        try:
            invitation = invitation_with(code)
            opened.wait(WAIT)
            join(invitation, full_name="Người mới", password=PASSWORD)
            found.append("joined")
        except (InvitationGone, IntegrityError) as refusal:
            found.append(type(refusal).__name__)

    at_once(*[run] * people)
    return sorted(found)


@pytest.mark.django_db(transaction=True)
def test_two_accept_at_once_and_one_wins(cast):
    _row, code = asked(cast)
    assert join_together(code) == ["InvitationGone", "joined"]
    assert Membership.objects.filter(user__email="moi@example.vn").count() == 1


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_the_second_breaks_on_the_database(cast, monkeypatch):
    """The constraints still let one account in only, but the other person gets an error, not an answer."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer: the second cannot begin before the first ends")
    monkeypatch.setattr("django.db.models.QuerySet.select_for_update", lambda rows, **_options: rows)
    together = threading.Barrier(2)
    plain = User.set_password

    def slow(user, password):
        together.wait(WAIT)
        plain(user, password)

    monkeypatch.setattr(User, "set_password", slow)
    _row, code = asked(cast)
    assert join_together(code) == ["IntegrityError", "joined"]
