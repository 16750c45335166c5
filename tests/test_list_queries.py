"""Lists ask the database as often for 300 rows as for one.

Each function below adds rows of one list, numbered on from those there are, and gives its address. Lists that are not
here have the same test at 1, 3 and 300 rows beside their other tests: plans and the items of a plan
(programs/test_plan_pages.py), assignments, one of them, those of a document and who owes (test_assignment_pages.py),
models with their changes (test_model_register.py), the grid of money and the numbers of it (test_money_grid.py),
imports (test_import_pages.py); the search (reports/test_search.py) and the late facts of a report
(reports/test_opened_lists.py) up to more than they show.
"""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coordination.enums import DocumentState, MemberRole, NoticeKind
from coordination.fields import DerivedField
from coordination.models import (
    AgencyName,
    Clause,
    Document,
    DocumentArrival,
    Membership,
    Notice,
    Party,
    Recipient,
    ReviewRound,
    ReviewSeat,
)
from programs.enums import FactState, Operator
from programs.models import Activity, ActivityOutput, Indicator, ModelEvent, OutputKind, PlanItem, Target
from reports.enums import ReportNature
from reports.models import Report
from tests import factories
from tests.coordination.reviews import agreement
from tests.programs import plans

TODAY, DAY = date(2026, 6, 10), date(2026, 3, 8)
SIZES = (1, 3, 300)
SHOWN = 40  # a page holds 50, some of them rows the first of the copies were made from
NAME = "Dòng số"
OWN = {"uid", "reference", "form_token"}  # columns no two rows share


def named(number):
    return f"{NAME} {number}."


def copied(row, numbers, **columns):
    """Rows like `row`, written at once; `columns` differ: each is given the number of its row."""
    fields = [field for field in row._meta.concrete_fields if not isinstance(field, DerivedField)]
    same = {
        field.attname: getattr(row, field.attname) for field in fields if not (field.primary_key or field.name in OWN)
    }
    made = [type(row)(**same | {name: of(number) for name, of in columns.items()}) for number in numbers]
    return type(row).objects.bulk_create(made)


def papers(first, numbers, **columns):
    """Documents like the first, by number."""
    return dict(zip(numbers, copied(first, numbers, subject=named, **columns), strict=True))


# ---- programs


def activities(cast, numbers, **fields):
    first = factories.activity(cast.board, cast.commune, DAY, attendances=10, **fields)
    rows = copied(first, numbers, title=named)
    partners = Activity.partners.through
    partners.objects.bulk_create(partners(activity=row, agency=cast.union) for row in rows)
    kind = OutputKind.objects.get_or_create(code="banner", defaults={"name": "Băng rôn", "word": "tấm"})[0]
    ActivityOutput.objects.bulk_create(ActivityOutput(activity=row, kind=kind, quantity=2) for row in rows)
    return reverse("programs:activity_list") + "?since=&until="


def drafts(cast, numbers):
    return activities(cast, numbers, state=FactState.DRAFT)


def activities_of_a_task(cast, numbers):
    item = PlanItem.objects.first() or plans.plan(cast).items.get()
    activities(cast, numbers, plan_item=item)
    return reverse("programs:item_detail", args=[item.uid])


def events_of_a_model(cast, numbers):
    first = ModelEvent.objects.first() or factories.model_event(factories.community_model(cast.board, cast.commune))
    copied(first, numbers, note=named)
    return reverse("programs:model_detail", args=[first.model.uid])


def indicators(cast, numbers):
    first = factories.indicator("0.0")
    rows = copied(first, numbers, code=lambda number: f"9.{number}", number=lambda number: f"9.{number}", name=named)
    Target.objects.bulk_create(Target(indicator=row, year=2026, operator=Operator.AT_LEAST, value=60) for row in rows)
    reading = factories.measurement(cast.board, cast.province, numerator=50, denominator=100, indicator=rows[0])
    for year in (2024, 2025, 2026):
        ids = dict(zip(numbers, rows, strict=True))
        copied(
            reading,
            list(numbers)[1:] if year == 2026 else numbers,
            indicator_id=lambda number, ids=ids: ids[number].pk,
            counted_on=lambda _number, year=year: date(year, 6, 14),
        )
    return reverse("programs:scoreboard") + "?day=14/6/2026"


def indicators_to_fill_in(cast, numbers):
    indicators(cast, numbers)
    return reverse("programs:measurement_grid") + "?day=14/6/2026"


def readings_of_an_indicator(cast, numbers):
    first = Indicator.objects.first()
    if first is None:
        first = factories.measurement(cast.board, cast.province, DAY).indicator
        Target.objects.create(indicator=first, year=2026, operator=Operator.AT_LEAST, value=60)
    copied(
        first.measurements.first(), numbers, counted_on=lambda number: DAY - timedelta(number + 1), source_text=named
    )
    return reverse("programs:measurement_list", args=[first.code])


# ---- documents


def agreements(cast, numbers, state=DocumentState.IN_REVIEW):
    """Put to the Union, which has not answered."""
    first = agreement(cast)
    made = papers(first.document, numbers, state=lambda _number: state)
    copied(first, numbers, document_id=lambda number: made[number].pk)
    for order, agency in enumerate((cast.board, cast.union), 1):
        Party.objects.bulk_create(
            Party(document=paper, agency=agency, symbol_order=order, signature_column=order, title="X", name="Y")
            for paper in made.values()
        )
    rounds = ReviewRound.objects.bulk_create(
        ReviewRound(
            document=paper, number=1, sha256="0" * 64, text_sha256="0" * 64, due_on=TODAY,
            opened_by=cast.officer, opened_for=cast.board,
        )
        for paper in made.values()
    )  # fmt: skip
    ReviewSeat.objects.bulk_create(ReviewSeat(round=row, agency=cast.union, must_agree=True) for row in rounds)
    return reverse("coordination:agreement_list")


def clauses_by_year(cast, numbers):
    first = Clause.objects.first() or Clause.objects.filter(section__document=agreement(cast).document).first()
    copied(first, numbers, key=lambda number: f"k{number}", position=lambda number: number + 10, text=named)
    return reverse("programs:agreement_coverage", args=[first.section.document.agreement.uid])


def register(cast, numbers):
    """Papers that came in."""
    issued = {"state": DocumentState.ISSUED, "issued_on": date(2026, 3, 1)}
    first = Document.objects.first() or factories.document(cast.union, number="1", **issued)
    made = papers(first, numbers, number=lambda number: str(number + 2))
    Recipient.objects.bulk_create(
        Recipient(document=paper, position=1, text="Sở Dân tộc", agency=cast.board) for paper in made.values()
    )
    DocumentArrival.objects.bulk_create(
        DocumentArrival(document=paper, agency=cast.board, year=2026, number=number + 1, arrived_on=TODAY)
        for number, paper in made.items()
    )
    return reverse("coordination:document_list")


def notices(cast, numbers):
    first = Document.objects.first() or factories.document(cast.union, symbol="")
    Notice.objects.bulk_create(
        Notice(reader=cast.officer, kind=NoticeKind.ASKED_TO_REVIEW, about=paper, agency=cast.union, key=str(number))
        for number, paper in papers(first, numbers).items()
    )
    return reverse("coordination:notice_list")


def reports(cast, numbers):
    """Supplements of the first: there is one original of a period."""
    first = Report.objects.first() or factories.report(cast.board, cast.province)
    made = papers(first.document, numbers)
    copied(
        first,
        numbers,
        document_id=lambda number: made[number].pk,
        nature=lambda _number: ReportNature.SUPPLEMENT,
        supersedes_id=lambda _number: first.pk,
    )
    return reverse("reports:report_list")


def history_of_a_record(cast, numbers):
    """Of an activity that was changed each time by the same person."""
    activity = Activity.objects.first() or factories.activity(cast.board, cast.commune, DAY)
    first = activity.history.earliest()
    copied(
        first,
        numbers,
        title=named,
        history_type=lambda _number: "~",
        history_date=lambda number: first.history_date + timedelta(hours=number + 1),
        history_user_id=lambda _number: cast.officer.pk,
    )
    return reverse("coordination:history", args=["programs.activity", activity.uid])


# ---- people and places


def agencies(cast, numbers):
    first = AgencyName.objects.get(agency=cast.union)
    made = dict(zip(numbers, copied(cast.union, numbers), strict=True))
    ids = {"agency_id": lambda number: made[number].pk}
    copied(first, numbers, **ids, name=named, short_name=named, symbol=lambda number: f"S{number}")
    return reverse("coordination:agency_list") + "?q=dong+so"


def people(cast, numbers):
    """Of the board, each under a name of its own."""
    first = cast.clerk
    users = copied(first, numbers, full_name=named, email=lambda number: f"dong{number}@example.vn")
    ids = dict(zip(numbers, users, strict=True))
    copied(Membership.objects.get(user=first), numbers, user_id=lambda number: ids[number].pk)
    return reverse("coordination:account_list") + "?q=dong+so"


def members(cast, numbers):
    people(cast, numbers)
    return reverse("coordination:member_list", args=[cast.board.uid])


def places(cast, numbers):
    copied(cast.commune, numbers, name=named, code=lambda number: f"9{number:04}")
    return reverse("coordination:unit_list") + "?q=dong+so"


def places_in_a_province(cast, numbers):
    places(cast, numbers)
    return reverse("coordination:unit_detail", args=[cast.province.uid])


# ---- what waits for a person


def home(cast, numbers):
    """Drafts, agreements, reports, notices and activities recorded lately."""
    drafts(cast, numbers)
    activities(cast, numbers)
    agreements(cast, numbers)
    agreements(cast, numbers, state=DocumentState.DRAFT)
    reports(cast, numbers)
    notices(cast, numbers)
    return reverse("reports:home")


ALL = None  # the page shows every row
LISTS = {  # who looks, how many rows of them the page shows at least
    activities: ("officer", SHOWN),
    drafts: ("officer", SHOWN),
    activities_of_a_task: ("officer", SHOWN),
    events_of_a_model: ("officer", ALL),
    indicators: ("officer", ALL),
    indicators_to_fill_in: ("officer", ALL),
    readings_of_an_indicator: ("officer", SHOWN),
    agreements: ("partner", SHOWN),
    clauses_by_year: ("officer", ALL),
    register: ("officer", SHOWN),
    notices: ("officer", SHOWN),
    reports: ("officer", 20),
    history_of_a_record: ("officer", ALL),
    agencies: ("officer", SHOWN),
    people: ("administrator", SHOWN),
    members: ("keeper", ALL),
    places: ("officer", SHOWN),
    places_in_a_province: ("officer", ALL),
    home: ("officer", SHOWN),
}


@pytest.mark.parametrize(
    ("fill", "person", "shown"),
    [(fill, person, shown) for fill, (person, shown) in LISTS.items()],
    ids=[fill.__name__ for fill in LISTS],
)
def test_a_list_asks_as_often_however_long(client, cast, time_machine, fill, person, shown):
    time_machine.move_to(f"{TODAY}T08:00:00+07:00", tick=False)
    cast.keeper = factories.member(cast.board, MemberRole.ADMINISTRATOR)
    client.force_login(getattr(cast, person))
    counted, there = [], 0
    for size in SIZES:
        address = fill(cast, range(there, size))
        there = size
        client.get(address)  # the first page of a session stores its form token
        with CaptureQueriesContext(connection) as asked:
            page = client.get(address)
        assert page.status_code == 200
        seen = set(re.findall(rf"{NAME} (\d+)\.", page.text))
        assert len(seen) >= min(size, shown or size), "the rows are not on the page"
        counted.append(len(asked))
    assert counted == [counted[0]] * len(SIZES)
