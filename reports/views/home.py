"""The first page of every role."""

from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from coordination.desk import waiting_agreements, waiting_milestones
from coordination.review import lineage_of
from coordination.turns import waiting_reviews
from programs.activity_desk import desk_of_activities
from programs.models import Activity
from programs.plan_desk import waiting_parts, waiting_plans
from programs.saved_forms import in_progress
from programs.task_lists import given_tasks, may_answer, waiting_tasks
from reports import home as desk
from reports.part_desk import waiting_sections
from reports.round_desk import round_desk


@require_safe
def home(request):
    if request.acting:
        return home_of_writer(request) if request.acting.writes else home_of_reader(request)
    if request.user.is_system_administrator:
        return redirect("coordination:account_list")
    return render(request, "reports/home_without_role.html")


def tasks_of(request, today):
    """What waits for the hat worn now, drafts of activities apart."""
    acting, own = request.acting, lineage_of(request.acting)
    asked, late = round_desk(acting, own, today)
    found = {
        "asked_reports": asked,
        "late_rounds": late,
        "reviews": waiting_reviews(acting, own, today=today),
        "agreements": waiting_agreements(acting, own),
        "plans": waiting_plans(acting, own),
        "parts": waiting_parts(acting, own),
        "report_sections": waiting_sections(acting, own),
        "open_reports": desk.open_reports(request.user, acting, own),
        "milestones": waiting_milestones(acting, own, today),
        "tasks": waiting_tasks(acting, own, today),
        "given": given_tasks(acting, own, today),
        "looked": desk_of_activities(request.user, acting, own, today),
    }
    return found | {"has_tasks": any(found.values()), "may_answer": may_answer(acting)}


def approvals_of(tasks):
    """What waits for a leader stands on a card of its own, not in the list too."""
    waiting = [row for row in tasks["open_reports"] if row.waits_for_approval]
    return tasks | {
        "approvals": waiting,
        "open_reports": [row for row in tasks["open_reports"] if not row.waits_for_approval],
    }


def home_of_writer(request):
    today, acting = timezone.localdate(), request.acting
    drafts = desk.draft_activities(request.user, acting)
    period, closed = desk.around(today)
    context = {
        "progress": desk.progress_of(period, desk.own_activities(request.user, acting), today),
        "closed": closed,
        "drafts": drafts,
        "draft_count": drafts[0].every if drafts else 0,
        **tasks_of(request, today),
        "recent": desk.recent_activities(request.user, acting),
        "latest": desk.latest_reports(request.user),
        "in_progress": in_progress(acting),
    }
    return render(request, "reports/home_writer.html", context)


def home_of_reader(request):
    today, acting = timezone.localdate(), request.acting
    latest = desk.latest_reports(request.user)
    context = {
        "progress": desk.progress_of(desk.around(today)[0], Activity.objects.visible_to(request.user), today),
        **approvals_of(tasks_of(request, today)),
        "newest": latest[0] if latest else None,
        "summary": desk.summary_of(latest[0]) if latest else "",
        "latest": latest[1:],
        "board": desk.latest_board(acting, today),
    }
    return render(request, "reports/home_reader.html", context)
