"""Two people save one section of a report at the same moment: one is told, nothing is overwritten unseen."""

import threading
from functools import partial

import pytest
from django.db import connection

from coordination.locking import StaleVersion
from coordination.models import Section
from reports.writing import save_text
from tests import factories
from tests.races import WAIT, at_once
from tests.reports.composing import WORDS, hat
from tests.reports.composing import report as drafted

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def report(cast):
    return drafted(cast)


@pytest.fixture
def people(cast):
    return {"Câu của một người.": hat(cast.officer), "Câu của người kia.": hat(factories.member(cast.board))}


def save_together(report, people, seen):
    """Each saves words of its own over the version both saw; by the words, what was refused."""
    refused = {}

    def run(text, acting):
        try:
            save_text(report, WORDS, text, acting=acting, seen=seen)
        except StaleVersion as refusal:
            refused[text] = type(refusal)

    at_once(*(partial(run, *pair) for pair in people.items()))
    return refused


@pytest.mark.parametrize("seen", [0, 1])
def test_of_two_who_save_at_once_one_is_told(report, people, seen):
    """The first words of the office in the section, and later ones."""
    if seen:
        save_text(report, WORDS, "Câu đầu.", acting=next(iter(people.values())), seen=0)
    refused = save_together(report, people, seen)
    stored = Section.objects.get(document=report.document, key=WORDS)
    assert list(refused.values()) == [StaleVersion]
    assert {stored.text, *refused} == people.keys()
    assert stored.version == seen + 1


def test_control_without_the_lock_both_believe_they_saved(report, people, monkeypatch):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer: the second save cannot begin before the first ends")
    save_text(report, WORDS, "Câu đầu.", acting=next(iter(people.values())), seen=0)
    both_looked = threading.Barrier(len(people))

    def look_only(record, *, seen):
        if type(record).objects.get(pk=record.pk).version != seen:
            raise StaleVersion
        both_looked.wait(WAIT)

    monkeypatch.setattr("django.db.models.QuerySet.select_for_update", lambda rows, **_options: rows)
    monkeypatch.setattr("reports.writing.claim_version", look_only)
    assert save_together(report, people, 1) == {}
    assert Section.objects.get(document=report.document, key=WORDS).text in people
