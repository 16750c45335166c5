"""Evidence on a record: put there, looked at, taken away."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from coordination.htmx import redirect_page
from coordination.uploads import IMAGES
from coordination.views.document_files import SAFE_HEADERS
from programs.evidence import KINDS, MOST_FILES, TooManyFiles, add_evidence, carrier_of, small_name, take_away
from programs.forms.evidence import EvidenceForm
from programs.models import Evidence
from programs.rules import allowed, require

# Where the record of each kind is read.
PAGES = {
    "activity": lambda activity: ("programs:activity_detail", activity.uid),
    "model_event": lambda event: ("programs:model_detail", event.model.uid),
    "measurement": lambda reading: ("programs:measurement_list", reading.indicator.code),
    "budget_entry": lambda entry: ("programs:budget_entry", entry.uid),
    "response": lambda response: ("programs:assignment_detail", response.assignment.uid),
}


def page_of(kind, record):
    name, key = PAGES[kind.field](record)
    return reverse(name, args=[key])


@require_http_methods(["GET", "HEAD", "POST"])
def evidence_add(request, kind, uid):
    if kind not in KINDS:
        raise Http404
    carrier = KINDS[kind]
    record = get_object_or_404(carrier.model._default_manager.visible_to(request.user), uid=uid)
    require(request, carrier.right, record)
    form = EvidenceForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        try:
            added = add_evidence(
                carrier, record, sent["files"], caption=sent["caption"], consent=sent["consent"], acting=request.acting
            )
        except TooManyFiles:
            form.add_error("files", _("A record takes %(n)s files at most. Take one away first.") % {"n": MOST_FILES})
        else:
            words = ngettext("%(n)s file is kept.", "%(n)s files are kept.", len(added)) % {"n": len(added)}
            messages.success(request, words if added else _("These files are here already."))
            return redirect_page(request, page_of(carrier, record))
    context = {"form": form, "back": page_of(carrier, record)}
    status = 422 if request.method == "POST" else 200
    return render(request, "programs/evidence_form.html", context, status=status)


@require_safe
def evidence_file(request, uid):
    """A picture is shown; everything else is only ever saved."""
    evidence = get_object_or_404(Evidence.objects.visible_to(request.user), uid=uid)
    pictured = evidence.media_type in IMAGES
    small = pictured and "small" in request.GET
    file = evidence.file.storage.open(small_name(evidence.file.name)) if small else evidence.file.open("rb")
    return FileResponse(
        file,
        as_attachment=not pictured,
        filename=evidence.name,
        content_type=evidence.media_type,
        headers=SAFE_HEADERS,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def evidence_delete(request, uid):
    evidence = get_object_or_404(Evidence.objects.visible_to(request.user), uid=uid)
    carrier, record = carrier_of(evidence)
    keeps = allowed(request, f"programs.change_{record._meta.model_name}", record)
    if not allowed(request, carrier.right, record) or not may_take(evidence, record, request.user, keeps=keeps):
        raise PermissionDenied
    back = page_of(carrier, record)
    if request.method == "POST":
        take_away(evidence)
        messages.success(request, _("Taken away: %(name)s.") % {"name": evidence.name})
        return redirect_page(request, back)
    return render(request, "programs/evidence_delete.html", {"evidence": evidence, "back": back})


def may_take(evidence, record, user, *, keeps):
    """Whoever put it there by mistake; of the rest whoever `keeps` the record (may change it), not a partner named in
    it, and only until a frozen report or a verified answer rests on it.
    """
    settled = getattr(record, "is_locked", False) or getattr(record, "verified_on", None)
    return evidence.added_by_id == user.pk or (keeps and not settled)
