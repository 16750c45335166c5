"""Which hat a person works in."""

from django.http import Http404
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from coordination.middleware import SESSION_KEY


@require_POST
def switch_hat(request):
    """Only one's own current hats; the first page of the new hat follows, since the old one may not be visible."""
    hat = next((hat for hat in request.hats if str(hat.uid) == request.POST.get("hat")), None)
    if hat is None:
        raise Http404
    request.session[SESSION_KEY] = hat.pk
    return redirect("/")
