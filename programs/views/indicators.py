"""Targets: the scoreboard of a place on a day, the readings behind an indicator, and the grid they are entered in."""

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.db import IntegrityError
from django.db.models import Exists, OuterRef, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from coordination.formats import date_vi
from coordination.htmx import redirect_page, render_page
from coordination.locking import StaleVersion
from coordination.models import Agency
from coordination.pagination import CappedPaginator
from coordination.refusals import message_for
from programs.actions import FactLocked
from programs.board import DAYS_OFFERED, Place, board_on, days_read, place_on, units_on
from programs.enums import ComputedFrom
from programs.fact_actions import save_facts
from programs.forms.days import DayForm
from programs.forms.measurements import GridHead, MeasurementGrid
from programs.formulas import OF_MODELS, ByPlace, Span, by_place, compute, facts_behind, with_amount
from programs.models import CorrectionRequest, Indicator, IndicatorDefinition, IndicatorFormula, Measurement
from programs.provided import named_windows, year_of
from programs.reading_marks import with_marks
from programs.readings import Reading, generations
from programs.rules import allowed, judges, require, speaks
from programs.scoreboard import indicators_of
from programs.views.indicator_forms import keeps_rules, kept_places
from programs.why_not import why_no_new, why_no_reading, why_no_target

READINGS_SHOWN = 200  # of one indicator; a place reads it a few times a year


@require_safe
def scoreboard(request):
    hat, day_form = request.acting or None, DayForm(request.GET)
    day = day_form.day_or(timezone.localdate())
    units = units_on(hat.agency, day) if hat else []
    place = place_on(hat.agency, units, request.GET.get("unit", "")) if hat else None
    readings = place.readings(request.user, hat) if place else Measurement.objects.none()
    ever = readings if place and place.unit == hat.agency.unit else ever_read(request, place)
    context = {
        "place": place,
        "units": units,
        "day_form": day_form,
        "day": day,
        "days": days_read(ever, DAYS_OFFERED)[::-1],
        "board": board_on(place, readings, place.counted(request.user, hat), day) if place else None,
        "kept": indicators_of(day.year) if request.user.is_system_administrator and not hat else [],
        "may_add": (may_add := allowed(request, "programs.add_measurement")),
        "why": None if may_add else why_no_new(request),
    }
    return render(request, "programs/scoreboard.html", context)


def ever_read(request, place=None):
    """Readings of the agency's place on any day, whatever it was part of then; of the chosen place for the centre."""
    hat = request.acting or None
    if hat and hat.agency.unit:
        place = Place.of(hat.agency.unit, own=True)
    return place.readings(request.user, hat) if place else Measurement.objects.visible_to(request.user).recorded()


@require_safe
def measurement_list(request, code):
    """What was read of one indicator, where the person may see it; the newest first."""
    indicator = get_object_or_404(Indicator.objects.select_related("objective__framework", "formula"), code=code)
    rows = Measurement.objects.visible_to(request.user).filter(indicator=indicator)
    counted = ever_read(request).filter(indicator=indicator)
    unit = request.acting.agency.unit if request.acting else None
    of_place = Q(unit=None) | Q(unit__in=list(generations(unit.province or unit)) if unit else [])
    own, day_form = own_agencies(request), DayForm(request.GET)
    day = day_form.day_or(timezone.localdate())
    readings = with_marks(rows.for_list()).annotate(was_mine=mine(request))[:READINGS_SHOWN]
    keeps = {place.pk for place in kept_places(request)} | ({None} if request.user.is_system_administrator else set())
    context = {
        "indicator": indicator,
        "readings": readings,
        "day": day,
        "day_form": day_form,
        "place": unit and Place.of(unit, own=True),
        "computed": computed_here(request, indicator, day),
        "parts": indicator.parts.all(),
        "checks": checked_agencies(request),
        "asks": speaks(request.acting),
        "requests": requests_for(request, indicator),
        "keeps": keeps,
        "keeps_rules": keeps_rules(request, indicator),
        "formula": getattr(indicator, "formula", None),
        "unseen": counted.exclude(pk__in=rows.order_by().values("pk")).count(),
        "definitions": in_force(indicator.definitions.all(), day),
        "targets": indicator.targets.filter(of_place).select_related("unit").order_by("year", "unit"),
        "own": own,
        "why": why_no_reading(request, readings, own),
        "why_no_target": None if keeps else why_no_target(),
    }
    return render(request, "programs/measurement_list.html", context)


def requests_for(request, indicator):
    return CorrectionRequest.objects.visible_to(request.user).filter(measurement__indicator=indicator).named()


def own_agencies(request):
    """Ids of the agencies whose readings this hat may change; one query for all rows of a list."""
    writes = allowed(request, "programs.change_measurement")
    return Agency.objects.lineage_of({request.acting.agency_id}) if writes else set()


def checked_agencies(request):
    """Ids of the agencies whose readings this hat may verify."""
    return Agency.objects.lineage_of({request.acting.agency_id}) if judges(request.acting, None) else set()


def mine(request):
    """Whoever wrote any of a reading does not verify it."""
    return Exists(Measurement.history.filter(id=OuterRef("pk"), history_user=request.user))


@dataclass(frozen=True)
class InForce:
    """`until`: its last day, inclusive; None = it still holds. `holds`: on the day asked for."""

    definition: IndicatorDefinition
    until: date | None
    holds: bool


def in_force(definitions, day):
    """The newest first."""
    found, later = [], None
    for definition in definitions:
        until = later - timedelta(days=1) if later else None
        holds = definition.valid_from <= day and (until is None or day <= until)
        found.append(InForce(definition, until, holds))
        later = definition.valid_from
    return found


@dataclass(frozen=True)
class Computed:
    """What a formula counts for the place of the agency, and where the records are listed."""

    formula: IndicatorFormula
    reading: Reading | None
    span: Span
    places: ByPlace
    url: str

    @property
    def is_stock(self):
        return self.formula.counts == ComputedFrom.STOCK

    @property
    def words(self):
        formula = self.formula
        named = (formula.component, formula.topic, formula.output_kind, formula.model_kind)
        group = [formula.get_kind_group_display()] if formula.kind_group else []
        return "; ".join([*group, *(str(row) for row in named if row)])


def computed_here(request, indicator, day):
    """None for an indicator that is read, and for who has no place."""
    if not hasattr(indicator, "formula") or not request.acting or request.acting.agency.unit is None:
        return None
    facts = Place.of(request.acting.agency.unit, own=True).counted(request.user, request.acting)
    window = year_of(day)
    span, formula = (window.first if window else day, day), indicator.formula
    [found] = compute({indicator.pk: formula}, {indicator.pk: indicator.measured_in}, facts, [span])
    reading = found[indicator.pk].whole if indicator.pk in found else None
    query = urlencode({"day": date_vi(day)})
    url = f"{reverse('programs:computed_facts', args=[indicator.code])}?{query}"
    return Computed(formula, reading, span, by_place(formula, facts, span, timezone.localdate()), url)


@require_safe
def computed_facts(request, code):
    """The records an indicator is counted from, those open to this person; the list adds up to the number."""
    indicator = get_object_or_404(Indicator.objects.select_related("formula"), code=code, formula__isnull=False)
    day_form = DayForm(request.GET)
    day = day_form.day_or(timezone.localdate())
    computed = computed_here(request, indicator, day)
    if computed is None:
        raise Http404
    counted = Place.of(request.acting.agency.unit, own=True).counted(request.user, request.acting)
    rows = facts_behind(computed.formula, counted, computed.span).order_by("-counted_on", "-pk")
    open_rows = rows.filter(pk__in=rows.model.objects.visible_to(request.user).order_by().values("pk"))
    related = ("unit", "model__kind") if computed.formula.counts in OF_MODELS else ("unit", "kind")
    page = CappedPaginator(with_amount(computed.formula, open_rows).select_related(*related))
    context = {
        "indicator": indicator,
        "computed": computed,
        "of_models": computed.formula.counts in OF_MODELS,
        "page": page.get_page(request.GET.get("page")),
        "unseen": rows.exclude(pk__in=open_rows.order_by().values("pk")).count(),
    }
    return render(request, "programs/computed_facts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def measurement_grid(request):
    require(request, "programs.add_measurement")
    if request.method != "POST":
        return grid_page(request, grid_for(request, None))
    grid = grid_for(request, request.POST)
    if not grid.is_valid():
        return grid_page(request, grid, 422)
    try:
        saved = save_facts(new=grid.new_readings(), changed=grid.changed_readings(), by=request.user)
    except (StaleVersion, FactLocked):
        return overtaken(request)
    except IntegrityError as error:
        grid.head.add_error(None, message_for(error))
        return grid_page(request, grid, 422)
    return say_saved(request, grid, saved)


def grid_for(request, data):
    """The rows of the day sent, else of the one asked for in the address, else of the usual one."""
    today, agency = timezone.localdate(), request.acting.agency
    known = {"agency": agency, "windows": named_windows(today), "today": today}
    initial = {"unit": request.GET.get("unit")}
    if data is None and "day" in request.GET:
        asked = GridHead(request.GET, **known)
        if not asked.is_valid():
            return MeasurementGrid(None, head=asked, agency=agency)
        initial["day"] = asked.of_day
    return MeasurementGrid(data, head=GridHead(data, initial=initial, **known), agency=agency)


def overtaken(request):
    """Somebody saved between our look and our writing: the rows are compared with what is stored by now."""
    grid = grid_for(request, request.POST)
    grid.is_valid()
    return grid_page(request, grid, 409)


def say_saved(request, grid, saved):
    if saved:
        said = ngettext("%(count)s reading of %(day)s is saved.", "%(count)s readings of %(day)s are saved.", saved)
        messages.success(request, said % {"count": saved, "day": date_vi(grid.day)})
    else:
        messages.info(request, _("Nothing was changed, so nothing was saved."))
    query = urlencode({"day": date_vi(grid.day), "unit": grid.unit.pk})
    return redirect_page(request, f"{reverse('programs:measurement_grid')}?{query}")


def grid_page(request, grid, status=200):
    context = {"grid": grid, "form": grid}
    return render_page(
        request, "programs/measurement_grid.html", "programs/_measurement_grid.html", context, status=status
    )
