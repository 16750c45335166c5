"""One item of a plan: what is done of it, what partners say, its difficulties; and the forms that change it."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.db.models import Sum
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coordination.agreement_parts import EditRefused
from coordination.enums import DocumentState
from coordination.htmx import redirect_page, render_page
from coordination.locking import StaleVersion
from coordination.models.agency import name_of
from coordination.refusals import message_for
from coordination.review import lineage_of
from programs import plan_page as page
from programs.enums import FactState, PartAnswer
from programs.forms.plan_item_page import (
    AnswerForm,
    DifficultyEditForm,
    DifficultyForm,
    ItemPageForm,
    RemoveForm,
    first_values,
    item_lists,
    stored_values,
)
from programs.models import Activity, AnnualPlan, Difficulty, ModelEvent, PlanItem
from programs.plan_actions import answer_part, change_difficulty, note_difficulty, remove_item, save_item
from programs.plan_words import names_in, words_of
from programs.progress import progress_of
from programs.rules import allowed, of_its_parties, require
from programs.views.assignment_forms import renewed, stale
from programs.views.plans import visible_plan
from programs.why_not import CHANGEABLE, why_no_plan

SHOWN = 50  # activities on the page; more stand in the list of activities
SPEAKABLE = (DocumentState.IN_REVIEW, DocumentState.AGREED, DocumentState.ISSUED, DocumentState.SUSPENDED)
COMPARED = (
    *("text", "component", "lead", "partners", "starts_on", "ends_on", "units", "kind", "measure", "quantity"),
    *("counting_word", "output_kind", "model_kind", "expected_result", "women_percent", "minority_percent"),
)


def visible_item(request, uid):
    related = ("plan__document__kind", "plan__agency", "carried_from__plan", "assignment__document", "kind")
    rows = PlanItem.objects.visible_to(request.user).for_list().select_related(*related)
    return get_object_or_404(rows, uid=uid)


@require_safe
def item_detail(request, uid):
    return item_page(request, visible_item(request, uid))


def item_page(request, item, status=200, **forms):
    today, plan = timezone.localdate(), item.plan
    names, own = names_in([item], plan.document.issued_on or today), lineage_of(request.acting)
    activities = Activity.objects.visible_to(request.user).filter(plan_item=item, state=FactState.RECORDED)
    events = ModelEvent.objects.visible_to(request.user).filter(plan_item=item, state=FactState.RECORDED)
    seen = activities.aggregate(sessions=Sum("sessions"), attendances=Sum("attendances"))
    progress = progress_of([item], today)[item.pk]
    part = own_part(item, own) if plan.document.state in SPEAKABLE and not item.cancelled_on else None
    may_answer = part is not None and allowed(request, "programs.answer_part", part)
    notes = allowed(request, "programs.note_difficulty", item)
    readable = AnnualPlan.objects.visible_to(request.user).filter(pk=plan.pk).exists()
    context = {
        "item": item,
        "plan": plan,
        "document": plan.document,
        "words": words_of(item, names, plan.year),
        "progress": progress,
        "look": page.LOOKS[progress.state],
        "mine": item.lead_id in own,
        "plan_readable": readable,
        "parts": [(row, names[row.agency_id], page.ANSWER_LOOKS[row.answer]) for row in item.parts.all()],
        "activities": activities.select_related("kind", "unit")
        .annotate(owner_name=name_of("owner", "short_name", today))
        .order_by("-counted_on", "-pk")[:SHOWN],
        "activity_count": activities.count(),
        "seen": seen,
        "events": events.select_related("model__kind", "model__unit").order_by("-counted_on", "-pk")[:SHOWN],
        "may_log": plan.document.state == DocumentState.ISSUED
        and not item.cancelled_on
        and works_on(item, own)
        and allowed(request, "programs.add_activity"),
        "answer_form": AnswerForm(initial=said(part, item)) if may_answer else None,
        "difficulties": difficulties_of(
            item, own, today, notes=notes, keeps=notes and of_its_parties(request.acting, plan)
        ),
        "difficulty_form": difficulty_form(today) if notes else None,
        "changes": item.changes.select_related("item", "changed_by")
        .annotate(agency_name=name_of("acting_for", "short_name", today))
        .order_by("-pk"),
        "why": why_no_plan(request, plan) if readable else None,
        "may_edit": readable and may_change(request, item),
    }
    return render(request, "programs/item_detail.html", context | forms, status=status)


def difficulties_of(item, own, today, *, notes, keeps):
    """`may_change`: as `programs.change_difficulty` says; `keeps`: it is a plan of the agency of the hat."""
    rows = list(item.difficulties.annotate(agency_name=name_of("agency", "short_name", today)))
    for row in rows:
        row.may_change = keeps or (notes and row.agency_id in own)
    return rows


def works_on(item, own):
    return item.lead_id in own or any(part.agency_id in own for part in item.parts.all())


def own_part(item, own):
    """The part of the agency of the hat, or of one it succeeded."""
    return next((part for part in item.parts.all() if part.agency_id in own), None)


def said(part, item):
    answered = {"answer": part.answer, "text": part.text} if part.answer != PartAnswer.WAITING else {}
    return {"version": item.version} | answered


def difficulty_form(today, data=None):
    first = {"noted_on": today, "form_token": uuid.uuid4()}
    return DifficultyForm(data, initial=first, auto_id="id_difficulty_%s", use_required_attribute=False)


def may_change(request, item):
    open_now = item.plan.document.state in CHANGEABLE and not item.cancelled_on
    return open_now and allowed(request, "programs.edit_plan", item.plan)


def page_of(item):
    return reverse("programs:item_detail", args=[item.uid])


@require_POST
def item_answer(request, uid):
    """A co-ordinating agency takes its part, or says what should change."""
    item = visible_item(request, uid)
    part = own_part(item, lineage_of(request.acting))
    if part is None:
        raise PermissionDenied
    require(request, "programs.answer_part", part)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return item_page(request, item, 422, answer_form=form, form=form)
    answer, text, seen = (form.cleaned_data[name] for name in ("answer", "text", "version"))
    try:
        answer_part(part, acting=request.acting, answer=answer, text=text, seen=seen)
    except (StaleVersion, EditRefused) as refusal:
        stale_words = _("The item was changed meanwhile. Read it again above, then answer.")
        form.add_error(None, refusal.for_people() if isinstance(refusal, EditRefused) else stale_words)
        return item_page(request, item, 409, answer_form=renewed(form, item.version), form=form)
    messages.success(request, _("Your answer is recorded, and those who keep the plan are told."))
    return redirect_page(request, page_of(item))


# ---- the item itself ----


@require_http_methods(["GET", "HEAD", "POST"])
def item_create(request, uid):
    plan, today = visible_plan(request, uid), timezone.localdate()
    require(request, "programs.edit_plan", plan)
    lists = item_lists(plan, request.acting.agency, today)
    if request.method != "POST":
        first = first_values(plan, request.acting.agency, uuid.uuid4())
        return form_page(request, plan, ItemPageForm(initial=first, lists=lists, plan=plan))
    form = ItemPageForm(request.POST, lists=lists, plan=plan)
    return opened(request, plan, form) or answer_to(request, plan, form)


@require_http_methods(["GET", "HEAD", "POST"])
def item_edit(request, uid):
    item, today = visible_item(request, uid), timezone.localdate()
    require(request, "programs.edit_plan", item.plan)
    named = [item.lead_id, *(part.agency_id for part in item.parts.all())]
    lists = item_lists(item.plan, request.acting.agency, today, named)
    stored = stored_values(item)
    if request.method != "POST":
        if not may_change(request, item):
            return redirect_page(request, page_of(item))  # which says why it cannot be changed
        return form_page(request, item.plan, ItemPageForm(initial=stored, lists=lists, plan=item.plan), item)
    form = ItemPageForm(request.POST, lists=lists, plan=item.plan)
    return opened(request, item.plan, form, item) or answer_to(request, item.plan, form, item)


def opened(request, plan, form, item=None):
    """The button that finds places only asks for more of the form."""
    if request.POST.get("open") != "units":
        return None
    values = {name: form[name].value() for name in form.fields}
    again = ItemPageForm(initial=values, lists=form.lists, plan=plan)
    return form_page(request, plan, again, item, opened="units")


def answer_to(request, plan, form, item=None):
    """Save what was sent, or say what to mend; a stale edit shows both versions."""
    if not form.is_valid():
        return form_page(request, plan, form, item, 422)
    line, reason = form.line(item), form.cleaned_data.get("reason", "")
    seen = (form.cleaned_data["version"] or 0) if item else None
    try:
        saved = save_item(plan, line, acting=request.acting, seen=seen, reason=reason)
    except StaleVersion:
        stored = as_compared(stored_values(item), item)
        return form_page(request, plan, renewed(form, item.version), item, 409, theirs=stale(form, stored, COMPARED))
    except (EditRefused, IntegrityError) as refusal:
        form.add_error(None, refusal.for_people() if isinstance(refusal, EditRefused) else message_for(refusal))
        return form_page(request, plan, form, item, 409 if isinstance(refusal, EditRefused) else 422)
    messages.success(request, _("Saved: “%(text)s”.") % {"text": saved})
    if "again" in request.POST:
        return redirect_page(request, reverse("programs:item_create", args=[plan.uid]))
    return redirect_page(request, page_of(saved))


def as_compared(values, item):
    """The window as days, whichever way it was typed."""
    return values | {"starts_on": item.starts_on, "ends_on": item.ends_on}


def form_page(request, plan, form, item=None, status=200, theirs=None, opened=""):
    context = {"plan": plan, "document": plan.document, "form": form, "item": item, "theirs": theirs}
    context |= {"opened": opened}
    return render_page(request, "programs/item_form.html", "programs/_item_form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def item_remove(request, uid):
    """Out of a plan in the making; cancelled, with a reason, in an issued one."""
    item = visible_item(request, uid)
    require(request, "programs.edit_plan", item.plan)
    issued = item.plan.document.issued_on is not None
    if request.method != "POST":
        return remove_page(request, item, RemoveForm(initial={"version": item.version}, issued=issued))
    form = RemoveForm(request.POST, issued=issued)
    if not form.is_valid():
        return remove_page(request, item, form, 422)
    reason = form.cleaned_data.get("reason", "")
    try:
        remove_item(item, acting=request.acting, seen=form.cleaned_data["version"], reason=reason)
    except StaleVersion:
        form.add_error(None, _("The item was changed meanwhile. Read it again below, then decide."))
        return remove_page(request, item, renewed(form, item.version), 409)
    except EditRefused as refusal:
        form.add_error(None, refusal.for_people())
        return remove_page(request, item, form, 409)
    messages.success(request, _("The task is cancelled.") if issued else _("The task is taken out."))
    return redirect_page(request, reverse("programs:plan_detail", args=[item.plan.uid]))


def remove_page(request, item, form, status=200):
    context = {"item": item, "plan": item.plan, "document": item.plan.document, "form": form, "issued": form.issued}
    return render(request, "programs/item_remove.html", context, status=status)


# ---- difficulties ----


@require_POST
def difficulty_add(request, uid):
    item = visible_item(request, uid)
    require(request, "programs.note_difficulty", item)
    form = difficulty_form(timezone.localdate(), request.POST)
    if not form.is_valid():
        return item_page(request, item, 422, difficulty_form=form, form=form)
    note_difficulty(item, acting=request.acting, **form.cleaned_data)
    messages.success(request, _("The difficulty is noted."))
    return redirect_page(request, page_of(item) + "#difficulties")


@require_http_methods(["GET", "HEAD", "POST"])
def difficulty_edit(request, uid):
    items = PlanItem.objects.visible_to(request.user).values("pk")
    rows = Difficulty.objects.filter(item__in=items).select_related("item__plan__document")
    difficulty = get_object_or_404(rows, uid=uid)
    require(request, "programs.change_difficulty", difficulty)
    names = ("text", "proposal", "noted_on", "solved_on", "solution")
    stored = {name: getattr(difficulty, name) for name in (*names, "version")}
    if request.method != "POST":
        return difficulty_page(request, difficulty, DifficultyEditForm(initial=stored))
    form = DifficultyEditForm(request.POST)
    if not form.is_valid():
        return difficulty_page(request, difficulty, form, 422)
    values = {name: form.cleaned_data[name] for name in names}
    try:
        change_difficulty(difficulty, acting=request.acting, seen=form.cleaned_data["version"], **values)
    except StaleVersion:
        theirs = stale(form, stored, names)
        return difficulty_page(request, difficulty, renewed(form, difficulty.version), 409, theirs)
    messages.success(request, _("Saved."))
    return redirect_page(request, page_of(difficulty.item) + "#difficulties")


def difficulty_page(request, difficulty, form, status=200, theirs=None):
    context = {"difficulty": difficulty, "item": difficulty.item, "form": form, "theirs": theirs}
    return render(request, "programs/difficulty_form.html", context, status=status)
