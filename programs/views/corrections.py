"""Adding to a frozen activity what was wrong in it ("bổ sung số liệu")."""

import uuid

from django.contrib import messages
from django.db import IntegrityError
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from coordination.htmx import redirect_page, render_page
from coordination.locking import StaleVersion
from coordination.refusals import message_for
from programs.fact_actions import correct_fact
from programs.forms.corrections import CorrectionForm, as_corrected
from programs.models import Activity
from programs.rules import require


@require_http_methods(["GET", "HEAD", "POST"])
def activity_correct(request, uid):
    activity = get_object_or_404(Activity.objects.visible_to(request.user).select_related("unit", "kind"), uid=uid)
    require(request, "programs.change_activity", activity)
    if activity.corrects_id or not activity.is_locked:
        return redirect("programs:activity_detail", uid=uid)
    now = as_corrected(activity)
    if request.method == "POST":
        return correct(request, activity, CorrectionForm(request.POST, now=now))
    values = now | {"form_token": uuid.uuid4(), "after": activity.corrections.count()}
    return correction_page(request, activity, CorrectionForm(now=now, initial=values))


def correct(request, activity, form):
    valid = form.is_valid()
    if activity.corrections.filter(form_token=form.cleaned_data.get("form_token") or uuid.uuid4()).exists():
        return redirect_page(request, reverse("programs:activity_detail", args=[activity.uid]))  # a second click
    if not valid:
        return correction_page(request, activity, form, 422)
    sent = form.cleaned_data
    details = {"reason": sent["reason"], "after": sent["after"], "token": sent["form_token"], "by": request.user}
    try:
        correct_fact(activity, form.additions, **details)
    except StaleVersion:
        form.add_error(None, _("Another correction was added meanwhile: open the activity again and compare."))
        return correction_page(request, activity, form, 409)
    except IntegrityError as error:
        form.add_error(None, message_for(error))
        return correction_page(request, activity, form, 422)
    messages.success(request, _("The correction is recorded; it waits for the next supplement of the report."))
    return redirect_page(request, reverse("programs:activity_detail", args=[activity.uid]))


def correction_page(request, activity, form, status=200):
    context = {"activity": activity, "form": form}
    return render_page(
        request, "programs/activity_correct.html", "programs/_activity_correct.html", context, status=status
    )
