"""Two people at one item of a plan: both take the row of its document first, so the second sees what the first did."""

import threading
from functools import partial

import pytest
from django.db import connection

from coordination.locking import StaleVersion
from programs.enums import PartAnswer
from programs.models import PlanItem, PlanPartner
from programs.plan_actions import answer_part, remove_item
from tests.programs import plans
from tests.races import beside, open_edit

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = "Truyền thông tại 25 xã"


@pytest.fixture
def item(cast):
    return plans.in_review(cast).plan.items.get()


def refused_while_edited(cast, item, act, after=None):
    """The lead has written but not committed when `act` begins; what was refused, by class."""
    refused = []

    def late():
        try:
            act()
        except (StaleVersion, PlanItem.DoesNotExist) as refusal:
            refused.append(type(refusal))
        finally:
            if after:
                after.set()

    with open_edit(partial(plans.edit, cast, PlanItem.objects.get(pk=item.pk), text=TEXT), after), beside(late):
        pass
    return refused


def accept(cast, item):
    """The Union accepts its part of the item as it read it."""
    part = PlanPartner.objects.get(item=item)
    return partial(answer_part, part, acting=plans.hat(cast.partner), answer=PartAnswer.ACCEPTS, seen=item.version)


def test_a_second_edit_of_an_item_meets_the_first(cast, item):
    other = partial(plans.edit, cast, item, text="Truyền thông tại 30 xã")
    assert refused_while_edited(cast, item, other) == [StaleVersion]
    assert PlanItem.objects.get().text == TEXT


def test_an_item_is_not_removed_under_an_edit_nobody_saw(cast, item):
    remove = partial(remove_item, item, acting=plans.hat(cast.officer), seen=item.version, today=plans.DAY)
    assert refused_while_edited(cast, item, remove) == [StaleVersion]
    assert PlanItem.objects.get().text == TEXT


def test_a_partner_does_not_accept_what_it_never_read(cast, item):
    assert refused_while_edited(cast, item, accept(cast, item)) == [StaleVersion]
    assert PlanPartner.objects.get().answer == PartAnswer.WAITING


def test_control_without_the_lock_a_partner_accepts_what_it_never_read(cast, item, monkeypatch):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer: an answer cannot begin before the edit ends")
    monkeypatch.setattr("django.db.models.QuerySet.select_for_update", lambda rows, **_options: rows)
    assert refused_while_edited(cast, item, accept(cast, item), after=threading.Event()) == []
    assert PlanItem.objects.get().text == TEXT
    assert PlanPartner.objects.get().answer == PartAnswer.ACCEPTS
