"""Who may do what with a report, in the hat worn now: leaders of its agency approve, its clerk or leaders issue."""

from __future__ import annotations

from typing import Any

import rules

from coordination.enums import MemberRole
from coordination.models import Agency


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
