"""Who is there, and the hat they wear in this request."""

from http import HTTPStatus

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpResponse
from django.utils.functional import SimpleLazyObject

from coordination.access import hats_of
from coordination.views.errors import SESSION_HEADER, wrong_method

SESSION_KEY = "acting_membership"


class SignInMiddleware(LoginRequiredMiddleware):
    """A swap of htmx must not draw the sign-in page into a part of the page, nor leave a page with things typed in it.

    The page is told that the session ended and knows what to do (static/js/frame.js).
    """

    def handle_no_permission(self, request, view_func):
        if request.htmx:
            return HttpResponse(status=HTTPStatus.UNAUTHORIZED, headers={SESSION_HEADER: "ended"})
        return super().handle_no_permission(request, view_func)


class WrongMethodMiddleware:
    """Django answers a wrong method with an empty page, which leaves people before a fault of their browser."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or response.content or request.method == "HEAD":
            return response
        page = wrong_method(request)
        page["Allow"] = response["Allow"]
        return page


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
