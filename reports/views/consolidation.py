"""A round added up: agency by agency beside what was reported, down to the facts, and the texts side by side."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from coordination.htmx import render_page
from coordination.locking import StaleVersion
from coordination.pagination import CappedPaginator
from reports.actions import CannotDraft
from reports.consolidation import Readings, scope_of, scope_of_agency, together, words_of
from reports.figures import Compared, Ref, UnknownFigure, open_ref
from reports.opened import OpenedNumber
from reports.round_texts import insert_text, sections_of, texts_of
from reports.rounds import consolidated
from reports.seats import counts_of, standings
from reports.views.rounds import require, sees_the_board, visible_round
from reports.writers import may_write
from reports.writing import NotADraft

TEXTS_PER_PAGE = 10  # each is read from the whole of a report


def added_round(request, uid):
    """The round and how its agencies stand, for everybody of the agency that asks."""
    asked = visible_round(request, uid)
    if not sees_the_board(request, asked):
        raise PermissionDenied
    return asked, standings([asked], timezone.localdate())[asked.pk]


def counted_scope(asked):
    """404 where the agency that asks belongs to no province: there is nothing to add up."""
    try:
        return scope_of(asked)
    except CannotDraft as refusal:
        raise Http404 from refusal


@require_safe
def round_together(request, uid):
    asked, stand = added_round(request, uid)
    scope = counted_scope(asked)
    added = together(asked, stand, scope)
    differing = [row for row in added.rows if row.differs]
    rows = differing if request.GET.get("only") == "differs" else added.rows
    page = CappedPaginator(rows, counted=len(rows)).get_page(request.GET.get("page"))
    context = {
        "asked": asked,
        "added": added,
        "page": page,
        "differing": len(differing),
        "counts": counts_of(stand),
        "missing": [row for row in stand if row.is_owed],
        "left_out": [row for row in stand if row.seat.left_out],
        "indicators": Readings.of(asked, stand, scope).indicators(),
        "query": request.GET,
    }
    return render_page(request, "reports/round_together.html", "reports/_round_numbers.html", context)


@require_safe
def round_indicator(request, uid, code):
    """One indicator, agency by agency."""
    asked, stand = added_round(request, uid)
    readings = Readings.of(asked, stand, counted_scope(asked))
    indicator = readings.judged.indicators.get(code)
    if indicator is None:
        raise Http404
    rows = readings.of_agencies(indicator)
    page = CappedPaginator(rows, counted=len(rows)).get_page(request.GET.get("page"))
    context = {
        "asked": asked,
        "indicator": indicator,
        "page": page,
        "total": words_of(indicator, readings.judged.reading({"indicator": code})),
        "read": sum(row.now is not None for row in rows),
        "every": len(rows),
        "ref": str(Ref("indicators.value", {"indicator": code})),
    }
    return render(request, "reports/round_indicator.html", context)


@require_safe
def round_figure(request, uid):
    """The facts behind one number: of all agencies together, or of the one named by `agency`."""
    asked, stand = added_round(request, uid)
    row, scope = None, counted_scope(asked)
    if request.GET.get("agency"):
        row = next((row for row in stand if str(row.seat.agency.uid) == request.GET["agency"]), None)
        if row is None:
            raise Http404
        scope = scope_of_agency(asked, stand, row)
    try:
        number = open_ref(Ref.parse(request.GET.get("ref", "")), scope, Compared.of(asked.period))
    except UnknownFigure as unknown:
        raise Http404 from unknown
    opened = OpenedNumber(number, asked, request.user)
    page = opened.page(request.GET.get("page"), settings.PAGE_SIZE)
    context = {"asked": asked, "row": row, "opened": opened, "page": page}
    return render_page(request, "reports/round_figure.html", "reports/_figure_facts.html", context)


@require_safe
def round_texts(request, uid):
    """One section as each agency wrote it."""
    asked, stand = added_round(request, uid)
    sections, report = sections_of(asked), consolidated(asked)
    section = chosen_section(sections, request.GET.get("section"))
    arrived = [row for row in stand if row.has_arrived]
    page = CappedPaginator(arrived, TEXTS_PER_PAGE, counted=len(arrived)).get_page(request.GET.get("page"))
    context = {
        "asked": asked,
        "sections": sections,
        "section": section,
        "texts": texts_of(list(page.object_list), section.key) if section else [],
        "page": page,
        "report": report,
        "may_insert": bool(report and section and may_insert(request, report, section.key)),
        "query": request.GET,
    }
    return render(request, "reports/round_texts.html", context)


def chosen_section(sections, key):
    return next((one for one in sections if one.key == key), sections[0] if sections else None)


def may_insert(request, report, key):
    return not report.document.is_frozen and may_write(request.acting, report, key)


@require_POST
def round_insert(request, uid):
    """The text of one agency (`agency`) goes behind what stands in the section (`section`), with its source."""
    asked, stand = added_round(request, uid)
    require(request, "reports.consolidate_round", asked)
    key, page = request.POST.get("section", ""), request.POST.get("page", "1")
    rows = [row for row in stand if row.has_arrived and str(row.seat.agency.uid) == request.POST.get("agency")]
    if problem := inserted(request, consolidated(asked), key, next(iter(texts_of(rows, key)), None)):
        messages.error(request, problem)
    else:
        messages.success(request, _("The text stands in the section, with its source."))
    return redirect(f"{reverse('reports:round_texts', args=[uid])}?{urlencode({'section': key, 'page': page})}")


def inserted(request, report, key, given):
    """What keeps the text out of the report, or ""."""
    if report is None:
        return _("Draft the consolidated report first: then a text can be put into it.")
    if given is None or not given.text or not report.outline.sections.filter(key=key).exists():
        return _("This agency wrote nothing in the section.")
    try:
        insert_text(report, key, given, acting=request.acting)
    except NotADraft as refusal:
        return refusal.for_people()
    except StaleVersion:
        return _("Somebody is writing in this section. Try again in a moment.")
    return ""
