"""Agencies: the list with names of any time, one agency through time, entered, corrected, put in order."""

import uuid

import rules
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.db.models import OuterRef
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from coordination.access import access_of
from coordination.agencies import (
    AgencyRefused,
    above,
    correct_agency,
    correct_name,
    create_agency,
    desks_of,
    for_list,
    former_names,
    keep_letterhead,
    province_of,
    put_in_order,
)
from coordination.agency_forms import (
    AgencyFilterForm,
    CorrectForm,
    CreateForm,
    LetterheadForm,
    NameForm,
    columns_of,
    line_from,
    seat_values,
)
from coordination.agency_order_form import OrderForm
from coordination.htmx import render_page
from coordination.locking import StaleVersion
from coordination.models import Agency, AgencySuccession, Document, Membership
from coordination.models.agency import name_of
from coordination.pagination import CappedPaginator
from coordination.places import became_of
from coordination.refusals import message_for, rule_broken
from coordination.views.lists import require_system_administrator
from coordination.why_not import why_no_agency

NEWEST = 10  # documents shown; the register has them all


@require_safe
def agency_list(request):
    today = timezone.localdate()
    form = AgencyFilterForm(request.GET, today=today)
    home = province_of(request.acting.agency.unit) if request.acting else None
    rows = for_list(form.filtered(Agency.objects.all()), today, home)
    page = CappedPaginator(rows).get_page(request.GET.get("page"))
    for agency in page.object_list:
        agency.former = former_names(agency)
    context = {"filter": {"form": form}, "page": page, "query": request.GET}
    return render_page(request, "coordination/agency_list.html", "coordination/_agency_table.html", context)


@require_safe
def agency_detail(request, uid):
    """Its unit is that of today; what it was called then stands beside it."""
    agency = get_object_or_404(Agency.objects.select_related("unit__parent", "unit__province"), uid=uid)
    today = timezone.localdate()
    names = list(agency.names.order_by("-valid_from"))
    documents = Document.objects.visible_to(request.user).sent_out_by([agency.pk])
    context = {
        "agency": agency,
        "name": agency.name_on(today),
        "names": names,
        "is_open": agency.is_open_on(today),
        "above": above(agency, today),
        "unit_now": became_of([agency.unit], today).get(agency.unit_id) if agency.unit else None,
        "unit_then": agency.unit and agency.unit.version_on(agency.opened_on or names[-1].valid_from),
        "desks": desks_of(agency),
        "origins": edges("predecessor", successor=agency),
        "successions": edges("successor", predecessor=agency),
        "members": members_for(request.user, agency, today),
        "people": Membership.objects.current(today).filter(agency=agency).values("user").distinct().count(),
        "documents": documents.select_related("kind").order_by("-register_year", "-issued_on", "-pk")[:NEWEST],
        "keeps_letterhead": rules.has_perm("coordination.keep_letterhead", request.acting, agency),
        "why": why_no_agency(request.user, request.acting, agency),
        "keeps_members": request.user.is_system_administrator
        or rules.has_perm("coordination.keep_members", request.acting, agency),
    }
    return render(request, "coordination/agency_detail.html", context)


def edges(side, **of):
    """With the name the agency at the other end had on that day: one that ended its last."""
    rows = AgencySuccession.objects.filter(**of).select_related(f"{side}__unit")
    return list(rows.annotate(other_name=name_of(side, "name", OuterRef("on"))).order_by("on", "pk"))


def members_for(user, agency, today):
    """Names of colleagues and, for the system administrator, of all; None: others read how many there are."""
    if not user.is_system_administrator and agency.pk not in access_of(user).own:
        return None
    rows = Membership.objects.current(today).filter(agency=agency).select_related("user", "deputises__user")
    return list(rows.order_by("user__sort_key", "pk"))


@require_http_methods(["GET", "HEAD", "POST"])
def agency_create(request):
    require_system_administrator(request)
    today = timezone.localdate()
    initial = {"form_token": uuid.uuid4(), "protocol_order": 100}
    form = CreateForm(request.POST or None, initial=initial, today=today)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        made = Agency.objects.filter(form_token=typed["form_token"]).first()  # a double click
        try:
            made = made or create_agency(
                form.columns, line_from(typed), since=typed["since"], decided_by=typed["decided_by"], by=request.user
            )
        except AgencyRefused as refusal:
            form.add_error(refusal.field or None, refusal.for_people())
        except IntegrityError as error:
            form.add_error(None, message_for(error))
        else:
            messages.success(request, _("“%(agency)s” is entered.") % {"agency": typed["name"]})
            return redirect("coordination:agency_detail", uid=made.uid)
    return form_page(request, form, None, _("Enter an agency"), "")


@require_http_methods(["GET", "HEAD", "POST"])
def agency_edit(request, uid):
    """What was entered wrongly about the agency itself; its names have forms of their own."""
    require_system_administrator(request)
    agency = get_object_or_404(Agency.objects.select_related("unit__province", "unit__parent"), uid=uid)
    columns = ("kind", "role", "parent", "protocol_order", "consolidates", "opened_on", "closed_on", "version")
    initial = {name: getattr(agency, name) for name in columns} | seat_values(agency)
    form = CorrectForm(request.POST or None, initial=initial, agency=agency, today=timezone.localdate())

    def save():
        correct_agency(
            Agency.objects.get(pk=agency.pk), form.columns, seen=form.cleaned_data["version"],
            reason=form.cleaned_data["reason"], by=request.user,
        )  # fmt: skip

    if request.method == "POST" and form.is_valid() and saved(form, agency, save):
        messages.success(request, _("It is corrected; the history keeps what it said before."))
        return redirect("coordination:agency_detail", uid=agency.uid)
    about = _("For what was entered wrongly, for all days. What a decision changed is entered as a decision.")
    return form_page(request, form, agency, _("Correct a mistake"), about)


@require_http_methods(["GET", "HEAD", "POST"])
def agency_name_edit(request, uid, since):
    """A name is known by its first day."""
    require_system_administrator(request)
    agency = get_object_or_404(Agency, uid=uid)
    name = get_object_or_404(agency.names, valid_from=since)
    initial = columns_of(name) | {"valid_from": name.valid_from, "decided_by": name.decided_by}
    form = NameForm(request.POST or None, initial=initial | {"version": agency.version})

    def save():
        typed = form.cleaned_data
        correct_name(
            name, form.line, seen=typed["version"], reason=typed["reason"], by=request.user,
            valid_from=typed["valid_from"], decided_by=typed["decided_by"],
        )  # fmt: skip

    if request.method == "POST" and form.is_valid() and saved(form, agency, save):
        messages.success(request, _("It is corrected; the history keeps what it said before."))
        return redirect("coordination:agency_detail", uid=agency.uid)
    about = _("A mistyped name or letterhead, for all days it holds. A new name by decision is entered as a renaming.")
    return form_page(request, form, agency, _("Correct a name"), about)


@require_http_methods(["GET", "HEAD", "POST"])
def agency_letterhead(request, uid):
    """For the administrator of the agency: head of its papers and its drafting desks."""
    agency, today = get_object_or_404(Agency, uid=uid), timezone.localdate()
    if not (
        request.user.is_system_administrator or rules.has_perm("coordination.keep_letterhead", request.acting, agency)
    ):
        raise PermissionDenied(_("Only the administrator of the agency keeps its letterhead."))
    initial = columns_of(agency.name_on(today)) | {"desks": agency.desks, "version": agency.version}
    form = LetterheadForm(request.POST or None, initial=initial)

    def save():
        fresh = Agency.objects.get(pk=agency.pk)
        keep_letterhead(fresh, today, seen=form.cleaned_data["version"], by=request.user, **form.columns)

    if request.method == "POST" and form.is_valid() and saved(form, agency, save):
        messages.success(request, _("Saved. Papers drafted from now on have this head."))
        return redirect("coordination:agency_detail", uid=agency.uid)
    about = _("How the head of new papers looks. Papers already agreed or issued stay as they are.")
    return form_page(request, form, agency, _("Letterhead and desks"), about)


def saved(form, agency, save) -> bool:
    """Whether it went through; else the form says why, and what stands now where somebody was faster."""
    try:
        save()
    except StaleVersion:
        agency.refresh_from_db()
        form.show_changed(agency)
    except AgencyRefused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.for_people())
    except IntegrityError as error:
        field = {"agency_name_once_a_day": "valid_from", "agency_symbol_once": "symbol"}.get(rule_broken(error))
        form.add_error(field if field in form.fields else None, message_for(error))
    else:
        return True
    return False


@require_http_methods(["GET", "HEAD", "POST"])
def agency_order(request):
    """Protocol order of the agencies a filter leaves, in one form."""
    require_system_administrator(request)
    today = timezone.localdate()
    chosen = AgencyFilterForm(request.GET, today=today)
    agencies = for_list(chosen.filtered(Agency.objects.open_on(today)), today)
    page = CappedPaginator(agencies).get_page(request.GET.get("page"))
    form = OrderForm(request.POST or None, agencies=list(page.object_list))
    if request.method == "POST" and form.is_valid():
        try:
            count = put_in_order(form.places, by=request.user)
        except StaleVersion:
            form.add_error(None, _("Somebody changed one of these agencies meanwhile. Look, then save again."))
        else:
            messages.success(request, _("Protocol order saved: %(count)s agencies moved.") % {"count": count})
            return redirect(request.get_full_path())
    context = {"form": form, "page": page, "filter": {"form": chosen}, "query": request.GET}
    return render(request, "coordination/agency_order.html", context, status=422 if form.errors else 200)


def form_page(request, form, agency, title, about):
    context = {"form": form, "agency": agency, "title": title, "about": about}
    if agency:
        context["name"] = agency.name_on(timezone.localdate())
    return render(request, "coordination/agency_form.html", context, status=422 if form.errors else 200)
