"""The grid of money on any day: planned beside given and spent; every number opens the records it is made of."""

import re
from datetime import date, datetime, time, timedelta
from html import unescape

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coordination.enums import DocumentState
from programs.enums import BudgetNature, CapitalNature, FundingSource, PlanChangeNature
from programs.forms.budget import cell_name
from programs.models import BudgetEntry, FundingLine, PlanChange, PlanItem
from programs.money import Money, money_table
from programs.planned_money import planned_lines
from tests import factories
from tests.pages import Page
from tests.programs.plans import line, plan
from tests.programs.sheet_files import grid_of

pytestmark = pytest.mark.django_db

GRID, NUMBER, READINGS = (reverse(f"programs:budget_{name}") for name in ("grid", "number", "readings"))
ISSUED, DAY = date(2026, 1, 20), date(2026, 6, 30)
AT = {"year": "2026", "day": "30/06/2026"}
OF_CARDS = re.compile(r'href="(/budget/numbers/\?[^"]+)"[^>]*>([^<]+)</a>')


@pytest.fixture
def content():
    return factories.component("T.1")


def entry(cast, content, amount, day=date(2026, 1, 5), nature=BudgetNature.ALLOCATED, **fields):
    values = {"component": content, "nature": nature, "amount_vnd": amount, "year": 2026}
    return factories.budget_entry(cast.board, cast.province, day, **values | fields)


def issued_plan(cast, *items, issued_on=ISSUED):
    made = plan(cast, items=list(items))
    made.document.state, made.document.issued_on, made.document.number = DocumentState.ISSUED, issued_on, "12"
    made.document.save()
    return made


def paid(cast, content, funding, **fields):
    return line(cast, component=content, funding=funding, **fields)


def planned(day=DAY, year=2026):
    return {(row.item.text, row.source): row.amount_vnd for row in planned_lines(PlanItem.objects.all(), year, day)}


# ---- what plans say ----


def test_planned_counts_issued_plans_of_the_year_from_their_day(cast, content):
    made = issued_plan(cast, paid(cast, content, {"central": 400, "integrated": 90}, text="Tập huấn"))
    both = {("Tập huấn", "central"): 400, ("Tập huấn", "integrated"): 90}
    assert [planned(day) for day in (ISSUED, ISSUED - timedelta(1))] == [both, {}]
    assert planned(year=2025) == {}
    made.document.state = DocumentState.AGREED
    made.document.save()
    assert planned() == {}


def test_a_task_cancelled_or_added_later_counts_on_its_days_only(cast, content):
    made = issued_plan(cast, *(paid(cast, content, {"local": 7}, text=text) for text in ("Bỏ", "Thêm", "Giữ")))
    gone, fresh, _kept = made.items.order_by("position")
    PlanItem.objects.filter(pk=gone.pk).update(cancelled_on=date(2026, 5, 1), cancel_reason="Trùng")
    change(cast, fresh, PlanChangeNature.ADDED, date(2026, 4, 1))
    texts = [
        sorted(text for text, _source in planned(day))
        for day in (date(2026, 3, 31), date(2026, 4, 1), date(2026, 5, 1))
    ]
    assert texts == [["Bỏ", "Giữ"], ["Bỏ", "Giữ", "Thêm"], ["Giữ", "Thêm"]]


def change(cast, item, nature, day):
    at = timezone.make_aware(datetime.combine(day, time(9)))
    PlanChange.objects.create(
        plan=item.plan, item=item, nature=nature, reason="Lý do",
        changed_by=cast.officer, acting_for=cast.board, changed_at=at,
    )  # fmt: skip


def test_an_amount_changed_later_is_what_it_was_on_the_day(cast, content):
    with time_machine.travel("2026-01-10T03:00:00Z"):
        made = issued_plan(cast, paid(cast, content, {"central": 100, "local": 30}, text="Tập huấn"))
    item = made.items.get()
    with time_machine.travel("2026-05-04T03:00:00Z"):
        row = FundingLine.objects.get(item=item, source="central")
        row.amount_vnd = 250
        row.save()
        FundingLine.objects.get(item=item, source="local").delete()
        change(cast, item, PlanChangeNature.CHANGED, date(2026, 5, 4))
    found = [{source: amount for (_text, source), amount in planned(day).items()} for day in DAYS_AROUND]
    assert found == [{"central": 100, "local": 30}, {"central": 250}]


DAYS_AROUND = (date(2026, 5, 3), date(2026, 5, 4))


def test_a_plan_entered_after_the_day_stands_as_it_is(cast, content):
    made = issued_plan(cast, paid(cast, content, {"central": 100}, text="Nhập sau"), issued_on=date(2025, 1, 15))
    change(cast, made.items.get(), PlanChangeNature.CHANGED, timezone.localdate())
    assert planned(date(2025, 3, 1)) == {("Nhập sau", "central"): 100}


# ---- the table ----


def test_table_by_content_source_and_kind_of_capital(cast, content):
    other = factories.component("T.2")
    issued_plan(cast, paid(cast, content, {"central": 500, "integrated": 80}))
    entry(cast, content, 400)
    entry(cast, content, 100, capital=CapitalNature.INVESTMENT)
    entry(cast, content, 50, source=FundingSource.LOCAL, nature=BudgetNature.CARRIED_OVER)
    entry(cast, content, 220, DAY, BudgetNature.DISBURSED)
    entry(cast, other, 70)
    entry(cast, other, 999, source=FundingSource.INTEGRATED)
    table = money_table(BudgetEntry.objects.all(), 2026, DAY, planned_lines(PlanItem.objects.all(), 2026, DAY))
    assert table.total == Money(planned=500, allocated=570, carried_over=50, disbursed=220)
    assert table.total.rate == pytest.approx(220 * 100 / 620)
    rows = [
        (row.content.code, row.source.value, row.money.allocated) for group in table.contents for row in group.lines
    ]
    assert rows == [("T.1", "central", 500), ("T.1", "local", None), ("T.2", "central", 70)]
    assert [(row.source.value, row.money.at_hand) for row in table.by_source] == [("central", 570), ("local", 50)]
    kinds = [(row.capital.value, row.money.allocated, row.money.planned) for row in table.by_capital]
    assert kinds == [("recurrent", 470, None), ("investment", 100, None)]
    assert [(row.money.planned, row.money.allocated) for row in table.integrated] == [(80, None), (None, 999)]


AMOUNTS = st.lists(
    st.tuples(
        st.sampled_from(["T.1", "T.2", "T.3"]),
        st.sampled_from(FundingSource.values),
        st.sampled_from(CapitalNature.values),
        st.sampled_from([BudgetNature.ALLOCATED.value, BudgetNature.CARRIED_OVER.value]),
        st.integers(1, 10**12),
    ),
    max_size=12,
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=AMOUNTS)
def test_each_way_to_divide_adds_up_to_the_same_total(cast, rows):
    BudgetEntry.objects.all().delete()
    for code, source, capital, nature, amount in rows:
        entry(cast, factories.component(code), amount, source=source, capital=capital, nature=nature)
    table = money_table(BudgetEntry.objects.all(), 2026, DAY)
    own = sum(amount for _code, source, _capital, _nature, amount in rows if source in FundingSource.own())
    every = sum(amount for *_key, amount in rows)
    for lines in ([group.whole for group in table.contents], table.by_source, table.by_capital, [table.whole]):
        assert sum(row.money.at_hand or 0 for row in lines) == own
    assert own + sum(row.money.at_hand or 0 for row in table.integrated) == every


# ---- the page ----


@pytest.fixture
def filled(cast, content):
    """Something in every column, two readings of which one counts, and a correction."""
    issued_plan(cast, paid(cast, content, {"central": 500_000_000, "integrated": 80_000_000}, text="Tập huấn"))
    entry(cast, content, 400_000_000)
    entry(cast, content, 100_000_000, capital=CapitalNature.INVESTMENT)
    entry(cast, content, 50_000_000, source=FundingSource.LOCAL, nature=BudgetNature.CARRIED_OVER)
    entry(cast, content, 90_000_000, date(2026, 3, 14), BudgetNature.DISBURSED)
    last = entry(cast, content, 220_000_000, date(2026, 6, 14), BudgetNature.DISBURSED)
    entry(cast, content, -20_000_000, date(2026, 6, 20), BudgetNature.DISBURSED, corrects=last, reason="Ghi nhầm")
    entry(cast, factories.component("T.2"), 999_000_000, source=FundingSource.INTEGRATED)


@pytest.mark.parametrize("person", ["officer", "leader"])
def test_every_printed_number_opens_records_that_add_up_to_it(client, cast, filled, person):
    """Who only reads sees the same."""
    client.force_login(getattr(cast, person))
    page = client.get(GRID, AT)
    links = {(unescape(address), words.strip()) for address, words in OF_CARDS.findall(page.text)}
    printed = len({address for address, _words in links})
    assert printed == len(links) == 27  # each address prints one number
    for address, words in links:
        answer = client.get(address)
        sums = dict(answer.context["sums"])
        if "what=rate" in address:
            spent = sums.pop(BudgetNature.DISBURSED.label)
            assert words == f"{spent * 100 / sum(sums.values()):.1f}%".replace(".", ",")
            assert words in Page(answer).one("dl").text
            continue
        listed = sum(row.amount_vnd for row in answer.context["page"].object_list)
        assert [listed] == list(sums.values())
        assert words == f"{listed / 1_000_000:.1f}".replace(".", ",")


def test_one_kind_of_capital_alone(client, cast, filled):
    client.force_login(cast.officer)
    page = client.get(GRID, AT | {"capital": "investment"})
    assert page.context["table"].total == Money(allocated=100_000_000)
    assert [row.capital for row in page.context["page"].object_list] == ["investment"]
    shown = [(words, current) for words, _query, current in page.context["kinds"]]
    assert [current for _words, current in shown] == [False, False, True]
    number = client.get(NUMBER, AT | {"capital": "investment", "source": "own", "what": "planned"})
    assert (list(number.context["page"].object_list), number.context["sums"][0][1]) == ([], 0)


@pytest.mark.parametrize("known", [{}, {"allocated": 0}, {"carried_over": 0}, {"allocated": 0, "carried_over": 0}])
def test_nothing_at_hand_has_no_rate(client, cast, content, known):
    for nature, amount in known.items():
        entry(cast, content, amount, nature=nature)
    entry(cast, content, 10_000_000, nature=BudgetNature.DISBURSED)
    client.force_login(cast.officer)
    assert client.get(GRID, AT).context["table"].total.rate is None
    answer = client.get(NUMBER, AT | {"source": "own", "what": "rate"})
    assert (answer.status_code, answer.context["rate"], "%" in Page(answer).one("dl").text) == (200, None, False)


@pytest.mark.parametrize(
    "address", [{}, {"what": "allocated"}, {"what": "gold", "source": "own"}, {"what": "rate", "source": "moon"}]
)
def test_an_address_no_number_has_is_not_found(client, cast, address):
    client.force_login(cast.officer)
    assert client.get(NUMBER, address).status_code == 404


@pytest.mark.parametrize("person", ["stranger", "partner"])
def test_money_of_others_is_in_no_number(client, cast, filled, person):
    client.force_login(getattr(cast, person))
    assert client.get(GRID, AT).context["table"].total == Money()
    assert client.get(NUMBER, AT | {"source": "own", "what": "allocated"}).context["sums"] == []


def test_number_is_taken_as_excel_with_its_filters(client, cast, filled, content):
    client.force_login(cast.officer)
    sums = {}
    for what, column in (("planned", 3), ("disbursed", 6)):
        address = AT | {"source": "own", "content": content.pk, "what": what}
        cells = grid_of(client.get(reverse("programs:budget_number_export"), address).content)
        at = next(number for number, row in enumerate(cells) if "Số tiền (đồng)" in row)
        assert cells[at][column] == "Số tiền (đồng)"
        assert "Nội dung T.1" in " ".join(str(cell) for row in cells[:at] for cell in row)
        sums[what] = sum(row[column] for row in cells[at + 1 :])
    assert sums == {"planned": 500_000_000, "disbursed": 200_000_000}


def test_money_below_zero_is_refused_in_words(client, cast, content):
    client.force_login(cast.officer)
    name = cell_name(content, FundingSource.CENTRAL)
    answer = client.post(READINGS, {"year": "2026", "day": "14/06/2026", name: "-5"})
    form = answer.context["form"]
    assert (answer.status_code, form[name].value(), BudgetEntry.objects.count()) == (422, "-5", 0)
    assert form.errors[name] == ["Ghi từ 0 trở lên."]


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_query_counts(client, cast, content, rows):
    issued_plan(cast, *(paid(cast, content, {"central": 5}, text=f"Việc {at}") for at in range(min(rows, 30))))
    for at in range(rows):
        entry(cast, content, 900 + at)
    client.force_login(cast.officer)
    counts = []
    for query in ({}, {"source": "own", "what": "planned"}, {"source": "own", "what": "allocated"}):
        address = NUMBER if query else GRID
        client.get(address, AT | query)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address, AT | query).status_code == 200
        counts.append(len(asked))
    assert counts == [12, 8, 8]
