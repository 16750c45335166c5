"""Tasks as they stand: the list, those of one document, one task with its answers, who owes what."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Count, F
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from coordination.enums import DocumentState
from coordination.history import history_url
from coordination.htmx import render_page
from coordination.models import Document
from coordination.models.agency import name_of
from coordination.pagination import CappedPaginator
from coordination.register import page_of
from coordination.review import lineage_of
from programs.assignments import givers_of, wrote
from programs.models import Assignment, AssignmentResponse, Evidence, PlanItem
from programs.rules import allowed, gives, judges, writes
from programs.task_lists import TaskFilterForm, debts, for_list, reminder, reminder_of_all, standings
from programs.why_not import why_not_owned

NEXT_DAYS = 4  # due days of a recurring task that are named on its page


@require_safe
def assignment_list(request):
    today = timezone.localdate()
    tasks = Assignment.objects.visible_to(request.user)
    answers = AssignmentResponse.objects.visible_to(request.user)
    form = TaskFilterForm(request.GET, tasks=tasks, answers=answers, today=today)
    page = CappedPaginator(for_list(form.filtered(tasks), answers, today)).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    standing = standings(rows, answers, lineage_of(request.acting), today)
    context = {
        "filter": {"form": form},
        "page": page,
        "rows": [(task, standing[task.pk]) for task in rows],
        "query": request.GET,
    }
    return render_page(request, "programs/assignment_list.html", "programs/_assignment_table.html", context)


@require_safe
def document_assignments(request, uid):
    document, today = visible_document(request, uid), timezone.localdate()
    tasks = Assignment.objects.visible_to(request.user).filter(document=document)
    answers = AssignmentResponse.objects.visible_to(request.user).filter(assignment__document=document)
    rows = list(for_list(tasks, answers, today).order_by("position", "pk"))
    standing = standings(rows, answers, lineage_of(request.acting), today)
    may_give = document.state in DocumentState.in_the_open() and allowed(request, "programs.give_assignment", document)
    context = {
        "document": document,
        "page_url": page_of(document),
        "rows": [(task, standing[task.pk]) for task in rows if not task.withdrawn_on],
        "withdrawn": [(task, standing[task.pk]) for task in rows if task.withdrawn_on],
        "late": sum(row.late for row in standing.values()),
        "may_give": may_give,
        "follows": follows(request, document),
        "why": None if may_give else why_no_tasks(request, document),
    }
    return render(request, "programs/document_assignments.html", context)


@require_safe
def assignment_detail(request, uid):
    assignment, today = visible_assignment(request, uid), timezone.localdate()
    document = assignment.document
    named = {"agency_name": name_of("agency", "short_name", today)}
    answers = AssignmentResponse.objects.visible_to(request.user).filter(assignment=assignment).annotate(**named)
    answers = answers.select_related("answered_by", "verified_by", "result_document__kind")
    rows = list(answers.order_by("-is_lead", F("due_on").asc(nulls_last=True), "agency__protocol_order", "pk"))
    addressed = assignment.responses.values("agency").distinct().count()
    may_give = allowed(request, "programs.give_assignment", document) and not assignment.withdrawn_on
    coming = [day for day in assignment.days if day >= today] if not assignment.withdrawn_on else []
    context = {
        "assignment": assignment,
        "document": document,
        "next_days": coming[:NEXT_DAYS] if assignment.recurs_until else [],
        "more_days": max(0, len(coming) - NEXT_DAYS),
        "answers": answer_rows(request, assignment, rows, today),
        "joint": 0 < len({row.agency_id for row in rows if row.is_lead}) < addressed,
        "unseen": addressed - len({row.agency_id for row in rows}),
        "items": PlanItem.objects.visible_to(request.user)
        .filter(assignment=assignment)
        .select_related("plan__document__kind"),
        "history_url": history_url(request.user, assignment),
        "may_give": may_give,
        "why": None if may_give or assignment.withdrawn_on else why_no_tasks(request, document),
    }
    return render(request, "programs/assignment_detail.html", context)


def answer_rows(request, assignment, rows, today):
    """Each answer with its evidence, how late it is, and what the hat may do with it; asked once for all of them."""
    own = lineage_of(request.acting)
    proofs = {}
    for file in Evidence.objects.filter(response__in=rows):
        proofs.setdefault(file.response_id, []).append(file)
    stands = not assignment.withdrawn_on
    judging = stands and judges(request.acting, None) and gives(request.acting, assignment.document)
    written = wrote(request.user, rows) if judging else set()
    answering = stands and bool(request.acting) and writes(request.acting)
    return [
        {
            "row": row,
            "evidence": proofs.get(row.pk, []),
            "late": row.days_late(today),
            "may_answer": answering and row.agency_id in own and not row.verified_on,
            "may_judge": judging and bool(row.done_on) and not row.verified_on and row.pk not in written,
            "own_words": judging and bool(row.done_on) and not row.verified_on and row.pk in written,
        }
        for row in rows
    ]


@require_safe
def assignments_owed(request, uid):
    """For who gave the tasks: a list by agency, with a text to send to each."""
    document, today = visible_document(request, uid), timezone.localdate()
    if not follows(request, document):
        raise PermissionDenied
    answers = AssignmentResponse.objects.visible_to(request.user).asked_for().filter(assignment__document=document)
    rows = debts(answers, today)
    giver = document.issuer_name
    context = {
        "document": document,
        "debts": [(debt, reminder(document, giver, debt)) for debt in rows],
        "to_all": reminder_of_all(document, giver, rows) if rows else "",
        "counts": answers.aggregate(every=Count("pk"), agencies=Count("agency", distinct=True)),
    }
    return render(request, "programs/assignments_owed.html", context)


def follows(request, document):
    """Whoever speaks for an agency that gave the tasks, and its clerks: they ask where the answers are."""
    return bool(request.acting) and gives(request.acting, document)


def why_no_tasks(request, document):
    return why_not_owned(request, [agency.pk for agency in givers_of(document)])


def visible_document(request, uid):
    rows = Document.objects.visible_to(request.user).for_register(lineage_of(request.acting))
    return get_object_or_404(rows.select_related("register_agency__unit", *settings.DOCUMENT_PAGES), uid=uid)


def visible_assignment(request, uid):
    rows = Assignment.objects.visible_to(request.user).annotate(
        giver_name=name_of("document__register_agency", "short_name", timezone.localdate())
    )
    related = ("document__kind", "document__register_agency__unit", "withdrawn_by")
    return get_object_or_404(rows.select_related(*related), uid=uid)
