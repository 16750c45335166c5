"""A request for reports is mended by the agency that makes it."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from coordination.locking import StaleVersion
from reports.round_changes import change_round, has_sent
from reports.round_edit_form import RoundEditForm, differences, stored_values
from reports.round_forms import letters_of
from reports.rounds import RoundRefused
from reports.seats import standings
from reports.views.rounds import kept_round, typed


@require_http_methods(["GET", "HEAD", "POST"])
def round_edit(request, uid):
    asked = kept_round(request, uid)
    if not asked.is_open and request.method != "POST":
        return redirect("reports:round_detail", uid=uid)
    form = form_of(request, asked)
    if request.method != "POST" or not form.is_valid():
        return edit_page(request, asked, form, 422 if form.errors else 200)
    try:
        change_round(asked, form.changes(), acting=request.acting, seen=form.cleaned_data["version"])
    except StaleVersion:
        return stale_page(request, uid, form)
    except RoundRefused as refusal:
        form.add_error(None, refusal.for_people())
        return edit_page(request, asked, form, 422)
    messages.success(request, _("The request is changed."))
    return redirect("reports:round_detail", uid=uid)


def form_of(request, asked):
    today = timezone.localdate()
    return RoundEditForm(
        typed(request),
        initial=stored_values(asked),
        asked=asked,
        rows=standings([asked], today)[asked.pk],
        sent=has_sent(asked),
        letters=letters_of(request.user, request.acting),
        today=today,
    )


def stale_page(request, uid, form):
    """Both versions; sent again, what is on the page then replaces the stored one knowingly."""
    now = kept_round(request, uid)
    form.data = form.data.copy()
    form.data["version"] = str(now.version)
    return edit_page(request, now, form, 409, differences(form, stored_values(now)))


def edit_page(request, asked, form, status=200, theirs=None):
    return render(request, "reports/round_edit.html", {"asked": asked, "form": form, "theirs": theirs}, status=status)
