"""The editor of an agreement: the list of its parts, and each part on a page of its own."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from rules import has_perm

from coordination import agreement_versions as versions
from coordination.agreement_part_forms import MORE_LINES, MOST_LINES, Desk
from coordination.agreement_part_texts import PARTS
from coordination.agreement_parts import EDITABLE, EditRefused
from coordination.agreement_tasks import CHANGES, CLAUSES, open_talk, tasks_of
from coordination.agreement_workflow import actions_for
from coordination.amendments import takes_changes
from coordination.enums import DocumentState
from coordination.htmx import redirect_page, render_page
from coordination.locking import StaleVersion
from coordination.models import Agreement, Section
from coordination.refusals import message_for

PAGE, FORM = "coordination/agreement_part.html", "coordination/_agreement_part.html"
ENTER = "enter"  # the Enter key: it searches where words to search stand, else it saves
TRIES = 3  # saves of other parts that may come in between


def visible_agreement(request, uid):
    """404 for what is not visible, 403 for who does not write it."""
    rows = Agreement.objects.visible_to(request.user).for_list().select_related("amends__document__kind")
    agreement = get_object_or_404(rows, uid=uid)
    if not has_perm("coordination.edit_agreement", request.acting, agreement):
        raise PermissionDenied
    return agreement


def is_open(agreement, part=""):
    """Of an amendment made on paper only what it changes, once."""
    if agreement.register_only:
        return part == CHANGES and takes_changes(agreement)
    return agreement.document.state in EDITABLE


def page_of(agreement):
    return reverse("coordination:agreement_detail", args=[agreement.uid])


@require_safe
def agreement_edit(request, uid):
    agreement, today = visible_agreement(request, uid), timezone.localdate()
    if not is_open(agreement):
        return redirect_page(request, page_of(agreement))  # which says why it cannot be changed
    tasks = tasks_of(agreement, request.user, today)
    context = {
        "agreement": agreement,
        "document": agreement.document,
        "title": agreement.document.title,
        "tasks": [task for task in tasks if not task.is_idle],
        "idle": [task for task in tasks if task.is_idle],
        "missing": [(task, words) for task in tasks for words in task.missing],
        "blocked": any(task.blocks for task in tasks),
        "talk": open_talk(agreement, request.user).get(None, []),
        "may_send": "send" in actions_for(request.acting, agreement),
        "in_review": agreement.document.state == DocumentState.IN_REVIEW,
    }
    return render(request, "coordination/agreement_edit.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def agreement_part(request, uid, part, section_uid=None):
    agreement = visible_agreement(request, uid)
    if (part == CLAUSES) != (section_uid is not None) or (part == CHANGES and agreement.amends_id is None):
        raise Http404
    if request.method != "POST" and not is_open(agreement, part):
        return redirect_page(request, page_of(agreement))
    make = part_maker(request, agreement, PARTS[part], section_uid)
    if make is None:
        return gone_page(request, agreement)
    return answer_to(request, make) if request.method == "POST" else form_page(request, make())


def part_maker(request, agreement, kind, section_uid):
    """Makes the part as stored now, or holding what is given to it; None when its section was taken out meanwhile."""
    section = agreement.document.sections.filter(uid=section_uid).first() if section_uid else None
    if section_uid and section is None:
        if request.method != "POST":
            raise Http404
        return None
    desk = Desk(request.user, request.acting, timezone.localdate())

    def make(now=agreement, **given):
        return kind(now, desk, section=section, **given)

    return make


def answer_to(request, make):
    """Save what was sent, or say what to mend; other buttons of the form ask for more of it."""
    asked = request.POST.get("open", "")
    if asked not in ("", ENTER) or (asked == ENTER and request.POST.get("find", "").strip()):
        return form_page(request, more_of(request.POST, make))
    part = make(data=sent_values(request, make))
    if not part.is_valid():
        return form_page(request, part, 422)
    try:
        return saved(request, part, make)
    except Section.DoesNotExist:
        return gone_page(request, part.agreement)
    except EditRefused as refusal:
        part.refuse(refusal.for_people())
        return form_page(request, part, 409)
    except IntegrityError as error:
        part.refuse(message_for(error))
        return form_page(request, part, 422)


def sent_values(request, make):
    """What the form says; after a conflict, what was chosen of the two versions."""
    if "mine" not in request.POST:
        return request.POST
    mine, theirs = (versions.lines_from(request.POST.get(name, "")) for name in ("mine", "seen"))
    if mine is None or theirs is None:
        raise PermissionDenied
    part = make()
    return versions.as_sent(type(part), versions.joined(part, theirs, mine, request.POST.dict()))


def more_of(sent, make):
    """Everything as it was typed, with more lines, what a search finds, or the document it put in."""
    asked, part = sent["open"], make(data=sent)
    lines = part.typed()
    if asked.startswith("add:") and (added := part.line_for(asked.removeprefix("add:"))):
        lines.append(added)
    return make(lines=lines[:MOST_LINES], words=sent.get("find", ""), more=MORE_LINES if asked == "line" else 0)


def saved(request, part, make):
    """Who saved another part meanwhile is in nobody's way; who saved this one is: both versions are shown."""
    seen = request.POST.get("version", "")
    seen = int(seen) if seen.isdecimal() and len(seen) < 10 else 0
    for _try in range(TRIES):
        try:
            part.write(acting=request.acting, seen=seen)
        except StaleVersion:
            now = Agreement.objects.for_list().get(pk=part.agreement.pk)
            stored = make(now)
            if versions.as_text(stored) != request.POST.get("seen"):
                return conflict_page(request, part, stored)
            seen = now.version
        else:
            messages.success(request, _("Saved: %(part)s.") % {"part": part.title})
            return redirect_page(request, reverse("coordination:agreement_edit", args=[part.agreement.uid]))
    return conflict_page(request, part, make(Agreement.objects.for_list().get(pk=part.agreement.pk)))


def conflict_page(request, part, stored):
    """Both versions; straight on to the list where they say the same."""
    theirs, mine = versions.version_of(stored), versions.version_of(part)
    found = versions.differences(stored, theirs, mine, versions.lines_from(request.POST.get("seen", "")))
    if not found and theirs == mine:
        messages.success(request, _("This is already saved: %(part)s.") % {"part": part.title})
        return redirect_page(request, reverse("coordination:agreement_edit", args=[part.agreement.uid]))
    context = {
        "agreement": stored.agreement,
        "part": stored,
        "differences": found,
        "mine": versions.dumped(mine),
        "seen": versions.as_text(stored),
        "last": Agreement.history.filter(id=stored.agreement.pk).select_related("history_user").first(),
    }
    page, swap = "coordination/agreement_part_versions.html", "coordination/_agreement_part_versions.html"
    return render_page(request, page, swap, context, status=409)


def form_page(request, part, status=200):
    agreement = part.agreement
    stored = part if part.data is None and not part.given else type(part)(agreement, part.desk, section=part.section)
    sent = request.POST
    context = {
        "agreement": agreement,
        "document": agreement.document,
        "part": part,
        "form": part,
        "version": sent.get("version") or agreement.version,
        "seen": sent.get("seen") or versions.as_text(stored),
        "talk": open_talk(agreement, request.user).get((part.key, part.section and part.section.pk), []),
        "in_review": agreement.document.state == DocumentState.IN_REVIEW,
    }
    return render_page(request, PAGE, FORM, context, status=status)


def gone_page(request, agreement):
    """The section was taken out while its tasks were written: what was typed is shown, to be copied elsewhere."""
    names = [name for name in request.POST if name.endswith("-text")]
    context = {
        "agreement": agreement,
        "typed": [text for name in names if (text := request.POST[name].strip())],
    }
    return render(request, "coordination/agreement_part_gone.html", context, status=409)
