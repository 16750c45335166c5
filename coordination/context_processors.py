"""What the frame of every page shows. Nothing is asked of the database until a template does: partials pay nothing."""

from django.conf import settings
from django.utils import timezone


def frame(request):
    """The agencies of `acting` (None without a hat) and `hats` carry their names of today."""
    return {
        "acting": getattr(request, "acting", None),
        "hats": getattr(request, "hats", []),
        "today": timezone.localdate(),
        "support_phone": settings.SUPPORT_PHONE,
    }
