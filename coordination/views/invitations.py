"""Inviting people, one by one or from a staff list, and what the invited find behind the link."""

import uuid
from functools import wraps
from http import HTTPStatus

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coordination.enums import InvitationState
from coordination.formats import number_vi
from coordination.invitation_forms import BulkForm, CodeForm, Delivery, InviteForm, JoinForm, Taken
from coordination.invitations import (
    AccountThere,
    AlreadyInvited,
    InvitationGone,
    invitation_with,
    invite,
    join,
    send_again,
    take_role,
    withdraw,
)
from coordination.middleware import SESSION_KEY
from coordination.models import Invitation, User
from coordination.pagination import CappedPaginator
from coordination.views.people import named_agency, require_keeper

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def kept_agency(request, uid):
    agency = named_agency(uid)
    require_keeper(request, agency)
    return agency


def inviting_agency(request, uid):
    agency = kept_agency(request, uid)
    if not agency.is_open_on(timezone.localdate()):
        raise PermissionDenied(_("The agency has ended. Invite people to the agency that came of it."))
    return agency


@require_safe
def invitation_list(request, uid):
    agency, now = kept_agency(request, uid), timezone.now()
    rows = agency.invitations.select_related("invited_by", "accepted_by").order_by("-invited_at", "-pk")
    page = CappedPaginator(rows).get_page(request.GET.get("page"))
    for row in page.object_list:
        row.state = row.state_at(now)
    context = {"agency": agency, "page": page, "is_open": agency.is_open_on(timezone.localdate())}
    return render(request, "coordination/invitation_list.html", context)


def first_values():
    return {"valid_from": timezone.localdate(), "form_token": uuid.uuid4(), "by": Delivery.MAIL}


def was_sent(request):
    """The same form came a second time: a double click, or a way back. The codes of the first time are not known."""
    try:
        token = uuid.UUID(request.POST.get("form_token", ""))
    except ValueError:
        return False
    return Invitation.objects.filter(form_token=token, invited_by=request.user).exists()


def to_list(agency):
    return redirect("coordination:invitation_list", uid=agency.uid)


@require_http_methods(["GET", "HEAD", "POST"])
def invitation_create(request, uid):
    agency = inviting_agency(request, uid)
    if was_sent(request):
        messages.info(request, _("This invitation is on its way already."))
        return to_list(agency)
    form = InviteForm(request.POST or None, initial=first_values(), taken=Taken.of(agency, timezone.localdate()))
    if request.method == "POST" and form.is_valid():
        answer = invited(request, agency, form, [form.invitee(form.cleaned_data)])
        if answer is not None:
            return answer
    context = {"agency": agency, "form": form}
    return render(request, "coordination/invitation_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def invitation_bulk(request, uid):
    """First the list is read back line by line; sent once more with `confirmed`, the valid lines are invited."""
    agency = inviting_agency(request, uid)
    if was_sent(request):
        messages.info(request, _("These invitations are on their way already."))
        return to_list(agency)
    form = BulkForm(request.POST or None, initial=first_values(), taken=Taken.of(agency, timezone.localdate()))
    read = request.method == "POST" and form.is_valid()
    if read and form.good and request.POST.get("confirmed") == form.digest:
        answer = invited(request, agency, form, [form.invitee(line.values) for line in form.good])
        if answer is not None:
            return answer
    status = 422 if form.errors or (read and form.bad) else 200
    context = {"agency": agency, "form": form, "read": read and not form.errors}
    return render(request, "coordination/invitation_bulk.html", context, status=status)


def invited(request, agency, form, people):
    """The sheet to print, or the list of invitations; None when one was invited by somebody else meanwhile."""
    token = form.cleaned_data["form_token"]
    try:
        slips = invite(people, agency=agency, by=request.user, on_paper=form.on_paper, form_token=token)
    except AlreadyInvited as refusal:
        words = _("%(email)s was invited by somebody else meanwhile. Take it out of the list.")
        form.add_error(None, words % {"email": refusal})
        return None
    if slips:
        return sheet(request, agency, slips)
    words = ngettext("%(count)s invitation is on its way.", "%(count)s invitations are on their way.", len(people))
    messages.success(request, words % {"count": number_vi(len(people))})
    return to_list(agency)


@never_cache
def sheet(request, agency, slips):
    """The only time the codes are shown: nobody can read them from the database."""
    page = settings.PORTAL_URL + reverse("coordination:invitation_code")
    context = {"agency": agency, "slips": slips, "page": page}
    return render(request, "coordination/invitation_sheet.html", context)


@require_POST
def invitation_move(request, uid, action):
    invitation = get_object_or_404(Invitation.objects.visible_to(request.user), uid=uid)
    agency = kept_agency(request, invitation.agency.uid)
    try:
        if action == "withdraw":
            withdraw(invitation, by=request.user)
            messages.success(request, _("The invitation is withdrawn; its link no longer works."))
        elif slip := send_again(invitation, on_paper=action == "print", by=request.user):
            return sheet(request, agency, [slip])
        else:
            messages.success(request, _("A new link is on its way; the earlier one no longer works."))
    except InvitationGone:
        messages.info(request, _("This invitation was used or withdrawn meanwhile."))
    return to_list(agency)


def limited(view):
    """Counted like attempts to sign in, by address: who guesses is stopped, an office that joins together is not."""

    @wraps(view)
    def counted(request, *args, **kwargs):
        return ratelimit.consume_or_429(request, action="invitation", limit_get=True) or view(request, *args, **kwargs)

    return counted


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@limited
def invitation_code(request):
    """Where the code on a paper is typed."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect("coordination:invitation_accept", code=form.cleaned_data["code"])
    return render(request, "coordination/invitation_code.html", {"form": form}, status=422 if form.errors else 200)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password1", "password2")
@never_cache
@limited
def invitation_accept(request, code):
    """Who has no account yet chooses a password; who has one signs in and takes the role."""
    invitation = invitation_with(code)
    if invitation is None:
        return gone(request, None)
    state = invitation.state_at(timezone.now())
    if state != InvitationState.OPEN:
        return gone(request, state)
    there = User.objects.filter(email=invitation.email).exists()
    try:
        return accept_with_account(request, invitation) if there else accept_anew(request, invitation)
    except InvitationGone as refusal:
        return gone(request, refusal.state)
    except AccountThere:
        return redirect(request.path)


def accept_with_account(request, invitation):
    is_invited = request.user.is_authenticated and request.user.email == invitation.email
    if request.method == "POST" and is_invited:
        hat = take_role(invitation, user=request.user)
        request.session[SESSION_KEY] = hat.pk
        messages.success(request, _("You have the role now. Choose at the top of the page in which one you work."))
        return redirect(settings.LOGIN_REDIRECT_URL)
    context = accepting(invitation) | {"is_invited": is_invited}
    return render(request, "coordination/invitation_take.html", context)


def accept_anew(request, invitation):
    form = JoinForm(request.POST or None, initial={"full_name": invitation.full_name}, email=invitation.email)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        hat = join(invitation, full_name=typed["full_name"], password=typed["password1"])
        login(request, hat.user, backend=BACKEND)
        messages.success(
            request,
            _("Welcome. Your account is ready; from now on sign in with %(email)s.") % {"email": invitation.email},
        )
        return redirect(settings.LOGIN_REDIRECT_URL)
    context = accepting(invitation) | {"form": form}
    return render(request, "coordination/invitation_join.html", context, status=422 if form.errors else 200)


def accepting(invitation):
    return {"invitation": invitation, "invited_to": invitation.agency.name_on(timezone.localdate())}


def gone(request, state):
    """The same page for every code nobody was given; one that was given says what became of it."""
    status = HTTPStatus.GONE if state else HTTPStatus.NOT_FOUND
    return render(request, "coordination/invitation_gone.html", {"state": state}, status=status)
