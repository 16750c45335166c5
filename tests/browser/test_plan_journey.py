"""A plan from the clauses of an agreement: put to the Union, one line spoken of, agreed, issued; an item gets done."""

import re
from datetime import date, timedelta

from django.utils import timezone

from coordination.enums import DocumentState
from coordination.models import Comment
from programs.models import Activity, AnnualPlan
from programs.progress import progress_of
from tests import factories
from tests.browser.conftest import DESKTOP, PHONE, picture, problems_of, scrolls_sideways, sign_in
from tests.constraints import changed
from tests.programs import plans

ASKED = "Đề nghị thêm Công an tỉnh vào cơ quan phối hợp."


def test_a_plan_comes_of_clauses_is_agreed_and_an_item_gets_done(opened, cast, transactional_db):
    factories.component(), factories.activity_kind(), plans.plan_kind()
    agreement, year = plans.clauses(cast), timezone.localdate().year
    changed(agreement, stage_from=date(year, 1, 1), stage_to=date(year, 12, 31))()
    changed(agreement.document, state=DocumentState.ISSUED, number="123", issued_on=date(year, 1, 2))()
    board, union = opened(DESKTOP), opened(PHONE)

    sign_in(board, cast.officer)
    plan = makes_it_of_clauses(board, agreement, year)
    item = writes_how_many(board, plan)
    puts_it_to_the_union(board, plan)

    sign_in(union, cast.partner)
    speaks_of_one_line(union, plan, item)
    for page in (union, board):
        page.goto(f"/documents/{plan.document.uid}/review/")
        page.get_by_role("button", name="Đồng ý", exact=True).click()
        page.get_by_text("Đã ghi ý kiến của cơ quan bạn về bản này.").wait_for()

    fixed_by_the_leader_and_issued(opened(DESKTOP), opened(DESKTOP), plan, cast)
    gets_done_by_itself(board, item)


def makes_it_of_clauses(page, agreement, year):
    page.goto(f"/agreements/{agreement.uid}/")
    page.get_by_role("link", name="Cam kết theo năm").click()
    page.get_by_role("link", name="Lập kế hoạch").first.click()
    page.goto(f"/plans/new/?year={year}&agreement={agreement.uid}")
    assert page.locator("[name=clauses]:checked").count() == 2
    assert problems_of(page) == []
    picture(page, "plan-new")
    page.get_by_role("button", name="Lập dự thảo").click()
    page.get_by_text("Đã lập dự thảo.").wait_for()
    plan = AnnualPlan.objects.get()
    assert (plan.year, plan.items.count(), plan.agreement) == (year, 2, agreement)
    return plan


def writes_how_many(page, plan):
    """By keyboard: the item opens, its window and number are typed, Enter saves."""
    item = plan.items.get(lead=plan.agency)
    page.get_by_role("region", name="Bảng nhiệm vụ").get_by_role("link", name=item.text).focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Sửa nhiệm vụ").click()
    page.locator("[name=measure]").select_option("sessions")
    page.locator("[name=quantity]").fill("0")
    page.locator("[name=quantity]").press("Enter")
    page.get_by_role("alert").wait_for()
    page.locator("[name=quantity]").fill("1")
    assert problems_of(page) == []
    page.locator("[name=quantity]").press("Enter")
    page.get_by_text("Đã lưu:").wait_for()
    item.refresh_from_db()
    assert (item.quantity, item.measure) == (1, "sessions")
    return item


def puts_it_to_the_union(page, plan):
    page.goto(f"/plans/{plan.uid}/")
    picture(page, "plan-draft")
    page.get_by_role("region", name="Việc tiếp theo").get_by_role("link", name=re.compile("Gửi")).click()
    page.get_by_role("button", name=re.compile("Gửi")).click()
    page.get_by_text("Gửi các cơ quan góp ý").click()
    page.locator("[name=due_on]").fill((timezone.localdate() + timedelta(days=7)).strftime("%d/%m/%Y"))
    page.get_by_role("button", name="Gửi góp ý").first.click()
    page.get_by_text("Đã gửi các cơ quan góp ý.").wait_for()
    assert problems_of(page) == []


def speaks_of_one_line(page, plan, item):
    """On a phone: from the card of the item to its line in the review, and a comment beside it."""
    page.goto(f"/plans/{plan.uid}/")
    assert not scrolls_sideways(page)
    assert problems_of(page) == []
    picture(page, "plan-union")
    page.locator(".narrow li", has_text=item.text).get_by_role("link", name="Góp ý nhiệm vụ này").click()
    page.locator("#review-panel").get_by_role("heading").first.wait_for()
    page.locator("#id_new_text").fill(ASKED)
    page.locator("#review-panel form", has=page.locator("#id_new_text")).get_by_role("button").click()
    page.locator("#review-panel").get_by_text(ASKED).wait_for()
    assert Comment.objects.get().key == item.key
    assert page.locator(f"#mark-{item.key} .num").inner_text() == "1"
    assert not scrolls_sideways(page)
    assert problems_of(page) == []
    picture(page, "plan-review")


def fixed_by_the_leader_and_issued(leader, clerk, plan, cast):
    sign_in(leader, cast.leader)
    leader.goto(f"/plans/{plan.uid}/move/agree/")
    leader.get_by_role("main").get_by_role("button").last.click()
    leader.wait_for_url(re.compile(rf"/plans/{plan.uid}/$"))
    sign_in(clerk, cast.clerk)
    clerk.goto(f"/plans/{plan.uid}/move/issue/")
    clerk.locator("[name=number]").fill("15")
    for field in clerk.locator("[name^=signatory_]").all():
        field.fill("Nguyễn Thị Thử")
    assert problems_of(clerk) == []
    clerk.get_by_role("main").get_by_role("button").last.click()
    clerk.wait_for_url(re.compile(rf"/plans/{plan.uid}/$"))
    plan.document.refresh_from_db()
    assert (plan.document.state, plan.document.number) == (DocumentState.ISSUED, "15")


def gets_done_by_itself(page, item):
    """An activity is logged from the page of the item, which then says that it is done."""
    page.goto(f"/plans/items/{item.uid}/")
    page.get_by_role("link", name="Ghi hoạt động cho nhiệm vụ này").first.click()
    assert page.locator("[name=plan_item]").input_value() == str(item.pk)
    page.locator("[name=title]").fill("Buổi truyền thông tại thôn")
    page.locator("[name=kind]").first.check(force=True)
    page.locator("[name=unit]").select_option(index=1)
    page.get_by_role("button", name=re.compile("^Lưu|^Ghi")).first.click()
    page.wait_for_url(re.compile(r"/activities/[0-9a-f-]{36}/$"))
    assert Activity.objects.get().plan_item == item
    page.goto(f"/plans/items/{item.uid}/")
    page.get_by_text("1/1").first.wait_for()
    assert page.locator("main .pill").first.inner_text() == "Hoàn thành"
    assert progress_of([item], timezone.localdate())[item.pk].percent == 100
    assert problems_of(page) == []
    picture(page, "plan-item-done")
