"""Writes over several report records."""

from __future__ import annotations

import logging
import uuid
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from coordination.enums import DocumentState
from coordination.models import AdministrativeUnit, Agency, Agreement, Document, DocumentKind, DocumentMove, Party
from coordination.refusals import rule_broken
from reports.compose.head import symbol_of
from reports.compose.vocabulary import subject_of
from reports.enums import OutlineState, ReportKind, ReportScope
from reports.models import Report, ReportingPeriod, ReportOutline, ReportRound
from reports.provinces import versions_of

logger = logging.getLogger(__name__)
REPORT_DOCUMENT_KIND = "BC"


class CannotDraft(Exception):
    """The report cannot be begun; `str()` says why and what to do, in the reader's language."""


def outlines_for(unit: AdministrativeUnit | None, agency: Agency) -> QuerySet[ReportOutline]:
    """In use: national ones, those of the province, and the thematic ones the agency or its predecessors made."""
    place = Q(unit=None) | Q(unit__in=versions_of(unit)) if unit else Q(unit=None)
    mine = Q(made_by=None) | Q(made_by__in=Agency.objects.lineage_of([agency.pk]))
    return ReportOutline.objects.filter(place, mine, state=OutlineState.IN_USE).order_by("name", "pk")


def outline_for(
    kind: str, period: ReportingPeriod, unit: AdministrativeUnit, agency: Agency | None = None
) -> ReportOutline:
    """The province's own outline in use, else the national one; of thematic ones that of the agency.

    Raises CannotDraft.
    """
    in_use = ReportOutline.objects.filter(kind=kind, period_kind=period.kind, state=OutlineState.IN_USE)
    if kind == ReportKind.THEMATIC and agency:
        in_use = in_use.filter(made_by__in=Agency.objects.lineage_of([agency.pk]))
    outline = in_use.filter(unit__in=versions_of(unit)).first() or in_use.filter(unit=None).first()
    if outline is None:
        raise CannotDraft(
            _("There is no outline in use for “%(kind)s” and this kind of period. Ask the administrator to add one.")
            % {"kind": ReportKind(kind).label}
        )
    return outline


@transaction.atomic
def draft_report(
    *,
    agency: Agency,
    kind: str,
    period: ReportingPeriod,
    scope: str,
    by: Any,
    unit: AdministrativeUnit | None = None,
    form_token: uuid.UUID | None = None,
    round: ReportRound | None = None,
    agreement: Agreement | None = None,
    outline: ReportOutline | None = None,
) -> Report:
    """Begin a report of an agency for a period, or return the one this form already began.

    `unit` is the province it speaks of, else that of the agency as it was on the period's last day. `round`: the
    request it answers or consolidates, which also says the outline. `agreement`: whose work it tells. `outline`: the
    one chosen, where there are several of the kind. Raises CannotDraft when there is a report of the same kind for the
    period, or no outline.
    """
    if form_token and (begun := Report.objects.filter(form_token=form_token).first()):
        return begun
    unit = unit or province_of(agency, period.data_to)
    outline = round.outline if round else outline or outline_for(kind, period, unit, agency)
    name = agency.name_on(period.data_to)
    try:
        with transaction.atomic():
            document = Document.objects.create(
                kind=DocumentKind.objects.get(code=REPORT_DOCUMENT_KIND),
                register_agency=agency,
                register_year=period.data_to.year,
                symbol=symbol_of(agency, name.symbol),
                subject=subject_of(outline, period, agreement),
                place=name.place,
                is_sample=agency.is_sample,
            )
            report = Report.objects.create(
                document=document,
                agency=agency,
                unit=unit,
                kind=kind,
                scope=scope,
                period=period,
                outline=outline,
                round=round,
                agreement=agreement,
                form_token=form_token,
            )
    except IntegrityError as error:
        if form_token and (begun := Report.objects.filter(form_token=form_token).first()):
            return begun  # by the other of two clicks
        if rule_broken(error) != "report_once_per_period":
            raise
        raise CannotDraft(
            _("Your agency already has a report of this kind for %(period)s. Open it in the list of reports.")
            % {"period": period.label}
        ) from error
    DocumentMove.objects.create(
        document=document,
        action="draft",
        from_state=DocumentState.DRAFT,
        to_state=DocumentState.DRAFT,
        moved_by=by,
        acting_for=agency,
    )
    logger.info("report drafted", extra={"report": report.pk, "agency": agency.pk, "period": period.pk})
    return report


def province_of(agency: Agency, day: date) -> AdministrativeUnit:
    if agency.unit is None:
        raise CannotDraft(_("Your agency belongs to no province, so there is no province to report on."))
    return (agency.unit.province or agency.unit).version_on(day)


def usual_scope(agency: Agency, kind: str = "") -> str:
    if kind in ReportKind.under_agreements():
        return ReportScope.AGREEMENT
    return ReportScope.PROVINCE if agency.consolidates else ReportScope.AGENCY


def agreements_of(agency: Agency) -> QuerySet[Agreement]:
    """Those in the open that the agency, or one it succeeded, is party to and whose clauses are in the portal."""
    party = Party.objects.filter(agency__in=Agency.objects.lineage_of([agency.pk])).values("document")
    in_the_open = Agreement.objects.filter(document__in=party, document__state__in=DocumentState.in_the_open())
    rows = in_the_open.filter(amends=None, register_only=False).select_related("document__kind")
    return rows.order_by("-stage_to", "-stage_from", "pk")
