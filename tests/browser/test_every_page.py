"""Every page for every role: nothing axe finds, nothing wider than the screen, one heading, a title, the keyboard."""

import pytest
from django.urls import get_resolver, reverse

from tests.browser import stage as scene
from tests.browser.conftest import DESKTOP, PHONE, problems_of, scrolls_sideways, sign_in

APPS = ("coordination", "programs", "reports")
NARROWEST = {"width": 320, "height": 640}  # 1280 px at 400 %: WCAG 1.4.10
# Not pages of their own: parts that htmx asks for, a file, and addresses that only take what a form sends.
PARTS = {
    "coordination:unit_options",
    "coordination:unit_ticks",
    "programs:activity_echo_day",
    "programs:activity_echo_people",
    "reports:report_files",
    "reports:report_download",
    "reports:report_preview_file",
    "coordination:document_export",
    "coordination:document_file",
}
SENT_TO = {
    "coordination:switch_hat",
    "reports:report_retry",
    "reports:report_preview",
    "coordination:document_arrive",
    "coordination:document_upload",
    "coordination:notice_read",
    "coordination:opinion_give",
    "coordination:comment_add",
    "coordination:comment_move",
    "coordination:round_open",
    "coordination:round_close",
}
LISTS = {"coordination:account_list": [()], "coordination:agency_list": [()]}


def pages_to_read(stage):
    """URL names with what is opened under each: arguments, and at the end the query if there is one."""
    every_day = "?since=&until="
    return {
        "reports:home": [()],
        "reports:report_list": [()],
        "reports:unreported": [()],
        "reports:search": [(), ("?q=a",), ("?q=khong-co-gi",)],
        "reports:report_detail": [(stage.issued.uid,), (stage.drafted.uid,)],
        "reports:figure_facts": [(stage.issued.uid, "?ref=activities.attendances?window=now")],
        "programs:activity_list": [(every_day,), (), (f"{every_day}&q=khong-co-gi",)],
        "programs:activity_detail": [(row.uid,) for row in (stage.frozen, stage.open, stage.draft)],
        "programs:model_list": [()],
        "programs:model_detail": [(stage.model.uid,)],
        "programs:scoreboard": [("?day=14/06/2026",), ()],
        "programs:measurement_list": [(stage.frozen_reading.indicator.code,)],
        "programs:budget_grid": [()],
        "programs:budget_entry": [(stage.frozen_money.uid,)],
        "coordination:document_list": [(), ("?direction=in",), ("?q=khong-co-gi",)],
        "coordination:document_detail": [(stage.issued.document.uid,), (stage.drafted.document.uid,)],
        "coordination:document_print": [("?direction=out",), ("?direction=in",)],
        "coordination:document_review": [(stage.drafted.document.uid,)],
        "coordination:notice_list": [()],
        "coordination:unit_list": [(), ("?q=kon tum",)],
        "coordination:unit_detail": [(stage.model.unit.uid,), (stage.model.province.uid,)],
        "coordination:history": [("programs.activity", stage.frozen.uid), ("reports.report", stage.drafted.uid)],
    }


def pages_to_write(stage):
    return {
        "reports:report_create": [()],
        "programs:activity_create": [()],
        "programs:activity_edit": [(stage.open.uid,)],
        "programs:activity_copy": [(stage.frozen.uid,)],
        "programs:activity_delete": [(stage.draft.uid,)],
        "programs:activity_correct": [(stage.frozen.uid,)],
        "programs:model_create": [()],
        "programs:model_edit": [(stage.model.uid,)],
        "programs:model_event_create": [(stage.model.uid,)],
        "programs:model_event_edit": [(stage.open_event.uid,)],
        "programs:model_event_correct": [(stage.frozen_event.uid,)],
        "programs:measurement_grid": [("?day=14/06/2026",), ()],
        "programs:measurement_correct": [(stage.frozen_reading.uid,)],
        "programs:budget_readings": [()],
        "programs:budget_decision": [()],
        "programs:budget_edit": [(stage.open_decision.uid,)],
        "programs:budget_entry_correct": [(stage.frozen_money.uid,)],
        "coordination:document_create": [()],
    }


def pages_to_decide(stage):
    return {"reports:report_move": [(stage.drafted.uid, "approve")]}


def pages_to_administer(cast):
    one = [(cast.commune.uid,)]
    return {"coordination:unit_correct": one, "coordination:unit_change": one}


def addresses(pages):
    for name, openings in pages.items():
        for opening in openings:
            query = [part for part in opening if str(part).startswith("?")]
            yield reverse(name, args=[part for part in opening if part not in query]) + "".join(query)


@pytest.fixture
def stage(lists, cast):
    return scene.set_up(cast)


def found_on(page, address, status):
    """What is wrong with one page, in words; at three widths."""
    answer = page.goto(address)
    found = [] if answer.status == status else [f"status {answer.status}"]
    if not page.title().removesuffix("· Phối Hợp").strip():
        found.append("no title")
    if page.locator("h1").count() != 1:
        found.append(f"{page.locator('h1').count()} h1")
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        found += [f"{size['width']}: {problem}" for problem in problems_of(page)]
    for size in (PHONE, NARROWEST):
        page.set_viewport_size(size)
        if scrolls_sideways(page):
            found.append(f"wider than {size['width']}")
    page.set_viewport_size(DESKTOP)
    return found


def wrong_pages(page, pages, status=200):
    found = {address: found_on(page, address, status) for address in addresses(pages)}
    return {address: problems for address, problems in found.items() if problems}


def test_control_what_is_wrong_is_found(opened):
    page = opened(DESKTOP)
    page.set_content("<html lang=vi><main><h1>Thử</h1><img src=x><pre>" + "rộng" * 400 + "</pre></main></html>")
    assert [rule for rule, _nodes in problems_of(page)] == ["document-title", "image-alt"]
    assert scrolls_sideways(page)


def test_every_page_is_covered(stage, cast):
    patterns = {
        f"{app}:{name}"
        for app in APPS
        for name in get_resolver().namespace_dict[app][1].reverse_dict
        if isinstance(name, str)
    }
    assert patterns == {
        *pages_to_read(stage),
        *pages_to_write(stage),
        *pages_to_decide(stage),
        *pages_to_administer(cast),
        *LISTS,
        *PARTS,
        *SENT_TO,
    }


def test_every_page_of_an_officer(opened, stage, cast):
    page = opened(DESKTOP)
    sign_in(page, cast.officer)
    assert wrong_pages(page, pages_to_read(stage) | pages_to_write(stage)) == {}


def test_every_page_of_a_leader(opened, stage, cast):
    page = opened(DESKTOP)
    sign_in(page, cast.leader)
    assert wrong_pages(page, pages_to_read(stage) | pages_to_decide(stage)) == {}
    assert wrong_pages(page, {"programs:activity_create": [()]}, 403) == {}
    assert wrong_pages(page, {"reports:figure_facts": [(stage.issued.uid,)]}, 404) == {}


def test_every_page_of_an_administrator(opened, cast):
    page = opened(DESKTOP)
    assert wrong_pages(page, {"account_login": [()], "account_reset_password": [()]}) == {}
    sign_in(page, cast.administrator)
    assert (
        wrong_pages(page, LISTS | pages_to_administer(cast) | {"account_change_password": [()], "mfa_index": [()]})
        == {}
    )
