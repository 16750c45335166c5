"""Two parties answer while one edits: what all consented to is what is fixed, and nobody consents unseen.

An edit locks the row of the document first, so do an answer and the fixing of the text.
"""

import threading
from contextlib import ExitStack
from functools import partial

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from coordination import agreement_parts as parts
from coordination import review
from coordination.agreement_workflow import move_agreement
from coordination.compose import compose_agreement
from coordination.enums import DocumentState
from coordination.models import Agreement, Document, Opinion
from coordination.workflow import MoveRefused
from tests import factories
from tests.coordination.reviews import answer, hat, put_to_review, text_now
from tests.races import at_once, beside, open_edit, until_somebody_waits

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stage(cast):
    """A third party beside the board and the Union, so that two answer while the board edits."""
    cast.police = factories.agency(cast.province, "Công an tỉnh", "CAT")
    return put_to_review(cast, due_on=timezone.localdate(), today=timezone.localdate(), parties=[cast.police])


def edit_of(stage):
    """An officer of the board saves the closing over the version just read."""
    agreement = Agreement.objects.get(document=stage.document)
    return partial(parts.save_facts, agreement, acting=stage.board, seen=agreement.version, closing="Đã sửa.")


def answer_together(stage, people, seen):
    """Each party answers the text it saw and fixes it when all consent; what was refused, by class."""
    refused = []

    def run(person):
        try:
            answer(stage, hat(person), seen=seen)
            move_agreement(Agreement.objects.get(), "agree", acting=stage.leader)
        except (review.ReviewRefused, MoveRefused, IntegrityError) as refusal:
            refused.append(type(refusal))

    at_once(*(partial(run, person) for person in people))
    return refused


def is_consistent():
    """Fixed: the records still say what was fixed and all consented to it. Not fixed: consent holds or has lapsed."""
    agreement = Agreement.objects.get()
    document, now = agreement.document, compose_agreement(agreement).sha256()
    consented = set(Opinion.objects.filter(sha256=now).values_list("seat__agency", flat=True))
    everybody = set(document.parties.values_list("agency", flat=True))
    if document.state == DocumentState.AGREED:
        return document.versions.get().sha256 == now and consented == everybody
    return review.all_consent(document, now) == (consented == everybody) and not document.versions.exists()


def both(cast):
    return [cast.partner, factories.member(cast.police)]


def test_two_parties_answer_at_once_and_the_text_is_fixed_once(cast, stage):
    refused = answer_together(stage, both(cast), text_now(stage.document))
    assert refused == [MoveRefused]
    assert Document.objects.get(pk=stage.document.pk).state == DocumentState.AGREED
    assert is_consistent()


def test_two_parties_answer_while_one_edits(cast, stage):
    """Both wait for the edit and then learn that the text is another one: nobody consents to what was not read."""
    people, seen = both(cast), text_now(stage.document)
    with open_edit(edit_of(stage)):
        refused = answer_together(stage, people, seen)
    assert refused == [review.TextChanged] * 2
    assert Document.objects.get(pk=stage.document.pk).state == DocumentState.IN_REVIEW
    assert set(Opinion.objects.values_list("seat__agency", flat=True)) == {cast.board.pk}
    assert is_consistent()


def test_control_without_the_lock_a_text_nobody_has_any_more_is_fixed(cast, stage, monkeypatch):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer: an answer cannot begin before the edit ends")
    monkeypatch.setattr("django.db.models.QuerySet.select_for_update", lambda rows, **_options: rows)
    people, seen = both(cast), text_now(stage.document)
    answered = threading.Event()
    with open_edit(edit_of(stage), after=answered):
        answer_together(stage, people, seen)
        answered.set()
    assert Document.objects.get(pk=stage.document.pk).state == DocumentState.AGREED
    assert not is_consistent()


def test_an_edit_that_comes_while_the_text_is_fixed_is_refused(cast, stage, monkeypatch):
    people = both(cast)
    for person in people:
        answer(stage, hat(person))
    late, refused = edit_of(stage), []

    def edit():
        try:
            late()
        except parts.EditRefused as refusal:
            refused.append(refusal)

    def compose_while_somebody_edits(agreement):
        beginning.enter_context(beside(edit))
        until_somebody_waits()
        return compose_agreement(agreement)

    monkeypatch.setattr("coordination.agreement_workflow.compose_agreement", compose_while_somebody_edits)
    with ExitStack() as beginning:
        move_agreement(Agreement.objects.get(), "agree", acting=stage.leader)
    assert len(refused) == 1
    assert is_consistent()
