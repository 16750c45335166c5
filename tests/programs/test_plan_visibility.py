"""Who sees which plans and items: exact sets, by hand from one rule.

Those who sign: their plan from the day it is put to them; the parties of the agreement it stands under likewise;
agencies above once it is issued; a named partner its own item, and nothing of the rest.
"""

from uuid import UUID

import pytest
from django.contrib.auth.models import AnonymousUser

from coordination.enums import DocumentState
from coordination.models import Agreement, Party, User
from programs.models import AnnualPlan, PlanItem, PlanPartner
from tests import factories
from tests.coordination.reviews import agreement
from tests.programs import plans
from tests.test_visible_sets import ABOVE, BOARD, UNION
from tests.visible_scene import Scene

pytestmark = pytest.mark.django_db
PLANS = {
    "draft": BOARD,
    "in_review": f"{BOARD} {UNION}",
    "agreed": f"{BOARD} {UNION}",
    "issued": f"{BOARD} {UNION} {ABOVE}",
    "own_in_review": BOARD,
    "own_under_agreement": f"{BOARD} {UNION}",
    "own_draft_under_agreement": BOARD,
}
NAMED = "stranger"  # an officer of the agency every item names as a partner, and that signs nothing
ITEMS = {word: who if "draft" in word else f"{who} {NAMED}" for word, who in PLANS.items()}


def make(scene: Scene, word: str, state: DocumentState, *, joint: bool = True, under: Agreement | None = None):
    """Kept by the board; one item, with the office of finance as partner."""
    issued = {"issued_on": plans.DAY, "number": word[:9]} if state == DocumentState.ISSUED else {}
    document = factories.document(scene.board, kind=plans.plan_kind(), subject=word, state=state, **issued)
    for order, agency in enumerate((scene.board, scene.union) if joint else (scene.board,), 1):
        Party.objects.create(document=document, agency=agency, symbol_order=order, signature_column=order, title="X")
    made = AnnualPlan.objects.create(document=document, agency=scene.board, agreement=under, year=2026)
    item = PlanItem.objects.create(
        plan=made,
        position=1,
        key="i",
        text=word,
        component=factories.component(),
        lead=scene.board,
        starts_on=plans.FIRST,
        ends_on=plans.LAST,
    )
    PlanPartner.objects.create(item=item, agency=scene.finance)
    return made


@pytest.fixture
def scene(db):
    scene = Scene()
    signed = agreement(scene)
    review = DocumentState.IN_REVIEW
    for word in ("draft", "in_review", "agreed", "issued"):
        make(scene, word, DocumentState(word))
    make(scene, "own_in_review", review, joint=False)
    make(scene, "own_under_agreement", review, joint=False, under=signed)
    make(scene, "own_draft_under_agreement", DocumentState.DRAFT, joint=False, under=signed)
    return scene


@pytest.mark.parametrize(
    ("model", "sees", "column"), [(AnnualPlan, PLANS, "document__subject"), (PlanItem, ITEMS, "text")]
)
def test_visible_to_is_the_exact_set(scene, model, sees, column):
    users = {"anonymous": AnonymousUser()} | {
        name: User.objects.get(pk=user.pk) for name, user in scene.people.items()
    }
    found = {
        person: sorted(model.objects.visible_to(user).values_list(column, flat=True)) for person, user in users.items()
    }
    wanted = {person: sorted(word for word, who in sees.items() if person in who.split()) for person in users}
    assert found == wanted


def test_a_row_is_found_once_however_many_ways_lead_to_it(scene):
    reader = User.objects.get(pk=scene.people["partner"].pk)
    uids: list[UUID] = list(PlanItem.objects.visible_to(reader).values_list("uid", flat=True))
    assert len(uids) == len(set(uids)) > 0
