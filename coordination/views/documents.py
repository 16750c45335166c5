"""The register of documents: the list, one document, a paper entered, print and Excel."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from rules import has_perm

from coordination.access import access_of
from coordination.document_forms import ArrivalForm, PaperForm, RegisterFilterForm, UploadForm, first_values
from coordination.document_links import cited_by, rests_on
from coordination.formats import date_vi
from coordination.history import history_url
from coordination.htmx import redirect_page, render_page
from coordination.models import Agency, Document
from coordination.pagination import CappedPaginator
from coordination.register import ArrivalTaken, Direction, NumberTaken, add_arrival, enter_paper, in_direction, page_of
from coordination.register_sheet import COLUMNS, as_excel, cells, in_paper_order
from coordination.uploads import XLSX
from coordination.why_not import why_no_files

PRINTED_LINES = 500  # longer lists are in the Excel file only, and the page says so


def our_agencies(request) -> set[int]:
    """Of the hat worn now: "sent out" and "received" are seen from there."""
    if len(request.hats) == 1:
        return set(access_of(request.user).own)
    return Agency.objects.lineage_of({request.acting.agency_id}) if request.acting else set()


def listed(request):
    """The filters, what they leave of the documents the person may read, and the agencies seen from."""
    agencies = our_agencies(request)
    visible = Document.objects.visible_to(request.user)
    form = RegisterFilterForm(request.GET, rows=visible, today=timezone.localdate())
    return form, form.filtered(visible, agencies), agencies


@require_safe
def document_list(request):
    form, rows, agencies = listed(request)
    counted = rows.order_by()[: settings.COUNT_CAP + 1].count()
    page = CappedPaginator(rows.for_register(agencies), counted=counted).get_page(request.GET.get("page"))
    context = {
        "filter": {"form": form},
        "page": page,
        "directions": direction_links(request.GET, form.direction_shown),
        "query": request.GET,
        "may_enter": has_perm("coordination.enter_document", request.acting),
    }
    return render_page(request, "coordination/document_list.html", "coordination/_document_table.html", context)


def direction_links(query, shown):
    """All, sent out, received: each keeps the other filters and begins on the first page."""
    links = []
    for value, label in (("", _("All")), (Direction.OUT, _("Sent out")), (Direction.IN, _("Received"))):
        link = query.copy()
        link["direction"] = value
        link.pop("page", None)
        links.append({"label": label, "url": f"?{link.urlencode()}", "current": shown == value})
    return links


@require_safe
def document_print(request):
    """One register on paper, in the columns offices keep; without a direction, what was sent out."""
    form, rows, agencies = listed(request)
    direction = Direction(form.direction_shown or Direction.OUT)
    rows = in_direction(rows, direction, agencies).for_register(agencies)
    lines = list(in_paper_order(rows, direction)[: PRINTED_LINES + 1])
    context = {
        "direction": direction,
        "columns": COLUMNS[direction],
        "rows": [cells(document, direction) for document in lines[:PRINTED_LINES]],
        "limit": PRINTED_LINES if len(lines) > PRINTED_LINES else None,
        "year": form.chosen.get("year"),
        "query": request.GET,
    }
    return render(request, "coordination/document_print.html", context)


@require_safe
def document_export(request):
    """Both registers, or the one the list shows, as Excel."""
    form, rows, agencies = listed(request)
    wanted = [Direction(form.direction_shown)] if form.direction_shown else list(Direction)
    registers = {
        direction: in_paper_order(in_direction(rows, direction, agencies).for_register(agencies), direction)
        for direction in wanted
    }
    name = f"so-van-ban-{timezone.localdate():%Y-%m-%d}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(as_excel(registers, filters=form.words(), by=request.user), content_type=XLSX, headers=headers)


def visible_document(request, uid):
    rows = Document.objects.visible_to(request.user).for_register(our_agencies(request))
    return get_object_or_404(rows.select_related("register_agency", *settings.DOCUMENT_PAGES), uid=uid)


@require_safe
def document_detail(request, uid):
    document = visible_document(request, uid)
    return detail_page(request, document)


def detail_page(request, document, status=200, **forms):
    agencies, today = our_agencies(request), timezone.localdate()
    may_enter = has_perm("coordination.enter_document", request.acting)
    may_upload = has_perm("coordination.upload_file", request.acting, document)
    may_arrive = may_enter and document.arrival_number is None and not sent_out(document, agencies)
    context = {
        "document": document,
        "page_url": page_of(document),
        "parties": document.parties.all(),
        "recipients": document.recipients.all(),
        "files": document.files.all(),
        "rests_on": rests_on(document, request.user),
        "cited_by": cited_by(document, request.user),
        "history_url": history_url(request.user, record_of(document)),
        "moves": document.moves.select_related("moved_by"),
        "may_upload": may_upload,
        "why": None if may_upload else why_no_files(request.user, request.acting, document),
        "upload_form": forms.get("upload_form") or UploadForm(document=document),
        "may_arrive": may_arrive,
        "arrival_form": forms.get("arrival_form") or ArrivalForm(document=document, today=today),
    }
    return render(request, "coordination/document_detail.html", context, status=status)


def record_of(document):
    """The agreement, plan or report it is the cover of, whose history tells of both; else the document."""
    records = (getattr(document, relation, None) for relation in settings.DOCUMENT_PAGES)
    return next((record for record in records if record is not None), document)


def sent_out(document, agencies):
    return Document.objects.sent_out_by(agencies).filter(pk=document.pk).exists()


@require_http_methods(["GET", "HEAD", "POST"])
def document_create(request):
    if not has_perm("coordination.enter_document", request.acting):
        raise PermissionDenied
    agency, today = request.acting.agency, timezone.localdate()
    if request.method != "POST":
        return form_page(request, PaperForm(agency=agency, today=today, initial=first_values()))
    form = PaperForm(request.POST, agency=agency, today=today)
    if not form.is_valid():
        return form_page(request, form, 422)
    try:
        with transaction.atomic():
            document = enter_paper(form.paper(), acting=request.acting, arrival=form.arrival())
    except NumberTaken as refusal:
        field = "arrival_number" if isinstance(refusal, ArrivalTaken) else "code"
        form.add_error(field, taken_words(refusal))
        return form_page(request, form, 422)
    messages.success(
        request, _("In the register: %(document)s. Add the scanned paper below.") % {"document": document}
    )
    return redirect_page(request, reverse("coordination:document_detail", args=[document.uid]))


def taken_words(refusal):
    """Names the other document with a link, as far as the person may read it."""
    if refusal.other is None:
        return _(
            "This number is already in the register, for a document you may not read. Check number, kind and day."
        )
    words = _("The number is already that of {link} ({day}). Take the next free number, or open that document.")
    if isinstance(refusal, ArrivalTaken):
        words = _("This arrival is already that of {link} ({day}). Take the next free number, or open that document.")
    other = refusal.other
    url = reverse("coordination:document_detail", args=[other.uid])
    link = format_html('<a href="{}">{} – {}</a>', url, other.code, other.subject)
    return format_html(words, link=link, day=date_vi(other.issued_on) or _("no day given"))


def form_page(request, form, status=200):
    context = {"form": form}
    return render_page(
        request, "coordination/document_form.html", "coordination/_document_form.html", context, status=status
    )


@require_POST
def document_arrive(request, uid):
    """A document that came through the portal gets its number of arrival."""
    document = visible_document(request, uid)
    if not has_perm("coordination.enter_document", request.acting) or sent_out(document, our_agencies(request)):
        raise PermissionDenied
    form = ArrivalForm(request.POST, document=document, today=timezone.localdate())
    if form.is_valid():
        try:
            add_arrival(document, form.arrival(), acting=request.acting)
        except ArrivalTaken as refusal:
            form.add_error("arrival_number", taken_words(refusal))
    if form.errors:
        return detail_page(request, document, 422, arrival_form=form)
    messages.success(request, _("The arrival is in the register."))
    return redirect_page(request, reverse("coordination:document_detail", args=[document.uid]))
