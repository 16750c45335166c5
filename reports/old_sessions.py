"""Who approves shows anew that it is he, where he signed in long ago: a phone may lie on a table."""

import time

from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings


def ask_again_if_old(request):
    """Raises ReauthenticationRequired, which leads over the page of the password back to this one."""
    moments = [record["at"] for record in get_authentication_records(request, request.user)]
    if not moments and request.user.last_login:
        moments = [request.user.last_login.timestamp()]
    if not moments or time.time() - max(moments) > settings.APPROVAL_SESSION_MINUTES * 60:
        raise ReauthenticationRequired
