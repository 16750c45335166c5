"""The list of places that follows the words and the day typed into a form."""

from django import forms
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from coordination.forms import readable_day
from coordination.unit_picker import UnitField, UnitsField, offered_units


class PlaceForm(forms.Form):
    unit = UnitField(required=False)


class PlacesForm(forms.Form):
    other_units = UnitsField(required=False)


@require_safe
def unit_options(request):
    """`days`: names of the fields that hold the day, the first filled one counts; without any, today.

    The list follows the words: what was chosen before stays chosen only where they find it too.
    """
    words = request.GET.get("unit_words", "").strip()
    field = offered(request, PlaceForm(request.GET)["unit"])
    found = field.narrow(words) if words else None
    if found == 0:
        field = offered(request, PlaceForm({"unit_words": words})["unit"])
    return render(request, "components/_unit_options.html", {"field": field, "found": found})


@require_safe
def unit_ticks(request):
    """The same for several places: boxes, those already ticked first."""
    field = offered(request, PlacesForm(request.GET)["other_units"])
    return render(request, "components/_unit_ticks.html", {"field": field})


def offered(request, field):
    agency = request.acting.agency if request.acting else None
    field.field.offer_units(offered_units(agency, day_of(request.GET)) if agency else [])
    return field


def day_of(query):
    for name in query.get("days", "").split(","):
        if day := readable_day(query.get(name)):
            return day
    return timezone.localdate()
