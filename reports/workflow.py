"""The path of a report: its table of transitions, and what each brings with it."""

from __future__ import annotations

from datetime import date
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.enums import DocumentState
from coordination.formats import date_vi
from coordination.manuscript import Manuscript
from coordination.models import DocumentMove, Membership
from coordination.workflow import Given, MoveRefused, Path, Transition, give_number, move_along
from reports.compose import WrongText
from reports.freeze import freeze_report
from reports.jobs import ask_for_pdf
from reports.models import Report
from reports.previews import drop_previews
from reports.typeset.fonts import missing_letters


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


def _after(report: Report, _moved: DocumentMove, acting: Membership) -> None:
    ask_for_pdf(report.document, by=acting.user)
    transaction.on_commit(partial(drop_previews, report))


PATH = Path(
    TRANSITIONS,
    lambda pk: Report.objects.for_list().select_related("outline").get(pk=pk),
    gettext_lazy("This step is not open any more: the report is “%(state)s”. Read it again before you go on."),
    _after,
)
actions_for = PATH.actions_for


def move(report: Report, action: str, *, acting: Membership, today: date | None = None, **typed: object) -> Report:
    """Raises PermissionDenied or MoveRefused. `number`, `symbol` and `issued_on` belong to "issue"."""
    moved: Report = move_along(PATH, report, action, acting=acting, today=today, **typed)
    return moved
