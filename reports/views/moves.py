"""The steps of a report: each on a page of its own that says what it does, but issuing, which stands on the report."""

import rules
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from coordination.review import ReviewRefused
from coordination.views.reviews import round_form
from reports import workflow
from reports.checks import blocking
from reports.compose import compose
from reports.issuing import issue_report
from reports.move_forms import IssueForm, NoteForm, PartnersForm, ReturnForm, SeenForm, WhyForm
from reports.old_sessions import ask_again_if_old
from reports.page import manuscript_of, what_freezes
from reports.partnering import ask_partners
from reports.reading import headings_of
from reports.typeset.fonts import missing_letters
from reports.views.reports import report_page, visible_report
from reports.views.wrong_text import tells_wrong_text

WHAT_IT_DOES = {
    "ask": _("Reviewers and leaders of your agency are told that the draft waits. You may go on writing."),
    "check": _("You have read text and numbers. The report then waits for the leader and is no longer edited."),
    "partner": _(
        "The agencies read the report as it is now and give an opinion, which stays with it. Silence never blocks."
    ),
    "back": _("The report is a draft again; an open round of opinions is closed. Who writes it reads your reason."),
    "send": _("The report goes to the agency that asked for it, or to the one above yours."),
    "receive": _("You keep the report as it is. What is wrong later comes as a correction."),
    "return": _(
        "The report is a draft again at its agency: records that no other report counts are opened. This version stays"
        " to be read. Your reasons go with it."
    ),
}
NEEDS_NOTHING = ("ask", "check", "send", "receive")


@require_http_methods(["GET", "HEAD", "POST"])
@tells_wrong_text
def report_move(request, uid, action):
    report = visible_report(request, uid)
    if not rules.has_perm(workflow.TRANSITIONS[action].permission, request.acting, report):
        raise PermissionDenied
    if action == "approve":
        ask_again_if_old(request)
        return approve(request, report)
    if action == "issue":
        return issue(request, report)
    form = form_for(request, report, action)
    if request.method != "POST":
        return move_page(request, report, action, form)
    if form.is_valid() and carried_out(request, report, action, form):
        messages.success(request, workflow.TRANSITIONS[action].done)
        return redirect(after(report, action))
    return move_page(request, report, action, form, 422)


def form_for(request, report, action):
    sent = request.POST if request.method == "POST" else None
    if action in NEEDS_NOTHING:
        return NoteForm(sent)
    if action == "return":
        return ReturnForm(sent, sections=headings_of(manuscript_of(report)[0]))
    if action == "partner":
        offered = round_form(request, report.document)
        agencies = list(offered.fields["also_asked"].entries.values()) if "also_asked" in offered.fields else []
        return PartnersForm(sent, agencies=agencies, auto_id="id_round_%s")
    return WhyForm(sent)


def carried_out(request, report, action, form):
    """False, with the reason in the form, where it was refused."""
    given = form.cleaned_data
    try:
        if action == "partner":
            agencies = given.get("also_asked", [])
            ask_partners(
                report, acting=request.acting, due_on=given["due_on"], request=given["request"], agencies=agencies
            )
        else:
            comment = form.words() if action == "return" else given["comment"]
            workflow.move(report, action, acting=request.acting, comment=comment)
    except (workflow.MoveRefused, ReviewRefused) as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.for_people())
        return False
    return True


def after(report, action):
    if action == "partner":
        return reverse("coordination:document_review", args=[report.document.uid])
    if action in ("receive", "return"):
        return reverse("reports:home")
    return reverse("reports:report_detail", args=[report.uid])


def move_page(request, report, action, form, status=200):
    step = workflow.TRANSITIONS[action]
    context = {
        "report": report,
        "document": report.document,
        "form": form,
        "title": step.label,
        "does": WHAT_IT_DOES[action],
        "is_open": report.document.state in step.sources,
        "back": reverse("reports:report_detail", args=[report.uid]),
        "danger": action in ("back", "return"),
    }
    return render(request, "reports/report_move.html", context, status=status)


def approve(request, report):
    """What approving brings, read before it is done."""
    if request.method == "POST":
        form = SeenForm(request.POST)
        seen = form.cleaned_data["seen"] if form.is_valid() else None
        try:
            workflow.move(report, "approve", acting=request.acting, seen=seen)
        except workflow.MoveRefused as refusal:
            messages.error(request, refusal.for_people())
        else:
            messages.success(request, workflow.TRANSITIONS["approve"].done)
        return redirect("reports:report_detail", uid=report.uid)
    if report.document.state not in workflow.TRANSITIONS["approve"].sources:
        return redirect("reports:report_detail", uid=report.uid)
    stopping, letters = blocking(report), missing_letters(compose(report))
    problem = workflow.stopping_words(stopping) if stopping else workflow.unprintable_words(letters) if letters else ""
    fields = SeenForm(initial={"seen": report.document.version})
    context = {"report": report, "facts": what_freezes(report), "problem": problem, "fields": fields}
    return render(request, "reports/report_approve.html", context)


def issue(request, report):
    if request.method != "POST":
        return redirect("reports:report_detail", uid=report.uid)
    if report.document.state not in workflow.TRANSITIONS["issue"].sources:
        messages.error(request, workflow.PATH.closed % {"state": report.document.get_state_display()})
        return redirect("reports:report_detail", uid=report.uid)
    form = IssueForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            issue_report(report, acting=request.acting, **form.cleaned_data)
        except workflow.MoveRefused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.for_people())
        else:
            messages.success(request, workflow.TRANSITIONS["issue"].done)
            return redirect("reports:report_detail", uid=report.uid)
    return report_page(request, visible_report(request, report.uid), form, status=422)
