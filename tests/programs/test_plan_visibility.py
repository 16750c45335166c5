"""Who sees which plans and items: exact sets, by hand from one rule.

Those who sign: their plan from the day it is put to them; the parties of the agreement it stands under likewise;
agencies above once it is issued; a named partner its own item, and nothing of the rest.
"""

from uuid import UUID

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from coordination.enums import DocumentState, NoticeKind
from coordination.models import Agreement, Notice, Party, User
from coordination.notices import tell
from programs.enums import FactState
from programs.models import AnnualPlan, CommunityModel, PlanItem, PlanPartner
from tests import factories
from tests.constraints import changed
from tests.coordination.reviews import agreement
from tests.programs import plans
from tests.test_visible_sets import ABOVE, BOARD, IN_THE_COMMUNE, UNION
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


def model_event(owner, unit, **fields):
    account = factories.community_model(owner, unit, name=f"Tổ {CommunityModel.objects.count()}")
    return factories.model_event(account, **fields)


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


RECORDED = f"{BOARD} {IN_THE_COMMUNE}"  # as any record of the board in the commune
FACTS_OF = dict.fromkeys(PLANS, RECORDED) | {"own_under_agreement": f"{RECORDED} {UNION}"}


@pytest.mark.parametrize("make_fact", [factories.activity, model_event], ids=["activities", "model events"])
def test_recorded_facts_under_an_agreement_are_seen_by_its_parties(scene, make_fact):
    """Neither a draft of a fact nor what serves a plan that was put to nobody; the rest as without a plan."""
    made = {}
    for item in PlanItem.objects.all():
        made[make_fact(scene.board, scene.commune, plan_item=item).uid] = item.text
        made[make_fact(scene.board, scene.commune, plan_item=item, state=FactState.DRAFT).uid] = f"draft {item.text}"
    model = type(make_fact(scene.board, scene.commune))
    sees = FACTS_OF | {f"draft {word}": BOARD for word in PLANS}
    users = {name: User.objects.get(pk=user.pk) for name, user in scene.people.items()}
    found = {
        person: sorted(
            made[uid] for uid in model.objects.visible_to(user).values_list("uid", flat=True) if uid in made
        )
        for person, user in users.items()
    }
    assert found == {person: sorted(word for word, who in sees.items() if person in who.split()) for person in users}


def test_a_notice_leads_a_named_partner_to_its_first_item(client, scene):
    made = AnnualPlan.objects.get(document__subject="in_review")
    reader = scene.people["stranger"]
    tell([reader], NoticeKind.PART_ASKED, about=made.document, agency=scene.board, key="part")
    client.force_login(reader)
    answer = client.post(reverse("coordination:notice_read"), {"notice": Notice.objects.get(key="part").pk})
    assert answer.url == reverse("programs:item_detail", args=[made.items.get().uid])
    assert client.get(answer.url).status_code == 200
    changed(made.document, state=DocumentState.DRAFT)()
    answer = client.post(reverse("coordination:notice_read"), {"notice": Notice.objects.get(key="part").pk})
    assert answer.url == reverse("coordination:notice_list")
