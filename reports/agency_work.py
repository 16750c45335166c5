"""What a decision about agencies touches in facts and reports (settings AGENCY_WORK and AGENCY_HAND_OVER).

A fact belongs to the agency of its day: those counted from the day of the decision on go over to the successor, drafts
and recorded alike. Earlier ones and models stay, and its people go on with them by the lineage. A report in progress
is finished by who goes on.
"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from coordination.agencies import AgencyRefused, save
from coordination.agency_changes import SHOWN, Decision, Touched
from coordination.enums import DocumentState
from coordination.formats import date_vi
from coordination.locking import claim_version
from coordination.models import Agency, User
from programs.enums import FactState
from programs.models import Activity, BudgetEntry, CommunityModel, Measurement, ModelEvent
from reports.enums import ReportNature
from reports.models import Report

FACTS: tuple[Any, ...] = (Activity, ModelEvent, Measurement, BudgetEntry)


def touched_by(decision: Decision, user: User) -> list[Touched]:
    """Counts of all, names of what the person may read. Raises AgencyRefused where a frozen record is in the way."""
    if decision.is_rename:
        return []
    _check_frozen(decision)
    ends = not decision.into
    drafts = Activity.objects.filter(owner__in=decision.ids, state=FactState.DRAFT)
    later = sum(_later(fact, decision).count() for fact in FACTS)
    reports = _in_progress(decision)
    return [
        Touched(
            _("Activities in draft"),
            _("stay, and nobody can finish them")
            if ends
            else _("those before the day keep the agency of their day, and the new one finishes them"),
            drafts.count(),
            _records(drafts.visible_to(user), "programs:activity_detail", "title"),
        ),
        Touched(_("Records of the day and later"), _("go over to the new agency"), later),
        Touched(
            _("Models on its account"),
            _("stay on its account, and nobody can change them")
            if ends
            else _("stay on its account, and the new one goes on with them"),
            CommunityModel.objects.filter(owner__in=decision.ids).count(),
        ),
        Touched(
            _("Reports in progress"),
            _("stay, and nobody can finish them") if ends else _("are finished by the new agency"),
            reports.count(),
            _records(
                Report.objects.visible_to(user).filter(pk__in=reports).select_related("document"),
                "reports:report_detail",
                "document",
            ),
        ),
    ]


def hand_over(decision: Decision, receiver: Agency | None, *, by: User) -> set[int]:
    """Ids of the documents that stay with the old agency: reports the new one makes already.

    Raises AgencyRefused where a frozen record is in the way or, without a receiver, any record.
    """
    _check_frozen(decision)
    if receiver is None:
        return set()
    for fact in FACTS:
        for row in _later(fact, decision).select_for_update():
            claim_version(row, seen=row.version)
            row.owner = receiver
            save(row, decision.decided_by, by)
    left: set[int] = set()
    for report in _in_progress(decision).select_related("period").select_for_update(of=("self",)):
        if _made_already(report, receiver):
            left.add(report.document_id)
            continue
        report.agency = receiver
        report.version += 1
        save(report, decision.decided_by, by)
    return left


def _made_already(report: Report, receiver: Agency) -> bool:
    same = {"period": report.period, "kind": report.kind, "scope": report.scope, "nature": ReportNature.ORIGINAL}
    same["agreement"] = report.agreement_id
    return report.nature == ReportNature.ORIGINAL and Report.objects.filter(agency=receiver, **same).exists()


def _check_frozen(decision: Decision) -> None:
    for fact in FACTS:
        frozen = _later(fact, decision).filter(locked_at__isnull=False).order_by("counted_on").first()
        if frozen:
            words = _("A frozen report counts a record of %(day)s in the old name. Choose a day after it.")
            raise AgencyRefused(words % {"day": date_vi(frozen.counted_on)}, "on")
    if not decision.into and any(_later(fact, decision).exists() for fact in FACTS):
        words = _("It has records of the day or later. Choose a later day, or name the agency that goes on.")
        raise AgencyRefused(words, "on")


def _later(fact: Any, decision: Decision) -> QuerySet[Any]:
    """Counted when the agency is no more."""
    rows: QuerySet[Any] = fact.objects.filter(owner__in=decision.ids, counted_on__gte=decision.on)
    return rows


def _in_progress(decision: Decision) -> QuerySet[Report]:
    """Neither approved nor issued."""
    rows = Report.objects.filter(agency__in=decision.ids)
    return rows.exclude(document__state__in=DocumentState.frozen())


def _records(rows: QuerySet[Any], page: str, title: str) -> list[tuple[str, str]]:
    return [(str(getattr(row, title)), reverse(page, args=[row.uid])) for row in rows[:SHOWN]]
