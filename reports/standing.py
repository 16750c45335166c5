"""How a report stands, in words for one reader: what waits for him, or for whom he waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from coordination.enums import DocumentState, MemberRole
from coordination.models import DocumentMove, Membership
from reports.models import Report
from reports.receivers import receiver_id_of

State = DocumentState
SENT_BACK = ("return", "back")


@dataclass(frozen=True)
class Standing:
    """`mine`: the next step is open to this very hat, and `step` names it ("write" the text, or a move of the path).

    `look` of the pill.
    """

    words: str
    mine: bool = False
    step: str = ""
    look: str = "draft"


def with_last_action(reports: QuerySet[Any]) -> QuerySet[Any]:
    """Annotates `last_action`: of a draft it tells whether it is new, asked to be checked, or sent back."""
    moves = DocumentMove.objects.filter(document=OuterRef("document")).order_by("-pk")
    return reports.annotate(last_action=Subquery(moves.values("action")[:1]))


def standing_of(report: Any, acting: Membership | None, own: set[int]) -> Standing:
    """`report` comes from `with_last_action`; `own`: the agency of the hat and those it succeeded."""
    state = DocumentState(report.document.state)
    if report.agency_id in own:
        return _of_own(report, state, acting.role if acting else "")
    if state == State.SENT and receiver_id_of(report) in own:
        receives = bool(acting) and acting.role != MemberRole.ADMINISTRATOR  # type: ignore[union-attr]
        words = _("waits for you to receive it") if receives else _("waits to be received")
        return Standing(words, receives, "receive" if receives else "", "wait")
    return Standing(str(state.label), look=str(state))


def _of_own(report: Any, state: DocumentState, role: str) -> Standing:
    if state == State.DRAFT:
        return _draft(report.last_action, role)
    if state == State.CHECKED:
        return _waits(role, {MemberRole.LEADER}, "approve", _("waits for you to approve"), _("waits for the leader"))
    if state == State.WITH_PARTNER:
        return _waits(
            role, {MemberRole.LEADER}, "approve", _("with partners; you may approve it"), _("waits for partners")
        )
    if state == State.APPROVED:
        keepers = {MemberRole.CLERK, MemberRole.LEADER}
        return _waits(role, keepers, "issue", _("waits for you: number and day"), _("waits for number and day"))
    if state == State.ISSUED and report.round_id and receiver_id_of(report):
        everybody = set(MemberRole) - {MemberRole.ADMINISTRATOR}
        return _waits(role, everybody, "send", _("issued: waits for you to send it"), _("issued, not sent yet"))
    if state == State.SENT:
        return Standing(_("sent: waits to be received"), look="wait")
    return Standing(str(state.label), look=str(state))


def _draft(last_action: str, role: str) -> Standing:
    if last_action in SENT_BACK:
        writes = role in MemberRole.writing()
        words = _("returned: waits for you to mend it") if writes else _("returned: is being mended")
        return Standing(words, writes, "write" if writes else "", "back")
    if last_action == "ask":
        if role == MemberRole.REVIEWER:
            return Standing(_("waits for you to check"), True, "check", "wait")
        if role == MemberRole.LEADER:
            return Standing(_("waits for you to approve"), True, "approve", "wait")
        return Standing(_("waits to be checked"), look="wait")
    if role == MemberRole.LEADER:  # small agencies approve without a check
        return Standing(_("being written"), step="approve")
    writes = role in MemberRole.writing()
    return Standing(_("being written"), writes, "write" if writes else "")


def _waits(role: str, whose: set[Any], step: str, for_you: str, for_others: str) -> Standing:
    mine = role in whose
    return Standing(for_you if mine else for_others, mine, step if mine else "", "wait")


def stands(report: Report, acting: Membership | None, own: set[int]) -> Standing:
    """Of one report that was fetched without its last action."""
    found = with_last_action(Report.objects.filter(pk=report.pk)).values_list("last_action", flat=True)
    report.last_action = found.get()  # type: ignore[attr-defined]
    return standing_of(report, acting, own)
