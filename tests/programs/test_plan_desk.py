"""What of plans waits for each role, what a person leaves open, why an item cannot be changed, and its history."""

import pytest
from django.test import RequestFactory

from coordination.access import hats_of
from coordination.enums import DocumentState, WorkKind
from coordination.history import TRAILS
from coordination.open_work import open_work_of
from coordination.review import lineage_of
from programs.enums import PartAnswer
from programs.plan_actions import answer_part
from programs.plan_desk import waiting_parts, waiting_plans
from programs.plan_workflow import move_plan
from programs.why_not import why_no_plan
from tests.programs import plans
from tests.programs.plans import DAY, hat

pytestmark = pytest.mark.django_db


def actions(person):
    acting = hat(person)
    return [row.action for row in waiting_plans(acting, lineage_of(acting))]


def parts(person):
    acting = hat(person)
    return [(row.item.text, row.count) for row in waiting_parts(acting, lineage_of(acting))]


def everybody(cast):
    return {name: actions(getattr(cast, name)) for name in ("officer", "leader", "clerk", "partner")}


def test_a_joint_plan_waits_for_who_makes_the_next_step(cast):
    nobody = {"officer": [], "leader": [], "clerk": [], "partner": []}
    made = plans.plan(cast)
    assert everybody(cast) == nobody | {"officer": ["edit"]}
    move_plan(made, "send", acting=hat(cast.officer), today=DAY)
    assert everybody(cast) == nobody | {"officer": ["ask"]}
    made.document.state = DocumentState.AGREED
    made.document.save()
    assert everybody(cast) == nobody | {"leader": ["issue"], "clerk": ["issue"]}


def test_an_own_draft_waits_for_its_leader_too(cast):
    plans.own_plan(cast)
    assert (actions(cast.officer), actions(cast.leader)) == (["edit"], ["fix"])


def test_an_open_round_waits_among_reviews_and_not_twice(cast):
    plans.in_review(cast)
    assert actions(cast.officer) == []


def test_parts_wait_until_they_are_answered(cast):
    lines = [plans.line(cast, "Một"), plans.line(cast, "Hai")]
    made = plans.plan(cast, items=lines)
    assert parts(cast.partner) == []
    move_plan(made, "send", acting=hat(cast.officer), today=DAY)
    assert parts(cast.partner) == [("Một", 2)]
    assert parts(cast.clerk) == []
    item = made.items.first()
    answer_part(item.parts.get(), acting=hat(cast.partner), answer=PartAnswer.ACCEPTS, seen=item.version)
    assert parts(cast.partner) == [("Hai", 1)]


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_desk_asks_the_same_for_any_number_of_plans(cast, django_assert_num_queries, count):
    for _time in range(count):
        plans.plan(cast, items=[])
    acting = hat(cast.officer)
    own = lineage_of(acting)
    with django_assert_num_queries(1):
        waiting_plans(acting, own)
    with django_assert_num_queries(1):
        waiting_parts(acting, own)


def test_a_plan_is_handed_over_until_it_is_issued(cast):
    made = plans.plan(cast)
    made.history.update(history_user=cast.officer)
    assert [work.kind for work in open_work_of(hat(cast.officer))] == [WorkKind.PLAN]
    made.document.state, made.document.issued_on = DocumentState.ISSUED, DAY
    made.document.save()
    assert open_work_of(hat(cast.officer)) == []


@pytest.mark.parametrize(
    ("person", "state", "told"),
    [
        ("officer", DocumentState.DRAFT, False),
        ("officer", DocumentState.ISSUED, False),
        ("officer", DocumentState.AGREED, True),
        ("officer", DocumentState.SUSPENDED, True),
        ("officer", DocumentState.CLOSED, True),
        ("leader", DocumentState.DRAFT, True),
        ("chair", DocumentState.ISSUED, True),
    ],
)
def test_why_an_item_cannot_be_changed(cast, person, state, told):
    made = plans.plan(cast)
    made.document.state, made.document.issued_on = state, DAY
    user = getattr(cast, person)
    request = RequestFactory().get("/")
    request.user, request.acting = user, hats_of(user)[0]
    assert (why_no_plan(request, made) is not None) == told


def test_the_history_of_a_plan_is_that_of_its_makers(cast):
    made = plans.issued(cast)
    rows = TRAILS["programs.annualplan"].rows
    assert made in rows(cast.officer)
    assert made in rows(cast.partner)
    assert made not in rows(cast.chair)


def test_a_party_reads_the_history_from_when_the_plan_was_first_put_to_it(client, cast, time_machine):
    time_machine.move_to("2026-01-05T08:00:00+07:00", tick=False)
    made = plans.plan(cast)
    for words in ("Lời chỉ người soạn biết", "Lời gửi đi"):
        time_machine.shift(60)
        plans.edit(cast, made.items.get(), text=words)
    time_machine.shift(60)
    move_plan(made, "send", acting=plans.hat(cast.officer), today=DAY)
    time_machine.shift(60)
    plans.edit(cast, made.items.get(), text="Lời sửa sau khi gửi")
    found = {}
    for person in ("officer", "partner"):
        client.force_login(getattr(cast, person))
        page = client.get(f"/history/programs.annualplan/{made.uid}/").content.decode()
        found[person] = [words in page for words in ("Lời chỉ người soạn biết", "Lời sửa sau khi gửi")]
    assert found == {"officer": [True, True], "partner": [False, True]}


def test_the_history_tells_of_items_partners_and_money(client, cast):
    made = plans.plan(cast)
    plans.edit(cast, made.items.get(), quantity=9, funding={"central": 5_000_000}, partners=[cast.other])
    client.force_login(cast.officer)
    page = client.get(f"/history/programs.annualplan/{made.uid}/")
    assert page.status_code == 200
    assert all(words in page.content.decode() for words in ("Số lượng", "5.000.000", "Truyền thông tại 20 xã"))
