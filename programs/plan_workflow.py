"""The path of an annual plan: that of agreements, but a plan of one agency needs nobody else's consent."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.agreement_notices import tell_others
from coordination.agreement_parts import write
from coordination.compose import current_manuscript
from coordination.enums import DocumentState as State
from coordination.formats import date_vi
from coordination.models import DocumentMove, Membership
from coordination.review import close_round, standing, text_changed
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
from programs.compose import compose_plan
from programs.enums import PartAnswer
from programs.models import AnnualPlan, PlanPartner
from programs.plan_notices import ask_all_partners


def send(plan: AnnualPlan, _given: Given, _today: date) -> None:
    if not plan.items.exists():
        raise MoveRefused(_("The plan has no item yet. Write what is to be done first."))


def agree(plan: AnnualPlan, given: Given, today: date) -> None:
    """Joint: all who sign consented to exactly this text. One agency alone: its leader's word is enough.

    A partner who signs and still wishes an item changed holds the plan up; one that does not sign never does. Who
    agreed to the whole has accepted its parts.
    """
    send(plan, given, today)
    document, manuscript = plan.document, compose_plan(plan)
    if document.parties.count() > 1:
        _check_parts(plan, today)
        check_consent(document, manuscript)
        _accept_parts(plan, manuscript.sha256())
    keep_text(document, manuscript, given)


def _check_parts(plan: AnnualPlan, today: date) -> None:
    signing = plan.document.parties.values("agency")
    parts = PlanPartner.objects.filter(item__plan=plan, agency__in=signing, answer=PartAnswer.ASKS)
    part = parts.select_related("item", "agency").order_by("item__position", "pk").first()
    if part is None:
        return
    words = _("%(agency)s asks for a change of “%(item)s”. Edit the item, or let them accept it.")
    name = part.agency.name_on(today).short_name
    raise MoveRefused(words % {"agency": name, "item": part.item})


def _accept_parts(plan: AnnualPlan, sha256: str) -> None:
    for row in standing(plan.document, sha256):
        if row.opinion is None or not row.holds:
            continue
        for part in PlanPartner.objects.filter(item__plan=plan, agency=row.agency, answer=PartAnswer.WAITING):
            said = row.opinion
            write(part, answer=PartAnswer.ACCEPTS, answered_by=said.given_by, answered_at=said.given_at)


def issue(plan: AnnualPlan, given: Given, today: date) -> None:
    """Without a symbol of its own it has the one its text was agreed with."""
    give_number(plan.document, given, today)
    plan.document.symbol = plan.document.symbol or current_manuscript(plan.document).symbol
    check_at_work(plan.document)
    sign(plan.document, given, today)


def suspend(_plan: AnnualPlan, given: Given, today: date) -> None:
    """The day and the paper stand in the log of moves."""
    dated(given, today)


def close(plan: AnnualPlan, given: Given, today: date) -> None:
    """Once its year is over the plan is closed without more; before that a paper says so."""
    if today > date(plan.year, 12, 31):
        return
    day = dated(given, today)
    if day < date(plan.year, 1, 1):
        words = _("The plan begins on %(day)s: it cannot end before. Write a later day.")
        raise MoveRefused(words % {"day": date_vi(date(plan.year, 1, 1))}, "effective_on")


_OPEN = frozenset({State.ISSUED, State.SUSPENDED})
TRANSITIONS = {
    "send": Transition(
        frozenset({State.DRAFT}), State.IN_REVIEW, "programs.edit_plan", send,
        gettext_lazy("Put to the parties"), gettext_lazy("The text is open to the parties."),
    ),
    "back": Transition(
        frozenset({State.IN_REVIEW}), State.DRAFT, "programs.return_plan", nothing,
        gettext_lazy("Take back to draft"), gettext_lazy("The text is a draft again."),
    ),
    "agree": Transition(
        frozenset({State.IN_REVIEW}), State.AGREED, "programs.fix_plan", agree,
        gettext_lazy("Fix the agreed text"), gettext_lazy("The text of the plan stays as it is now."),
    ),
    "fix": Transition(
        frozenset({State.DRAFT}), State.AGREED, "programs.fix_own_plan", agree,
        gettext_lazy("Approve the plan"), gettext_lazy("The text of the plan stays as it is now."),
    ),
    "reopen": Transition(
        frozenset({State.AGREED}), State.IN_REVIEW, "programs.fix_plan", reopen,
        gettext_lazy("Take back to edit"),
        gettext_lazy("The plan may be edited again; who signs it agrees to it anew."),
    ),
    "issue": Transition(
        frozenset({State.AGREED}), State.ISSUED, "programs.issue_plan", issue,
        gettext_lazy("Issue"), gettext_lazy("The plan is issued."),
    ),
    "suspend": Transition(
        frozenset({State.ISSUED}), State.SUSPENDED, "programs.fix_plan", suspend,
        gettext_lazy("Suspend"), gettext_lazy("The plan is suspended."),
    ),
    "resume": Transition(
        frozenset({State.SUSPENDED}), State.ISSUED, "programs.fix_plan", nothing,
        gettext_lazy("Resume"), gettext_lazy("The plan is in force again."),
    ),
    "close": Transition(
        _OPEN, State.CLOSED, "programs.fix_plan", close,
        gettext_lazy("End"), gettext_lazy("The plan has ended."),
    ),
    "supersede": Transition(
        _OPEN | {State.CLOSED}, State.SUPERSEDED, "programs.fix_plan", nothing,
        gettext_lazy("Mark as superseded"), gettext_lazy("A later plan has taken its place."),
    ),
}  # fmt: skip


def _after(plan: AnnualPlan, moved: DocumentMove, acting: Membership) -> None:
    if moved.action in ("back", "agree"):
        close_round(plan.document, acting=acting)
    if moved.to_state == State.IN_REVIEW or moved.action == "fix":
        ask_all_partners(plan, acting=acting)
    if moved.action == "reopen":
        text_changed(plan.document, by_agency=acting.agency)
    tell_others(plan.document, moved, acting)


PLAN_PATH = Path(
    TRANSITIONS,
    lambda pk: AnnualPlan.objects.select_related("agreement").get(pk=pk),
    gettext_lazy("This step is not open any more: the plan is “%(state)s”. Read it again before you go on."),
    _after,
)
actions_for = PLAN_PATH.actions_for


def move_plan(
    plan: AnnualPlan, action: str, *, acting: Membership, today: date | None = None, **typed: object
) -> AnnualPlan:
    """Make one transition in the hat `acting`. `typed`: the fields of coordination.workflow.Given.

    Raises PermissionDenied or MoveRefused.
    """
    moved: AnnualPlan = move_along(PLAN_PATH, plan, action, acting=acting, today=today, **typed)
    return moved
