"""Who is told that a report was brought a step on: whoever has to act next, and its makers of what others did."""

from __future__ import annotations

from collections.abc import Iterable

from coordination.enums import DocumentState, MemberRole, NoticeKind
from coordination.models import Agency, DocumentMove, Membership
from coordination.notices import people_of_all, tell
from coordination.review import SPEAKING, asked_about, lineage_of
from reports.models import Report
from reports.receivers import receiver_id_of

CHECKERS = (MemberRole.REVIEWER, MemberRole.LEADER)
MAKERS = (MemberRole.OFFICER, MemberRole.REVIEWER)
READERS = (*SPEAKING, MemberRole.CLERK)


# action: who of the agency that makes the report is told, and of what
INSIDE: dict[str, tuple[tuple[str, ...], NoticeKind]] = {
    "ask": (CHECKERS, NoticeKind.REPORT_FOR_APPROVAL),
    "check": ((MemberRole.LEADER,), NoticeKind.REPORT_FOR_APPROVAL),
    "approve": ((MemberRole.CLERK,), NoticeKind.REPORT_FOR_ISSUE),
    "back": (MAKERS, NoticeKind.REPORT_RETURNED),
    "receive": (READERS, NoticeKind.REPORT_RECEIVED),
    "return": (READERS, NoticeKind.REPORT_RETURNED),
}


def tell_of_move(report: Report, moved: DocumentMove, acting: Membership) -> None:
    """In the transaction of the move; nobody is told of what he did himself."""
    if moved.action in INSIDE:
        _tell([report.agency_id], *INSIDE[moved.action], moved, acting)
    receiver = receiver_id_of(report)
    if moved.action == "send" and receiver:
        _tell([receiver], READERS, NoticeKind.REPORT_SENT, moved, acting)
    if moved.action == "back" and moved.from_state == DocumentState.WITH_PARTNER:
        others = asked_about(report.document) - lineage_of(acting)
        _tell(others, SPEAKING, NoticeKind.TAKEN_BACK, moved, acting)


def _tell(agencies: Iterable[int], roles: Iterable[str], kind: str, moved: DocumentMove, acting: Membership) -> None:
    people = people_of_all(agencies, roles).exclude(pk=acting.user_id)
    agency = Agency.objects.get(pk=acting.agency_id)
    tell(people, kind, about=moved.document, agency=agency, key=f"move-{moved.pk}")
