"""Requests for reports: the list, the board of one, what an asked agency reads, and the forms of who asks."""

import uuid

import rules
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import prefetch_related_objects
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coordination.htmx import redirect_page, render_page
from coordination.models import Agency, Document
from coordination.models.agency import name_of
from coordination.pagination import CappedPaginator
from reports.actions import CannotDraft
from reports.home import last_closed
from reports.models import Extension, ReportRound
from reports.round_forms import (
    AgenciesForm,
    ExtendForm,
    LeaveOutForm,
    RoundForm,
    SeatFilterForm,
    letters_of,
    offered_to,
)
from reports.round_words import headings_of, reminder, reminder_of_all
from reports.rounds import (
    RoundRefused,
    answer,
    ask_more,
    close_round,
    consolidate,
    consolidated,
    extend,
    leave_out,
    open_round,
    remind,
)
from reports.seats import counts_of, seats_of, standings


def visible_round(request, uid):
    """With the names of who asks."""
    names = {f"asker_{field}": name_of("asked_by", field, timezone.localdate()) for field in ("name", "short_name")}
    rows = ReportRound.objects.visible_to(request.user).annotate(**names)
    return get_object_or_404(rows.select_related("period", "outline", "letter__kind", "asked_by__unit"), uid=uid)


def kept_round(request, uid):
    """For who asks in it."""
    asked = visible_round(request, uid)
    require(request, "reports.keep_round", asked)
    return asked


def require(request, permission, record=None):
    if not rules.has_perm(permission, request.acting, record):
        raise PermissionDenied


def typed(request):
    """What a form is bound to: an empty one that is sent says what is missing."""
    return request.POST if request.method == "POST" else None


def sees_the_board(request, asked):
    """Everybody of the agency that asks; those asked read their own part."""
    return bool(request.acting) and asked.asked_by_id in Agency.objects.lineage_of({request.acting.agency_id})


@require_safe
def round_list(request):
    today = timezone.localdate()
    rows = ReportRound.objects.visible_to(request.user).select_related("period")
    rows = rows.annotate(asker_short_name=name_of("asked_by", "short_name", today))
    page = CappedPaginator(rows.order_by("-due_sender", "-pk")).get_page(request.GET.get("page"))
    found = list(page.object_list)
    stand = standings(found, today)
    own = Agency.objects.lineage_of({request.acting.agency_id}) if request.acting else set()
    context = {
        "page": page,
        "rows": [row_of(asked, stand[asked.pk], own) for asked in found],
        "may_open": rules.has_perm("reports.open_round", request.acting),
    }
    return render_page(request, "reports/round_list.html", "reports/_round_table.html", context)


def row_of(asked, seats, own):
    """`mine`: the standing of the reader's own agency, where it is asked."""
    mine = next((row for row in seats if row.seat.agency_id in own), None)
    is_ours = asked.asked_by_id in own
    return {"asked": asked, "counts": counts_of(seats), "is_ours": is_ours, "mine": None if is_ours else mine}


@require_http_methods(["GET", "HEAD", "POST"])
def round_create(request):
    require(request, "reports.open_round")
    agency, today = request.acting.agency, timezone.localdate()
    known = {
        "offered": offered_to(agency, today),
        "agency": agency,
        "today": today,
        "letters": letters_of(request.user, request.acting),
    }
    initial = {"form_token": uuid.uuid4(), "period": last_closed(today)}
    form = RoundForm(typed(request), initial=initial, **known)
    if request.method == "POST" and form.is_valid():
        asked = open_round(form.asked(), acting=request.acting, token=form.cleaned_data["form_token"])
        count = asked.seats.count()
        words = ngettext("%(n)s agency is asked.", "%(n)s agencies are asked.", count) % {"n": count}
        messages.success(request, words)
        return redirect("reports:round_detail", uid=asked.uid)
    return render(request, "reports/round_form.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
def round_detail(request, uid):
    """The board for who asks; for an agency that is asked, what is asked of it."""
    asked = visible_round(request, uid)
    rows = standings([asked], timezone.localdate())[asked.pk]
    if not sees_the_board(request, asked):
        return asked_page(request, asked, rows)
    form = SeatFilterForm(request.GET)
    shown = form.filtered(rows)
    page = CappedPaginator(shown, counted=len(shown)).get_page(request.GET.get("page"))
    context = {
        "asked": asked,
        "filter": {"form": form},
        "page": page,
        "counts": counts_of(rows),
        "keeps": rules.has_perm("reports.keep_round", request.acting, asked),
        "writes": rules.has_perm("reports.consolidate_round", request.acting, asked),
        "report": consolidated(asked),
        "query": request.GET,
    }
    return render_page(request, "reports/round_board.html", "reports/_round_seats.html", context)


def asked_page(request, asked, rows):
    own = Agency.objects.lineage_of({request.acting.agency_id}) if request.acting else set()
    mine = [row for row in rows if row.seat.agency_id in own]
    context = {
        "asked": asked,
        "mine": mine,
        "extensions": Extension.objects.filter(seat__in=[row.seat for row in mine]),
        "sections": headings_of(asked),
        "may_answer": asked.is_open and rules.has_perm("reports.answer_round", request.acting, asked),
        "reads_letter": Document.objects.visible_to(request.user).filter(pk=asked.letter_id).exists(),
    }
    return render(request, "reports/round_asked.html", context)


@require_POST
def round_answer(request, uid):
    """The report of the agency that is asked: begun, or opened where it is begun."""
    asked = visible_round(request, uid)
    try:
        report = answer(asked, acting=request.acting)
    except CannotDraft as refusal:
        messages.error(request, str(refusal))
        return redirect("reports:round_detail", uid=uid)
    return redirect("reports:report_detail", uid=report.uid)


@require_POST
def round_consolidate(request, uid):
    asked = visible_round(request, uid)
    try:
        report = consolidate(asked, acting=request.acting)
    except CannotDraft as refusal:
        messages.error(request, str(refusal))
        return redirect("reports:round_detail", uid=uid)
    return redirect("reports:report_detail", uid=report.uid)


@require_safe
def round_owed(request, uid):
    """Who has not sent, with a text to send to each."""
    asked = kept_round(request, uid)
    rows = owed_of(asked)
    page = CappedPaginator(rows, counted=len(rows)).get_page(request.GET.get("page"))
    prefetch_related_objects([row.seat for row in page.object_list], "reminders")
    context = {
        "asked": asked,
        "page": page,
        "rows": [(row, reminder(asked, asked.asker_name, row)) for row in page.object_list],
        "to_all": reminder_of_all(asked, asked.asker_name, rows) if rows else "",
        "late": sum(row.is_late for row in rows),
    }
    return render(request, "reports/round_owed.html", context)


def owed_of(asked):
    """The latest first, then in protocol order."""
    rows = standings([asked], timezone.localdate())[asked.pk]
    return sorted((row for row in rows if row.is_owed), key=lambda row: -row.days_late)


@require_POST
def round_remind(request, uid):
    """One agency (`agency`), or without one all that are late, or all that owe while nobody is late."""
    asked = kept_round(request, uid)
    rows = owed_of(asked)
    one = request.POST.get("agency", "")
    chosen = [row for row in rows if str(row.seat.agency.uid) == one] if one else [row for row in rows if row.is_late]
    seats = [row.seat for row in chosen or ([] if one else rows)]
    try:
        told = remind(asked, seats, acting=request.acting, today=timezone.localdate())
    except RoundRefused as refusal:
        messages.error(request, refusal.for_people())
    else:
        said = ngettext("%(n)s agency is reminded.", "%(n)s agencies are reminded.", told) % {"n": told}
        messages.success(request, said if told else _("Everybody was already reminded today."))
    return redirect("reports:round_owed", uid=uid)


@require_http_methods(["GET", "HEAD", "POST"])
def round_ask_more(request, uid):
    asked = kept_round(request, uid)
    there = asked.seats.values_list("agency", flat=True)
    offered = offered_to(asked.asked_by, timezone.localdate(), without=there)
    form = AgenciesForm(typed(request), offered=offered)
    if request.method == "POST" and form.is_valid():
        try:
            count = ask_more(asked, form.cleaned_data["agencies"], acting=request.acting)
        except RoundRefused as refusal:
            form.add_error(None, refusal.for_people())
        else:
            words = ngettext("%(n)s agency is asked.", "%(n)s agencies are asked.", count) % {"n": count}
            messages.success(request, words)
            return redirect("reports:round_detail", uid=uid)
    context = {"asked": asked, "form": form}
    return render(request, "reports/round_more.html", context, status=422 if form.errors else 200)


def kept_seat(request, uid, agency_uid):
    asked = kept_round(request, uid)
    found = seats_of(asked.seats.filter(agency__uid=agency_uid).select_related("round"), timezone.localdate())
    if not found:
        raise Http404
    return asked, found[0]


@require_http_methods(["GET", "HEAD", "POST"])
def seat_extend(request, uid, agency_uid):
    asked, seat = kept_seat(request, uid, agency_uid)
    form = ExtendForm(typed(request), today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        try:
            extend(seat, form.cleaned_data["due_on"], form.cleaned_data["reason"], acting=request.acting)
        except RoundRefused as refusal:
            form.add_error("due_on" if asked.is_open else None, refusal.for_people())
        else:
            messages.success(request, _("The agency is given more time, and told so."))
            return redirect_page(request, asked_url(asked))
    context = {"asked": asked, "seat": seat, "form": form, "extensions": seat.extensions.select_related("given_by")}
    return render(request, "reports/seat_extend.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def seat_leave_out(request, uid, agency_uid):
    """Left out with a reason; `wait` takes that back."""
    asked, seat = kept_seat(request, uid, agency_uid)
    waits = "wait" in request.POST
    form = LeaveOutForm(None if waits else typed(request), initial={"reason": seat.left_out})
    if request.method == "POST" and (waits or form.is_valid()):
        try:
            leave_out(seat, "" if waits else form.cleaned_data["reason"], acting=request.acting)
        except RoundRefused as refusal:
            messages.error(request, refusal.for_people())
        else:
            messages.success(
                request, _("The agency is awaited again.") if waits else _("The report goes on without it.")
            )
        return redirect_page(request, asked_url(asked))
    context = {"asked": asked, "seat": seat, "form": form}
    return render(request, "reports/seat_leave_out.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def round_close(request, uid):
    asked = kept_round(request, uid)
    if request.method == "POST":
        try:
            close_round(asked, acting=request.acting)
        except RoundRefused as refusal:
            messages.error(request, refusal.for_people())
        else:
            messages.success(request, _("The request is closed."))
        return redirect("reports:round_detail", uid=uid)
    if not asked.is_open:
        return redirect("reports:round_detail", uid=uid)
    counts = counts_of(standings([asked], timezone.localdate())[asked.pk])
    return render(request, "reports/round_close.html", {"asked": asked, "counts": counts})


def asked_url(asked):
    return reverse("reports:round_detail", args=[asked.uid])
