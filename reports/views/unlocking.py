"""Unlocking a record that a report froze: by a leader of the agency it belongs to."""

from datetime import timedelta

import rules
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from coordination.forms import DayField
from coordination.review_forms import WordsField
from reports.unlocking import UnlockRefused, unlock_fact
from reports.views.reports import visible_report

USUAL = timedelta(days=7)


class UnlockForm(forms.Form):
    reference = forms.CharField(
        max_length=40,
        label=gettext_lazy("Reference of the record"),
        help_text=gettext_lazy("As it stands on the page of the record, e.g. HD-2026-0012."),
        error_messages={"required": gettext_lazy("Write the reference of the record.")},
    )
    reason = WordsField(
        label=gettext_lazy("Why it is unlocked"),
        help_text=gettext_lazy("Printed in the next supplement or correction."),
        error_messages={"required": gettext_lazy("Say why the record is unlocked.")},
    )
    until = DayField(label=gettext_lazy("May be changed until"), help_text=gettext_lazy("At most 31 days ahead."))


@require_http_methods(["GET", "HEAD", "POST"])
def report_unlock(request, uid):
    report = visible_report(request, uid)
    if not rules.has_perm("reports.unlock_fact", request.acting, report):
        raise PermissionDenied
    first = {"reference": request.GET.get("reference", ""), "until": timezone.localdate() + USUAL}
    form = UnlockForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            unlock_fact(report, acting=request.acting, **form.cleaned_data)
        except UnlockRefused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            messages.success(request, _("The record is unlocked; who keeps it is told. The report stays as it is."))
            return redirect("reports:report_since", uid=report.uid)
    context = {"report": report, "document": report.document, "form": form}
    return render(request, "reports/report_unlock.html", context, status=422 if form.errors else 200)
