"""A round added up: agency by agency, beside what was reported; down to the facts; texts put in with their source."""

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from coordination.enums import AgencyKind, AgencyRole, DocumentState, MemberRole, SuccessionNature
from coordination.models import AgencySuccession, DocumentMove, DocumentVersion
from programs.enums import OverAgencies, OverPlaces
from reports.compose import compose
from reports.consolidation import Readings, scope_of, together
from reports.enums import ReportKind
from reports.models import OutlineSection
from reports.round_texts import AgencyText, with_source
from reports.rounds import Asked, consolidate, leave_out, open_round
from reports.seats import standings
from tests import factories
from tests.constraints import changed

pytestmark = pytest.mark.django_db
TODAY, IN_PERIOD = date(2026, 6, 20), date(2026, 3, 8)
SENT_AT = datetime(2026, 6, 19, 3, tzinfo=UTC)


@pytest.fixture(autouse=True)
def on_that_day():
    with time_machine.travel(datetime(2026, 6, 20, 2, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def world(cast):
    factories.document(cast.board)  # the kind "BC"
    cast.hat = cast.officer.memberships.get()
    cast.police = factories.agency(cast.province, "Công an tỉnh", "CAT")
    cast.outline = factories.outline(opening="Mở đầu.")
    for position, key in enumerate(("i", "ii"), 1):
        OutlineSection.objects.create(
            outline=cast.outline, position=position, numbering="roman", heading=f"Mục {key}", key=key,
            text="Có {activities.attendances} lượt người.\n\n+ Một;\n+ Hai.",
        )  # fmt: skip
    return cast


def asked(world, *agencies):
    wanted = Asked(
        kind=ReportKind.GENDER_EQUALITY, period=factories.period(), outline=world.outline, agencies=agencies,
        due_sender=date(2026, 6, 25),
    )  # fmt: skip
    return open_round(wanted, acting=world.hat, token=uuid.uuid4())


def sent(one, agency, person):
    """Written from the records as they are, approved and sent."""
    report = factories.report(
        agency, agency.unit, round=one, outline=one.outline,
        document=factories.document(agency, number="5", symbol="BC-X", issued_on=TODAY),
    )  # fmt: skip
    manuscript = compose(report)
    DocumentVersion.objects.create(
        document=report.document, number=1, manuscript=manuscript.to_json(), sha256=manuscript.sha256(),
        created_by=person,
    )  # fmt: skip
    changed(report.document, state=DocumentState.SENT)()
    DocumentMove.objects.create(
        document=report.document, action="send", from_state=DocumentState.ISSUED, to_state=DocumentState.SENT,
        moved_by=person, acting_for=agency, moved_at=SENT_AT,
    )  # fmt: skip
    return report


def added(one):
    stand = standings([one], TODAY)[one.pk]
    return together(one, stand, scope_of(one))


def numbers(one, code="activities.attendances"):
    """By short name of the agency, the total under ""."""
    found = added(one)
    rows = {
        row.standing.seat.agency_short: next(number for number in row.numbers if number.code == code)
        for row in found.rows
    }
    return rows | {"": next(total for total in found.totals if total.code == code)}


def attended(owner, unit, number, **fields):
    return factories.activity(owner, unit, IN_PERIOD, attendances=number, **fields)


# ---- numbers ----


def test_the_rows_of_the_agencies_add_up_to_the_total(world):
    before = factories.agency(world.province, "Hội cũ", "HC")
    nature = SuccessionNature.MERGED
    AgencySuccession.objects.create(predecessor=before, successor=world.union, on=TODAY, nature=nature)
    attended(world.union, world.commune, 1)
    attended(before, world.commune, 20)
    attended(world.police, world.commune, 300)
    attended(world.board, world.commune, 4_000)
    found = numbers(asked(world, world.union, world.police))
    assert {name: number.now.value for name, number in found.items()} == {
        "Hội LHPN tỉnh": 21, "Công an tỉnh": 300, "": 321,
    }  # fmt: skip


def test_an_agency_that_is_left_out_has_no_number(world):
    attended(world.union, world.commune, 1)
    attended(world.police, world.commune, 300)
    one = asked(world, world.union, world.police)
    leave_out(one.seats.get(agency=world.police), "Chưa có số liệu", acting=world.hat)
    found = numbers(one)
    assert (found["Công an tỉnh"].now.value, found[""].now.value) == (None, 1)


def test_a_request_in_which_nobody_is_counted_adds_up_to_nothing(client, world):
    attended(world.union, world.commune, 1)
    one = asked(world, world.union)
    leave_out(one.seats.get(), "Chưa có số liệu", acting=world.hat)
    assert numbers(one)[""].now.value is None
    assert compose(consolidate(one, acting=world.hat)).blocks
    client.force_login(world.officer)
    assert page_of(client, one).status_code == 200


def test_what_was_reported_stands_beside_what_is_known_now(world):
    attended(world.union, world.commune, 10)
    attended(world.police, world.commune, 5)
    one = asked(world, world.union, world.police)
    for agency in (world.union, world.police):
        sent(one, agency, world.partner)
    attended(world.union, world.commune, 3)
    found = numbers(one)
    union, police = found["Hội LHPN tỉnh"], found["Công an tỉnh"]
    assert (union.now.value, union.reported.value, union.differs, union.gap_text) == (13, 10, True, "tăng 3")
    assert (police.now.value, police.reported.value, police.differs) == (5, 5, False)
    assert found[""].now.value == 18


def test_who_has_not_sent_reported_nothing(world):
    attended(world.union, world.commune, 10)
    one = asked(world, world.union)
    factories.report(
        world.union, world.province, round=one, outline=world.outline, document=factories.document(world.union)
    )
    assert numbers(one)["Hội LHPN tỉnh"].reported is None


# ---- indicators ----


def test_an_indicator_agency_by_agency(world):
    joined = {"over_agencies": OverAgencies.SUM, "over_places": OverPlaces.SUM}
    indicator = factories.indicator(measured_in="%", **joined)
    factories.measurement(world.union, world.commune, indicator=indicator, numerator=30, denominator=60)
    other = factories.commune(world.province, "Ba Khác")
    factories.measurement(world.police, other, indicator=indicator, numerator=30, denominator=40)
    one = asked(world, world.union, world.police)
    sent(one, world.union, world.partner)
    factories.measurement(
        world.union, world.commune, indicator=indicator, numerator=3, denominator=0, reason="Sót",
    )  # fmt: skip
    readings = Readings.of(one, standings([one], TODAY)[one.pk], scope_of(one))
    rows = {row.standing.seat.agency_short: row for row in readings.of_agencies(indicator)}
    assert rows["Công an tỉnh"].now.value == Decimal(75)
    assert rows["Công an tỉnh"].reported is None
    assert rows["Hội LHPN tỉnh"].reported == Decimal(50)
    assert readings.judged.reading({"indicator": indicator.code}).denominator == 100
    listed = readings.indicators()[0]
    assert (listed.indicator, listed.agencies) == (indicator, 2)


# ---- pages ----


def page_of(client, one, name="round_together", query="", *words):
    return client.get(reverse(f"reports:{name}", args=[one.uid, *words]) + query)


def test_from_the_province_to_the_agency_to_the_fact(client, world):
    fact = attended(world.union, world.commune, 10, title="Truyền thông ở Ba Thử")
    attended(world.police, world.commune, 5)
    one = asked(world, world.union, world.police)
    client.force_login(world.officer)
    page = page_of(client, one).content.decode()
    of_union = (
        f"{reverse('reports:round_figure', args=[one.uid])}?ref=activities.attendances&amp;agency={world.union.uid}"
    )
    assert of_union in page
    facts = client.get(of_union.replace("&amp;", "&")).content.decode()
    assert "Truyền thông ở Ba Thử" in facts
    assert reverse("programs:activity_detail", args=[fact.uid]) in facts
    whole = page_of(client, one, "round_figure", "?ref=activities.attendances").content.decode()
    assert "15" in whole


@pytest.mark.parametrize(
    "query", ["", "?ref=no.such", "?ref=activities.sessions&agency=0b0e0a52-5f5c-4d5e-9d3f-0d9f3c1c7a10"]
)
def test_an_address_that_names_no_number_is_not_found(client, world, query):
    one = asked(world, world.union)
    client.force_login(world.officer)
    assert page_of(client, one, "round_figure", query).status_code == 404


def test_only_those_that_differ(client, world):
    attended(world.union, world.commune, 10)
    one = asked(world, world.union, world.police)
    sent(one, world.union, world.partner)
    attended(world.union, world.commune, 3)
    client.force_login(world.officer)
    page = page_of(client, one, query="?only=differs")
    assert [row.standing.seat.agency_id for row in page.context["page"]] == [world.union.pk]
    assert "đã báo cáo 10 (tăng 3)" in page.content.decode()


@pytest.mark.parametrize("rows", [1, 3, 100])
@pytest.mark.parametrize(("name", "queries"), [("round_together", 27), ("round_texts", 13)])
def test_a_hundred_agencies_ask_the_database_no_more_than_one(
    client, world, rows, name, queries, django_assert_num_queries
):
    agencies = [
        factories.agency(world.province, f"Hội {n:03}", f"H{n}", kind=AgencyKind.UNION, role=AgencyRole.WOMENS_UNION)
        for n in range(rows)
    ]
    indicator = factories.indicator()
    for agency in agencies:
        attended(agency, world.commune, 2)
    factories.measurement(agencies[0], world.commune, indicator=indicator)
    one = asked(world, *agencies)
    first = sent(one, agencies[0], world.officer)
    manuscript = first.document.versions.get().manuscript
    for agency in agencies[1:]:
        report = factories.report(
            agency, world.province, round=one, outline=one.outline, document=factories.document(agency)
        )
        DocumentVersion.objects.create(
            document=report.document, number=1, manuscript=manuscript, sha256="0" * 64, created_by=world.officer
        )
        changed(report.document, state=DocumentState.SENT, issued_on=TODAY)()
    client.force_login(world.officer)
    page_of(client, one, name)
    with django_assert_num_queries(queries):
        page = page_of(client, one, name)
    assert page.context["page"].paginator.count == rows
    if name == "round_together":
        assert page.context["added"].totals[1].now.value == 2 * rows


# ---- texts ----


def test_a_text_is_put_in_with_its_source(client, world):
    attended(world.union, world.commune, 10)
    one = asked(world, world.union, world.police)
    sent(one, world.union, world.partner)
    report = consolidate(one, acting=world.hat)
    client.force_login(world.officer)
    page = page_of(client, one, "round_texts", "?section=ii").content.decode()
    assert "Có 10 lượt người." in page
    url, sending = reverse("reports:round_insert", args=[one.uid]), {"section": "ii", "agency": str(world.union.uid)}
    assert client.post(url, sending).status_code == 302
    text = report.document.sections.get(key="ii").text
    assert text == (
        "Có {activities.attendances} lượt người.\n\n+ Một;\n+ Hai.\n\n"
        "Có 10 lượt người.\n\n- Một;\n- Hai.\n\n(Nguồn: Báo cáo số 05/BC-X ngày 20/06/2026 của Hội LHPN tỉnh)"
    ).replace("Có 10 lượt người.\n\n- Một", "Có 10 lượt người.\n- Một")
    assert report.document.sections.get(key="ii").history.first().history_user == world.officer


def test_signs_that_mean_figures_are_put_in_as_plain_words(world):
    one = asked(world, world.union)
    sent(one, world.union, world.partner)
    row = standings([one], TODAY)[one.pk][0]
    assert with_source(AgencyText(row, "Tỷ lệ [ước] {50%}")).startswith("Tỷ lệ (ước) (50%)\n")


def test_nothing_is_put_into_a_report_that_is_fixed(client, world):
    one = asked(world, world.union)
    sent(one, world.union, world.partner)
    report = consolidate(one, acting=world.hat)
    changed(report.document, state=DocumentState.APPROVED)()
    client.force_login(world.officer)
    client.post(reverse("reports:round_insert", args=[one.uid]), {"section": "ii", "agency": str(world.union.uid)})
    assert not report.document.sections.exists()


def test_a_leader_puts_nothing_in(client, world):
    one = asked(world, world.union)
    sent(one, world.union, world.partner)
    consolidate(one, acting=world.hat)
    client.force_login(factories.member(world.board, MemberRole.LEADER))
    sending = {"section": "ii", "agency": str(world.union.uid)}
    assert client.post(reverse("reports:round_insert", args=[one.uid]), sending).status_code == 403
