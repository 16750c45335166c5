"""What the frame of every page shows. Nothing is asked of the database until a template does: partials pay nothing."""

from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from coordination.models import Agency, Membership


@dataclass(frozen=True)
class Hat:
    """`name`: the agency with `name`, `short_name` and `symbol` as of today."""

    membership: Membership
    name: Agency


def named_hats(request) -> list[Hat]:
    return [Hat(hat, hat.agency) for hat in getattr(request, "hats", [])]


def frame(request):
    """`acting_name` is the agency of the hat worn, named as of today (None without a hat)."""
    hats = SimpleLazyObject(lambda: named_hats(request))
    acting = getattr(request, "acting", None)

    def name_of_acting():
        return next((hat.name for hat in hats if hat.membership == acting), None)

    return {
        "acting": acting,
        "acting_name": SimpleLazyObject(name_of_acting),
        "hats": hats,
        "today": timezone.localdate(),
        "support_phone": settings.SUPPORT_PHONE,
    }
