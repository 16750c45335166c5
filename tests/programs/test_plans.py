"""Plans: made from clauses, last year and assignments; written, answered, changed after issue with a reason."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied

from coordination.agreement_parts import EditRefused, SectionLine, save_facts, save_sections
from coordination.compose import current_manuscript
from coordination.enums import DocumentState, NoticeKind
from coordination.locking import StaleVersion
from coordination.manuscript import Table
from coordination.models import Notice
from programs.enums import FundingSource, PartAnswer, PlanChangeNature
from programs.models import AnnualPlan, Assignment, AssignmentResponse, Component, PlanItem
from programs.plan_actions import (
    answer_part,
    change_difficulty,
    create_plan,
    note_difficulty,
    order_items,
    remove_item,
    save_item,
)
from programs.plan_proposals import (
    Frame,
    assignments_for,
    carried_over,
    clauses_for,
    component_like,
    from_assignments,
    from_clauses,
    plan_before,
    unfinished,
)
from programs.plan_workflow import move_plan
from programs.progress import progress_of
from tests import factories
from tests.programs import plans
from tests.programs.plans import DAY, hat

pytestmark = pytest.mark.django_db
CHANGE = "Sở Tài chính đã duyệt thêm kinh phí."


def told(person, kind):
    return Notice.objects.filter(reader=person, kind=kind).count()


# ---- made ----


def test_one_form_makes_one_plan(cast):
    form = plans.draft(cast)
    made = [create_plan(form, acting=hat(cast.officer), today=DAY) for _time in range(2)]
    assert made[0] == made[1]
    assert AnnualPlan.objects.count() == 1
    assert [party.agency for party in made[0].document.parties.all()] == [cast.board, cast.union]
    assert made[0].items.get().lead == cast.board


@pytest.mark.parametrize("person", ["leader", "clerk"])
def test_only_who_writes_drafts_a_plan(cast, person):
    with pytest.raises(PermissionDenied):
        create_plan(plans.draft(cast), acting=hat(getattr(cast, person)), today=DAY)


def test_the_agency_of_the_hat_signs_what_it_drafts(cast):
    with pytest.raises(EditRefused):
        create_plan(plans.draft(cast, agencies=[cast.union]), acting=hat(cast.officer), today=DAY)


def test_each_clause_in_force_proposes_an_item(cast):
    agreement, frame = plans.clauses(cast), Frame(2026, [cast.board, cast.union])
    factories.component()
    led, together = from_clauses(clauses_for(agreement, 2026), frame)
    assert (led.lead, led.partners, led.text) == (cast.union, [cast.board], "Truyền thông tại 20 xã.")
    assert (together.lead, together.partners) == (cast.board, [cast.union])
    assert (led.starts_on, led.ends_on) == (plans.FIRST, plans.LAST)
    assert clauses_for(agreement, 2027) == []


def test_a_clause_repealed_within_the_year_proposes_until_then(cast):
    agreement, frame = plans.clauses(cast), Frame(2026, [cast.board, cast.union])
    factories.component()
    clause = clauses_for(agreement, 2026)[0]
    clause.valid_to = date(2026, 6, 30)
    clause.save()
    assert from_clauses(clauses_for(agreement, 2026), frame)[0].ends_on == date(2026, 6, 30)


def test_the_component_is_guessed_from_shared_words(cast):
    near = factories.component("A", name="Hội thi liên hoan mô hình sáng tạo", short_name="Hội thi")
    factories.component("Z", name="Hoạt động khác", short_name="Khác", position=9)
    components = list(Component.objects.order_by("position", "pk"))
    assert component_like("Tổ chức liên hoan các mô hình sáng tạo cấp tỉnh", components) == near
    assert component_like("Việc chưa ai nghĩ tới", components).code == "Z"


def test_unfinished_items_are_carried_over_with_what_is_left(cast):
    old = plans.issued(cast)
    done = save_item(old, plans.line(cast, "Đã xong", quantity=1), acting=hat(cast.officer), reason=CHANGE, today=DAY)
    factories.activity(cast.board, cast.commune, plan_item=done)
    factories.activity(cast.board, cast.commune, plan_item=old.items.first(), sessions=3)
    frame, today = Frame(2027, [cast.board, cast.union]), date(2026, 12, 31)
    assert plan_before(frame, None) == old
    (left,) = unfinished(old, today)
    new = carried_over(left.item, left.progress, "Chưa bố trí được giảng viên.", frame)
    assert (new.quantity, new.partners, new.starts_on, dict(new.funding)) == (1, [cast.union], date(2027, 1, 1), {})
    made = plans.plan(cast, year=2027, items=[new], continues=old)
    assert made.items.get().carried_from == left.item


def test_before_an_own_plan_was_an_own_one_and_none_under_an_agreement(cast):
    agreement, own = plans.clauses(cast), plans.own_plan(cast)
    move_plan(own, "fix", acting=hat(cast.leader), today=DAY)
    plans.issue(cast, own, number="16")
    joint, under = plans.issued(cast), plans.issued(cast, number="17", agreement=agreement, year=2027)
    assert plan_before(Frame(2027, [cast.board]), None) == own
    assert plan_before(Frame(2028, [cast.board]), agreement) == under
    AnnualPlan.objects.filter(pk=own.pk).update(year=2025)
    assert plan_before(Frame(2028, [cast.board]), None) == joint


def test_assignments_of_the_year_are_proposed_once(cast):
    factories.component()
    document = factories.document(cast.committee)
    task = Assignment.objects.create(document=document, position=1, text="Tổng kết Dự án 8")
    for agency, lead in ((cast.board, False), (cast.union, True)):
        AssignmentResponse.objects.create(assignment=task, agency=agency, is_lead=lead, due_on=date(2026, 9, 30))
    frame = Frame(2026, [cast.board, cast.union])
    (line,) = from_assignments(assignments_for(frame), frame)
    assert (line.lead, line.partners, line.ends_on) == (cast.union, [cast.board], date(2026, 9, 30))
    plans.plan(cast, items=[line])
    assert not assignments_for(frame).exists()
    assert not assignments_for(Frame(2027, [cast.board])).exists()


# ---- written ----


def test_a_form_of_a_new_item_sent_twice_makes_one(cast):
    made, new = plans.plan(cast, items=[]), plans.line(cast, uid=uuid4())
    for _time in range(2):
        save_item(made, new, acting=hat(cast.officer), today=DAY)
    assert made.items.count() == 1


def test_a_stale_edit_of_an_item_changes_nothing(cast):
    item = plans.plan(cast).items.get()
    plans.edit(cast, item, text="Truyền thông tại 25 xã")
    with pytest.raises(StaleVersion):
        plans.edit(cast, item, text="Truyền thông tại 30 xã")
    assert PlanItem.objects.get().text == "Truyền thông tại 25 xã"


def test_two_people_edit_two_items_at_once(cast):
    made = plans.plan(cast, items=[plans.line(cast, "Một"), plans.line(cast, "Hai")])
    first, second = made.items.all()
    plans.edit(cast, first, text="Một, sửa")
    plans.edit(cast, second, text="Hai, sửa")
    assert [item.text for item in made.items.all()] == ["Một, sửa", "Hai, sửa"]


def test_money_is_kept_by_source(cast):
    item = plans.plan(cast).items.get()
    item = plans.edit(cast, item, funding={FundingSource.CENTRAL: 200_000_000, FundingSource.INTEGRATED: 40_000_000})
    plans.edit(cast, PlanItem.objects.get(), funding={FundingSource.CENTRAL: 220_000_000, FundingSource.LOCAL: 0})
    assert list(item.funding.values_list("source", "amount_vnd")) == [(FundingSource.CENTRAL, 220_000_000)]


def test_the_lead_is_no_partner_of_itself(cast):
    item = plans.plan(cast, items=[plans.line(cast, partners=[cast.board, cast.union])]).items.get()
    assert [part.agency for part in item.parts.all()] == [cast.union]


def test_items_are_ordered_and_removed(cast):
    made = plans.plan(cast, items=[plans.line(cast, text) for text in ("Một", "Hai", "Ba")])
    first, second, third = made.items.all()
    order_items(made, [third.uid, first.uid], acting=hat(cast.officer), seen=made.version)
    assert [item.text for item in made.items.order_by("position")] == ["Ba", "Một", "Hai"]
    remove_item(second, acting=hat(cast.officer), seen=PlanItem.objects.get(pk=second.pk).version, today=DAY)
    assert made.items.count() == 2


def test_an_item_records_name_stays(cast):
    item = plans.plan(cast).items.get()
    factories.activity(cast.board, cast.commune, plan_item=item)
    with pytest.raises(EditRefused):
        remove_item(item, acting=hat(cast.officer), seen=item.version)


@pytest.mark.parametrize("person", ["leader", "clerk", "stranger", "chair"])
def test_who_does_not_write_the_plan_changes_no_item(cast, person):
    item = plans.plan(cast).items.get()
    with pytest.raises(PermissionDenied):
        save_item(item.plan, plans.line(cast), acting=hat(getattr(cast, person)), today=DAY)


def test_opening_and_sections_are_written_as_those_of_agreements(cast):
    made = plans.plan(cast)
    made = save_facts(made, acting=hat(cast.officer), seen=made.version, opening="Hai cơ quan thống nhất:", year=2027)
    rows = [SectionLine(1, row.heading, "Nội dung mới.", uid=row.uid) for row in made.document.sections.all()]
    save_sections(made, rows, acting=hat(cast.officer), seen=made.version)
    assert [row.key for row in made.document.sections.all()] == ["purpose", "tasks", "funding", "organisation"]
    assert (made.year, made.document.sections.first().text) == (2027, "Nội dung mới.")


# ---- answered ----


def test_a_partner_answers_and_an_edit_asks_it_anew(cast):
    item = plans.in_review(cast).plan.items.get()
    answer_part(item.parts.get(), acting=hat(cast.partner), answer=PartAnswer.ACCEPTS, seen=item.version)
    assert told(cast.officer, NoticeKind.PART_ANSWERED) == 1
    before = told(cast.partner, NoticeKind.PART_ASKED)
    plans.edit(cast, item, quantity=5)
    part = item.parts.get()
    assert (part.answer, part.answered_by) == (PartAnswer.WAITING, None)
    assert told(cast.partner, NoticeKind.PART_ASKED) == before + 1


def test_an_edit_that_does_not_show_leaves_the_answer(cast):
    item = plans.in_review(cast).plan.items.get()
    answer_part(item.parts.get(), acting=hat(cast.partner), answer=PartAnswer.ACCEPTS, seen=item.version)
    plans.edit(cast, item)
    assert item.parts.get().answer == PartAnswer.ACCEPTS


def test_an_answer_to_an_item_edited_meanwhile_is_refused(cast):
    item = plans.in_review(cast).plan.items.get()
    plans.edit(cast, item, quantity=5)
    with pytest.raises(StaleVersion):
        answer_part(item.parts.get(), acting=hat(cast.partner), answer=PartAnswer.ACCEPTS, seen=item.version)


def test_a_wish_is_said_in_words_by_the_partner_alone(cast):
    item = plans.in_review(cast).plan.items.get()
    with pytest.raises(EditRefused):
        answer_part(item.parts.get(), acting=hat(cast.partner), answer=PartAnswer.ASKS, text=" ", seen=item.version)
    with pytest.raises(PermissionDenied):
        answer_part(item.parts.get(), acting=hat(cast.officer), answer=PartAnswer.ACCEPTS, seen=item.version)


def test_nobody_answers_to_a_draft(cast):
    item = plans.plan(cast).items.get()
    with pytest.raises(EditRefused):
        answer_part(item.parts.get(), acting=hat(cast.partner), answer=PartAnswer.ACCEPTS, seen=item.version)


# ---- changed after issue ----


def test_a_change_after_issue_has_a_reason_and_is_told_and_printed(cast):
    made = plans.issued(cast)
    agreed, item = current_manuscript(made.document), made.items.get()
    with pytest.raises(EditRefused):
        plans.edit(cast, item, quantity=6)
    plans.edit(cast, item, quantity=6, reason=CHANGE)
    change = made.changes.get()
    assert (change.nature, change.reason) == (PlanChangeNature.CHANGED, CHANGE)
    assert (change.before["Số lượng"], change.after["Số lượng"]) == ("4 buổi", "6 buổi")
    assert told(cast.partner, NoticeKind.PLAN_CHANGED) == 1
    assert told(cast.officer, NoticeKind.PLAN_CHANGED) == 0
    now = current_manuscript(made.document)
    assert now.blocks == agreed.blocks
    assert not agreed.annexes
    assert now.annexes[-1].title[0] == "THAY ĐỔI SAU KHI BAN HÀNH"
    table = now.annexes[-1].blocks[0]
    assert isinstance(table, Table)
    words = [cell.text for cell in table.rows[0].cells]
    assert "Số lượng: 4 buổi" in words
    assert "Số lượng: 6 buổi" in words
    assert CHANGE in words[-1]


def test_the_agreed_version_keeps_its_bytes(cast):
    made = plans.issued(cast)
    first = made.documents_version = made.document.versions.get()
    plans.edit(cast, made.items.get(), quantity=6, reason=CHANGE)
    kept = made.document.versions.get(number=1)
    assert (kept.sha256, kept.manuscript) == (first.sha256, first.manuscript)
    assert made.document.versions.latest().number == 2


def test_an_item_is_added_and_cancelled_after_issue(cast):
    made = plans.issued(cast)
    added = save_item(made, plans.line(cast, "Việc mới"), acting=hat(cast.officer), reason=CHANGE, today=DAY)
    remove_item(added, acting=hat(cast.officer), seen=added.version, reason="Hết kinh phí.", today=DAY)
    assert [change.nature for change in made.changes.all()] == [PlanChangeNature.ADDED, PlanChangeNature.CANCELLED]
    added.refresh_from_db()
    assert (added.cancelled_on, added.cancel_reason) == (DAY, "Hết kinh phí.")
    with pytest.raises(EditRefused):
        remove_item(added, acting=hat(cast.officer), seen=added.version, reason="Lần nữa.", today=DAY)
    with pytest.raises(EditRefused):
        plans.edit(cast, added, text="Sống lại", reason=CHANGE)
    assert len(current_manuscript(made.document).annexes[-1].blocks[0].rows) == 2


def test_nothing_is_reordered_after_issue(cast):
    made = plans.issued(cast)
    with pytest.raises(EditRefused):
        order_items(made, [], acting=hat(cast.officer), seen=made.version)


def test_what_does_not_show_is_no_change(cast):
    made = plans.issued(cast)
    plans.edit(cast, made.items.get(), reason=CHANGE)
    assert not made.changes.exists()
    assert made.document.versions.count() == 1


# ---- difficulties ----


def test_a_difficulty_is_noted_once_and_closed_with_its_solution(cast):
    item, token = plans.issued(cast).items.get(), uuid4()
    for _time in range(2):
        row = note_difficulty(
            item, acting=hat(cast.partner), text="Thiếu xe đi cơ sở.", noted_on=DAY, form_token=token
        )
    assert item.difficulties.count() == 1
    assert row.agency == cast.union
    change_difficulty(row, acting=hat(cast.officer), seen=row.version, solved_on=DAY, solution="Huyện bố trí xe.")
    assert item.difficulties.get().solution == "Huyện bố trí xe."
    with pytest.raises(PermissionDenied):
        note_difficulty(item, acting=hat(cast.stranger), text="Khác.", noted_on=DAY)


def test_a_partner_rewrites_only_the_difficulties_it_noted(cast):
    other = factories.member(factories.agency(cast.province, "Sở Tài chính", "STC"))
    made = plans.own_plan(cast, items=[plans.line(cast, partners=[other.memberships.get().agency])])
    item = made.items.get()
    ours = note_difficulty(item, acting=hat(cast.officer), text="Thiếu xe.", noted_on=DAY)
    theirs = note_difficulty(item, acting=hat(other), text="Thiếu kinh phí.", noted_on=DAY)
    with pytest.raises(PermissionDenied):
        change_difficulty(ours, acting=hat(other), seen=ours.version, text="Không thiếu gì.")
    change_difficulty(theirs, acting=hat(other), seen=theirs.version, solved_on=DAY, solution="Đã cấp.")
    change_difficulty(ours, acting=hat(cast.officer), seen=ours.version, solved_on=DAY, solution="Đã mượn.")
    assert list(item.difficulties.order_by("pk").values_list("solution", flat=True)) == ["Đã mượn.", "Đã cấp."]


# ---- seen ----


def test_a_named_partner_sees_its_item_once_the_plan_is_put_to_it(cast):
    lines = [plans.line(cast, partners=[cast.other]), plans.line(cast, "Việc khác")]
    made = plans.plan(cast, items=lines)
    assert not PlanItem.objects.visible_to(cast.stranger).exists()
    made.document.state = DocumentState.IN_REVIEW
    made.document.save()
    assert [item.text for item in PlanItem.objects.visible_to(cast.stranger)] == ["Truyền thông tại 20 xã"]
    assert not AnnualPlan.objects.visible_to(cast.stranger).exists()
    assert AnnualPlan.objects.visible_to(cast.partner).exists()


def test_the_parties_of_an_agreement_see_the_plan_one_of_them_makes_under_it(cast):
    agreement = plans.clauses(cast)
    made = plans.own_plan(cast, agreement=agreement)
    assert not AnnualPlan.objects.visible_to(cast.partner).exists()
    made.document.state = DocumentState.IN_REVIEW
    made.document.save()
    assert AnnualPlan.objects.visible_to(cast.partner).get() == made
    assert not AnnualPlan.objects.visible_to(cast.stranger).exists()


def test_a_draft_is_not_shown_to_the_other_party(cast):
    plans.plan(cast)
    assert not AnnualPlan.objects.visible_to(cast.partner).exists()


def test_progress_of_a_carried_line_replaced_is_of_the_new_item(cast):
    made = plans.plan(cast)
    item = made.items.get()
    copy = replace(plans.line(cast), carried_from=item, carried_reason="Chưa xong.")
    new = save_item(made, copy, acting=hat(cast.officer), today=DAY)
    factories.activity(cast.board, cast.commune, plan_item=item)
    assert progress_of([new], plans.LAST)[new.pk].facts == 0
