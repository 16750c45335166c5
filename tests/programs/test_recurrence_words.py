"""How often a task comes again, read from how a paper words it; what can be read in two ways is not read."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from coordination.enums import DocumentState
from coordination.models import Clause
from programs.enums import Measure, Recurrence
from programs.models import Assignment
from programs.plan_proposals import Frame, clauses_for, from_clauses, times_in
from programs.recurrence_words import Reading, read_rhythm, read_when
from tests import factories
from tests.constraints import changed
from tests.programs import plans, tasks

ISSUED = date(2024, 4, 10)
R = Recurrence


@pytest.mark.parametrize(
    ("words", "rhythm", "first", "until"),
    [
        ("hằng tháng", R.MONTHLY, date(2024, 4, 30), date(2024, 12, 31)),
        ("hàng quý", R.QUARTERLY, date(2024, 6, 30), date(2024, 12, 31)),
        ("HẰNG QUÝ", R.QUARTERLY, date(2024, 6, 30), date(2024, 12, 31)),
        ("mỗi quý một lần", R.QUARTERLY, date(2024, 6, 30), date(2024, 12, 31)),
        ("ba tháng một lần", R.QUARTERLY, date(2024, 6, 30), date(2024, 12, 31)),
        ("6 tháng một lần", R.HALF_YEARLY, date(2024, 6, 30), date(2024, 12, 31)),
        ("06 tháng/lần", R.HALF_YEARLY, date(2024, 6, 30), date(2024, 12, 31)),
        ("định kỳ 06 tháng, năm", R.HALF_YEARLY, date(2024, 6, 30), date(2024, 12, 31)),
        ("định kỳ hằng quý, 6 tháng, năm", R.QUARTERLY, date(2024, 6, 30), date(2024, 12, 31)),
        ("hằng năm", R.YEARLY, date(2024, 12, 31), None),
        ("năm một lần", R.YEARLY, date(2024, 12, 31), None),
        ("hằng năm, trước ngày 15/12", R.YEARLY, date(2024, 12, 14), None),
        ("hằng năm trước ngày 15/12 đến năm 2026", R.YEARLY, date(2024, 12, 14), date(2026, 12, 31)),
        ("hằng năm, giai đoạn 2021 – 2025", R.YEARLY, date(2024, 12, 31), date(2025, 12, 31)),
        ("trước ngày 25 hằng tháng", R.MONTHLY, date(2024, 4, 24), date(2024, 12, 31)),
        ("ngày 5 hàng tháng", R.MONTHLY, date(2024, 5, 5), date(2024, 12, 31)),
        ("ngày 31 hằng tháng", R.MONTHLY, None, None),
        ("hằng quý, trước ngày 20 tháng cuối quý", R.QUARTERLY, None, None),
        ("trước ngày 14/6 và 14/12 hằng năm", R.YEARLY, None, None),
    ],
)
def test_words_that_say_how_often(words, rhythm, first, until):
    assert read_when(words, ISSUED) == Reading(first, rhythm, until)


@pytest.mark.parametrize(
    "words",
    [
        "6 tháng đầu năm 2024",
        "trong tháng 6",
        "mỗi tháng 6",
        "quý III/2024",
        "2 năm một lần",
        "hai tháng một lần",
        "18 tháng một lần",
        "định kỳ",
        "đến năm 2025",
        "trước tháng 10/2024",
    ],
)
def test_words_that_say_a_day_or_nothing_certain_have_no_rhythm(words):
    assert read_rhythm(words) == ""


def test_all_the_time_is_no_day():
    assert read_when("Thường xuyên", ISSUED) == Reading(always=True)
    assert read_when("thường xuyên, xong trước tháng 10/2024", ISSUED) == Reading(date(2024, 9, 30))


@given(st.text(max_size=60) | st.from_regex(r"(hằng (tháng|quý|năm)|ngày \d+|đến năm \d{4}| |/|\d){1,6}"), st.dates())
def test_whatever_is_typed_is_read_or_not(words, issued_on):
    reading = read_when(words, issued_on)
    assert reading.until is None or reading.due_on <= reading.until


# ---- as a task is given ----

pages = pytest.mark.django_db


@pytest.fixture
def stage(cast):
    return tasks.scene(cast)


def sent(client, stage, button=None, **fields):
    client.force_login(stage.giver)
    row = {"text": "Báo cáo kết quả", "due_words": "hằng quý", "agencies": [stage.board.pk]} | fields
    data = {f"row0-{name}": value for name, value in row.items()}
    data["form_token"] = "8a3f7a0e-6d6e-4c1d-b3b9-3f9d0a5b7c11"
    data |= {"open": button} if button else {}
    return client.post(reverse("programs:assignment_create", args=[stage.paper.uid]), data)


@pages
def test_left_to_the_words_a_task_comes_as_often_as_they_say(client, stage):
    assert sent(client, stage).status_code == 302
    task = Assignment.objects.get()
    assert (task.recurrence, task.due_words) == (R.QUARTERLY, "hằng quý")
    days = [date(2026, 6, 30), date(2026, 9, 30), date(2026, 12, 31)]
    assert task.days == days == [row.due_on for row in task.responses.order_by("due_on")]


@pages
def test_a_proposal_may_be_changed(client, stage):
    sent(client, stage, recurrence=R.ONCE, due_on="15/7/2026")
    task = Assignment.objects.get()
    assert (task.recurrence, task.days) == (R.ONCE, [date(2026, 7, 15)])


@pages
def test_a_yearly_task_asks_until_when(client, stage):
    answer = sent(client, stage, due_words="hằng năm, trước ngày 15/12")
    assert answer.status_code == 422
    assert "Hãy ghi ngày đến hạn lần cuối, không trước lần đầu" in answer.text
    assert sent(client, stage, due_words="hằng năm, trước ngày 15/12", recurs_until="31/12/2028").status_code == 302
    assert [day.year for day in Assignment.objects.get().days] == [2026, 2027, 2028]


@pages
def test_done_all_the_time_it_has_no_day(client, stage):
    assert sent(client, stage, due_words="thường xuyên").status_code == 302
    assert Assignment.objects.get().due_on is None


@pages
def test_the_button_fills_in_what_the_words_say_for_a_look(client, stage):
    answer = sent(client, stage, due_words="", text="Báo cáo 6 tháng một lần", button="due")
    assert not Assignment.objects.exists()
    row = answer.context["tasks"].rows[0]
    shown = [row[name].value() for name in ("recurrence", "due_on", "recurs_until")]
    assert shown == [R.HALF_YEARLY, "30/06/2026", "31/12/2026"]


@pages
def test_while_typing_the_proposal_stands_below_the_words(client, stage):
    client.force_login(stage.giver)
    asked = {"issued": "2026-05-04", "row0-due_words": "hằng quý", "row0-text": "Họp giao ban"}
    read = client.get(reverse("programs:assignment_due"), asked).text
    assert "hằng quý, từ 30/06/2026 đến 31/12/2026" in " ".join(read.split())


@pages
@pytest.mark.parametrize(
    ("today", "shown", "more"),
    [
        ("2026-06-20", ["30/06/2026", "31/07/2026", "31/08/2026", "30/09/2026"], "và 3 lần nữa"),
        ("2026-11-30", ["30/11/2026", "31/12/2026"], None),
        ("2027-01-05", ["đã hết các lần"], None),
    ],
)
def test_the_page_of_a_task_names_its_next_days(client, stage, today, shown, more):
    monthly = {"recurrence": R.MONTHLY, "due_on": date(2026, 6, 30), "recurs_until": date(2026, 12, 31)}
    (task,) = tasks.give(stage, tasks.task(stage.board, **monthly))
    with time_machine.travel(f"{today} 09:00+07:00"):
        client.force_login(stage.giver)
        page = client.get(reverse("programs:assignment_detail", args=[task.uid])).text
    said = " ".join(page.split("Các hạn sắp tới</dt>")[1].split("</dd>")[0].split())
    assert all(words in said for words in shown)
    assert more is None or more in said
    assert "30/06/2026" not in said or today < "2026-07-01"


# ---- as a clause proposes an item ----


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("Hằng quý họp giao ban", 4),
        ("Họp 6 tháng một lần", 2),
        ("Hằng tháng sinh hoạt", 12),
        ("Hằng năm sơ kết", None),
    ],
)
def test_as_many_times_as_fit_into_the_year(text, times):
    assert times_in(text, date(2026, 1, 1), date(2026, 12, 31)) == times


def test_a_clause_of_part_of_the_year_comes_less_often():
    assert times_in("Hằng quý họp giao ban", date(2026, 5, 1), date(2026, 12, 31)) == 2
    assert times_in("Hằng quý họp giao ban", date(2026, 11, 1), date(2026, 12, 31)) == 1


@pages
def test_a_clause_that_says_how_often_proposes_a_number(cast):
    factories.component()
    agreement = plans.clauses(cast)
    clause = Clause.objects.filter(section__document=agreement.document).first()
    clause.text = "Hằng quý hai bên họp giao ban"
    clause.save()
    frame = Frame(2026, [cast.board, cast.union])
    lines = {line.clause: line for line in from_clauses(clauses_for(agreement, 2026), frame)}
    assert (lines.pop(clause).quantity, lines.popitem()[1].quantity) == (4, None)
    assert {line.measure for line in from_clauses([clause], frame)} == {Measure.SESSIONS}


@pages
def test_the_proposed_number_is_seen_before_the_plan_is_made(client, cast):
    factories.component(), plans.plan_kind()
    agreement = plans.clauses(cast)
    changed(Clause.objects.filter(section__document=agreement.document).first(), text="Hằng quý họp giao ban")()
    changed(agreement.document, state=DocumentState.ISSUED, number="123", issued_on=date(2026, 1, 2))()
    client.force_login(cast.officer)
    year = agreement.stage_to.year
    page = client.get(reverse("programs:plan_create"), {"year": year, "agreement": agreement.uid}).text
    assert page.count("Đề xuất 4 cuộc theo lời cam kết") == 1
