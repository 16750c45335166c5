"""Who is told of what in a plan: partners of their parts, keepers of answers, everybody concerned of a change."""

from __future__ import annotations

from django.urls import reverse

from coordination.enums import NoticeKind
from coordination.models import Agency, Document, Membership, User
from coordination.notices import PARTS_SHOWN, people_of, tell
from coordination.review import SPEAKING, lineage_of, makers_of
from programs.enums import PartAnswer
from programs.models import AnnualPlan, PlanItem, PlanPartner


def ask_partners(item: PlanItem, *, acting: Membership) -> None:
    """Once an edit: `item.version` counts them."""
    _ask(item.parts.filter(answer=PartAnswer.WAITING), f"item-{item.pk}-{item.version}", item.plan, acting)


def ask_all_partners(plan: AnnualPlan, *, acting: Membership) -> None:
    """When the plan is put to the others: one notice an agency, however many items."""
    parts = PlanPartner.objects.filter(item__plan=plan, item__cancelled_on=None, answer=PartAnswer.WAITING)
    _ask(parts, f"plan-{plan.pk}-{plan.document.version}", plan, acting)


def _ask(parts, key: str, plan: AnnualPlan, acting: Membership) -> None:
    agencies = Agency.objects.filter(pk__in=parts.values("agency")).exclude(pk__in=lineage_of(acting))
    for agency in agencies:
        tell(people_of(agency, SPEAKING), NoticeKind.PART_ASKED, about=plan.document, agency=acting.agency, key=key)


def tell_keepers(part: PlanPartner, *, acting: Membership) -> None:
    """The agencies whose plan it is."""
    document, key = part.item.plan.document, f"part-{part.pk}-{part.answered_at:%s}"
    for agency in Agency.objects.filter(pk__in=makers_of(document)).exclude(pk__in=lineage_of(acting)):
        tell(people_of(agency, SPEAKING), NoticeKind.PART_ANSWERED, about=document, agency=acting.agency, key=key)


def concerned(item: PlanItem) -> set[int]:
    """Ids of those who sign the plan, lead the item or take part in it."""
    return {*makers_of(item.plan.document), item.lead_id, *item.parts.values_list("agency", flat=True)}


def part_of_plan(document: Document, user: User) -> str:
    """The plan for a party of its agreement, the first of his items for a named partner; "" for whoever reads none."""
    if plan := AnnualPlan.objects.visible_to(user).filter(document=document).first():
        return reverse("programs:plan_detail", args=[plan.uid])
    items = PlanItem.objects.visible_to(user).filter(plan__document=document)
    item = items.order_by("position", "pk").first()
    return reverse("programs:item_detail", args=[item.uid]) if item else ""


PARTS_SHOWN.append(part_of_plan)
