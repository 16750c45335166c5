"""Pages of money: who may see and write, what counts, and that nothing typed is lost."""

import uuid
from datetime import date

import pytest
from django.db.models import Sum
from django.urls import reverse

from coordination.models import User
from programs.enums import BudgetNature, FundingSource
from programs.forms.budget import cell_name
from programs.models import BudgetEntry
from programs.money import money_table
from tests import factories

pytestmark = pytest.mark.django_db

GRID, READINGS = reverse("programs:budget_grid"), reverse("programs:budget_readings")


@pytest.fixture
def content():
    return factories.component("T.1")


def entry(cast, content, amount, day, nature=BudgetNature.DISBURSED, **fields):
    values = {"component": content, "nature": nature, "amount_vnd": amount, "year": 2026}
    return factories.budget_entry(cast.board, cast.province, day, **values | fields)


def test_table_counts_decisions_and_the_latest_reading(cast, content):
    entry(cast, content, 900, date(2026, 1, 5), BudgetNature.ALLOCATED)
    entry(cast, content, 100, date(2026, 2, 5), BudgetNature.CARRIED_OVER)
    entry(cast, content, 200, date(2026, 3, 14))
    entry(cast, content, 400, date(2026, 6, 14))
    entry(cast, content, 999, date(2026, 6, 14), source=FundingSource.INTEGRATED)
    table = money_table(BudgetEntry.objects.all(), 2026, date(2026, 6, 30))
    total = table.total
    assert (total.allocated, total.carried_over, total.disbursed, total.rate) == (900, 100, 400, 40)
    assert [line.money.disbursed for line in table.integrated] == [999]
    earlier = money_table(BudgetEntry.objects.all(), 2026, date(2026, 3, 31)).total
    assert (earlier.disbursed, earlier.rate) == (200, 20)


def test_table_says_nothing_where_nobody_said_anything(cast, content):
    entry(cast, content, 900, date(2026, 1, 5), BudgetNature.ALLOCATED)
    total = money_table(BudgetEntry.objects.all(), 2026, date(2026, 6, 30)).total
    assert (total.carried_over, total.disbursed, total.rate) == (None, None, None)


@pytest.mark.parametrize(
    ("person", "seen"), [("officer", 1), ("leader", 1), ("chair", 1), ("partner", 0), ("stranger", 0), ("clerk", 1)]
)
def test_grid_shows_what_the_role_may_see(client, cast, content, person, seen):
    entry(cast, content, 900, date(2026, 1, 5), BudgetNature.ALLOCATED)
    client.force_login(getattr(cast, person))
    page = client.get(GRID, {"year": 2026, "day": "30/06/2026"})
    assert len(page.context["page"].object_list) == seen


def sent_readings(content, amount, **more):
    head = {"year": "2026", "day": "14/06/2026", "capital": "recurrent"}
    return head | {cell_name(content, FundingSource.CENTRAL): amount} | more


def test_readings_save_what_was_typed_and_only_that(client, cast, content):
    client.force_login(cast.officer)
    answer = client.post(READINGS, sent_readings(content, "1.500.000"))
    assert answer.status_code == 302
    saved = BudgetEntry.objects.get()
    assert (saved.amount_vnd, saved.counted_on, saved.nature, saved.owner) == (
        1_500_000,
        date(2026, 6, 14),
        BudgetNature.DISBURSED,
        cast.board,
    )
    assert saved.history.get().history_user == User.objects.get(pk=cast.officer.pk)


def test_the_two_kinds_of_capital_are_read_apart(client, cast, content):
    recurrent = entry(cast, content, 100, date(2026, 6, 14))
    client.force_login(cast.officer)
    address = f"{READINGS}?year=2026&day=14/06/2026&capital=investment"
    assert client.get(address).context["form"].stored == {}
    assert client.post(READINGS, sent_readings(content, "300", capital="investment")).status_code == 302
    assert [(row.capital, row.amount_vnd) for row in BudgetEntry.objects.order_by("pk")] == [
        ("recurrent", 100),
        ("investment", 300),
    ]
    assert client.get(f"{READINGS}?year=2026&day=14/06/2026").context["form"].stored == {
        (content.pk, FundingSource.CENTRAL): recurrent
    }


def test_an_agency_of_the_centre_has_no_place_to_enter_money_for(client):
    agency = factories.agency(factories.province("Quảng Thử"), "Vụ Thử nghiệm", "VTN")
    agency.unit = None
    agency.save()
    client.force_login(factories.member(agency))
    page = client.get(GRID)
    assert (page.status_code, page.context["may_add"]) == (200, False)
    decision = reverse("programs:budget_decision")
    assert [client.get(address).status_code for address in (READINGS, decision)] == [403, 403]


def test_readings_of_the_same_day_change_the_stored_one(client, cast, content):
    stored = entry(cast, content, 100, date(2026, 6, 14))
    client.force_login(cast.officer)
    name = cell_name(content, FundingSource.CENTRAL)
    sent = sent_readings(content, "300", **{f"{name}_version": stored.version})
    assert client.post(READINGS, sent).status_code == 302
    assert BudgetEntry.objects.get().amount_vnd == 300


def test_readings_from_an_old_page_overwrite_nothing(client, cast, content):
    stored = entry(cast, content, 100, date(2026, 6, 14))
    BudgetEntry.objects.filter(pk=stored.pk).update(version=2, amount_vnd=150)
    client.force_login(cast.officer)
    name = cell_name(content, FundingSource.CENTRAL)
    answer = client.post(READINGS, sent_readings(content, "300", **{f"{name}_version": 1}))
    assert answer.status_code == 409
    assert BudgetEntry.objects.get().amount_vnd == 150
    assert answer.context["form"][name].value() == "300"


def test_a_lower_reading_asks_first(client, cast, content):
    entry(cast, content, 500, date(2026, 3, 14))
    client.force_login(cast.officer)
    refused = client.post(READINGS, sent_readings(content, "400"))
    assert refused.status_code == 422
    assert "500" in str(refused.context["form"].errors)
    assert client.post(READINGS, sent_readings(content, "400", lower_is_right="on")).status_code == 302


def test_a_locked_reading_keeps_its_amount(client, cast, content):
    entry(cast, content, 100, date(2026, 6, 14), locked_at="2026-06-20T00:00:00Z")
    client.force_login(cast.officer)
    client.post(READINGS, sent_readings(content, "300"))
    assert BudgetEntry.objects.get().amount_vnd == 100


def decision(of, /, **more):
    return {
        "nature": "allocated",
        "content": of.pk,
        "source": "central",
        "capital": "recurrent",
        "year": "2026",
        "amount_vnd": "2.000.000",
        "counted_on": "05/01/2026",
        "note": "12/QĐ-UBND",
    } | more


def test_a_decision_sent_twice_is_one(client, cast, content):
    client.force_login(cast.officer)
    sent = decision(content, form_token=str(uuid.uuid4()))
    for _time in range(2):
        assert client.post(reverse("programs:budget_decision"), sent).status_code == 302
    assert BudgetEntry.objects.aggregate(all=Sum("amount_vnd"))["all"] == 2_000_000


@pytest.mark.parametrize(
    ("field", "typed"), [("amount_vnd", "-5"), ("amount_vnd", "hai"), ("counted_on", "31/02/2026"), ("content", "")]
)
def test_a_wrong_decision_is_refused_in_words(client, cast, content, field, typed):
    client.force_login(cast.officer)
    answer = client.post(reverse("programs:budget_decision"), decision(content, **{field: typed}))
    assert (answer.status_code, BudgetEntry.objects.count()) == (422, 0)
    assert field in answer.context["form"].errors


def test_a_decision_is_changed_by_its_owner_only(client, cast, content):
    row = entry(cast, content, 900, date(2026, 1, 5), BudgetNature.ALLOCATED)
    address = reverse("programs:budget_edit", args=[row.uid])
    client.force_login(cast.stranger)
    assert client.post(address, decision(content, version=1)).status_code == 404
    client.force_login(cast.officer)
    assert client.post(address, decision(content, version=1)).status_code == 302
    assert client.post(address, decision(content, version=1, amount_vnd="5")).status_code == 409
    row.refresh_from_db()
    assert row.amount_vnd == 2_000_000


@pytest.mark.parametrize("rows", [1, 3])
def test_grid_query_count(client, cast, content, rows, django_assert_num_queries):
    for number in range(rows):
        entry(cast, content, 900, date(2026, 1, 5 + number), BudgetNature.ALLOCATED)
    client.force_login(cast.officer)
    client.get(GRID)
    with django_assert_num_queries(10):
        page = client.get(GRID, {"year": 2026, "day": "30/06/2026"})
    assert len(page.context["page"].object_list) == rows


def test_a_locked_reading_is_mended_by_a_correction_that_counts_with_it(client, cast, content):
    stored = entry(cast, content, 500, date(2026, 6, 14), locked_at="2026-06-20T00:00:00Z")
    client.force_login(cast.officer)
    assert client.get(reverse("programs:budget_entry", args=[stored.uid])).status_code == 200
    address = reverse("programs:budget_entry_correct", args=[stored.uid])
    page = client.get(address)
    assert page.context["form"]["amount_vnd"].value() == "500"
    sent = {"amount_vnd": "450", "reason": "Ghi nhầm chứng từ", "after": "0", "form_token": str(uuid.uuid4())}
    for _time in range(2):
        assert client.post(address, sent).status_code == 302
    assert list(BudgetEntry.objects.order_by("pk").values_list("amount_vnd", flat=True)) == [500, -50]
    assert money_table(BudgetEntry.objects.all(), 2026, date(2026, 6, 30)).total.disbursed == 450
    client.force_login(cast.leader)
    assert client.get(address).status_code == 403
