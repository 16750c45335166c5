"""Two people save a part of an agreement at the same moment: one is told, nothing is overwritten unseen."""

import threading
from functools import partial

import pytest
from django.db import connection

from coordination import agreement_parts as parts
from coordination.locking import StaleVersion
from coordination.models import Agreement
from tests.coordination.reviews import hat
from tests.coordination.test_agreements import plan
from tests.races import WAIT, at_once

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["plan"]  # the fixture


def save_together(agreement, people):
    """Each saves a closing of its own over the version both saw; by the closing, what was refused."""
    seen, refused = agreement.version, {}

    def run(closing, acting):
        try:
            parts.save_facts(agreement, acting=acting, seen=seen, closing=closing)
        except StaleVersion as refusal:
            refused[closing] = type(refusal)

    at_once(*(partial(run, *pair) for pair in people.items()))
    return refused


@pytest.fixture
def people(cast):
    return {"Của sở.": hat(cast.officer), "Của hội.": hat(cast.partner)}


def test_of_two_who_save_at_once_one_is_told(plan, people):
    refused = save_together(plan, people)
    stored = Agreement.objects.get(pk=plan.pk)
    assert list(refused.values()) == [StaleVersion]
    assert {stored.closing, *refused} == people.keys()
    assert stored.version == plan.version + 1


def test_control_without_the_lock_both_believe_they_saved(plan, people, monkeypatch):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer: the second save cannot begin before the first ends")
    both_looked = threading.Barrier(len(people))

    def look_only(record, *, seen):
        if type(record).objects.get(pk=record.pk).version != seen:
            raise StaleVersion
        both_looked.wait(WAIT)

    monkeypatch.setattr("django.db.models.QuerySet.select_for_update", lambda rows, **_options: rows)
    monkeypatch.setattr("coordination.agreement_parts.claim_version", look_only)
    assert save_together(plan, people) == {}
    assert Agreement.objects.get(pk=plan.pk).closing in people
