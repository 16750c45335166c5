"""Adding to a frozen event of a model, reading or entry of money what was wrong in it ("bổ sung số liệu")."""

import uuid

from django.contrib import messages
from django.db import IntegrityError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from coordination.htmx import redirect_page
from coordination.locking import StaleVersion
from coordination.refusals import message_for
from programs.fact_actions import correct_fact
from programs.forms.fact_corrections import FactCorrectionForm
from programs.models import BudgetEntry, Measurement, ModelEvent
from programs.rules import require

# By the word of the address: the table, and what its page shows of the record beside the numbers.
KINDS = {
    "models": (ModelEvent, ("model", "unit")),
    "indicators": (Measurement, ("indicator", "category", "unit")),
    "budget": (BudgetEntry, ("component", "unit")),
}


@require_http_methods(["GET", "HEAD", "POST"])
def fact_correct(request, kind, uid):
    table, related = KINDS[kind]
    fact = get_object_or_404(table.objects.visible_to(request.user).select_related(*related), uid=uid)
    require(request, f"programs.change_{table._meta.model_name}", fact)
    if fact.reason or not fact.is_locked:
        return redirect(page_of(fact))
    if request.method == "POST":
        return correct(request, fact, FactCorrectionForm(request.POST, fact=fact))
    values = {"form_token": uuid.uuid4(), "after": fact.corrections.count()}
    return correction_page(request, fact, FactCorrectionForm(fact=fact, initial=values))


def correct(request, fact, form):
    valid = form.is_valid()
    if was_sent(fact, form):
        return redirect_page(request, page_of(fact))  # a second click
    if not valid:
        return correction_page(request, fact, form, 422)
    sent = form.cleaned_data
    details = {"reason": sent["reason"], "after": sent["after"], "token": sent["form_token"], "by": request.user}
    try:
        correct_fact(fact, [form.differences], **details)
    except StaleVersion:
        form.add_error(None, _("Another correction was added meanwhile: open the record again and compare."))
        return correction_page(request, fact, form, 409)
    except IntegrityError as error:
        form.add_error(None, message_for(error))
        return correction_page(request, fact, form, 422)
    messages.success(request, _("The correction is recorded; it waits for the next supplement of the report."))
    return redirect_page(request, page_of(fact))


def was_sent(fact, form):
    token = form.cleaned_data.get("form_token")
    return bool(token) and fact.corrections.filter(form_token=token).exists()


def correction_page(request, fact, form, status=200):
    context = {"fact": fact, "form": form, "title": title_of(fact), "back": page_of(fact)}
    return render(request, "programs/fact_correct.html", context, status=status)


def title_of(fact):
    if isinstance(fact, ModelEvent):
        return f"{fact.model.name}: {fact.get_nature_display()}"
    if isinstance(fact, BudgetEntry):
        return f"{fact.component.short_name}: {fact.get_nature_display()}, {fact.get_source_display()}"
    return fact.category.name if fact.category else fact.indicator.name


def page_of(fact):
    """Where the record is shown."""
    if isinstance(fact, ModelEvent):
        return reverse("programs:model_detail", args=[fact.model.uid])
    if isinstance(fact, BudgetEntry):
        return reverse("programs:budget_entry", args=[fact.uid])
    return reverse("programs:measurement_list", args=[fact.indicator.code])
