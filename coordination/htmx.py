"""One address, one view, two renderings: the whole page, or the part of it that htmx swaps."""

from django.http import HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect

VARY = ["HX-Request", "HX-Boosted", "HX-History-Restore-Request"]


def is_swap(request) -> bool:
    return bool(request.htmx and not request.htmx.boosted and not request.htmx.history_restore_request)


def render_page(request, page, partial, context, status=200) -> HttpResponse:
    """Render `partial` for an htmx swap, `page` for all else (boosted links and history restores too)."""
    response = render(request, partial if is_swap(request) else page, context, status=status)
    patch_vary_headers(response, VARY)
    return response


def redirect_page(request, to) -> HttpResponse:
    """After success: `to` is a URL name, an address or an object with one."""
    return HttpResponseClientRedirect(resolve_url(to)) if request.htmx else redirect(to)
