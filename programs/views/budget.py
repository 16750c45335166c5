"""Money of the programme: what was given, carried over and disbursed, by content and source, as of a day."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.db.models import Sum
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from coordination.access import access_of
from coordination.formats import date_vi
from coordination.htmx import render_page
from coordination.locking import StaleVersion
from coordination.refusals import message_for
from programs.actions import FactLocked
from programs.enums import BudgetNature, CapitalNature, ComponentKind
from programs.fact_actions import Changed, save_facts
from programs.forms.budget import BudgetGridForm, DecisionForm, ReadingsForm, ReadingsHead
from programs.models import BudgetEntry, Component, CorrectionRequest
from programs.money import money_by_line, money_table
from programs.planned_money import items_paid_by, planned_lines
from programs.rules import allowed, require
from programs.why_not import why_no_fact, why_no_new


@require_safe
def budget_grid(request):
    """Officers see their agency's money; who only reads sees all he may."""
    form = BudgetGridForm(request.GET or None)
    year, day = form.chosen(timezone.localdate())
    capital = form.of_capital
    entries = of_capital(visible_entries(request).recorded(), capital)
    rows = entries.filter(year=year, counted_on__lte=day).select_related("component", "unit")
    address = {"year": year, "day": date_vi(day)} | ({"capital": capital} if capital else {})
    context = {
        "form": BudgetGridForm(initial={"year": year, "day": day, "capital": capital}) if not form.errors else form,
        "year": year,
        "day": day,
        "capital": CapitalNature(capital) if capital else None,
        "address": urlencode(address),
        "kinds": kinds_of_capital(address),
        "table": money_table(entries, year, day, [] if capital else planned_lines(items_of(request), year, day)),
        "page": Paginator(rows.order_by("-counted_on", "-pk"), settings.PAGE_SIZE).get_page(request.GET.get("page")),
        "query": request.GET,
        "may_add": (may_add := allowed(request, "programs.add_budgetentry")),
        "why": None if may_add else why_no_new(request),
    }
    return render_page(request, "programs/budget_grid.html", "programs/_budget_table.html", context)


def of_capital(entries, capital):
    """Of one kind of capital; "" = both."""
    return entries.filter(capital=capital) if capital else entries


def kinds_of_capital(address):
    """Links that show both kinds together, or one of them: (words, address, whether it is the one shown)."""
    kinds = [("", _("Both kinds of capital")), *((kind.value, kind.label) for kind in CapitalNature)]
    shown = address.get("capital", "")
    return [(words, urlencode(address | {"capital": kind}), kind == shown) for kind, words in kinds]


@require_http_methods(["GET", "HEAD", "POST"])
def budget_readings(request):
    require(request, "programs.add_budgetentry")
    head = ReadingsHead(request.GET or None)
    year, day = head.chosen(timezone.localdate())
    form = readings_form(request, year, day, head.of_capital)
    status = 200
    if request.method == "POST":
        status = save_readings(request, form, day, year=year, capital=head.of_capital)
        if status == 200:
            return redirect(f"{reverse('programs:budget_grid')}?{urlencode({'year': year, 'day': f'{day:%d/%m/%Y}'})}")
    chosen = ReadingsHead(initial={"year": year, "day": day, "capital": head.of_capital})
    context = {"form": form, "chosen": chosen, "year": year, "day": day}
    return render(request, "programs/budget_readings.html", context, status=status)


def readings_form(request, year, day, capital):
    """Filled with what the agency itself read on that day; before it stands the latest reading of an earlier day."""
    own = BudgetEntry.objects.visible_to(request.user).filter(owner=request.acting.agency_id).recorded()
    own = own.filter(year=year, capital=capital)
    unit = request.acting.agency.unit.version_on(day)
    of_day = own.filter(
        nature=BudgetNature.DISBURSED, counted_on=day, reason="", unit=unit, component__kind=ComponentKind.CONTENT
    )
    stored = {(entry.component_id, entry.source): entry for entry in of_day}
    before = money_by_line(own.filter(counted_on__lt=day), year, day)
    lines = list(contents(request, {component for component, _source in (*stored, *before)}))
    return ReadingsForm(request.POST or None, contents=lines, before=before, stored=stored)


def save_readings(request, form, day, **line):
    """Answers the status: 200 saved, 422 to be mended, 409 somebody else was faster. `line`: year, capital."""
    if not form.is_valid():
        return 422
    new, changed = [], []
    for content, source, amount, entry, version in form.changed_cells():
        if entry:
            entry.amount_vnd = amount
            changed.append(Changed(entry, version))
        else:
            line |= {"component": content, "source": source, "amount_vnd": amount}
            new.append(new_entry(request, day, nature=BudgetNature.DISBURSED, **line))
    try:
        saved = save_facts(new=new, changed=changed, by=request.user)
    except (StaleVersion, FactLocked):
        form.add_error(None, _("Somebody saved these readings meanwhile. Open the page again and compare."))
        return 409
    except IntegrityError as error:
        form.add_error(None, message_for(error))
        return 422
    messages.success(request, _("%(count)d readings saved.") % {"count": saved})
    return 200


@require_http_methods(["GET", "HEAD", "POST"])
def budget_decision(request, uid=None):
    """A new decision, or one that no report has frozen yet, changed."""
    entry = visible_entry(request, uid) if uid else None
    require(request, "programs.change_budgetentry" if entry else "programs.add_budgetentry", entry)
    if entry and (entry.is_locked or entry.nature == BudgetNature.DISBURSED or entry.reason):
        return redirect("programs:budget_entry", uid=entry.uid)
    lines = contents(request, [entry.component_id] if entry else [])
    form = DecisionForm(request.POST or None, contents=lines, initial=initial_decision(entry))
    status = 200
    if request.method == "POST":
        status = save_decision(request, form, entry)
        if status == 200:
            messages.success(request, _("The decision is recorded."))
            return redirect(f"{reverse('programs:budget_grid')}?{urlencode({'year': form.cleaned_data['year']})}")
    return render(request, "programs/budget_decision.html", {"form": form, "entry": entry}, status=status)


def initial_decision(entry):
    if entry is None:
        today = timezone.localdate()
        return {"year": today.year, "counted_on": today, "form_token": uuid.uuid4()}
    names = ("nature", "source", "capital", "year", "amount_vnd", "counted_on", "note", "version")
    return {name: getattr(entry, name) for name in names} | {"content": entry.component_id}


def save_decision(request, form, entry):
    if not form.is_valid():
        return 422
    sent = form.cleaned_data
    try:
        if entry:
            seen = sent["version"] or 0
            save_facts(changed=[Changed(form.fill(entry), seen)], by=request.user)
        elif not BudgetEntry.objects.visible_to(request.user).filter(form_token=sent["form_token"]).exists():
            save_facts(
                new=[form.fill(new_entry(request, sent["counted_on"], form_token=sent["form_token"]))], by=request.user
            )
    except (StaleVersion, FactLocked):
        form.add_error(
            None, _("Somebody changed this entry meanwhile. What you typed is below; open it again and compare.")
        )
        return 409
    except IntegrityError as error:
        form.add_error(None, message_for(error))
        return 422
    return 200


@require_safe
def budget_entry(request, uid):
    entry = visible_entry(request, uid)
    may_change = allowed(request, "programs.change_budgetentry", entry)
    context = {
        "entry": entry,
        "corrections": entry.corrections.order_by("pk"),
        "now": amount_now(entry),
        "may_change": may_change,
        "may_ask": allowed(request, "programs.ask_correction", entry),
        "requests": CorrectionRequest.objects.visible_to(request.user).filter(budget_entry=entry).named(),
        "why": why_no_fact(request, entry, may=may_change),
    }
    return render(request, "programs/budget_entry.html", context)


def visible_entries(request):
    visible = BudgetEntry.objects.visible_to(request.user)
    if request.acting and request.acting.writes:
        return visible.filter(owner__in=access_of(request.user).own)
    return visible


def items_of(request):
    """Tasks of annual plans whose planned money stands beside those entries."""
    return items_paid_by(request.user, writes=bool(request.acting and request.acting.writes))


def visible_entry(request, uid):
    visible = BudgetEntry.objects.visible_to(request.user).select_related("component", "unit", "owner")
    return get_object_or_404(visible, uid=uid)


def amount_now(entry):
    """The amount with its corrections, đồng."""
    return entry.amount_vnd + (entry.corrections.aggregate(all=Sum("amount_vnd"))["all"] or 0)


def contents(request, stored=()):
    """Lines of the grid: contents offered to the province and those with money (`stored`: ids), in their order."""
    offered = Component.objects.offered_to(request.acting.agency.province_id)
    rows = offered | Component.objects.filter(pk__in=stored)
    return rows.filter(kind=ComponentKind.CONTENT).order_by("position", "code")


def new_entry(request, day, **values):
    """Of the acting agency, in its unit of that day."""
    unit = request.acting.agency.unit.version_on(day)
    return BudgetEntry(
        owner=request.acting.agency, unit=unit, province=unit.province or unit, counted_on=day, **values
    )
