"""One search over what a person may read: the first records of each kind, and how many there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from coordination.agencies import for_list, former_names, province_of
from coordination.agencies import matching as matching_agencies
from coordination.models import AdministrativeUnit, Agency, Document
from coordination.places import became_of
from coordination.places import matching as matching_places
from programs.choices import choices_for
from programs.filters import ActivityFilter
from programs.models import Activity, CommunityModel
from reports.models import Report

SHOWN = 10  # of a kind; the rest stands in its own list
NAMED = 3  # places and agencies: they stand before the records, which are searched for more often


@dataclass(frozen=True)
class Found:
    """`rows`: the first ones; `count` stops at the cap of all lists, then there are `more`; `url`: where all stand."""

    kind: str
    label: str | Promise
    rows: list[Any]
    count: int
    more: bool
    url: str


def find(request: HttpRequest, words: str) -> list[Found]:
    """Kinds in which something was found. Activities and models are those of the province, as in their lists."""
    kinds = (
        _places(words),
        _agencies(request, words),
        _activities(request, words),
        _models(request, words),
        _reports(request, words),
        _documents(request, words),
    )
    return [found for found in kinds if found.rows]


def _found(kind: str, label: str | Promise, rows: QuerySet, first: list[Any], url: str, shown: int = SHOWN) -> Found:
    count = len(first)
    if count == shown:
        count = rows.order_by()[: settings.COUNT_CAP + 1].count()
    return Found(kind, label, first, min(count, settings.COUNT_CAP), count > settings.COUNT_CAP, url)


def _query(**values: str) -> QueryDict:
    query = QueryDict(mutable=True)
    query.update(values)
    return query


def _places(words: str) -> Found:
    """By any name there ever was, each with what it is today."""
    today = timezone.localdate()
    rows = matching_places(AdministrativeUnit.objects.all(), words)
    first = list(rows.select_related("parent", "province")[:NAMED])
    now = became_of(first, today)
    for unit in first:
        unit.now = now.get(unit.pk)
    url = f"{reverse('coordination:unit_list')}?{_query(q=words).urlencode()}"
    return _found("place", _("Places"), rows, first, url, NAMED)


def _agencies(request: HttpRequest, words: str) -> Found:
    """By any name they ever had; those of the reader's province first."""
    home = province_of(request.acting.agency.unit) if request.acting else None
    rows = matching_agencies(Agency.objects.all(), words)
    first = list(for_list(rows, timezone.localdate(), home)[:NAMED])
    for agency in first:
        agency.former = former_names(agency)
    url = f"{reverse('coordination:agency_list')}?{_query(q=words).urlencode()}"
    return _found("agency", _("Agencies"), rows, first, url, NAMED)


def _activities(request: HttpRequest, words: str) -> Found:
    query = _query(q=words, since="", until="")  # of every day
    choices = choices_for(request.user, request.acting.agency if request.acting else None, None, None)
    rows = ActivityFilter(query, queryset=Activity.objects.visible_to(request.user), choices=choices).qs
    url = f"{reverse('programs:activity_list')}?{query.urlencode()}"
    return _found("activity", _("Activities"), rows, list(rows[:SHOWN].read_for_list()), url)


def _models(request: HttpRequest, words: str) -> Found:
    rows = CommunityModel.objects.visible_to(request.user).matching(words)
    first = rows.select_related("kind", "unit").with_stock(timezone.localdate())[:SHOWN]
    url = f"{reverse('programs:model_list')}?{_query(q=words).urlencode()}"
    return _found("model", _("Models"), rows, list(first), url)


def _reports(request: HttpRequest, words: str) -> Found:
    rows = Report.objects.visible_to(request.user).matching(words)
    first = rows.for_list().with_agency_name().in_reading_order(issued_first=True)[:SHOWN]
    url = f"{reverse('reports:report_list')}?{_query(q=words).urlencode()}"
    return _found("report", _("Reports"), rows, list(first), url)


def _documents(request: HttpRequest, words: str) -> Found:
    """Those of reports are found as reports."""
    rows = Document.objects.visible_to(request.user).filter(report=None).matching(words)
    url = f"{reverse('coordination:document_list')}?{_query(q=words).urlencode()}"
    shown = rows.select_related("kind", *settings.DOCUMENT_PAGES)[:SHOWN]
    return _found("document", _("Documents"), rows, list(shown), url)
