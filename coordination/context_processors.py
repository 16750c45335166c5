"""What the frame of every page shows."""

from django.conf import settings
from django.utils import timezone


def frame(request):
    today = timezone.localdate()
    acting = getattr(request, "acting", None)
    agency_name = acting.agency.name_on(today) if acting else None
    return {"acting": acting, "acting_name": agency_name, "today": today, "support_phone": settings.SUPPORT_PHONE}
