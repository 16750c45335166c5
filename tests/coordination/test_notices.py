"""What people are told: in the portal at once, by one mail a day."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from coordination.enums import DocumentState, JobState, MemberRole, NoticeKind
from coordination.jobs import claim, give_back, perform
from coordination.models import AgencySuccession, Job, Notice
from coordination.notices import DIGEST, SENTENCES, ask_for_digest, people_of, tell
from tests import factories
from tests.constraints import changed
from tests.coordination.reviews import agreement
from tests.pages import Page

MORNING = datetime(2026, 6, 15, 1, 0, tzinfo=UTC)  # 8:00 in Việt Nam
NIGHT = datetime(2026, 6, 14, 20, 0, tzinfo=UTC)  # 3:00 of the same day there


def do_jobs():
    """What a worker would do, here and now."""
    done = 0
    while job := claim():
        perform(job)
        done += 1
    return done


def asked(cast, key="round 1", **fields):
    document = fields.pop("about", None) or factories.document(
        cast.board, subject="Kế hoạch phối hợp", state=DocumentState.IN_REVIEW
    )
    tell([cast.partner], NoticeKind.ASKED_TO_REVIEW, about=document, agency=cast.board, key=key, **fields)
    return document


def test_the_same_thing_is_told_once(cast):
    document = asked(cast)
    asked(cast, about=document)
    asked(cast, about=document, key="round 2")
    assert Notice.objects.filter(reader=cast.partner).count() == 2


def test_people_of_an_agency_are_those_of_today_in_the_roles_asked_for(cast):
    factories.member(cast.board, MemberRole.CLERK, valid_to=date(2021, 1, 1))
    assert set(people_of(cast.board)) == {cast.officer, cast.leader, cast.clerk}
    assert set(people_of(cast.board, [MemberRole.LEADER])) == {cast.leader}


def test_people_of_a_merged_agency_are_those_of_its_successor(cast):
    AgencySuccession.objects.create(predecessor=cast.union, successor=cast.board, on=date(2025, 7, 1), nature="merged")
    assert set(people_of(cast.union, [MemberRole.LEADER])) == {cast.leader}


def test_bell_counts_what_is_unread(cast, client):
    client.force_login(cast.partner)
    url = reverse("coordination:notice_list")
    assert Page(client.get(url)).one("a", class_="band-bell").text == "Thông báo"
    asked(cast)
    assert Page(client.get(url)).one("a", class_="band-bell").text == "1 thông báo chưa đọc"


@pytest.mark.parametrize("notices", [1, 3])
def test_list_query_count(cast, client, django_assert_num_queries, notices):
    for number in range(notices):
        asked(cast, key=f"round {number}")
    client.force_login(cast.partner)
    client.get(reverse("coordination:notice_list"))
    with django_assert_num_queries(5):
        page = Page(client.get(reverse("coordination:notice_list")))
    assert len(page.all("button", name="notice")) == notices


def test_sentence_names_who_and_what_and_when(cast, client):
    asked(cast, due_on=date(2026, 6, 20))
    client.force_login(cast.partner)
    words = Page(client.get(reverse("coordination:notice_list"))).one("button", name="notice").text
    assert words.startswith("Sở Dân tộc và Tôn giáo xin ý kiến về “BC-STN”, hạn 20/06/2026.")


def test_reading_one_marks_it_and_leads_to_its_document(cast, client):
    document = asked(cast, about=agreement(cast).document)
    notice = Notice.objects.get()
    client.force_login(cast.partner)
    response = client.post(reverse("coordination:notice_read"), {"notice": notice.pk})
    assert response.url == reverse("coordination:document_review", args=[document.uid])
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_a_notice_of_an_agreement_leads_to_its_page_and_of_a_paper_to_its_entry(cast, client):
    made, paper = agreement(cast), factories.document(cast.board, state=DocumentState.ISSUED, issued_on="2026-03-01")
    paper.recipients.create(position=1, text="Hội LHPN tỉnh", agency=cast.union)
    client.force_login(cast.partner)
    for about, page in (
        (made.document, reverse("coordination:agreement_detail", args=[made.uid])),
        (paper, reverse("coordination:document_detail", args=[paper.uid])),
    ):
        tell([cast.partner], NoticeKind.ISSUED, about=about, agency=cast.board, key=f"issued {about.pk}")
        notice = Notice.objects.get(about=about)
        assert client.post(reverse("coordination:notice_read"), {"notice": notice.pk}).url == page


def test_a_notice_of_what_one_no_longer_reads_says_so(cast, client):
    document = asked(cast, about=agreement(cast).document)
    changed(document, state=DocumentState.DRAFT)()
    client.force_login(cast.partner)
    answer = client.post(reverse("coordination:notice_read"), {"notice": Notice.objects.get().pk}, follow=True)
    assert answer.redirect_chain == [(reverse("coordination:notice_list"), 302)]
    assert "Hiện bạn không xem được văn bản này." in Page(answer).one("main").text
    assert not Notice.objects.unread().exists()


def test_every_kind_has_its_sentence_and_is_told_by_some_act():
    """A kind nobody tells would be words nobody reads."""
    assert set(SENTENCES) == set(NoticeKind)
    files = [
        file for app in ("coordination", "programs", "reports") for file in Path(settings.BASE_DIR, app).glob("*.py")
    ]
    acts = [file.read_text() for file in files if file.stem != "notices"]
    told = {kind for kind in NoticeKind if any(f"NoticeKind.{kind.name}" in text for text in acts)}
    assert told == set(NoticeKind)


def test_a_notice_of_another_person_is_not_found(cast, client):
    asked(cast)
    client.force_login(cast.officer)
    answer = client.post(reverse("coordination:notice_read"), {"notice": Notice.objects.get().pk})
    assert (answer.status_code, Notice.objects.unread().count()) == (404, 1)
    for wrong in ("x", "9" * 30):
        assert client.post(reverse("coordination:notice_read"), {"notice": wrong}).status_code == 404


def test_all_are_read_at_once(cast, client):
    asked(cast)
    tell([cast.officer], NoticeKind.JOINED, agency=cast.board, key="1")
    client.force_login(cast.partner)
    client.post(reverse("coordination:notice_read"))
    assert list(Notice.objects.unread().values_list("reader", flat=True)) == [cast.officer.pk]


# --- mail ------------------------------------------------------------------------------------------------------------


def test_one_mail_a_day_for_each_person(cast):
    asked(cast, due_on=date(2026, 6, 20))
    asked(cast, key="round 2")
    tell([cast.officer], NoticeKind.JOINED, agency=cast.board, key="1")
    assert ask_for_digest(MORNING)
    assert do_jobs() == 3
    assert sorted(letter.to[0] for letter in mail.outbox) == sorted([cast.partner.email, cast.officer.email])
    letter = next(letter for letter in mail.outbox if letter.to == [cast.partner.email])
    assert letter.subject == "Phối Hợp: 2 việc đang chờ bạn"
    assert letter.body == (
        "Kính gửi Chuyên viên A,\n\nTrên hệ thống có các việc sau đang chờ bạn:\n\n"
        "- Sở Dân tộc và Tôn giáo xin ý kiến về “BC-STN”, hạn 20/06/2026.\n"
        "- Sở Dân tộc và Tôn giáo xin ý kiến về “BC-STN”.\n\n"
        "Xem tại: http://127.0.0.1:8000/notices/\n\n"
        "Thư này gửi nhiều nhất một lần mỗi ngày và chỉ khi có việc mới.\n"
    )
    ask_for_digest(MORNING)
    assert do_jobs() == 0


def test_what_comes_later_that_day_waits_for_the_next(cast, time_machine):
    time_machine.move_to(MORNING, tick=False)
    asked(cast)
    ask_for_digest(timezone.now())
    do_jobs()
    asked(cast, key="round 2")
    ask_for_digest(timezone.now())
    do_jobs()
    assert len(mail.outbox) == 1
    time_machine.move_to(MORNING.replace(day=16), tick=False)
    ask_for_digest(timezone.now())
    do_jobs()
    assert len(mail.outbox) == 2


def test_no_mail_at_night_or_about_what_is_read_or_to_who_has_left(cast, client):
    asked(cast)
    assert not ask_for_digest(NIGHT)
    tell([cast.officer], NoticeKind.JOINED, agency=cast.board, key="1")
    cast.officer.is_active = False
    cast.officer.save()
    client.force_login(cast.partner)
    client.post(reverse("coordination:notice_read"))
    assert ask_for_digest(MORNING)
    assert not Job.objects.exists()


def test_a_digest_that_breaks_off_marks_nothing(cast):
    asked(cast)
    ask_for_digest(MORNING)
    job = claim()

    @transaction.atomic
    def broken_off():
        perform(job)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken_off()
    assert Notice.objects.filter(mailed_at__isnull=True).count() == 1
    give_back(job, OSError())
    assert (do_jobs(), len(mail.outbox)) == (2, 1)


def test_a_mail_the_server_refuses_is_tried_again_and_its_text_is_not_kept(cast, settings):
    asked(cast)
    ask_for_digest(MORNING)
    perform(claim())
    refused = claim()
    give_back(refused, OSError())
    assert mail.outbox == []
    assert do_jobs() == 1
    assert len(mail.outbox) == 1
    done = Job.objects.exclude(kind=DIGEST).get()
    assert (done.state, done.payload, done.attempts) == (JobState.DONE, {}, 2)
