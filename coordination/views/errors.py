"""Error pages in Vietnamese, each with a reference people can read out on the phone."""

import logging
import secrets

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render

logger = logging.getLogger(__name__)


def _error_page(request, template, status):
    reference = secrets.token_hex(4).upper()
    logger.warning("error page", extra={"reference": reference, "status": status, "path": request.path})
    return render(request, template, {"reference": reference}, status=status)


@login_not_required
def permission_denied(request, exception=None):
    return _error_page(request, "403.html", 403)


@login_not_required
def not_found(request, exception=None):
    return _error_page(request, "404.html", 404)


@login_not_required
def server_error(request):
    return _error_page(request, "500.html", 500)


@login_not_required
def csrf_failure(request, reason=""):
    return _error_page(request, "403_csrf.html", 403)
