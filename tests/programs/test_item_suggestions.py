"""Which tasks of plans the form of an activity offers, and which of them stand first."""

from datetime import date

import pytest

from programs.enums import FactState
from programs.forms.activities import ActivityEntry
from programs.item_suggestions import items_for, suggested
from programs.models import Activity, PlanItem
from tests import factories
from tests.programs import plans
from tests.programs.activity_forms import address, sent
from tests.programs.plans import line

NEW = "/activities/new/"
MARRIAGE, MARKETS = "Truyền thông phòng, chống tảo hôn tại thôn bản", "Kiểm tra hoạt động các chợ phiên"


@pytest.fixture
def issued(cast):
    return plans.issued(cast, items=[line(cast, MARKETS), line(cast, MARRIAGE)])


def texts(items):
    return [item.text for item in items]


def test_offered_are_tasks_in_force_that_the_agency_leads_or_takes_part_in(cast, issued):
    day = date(2026, 6, 8)
    assert texts(items_for(cast.board, day)) == [MARKETS, MARRIAGE]
    assert texts(items_for(cast.union, day)) == [MARKETS, MARRIAGE]
    assert items_for(cast.committee, day) == []
    assert items_for(cast.board, date(2025, 6, 8)) == []
    PlanItem.objects.filter(text=MARKETS).update(cancelled_on=date(2026, 6, 1), cancel_reason="Thôi")
    assert texts(items_for(cast.board, day)) == [MARRIAGE]
    assert texts(items_for(cast.board, date(2026, 5, 31))) == [MARKETS, MARRIAGE]


def test_a_plan_that_is_not_issued_offers_nothing(cast):
    plans.plan(cast)
    assert items_for(cast.board, date(2026, 6, 8)) == []


def test_what_fits_title_and_content_stands_first(cast, issued):
    items = items_for(cast.board, date(2026, 6, 8))
    fitting, others = suggested(items, title="truyen thong chong tao hon", kind="", component="")
    assert (texts(fitting), texts(others)) == ([MARRIAGE], [MARKETS])
    assert suggested(items, title="", kind="", component="")[0] == []


def test_the_list_follows_what_is_typed(client, cast, issued):
    client.force_login(cast.officer)
    typed = {"title": "Phòng chống tảo hôn", "starts_on": "08/06/2026"}
    answer = client.get("/activities/items/", typed).text
    assert answer.index("Hợp với nội dung đang nhập") < answer.index("tảo hôn") < answer.index("chợ phiên")


def test_the_task_fills_the_form_and_is_shown_on_the_page(client, cast, issued):
    client.force_login(cast.officer)
    item = issued.items.get(text=MARRIAGE)
    form = client.get(f"{NEW}?item={item.uid}").context["entry"].form
    values = {name: form[name].value() for name in ("plan_item", "component", "kind", "partners")}
    assert values == {
        "plan_item": item.pk,
        "component": item.component_id,
        "kind": item.kind_id,
        "partners": [cast.union.pk],
    }
    assert client.post(NEW, sent(cast.commune, plan_item=item.pk)).status_code == 302
    activity = Activity.objects.get()
    assert activity.plan_item == item
    assert MARRIAGE in client.get(address("detail", activity)).text


def test_a_task_of_another_agency_is_not_taken(client, cast, issued):
    client.force_login(cast.stranger)
    item = issued.items.first()
    assert client.get(f"{NEW}?item={item.uid}").status_code == 404
    answer = client.post(NEW, sent(cast.far_commune, plan_item=item.pk))
    assert answer.status_code == 422
    assert [error["where"] for error in answer.context["entry"].errors] == ["id_plan_item"]


def test_a_form_that_does_not_speak_of_plans_changes_none(cast, issued):
    """A row of a sheet leaves the task as it is; the form of the page may clear it, even once the plan is over."""
    item = issued.items.first()
    activity = factories.activity(cast.board, cast.commune, plan_item=item)
    PlanItem.objects.filter(pk=item.pk).update(cancelled_on=date(2026, 1, 1), cancel_reason="Thôi")
    for changes, kept in (({}, item), ({"plan_item": item.pk}, item), ({"plan_item": ""}, None)):
        entry = ActivityEntry(sent(cast.commune, **changes), activity=Activity.objects.get(pk=activity.pk))
        assert entry.is_valid(), entry.errors
        assert entry.fill(FactState.RECORDED).plan_item == kept
