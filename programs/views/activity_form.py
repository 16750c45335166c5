"""The pages an activity is written on: new, copied, changed, and two versions joined."""

import uuid
from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from coordination.htmx import redirect_page, render_page
from coordination.locking import StaleVersion
from coordination.models import Agency
from coordination.refusals import message_for, rule_broken
from coordination.saved_forms import as_sent, forget_form, kept_forms
from programs.actions import FactLocked, change_activity
from programs.duplicates import AlreadyAsked, ask_to_join, in_one_line, likenesses
from programs.echo import Echo
from programs.enums import FactState
from programs.forms import conflicts, snapshots
from programs.forms.activities import ActivityEntry
from programs.models import Activity, PlanItem
from programs.rules import allowed, require
from programs.saved_forms import NEW, keep_activity, kept_of, send_new, uuid_of
from programs.views.kept_forms import drop_file, proof_of, take_files

COPIED = ("title", "kind", "component", "unit", "other_units", "place", "topics", "partners", "other_partners")
LATELY = timedelta(days=90)  # how far back the last one is looked for: the history is long
KEPT = ("kind", "component", "unit")  # of the last one logged by the same person


@require_http_methods(["GET", "HEAD", "POST"])
def activity_create(request):
    require(request, "programs.add_activity")
    activity = Activity(owner=request.acting.agency)
    if request.method == "POST":
        return answer_to_new(request, ActivityEntry(request.POST, activity=activity))
    return form_page(request, first_entry(request, activity))


def first_entry(request, activity):
    """What was kept of a form, what a task of a plan says, or the usual values of the person."""
    if "kept" in request.GET:
        saved = get_object_or_404(kept_forms(request.acting, NEW), form_token=uuid_of(request.GET["kept"]))
        return ActivityEntry(as_sent(saved), activity=activity).unjudged()
    values = first_values(last_logged(request), KEPT)
    if "item" in request.GET:
        items = PlanItem.objects.visible_to(request.user).select_related("plan")
        item = get_object_or_404(items, uid=uuid_of(request.GET["item"]))
        values |= values_of_item(item, request.acting.agency)
    return ActivityEntry(activity=activity, initial=values)


def values_of_item(item, agency):
    """Whoever else takes part in the task is a partner in what is done of it; a place only where there is but one."""
    own = Agency.objects.lineage_of({agency.pk})
    others = {item.lead_id, *item.parts.values_list("agency", flat=True)} - own
    values = {"plan_item": item.pk, "component": item.component_id, "partners": sorted(others)}
    places = list(item.units.values_list("pk", flat=True)[:2])
    if len(places) == 1:
        values["unit"] = places[0]
    return values | ({"kind": item.kind_id} if item.kind_id else {})


@require_safe
def activity_copy(request, uid):
    """The form of a new one, filled from another; days and numbers are left to be written."""
    source = get_object_or_404(Activity.objects.visible_to(request.user), uid=uid)
    require(request, "programs.add_activity")
    activity = Activity(owner=request.acting.agency)
    return form_page(request, ActivityEntry(activity=activity, initial=first_values(source, COPIED)))


@require_http_methods(["GET", "HEAD", "POST"])
def activity_edit(request, uid):
    activity = Activity.objects.visible_to(request.user).select_related("owner__unit").filter(uid=uid).first()
    if activity is None:
        return answer_to_deleted(request, uid)
    require(request, "programs.change_activity", activity)
    if activity.reason or (activity.is_locked and request.method != "POST"):
        return redirect_page(request, detail_of(activity))  # which says why it cannot be changed
    if request.method == "POST":
        return answer_to(request, ActivityEntry(sent_values(request, activity), activity=activity))
    saved = kept_of(request.acting, activity, {}) if "kept" in request.GET else None
    if saved is not None:
        return form_page(request, ActivityEntry(as_sent(saved), activity=activity).unjudged())
    return form_page(request, ActivityEntry(activity=activity, initial=stored_values(activity)))


def answer_to_deleted(request, uid):
    """A colleague deleted the draft while this form was open: what was typed is the form of a new one."""
    own = Agency.objects.lineage_of({request.acting.agency_id}) if request.acting else ()
    deleted = Activity.history.filter(uid=uid, history_type="-", owner__in=own)
    if request.method != "POST" or not deleted.exists():
        raise Http404
    require(request, "programs.add_activity")
    mine = snapshots.from_text(request.POST.get("mine", ""))
    sent = snapshots.as_sent(mine) if mine is not None else request.POST
    entry = ActivityEntry(sent, activity=Activity(owner=request.acting.agency))
    return form_page(request, entry.unjudged(form_token=uuid.uuid4(), version="", seen=""), status=409, gone=True)


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
    for name in ("version", "seen", *(["draft"] if "draft" in request.POST else [])):
        values[name] = request.POST.get(name, "")
    return values


def answer_to_new(request, entry):
    """Files are kept before anything is judged; what may be logged already is asked about."""
    entry.proof = take_files(request, entry.activity)
    if "drop_file" in request.POST:
        drop_file(request, entry)
        return form_page(request, entry.unjudged())
    if asks_for_more(request):
        return answer_to(request, entry)
    entry.proof.ask_consent()
    if "draft" in request.POST or "sure" in request.POST or not entry.is_valid():
        return answer_to(request, entry)
    found = likenesses(entry.fill(FactState.RECORDED), request.acting)
    if "join" in request.POST:
        return join(request, entry, found)
    return form_page(request, entry, status=409, alike=found) if found else answer_to(request, entry)


def asks_for_more(request):
    """Buttons inside the form that only ask for more of it."""
    return request.POST.get("open") in ("unit", "other_units", "outputs", "counts", "further_partner")


def answer_to(request, entry):
    """Save what was sent, or say what to mend."""
    if asks_for_more(request):
        return form_page(request, entry.reopened(request.POST["open"]))
    if not entry.is_valid() or (entry.proof and entry.proof.errors):
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
    activity, kept = entry.activity, kept_of(request.acting, entry.activity, request.POST)
    if activity.pk is None:
        send_new(entry.fill(state), entry.parts, acting=request.acting, saved=kept)
    else:
        stays = FactState.RECORDED if activity.state == FactState.RECORDED else state
        try:
            seen = entry.form.cleaned_data["version"] or 0
            change_activity(entry.fill(stays), entry.parts, seen=seen, by=request.user)
        except StaleVersion:
            return conflict_page(request, entry, activity.pk)
        if kept is not None:
            forget_form(kept)
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


def join(request, entry, found):
    """The activity is there already. What was typed stays kept, whatever comes of it."""
    row = next((row for row in found if row.activity.uid == uuid_of(request.POST["join"])), None)
    if row is None:
        raise Http404
    keep_activity(request.acting, entry.activity, request.POST)
    existing = row.activity
    if row.own and not existing.is_locked:
        return conflict_page(request, entry, existing.pk)
    if row.own or row.joined:
        messages.info(
            request, _("Your agency stands in it already. What you typed is kept under “Forms in progress”.")
        )
        return redirect_page(request, detail_of(existing))
    try:
        ask_to_join(existing, text=in_one_line(entry.activity), acting=request.acting)
        words = _("%(agency)s is asked to name your agency. What you typed is kept under “Forms in progress”.")
    except AlreadyAsked:
        words = _("Your agency has asked for this already; %(agency)s has not answered yet.")
    messages.success(request, words % {"agency": existing.owner_name})
    return redirect_page(request, detail_of(existing) if row.seen else reverse("programs:activity_list"))


def form_page(request, entry, status=200, locked=False, alike=(), gone=False):
    if entry.activity.pk is None and entry.proof is None:
        entry.proof = proof_of(request, entry)
    context = {"entry": entry, "form": entry, "activity": entry.activity}
    context |= {"locked": locked, "alike": alike, "gone": gone}
    return render_page(request, "programs/activity_form.html", "programs/_activity_form.html", context, status=status)


def detail_of(activity):
    return reverse("programs:activity_detail", args=[activity.uid])


ECHOES = {"day": "programs/_activity_echo_day.html", "people": "programs/_activity_echo_people.html"}


@require_safe
def activity_echo(request, part):
    """What stands under the day and the numbers while they are typed."""
    return render(request, ECHOES[part], {"echo": Echo(request.GET)})
