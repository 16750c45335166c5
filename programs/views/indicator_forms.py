"""The pages on which targets and definitions are kept, and readings verified."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from coordination.htmx import redirect_page
from coordination.locking import StaleVersion
from coordination.refusals import message_for
from programs.enums import MarkNature
from programs.forms.differences import differences
from programs.forms.indicators import TARGET_FIELDS, DefinitionForm, ReadingMarkForm, TargetForm
from programs.indicator_actions import save_target
from programs.models import Indicator, Measurement, Target
from programs.reading_marks import mark_reading, with_marks
from programs.rules import allowed, require


def indicator_with(code):
    return get_object_or_404(Indicator.objects.select_related("objective__framework"), code=code)


def kept_places(request):
    """The province whose targets this person keeps, in a list; empty for all others."""
    return [request.acting.agency.unit] if allowed(request, "programs.add_target") else []


def keeps_rules(request, indicator):
    """System administrators keep the rules of national indicators, the agency that compiles a province its own."""
    if indicator.unit_id is None:
        return request.user.is_system_administrator
    return indicator.unit_id in {place.pk for place in kept_places(request)}


def require_targets(request):
    """System administrators keep the national ones, the agency that compiles a province its own."""
    places, national = kept_places(request), request.user.is_system_administrator
    if not places and not national:
        raise PermissionDenied
    return {"places": places, "national": national}


@require_http_methods(["GET", "HEAD", "POST"])
def target_create(request, code):
    indicator, known = indicator_with(code), require_targets(request)
    if request.method != "POST":
        return target_page(request, indicator, TargetForm(None, indicator=indicator, **known))
    form = TargetForm(request.POST, indicator=indicator, **known)
    if not form.is_valid():
        return target_page(request, indicator, form, status=422)
    same = indicator.targets.filter(**form.values()).first()  # the form was sent twice
    return same_again(request, indicator) if same else write_target(request, form, Target(), None)


@require_http_methods(["GET", "HEAD", "POST"])
def target_edit(request, uid):
    target = visible_target(request, uid)
    known = require_targets(request)
    kept = known["national"] if target.unit is None else target.unit in known["places"]
    if not kept:
        raise PermissionDenied
    only = {"places": [target.unit] if target.unit else [], "national": target.unit is None}
    stored = {name: getattr(target, name) for name in (*TARGET_FIELDS, "version")}
    stored |= {name: stored[name].normalize() for name in ("value", "tolerance")}
    if request.method != "POST":
        return target_page(
            request, target.indicator, TargetForm(None, indicator=target.indicator, **only, initial=stored)
        )
    form = TargetForm(request.POST, indicator=target.indicator, **only)
    if not form.is_valid():
        return target_page(request, target.indicator, form, status=422)
    return write_target(request, form, target, stored)


def write_target(request, form, target, stored):
    """`stored` None: a new one. A stale edit shows both versions; sent again it replaces the other knowingly."""
    seen = (form.cleaned_data["version"] or 0) if stored else None
    try:
        save_target(form.fill(target), seen=seen, by=request.user)
    except StaleVersion:
        theirs = differences(form, stored, TARGET_FIELDS)
        form.data = form.data.copy()
        form.data["version"] = stored["version"]
        return target_page(request, form.indicator, form, theirs, 409)
    except IntegrityError as error:
        form.add_error("year", message_for(error))
        return target_page(request, form.indicator, form, status=422)
    return same_again(request, form.indicator)


def same_again(request, indicator):
    messages.success(request, _("The target is saved."))
    return redirect_page(request, reverse("programs:measurement_list", args=[indicator.code]))


def target_page(request, indicator, form, theirs=None, status=200):
    context = {"indicator": indicator, "form": form, "theirs": theirs}
    return render(request, "programs/target_form.html", context, status=status)


def visible_target(request, uid):
    rows = Target.objects.visible_to(request.user).select_related("indicator__objective__framework", "unit")
    return get_object_or_404(rows, uid=uid)


@require_http_methods(["GET", "HEAD", "POST"])
def definition_create(request, code):
    indicator = indicator_with(code)
    if not request.user.is_system_administrator:
        raise PermissionDenied
    form = DefinitionForm(request.POST or None, indicator=indicator, initial={"valid_from": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                form.definition().save()
        except IntegrityError as error:  # the second of two clicks
            form.add_error("valid_from", message_for(error))
        else:
            messages.success(request, _("The definition is saved; the one before holds until the day before."))
            return redirect_page(request, reverse("programs:measurement_list", args=[indicator.code]))
    context = {"indicator": indicator, "form": form}
    return render(request, "programs/definition_form.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def reading_check(request, uid):
    """Verified, or returned with a reason, by a person who wrote none of it."""
    reading = visible_reading(request, uid)
    require(request, "programs.verify_measurement", reading)
    if request.method != "POST":
        return check_page(request, reading, ReadingMarkForm(initial={"version": reading.version}))
    form = ReadingMarkForm(request.POST, returns="return" in request.POST)
    if not form.is_valid():
        return check_page(request, reading, form, 422)
    nature = MarkNature.RETURNED if form.returns else MarkNature.VERIFIED
    said = {"text": form.cleaned_data["text"], "seen": form.cleaned_data["version"]}
    try:
        mark_reading(reading, nature, acting=request.acting, **said)
    except StaleVersion:
        form.add_error(None, _("The reading was changed meanwhile. Read it again below, then decide."))
        form.data = form.data.copy()
        form.data["version"] = reading.version
        return check_page(request, reading, form, 409)
    messages.success(request, _("Returned.") if form.returns else pgettext("reading", "Verified."))
    return redirect_page(request, reverse("programs:measurement_list", args=[reading.indicator.code]))


def check_page(request, reading, form, status=200):
    context = {"reading": reading, "form": form}
    return render(request, "programs/reading_check.html", context, status=status)


def visible_reading(request, uid):
    rows = with_marks(Measurement.objects.visible_to(request.user).for_list()).select_related(
        "indicator", "category", "unit", "source_document"
    )
    return get_object_or_404(rows, uid=uid)
