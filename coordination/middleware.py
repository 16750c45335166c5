"""Who is there, and the hat they wear in this request."""

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.utils.functional import SimpleLazyObject
from django_htmx.http import HttpResponseClientRedirect

from coordination.access import hats_of

SESSION_KEY = "acting_membership"


class SignInMiddleware(LoginRequiredMiddleware):
    """A swap of htmx must not draw the sign-in page into a part of the page: the whole browser goes there and back."""

    def handle_no_permission(self, request, view_func):
        response = super().handle_no_permission(request, view_func)
        if request.htmx:
            back = request.htmx.current_url_abs_path or "/"
            return HttpResponseClientRedirect(redirect_to_login(back, self.get_login_url(view_func)).url)
        return response


class ActingMiddleware:
    """Sets `request.hats` (current memberships) and `request.acting` (the one chosen, else the first; may be None)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.hats = SimpleLazyObject(lambda: hats_of(request.user))
        request.acting = SimpleLazyObject(lambda: chosen_hat(request))
        return self.get_response(request)


def chosen_hat(request):
    wanted = request.session.get(SESSION_KEY)
    return next((hat for hat in request.hats if hat.pk == wanted), next(iter(request.hats), None))
