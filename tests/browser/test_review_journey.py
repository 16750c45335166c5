"""A plan between two agencies: put to the Union, changes asked for, edited, agreed, issued, amended."""

import re
from datetime import date, timedelta

from django.utils import timezone

from coordination.agreement_workflow import move_agreement
from coordination.compose import compose_agreement
from coordination.enums import ClauseChangeNature, DocumentState, OpinionChoice
from coordination.models import Agreement, Clause, ClauseChange, Comment, Opinion
from tests.browser.conftest import DESKTOP, PHONE, picture, problems_of, scrolls_sideways, sign_in
from tests.constraints import changed
from tests.coordination.reviews import agreement, answer, edit, hat, put_to_review

ASKED = "Đề nghị nâng số địa chỉ tin cậy lên 30."


def test_a_plan_is_reviewed_agreed_issued_and_amended(opened, cast, transactional_db):
    made = agreement(cast)
    changed(made.document, state=DocumentState.DRAFT)()
    move_agreement(made, "send", acting=hat(cast.officer))
    board, union = opened(DESKTOP), opened(PHONE)

    sign_in(board, cast.officer)
    address = f"/documents/{made.document.uid}/review/"
    puts_it_to_the_union(board, address)

    sign_in(union, cast.partner)
    union.goto("/")
    union.get_by_role("link", name=re.compile("Đọc và góp ý")).click()
    asks_for_changes(union)

    board.goto("/")
    board.get_by_text("Chờ bạn sửa: Hội LHPN tỉnh đề nghị sửa").wait_for()
    edit(Clause.objects.get(key="d2"))
    sees_that_consent_lapsed_and_agrees(board, address)
    union.goto(address)
    assert "Củng cố 30 địa chỉ tin cậy." in union.locator("#changes ins").all_inner_texts()
    union.get_by_role("button", name="Đồng ý", exact=True).click()
    union.get_by_text("Đã ghi ý kiến của cơ quan bạn về bản này.").wait_for()

    fixed_and_issued(made.document, "123", cast)
    amended_on_its_day(made, cast)


def puts_it_to_the_union(page, address):
    page.goto(address)
    page.locator("[name=due_on]").fill((timezone.localdate() + timedelta(days=7)).strftime("%d/%m/%Y"))
    page.get_by_role("button", name="Gửi các cơ quan").click()
    page.get_by_text("Đã gửi các cơ quan góp ý.").wait_for()
    assert problems_of(page) == []
    picture(page, "review-board")


def asks_for_changes(page):
    """A comment beside the clause, in place; then the answer of the agency."""
    page.get_by_role("link", name=re.compile("Góp ý cho: Củng cố 25")).click()
    page.get_by_role("heading", name="Trao đổi về đoạn này").wait_for()
    page.locator("#id_new_text").fill(ASKED)
    page.locator("#review-panel form", has=page.locator("#id_new_text")).get_by_role("button").click()
    page.locator("#review-panel").get_by_text(ASKED).wait_for()
    assert Comment.objects.get().key == "noi-dung.d2"
    assert page.locator("#mark-noi-dung-d2 .num").inner_text() == "1"
    assert not scrolls_sideways(page)

    page.locator("#review-answer summary").click()
    page.get_by_role("button", name="Đề nghị sửa").click()
    page.get_by_role("alert").get_by_text("Viết rõ cần sửa gì").wait_for()
    page.locator("#review-answer textarea").fill(ASKED)
    picture(page, "review-union")
    page.get_by_role("button", name="Đề nghị sửa").click()
    page.get_by_text("Đã ghi ý kiến của cơ quan bạn về bản này.").wait_for()
    given = Opinion.objects.latest()
    assert (given.choice, given.text) == (OpinionChoice.ASKS_FOR_CHANGES, ASKED)
    assert problems_of(page) == []


def sees_that_consent_lapsed_and_agrees(page, address):
    page.goto(address)
    assert "ý kiến đó không còn hiệu lực" in page.locator("#changes").inner_text()
    assert page.locator("#changes del").all_inner_texts() == ["Củng cố 25 địa chỉ tin cậy."]
    picture(page, "review-lapsed")
    page.get_by_role("button", name="Đồng ý", exact=True).click()
    page.get_by_text("Đã ghi ý kiến của cơ quan bạn về bản này.").wait_for()


def fixed_and_issued(document, number, cast):
    made = Agreement.objects.get(document=document)
    move_agreement(made, "agree", acting=hat(cast.leader))
    assert document.rounds.get().closed_by == cast.leader
    day = timezone.localdate()
    move_agreement(made, "issue", acting=hat(cast.clerk), number=number, symbol="KHPH-SDTTG-HLHPN", issued_on=day)
    document.refresh_from_db()
    assert (document.state, document.code) == (DocumentState.ISSUED, f"{number}/KHPH-SDTTG-HLHPN")


def amended_on_its_day(made, cast):
    """The amendment is a paper of its own that all agree to; then each day has its text."""
    stage, first_day = put_to_review(cast), date(2026, 9, 1)
    amendment = Agreement.objects.get(document=stage.document)
    changed(amendment, amends=made)()
    ClauseChange.objects.create(
        amendment=amendment,
        nature=ClauseChangeNature.REPLACED,
        clause=Clause.objects.get(section__document=made.document, key="d2"),
        text="Củng cố 40 địa chỉ tin cậy.",
        valid_from=first_day,
    )
    answer(stage, stage.board)
    answer(stage, stage.union)
    fixed_and_issued(stage.document, "124", cast)
    texts = [words(made, day) for day in (first_day - timedelta(days=1), first_day)]
    assert texts == ["- Củng cố 30 địa chỉ tin cậy.", "- Củng cố 40 địa chỉ tin cậy."]


def words(made, day):
    blocks = compose_agreement(Agreement.objects.get(pk=made.pk), day).blocks
    return next(block.spans[0].text for block in blocks if block.key == "noi-dung.d2")
