"""The path of a report: one table of transitions, one function that moves, one log row a move."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

import rules
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.enums import DocumentState
from coordination.formats import date_vi
from coordination.manuscript import Manuscript
from coordination.models import Document, Membership
from coordination.workflow import Given, MoveRefused, give_number, log_move, save_moved
from reports.compose import WrongText
from reports.freeze import freeze_report
from reports.jobs import ask_for_pdf
from reports.models import Report
from reports.previews import drop_previews
from reports.typeset.fonts import missing_letters

logger = logging.getLogger(__name__)


def approve(report: Report, given: Given, today: date) -> None:
    """From here on the report prints what was approved. The last day of the period may be the day of approval."""
    last_day = report.period.data_to
    if today < last_day:
        raise MoveRefused(
            _("The period runs until %(day)s: what happens until then has to be counted. Approve from that day on.")
            % {"day": date_vi(last_day)}
        )
    try:
        version = freeze_report(report, by=given.by, reason=given.comment)
    except WrongText as wrong:
        raise MoveRefused(str(wrong)) from wrong
    if letters := missing_letters(Manuscript.from_json(version.manuscript)):
        raise MoveRefused(unprintable_words(letters))


def unprintable_words(letters: set[str]) -> str:
    """Raised by approving, and said before on the page that asks for it."""
    signs = " ".join(sorted(letters))
    return _("The font of papers has no letter for: %(signs)s. Replace them where they were typed, then approve.") % {
        "signs": signs
    }


def issue(report: Report, given: Given, today: date) -> None:
    """Decree 30/2020/NĐ-CP: number and day are given in the register of the agency, from 1 each year."""
    give_number(report.document, given, today)


@dataclass(frozen=True)
class Transition:
    """`act` does what the move brings with it, on the locked report, before its state changes."""

    sources: frozenset[DocumentState]
    target: DocumentState
    permission: str
    act: Callable[[Report, Given, date], None]
    label: Promise
    done: Promise


TRANSITIONS = {
    "approve": Transition(
        frozenset({DocumentState.DRAFT}),
        DocumentState.APPROVED,
        "reports.approve_report",
        approve,
        gettext_lazy("Approve and freeze"),
        gettext_lazy("The report is approved: its text and figures stay as they are. The PDF is being made."),
    ),
    "issue": Transition(
        frozenset({DocumentState.APPROVED}),
        DocumentState.ISSUED,
        "reports.issue_report",
        issue,
        gettext_lazy("Issue"),
        gettext_lazy("The report is issued. The PDF with number and day is being made."),
    ),
}


def actions_for(acting: Membership | None, report: Report) -> list[str]:
    """What this hat may do with the report as it is now, in the order of the path."""
    return [
        action
        for action, transition in TRANSITIONS.items()
        if report.document.state in transition.sources and rules.has_perm(transition.permission, acting, report)
    ]


@transaction.atomic
def move(
    report: Report,
    action: str,
    *,
    acting: Membership,
    comment: str = "",
    number: str = "",
    symbol: str = "",
    issued_on: date | None = None,
    today: date | None = None,
) -> Report:
    """Make one transition in the hat `acting`: lock, check, act, save, log, ask for the file.

    Raises PermissionDenied or MoveRefused. `number`, `symbol` and `issued_on` belong to "issue".
    """
    transition = TRANSITIONS[action]
    document = Document.objects.select_for_update().get(pk=report.document_id)
    report = Report.objects.for_list().select_related("outline").get(pk=report.pk)
    report.document = document
    if not rules.has_perm(transition.permission, acting, report):
        raise PermissionDenied
    if document.state not in transition.sources:
        raise MoveRefused(
            _("This step is not open any more: the report is “%(state)s”. Read it again before you go on.")
            % {"state": document.get_state_display()}
        )
    given = Given(acting.user, comment, number, symbol, issued_on)
    transition.act(report, given, today or timezone.localdate())
    before, document.state = document.state, transition.target
    document.version += 1
    save_moved(document)
    log_move(document, action, before, given, acting)
    ask_for_pdf(document, by=acting.user)
    transaction.on_commit(partial(drop_previews, report))
    logger.info("report moved", extra={"report": report.pk, "action": action, "by": acting.user_id})
    return report
