"""The pages an activity is written on: new, copied, changed, and two versions joined."""

import uuid
from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from coordination.htmx import redirect_page, render_page
from coordination.locking import StaleVersion
from coordination.refusals import message_for, rule_broken
from programs.actions import FactLocked, change_activity, log_activity
from programs.echo import Echo
from programs.enums import FactState
from programs.forms import conflicts, snapshots
from programs.forms.activities import ActivityEntry
from programs.models import Activity
from programs.rules import allowed, require

COPIED = ("title", "kind", "component", "unit", "other_units", "place", "topics", "partners", "other_partners")
LATELY = timedelta(days=90)  # how far back the last one is looked for: the history is long
KEPT = ("kind", "component", "unit")  # of the last one logged by the same person


@require_http_methods(["GET", "HEAD", "POST"])
def activity_create(request):
    require(request, "programs.add_activity")
    activity = Activity(owner=request.acting.agency)
    if request.method == "POST":
        return answer_to(request, ActivityEntry(request.POST, activity=activity))
    return form_page(request, ActivityEntry(activity=activity, initial=first_values(last_logged(request), KEPT)))


@require_safe
def activity_copy(request, uid):
    """The form of a new one, filled from another; days and numbers are left to be written."""
    source = get_object_or_404(Activity.objects.visible_to(request.user), uid=uid)
    require(request, "programs.add_activity")
    activity = Activity(owner=request.acting.agency)
    return form_page(request, ActivityEntry(activity=activity, initial=first_values(source, COPIED)))


@require_http_methods(["GET", "HEAD", "POST"])
def activity_edit(request, uid):
    activity = get_object_or_404(Activity.objects.visible_to(request.user).select_related("owner__unit"), uid=uid)
    require(request, "programs.change_activity", activity)
    if activity.reason or (activity.is_locked and request.method != "POST"):
        return redirect_page(request, detail_of(activity))  # which says why it cannot be changed
    if request.method == "POST":
        return answer_to(request, ActivityEntry(sent_values(request, activity), activity=activity))
    return form_page(request, ActivityEntry(activity=activity, initial=stored_values(activity)))


def first_values(source, names):
    """Of a new form: today, a fresh token, and some values of another record."""
    values = {"starts_on": timezone.localdate(), "form_token": uuid.uuid4()}
    if source is not None:
        stored = snapshots.of_record(source)
        values |= {name: stored[name] for name in names}
    return values


def stored_values(activity):
    snapshot = snapshots.of_record(activity)
    hidden = {"version": activity.version, "seen": snapshots.as_text(snapshot)}
    return snapshots.as_initial(snapshot) | hidden


def last_logged(request):
    """By the same person for the same agency: most log the same kind at the same place again."""
    lately = timezone.now() - LATELY
    logged = Activity.history.filter(
        history_user=request.user, history_type="+", owner=request.acting.agency_id, history_date__gte=lately
    )
    last = logged.order_by("-history_id").values("id")[:1]
    return Activity.objects.filter(pk__in=last).first()


def sent_values(request, activity):
    """What the form says; after a conflict, what was chosen of the two versions."""
    if "mine" not in request.POST:
        return request.POST
    mine = snapshots.from_text(request.POST["mine"])
    if mine is None:
        raise PermissionDenied
    values = snapshots.as_sent(conflicts.joined(snapshots.of_record(activity), mine, request.POST.dict()))
    values["version"], values["seen"] = request.POST.get("version", ""), request.POST.get("seen", "")
    return values


def answer_to(request, entry):
    """Save what was sent, or say what to mend; buttons inside the form only ask for more of it."""
    if request.POST.get("open") in ("unit", "other_units", "outputs", "counts"):
        return form_page(request, entry.reopened(request.POST["open"]))
    if not entry.is_valid():
        return form_page(request, entry, status=422)
    state = FactState.DRAFT if "draft" in request.POST else FactState.RECORDED
    try:
        return saved(request, entry, state)
    except FactLocked:
        return form_page(request, entry, status=409, locked=True)
    except IntegrityError as error:
        if rule_broken(error) == "activity_form_token_once":
            return first_result(request, entry)
        entry.refuse(rule_broken(error), message_for(error))
        return form_page(request, entry, status=422)


def saved(request, entry, state):
    """A recorded one stays recorded; drafts are shown to nobody else and never count."""
    activity = entry.activity
    if activity.pk is None:
        log_activity(entry.fill(state), entry.parts, by=request.user)
    else:
        kept = FactState.RECORDED if activity.state == FactState.RECORDED else state
        try:
            seen = entry.form.cleaned_data["version"] or 0
            change_activity(entry.fill(kept), entry.parts, seen=seen, by=request.user)
        except StaleVersion:
            return conflict_page(request, entry, activity.pk)
    done = _("Recorded: “%(title)s”.") if activity.state == FactState.RECORDED else _("Draft saved: “%(title)s”.")
    messages.success(request, done % {"title": activity.title})
    return redirect_page(request, detail_of(activity))


def first_result(request, entry):
    """The same form came a second time: a double click, or a way back. One record, and nothing typed since is lost."""
    token = entry.form.cleaned_data["form_token"]
    first = Activity.objects.visible_to(request.user).filter(form_token=token).first()
    if first is None or not allowed(request, "programs.change_activity", first):
        raise PermissionDenied
    return conflict_page(request, entry, first.pk)


def conflict_page(request, entry, pk):
    """Both versions, field by field; straight on to the record where they say the same."""
    stored = Activity.objects.visible_to(request.user).get(pk=pk)
    theirs, mine = snapshots.of_record(stored), snapshots.of_entry(entry)
    found = conflicts.differences(entry, theirs, mine, snapshots.from_text(entry.form.cleaned_data["seen"]))
    if not found:
        messages.success(request, _("This is already saved: “%(title)s”.") % {"title": stored.title})
        return redirect_page(request, detail_of(stored))
    context = {
        "activity": stored,
        "last": stored.history.select_related("history_user").first(),
        "differences": found,
        "mine": snapshots.as_text(mine),
        "seen": snapshots.as_text(theirs),
        "draft": "draft" in request.POST,
    }
    return render_page(
        request, "programs/activity_conflict.html", "programs/_activity_conflict.html", context, status=409
    )


def form_page(request, entry, status=200, locked=False):
    context = {"entry": entry, "form": entry, "activity": entry.activity, "locked": locked}
    return render_page(request, "programs/activity_form.html", "programs/_activity_form.html", context, status=status)


def detail_of(activity):
    return reverse("programs:activity_detail", args=[activity.uid])


ECHOES = {"day": "programs/_activity_echo_day.html", "people": "programs/_activity_echo_people.html"}


@require_safe
def activity_echo(request, part):
    """What stands under the day and the numbers while they are typed."""
    return render(request, ECHOES[part], {"echo": Echo(request.GET)})
