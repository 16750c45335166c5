"""Places: the list with old names, one place as it was and as it is now, and the two ways to change it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from coordination.enums import UnitLevel
from coordination.htmx import render_page
from coordination.locking import StaleVersion
from coordination.models import AdministrativeUnit, Agency
from coordination.pagination import CappedPaginator
from coordination.place_forms import ChangeForm, CorrectForm
from coordination.places import (
    ChangeRefused,
    became_of,
    change_by_decision,
    check_decision,
    correct_unit,
    matching,
    touched_by,
)
from coordination.refusals import message_for
from coordination.why_not import why_no_place


def require_system_administrator(request):
    if not request.user.is_system_administrator:
        raise PermissionDenied(_("Only the system administrator keeps the list of places."))


@require_safe
def unit_list(request):
    """Without words the provinces of today; with words every unit that ever bore the name."""
    today, words = timezone.localdate(), request.GET.get("q", "")
    units = AdministrativeUnit.objects.select_related("parent", "province")
    units = matching(units, words) if words.strip() else units.of_level(UnitLevel.PROVINCE).valid_on(today)
    page = CappedPaginator(units).get_page(request.GET.get("page"))
    now = became_of(page.object_list, today)
    for unit in page.object_list:
        unit.now = now.get(unit.pk)
    context = {"page": page, "q": words}
    return render_page(request, "coordination/unit_list.html", "coordination/_unit_table.html", context)


@require_safe
def unit_detail(request, uid):
    """Its children and agencies are those of today, of a unit that is gone those of its last day."""
    unit = get_object_or_404(AdministrativeUnit.objects.select_related("parent", "province"), uid=uid)
    today = timezone.localdate()
    day = today if unit.is_valid_on(today) else (unit.valid_to or unit.valid_from)
    context = {
        "unit": unit,
        "day": day,
        "is_now": unit.is_valid_on(today),
        "now": became_of([unit], today).get(unit.pk),
        "origins": unit.origins.select_related("predecessor__parent").order_by("predecessor__sort_key"),
        "successions": unit.successions.select_related("successor__province").order_by("successor__sort_key"),
        "children": unit.children.valid_on(day),
        "agencies": Agency.objects.filter(unit=unit).named_on(day).in_protocol_order(),
    }
    return render(request, "coordination/unit_detail.html", context | {"why": why_no_place(request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
def unit_correct(request, uid):
    """A name or kind that was wrong from the first day."""
    require_system_administrator(request)
    unit = get_object_or_404(AdministrativeUnit, uid=uid)
    initial = {"name": unit.name, "kind": unit.kind, "version": unit.version}
    form = CorrectForm(request.POST or None, initial=initial, unit=unit)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            correct_unit(
                AdministrativeUnit.objects.get(pk=unit.pk),
                name=typed["name"], kind=typed["kind"], seen=typed["version"], reason=typed["reason"], by=request.user,
            )  # fmt: skip
        except StaleVersion:
            words = _("Somebody has changed it to “%(unit)s” meanwhile. Compare, then save again.")
            form.add_error(None, words % {"unit": unit.label})
            form.data = form.data.copy()
            form.data["version"] = unit.version
        else:
            messages.success(request, _("The name is corrected; the history keeps what it said before."))
            return redirect("coordination:unit_detail", uid=unit.uid)
    context = {"unit": unit, "form": form}
    return render(request, "coordination/unit_correct.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def unit_change(request, uid):
    """First what the decision touches is shown; sent once more with `confirmed` it is saved."""
    require_system_administrator(request)
    unit = get_object_or_404(AdministrativeUnit.objects.select_related("parent", "province"), uid=uid)
    form = ChangeForm(request.POST or None, unit=unit)
    touched = None
    if request.method == "POST" and form.is_valid():
        try:
            check_decision(form.decision)
            touched = touched_by(form.decision)
            if "confirmed" in request.POST:
                made = change_by_decision(form.decision, by=request.user)
                messages.success(request, _("The decision is entered. Records of earlier days keep their place."))
                return redirect("coordination:unit_detail", uid=made[0].uid)
        except ChangeRefused as refusal:
            form.add_error(None, refusal.for_people())
        except IntegrityError as refusal:
            form.add_error(None, message_for(refusal))
    context = {"unit": unit, "form": form, "touched": None if form.errors else touched}
    return render(request, "coordination/unit_change.html", context, status=422 if form.errors else 200)
