"""Money as it is entered: nothing sent twice, nothing dropped, no day mistaken, succession followed."""

import itertools
import uuid
from datetime import date

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from coordination.enums import SuccessionExtent, SuccessionNature
from coordination.models import AgencySuccession, UnitSuccession
from programs.enums import BudgetNature, CapitalNature, ComponentKind, FundingSource
from programs.forms.budget import cell_name
from programs.models import BudgetEntry
from programs.money import money_table
from programs.views import budget_forms
from tests import factories
from tests.pages import Page
from tests.programs.sheet_files import checked, filled

pytestmark = pytest.mark.django_db

DECISION, READINGS = reverse("programs:budget_decision"), reverse("programs:budget_readings")
DAY = date(2026, 6, 14)


@pytest.fixture
def content():
    return factories.component("T.1")


@pytest.fixture
def officer(client, cast):
    client.force_login(cast.officer)
    return client


def entry(cast, content, amount, day=DAY, nature=BudgetNature.DISBURSED, **fields):
    values = {"component": content, "nature": nature, "amount_vnd": amount, "year": 2026, "unit": cast.province}
    values = {"owner": cast.board} | values | fields
    return factories.budget_entry(values.pop("owner"), values.pop("unit"), day, **values)


def decision(content, **changes):
    values = {"nature": "allocated", "content": content.pk, "source": "central", "capital": "recurrent"}
    values |= {"year": "2026", "amount_vnd": "2.000.000", "counted_on": "05/01/2026", "note": "12/QĐ-UBND"}
    return values | changes


def cells(content, **changes):
    name = cell_name(content, FundingSource.CENTRAL)
    head = {"year": "2026", "day": "14/06/2026", "capital": "recurrent"}
    return head | {name + key.removeprefix("paid"): value for key, value in changes.items()}


def cell(answer, content):
    return answer.context["form"][cell_name(content, FundingSource.CENTRAL)]


def amounts():
    return list(BudgetEntry.objects.order_by("pk").values_list("amount_vnd", flat=True))


# ---- decisions ----


def test_second_decision_from_the_same_form_is_not_dropped(officer, content):
    sent = decision(content, form_token=str(uuid.uuid4()))
    assert [officer.post(DECISION, sent).status_code for _click in range(2)] == [302, 302]
    other = officer.post(DECISION, sent | {"amount_vnd": "500.000", "note": "13/QĐ-UBND"})
    assert (other.status_code, amounts()) == (409, [2_000_000])
    assert reverse("programs:budget_entry", args=[BudgetEntry.objects.get().uid]) in other.text
    form = other.context["form"]
    assert (form["amount_vnd"].value(), form["note"].value()) == ("500.000", "13/QĐ-UBND")
    token = form["form_token"].value()
    assert token != sent["form_token"]
    assert officer.post(DECISION, sent | {"amount_vnd": "500.000", "form_token": token}).status_code == 302
    assert amounts() == [2_000_000, 500_000]


def test_decision_without_a_token_is_saved(officer, content):
    for amount in ("1.000", "2.000"):
        assert officer.post(DECISION, decision(content, amount_vnd=amount)).status_code == 302
    assert amounts() == [1000, 2000]


def test_two_people_change_a_decision_and_nothing_is_lost(officer, cast, content):
    row = entry(cast, content, 900, date(2026, 1, 5), BudgetNature.ALLOCATED)
    address = reverse("programs:budget_edit", args=[row.uid])
    assert officer.post(address, decision(content, version=1)).status_code == 302
    stale = officer.post(address, decision(content, version=1, amount_vnd="5"))
    assert stale.status_code == 409
    assert [(row.theirs, row.mine) for row in stale.context["theirs"]] == [("2.000.000", "5")]
    form = stale.context["form"]
    again = {name: form[name].value() or "" for name in form.fields}
    assert (officer.post(address, again).status_code, amounts()) == (302, [5])


def test_decision_frozen_meanwhile_says_so_and_keeps_what_was_typed(officer, cast, content):
    row = entry(cast, content, 900, date(2026, 1, 5), BudgetNature.ALLOCATED, locked_at=timezone.now())
    address = reverse("programs:budget_edit", args=[row.uid])
    assert officer.get(address).status_code == 302
    late = officer.post(address, decision(content, version=1, amount_vnd="5"))
    assert (late.status_code, late.context["form"]["amount_vnd"].value(), amounts()) == (409, "5", [900])
    assert "Chưa lưu: báo cáo có số này vừa được chốt" in late.text


def test_decision_changed_across_a_rearrangement_lies_in_the_place_of_its_day(officer, cast, content):
    before = factories.province("Quảng Cũ", valid_to=date(2025, 6, 30))
    type(cast.province).objects.filter(pk=cast.province.pk).update(valid_from=date(2025, 7, 1))
    UnitSuccession.objects.create(
        predecessor=before, successor=cast.province, on=date(2025, 7, 1),
        nature=SuccessionNature.MERGED, extent=SuccessionExtent.WHOLE,
    )  # fmt: skip
    row = entry(cast, content, 900, date(2026, 1, 5), BudgetNature.ALLOCATED)
    address = reverse("programs:budget_edit", args=[row.uid])
    sent = decision(content, version=1, year="2025", counted_on="30/6/2025")
    assert officer.post(address, sent).status_code == 302
    row.refresh_from_db()
    assert (row.counted_on, row.unit, row.province) == (date(2025, 6, 30), before, before)
    assert officer.post(DECISION, decision(content, year="2025", counted_on="29/6/2025")).status_code == 302
    assert BudgetEntry.objects.latest("pk").unit == before


# ---- the head of the grid ----


def test_mistyped_day_is_asked_back_and_no_grid_is_shown(officer, content):
    for typed, words in (("31/02/2026", "Không có ngày 31/2/2026"), ("30/12/2026", "Ngày này chưa đến")):
        with time_machine.travel(date(2026, 11, 23)):
            page = officer.get(READINGS, {"year": "2026", "day": typed})
        assert (page.status_code, page.context["form"]) == (200, None)
        assert words in page.text
        assert page.context["chosen"]["day"].value() == typed
        with time_machine.travel(date(2026, 11, 23)):
            sent = officer.post(READINGS, cells(content, paid="5") | {"day": typed})
        assert (sent.status_code, amounts()) == (422, [])


def test_year_day_and_capital_are_sent_along_with_the_cells(officer, cast, content):
    page = officer.get(READINGS, {"year": "2025", "day": "14/6/2025", "capital": "investment"})
    hidden = {one.attributes["name"]: one.attributes.get("value") for one in Page(page).all("input", type="hidden")}
    head = {name: hidden[name] for name in ("year", "day", "capital")}
    assert head == {"year": "2025", "day": "14/06/2025", "capital": "investment"}
    assert officer.post(READINGS, head | {cell_name(content, FundingSource.CENTRAL): "7"}).status_code == 302
    row = BudgetEntry.objects.get()
    assert (row.year, row.counted_on, row.capital, row.amount_vnd) == (2025, date(2025, 6, 14), "investment", 7)
    assert officer.post(READINGS, {cell_name(content, FundingSource.CENTRAL): "8"}).status_code == 422
    shown = officer.get(reverse("programs:budget_entry", args=[row.uid]))
    assert "day=14/06/2025&amp;capital=investment" in shown.text


# ---- the cells ----


def test_cleared_cell_asks_for_the_right_number(officer, cast, content):
    entry(cast, content, 100)
    refused = officer.post(READINGS, cells(content, paid="", paid_version="1"))
    assert (refused.status_code, amounts()) == (422, [100])
    assert cell(refused, content).errors == ["Ngày này đã có số: ghi số đúng, không xóa trống."]
    said_nothing = officer.post(READINGS, cells(content, paid="", paid_version=""), follow=True)
    assert "Không có gì thay đổi" in said_nothing.text


def test_cell_of_somebody_else_is_told_and_replaced_knowingly(officer, cast, content):
    stored = entry(cast, content, 100)
    BudgetEntry.objects.filter(pk=stored.pk).update(version=2, amount_vnd=150)
    answer = officer.post(READINGS, cells(content, paid="300", paid_version="1"))
    assert (answer.status_code, cell(answer, content).value()) == (409, "300")
    assert "Người khác vừa ghi 150" in answer.text
    version = answer.context["form"][f"{cell(answer, content).name}_version"].value()
    assert officer.post(READINGS, cells(content, paid="300", paid_version=version)).status_code == 302
    assert amounts() == [300]


def test_cell_frozen_meanwhile_keeps_what_was_typed(officer, cast, content):
    entry(cast, content, 100, locked_at=timezone.now())
    late = officer.post(READINGS, cells(content, paid="300", paid_version="1"))
    assert (late.status_code, cell(late, content).value(), amounts()) == (409, "300", [100])
    assert "đã chốt" in str(cell(late, content).errors)


@pytest.mark.parametrize("meanwhile", ["saved", "frozen", "first"])
def test_what_happens_between_look_and_writing_is_told_by_cell(officer, cast, content, monkeypatch, meanwhile):
    if meanwhile != "first":
        entry(cast, content, 100)
    save = budget_forms.save_facts

    def late(**records):
        monkeypatch.setattr(budget_forms, "save_facts", save)
        if meanwhile == "first":
            entry(cast, content, 150)
        else:
            values = {"saved": {"version": 2, "amount_vnd": 150}, "frozen": {"locked_at": timezone.now()}}
            BudgetEntry.objects.update(**values[meanwhile])
        return save(**records)

    monkeypatch.setattr(budget_forms, "save_facts", late)
    seen = "" if meanwhile == "first" else "1"
    answer = officer.post(READINGS, cells(content, paid="300", paid_version=seen))
    assert (answer.status_code, cell(answer, content).value()) == (409, "300")
    assert ("đã chốt" if meanwhile == "frozen" else "Người khác vừa ghi 150") in str(cell(answer, content).errors)
    assert amounts() == [100 if meanwhile == "frozen" else 150]


def test_lower_number_that_stands_there_already_is_not_asked_about_again(officer, cast, content):
    other = factories.component("T.2")
    entry(cast, content, 500, date(2026, 3, 14))
    entry(cast, content, 400)
    sent = cells(content, paid="400", paid_version="1") | {cell_name(other, FundingSource.CENTRAL): "7"}
    assert (officer.post(READINGS, sent).status_code, amounts()) == (302, [500, 400, 7])


def test_readings_of_the_agency_before_are_its_own(officer, cast, content):
    before = factories.agency(cast.province, "Ban Dân tộc", "BDT")
    AgencySuccession.objects.create(
        predecessor=before, successor=cast.board, on=date(2026, 3, 1), nature=SuccessionNature.MERGED
    )
    entry(cast, content, 500, date(2026, 2, 14), owner=before)
    refused = officer.post(READINGS, cells(content, paid="400"))
    assert (refused.status_code, amounts()) == (422, [500])
    assert "500" in str(cell(refused, content).errors)


# ---- what counts ----


@pytest.mark.parametrize("steps", [1, 2])
def test_reading_of_whoever_succeeded_replaces_the_earlier_one(cast, content, steps):
    """Ban Dân tộc, from 1 March 2025 Sở Dân tộc và Tôn giáo, from 1 July that of the merged province."""
    chain = [factories.agency(cast.province, f"Ban {number}", f"B{number}") for number in range(steps)] + [cast.board]
    for number, (before, after) in enumerate(itertools.pairwise(chain)):
        AgencySuccession.objects.create(
            predecessor=before, successor=after, on=date(2026, 3 + number, 1), nature=SuccessionNature.MERGED
        )
    entry(cast, content, 500, date(2026, 2, 14), owner=chain[0])
    entry(cast, content, 700)
    assert money_table(BudgetEntry.objects.all(), 2026, date(2026, 6, 30)).total.disbursed == 700


def of_sheet(of, nature, **cells):
    labels = {"nature": nature, "source": FundingSource.CENTRAL, "capital": CapitalNature.RECURRENT}
    row = {name: str(choice.label) for name, choice in labels.items()}
    return row | {"content": f"{of.code} {of.short_name}", "year": 2026, "amount_vnd": 5, "counted_on": DAY} | cells


def test_money_of_what_is_no_content_is_shown_and_not_entered(officer, cast, content):
    project = factories.component("DA8", kind=ComponentKind.PROJECT, content=None)
    entry(cast, project, 900, nature=BudgetNature.ALLOCATED)
    grid = officer.get(reverse("programs:budget_grid"), {"year": "2026", "day": "30/06/2026"})
    assert (grid.status_code, grid.context["table"].total.allocated) == (200, 900)
    refused = officer.post(DECISION, decision(project))
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["content"])
    row = of_sheet(project, BudgetNature.ALLOCATED)
    problems = checked("budget", filled("budget", [row]), cast.officer).problems
    assert [problem.key for problem in problems] == ["content"]


def test_sheet_refuses_disbursements_ahead(cast, content):
    row = of_sheet(content, BudgetNature.DISBURSED, counted_on=date(2026, 6, 30))
    with time_machine.travel(date(2026, 6, 16), tick=False):
        problems = checked("budget", filled("budget", [row]), cast.officer).problems
    assert [(problem.key, problem.message) for problem in problems] == [
        ("counted_on", "Ngày này chưa đến. Hãy nhập khi đã đến ngày.")
    ]
