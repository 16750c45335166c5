"""After a report was issued or sent: what differs now, and the later report that says so."""

import rules
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coordination.access import access_of
from coordination.locking import StaleVersion
from coordination.review import lineage_of
from coordination.review_forms import WordsField
from reports.actions import CannotDraft
from reports.enums import ReportNature
from reports.later import begin_later, keep_reasons, open_later, outdated
from reports.models import Unlocking
from reports.receivers import receiver_id_of
from reports.rules import of_its_agency
from reports.since import differences
from reports.views.reports import figure_url, visible_report
from reports.views.wrong_text import tells_wrong_text


class LaterForm(forms.Form):
    """A supplement tells the changes alone; a correction is the whole report again and takes its place."""

    nature = forms.ChoiceField(
        choices=[
            (
                ReportNature.SUPPLEMENT,
                gettext_lazy("A supplement: prints the changes alone, the report stays in force"),
            ),
            (ReportNature.CORRECTION, gettext_lazy("A correction: the whole report anew, in place of this one")),
        ],
        widget=forms.RadioSelect,
        initial=ReportNature.SUPPLEMENT,
        label=gettext_lazy("What to write"),
        error_messages={"required": gettext_lazy("Choose a supplement or a correction.")},
    )


class ReasonsForm(forms.Form):
    """One reason for each line of the table; `seen`: the version of the report the page was filled from."""

    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data=None, *, report):
        super().__init__(data, initial={"seen": report.version})
        self.lines = list(report.changes.all())
        for line in self.lines:
            field = WordsField(label=_("Why it is another number"), rows=2, initial=line.reason)
            field.error_messages["required"] = _("Say why %(figure)s is another number.") % {"figure": line.label}
            self.fields[line.key] = field

    def rows(self):
        return [(line, self[line.key]) for line in self.lines]

    def reasons(self):
        return {line.ref: self.cleaned_data[line.key] for line in self.lines}


@require_safe
@tells_wrong_text
def report_since(request, uid):
    """As reported beside as known now; for the agency that made it and whom it went to."""
    report = reported(request, uid)
    return since_page(request, report, LaterForm())


def reported(request, uid):
    report, own = visible_report(request, uid), lineage_of(request.acting)
    if not report.document.is_frozen or not own & {report.agency_id, receiver_id_of(report)}:
        raise PermissionDenied
    return report


def since_page(request, report, form, status=200):
    ours = of_its_agency(request.acting, report) if request.acting else False
    found = [(one, figure_url(report, one.ref)) for one in differences(report)]
    context = {
        "report": report,
        "document": report.document,
        "found": found,
        "form": form,
        "may_begin": rules.has_perm("reports.begin_later", request.acting, report),
        "begun": open_later(report) if ours else None,
        "later": [one for one in report.superseded_by.select_related("document") if one.document.issued_on],
        "may_unlock": ours and rules.has_perm("reports.unlock_fact", request.acting, report),
        "unlockings": unlockings_of(request, report) if ours else [],
    }
    return render(request, "reports/report_since.html", context, status=status)


def unlockings_of(request, report):
    """Those of its own records; of a returned report they may be many, the newest are shown."""
    return Unlocking.objects.filter(Q(report=report), report__agency__in=access_of(request.user).own)[:MOST_UNLOCKINGS]


MOST_UNLOCKINGS = 50


@require_POST
@tells_wrong_text
def report_later(request, uid):
    report = reported(request, uid)
    form = LaterForm(request.POST)
    if not rules.has_perm("reports.begin_later", request.acting, report):
        raise PermissionDenied
    if form.is_valid():
        try:
            later = begin_later(report, form.cleaned_data["nature"], acting=request.acting)
        except CannotDraft as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The table of changes is made. Say of each number why it is another."))
            return redirect("reports:report_changes", uid=later.uid)
    return since_page(request, report, form, 422)


@require_http_methods(["GET", "HEAD", "POST"])
@tells_wrong_text
def report_changes(request, uid):
    """The table was / is / why of a supplement or a correction that is being written."""
    report = visible_report(request, uid)
    if not rules.has_perm("reports.edit_changes", request.acting, report):
        raise PermissionDenied
    form = ReasonsForm(request.POST or None, report=report)
    if request.method == "POST" and form.is_valid():
        try:
            keep_reasons(report, form.reasons(), seen=form.cleaned_data["seen"], acting=request.acting)
        except StaleVersion:
            form.add_error(
                None, _("Somebody saved the table meanwhile. Compare with what stands there now, then save.")
            )
            form.data = form.data.copy()
            form.data["seen"] = get_object_or_404(type(report), pk=report.pk).version
        else:
            messages.success(request, _("The table of changes is saved, with the numbers of now."))
            return redirect("reports:report_changes", uid=report.uid)
    context = {"report": report, "document": report.document, "form": form, "outdated": outdated(report)}
    return render(request, "reports/report_changes.html", context, status=422 if form.errors else 200)
