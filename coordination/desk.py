"""What of agreements waits on the first page of a hat: reviews to hold, drafts to finish, papers without a number.

`own`: ids of the agency of the hat and of those it succeeded.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from coordination.enums import DocumentState
from coordination.milestones import open_milestones
from coordination.models import Agreement, Membership, Milestone, Party, ReviewRound
from coordination.review import SPEAKING
from coordination.rules import drafts, keeps_the_register, leads

SHOWN = 5


@dataclass(frozen=True)
class WaitingAgreement:
    """`action`: "edit" a draft, "ask" the parties for their opinion, "issue" what all agreed to."""

    agreement: Agreement
    action: str


@dataclass(frozen=True)
class WaitingMilestone:
    """`leads`: it is to be done by the agency of the hat; else by another party, and is only coming up.

    `may_record`: the hat writes down what came of it.
    """

    milestone: Milestone
    leads: bool
    words: str
    may_record: bool


def waiting_agreements(acting: Membership, own: set[int]) -> list[WaitingAgreement]:
    """Drafts stand on the desks of the agency that registers them: the others read them once they are put to them."""
    ours = Q(document__register_agency__in=own)
    signed = Q(document__in=Party.objects.filter(agency__in=own).values("document"))
    asked = Exists(ReviewRound.objects.filter(document=OuterRef("document"), closed_at__isnull=True))
    wanted = Q(pk__in=[])
    if drafts(acting):
        wanted |= ours & Q(document__state=DocumentState.DRAFT)
        wanted |= ours & Q(document__state=DocumentState.IN_REVIEW, asked=False)
    if keeps_the_register(acting, None) or leads(acting, None):
        wanted |= (ours | signed) & Q(document__state=DocumentState.AGREED)
    rows = Agreement.objects.annotate(asked=asked).filter(wanted).select_related("document__kind")
    actions = {DocumentState.DRAFT: "edit", DocumentState.IN_REVIEW: "ask", DocumentState.AGREED: "issue"}
    return [
        WaitingAgreement(row, actions[DocumentState(row.document.state)]) for row in rows.order_by("-pk")[: SHOWN * 2]
    ]


def waiting_milestones(acting: Membership, own: set[int], today: date) -> list[WaitingMilestone]:
    """For who speaks for the agency; first what the agency itself is to hold."""
    if acting.role not in SPEAKING:
        return []
    found = open_milestones(own, today)
    may_record = drafts(acting)
    rows = [
        WaitingMilestone(row.milestone, row.leads, _words(row.leads, row.lead_name), may_record and row.leads)
        for row in found
    ]
    return sorted(rows, key=lambda row: not row.leads)[:SHOWN]


def _words(leads: bool, lead: str) -> str:
    if not lead:
        return _("To do: all parties hold it together")
    words = _("To do: led by %(agency)s") if leads else _("Coming up: led by %(agency)s")
    return words % {"agency": lead}
