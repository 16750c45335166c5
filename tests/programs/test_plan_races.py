"""Two people at one plan: each act takes the row of its document first, so the second sees what the first did.

Each race has its control: without the lock, and without the version, one of two loses its work and is told nothing.
"""

import threading
from functools import partial

import pytest
from django.db import connection

from coordination import workflow
from coordination.enums import DocumentState, MemberRole
from coordination.locking import StaleVersion
from coordination.models import Document, DocumentMove
from coordination.workflow import MoveRefused
from programs.compose import compose_plan
from programs.enums import PartAnswer
from programs.models import PlanItem, PlanPartner
from programs.plan_actions import answer_part, remove_item
from programs.plan_workflow import move_plan
from tests import factories
from tests.programs import plans
from tests.races import WAIT, at_once, beside, open_edit, then_meet

pytestmark = pytest.mark.django_db(transaction=True)
TEXT, OTHER = "Truyền thông tại 25 xã", "Truyền thông tại 30 xã"


@pytest.fixture
def item(cast):
    return plans.in_review(cast).plan.items.get()


def refused_while_edited(cast, item, act, after=None):
    """The lead has written but not committed when `act` begins; what was refused, by class."""
    refused = []

    def late():
        try:
            act()
        except (StaleVersion, MoveRefused, PlanItem.DoesNotExist) as refusal:
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


def without_locks(monkeypatch):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer: the second act cannot begin before the first ends")
    monkeypatch.setattr("django.db.models.QuerySet.select_for_update", lambda rows, **_options: rows)


def look_only(on_each):
    """The version is read and compared, but nothing is claimed; `on_each` is called when it was."""

    def look(record, *, seen):
        if type(record).objects.get(pk=record.pk).version != seen:
            raise StaleVersion
        on_each()

    return look


def test_a_second_edit_of_an_item_meets_the_first(cast, item):
    other = partial(plans.edit, cast, item, text=OTHER)
    assert refused_while_edited(cast, item, other) == [StaleVersion]
    assert PlanItem.objects.get().text == TEXT


def test_control_without_lock_and_version_both_believe_they_edited(cast, item, monkeypatch):
    without_locks(monkeypatch)
    both_looked = threading.Barrier(2)
    monkeypatch.setattr("programs.plan_actions.claim_version", look_only(partial(both_looked.wait, WAIT)))
    saved = []
    at_once(*(lambda text=text: saved.append(plans.edit(cast, item, text=text).text) for text in (TEXT, OTHER)))
    assert set(saved) == {TEXT, OTHER}
    assert PlanItem.objects.get().text in (TEXT, OTHER)


def test_an_item_is_not_removed_under_an_edit_nobody_saw(cast, item):
    remove = partial(remove_item, item, acting=plans.hat(cast.officer), seen=item.version, today=plans.DAY)
    assert refused_while_edited(cast, item, remove) == [StaleVersion]
    assert PlanItem.objects.get().text == TEXT


def test_control_without_lock_and_version_an_edit_is_removed_unseen(cast, item, monkeypatch):
    without_locks(monkeypatch)
    looks, removing = [], threading.Event()

    def count():
        looks.append(1)
        if len(looks) == 2:  # the first is the edit's
            removing.set()

    monkeypatch.setattr("programs.plan_actions.claim_version", look_only(count))
    edit = partial(plans.edit, cast, PlanItem.objects.get(pk=item.pk), text=TEXT)
    remove = partial(remove_item, item, acting=plans.hat(cast.officer), seen=item.version, today=plans.DAY)
    with open_edit(edit, after=removing), beside(remove):
        pass
    assert not PlanItem.objects.exists()
    assert item.history.first().history_type == "-"
    assert TEXT in item.history.values_list("text", flat=True)


def test_a_partner_does_not_accept_what_it_never_read(cast, item):
    assert refused_while_edited(cast, item, accept(cast, item)) == [StaleVersion]
    assert PlanPartner.objects.get().answer == PartAnswer.WAITING


def test_control_without_the_lock_a_partner_accepts_what_it_never_read(cast, item, monkeypatch):
    without_locks(monkeypatch)
    assert refused_while_edited(cast, item, accept(cast, item), after=threading.Event()) == []
    assert PlanItem.objects.get().text == TEXT
    assert PlanPartner.objects.get().answer == PartAnswer.ACCEPTS


def fix(cast, plan):
    """The leader of the board fixes the text both agreed to."""
    return partial(move_plan, plan, "agree", acting=plans.hat(cast.leader), today=plans.DAY)


def consented(cast):
    stage = plans.in_review(cast)
    plans.consent(stage, cast.partner)
    return plans.anew(stage.plan)


def test_a_text_is_not_fixed_under_an_edit_nobody_agreed_to(cast):
    plan = consented(cast)
    assert refused_while_edited(cast, plan.items.get(), fix(cast, plan)) == [MoveRefused]
    assert plans.anew(plan).document.state == DocumentState.IN_REVIEW
    assert not plan.document.versions.exists()


def test_control_without_the_lock_a_text_is_fixed_that_is_no_more(cast, monkeypatch):
    plan = consented(cast)
    without_locks(monkeypatch)
    composed = threading.Event()
    keep = workflow.keep_text

    def keep_and_say(*given):
        kept = keep(*given)
        composed.set()
        return kept

    monkeypatch.setattr("programs.plan_workflow.keep_text", keep_and_say)
    edit = partial(plans.edit, cast, plan.items.get(), text=TEXT)
    with open_edit(edit, after=composed), beside(fix(cast, plan)):
        pass
    fixed = Document.objects.get(pk=plan.document_id)
    assert fixed.versions.get().sha256 != compose_plan(plans.anew(plan)).sha256()


def issued_together(cast, monkeypatch):
    """Two clerks of the board press the button at the same moment; what each was told."""
    plan, told = plans.agreed(cast), []
    names = {cast.board.pk: "Nguyễn Thị Thử", cast.union.pk: "Trần Thị Mẫu"}
    monkeypatch.setattr("programs.plan_workflow.check_at_work", then_meet(workflow.check_at_work))
    clerks = {"15": cast.clerk, "16": factories.member(cast.board, MemberRole.CLERK)}

    def press(number):
        given = {"number": number, "issued_on": plans.DAY, "signatories": names}
        try:
            move_plan(plan, "issue", acting=plans.hat(clerks[number]), today=plans.DAY, **given)
            told.append(number)
        except MoveRefused:
            told.append("refused")

    at_once(*(partial(press, number) for number in clerks))
    return sorted(told), DocumentMove.objects.filter(document=plan.document, action="issue").count()


def test_of_two_who_issue_at_once_one_is_refused(cast, monkeypatch):
    told, moves = issued_together(cast, monkeypatch)
    assert moves == 1
    assert told[0] in ("15", "16")
    assert told[1] == "refused"


def test_control_without_the_lock_a_plan_is_issued_twice(cast, monkeypatch):
    without_locks(monkeypatch)
    assert issued_together(cast, monkeypatch) == (["15", "16"], 2)
