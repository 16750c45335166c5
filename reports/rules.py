"""Who may do what with a report, in the hat worn now: leaders of its agency approve, its clerk or leaders issue."""

from __future__ import annotations

from typing import Any

import rules

from coordination.access import SEES_ITS_UNIT
from coordination.enums import DocumentState, MemberRole
from coordination.models import Agency
from reports.enums import ReportNature
from reports.figures.scope import REMEMBERED
from reports.receivers import receiver_id_of


@rules.predicate
def leads(hat: Any, _report: Any) -> bool:
    """Bool of the hat, not `is None`: the hat of a request is a lazy object."""
    return bool(hat) and hat.role == MemberRole.LEADER


@rules.predicate
def keeps_the_register(hat: Any, _report: Any) -> bool:
    return bool(hat) and hat.role == MemberRole.CLERK


@rules.predicate
def of_its_agency(hat: Any, report: Any) -> bool:
    """The agency of the hat, or one of those it succeeded, makes the report."""
    return bool(report.agency_id == hat.agency_id or report.agency_id in Agency.objects.lineage_of({hat.agency_id}))


@rules.predicate
def writes(hat: Any, _report: Any) -> bool:
    return bool(hat) and hat.writes


rules.add_perm("reports.draft_report", writes)
rules.add_perm("reports.preview_report", (writes | leads) & of_its_agency)
rules.add_perm("reports.approve_report", leads & of_its_agency)
rules.add_perm("reports.issue_report", (keeps_the_register | leads) & of_its_agency)


# ---- the path before approving and after issuing ----


@rules.predicate
def checks(hat: Any, _report: Any) -> bool:
    return bool(hat) and hat.role == MemberRole.REVIEWER


@rules.predicate
def is_sent_to(hat: Any, report: Any) -> bool:
    """The agency of the hat, or one it succeeded, asked for the report or stands above its maker."""
    receiver = receiver_id_of(report)
    return bool(receiver) and (receiver == hat.agency_id or receiver in Agency.objects.lineage_of({hat.agency_id}))


rules.add_perm("reports.ask_check", writes & of_its_agency)
rules.add_perm("reports.check_report", (checks | leads) & of_its_agency)
rules.add_perm("reports.take_back_report", (writes | leads) & of_its_agency)
rules.add_perm("reports.put_to_partners", (writes | leads) & of_its_agency)
rules.add_perm("reports.send_report", (writes | keeps_the_register | leads) & of_its_agency)
rules.add_perm("reports.receive_report", (writes | keeps_the_register | leads) & is_sent_to)
rules.add_perm("reports.return_report", (writes | leads) & is_sent_to)


# ---- rounds: who asks agencies for a report, and who is asked ----


@rules.predicate
def consolidates(hat: Any, _round: Any = None) -> bool:
    """Its reports count the province, or it sees all of its unit (People's Committee, Ban VSTBPN)."""
    return bool(hat.agency.consolidates or hat.agency.role in SEES_ITS_UNIT)


@rules.predicate
def asked_for_it(hat: Any, asked: Any) -> bool:
    """The agency of the hat, or one of those it succeeded, asks in the round."""
    return bool(asked.asked_by_id in Agency.objects.lineage_of({hat.agency_id}))


@rules.predicate
def has_a_seat(hat: Any, asked: Any) -> bool:
    return bool(asked.seats.filter(agency__in=Agency.objects.lineage_of({hat.agency_id})).exists())


rules.add_perm("reports.open_round", (writes | leads) & consolidates)
rules.add_perm("reports.keep_round", (writes | leads) & asked_for_it)
rules.add_perm("reports.consolidate_round", writes & asked_for_it)
rules.add_perm("reports.answer_round", writes & has_a_seat)


# ---- afterwards: supplements, corrections, unlocking ----


@rules.predicate
def was_reported(_hat: Any, report: Any) -> bool:
    return report.document.state in (DocumentState.ISSUED, DocumentState.SENT, DocumentState.RECEIVED)


@rules.predicate
def is_frozen(_hat: Any, report: Any) -> bool:
    return bool(report.document.is_frozen)


@rules.predicate
def counts_records_of(hat: Any, report: Any) -> bool:
    """Of the agency of the hat, or of one it succeeded: nobody unlocks records of others."""
    own = Agency.objects.lineage_of({hat.agency_id})
    return any(
        table.objects.filter(**{"report": report, f"{column}__owner__in": own}).exists()
        for table, column in REMEMBERED.values()
    )


@rules.predicate
def is_later_draft(_hat: Any, report: Any) -> bool:
    return report.nature != ReportNature.ORIGINAL and report.document.state == DocumentState.DRAFT


rules.add_perm("reports.begin_later", writes & of_its_agency & was_reported)
rules.add_perm("reports.unlock_fact", leads & is_frozen & counts_records_of)
rules.add_perm("reports.edit_changes", writes & of_its_agency & is_later_draft)
