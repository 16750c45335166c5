"""Every page for every role: nothing axe finds, nothing wider than the screen, one heading, a title, the keyboard."""

from uuid import uuid4

import pytest
from django.conf import settings
from django.urls import get_resolver, reverse
from django.utils import timezone

from coordination.enums import MemberRole, MilestoneNature
from coordination.invitations import Invitee, invite
from coordination.models import HandOver
from tests.browser import stage as scene
from tests.browser.conftest import DESKTOP, PHONE, problems_of, scrolls_sideways, sign_in, widest_parts
from tests.permission_records import PEOPLE, Records, Stage
from tests.test_permissions import ROWS, name_of

APPS = ("coordination", "programs", "reports")
NARROWEST = {"width": 320, "height": 640}  # 1280 px at 400 %: WCAG 1.4.10
# Not pages of their own: parts that htmx asks for, a file, and addresses that only take what a form sends.
PARTS = {
    "coordination:unit_options",
    "coordination:unit_ticks",
    "programs:activity_echo_day",
    "programs:activity_echo_people",
    "programs:assignment_due",
    "reports:report_files",
    "reports:report_download",
    "reports:report_paper",
    "reports:report_preview_file",
    "coordination:document_export",
    "coordination:document_file",
    "coordination:import_annotated",
    "coordination:import_template",
    "coordination:sheet_export",
    "programs:activity_export",
    "programs:activity_items",
    "programs:budget_export",
    "programs:budget_number_export",
    "programs:evidence_file",
    "programs:measurement_export",
    "programs:model_export",
}
SENT_TO = {
    "coordination:switch_hat",
    "reports:report_later",
    "reports:report_retry",
    "reports:report_preview",
    "reports:round_answer",
    "reports:round_consolidate",
    "reports:round_insert",
    "reports:round_remind",
    "reports:outline_next",
    "reports:section_move",
    "reports:write_start",
    "reports:write_keep",
    "reports:write_here",
    "reports:write_part",
    "coordination:document_arrive",
    "coordination:document_upload",
    "coordination:notice_read",
    "coordination:opinion_give",
    "coordination:comment_add",
    "coordination:comment_move",
    "coordination:round_open",
    "coordination:round_close",
    "coordination:hand_over_take",
    "coordination:invitation_move",
    "coordination:import_write",
    "programs:activity_keep",
    "programs:activity_keep_files",
    "programs:activity_edit_keep",
    "programs:kept_drop",
    "programs:difficulty_add",
    "programs:item_answer",
    "programs:plan_order",
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
        "programs:assignment_list": [(), ("?q=khong-co-gi",)],
        "programs:assignment_detail": [(stage.task.uid,)],
        "programs:document_assignments": [(stage.issued.document.uid,)],
        "coordination:agreement_list": [(), ("?q=khong-co-gi",)],
        "coordination:agreement_detail": [
            (stage.agreement.uid, "?order=lead"),
            (stage.agreement.uid, "?order=text&day=31/12/2026"),
            (stage.draft_agreement.uid,),
        ],
        "coordination:agreement_paper": [(stage.draft_agreement.uid, made) for made in ("pdf", "docx")],
        "coordination:agency_detail": [(stage.agreement.document.register_agency.uid,)],
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
    draft, agreement = stage.draft_agreement.uid, stage.agreement
    section = stage.draft_agreement.document.sections.get().uid
    milestone, _made = agreement.milestones.get_or_create(nature=MilestoneNature.PRELIMINARY, year=2026)
    whole = ("facts", "parties", "sections", "bases", "milestones", "recipients")
    return {
        "coordination:agreement_edit": [(draft,)],
        "coordination:agreement_move": [(draft, "send")],
        "coordination:agreement_part": [*((draft, part) for part in whole), (draft, "clauses", section)],
        "coordination:milestone_result": [(agreement.uid, milestone.uid)],
        "reports:report_create": [()],
        "reports:write_overview": [(stage.drafted.uid,)],
        "reports:write_section": [
            (stage.drafted.uid, "results.people", "?ref=activities.sessions?window=now"),
            *((stage.drafted.uid, "tasks", f"?tab={tab}") for tab in ("sources", "checks", "talk")),
            (stage.drafted.uid, "results"),
            (stage.drafted.uid, "annex.models"),
        ],
        "reports:write_states": [(stage.drafted.uid, "tasks")],
        "reports:write_give": [(stage.drafted.uid, "tasks")],
        "reports:report_checks": [(stage.drafted.uid,)],
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
        "programs:assignment_create": [(stage.issued.document.uid,)],
        "programs:assignment_edit": [(stage.task.uid,)],
        "programs:assignment_withdraw": [(stage.task.uid,)],
        "programs:assignments_owed": [(stage.issued.document.uid,)],
        "programs:response_answer": [(stage.task.responses.get(done_on=None).uid,)],
        "coordination:document_create": [()],
        "coordination:agreement_create": [()],
        "coordination:agreement_register": [()],
        "coordination:agreement_copy": [(stage.agreement.uid,)],
        "coordination:agreement_continue": [(stage.agreement.uid,)],
        "coordination:agreement_amend": [(stage.agreement.uid,)],
    }


def pages_of_rights():
    """Pages opened with the records of the table of rights: each row with the first person who may open the page."""
    ours = tuple(f"{app}:" for app in APPS)
    rows = [row for row in ROWS if row["method"] == "get" and row["url"].startswith(ours) and row["url"] not in PARTS]
    readers = {name_of(row): next((person for person in PEOPLE if row[person] == "200"), "") for row in rows}
    return [(row, readers[name_of(row)]) for row in rows if readers[name_of(row)]]


def pages_to_decide(stage):
    return {
        "reports:report_move": [(stage.drafted.uid, "approve")],
        "programs:response_judge": [(stage.task.responses.exclude(done_on=None).get().uid,)],
        "coordination:agreement_move": [(stage.agreement.uid, "suspend")],
    }


def pages_to_administer(cast):
    one, board = [(cast.commune.uid,)], [(cast.board.uid,)]
    role = [(cast.officer.memberships.get().uid,)]
    name = cast.board.names.latest("valid_from")
    return {
        "coordination:agency_create": [()],
        "coordination:agency_order": [()],
        "coordination:agency_edit": board,
        "coordination:agency_letterhead": board,
        "coordination:agency_name_edit": [(cast.board.uid, name.valid_from.isoformat())],
        **{f"coordination:agency_{action}": board for action in ("rename", "merge", "split", "close")},
        "coordination:unit_correct": one,
        "coordination:unit_change": one,
        "coordination:member_list": [*board, (cast.board.uid, "?former")],
        "coordination:invitation_list": board,
        "coordination:invitation_create": board,
        "coordination:invitation_bulk": board,
        "coordination:member_edit": role,
        "coordination:member_end": role,
        "coordination:member_deputise": role,
        "coordination:account_detail": [(cast.officer.uid,)],
        "coordination:account_move": [(cast.officer.uid, "lock")],
    }


def pages_to_hand_over(cast):
    role = cast.officer.memberships.get()
    note = HandOver.objects.create(membership=role, handed_by=cast.officer, note="Gọi chị Lan")
    return {"coordination:hand_over_create": [(role.uid,)], "coordination:hand_over_detail": [(note.uid,)]}


def pages_to_join(cast):
    """A code for an address without an account, and one for the officer."""
    addresses = ("moi@example.vn", cast.officer.email)
    people = [Invitee(email, "Người mới", MemberRole.CLERK, "", timezone.localdate(), None) for email in addresses]
    slips = invite(people, agency=cast.board, by=cast.administrator, on_paper=True, form_token=uuid4())
    return {"coordination:invitation_code": [()], "coordination:invitation_accept": [(slip.code,) for slip in slips]}


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
            found.append(f"wider than {size['width']}: {widest_parts(page)}")
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
        *pages_to_hand_over(cast),
        *pages_to_join(cast),
        *(row["url"] for row, _reader in pages_of_rights()),
        *LISTS,
        *PARTS,
        *SENT_TO,
    }


def test_every_page_with_the_records_of_the_table_of_rights(opened, stage, cast, live_server):
    """Those that the other tests here do not open."""
    elsewhere = pages_to_read(stage) | pages_to_write(stage) | pages_to_hand_over(cast) | pages_to_administer(cast)
    page, people = opened(DESKTOP), Stage()
    records, found = Records(people), {}
    for row, reader in pages_of_rights():
        if row["url"] in elsewhere:
            continue
        page.context.clear_cookies()
        if reader in people.sessions:
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": people.sessions[reader], "url": live_server.url}
            page.context.add_cookies([cookie])
        made = getattr(records, row["record"])() if row["record"] else ()
        found[name_of(row)] = found_on(page, next(addresses({row["url"]: [made]})), 200)
    assert len(found) > len(APPS)
    assert {where: problems for where, problems in found.items() if problems} == {}


def test_every_page_of_an_officer(opened, stage, cast):
    page = opened(DESKTOP)
    sign_in(page, cast.officer)
    assert wrong_pages(page, pages_to_read(stage) | pages_to_write(stage) | pages_to_hand_over(cast)) == {}


def test_every_page_of_a_leader(opened, stage, cast):
    page = opened(DESKTOP)
    sign_in(page, cast.leader)
    assert wrong_pages(page, pages_to_read(stage) | pages_to_decide(stage)) == {}
    assert wrong_pages(page, {"programs:activity_create": [()]}, 403) == {}
    assert wrong_pages(page, {"reports:figure_facts": [(stage.issued.uid,)]}, 404) == {}


def test_every_page_of_an_administrator(opened, cast):
    page = opened(DESKTOP)
    assert wrong_pages(page, {"account_login": [()], "account_reset_password": [()]} | pages_to_join(cast)) == {}
    sign_in(page, cast.administrator)
    assert (
        wrong_pages(page, LISTS | pages_to_administer(cast) | {"account_change_password": [()], "mfa_index": [()]})
        == {}
    )
