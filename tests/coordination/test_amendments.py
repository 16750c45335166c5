"""Amendments: what the task replaced had goes on, what is said side by side, the text of any day."""

from datetime import date

import pytest

from coordination import agreement_parts as parts
from coordination.agreement_actions import amend_agreement
from coordination.agreement_parts import ChangeLine, Cited
from coordination.amendments import differences
from coordination.compose import compose_agreement
from coordination.enums import ClauseChangeNature
from coordination.models import Agreement, Clause
from coordination.workflow import MoveRefused
from tests import factories
from tests.coordination.reviews import DAY, hat
from tests.coordination.test_agreement_editor import Editor, done, errors, line, send
from tests.coordination.test_agreement_parts import draft_of, saved
from tests.coordination.test_agreements import issued, plan, words
from tests.forms import filled
from tests.pages import Page

pytestmark = pytest.mark.django_db
__all__ = ["plan"]  # the fixture
SINCE, LATER = date(2026, 9, 1), date(2026, 11, 1)


@pytest.fixture
def made(plan, cast):
    """Issued; the second task is led by the Union with the board and cites two documents."""
    clause = Clause.objects.get(section__document=plan.document, key="d2")
    clause.lead = cast.union
    clause.save(update_fields=["lead"])
    clause.partners.add(cast.board)
    paper = factories.document(cast.board, number="8", symbol="KH-STN", subject="Đề án 498", state="issued",
                               issued_on=date(2026, 1, 5))  # fmt: skip
    clause.citations.create(target=paper)
    clause.citations.create(text="Luật Bình đẳng giới")
    return issued(plan, cast)


def task(made, key="d2"):
    return Clause.objects.get(section__document=made.document, key=key, repealed_by=None)


def amendment(made, cast, *lines):
    """Drafted with these changes and signed by both."""
    row = amend_agreement(made, draft_of(cast, subject="Sửa đổi Kế hoạch"), acting=hat(cast.officer), today=DAY)
    saved(cast, row, parts.save_changes, lines)
    row.document.parties.update(name="Người ký")
    return row


def replaced(clause, text="Củng cố 40 địa chỉ.", since=SINCE, **fields):
    return ChangeLine(ClauseChangeNature.REPLACED, since, clause=clause, text=text, **fields)


def on(made, day):
    return words(compose_agreement(Agreement.objects.get(pk=made.pk), day))


# ---- what the task replaced had goes on ----


@pytest.fixture
def amending(client, cast, made):
    row = amend_agreement(made, draft_of(cast, subject="Sửa đổi"), acting=hat(cast.officer), today=DAY)
    client.force_login(cast.officer)
    return Editor(client, row)


def values_of(change):
    return (
        change.lead,
        list(change.partners.all()),
        [(one.target and one.target.number, one.text) for one in change.citations.all()],
    )


def test_lead_partners_and_citations_of_the_task_stand_in_the_form(amending, cast, made):
    old = task(made)
    answer = send(amending, "changes", {"open": "show"} | line(0, nature="replaced", clause=old.pk))
    form = filled(answer, "part-form")
    assert form["line-0-lead"] == str(cast.union.pk)
    assert form["line-0-partners"] == [str(cast.board.pk)]
    assert form["line-0-cited"].splitlines() == ["08/KH-STN Đề án 498", "Luật Bình đẳng giới"]
    assert form["line-0-text"] == old.text
    sent = form | line(0, text="Củng cố 40 địa chỉ.", valid_from="01/09/2026", lead="")
    assert done(amending, amending.client.post(amending.url("changes"), sent))
    assert values_of(amending.agreement.changes.get())[0] is None  # taken away on purpose


def test_what_was_not_shown_is_kept_all_the_same(amending, cast, made):
    old = task(made)
    sent = line(0, nature="replaced", clause=old.pk, text="Củng cố 40 địa chỉ.", valid_from="01/09/2026")
    assert done(amending, send(amending, "changes", sent))
    kept = (cast.union, [cast.board], [("8", ""), (None, "Luật Bình đẳng giới")])
    assert values_of(amending.agreement.changes.get()) == kept


def test_another_task_chosen_brings_its_own(amending, cast, made):
    other = task(made, "d1")
    other.lead = cast.board
    other.save(update_fields=["lead"])
    shown = send(amending, "changes", {"open": "show"} | line(0, nature="replaced", clause=task(made).pk))
    sent = filled(shown, "part-form") | line(0, clause=other.pk, text="Lời mới", valid_from="01/09/2026")
    assert done(amending, amending.client.post(amending.url("changes"), sent))
    assert values_of(amending.agreement.changes.get()) == (cast.board, [], [])


def test_an_issued_amendment_carries_them_into_the_task(made, cast):
    old = task(made)
    cited = [Cited(one.target, one.text) for one in old.citations.all()]
    lines = [replaced(old, lead=cast.union, partners=[cast.board], cited=cited)]
    issued(amendment(made, cast, *lines), cast, number="124")
    assert values_of(task(made)) == (cast.union, [cast.board], [("8", ""), (None, "Luật Bình đẳng giới")])


def test_a_lead_that_was_closed_is_preset_as_what_came_of_it(amending, cast, made):
    new = factories.agency(cast.province, "Hội mới", "HM")
    cast.union.successions.create(successor=new, nature="renamed", on=date(2026, 6, 20), decided_by="Quyết định số 1")
    cast.union.closed_on = date(2026, 6, 19)
    cast.union.save()
    sent = line(0, nature="replaced", clause=task(made).pk, text="Lời mới", valid_from="01/09/2026")
    assert done(amending, send(amending, "changes", sent))
    assert amending.agreement.changes.get().lead == new


# ---- side by side ----


def test_lead_partners_citations_and_days_stand_side_by_side(made, cast, client):
    row = amendment(made, cast, replaced(task(made), lead=cast.board, cited=[Cited(text="Luật Hộ tịch")]))
    (found,) = differences(row)
    assert found.number == "I. NỘI DUNG PHỐI HỢP"
    assert [(fact.label, fact.before, fact.after) for fact in found.facts] == [
        ("Chủ trì", "Hội LHPN tỉnh", "Sở Dân tộc và Tôn giáo"),
        ("Phối hợp", "Sở Dân tộc và Tôn giáo", ""),
        ("Dẫn chiếu", "08/KH-STN Đề án 498; Luật Bình đẳng giới", "Luật Hộ tịch"),
        ("Thực hiện", "01/01/2026 – 31/08/2026", "01/09/2026 – 31/12/2026"),
    ]
    client.force_login(cast.officer)
    page = Page(client.get(f"/agreements/{row.uid}/"))
    facts = [entry.text for entry in page.all("dl", class_="change-facts")]
    assert "Chủ trì Hội LHPN tỉnh" in facts[0]
    assert "Chủ trì Sở Dân tộc và Tôn giáo" in facts[1]


def test_an_issued_amendment_still_says_the_days_before_and_after(made, cast):
    row = amendment(made, cast, replaced(task(made)))
    before = differences(row)
    issued(row, cast, number="124")
    assert differences(Agreement.objects.get(pk=row.pk)) == before


def test_a_task_that_loses_its_lead_says_so_on_the_paper(made, cast):
    said = words(compose_agreement(amendment(made, cast, replaced(task(made)))))
    assert said[0].endswith("từ ngày 01 tháng 9 năm 2026, do các bên cùng thực hiện như sau:")


# ---- days the parties had agreed on ----


def ends_in_october(made):
    clause = task(made, "d1")
    Clause.objects.filter(pk=clause.pk).update(valid_to=date(2026, 10, 31))
    return Clause.objects.get(pk=clause.pk)


def test_a_task_with_an_end_of_its_own_is_amended_and_ends_then(made, cast):
    old = ends_in_october(made)
    before = on(made, date(2026, 8, 31))
    issued(amendment(made, cast, replaced(old, "Truyền thông tại 30 xã.")), cast, number="124")
    new = task(made, "d1")
    assert (new.valid_from, new.valid_to) == (SINCE, date(2026, 10, 31))
    assert on(made, date(2026, 8, 31)) == before
    assert "- Truyền thông tại 20 xã. (thực hiện đến hết 31/10/2026)" in before
    assert not [said for said in on(made, LATER) if "Truyền thông" in said]


def test_what_was_to_follow_follows_the_new_text(made, cast):
    old = ends_in_october(made)
    after = Clause.objects.create(
        section=old.section, position=3, key="d3", text="Việc sau.", valid_from=LATER, follows=old
    )
    issued(amendment(made, cast, replaced(old, "Truyền thông tại 30 xã.")), cast, number="124")
    after.refresh_from_db()
    assert (after.follows, after.follows.follows) == (task(made, "d1"), old)


def test_a_change_after_the_end_of_a_task_is_refused(made, cast, amending):
    old = ends_in_october(made)
    sent = line(0, nature="replaced", clause=old.pk, text="Lời", valid_from="01/11/2026")
    assert errors(send(amending, "changes", sent)) == [
        "Nhiệm vụ này chỉ thực hiện đến hết 31/10/2026: sửa đổi phải bắt đầu không muộn hơn ngày đó."
    ]
    with pytest.raises(MoveRefused, match="chỉ có hiệu lực đến hết 31/10/2026"):
        issued(amendment(made, cast, replaced(old, since=LATER)), cast, number="124")


# ---- the page ----


def shown(client, agreement, **query):
    page = Page(client.get(f"/agreements/{agreement.uid}/", query))
    return page.one("section", aria_labelledby="text").text


@pytest.fixture
def board(client, cast):
    client.force_login(cast.officer)
    return client


@pytest.mark.parametrize("order", ["lead", "text"])
def test_a_draft_shows_what_begins_later_as_its_paper_does(board, cast, plan, order):
    Clause.objects.filter(key="d1").update(valid_to=date(2026, 3, 31), lead=cast.board)
    Clause.objects.filter(key="d2").update(valid_from=LATER)
    text = shown(board, plan, order=order, day="01/02/2026")
    assert "Truyền thông tại 20 xã." in text
    assert "Củng cố 25 địa chỉ tin cậy." in text
    assert "31/03/2026" in text
    assert "01/11/2026" in text
    assert "Toàn văn như trên bản in." in text
    assert "Xem ngày này" not in text


def test_an_issued_one_says_what_begins_later_and_what_has_ended(board, cast, made):
    issued(amendment(made, cast, replaced(task(made))), cast, number="124")
    before, after = (shown(board, made, day=day) for day in ("31/08/2026", "01/09/2026"))
    assert "1 nhiệm vụ bắt đầu sau ngày này" in before
    assert "Từ 01/09/2026 : Củng cố 40 địa chỉ." in before
    assert "đã kết thúc" not in before
    assert "1 nhiệm vụ đã kết thúc trước ngày này" in after
    assert "Đến hết 31/08/2026 : Củng cố 25 địa chỉ tin cậy. (124/KHPH-STN-HLHPN)" in after
