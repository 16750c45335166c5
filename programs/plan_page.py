"""What the pages of annual plans show: how a plan stands for the reader, its items as rows, and their sums."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from coordination.agreement_page import Standing
from coordination.enums import CommentState, MemberRole
from coordination.enums import DocumentState as State
from coordination.models import Comment, Document, Membership, User
from coordination.turns import Turn
from programs.compose import money_by_source, own_vnd
from programs.enums import FundingSource, ItemState, PartAnswer
from programs.models import AnnualPlan, Component, PlanItem
from programs.plan_words import ItemWords, names_in, words_of
from programs.progress import Progress, months_of, progress_of

LOOKS = {
    ItemState.NOT_STARTED: "draft",
    ItemState.RUNNING: "doing",
    ItemState.DONE: "ok",
    ItemState.LATE: "late",
    ItemState.CANCELLED: "none",
}
ANSWER_LOOKS = {PartAnswer.WAITING: "wait", PartAnswer.ACCEPTS: "ok", PartAnswer.ASKS: "back"}
WHO_ISSUES = (MemberRole.CLERK, MemberRole.LEADER)


@dataclass(frozen=True)
class ItemRow:
    """`number`: in the table of the paper, None for one that is cancelled. `mine`: we lead it. `spoken`: comments."""

    number: int | None
    item: PlanItem
    words: ItemWords
    progress: Progress
    mine: bool
    months: range
    spoken: int = 0

    @property
    def look(self) -> str:
        return LOOKS[self.progress.state]

    @property
    def asked(self) -> int:
        """Partners that wish another wording."""
        return sum(part.answer == PartAnswer.ASKS for part in self.item.parts.all())


@dataclass(frozen=True)
class Group:
    """Rows of one content, or of one lead; `late` of them are late."""

    title: str
    rows: list[ItemRow]
    mine: bool = False

    @property
    def late(self) -> int:
        return sum(row.progress.state == ItemState.LATE for row in self.rows)

    @property
    def done(self) -> int:
        return sum(row.progress.state == ItemState.DONE for row in self.rows)


@dataclass(frozen=True)
class Money:
    """Whole đồng. `stated` of `items` say what they cost; integrated money is never in `own`."""

    own: int | None
    integrated: int | None
    stated: int
    items: int
    by_source: list[tuple[str, int]]


def rows_of(plan: AnnualPlan, user: User, own: set[int], today: date) -> list[ItemRow]:
    """By content and then as people ordered them; those cancelled stand in their place, without a number."""
    items = list(plan.items.for_list().select_related("kind", "plan__agency", "component__content"))
    items.sort(key=lambda item: (_place(content_of(item)), item.position, item.pk))
    names = names_in(items, plan.document.issued_on or today)
    progress, spoken = progress_of(items, today), spoken_of(plan.document, user)
    rows, number = [], 0
    for item in items:
        item.plan = plan
        number += item.cancelled_on is None
        rows.append(
            ItemRow(
                number if item.cancelled_on is None else None,
                item,
                words_of(item, names, plan.year),
                progress[item.pk],
                item.lead_id in own,
                months_of(item, plan.year),
                spoken.get(item.key, 0),
            )
        )
    return rows


def content_of(item: PlanItem) -> Component:
    return item.component.content or item.component


def _place(content: Component) -> tuple[int, int]:
    return content.position, content.pk


def spoken_of(document: Document, user: User) -> dict[str, int]:
    """How many comments of each part are not dealt with yet, as far as the person may read them."""
    heads = Comment.objects.visible_to(user).filter(document=document, answers=None, state=CommentState.OPEN)
    found: dict[str, int] = {}
    for key in heads.values_list("key", flat=True):
        found[key] = found.get(key, 0) + 1
    return found


def by_content(rows: Iterable[ItemRow]) -> list[Group]:
    groups: dict[int, Group] = {}
    for row in rows:
        content = content_of(row.item)
        groups.setdefault(content.pk, Group(content.short_name, [])).rows.append(row)
    return list(groups.values())


def by_agency(rows: Iterable[ItemRow]) -> list[Group]:
    """Ours first, then as they first appear in the plan."""
    groups: dict[int, Group] = {}
    for row in rows:
        groups.setdefault(row.item.lead_id, Group(row.words.lead, [], row.mine)).rows.append(row)
    return sorted(groups.values(), key=lambda group: not group.mine)


def money_of(rows: Sequence[ItemRow]) -> Money:
    items = [row.item for row in rows if row.item.cancelled_on is None]
    own = [amount for item in items if (amount := own_vnd(item)) is not None]
    sums = money_by_source(items)
    return Money(
        sum(own) if own else None,
        sums.get(FundingSource.INTEGRATED),
        len(own),
        len(items),
        [(str(FundingSource(source).label), sums[source]) for source in FundingSource.own() if source in sums],
    )


# ---- how it stands ----


def standing_for(plan: AnnualPlan, acting: Membership | None, own: set[int], turn: Turn) -> Standing:
    """`own`: the agencies the reader acts for; the parties of the document are fetched already."""
    document = plan.document
    parties = [party.agency_id for party in document.parties.all()]
    ours = plan.agency_id in own or any(agency in own for agency in parties)
    if document.state == State.IN_REVIEW:
        if turn.words:
            return Standing("wait", turn.words, turn.mine)
        speaks = ours and bool(acting) and acting.role != MemberRole.CLERK  # type: ignore[union-attr]
        return Standing("wait", _("waits for you to ask the parties") if speaks else _("nobody is asked yet"), speaks)
    if document.state == State.AGREED:
        words = _("all parties agree") if len(parties) > 1 else _("approved")
        if ours and acting and acting.role in WHO_ISSUES:
            return Standing("ok", _("%(agreed)s: waits for your number and issue") % {"agreed": words}, True)
        return Standing("ok", _("%(agreed)s: waits for number and issue") % {"agreed": words})
    return Standing(document.state, str(document.get_state_display()))
