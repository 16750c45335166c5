"""What is added up over activities: each counts once, whoever looks; a share divides by those alone that state it."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import override_settings
from hypothesis import strategies as st

from coordination.enums import DocumentState
from coordination.models import Agency
from programs.enums import FactState
from programs.models import PlanItem
from reports.enums import ReportScope
from reports.figures import FIGURES, Scope
from reports.figures.windows import Window
from tests import factories
from tests.coordination.reviews import agreement
from tests.programs import plans
from tests.programs.activity_forms import DAY

pytestmark = pytest.mark.django_db
EVERY_DAY = {"since": "", "until": ""}
FIRST, LAST = date(2025, 12, 15), date(2026, 6, 14)
ON_A_PAGE = 3
NUMBERS = ("attendances", "women", "minority")


@pytest.fixture(autouse=True)
def on_the_day(time_machine):
    time_machine.move_to("2026-06-10T08:00:00+07:00", tick=False)


@dataclass
class Row:
    """An activity as it was drawn, apart from the database. `parties`: who signed the agreement its plan is under."""

    owner: Agency
    sessions: int
    attendances: int | None
    women: int | None
    minority: int | None
    draft: bool
    partners: set[Agency] = field(default_factory=set)
    parties: set[Agency] = field(default_factory=set)

    def seen_by(self, agency: Agency, above: Agency) -> bool:
        return agency == self.owner or (not self.draft and agency in {above, *self.partners, *self.parties})


def sums(rows: list[Row]) -> dict[str, Any]:
    """The plain way. Where nothing is stated there is no number."""
    recorded = [row for row in rows if not row.draft]
    stated = [row for row in recorded if row.women is not None]
    whole = sum(row.attendances for row in stated)
    return {
        "rows": len(rows),
        "drafts": len(rows) - len(recorded),
        "sessions": sum(row.sessions for row in recorded),
        "sessions_with_women": sum(row.sessions for row in stated),
        "attendances_with_women": whole,
        "share": Decimal(100 * sum(row.women for row in stated)) / whole if whole else None,
    } | {name: sum(getattr(row, name) or 0 for row in recorded) for name in NUMBERS}


def listed(totals) -> dict[str, Any]:
    """The same of what a list adds up."""
    found = {name: getattr(totals, f"total_{name}") or 0 for name in ("sessions", *NUMBERS)}
    for name in ("rows", "drafts", "sessions_with_women", "attendances_with_women"):
        found[name] = getattr(totals, name) or 0
    return found | {"share": totals.share_of_women}


@pytest.fixture
def tasks(cast):
    """Two tasks in each of two plans: under an agreement with the Union, and under one with another province."""
    found = {}
    for number, partner in enumerate((cast.union, cast.other)):
        signed = agreement(cast)
        signed.document.parties.filter(agency=cast.union).update(agency=partner)
        lines = [plans.line(cast, f"Việc {number}.{at}", partners=[]) for at in range(2)]
        made = plans.own_plan(cast, agreement=signed, items=lines)
        type(made.document).objects.filter(pk=made.document_id).update(state=DocumentState.IN_REVIEW)
        found |= {item: {cast.board, partner} for item in made.items.order_by("pk")}
    return found


def drawn(data, cast, tasks: dict[PlanItem, set[Agency]]) -> Row:
    """Any partners, any task or none; women and minority stated or not, each only with a total."""
    owner = data.draw(st.sampled_from([cast.board, cast.union]))
    total = data.draw(st.none() | st.integers(0, 300))
    part = st.none() if total is None else st.none() | st.integers(0, total)
    row = Row(owner, data.draw(st.integers(1, 9)), total, data.draw(part), data.draw(part), data.draw(st.booleans()))
    row.partners = data.draw(st.sets(st.sampled_from([cast.board, cast.union, cast.committee, cast.other])))
    item = data.draw(st.sampled_from([None, *tasks]))
    row.parties = tasks[item] if item else set()
    made = factories.activity(
        owner, cast.commune, DAY, plan_item=item, sessions=row.sessions, attendances=total, women=row.women,
        minority=row.minority, state=FactState.DRAFT if row.draft else FactState.RECORDED,
    )  # fmt: skip
    made.partners.set(row.partners)
    return row


def draws(data, cast, tasks) -> list[Row]:
    return [drawn(data, cast, tasks) for _number in range(data.draw(st.integers(0, 7)))]


@override_settings(PAGE_SIZE=ON_A_PAGE)
def test_a_list_adds_each_activity_once_for_whoever_reads_it(walked, client, cast, tasks):
    readers = {
        cast.officer: (cast.board, {}),
        cast.partner: (cast.union, {}),
        cast.chair: (cast.committee, {}),
        cast.stranger: (cast.other, {"unit": "elsewhere"}),
    }

    def check(data):
        rows = draws(data, cast, tasks)
        for person, (agency, where) in readers.items():
            client.force_login(person)
            page = client.get("/activities/", EVERY_DAY | where)
            seen = [row for row in rows if row.seen_by(agency, cast.committee)]
            wanted = sums(seen)
            assert listed(page.context["totals"]) == wanted
            assert listed(page.context["page_totals"]) == sums(seen[::-1][:ON_A_PAGE])  # the newest first
            if wanted["sessions"]:
                assert f"{wanted['sessions_with_women']}/{wanted['sessions']} cuộc có số nữ" in page.text

    walked(check)


def test_figures_of_board_union_and_province_count_each_activity_once(walked, cast, tasks):
    window = Window(FIRST, LAST, FIRST)
    scopes = {agency: Scope.of(agency, cast.province, ReportScope.AGENCY) for agency in (cast.board, cast.union)}
    scopes[None] = Scope.of(cast.board, cast.province, ReportScope.PROVINCE)

    def check(data):
        rows = draws(data, cast, tasks)
        for agency, scope in scopes.items():
            wanted = sums([row for row in rows if agency in (row.owner, None) and not row.draft])
            wanted |= {"records": wanted.pop("rows"), "women_share": wanted.pop("share")}
            del wanted["drafts"]
            for code, number in wanted.items():
                found = FIGURES[f"activities.{code}"].value(scope, window).value
                assert (found or 0) == (number or 0), (agency, code)

    walked(check)


def test_the_first_page_divides_by_those_that_state_women_and_says_how_many(walked, client, cast, tasks, periods):
    def check(data):
        rows = draws(data, cast, tasks)
        for person, agency in ((cast.officer, cast.board), (cast.partner, cast.union)):
            client.force_login(person)
            page = client.get("/")
            wanted = sums([row for row in rows if row.owner == agency])
            progress = page.context["progress"]
            assert (progress.held, progress.people) == (wanted["sessions"], wanted["attendances"])
            assert (progress.held_stated, progress.people_stated) == (
                wanted["sessions_with_women"],
                wanted["attendances_with_women"],
            )
            if wanted["share"] is not None:
                assert progress.women_percent == pytest.approx(float(wanted["share"]))
                said = f"tách nữ ở {wanted['sessions_with_women']}/{wanted['sessions']} cuộc"
                assert said in " ".join(page.text.split())

    walked(check)
