"""An agreement from the first draft to an amendment, all of it by screen."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from coordination.enums import DocumentState
from coordination.models import Agreement, Clause, DocumentKind
from tests import factories
from tests.browser.conftest import DESKTOP, PHONE, picture, problems_of, scrolls_sideways, sign_in

ASKED = "Đề nghị nâng số địa chỉ tin cậy lên 30."


@pytest.fixture
def people(opened, cast):
    """A page of each, signed in; the Union works on a phone."""
    DocumentKind.objects.get_or_create(code="KHPH", defaults={"name": "Kế hoạch phối hợp", "abbreviation": "KHPH"})
    pages = {}
    for name, person, screen in (
        ("board", cast.officer, DESKTOP),
        ("union", cast.partner, PHONE),
        ("leader", cast.leader, DESKTOP),
        ("clerk", cast.clerk, DESKTOP),
    ):
        pages[name] = opened(screen)
        sign_in(pages[name], person)
    return pages


def test_from_the_draft_to_the_amendment(people, cast, transactional_db):
    board, union = people["board"], people["union"]
    made = drafted(board, cast)
    written(board, made, cast)
    put_to_the_union(board, made)

    asks_for_changes(union, made)
    edited(board, made)
    consent_has_lapsed(board, made)
    agrees(board, made)
    agrees(union, made)

    fixed(people["leader"], made)
    issued(people["clerk"], made, "123")
    picture(board, "agreement-journey")

    amendment = amended(board, made)
    put_to_the_union(board, amendment)
    agrees(union, amendment)
    fixed(people["leader"], amendment)
    issued(people["clerk"], amendment, "124")
    each_day_has_its_text(union, made)


def detail(made):
    return f"/agreements/{made.uid}/"


def review(made):
    return f"/documents/{made.document.uid}/review/"


def next_step(page):
    return page.get_by_role("region", name="Việc tiếp theo")


def checked(page):
    assert problems_of(page) == []
    assert not scrolls_sideways(page)


def drafted(page, cast):
    page.goto("/")
    page.get_by_role("link", name="Thỏa thuận", exact=True).first.click()
    page.get_by_role("link", name="Soạn mới").click()
    page.locator("[name=kind]").select_option(label="Kế hoạch phối hợp")
    page.locator("[name=subject]").fill("Công tác phụ nữ dân tộc thiểu số giai đoạn 2026 - 2030")
    page.locator("[name=stage_from]").fill("2026")
    page.locator("[name=stage_to]").fill("2030")
    page.locator("[name=party_1]").select_option(str(cast.union.pk))
    page.locator("[name=party_2]").select_option(str(cast.union.pk))
    checked(page)
    page.get_by_role("button", name="Lưu dự thảo").click()
    page.locator("#id_party_2_error").get_by_text("Cơ quan này đã là một bên").wait_for()
    page.locator("[name=party_2]").select_option(str(cast.board.pk))
    page.get_by_role("button", name="Lưu dự thảo").click()
    page.get_by_text("Đã lập dự thảo.").wait_for()
    checked(page)
    made = Agreement.objects.get()
    assert [party.agency for party in made.document.parties.all()] == [cast.union, cast.board]
    return made


def saves(page):
    page.locator("#part-form .sticky-acts .btn-primary").click()
    page.wait_for_url(re.compile(r"/edit/$"))


def written(page, made, cast):
    """Who signs, the last words, one section, two tasks of which the Union leads the second."""
    page.goto(f"{detail(made)}edit/parties/")
    for line, (title, name) in enumerate((("Chủ tịch", "Lê Thị Ký"), ("Giám đốc", "Nguyễn Văn Ký"))):
        page.locator(f"[name=line-{line}-title]").fill(title)
        page.locator(f"[name=line-{line}-name]").fill(name)
    saves(page)
    page.goto(f"{detail(made)}edit/facts/")
    page.locator("[name=closing]").fill("Trên đây là kế hoạch phối hợp.")
    saves(page)
    page.goto(f"{detail(made)}edit/sections/")
    page.locator("[name=line-0-heading]").fill("NỘI DUNG PHỐI HỢP")
    saves(page)
    section = made.document.sections.get()
    tasks = (("Truyền thông tại 20 xã.", ""), ("Củng cố 25 địa chỉ tin cậy.", cast.union.pk))
    for number, (words, lead) in enumerate(tasks):
        page.goto(f"{detail(made)}edit/clauses/{section.uid}/")
        page.locator(f"[name=line-{number}-text]").fill(words)
        page.locator(f"[name=line-{number}-lead]").select_option(str(lead))
        saves(page)
    assert list(Clause.objects.values_list("text", "lead")) == [
        ("Truyền thông tại 20 xã.", None),
        ("Củng cố 25 địa chỉ tin cậy.", cast.union.pk),
    ]


def put_to_the_union(page, made):
    page.goto(detail(made))
    next_step(page).get_by_role("link", name="Gửi các bên cho ý kiến").click()
    checked(page)
    page.get_by_role("button", name="Gửi các bên cho ý kiến").click()
    page.wait_for_url(re.compile(r"/review/$"))
    page.locator("[name=due_on]").fill((timezone.localdate() + timedelta(days=7)).strftime("%d/%m/%Y"))
    page.get_by_role("button", name="Gửi các cơ quan").click()
    page.get_by_text("Đã gửi các cơ quan góp ý.").wait_for()


def asks_for_changes(page, made):
    """It waits for the Union in its list, in words; a comment beside the task, then the answer."""
    page.goto("/agreements/")
    page.locator(".cards").get_by_text("Chờ bạn góp ý").wait_for()
    checked(page)
    page.locator(".cards").get_by_role("link").first.click()
    page.get_by_role("heading", name="Nội dung phối hợp").wait_for()
    checked(page)
    page.goto(review(made))
    page.get_by_role("link", name=re.compile("Góp ý cho: Củng cố 25")).click()
    page.get_by_role("heading", name="Trao đổi về đoạn này").wait_for()
    page.locator("#id_new_text").fill(ASKED)
    page.locator("#review-panel form", has=page.locator("#id_new_text")).get_by_role("button").click()
    page.locator("#review-panel").get_by_text(ASKED).wait_for()
    page.locator("#review-answer summary").click()
    page.locator("#review-answer textarea").fill(ASKED)
    page.get_by_role("button", name="Đề nghị sửa").click()
    page.get_by_text("Đã ghi ý kiến của cơ quan bạn về bản này.").wait_for()


def edited(page, made):
    """By the editor, where the comment stands beside the part it speaks of."""
    page.goto("/agreements/")
    page.get_by_role("table").get_by_text("Chờ bạn sửa: Hội LHPN tỉnh đề nghị sửa").wait_for()
    page.goto(f"{detail(made)}edit/")
    page.get_by_text("Đề nghị nâng số địa chỉ").first.wait_for()
    section = made.document.sections.get()
    page.goto(f"{detail(made)}edit/clauses/{section.uid}/")
    page.get_by_text("Văn bản đang gửi các bên. Nếu bạn lưu thay đổi, ý kiến đồng").wait_for()
    page.locator("[name=line-1-text]").fill("Củng cố 30 địa chỉ tin cậy.")
    saves(page)


def consent_has_lapsed(page, made):
    page.goto(review(made))
    assert "ý kiến đó không còn hiệu lực" in page.locator("#changes").inner_text()
    assert page.locator("#changes del").all_inner_texts() == ["Củng cố 25 địa chỉ tin cậy."]
    page.goto(detail(made))
    page.locator(".pill").get_by_text("Chờ bạn xem lại: văn bản đã sửa sau ý kiến của bạn").first.wait_for()


def agrees(page, made):
    page.goto(review(made))
    page.get_by_role("button", name="Đồng ý", exact=True).click()
    page.get_by_text("Đã ghi ý kiến của cơ quan bạn về bản này.").wait_for()


def fixed(page, made):
    page.goto(detail(made))
    next_step(page).get_by_role("link", name="Chốt nội dung đã thống nhất").click()
    page.get_by_role("button", name="Chốt nội dung đã thống nhất").click()
    page.get_by_text("Các bên đã thống nhất: nội dung được giữ nguyên từ đây.").wait_for()
    assert Agreement.objects.get(pk=made.pk).document.state == DocumentState.AGREED


def issued(page, made, number):
    page.goto(detail(made))
    next_step(page).get_by_role("link", name="Ban hành").click()
    assert page.locator("[name=symbol]").input_value() == "KHPH-HLHPN-SDTTG"
    page.get_by_role("button", name="Ban hành").click()
    page.locator("#id_number_error").get_by_text("Ghi số đã lấy trong sổ.").wait_for()
    checked(page)
    page.locator("[name=number]").fill(number)
    page.get_by_role("button", name="Ban hành").click()
    page.wait_for_url(re.compile(r"/agreements/[0-9a-f-]+/$"))
    document = Agreement.objects.get(pk=made.pk).document
    assert (document.state, document.code) == (DocumentState.ISSUED, f"{number}/KHPH-HLHPN-SDTTG")
    checked(page)


def amended(page, made):
    """One task of the issued agreement reads otherwise from 2027 on."""
    page.goto(detail(made))
    page.get_by_role("link", name="Sửa đổi, bổ sung").click()
    page.get_by_role("button", name="Lưu dự thảo").click()
    page.get_by_text("Đã lập dự thảo.").wait_for()
    amendment = Agreement.objects.get(amends=made)
    page.goto(f"{detail(amendment)}edit/changes/")
    clause = Clause.objects.get(section__document=made.document, text="Củng cố 30 địa chỉ tin cậy.")
    page.locator("[name=line-0-nature]").select_option("replaced")
    page.locator("[name=line-0-clause]").select_option(str(clause.pk))
    page.locator("[name=line-0-lead]").select_option(str(clause.lead_id))
    page.locator("[name=line-0-valid_from]").fill("01/01/2027")
    page.locator("[name=line-0-text]").fill("Củng cố 40 địa chỉ tin cậy.")
    saves(page)
    page.goto(detail(amendment))
    assert page.locator(".side-by-side del").all_inner_texts() == ["Củng cố 30 địa chỉ tin cậy."]
    assert page.locator(".side-by-side ins").all_inner_texts() == ["Củng cố 40 địa chỉ tin cậy."]
    checked(page)
    return amendment


def each_day_has_its_text(page, made):
    page.goto(detail(made))
    for day, there, gone in (("31/12/2026", "30", "40"), ("01/01/2027", "40", "30")):
        page.locator("[name=day]").fill(day)
        page.get_by_role("button", name="Xem ngày này").click()
        table = page.get_by_role("table", name="Nhiệm vụ theo cơ quan chủ trì")
        table.get_by_text(f"Củng cố {there} địa chỉ tin cậy.").wait_for()
        assert table.get_by_text(f"Củng cố {gone} địa chỉ tin cậy.").count() == 0
        table.get_by_text("Hội LHPN tỉnh chủ trì").wait_for()
    checked(page)
    picture(page, "agreement-amended")


def test_a_four_party_agreement_is_drafted_without_scripts(opened, cast, lists):
    page = opened(PHONE, java_script_enabled=False)
    sign_in(page, cast.officer)
    others = [factories.agency(cast.province, f"Sở thứ {number}", f"ST{number}") for number in (1, 2, 3, 4)]
    page.goto("/agreements/new/")
    page.locator("[name=subject]").fill("Công tác của bốn bên")
    page.get_by_role("button", name="Thêm bên").click()
    assert page.locator("[name=subject]").input_value() == "Công tác của bốn bên"
    assert page.locator("select[name^=party_]").count() == 6
    page.locator("[name=kind]").select_option(label="Kế hoạch phối hợp")
    page.locator("[name=stage_from]").fill("2026")
    page.locator("[name=stage_to]").fill("2030")
    for number, agency in enumerate((cast.union, *others[:2], cast.board), 1):
        page.locator(f"[name=party_{number}]").select_option(str(agency.pk))
    page.get_by_role("button", name="Lưu dự thảo").click()
    page.get_by_text("Đã lập dự thảo.").wait_for()
    parties = Agreement.objects.get().document.parties.order_by("symbol_order")
    assert [party.agency for party in parties] == [cast.union, *others[:2], cast.board]
