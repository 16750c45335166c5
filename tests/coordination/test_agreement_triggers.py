"""What must never be false across the rows of an agreement: the database refuses it, whoever writes."""

from datetime import date

import pytest

from coordination.enums import ClauseChangeNature, DocumentState, Numbering
from coordination.models import Clause, ClauseChange, Document, Party, Section
from tests import factories
from tests.constraints import assert_refused, changed
from tests.coordination.test_agreement_constraints import Rows

DAY, BEFORE = date(2026, 6, 15), date(2026, 6, 14)


def plan(cast):
    return Rows(cast).agreement


def section_of(document):
    return Section.objects.create(document=document, position=1, numbering=Numbering.ROMAN, key="khac")


def under_another(cast):
    parent = plan(cast).document.sections.get()
    return lambda: Section.objects.create(
        document=factories.document(cast.board), parent=parent, position=1, numbering=Numbering.ROMAN, key="lac"
    )


def moved_under_another(cast):
    parent = plan(cast).document.sections.get()
    return changed(section_of(factories.document(cast.board)), parent=parent)


def clause_of_a_report(cast):
    section = section_of(factories.document(cast.board))
    return lambda: Clause.objects.create(section=section, position=1, key="d", text="Việc.")


def clause_moved_to_a_report(cast):
    return changed(Rows(cast).clause, section=section_of(factories.document(cast.board)))


def overlapping(cast):
    """The old text ends on the day the new one begins: both would hold on that day."""
    old = Rows(cast).clause
    changed(old, valid_to=DAY)()
    return lambda: Clause.objects.create(
        section=old.section, position=1, key="khac", text="Lời mới.", valid_from=DAY, follows=old
    )


def brought_to_overlap(cast):
    old = Rows(cast).clause
    changed(old, valid_to=BEFORE)()
    Clause.objects.create(section=old.section, position=1, key=old.key, text="Lời mới.", valid_from=DAY, follows=old)
    return changed(old, valid_to=None)


def change_elsewhere(cast):
    """The clause is of the amendment itself, not of what it amends."""
    change = Rows(cast).change
    own = Clause.objects.filter(section__document=change.amendment.document).first()
    return lambda: ClauseChange.objects.create(
        amendment=change.amendment, nature=ClauseChangeNature.REPEALED, clause=own, valid_from=DAY
    )


def change_moved_elsewhere(cast):
    change = Rows(cast).change
    own = Clause.objects.filter(section__document=change.amendment.document).first()
    return changed(change, clause=own)


def issued(cast):
    made = plan(cast)
    changed(made.document, state=DocumentState.ISSUED, issued_on=DAY)()
    return made


def issued_by_a_closed_one(cast):
    made = plan(cast)
    changed(cast.union, closed_on=BEFORE)()
    return changed(made.document, state=DocumentState.ISSUED, issued_on=DAY)


def closed_party(cast):
    document = issued(cast).document
    closed = factories.agency(cast.province, "Ban cũ", "BC", closed_on=BEFORE)
    return document, closed


def party_added(cast):
    document, closed = closed_party(cast)
    return lambda: Party.objects.create(document=document, agency=closed, symbol_order=8, signature_column=8)


def party_exchanged(cast):
    document, closed = closed_party(cast)
    return changed(document.parties.get(agency=cast.union), agency=closed)


def closed_before_it_signed(cast):
    issued(cast)
    return changed(cast.union, closed_on=BEFORE)


CASES = {
    "coordination_section__section_parent_of_its_document__insert": under_another,
    "coordination_section__section_parent_of_its_document__update": moved_under_another,
    "coordination_clause__clause_of_an_agreement__insert": clause_of_a_report,
    "coordination_clause__clause_of_an_agreement__update": clause_moved_to_a_report,
    "coordination_clause__clause_days_apart__insert": overlapping,
    "coordination_clause__clause_days_apart__update": brought_to_overlap,
    "coordination_clausechange__change_of_its_agreement__insert": change_elsewhere,
    "coordination_clausechange__change_of_its_agreement__update": change_moved_elsewhere,
    "coordination_document__party_open_on_issue__update": issued_by_a_closed_one,
    "coordination_party__party_open_on_issue__insert": party_added,
    "coordination_party__party_open_on_issue__update": party_exchanged,
    "coordination_agency__party_open_on_issue__update": closed_before_it_signed,
}


@pytest.mark.parametrize("trigger", sorted(CASES))
def test_database_refuses(cast, trigger):
    assert_refused(CASES[trigger](cast), trigger.split("__")[1])


def test_what_is_right_is_taken(cast):
    """A text the day after the old one, an agency closed on the day it signed."""
    made = issued(cast)
    old = Clause.objects.get(section__document=made.document, key="d1")
    changed(old, valid_to=BEFORE)()
    Clause.objects.create(section=old.section, position=1, key="d1", text="Lời mới.", valid_from=DAY, follows=old)
    changed(cast.union, closed_on=DAY)()
    texts = Clause.objects.filter(section=old.section)
    assert [texts.in_force(day).count() for day in (BEFORE, DAY)] == [2, 2]
    assert Document.objects.get(pk=made.document_id).state == DocumentState.ISSUED
