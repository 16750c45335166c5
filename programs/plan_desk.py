"""What of plans waits on the first page of a hat: drafts to finish, texts to fix or number, parts to answer.

`own`: ids of the agency of the hat and of those it succeeded.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, Min, OuterRef, Q

from coordination.enums import DocumentState
from coordination.models import Document, Membership, Party, ReviewRound
from coordination.open_work import MOVING, touched
from coordination.review import SPEAKING
from coordination.rules import drafts, keeps_the_register, leads
from programs.enums import PartAnswer
from programs.models import AnnualPlan, PlanItem, PlanPartner

SHOWN = 10


@dataclass(frozen=True)
class WaitingPlan:
    """`action`: "edit" a draft, "ask" the parties, "fix" an own plan, "issue" what was fixed."""

    plan: AnnualPlan
    action: str


@dataclass(frozen=True)
class WaitingParts:
    """So many items of one plan wait for the answer of the agency; `item` is the first of them.

    A partner that does not sign reads its items and not the plan.
    """

    item: PlanItem
    count: int


def waiting_plans(acting: Membership, own: set[int]) -> list[WaitingPlan]:
    """Drafts stand with the agency that keeps them: the others read them once they are put to them."""
    ours = Q(document__register_agency__in=own)
    signed = Q(document__in=Party.objects.filter(agency__in=own).values("document"))
    asked = Exists(ReviewRound.objects.filter(document=OuterRef("document"), closed_at__isnull=True))
    draft, alone = Q(document__state=DocumentState.DRAFT), Q(signing__lt=2)
    actions = {DocumentState.DRAFT: "edit", DocumentState.IN_REVIEW: "ask", DocumentState.AGREED: "issue"}
    wanted = Q(pk__in=[])
    if drafts(acting):
        wanted |= ours & (draft | Q(document__state=DocumentState.IN_REVIEW, asked=False))
    if leads(acting, None):
        wanted |= ours & draft & alone
        actions[DocumentState.DRAFT] = "fix"
    if keeps_the_register(acting, None) or leads(acting, None):
        wanted |= (ours | signed) & Q(document__state=DocumentState.AGREED)
    rows = AnnualPlan.objects.annotate(asked=asked, signing=Count("document__parties")).filter(wanted)
    rows = rows.select_related("document__kind").order_by("-pk")[:SHOWN]
    return [WaitingPlan(row, actions[DocumentState(row.document.state)]) for row in rows]


def waiting_parts(acting: Membership, own: set[int]) -> list[WaitingParts]:
    """For who speaks for the agency: items it was named in and has said nothing of, by plan, the latest first."""
    if acting.role not in SPEAKING:
        return []
    open_states = [DocumentState.IN_REVIEW, DocumentState.AGREED, DocumentState.ISSUED]
    parts = PlanPartner.objects.filter(agency__in=own, answer=PartAnswer.WAITING, item__cancelled_on=None)
    parts = parts.filter(item__plan__document__state__in=open_states)
    counted = parts.order_by().values("item__plan").annotate(rows=Count("pk"), first=Min("item"))
    counts = {row["first"]: row["rows"] for row in counted}
    items = PlanItem.objects.filter(pk__in=counts).select_related("plan__document__kind").order_by("-plan")
    return [WaitingParts(item, counts[item.pk]) for item in items[:SHOWN]]


def open_plans(hat: Membership) -> list[AnnualPlan]:
    """Not issued yet, and the person wrote in them for the agency."""
    items = PlanItem.objects.filter(pk__in=touched(PlanItem, hat)).values("plan")
    written = Q(pk__in=items) | Q(pk__in=touched(AnnualPlan, hat)) | Q(document__in=touched(Document, hat))
    rows = AnnualPlan.objects.filter(written, agency=hat.agency_id, document__state__in=MOVING)
    return list(rows.select_related("document").order_by("pk"))
