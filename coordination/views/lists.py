"""Accounts, for the system administrator: who can sign in, in which role of which agency."""

from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from coordination.htmx import render_page
from coordination.models import Agency, Membership, User
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
    agencies = Agency.objects.named_on(today).select_related("unit")
    hats = Membership.objects.current(today).prefetch_related(Prefetch("agency", queryset=agencies))
    users = User.objects.filter(search_text__contains=words_of(request)).prefetch_related(
        Prefetch("memberships", queryset=hats, to_attr="hats")
    )
    page = CappedPaginator(users).get_page(request.GET.get("page"))
    context = {"page": page, "q": request.GET.get("q", "")}
    return render_page(request, "coordination/account_list.html", "coordination/_account_table.html", context)
