"""List of reports, and a report as a page where every number opens the facts behind it."""

import logging
import uuid
from functools import partial
from urllib.parse import urlencode

import rules
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coordination.enums import DocumentState, JobState, MemberRole
from coordination.htmx import render_page
from reports import workflow
from reports.actions import CannotDraft, draft_report, usual_scope
from reports.compose import compose
from reports.forms import DraftReportForm, IssueForm, ReportFilterForm
from reports.home import last_closed
from reports.jobs import ask_for_files, files_job_of
from reports.models import Report
from reports.models.report import PDF
from reports.opened import NotOpenable, late_facts, open_number
from reports.page import files_context, report_context, what_freezes
from reports.previews import ask_for_preview, preview_file
from reports.rules import of_its_agency
from reports.typeset.fonts import missing_letters
from reports.views.wrong_text import tells_wrong_text
from reports.why_not import why_no_report

logger = logging.getLogger(__name__)
REPORTS_PER_PAGE = 20


def visible_report(request, uid):
    return get_object_or_404(Report.objects.visible_to(request.user).for_list(), uid=uid)


@require_safe
def report_list(request):
    """Leaders see issued reports first, everybody else what is still to be done."""
    today = timezone.localdate()
    reports = Report.objects.visible_to(request.user)
    form = ReportFilterForm(request.GET, reports=reports, today=today)
    leads = bool(request.acting) and request.acting.role == MemberRole.LEADER
    rows = form.filtered(reports).for_list().with_agency_name().with_pdf().in_reading_order(issued_first=leads)
    page = Paginator(rows, REPORTS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "can_draft": may_draft(request)}
    return render_page(request, "reports/report_list.html", "reports/_report_table.html", context)


def may_draft(request):
    return rules.has_perm("reports.draft_report", request.acting)


@require_http_methods(["GET", "HEAD", "POST"])
def report_create(request):
    if not may_draft(request):
        raise PermissionDenied
    agency, today = request.acting.agency, timezone.localdate()
    period = request.GET.get("period") or last_closed(today)
    initial = {"scope": usual_scope(agency), "form_token": uuid.uuid4(), "period": period}
    form = DraftReportForm(request.POST or None, initial=initial, agency=agency, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            report = draft_report(agency=agency, by=request.user, **form.cleaned_data)
        except CannotDraft as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The report is written from the records. Read it and open any number."))
            return redirect("reports:report_detail", uid=report.uid)
    return render(request, "reports/report_create.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@tells_wrong_text
def report_detail(request, uid):
    report = visible_report(request, uid)
    form = IssueForm(initial={"symbol": report.document.symbol, "issued_on": timezone.localdate()})
    return report_page(request, report, form)


def report_page(request, report, form, status=200):
    context = report_context(report, request.acting, partial(figure_url, report)) | {
        "actions": workflow.actions_for(request.acting, report),
        "issue_form": form,
        "is_ours": of_its_agency(request.acting, report),
        "why": why_no_report(request, report),
    }
    return render(request, "reports/report_detail.html", context, status=status)


@require_safe
@tells_wrong_text
def report_files(request, uid):
    """The files alone, asked for again and again while one is being made."""
    return render(request, "reports/_report_files.html", files_context(visible_report(request, uid), request.acting))


@require_POST
@tells_wrong_text
def report_preview(request, uid):
    """Ask for the draft as a PDF to look at."""
    report = previewed_report(request, uid)
    if report.document.state == DocumentState.DRAFT:
        ask_for_preview(report, by=request.user)
    return redirect("reports:report_detail", uid=report.uid)


@require_safe
@tells_wrong_text
def report_preview_file(request, uid):
    """The draft as a PDF, when it was made of the text as it is now."""
    report = previewed_report(request, uid)
    if report.document.state == DocumentState.DRAFT:
        file = preview_file(report, compose(report))
        if file.is_file():
            name = _("%(report)s preview.pdf") % {"report": f"{report.document.code} {report.period.code}"}
            return FileResponse(file.open("rb"), filename=name.replace("/", "-"), content_type=PDF)
        messages.info(request, _("The records have changed since the preview was made. Ask for it again."))
    return redirect("reports:report_detail", uid=report.uid)


def previewed_report(request, uid):
    report = visible_report(request, uid)
    if not rules.has_perm("reports.preview_report", request.acting, report):
        raise PermissionDenied
    return report


@require_POST
def report_retry(request, uid):
    """Ask again for a file whose making failed; anybody of the agency may."""
    report = visible_report(request, uid)
    job = files_job_of(report.document)
    if not of_its_agency(request.acting, report):
        raise PermissionDenied
    if job and job.state == JobState.FAILED:
        ask_for_files(report.document, by=request.user)
    return redirect("reports:report_detail", uid=report.uid)


@require_safe
def figure_facts(request, uid):
    """The facts behind one number of the report: their sum is the number."""
    report = visible_report(request, uid)
    try:
        opened = open_number(report, request.GET.get("ref", ""), request.user)
    except NotOpenable as refusal:
        return render(request, "reports/figure_unknown.html", {"report": report, "refusal": refusal}, status=404)
    page = opened.page(request.GET.get("page"), settings.PAGE_SIZE)
    context = {"report": report, "opened": opened, "page": page}
    return render_page(request, "reports/figure_facts.html", "reports/_figure_facts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@tells_wrong_text
def report_move(request, uid, action):
    report = visible_report(request, uid)
    if request.method != "POST":
        return approve_page(request, report) if action == "approve" else redirect("reports:report_detail", uid=uid)
    form = IssueForm(request.POST) if action == "issue" else None
    if form is not None and action in workflow.actions_for(request.acting, report) and not form.is_valid():
        return report_page(request, report, form, status=422)
    given = form.cleaned_data if form is not None and form.is_valid() else {}
    try:
        workflow.move(report, action, acting=request.acting, **given)
    except workflow.MoveRefused as refusal:
        if form is not None and refusal.field in form.fields:
            form.add_error(refusal.field, refusal.for_people())
            return report_page(request, report, form, status=422)
        messages.error(request, refusal.for_people())
    else:
        messages.success(request, workflow.TRANSITIONS[action].done)
    return redirect("reports:report_detail", uid=report.uid)


def approve_page(request, report):
    """What approving brings, read before it is done: nothing takes it back."""
    if report.document.state != DocumentState.DRAFT:
        return redirect("reports:report_detail", uid=report.uid)
    if "approve" not in workflow.actions_for(request.acting, report):
        raise PermissionDenied
    letters = missing_letters(compose(report))
    problem = workflow.unprintable_words(letters) if letters else ""
    context = {"report": report, "facts": what_freezes(report), "problem": problem}
    return render(request, "reports/report_approve.html", context)


@require_safe
def report_download(request, uid, file_uid):
    """A file of a report, as an attachment under the name people see."""
    report = visible_report(request, uid)
    stored = get_object_or_404(report.document.files, uid=file_uid)
    try:
        content = stored.file.open("rb")
    except FileNotFoundError:
        logger.exception("file missing", extra={"file": stored.pk})
        return render(request, "reports/file_missing.html", {"report": report, "file": stored}, status=404)
    return FileResponse(content, as_attachment=True, filename=stored.name, content_type=stored.media_type)


@require_safe
def unreported(request):
    """Facts of frozen periods that no report counts: they wait for the supplement."""
    page, hidden = late_facts(request.user, request.GET.get("page"), settings.PAGE_SIZE)
    return render(request, "reports/unreported.html", {"page": page, "hidden": hidden})


def figure_url(report, ref):
    """Address of the list behind a number ("" for words)."""
    return f"{reverse('reports:figure_facts', args=[report.uid])}?{urlencode({'ref': ref})}" if ref else ""
