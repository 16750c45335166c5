"""Adding to a frozen record what was wrong in it ("bổ sung số liệu")."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from coordination.htmx import redirect_page, render_page
from coordination.locking import StaleVersion
from coordination.refusals import message_for
from programs.fact_actions import correct_fact
from programs.facts import Fact
from programs.forms.corrections import CorrectingForm, CorrectionForm, as_corrected
from programs.forms.part_corrections import parts_of
from programs.models import Activity
from programs.rules import require

Page = Callable[[CorrectingForm, int], HttpResponse]


@require_http_methods(["GET", "HEAD", "POST"])
def activity_correct(request, uid):
    activity = get_object_or_404(Activity.objects.visible_to(request.user).select_related("unit", "kind"), uid=uid)
    require(request, "programs.change_activity", activity)
    detail = reverse("programs:activity_detail", args=[uid])
    if activity.corrects_id or not activity.is_locked:
        return redirect(detail)
    known = {"now": as_corrected(activity), "held": parts_of(activity, *activity.corrections.all())}
    known["province"] = activity.province_id

    def page(form, status=200):
        context = {"activity": activity, "form": form}
        names = ("programs/activity_correct.html", "programs/_activity_correct.html")
        return render_page(request, *names, context, status=status)

    if request.method == "POST":
        return answer_to_correction(request, activity, CorrectionForm(request.POST, **known), page, detail)
    return page(CorrectionForm(**known, initial=known["now"] | first_values(activity)))


def first_values(fact: Fact) -> dict:
    return {"form_token": uuid.uuid4(), "after": fact.corrections.count()}


def answer_to_correction(request, fact: Fact, form: CorrectingForm, page: Page, back: str):
    """Record it, say what to mend, or say that this form was sent before; `back`: where the record is shown."""
    valid = form.is_valid()
    first = sent_before(fact, form)
    if first is not None and form.repeats(first):
        messages.success(request, _("This correction is already recorded."))
        return redirect_page(request, back)
    if first is not None:
        words = _("Recorded from this form before, with other words or numbers. Sent again, yours is added to that.")
        form.add_error(None, words)
        return page(form.renewed(fact.corrections.count()), 409)
    if not valid:
        return page(form, 422)
    sent = form.cleaned_data
    details = {"reason": sent["reason"], "after": sent["after"], "token": sent["form_token"], "by": request.user}
    try:
        correct_fact(fact, form.additions, parts=form.parts, **details)
    except StaleVersion:
        words = _("Meanwhile it was corrected, or its report was taken back: open the record again and compare.")
        form.add_error(None, words)
        return page(form, 409)
    except IntegrityError as error:
        form.add_error(None, message_for(error))
        return page(form, 422)
    messages.success(request, _("The correction is recorded; it waits for the next supplement of the report."))
    return redirect_page(request, back)


def sent_before(fact: Fact, form: CorrectingForm) -> Fact | None:
    token = form.cleaned_data.get("form_token")
    return fact.corrections.filter(form_token=token).first() if token else None
