"""The bell: the Union asks for changes, the board's officer is told, reads, and the number goes down."""

import re

from coordination.enums import OpinionChoice
from coordination.models import Notice
from tests.browser.conftest import PHONE, picture, problems_of, scrolls_sideways, sign_in
from tests.coordination.reviews import answer, put_to_review


def bell_of(page):
    return page.locator(".band-bell")


def test_who_waits_for_an_answer_is_told_by_the_bell(opened, cast, transactional_db):
    stage = put_to_review(cast)
    page = opened(PHONE)
    sign_in(page, cast.officer)
    assert bell_of(page).inner_text().strip() == "Thông báo"

    answer(stage, stage.union, OpinionChoice.ASKS_FOR_CHANGES, "Đề nghị nâng số địa chỉ tin cậy lên 30.")
    page.goto("/")
    assert bell_of(page).locator(".num").inner_text() == "1"
    bell_of(page).click()
    told = page.get_by_role("button", name=re.compile("Hội LHPN tỉnh đã cho ý kiến về"))
    told.wait_for()
    assert problems_of(page) == []
    assert not scrolls_sideways(page)
    picture(page, "notices")

    told.click()
    page.get_by_text("Đề nghị nâng số địa chỉ tin cậy lên 30.").first.wait_for()
    assert page.url.endswith(f"/documents/{stage.document.uid}/review/")
    assert bell_of(page).locator(".num").count() == 0
    assert Notice.objects.filter(reader=cast.officer).unread().count() == 0
    assert Notice.objects.filter(reader=cast.leader).unread().count() == 1
