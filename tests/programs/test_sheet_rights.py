"""Sheets of agencies, people and plans change what their screens may change, no more and no less."""

from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coordination.enums import MemberRole
from coordination.models import Agency, Invitation, Membership
from coordination.sheets.declared import Found
from programs.models import AnnualPlan, PlanItem
from tests import factories
from tests.programs import plans
from tests.programs.sheet_files import checked, exported, filled, rows_of, sheet, written

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 20)


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel(TODAY, tick=False):
        yield


def told(code, rows, who):
    return [(problem.key, problem.message) for problem in checked(code, filled(code, rows), who).problems]


# ---- agencies ----


def agency_row(cast, symbol, **cells):
    rows = rows_of(exported("agencies", cast.administrator))
    return next(row for row in rows if row["symbol"] == symbol) | cells


def parent_words(agency):
    return f"{agency.name_on(TODAY).name} ({agency.name_on(TODAY).symbol}, {agency.unit})"


def test_above_a_stored_agency_stands_one_of_its_province_or_of_the_centre(cast):
    ministry = factories.agency(None, "Bộ Dân tộc và Tôn giáo", "BDTTG")
    far = agency_row(cast, "HLHPN", parent=parent_words(cast.other))
    assert [key for key, _text in told("agencies", [far], cast.administrator)] == ["parent"]
    for above in (cast.committee, ministry):
        words = parent_words(above) if above.unit else "Bộ Dân tộc và Tôn giáo (BDTTG)"
        row = agency_row(cast, "HLHPN", parent=words)
        assert written("agencies", filled("agencies", [row]), cast.administrator).counts == {Found.CHANGED: 1}
        cast.union.refresh_from_db()
        assert cast.union.parent == above


def test_agency_above_that_ended_is_kept_and_offered_to_nobody_else(cast):
    Agency.objects.filter(pk=cast.committee.pk).update(closed_on=date(2026, 1, 31))
    row = agency_row(cast, "SDTTG", short_name="Sở DT")
    assert row["parent"]
    assert written("agencies", filled("agencies", [row]), cast.administrator).counts == {Found.CHANGED: 1}
    cast.board.refresh_from_db()
    assert (cast.board.parent, cast.board.name_on(TODAY).short_name) == (cast.committee, "Sở DT")
    other = agency_row(cast, "HLHPN", parent=row["parent"])
    assert [key for key, _text in told("agencies", [other], cast.administrator)] == ["parent"]


def test_seat_that_ended_since_is_kept(cast):
    old = factories.commune(cast.province, "Ba Cũ", valid_to=date(2025, 6, 30))
    factories.agency(old, "UBND xã Ba Cũ", "UBNDBC")
    row = agency_row(cast, "UBNDBC", short_name="UBND Ba Cũ")
    assert written("agencies", filled("agencies", [row]), cast.administrator).counts == {Found.CHANGED: 1}
    assert Agency.objects.get(unit=old).name_on(TODAY).short_name == "UBND Ba Cũ"
    new = agency_row(cast, "UBNDBC") | {"symbol": "UBNDBM", "name": "UBND mới"}
    assert [key for key, _text in told("agencies", [new], cast.administrator)] == ["commune"]


def test_rows_do_not_put_agencies_above_each_other_in_a_ring(cast):
    rows = [
        agency_row(cast, "HLHPN", parent=parent_words(cast.board)),
        agency_row(cast, "UBND", parent=parent_words(cast.union)),
    ]
    assert [key for key, _text in told("agencies", rows, cast.administrator)] == ["parent"]


def test_a_symbol_is_that_of_one_agency_of_the_province(cast):
    row = agency_row(cast, "HLHPN", name="Ủy ban Mặt trận", since=date(2026, 1, 1)) | {"symbol": "MTTQ"}
    twice = [row, row | {"name": "Mặt trận khác"}]
    assert [key for key, _text in told("agencies", twice, cast.administrator)] == ["symbol"]


@pytest.mark.parametrize("rows", [1, 3, 60])
def test_agencies_ask_as_often_however_many(cast, rows):
    province = factories.province("Rất Thử")
    for number in range(rows):
        factories.agency(province, f"Sở số {number}", f"SS{number}")
    book = exported("agencies", cast.administrator)
    changed = [row | {"short_name": f"{row['short_name']} mới"} for row in rows_of(book)]
    content = filled("agencies", changed)
    with CaptureQueriesContext(connection) as queries:
        assert checked("agencies", content, cast.administrator).counts == {Found.CHANGED: rows + 4}
    assert len(queries) <= 12


# ---- people ----


def person_row(email, **cells):
    values = {"full_name": "Người Mới", "email": email, "role": MemberRole.OFFICER.label, "valid_from": TODAY}
    return values | cells


@pytest.fixture
def keeper(cast):
    return factories.member(cast.board, MemberRole.ADMINISTRATOR)


def test_an_address_of_another_agency_is_told_without_the_name(cast, keeper):
    cast.stranger.full_name = "Họ Tên Kín"
    cast.stranger.save()
    ((key, text),) = told("users", [person_row(cast.stranger.email)], keeper)
    assert (key, "cơ quan khác" in text, "Họ Tên Kín" in text) == ("email", True, False)
    assert Invitation.objects.count() == 0


def test_an_address_of_a_colleague_is_told_with_the_name(cast, keeper):
    cast.officer.full_name = "Nguyễn Văn A"
    cast.officer.save()
    ((key, text),) = told("users", [person_row(cast.officer.email, role=MemberRole.LEADER.label)], keeper)
    assert (key, "Nguyễn Văn A" in text) == ("full_name", True)


def test_the_system_s_administrator_reads_every_name(cast):
    cast.stranger.full_name = "Họ Tên Kín"
    cast.stranger.save()
    labels = sheet("users", cast.administrator).prepare().columns["agency"].widget.labels
    row = person_row(cast.stranger.email, agency=labels[str(cast.board.pk)])
    ((key, text),) = told("users", [row], cast.administrator)
    assert (key, "Họ Tên Kín" in text) == ("full_name", True)


def test_a_person_of_another_agency_is_invited_by_the_right_name(cast, keeper):
    row = person_row(cast.stranger.email, full_name=cast.stranger.full_name)
    assert written("users", filled("users", [row]), keeper).counts == {Found.NEW: 1}
    assert Invitation.objects.get().agency == cast.board


def test_a_role_lent_long_ago_can_be_corrected(cast, keeper):
    hat = cast.officer.memberships.get()
    days = {"valid_from": date(2025, 1, 1), "valid_to": date(2025, 2, 1)}
    lent = Membership.objects.create(user=cast.clerk, agency=cast.board, role=hat.role, deputises=hat, **days)
    row = next(row for row in rows_of(exported("users", keeper)) if row["email"] == cast.officer.email)
    row["position_title"] = "Chuyên viên chính"
    Membership.objects.filter(pk=lent.pk).update(valid_to=date(2026, 7, 1))
    assert [key for key, _text in told("users", [row], keeper)] == [""]
    Membership.objects.filter(pk=lent.pk).update(valid_to=date(2025, 2, 1))
    assert written("users", filled("users", [row]), keeper).counts == {Found.CHANGED: 1}


# ---- plans ----


def test_items_are_written_by_those_who_may_edit_the_plan(cast):
    plans.plan(cast)
    rows = rows_of(exported("plan-items", cast.officer))
    rows[0]["quantity"] = 5
    assert written("plan-items", filled("plan-items", rows), cast.officer).counts == {Found.CHANGED: 1}
    assert PlanItem.objects.get().quantity == 5


def test_the_draft_of_another_agency_is_neither_shown_nor_written(cast):
    """Also by one that is to sign it: it reads the plan, and its items, once the plan is put to it."""
    plans.plan(cast)
    rows = rows_of(exported("plan-items", cast.officer))
    rows[0]["quantity"] = 5
    assert rows_of(exported("plan-items", cast.partner)) == []
    assert sheet("plan-items", cast.partner).prepare().columns["plan"].widget.labels == {}
    assert [key for key, _text in told("plan-items", rows, cast.partner)] == ["plan"]
    assert PlanItem.objects.get().quantity == 4


def test_items_of_a_joint_plan_are_taken_out_by_each_that_signs_it(cast):
    plans.in_review(cast)
    assert len(rows_of(exported("plan-items", cast.partner))) == 1


def test_a_plan_the_agency_only_began_is_shown_and_not_changed(client, cast):
    """To a person who reads it in another hat."""
    made = plans.own_plan(cast, items=[plans.line(cast, partners=[])])
    made.document.parties.all().delete()
    AnnualPlan.objects.filter(pk=made.pk).update(agency=cast.board)
    made.document.register_agency = cast.union
    made.document.save(update_fields=["register_agency"])
    Membership.objects.create(
        user=cast.officer, agency=cast.union, role=MemberRole.OFFICER, valid_from=date(2001, 1, 1)
    )
    rows = rows_of(exported("plan-items", cast.officer))
    assert len(rows) == 1
    rows[0]["quantity"] = 5
    ((key, text),) = told("plan-items", rows, cast.officer)
    assert (key, "ký hoặc lưu" in text) == ("plan", True)
    client.force_login(cast.officer)
    status = client.get(reverse("programs:item_create", args=[made.uid])).status_code
    assert status in (403, 404)


@pytest.mark.parametrize(("who", "status"), [("officer", 200), ("leader", 403), ("clerk", 403), ("chair", 403)])
def test_who_may_import_items(client, cast, who, status):
    client.force_login(getattr(cast, who))
    address = reverse("coordination:import_create", args=["plan-items"])
    assert client.get(address).status_code == status


@pytest.mark.parametrize("rows", [1, 3, 60])
def test_plan_items_are_prepared_in_as_many_queries_however_many_plans(cast, rows):
    """Of different years, too."""
    for number in range(rows):
        plans.own_plan(cast, year=2026 + number % 6, subject=f"Kế hoạch {number}", items=[])
    made = sheet("plan-items", cast.officer)
    with CaptureQueriesContext(connection) as queries:
        made.prepare()
    assert len(made.plans) == rows
    assert len(queries) == 24


def test_contents_of_the_years_of_the_drafts_are_offered(cast):
    later = factories.component("T.9", short_name="Nội dung 9", valid_from=date(2027, 1, 1))
    gone = factories.component("T.8", short_name="Nội dung 8", valid_to=date(2025, 12, 31))
    plans.own_plan(cast, year=2027, items=[])
    offered = sheet("plan-items", cast.officer).prepare().columns["component"].widget.labels
    assert (str(later.pk) in offered, str(gone.pk) in offered) == (True, False)
