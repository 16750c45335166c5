"""The path of an agreement, a draft to superseded, and what each step brings with it."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.agreement_notices import tell_others
from coordination.amendments import carry_out
from coordination.compose import compose_agreement
from coordination.enums import DocumentState as State
from coordination.formats import date_vi
from coordination.models import Agreement, DocumentMove, Membership
from coordination.review import close_round, text_changed
from coordination.workflow import (
    Given,
    MoveRefused,
    Path,
    Transition,
    check_at_work,
    check_consent,
    dated,
    give_number,
    keep_text,
    move_along,
    nothing,
    reopen,
    sign,
)


def send(agreement: Agreement, given: Given, _today: date) -> None:
    if agreement.document.parties.count() < 2:
        raise MoveRefused(_("An agreement has two parties or more. Name them under “Parties” first."))
    if not agreement.document.sections.exists() and not agreement.changes.exists():
        raise MoveRefused(_("The agreement has no text yet. Write its sections first."))


def agree(agreement: Agreement, given: Given, _today: date) -> None:
    """From here on everybody reads what all parties consented to."""
    manuscript = compose_agreement(agreement)
    check_consent(agreement.document, manuscript)
    keep_text(agreement.document, manuscript, given)


def issue(agreement: Agreement, given: Given, today: date) -> None:
    document = agreement.document
    give_number(document, given, today)
    check_at_work(document)
    sign(document, given, today)
    if agreement.amends:
        check_changes(agreement)
        carry_out(agreement)


def check_changes(amendment: Agreement) -> None:
    """Another amendment may have been issued since this one was drafted."""
    for change in amendment.changes.select_related("clause__repealed_by"):
        clause = change.clause
        if clause is None:
            continue
        if clause.repealed_by is not None:
            raise MoveRefused(
                _("“%(clause)s” was already changed by %(other)s. Take the text back to edit it, and mend the change.")
                % {"clause": clause, "other": clause.repealed_by}
            )
        if clause.valid_from and change.valid_from <= clause.valid_from:
            raise MoveRefused(
                _("“%(clause)s” holds only from %(day)s: the change has to begin later.")
                % {"clause": clause, "day": date_vi(clause.valid_from)}
            )
        if clause.valid_to and change.valid_from > clause.valid_to:
            raise MoveRefused(
                _("“%(clause)s” holds only until %(day)s: the change has to begin by then.")
                % {"clause": clause, "day": date_vi(clause.valid_to)}
            )


def suspend(agreement: Agreement, given: Given, today: date) -> None:
    agreement.suspended_from = dated(given, today)
    agreement.save(update_fields=["suspended_from"])


def resume(agreement: Agreement, _given: Given, _today: date) -> None:
    agreement.suspended_from = None
    agreement.save(update_fields=["suspended_from"])


def close(agreement: Agreement, given: Given, today: date) -> None:
    day = dated(given, today)
    if day < agreement.stage_from:
        raise MoveRefused(
            _("The agreement began on %(day)s: it cannot end before. Write a later day.")
            % {"day": date_vi(agreement.stage_from)},
            "effective_on",
        )
    agreement.ended_on = day
    agreement.save(update_fields=["ended_on"])


_OPEN = frozenset({State.ISSUED, State.SUSPENDED})
TRANSITIONS = {
    "send": Transition(
        frozenset({State.DRAFT}), State.IN_REVIEW, "coordination.edit_agreement", send,
        gettext_lazy("Put to the parties"), gettext_lazy("The text is open to the parties."),
    ),
    "back": Transition(
        frozenset({State.IN_REVIEW}), State.DRAFT, "coordination.return_agreement", nothing,
        gettext_lazy("Take back to draft"), gettext_lazy("The text is a draft again."),
    ),
    "agree": Transition(
        frozenset({State.IN_REVIEW}), State.AGREED, "coordination.fix_agreement", agree,
        gettext_lazy("Fix the agreed text"), gettext_lazy("All parties agree: the text stays as it is."),
    ),
    "reopen": Transition(
        frozenset({State.AGREED}), State.IN_REVIEW, "coordination.fix_agreement", reopen,
        gettext_lazy("Take back to edit"), gettext_lazy("The text may be edited again; all parties agree to it anew."),
    ),
    "issue": Transition(
        frozenset({State.AGREED}), State.ISSUED, "coordination.issue_agreement", issue,
        gettext_lazy("Issue"), gettext_lazy("The agreement is issued."),
    ),
    "suspend": Transition(
        frozenset({State.ISSUED}), State.SUSPENDED, "coordination.fix_agreement", suspend,
        gettext_lazy("Suspend"), gettext_lazy("The agreement is suspended."),
    ),
    "resume": Transition(
        frozenset({State.SUSPENDED}), State.ISSUED, "coordination.fix_agreement", resume,
        gettext_lazy("Resume"), gettext_lazy("The agreement is in force again."),
    ),
    "close": Transition(
        _OPEN, State.CLOSED, "coordination.fix_agreement", close,
        gettext_lazy("End"), gettext_lazy("The agreement has ended."),
    ),
    "supersede": Transition(
        _OPEN | {State.CLOSED}, State.SUPERSEDED, "coordination.fix_agreement", nothing,
        gettext_lazy("Mark as superseded"), gettext_lazy("A later agreement has taken its place."),
    ),
}  # fmt: skip


def _after(agreement: Agreement, moved: DocumentMove, acting: Membership) -> None:
    if moved.action in ("back", "agree"):
        close_round(agreement.document, acting=acting)
    if moved.action == "reopen":
        text_changed(agreement.document, by_agency=acting.agency)
    tell_others(agreement.document, moved, acting)


AGREEMENT_PATH = Path(
    TRANSITIONS,
    lambda pk: Agreement.objects.select_related("amends").get(pk=pk),
    gettext_lazy("This step is not open any more: the agreement is “%(state)s”. Read it again before you go on."),
    _after,
)
actions_for = AGREEMENT_PATH.actions_for


def move_agreement(
    agreement: Agreement, action: str, *, acting: Membership, today: date | None = None, **typed: object
) -> Agreement:
    moved: Agreement = move_along(AGREEMENT_PATH, agreement, action, acting=acting, today=today, **typed)
    return moved
