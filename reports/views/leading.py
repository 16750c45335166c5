"""Pages of those who read reports: one page before approving, a report to receive, earlier versions, periods."""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from coordination.review import lineage_of
from reports import workflow
from reports.compared import chart_of, lines_of, reports_compared
from reports.forms import CompareForm
from reports.models import Report
from reports.page import files_context
from reports.reading import reading_context, summary_context, version_context
from reports.receivers import receiver_id_of
from reports.rules import of_its_agency
from reports.typeset.html import blocks_html
from reports.views.reports import figure_url, visible_report
from reports.views.wrong_text import tells_wrong_text


@require_safe
@tells_wrong_text
def report_summary(request, uid):
    """For the agency that makes it."""
    report = visible_report(request, uid)
    if not (request.acting and of_its_agency(request.acting, report)):
        raise PermissionDenied
    context = summary_context(report, request.acting, partial(figure_url, report), timezone.localdate())
    context |= files_context(report, request.acting) | {"actions": workflow.actions_for(request.acting, report)}
    return render(request, "reports/report_summary.html", context)


@require_safe
def report_reading(request, uid):
    """For the agency it was sent to."""
    report, own = visible_report(request, uid), lineage_of(request.acting)
    if receiver_id_of(report) not in own:
        raise PermissionDenied
    if not report.document.is_frozen:
        raise Http404
    context = reading_context(report, request.acting, own, partial(figure_url, report))
    context["actions"] = workflow.actions_for(request.acting, report)
    return render(request, "reports/report_reading.html", context)


@require_safe
def report_version(request, uid, number):
    """For its makers and for whom it was sent to: they know why it was returned."""
    report, own = visible_report(request, uid), lineage_of(request.acting)
    if not own & {report.agency_id, receiver_id_of(report)}:
        raise PermissionDenied
    context = version_context(report, number)
    if context is None:
        raise Http404
    return render(request, "reports/report_version.html", context)


@require_safe
def report_compare(request):
    """Main numbers of the last periods of one kind of report of one agency."""
    reports = Report.objects.visible_to(request.user).in_the_open()
    form = CompareForm(request.GET or None, reports=reports, acting=request.acting, today=timezone.localdate())
    chosen = form.chosen()
    rows = reports_compared(reports, **chosen) if chosen else []
    lines = lines_of(rows)
    charts = [chart for line in lines if (chart := chart_of(line, rows))]
    context = {
        "form": form,
        "reports": rows,
        "lines": lines,
        "charts": [blocks_html((chart,), lambda _ref: "") for chart in charts],
    }
    return render(request, "reports/report_compare.html", context)
