"""Agreements: the list, one agreement on a day, and the steps of its path."""

import rules
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from coordination import agreement_page as page
from coordination.agreement_filters import AgreementFilterForm
from coordination.agreement_forms import DayForm
from coordination.agreement_move_forms import move_form
from coordination.agreement_workflow import TRANSITIONS, actions_for, move_agreement
from coordination.amendments import differences, takes_changes
from coordination.document_links import cited_by, rests_on
from coordination.enums import DocumentState, FileNature
from coordination.formats import date_vi
from coordination.htmx import redirect_page, render_page
from coordination.milestones import may_record_result
from coordination.models import Agreement, Document, spoken_about_by
from coordination.pagination import CappedPaginator
from coordination.register import Direction
from coordination.turns import Turn, turn_of, turns_of
from coordination.views.documents import our_agencies
from coordination.workflow import MoveRefused, NumberGiven, closed_parties

# What a step does, read before it is made.
WHAT_IT_DOES = {
    "send": gettext_lazy(
        "The other parties read the text from now on. On the next page you ask them for their opinion, with a day due."
    ),
    "back": gettext_lazy(
        "The other parties no longer see the text, and the round of opinions is closed. What was said stays kept."
    ),
    "agree": gettext_lazy(
        "The text stays as all parties agreed to it. Until it is issued a leader of a party may take it back to edit; "
        "then all agree anew. Later changes come as an amendment."
    ),
    "reopen": gettext_lazy(
        "The text may be edited again, and the parties still read it. What all agreed to stays kept; consent holds "
        "only as far as the text stays as it was. A party that was closed is replaced by the agency that came of it."
    ),
    "issue": gettext_lazy(
        "Number, symbol and day go onto the paper; it is no draft any more, and who is named as a recipient reads it."
    ),
    "suspend": gettext_lazy("The agreement stays readable but is not in force from that day until it is resumed."),
    "resume": gettext_lazy("The agreement is in force again from now on."),
    "close": gettext_lazy("The agreement ends on that day. Its final review stays owed; nothing takes the end back."),
    "supersede": gettext_lazy("A later agreement has taken the place of this one; it stays readable."),
}


@require_safe
def agreement_list(request):
    today, agencies = timezone.localdate(), our_agencies(request)
    visible = Agreement.objects.visible_to(request.user)
    form = AgreementFilterForm(request.GET, rows=visible, today=today)
    rows = form.filtered(visible, agencies)
    totals = totals_of(rows, today)
    found = CappedPaginator(rows.for_list().in_reading_order(), counted=totals["rows"])
    found = found.get_page(request.GET.get("page"))
    put_standing(found.object_list, request.acting, agencies, today)
    context = {
        "filter": {"form": form},
        "page": found,
        "totals": totals,
        "directions": direction_links(request.GET, form.direction_shown),
        "query": request.GET,
        "may_draft": rules.has_perm("coordination.create_agreement", request.acting),
        "may_enter": rules.has_perm("coordination.enter_document", request.acting),
    }
    return render_page(request, "coordination/agreement_list.html", "coordination/_agreement_table.html", context)


def put_standing(agreements, acting, agencies, today):
    """Whose turn it is, in words for this reader, on every row."""
    turns = turns_of([row.document for row in agreements], acting, agencies, today=today)
    for row in agreements:
        row.standing = page.standing_for(row, acting, agencies, turns.get(row.document_id, Turn("")), today)


def totals_of(rows, today):
    in_force = Q(document__state=DocumentState.ISSUED, stage_from__lte=today, stage_to__gte=today)
    written = Q(document__state__in=(DocumentState.DRAFT, DocumentState.IN_REVIEW, DocumentState.AGREED))
    counted = {
        "rows": Count("pk", distinct=True),
        "in_force": Count("pk", filter=in_force, distinct=True),
        "written": Count("pk", filter=written, distinct=True),
    }
    return rows.order_by().aggregate(**counted)


def direction_links(query, shown):
    links = []
    for value, label in (("", _("All")), (Direction.OUT, _("Signed by us")), (Direction.IN, _("Received"))):
        link = query.copy()
        link["direction"] = value
        link.pop("page", None)
        links.append({"label": label, "url": f"?{link.urlencode()}", "current": shown == value})
    return links


def visible_agreement(request, uid):
    return get_object_or_404(Agreement.objects.visible_to(request.user).for_list(), uid=uid)


@require_safe
def agreement_detail(request, uid):
    agreement = visible_agreement(request, uid)
    today, own = timezone.localdate(), our_agencies(request)
    day = page.day_to_show(agreement, today)
    form = DayForm(request.GET or None, agreement=agreement, first={"day": day}) if day else None
    if form and form.is_valid():
        day = form.cleaned_data["day"]
    context = facts_of(request, agreement, day, today, own) | {"day_form": form}
    context["order"] = order_shown(request.GET.get("order"), context["text"])
    return render(request, "coordination/agreement_detail.html", context, status=422 if form and form.errors else 200)


def order_shown(wanted, text):
    """By lead, as the parties look for what is theirs, where somebody leads something; else as the paper has it."""
    led = any(group.lead for group in text.groups)
    return "lead" if text.groups and (wanted == "lead" or (led and wanted != "text")) else "text"


def facts_of(request, agreement, day, today, own):
    document, acting = agreement.document, request.acting
    text = page.text_on(agreement, day, request.user, own)
    spoken = spoken_about_by(request.user).filter(pk=document.pk).exists() and not agreement.register_only
    turn = turn_of(document, acting, today=today) if document.state == DocumentState.IN_REVIEW else Turn("")
    files = list(document.files.all())
    return {
        "agreement": agreement,
        "document": document,
        "title": document.title,
        "standing": page.standing_for(agreement, acting, own, turn, today),
        "may_speak": spoken,
        "text": text,
        "parties": page.parties_of(agreement, document.issued_on or today, today, page.led_by(text.groups), own),
        "amendments": [(row, differences(row)) for row in page.amendments_of(agreement, request.user)],
        "changes": differences(agreement) if agreement.amends_id else [],
        "rests_on": rests_on(document, request.user),
        "cited_by": cited_by(document, request.user),
        "events": (events := page.line_of_time(agreement, request.user, today)),
        "may_record": next((may_record_result(acting, event.milestone) for event in events if event.milestone), False),
        "files": files,
        "signed_file": next((file for file in reversed(files) if file.nature == FileNature.SIGNED), None),
        "recipients": document.recipients.all(),
        "moves": document.moves.select_related("moved_by"),
        "why_not": page.why_fixed(agreement, request.user, acting),
        "comment_count": document.comments.count() if spoken else 0,
    } | acts_of(request, agreement)


def acts_of(request, agreement):
    """What the hat worn now may do from here."""
    document, acting = agreement.document, request.acting
    drafts = rules.has_perm("coordination.create_agreement", acting)
    writes = rules.has_perm("coordination.edit_agreement", acting, agreement)
    settled = document.state in DocumentState.in_the_open()
    return {
        "actions": [
            (name, TRANSITIONS[name].label, reverse("coordination:agreement_move", args=[agreement.uid, name]))
            for name in actions_for(acting, agreement)
        ],
        "may_edit": writes and page.why_fixed(agreement, request.user, acting) is None,
        "may_amend": writes
        and not (agreement.register_only or agreement.amends_id)
        and document.state in (DocumentState.ISSUED, DocumentState.SUSPENDED),
        "may_continue": writes and settled and agreement.amends_id is None,
        "may_record_changes": writes and takes_changes(agreement),
        "may_copy": drafts and not agreement.register_only,
        "may_upload": rules.has_perm("coordination.upload_file", acting, document),
        "is_ours": page.is_ours(agreement, request.user),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def agreement_move(request, uid, action):
    """GET says what the step does; POST makes it."""
    agreement, today = visible_agreement(request, uid), timezone.localdate()
    if not rules.has_perm(TRANSITIONS[action].permission, request.acting, agreement):
        raise PermissionDenied
    if request.method != "POST":
        form = move_form(action, agreement=agreement, today=today)
        return move_page(request, agreement, action, form)
    form = move_form(action, request.POST, agreement=agreement, today=today)
    if not form.is_valid():
        return move_page(request, agreement, action, form, 422)
    try:
        move_agreement(agreement, action, acting=request.acting, today=today, **form.typed())
    except MoveRefused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal_words(request, refusal))
        return move_page(request, agreement, action, form, 422)
    messages.success(request, TRANSITIONS[action].done)
    if action == "send":
        return redirect_page(request, reverse("coordination:document_review", args=[agreement.document.uid]))
    return redirect_page(request, reverse("coordination:agreement_detail", args=[agreement.uid]))


def move_page(request, agreement, action, form, status=200):
    context = {
        "agreement": agreement,
        "document": agreement.document,
        "form": form,
        "title": TRANSITIONS[action].label,
        "does": WHAT_IT_DOES[action],
        "is_open": agreement.document.state in TRANSITIONS[action].sources,
        "back": reverse("coordination:agreement_detail", args=[agreement.uid]),
        "closed": closed_for_issue(agreement, timezone.localdate()) if action == "issue" else [],
        "reopen": reverse("coordination:agreement_move", args=[agreement.uid, "reopen"]),
        "may_reopen": "reopen" in actions_for(request.acting, agreement),
        "final": action in ("agree", "close", "supersede"),
    }
    return render(request, "coordination/agreement_move.html", context, status=status)


def closed_for_issue(agreement, today):
    """Parties that were closed since all agreed: their name on the paper, last day, and name now."""
    return [
        {"name": agency.name_on(agency.closed_on).name, "last": agency.closed_on, "now": page.name_now(agency, today)}
        for agency in closed_parties(agreement.document, today)
    ]


def refusal_words(request, refusal):
    """A number given before names the other document with a link, as far as the person may read it."""
    if not isinstance(refusal, NumberGiven):
        return refusal.for_people()
    if not Document.objects.visible_to(request.user).filter(pk=refusal.other.pk).exists():
        return _(
            "This number is already in the register, for a document you may not read. Check number, kind and day."
        )
    words = _("The number is already that of {link} ({day}). Take the next free number, or open that document.")
    code, subject = refusal.other.code, refusal.other.subject
    link = format_html('<a href="{}">{} – {}</a>', page.address_of(refusal.other), code, subject)
    return format_html(words, link=link, day=date_vi(refusal.other.issued_on) or _("no day given"))
