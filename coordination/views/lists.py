"""Accounts and agencies, for the system administrator: who is there, in which role, how many."""

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from coordination.htmx import render_page
from coordination.models import Agency, AgencyName, Membership, User
from coordination.pagination import CappedPaginator
from coordination.search import search_text


def require_system_administrator(request):
    if not request.user.is_system_administrator:
        raise PermissionDenied(_("Only the system administrator keeps accounts and agencies."))


def words_of(request) -> str:
    return search_text(request.GET.get("q", ""))


@require_safe
def account_list(request):
    require_system_administrator(request)
    today = timezone.localdate()
    agencies = Agency.objects.named_on(today)
    hats = Membership.objects.current(today).prefetch_related(Prefetch("agency", queryset=agencies))
    users = User.objects.filter(search_text__contains=words_of(request)).prefetch_related(
        Prefetch("memberships", queryset=hats, to_attr="hats")
    )
    page = CappedPaginator(users).get_page(request.GET.get("page"))
    context = {"page": page, "q": request.GET.get("q", "")}
    return render_page(request, "coordination/account_list.html", "coordination/_account_table.html", context)


@require_safe
def agency_list(request):
    require_system_administrator(request)
    today = timezone.localdate()
    named = AgencyName.objects.filter(search_text__contains=words_of(request))
    in_force = Q(memberships__in=Membership.objects.current(today))
    agencies = (
        Agency.objects.filter(pk__in=named.values("agency"))
        .named_on(today)
        .select_related("unit")
        .annotate(people=Count("memberships__user", filter=in_force, distinct=True))
        .in_protocol_order()
    )
    page = CappedPaginator(agencies).get_page(request.GET.get("page"))
    context = {"page": page, "q": request.GET.get("q", "")}
    return render_page(request, "coordination/agency_list.html", "coordination/_agency_table.html", context)
