"""Who sees which records: exact sets, through `visible_to`, in the list, in its Excel file and in the search.

The expectations are written by hand from one rule: own agency and those before it, all; named partner, that recorded
fact; parties and who is asked, from the day it is put to them, and not while it is taken back; recipients, once
issued; agencies above, the People's Committee and the Ban VSTBPN of the unit, what is recorded or issued; system
administrators, no content.
"""

import io
import re
import zipfile

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from coordination.models import Agreement, Comment, Document, User
from programs.models import (
    Activity,
    Assignment,
    AssignmentResponse,
    BudgetEntry,
    CommunityModel,
    Measurement,
    ModelEvent,
)
from reports.models import Report
from tests.permission_records import TODAY, ask, undone
from tests.visible_scene import Scene

pytestmark = pytest.mark.django_db

BOARD = "officer reviewer leader clerk agency_administrator"
UNION = "partner partner_leader"
OF_THE_PROVINCE = "committee advancement"
ABOVE = f"parent {OF_THE_PROVINCE}"
IN_THE_COMMUNE = f"{ABOVE} commune_committee"
FAR = "elsewhere far_committee parent"

MODELS = {
    "own": f"{BOARD} {IN_THE_COMMUNE}",
    "next_commune": f"{BOARD} {ABOVE}",
    "unions": f"{UNION} {OF_THE_PROVINCE} commune_committee",
    "strangers": f"stranger {OF_THE_PROVINCE} commune_committee",
    "branchs": f"branch {BOARD} {IN_THE_COMMUNE}",
    "predecessors": f"predecessor {BOARD} {IN_THE_COMMUNE}",
    "before_merger": f"older {OF_THE_PROVINCE}",
    "far": FAR,
}
FACTS = MODELS | {
    "own_draft": BOARD,
    "partnered": f"{BOARD} {IN_THE_COMMUNE} {UNION}",
    "partnered_draft": BOARD,
    "branchs_draft": "branch",
    "predecessors_draft": f"predecessor {BOARD}",
    "far_partnered": f"{FAR} {UNION}",
}
PAPERS = {
    "draft": BOARD,
    "approved": BOARD,
    "issued": f"{BOARD} {ABOVE}",
    "addressed": f"{BOARD} {ABOVE} recipient",
    "unions_issued": f"{UNION} {OF_THE_PROVINCE}",
    "strangers_issued": f"stranger {OF_THE_PROVINCE}",
    "branchs_draft": "branch",
    "branchs_issued": f"branch {BOARD} {IN_THE_COMMUNE}",
    "predecessors_draft": f"predecessor {BOARD}",
    "predecessors_issued": f"predecessor {BOARD} {ABOVE}",
    "before_merger": f"older {OF_THE_PROVINCE}",
    "far": FAR,
    "received": UNION,
}
AGREEMENTS = {
    "draft": BOARD,
    "taken_back": BOARD,
    "in_review": f"{BOARD} {UNION} asked",
    "agreed": f"{BOARD} {UNION}",
    "issued": f"{BOARD} {UNION} {ABOVE} recipient",
    "reviewed_and_issued": f"{BOARD} {UNION} {ABOVE} asked",
}
COMMENTS = {
    "in_review": f"{BOARD} {UNION} asked",
    "taken_back": BOARD,
    "issued": f"{BOARD} {UNION} asked",
}
REPORTS = {
    "draft": BOARD,
    "approved": BOARD,
    "issued": f"{BOARD} {ABOVE}",
    "addressed": f"{BOARD} {ABOVE} recipient",
    "unions_draft": UNION,
    "unions_issued": f"{UNION} {OF_THE_PROVINCE}",
    "branchs_draft": "branch",
    "branchs_issued": f"branch {BOARD} {IN_THE_COMMUNE}",
    "far": FAR,
    "with_partner": f"{UNION} asked",
    "checked_again": UNION,
    "sent": f"{UNION} {OF_THE_PROVINCE} {BOARD}",
}
# A task: with its paper, and whoever is asked. An answer: its agency and who stands above it, who gave the task and
# who stands above that, the lead of the task.
TASKS = {
    "boards": f"{BOARD} {ABOVE} {UNION} stranger",
    "unions": f"{UNION} {OF_THE_PROVINCE} {BOARD}",
    "branchs": f"{BOARD} {ABOVE} branch",
    "ministrys": f"parent {BOARD} elsewhere",
    "predecessors": f"stranger {OF_THE_PROVINCE} predecessor {BOARD}",
}
ANSWERS = {
    "boards union": f"{BOARD} parent {UNION}",
    "boards finance": f"{BOARD} parent {UNION} stranger",
    "unions board": f"{UNION} {BOARD} parent",
    "branchs branch": f"{BOARD} parent branch",
    "ministrys board": f"parent {BOARD}",
    "ministrys far_board": "parent elsewhere",
    "predecessors old_board": f"stranger {BOARD} parent predecessor",
}
# The page of money: who writes sees there what the own agency recorded, who only reads all he may.
MONEY_SHOWN = {
    "own": f"{BOARD} committee commune_committee",
    "next_commune": f"{BOARD} committee",
    "partnered": f"{BOARD} committee commune_committee partner_leader",
    "unions": f"{UNION} committee commune_committee",
    "strangers": "stranger committee commune_committee",
    "branchs": "branch leader clerk agency_administrator committee commune_committee",
    "predecessors": f"predecessor {BOARD} committee commune_committee",
    "before_merger": "older committee",
    "far": "elsewhere far_committee",
    "far_partnered": "elsewhere far_committee partner_leader",
}
# The two registers of an agency: what it sent out and what it received, and nothing else one may read.
REGISTERS = {
    "draft": BOARD,
    "approved": BOARD,
    "issued": BOARD,
    "addressed": f"{BOARD} recipient",
    "unions_issued": UNION,
    "strangers_issued": "stranger",
    "branchs_draft": "branch",
    "branchs_issued": "branch",
    "predecessors_draft": f"predecessor {BOARD}",
    "predecessors_issued": f"predecessor {BOARD}",
    "before_merger": "older",
    "far": "elsewhere",
    "received": UNION,
}
TABLES = {
    "activities": (Activity, FACTS),
    "models": (CommunityModel, MODELS),
    "events": (ModelEvent, FACTS),
    "readings": (Measurement, FACTS),
    "money": (BudgetEntry, FACTS),
    "papers": (Document, PAPERS),
    "agreements": (Agreement, AGREEMENTS),
    "comments": (Comment, COMMENTS),
    "reports": (Report, REPORTS),
    "tasks": (Assignment, TASKS),
    "answers": (AssignmentResponse, ANSWERS),
}
UID = "([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
# Addresses of the list, and what a link to a record looks like. The list of activities and models is of the province;
# what lies outside is asked for.
LISTS = {
    "activities": (["/activities/?since=&until=", "/activities/?since=&until=&unit=elsewhere"], f"/activities/{UID}/"),
    "models": (["/models/", "/models/?unit=elsewhere"], f"/models/{UID}/"),
    "readings": (["/indicators/1.1/readings/"], f"/history/programs.measurement/{UID}/"),
    "papers": (["/documents/"], f"/documents/{UID}/"),
    "agreements": (["/agreements/"], f"/agreements/{UID}/"),
    "reports": (["/reports/"], f"/reports/{UID}/"),
    "tasks": (["/assignments/"], f"/assignments/{UID}/"),
}
OUTSIDE_THE_PROVINCE = {
    ("partner", "far_partnered"),
    ("partner_leader", "far_partnered"),
}  # in the list when asked for


@pytest.fixture(scope="module")
def scene(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), time_machine.travel(TODAY), undone():
        yield Scene()


def expected(scene, sees):
    return {
        person: sorted(word for word, people in sees.items() if person in people.split())
        for person in ("anonymous", *scene.people)
    }


def read(scene, person, addresses):
    return "".join(ask(scene, person, "get", address).content.decode() for address in addresses)


def words_in(text, link, names):
    return sorted({names[uid] for uid in re.findall(link, text) if uid in names})


def named(made):
    return {str(uid): word for uid, word in made.items()}


@pytest.mark.parametrize("table", TABLES)
def test_visible_to_is_the_exact_set(scene, table):
    made, model = getattr(scene, table)(), TABLES[table][0]
    users = {"anonymous": AnonymousUser()} | {
        name: User.objects.get(pk=user.pk) for name, user in scene.people.items()
    }
    found = {
        person: sorted(
            made[uid] for uid in model.objects.visible_to(user).values_list("uid", flat=True) if uid in made
        )
        for person, user in users.items()
    }
    assert found == expected(scene, TABLES[table][1])
    assert set(made.values()) == set(TABLES[table][1])


@pytest.mark.parametrize("table", LISTS)
def test_list_shows_the_exact_set(scene, table):
    names, (addresses, link) = named(getattr(scene, table)()), LISTS[table]
    found = {person: words_in(read(scene, person, addresses), link, names) for person in scene.people}
    assert found | {"anonymous": []} == expected(scene, TABLES[table][1])


@pytest.mark.parametrize("table", ["activities", "models", "papers", "agreements", "reports"])
def test_search_of_the_header_finds_the_exact_set(scene, table):
    names, link = named(getattr(scene, table)()), LISTS[table][1]
    address = [f"{reverse('reports:search')}?q=dau"]
    found = {person: words_in(read(scene, person, address), link, names) for person in scene.people}
    wanted = expected(scene, TABLES[table][1])
    if table == "activities":
        wanted = {
            who: [word for word in words if (who, word) not in OUTSIDE_THE_PROVINCE] for who, words in wanted.items()
        }
    assert found | {"anonymous": []} == wanted


def test_page_of_money_shows_the_exact_set(scene):
    names = named(scene.money())
    link = f"{reverse('programs:budget_grid')}{UID}/"
    found = {person: words_in(read(scene, person, ["/budget/"]), link, names) for person in scene.people}
    assert found | {"anonymous": []} == expected(scene, MONEY_SHOWN)


def test_excel_of_the_register_has_the_exact_rows(scene):
    scene.papers()
    found = {}
    for person in scene.people:
        file = ask(scene, person, "get", reverse("coordination:document_export")).content
        cells = zipfile.ZipFile(io.BytesIO(file)).read("xl/sharedStrings.xml").decode()
        found[person] = sorted(re.findall(r"Dau (\w+)", cells))
    assert found | {"anonymous": []} == expected(scene, REGISTERS)
