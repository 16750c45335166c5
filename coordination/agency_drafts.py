"""Drafts of agencies a decision ends: from the day on they are those of the agency that came of them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from coordination.agencies import save
from coordination.enums import DocumentState
from coordination.models import Agency, Clause, ClauseChange, Document, Milestone, Party, ReviewSeat, User
from coordination.review import text_changed


def drafts_of(agencies: Iterable[int]) -> QuerySet[Document]:
    """Neither agreed nor approved: of their series, or to be signed by them."""
    ids = list(agencies)
    party = Party.objects.filter(agency__in=ids).values("document")
    rows = Document.objects.filter(Q(register_agency__in=ids) | Q(pk__in=party))
    return rows.exclude(state__in=DocumentState.frozen())


def hand_over_drafts(
    documents: QuerySet[Document], agencies: set[int], to: Agency, reason: str, *, by: User
) -> list[Document]:
    """Number series, party, lead and partner of clauses and milestones; seats in an open review follow."""
    handed = list(documents.select_for_update())
    for document in handed:
        if document.register_agency_id in agencies:
            document.register_agency = to
        document.version += 1
        save(document, reason, by)
        for party in document.parties.filter(agency__in=agencies).order_by("symbol_order"):
            _hand_over_party(party, to)
        _hand_over_tasks(document, agencies, to, reason, by)
        text_changed(Document.objects.get(pk=document.pk), by_agency=to)
    return handed


def _hand_over_party(party: Party, to: Agency) -> None:
    """Where the new one signs already the old party stays: the paper cannot be issued before somebody mends it."""
    if Party.objects.filter(document=party.document_id, agency=to).exists():
        return
    for seat in ReviewSeat.objects.filter(
        round__document=party.document_id, round__closed_at__isnull=True, agency=party.agency_id
    ):
        _hand_over_seat(seat, to)
    party.agency = to
    party.save(update_fields=["agency"])


def _hand_over_seat(seat: ReviewSeat, to: Agency) -> None:
    """What the old agency said stays said by it; the new one is asked instead."""
    if seat.opinions.exists():
        ReviewSeat.objects.update_or_create(round=seat.round, agency=to, defaults={"must_agree": seat.must_agree})
        seat.must_agree = False
        seat.save(update_fields=["must_agree"])
    elif not ReviewSeat.objects.filter(round=seat.round, agency=to).exists():
        seat.agency = to
        seat.save(update_fields=["agency"])


def _hand_over_tasks(document: Document, agencies: set[int], to: Agency, reason: str, by: User) -> None:
    clauses = Clause.objects.filter(section__document=document)
    changes = ClauseChange.objects.filter(amendment__document=document)
    milestones = Milestone.objects.filter(agreement__document=document)
    for rows in (clauses, changes, milestones):
        for row in rows.filter(lead__in=agencies):  # type: ignore[attr-defined]
            row.lead = to
            save(row, reason, by)
    for rows in (clauses, changes):
        for row in rows.filter(partners__in=agencies).distinct():  # type: ignore[attr-defined]
            kept = [agency for agency in row.partners.all() if agency.pk not in agencies]
            row.partners.set({*kept, to})
