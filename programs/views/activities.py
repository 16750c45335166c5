"""Activities: the list, one of them, and taking a draft away."""

from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError
from django.http import QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from coordination.formats import date_vi
from coordination.history import acts_on
from coordination.htmx import redirect_page, render_page
from coordination.models.agency import name_of
from coordination.pagination import CappedPaginator
from coordination.places import became_of
from coordination.refusals import message_for
from programs.actions import NotADraft, delete_draft
from programs.choices import choices_for
from programs.count_groups import groups_of
from programs.filters import ActivityFilter, days_of
from programs.forms.corrections import as_corrected
from programs.forms.part_corrections import changed_parts
from programs.list_foot import foot_of
from programs.marks import sayings_on, with_marks
from programs.models import Activity, CorrectionRequest, PlanItem
from programs.provided import NamedWindow, named_windows, uses_of
from programs.rules import allowed, require
from programs.totals import Totals
from programs.views.evidence import may_take
from programs.why_not import why_no_fact

ACTS_SHOWN = 30  # older ones stand on the page of the history


@require_safe
def activity_list(request):
    windows = named_windows(timezone.localdate())
    data = with_usual_days(request.GET, windows)
    days = days_of(data)
    agency = request.acting.agency if request.acting else None
    choices = choices_for(request.user, agency, *days, within=data.get("unit"))
    filterset = ActivityFilter(data, queryset=Activity.objects.visible_to(request.user), choices=choices)
    cap = settings.TOTALS_CAP if all(days) else settings.COUNT_CAP
    totals = Totals(**filterset.qs.totals(cap))
    page = CappedPaginator(filterset.qs, counted=totals.rows).get_page(data.get("page"))
    page.object_list = with_marks(page.object_list.read_for_list())
    summed = filterset.qs if totals.rows <= cap else filterset.qs.none()
    context = {
        "filter": filterset,
        "page": page,
        "page_totals": Totals.of_page(page),
        "totals": totals if totals.rows <= cap else None,
        "foot": foot_of(summed, filterset.left_apart, request.acting),
        "days": days,
        "periods": period_links(data, windows),
        "query": data,
        "may_add": allowed(request, "programs.add_activity"),
    }
    return render_page(request, "programs/activity_list.html", "programs/_activity_swap.html", context)


def with_usual_days(query: QueryDict, windows: list[NamedWindow]) -> QueryDict:
    """The current period where the address names no days; both named and empty is every day."""
    data = query.copy()
    if windows and "since" not in data and "until" not in data:
        data["since"], data["until"] = date_vi(windows[0].first), date_vi(windows[0].last)
    return data


def period_links(data: QueryDict, windows: list[NamedWindow]) -> list[dict]:
    """Each keeps the other filters and begins on the first page."""
    links = []
    for window in windows:
        link = data.copy()
        link["since"], link["until"] = date_vi(window.first), date_vi(window.last)
        link.pop("page", None)
        current = (window.first, window.last) == days_of(data)
        links.append({"label": window.label, "url": f"?{link.urlencode()}", "current": current})
    return links


@require_safe
def activity_detail(request, uid):
    activity = get_object_or_404(with_marks(Activity.objects.visible_to(request.user).for_detail()), uid=uid)
    may_change = allowed(request, "programs.change_activity", activity)
    partners = activity.partners.named_on(activity.counted_on).in_protocol_order()
    context = {
        "activity": activity,
        "other_units": activity.other_units.all(),
        "groups": groups_of(activity, activity.counts.select_related("category")),
        "outputs": activity.outputs.select_related("kind"),
        "partners": partners,
        "item": PlanItem.objects.visible_to(request.user)
        .filter(pk=activity.plan_item_id)
        .select_related("plan__document__kind")
        .first(),
        "corrections": activity.corrections.order_by("created_at"),
        "corrected": as_corrected(activity) if activity.is_locked else None,
        "changed_parts": changed_parts(activity) if activity.is_locked else [],
        "evidence": evidence_of(request.user, activity, keeps=may_change),
        "may_prove": allowed(request, "programs.prove_activity", activity),
        "uses": uses_of(activity, request.user),
        "now": became_of([activity.unit], timezone.localdate()).get(activity.unit_id),
        "acts": acts_on(activity, ACTS_SHOWN),
        "alike": alike(request.user, activity) if may_change else [],
        "may_change": may_change,
        "why": why_no_fact(request, activity, may=may_change),
        "may_add": allowed(request, "programs.add_activity"),
        "may_delete": allowed(request, "programs.delete_activity", activity),
        **said_of(request, activity, partners),
    }
    return render(request, "programs/activity_detail.html", context)


def evidence_of(user, activity, *, keeps):
    files = list(activity.evidence.all())
    for file in files:
        file.may_take = may_take(file, activity, user, keeps=keeps)
    return files


def said_of(request, activity, partners):
    requests = CorrectionRequest.objects.visible_to(request.user).filter(activity=activity)
    return {
        "sayings": sayings_on(activity, partners),
        "requests": requests.annotate(agency_name=name_of("agency", "short_name", timezone.localdate())),
        "may_verify": allowed(request, "programs.verify_activity", activity),
        "may_confirm": allowed(request, "programs.confirm_activity", activity),
        "may_ask": allowed(request, "programs.ask_correction", activity),
    }


def alike(user, activity):
    """At most three; corrections are meant to look like what they correct."""
    if activity.reason:
        return []
    rows = Activity.objects.visible_to(user).alike(activity.kind, activity.unit, activity.counted_on).for_list()
    return rows.filter(reason="").exclude(pk=activity.pk)[:3]


@require_http_methods(["GET", "HEAD", "POST"])
def activity_delete(request, uid):
    """Drafts only: what was recorded may stand in a figure somebody has read."""
    activity = get_object_or_404(Activity.objects.visible_to(request.user), uid=uid)
    require(request, "programs.delete_activity", activity)
    if request.method == "POST":
        return deleted(request, activity)
    return render(request, "programs/activity_delete.html", {"activity": activity})


def deleted(request, activity):
    try:
        delete_draft(activity, by=request.user)
    except NotADraft:
        messages.error(request, _("Nothing was deleted: this activity was recorded meanwhile."))
        return redirect_page(request, reverse("programs:activity_detail", args=[activity.uid]))
    except IntegrityError as error:
        messages.error(request, message_for(error))
        return redirect_page(request, reverse("programs:activity_detail", args=[activity.uid]))
    messages.success(request, _("The draft “%(title)s” is deleted.") % {"title": activity.title})
    return redirect_page(request, "programs:activity_list")
