"""The register of community models: the list with its stock on a day, and one account with its events."""

from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from coordination.htmx import render_page
from coordination.pagination import CappedPaginator
from programs.choices import choices_for
from programs.filters import ModelFilter
from programs.forms.days import DayForm
from programs.models import CommunityModel, ModelEvent, ModelKind
from programs.rules import allowed
from programs.stock import running, summary
from programs.why_not import why_no_model


@require_safe
def model_list(request):
    today = timezone.localdate()
    agency = request.acting.agency if request.acting else None
    day = DayForm(request.GET).day_or(today)
    choices = choices_for(request.user, agency, day, day, kinds=ModelKind)
    rows = CommunityModel.objects.visible_to(request.user).select_related("kind", "unit")
    filterset = ModelFilter(request.GET, queryset=rows, choices=choices, today=today)
    context = {
        "filter": filterset,
        "page": CappedPaginator(filterset.qs).get_page(request.GET.get("page")),
        "day": filterset.as_of,
        "summary": summary(filterset.qs, filterset.as_of),
        "left_apart": filterset.left_apart.count() if filterset.left_apart is not None else 0,
        "query": request.GET,
        "may_add": allowed(request, "programs.add_communitymodel"),
    }
    return render_page(request, "programs/model_list.html", "programs/_model_table.html", context)


@require_safe
def model_detail(request, uid):
    day_form = DayForm(request.GET)
    day = day_form.day_or(timezone.localdate())
    visible = CommunityModel.objects.visible_to(request.user).select_related("kind", "unit__parent", "owner__unit")
    account = get_object_or_404(visible.with_stock(day), uid=uid)
    events = ModelEvent.objects.visible_to(request.user).filter(model=account).select_related("unit", "corrects")
    may_change = allowed(request, "programs.change_communitymodel", account)
    frozen = any(event.is_locked for event in events)
    context = {
        "account": account,
        "day_form": day_form,
        "day": day,
        "events": running(events)[::-1],
        "tags": account.tags.all(),
        "became": [edge.successor for edge in account.unit.successions.select_related("successor")],
        "may_change": may_change,
        "why": why_no_model(request, account, may=may_change, frozen=frozen),
    }
    return render(request, "programs/model_detail.html", context)
