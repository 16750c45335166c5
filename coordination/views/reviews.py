"""The page of a review between agencies: the text, the talk beside each block, the answer at the foot."""

import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import retarget

from coordination import comments as talk
from coordination import review
from coordination.compose import NoText, current_manuscript
from coordination.htmx import is_swap, redirect_page, render_page
from coordination.locking import StaleVersion
from coordination.models import Agency, Comment, spoken_about_by
from coordination.review_forms import CommentForm, OpinionForm, RoundForm
from coordination.review_page import changes_since, quote_of, review_context

PAGE, PANEL, ANSWER = (
    "coordination/document_review.html",
    "coordination/_review_panel.html",
    "coordination/_review_answer.html",
)
MOVES = {"resolve": talk.resolve_comment, "close": talk.close_comment, "reopen": talk.reopen_comment}


def document_in_review(request, uid):
    """404 for who only reads the issued paper and not the talk about it, and for papers without a text here."""
    document = get_object_or_404(spoken_about_by(request.user).select_related("kind"), uid=uid)
    try:
        document.text = current_manuscript(document)
    except NoText as error:
        raise Http404 from error
    return document


def page_of(request, document, key="", *, partial=PANEL, status=200, **forms):
    """The whole page, or `partial` for htmx; `forms` are those that were sent and have to be mended."""
    today = timezone.localdate()
    context = review_context(document, document.text, request.user, request.acting, key, today)
    context |= {
        "opinion_form": OpinionForm(initial={"seen": context["sha256"]}),
        "comment_form": comment_form(context["key"]),
        "swapped": is_swap(request),
        "today": today,
        "round_form": round_form(request, document) if context["can_open"] else None,
    }
    for thread in context["threads"]:
        thread.head.reply_form = comment_form(context["key"], answers=thread.head)
    context |= forms
    return render_page(request, PAGE, partial, context, status=status)


def comment_form(key, answers=None, data=None):
    """Each thread has a form of its own to answer in."""
    of = answers.uid.hex[:8] if answers else "new"
    initial = {"key": key, "form_token": uuid.uuid4(), "answers": answers.uid if answers else None}
    return CommentForm(data, initial=initial, auto_id=f"id_{of}_%s")


def round_form(request, document, data=None):
    today = timezone.localdate()
    asked = review.makers_of(document) | review.lineage_of(request.acting)
    agencies = Agency.objects.open_on(today).exclude(pk__in=asked).in_protocol_order().named_on(today)
    unit = request.acting.agency.unit if request.acting else None
    near = agencies.filter(unit=unit) if unit else agencies.filter(unit__isnull=True)
    return RoundForm(data, agencies=list(near), auto_id="id_round_%s")


def address_of(document, key=""):
    query = f"?{urlencode({'block': key})}#talk" if key else ""
    return reverse("coordination:document_review", args=[document.uid]) + query


@require_safe
def document_review(request, uid):
    return page_of(request, document_in_review(request, uid), request.GET.get("block", ""))


@require_POST
def opinion_give(request, uid):
    """The answer of the agency to the text as it stood on the page."""
    document = document_in_review(request, uid)
    asked = review.latest_round(document)
    if not review.has_seat(request.acting, asked):
        raise PermissionDenied
    form = OpinionForm(request.POST)
    if not form.is_valid():
        return page_of(request, document, partial=ANSWER, status=422, opinion_form=form)
    choice, text, seen = (form.cleaned_data[name] for name in ("choice", "text", "seen"))
    try:
        review.give_opinion(asked, acting=request.acting, choice=choice, text=text, seen_sha256=seen)
    except review.TextChanged as refusal:
        return read_again(request, document, form, refusal)
    except review.ReviewRefused as refusal:
        messages.error(request, refusal.for_people())
    else:
        messages.success(request, _("Recorded: the opinion of your agency on this text."))
    return redirect_page(request, address_of(document))


def read_again(request, document, form, refusal):
    """The text was edited meanwhile: the whole page anew, what changed on top, what was typed kept."""
    document.text = manuscript = current_manuscript(document)
    values = form.data.copy()
    values["seen"] = manuscript.sha256()
    kept = OpinionForm(values)
    kept.add_error(None, refusal.for_people())
    changes = changes_since(document, form.cleaned_data["seen"], manuscript)
    given = {"opinion_form": kept} | ({"changes": changes} if changes else {})
    return retarget(page_of(request, document, partial=PAGE, status=409, **given), "body")


@require_POST
def comment_add(request, uid):
    document = document_in_review(request, uid)
    if not talk.may_comment(request.acting, document):
        raise PermissionDenied
    head = answered(request, document)
    key = head.key if head else request.POST.get("key", "")
    form = comment_form(key, answers=head, data=request.POST)
    quote = quote_of(document.text, key)
    if quote is None and head is None:
        form.add_error(None, _("This part is no longer in the text. Write about the whole document, or another part."))
    if not form.is_valid():
        return page_of(request, document, key, status=422, comment_form=form, answered=head)
    text, token = form.cleaned_data["text"], form.cleaned_data["form_token"]
    talk.add_comment(
        document, acting=request.acting, text=text, key=key, quote=quote or "", answers=head, form_token=token
    )
    return talked(request, document, key)


def answered(request, document):
    """The thread a comment goes on, or None."""
    if not request.POST.get("answers"):
        return None
    heads = Comment.objects.visible_to(request.user).filter(document=document, answers__isnull=True)
    return get_object_or_404(heads, uid=as_uid(request.POST["answers"]))


def as_uid(text):
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise Http404 from error


@require_POST
def comment_move(request, uid, comment_uid, action):
    """One step of a thread: resolve, close, reopen."""
    document = document_in_review(request, uid)
    heads = Comment.objects.visible_to(request.user).filter(document=document, answers__isnull=True)
    comment = get_object_or_404(heads.select_related("document"), uid=comment_uid)
    if not talk.may_move(request.acting, comment):
        raise PermissionDenied
    seen = request.POST.get("version", "")
    try:
        MOVES[action](comment, acting=request.acting, seen=int(seen) if seen.isdecimal() else 0)
    except StaleVersion:
        messages.error(request, _("Somebody else has just dealt with this comment. Look at it as it stands now."))
    return talked(request, document, comment.key)


def talked(request, document, key):
    """Back to the talk about the block: in place, or on the page."""
    if is_swap(request):
        return page_of(request, document, key)
    return redirect(address_of(document, key))


@require_POST
def round_open(request, uid):
    document = document_in_review(request, uid)
    if not review.speaks_for(request.acting, review.makers_of(document)):
        raise PermissionDenied
    form = round_form(request, document, request.POST)
    if form.is_valid():
        try:
            review.open_round(document, acting=request.acting, **form.cleaned_data)
        except review.ReviewRefused as refusal:
            form.add_error(refusal.field or None, refusal.for_people())
        else:
            messages.success(request, _("The agencies are asked. You are told when one of them answers."))
            return redirect(address_of(document))
    return page_of(request, document, status=422, round_form=form, form=form)


@require_POST
def round_close(request, uid):
    document = document_in_review(request, uid)
    review.close_round(document, acting=request.acting)
    messages.success(request, _("The round is closed: nobody is waited for any more."))
    return redirect(address_of(document))
