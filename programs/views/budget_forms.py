"""The pages money is written on: the grid of disbursements as read on a day, and one decision."""

import uuid

from django.contrib import messages
from django.db import IntegrityError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from coordination.formats import date_vi
from coordination.locking import StaleVersion
from coordination.models import Agency
from coordination.refusals import message_for, rule_broken
from programs.actions import FactLocked
from programs.enums import BudgetNature, ComponentKind
from programs.fact_actions import Changed, save_facts
from programs.forms.budget import DecisionForm, ReadingsForm, ReadingsHead
from programs.forms.differences import differences
from programs.models import BudgetEntry, Component
from programs.money import money_by_line
from programs.rules import require
from programs.views.budget import visible_entry
from programs.views.model_forms import stale, with_values

SAID = ("nature", "content", "source", "capital", "year", "amount_vnd", "counted_on", "note")
NOTHING_MORE = {"theirs": None, "locked": False, "twice": None}
# Which field mends what the database refused.
REFUSED_AT = {"budgetentry_unit_of_its_day": "counted_on", "budgetentry_owner_of_its_day": "counted_on"}


# ---- disbursements ----


@require_http_methods(["GET", "HEAD", "POST"])
def budget_readings(request):
    require(request, "programs.add_budgetentry")
    saving = request.method == "POST"
    head = ReadingsHead(request.POST if saving else request.GET or None, saving=saving)
    if head.errors:
        return readings_page(request, head, None, 422 if saving else 200)
    form = readings_form(request, head)
    if saving and form.is_valid():
        return save_readings(request, head, form)
    return readings_page(request, head, form, form.status if saving else 200)


def readings_form(request, head):
    """Filled with what the agency itself, or one it succeeded, read on that day; before it stands the latest reading

    of an earlier day.
    """
    year, day = head.chosen(timezone.localdate())
    lineage = Agency.objects.lineage_of({request.acting.agency_id})
    own = BudgetEntry.objects.visible_to(request.user).recorded()
    own = own.filter(owner__in=lineage, year=year, capital=head.of_capital)
    unit = request.acting.agency.unit.version_on(day)
    of_day = own.filter(
        nature=BudgetNature.DISBURSED, counted_on=day, reason="", unit=unit, component__kind=ComponentKind.CONTENT
    )
    stored = {(entry.component_id, entry.source): entry for entry in of_day}
    before = money_by_line(own.filter(counted_on__lt=day), year, day)
    lines = list(contents(request, {component for component, _source in (*stored, *before)}))
    return ReadingsForm(request.POST or None, contents=lines, before=before, stored=stored)


def save_readings(request, head, form):
    year, day = head.chosen(timezone.localdate())
    unit = request.acting.agency.unit.version_on(day)
    line = {"owner": request.acting.agency, "unit": unit, "province_id": unit.own_province_id, "counted_on": day}
    line |= {"year": year, "capital": head.of_capital, "nature": BudgetNature.DISBURSED}
    new, changed = [], []
    for content, source, amount, entry, version in form.changed_cells():
        if entry is None:
            new.append(BudgetEntry(component=content, source=source, amount_vnd=amount, **line))
        else:
            entry.amount_vnd = amount
            changed.append(Changed(entry, version))
    try:
        saved = save_facts(new=new, changed=changed, by=request.user)
    except (StaleVersion, FactLocked):
        return overtaken(request, head)
    except IntegrityError as error:
        if rule_broken(error) == "budget_one_reading_a_day":
            return overtaken(request, head)
        form.add_error(None, message_for(error))
        return readings_page(request, head, form, 422)
    say_saved(request, saved)
    return redirect(f"{reverse('programs:budget_grid')}?{urlencode({'year': year, 'day': date_vi(day)})}")


def overtaken(request, head):
    """Somebody saved between our look and our writing: the cells are compared with what is stored by now."""
    form = readings_form(request, head)
    form.is_valid()
    return readings_page(request, head, form, 409)


def say_saved(request, saved):
    if saved:
        words = ngettext("%(count)d reading saved.", "%(count)d readings saved.", saved)
        messages.success(request, words % {"count": saved})
    else:
        messages.info(request, _("Nothing was changed, so nothing was saved."))


def readings_page(request, head, form, status=200):
    """Without the cells while it is not known of which day they are."""
    context = {"form": form, "chosen": head}
    if form is not None:
        year, day = head.chosen(timezone.localdate())
        context |= {"year": year, "day": day, "capital": head.of_capital}
        context["chosen"] = ReadingsHead(initial={name: context[name] for name in ("year", "day", "capital")})
    return render(request, "programs/budget_readings.html", context, status=status)


# ---- decisions ----


@require_http_methods(["GET", "HEAD", "POST"])
def budget_decision(request):
    require(request, "programs.add_budgetentry")
    if request.method != "POST":
        return decision_page(request, None, decision_form(request, None))
    form = decision_form(request, None, request.POST)
    if not form.is_valid():
        return decision_page(request, None, form, 422)
    try:
        save_facts(new=[filled(form, BudgetEntry(owner=request.acting.agency))], by=request.user)
    except IntegrityError as error:
        return refused(request, None, form, error)
    return decision_saved(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
def budget_edit(request, uid):
    """A decision that no report has frozen yet."""
    entry = visible_entry(request, uid)
    require(request, "programs.change_budgetentry", entry)
    closed = entry.is_locked and request.method != "POST"
    if closed or entry.nature == BudgetNature.DISBURSED or entry.reason:
        return redirect("programs:budget_entry", uid=entry.uid)  # which says why it cannot be changed
    form = decision_form(request, entry, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return decision_page(request, entry, form)
    return change_decision(request, entry, form) if form.is_valid() else decision_page(request, entry, form, 422)


def change_decision(request, entry, form):
    try:
        save_facts(changed=[Changed(filled(form, entry), form.cleaned_data["version"] or 0)], by=request.user)
    except FactLocked:
        return decision_page(request, entry, form, 409, locked=True)
    except StaleVersion:
        theirs = values_of(visible_entry(request, entry.uid))
        return stale(request, form, theirs, SAID, decision_page, entry)
    except IntegrityError as error:
        return refused(request, entry, form, error)
    return decision_saved(request, form)


def filled(form, entry):
    """In the place of its owner on that day, which a rearrangement may have changed."""
    return form.fill(entry, entry.owner.unit.version_on(form.cleaned_data["counted_on"]))


def decision_form(request, entry, data=None):
    today = timezone.localdate()
    first = {"year": today.year, "counted_on": today, "form_token": uuid.uuid4()}
    lines = contents(request, [entry.component_id] if entry else [])
    return DecisionForm(data, contents=lines, initial=values_of(entry) if entry else first)


def values_of(entry):
    """As the form shows them."""
    names = {*SAID, "version"} - {"content"}
    return {name: getattr(entry, name) for name in names} | {"content": entry.component}


def refused(request, entry, form, error):
    """A form sent twice is saved once; the second says what the first did."""
    token = form.cleaned_data["form_token"]
    first = BudgetEntry.objects.visible_to(request.user).filter(form_token=token).first() if token else None
    if first is None or entry is not None:
        form.add_error(REFUSED_AT.get(rule_broken(error)), message_for(error))
        return decision_page(request, entry, form, 422)
    if differences(form, values_of(first), SAID):
        return decision_page(request, None, with_values(form, form_token=uuid.uuid4()), 409, twice=first)
    messages.success(request, _("This is already saved."))
    return back_to_year(form)


def decision_saved(request, form):
    messages.success(request, _("The decision is recorded."))
    return back_to_year(form)


def back_to_year(form):
    return redirect(f"{reverse('programs:budget_grid')}?{urlencode({'year': form.cleaned_data['year']})}")


def decision_page(request, entry, form, status=200, **more):
    context = {"form": form, "entry": entry} | NOTHING_MORE | more
    return render(request, "programs/budget_decision.html", context, status=status)


def contents(request, stored=()):
    """Lines of the grid: contents offered to the province and those with money (`stored`: ids), in their order."""
    offered = Component.objects.offered_to(request.acting.agency.province_id)
    rows = offered | Component.objects.filter(pk__in=stored)
    return rows.filter(kind=ComponentKind.CONTENT).order_by("position", "code")
