"""The pages on which tasks are given, answered, verified and returned."""

import uuid
from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.choices import flatten_choices
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from coordination.enums import DocumentState
from coordination.htmx import redirect_page, render_page
from coordination.locking import StaleVersion
from coordination.models import Document
from coordination.models.agency import name_of
from coordination.refusals import message_for
from programs.assignments import TaskRefused, answer_task, change_task, give_tasks, return_answer, verify_answer
from programs.forms.assignments import (
    ANSWER_FIELDS,
    TASK_FIELDS,
    AnswerForm,
    JudgeForm,
    TaskEditForm,
    TasksForm,
    addressed_in,
    stored_task,
)
from programs.forms.differences import Difference, in_words
from programs.models import AssignmentResponse
from programs.recurrence_words import reading_of
from programs.rules import require
from programs.views.assignments import visible_assignment, visible_document

OFFERED = 100  # documents an answer may name
LONGEST_TEXT = 2000  # of a task, in which it is looked for how often it comes


@require_http_methods(["GET", "HEAD", "POST"])
def assignment_create(request, uid):
    document, today = visible_document(request, uid), timezone.localdate()
    require(request, "programs.give_assignment", document)
    if document.state not in DocumentState.in_the_open():
        raise PermissionDenied
    known = {"offered": addressed_in(document, today), "issued_on": document.issued_on or today}
    if request.method != "POST":
        form = TasksForm(None, **known, initial={"form_token": uuid.uuid4()})
        return tasks_page(request, document, form)
    opened = request.POST.get("open")
    form = TasksForm(request.POST, **known, more=1 if opened == "row" else 0)
    if opened:
        form.with_days()
        return tasks_page(request, document, form, judged=False)
    if not form.is_valid():
        return tasks_page(request, document, form, 422)
    try:
        given = give_tasks(document, form.tasks(), acting=request.acting, token=form.common.cleaned_data["form_token"])
    except TaskRefused as refusal:
        form.common.add_error(None, refusal.for_people())
        return tasks_page(request, document, form, 422)
    messages.success(
        request, ngettext("%(n)s task is given.", "%(n)s tasks are given.", len(given)) % {"n": len(given)}
    )
    return redirect_page(request, reverse("programs:document_assignments", args=[document.uid]))


def tasks_page(request, document, form, status=200, judged=True):
    """`judged`: what is wrong is said; a row just added says nothing yet."""
    context = {"document": document, "tasks": form, "wrong": form.errors if judged and status != 200 else []}
    page, part = "programs/assignment_form.html", "programs/_assignment_form.html"
    return render_page(request, page, part, context, status=status)


@require_safe
def assignment_due(request):
    """The day that can be read from words, while they are typed; `issued`: the day of the paper."""
    try:
        issued_on = date.fromisoformat(request.GET.get("issued", ""))
    except ValueError:
        issued_on = timezone.localdate()
    words, text = (
        next((value for name, value in request.GET.items() if name.endswith(field)), "")[:longest]
        for field, longest in (("due_words", 200), ("text", LONGEST_TEXT))
    )
    context = {"words": words, "reading": reading_of(words, text, issued_on)}
    return render(request, "programs/_assignment_due.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def assignment_edit(request, uid):
    assignment, today = visible_assignment(request, uid), timezone.localdate()
    require(request, "programs.give_assignment", assignment.document)
    if assignment.withdrawn_on and request.method != "POST":
        return redirect("programs:assignment_detail", uid)
    kept = assignment.responses.values_list("agency", flat=True)
    known = {
        "offered": addressed_in(assignment.document, today, kept),
        "issued_on": assignment.document.issued_on or today,
    }
    stored = stored_task(assignment)
    if request.method != "POST":
        return edit_page(request, assignment, TaskEditForm(initial=stored, **known))
    form = TaskEditForm(request.POST, **known)
    if not form.is_valid():
        return edit_page(request, assignment, form, 422)
    try:
        change_task(assignment, form.task(), seen=form.cleaned_data["version"], acting=request.acting)
    except StaleVersion:
        return edit_page(request, assignment, renewed(form, stored["version"]), 409, stale(form, stored, TASK_FIELDS))
    except (TaskRefused, IntegrityError) as refusal:
        form.add_error(None, refusal.for_people() if isinstance(refusal, TaskRefused) else message_for(refusal))
        return edit_page(request, assignment, form, 422)
    messages.success(request, _("Saved."))
    return redirect_page(request, reverse("programs:assignment_detail", args=[assignment.uid]))


def edit_page(request, assignment, form, status=200, theirs=None):
    context = {"assignment": assignment, "form": form, "theirs": theirs}
    page, part = "programs/assignment_edit.html", "programs/_assignment_edit.html"
    return render_page(request, page, part, context, status=status)


def stale(form, stored, names):
    """What differs between the stored version and what this person typed, in the words of the form."""
    theirs, mine = said(form, stored), said(form, form.cleaned_data)
    return [
        Difference(str(form.fields[name].label), theirs[name], mine[name])
        for name in names
        if theirs[name] != mine[name]
    ]


def said(form, values):
    """Rows of the lists by the words they are offered with."""
    words = {}
    for name, field in form.fields.items():
        value = values.get(name)
        if hasattr(field, "entries") and value:
            offered, rows = dict(flatten_choices(field.choices)), value if isinstance(value, list) else [value]
            value = ", ".join(str(offered.get(str(getattr(row, "pk", row)), row)) for row in rows)
        words[name] = in_words(field, value)
    return words


def renewed(form, version):
    """The form with the version that is stored now: sent again, it is saved."""
    form.data = form.data.copy()
    form.data["version"] = version
    return form


@require_http_methods(["GET", "HEAD", "POST"])
def response_answer(request, uid):
    response = visible_response(request, uid)
    require(request, "programs.change_assignmentresponse", response)
    if response.assignment.withdrawn_on and request.method != "POST":
        return redirect("programs:assignment_detail", response.assignment.uid)
    papers = papers_for(request, response)
    stored = {name: getattr(response, name) for name in (*ANSWER_FIELDS, "version")}
    if request.method != "POST":
        return answer_page(request, response, AnswerForm(initial=stored, papers=papers))
    form = AnswerForm(request.POST, papers=papers, done="done" in request.POST)
    if not form.is_valid():
        return answer_page(request, response, form, 422)
    try:
        answer_task(
            response,
            form.answer(),
            seen=form.cleaned_data["version"],
            acting=request.acting,
            today=timezone.localdate(),
        )
    except StaleVersion:
        return answer_page(
            request, response, renewed(form, stored["version"]), 409, stale(form, stored, ANSWER_FIELDS)
        )
    except TaskRefused as refusal:
        form.add_error(None, refusal.for_people())
        return answer_page(request, response, form, 422)
    messages.success(request, _("Reported as done.") if form.done else _("Saved."))
    return redirect_page(request, reverse("programs:assignment_detail", args=[response.assignment.uid]))


def answer_page(request, response, form, status=200, theirs=None):
    context = {"response": response, "assignment": response.assignment, "form": form, "theirs": theirs}
    page, part = "programs/assignment_answer.html", "programs/_assignment_answer.html"
    return render_page(request, page, part, context, status=status)


def papers_for(request, response):
    """Of the agency itself since the paper that gave the task, the newest first; the one named before always."""
    since = response.assignment.document.issued_on or timezone.localdate()
    papers = Document.objects.visible_to(request.user).filter(state__in=DocumentState.in_the_open())
    papers = papers.filter(issued_on__gte=since).sent_out_by([response.agency_id, request.acting.agency_id])
    papers = papers.exclude(pk=response.assignment.document_id)
    found = list(papers.select_related("kind").order_by("-issued_on", "-pk")[:OFFERED])
    named = response.result_document
    return [*found, named] if named and named not in found else found


@require_http_methods(["GET", "HEAD", "POST"])
def response_judge(request, uid):
    """Verified, or returned with a reason."""
    response = visible_response(request, uid)
    require(request, "programs.verify_assignmentresponse", response)
    if response.assignment.withdrawn_on and request.method != "POST":
        return redirect("programs:assignment_detail", response.assignment.uid)
    if request.method != "POST":
        return judge_page(request, response, JudgeForm(initial={"version": response.version}))
    form = JudgeForm(request.POST, returns="return" in request.POST)
    if not form.is_valid():
        return judge_page(request, response, form, 422)
    seen, reason = form.cleaned_data["version"], form.cleaned_data["reason"]
    try:
        if form.returns:
            return_answer(response, reason, seen=seen, acting=request.acting)
        else:
            verify_answer(response, seen=seen, acting=request.acting, today=timezone.localdate())
    except StaleVersion:
        form.add_error(None, _("The agency changed its answer meanwhile. Read it again below, then decide."))
        return judge_page(request, visible_response(request, uid), renewed(form, response.version), 409)
    except TaskRefused as refusal:
        form.add_error(None, refusal.for_people())
        return judge_page(request, response, form, 422)
    messages.success(request, _("Returned to the agency.") if form.returns else pgettext("task", "Verified."))
    return redirect_page(request, reverse("programs:assignment_detail", args=[response.assignment.uid]))


def judge_page(request, response, form, status=200):
    context = {"response": response, "assignment": response.assignment, "form": form}
    return render(request, "programs/assignment_judge.html", context, status=status)


def visible_response(request, uid):
    rows = AssignmentResponse.objects.visible_to(request.user).annotate(
        agency_name=name_of("agency", "short_name", timezone.localdate())
    )
    related = (
        "assignment__document__kind",
        "assignment__document__register_agency",
        "agency",
        "result_document__kind",
    )
    return get_object_or_404(rows.select_related(*related, "answered_by"), uid=uid)
