"""Error pages: what happened, whether one's work is safe, what to do, and a reference people can read out by phone."""

import logging
import secrets

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string

SESSION_HEADER = "X-Session"  # tells a page that htmx serves what happened: it keeps what was typed
logger = logging.getLogger(__name__)


def new_reference(request, status: int, *, with_trace: bool = False) -> str:
    """Printed on the page and in the log: whoever is called finds the line by it."""
    reference = f"{status}-{secrets.token_hex(3).upper()}"
    logger.warning("error page %s at %r", reference, request.path, exc_info=with_trace)
    return reference


def error_page(request, template, status, **context):
    reference = new_reference(request, status)
    return render(request, template, {"reference": reference, **context}, status=status)


@login_not_required
def permission_denied(request, exception=None):
    """Whoever refuses may say why: `PermissionDenied(_("…"))`."""
    return error_page(request, "403.html", 403, why=str(exception or ""))


@login_not_required
def not_found(request, exception=None):
    return error_page(request, "404.html", 404)


@login_not_required
def wrong_method(request):
    """An address that only takes what a form sends, opened by itself: reloaded, or gone back to after signing in."""
    return error_page(request, "405.html", 405)


@login_not_required
def csrf_failure(request, reason=""):
    response = error_page(request, "403_csrf.html", 403)
    response[SESSION_HEADER] = "ended"
    return response


@login_not_required
def too_many_requests(request):
    return error_page(request, "429.html", 429)


@login_not_required
def server_error(request):
    """Drawn without session and database: either may be what failed."""
    context = {"reference": new_reference(request, 500, with_trace=True), "support_phone": settings.SUPPORT_PHONE}
    return HttpResponseServerError(render_to_string("500.html", context))
