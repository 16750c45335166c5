"""The engine of reviews: who is asked, whose consent holds, whose turn it is, what silence does."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from coordination import review, turns
from coordination.enums import DocumentState, MemberRole, NoticeKind, OpinionChoice
from coordination.models import Membership, Notice, Opinion, Party, ReviewRound, ReviewSeat, ReviewText
from tests import factories
from tests.constraints import assert_refused, changed, removal
from tests.coordination.reviews import DAY, DUE, agreement, answer, edit, hat, put_to_review, text_now

pytestmark = pytest.mark.django_db
LATE = DUE + timedelta(days=3)


@pytest.fixture
def police(cast):
    return factories.agency(cast.province, "Công an tỉnh", "CAT")


@pytest.fixture
def stage(cast, police):
    return put_to_review(cast, also_asked=[police])


def row_of(stage, agency, **day):
    rows = review.standing(stage.document, text_now(stage.document), **day)
    return next(row for row in rows if row.agency == agency)


def words_for(stage, acting, day=DAY):
    return turns.whose_turn(stage.document, acting, today=day)


# ---- a round ----


def test_a_round_asks_the_parties_who_must_agree_and_others_who_need_not(cast, police, stage):
    seats = ReviewSeat.objects.filter(round=stage.round).values_list("agency", "must_agree")
    assert set(seats) == {(cast.board.pk, True), (cast.union.pk, True), (police.pk, False)}
    assert stage.round.number == 1
    assert stage.round.sha256 == text_now(stage.document)
    assert ReviewText.objects.get().sha256 == stage.round.sha256


def test_who_puts_the_text_to_others_stands_by_it(cast, stage):
    given = Opinion.objects.get()
    assert (given.seat.agency, given.choice, given.given_by) == (cast.board, OpinionChoice.AGREES, cast.officer)
    assert row_of(stage, cast.board).holds


def test_a_second_round_waits_for_the_first_to_close(cast, stage):
    with pytest.raises(review.ReviewRefused):
        review.open_round(stage.document, acting=stage.board, due_on=DUE, today=DAY)
    review.close_round(stage.document, acting=stage.board)
    assert review.open_round(stage.document, acting=stage.board, due_on=DUE, today=DAY).number == 2


def test_a_day_that_lies_behind_is_refused_and_today_is_not(cast):
    document = agreement(cast).document
    with pytest.raises(review.ReviewRefused):
        review.open_round(document, acting=hat(cast.officer), due_on=DAY - timedelta(days=1), today=DAY)
    assert review.open_round(document, acting=hat(cast.officer), due_on=DAY, today=DAY).is_open


def test_a_round_that_asks_nobody_is_refused(cast):
    document = agreement(cast).document
    Party.objects.filter(document=document).exclude(agency=cast.board).delete()
    with pytest.raises(review.ReviewRefused):
        review.open_round(document, acting=hat(cast.officer), due_on=DUE, today=DAY)
    assert not ReviewRound.objects.exists()


def test_a_frozen_text_is_not_put_to_anybody(cast):
    document = agreement(cast).document
    changed(document, state=DocumentState.AGREED)()
    with pytest.raises(review.ReviewRefused):
        review.open_round(document, acting=hat(cast.officer), due_on=DUE, today=DAY)


def test_a_draft_is_not_put_to_anybody(cast):
    document = agreement(cast).document
    changed(document, state=DocumentState.DRAFT)()
    with pytest.raises(review.ReviewRefused):
        review.open_round(document, acting=hat(cast.officer), due_on=DUE, today=DAY)
    assert not ReviewRound.objects.exists()


@pytest.mark.parametrize("person", ["clerk", "stranger", "chair"])
def test_only_who_makes_the_document_and_speaks_puts_it_to_others(cast, person):
    document = agreement(cast).document
    with pytest.raises(PermissionDenied):
        review.open_round(document, acting=hat(getattr(cast, person)), due_on=DUE, today=DAY)


def test_people_asked_are_told_and_the_own_agency_is_not(cast, police, stage):
    officer = factories.member(police)
    told = Notice.objects.filter(kind=NoticeKind.ASKED_TO_REVIEW)
    assert [(notice.reader, notice.agency, notice.due_on) for notice in told] == [(cast.partner, cast.board, DUE)]
    answer(stage, hat(officer))
    assert {row.reader for row in Notice.objects.filter(kind=NoticeKind.OPINION_GIVEN)} == {
        cast.officer,
        cast.leader,
        cast.partner,
    }


# ---- who answers ----


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (MemberRole.OFFICER, True),
        (MemberRole.REVIEWER, True),
        (MemberRole.LEADER, True),
        (MemberRole.CLERK, False),
        (MemberRole.ADMINISTRATOR, False),
    ],
)
def test_officers_reviewers_and_leaders_answer_for_their_agency(cast, stage, role, may):
    acting = hat(factories.member(cast.union, role))
    if may:
        assert answer(stage, acting).given_by == acting.user
    else:
        with pytest.raises(PermissionDenied):
            answer(stage, acting)
    assert row_of(stage, cast.union).holds == may


def test_an_agency_that_was_not_asked_does_not_answer(cast, stage):
    for person in (cast.stranger, cast.chair):
        with pytest.raises(PermissionDenied):
            answer(stage, hat(person))


def test_nobody_answers_once_the_round_is_closed(cast, stage):
    review.close_round(stage.document, acting=stage.board)
    with pytest.raises(review.ReviewRefused):
        answer(stage, stage.union)
    assert Opinion.objects.count() == 1


def test_an_agency_that_took_over_another_answers_in_its_place(cast, police, stage):
    successor = factories.agency(cast.province, "Công an mới", "CAM")
    police.successions.create(successor=successor, on=DAY, nature="merged")
    answer(stage, hat(factories.member(successor)))
    assert row_of(stage, police).holds


# ---- consent ----


def test_consent_of_all_who_sign_is_enough(cast, police, stage):
    assert not review.all_consent(stage.document, text_now(stage.document))
    answer(stage, stage.union, OpinionChoice.AGREES_WITH_COMMENTS, "Nên thêm Công an tỉnh.")
    assert review.all_consent(stage.document, text_now(stage.document))
    answer(stage, hat(factories.member(police)), OpinionChoice.ASKS_FOR_CHANGES, "Đề nghị sửa.")
    assert review.all_consent(stage.document, text_now(stage.document))


def test_who_asks_for_changes_does_not_consent_and_may_think_again(cast, stage):
    answer(stage, stage.union)
    answer(stage, stage.union, OpinionChoice.ASKS_FOR_CHANGES, "Sửa số địa chỉ.")
    assert not review.all_consent(stage.document, text_now(stage.document))
    answer(stage, stage.union)
    assert review.all_consent(stage.document, text_now(stage.document))
    assert Opinion.objects.filter(seat__agency=cast.union).count() == 3


def test_an_edit_makes_every_consent_lapse_and_taking_it_back_revives_it(cast, stage):
    answer(stage, stage.union)
    edit(stage.clause)
    rows = review.standing(stage.document, text_now(stage.document))
    assert [(row.holds, row.lapsed) for row in rows if row.opinion] == [(False, True), (False, True)]
    assert not review.all_consent(stage.document, text_now(stage.document))
    edit(stage.clause, "Củng cố 25 địa chỉ tin cậy.")
    assert review.all_consent(stage.document, text_now(stage.document))


def test_an_answer_about_a_text_that_is_gone_is_refused(cast, stage):
    seen = text_now(stage.document)
    edit(stage.clause)
    with pytest.raises(review.TextChanged):
        answer(stage, stage.union, seen=seen)
    assert not Opinion.objects.filter(seat__agency=cast.union).exists()
    answer(stage, stage.union)
    assert {text.sha256 for text in ReviewText.objects.all()} == {seen, text_now(stage.document)}


def test_a_party_that_was_never_asked_has_not_consented(cast, police, stage):
    answer(stage, stage.union)
    Party.objects.create(document=stage.document, agency=police, symbol_order=3, signature_column=3, title="GIÁM ĐỐC")
    assert not review.all_consent(stage.document, text_now(stage.document))


def test_people_whose_consent_lapsed_are_told_once_a_text(cast, stage):
    answer(stage, stage.union)
    edit(stage.clause)
    for _again in range(2):
        review.text_changed(stage.document, by_agency=stage.board.agency)
    told = Notice.objects.filter(kind=NoticeKind.CONSENT_LAPSED).values_list("reader", flat=True)
    assert sorted(told) == sorted([cast.officer.pk, cast.leader.pk, cast.partner.pk])


# ---- silence ----


def test_silence_is_recorded_from_the_day_after_the_due_day(cast, police, stage):
    assert row_of(stage, cast.union, today=DUE).silent_since is None
    assert row_of(stage, cast.union, today=DUE + timedelta(days=1)).silent_since == DUE
    answer(stage, stage.union)
    assert row_of(stage, cast.union, today=LATE).silent_since is None


def test_silence_blocks_where_the_agency_signs_only(cast, police, stage):
    assert not review.all_consent(stage.document, text_now(stage.document))
    answer(stage, stage.union)
    assert row_of(stage, police, today=LATE).silent_since == DUE
    assert review.all_consent(stage.document, text_now(stage.document))


def test_words_beside_a_silent_agency(cast, police, stage):
    def words(agency, day):
        return turns.seat_words(row_of(stage, agency, today=day), stage.round, today=day)

    assert words(cast.union, DUE) == "chưa có ý kiến"
    assert words(cast.union, LATE) == "quá hạn 3 ngày, chưa có ý kiến: phải chờ vì là bên ký"
    assert words(police, LATE) == "quá hạn 3 ngày, chưa có ý kiến: không chặn vì không ký"


# ---- whose turn ----


def test_whose_turn_in_words_for_each_reader(cast, police, stage):
    waits = "đang chờ Hội LHPN tỉnh góp ý"
    assert words_for(stage, stage.union) == "chờ bạn góp ý"
    assert words_for(stage, stage.board) == waits
    assert words_for(stage, hat(cast.clerk)) == waits
    assert words_for(stage, hat(factories.member(police))) == "chờ bạn góp ý"
    assert words_for(stage, hat(factories.member(cast.union, MemberRole.CLERK))) == "chờ cơ quan bạn góp ý"
    assert words_for(stage, None) == waits


def test_whose_turn_when_the_day_has_passed(cast, police, stage):
    assert words_for(stage, stage.board, LATE) == "đang chờ Hội LHPN tỉnh góp ý, quá hạn 3 ngày"
    assert words_for(stage, stage.union, LATE) == "chờ bạn góp ý, quá hạn 3 ngày"
    reader = hat(factories.member(police))
    assert words_for(stage, reader, LATE) == "chờ bạn góp ý, quá hạn 3 ngày: không chặn vì cơ quan bạn không ký"


def test_whose_turn_when_changes_are_asked_for(cast, stage):
    answer(stage, stage.union, OpinionChoice.ASKS_FOR_CHANGES, "Sửa số địa chỉ.")
    assert words_for(stage, stage.board) == "chờ bạn sửa: Hội LHPN tỉnh đề nghị sửa"
    assert words_for(stage, stage.leader) == "chờ cơ quan bạn sửa: Hội LHPN tỉnh đề nghị sửa"
    assert words_for(stage, stage.union) == "cơ quan bạn đề nghị sửa: đang chờ bản sửa"


def test_which_step_is_whose(cast, stage):
    """What waits on the first page leads to the step itself: to answer, to edit, to fix the text."""
    assert turns.turn_of(stage.document, stage.union, today=DAY) == turns.Turn("chờ bạn góp ý", True, "answer")
    answer(stage, stage.union, OpinionChoice.ASKS_FOR_CHANGES, "Sửa số địa chỉ.")
    asked = turns.waiting_reviews(stage.board, review.lineage_of(stage.board), today=DAY)
    assert [(row.document, row.step) for row in asked] == [(stage.document, "edit")]
    answer(stage, stage.union)
    fixing = turns.waiting_reviews(stage.leader, review.lineage_of(stage.leader), today=DAY)
    assert [(row.document, row.step) for row in fixing] == [(stage.document, "agree")]
    assert turns.waiting_reviews(stage.board, review.lineage_of(stage.board), today=DAY) == []


def test_lists_know_the_text_an_answer_was_given_on(cast, stage):
    """A text also changes without an edit of it: an agency gets another name."""
    edit(stage.clause)
    answer(stage, stage.union)
    found = turns.turns_of([stage.document], stage.union, {cast.union.pk}, today=DAY)
    assert found[stage.document.pk].words == words_for(stage, stage.union)


def test_whose_turn_after_an_edit_and_when_all_agree(cast, stage):
    answer(stage, stage.union)
    assert words_for(stage, stage.leader) == "các bên đã đồng ý: chờ bạn chốt văn bản"
    assert words_for(stage, stage.board) == "các bên đã đồng ý: chờ lãnh đạo cơ quan bạn chốt văn bản"
    edit(stage.clause)
    assert words_for(stage, stage.union) == "chờ bạn xem lại: văn bản đã sửa sau ý kiến của bạn"
    review.close_round(stage.document, acting=stage.board)
    assert words_for(stage, stage.union) == ""


def test_only_who_need_not_agree_is_left(cast, police):
    """A paper of one agency put to another that does not sign it."""
    document = agreement(cast).document
    Party.objects.filter(document=document).delete()
    review.open_round(document, acting=hat(cast.officer), due_on=DUE, also_asked=[police], today=DAY)
    words = turns.whose_turn(document, hat(cast.officer), today=LATE)
    assert words == "Công an tỉnh: quá hạn 3 ngày, chưa có ý kiến: không chặn vì không ký"
    assert not review.all_consent(document, text_now(document))


# ---- what is kept ----


def test_an_opinion_and_the_text_it_speaks_of_are_never_changed(cast, stage):
    given, text = Opinion.objects.get(), ReviewText.objects.get()
    assert_refused(changed(given, choice=OpinionChoice.ASKS_FOR_CHANGES, text="Khác"), "opinion_kept")
    assert_refused(removal(given), "opinion_kept")
    assert_refused(changed(text, sha256="0" * 64), "review_text_kept")
    assert_refused(removal(text), "review_text_kept")


def test_whoever_becomes_a_clerk_speaks_for_the_agency_no_longer(cast, stage):
    changed(stage.union, role=MemberRole.CLERK)()
    with pytest.raises(PermissionDenied):
        answer(stage, Membership.objects.get(pk=stage.union.pk))
    assert not Opinion.objects.filter(seat__agency=cast.union).exists()


# ---- who has left ----


@pytest.mark.parametrize(
    "left",
    [
        pytest.param({"valid_to": timezone.localdate() - timedelta(days=1)}, id="last day over"),
        pytest.param({"ended_at": timezone.now(), "valid_to": timezone.localdate()}, id="ended today"),
    ],
)
def test_who_has_left_since_the_page_was_opened_answers_no_more(cast, stage, left):
    acting = hat(cast.partner)
    ended_by = {"ended_by": cast.officer} if "ended_at" in left else {}
    Membership.objects.filter(pk=acting.pk).update(**left, **ended_by)
    with pytest.raises(PermissionDenied):
        answer(stage, acting)
    assert not Opinion.objects.filter(seat__agency=cast.union).exists()
    Membership.objects.filter(pk=acting.pk).update(valid_to=None, ended_at=None, ended_by=None)
    assert answer(stage, acting).seat.agency == cast.union
