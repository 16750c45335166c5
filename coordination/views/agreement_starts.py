"""How an agreement begins: drafted, copied, continued, amended, or entered from a paper already signed."""

from contextlib import suppress
from functools import partial
from urllib.parse import urlencode

import rules
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from coordination import agreement_actions as actions
from coordination.agreement_forms import (
    FIRST_ROWS,
    MORE_ROWS,
    AgreementForm,
    RegisterOnlyForm,
    amendment_of,
    new_token,
    next_stage,
    values_of,
)
from coordination.enums import DocumentState, FileNature
from coordination.htmx import redirect_page
from coordination.models import Agreement
from coordination.register import AlreadyThere, add_file
from coordination.views.agreements import refusal_words
from coordination.workflow import MoveRefused

KEPT = ("kind", "issued_on", "stage_from", "stage_to", "party_1")  # for the next paper of the same ceremony


@require_http_methods(["GET", "HEAD", "POST"])
def agreement_create(request):
    require(request, "coordination.create_agreement")
    about = {"title": _("A new agreement"), "does": _("Kind, subject, years and parties; the text is written next.")}
    return draft_page(request, actions.create_agreement, new_token() | {"party_1": own(request)}, about)


@require_http_methods(["GET", "HEAD", "POST"])
def agreement_copy(request, uid):
    """Of any agreement one may read: its text, not its number."""
    source = source_of(request, uid)
    require(request, "coordination.create_agreement")
    does = _("The text in force today, its legal bases, recipients and reviews are copied; number and day are not.")
    first = values_of(source, timezone.localdate())
    return draft_page(
        request, partial(actions.copy_agreement, source), first, words(_("Copy as a new draft"), does), source
    )


@require_http_methods(["GET", "HEAD", "POST"])
def agreement_continue(request, uid):
    source = source_of(request, uid)
    require(request, "coordination.edit_agreement", source)
    if source.document.state not in DocumentState.in_the_open() or source.amends_id:
        raise PermissionDenied(_("Only an agreement that was issued is continued in the next stage."))
    does = _("The text in force today is copied for the next years and says which agreement it continues.")
    first = next_stage(source, timezone.localdate())
    begin = partial(actions.continue_agreement, source)
    return draft_page(request, begin, first, words(_("Agreement of the next stage"), does), source)


@require_http_methods(["GET", "HEAD", "POST"])
def agreement_amend(request, uid):
    source = source_of(request, uid)
    require(request, "coordination.edit_agreement", source)
    in_force = source.document.state in (DocumentState.ISSUED, DocumentState.SUSPENDED)
    if source.register_only or source.amends_id or not in_force:
        raise PermissionDenied(_("Only an agreement that is issued and has not ended can be amended."))
    does = _("A paper of its own. Next you choose the clauses it replaces, adds or repeals, each with its first day.")
    first = amendment_of(source, timezone.localdate())
    return draft_page(request, partial(actions.amend_agreement, source), first, words(_("Amendment"), does), source)


def words(title, does):
    return {"title": title, "does": does}


def require(request, permission, record=None):
    allowed = rules.has_perm(permission, request.acting, *([record] if record else []))
    if not allowed:
        raise PermissionDenied


def source_of(request, uid):
    return get_object_or_404(Agreement.objects.visible_to(request.user).for_list(), uid=uid)


def own(request):
    return request.acting.agency_id


def draft_page(request, begin, first, about, source=None):
    """The form of a draft; when it is sent `begin` makes the draft, and its editor opens."""
    agency, today = request.acting.agency, timezone.localdate()
    if request.method != "POST":
        return form_page(request, AgreementForm(initial=first, agency=agency, today=today), about, source)
    if request.POST.get("open") == "parties":
        form = AgreementForm(initial=with_more_rows(request.POST), agency=agency, today=today)
        return form_page(request, form, about, source)
    form = AgreementForm(request.POST, agency=agency, today=today)
    if not form.is_valid():
        return form_page(request, form, about, source, 422)
    try:
        made = begin(form.draft(), acting=request.acting, today=today)
    except MoveRefused as refusal:
        form.add_error(None, refusal.for_people())
        return form_page(request, form, about, source, 422)
    messages.success(request, _("The draft is there. Write its parts one by one; each is saved on its own."))
    return redirect_page(request, reverse("coordination:agreement_edit", args=[made.uid]))


def with_more_rows(typed):
    """Everything as it was typed, with more lines for parties."""
    rows = typed.get("rows", "")
    return typed.dict() | {"rows": max(FIRST_ROWS, int(rows) if rows.isdecimal() else 0) + MORE_ROWS}


def form_page(request, form, about, source=None, status=200):
    back = (
        reverse("coordination:agreement_detail", args=[source.uid])
        if source
        else reverse("coordination:agreement_list")
    )
    context = {"form": form, "source": source, "back": back, "register_only": isinstance(form, RegisterOnlyForm)}
    return render(request, "coordination/agreement_form.html", context | about, status=status)


ON_PAPER = {
    "title": gettext_lazy("Enter a signed agreement"),
    "does": gettext_lazy("For agreements made on paper: their entry in the register and the signed file, no text."),
}


@require_http_methods(["GET", "HEAD", "POST"])
def agreement_register(request):
    require(request, "coordination.enter_document")
    agency, today = request.acting.agency, timezone.localdate()
    if request.method != "POST":
        first = (
            new_token() | {"party_1": own(request)} | {name: request.GET[name] for name in KEPT if name in request.GET}
        )
        return form_page(request, RegisterOnlyForm(initial=first, agency=agency, today=today), ON_PAPER)
    if request.POST.get("open") == "parties":
        form = RegisterOnlyForm(initial=with_more_rows(request.POST), agency=agency, today=today)
        return form_page(request, form, ON_PAPER)
    form = RegisterOnlyForm(request.POST, request.FILES, agency=agency, today=today)
    if form.is_valid():
        try:
            made = entered(request, form, today)
        except MoveRefused as refusal:
            form.add_error("issued_on" if refusal.field == "issued_on" else "code", refusal_words(request, refusal))
    if form.errors:
        return form_page(request, form, ON_PAPER, status=422)
    messages.success(request, _("In the register: %(document)s.") % {"document": made.document})
    if "again" in request.POST:
        kept = {name: request.POST[name] for name in KEPT if name in request.POST}
        return redirect_page(request, f"{reverse('coordination:agreement_register')}?{urlencode(kept)}")
    return redirect_page(request, reverse("coordination:agreement_detail", args=[made.uid]))


@transaction.atomic
def entered(request, form, today):
    """The agreement and its signed file, both or neither."""
    code, signed = form.cleaned_data["code"], form.signed_by()
    made = actions.enter_agreement(
        form.draft(),
        signed,
        acting=request.acting,
        today=today,
        issued_on=form.cleaned_data["issued_on"],
        number=code.number,
        symbol=code.symbol,
        stands=form.stands(request.user),
    )
    if form.checked:
        with suppress(AlreadyThere):  # the same form sent twice
            add_file(made.document, form.checked, FileNature.SIGNED, acting=request.acting)
    return made
