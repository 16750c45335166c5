"""The path of a plan: joint plans wait for everybody who signs, an agency's own for its leader only."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from coordination import review
from coordination.agreement_parts import EditRefused
from coordination.compose import current_manuscript
from coordination.enums import DocumentState, MemberRole, NoticeKind
from coordination.models import Notice, Opinion
from coordination.workflow import MoveRefused
from programs.enums import PartAnswer
from programs.plan_actions import answer_part
from programs.plan_workflow import TRANSITIONS, actions_for, move_plan
from tests import factories
from tests.programs import plans
from tests.programs.plans import DAY, hat

pytestmark = pytest.mark.django_db


def test_a_joint_plan_goes_its_whole_way(cast):
    made = plans.issued(cast)
    assert made.document.state == DocumentState.ISSUED
    assert (made.document.number, made.document.issued_on) == ("15", DAY)
    assert [move.action for move in made.document.moves.all()] == ["send", "agree", "issue"]
    assert Notice.objects.filter(reader=cast.partner, kind=NoticeKind.ISSUED).count() == 1
    end = {"effective_on": date(2026, 3, 1), "decision": "Công văn số 12"}
    for action, state in (("suspend", "suspended"), ("resume", "issued"), ("close", "closed")):
        move_plan(made, action, acting=hat(cast.leader), today=date(2026, 3, 1), **end)
        assert plans.anew(made).document.state == state
    assert plans.anew(made).document.moves.filter(action="suspend").get().effective_on == date(2026, 3, 1)


def test_an_empty_plan_is_put_to_nobody(cast):
    made = plans.plan(cast, items=[])
    with pytest.raises(MoveRefused):
        move_plan(made, "send", acting=hat(cast.officer), today=DAY)


def test_a_joint_plan_is_not_fixed_before_all_consent(cast):
    stage = plans.in_review(cast)
    with pytest.raises(MoveRefused, match="Hội LHPN tỉnh"):
        move_plan(stage.plan, "agree", acting=hat(cast.leader), today=DAY)
    plans.consent(stage, cast.partner)
    move_plan(stage.plan, "agree", acting=hat(cast.leader), today=DAY)
    made = plans.anew(stage.plan)
    assert made.document.state == DocumentState.AGREED
    assert not made.document.rounds.get().is_open


def test_an_edit_of_an_item_makes_consent_lapse(cast):
    stage = plans.in_review(cast)
    plans.consent(stage, cast.partner)
    plans.edit(cast, stage.plan.items.get(), quantity=5)
    assert Notice.objects.filter(reader=cast.partner, kind=NoticeKind.CONSENT_LAPSED).count() == 1
    with pytest.raises(MoveRefused):
        move_plan(stage.plan, "agree", acting=hat(cast.leader), today=DAY)


def test_who_agrees_to_the_whole_has_accepted_its_parts(cast):
    stage = plans.in_review(cast)
    plans.consent(stage, cast.partner)
    move_plan(stage.plan, "agree", acting=hat(cast.leader), today=DAY)
    part = stage.plan.items.get().parts.get()
    said = Opinion.objects.get(seat__agency=cast.union)
    assert (part.answer, part.answered_by, part.answered_at) == (PartAnswer.ACCEPTS, cast.partner, said.given_at)


def test_a_party_that_wants_an_item_changed_holds_the_plan_up(cast):
    stage = plans.in_review(cast)
    item = stage.plan.items.get()
    answer_part(
        item.parts.get(), acting=hat(cast.partner), answer=PartAnswer.ASKS, text="Ghi kinh phí.", seen=item.version
    )
    plans.consent(stage, cast.partner)
    with pytest.raises(MoveRefused, match="Truyền thông tại 20 xã"):
        move_plan(stage.plan, "agree", acting=hat(cast.leader), today=DAY)


def test_a_silent_or_asking_partner_that_does_not_sign_never_blocks(cast):
    stage = plans.in_review(cast, items=[plans.line(cast, partners=[cast.union, cast.other])])
    item = stage.plan.items.get()
    answer_part(
        item.parts.get(agency=cast.other),
        acting=hat(cast.stranger),
        answer=PartAnswer.ASKS,
        text="Lùi một tháng.",
        seen=item.version,
    )
    plans.consent(stage, cast.partner)
    move_plan(stage.plan, "agree", acting=hat(cast.leader), today=DAY)
    assert item.parts.get(agency=cast.other).answer == PartAnswer.ASKS


def test_partners_are_asked_once_when_the_plan_is_put_to_the_parties(cast):
    lines = [plans.line(cast, text, partners=[cast.union, cast.other]) for text in ("Một", "Hai")]
    plans.in_review(cast, items=lines)
    asked = Notice.objects.filter(kind=NoticeKind.PART_ASKED)
    assert {notice.reader for notice in asked} == {cast.partner, cast.stranger}
    assert asked.count() == 2


def test_the_leader_of_one_agency_fixes_its_own_plan(cast):
    made = plans.own_plan(cast)
    assert actions_for(hat(cast.leader), made) == ["fix"]
    move_plan(made, "fix", acting=hat(cast.leader), today=DAY)
    made = plans.issue(cast, plans.anew(made))
    assert (made.document.state, made.document.code) == (DocumentState.ISSUED, "15/KH-SDTTG")


def test_nobody_fixes_a_joint_draft_alone(cast):
    made = plans.plan(cast)
    assert actions_for(hat(cast.leader), made) == []
    with pytest.raises(PermissionDenied):
        move_plan(made, "fix", acting=hat(cast.leader), today=DAY)


def test_an_own_plan_may_be_put_to_others_and_is_fixed_without_them(cast):
    made = plans.own_plan(cast)
    move_plan(made, "send", acting=hat(cast.officer), today=DAY)
    review.open_round(
        plans.anew(made).document, acting=hat(cast.officer), due_on=plans.DUE, also_asked=[cast.union], today=DAY
    )
    move_plan(made, "agree", acting=hat(cast.leader), today=DAY)
    assert plans.anew(made).document.state == DocumentState.AGREED


ROLES = {
    "officer": {"send", "back"},
    "leader": {"back", "agree", "fix", "reopen", "issue", "suspend", "resume", "close", "supersede"},
    "clerk": {"issue"},
    "stranger": set(),
    "chair": set(),
}


@pytest.mark.parametrize("person", ROLES)
def test_each_role_makes_its_own_steps(cast, person):
    made, may = plans.own_plan(cast), set()
    for state in DocumentState:
        made.document.state = state
        may |= set(actions_for(hat(getattr(cast, person)), made))
    assert may == ROLES[person]


def test_a_step_that_is_not_open_says_so(cast):
    made = plans.issued(cast)
    for action in TRANSITIONS.keys() - {"suspend", "close", "supersede", "fix"}:
        person = cast.officer if action == "send" else cast.leader
        with pytest.raises(MoveRefused):
            move_plan(made, action, acting=hat(person), today=DAY)


def test_an_agreed_text_is_not_edited(cast):
    stage = plans.in_review(cast)
    plans.consent(stage, cast.partner)
    move_plan(stage.plan, "agree", acting=hat(cast.leader), today=DAY)
    with pytest.raises(EditRefused):
        plans.edit(cast, stage.plan.items.get(), quantity=9, reason="Sửa.")


def test_a_plan_ends_early_by_a_paper_and_after_its_year_without(cast):
    made = plans.issued(cast)
    with pytest.raises(MoveRefused):
        move_plan(made, "close", acting=hat(cast.leader), today=date(2026, 12, 31))
    move_plan(made, "close", acting=hat(cast.leader), today=date(2027, 1, 1))
    assert plans.anew(made).document.state == DocumentState.CLOSED


def test_what_is_agreed_is_what_is_printed_ever_after(cast):
    made = plans.issued(cast)
    before = current_manuscript(made.document).sha256()
    item = made.items.get()
    item.text = "Đổi lén"
    item.save()
    assert current_manuscript(plans.anew(made).document).sha256() == before


# ---- taken back before it is issued ----


def test_an_agreed_plan_is_taken_back_edited_and_agreed_anew(cast):
    stage = plans.in_review(cast)
    plans.consent(stage, cast.partner)
    move_plan(stage.plan, "agree", acting=hat(cast.leader), today=DAY)
    made = plans.anew(stage.plan)
    assert actions_for(hat(cast.officer), made) == []
    their_leader = factories.member(cast.union, MemberRole.LEADER)
    assert "reopen" in actions_for(hat(their_leader), made)
    move_plan(made, "reopen", acting=hat(cast.leader), today=DAY, comment="Thiếu kinh phí")
    assert plans.anew(made).document.state == DocumentState.IN_REVIEW
    assert {notice.reader for notice in Notice.objects.filter(kind=NoticeKind.REOPENED)} == {
        cast.partner,
        their_leader,
    }
    plans.edit(cast, made.items.get(), quantity=5)
    with pytest.raises(MoveRefused):
        move_plan(made, "agree", acting=hat(cast.leader), today=DAY)
    asked = review.open_round(plans.anew(made).document, acting=hat(cast.officer), due_on=plans.DUE, today=DAY)
    review.give_opinion(asked, acting=hat(cast.partner), choice="agrees", seen_sha256=plans.text_now(made))
    move_plan(made, "agree", acting=hat(cast.leader), today=DAY)
    assert [version.number for version in plans.anew(made).document.versions.all()] == [1, 2]


def test_what_is_issued_is_not_taken_back(cast):
    with pytest.raises(MoveRefused):
        move_plan(plans.issued(cast), "reopen", acting=hat(cast.leader), today=DAY)


def test_the_own_plan_of_one_agency_is_taken_back_and_approved_anew(cast):
    made = plans.own_plan(cast)
    for action, state in (("fix", "agreed"), ("reopen", "in_review"), ("agree", "agreed")):
        move_plan(made, action, acting=hat(cast.leader), today=DAY)
        assert plans.anew(made).document.state == state
