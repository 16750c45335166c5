"""How annual plans come to be and how their items are written, answered by partners and changed.

A plan is joint (its document has several parties) or an agency's own (one party). Until its text is fixed, items are
written, ordered and removed freely; once it is issued each change has a reason and is told to whom it concerns.
Opening, closing, parties, sections, bases and recipients: coordination.agreement_parts, which takes plans too.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import rules
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.agreement_actions import signed_last
from coordination.agreement_parts import (
    EDITABLE,
    EDITED,
    Cited,
    Edited,
    EditRefused,
    editing,
    put_links,
    put_parties,
    write,
)
from coordination.enums import DocumentState, LinkNature, Numbering
from coordination.locking import StaleVersion, claim_version
from coordination.models import (
    AdministrativeUnit,
    Agency,
    Agreement,
    Clause,
    Document,
    DocumentKind,
    Membership,
    Section,
)
from coordination.register import lock_series
from coordination.review import text_changed
from programs.enums import PartAnswer, PlanChangeNature
from programs.models import (
    ActivityKind,
    AnnualPlan,
    Assignment,
    Component,
    Difficulty,
    FundingLine,
    ModelKind,
    OutputKind,
    PlanItem,
    PlanPartner,
)
from programs.plan_changes import keep_change
from programs.plan_notices import ask_partners, tell_keepers
from programs.plan_words import printed

EDITED["annualplan"] = Edited(
    "programs.edit_plan",
    gettext_lazy("The plan is fixed. Once it is issued, change its items one by one, each with a reason."),
)
# The frame of the paper: the table of items stands in the second section, the money in the third.
SECTIONS = (
    ("purpose", "Mục đích, yêu cầu"),
    ("tasks", "Nội dung"),
    ("funding", "Kinh phí thực hiện"),
    ("organisation", "Tổ chức thực hiện"),
)


@dataclass(frozen=True)
class ItemLine:
    """What a person writes of one item. `lead` and `partners` never overlap; `funding`: whole đồng by source.

    The window `starts_on` to `ends_on` is inclusive. `uid`: of the item it changes; None makes a new one.
    """

    text: str
    component: Component
    lead: Agency
    starts_on: date
    ends_on: date
    partners: Sequence[Agency] = ()
    units: Sequence[AdministrativeUnit] = ()
    kind: ActivityKind | None = None
    measure: str = ""
    quantity: int | None = None
    counting_word: str = ""
    output_kind: OutputKind | None = None
    model_kind: ModelKind | None = None
    expected_result: str = ""
    women_percent: int | None = None
    minority_percent: int | None = None
    funding: Mapping[str, int] = field(default_factory=dict)
    clause: Clause | None = None
    assignment: Assignment | None = None
    carried_from: PlanItem | None = None
    carried_reason: str = ""
    uid: UUID | None = None


@dataclass(frozen=True)
class PlanDraft:
    """What a new plan begins with. `agencies` sign it, in the order of the symbol; one alone makes its own plan.

    `items`: from programs.plan_proposals (clauses, last year's items, assignments), as the person chose; or none.
    `continues`: the plan whose unfinished items are carried over.
    """

    year: int
    kind: DocumentKind
    subject: str
    agencies: Sequence[Agency]
    agreement: Agreement | None = None
    items: Sequence[ItemLine] = ()
    continues: AnnualPlan | None = None
    place: str = ""
    form_token: UUID | None = None


@transaction.atomic
def create_plan(draft: PlanDraft, *, acting: Membership, today: date) -> AnnualPlan:
    """A draft kept by the agency of the hat, which is one of those that sign. The same form twice makes one plan."""
    if not rules.has_perm("programs.create_plan", acting):
        raise PermissionDenied
    lock_series(acting.agency)  # the second click of two waits here until the first is done
    if draft.form_token and (there := AnnualPlan.objects.filter(form_token=draft.form_token).first()):
        return there
    if not Agency.objects.lineage_of({acting.agency_id}) & {agency.pk for agency in draft.agencies}:
        raise EditRefused(_("Your agency is not among those that sign the plan. Add it, or let one of them draft it."))
    document = Document.objects.create(
        kind=draft.kind,
        register_agency=acting.agency,
        register_year=today.year,
        subject=draft.subject,
        place=draft.place or acting.agency.name_on(today).place,
        is_sample=any(agency.is_sample for agency in draft.agencies),
    )
    put_parties(document, [signed_last(agency) for agency in draft.agencies])
    put_frame(document)
    if draft.agreement:
        put_links(document, LinkNature.BASIS, [Cited(draft.agreement.document)])
    plan = AnnualPlan.objects.create(
        document=document,
        agency=acting.agency,
        agreement=draft.agreement,
        year=draft.year,
        continues=draft.continues,
        form_token=draft.form_token,
    )
    for position, line in enumerate(draft.items, 1):
        _put(PlanItem(plan=plan, key=new_key(), position=position), line)
    return plan


def put_frame(document: Document) -> None:
    for position, (key, heading) in enumerate(SECTIONS, 1):
        Section.objects.create(
            document=document, position=position, numbering=Numbering.ROMAN, heading=heading, key=key
        )


def new_key() -> str:
    """Names the row of the item in the paper, for comments and comparisons; stays when others move."""
    return f"item-{uuid.uuid4().hex[:10]}"


# ---- items ----


def save_item(
    plan: AnnualPlan,
    line: ItemLine,
    *,
    acting: Membership,
    seen: int | None = None,
    reason: str = "",
    today: date | None = None,
) -> PlanItem:
    """A new item at the end (`seen` None), or the one `line.uid` names, of which `seen` is the version that was read.

    A new item takes the `uid` of its form, so that one form makes one item. After issue `reason` is needed: the change
    is kept as printed before and after, and told. Raises PermissionDenied, EditRefused, StaleVersion,
    PlanItem.DoesNotExist.
    """
    with changing(plan, acting=acting, reason=reason) as row:
        if seen is None:
            if line.uid and (there := row.items.filter(uid=line.uid).first()):
                return there
            item = PlanItem(plan=row, key=new_key(), position=_next(row), uid=line.uid or uuid.uuid4())
        else:
            item = row.items.get(uid=line.uid)
            claim_version(item, seen=seen)
        if item.cancelled_on:
            raise EditRefused(_("The item is cancelled and stays as it was. Add a new one."))
        before = printed(item) if item.pk else {}
        _put(item, line)
        _after_edit(item, before, acting=acting, reason=reason, today=today or timezone.localdate())
    return item


def remove_item(item: PlanItem, *, acting: Membership, seen: int, reason: str = "", today: date | None = None) -> None:
    """Takes it out of a plan that is not fixed; cancels it in an issued one, with a reason, from `today` on.

    Raises as save_item does.
    """
    day = today or timezone.localdate()
    with changing(item.plan, acting=acting, reason=reason) as row:
        item = row.items.get(pk=item.pk)
        claim_version(item, seen=seen)
        if row.document.state in EDITABLE:
            _take_out(item)
            return
        if item.cancelled_on:
            raise EditRefused(_("The item is already cancelled."))
        before = printed(item)
        write(item, cancelled_on=day, cancel_reason=reason.strip())
        keep_change(item, PlanChangeNature.CANCELLED, before, {}, reason=reason, acting=acting, today=day)


def _take_out(item: PlanItem) -> None:
    if item.carried_to.exists() or item.activities.exists() or item.model_events.exists():
        raise EditRefused(_("Records name this item. Take them off it first, or keep the item."))
    item.difficulties.all().delete()
    item.delete()


def order_items(plan: AnnualPlan, uids: Sequence[UUID], *, acting: Membership, seen: int) -> AnnualPlan:
    """As listed; items that are not named come after those that are. `seen`: the version of the plan."""
    with editing(plan, acting=acting, seen=seen) as row:
        named = {uid: position for position, uid in enumerate(uids)}
        items = sorted(row.items.all(), key=lambda item: (named.get(item.uid, len(named)), item.position))
        for position, item in enumerate(items, 1):
            write(item, position=position)
    return row


@contextmanager
def changing(plan: AnnualPlan, *, acting: Membership, reason: str = "") -> Iterator[AnnualPlan]:
    """An edit of items: of a text that is not fixed yet, or of an issued plan with a reason."""
    with transaction.atomic():
        document = Document.objects.select_for_update().get(pk=plan.document_id)
        row = AnnualPlan.objects.select_related("agreement").get(pk=plan.pk)
        row.document = document
        if not rules.has_perm("programs.edit_plan", acting, row):
            raise PermissionDenied
        if document.state not in {*EDITABLE, DocumentState.ISSUED}:
            raise EditRefused(str(EDITED["annualplan"].fixed))
        if document.state == DocumentState.ISSUED and not reason.strip():
            raise EditRefused(_("The plan is issued. Say why it is changed: the reason is printed in its annex."))
        yield row
        if document.state == DocumentState.IN_REVIEW:
            text_changed(document, by_agency=acting.agency)


def _next(plan: AnnualPlan) -> int:
    return (plan.items.aggregate(last=Max("position"))["last"] or 0) + 1


COLUMNS = (
    *("text", "component", "lead", "starts_on", "ends_on", "kind", "measure", "quantity", "counting_word"),
    *("output_kind", "model_kind", "expected_result", "women_percent", "minority_percent"),
    *("clause", "assignment", "carried_from", "carried_reason"),
)


def _put(item: PlanItem, line: ItemLine) -> None:
    """Everything the line says; partners that stay keep what they said."""
    write(item, **{name: getattr(line, name) for name in COLUMNS})
    if {unit.pk for unit in line.units} != set(item.units.values_list("pk", flat=True)):
        item.units.set(line.units)
    wanted = {agency.pk: agency for agency in line.partners if agency.pk != line.lead.pk}
    for part in item.parts.all():
        if wanted.pop(part.agency_id, None) is None:
            part.delete()
    for agency in wanted.values():
        PlanPartner.objects.create(item=item, agency=agency)
    _put_funding(item, line.funding)


def _put_funding(item: PlanItem, funding: Mapping[str, int]) -> None:
    """0 đồng is no line."""
    left = {source: amount for source, amount in funding.items() if amount}
    for row in item.funding.all():
        amount = left.pop(row.source, None)
        if amount is None:
            row.delete()
        else:
            write(row, amount_vnd=amount)
    for source, amount in left.items():
        FundingLine.objects.create(item=item, source=source, amount_vnd=amount)


def _after_edit(item: PlanItem, before: dict[str, str], *, acting: Membership, reason: str, today: date) -> None:
    """An edit that shows on paper asks every partner anew, once the plan was put to anybody."""
    state = item.plan.document.state
    after = printed(item)
    if before == after or state == DocumentState.DRAFT:
        return
    for part in item.parts.exclude(answer=PartAnswer.WAITING):
        write(part, answer=PartAnswer.WAITING, text="", answered_by=None, answered_at=None)
    if state == DocumentState.ISSUED:
        nature = PlanChangeNature.CHANGED if before else PlanChangeNature.ADDED
        keep_change(item, nature, before, after, reason=reason, acting=acting, today=today)
    else:
        ask_partners(item, acting=acting)


# ---- what partners say ----


@transaction.atomic
def answer_part(part: PlanPartner, *, acting: Membership, answer: str, text: str = "", seen: int) -> PlanPartner:
    """A co-ordinating agency accepts its part or asks for a change, in words; it may answer again.

    `seen`: the version of the item it read: raises StaleVersion when the item was edited meanwhile, EditRefused when
    the plan is not put to anybody (any more), PermissionDenied.
    """
    document = Document.objects.select_for_update().get(plan__items=part.item_id)
    part = PlanPartner.objects.select_related("item__plan").get(pk=part.pk)
    if not rules.has_perm("programs.answer_part", acting, part):
        raise PermissionDenied
    if document.state in (DocumentState.DRAFT, DocumentState.CLOSED, DocumentState.SUPERSEDED):
        raise EditRefused(_("The plan is not open to answers now."))
    if answer == PartAnswer.ASKS and not text.strip():
        raise EditRefused(_("Write what should change."))
    if part.item.version != seen:
        raise StaleVersion
    write(part, answer=answer, text=text.strip(), answered_by=acting.user, answered_at=timezone.now())
    tell_keepers(part, acting=acting)
    return part


# ---- difficulties ----


@transaction.atomic
def note_difficulty(
    item: PlanItem,
    *,
    acting: Membership,
    text: str,
    proposal: str = "",
    noted_on: date,
    form_token: UUID | None = None,
) -> Difficulty:
    """ "Khó khăn, vướng mắc" as the agency of the hat sees it. The same form twice notes it once."""
    if not rules.has_perm("programs.note_difficulty", acting, item):
        raise PermissionDenied
    PlanItem.objects.select_for_update().get(pk=item.pk)  # of two clicks the second waits
    if form_token and (there := Difficulty.objects.filter(form_token=form_token).first()):
        return there
    return Difficulty.objects.create(
        item=item, agency=acting.agency, text=text, proposal=proposal, noted_on=noted_on, form_token=form_token
    )


@transaction.atomic
def change_difficulty(difficulty: Difficulty, *, acting: Membership, seen: int, **values: Any) -> Difficulty:
    """`text`, `proposal`, `noted_on`; `solved_on` with `solution` closes it. Raises StaleVersion, PermissionDenied."""
    row = Difficulty.objects.select_related("item__plan__document").get(pk=difficulty.pk)
    if not rules.has_perm("programs.change_difficulty", acting, row):
        raise PermissionDenied
    claim_version(row, seen=seen)
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    return row
