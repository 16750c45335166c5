"""Decisions about agencies: what is typed, then what it touches and how names look, then done once.

What was typed goes from step to step inside the form, so that every step works without JavaScript.
"""

import uuid

from django.contrib import messages
from django.db import IntegrityError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from coordination.agencies import AgencyRefused
from coordination.agency_change_forms import MOST, CloseForm, MergeForm, RenameForm, SplitForm
from coordination.agency_changes import carry_out, check, touched_by
from coordination.agency_preview import names_after, names_before
from coordination.locking import StaleVersion
from coordination.models import Agency
from coordination.refusals import message_for, rule_broken
from coordination.views.lists import require_system_administrator

FORMS = {"rename": RenameForm, "merge": MergeForm, "split": SplitForm, "close": CloseForm}


@require_http_methods(["GET", "HEAD", "POST"])
def agency_change(request, uid, action):
    """`open`: back to the form, with one line more or as it was; `confirmed`: carry it out; else show what it does."""
    require_system_administrator(request)
    agency = get_object_or_404(Agency.objects.select_related("unit__province"), uid=uid)
    if is_repeated(request, agency):
        return done(request, agency)
    if agency.closed_on:
        messages.info(request, _("The agency has ended: decisions are entered at the one that goes on."))
        return redirect("coordination:agency_detail", uid=agency.uid)
    today, form_class = timezone.localdate(), FORMS[action]
    if request.method != "POST":
        initial = {"version": agency.version, "form_token": uuid.uuid4()}
        return step(request, form_class(agency=agency, today=today, initial=initial))
    if "open" in request.POST:
        return step(request, form_class(agency=agency, today=today, initial=shown_again(request.POST)))
    form = form_class(request.POST, agency=agency, today=today)
    return answer_to(request, form) if form.is_valid() else step(request, form, status=422)


def shown_again(sent):
    values = sent.dict()
    rows = values.get("rows", "")
    if values["open"] == "more" and rows.isdecimal() and len(rows) < len("100"):
        values["rows"] = min(int(rows) + 1, MOST)
    return values


def is_repeated(request, agency):
    """The same form confirmed once more: a double click."""
    return "confirmed" in request.POST and str(agency.form_token) == request.POST.get("form_token")


def answer_to(request, form):
    typed, decision = form.cleaned_data, form.decision
    try:
        check(decision, form.today)
        touched = touched_by(decision, request.user)
        if "confirmed" not in request.POST:
            return step(request, form, decision, touched)
        carry_out(decision, seen=typed["version"], token=typed["form_token"], today=form.today, by=request.user)
        return done(request, form.agency)
    except AgencyRefused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.for_people())
    except StaleVersion:
        form.agency.refresh_from_db()
        if is_repeated(request, form.agency):
            return done(request, form.agency)
        form.data = form.data.copy()
        form.data["version"] = form.agency.version
        form.add_error(None, _("Somebody changed this agency meanwhile. Look at its page, then go on."))
    except IntegrityError as error:
        field = "symbol" if rule_broken(error) == "agency_symbol_once" and "symbol" in form.fields else None
        form.add_error(field, message_for(error))
    return step(request, form, status=422)


def done(request, agency):
    """To the one that goes on, where it is one."""
    messages.success(request, _("The decision is entered. Records of earlier days keep their agency."))
    after = [edge.successor for edge in agency.successions.select_related("successor")]
    return redirect("coordination:agency_detail", uid=(after[0] if len(after) == 1 else agency).uid)


def step(request, form, decision=None, touched=(), status=200):
    """The form, or with a `decision` what it does."""
    context = {"form": form, "agency": form.agency, "name": form.agency.name_on(form.today)}
    if decision is None:
        return render(request, "coordination/agency_change.html", context, status=status)
    asked = form.choices_left()
    context |= {
        "decision": decision,
        "touched": touched,
        "before": names_before(decision),
        "after": names_after(decision),
        "asked": asked,
        "kept": [field for field in form if field.name not in {one.name for one in asked}],
    }
    return render(request, "coordination/agency_change_review.html", context, status=status)
