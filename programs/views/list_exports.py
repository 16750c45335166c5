"""Lists as they are filtered on the page, taken as Excel."""

from django.db.models import OuterRef
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from coordination.formats import date_vi
from coordination.models.agency import name_of
from coordination.sheets.list_export import Shown, as_download, excel_of_list
from programs.choices import choices_for
from programs.enums import CapitalNature
from programs.filters import ActivityFilter, ModelFilter, days_of
from programs.forms.budget import BudgetGridForm
from programs.forms.days import DayForm
from programs.models import Activity, BudgetEntry, CommunityModel, Indicator, Measurement, ModelKind
from programs.provided import named_windows
from programs.views.activities import with_usual_days
from programs.views.budget import of_capital

ACTIVITY_COLUMNS = (
    Shown(gettext_lazy("Reference"), 13),
    Shown(gettext_lazy("Day"), 12),
    Shown(gettext_lazy("Last day"), 12),
    Shown(gettext_lazy("Name of the activity"), 60),
    Shown(gettext_lazy("Kind"), 24),
    Shown(gettext_lazy("Content"), 24),
    Shown(gettext_lazy("Place"), 26),
    Shown(gettext_lazy("In charge"), 22),
    Shown(gettext_lazy("Sessions"), 8),
    Shown(gettext_lazy("Attendances"), 9),
    Shown(gettext_lazy("Women"), 9),
    Shown(gettext_lazy("Ethnic minorities"), 9),
    Shown(gettext_lazy("Minority women"), 9),
    Shown(gettext_lazy("How exact the total is"), 12),
    Shown(gettext_lazy("State"), 12),
)
MODEL_COLUMNS = (
    Shown(gettext_lazy("Name of the model"), 50),
    Shown(gettext_lazy("Kind"), 34),
    Shown(gettext_lazy("Standing"), 12),
    Shown(gettext_lazy("Place"), 26),
    Shown(gettext_lazy("In charge"), 22),
    Shown(gettext_lazy("Number of models"), 10),
    Shown(gettext_lazy("Members"), 10),
    Shown(gettext_lazy("Women"), 10),
    Shown(gettext_lazy("Ethnic minorities"), 10),
    Shown(gettext_lazy("Last event"), 12),
    Shown(gettext_lazy("Recognised by"), 40),
)
READING_COLUMNS = (
    Shown(gettext_lazy("As of the day"), 12),
    Shown(gettext_lazy("First day of the period"), 12),
    Shown(gettext_lazy("Category"), 24),
    Shown(gettext_lazy("Place"), 26),
    Shown(gettext_lazy("In charge"), 22),
    Shown(gettext_lazy("Numerator"), 12),
    Shown(gettext_lazy("Denominator"), 12),
    Shown(gettext_lazy("Value"), 12),
    Shown(gettext_lazy("Nature"), 12),
    Shown(gettext_lazy("Source"), 40),
)
MONEY_COLUMNS = (
    Shown(gettext_lazy("Day"), 12),
    Shown(gettext_lazy("What it is"), 18),
    Shown(gettext_lazy("Content"), 44),
    Shown(gettext_lazy("Source"), 24),
    Shown(gettext_lazy("Kind of capital"), 16),
    Shown(gettext_lazy("Budget year"), 9),
    Shown(gettext_lazy("Amount (đồng)"), 20),
    Shown(gettext_lazy("Place"), 24),
    Shown(gettext_lazy("In charge"), 22),
    Shown(gettext_lazy("Decision"), 34),
)
AT_ONCE = 1000  # rows read together


def words_of(filterset, days=(None, None)) -> list[str]:
    """What narrows the list, as the page shows it."""
    found = [f"{one['label']}: {one['words']}" for one in filterset.active()]
    if any(days):
        found.insert(0, _("Days: %(days)s") % {"days": " – ".join(date_vi(day) if day else "…" for day in days)})
    return found


def own_agency(request):
    return request.acting.agency if request.acting else None


@require_safe
def activity_export(request):
    data = with_usual_days(request.GET, named_windows(timezone.localdate()))
    days = days_of(data)
    choices = choices_for(request.user, own_agency(request), *days)
    filterset = ActivityFilter(data, queryset=Activity.objects.visible_to(request.user), choices=choices)
    rows = (activity_cells(row) for row in filterset.qs.for_list().iterator(chunk_size=AT_ONCE))
    content = excel_of_list(
        _("Activities"), ACTIVITY_COLUMNS, rows, count=filterset.qs.order_by().count(),
        filters=words_of(filterset, days), by=request.user,
    )  # fmt: skip
    return as_download(content, "hoat-dong.xlsx")


def activity_cells(row):
    return [
        row.reference, row.starts_on, row.ends_on, row.title, row.kind.name, row.component.short_name, row.unit.label,
        row.owner_name, row.sessions, row.attendances, row.women, row.minority, row.minority_women,
        row.get_precision_display(), row.get_state_display(),
    ]  # fmt: skip


@require_safe
def model_export(request):
    """The stock on the day the list shows."""
    today = timezone.localdate()
    day = DayForm(request.GET).day_or(today)
    choices = choices_for(request.user, own_agency(request), day, day, kinds=ModelKind)
    rows = CommunityModel.objects.visible_to(request.user).select_related("kind", "unit")
    filterset = ModelFilter(request.GET, queryset=rows, choices=choices, today=today)
    found = filterset.qs.prefetch_related("tags")
    filters = [_("Stock on the day: %(day)s") % {"day": date_vi(filterset.as_of)}, *words_of(filterset)]
    content = excel_of_list(
        _("Community models"), MODEL_COLUMNS, map(model_cells, found.iterator(chunk_size=AT_ONCE)),
        count=found.order_by().count(), filters=filters, by=request.user,
    )  # fmt: skip
    return as_download(content, "mo-hinh.xlsx")


def model_cells(row):
    return [
        row.name, row.kind.name, row.get_standing_display(), row.unit.label, row.owner_name, row.held_quantity,
        row.held_members, row.held_women, row.held_minority, row.last_on,
        "; ".join(tag.name for tag in row.tags.all()),
    ]  # fmt: skip


@require_safe
def measurement_export(request, code):
    indicator = get_object_or_404(Indicator, code=code)
    rows = Measurement.objects.visible_to(request.user).filter(indicator=indicator).for_list()
    content = excel_of_list(
        _("Readings of indicators"), READING_COLUMNS, map(reading_cells, rows.iterator(chunk_size=AT_ONCE)),
        count=rows.order_by().count(), filters=[_("Indicator: %(name)s") % {"name": indicator.name}], by=request.user,
    )  # fmt: skip
    return as_download(content, f"chi-tieu-{code}.xlsx")


def reading_cells(row):
    numbers = [float(number) if number is not None else None for number in (row.numerator, row.denominator, row.value)]
    category = row.category.name if row.category else None
    return [
        row.counted_on, row.period_from, category, row.unit.label, row.owner_name, *numbers,
        row.get_nature_display(), row.source_text,
    ]  # fmt: skip


@require_safe
def budget_export(request):
    """Entries of a budget year; `day` leaves out what came later, `capital` the other kind."""
    form = BudgetGridForm(request.GET or None)
    year, day = form.chosen(timezone.localdate())
    entries = BudgetEntry.objects.in_grid_of(request.user, request.acting).recorded()
    rows = of_capital(entries, form.of_capital).filter(year=year, counted_on__lte=day)
    named = name_of("owner", "short_name", OuterRef("counted_on"))
    rows = rows.select_related("component", "unit").annotate(owner_name=named)
    filters = [_("Budget year: %(year)s") % {"year": year}, _("As of the day: %(day)s") % {"day": date_vi(day)}]
    if form.of_capital:
        filters.append(_("Kind of capital: %(kind)s") % {"kind": CapitalNature(form.of_capital).label})
    content = excel_of_list(
        _("Money"), MONEY_COLUMNS, map(money_cells, rows.iterator(chunk_size=AT_ONCE)),
        count=rows.order_by().count(), filters=filters, by=request.user,
    )  # fmt: skip
    return as_download(content, f"kinh-phi-{year}.xlsx")


def money_cells(row):
    return [
        row.counted_on, row.get_nature_display(), row.component.short_name, row.get_source_display(),
        row.get_capital_display(), row.year, row.amount_vnd, row.unit.label, row.owner_name, row.note,
    ]  # fmt: skip
