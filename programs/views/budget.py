"""Money of the programme: what was given, carried over and disbursed, by content and source, as of a day."""

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Sum
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from coordination.formats import date_vi
from coordination.htmx import render_page
from programs.enums import CapitalNature
from programs.forms.budget import BudgetGridForm
from programs.models import BudgetEntry, CorrectionRequest
from programs.money import money_table
from programs.planned_money import items_paid_by, planned_lines
from programs.rules import allowed
from programs.why_not import why_no_fact, why_no_new


@require_safe
def budget_grid(request):
    """Officers see their agency's money; who only reads sees all he may."""
    form = BudgetGridForm(request.GET or None)
    year, day = form.chosen(timezone.localdate())
    capital = form.of_capital
    entries = of_capital(BudgetEntry.objects.in_grid_of(request.user, request.acting).recorded(), capital)
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


def items_of(request):
    """Tasks of annual plans whose planned money stands beside those entries."""
    return items_paid_by(request.user, writes=bool(request.acting and request.acting.writes))


def visible_entry(request, uid):
    visible = BudgetEntry.objects.visible_to(request.user).select_related("component", "unit", "owner")
    return get_object_or_404(visible, uid=uid)


def amount_now(entry):
    """The amount with its corrections, đồng."""
    return entry.amount_vnd + (entry.corrections.aggregate(all=Sum("amount_vnd"))["all"] or 0)
