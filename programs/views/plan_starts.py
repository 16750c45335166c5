"""How a plan begins, the text around its items and their order; clauses of an agreement by year."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from coordination.agreement_parts import EDITABLE, EditRefused
from coordination.htmx import redirect_page
from coordination.locking import StaleVersion
from coordination.models import Agreement
from programs.compose import items_of
from programs.forms.plan_starts import OrderForm, PlanStartForm, SourceForm, proposals
from programs.forms.plan_text import PlanTextForm
from programs.models import AnnualPlan
from programs.plan_actions import create_plan, order_items
from programs.progress import coverage
from programs.rules import allowed, require
from programs.views.assignment_forms import renewed, stale
from programs.views.plans import visible_plan


@require_http_methods(["GET", "HEAD", "POST"])
def plan_create(request):
    """The year and the agreement stand in the address; what they propose is ticked and sent."""
    require(request, "programs.create_plan")
    today, acting = timezone.localdate(), request.acting
    source = SourceForm(request.GET, user=request.user, acting=acting, today=today)
    found = proposals(*source.chosen, acting, today)
    if request.method != "POST":
        return start_page(request, source, PlanStartForm(found=found, acting=acting, today=today))
    form = PlanStartForm(request.POST, found=found, acting=acting, today=today)
    if not form.is_valid():
        return start_page(request, source, form, 422)
    try:
        plan = create_plan(form.draft(), acting=acting, today=today)
    except EditRefused as refusal:
        form.add_error("agencies", refusal.for_people())
        return start_page(request, source, form, 422)
    messages.success(request, _("The draft is there. Look at each task: who leads it, how many, when, how much."))
    return redirect_page(request, page_of(plan))


def start_page(request, source, form, status=200):
    context = {"source": source, "form": form, "found": form.found}
    return render(request, "programs/plan_form.html", context, status=status)


def page_of(plan):
    return reverse("programs:plan_detail", args=[plan.uid])


def editable_plan(request, uid):
    plan = visible_plan(request, uid)
    require(request, "programs.edit_plan", plan)
    return plan


@require_http_methods(["GET", "HEAD", "POST"])
def plan_text(request, uid):
    plan = editable_plan(request, uid)
    if request.method != "POST":
        if plan.document.state not in EDITABLE:
            return redirect_page(request, page_of(plan))  # which says why it cannot be changed
        return text_page(request, plan, PlanTextForm(plan=plan))
    form = PlanTextForm(request.POST, plan=plan)
    if not form.is_valid():
        return text_page(request, plan, form, 422)
    try:
        form.save(acting=request.acting, today=timezone.localdate())
    except StaleVersion:
        theirs = stale(form, form.stored, form.compared())
        return text_page(request, plan, renewed(form, plan.version), 409, theirs)
    except EditRefused as refusal:
        form.add_error(None, refusal.for_people())
        return text_page(request, plan, form, 409)
    messages.success(request, _("Saved."))
    return redirect_page(request, page_of(plan))


def text_page(request, plan, form, status=200, theirs=None):
    context = {"plan": plan, "document": plan.document, "form": form, "theirs": theirs}
    return render(request, "programs/plan_text.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def plan_order(request, uid):
    plan = editable_plan(request, uid)
    items, first = items_of(plan), {"version": plan.version}
    if request.method != "POST":
        if plan.document.state not in EDITABLE:
            return redirect_page(request, page_of(plan))  # which says why it cannot be changed
        return order_page(request, plan, OrderForm(items=items, initial=first))
    form = OrderForm(request.POST, items=items)
    if not form.is_valid():
        return order_page(request, plan, form, 422)
    try:
        order_items(plan, form.ordered(), acting=request.acting, seen=form.cleaned_data["version"])
    except StaleVersion:
        form.add_error(None, _("The plan was changed meanwhile. Your order is kept below; look at it and save again."))
        return order_page(request, plan, renewed(form, plan.version), 409)
    except EditRefused as refusal:
        form.add_error(None, refusal.for_people())
        return order_page(request, plan, form, 409)
    messages.success(request, _("The order is saved."))
    return redirect_page(request, page_of(plan))


def order_page(request, plan, form, status=200):
    context = {"plan": plan, "document": plan.document, "form": form}
    return render(request, "programs/plan_order.html", context, status=status)


@require_safe
def agreement_coverage(request, uid):
    """What each year brought of each clause, from the plans the person may read."""
    agreements = Agreement.objects.visible_to(request.user).select_related("document__kind")
    agreement = get_object_or_404(agreements, uid=uid)
    found = coverage(agreement, request.user, timezone.localdate())
    plans = AnnualPlan.objects.visible_to(request.user).filter(agreement=agreement).select_related("document")
    context = {
        "agreement": agreement,
        "document": agreement.document,
        "title": agreement.document.title,
        "coverage": found,
        "plans": plans.order_by("year", "pk"),
        "gaps": sum(cell.state == "nothing" for row in found.rows for cell in row.cells),
        "may_create": allowed(request, "programs.create_plan"),
    }
    return render(request, "programs/agreement_coverage.html", context)
