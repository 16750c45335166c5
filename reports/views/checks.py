"""What is looked at before a report is approved, with the place that mends it and a form for the reason."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reports.checks import answer, findings
from reports.views.writing import fixed, frame_of, page_to_write
from reports.views.wrong_text import tells_wrong_text
from reports.write_forms import ReasonForm


@require_http_methods(["GET", "HEAD", "POST"])
@tells_wrong_text
def report_checks(request, uid):
    report, page = page_to_write(request, uid)
    if page is None:
        return fixed(request, report)
    if not page.desk.is_whole:
        raise Http404
    if request.method != "POST":
        return checks_page(request, page)
    if not page.desk.may_write:
        raise PermissionDenied
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return checks_page(request, page, form, status=422)
    given = {name: form.cleaned_data[name] for name in ("code", "reason", "said")}
    if answer(report, given["code"], given["reason"], said=given["said"], by=request.user):
        messages.success(request, _("The reason is kept. It holds while the warning says the same."))
        return redirect("reports:report_checks", uid=report.uid)
    form.add_error(None, _("This warning says something else by now. Read it again, then give the reason."))
    return checks_page(request, page, form, status=409)


def checks_page(request, page, form=None, status=200):
    """`form`: the one that was sent and has to be mended; every other warning has one of its own."""
    found = findings(page.report, page.sections)
    warnings = [(one, form_of(one, number, form)) for number, one in enumerate(found) if not one.is_error]
    context = frame_of(page) | {
        "errors": [one for one in found if one.is_error],
        "rows": [(one, its) for one, its in warnings if not one.is_answered],
        "answered": [(one, its) for one, its in warnings if one.is_answered],
        "form": form,
        "back": reverse("reports:report_detail", args=[page.report.uid]),
    }
    return render(request, "reports/report_checks.html", context, status=status)


def form_of(finding, number, sent):
    if sent is not None and sent.data.get("code") == finding.code:
        return sent
    initial = {"code": finding.code, "said": finding.words, "reason": finding.reason}
    return ReasonForm(initial=initial, auto_id=f"id_{number}_%s")
