"""A joint plan of the board and the Union for 2026, as the tests of plans begin with it."""

from datetime import date
from types import SimpleNamespace
from uuid import uuid4

from coordination import review
from coordination.compose import current_manuscript
from coordination.enums import OpinionChoice
from coordination.models import Clause, Document, DocumentKind
from programs.enums import Measure
from programs.models import AnnualPlan
from programs.plan_actions import ItemLine, PlanDraft, create_plan, save_item
from programs.plan_workflow import move_plan
from tests import factories
from tests.coordination.reviews import agreement as some_agreement

DAY, DUE = date(2026, 1, 5), date(2026, 1, 12)
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


def hat(person):
    return person.memberships.get()


def line(cast, text="Truyền thông tại 20 xã", **fields):
    """Led by the board with the Union as partner: 4 sessions within the year."""
    values = {
        "component": fields.get("component") or factories.component(),
        "lead": cast.board,
        "partners": [cast.union],
        "starts_on": FIRST,
        "ends_on": LAST,
        "kind": factories.activity_kind(),
        "measure": Measure.SESSIONS,
        "quantity": 4,
    }
    return ItemLine(text=text, **values | fields)


def plan_kind():
    kind, _made = DocumentKind.objects.get_or_create(code="KH", defaults={"name": "Kế hoạch", "abbreviation": "KH"})
    return kind


def draft(cast, *, agencies=None, items=None, **fields):
    values = {"year": 2026, "kind": plan_kind(), "subject": "Phối hợp năm 2026", "form_token": uuid4()}
    lines = [line(cast)] if items is None else items
    return PlanDraft(agencies=agencies or [cast.board, cast.union], items=lines, **values | fields)


def plan(cast, **fields) -> AnnualPlan:
    return create_plan(draft(cast, **fields), acting=hat(cast.officer), today=DAY)


def own_plan(cast, **fields) -> AnnualPlan:
    return plan(cast, agencies=[cast.board], **fields)


def clauses(cast):
    """Two clauses of an agreement of the board and the Union for 2026: led by the Union, and by all together."""
    agreement = some_agreement(cast)
    for clause in Clause.objects.filter(section__document=agreement.document, key="d1"):
        clause.lead = cast.union
        clause.save()
        clause.partners.set([cast.board])
    return agreement


def in_review(cast, **fields):
    """Sent and put to both by the board."""
    made = plan(cast, **fields)
    move_plan(made, "send", acting=hat(cast.officer), today=DAY)
    asked = review.open_round(anew(made).document, acting=hat(cast.officer), due_on=DUE, today=DAY)
    return SimpleNamespace(plan=anew(made), round=asked)


def anew(made) -> AnnualPlan:
    return AnnualPlan.objects.select_related("document").get(pk=made.pk)


def text_now(made) -> str:
    return current_manuscript(Document.objects.get(pk=made.document_id)).sha256()


def consent(stage, person):
    return review.give_opinion(
        stage.round, acting=hat(person), choice=OpinionChoice.AGREES, seen_sha256=text_now(stage.plan)
    )


def agreed(cast, **fields) -> AnnualPlan:
    """By the Union, and fixed by the leader of the board."""
    stage = in_review(cast, **fields)
    consent(stage, cast.partner)
    move_plan(stage.plan, "agree", acting=hat(cast.leader), today=DAY)
    return anew(stage.plan)


def issued(cast, number="15", **fields) -> AnnualPlan:
    """Numbered by the clerk of the board."""
    return issue(cast, agreed(cast, **fields), number)


def issue(cast, made, number="15") -> AnnualPlan:
    names = {cast.board.pk: "Nguyễn Thị Thử", cast.union.pk: "Trần Thị Mẫu"}
    move_plan(made, "issue", acting=hat(cast.clerk), today=DAY, number=number, issued_on=DAY, signatories=names)
    return anew(made)


def edit(cast, item, **fields):
    """The item as `line` gives it, changed."""
    fields = {"uid": item.uid, "text": item.text} | fields
    reason = fields.pop("reason", "")
    return save_item(
        item.plan, line(cast, **fields), acting=hat(cast.officer), seen=item.version, reason=reason, today=DAY
    )
