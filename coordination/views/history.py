"""The history of one record."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from coordination.history import TRAILS, acts_on


@require_safe
def history(request, label, uid):
    """`label` as in "coordination.agency"; what is not registered, or not for this person, is not found."""
    trail = TRAILS.get(label)
    if trail is None:
        raise Http404
    record = get_object_or_404(trail.rows(request.user), uid=uid)
    back = trail.address(record) if trail.address else ""
    since = trail.since(request.user, record)
    context = {
        "title": trail.title(record),
        "acts": acts_on(record, since=since),
        "since": since,
        "back": back,
        "now": timezone.localtime(),
    }
    return render(request, "coordination/history.html", context)
