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
from coordination.review import lineage_of
from coordination.turns import whose_turn
from reports import workflow
from reports.actions import CannotDraft, draft_report
from reports.compose import compose
from reports.draft_form import DraftReportForm, KindForm
from reports.enums import ReportKind
from reports.forms import ReportFilterForm
from reports.home import last_closed
from reports.jobs import ask_for_files, files_jobs_of
from reports.models import Report
from reports.models.report import PDF
from reports.move_forms import IssueForm
from reports.opened import NotOpenable, late_facts, open_number
from reports.page import files_context, report_context
from reports.previews import ask_for_preview, preview_file
from reports.receivers import receiver_id_of
from reports.rules import of_its_agency
from reports.standing import stands
from reports.versions import earlier_versions
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
    kind = KindForm(request.POST or request.GET, agency=agency, today=today)
    first = begun_with(request, kind)
    form = DraftReportForm(request.POST or None, initial=first, kind=kind, agency=agency, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            report = draft_report(agency=agency, by=request.user, **form.chosen())
        except CannotDraft as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The report is begun. Its numbers follow the records; choose how to begin."))
            return redirect("reports:write_overview", uid=report.uid)
    status = 422 if form.errors else 200
    return render(request, "reports/report_create.html", {"form": form, "kinds": kind}, status=status)


def begun_with(request, kind):
    """Of gender equality the half-year just closed, unless the address says another; else the latest of the kind."""
    latest = last_closed(timezone.localdate()) if kind.chosen == ReportKind.GENDER_EQUALITY else None
    return {"form_token": uuid.uuid4(), "period": request.GET.get("period") or latest}


@require_safe
@tells_wrong_text
def report_detail(request, uid):
    report = visible_report(request, uid)
    return report_page(request, report, issue_form(report))


def report_page(request, report, form, status=200):
    context = report_context(report, request.acting, partial(figure_url, report)) | {
        "issue_form": form,
        **steps_of(request, report),
        "why": why_no_report(request, report),
    }
    return render(request, "reports/report_detail.html", context, status=status)


def issue_form(report):
    """A returned report keeps the number it had."""
    document = report.document
    initial = {"number": document.number, "symbol": document.symbol, "issued_on": timezone.localdate()}
    return IssueForm(initial=initial)


def steps_of(request, report):
    """What the hat worn now may do next, and how the report stands for it."""
    own = lineage_of(request.acting)
    actions = workflow.actions_for(request.acting, report)
    standing = stands(report, request.acting, own)
    is_ours, is_receiver = report.agency_id in own, receiver_id_of(report) in own
    waits = report.document.state == DocumentState.WITH_PARTNER
    return {
        "actions": actions,
        "labels": {name: workflow.TRANSITIONS[name].label for name in actions},
        "further": [(name, workflow.TRANSITIONS[name].label) for name in actions if name != standing.step],
        "standing": standing,
        "turn": whose_turn(report.document, request.acting) if waits else "",
        "is_ours": is_ours,
        "is_receiver": is_receiver and report.document.is_frozen,
        "earlier": earlier_versions(report) if is_ours or is_receiver else [],
        "returned": report.document.moves.last() if standing.look == "back" else None,
        "edits_changes": rules.has_perm("reports.edit_changes", request.acting, report),
        "opinions": is_ours and report.document.rounds.exists(),
    }


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
    if not report.document.is_frozen:
        ask_for_preview(report, by=request.user)
    return redirect("reports:report_detail", uid=report.uid)


@require_safe
@tells_wrong_text
def report_preview_file(request, uid):
    """The draft as a PDF, when it was made of the text as it is now."""
    report = previewed_report(request, uid)
    if not report.document.is_frozen:
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
    if not of_its_agency(request.acting, report):
        raise PermissionDenied
    failed = [job.payload["work"] for job in files_jobs_of(report.document) if job.state == JobState.FAILED]
    if failed:
        ask_for_files(report.document, by=request.user, works=tuple(failed))
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
