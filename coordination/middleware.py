"""The hat a person wears in this request."""

from django.utils import timezone
from django.utils.functional import SimpleLazyObject

SESSION_KEY = "acting_membership"


class ActingMiddleware:
    """Sets `request.hats` (current memberships) and `request.acting` (the one chosen, else the first; None without)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.hats = SimpleLazyObject(lambda: current_hats(request.user))
        request.acting = SimpleLazyObject(lambda: chosen_hat(request))
        return self.get_response(request)


def current_hats(user):
    if not user.is_authenticated:
        return []
    today = timezone.localdate()
    return list(user.memberships.current(today).select_related("agency__unit__province").order_by("pk"))


def chosen_hat(request):
    wanted = request.session.get(SESSION_KEY)
    return next((hat for hat in request.hats if hat.pk == wanted), next(iter(request.hats), None))
