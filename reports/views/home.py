"""The first page of every role."""

from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from coordination.desk import waiting_agreements, waiting_milestones
from coordination.review import lineage_of
from coordination.turns import waiting_reviews
from programs.models import Activity
from reports import home as desk


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
    found = {
        "reviews": waiting_reviews(acting, today=today),
        "agreements": waiting_agreements(acting, own),
        "open_reports": desk.open_reports(request.user, acting, own),
        "milestones": waiting_milestones(acting, own, today),
    }
    return found | {"has_tasks": any(found.values())}


def home_of_writer(request):
    today, acting = timezone.localdate(), request.acting
    drafts = desk.draft_activities(request.user, acting)
    context = {
        "progress": desk.period_in_progress(desk.own_activities(request.user, acting), today),
        "closed": desk.last_closed(today),
        "drafts": drafts[: desk.DRAFTS_SHOWN],
        "draft_count": drafts.count(),
        **tasks_of(request, today),
        "recent": desk.recent_activities(request.user, acting),
        "latest": desk.latest_reports(request.user),
    }
    return render(request, "reports/home_writer.html", context)


def home_of_reader(request):
    today, acting = timezone.localdate(), request.acting
    latest = desk.latest_reports(request.user)
    context = {
        "progress": desk.period_in_progress(Activity.objects.visible_to(request.user), today),
        **tasks_of(request, today),
        "newest": latest[0] if latest else None,
        "summary": desk.summary_of(latest[0]) if latest else "",
        "latest": latest[1:],
        "board": desk.latest_board(acting, today),
    }
    return render(request, "reports/home_reader.html", context)
