"""The pages the model register is written on: a new account, a new event, an event mended, an account renamed."""

import uuid

from django.contrib import messages
from django.db import IntegrityError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from coordination.htmx import redirect_page, render_page
from coordination.locking import StaleVersion
from coordination.refusals import message_for, rule_broken
from programs.actions import FactLocked
from programs.enums import ModelNature
from programs.fact_actions import (
    Changed,
    change_account,
    move_models,
    open_account,
    save_facts,
    token_of_counterpart,
)
from programs.forms.differences import differences
from programs.forms.models import COLUMNS, REFUSED_AT, AccountForm, EventForm, NewModelForm, stored_values
from programs.models import CommunityModel, ModelEvent
from programs.rules import require

NOTHING_MORE = {"theirs": None, "locked": False, "twice": None}


@require_http_methods(["GET", "HEAD", "POST"])
def model_create(request):
    require(request, "programs.add_communitymodel")
    event = ModelEvent(owner=request.acting.agency)
    if request.method != "POST":
        return form_page(request, NewModelForm(event=event, others=[], initial=first_values()))
    form = NewModelForm(request.POST, event=event, others=[])
    return form_page(request, form.reopened()) if "open" in request.POST else answer_to(request, form, opened)


@require_http_methods(["GET", "HEAD", "POST"])
def model_event_create(request, uid):
    account = visible_account(request, uid)
    require(request, "programs.change_communitymodel", account)
    event = ModelEvent(owner=request.acting.agency, model=account)
    others = list(account.events.recorded())
    if request.method == "POST":
        return answer_to(request, EventForm(request.POST, event=event, others=others), logged)
    return form_page(request, EventForm(event=event, others=others, initial=first_values()))


@require_http_methods(["GET", "HEAD", "POST"])
def model_event_edit(request, uid):
    visible = ModelEvent.objects.visible_to(request.user)
    event = get_object_or_404(visible.select_related("model__kind", "model__unit", "unit", "owner__unit"), uid=uid)
    require(request, "programs.change_modelevent", event)
    if not is_of_one_account(event) or (event.is_locked and request.method != "POST"):
        return redirect(detail_of(event.model))  # which says why it cannot be changed
    others = list(event.model.events.recorded().exclude(pk=event.pk))
    if request.method == "POST":
        return answer_to(request, EventForm(request.POST, event=event, others=others), changed)
    return form_page(request, EventForm(event=event, others=others, initial=stored_values(event)))


def is_of_one_account(event):
    """A move stands in two accounts and a correction beside what it corrects: another entry mends them."""
    return not event.reason and event.nature != ModelNature.MOVED


@require_http_methods(["GET", "HEAD", "POST"])
def model_edit(request, uid):
    account = visible_account(request, uid)
    require(request, "programs.change_communitymodel", account)
    stored = {"name": account.name, "tags": list(account.tags.all()), "version": account.version}
    if request.method != "POST":
        return account_page(request, account, AccountForm(account=account, initial=stored))
    form = AccountForm(request.POST, account=account)
    if not form.is_valid():
        return account_page(request, account, form, 422)
    try:
        account.name = form.cleaned_data["name"]
        change_account(account, form.cleaned_data["tags"], seen=form.cleaned_data["version"], by=request.user)
    except StaleVersion:
        return stale(request, form, stored, ("name", "tags"), account_page, account)
    except IntegrityError as error:
        form.add_error(REFUSED_AT.get(rule_broken(error)), message_for(error))
        return account_page(request, account, form, 422)
    messages.success(request, _("Saved."))
    return redirect_page(request, detail_of(account))


def visible_account(request, uid):
    visible = CommunityModel.objects.visible_to(request.user).select_related("kind", "unit", "owner")
    return get_object_or_404(visible, uid=uid)


def first_values():
    return {"counted_on": timezone.localdate(), "form_token": uuid.uuid4()}


def answer_to(request, form, save):
    """Save what was sent, or say what to mend; what was typed stays on the page."""
    if not form.is_valid():
        return form_page(request, form, 422)
    try:
        account = save(request, form)
    except FactLocked:
        return form_page(request, form, 409, locked=True)
    except StaleVersion:
        return stale_event(request, form)
    except IntegrityError as error:
        return refused(request, form, error)
    return redirect_page(request, detail_of(account))


def opened(request, form):
    account = open_account(form.account(), form.cleaned_data["tags"], form.fill(), by=request.user)
    messages.success(request, _("In the register: “%(name)s”.") % {"name": account.name})
    return account


def logged(request, form):
    event, target = form.fill(), form.cleaned_data["to"]
    if target:
        move_models(event, target, form.cleaned_data["to_unit"], by=request.user)
    else:
        save_facts(new=[event], by=request.user)
    messages.success(request, _("The event is recorded."))
    return event.model


def changed(request, form):
    save_facts(changed=[Changed(form.fill(), form.cleaned_data["version"] or 0)], by=request.user)
    messages.success(request, _("The event is changed."))
    return form.event.model


def refused(request, form, error):
    """A form sent twice is saved once; the second says what the first did."""
    token = form.cleaned_data.get("form_token")
    first = ModelEvent.objects.visible_to(request.user).filter(form_token=token).first() if token else None
    if first is None:
        field = REFUSED_AT.get(rule_broken(error))
        form.add_error(field if field in form.fields else None, message_for(error))
        return form_page(request, form, 422)
    found = differences(form, values_of_first(form, first), form.said)
    if not found:
        messages.success(request, _("This is already saved."))
        return redirect_page(request, detail_of(first.model))
    return form_page(request, with_values(form, form_token=uuid.uuid4()), 409, twice=first.model)


def values_of_first(form, first):
    """What the first click wrote: the event, the account where the form opens one, the other half of a move."""
    account, values = first.model, stored_values(first)
    if not form.account_known:
        opened = {name: getattr(account, name) for name in ("name", "kind", "standing")}
        values |= opened | {"tags": list(account.tags.all())}
    if first.nature == ModelNature.MOVED:
        other = ModelEvent.objects.filter(form_token=token_of_counterpart(first)).first()
        values |= {"to": other.model, "to_unit": other.unit} if other else {}
    return values


def stale_event(request, form):
    stored = stored_values(ModelEvent.objects.select_related("unit").get(pk=form.event.pk))
    return stale(request, form, stored, COLUMNS, form_page)


def stale(request, form, stored, names, page, *above):
    """Both versions; sending again what is on the page then replaces the stored one knowingly."""
    found = differences(form, stored, names)
    return page(request, *above, with_values(form, version=stored["version"]), 409, theirs=found)


def with_values(form, **values):
    """The same form with other hidden values."""
    form.data = form.data.copy()
    for name, value in values.items():
        form.data[name] = str(value)
    return form


def form_page(request, form, status=200, **more):
    context = {"form": form, "event": form.event, "account": form.account_known} | NOTHING_MORE | more
    return render_page(request, "programs/model_form.html", "programs/_model_form.html", context, status=status)


def account_page(request, account, form, status=200, **more):
    context = {"form": form, "account": account} | NOTHING_MORE | more
    return render(request, "programs/model_edit.html", context, status=status)


def detail_of(account):
    return reverse("programs:model_detail", args=[account.uid])
