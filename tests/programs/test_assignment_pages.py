"""The pages of tasks: entered, found, answered, verified; with a fixed number of queries."""

import re
from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coordination.enums import DocumentState
from programs.models import AnnualPlan, Assignment, AssignmentResponse, PlanItem
from tests import factories
from tests.constraints import changed
from tests.pages import Page
from tests.programs.tasks import TODAY, done, give, paper, response_of, scene, task

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(TODAY):
        yield


@pytest.fixture
def stage(cast):
    return scene(cast)


@pytest.fixture
def given(stage):
    return give(stage, task(stage.union, lead=stage.board, due_words="trước ngày 11/6/2026"))[0]


def new_of(document):
    return reverse("programs:assignment_create", args=[document.uid])


def page_of(name, record):
    return reverse(f"programs:{name}", args=[record.uid])


def token_in(client, document):
    return Page(client.get(new_of(document))).one("input", name="form_token").attributes["value"]


def rows_of(**rows):
    """`row0={…}`: as the form sends them; a row that is not named is sent empty."""
    sent = {}
    for at in range(3):
        said = {"number": "", "text": "", "due_words": "", "due_on": "", "recurrence": "once", "recurs_until": ""}
        said |= {"lead": ""} | rows.get(f"row{at}", {})
        sent |= {f"row{at}-{name}": value for name, value in said.items()}
    return sent


# --- entered -------------------------------------------------------------------------------------------------------


def test_several_tasks_at_once_with_days_read_from_their_words(stage, client):
    client.force_login(stage.giver)
    sent = rows_of(
        row0={"number": "1", "text": "Lập tổ kiểm tra", "due_words": "trước tháng 10/2026", "lead": stage.board.pk},
        row1={"text": "Báo cáo", "due_words": "thường xuyên", "no_day": "on", "agencies": [stage.board.pk]},
    )
    sent |= {"form_token": token_in(client, stage.paper), "everyone": [stage.union.pk]}
    for _time in (1, 2):  # a double click
        answer = client.post(new_of(stage.paper), sent)
        assert (answer.status_code, answer.url) == (302, page_of("document_assignments", stage.paper))
    rows = [(row.number, row.text, row.due_words, row.due_on) for row in Assignment.objects.all()]
    assert rows == [
        ("1", "Lập tổ kiểm tra", "trước tháng 10/2026", date(2026, 9, 30)),
        ("", "Báo cáo", "thường xuyên", None),
    ]
    addressed = [sorted(row.responses.values_list("agency", flat=True)) for row in Assignment.objects.all()]
    assert addressed == [sorted([stage.board.pk, stage.union.pk]), [stage.board.pk]]


def test_a_group_is_chosen_by_one_tick(stage, client):
    client.force_login(stage.giver)
    sent = rows_of(row0={"text": "Báo cáo"}) | {"form_token": token_in(client, stage.paper), "groups": ["province"]}
    assert client.post(new_of(stage.paper), sent).status_code == 302
    found = set(AssignmentResponse.objects.values_list("agency", flat=True))
    assert found == {stage.board.pk, stage.union.pk, stage.committee.pk}


@pytest.mark.parametrize(
    ("row", "field", "words"),
    [
        ({"due_on": "01/07/2026"}, "text", "Hãy ghi nội dung việc được giao"),
        ({"text": "Việc", "due_words": "khi có thể"}, "due_on", "Không đọc được ngày từ cách ghi này"),
        ({"text": "Việc", "due_on": "31/02/2026"}, "due_on", "Không có ngày 31/2/2026"),
        ({"text": "Việc", "recurrence": "monthly"}, "due_on", "Hãy ghi ngày đến hạn lần đầu"),
        (
            {"text": "Việc", "recurrence": "monthly", "due_on": "30/06/2026", "recurs_until": "01/06/2026"},
            "recurs_until",
            "không trước lần đầu",
        ),
        ({"text": "Việc", "recurs_until": "01/07/2026"}, "recurs_until", "Hãy chọn nhiệm vụ lặp lại thế nào"),
        (
            {"text": "Việc", "recurrence": "monthly", "due_on": "30/06/2026", "recurs_until": "30/06/2040"},
            "recurs_until",
            "Quá 60 lần đến hạn",
        ),
        ({"text": "Việc", "due_on": "01/07/2026", "no_day": "on"}, "due_on", "Bỏ ngày này"),
        ({"text": "Việc", "everyone": []}, "agencies", "Hãy chọn cơ quan được giao"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(stage, client, row, field, words):
    client.force_login(stage.giver)
    everyone = row.get("everyone", [stage.union.pk])
    sent = rows_of(row1={"number": "7b"} | row) | {"form_token": token_in(client, stage.paper), "everyone": everyone}
    answer = client.post(new_of(stage.paper), sent)
    assert answer.status_code == 422
    page = Page(answer)
    assert any(f"#id_row1-{field}" == link.attributes.get("href") for link in page.all("a"))
    assert words in answer.content.decode()
    assert page.one("input", name="row1-number").attributes["value"] == "7b"
    assert Assignment.objects.count() == 0


def test_one_more_row_and_the_days_read_without_scripts(stage, client):
    client.force_login(stage.giver)
    sent = rows_of(row0={"text": "Việc", "due_words": "trước ngày 15/12/2026"}) | {"open": "row"}
    sent["form_token"] = token_in(client, stage.paper)
    answer = client.post(new_of(stage.paper), sent)
    page = Page(answer)
    assert answer.status_code == 200
    assert page.one("input", name="row0-due_on").attributes["value"] == "14/12/2026"
    assert page.one("textarea", name="row3-text").text.strip() == ""
    assert not page.all("p", **{"class": "field-err"})
    assert Assignment.objects.count() == 0


def test_the_day_is_read_while_one_types(stage, client):
    client.force_login(stage.giver)
    echo = reverse("programs:assignment_due")
    asked = {"issued": "2024-04-10", "row2-due_words": "trước tháng 10/2024"}
    assert client.get(echo, asked).content.decode().strip() == "Hiểu là: đến hết ngày 30/09/2024"
    asked = {"issued": "?", "due_words": "khi có thể"}
    assert client.get(echo, asked).content.decode().strip() == "Không đọc được ngày từ cách ghi này."


def test_a_draft_offers_no_tasks(stage, client):
    changed(stage.paper, state=DocumentState.DRAFT)()
    client.force_login(stage.giver)
    assert client.get(new_of(stage.paper)).status_code == 403


def test_a_task_changed_twice_shows_both_versions(stage, client, given):
    client.force_login(stage.giver)
    url = page_of("assignment_edit", given)
    page = Page(client.get(url))
    assert page.one("input", name="due_on").attributes["value"] == "10/06/2026"
    sent = {"version": "1", "text": "Lần một", "due_on": "01/07/2026", "recurrence": "once", "lead": stage.board.pk}
    assert client.post(url, sent | {"agencies": [stage.union.pk]}).status_code == 302
    answer = client.post(url, sent | {"text": "Lần hai", "agencies": []})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Lần một" in text
    assert "Lần hai" in text
    assert Page(answer).one("input", name="version").attributes["value"] == "2"
    assert client.post(url, sent | {"text": "Lần hai", "agencies": [], "version": "2"}).status_code == 302
    given.refresh_from_db()
    assert (given.text, given.responses.count()) == ("Lần hai", 1)


# --- answered ------------------------------------------------------------------------------------------------------


def test_an_agency_answers_and_the_giver_verifies(stage, client, given):
    answer = response_of(given, stage.board)
    client.force_login(stage.officer)
    url = page_of("response_answer", answer)
    short = client.post(url, {"version": 1, "progress": "Đang lập", "done": "1"})
    assert short.status_code == 422
    assert "Hãy ghi kết quả" in short.content.decode()
    assert Page(short).one("textarea", name="progress").text.strip() == "Đang lập"
    saved = client.post(url, {"version": 1, "progress": "Đang lập", "percent": "30", "save": "1"})
    assert (saved.status_code, saved.url) == (302, page_of("assignment_detail", given))
    late = client.post(url, {"version": 1, "progress": "Khác", "save": "1"})
    assert late.status_code == 409
    assert "Đang lập" in late.content.decode()
    assert client.post(url, {"version": 2, "result": "Đã lập", "done": "1"}).status_code == 302
    client.force_login(stage.giver)
    check = page_of("response_judge", answer)
    assert client.post(check, {"version": 3, "reason": " ", "return": "1"}).status_code == 422
    assert client.post(check, {"version": 2, "verify": "1"}).status_code == 409
    assert client.post(check, {"version": 3, "verify": "1"}).status_code == 302
    answer.refresh_from_db()
    assert (answer.verified_by, answer.verified_on, answer.done_on) == (stage.giver, TODAY, TODAY)
    client.force_login(stage.officer)
    refused = client.post(url, {"version": 4, "result": "Sửa", "done": "1"})
    assert refused.status_code == 422
    assert "đã được xác nhận" in refused.content.decode()


def test_the_result_may_be_a_paper_of_the_agency(stage, client, given):
    shown = paper(stage.board, "31", issued_on=date(2026, 6, 1))
    foreign = paper(stage.other, "32", issued_on=date(2026, 6, 1))
    client.force_login(stage.officer)
    answer = response_of(given, stage.board)
    url = page_of("response_answer", answer)
    sent = {"version": 1, "done": "1"}
    assert client.post(url, sent | {"result_document": foreign.pk}).status_code == 422
    assert client.post(url, sent | {"result_document": shown.pk}).status_code == 302
    answer.refresh_from_db()
    assert answer.result_document == shown


def test_the_page_of_a_task_says_who_may_do_what(stage, client, given):
    done(stage, response_of(given, stage.board))
    buttons = {
        stage.giver: {"Xác nhận hoặc trả lại", "Sửa"},
        stage.officer: {"Sửa báo cáo"},
        stage.partner: {"Báo cáo"},
        stage.chair: {"Xác nhận hoặc trả lại"},
    }
    for person, wanted in buttons.items():
        client.force_login(person)
        page = Page(client.get(page_of("assignment_detail", given)))
        shown = {" ".join(link.text.split()) for link in page.all("a") if "btn" in link.attributes.get("class", "")}
        found = {words for words in wanted if any(text.startswith(words) for text in shown)}
        assert found == wanted
        assert ("Xác nhận hoặc trả lại" in " ".join(shown)) == ("Xác nhận hoặc trả lại" in wanted)
    client.force_login(stage.partner)
    text = client.get(page_of("assignment_detail", given)).content.decode()
    assert "Đã lập tổ kiểm tra" not in text
    assert "Còn 1 cơ quan khác được giao nhiệm vụ này" in text


def test_an_item_of_a_plan_that_came_of_the_task_is_named(stage, client, given):
    cover = paper(stage.board, "41", subject="Kế hoạch năm")
    plan = AnnualPlan.objects.create(document=cover, agency=stage.board, year=2026)
    PlanItem.objects.create(
        plan=plan, position=1, key="1", assignment=given, component=factories.component(), text="Kiểm tra công tác",
        lead=stage.board, starts_on=date(2026, 7, 1), ends_on=date(2026, 9, 30),
    )  # fmt: skip
    client.force_login(stage.officer)
    assert "Kiểm tra công tác" in client.get(page_of("assignment_detail", given)).content.decode()


# --- found ---------------------------------------------------------------------------------------------------------


def listed(client, **query):
    text = client.get(reverse("programs:assignment_list"), query).content.decode()
    return set(re.findall(r"Việc [A-Z]", text))


def test_filters_of_the_list(stage, client):
    other = paper(stage.committee, "99", subject="Kết luận cuộc họp")
    later = {"text": "Việc B mẫu", "due_on": date(2026, 7, 1)}
    a, _b = give(stage, task(stage.board, text="Việc A"), task(stage.union, **later))
    give(stage, task(stage.union, text="Việc C", due_on=None), document=other)
    done(stage, response_of(a, stage.board))
    client.force_login(stage.giver)
    assert listed(client) == {"Việc A", "Việc B", "Việc C"}
    assert listed(client, document=other.pk) == {"Việc C"}
    assert listed(client, agency=stage.union.pk) == {"Việc B", "Việc C"}
    assert listed(client, state="reported") == {"Việc A"}
    assert listed(client, state="open", agency=stage.board.pk) == set()
    assert listed(client, late="1") == set()
    assert listed(client, q="viec mau") == {"Việc B"}
    assert listed(client, q="99/ubnd") == {"Việc C"}
    assert listed(client, document="x", state="?", page="5") == {"Việc A", "Việc B", "Việc C"}
    with time_machine.travel(date(2026, 8, 1)):
        client.force_login(stage.giver)
        assert listed(client, late="1") == {"Việc B"}
    client.force_login(stage.partner)
    assert listed(client) == {"Việc A", "Việc B", "Việc C"}  # who may read the paper reads all its tasks
    assert listed(client, state="reported") == set()  # and not what others answered
    client.force_login(stage.stranger)
    assert listed(client) == set()


def test_the_partial_is_that_part_of_the_page(stage, client, given):
    client.force_login(stage.giver)
    url = reverse("programs:assignment_list")
    whole = client.get(url).content.decode()
    part = client.get(url, headers={"HX-Request": "true"}).content.decode().strip()
    assert part.startswith('<section id="assignment-table"')
    assert part in whole


def test_who_owes_is_read_by_who_gave(stage, client, given):
    url = page_of("assignments_owed", stage.paper)
    client.force_login(stage.giver)
    page = Page(client.get(url))
    texts = [area.text for area in page.all("textarea")]
    assert len(texts) == 3
    assert all("readonly" in area.attributes for area in page.all("textarea"))
    assert "- Hội LHPN tỉnh: 1 nhiệm vụ, chậm nhiều nhất 10 ngày" in texts[0]
    for answer in given.responses.select_related("assignment__document"):
        person = stage.officer if answer.agency_id == stage.board.pk else stage.partner
        done(stage, answer, by=person)
    assert "Không cơ quan nào còn nợ" in client.get(url).content.decode()
    client.force_login(stage.partner)
    assert client.get(url).status_code == 403


def test_late_tasks_stand_on_the_home_page_of_both_sides(stage, client, given):
    client.force_login(stage.officer)
    text = client.get(reverse("reports:home")).content.decode()
    assert "Lập tổ kiểm tra" in text
    assert "quá 10 ngày" in text
    client.force_login(stage.chair)
    text = client.get(reverse("reports:home")).content.decode()
    assert "2 cơ quan chậm" in text
    assert page_of("assignments_owed", stage.paper) in text


PAGES = ("list", "document", "owed", "detail", "home")


@pytest.mark.parametrize("name", PAGES)
def test_queries_do_not_grow_with_the_rows(stage, client, name):
    """At 1, 3 and 300 rows the same number."""
    counted = []
    for rows in (1, 3, 300):
        document = paper(stage.committee, str(100 + rows))
        agencies = [factories.agency(stage.province, f"Sở {rows} {at}", f"S{rows}{at}") for at in range(rows)]
        tasks = [task(*agencies[:1])] * rows if name in ("list", "document", "home") else [task(*agencies)]
        assignment = give(stage, *tasks, document=document)[0]
        addresses = {
            "list": f"{reverse('programs:assignment_list')}?document={document.pk}",
            "document": page_of("document_assignments", document),
            "owed": page_of("assignments_owed", document),
            "detail": page_of("assignment_detail", assignment),
            "home": reverse("reports:home"),
        }
        client.force_login(stage.giver)
        client.get(addresses[name])
        with CaptureQueriesContext(connection) as seen:
            assert client.get(addresses[name]).status_code == 200
        counted.append(len(seen))
    assert counted == [counted[0]] * 3
    assert counted[0] <= (28 if name == "home" else 25)
