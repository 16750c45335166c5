"""What agencies say about an activity, and what they ask of the owner of a record."""

import uuid

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from coordination.htmx import redirect_page
from coordination.locking import StaleVersion
from programs.correction_requests import FIELD_OF, RequestRefused, answer_request, ask_correction, fact_of
from programs.enums import MarkNature, RequestNature, RequestState
from programs.evidence import KINDS
from programs.forms.marks import AnswerRequestForm, AskForm, MarkForm
from programs.marks import give_mark
from programs.models import Activity, CorrectionRequest
from programs.rules import require
from programs.views.evidence import page_of

TITLES = {
    MarkNature.VERIFIED: gettext_lazy("Verify the activity"),
    MarkNature.RETURNED: gettext_lazy("Return the activity with a reason"),
    MarkNature.CONFIRMED: gettext_lazy("Confirm our part"),
    MarkNature.DISPUTED: gettext_lazy("Dispute our part"),
}
DONE = {
    MarkNature.VERIFIED: gettext_lazy("Verified."),
    MarkNature.RETURNED: gettext_lazy("Returned with the reason."),
    MarkNature.CONFIRMED: gettext_lazy("Your agency has confirmed its part."),
    MarkNature.DISPUTED: gettext_lazy("Your agency has disputed its part; the agency in charge sees why."),
}


@require_http_methods(["GET", "HEAD", "POST"])
def activity_mark(request, uid, nature):
    if nature not in MarkNature.values:
        raise Http404
    activity = get_object_or_404(Activity.objects.visible_to(request.user).for_detail(), uid=uid)
    right = "verify" if nature in MarkNature.of_owner() else "confirm"
    require(request, f"programs.{right}_activity", activity)
    if request.method != "POST":
        return mark_page(request, activity, nature, MarkForm(nature=nature, initial={"version": activity.version}))
    form = MarkForm(request.POST, nature=nature)
    if not form.is_valid():
        return mark_page(request, activity, nature, form, 422)
    try:
        sent = form.cleaned_data
        give_mark(activity, nature, text=sent["text"], seen=sent["version"], acting=request.acting)
    except StaleVersion:
        form = MarkForm(nature=nature, initial={"version": activity.version, "text": form.cleaned_data["text"]})
        return mark_page(request, activity, nature, form, 409, stale=True)
    messages.success(request, DONE[nature])
    return redirect_page(request, reverse("programs:activity_detail", args=[uid]))


def mark_page(request, activity, nature, form, status=200, stale=False):
    context = {"activity": activity, "title": TITLES[nature], "form": form, "stale": stale}
    return render(request, "programs/activity_mark.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def request_create(request, kind, uid):
    """Of a locked record, by who may read it and not correct it."""
    if kind not in FIELD_OF:
        raise Http404
    carrier = KINDS[kind]
    fact = get_object_or_404(carrier.model._default_manager.visible_to(request.user), uid=uid)
    require(request, "programs.ask_correction", fact)
    form = AskForm(request.POST or None, initial={"form_token": uuid.uuid4()})
    back = page_of(carrier, fact)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        ask_correction(carrier.field, fact, text=sent["text"], token=sent["form_token"], acting=request.acting)
        messages.success(request, _("The agency in charge is asked to correct it; its answer appears on the page."))
        return redirect_page(request, back)
    status = 422 if request.method == "POST" else 200
    return render(request, "programs/request_form.html", {"form": form, "back": back}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def request_answer(request, uid):
    """Done leads on to the form of the correction; refused takes words."""
    asked = get_object_or_404(CorrectionRequest.objects.visible_to(request.user), uid=uid)
    fact = fact_of(asked)
    require(request, "programs.answer_request", fact)
    if asked.state != RequestState.OPEN:
        return redirect(page_of_fact(asked))
    if request.method != "POST":
        return answer_page(request, asked, AnswerRequestForm(initial={"version": asked.version}))
    state = RequestState.REFUSED if "refuse" in request.POST else RequestState.DONE
    form = AnswerRequestForm(request.POST, state=state)
    if not form.is_valid():
        return answer_page(request, asked, form, 422)
    try:
        sent = form.cleaned_data
        answer_request(asked, state, answer=sent["answer"], seen=sent["version"], acting=request.acting)
    except StaleVersion:
        form.add_error(None, _("This was answered meanwhile. Open the record and read it."))
        return answer_page(request, asked, form, 409)
    except RequestRefused as refusal:
        form.add_error(None, refusal.for_people())
        return answer_page(request, asked, form, 422)
    messages.success(request, said(asked, state))
    return redirect_page(request, next_page(asked, state))


def said(asked, state):
    if state == RequestState.REFUSED:
        return _("Refused with your words; the agency reads them.")
    if asked.nature == RequestNature.JOIN:
        return _("The agency is named as a partner; the activity still counts once, for yours.")
    return _("Now write the correction.")


CORRECTED_AT = {
    "activity": "programs:activity_correct",
    "model_event": "programs:model_event_correct",
    "measurement": "programs:measurement_correct",
    "budget_entry": "programs:budget_entry_correct",
}


def next_page(asked, state):
    field = field_of(asked)
    if state == RequestState.DONE and asked.nature == RequestNature.CORRECTION:
        return reverse(CORRECTED_AT[field], args=[fact_of(asked).uid])
    return page_of_fact(asked)


def page_of_fact(asked):
    field = field_of(asked)
    return page_of(next(kind for kind in KINDS.values() if kind.field == field), fact_of(asked))


def field_of(asked):
    return next(name for name in CORRECTED_AT if getattr(asked, f"{name}_id"))


def answer_page(request, asked, form, status=200):
    context = {"asked": asked, "form": form, "back": page_of_fact(asked), "joins": asked.nature == RequestNature.JOIN}
    return render(request, "programs/request_answer.html", context, status=status)
