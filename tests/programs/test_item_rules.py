"""The page and the sheet judge an item of a plan alike: the same values wrong, in the same words."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from coordination.models import AdministrativeUnit
from coordination.sheets.declared import Found
from programs.models import OutputKind, PlanItem
from tests import factories
from tests.programs import plans
from tests.programs.sheet_files import checked, exported, filled, rows_of, written

pytestmark = pytest.mark.django_db
TODAY = date(2026, 1, 6)
# What is typed, by field, and the fields that have to be mended.
WRONG = {
    "no text": ({"text": ""}, {"text"}),
    "no content": ({"component": ""}, {"component"}),
    "an unknown content": ({"component": "Không có"}, {"component"}),
    "nobody leads": ({"lead": ""}, {"lead"}),
    "an unknown lead": ({"lead": "Không có"}, {"lead"}),
    "no first day": ({"starts_on": ""}, {"starts_on"}),
    "no last day": ({"ends_on": ""}, {"ends_on"}),
    "no day at all": ({"ends_on": "31/02/2026"}, {"ends_on"}),
    "days out of order": ({"starts_on": "10/03/2026", "ends_on": "09/03/2026"}, {"ends_on"}),
    "another year": ({"starts_on": "01/12/2025", "ends_on": "31/01/2026"}, {"starts_on"}),
    "a number of nothing": ({"measure": "", "quantity": "4"}, {"measure"}),
    "something without number": ({"quantity": ""}, {"quantity"}),
    "none of something": ({"quantity": "0"}, {"quantity"}),
    "part of one": ({"quantity": "1,5"}, {"quantity"}),
    "an unknown measure": ({"measure": "Con"}, {"measure"}),
    "a product that is not named": ({"measure": "output"}, {"output_kind"}),
    "a model that is not named": ({"measure": "models"}, {"model_kind"}),
    "a product nobody counts": ({"output_kind": "BR"}, {"output_kind"}),
    "more than all women": ({"women_percent": "101"}, {"women_percent"}),
    "more than all minorities": ({"minority_percent": "101"}, {"minority_percent"}),
    "a share below zero": ({"women_percent": "-1"}, {"women_percent"}),
    "money below zero": ({"money_local": "-1"}, {"money_local"}),
    "more money than there is": ({"money_central": "9" * 19}, {"money_central"}),
    "a place nobody knows": ({"units": "Xã Không Có"}, {"units"}),
    "a long counting word": ({"counting_word": "b" * 31}, {"counting_word"}),
}


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def item(cast):
    made = plans.plan(cast).items.get()
    OutputKind.objects.create(code="BR", name="Băng rôn", word="chiếc")
    return made


def of_the_page(client, cast, item, typed):
    """Messages by field."""
    form = {
        "uid": item.uid, "version": item.version, "text": item.text, "component": item.component_id,
        "lead": item.lead_id, "partners": [cast.union.pk], "measure": item.measure, "quantity": item.quantity,
        "window": "days", "starts_on": "01/01/2026", "ends_on": "31/12/2026",
    }  # fmt: skip
    form |= {name: value for name, value in typed.items() if name != "units"}
    if form.get("output_kind"):
        form["output_kind"] = OutputKind.objects.get(code=form["output_kind"]).pk
    if "units" in typed:
        form["units_words"] = typed["units"]
    client.force_login(cast.officer)
    answer = client.post(reverse("programs:item_edit", args=[item.uid]), form)
    return {name: list(errors) for name, errors in answer.context["form"].errors.items()}, answer.status_code


def of_the_sheet(cast, typed):
    (row,) = rows_of(exported("plan-items", cast.officer))
    cells = dict(typed)
    if cells.get("output_kind"):
        cells["output_kind"] = OutputKind.objects.get(code=cells["output_kind"]).name
    found = checked("plan-items", filled("plan-items", [row | cells]), cast.officer)
    assert found.counts == {Found.WRONG: 1}
    messages = {}
    for problem in found.problems:
        messages.setdefault(problem.key, []).append(problem.message)
    return messages


@pytest.mark.parametrize(("typed", "fields"), WRONG.values(), ids=WRONG)
def test_page_and_sheet_say_the_same(client, cast, item, typed, fields):
    said, status = of_the_page(client, cast, item, typed)
    assert (status, said.keys()) == (422, fields)
    assert of_the_sheet(cast, typed) == said
    assert PlanItem.objects.get().version == item.version


def test_a_place_that_ends_before_the_window_begins(client, cast, item):
    cast.commune.valid_to = date(2026, 3, 31)
    cast.commune.save()
    typed = {"starts_on": "01/04/2026", "units": cast.commune.label}
    said, _status = of_the_page(client, cast, item, typed)
    assert said.keys() == {"units"}
    assert of_the_sheet(cast, typed) == said
    in_time = filled("plan-items", [rows_of(exported("plan-items", cast.officer))[0] | {"units": cast.commune.label}])
    assert written("plan-items", in_time, cast.officer).written == 1


def test_the_sheet_offers_the_agencies_and_places_of_the_page(cast, item):
    """Of the communes too, and not the province itself: an item without places is for all of it."""
    office = factories.agency(cast.commune, "Trạm Y tế xã Ba Thử", "TYT")
    (row,) = rows_of(exported("plan-items", cast.officer))
    assert (
        written("plan-items", filled("plan-items", [row | {"lead": "Trạm Y tế xã Ba Thử"}]), cast.officer).written == 1
    )
    assert PlanItem.objects.get().lead == office
    whole = filled("plan-items", [row | {"units": AdministrativeUnit.objects.get(pk=cast.province.pk).label}])
    assert checked("plan-items", whole, cast.officer).counts == {Found.WRONG: 1}


def test_a_partner_that_was_closed_stays_where_it_was_named(cast, item):
    cast.union.closed_on = TODAY - timedelta(days=1)
    cast.union.save()
    (row,) = rows_of(exported("plan-items", cast.officer))
    assert checked("plan-items", filled("plan-items", [row]), cast.officer).counts == {Found.SAME: 1}
    assert written("plan-items", filled("plan-items", [row | {"quantity": 5}]), cast.officer).written == 1
    assert [part.agency for part in PlanItem.objects.get().parts.all()] == [cast.union]
