"""Pages of annual plans: what they show, what they save, what they refuse; the same number of queries however long."""

from datetime import date
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from coordination.enums import DocumentState
from programs.enums import FundingSource, PartAnswer
from programs.forms.plan_item_page import Window, days_of, window_of
from programs.models import AnnualPlan, Difficulty, PlanItem
from tests import factories
from tests.constraints import changed
from tests.programs import plans

pytestmark = pytest.mark.django_db
TODAY = date(2026, 1, 6)
LIST, DETAIL = 14, 29  # queries


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel(TODAY, tick=False):
        yield


def signed_in(client, person):
    client.force_login(person)
    return client


def url(name, record, *more):
    return reverse(f"programs:{name}", args=[record.uid, *more])


def sent(item, **values):
    """The form of an item as it stands, with `values` typed over it."""
    first = {
        "uid": item.uid,
        "version": item.version,
        "text": item.text,
        "component": item.component_id,
        "lead": item.lead_id,
        "partners": [part.agency_id for part in item.parts.all()],
        "measure": item.measure,
        "quantity": item.quantity,
        "kind": item.kind_id or "",
        "window": "year",
    }
    return first | values


# ---- the list and one plan ----


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_the_list_asks_the_same_however_long(client, cast, rows, django_assert_num_queries):
    made = plans.plan(cast)
    documents = [factories.document(cast.board, subject=f"Kế hoạch {n}") for n in range(rows - 1)]
    AnnualPlan.objects.bulk_create(
        AnnualPlan(document=document, agency=cast.board, year=2025, uid=uuid4()) for document in documents
    )
    signed_in(client, cast.officer).get("/plans/")
    with django_assert_num_queries(LIST):
        answer = client.get("/plans/")
    assert answer.context["sums"]["rows"] == rows
    assert made.document.subject in answer.text


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_one_plan_asks_the_same_however_many_items(client, cast, rows, django_assert_num_queries):
    made = plans.plan(cast)
    item = made.items.get()
    PlanItem.objects.bulk_create(
        PlanItem(
            plan=made,
            key=f"k-{number}",
            position=number,
            text=f"Việc {number}",
            lead=cast.board,
            component=item.component,
            starts_on=plans.FIRST,
            ends_on=plans.LAST,
            uid=uuid4(),
        )
        for number in range(2, rows + 1)
    )
    signed_in(client, cast.officer).get(url("plan_detail", made))
    with django_assert_num_queries(DETAIL):
        answer = client.get(url("plan_detail", made))
    assert len(answer.context["rows"]) == rows


def test_the_table_says_who_leads_how_far_it_is_and_what_it_costs(client, cast):
    money = {FundingSource.CENTRAL: 220_000_000, FundingSource.INTEGRATED: 40_000_000}
    made = plans.plan(cast, items=[plans.line(cast, funding=money), plans.line(cast, "Kiểm tra", lead=cast.union)])
    answer = signed_in(client, cast.officer).get(url("plan_detail", made))
    assert "<b>Sở Dân tộc và Tôn giáo</b>" in answer.text
    assert "<b>Hội LHPN tỉnh</b>" not in answer.text
    assert "Cộng, 1/2 nhiệm vụ có kinh phí" in answer.text
    money = answer.context["money"]
    assert (money.own, money.integrated, money.stated) == (220_000_000, 40_000_000, 1)
    assert "0/4 · 0%" in answer.text


@pytest.mark.parametrize("view", ["table", "agency", "month", "waiting"])
def test_every_view_of_the_items_opens(client, cast, view):
    stage = plans.in_review(cast)
    answer = signed_in(client, cast.officer).get(url("plan_detail", stage.plan), {"view": view})
    assert answer.context["shown"] == view
    assert "Truyền thông tại 20 xã" in answer.text


def test_the_parties_see_a_draft_only_once_it_is_put_to_them(client, cast):
    made = plans.plan(cast)
    assert signed_in(client, cast.partner).get(url("plan_detail", made)).status_code == 404
    stage = plans.in_review(cast)
    assert client.get(url("plan_detail", stage.plan)).status_code == 200


# ---- from proposals ----


def start(form, **values):
    names = ("form_token", "kind", "subject", "agencies", "clauses", "items", "assignments")
    return {name: form[name].value() for name in names} | values


def test_a_plan_is_made_of_the_clauses_ticked(client, cast):
    factories.component()
    plans.plan_kind()
    agreement = plans.clauses(cast)
    changed(agreement.document, state=DocumentState.ISSUED, number="123", issued_on=date(2026, 1, 2))()
    address = f"/plans/new/?year=2026&agreement={agreement.uid}"
    answer = signed_in(client, cast.officer).get(address)
    form = answer.context["form"]
    assert form["clauses"].value() == [clause.pk for clause in form.found.clauses]
    first = form.found.clauses[0]
    done = client.post(address, start(form, clauses=[first.pk]))
    made = AnnualPlan.objects.get()
    assert done.url == url("plan_detail", made)
    assert [item.clause for item in made.items.all()] == [first]
    assert client.post(address, start(form, clauses=[first.pk])).url == done.url
    assert AnnualPlan.objects.count() == 1


def test_an_unfinished_item_is_carried_over_only_with_a_reason(client, cast):
    before = plans.issued(cast)
    item = before.items.get()
    address = "/plans/new/?year=2027"
    form = signed_in(client, cast.officer).get(address).context["form"]
    assert form["items"].value() == [item.pk]
    refused = client.post(address, start(form))
    assert refused.status_code == 422
    assert refused.context["form"].errors == {f"reason_{item.pk}": ["Hãy ghi lý do chuyển sang năm sau."]}
    client.post(address, start(form, **{f"reason_{item.pk}": "Thiếu kinh phí"}))
    made = AnnualPlan.objects.get(year=2027)
    carried = made.items.get()
    assert (carried.carried_from, carried.carried_reason, made.continues) == (item, "Thiếu kinh phí", before)


# ---- one item ----


@pytest.mark.parametrize(
    ("first", "last", "window"),
    [
        (date(2026, 1, 1), date(2026, 12, 31), "year"),
        (date(2026, 4, 1), date(2026, 6, 30), "q2"),
        (date(2026, 2, 1), date(2026, 2, 28), "months"),
        (date(2026, 3, 1), date(2026, 11, 30), "months"),
        (date(2026, 11, 15), date(2026, 12, 15), "days"),
        (date(2026, 12, 1), date(2027, 1, 31), "days"),
    ],
)
def test_a_window_is_read_back_as_it_was_written(first, last, window):
    values = window_of(first, last, 2026)
    assert values["window"] == window
    if window != Window.DAYS:
        assert days_of(window, 2026, values.get("first_month"), values.get("last_month")) == (first, last)
    else:
        assert (values["starts_on"], values["ends_on"]) == (first, last)


def test_an_item_is_written_with_window_money_and_partners(client, cast):
    made = plans.plan(cast)
    values = sent(made.items.get(), uid=uuid4(), text="Tập huấn", window="q2", money_central="20.000.000")
    answer = signed_in(client, cast.officer).post(url("item_create", made), values | {"version": ""})
    item = made.items.get(text="Tập huấn")
    assert answer.url == url("item_detail", item)
    assert (item.starts_on, item.ends_on) == (date(2026, 4, 1), date(2026, 6, 30))
    assert [line.amount_vnd for line in item.funding.all()] == [20_000_000]
    assert [part.agency for part in item.parts.all()] == [cast.union]


def test_what_is_wrong_is_said_at_its_field_and_kept(client, cast):
    item = plans.plan(cast).items.get()
    values = sent(item, window="months", first_month="9", last_month="3", quantity="", text="Sửa dở")
    answer = signed_in(client, cast.officer).post(url("item_edit", item), values)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"last_month", "quantity"}
    assert "Sửa dở" in answer.text


def test_a_stale_edit_shows_both_and_loses_nothing(client, cast):
    item = plans.plan(cast).items.get()
    old = sent(item, text="Của tôi")
    plans.edit(cast, item, text="Của người khác")
    answer = signed_in(client, cast.officer).post(url("item_edit", item), old)
    assert answer.status_code == 409
    assert [(row.theirs, row.mine) for row in answer.context["theirs"]] == [("Của người khác", "Của tôi")]
    again = sent(item, text="Của tôi", version=answer.context["form"]["version"].value())
    assert client.post(url("item_edit", item), again).status_code == 302
    item.refresh_from_db()
    assert item.text == "Của tôi"


def test_an_issued_item_changes_only_with_a_reason(client, cast):
    item = plans.issued(cast).items.get()
    answer = signed_in(client, cast.officer).post(url("item_edit", item), sent(item, quantity=6))
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"reason"})
    client.post(url("item_edit", item), sent(item, quantity=6, reason="Thêm hai xã"))
    item.refresh_from_db()
    assert (item.quantity, item.changes.get().reason) == (6, "Thêm hai xã")


def test_an_item_leaves_a_draft_and_is_cancelled_once_issued(client, cast):
    item = plans.plan(cast).items.get()
    signed_in(client, cast.officer).post(url("item_remove", item), {"version": item.version})
    assert not PlanItem.objects.filter(pk=item.pk).exists()
    item = plans.issued(cast).items.get()
    assert client.post(url("item_remove", item), {"version": item.version}).status_code == 422
    client.post(url("item_remove", item), {"version": item.version, "reason": "Hết kinh phí"})
    item.refresh_from_db()
    assert (item.cancelled_on, item.cancel_reason) == (TODAY, "Hết kinh phí")


def test_a_partner_takes_its_part_or_says_what_should_change(client, cast):
    item = plans.in_review(cast).plan.items.get()
    page = signed_in(client, cast.partner)
    assert page.get(url("item_detail", item)).context["answer_form"] is not None
    refused = page.post(url("item_answer", item), {"answer": "asks", "version": item.version})
    assert (refused.status_code, set(refused.context["form"].errors)) == (422, {"text"})
    page.post(url("item_answer", item), {"answer": "accepts", "version": item.version})
    assert item.parts.get().answer == PartAnswer.ACCEPTS
    late = page.post(url("item_answer", item), {"answer": "asks", "text": "Thêm xã", "version": item.version + 5})
    assert late.status_code == 409
    assert item.parts.get().answer == PartAnswer.ACCEPTS


def test_a_difficulty_is_noted_once_and_solved(client, cast):
    item = plans.issued(cast).items.get()
    values = {"text": "Thiếu báo cáo viên", "noted_on": "06/01/2026", "form_token": uuid4()}
    page = signed_in(client, cast.partner)
    for _time in range(2):
        page.post(url("difficulty_add", item), values)
    noted = Difficulty.objects.get()
    solved = {"text": noted.text, "noted_on": "06/01/2026", "version": noted.version}
    wrong = page.post(url("difficulty_edit", noted), solved | {"solved_on": "05/01/2026"})
    assert (wrong.status_code, set(wrong.context["form"].errors)) == (422, {"solved_on"})
    page.post(url("difficulty_edit", noted), solved | {"solved_on": "07/01/2026", "solution": "Mời thêm"})
    noted.refresh_from_db()
    assert (noted.solved_on, noted.solution) == (date(2026, 1, 7), "Mời thêm")


# ---- text, order, clauses by year ----


def test_the_text_is_written_and_only_what_differs_is_saved(client, cast):
    made = plans.plan(cast)
    page = signed_in(client, cast.officer)
    form = page.get(url("plan_text", made)).context["form"]
    values = {name: form[name].value() or "" for name in form.fields}
    section = made.document.sections.get(key="purpose")
    values |= {f"section_{section.pk}": "Phối hợp chặt chẽ.", "recipients": "Lưu: VT\nUBND tỉnh", "opening": "Mở đầu"}
    assert page.post(url("plan_text", made), values).status_code == 302
    made.refresh_from_db()
    section.refresh_from_db()
    assert (made.opening, section.text) == ("Mở đầu", "Phối hợp chặt chẽ.")
    assert [row.text for row in made.document.recipients.order_by("position")] == ["UBND tỉnh", "Lưu: VT"]
    assert made.document.links.count() == 0
    stale = page.post(url("plan_text", made), values)
    assert stale.status_code == 409


def test_items_take_the_places_written(client, cast):
    component = factories.component()
    lines = [plans.line(cast, text, component=component) for text in ("Một", "Hai", "Ba")]
    made = plans.plan(cast, items=lines)
    page = signed_in(client, cast.officer)
    form = page.get(url("plan_order", made)).context["form"]
    values = {"version": made.version} | {f"place_{item.pk}": 9 - place for place, item in enumerate(form.items)}
    page.post(url("plan_order", made), values)
    assert [item.text for item in made.items.order_by("position")] == ["Ba", "Hai", "Một"]


def test_clauses_by_year_show_what_no_plan_takes_up(client, cast):
    agreement = plans.clauses(cast)
    answer = signed_in(client, cast.officer).get(url("agreement_coverage", agreement))
    rows = answer.context["coverage"].rows
    assert len(rows) == 2
    assert answer.context["gaps"] == sum(cell.state == "nothing" for row in rows for cell in row.cells) > 0
