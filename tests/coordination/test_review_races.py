"""Two parties answer while one edits: what all consented to is what is fixed, and nobody consents unseen.

An edit takes the row of the document first (its version token), so do an answer and the fixing of the text.
"""

import threading
import time

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from coordination import review
from coordination.compose import compose_agreement
from coordination.enums import DocumentState
from coordination.locking import StaleVersion, claim_version
from coordination.models import Agreement, Clause, Document, Opinion
from coordination.workflow import MoveRefused, move_agreement
from tests import factories
from tests.coordination.reviews import answer, hat, put_to_review, text_now

pytestmark = pytest.mark.django_db(transaction=True)
WAIT = 10


@pytest.fixture
def stage(cast):
    """A third party beside the board and the Union, so that two answer while the board edits."""
    cast.police = factories.agency(cast.province, "Công an tỉnh", "CAT")
    return put_to_review(cast, due_on=timezone.localdate(), today=timezone.localdate(), parties=[cast.police])


def edit_of(stage):
    """What saving a part of the agreement does: claim the document, refuse when it is fixed, write the clause."""
    document = Document.objects.get(pk=stage.document.pk)

    def write():
        claim_version(document, seen=document.version)
        if Document.objects.get(pk=document.pk).is_frozen:
            raise StaleVersion
        Clause.objects.filter(pk=stage.clause.pk).update(text="Củng cố 30 địa chỉ tin cậy.")

    return write


class Editor(threading.Thread):
    """Edits in an open transaction and commits only when somebody waits for it, or late; with `after`, after that."""

    def __init__(self, write, after=None):
        super().__init__()
        self.write, self.after, self.writing = write, after, threading.Event()
        self.start()
        assert self.writing.wait(WAIT)

    def run(self):
        try:
            with transaction.atomic():
                self.write()
                self.writing.set()
                wait_for_a_waiting_lock() if self.after is None else self.after.wait(WAIT)
        finally:
            connections.close_all()


def wait_for_a_waiting_lock(seconds=1.5):
    """On SQLite the one writer makes everybody wait."""
    deadline = time.monotonic() + (0.5 if connection.vendor == "sqlite" else seconds)
    while time.monotonic() < deadline:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                if cursor.fetchone()[0]:
                    return
        time.sleep(0.02)


def answer_together(stage, people, seen):
    """Each party answers the text it saw and fixes it when all consent; what was refused, by class."""
    refused, ready = [], threading.Barrier(len(people))

    def run(person):
        try:
            ready.wait(WAIT)
            answer(stage, hat(person), seen=seen)
            move_agreement(Agreement.objects.get(), "agree", acting=stage.leader)
        except (review.ReviewRefused, MoveRefused, IntegrityError) as refusal:
            refused.append(type(refusal))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
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
    editor = Editor(edit_of(stage))
    refused = answer_together(stage, people, seen)
    editor.join()
    assert refused == [review.TextChanged] * 2
    assert Document.objects.get(pk=stage.document.pk).state == DocumentState.IN_REVIEW
    assert set(Opinion.objects.values_list("seat__agency", flat=True)) == {cast.board.pk}
    assert is_consistent()


def test_control_without_the_lock_a_text_nobody_has_any_more_is_fixed(cast, stage, monkeypatch):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer: an answer cannot begin before the edit ends")
    monkeypatch.setattr("django.db.models.QuerySet.select_for_update", lambda rows, **_options: rows)
    people, seen = both(cast), text_now(stage.document)
    writes = edit_of(stage)
    monkeypatch.setattr("tests.coordination.test_review_races.claim_version", lambda record, seen: None)
    answered = threading.Event()
    editor = Editor(writes, after=answered)
    answer_together(stage, people, seen)
    answered.set()
    editor.join()
    assert Document.objects.get(pk=stage.document.pk).state == DocumentState.AGREED
    assert not is_consistent()


def test_an_edit_that_comes_while_the_text_is_fixed_is_refused(cast, stage, monkeypatch):
    people = both(cast)
    for person in people:
        answer(stage, hat(person))
    late, refused = edit_of(stage), []

    def edit():
        try:
            with transaction.atomic():
                late()
        except StaleVersion as refusal:
            refused.append(refusal)
        finally:
            connections.close_all()

    thread = threading.Thread(target=edit)

    def compose_while_somebody_edits(agreement):
        thread.start()
        time.sleep(0.3)
        return compose_agreement(agreement)

    monkeypatch.setattr("coordination.workflow.compose_agreement", compose_while_somebody_edits)
    move_agreement(Agreement.objects.get(), "agree", acting=stage.leader)
    thread.join()
    assert len(refused) == 1
    assert is_consistent()
