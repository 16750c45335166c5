"""One account, for the system administrator: roles over time, sessions, the second step. No content."""

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from coordination.models import Agency, User
from coordination.people import drop_second_step, lock_account, sign_out_everywhere, unlock_account
from coordination.views.lists import require_system_administrator

# action: (what it does, the question, its word, what is said afterwards)
ACTS = {
    "lock": (
        lock_account,
        gettext_lazy("Lock this account?"),
        gettext_lazy("Lock the account"),
        gettext_lazy("The account is locked."),
    ),
    "unlock": (
        unlock_account,
        gettext_lazy("Unlock this account?"),
        gettext_lazy("Unlock the account"),
        gettext_lazy("The account is unlocked."),
    ),
    "sign-out": (
        sign_out_everywhere,
        gettext_lazy("Sign this person out everywhere?"),
        gettext_lazy("Sign out everywhere"),
        gettext_lazy("All sessions of the account are ended."),
    ),
    "second-step": (
        drop_second_step,
        gettext_lazy("Switch off two-step sign-in of this person?"),
        gettext_lazy("Switch off"),
        gettext_lazy("Two-step sign-in is switched off."),
    ),
}
CONSEQUENCES = {
    "lock": (
        gettext_lazy("Nobody can sign in with it any more, and open sessions end at the next click."),
        gettext_lazy("Roles and everything recorded stay as they are."),
    ),
    "unlock": (gettext_lazy("The person signs in with the same password and finds the roles that are still valid."),),
    "sign-out": (gettext_lazy("On every computer and phone the next click leads to the sign-in page."),),
    "second-step": (
        gettext_lazy("For somebody who lost phone and recovery codes. Make sure by telephone that it is the person."),
        gettext_lazy("From then on the password alone is enough; all sessions end."),
    ),
}


def account(request, uid):
    require_system_administrator(request)
    return get_object_or_404(User, uid=uid)


@require_safe
def account_detail(request, uid):
    person, today = account(request, uid), timezone.localdate()
    hats = list(person.memberships.select_related("deputises__user").order_by("-valid_from", "-pk"))
    agencies = Agency.objects.named_on(today).in_bulk({hat.agency_id for hat in hats})
    for hat in hats:
        hat.agency, hat.over = agencies[hat.agency_id], hat.is_over(today)
    context = {
        "person": person,
        "members": hats,
        "second_step": Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists(),
        "is_self": person == request.user,
    }
    return render(request, "coordination/account_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def account_move(request, uid, action):
    """GET asks, POST does it. Nobody locks the account they are signed in with."""
    person = account(request, uid)
    if person == request.user and action == "lock":
        raise PermissionDenied(_("Another system administrator has to lock your account."))
    write, question, word, done = ACTS[action]
    if request.method == "POST":
        write(person, by=request.user)
        messages.success(request, done)
        return redirect("coordination:account_detail", uid=person.uid)
    context = {"person": person, "question": question, "word": word, "facts": CONSEQUENCES[action]}
    return render(request, "coordination/account_move.html", context | {"danger": action != "unlock"})
