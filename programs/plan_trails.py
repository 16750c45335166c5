"""History of a plan with its items, their partners and money: read by those whose plan it is."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordination.access import access_of
from coordination.agreement_page import address_of
from coordination.history import TRAILS, Part, Trail
from coordination.models import Party
from coordination.trails import beginning_of, parts_of_document, put_to_others
from programs.models import AnnualPlan, FundingLine, PlanItem, PlanPartner

PLAN = {"year": _("Year"), "opening": _("Opening"), "closing": _("Closing")}
ITEM = {
    "text": _("Item"),
    "component": _("Content"),
    "lead": _("Lead"),
    "units": _("Places"),
    "kind": _("Kind"),
    "measure": _("What is counted"),
    "quantity": _("Quantity"),
    "counting_word": _("Counting word"),
    "starts_on": _("From"),
    "ends_on": _("To"),
    "expected_result": _("Expected result"),
    "women_percent": _("Women, at least %"),
    "minority_percent": _("Ethnic minorities, at least %"),
    "carried_reason": _("Why it is carried over"),
    "cancelled_on": _("Cancelled on"),
    "cancel_reason": _("Why it is cancelled"),
}
PARTNER = {"answer": _("Answer"), "text": _("What should change")}


def of_its_makers(user):
    """Drafts are read by those who make them, not by whoever may read the issued plan."""
    own = access_of(user).own
    signed = Party.objects.filter(agency__in=own).values("document")
    made = AnnualPlan.objects.filter(Q(agency__in=own) | Q(document__in=signed))
    return AnnualPlan.objects.visible_to(user).filter(pk__in=made.values("pk"))


def of_items(pk) -> Q:
    return Q(item__in=PlanItem.history.filter(plan=pk).values("id"))


TRAILS["programs.annualplan"] = Trail(
    rows=of_its_makers,
    labels=PLAN,
    parts=(
        *parts_of_document("plan"),
        Part(PlanItem, lambda pk: Q(plan=pk), ITEM, name=beginning_of),
        Part(PlanPartner, of_items, PARTNER, key=("item", "agency"), named_by="agency"),
        Part(
            FundingLine,
            of_items,
            {"amount_vnd": _("Planned (VND)")},
            key=("item", "source"),
            name=lambda row: str(row.get_source_display()),
        ),
    ),
    title=lambda plan: plan.document.subject,
    address=lambda plan: address_of(plan.document),
    document=lambda plan: plan.document,
    since=lambda user, plan: put_to_others(user, plan.document),
)
