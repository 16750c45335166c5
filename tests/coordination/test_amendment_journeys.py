"""From one text to the next: amended twice, ended, added to, suspended, resumed, continued; page, PDF and Word."""

from datetime import date

import pytest
import time_machine

from coordination.agreement_actions import continue_agreement
from coordination.agreement_parts import ChangeLine
from coordination.agreement_workflow import move_agreement
from coordination.amendments import differences
from coordination.enums import ClauseChangeNature, DocumentState
from coordination.models import Agreement, Document
from coordination.papers import paper_of
from reports.typeset.docx import render_docx
from reports.typeset.pdf import render_pdf
from tests.coordination.reviews import hat
from tests.coordination.test_agreement_parts import draft_of
from tests.coordination.test_agreements import issued, leader, plan
from tests.coordination.test_amendments import LATER, SINCE, amendment, board, made, on, replaced, shown, task
from tests.pages import Page
from tests.typeset.joint import words_of_pdf
from tests.typeset.measuring import Paper
from tests.typeset.test_docx import Word

pytestmark = pytest.mark.django_db
__all__ = ["board", "made", "plan"]  # fixtures
BEFORE, LAST = date(2026, 8, 31), date(2026, 12, 31)


def test_two_amendments_in_a_row_one_ends_a_task_and_adds_another(made, cast, board):
    """The second changes what the first wrote; a task added comes last and tasks keep their order."""
    ended = ChangeLine(ClauseChangeNature.REPEALED, SINCE, clause=task(made, "d1"))
    added = ChangeLine(ClauseChangeNature.ADDED, SINCE, section=task(made).section, text="Thêm việc.", lead=cast.board)
    first = amendment(made, cast, replaced(task(made), "Củng cố 40.", lead=cast.union), ended, added)
    issued(first, cast, number="124")
    second = amendment(made, cast, replaced(task(made), "Củng cố 50.", LATER, lead=cast.union))
    assert [(row.before, row.after) for row in differences(second)] == [("Củng cố 40.", "Củng cố 50.")]
    issued(second, cast, number="125")
    tasks = {day: [text for text in on(made, day) if text.startswith("- ")] for day in (BEFORE, SINCE, LATER)}
    assert tasks == {
        BEFORE: ["- Truyền thông tại 20 xã.", "- Củng cố 25 địa chỉ tin cậy."],
        SINCE: ["- Củng cố 40.", "- Thêm việc."],
        LATER: ["- Củng cố 50.", "- Thêm việc."],
    }
    for day, texts in tasks.items():
        said = shown(board, made, order="text", day=f"{day:%d/%m/%Y}").split("Nội dung phối hợp")[-1]
        assert all(text in said for text in texts)
    sections = [element.attributes.get("aria-labelledby") for element in Page(page_of(board, made)).all("section")]
    assert sections.index(str(first.document.uid)) < sections.index(str(second.document.uid))


def page_of(client, agreement):
    return client.get(f"/agreements/{agreement.uid}/")


@pytest.mark.once
def test_pdf_and_word_of_both_papers_say_what_was_signed(made, cast):
    issued(amendment(made, cast, replaced(task(made), lead=cast.union)), cast, number="124")
    for number, amounts in (("123", {"25": 1, "40": 0}), ("124", {"25": 1, "40": 1})):
        document = Document.objects.get(number=number, agreement__isnull=False)
        words, names = paper_words(document)
        for said in words.values():
            assert {amount: said[amount] for amount in amounts} == amounts
        assert names == {kind: f"{number}-KHPH-STN-HLHPN.{kind}" for kind in ("pdf", "docx")}


def paper_words(document):
    words, names = {}, {}
    for file_format, render in (("pdf", render_pdf), ("docx", render_docx)):
        paper = paper_of(document, file_format)
        names[file_format] = paper.name
        content = render(paper.manuscript, paper.stamp)
        words[file_format] = words_of_pdf(Paper(content)) if file_format == "pdf" else Word(content).words()
    return words, names


def test_a_suspension_keeps_its_days_when_it_is_over(made, cast, client):
    person = leader(cast.board)
    given = {"effective_on": date(2026, 7, 1), "decision": "Thông báo số 15/TB-SDTTG"}
    with time_machine.travel("2026-07-02T08:00:00+07:00"):
        client.force_login(cast.officer)
        move_agreement(made, "suspend", acting=person, **given)
        assert "đang tạm dừng, kể từ 01/07/2026" in shown(client, made, day="02/07/2026")
    with time_machine.travel("2026-07-20T08:00:00+07:00"):
        client.force_login(cast.officer)
        move_agreement(made, "resume", acting=person)
        found = [shown(client, made, day=day) for day in ("30/06/2026", "19/07/2026", "20/07/2026")]
        time = Page(page_of(client, made)).one("section", aria_labelledby="time").text
    assert ["đang tạm dừng" in text for text in found] == [False, True, False]
    assert "Tạm dừng, 01/07/2026" in time
    assert "Tiếp tục thực hiện, 20/07/2026" in time


def test_what_ended_goes_on_in_the_next_stage_with_its_last_text(made, cast, board):
    issued(amendment(made, cast, replaced(task(made), lead=cast.union)), cast, number="124")
    given = {"effective_on": date(2026, 10, 1), "decision": "Thông báo số 16/TB-SDTTG", "today": date(2026, 10, 1)}
    move_agreement(made, "close", acting=leader(cast.board), **given)
    assert "đã kết thúc ngày 01/10/2026" in shown(board, made, day="02/10/2026")
    ended = Agreement.objects.get(pk=made.pk)
    assert ended.document.state == DocumentState.CLOSED
    following = continue_agreement(ended, draft_of(cast), acting=hat(cast.officer), today=date(2027, 1, 5))
    tasks = [text for text in on(following, LAST) if text.startswith("- ")]
    assert [text.split(" (")[0] for text in tasks] == ["- Truyền thông tại 20 xã.", "- Củng cố 40 địa chỉ."]
    assert [clause.lead for clause in following.document.sections.get().clauses.all()] == [None, cast.union]
