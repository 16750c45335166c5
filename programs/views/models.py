"""The register of community models: the list with its stock on a day, and one account with its events."""

from django.db.models import Prefetch, Sum
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from coordination.htmx import render_page
from coordination.pagination import CappedPaginator
from programs.choices import choices_for
from programs.filters import ModelFilter
from programs.forms.days import DayForm
from programs.models import CommunityModel, CorrectionRequest, ModelEvent, ModelKind, PlanItem
from programs.rules import allowed
from programs.stock import OTHER_FLOWS, STOCK_FLOWS, running, summary
from programs.why_not import why_no_model


@require_safe
def model_list(request):
    today = timezone.localdate()
    agency = request.acting.agency if request.acting else None
    day = DayForm(request.GET).day_or(today)
    choices = choices_for(request.user, agency, day, day, kinds=ModelKind)
    rows = CommunityModel.objects.visible_to(request.user).select_related("kind", "unit")
    filterset = ModelFilter(request.GET, queryset=rows, choices=choices, today=today)
    lines = summary(filterset.qs, filterset.as_of, filterset.first_day)
    context = {
        "filter": filterset,
        "page": CappedPaginator(filterset.qs).get_page(request.GET.get("page")),
        "day": filterset.as_of,
        "summary": lines,
        "held": any(line.numbers["quantity"] for line in lines),
        "recognised": any(line.recognised for line in lines),
        "since": filterset.first_day,
        "flow_heads": [nature.label for nature in (*STOCK_FLOWS, *OTHER_FLOWS)],
        "left_apart": standing_apart(filterset.left_apart),
        "query": request.GET,
        "may_add": allowed(request, "programs.add_communitymodel"),
    }
    return render_page(request, "programs/model_list.html", "programs/_model_table.html", context)


def standing_apart(accounts):
    """How many models stand in old communes that nobody has placed yet."""
    return accounts.aggregate(sum=Sum("held_quantity"))["sum"] or 0 if accounts is not None else 0


@require_safe
def model_detail(request, uid):
    day_form = DayForm(request.GET)
    day = day_form.day_or(timezone.localdate())
    visible = CommunityModel.objects.visible_to(request.user).select_related("kind", "unit__parent", "owner__unit")
    account = get_object_or_404(visible.with_stock(day), uid=uid)
    events = ModelEvent.objects.visible_to(request.user).filter(model=account).select_related("unit", "corrects")
    events = events.prefetch_related(Prefetch("plan_item", PlanItem.objects.visible_to(request.user)))
    may_change = allowed(request, "programs.change_communitymodel", account)
    frozen = [event for event in events if event.is_locked and not event.reason]
    context = {
        "account": account,
        "day_form": day_form,
        "day": day,
        "events": running(events)[::-1],
        "tags": account.tags.all(),
        "became": [edge.successor for edge in account.unit.successions.select_related("successor")],
        "may_change": may_change,
        "may_ask": bool(frozen) and allowed(request, "programs.ask_correction", frozen[0]),
        "requests": CorrectionRequest.objects.visible_to(request.user).filter(model_event__in=events).named(),
        "why": why_no_model(request, account, may=may_change, frozen=bool(frozen)),
    }
    return render(request, "programs/model_detail.html", context)
