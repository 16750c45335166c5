"""The composer: a report written section by section, by its agency and by those that were given a part."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import reswap, retarget

from coordination.enums import DocumentState
from coordination.htmx import is_swap, redirect_page, render_page
from coordination.locking import StaleVersion
from coordination.models import Section
from reports.checks import findings
from reports.enums import PartState
from reports.models import Report
from reports.opened import NotOpenable
from reports.sources import ChosenFigure, activities_of, items_of, text_before
from reports.views.wrong_text import tells_wrong_text
from reports.write_forms import RestoreForm, StartForm, TextForm
from reports.write_page import WritePage
from reports.writers import headings_open_to
from reports.writing import (
    NotADraft,
    is_here,
    leave_out,
    mark,
    others_here,
    report_before,
    save_text,
    start,
    stored_text,
)

PAGE, SECTION = "reports/write_section.html", "reports/_write_section.html"
TABS = ("sources", "checks", "talk")


def written_report(request, uid):
    return get_object_or_404(Report.objects.written_by(request.user).for_list().select_related("outline"), uid=uid)


def page_to_write(request, uid, key=None):
    """404 for who has no part in it and for sections that are not his; None once the text is fixed."""
    report = written_report(request, uid)
    if report.document.state != DocumentState.DRAFT:
        return report, None
    page = WritePage(report, request.acting, request.user)
    if not page.rows or (key is not None and (key not in page.sections.rows or not page.desk.opens(key))):
        raise Http404
    return report, page


def fixed(request, report):
    """The page of the report says why it cannot be changed."""
    return redirect_page(request, reverse("reports:report_detail", args=[report.uid]))


@require_safe
@tells_wrong_text
def write_overview(request, uid):
    report, page = page_to_write(request, uid)
    return fixed(request, report) if page is None else overview_page(request, page)


def overview_page(request, page, status=200):
    found = findings(page.report, page.sections) if page.desk.is_whole else []
    context = frame_of(page) | {
        "tasks": page.tasks,
        "before": report_before(page.report) if page.desk.is_whole and not page.is_begun else None,
        "errors": [one for one in found if one.is_error],
        "warnings": [one for one in found if not one.is_error and not one.is_answered],
    }
    return render(request, "reports/write_overview.html", context, status=status)


def frame_of(page):
    """What head and list of every page of the composer show."""
    tops = [task for task in page.tasks if task.row.level == 1] or page.tasks
    return {
        "report": page.report,
        "document": page.report.document,
        "page": page,
        "done": sum(task.is_done for task in tops),
        "every": len(tops),
        "present": page.present,
        "due": page.report.period.due_sender,
        "today": timezone.localdate(),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@tells_wrong_text
def write_section(request, uid, key):
    report, page = page_to_write(request, uid, key)
    if page is None:
        return fixed(request, report)
    if request.method != "POST":
        return section_page(request, page, key)
    if not page.desk.may_write or page.sections.rows[key].is_annex:
        raise PermissionDenied
    form = TextForm(request.POST)
    if not form.is_valid():
        return section_page(request, page, key, form=form, status=422)
    return saved(request, page, key, form)


def saved(request, page, key, form):
    """Stored whatever it says. A word that means nothing is told, and keeps the section from being done."""
    report, text = page.report, form.whole_text()
    try:
        save_text(report, key, text, acting=request.acting, seen=form.cleaned_data["version"])
    except StaleVersion:
        return conflict(request, page, key, text)
    except NotADraft as refusal:
        return section_page(request, page, key, form=form, status=409, refusal=refusal.for_people())
    wrong = page.preview(key, text)[1]
    if wrong:
        return section_page(request, fresh(request, page), key, status=422)
    if request.POST.get("act") in (PartState.DONE, PartState.WRITING):
        mark(report, key, request.POST["act"], acting=request.acting)
    if request.POST.get("act") == PartState.DONE:
        messages.success(request, _("Done: %(section)s.") % {"section": page.sections.rows[key].title})
        return redirect_page(request, reverse("reports:write_overview", args=[report.uid]))
    return redirect(request.path) if not is_swap(request) else section_page(request, fresh(request, page), key)


def fresh(request, page):
    """As it is stored now."""
    report = Report.objects.for_list().select_related("outline").get(pk=page.report.pk)
    return WritePage(report, request.acting, request.user)


def conflict(request, page, key, mine):
    """Both versions; nothing is written over before somebody chooses."""
    now = fresh(request, page)
    text, version = stored_text(now.report, now.sections.rows[key].node.section)
    row = now.report.document.sections.filter(key=key).first()
    context = frame_of(now) | {
        "row": now.sections.rows[key],
        "task": now.task(key),
        "tasks": now.shown_beside(key),
        "theirs": text,
        "version": version,
        "mine": mine,
        "last": row.history.select_related("history_user").first() if row else None,
        "conflict": True,
    }
    return render_page(request, PAGE, SECTION, context, status=409)


def section_page(request, page, key, *, form=None, status=200, refusal=""):
    row = page.sections.rows[key]
    text, version = stored_text(page.report, row.node.section)
    html, wrong, missing = page.preview(key)
    context = frame_of(page) | {
        "row": row,
        "task": page.task(key),
        "tasks": page.shown_beside(key),
        "place": [task.row.key for task in page.tasks].index(key) + 1,
        "form": form or TextForm(initial={"text": text, "version": version}),
        "has_states": version > 0,
        "preview": html,
        "wrong": wrong,
        "missing": missing,
        "refusal": refusal,
        "lines": page.part_lines(row),
        "children": [task for task in page.tasks if task.row.key in row.below],
        **beside(request, page, row),
    }
    return render_page(request, PAGE, SECTION, context, status=status)


def beside(request, page, row):
    """The tab that is open on the right, and how much waits in the others."""
    tab = request.GET.get("tab", "") if request.GET.get("tab") in TABS else TABS[0]
    keys = (row.key, *row.below)
    found = [one for one in findings(page.report, page.sections) if one.key in keys and not one.is_answered]
    context = {"tab": tab, "findings": found, "talk": page.talk(row.key)}
    if tab != TABS[0]:
        return context
    words = request.GET.get("q", "")[:100]
    context |= {
        "q": words,
        "activities": activities_of(page.report, request.user, words),
        "items": items_of(page.report, page.sections.paper.next_period, request.user),
        "before": text_before(page.report, row.key) if page.desk.is_whole else None,
        "tokens": page.sections.tokens(),
    }
    return context | chosen(request, page.report)


def chosen(request, report):
    if not request.GET.get("ref"):
        return {"chosen": None}
    try:
        return {"chosen": ChosenFigure(report, request.GET["ref"], request.user)}
    except NotOpenable as refusal:
        return {"chosen": None, "no_figure": str(refusal)}


@require_POST
@tells_wrong_text
def write_keep(request, uid, key):
    """Two seconds after the last change: saved, the time of it, and the section as it is printed now."""
    report, page = page_to_write(request, uid, key)
    if page is None:
        return fixed(request, report)
    if not page.desk.may_write or page.sections.rows[key].is_annex:
        raise PermissionDenied
    form = TextForm(request.POST)
    if not form.is_valid():
        return render(request, "reports/_write_kept.html", {"form": form}, status=422)
    text = form.cleaned_data["text"]
    try:
        row, _written = save_text(report, key, text, acting=request.acting, seen=form.cleaned_data["version"])
    except StaleVersion:
        return reswap(retarget(conflict(request, page, key, text), "#write"), "outerHTML")
    except NotADraft as refusal:
        return render(request, "reports/_write_kept.html", {"refusal": refusal.for_people()}, status=409)
    html, wrong, missing = page.preview(key, text)
    context = {"version": row.version if row else 0, "preview": html, "wrong": wrong, "missing": missing}
    return render(request, "reports/_write_kept.html", context | {"now": timezone.localtime()})


@require_POST
def write_here(request, uid, key):
    """Again and again while the page is open: I am here; who else is?"""
    report = written_report(request, uid)
    if report.document.state != DocumentState.DRAFT:
        return fixed(request, report)
    headings = headings_open_to(request.acting, report)
    if key not in headings:
        raise Http404
    is_here(report, key, request.user)
    present = [(one.user.full_name, headings[one.key]) for one in others_here(report, request.user, headings)]
    return render(request, "reports/_write_here.html", {"present": present})


@require_POST
@tells_wrong_text
def write_start(request, uid):
    report, page = page_to_write(request, uid)
    if page is None:
        return fixed(request, report)
    if not (page.desk.is_whole and page.desk.may_write):
        raise PermissionDenied
    form = StartForm(request.POST)
    if not form.is_valid():
        return overview_page(request, page, status=422)
    start(report, form.cleaned_data["how"], acting=request.acting)
    first = next((task for task in page.tasks if not task.row.is_annex), page.tasks[0])
    return redirect(first.url)


@require_POST
@tells_wrong_text
def write_part(request, uid, key):
    """A table or chart left out of the report, or put back."""
    report, page = page_to_write(request, uid, key)
    if page is None:
        return fixed(request, report)
    if not page.desk.may_write:
        raise PermissionDenied
    token, out = request.POST.get("part", ""), request.POST.get("out") == "1"
    if token not in [line.token for line in page.part_lines(page.sections.rows[key])]:
        return section_page(request, page, key, status=422)
    leave_out(report, key, token, out=out, acting=request.acting)
    return redirect(f"{reverse('reports:write_section', args=[report.uid, key])}#parts")


@require_http_methods(["GET", "HEAD", "POST"])
@tells_wrong_text
def write_states(request, uid, key):
    """What was saved of the section, newest first; any of it may be brought back."""
    report, page = page_to_write(request, uid, key)
    if page is None:
        return fixed(request, report)
    if request.method != "POST":
        return states_page(request, page, key)
    if not page.desk.may_write or page.sections.rows[key].is_annex:
        raise PermissionDenied
    return restored(request, page, key)


def states_page(request, page, key, status=200):
    report, row = page.report, page.sections.rows[key]
    section = report.document.sections.filter(key=key).first()
    states = section.history.select_related("history_user", "acting_for").all()[:100] if section else []
    context = frame_of(page) | {
        "row": row,
        "states": states,
        "version": section.version if section else 0,
        "outline_text": row.node.section.text,
    }
    return render(request, "reports/write_states.html", context, status=status)


def restored(request, page, key):
    report, form = page.report, RestoreForm(request.POST)
    if not form.is_valid():
        return states_page(request, page, key, status=422)
    text = page.sections.rows[key].node.section.text
    if form.cleaned_data["state"]:
        rows = Section.history.filter(document=report.document_id, key=key)
        text = get_object_or_404(rows, history_id=form.cleaned_data["state"]).text
    reason = _("An earlier state was brought back")
    try:
        save_text(report, key, text, acting=request.acting, seen=form.cleaned_data["version"], reason=reason)
    except StaleVersion:
        return conflict(request, page, key, text)
    except NotADraft as refusal:
        messages.error(request, refusal.for_people())
        return fixed(request, report)
    messages.success(request, _("The earlier text stands in the section again. What stood there before is kept too."))
    return redirect("reports:write_section", uid=report.uid, key=key)
