"""The path of a report: its table of transitions, and what each brings with it.

Draft, checked inside, with partners, approved (frozen), issued, sent, received: small agencies leave out the checks,
agencies that report by portal only the number. A report that is returned is a draft again: the version that was sent
stays as it was, the next approval makes another.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.compose import current_manuscript
from coordination.enums import DocumentState
from coordination.formats import date_vi
from coordination.manuscript import Manuscript
from coordination.models import Document, DocumentMove, Membership
from coordination.review import close_round
from coordination.workflow import (
    Given,
    MoveRefused,
    Path,
    Transition,
    check_consent,
    give_number,
    log_move,
    move_along,
    save_moved,
)
from reports.checks import Finding, blocking
from reports.compose import WrongText
from reports.enums import ReportNature
from reports.freeze import freeze_report
from reports.jobs import ask_for_files
from reports.models import Report
from reports.previews import drop_previews
from reports.receivers import receiver_id_of
from reports.releasing import release_facts
from reports.report_notices import tell_of_move
from reports.typeset.fonts import missing_letters
from reports.write_trace import last_writer

SENDABLE = frozenset({DocumentState.APPROVED, DocumentState.ISSUED})
OUTSIDE = frozenset({DocumentState.ISSUED, DocumentState.SENT, DocumentState.RECEIVED})


def asked(_report: Report, _given: Given, _today: date) -> None:
    """The text stays a draft; who checks is told that it waits."""


def checked(report: Report, given: Given, _today: date) -> None:
    """Four eyes: whoever wrote last does not check it."""
    if last_writer(report) == given.by.pk:
        raise MoveRefused(_("You wrote in this report last. Ask a colleague to check it."))


def taken_back(_report: Report, given: Given, _today: date) -> None:
    _with_reason(given, _("Write why the text goes back to be edited."))


def put_to_partners(report: Report, _given: Given, _today: date) -> None:
    """The round of opinions is opened by `reports.partnering` in the same transaction."""
    try:
        current_manuscript(report.document)
    except WrongText as wrong:
        raise MoveRefused(str(wrong)) from wrong


def approve(report: Report, given: Given, today: date) -> None:
    """From here on the report prints what was approved. The last day of the period may be the day of approval."""
    last_day = report.period.data_to
    if today < last_day:
        raise MoveRefused(
            _("The period runs until %(day)s: what happens until then has to be counted. Approve from that day on.")
            % {"day": date_vi(last_day)}
        )
    try:
        if stopping := blocking(report):
            raise MoveRefused(stopping_words(stopping))
        _check_parties(report)
        version = freeze_report(report, by=given.by, reason=given.comment)
    except WrongText as wrong:
        raise MoveRefused(str(wrong)) from wrong
    if letters := missing_letters(Manuscript.from_json(version.manuscript)):
        raise MoveRefused(unprintable_words(letters))


def _check_parties(report: Report) -> None:
    """Who signs a joint report has agreed to it; the opinion of anybody else is read, and never blocks."""
    if report.document.parties.exclude(agency=report.agency_id).exists():
        check_consent(report.document, current_manuscript(report.document))


def stopping_words(stopping: Sequence[Finding]) -> str:
    """The first of what stops approving, and how much more there is."""
    words = _("Not ready to be approved: %(first)s")
    if len(stopping) > 1:
        words = _("Not ready to be approved, %(count)s things are open, the first: %(first)s")
    return words % {"count": len(stopping), "first": stopping[0].words}


def unprintable_words(letters: set[str]) -> str:
    """Raised by approving, and said before on the page that asks for it."""
    signs = " ".join(sorted(letters))
    return _("The font of papers has no letter for: %(signs)s. Replace them where they were typed, then approve.") % {
        "signs": signs
    }


def issue(report: Report, given: Given, today: date) -> None:
    """Decree 30/2020/NĐ-CP: number and day are given in the register of the agency, from 1 each year."""
    give_number(report.document, given, today)


def send(report: Report, _given: Given, today: date) -> None:
    """A report that goes by the portal only has no number: its day is the day it is sent."""
    if receiver_id_of(report) is None:
        raise MoveRefused(
            _("Nobody asked for this report, and no agency of the portal is above yours: issuing is the last step.")
        )
    document = report.document
    if document.issued_on is None:
        document.issued_on, document.register_year = today, today.year


def received(_report: Report, _given: Given, _today: date) -> None:
    """The state alone changes."""


def returned(report: Report, given: Given, _today: date) -> None:
    """Number and symbol stay taken in the register; the new version gets its own day."""
    _with_reason(given, _("Write why the report is returned: its makers read it."))
    report.document.issued_on = None


def _with_reason(given: Given, words: str) -> None:
    if not given.comment.strip():
        raise MoveRefused(words, "comment")


TRANSITIONS = {
    "ask": Transition(
        frozenset({DocumentState.DRAFT}), DocumentState.DRAFT, "reports.ask_check", asked,
        gettext_lazy("Ask for a check"), gettext_lazy("Who checks and approves is told that the draft waits."),
    ),
    "check": Transition(
        frozenset({DocumentState.DRAFT}), DocumentState.CHECKED, "reports.check_report", checked,
        gettext_lazy("Mark as checked"), gettext_lazy("The report is checked: it waits for the leader."),
    ),
    "partner": Transition(
        frozenset({DocumentState.DRAFT, DocumentState.CHECKED}), DocumentState.WITH_PARTNER,
        "reports.put_to_partners", put_to_partners,
        gettext_lazy("Ask partners for an opinion"), gettext_lazy("The agencies are asked for their opinion."),
    ),
    "approve": Transition(
        frozenset({DocumentState.DRAFT, DocumentState.CHECKED, DocumentState.WITH_PARTNER}), DocumentState.APPROVED,
        "reports.approve_report", approve,
        gettext_lazy("Approve and freeze"),
        gettext_lazy("The report is approved: its text and figures stay as they are. The PDF is being made."),
    ),
    "back": Transition(
        frozenset({DocumentState.CHECKED, DocumentState.WITH_PARTNER}), DocumentState.DRAFT,
        "reports.take_back_report", taken_back,
        gettext_lazy("Give back to edit"), gettext_lazy("The report is a draft again: its text may be edited."),
    ),
    "issue": Transition(
        frozenset({DocumentState.APPROVED}), DocumentState.ISSUED, "reports.issue_report", issue,
        gettext_lazy("Issue"), gettext_lazy("The report is issued. The PDF with number and day is being made."),
    ),
    "send": Transition(
        SENDABLE, DocumentState.SENT, "reports.send_report", send,
        gettext_lazy("Send"), gettext_lazy("The report is sent."),
    ),
    "receive": Transition(
        frozenset({DocumentState.SENT}), DocumentState.RECEIVED, "reports.receive_report", received,
        gettext_lazy("Receive"), gettext_lazy("The report is received."),
    ),
    "return": Transition(
        frozenset({DocumentState.SENT}), DocumentState.DRAFT, "reports.return_report", returned,
        gettext_lazy("Return"), gettext_lazy("The report is returned: its makers read your reasons."),
    ),
}  # fmt: skip


def _after(report: Report, moved: DocumentMove, acting: Membership) -> None:
    document = report.document
    if moved.action in ("approve", "back"):
        close_round(document, acting=acting)
    if moved.action == "return":
        release_facts(report, reason=moved.comment, by=acting.user)
    if document.state in OUTSIDE and report.nature == ReportNature.CORRECTION:
        _supersede(report, moved, acting)
    if document.is_frozen:
        ask_for_files(document, by=acting.user)
        transaction.on_commit(partial(drop_previews, report))
    tell_of_move(report, moved, acting)


def _supersede(correction: Report, moved: DocumentMove, acting: Membership) -> None:
    """What was corrected gives way to its correction, once that is issued or sent."""
    assert correction.supersedes  # noqa: S101  report_later_supersedes
    document = Document.objects.select_for_update().get(pk=correction.supersedes.document_id)
    if document.state in OUTSIDE:
        before, document.state = document.state, DocumentState.SUPERSEDED
        document.version += 1
        save_moved(document)
        words = _("A correction took its place: %(report)s.") % {"report": moved.document}
        log_move(document, "supersede", before, Given(by=acting.user, comment=words), acting)


PATH = Path(
    TRANSITIONS,
    lambda pk: Report.objects.for_list().select_related("outline", "round", "supersedes__document").get(pk=pk),
    gettext_lazy("This step is not open any more: the report is “%(state)s”. Read it again before you go on."),
    _after,
)
actions_for = PATH.actions_for


def move(report: Report, action: str, *, acting: Membership, today: date | None = None, **typed: object) -> Report:
    """Raises PermissionDenied or MoveRefused. `number`, `symbol` and `issued_on` belong to "issue"."""
    moved: Report = move_along(PATH, report, action, acting=acting, today=today, **typed)
    return moved
