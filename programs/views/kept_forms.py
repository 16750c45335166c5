"""What the form of an activity saves by itself: what is typed, files once they are chosen; and going on with it."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from coordination.htmx import redirect_page
from coordination.models import SavedFile
from coordination.saved_forms import forget_file, forget_form, keep_files, kept_forms
from programs.evidence import MOST_FILES
from programs.forms.activities import ActivityEntry
from programs.forms.evidence import ProofForm
from programs.models import Activity
from programs.rules import require
from programs.saved_forms import CHANGE, NEW, files_of, keep_activity, kept_of, uuid_of

TYPED = ("title", "kind", "component", "plan_item", "starts_on", "ends_on")  # what a task is suggested from


@require_POST
def activity_keep(request, uid=None):
    """Two seconds after the last change; answered by the time it was kept at."""
    saved = keep_activity(request.acting, target_of(request, uid), request.POST)
    return render(request, "programs/_kept_at.html", {"saved": saved}, status=200 if saved else 422)


def target_of(request, uid):
    if uid is None:
        require(request, "programs.add_activity")
        return Activity(owner=request.acting.agency)
    activity = get_object_or_404(Activity.objects.visible_to(request.user), uid=uid)
    require(request, "programs.change_activity", activity)
    return activity


@require_POST
def activity_keep_files(request):
    """As soon as they are chosen, with what is typed so far."""
    activity = target_of(request, None)
    keep_activity(request.acting, activity, request.POST)
    proof = take_files(request, activity)
    context = {"proof": proof}
    return render(request, "programs/_activity_form_files.html", context, status=422 if proof.errors else 200)


def take_files(request, activity):
    """The bound form; files that can be taken are kept already, so that nobody chooses them twice."""
    proof = ProofForm(request.POST, request.FILES)
    proof.is_valid()
    saved = kept_of(request.acting, activity, request.POST)
    if proof.sent:
        saved = keep_activity(request.acting, activity, request.POST) or saved
        if saved and not keep_files(saved, proof.sent, most=MOST_FILES):
            proof.add_error("files", _("A record has at most %(n)s files.") % {"n": MOST_FILES})
    proof.kept = files_of(saved)
    return proof


def proof_of(request, entry):
    """As the form is opened, or shown again with nothing judged."""
    token = entry.form["form_token"].value()
    kept = kept_of(request.acting, entry.activity, {"form_token": str(token or "")})
    consent = request.POST.get("consent") or (kept.data.get("consent") if kept else None)
    return ProofForm(kept=files_of(kept), initial={"consent": bool(consent)})


def drop_file(request, entry):
    """One that was kept for this form."""
    saved = kept_of(request.acting, entry.activity, request.POST)
    files = SavedFile.objects.filter(form=saved) if saved else SavedFile.objects.none()
    forget_file(get_object_or_404(files, uid=uuid_of(request.POST["drop_file"])))


@require_POST
def kept_drop(request, token):
    """Thrown away by its author."""
    require(request, "programs.add_activity")
    saved = get_object_or_404(kept_forms(request.acting, NEW, CHANGE), form_token=token)
    forget_form(saved)
    messages.success(request, _("Thrown away: “%(title)s”.") % {"title": saved.title or _("no name yet")})
    return redirect_page(request, "programs:activity_list")


@require_safe
def activity_items(request):
    """Tasks of plans, those that fit what is typed first."""
    require(request, "programs.add_activity")
    typed = {name: request.GET.get(name) for name in TYPED}
    entry = ActivityEntry(activity=Activity(owner=request.acting.agency), initial=typed)
    return render(request, "programs/_activity_form_item.html", {"form": entry.form, "stored": False})
