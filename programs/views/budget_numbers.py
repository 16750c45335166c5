"""The records behind a printed number of the grid of money: the list adds up to the number."""

from urllib.parse import urlencode

from django.db.models import OuterRef, Q, Sum
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from coordination.formats import date_vi
from coordination.htmx import render_page
from coordination.models.agency import name_of
from coordination.pagination import CappedPaginator
from coordination.sheets.list_export import Shown, as_download, excel_of_list
from programs.enums import BudgetNature, CapitalNature, FundingSource
from programs.forms.budget import RATE, WHAT, BudgetNumberForm
from programs.models import BudgetEntry
from programs.money import OWN, PLANNED, Money, entries_counted
from programs.planned_money import planned_lines
from programs.views.budget import items_of, of_capital
from programs.views.list_exports import AT_ONCE, MONEY_COLUMNS, money_cells

PLANNED_COLUMNS = (
    Shown(gettext_lazy("Plan"), 50),
    Shown(gettext_lazy("Task"), 70),
    Shown(gettext_lazy("Source"), 24),
    Shown(gettext_lazy("Amount (đồng)"), 20),
    Shown(gettext_lazy("Lead"), 22),
)


@require_safe
def budget_number(request):
    form = number_form(request)
    what, (year, day) = form.cleaned_data["what"], form.chosen(timezone.localdate())
    if what == PLANNED:
        rows = planned_behind(request, form)
        counted, sums = len(rows), [(title(PLANNED), sum(row.amount_vnd for row in rows))]
    else:
        rows = entries_behind(request, form).order_by("-counted_on", "-pk")
        counted, sums = None, sums_of(rows)
    context = {
        "title": title(what),
        "what": what,
        "words": words_of(form),
        "sums": sums,
        "rate": rate_of(rows) if what == RATE else None,
        "page": CappedPaginator(rows, counted=counted).get_page(request.GET.get("page")),
        "query": request.GET,
        "address": urlencode(back_to(form, year, day)),
    }
    return render_page(request, "programs/budget_number.html", "programs/_budget_records.html", context)


def number_form(request):
    """404 for an address no number of the grid has."""
    form = BudgetNumberForm(request.GET)
    if not form.is_valid():
        raise Http404
    return form


def back_to(form, year, day):
    address = {"year": year, "day": date_vi(day)}
    return address | ({"capital": form.of_capital} if form.of_capital else {})


def entries_behind(request, form):
    """The decisions, and of each line the latest reading with its corrections."""
    year, day = form.chosen(timezone.localdate())
    entries = of_capital(BudgetEntry.objects.in_grid_of(request.user, request.acting).recorded(), form.of_capital)
    rows = entries_counted(entries, year, day).filter(source__in=form.sources(), nature__in=form.natures())
    if content := form.cleaned_data["content"]:
        rows = rows.filter(Q(component__content=content) | Q(component=content))
    named = name_of("owner", "short_name", OuterRef("counted_on"))
    return rows.select_related("component", "unit").annotate(owner_name=named)


def planned_behind(request, form):
    """Nothing once one kind of capital is asked for: plans do not say which."""
    if form.of_capital:
        return []
    content, sources = form.cleaned_data["content"], form.sources()
    lines = planned_lines(items_of(request), *form.chosen(timezone.localdate()))
    return [line for line in lines if line.source in sources and (content is None or line.content == content.pk)]


def title(what):
    return dict(WHAT)[what]


def sums_of(rows):
    """(label, đồng) of each nature there is, in their order."""
    found = dict(rows.order_by().values_list("nature").annotate(all=Sum("amount_vnd")))
    return [(title(nature), found[nature]) for nature in BudgetNature.values if nature in found]


def rate_of(rows):
    """As printed in the grid; None where nothing was allocated or carried over."""
    found = rows.order_by().values_list("nature").annotate(all=Sum("amount_vnd"))
    return Money(**dict(found)).rate


def words_of(form):
    """What the number is of, as the page and the file say it."""
    sent, year_and_day = form.cleaned_data, form.chosen(timezone.localdate())
    source = _("without integrated money") if sent["source"] == OWN else FundingSource(sent["source"]).label
    words = [_("Budget year: %(year)s") % {"year": year_and_day[0]}]
    words.append(_("As of the day: %(day)s") % {"day": date_vi(year_and_day[1])})
    words += [sent["content"].short_name] if sent["content"] else []
    words += [CapitalNature(form.of_capital).label] if form.of_capital else []
    return [*words, source]


@require_safe
def budget_number_export(request):
    form = number_form(request)
    name = title(form.cleaned_data["what"])
    if form.cleaned_data["what"] == PLANNED:
        lines = planned_behind(request, form)
        columns, count, rows = PLANNED_COLUMNS, len(lines), map(planned_cells, lines)
    else:
        entries = entries_behind(request, form)
        columns, count = MONEY_COLUMNS, entries.order_by().count()
        rows = map(money_cells, entries.iterator(chunk_size=AT_ONCE))
    filters = [str(name), *map(str, words_of(form))]
    content = excel_of_list(_("Money"), columns, rows, count=count, filters=filters, by=request.user)
    return as_download(content, "kinh-phi.xlsx")


def planned_cells(line):
    item = line.item
    return [str(item.plan), item.text, FundingSource(line.source).label, line.amount_vnd, item.lead_name]
