"""Rounds: who is asked, told and late; more time, reminders, going on without one, closing."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from coordination.enums import AgencyKind, AgencyRole, DocumentState, NoticeKind, SuccessionNature
from coordination.models import AgencySuccession, DocumentMove, Notice, ViewGrant
from coordination.notices import address, sentence
from programs.models import Activity
from reports.enums import ReportKind, ReportScope, SeatState
from reports.models import Extension, Reminder, Report, ReportRound, RoundSeat
from reports.round_words import heading_words
from reports.rounds import Asked, RoundRefused, answer, ask_more, close_round, extend, leave_out, open_round, remind
from reports.rounds import consolidate as draft_consolidated
from reports.seats import counts_of, standings
from tests import factories
from tests.constraints import assert_refused, changed

pytestmark = pytest.mark.django_db
TODAY, DUE = date(2026, 6, 20), date(2026, 6, 25)
IN_PERIOD = date(2026, 3, 8)


@pytest.fixture(autouse=True)
def on_that_day():
    with time_machine.travel(datetime(2026, 6, 20, 2, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def hat(cast):
    return cast.officer.memberships.get()


def asked(hat, *agencies, **fields):
    values = {
        "kind": ReportKind.GENDER_EQUALITY,
        "period": factories.period(),
        "outline": factories.outline(),
        "due_sender": DUE,
    }
    return open_round(Asked(agencies=agencies, **values | fields), acting=hat)


def stand(one, day=TODAY):
    return {row.seat.agency_id: row for row in standings([one], day)[one.pk]}


def sent(one, agency, moment, state=DocumentState.SENT, person=None):
    """The report of an agency, sent at a moment: what the path of reports writes."""
    report = Report.objects.filter(round=one, agency=agency).first()
    report = report or factories.report(agency, agency.unit, round=one, document=factories.document(agency))
    changed(report.document, state=state, issued_on=TODAY)()
    moved(report, "send", moment, person)
    return report


def moved(report, action, moment, person=None):
    DocumentMove.objects.create(
        document=report.document, action=action, from_state=DocumentState.ISSUED, to_state=DocumentState.SENT,
        moved_by=person or factories.user(), acting_for=report.agency, moved_at=moment,
    )  # fmt: skip


# ---- asking ----


def test_the_agencies_are_told_and_their_records_of_the_period_may_be_read(cast, hat):
    inside = factories.activity(cast.union, cast.commune, IN_PERIOD)
    before = factories.activity(cast.union, cast.commune, date(2025, 12, 14))
    assert not Activity.objects.visible_to(cast.officer).exists()
    one = asked(hat, cast.union)
    vars(cast.officer).pop("_access")
    assert list(Activity.objects.visible_to(cast.officer)) == [inside]
    assert before.pk not in Activity.objects.visible_to(cast.officer).values_list("pk", flat=True)
    notice = Notice.objects.for_reading().get(kind=NoticeKind.REPORT_ASKED)
    assert (notice.reader, notice.due_on) == (cast.partner, DUE)
    assert sentence(notice) == "Sở Dân tộc và Tôn giáo đề nghị cơ quan bạn gửi báo cáo, hạn 25/06/2026."
    assert address(notice) == reverse("reports:round_detail", args=[one.uid])


def test_records_of_what_the_agency_was_made_from_are_read_too(cast, hat):
    before = factories.agency(cast.province, "Hội LHPN cũ", "CU", closed_on=date(2026, 2, 28))
    nature = SuccessionNature.MERGED
    AgencySuccession.objects.create(predecessor=before, successor=cast.union, on=date(2026, 3, 1), nature=nature)
    asked(hat, cast.union)
    assert set(ViewGrant.objects.values_list("owner", flat=True)) == {cast.union.pk, before.pk}


def test_the_same_form_twice_asks_once(cast, hat):
    token = "0b0e0a52-5f5c-4d5e-9d3f-0d9f3c1c7a10"
    wanted = Asked(
        kind=ReportKind.GENDER_EQUALITY, period=factories.period(), outline=factories.outline(),
        agencies=[cast.union], due_sender=DUE,
    )  # fmt: skip
    assert open_round(wanted, acting=hat, token=token) == open_round(wanted, acting=hat, token=token)
    assert (ReportRound.objects.count(), RoundSeat.objects.count(), Notice.objects.count()) == (1, 1, 1)


def test_who_does_not_consolidate_asks_nobody(cast):
    with pytest.raises(PermissionDenied):
        asked(cast.partner.memberships.get(), cast.board)


def test_the_committee_of_the_province_asks(cast):
    assert asked(cast.chair.memberships.get(), cast.board).asked_by == cast.committee


def test_more_agencies_are_asked_later_each_once(cast, hat):
    one = asked(hat, cast.union)
    police = factories.agency(cast.province, "Công an tỉnh", "CAT")
    assert ask_more(one, [cast.union, police], acting=hat) == 1
    assert set(one.seats.values_list("agency", flat=True)) == {cast.union.pk, police.pk}


def test_the_asking_agency_counts_itself_and_sends_nothing(cast, hat):
    one = asked(hat, cast.board, cast.union)
    assert stand(one, date(2026, 8, 1))[cast.board.pk].state == SeatState.OWN
    assert counts_of(stand(one).values()) | {"own": 1, "awaited": 1, "all": 2} == counts_of(stand(one).values())
    assert not Notice.objects.filter(reader=cast.officer).exists()


# ---- late or not: R19 of the security tests ----


@pytest.mark.parametrize(
    ("moment", "late"),
    [
        (datetime(2026, 6, 25, 16, 59, 59, 999_000, tzinfo=UTC), 0),  # 23:59:59.999 in Hà Nội
        (datetime(2026, 6, 25, 17, 0, 0, tzinfo=UTC), 1),  # midnight
        (datetime(2026, 6, 30, 3, tzinfo=UTC), 5),
    ],
)
def test_the_last_day_ends_at_midnight_of_the_office(cast, hat, settings, moment, late):
    settings.USE_TZ = True
    one = asked(hat, cast.union)
    sent(one, cast.union, moment)
    row = stand(one)[cast.union.pk]
    assert (row.state, row.days_late, row.is_late) == (SeatState.SENT, late, False)


def test_a_server_in_utc_decides_the_same(cast, hat, monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    one = asked(hat, cast.union)
    with time_machine.travel(datetime(2026, 6, 25, 17, 0, 0, tzinfo=UTC), tick=False):
        sent(one, cast.union, DocumentMove._meta.get_field("moved_at").default())
    assert stand(one)[cast.union.pk].days_late == 1


def test_a_request_under_way_at_midnight_counts_by_its_move(cast, hat):
    """Begun at 23:59:58, written at 00:00:01: what is stored with the move decides."""
    one = asked(hat, cast.union)
    with time_machine.travel(datetime(2026, 6, 25, 16, 59, 58, tzinfo=UTC), tick=False) as clock:
        report = factories.report(cast.union, cast.province, round=one, document=factories.document(cast.union))
        clock.move_to(datetime(2026, 6, 25, 17, 0, 1, tzinfo=UTC))
        moved(report, "send", DocumentMove._meta.get_field("moved_at").default())
        changed(report.document, state=DocumentState.SENT, issued_on=TODAY)()
    assert stand(one)[cast.union.pk].days_late == 1


def test_late_is_accepted_and_marked(client, cast, hat):
    one = asked(hat, cast.union)
    sent(one, cast.union, datetime(2026, 6, 28, 3, tzinfo=UTC))
    client.force_login(cast.officer)
    page = client.get(reverse("reports:round_detail", args=[one.uid])).content.decode()
    assert "10:00 28/06/2026" in page
    assert "chậm 3 ngày" in page


# ---- how the agencies stand ----


def test_states_follow_from_the_report(cast, hat):
    names = ("begun", "returned", "mended", "sent", "received", "nothing", "out")
    agencies = {name: factories.agency(cast.province, name, name) for name in names}
    one = asked(hat, *agencies.values())
    moment = datetime(2026, 6, 20, 3, tzinfo=UTC)
    factories.report(agencies["begun"], cast.province, round=one, document=factories.document(agencies["begun"]))
    for name, state in (
        ("returned", DocumentState.RETURNED),
        ("mended", DocumentState.DRAFT),
        ("sent", DocumentState.SENT),
        ("received", DocumentState.RECEIVED),
    ):
        report = sent(one, agencies[name], moment, state)
        if name in ("returned", "mended"):
            moved(report, "return", datetime(2026, 6, 21, 3, tzinfo=UTC))
    leave_out(one.seats.get(agency=agencies["out"]), "Chưa có số liệu", acting=hat)
    found = stand(one, date(2026, 6, 27))
    assert {name: found[agency.pk].state for name, agency in agencies.items()} == {
        "begun": SeatState.DRAFTING,
        "returned": SeatState.RETURNED,
        "mended": SeatState.RETURNED,
        "sent": SeatState.SENT,
        "received": SeatState.RECEIVED,
        "nothing": SeatState.NOT_BEGUN,
        "out": SeatState.LEFT_OUT,
    }
    assert {name for name, agency in agencies.items() if found[agency.pk].is_late} == {
        "begun", "returned", "mended", "nothing",
    }  # fmt: skip
    assert counts_of(found.values())["late"] == 4


def test_what_was_sent_in_time_and_returned_keeps_its_first_day_when_it_is_sent_again(cast, hat):
    one = asked(hat, cast.union)
    report = sent(one, cast.union, datetime(2026, 6, 24, 3, tzinfo=UTC))
    moved(report, "return", datetime(2026, 6, 26, 3, tzinfo=UTC))
    moved(report, "send", datetime(2026, 6, 27, 3, tzinfo=UTC))
    row = stand(one)[cast.union.pk]
    assert (row.days_late, row.sent_on, row.was_sent_again) == (0, date(2026, 6, 24), True)


def test_what_came_of_a_merged_agency_answers_in_its_place(cast, hat):
    one = asked(hat, cast.union)
    merged = factories.agency(cast.province, "Mặt trận và đoàn thể tỉnh", "MTTQ")
    nature = SuccessionNature.MERGED
    AgencySuccession.objects.create(predecessor=cast.union, successor=merged, on=TODAY, nature=nature)
    sent(one, merged, datetime(2026, 6, 24, 3, tzinfo=UTC))
    assert stand(one)[cast.union.pk].state == SeatState.SENT


def test_lateness_stops_when_the_round_is_closed(cast, hat):
    one = asked(hat, cast.union)
    with time_machine.travel(datetime(2026, 6, 27, 3, tzinfo=UTC)):
        close_round(one, acting=hat)
    one.refresh_from_db()
    assert stand(one, date(2026, 9, 1))[cast.union.pk].days_late == 2


# ---- more time, reminders, leaving out ----


def test_more_time_moves_the_day_of_one_agency_and_keeps_the_earlier_one(cast, hat):
    police = factories.agency(cast.province, "Công an tỉnh", "CAT")
    one = asked(hat, cast.union, police)
    extend(one.seats.get(agency=cast.union), date(2026, 6, 30), "Bão số 3", acting=hat)
    extend(one.seats.get(agency=cast.union), date(2026, 7, 2), "Bão số 4", acting=hat)
    found = stand(one, date(2026, 7, 1))
    assert (found[cast.union.pk].days_late, found[cast.union.pk].is_extended) == (0, True)
    assert (found[police.pk].days_late, found[police.pk].is_extended) == (6, False)
    assert list(Extension.objects.values_list("reason", flat=True)) == ["Bão số 3", "Bão số 4"]
    told = Notice.objects.filter(kind=NoticeKind.REPORT_EXTENDED, reader=cast.partner)
    assert set(told.values_list("due_on", flat=True)) == {date(2026, 6, 30), date(2026, 7, 2)}


def test_more_time_is_more(cast, hat):
    one = asked(hat, cast.union)
    with pytest.raises(RoundRefused, match="25/06/2026"):
        extend(one.seats.get(), DUE, "Bão số 3", acting=hat)


def test_an_agency_is_reminded_once_a_day(cast, hat):
    one = asked(hat, cast.union)
    seats = [row.seat for row in stand(one).values()]
    assert [remind(one, seats, acting=hat, today=TODAY) for _twice in range(2)] == [1, 0]
    assert Notice.objects.filter(kind=NoticeKind.REPORT_REMINDED).count() == 1
    assert remind(one, seats, acting=hat, today=date(2026, 6, 21)) == 1
    assert Notice.objects.filter(kind=NoticeKind.REPORT_REMINDED).count() == 2


def test_leaving_out_is_taken_back(cast, hat):
    one = asked(hat, cast.union)
    leave_out(one.seats.get(), "Mới thành lập", acting=hat)
    assert stand(one)[cast.union.pk].state == SeatState.LEFT_OUT
    leave_out(one.seats.get(), "", acting=hat)
    assert stand(one)[cast.union.pk].state == SeatState.NOT_BEGUN


@pytest.mark.parametrize("step", ["extend", "remind", "leave_out", "ask_more", "close"])
def test_a_closed_round_changes_no_more(cast, hat, step):
    one = asked(hat, cast.union)
    close_round(one, acting=hat)
    seat = next(iter(stand(one).values())).seat
    acts = {
        "extend": lambda: extend(seat, date(2026, 7, 1), "Bão", acting=hat),
        "remind": lambda: remind(one, [seat], acting=hat, today=TODAY),
        "leave_out": lambda: leave_out(seat, "Bão", acting=hat),
        "ask_more": lambda: ask_more(one, [cast.other], acting=hat),
        "close": lambda: close_round(one, acting=hat),
    }
    with pytest.raises(RoundRefused, match="đã đóng"):
        acts[step]()


# ---- the report of an agency that is asked ----


def test_the_report_of_an_asked_agency_belongs_to_the_round(cast, hat):
    factories.document(cast.board)  # the kind "BC"
    own_outline = factories.outline(name="Đề cương của yêu cầu")
    one = asked(hat, cast.union, outline=own_outline)
    partner = cast.partner.memberships.get()
    report = answer(one, acting=partner)
    assert (report.round, report.agency, report.scope) == (one, cast.union, ReportScope.AGENCY)
    assert report.outline == own_outline
    assert answer(one, acting=partner) == report
    assert stand(one)[cast.union.pk].state == SeatState.DRAFTING


def test_a_report_begun_before_is_taken(cast, hat):
    begun = factories.report(cast.union, cast.province, document=factories.document(cast.union))
    one = asked(hat, cast.union)
    assert answer(one, acting=cast.partner.memberships.get()) == begun
    begun.refresh_from_db()
    assert begun.round == one


def test_who_is_not_asked_answers_nothing(cast, hat):
    one = asked(hat, cast.union)
    with pytest.raises(PermissionDenied):
        answer(one, acting=cast.stranger.memberships.get())


def test_the_consolidated_report_is_one(cast, hat):
    factories.document(cast.board)  # the kind "BC"
    one = asked(hat, cast.union)
    report = draft_consolidated(one, acting=hat)
    assert (report.scope, report.round, report.agency) == (ReportScope.ROUND, one, cast.board)
    assert draft_consolidated(one, acting=hat) == report


# ---- constraints ----


def test_a_report_of_the_agencies_asked_names_the_request(cast):
    assert_refused(
        lambda: factories.report(cast.board, cast.province, scope=ReportScope.ROUND), "report_of_round_has_one"
    )


def test_an_extension_says_why(cast, hat):
    seat = asked(hat, cast.union).seats.get()
    assert_refused(
        lambda: Extension.objects.create(seat=seat, due_on=DUE, reason="", given_by=cast.officer),
        "extension_has_reason",
    )


def test_an_agency_is_asked_once(cast, hat):
    one = asked(hat, cast.union)
    assert_refused(lambda: RoundSeat.objects.create(round=one, agency=cast.union), "round_seat_once")


def test_a_reminder_a_day(cast, hat):
    seat = asked(hat, cast.union).seats.get()
    Reminder.objects.create(seat=seat, sent_by=cast.officer, sent_on=TODAY)
    assert_refused(
        lambda: Reminder.objects.create(seat=seat, sent_by=cast.officer, sent_on=TODAY), "reminder_once_a_day"
    )


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("round_compiler_after_sender", {"due_compiler": date(2026, 6, 24)}),
        ("round_leader_after_compiler", {"due_compiler": date(2026, 6, 28), "due_leader": date(2026, 6, 27)}),
        ("round_kind_known", {"kind": "other"}),
    ],
)
def test_days_of_a_round_are_in_order(cast, hat, name, days):
    one = asked(hat, cast.union)
    assert_refused(changed(one, **days), name)


@pytest.mark.parametrize("rows", [1, 3, 100])
def test_the_board_asks_the_database_as_often_for_any_number(client, cast, hat, rows, django_assert_num_queries):
    agencies = [
        factories.agency(cast.province, f"Hội {n:03}", f"H{n}", kind=AgencyKind.UNION, role=AgencyRole.WOMENS_UNION)
        for n in range(rows)
    ]
    one = asked(hat, *agencies)
    for agency in agencies:
        sent(one, agency, datetime(2026, 6, 24, 3, tzinfo=UTC), person=cast.officer)
    client.force_login(cast.officer)
    url = reverse("reports:round_detail", args=[one.uid])
    client.get(url)
    with django_assert_num_queries(13):
        page = client.get(url)
    assert page.context["counts"]["sent"] == rows


# ---- pages and forms ----


FORM = {"kind": "gender-equality", "form_token": "0b0e0a52-5f5c-4d5e-9d3f-0d9f3c1c7a10", "due_sender": "25/06/2026"}


@pytest.fixture
def ask(client, cast):
    """Sends the form; what is given stands over a form that is right."""
    factories.outline(), factories.document(cast.board)
    client.force_login(cast.officer)

    def send(**typed):
        period = factories.period()
        values = FORM | {"period": period.pk, "everyone": [cast.union.pk]} | typed
        return client.post(reverse("reports:round_create"), values)

    return send


def test_a_form_asks_the_agencies_once(ask, cast):
    answers = [ask() for _twice in range(2)]
    one = ReportRound.objects.get()
    assert {answer["Location"] for answer in answers} == {reverse("reports:round_detail", args=[one.uid])}
    assert (one.due_sender, one.title) == (DUE, "Kết quả công tác bình đẳng giới")
    assert list(one.seats.values_list("agency", flat=True)) == [cast.union.pk]


def test_a_group_and_single_agencies_are_asked_together(ask, cast):
    police = factories.agency(cast.province, "Công an tỉnh", "CAT")
    ask(groups=["unions" if cast.union.kind == AgencyKind.UNION else "departments"], everyone=[police.pk])
    asked_ones = set(ReportRound.objects.get().seats.values_list("agency", flat=True))
    assert {cast.union.pk, police.pk} <= asked_ones
    assert cast.committee.pk not in asked_ones  # stands above the board
    assert cast.board.pk not in asked_ones


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"everyone": []}, "groups", "Chọn cơ quan được yêu cầu"),
        ({"due_sender": "19/06/2026"}, "due_sender", "chọn từ ngày 20/06/2026"),
        ({"due_sender": ""}, "due_sender", "Ghi ngày cuối cùng"),
        ({"due_compiler": "24/06/2026"}, "due_compiler", "chọn từ ngày 25/06/2026"),
        ({"due_sender": "31/02/2026"}, "due_sender", "31/2/2026"),
    ],
)
def test_what_is_wrong_is_said_by_the_field_and_the_rest_is_kept(ask, typed, field, words):
    answer = ask(title="Tên riêng", **typed)
    assert answer.status_code == 422
    assert words in " ".join(answer.context["form"].errors[field])
    assert "Tên riêng" in answer.content.decode()
    assert not ReportRound.objects.exists()


def test_an_outline_of_another_kind_is_refused(ask):
    other = factories.outline(ReportKind.PROJECT8)
    answer = ask(outline=other.pk)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["outline"])


def test_an_asked_agency_reads_its_own_part_only(client, cast, hat):
    police = factories.agency(cast.province, "Công an tỉnh", "CAT")
    one = asked(hat, cast.union, police, request="Ghi rõ số nữ.")
    client.force_login(cast.partner)
    page = client.get(reverse("reports:round_detail", args=[one.uid])).content.decode()
    assert "Ghi rõ số nữ." in page
    assert "25/06/2026" in page
    assert "Công an tỉnh" not in page


def test_the_desk_of_an_asked_agency_and_of_who_asks(client, cast, hat):
    one = asked(hat, cast.union)
    client.force_login(cast.partner)
    assert one.title in client.get(reverse("reports:home")).content.decode()
    client.force_login(cast.officer)
    assert "còn chờ" not in client.get(reverse("reports:home")).content.decode()
    with time_machine.travel(datetime(2026, 6, 27, 3, tzinfo=UTC)):
        client.force_login(cast.officer)
        assert "1 cơ quan quá hạn, còn chờ 1 báo cáo" in client.get(reverse("reports:home")).content.decode()


def test_the_reminder_names_the_days_and_the_page(client, cast, hat):
    one = asked(hat, cast.union)
    client.force_login(cast.officer)
    with time_machine.travel(datetime(2026, 6, 27, 3, tzinfo=UTC)):
        client.force_login(cast.officer)
        page = client.get(reverse("reports:round_owed", args=[one.uid]))
    [(_row, text)] = page.context["rows"]
    assert "Hạn gửi: 25/06/2026; đến hôm nay đã quá 2 ngày." in text
    assert reverse("reports:round_detail", args=[one.uid]) in text
    assert "- Hội LHPN tỉnh: quá 2 ngày" in page.context["to_all"]


@pytest.mark.parametrize(("state", "shown"), [("late", 1), ("arrived", 1), ("not_begun", 1), ("", 2), ("other", 2)])
def test_the_board_is_filtered(client, cast, hat, state, shown):
    police = factories.agency(cast.province, "Công an tỉnh", "CAT")
    one = asked(hat, cast.union, police)
    sent(one, police, datetime(2026, 6, 24, 3, tzinfo=UTC))
    with time_machine.travel(datetime(2026, 6, 27, 3, tzinfo=UTC)):
        client.force_login(cast.officer)
        page = client.get(reverse("reports:round_detail", args=[one.uid]), {"state": state})
    assert page.context["page"].paginator.count == shown


@pytest.mark.parametrize("rows", [1, 3, 30])
def test_the_list_of_requests_asks_the_database_as_often(client, cast, hat, rows, django_assert_num_queries):
    for number in range(rows):
        asked(hat, cast.union, title=f"Yêu cầu {number}")
    client.force_login(cast.officer)
    client.get(reverse("reports:round_list"))
    with django_assert_num_queries(11):
        assert len(client.get(reverse("reports:round_list")).context["rows"]) == rows


def test_headings_of_an_outline_read_before_anything_is_counted():
    period = factories.period()
    heading = "Các chỉ tiêu[{when:targets_unknown}, chưa có số liệu]|đến {last_day}"
    assert heading_words(heading, period) == "Các chỉ tiêu đến 14/06/2026"
