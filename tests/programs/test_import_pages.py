"""The pages of imports: a file is checked, looked at and written by a button; long ones by the worker."""

import uuid
from datetime import date
from http import HTTPStatus

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from coordination.enums import ImportState, JobState, MemberRole
from coordination.models import ImportRun, Membership
from coordination.worker import Worker
from programs.enums import FundingSource
from programs.models import Activity, Target
from tests import factories
from tests.programs.activity_forms import element
from tests.programs.sheet_files import filled, grid_of, upload
from tests.programs.test_sheets import activity_row

pytestmark = pytest.mark.django_db
NOW = date(2026, 6, 20)


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def officer(cast, client):
    factories.activity_kind()
    factories.component()
    client.force_login(cast.officer)
    return client


def send(client, rows, **changes):
    data = {"file": upload(filled("activities", rows)), "form_token": str(uuid.uuid4())} | changes
    return client.post(reverse("coordination:import_create", args=["activities"]), data)


def page_of(run):
    return reverse("coordination:import_detail", args=[run.uid])


def write(client, run, **data):
    return client.post(reverse("coordination:import_write", args=[run.uid]), data)


def test_a_file_is_checked_and_nothing_written_until_the_button(officer, cast):
    answer = send(officer, [activity_row(1), activity_row(2)])
    run = ImportRun.objects.get()
    assert (answer.status_code, answer["Location"]) == (HTTPStatus.FOUND, page_of(run))
    assert (run.state, run.rows_new, run.rows_wrong, run.agency) == (ImportState.CHECKED, 2, 0, cast.board)
    assert Activity.objects.count() == 0
    assert "Nhập 2 dòng" in officer.get(page_of(run)).content.decode()
    write(officer, run)
    run.refresh_from_db()
    assert (run.state, run.rows_written, Activity.objects.count()) == (ImportState.WRITTEN, 2, 2)
    assert "Đã nhập 2 dòng" in officer.get(page_of(run)).content.decode()
    assert Activity.history.first().acting_for == cast.board


def test_wrong_rows_stop_the_others_unless_the_button_says_so(officer):
    send(officer, [activity_row(1), activity_row(2, women=101)])
    run = ImportRun.objects.get()
    html = officer.get(page_of(run)).content.decode()
    assert "Số nữ (101)" in html
    assert "Bỏ 1 dòng lỗi, nhập 1 dòng" in html
    assert '<td class="err' in html
    write(officer, run)
    run.refresh_from_db()
    assert (run.state, Activity.objects.count()) == (ImportState.CHECKED, 0)
    write(officer, run, skip="1")
    assert Activity.objects.count() == 1


def test_the_file_is_given_back_with_its_remarks(officer):
    send(officer, [activity_row(1), activity_row(2, women=101)])
    answer = officer.get(reverse("coordination:import_annotated", args=[ImportRun.objects.get().uid]))
    grid = grid_of(answer.content)
    assert [line[0][:14] for line in grid[2:]] == ["", "Nữ: Số nữ (101"]


def test_the_same_form_twice_is_one_run_and_a_second_click_writes_nothing_more(officer):
    token = str(uuid.uuid4())
    for _time in range(2):
        send(officer, [activity_row(1)], form_token=token)
    run = ImportRun.objects.get()
    for _time in range(2):
        write(officer, run)
    assert Activity.objects.count() == 1


@pytest.mark.parametrize("content", [b"ten;ngay", b"PK\x03\x04"])
def test_a_file_that_is_refused_is_not_kept(officer, content):
    answer = send(officer, [], file=upload(content))
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'href="#id_file"' in answer.content.decode()
    assert ImportRun.objects.count() == 0


def test_an_empty_template_is_not_taken(officer):
    assert "không có dòng" in send(officer, []).content.decode()


def test_what_changed_meanwhile_stops_the_writing_and_is_said(officer, cast):
    record = factories.activity(cast.board, cast.commune, reference="MA1", attendances=10)
    send(officer, [activity_row(1, reference="MA1"), activity_row(2)])
    Activity.objects.filter(pk=record.pk).update(locked_at=timezone.now())
    run = ImportRun.objects.get()
    write(officer, run)
    run.refresh_from_db()
    assert (run.state, run.rows_wrong, Activity.objects.count()) == (ImportState.CHECKED, 1, 1)
    assert run.refusal in officer.get(page_of(run)).content.decode()


# ---- long files ----


@pytest.fixture
def long(settings):
    settings.SHEET_ROWS_AT_ONCE = 2


@pytest.mark.django_db(transaction=True)
def test_a_long_file_is_the_workers_and_the_page_asks_again(officer, long):
    send(officer, [activity_row(number) for number in range(3)])
    run = ImportRun.objects.get()
    assert (run.state, run.job.state) == (ImportState.WAITING, JobState.QUEUED)
    html = officer.get(page_of(run)).content.decode()
    assert 'hx-trigger="every 2s"' in html
    assert '<meta http-equiv="refresh"' in html
    part = officer.get(page_of(run), headers={"HX-Request": "true"}).content.decode()
    assert element(part, "import-state") == element(html, "import-state")
    Worker().run(once=True)
    html = officer.get(page_of(run)).content.decode()
    assert "hx-trigger" not in element(html, "import-state")
    write(officer, run)
    run.refresh_from_db()
    assert (run.job.state, Activity.objects.count()) == (JobState.QUEUED, 0)
    Worker().run(once=True)
    run.refresh_from_db()
    assert (run.state, run.rows_written, Activity.objects.count()) == (ImportState.WRITTEN, 3, 3)
    assert set(Activity.history.values_list("acting_for", flat=True)) == {run.agency_id}


@pytest.mark.django_db(transaction=True)
def test_a_colleague_has_the_worker_write_what_another_checked(officer, cast, long):
    send(officer, [activity_row(number) for number in range(3)])
    Worker().run(once=True)
    run, colleague = ImportRun.objects.get(), factories.member(cast.board)
    officer.force_login(colleague)
    write(officer, run)
    Worker().run(once=True)
    run.refresh_from_db()
    assert (run.state, run.refusal, run.rows_written) == (ImportState.WRITTEN, "", 3)
    assert set(Activity.history.values_list("history_user", flat=True)) == {colleague.pk}


def test_a_file_of_people_is_seen_by_who_keeps_them(client, cast):
    """The whole agency sees those of its records."""
    keeper = factories.member(cast.board, MemberRole.ADMINISTRATOR)
    values = {"agency": cast.board, "created_by": keeper, "name": "a.xlsx", "sha256": "0", "size": 1}
    people, records = (ImportRun.objects.create(sheet=code, **values) for code in ("users", "activities"))
    found = {}
    for person in (keeper, cast.officer):
        client.force_login(person)
        listed = [run.sheet for run in client.get(reverse("coordination:import_list")).context["page"]]
        found[person] = (sorted(listed), *(client.get(page_of(run)).status_code for run in (people, records)))
    assert found == {keeper: (["activities", "users"], 200, 200), cast.officer: (["activities"], 404, 200)}


@pytest.mark.django_db(transaction=True)
def test_who_lost_the_right_meanwhile_does_not_import(officer, cast, long):
    send(officer, [activity_row(number) for number in range(3)])
    Membership.objects.filter(user=cast.officer).update(valid_to=date(2026, 6, 19))
    Worker().run(once=True)
    run = ImportRun.objects.get()
    assert (run.state, run.job.state) == (ImportState.WAITING, JobState.FAILED)
    assert "quyền" in run.job.error.lower()


# ---- lists ----


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_the_list_of_imports_asks_as_often_however_long(officer, cast, rows, django_assert_num_queries):
    for number in range(rows):
        ImportRun.objects.create(
            sheet="activities",
            agency=cast.board,
            created_by=cast.officer,
            name=f"tep-{number}.xlsx",
            sha256="0",
            size=1,
        )
    officer.get(reverse("coordination:import_list"))
    with django_assert_num_queries(7):
        answer = officer.get(reverse("coordination:import_list"))
    assert len(answer.context["page"].object_list) == min(rows, 50)


def lines(client, name, query="", args=()):
    answer = client.get(reverse(name, args=args) + query)
    assert answer.status_code == HTTPStatus.OK
    return grid_of(answer.content)


def test_activities_are_taken_as_they_are_filtered(officer, cast):
    factories.activity(cast.board, cast.commune, title="=1+1 tảo hôn", attendances=5)
    factories.activity(cast.board, cast.commune, title="Tập huấn")
    grid = lines(officer, "programs:activity_export", "?since=&until=&q=tao+hon")
    assert [line[0] for line in grid[:4]] == [
        "Hoạt động",
        "Số dòng: 1",
        "Lọc: Tìm trong tên, nơi tổ chức: “tao hon”",
        "Người xuất: Chuyên viên A, 07:00 20/06/2026",
    ]
    assert [line[3] for line in grid[6:]] == ["=1+1 tảo hôn"]


def test_longer_lists_than_allowed_say_so(officer, cast, settings):
    settings.LIST_EXPORT_ROWS = 1
    for _time in range(3):
        factories.activity(cast.board, cast.commune)
    grid = lines(officer, "programs:activity_export", "?since=&until=")
    assert (grid[1][0], len(grid[6:])) == ("Số dòng: 1 dòng đầu trong 3 dòng", 1)


def test_models_readings_and_money_are_taken_too(officer, cast):
    factories.model_event(factories.community_model(cast.board, cast.commune, name="Tổ 1"), quantity=3)
    Target.objects.create(indicator=factories.indicator(), year=2026, operator=">=", value=75)
    factories.measurement(cast.board, cast.province, numerator=84, denominator=100)
    factories.budget_entry(cast.board, cast.province, source=FundingSource.LOCAL, amount_vnd=7)
    models = lines(officer, "programs:model_export", "?day=20/06/2026")
    assert [line[0] for line in models if line[0] == "Tổ 1"] == ["Tổ 1"]
    assert models[2][0] == "Lọc: Số hiện có đến ngày: 20/06/2026"
    readings = lines(officer, "programs:measurement_export", args=[factories.indicator().code])
    assert readings[-1][5:8] == [84.0, 100.0, ""]
    money = lines(officer, "programs:budget_export", "?year=2026")
    assert (money[1][0], money[-1][6]) == ("Số dòng: 1", 7.0)


@pytest.mark.parametrize("rows", [1, 3, 300])
@pytest.mark.parametrize("name", ["programs:activity_export", "programs:model_export", "programs:budget_export"])
def test_exports_ask_as_often_however_long(officer, cast, name, rows, django_assert_max_num_queries):
    made = {
        "programs:activity_export": lambda: factories.activity(cast.board, cast.commune),
        "programs:model_export": lambda: factories.community_model(cast.board, cast.commune),
        "programs:budget_export": lambda: factories.budget_entry(cast.board, cast.province),
    }[name]
    for _number in range(rows):
        made()
    with django_assert_max_num_queries(9):
        officer.get(reverse(name) + "?since=&until=")


def test_under_the_rows_stands_what_is_true_of_the_kind_shown(officer):
    send(officer, [activity_row(number) for number in range(51)] + [activity_row(51, women=500)])
    page = page_of(ImportRun.objects.get())
    wrong, new = (officer.get(page, {"rows": kind}).content.decode() for kind in ("wrong", "new"))
    frame, part = "Ô viền đỏ là ô cần sửa.", "Đang xem 50 dòng đầu trong 51 dòng."
    assert (frame in wrong, part in wrong) == (True, False)
    assert (frame in new, part in new) == (False, True)
