"""The page of a review: text with marks, talk beside it, the answer at the foot; with and without htmx."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from coordination import comments, review
from coordination.enums import CommentState, DocumentState
from coordination.models import Comment, Notice, Opinion, ReviewRound
from tests import factories
from tests.constraints import changed
from tests.coordination.reviews import agreement, answer, edit, put_to_review, text_now
from tests.pages import Page

pytestmark = pytest.mark.django_db
KEY, HTMX = "noi-dung.d2", {"HX-Request": "true"}


@pytest.fixture
def police(cast):
    return factories.agency(cast.province, "Công an tỉnh", "CAT")


@pytest.fixture
def stage(cast, police):
    today = timezone.localdate()
    return put_to_review(cast, also_asked=[police], due_on=today + timedelta(days=7), today=today)


@pytest.fixture
def union(client, cast):
    client.force_login(cast.partner)
    return client


def address(name, stage, *more):
    return reverse(f"coordination:{name}", args=[stage.document.uid, *more])


def read(client, stage, key="", **headers):
    return client.get(address("document_review", stage), {"block": key} if key else {}, headers=headers)


def send_opinion(client, stage, choice, text="", seen=None, **headers):
    data = {"choice": choice, "text": text, "seen": seen or text_now(stage.document)}
    return client.post(address("opinion_give", stage), data, headers=headers)


def send_comment(client, stage, text="Thêm Công an tỉnh.", key=KEY, headers=None, **fields):
    data = {"text": text, "key": key, "form_token": uuid.uuid4()} | fields
    return client.post(address("comment_add", stage), data, headers=headers)


def comment(stage, acting, text="Đề nghị ghi kinh phí.", key=KEY):
    return comments.add_comment(stage.document, acting=acting, text=text, key=key, quote="Củng cố 25 địa chỉ tin cậy.")


# ---- the page ----


def test_every_block_has_a_mark_and_the_answer_stands_at_the_foot(union, stage):
    page = Page(read(union, stage))
    assert [mark.attributes["id"] for mark in page.all("a", class_="talk-mark")] == [
        "mark-noi-dung",
        "mark-noi-dung-d1",
        "mark-noi-dung-d2",
    ]
    assert "Củng cố 25 địa chỉ tin cậy." in page.one(id=KEY).text
    buttons = [(button.attributes["value"], button.text) for button in page.all("button", name="choice")]
    assert buttons == [
        ("agrees_with_comments", "Đồng ý, có ý kiến"),
        ("asks_for_changes", "Đề nghị sửa"),
        ("agrees", "Đồng ý"),
    ]
    assert "Chờ bạn góp ý" in page.texts(class_="pill-wait")
    assert page.against_csp() == []


def test_what_each_agency_said_stands_on_the_page(union, stage):
    rows = [row.text for row in Page(read(union, stage)).all("li") if row.within(class_="plainlist")]
    assert "Sở Dân tộc và Tôn giáo bên ký Đồng ý" in rows
    assert "Hội LHPN tỉnh (cơ quan bạn) bên ký Chưa có ý kiến" in rows
    assert "Công an tỉnh được hỏi, không ký Chưa có ý kiến" in rows


def test_silence_stands_in_the_list_of_opinions(union, stage):
    changed(stage.round, due_on=timezone.localdate() - timedelta(days=3))()
    text = Page(read(union, stage)).one(id="content").text
    assert "Chờ bạn góp ý, quá hạn 3 ngày" in text
    assert "Quá hạn 3 ngày, chưa có ý kiến: không chặn vì không ký" in text
    assert text.count("không có ý kiến đến hết hạn") == 2


def test_the_panel_is_the_same_for_htmx_and_as_part_of_the_page(union, stage):
    comment(stage, stage.board)
    whole, swapped = Page(read(union, stage, KEY)), Page(read(union, stage, KEY, **HTMX))
    still = [row for row in swapped.part("review-panel") if row[0] != "input" and row[1].get("id") != "talk"]
    assert still == [row for row in whole.part("review-panel") if row[0] != "input" and row[1].get("id") != "talk"]
    assert swapped.one("a", class_="talk-mark").attributes["hx-swap-oob"] == "true"


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow_with_the_talk(union, stage, rows, django_assert_num_queries):
    for _number in range(rows):
        head = comment(stage, stage.board, key="noi-dung.d1")
        comments.add_comment(stage.document, acting=stage.union, text="Đồng ý.", answers=head)
    with django_assert_num_queries(45):
        assert read(union, stage).status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow_with_the_threads_beside_a_block(union, stage, rows, django_assert_num_queries):
    for _number in range(rows):
        comment(stage, stage.board)
    with django_assert_num_queries(47):
        response = read(union, stage, KEY)
    assert len(response.context["threads"]) == rows


def test_who_reads_the_issued_paper_only_does_not_read_the_talk(client, cast, stage):
    comment(stage, stage.union)
    changed(stage.document, state=DocumentState.ISSUED, issued_on=timezone.localdate())()
    client.force_login(cast.chair)
    assert client.get(reverse("coordination:document_detail", args=[stage.document.uid])).status_code == 200
    assert read(client, stage).status_code == 404


def test_a_party_does_not_see_a_draft(client, cast):
    made = agreement(cast)
    changed(made.document, state=DocumentState.DRAFT)()
    client.force_login(cast.partner)
    assert client.get(reverse("coordination:document_review", args=[made.document.uid])).status_code == 404


# ---- answering ----


def test_agreeing_is_one_button(union, stage, cast):
    response = send_opinion(union, stage, "agrees")
    assert response.url == address("document_review", stage)
    assert review.all_consent(stage.document, text_now(stage.document))
    assert send_opinion(union, stage, "agrees", headers=HTMX).status_code == 302


@pytest.mark.parametrize("choice", ["agrees_with_comments", "asks_for_changes"])
def test_an_answer_with_a_reason_needs_the_reason(union, stage, choice):
    response = send_opinion(union, stage, choice)
    assert response.status_code == 422
    assert "Viết rõ cần sửa gì hoặc ý kiến của cơ quan bạn." in Page(response).one(id="id_text_error").text
    assert not Opinion.objects.filter(seat__agency=stage.union.agency).exists()
    send_opinion(union, stage, choice, "Ghi kinh phí từng năm.")
    given = Opinion.objects.get(seat__agency=stage.union.agency)
    assert (given.choice, given.text) == (choice, "Ghi kinh phí từng năm.")


def test_whoever_leaves_an_agency_speaks_for_it_no_longer(union, cast, stage):
    seen = text_now(stage.document)
    changed(stage.union, valid_to=timezone.localdate() - timedelta(days=1))()
    assert send_opinion(union, stage, "agrees", seen=seen).status_code == 404
    assert not Opinion.objects.filter(seat__agency=cast.union).exists()


def test_a_wrong_answer_swaps_the_foot_only(union, stage):
    response = union.post(address("opinion_give", stage), {"choice": "asks_for_changes", "seen": "x"}, headers=HTMX)
    assert response.status_code == 422
    assert Page(response).elements[0].attributes["id"] == "review-answer"


def test_an_answer_to_a_text_edited_meanwhile_is_asked_again_with_what_changed(union, stage):
    seen = text_now(stage.document)
    edit(stage.clause)
    response = send_opinion(union, stage, "asks_for_changes", "Thêm Công an tỉnh.", seen)
    page = Page(response)
    assert response.status_code == 409
    assert page.texts("del") == ["Củng cố 25 địa chỉ tin cậy."]
    assert page.texts("ins") == ["Củng cố 30 địa chỉ tin cậy."]
    assert page.one("textarea", id="id_text").text == "Thêm Công an tỉnh."
    assert page.one("input", name="seen").attributes["value"] == text_now(stage.document)
    assert not Opinion.objects.filter(seat__agency=stage.union.agency).exists()


def test_an_edit_says_on_the_page_that_the_consent_lapsed_and_what_changed(union, stage):
    answer(stage, stage.union)
    edit(stage.clause)
    page = Page(read(union, stage))
    assert "ý kiến đó không còn hiệu lực" in page.one(id="changes").text
    assert page.texts("del") == ["Củng cố 25 địa chỉ tin cậy."]
    assert "Chờ bạn xem lại: văn bản đã sửa sau ý kiến của bạn" in page.texts(class_="pill-wait")
    assert page.one(id="content").text.count("cho bản trước khi sửa: không còn hiệu lực") == 2


def test_a_change_of_who_signs_is_named_too(union, stage, police):
    changed(stage.document, subject="Kế hoạch phối hợp năm 2027")()
    assert "Phần đầu, phần kết, chữ ký hoặc nơi nhận" in Page(read(union, stage)).one(id="changes").text


def test_a_frozen_document_is_read_and_not_answered(union, stage, cast):
    from_text = stage.document.review_texts.get()
    stage.document.versions.create(
        number=1, manuscript=from_text.manuscript, sha256=from_text.sha256, created_by=cast.officer
    )
    head = comment(stage, stage.union)
    changed(stage.document, state=DocumentState.AGREED)()
    page = Page(read(union, stage, KEY))
    assert page.all("button", name="choice") == []
    assert page.all("textarea") == []
    assert head.text in page.one(id="review-panel").text
    assert send_comment(union, stage).status_code == 403


# ---- the talk ----


def test_a_comment_stands_beside_its_block_with_the_words_it_speaks_of(union, stage):
    response = send_comment(union, stage)
    assert response.url == f"{address('document_review', stage)}?block={KEY}#talk"
    made = Comment.objects.get()
    assert (made.key, made.quote, made.agency) == (KEY, "Củng cố 25 địa chỉ tin cậy.", stage.union.agency)
    page = Page(read(union, stage, KEY))
    assert "Thêm Công an tỉnh." in page.one(id="review-panel").text
    assert page.one(id="mark-noi-dung-d2").text.endswith("1 1 chưa giải quyết")


def test_the_same_form_sent_twice_is_one_comment(union, stage):
    token = uuid.uuid4()
    for _click in range(2):
        send_comment(union, stage, form_token=token)
    assert Comment.objects.count() == 1


def test_an_empty_comment_keeps_the_block_open(union, stage):
    response = send_comment(union, stage, text=" ", headers=HTMX)
    assert response.status_code == 422
    page = Page(response)
    assert "Hãy viết góp ý trước khi gửi." in page.one(id="id_new_text_error").text
    assert page.one("input", id="id_new_key").attributes["value"] == KEY


def test_a_comment_on_a_part_that_is_gone_is_refused_and_kept(union, stage):
    stage.clause.delete()
    response = send_comment(union, stage)
    assert response.status_code == 422
    assert "Đoạn này không còn trong văn bản." in Page(response).one(class_="errsum").text
    assert "Thêm Công an tỉnh." in response.content.decode()
    assert not Comment.objects.exists()


def test_talk_about_a_part_that_is_gone_stays_to_be_read(union, stage):
    comment(stage, stage.board)
    stage.clause.delete()
    text = Page(read(union, stage)).one(id="review-panel").text
    assert "Củng cố 25 địa chỉ tin cậy. · không còn trong văn bản" in text
    assert "Đề nghị ghi kinh phí." in Page(read(union, stage, KEY)).one(id="review-panel").text


def test_an_answer_goes_on_the_thread(union, stage):
    head = comment(stage, stage.board)
    send_comment(union, stage, text="Sẽ điền trước 18/06.", key="", answers=head.uid)
    reply = head.replies.get()
    assert (reply.key, reply.agency, reply.text) == (KEY, stage.union.agency, "Sẽ điền trước 18/06.")
    send_comment(union, stage, text="Xong.", key="", answers=reply.uid)
    assert head.replies.count() == 1


def test_a_comment_is_resolved_by_who_makes_the_text_and_closed_by_who_wrote_it(client, cast, stage):
    head = comment(stage, stage.union)
    steps = [
        (cast.officer, "resolve", "resolved"),
        (cast.partner, "close", "closed"),
        (cast.partner, "reopen", "open"),
    ]
    for person, step, state in steps:
        client.force_login(person)
        head.refresh_from_db()
        where = address("comment_move", stage, head.uid, step)
        assert client.post(where, {"version": head.version}).status_code == 302
        head.refresh_from_db()
        assert head.state == state
    assert (head.resolved_by, head.closed_by) == (None, None)
    assert Notice.objects.filter(reader=cast.partner, kind="comment_resolved").count() == 1


@pytest.mark.parametrize(("person", "moves"), [("officer", ["resolve"]), ("partner", ["close"]), ("clerk", [])])
def test_steps_offered_with_an_open_comment(cast, stage, person, moves):
    head = comment(stage, stage.union)
    assert comments.comment_moves(getattr(cast, person).memberships.get(), head) == moves


def test_a_step_somebody_else_already_made_is_said_and_changes_nothing(union, stage):
    head = comment(stage, stage.union)
    comments.resolve_comment(head, acting=stage.board, seen=1)
    response = union.post(address("comment_move", stage, head.uid, "close"), {"version": "1"}, headers=HTMX)
    assert "Người khác vừa xử lý góp ý này." in Page(response).one(id="messages").text
    head.refresh_from_db()
    assert head.state == CommentState.RESOLVED


def test_a_text_fixed_meanwhile_takes_no_more_comments(stage):
    head = comment(stage, stage.board)
    seen_before = stage.document
    changed(stage.document, state=DocumentState.AGREED)()
    seen_before.state = head.document.state = DocumentState.IN_REVIEW
    with pytest.raises(PermissionDenied):
        comment(stage, stage.union)
    with pytest.raises(PermissionDenied):
        comments.close_comment(head, acting=stage.board, seen=head.version)
    assert Comment.objects.get().state == CommentState.OPEN


def test_a_stranger_to_the_document_finds_no_comment(client, cast, stage):
    head = comment(stage, stage.union)
    client.force_login(cast.stranger)
    assert client.post(address("comment_move", stage, head.uid, "close"), {"version": "1"}).status_code == 404
    assert send_comment(client, stage).status_code == 404
    assert not Comment.objects.visible_to(cast.stranger).exists()
    assert list(Comment.objects.visible_to(cast.partner)) == [head]


# ---- rounds by screen ----


def test_a_round_is_opened_and_closed_on_the_page(client, cast, police):
    made, today = agreement(cast), timezone.localdate()
    client.force_login(cast.officer)
    review_page = reverse("coordination:document_review", args=[made.document.uid])
    forms = [row for row in Page(client.get(review_page)).all("details") if "Hạn góp ý" in row.text]
    assert ["open" in form.attributes for form in forms] == [True]  # nobody is asked yet: this is the next step
    where = reverse("coordination:round_open", args=[made.document.uid])
    assert client.post(where, {"due_on": ""}).status_code == 422
    behind = client.post(where, {"due_on": (today - timedelta(days=1)).strftime("%d/%m/%Y")})
    assert Page(behind).one(id="id_round_due_on_error").text == "Hạn góp ý đã qua. Chọn hôm nay hoặc một ngày sau."
    client.post(where, {"due_on": today.strftime("%d/%m/%Y"), "also_asked": [police.pk], "request": "Xin ý kiến"})
    assert not [row for row in Page(client.get(review_page)).all("details") if "Hạn góp ý" in row.text]
    asked = ReviewRound.objects.get()
    assert (asked.due_on, asked.request, asked.opened_for) == (today, "Xin ý kiến", cast.board)
    assert set(asked.seats.values_list("agency", flat=True)) == {cast.board.pk, cast.union.pk, police.pk}
    client.post(reverse("coordination:round_close", args=[made.document.uid]))
    asked.refresh_from_db()
    assert asked.closed_by == cast.officer


def test_who_is_only_asked_cannot_open_or_close_a_round(client, cast, police, stage):
    client.force_login(factories.member(police))
    assert client.post(address("round_close", stage)).status_code == 403
    assert client.post(address("round_open", stage), {}).status_code == 403
    asked = ReviewRound.objects.get()
    assert (asked, asked.closed_by) == (stage.round, None)
