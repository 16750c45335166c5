"""How agreements come to be: drafted anew, copied, continued, amended, or entered from a paper already signed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import rules
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from coordination.agreement_parts import (
    ChangeLine,
    Cited,
    ClauseLine,
    EditRefused,
    MilestoneLine,
    PartyLine,
    RecipientLine,
    SectionLine,
    put_changes,
    put_clauses,
    put_links,
    put_milestones,
    put_parties,
    put_recipients,
    put_sections,
)
from coordination.agreement_workflow import check_changes
from coordination.amendments import carry_out, takes_changes
from coordination.enums import DocumentOrigin, DocumentState, LinkNature
from coordination.locking import claim_version
from coordination.models import Agency, Agreement, Clause, Document, DocumentKind, Membership, Party, Section
from coordination.register import lock_series
from coordination.workflow import Given, MoveRefused, give_number, log_move, save_moved


@dataclass(frozen=True)
class Draft:
    """What a new agreement begins with. `agencies` in the order of the symbol.

    `register_agency` keeps the draft, or gave the number of one made on paper; None: the first of the symbol.
    """

    kind: DocumentKind
    subject: str
    stage_from: date
    stage_to: date
    agencies: Sequence[Agency]
    place: str = ""
    form_token: UUID | None = None
    register_agency: Agency | None = None


@transaction.atomic
def create_agreement(draft: Draft, *, acting: Membership, today: date) -> Agreement:
    """An empty draft with its parties, who sign as they signed last. The same form sent twice makes one draft."""
    return _drafted(draft, acting, today)[0]


@transaction.atomic
def copy_agreement(source: Agreement, draft: Draft, *, acting: Membership, today: date) -> Agreement:
    """The whole text in force today, its bases, recipients and milestones, moved to the years of the new one."""
    agreement, made = _drafted(draft, acting, today)
    if made:
        _copy_text(source, agreement, min(today, source.ended_on or source.stage_to))
        agreement.opening, agreement.closing = source.opening, source.closing
        agreement.save(update_fields=["opening", "closing"])
    return agreement


@transaction.atomic
def continue_agreement(source: Agreement, draft: Draft, *, acting: Membership, today: date) -> Agreement:
    """A copy for the next stage that says what it continues."""
    agreement = copy_agreement(source, draft, acting=acting, today=today)
    if not agreement.document.links.filter(nature=LinkNature.CONTINUES).exists():
        put_links(agreement.document, LinkNature.CONTINUES, [Cited(source.document)])
    return agreement


@transaction.atomic
def amend_agreement(source: Agreement, draft: Draft, *, acting: Membership, today: date) -> Agreement:
    """A paper of its own, by the parties of the agreement; its changes are written into the clauses when issued.

    Raises MoveRefused when the agreement is not in force.
    """
    if source.document.state not in (DocumentState.ISSUED, DocumentState.SUSPENDED):
        raise MoveRefused(_("Only an agreement that is issued and has not ended can be amended."))
    agreement, made = _drafted(draft, acting, today)
    if made:
        agreement.amends = source
        agreement.save(update_fields=["amends"])
        put_links(agreement.document, LinkNature.AMENDS, [Cited(source.document)])
        put_recipients(agreement.document, _recipients_of(source.document))
    return agreement


@dataclass(frozen=True)
class Standing:
    """What an agreement made on paper stands in relation to."""

    amends: Agreement | None = None
    continues: Agreement | None = None
    bases: Sequence[Cited] = ()


@transaction.atomic
def enter_agreement(
    draft: Draft,
    parties: Sequence[PartyLine],
    *,
    acting: Membership,
    today: date,
    issued_on: date,
    number: str = "",
    symbol: str = "",
    stands: Standing = Standing(),
) -> Agreement:
    """One made on paper: what the portal knows is its entry in the register and its signed file.

    The number may be unknown. Raises MoveRefused for a number already given, naming the other document.
    """
    if not rules.has_perm("coordination.enter_document", acting):
        raise PermissionDenied
    if there := _made_before(draft):
        return there
    agreement = _new(draft, today, parties)
    document = agreement.document
    given = Given(by=acting.user, number=number, symbol=symbol, issued_on=issued_on)
    if number.strip():
        give_number(document, given, today)
    document.origin, document.number, document.symbol = DocumentOrigin.FROM_PAPER, number.strip(), symbol
    document.issued_on, document.register_year = issued_on, issued_on.year
    document.state = DocumentState.ISSUED
    save_moved(document)
    document.save(update_fields=["origin"])
    agreement.register_only, agreement.amends = True, stands.amends
    agreement.save(update_fields=["register_only", "amends"])
    for nature, other in ((LinkNature.AMENDS, stands.amends), (LinkNature.CONTINUES, stands.continues)):
        put_links(document, nature, [Cited(other.document)] if other else [])
    put_links(document, LinkNature.BASIS, stands.bases)
    log_move(document, "enter", DocumentState.DRAFT, given, acting)
    return agreement


@transaction.atomic
def record_changes(amendment: Agreement, lines: Sequence[ChangeLine], *, acting: Membership, seen: int) -> Agreement:
    """What an amendment made on paper changed is written into the tasks at once, and once only.

    Raises PermissionDenied, EditRefused, StaleVersion.
    """
    document = Document.objects.select_for_update().get(pk=amendment.document_id)
    row = Agreement.objects.select_related("amends__document").get(pk=amendment.pk)
    row.document = document
    if not rules.has_perm("coordination.edit_agreement", acting, row):
        raise PermissionDenied
    if not takes_changes(row):
        raise EditRefused(
            _("What this paper changes stands in the tasks already. Enter another one for what is wrong.")
        )
    claim_version(row, seen=seen)
    put_changes(row, lines)
    try:
        check_changes(row)
    except MoveRefused as refusal:
        raise EditRefused(refusal.for_people()) from refusal
    carry_out(row)
    row.save()
    return row


def _drafted(draft: Draft, acting: Membership, today: date) -> tuple[Agreement, bool]:
    """The draft, and whether it was made just now."""
    if not rules.has_perm("coordination.create_agreement", acting):
        raise PermissionDenied
    if there := _made_before(draft):
        return there, False
    return _new(draft, today), True


def _made_before(draft: Draft) -> Agreement | None:
    """By the same form. The second click of two waits here until the first is done."""
    lock_series(_keeper(draft))
    return Agreement.objects.filter(form_token=draft.form_token).first() if draft.form_token else None


def _keeper(draft: Draft) -> Agency:
    return draft.register_agency or draft.agencies[0]


def _new(draft: Draft, today: date, parties: Sequence[PartyLine] = ()) -> Agreement:
    first = draft.agencies[0]
    document = Document.objects.create(
        kind=draft.kind,
        register_agency=_keeper(draft),
        register_year=today.year,
        subject=draft.subject,
        place=draft.place or first.name_on(today).place,
        is_sample=any(agency.is_sample for agency in draft.agencies),
    )
    put_parties(document, parties or [signed_last(agency) for agency in draft.agencies])
    return Agreement.objects.create(
        document=document, stage_from=draft.stage_from, stage_to=draft.stage_to, form_token=draft.form_token
    )


def signed_last(agency: Agency) -> PartyLine:
    """Who signed for the agency the last time, in which form."""
    parties = Party.objects.filter(agency=agency).exclude(name="")
    last = parties.order_by(F("document__issued_on").desc(nulls_last=True), "-pk").first()
    if last is None:
        return PartyLine(agency)
    return PartyLine(agency, last.title, last.name, last.desk, last.signing_form, last.on_behalf_of)


def _copy_text(source: Agreement, agreement: Agreement, day: date) -> None:
    old = _in_reading_order(source.document)
    lines = [SectionLine(level, row.heading, row.text, row.numbering != "none") for row, level in old]
    for (row, _level), section in zip(old, put_sections(agreement.document, lines), strict=True):
        put_clauses(section, [_line(clause) for clause in row.clauses.in_force(day).for_text()])
    bases = source.document.links.filter(nature=LinkNature.BASIS).select_related("target")
    put_links(agreement.document, LinkNature.BASIS, [Cited(row.target, row.text) for row in bases])
    put_recipients(agreement.document, _recipients_of(source.document))
    years = agreement.stage_from.year - source.stage_from.year
    put_milestones(
        agreement, [MilestoneLine(row.nature, row.year + years, lead=row.lead) for row in source.milestones.all()]
    )


def _line(clause: Clause) -> ClauseLine:
    cited = [Cited(row.target, row.text) for row in clause.citations.all()]
    return ClauseLine(clause.text, clause.lead, list(clause.partners.all()), cited)


def _recipients_of(document: Document) -> list[RecipientLine]:
    return [RecipientLine(row.text, row.agency, row.is_archive) for row in document.recipients.all()]


def _in_reading_order(document: Document) -> list[tuple[Section, int]]:
    """Each section with its level, those under it after it."""
    rows = list(document.sections.order_by("position", "pk"))
    found: list[tuple[Section, int]] = []

    def visit(parent: int | None, level: int) -> None:
        for row in rows:
            if row.parent_id == parent:
                found.append((row, level))
                visit(row.pk, level + 1)

    visit(None, 1)
    return found
