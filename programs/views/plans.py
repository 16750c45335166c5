"""Annual plans: the list, one plan with its tasks, money and papers, and the steps of its path."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from coordination.agreement_move_forms import move_form
from coordination.document_links import cited_by, rests_on
from coordination.enums import DocumentState, FileNature
from coordination.history import history_url
from coordination.htmx import redirect_page, render_page
from coordination.models import Agency, Document, spoken_about_by
from coordination.models.agency import name_of
from coordination.pagination import CappedPaginator
from coordination.review import lineage_of
from coordination.turns import Turn, turn_of, turns_of
from coordination.views.agreements import refusal_words
from coordination.views.papers import paper_page
from coordination.workflow import MoveRefused
from programs import plan_page as page
from programs.models import AnnualPlan
from programs.plan_lists import PlanFilterForm, sums_of, with_progress
from programs.plan_workflow import TRANSITIONS, actions_for, move_plan
from programs.progress import totals_of, waiting_for_others
from programs.rules import allowed
from programs.why_not import why_no_plan

# What a step does, read before it is made.
WHAT_IT_DOES = {
    "send": gettext_lazy(
        "The other parties read the plan from now on. On the next page you ask them for their opinion, with a day due."
    ),
    "back": gettext_lazy(
        "The other parties no longer see the plan, and the round of opinions is closed. What was said stays kept."
    ),
    "agree": gettext_lazy(
        "The plan stays as all parties agreed to it. Until it is issued a leader may take it back to edit; once "
        "issued, its items are changed one by one, with a reason."
    ),
    "fix": gettext_lazy("The plan stays as it is now. Once issued, its items are changed one by one, with a reason."),
    "reopen": gettext_lazy(
        "The plan may be edited again, and who signs it still reads it. What all agreed to stays kept; consent holds "
        "only as far as the text stays as it was. An agency that was closed is replaced by the one that came of it."
    ),
    "issue": gettext_lazy(
        "Number, symbol and day go onto the paper; it is no draft any more, and activities can name its tasks."
    ),
    "suspend": gettext_lazy("The plan stays readable but is not in force from that day until it is resumed."),
    "resume": gettext_lazy("The plan is in force again from now on."),
    "close": gettext_lazy(
        "The plan ends. What is not done can be carried over into the next one; nothing takes the end back."
    ),
    "supersede": gettext_lazy("A later plan has taken the place of this one; it stays readable."),
}
FINAL = ("agree", "fix", "close", "supersede")


@require_safe
def plan_list(request):
    today, own = timezone.localdate(), lineage_of(request.acting)
    visible = AnnualPlan.objects.visible_to(request.user)
    form = PlanFilterForm(request.GET, rows=visible, today=today)
    found = form.filtered(visible)
    sums = sums_of(found)
    listed = found.for_list().prefetch_related("document__parties").order_by("-year", "-pk")
    shown = CappedPaginator(listed, counted=sums["rows"]).get_page(request.GET.get("page"))
    plans = list(shown.object_list)
    turns = turns_of([plan.document for plan in plans], request.acting, own, today=today)
    standings = [page.standing_for(row, request.acting, own, turns.get(row.document_id, Turn(""))) for row in plans]
    context = {
        "filter": {"form": form},
        "page": shown,
        "rows": with_progress(plans, standings, today),
        "sums": sums,
        "query": request.GET,
        "may_create": allowed(request, "programs.create_plan"),
    }
    return render_page(request, "programs/plan_list.html", "programs/_plan_table.html", context)


def visible_plan(request, uid):
    rows = AnnualPlan.objects.visible_to(request.user).for_list().select_related("continues__document")
    return get_object_or_404(rows.prefetch_related("document__parties"), uid=uid)


VIEWS = {
    "table": gettext_lazy("Table"),
    "agency": gettext_lazy("By agency"),
    "month": gettext_lazy("By month"),
    "waiting": gettext_lazy("Waiting for others"),
}


@require_safe
def plan_detail(request, uid):
    plan, today = visible_plan(request, uid), timezone.localdate()
    own = lineage_of(request.acting)
    rows = page.rows_of(plan, request.user, own, today)
    progress = {row.item.pk: row.progress for row in rows}
    waiting = waiting_for_others([row.item for row in rows], progress, own)
    shown = request.GET.get("view") if request.GET.get("view") in VIEWS else "table"
    context = frame_of(request, plan, today) | {
        "tab": "items",
        "rows": rows,
        "groups": page.by_agency(rows) if shown == "agency" else page.by_content(rows),
        "money": page.money_of(rows),
        "totals": totals_of([row.item for row in rows], progress),
        "waiting": waiting,
        "names": {row.item.pk: row for row in rows},
        "agencies": short_names({one.agency.pk for one in waiting}, today),
        "shown": shown,
        "views": [(name, label, name == shown) for name, label in VIEWS.items()],
        "months": range(1, 13),
        "why": why_no_plan(request, plan),
    }
    return render(request, "programs/plan_detail.html", context)


def short_names(agencies, today):
    named = Agency.objects.filter(pk__in=agencies).annotate(called=name_of("pk", "short_name", today))
    return dict(named.order_by().values_list("pk", "called"))


@require_safe
def plan_money(request, uid):
    plan, today = visible_plan(request, uid), timezone.localdate()
    rows = page.rows_of(plan, request.user, lineage_of(request.acting), today)
    context = {"tab": "money", "rows": rows, "groups": page.by_content(rows), "money": page.money_of(rows)}
    return render(request, "programs/plan_money.html", frame_of(request, plan, today) | context)


@require_safe
def plan_papers(request, uid):
    plan, today = visible_plan(request, uid), timezone.localdate()
    document = plan.document
    context = {
        "tab": "papers",
        "files": list(document.files.all()),
        "rests_on": rests_on(document, request.user),
        "cited_by": cited_by(document, request.user),
        "recipients": document.recipients.all(),
        "moves": document.moves.select_related("moved_by"),
        "changes": plan.changes.select_related("item", "changed_by")
        .annotate(agency_name=name_of("acting_for", "short_name", today))
        .order_by("-pk"),
        "may_upload": allowed(request, "coordination.upload_file", document),
    }
    return render(request, "programs/plan_papers.html", frame_of(request, plan, today) | context)


def frame_of(request, plan, today):
    """What stands over every tab: how the plan stands, its tabs with counts, and what this hat may do."""
    document, own = plan.document, lineage_of(request.acting)
    turn = turn_of(document, request.acting, today=today) if document.state == DocumentState.IN_REVIEW else Turn("")
    spoken = spoken_about_by(request.user).filter(pk=document.pk).exists()
    files = document.files.all()
    return {
        "plan": plan,
        "document": document,
        "title": document.title,
        "parties": Document.objects.filter(pk=document.pk)
        .order_by("parties__symbol_order")
        .values_list(name_of("parties__agency", "short_name", document.issued_on or today), flat=True),
        "standing": page.standing_for(plan, request.acting, own, turn),
        "item_count": plan.items.standing().count(),
        "file_count": files.count(),
        "signed_file": files.filter(nature=FileNature.SIGNED).order_by("-pk").first(),
        "may_speak": spoken,
        "comment_count": document.comments.count() if spoken else 0,
        "history_url": history_url(request.user, plan),
        "today": today,
    } | acts_of(request, plan)


def acts_of(request, plan):
    """What the hat worn now may do from here."""
    writes = why_no_plan(request, plan) is None
    return {
        "actions": [
            (name, TRANSITIONS[name].label, reverse("programs:plan_move", args=[plan.uid, name]))
            for name in actions_for(request.acting, plan)
        ],
        "may_edit": writes,
        "may_write_text": writes and plan.document.state in (DocumentState.DRAFT, DocumentState.IN_REVIEW),
        "may_create": allowed(request, "programs.create_plan"),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def plan_move(request, uid, action):
    """GET says what the step does; POST makes it."""
    plan, today = visible_plan(request, uid), timezone.localdate()
    if not allowed(request, TRANSITIONS[action].permission, plan):
        raise PermissionDenied
    if request.method != "POST":
        return move_page(request, plan, action, move_form(action, agreement=plan, today=today))
    form = move_form(action, request.POST, agreement=plan, today=today)
    if not form.is_valid():
        return move_page(request, plan, action, form, 422)
    try:
        move_plan(plan, action, acting=request.acting, today=today, **form.typed())
    except MoveRefused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal_words(request, refusal))
        return move_page(request, plan, action, form, 422)
    messages.success(request, TRANSITIONS[action].done)
    if action == "send":
        return redirect_page(request, reverse("coordination:document_review", args=[plan.document.uid]))
    return redirect_page(request, reverse("programs:plan_detail", args=[plan.uid]))


def move_page(request, plan, action, form, status=200):
    context = {
        "plan": plan,
        "document": plan.document,
        "form": form,
        "title": TRANSITIONS[action].label,
        "does": WHAT_IT_DOES[action],
        "is_open": plan.document.state in TRANSITIONS[action].sources,
        "final": action in FINAL,
        "refused": PLAN_REFUSED % {"state": plan.document.get_state_display()},
    }
    return render(request, "programs/plan_move.html", context, status=status)


PLAN_REFUSED = gettext_lazy("This step is not open: the plan is “%(state)s”.")


@require_http_methods(["GET", "HEAD", "POST"])
def plan_paper(request, uid, file_format):
    plan = get_object_or_404(AnnualPlan.objects.visible_to(request.user).select_related("document__kind"), uid=uid)
    return paper_page(request, plan.document, file_format, reverse("programs:plan_papers", args=[plan.uid]))
