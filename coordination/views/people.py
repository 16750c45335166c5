"""People of an agency: their roles, who acts for whom, who leaves, and what is handed over."""

import uuid
from collections import Counter

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from rules import has_perm

from coordination.enums import WorkKind
from coordination.locking import StaleVersion
from coordination.models import Agency, HandOver, Membership
from coordination.open_work import items_of, open_work_of
from coordination.people import (
    MembershipRefused,
    change_membership,
    colleagues,
    correct_membership,
    deputise,
    end_membership,
    hand_over,
    members_of,
    take_over,
)
from coordination.people_forms import DeputyForm, HandOverForm, MemberForm, PartingForm
from coordination.refusals import message_for


def keeps_members(request, agency):
    """The system administrator everywhere; the administrator of an agency, in that hat, there."""
    return request.user.is_system_administrator or has_perm("coordination.keep_members", request.acting, agency)


def require_keeper(request, agency):
    if not keeps_members(request, agency):
        raise PermissionDenied(_("Only the administrator of the agency keeps its people."))


def named_agency(uid):
    return get_object_or_404(Agency.objects.named_on(timezone.localdate()).select_related("unit"), uid=uid)


def visible_hat(request, uid):
    rows = Membership.objects.visible_to(request.user).select_related("user", "agency", "deputises__user")
    return get_object_or_404(rows, uid=uid)


def agency_of(hat):
    return Agency.objects.named_on(timezone.localdate()).get(pk=hat.agency_id)


def to_members(hat):
    return redirect("coordination:member_list", uid=hat.agency.uid)


def is_own(request, hat):
    return hat.user_id == request.user.pk and not hat.is_over(timezone.localdate())


@require_safe
def member_list(request, uid):
    agency = named_agency(uid)
    require_keeper(request, agency)
    today, former = timezone.localdate(), "former" in request.GET
    context = {
        "agency": agency,
        "members": members_of(agency, today, former=former),
        "former": former,
        "is_open": agency.is_open_on(today),
        "waiting": agency.invitations.open_at(timezone.now()).count(),
    }
    return render(request, "coordination/member_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def member_edit(request, uid):
    """Two acts: what was wrong is corrected for all days, what changes begins on a day."""
    hat = visible_hat(request, uid)
    require_keeper(request, hat.agency)
    names = ("role", "position_title", "valid_from", "valid_to", "version")
    form = MemberForm(request.POST or None, initial={name: getattr(hat, name) for name in names}, hat=hat)
    if request.method == "POST" and form.is_valid():
        write = change_membership if form.changes else correct_membership
        typed, fresh = form.cleaned_data, visible_hat(request, uid)
        sure = {"seen": typed["version"], "reason": typed["reason"], "by": request.user}
        if attempt(form, hat, lambda: write(fresh, form.post, **sure)):
            messages.success(request, _("Saved. What was on record before stands in the history."))
            return to_members(hat)
    context = {"hat": hat, "agency": agency_of(hat), "form": form}
    return render(request, "coordination/member_edit.html", context, status=422 if form.errors else 200)


def attempt(form, hat, write):
    """True when written; else the form says what stands in the way, and `stale` shows what somebody else saved."""
    try:
        write()
    except StaleVersion:
        form.add_error(
            None, _("Somebody has changed this role meanwhile. Compare with what is saved, and save again.")
        )
        form.stale = hat
        form.data = form.data.copy()
        form.data["version"] = hat.version
    except MembershipRefused as refusal:
        form.add_error(None, refusal.for_people())
    except IntegrityError as refusal:
        form.add_error(None, message_for(refusal))
    return not form.errors


@require_http_methods(["GET", "HEAD", "POST"])
def member_end(request, uid):
    hat = visible_hat(request, uid)
    require_keeper(request, hat.agency)
    initial = {"version": hat.version, "last_day": timezone.localdate()}
    form = PartingForm(request.POST or None, initial=initial, colleagues=colleagues(hat))
    if request.method == "POST" and form.is_valid():
        made = []
        fresh, seen = visible_hat(request, uid), form.cleaned_data["version"]
        if attempt(form, hat, lambda: made.append(end_membership(fresh, form.parting, seen=seen, by=request.user))):
            messages.success(request, _("The role of %(person)s ends.") % {"person": hat.user.full_name})
            return after_parting(request, hat, made[0])
    context = {"hat": hat, "agency": agency_of(hat), "form": form, "lent": lent_of(hat)} | work_shown(request, hat)
    return render(request, "coordination/member_end.html", context, status=422 if form.errors else 200)


def after_parting(request, hat, note):
    """To the note, for those who may read it; the system administrator reads no content."""
    if note and HandOver.objects.visible_to(request.user).filter(pk=note.pk).exists():
        return redirect("coordination:hand_over_detail", uid=note.uid)
    return redirect("/") if hat.user_id == request.user.pk else to_members(hat)


def lent_of(hat):
    today = timezone.localdate()
    return [row for row in hat.deputies.select_related("user") if not row.is_over(today)]


def work_shown(request, hat):
    """Titles for those of the agency; only how many there are of each for the system administrator."""
    work = open_work_of(hat)
    counted = Counter(row.kind for row in work)
    counts = [(WorkKind(kind).label, counted[kind]) for kind in WorkKind.values if counted[kind]]
    ours = has_perm("coordination.keep_members", request.acting, hat.agency) or is_own(request, hat)
    return {"work": work if ours else [], "counts": [] if ours else counts}


@require_http_methods(["GET", "HEAD", "POST"])
def member_deputise(request, uid):
    """The holder lends the role, or the administrator does it for the holder."""
    hat = visible_hat(request, uid)
    if not is_own(request, hat):
        require_keeper(request, hat.agency)
    if hat.deputises_id or hat.is_over(timezone.localdate()):
        raise PermissionDenied(_("Only a role that is held and not lent itself can be lent."))
    initial = {"valid_from": timezone.localdate(), "form_token": uuid.uuid4()}
    form = DeputyForm(request.POST or None, initial=initial, colleagues=colleagues(hat))
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        days = {"first": typed["valid_from"], "last": typed["valid_to"]}
        sure = {"by": request.user, "form_token": typed["form_token"]}
        if attempt(form, hat, lambda: deputise(hat, typed["deputy"].user, **days, **sure)):
            words = _("%(deputy)s acts for %(person)s on these days.")
            messages.success(request, words % {"deputy": typed["deputy"].user.full_name, "person": hat.user.full_name})
            return to_members(hat) if keeps_members(request, hat.agency) else redirect("/")
    context = {"hat": hat, "agency": agency_of(hat), "form": form, "lent": lent_of(hat)}
    context["keeps"] = keeps_members(request, hat.agency)
    return render(request, "coordination/member_deputise.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over_create(request, uid):
    """By the one who leaves, or by the administrator of the agency; the role goes on."""
    hat = visible_hat(request, uid)
    if not (is_own(request, hat) or has_perm("coordination.keep_members", request.acting, hat.agency)):
        raise PermissionDenied
    form = HandOverForm(request.POST or None, initial={"form_token": uuid.uuid4()}, colleagues=colleagues(hat))
    if request.method == "POST" and form.is_valid():
        note = hand_over(hat, by=request.user, **form.cleaned_data)
        messages.success(request, _("The hand-over note is kept; whoever receives it was told."))
        return redirect("coordination:hand_over_detail", uid=note.uid)
    context = {"hat": hat, "agency": agency_of(hat), "form": form, "work": open_work_of(hat)}
    context |= {"keeps": keeps_members(request, hat.agency), "is_own": is_own(request, hat)}
    return render(request, "coordination/hand_over_form.html", context, status=422 if form.errors else 200)


def visible_note(request, uid):
    people = ("membership__user", "membership__agency", "received_by__user", "handed_by", "taken_by")
    return get_object_or_404(HandOver.objects.visible_to(request.user).select_related(*people), uid=uid)


def may_take(request, note):
    hat = request.acting
    return bool(hat) and HandOver.objects.waiting_for(hat).filter(pk=note.pk).exists()


@require_safe
def hand_over_detail(request, uid):
    note = visible_note(request, uid)
    context = {
        "note": note,
        "agency": agency_of(note.membership),
        "work": items_of(note),
        "may_take": may_take(request, note),
    }
    return render(request, "coordination/hand_over_detail.html", context)


@require_POST
def hand_over_take(request, uid):
    note = visible_note(request, uid)
    if note.taken_at is None and not may_take(request, note):
        raise PermissionDenied
    if take_over(note, by=request.user):
        messages.success(request, _("You have taken it over."))
    else:
        messages.info(request, _("Somebody has taken it over already."))
    return redirect("coordination:hand_over_detail", uid=note.uid)
