"""The text of an agreement or plan, saved part by part: each save claims the version seen, nobody's work is lost.

Parts are given as whole lists, in the order of the page. Lines that carry the `uid` of a row change that row, so that
its history goes on and comments beside it stay; what is not in the list any more is removed.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import rules
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from simple_history.utils import bulk_create_with_history

from coordination.enums import ClauseChangeNature, DocumentState, LinkNature, Numbering
from coordination.locking import claim_version
from coordination.models import (
    Agency,
    Agreement,
    Clause,
    ClauseChange,
    Document,
    DocumentLink,
    Membership,
    Milestone,
    Party,
    Recipient,
    Section,
)
from coordination.models.base import Record
from coordination.review import text_changed

# A text already put to the parties may still be edited: consent given to the earlier words lapses.
EDITABLE = frozenset({DocumentState.DRAFT, DocumentState.IN_REVIEW})
NUMBERINGS = {1: Numbering.ROMAN, 2: Numbering.ARABIC, 3: Numbering.NESTED}


@dataclass(frozen=True)
class Edited:
    """Who edits such a record, and what people read once its text is fixed."""

    permission: str
    fixed: Promise


# By name of the model; the app above adds its plans.
EDITED = {
    "agreement": Edited(
        "coordination.edit_agreement",
        gettext_lazy(
            "The text is fixed since all parties agreed to it. Once it is issued, change it by an amendment."
        ),
    )
}


class EditRefused(Exception):
    """The edit does not fit the record as it is; `for_people` says why and what to do."""

    def for_people(self) -> str:
        return str(self)


@dataclass(frozen=True)
class PartyLine:
    agency: Agency
    title: str = ""
    name: str = ""
    desk: str = ""
    signing_form: str = ""
    on_behalf_of: str = ""
    signature_column: int = 0  # 0: the place in the list, which is the order in the symbol


@dataclass(frozen=True)
class SectionLine:
    """`level` 1 to 3; the one above is the nearest before it with a lower level."""

    level: int
    heading: str
    text: str = ""
    numbered: bool = True
    uid: UUID | None = None


@dataclass(frozen=True)
class Cited:
    """A document of the register or one known by its words, never both."""

    target: Document | None = None
    text: str = ""


@dataclass(frozen=True)
class ClauseLine:
    text: str
    lead: Agency | None = None
    partners: Sequence[Agency] = ()
    cited: Sequence[Cited] = ()
    uid: UUID | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    follows: UUID | None = None  # the clause of the same section whose place it takes from `valid_from` on


@dataclass(frozen=True)
class MilestoneLine:
    nature: str
    year: int
    starts_on: date | None = None
    ends_on: date | None = None
    lead: Agency | None = None
    result: Document | None = None
    uid: UUID | None = None


@dataclass(frozen=True)
class RecipientLine:
    text: str
    agency: Agency | None = None
    is_archive: bool = False


@dataclass(frozen=True)
class ChangeLine:
    """`clause` for one replaced or repealed, `section` for one added."""

    nature: str
    valid_from: date
    clause: Clause | None = None
    section: Section | None = None
    text: str = ""
    lead: Agency | None = None
    partners: Sequence[Agency] = field(default=())
    cited: Sequence[Cited] = ()
    uid: UUID | None = None


@contextmanager
def editing[Text: Record](record: Text, *, acting: Membership, seen: int) -> Iterator[Text]:
    """One edit in the hat `acting`: the document locked, the version claimed, consent that lapses told.

    Raises PermissionDenied, EditRefused, StaleVersion.
    """
    edited = EDITED[record._meta.model_name]
    with transaction.atomic():
        document = Document.objects.select_for_update().get(pk=record.document_id)
        row = type(record)._default_manager.get(pk=record.pk)
        row.document = document
        if not rules.has_perm(edited.permission, acting, row):
            raise PermissionDenied
        if document.state not in EDITABLE:
            raise EditRefused(str(edited.fixed))
        claim_version(row, seen=seen)
        yield row
        row.save()
        if document.state == DocumentState.IN_REVIEW:
            text_changed(document, by_agency=acting.agency)


def save_facts[Text: Record](record: Text, *, acting: Membership, seen: int, **values: Any) -> Text:
    """Kind, subject, place and symbol of the document; stage or year, opening and closing of the record."""
    of_document = {name: values.pop(name) for name in ("kind", "subject", "place", "symbol") if name in values}
    with editing(record, acting=acting, seen=seen) as row:
        for name, value in values.items():
            setattr(row, name, value)
        if write(row.document, **of_document):
            row.document.refresh_from_db()
    return row


def save_parties[Text: Record](
    record: Text, lines: Sequence[PartyLine], *, acting: Membership, seen: int, today: date
) -> Text:
    """In the order of the symbol."""
    with editing(record, acting=acting, seen=seen) as row:
        closed = [line.agency for line in lines if not line.agency.is_open_on(today)]
        if closed:
            names = ", ".join(agency.name_on(today).short_name for agency in closed)
            raise EditRefused(
                _("No longer at work: %(agencies)s. Name the agency that took its place.") % {"agencies": names}
            )
        row.document.parties.all().delete()
        put_parties(row.document, lines)
    return row


def put_parties(document: Document, lines: Sequence[PartyLine]) -> None:
    rows = [
        Party(
            document=document,
            agency=line.agency,
            desk=line.desk,
            symbol_order=order,
            signature_column=line.signature_column or order,
            signing_form=line.signing_form,
            on_behalf_of=line.on_behalf_of,
            title=line.title,
            name=line.name,
        )
        for order, line in enumerate(lines, 1)
    ]
    bulk_create_with_history(rows, Party)


def save_sections[Text: Record](record: Text, lines: Sequence[SectionLine], *, acting: Membership, seen: int) -> Text:
    with editing(record, acting=acting, seen=seen) as row:
        put_sections(row.document, lines)
    return row


def put_sections(document: Document, lines: Sequence[SectionLine]) -> list[Section]:
    """A section that goes takes its clauses along; one left under it moves up first."""
    there = {section.uid: section for section in document.sections.all()}
    above: dict[int, Section] = {}
    made: list[Section] = []
    for position, line in enumerate(lines, 1):
        level = min(line.level, max(above, default=0) + 1)
        section = there.pop(line.uid, None) if line.uid else None
        section = section or Section(document=document, key=f"s-{uuid.uuid4().hex[:8]}")
        write(
            section,
            parent=above.get(level - 1),
            position=position,
            numbering=NUMBERINGS[level] if line.numbered else Numbering.NONE,
            heading=line.heading,
            text=line.text,
        )
        above = {depth: one for depth, one in above.items() if depth < level} | {level: section}
        made.append(section)
    for section in there.values():
        section.delete()
    return made


def save_clauses(
    agreement: Agreement, section: Section, lines: Sequence[ClauseLine], *, acting: Membership, seen: int
) -> Agreement:
    """Those of one section."""
    with editing(agreement, acting=acting, seen=seen) as row:
        put_clauses(row.document.sections.get(pk=section.pk), lines)
    return row


def put_clauses(section: Section, lines: Sequence[ClauseLine]) -> None:
    """What follows what is written last: until then no day of the one can meet a day of the other."""
    there = {clause.uid: clause for clause in section.clauses.all()}
    known, following = dict(there), []
    for position, line in enumerate(lines, 1):
        clause = there.pop(line.uid, None) if line.uid else None
        clause = clause or Clause(section=section, key=f"c-{uuid.uuid4().hex[:8]}")
        values: dict[str, Any] = {"valid_from": line.valid_from, "valid_to": line.valid_to}
        if any(getattr(clause, name) != day for name, day in values.items()):
            section.clauses.filter(follows=clause.pk).update(follows=None)
            values["follows"] = None
        write(clause, position=position, text=line.text, lead=line.lead, **values)
        if {one.pk for one in line.partners} != {one.pk for one in clause.partners.all()}:
            clause.partners.set(line.partners)
        put_citations(clause, line.cited)
        following.append((clause.pk, known.get(line.follows) if line.follows else None))
    section.clauses.filter(follows__in=there.values()).update(follows=None)
    for clause in there.values():
        clause.delete()
    for pk, before in following:
        write(section.clauses.get(pk=pk), follows=before)


def put_citations(row: Clause | ClauseChange, cited: Sequence[Cited]) -> None:
    """Of a task, or of the new text of an amendment."""
    if [(one.target_id, one.text) for one in row.citations.all()] == [
        (one.target and one.target.pk, one.text) for one in cited
    ]:
        return
    row.citations.all().delete()
    for one in cited:
        row.citations.create(target=one.target, text=one.text)


def save_bases[Text: Record](record: Text, lines: Sequence[Cited], *, acting: Membership, seen: int) -> Text:
    with editing(record, acting=acting, seen=seen) as row:
        row.document.links.filter(nature=LinkNature.BASIS).delete()
        put_links(row.document, LinkNature.BASIS, lines)
    return row


def put_links(document: Document, nature: LinkNature, lines: Sequence[Cited]) -> None:
    DocumentLink.objects.bulk_create(
        DocumentLink(document=document, nature=nature, position=position, target=line.target, text=line.text)
        for position, line in enumerate(lines, 1)
    )


def save_milestones(
    agreement: Agreement, lines: Sequence[MilestoneLine], *, acting: Membership, seen: int
) -> Agreement:
    with editing(agreement, acting=acting, seen=seen) as row:
        put_milestones(row, lines)
    return row


def put_milestones(agreement: Agreement, lines: Sequence[MilestoneLine]) -> None:
    there = {milestone.uid: milestone for milestone in agreement.milestones.all()}
    for line in lines:
        row = there.pop(line.uid, None) if line.uid else None
        write(
            row or Milestone(agreement=agreement),
            nature=line.nature,
            year=line.year,
            starts_on=line.starts_on,
            ends_on=line.ends_on,
            lead=line.lead,
            result=line.result,
        )
    for milestone in there.values():
        milestone.delete()


def save_recipients[Text: Record](
    record: Text, lines: Sequence[RecipientLine], *, acting: Membership, seen: int
) -> Text:
    with editing(record, acting=acting, seen=seen) as row:
        row.document.recipients.all().delete()
        put_recipients(row.document, lines)
    return row


def put_recipients(document: Document, lines: Sequence[RecipientLine]) -> None:
    Recipient.objects.bulk_create(
        Recipient(document=document, position=position, text=line.text, agency=line.agency, is_archive=line.is_archive)
        for position, line in enumerate(lines, 1)
    )


def save_changes(amendment: Agreement, lines: Sequence[ChangeLine], *, acting: Membership, seen: int) -> Agreement:
    """What the amendment will do; nothing of it holds before it is issued."""
    with editing(amendment, acting=acting, seen=seen) as row:
        put_changes(row, lines)
    return row


def put_changes(amendment: Agreement, lines: Sequence[ChangeLine]) -> None:
    there = {change.uid: change for change in amendment.changes.all()}
    kept = {line.uid for line in lines}
    amendment.changes.exclude(uid__in=[uid for uid in kept if uid]).delete()
    for line in lines:
        change = there.get(line.uid) if line.uid else None
        change = change or ClauseChange(amendment=amendment)
        repealed = line.nature == ClauseChangeNature.REPEALED
        write(
            change,
            nature=line.nature,
            clause=line.clause,
            section=line.section,
            text="" if repealed else line.text,
            lead=None if repealed else line.lead,
            valid_from=line.valid_from,
        )
        change.partners.set(() if repealed else line.partners)
        put_citations(change, () if repealed else line.cited)


def write(row: models.Model, **values: Any) -> bool:
    """Saves a new row or one that says something else now: a row left as it was has no new line in its history."""
    if row.pk and all(getattr(row, name) == value for name, value in values.items()):
        return False
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    return True
