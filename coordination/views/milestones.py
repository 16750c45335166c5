"""The page where a review the parties agreed on gets the document that came of it."""

import rules
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from coordination.enums import DocumentState
from coordination.locking import StaleVersion
from coordination.milestone_forms import ResultForm
from coordination.milestones import ResultRefused, may_record_result, possible_results, record_result
from coordination.models import Agreement, Document, Milestone

OFFERED = 12


@require_http_methods(["GET", "HEAD", "POST"])
def milestone_result(request, uid, milestone_uid):
    milestone = milestone_of(request, uid, milestone_uid)
    if not may_record_result(request.acting, milestone):
        raise PermissionDenied
    offered = documents_offered(request, milestone)
    if request.method == "POST":
        form = ResultForm(request.POST, offered=offered)
        if form.is_valid() and recorded(request, milestone, form):
            return redirect(page_of(milestone))
    else:
        form = ResultForm(initial={"result": milestone.result, "version": milestone.version}, offered=offered)
    context = {
        "milestone": milestone,
        "form": form,
        "words": request.GET.get("q", ""),
        "found": bool(offered),
        "back": page_of(milestone),
        "may_enter": rules.has_perm("coordination.enter_document", request.acting),
    }
    status = 422 if form.errors else 200
    return render(request, "coordination/milestone_result.html", context, status=status)


def milestone_of(request, uid, milestone_uid):
    visible = Milestone.objects.filter(agreement__in=Agreement.objects.visible_to(request.user))
    rows = visible.select_related("agreement__document__kind", "lead", "result")
    return get_object_or_404(rows, uid=milestone_uid, agreement__uid=uid)


def documents_offered(request, milestone):
    """Found by the words asked for, else the papers of the parties since then; the one chosen before always."""
    words = request.GET.get("q", "").strip()
    papers = possible_results(milestone, user=request.user)
    if words:
        issued = Document.objects.visible_to(request.user).filter(state__in=DocumentState.in_the_open())
        papers = issued.exclude(pk=milestone.agreement.document_id).matching(words).order_by("-issued_on", "-pk")
    found = list(papers[:OFFERED])
    chosen = milestone.result
    return [*found, chosen] if chosen and chosen not in found else found


def recorded(request, milestone, form):
    """False when it was not: the form then says why."""
    result = form.cleaned_data["result"]
    try:
        record_result(milestone, result, acting=request.acting, seen=form.cleaned_data["version"])
    except ResultRefused as refusal:
        form.add_error("result", refusal.for_people())
        return False
    except StaleVersion:
        milestone.refresh_from_db()
        form.data = form.data.copy()
        form.data["version"] = milestone.version
        form.add_error(None, stale_words(milestone))
        return False
    messages.success(
        request, _("Recorded what came of the review.") if result else _("The review is to be held again.")
    )
    return True


def stale_words(milestone):
    now = milestone.result or _("nothing yet")
    message = _("Somebody else has just changed this: it now says “%(now)s”. Save again if yours is right.")
    return message % {"now": now}


def page_of(milestone):
    return reverse("coordination:agreement_detail", args=[milestone.agreement.uid])
