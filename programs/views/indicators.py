"""Targets: the scoreboard of a place on a day, the readings behind an indicator, and the grid they are entered in."""

from urllib.parse import urlencode

from django.contrib import messages
from django.db import IntegrityError
from django.db.models import Q
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
from coordination.refusals import message_for
from programs.actions import FactLocked
from programs.board import DAYS_OFFERED, Place, board_on, days_read, place_on, units_on
from programs.fact_actions import save_facts
from programs.forms.days import DayForm
from programs.forms.measurements import GridHead, MeasurementGrid
from programs.models import Indicator, Measurement
from programs.provided import named_windows
from programs.readings import generations
from programs.rules import allowed, require
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
    indicator = get_object_or_404(Indicator.objects.select_related("objective__framework"), code=code)
    rows = Measurement.objects.visible_to(request.user).filter(indicator=indicator)
    counted = ever_read(request).filter(indicator=indicator)
    unit = request.acting.agency.unit if request.acting else None
    of_place = Q(unit=None) | Q(unit__in=list(generations(unit.province or unit)) if unit else [])
    readings, own = rows.for_list()[:READINGS_SHOWN], own_agencies(request)
    context = {
        "indicator": indicator,
        "readings": readings,
        "unseen": counted.exclude(pk__in=rows.order_by().values("pk")).count(),
        "definitions": indicator.definitions.all(),
        "targets": indicator.targets.filter(of_place).select_related("unit").order_by("year", "unit"),
        "own": own,
        "why": why_no_reading(request, readings, own),
        "why_no_target": why_no_target(),
    }
    return render(request, "programs/measurement_list.html", context)


def own_agencies(request):
    """Ids of the agencies whose readings this hat may change; one query for all rows of a list."""
    writes = allowed(request, "programs.change_measurement")
    return Agency.objects.lineage_of({request.acting.agency_id}) if writes else set()


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
