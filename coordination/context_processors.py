"""What the frame of every page shows. Nothing is asked of the database until a template does: partials pay nothing."""

from functools import partial

from django.conf import settings
from django.utils import timezone

from coordination.notices import unread_of


def frame(request):
    """The agencies of `acting` (None without a hat) and `hats` carry their names of today.

    `unread`: how many notices wait for the person.
    """
    return {
        "acting": getattr(request, "acting", None),
        "hats": getattr(request, "hats", []),
        "unread": partial(unread_of, request.user) if hasattr(request, "user") else 0,
        "today": timezone.localdate(),
        "support_phone": settings.SUPPORT_PHONE,
    }
