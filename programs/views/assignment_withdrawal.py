"""The page on which a task entered by mistake is withdrawn."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from coordination.htmx import redirect_page
from coordination.locking import StaleVersion
from programs.assignments import TaskRefused, withdraw_task
from programs.forms.assignments import WithdrawForm
from programs.rules import require
from programs.views.assignments import visible_assignment


@require_http_methods(["GET", "HEAD", "POST"])
def assignment_withdraw(request, uid):
    """Sent twice, or by a colleague too: the page of the task says by whom and why."""
    assignment, today = visible_assignment(request, uid), timezone.localdate()
    require(request, "programs.give_assignment", assignment.document)
    if assignment.withdrawn_on:
        return redirect("programs:assignment_detail", uid)
    if request.method != "POST":
        return withdraw_page(request, assignment, WithdrawForm(initial={"version": assignment.version}))
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return withdraw_page(request, assignment, form, 422)
    sent = form.cleaned_data
    try:
        withdraw_task(assignment, sent["reason"], seen=sent["version"], acting=request.acting, today=today)
    except StaleVersion:
        form = WithdrawForm(initial={"version": assignment.version, "reason": sent["reason"]})
        return withdraw_page(request, assignment, form, 409, stale=True)
    except TaskRefused:
        return redirect("programs:assignment_detail", uid)
    messages.success(request, _("The task is withdrawn; the agencies it was given to are told."))
    return redirect_page(request, reverse("programs:assignment_detail", args=[uid]))


def withdraw_page(request, assignment, form, status=200, stale=False):
    context = {
        "assignment": assignment,
        "form": form,
        "stale": stale,
        "answered": assignment.responses.filter(answered_at__isnull=False).values("agency").distinct().count(),
    }
    return render(request, "programs/assignment_withdraw.html", context, status=status)
