"""A report written section by section: saved with the version seen, kept in states, given away, begun."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from coordination.enums import DocumentState, NoticeKind
from coordination.locking import StaleVersion
from coordination.models import DocumentVersion, Notice, Section
from reports.compose import compose
from reports.enums import PartState
from reports.models import Presence, ReportPart
from reports.workflow import move
from reports.writing import NotADraft, give_part, leave_out, mark, save_text, start
from tests import factories
from tests.constraints import changed
from tests.pages import Page
from tests.reports.composing import ANNEX, PARTS, SECOND, WORDS, hat
from tests.reports.composing import report as drafted

pytestmark = pytest.mark.django_db
DAY, TODAY = date(2026, 3, 8), date(2026, 6, 16)


@pytest.fixture
def report(cast):
    factories.activity(cast.board, cast.commune, DAY, attendances=50, women=30)
    return drafted(cast)


def saved(report, person, text, seen, key=WORDS, **more):
    return save_text(report, key, text, acting=hat(person), seen=seen, **more)[0]


def page_of(report, name="write_section", key=WORDS):
    return reverse(f"reports:{name}", args=[report.uid, key])


def printed(report):
    return " ".join(span.text for block in compose(report).blocks for span in getattr(block, "spans", ()))


# ---- saving ----


def test_what_is_saved_is_printed_with_its_figures(cast, report):
    saved(report, cast.officer, "Trong kỳ có {activities.attendances} lượt người.", 0)
    assert "Trong kỳ có  50  lượt người." in printed(report)


def test_a_sitting_is_one_row_of_history_and_a_pause_begins_another(cast, report):
    with time_machine.travel("2026-06-16 08:00", tick=False) as clock:
        for number in range(1, 4):
            saved(report, cast.officer, f"Câu {number}.", number - 1)
            clock.shift(60)
        clock.shift(3600)
        saved(report, cast.officer, "Sau giờ nghỉ.", 3)
    row = Section.objects.get(document=report.document)
    assert (row.version, list(row.history.values_list("text", flat=True))) == (4, ["Sau giờ nghỉ.", "Câu 3."])


def test_two_people_in_turn_are_two_rows_of_history(cast, report):
    saved(report, cast.officer, "Câu một.", 0)
    saved(report, factories.member(cast.board), "Câu hai.", 1)
    assert Section.history.filter(document=report.document).count() == 2


def test_the_same_words_are_not_saved_again(cast, report):
    saved(report, cast.officer, "Câu một.", 0)
    assert saved(report, cast.officer, "Câu một.", 0).version == 1


def test_an_edit_of_an_older_version_is_stale(cast, report):
    saved(report, cast.officer, "Câu một.", 0)
    with pytest.raises(StaleVersion):
        saved(report, factories.member(cast.board), "Câu khác.", 0)
    assert Section.objects.get(document=report.document).text == "Câu một."


@pytest.mark.parametrize("person", ["leader", "clerk", "partner", "stranger", "chair"])
def test_who_does_not_write_saves_nothing(cast, report, person):
    with pytest.raises(PermissionDenied):
        saved(report, getattr(cast, person), "Câu khác.", 0)


@pytest.mark.parametrize("key", ["nothing", "basis"])
def test_what_is_no_section_of_the_paper_is_not_written(cast, report, key):
    report.outline.sections.create(position=9, numbering="none", heading="", text="", key="basis")
    with pytest.raises(PermissionDenied):
        saved(report, cast.officer, "Câu khác.", 0, key=key)


@pytest.mark.parametrize("state", [state for state in DocumentState if state != DocumentState.DRAFT])
def test_a_fixed_text_stays(client, cast, report, state):
    day = TODAY if state in DocumentState.in_the_open() else None
    changed(report.document, state=state, issued_on=day)()
    with pytest.raises(NotADraft):
        saved(report, cast.officer, "Câu khác.", 0)
    client.force_login(cast.officer)
    answer = client.get(page_of(report))
    assert (answer.status_code, answer.url) == (302, reverse("reports:report_detail", args=[report.uid]))


# ---- on the page ----


def test_the_page_saves_and_shows_what_is_printed(client, cast, report):
    client.force_login(cast.officer)
    answer = client.post(page_of(report), {"text": "Có {activities.sessions} cuộc.", "version": "0"}, follow=True)
    assert f"{page_of(report)}?ref=activities.sessions%3Fwindow%3Dnow#side" in answer.text


def test_a_stale_page_shows_both_versions(client, cast, report):
    saved(report, factories.member(cast.board), "Câu của đồng nghiệp.", 0)
    client.force_login(cast.officer)
    answer = client.post(page_of(report), {"text": "Câu của tôi.", "version": "0"})
    page = Page(answer)
    assert answer.status_code == 409
    assert (page.one("pre").text, page.one("textarea").text.strip()) == ("Câu của đồng nghiệp.", "Câu của tôi.")
    answer = client.post(
        page_of(report), {"text": "Cả hai câu.", "version": page.one("input", name="version").attributes["value"]}
    )
    assert Section.objects.get(document=report.document).text == "Cả hai câu."


def test_a_figure_that_is_none_is_kept_and_told(client, cast, report):
    client.force_login(cast.officer)
    answer = client.post(page_of(report), {"text": "Có {activities.nothing}.", "version": "0", "act": "done"})
    assert answer.status_code == 422
    assert "Không có số liệu nào như vậy: activities.nothing" in answer.text
    assert "Có {activities.nothing}." in answer.text
    assert not ReportPart.objects.filter(state=PartState.DONE).exists()


def test_autosave_answers_with_time_version_and_print(client, cast, report):
    client.force_login(cast.officer)
    values = {"text": "Có {activities.sessions} cuộc.", "version": "0"}
    answer = client.post(page_of(report, "write_keep"), values, headers={"HX-Request": "true"})
    page = Page(answer)
    assert (answer.status_code, page.one("input", name="version").attributes["value"]) == (200, "1")
    assert "Đã lưu lúc" in answer.text
    answer = client.post(page_of(report, "write_keep"), values | {"text": "Khác."}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Retarget"]) == (409, "#write")


def test_a_wrong_word_elsewhere_spoils_no_other_section(client, cast, report):
    saved(report, cast.officer, "Có {activities.nothing}.", 0, key=SECOND)
    client.force_login(cast.officer)
    assert client.get(page_of(report)).status_code == 200


@pytest.mark.parametrize(
    ("insert", "expected"),
    [("{activities.sessions}", "Lời đầu. {activities.sessions}"), ("Một câu.", "Lời đầu.\n\nMột câu.")],
)
def test_insert_without_scripts_goes_to_the_end(client, cast, report, insert, expected):
    client.force_login(cast.officer)
    client.post(page_of(report), {"text": "Lời đầu.", "version": "0", "insert": insert})
    assert Section.objects.get(document=report.document).text == expected


def test_sources_stand_beside_the_text(client, cast, report):
    client.force_login(cast.officer)
    answer = client.get(page_of(report))
    offers = [offer.sentence for offer in answer.context["activities"]]
    assert offers == ["Ngày 08/03/2026, tại Xã Ba Thử: Truyền thông thử, 50 lượt người dự, trong đó 30 nữ."]
    values = {token.token: token.value for rows in answer.context["tokens"].values() for token in rows}
    assert (values["{activities.sessions}"], values["{activities.attendances}"]) == ("01", "50")


def test_a_figure_opens_beside_the_text(client, cast, report):
    client.force_login(cast.officer)
    chosen = client.get(page_of(report), {"ref": "activities.attendances?window=now"}).context["chosen"]
    assert ([row.numbers for row in chosen.page], chosen.opened.sums()) == ([["50"]], ["50"])
    assert "Không có số liệu nào" in client.get(page_of(report), {"ref": "nothing"}).text


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_queries_do_not_grow_with_the_records(client, cast, report, rows, django_assert_num_queries):
    for number in range(rows):
        factories.activity(cast.board, cast.commune, DAY, title=f"Cuộc {number}", attendances=10, women=5)
        if number < 20:
            factories.member(cast.board)
    client.force_login(cast.officer)
    client.get(page_of(report))
    with django_assert_num_queries(45):
        client.get(page_of(report))


# ---- states ----


def test_any_saved_state_is_brought_back(client, cast, report):
    saved(report, cast.officer, "Câu một.", 0)
    saved(report, factories.member(cast.board), "Câu hai.", 1)
    first = Section.history.filter(text="Câu một.").get()
    client.force_login(cast.officer)
    assert client.get(page_of(report, "write_states")).context["version"] == 2
    client.post(page_of(report, "write_states"), {"state": first.history_id, "version": "2"})
    row = Section.objects.get(document=report.document)
    assert (row.text, row.version, row.history.count()) == ("Câu một.", 3, 3)
    client.post(page_of(report, "write_states"), {"state": "", "version": "3"})
    row.refresh_from_db()
    assert row.text == "Đã tổ chức {activities.sessions} cuộc."


def test_states_of_another_section_are_not_brought_back(client, cast, report):
    saved(report, cast.officer, "Câu hai.", 0, key=SECOND)
    client.force_login(cast.officer)
    other = Section.history.get().history_id
    answer = client.post(page_of(report, "write_states"), {"state": other, "version": "0"})
    assert answer.status_code == 404


# ---- parts of the paper ----


def test_a_table_left_out_is_not_printed_and_comes_back(cast, report):
    def blocks():
        return [block.key for block in compose(report).blocks]

    assert f"{PARTS}.table.contents" in blocks()
    leave_out(report, PARTS, "table.contents", out=True, acting=hat(cast.officer))
    assert f"{PARTS}.table.contents" not in blocks()
    leave_out(report, PARTS, "table.contents", out=False, acting=hat(cast.officer))
    assert f"{PARTS}.table.contents" in blocks()


def test_only_parts_of_the_section_are_left_out(cast, report):
    with pytest.raises(PermissionDenied):
        leave_out(report, WORDS, "table.contents", out=True, acting=hat(cast.officer))


def test_a_frozen_report_leaves_out_what_the_office_left_out(cast, report):
    leave_out(report, PARTS, "table.contents", out=True, acting=hat(cast.officer))
    saved(report, cast.officer, "Câu một.", 0)
    move(report, "approve", acting=hat(cast.leader), today=TODAY)
    manuscript = str(report.document.versions.get().manuscript)
    assert ("table.contents" in manuscript, "Câu một." in manuscript) == (False, True)


# ---- given to others ----


def given(cast, report, key="top"):
    return give_part(report, key, cast.union, acting=hat(cast.officer), due_on=date(2026, 6, 18), request="Nêu rõ.")


def test_who_is_given_a_section_sees_and_writes_that_alone(client, cast, report):
    given(cast, report)
    client.force_login(cast.partner)
    answer = client.get(reverse("reports:write_overview", args=[report.uid]))
    assert [task.row.key for task in answer.context["tasks"]] == ["top", SECOND]
    assert [client.get(page_of(report, key=key)).status_code for key in (SECOND, WORDS, ANNEX)] == [200, 404, 404]
    assert client.get(reverse("reports:report_detail", args=[report.uid])).status_code == 404
    assert client.get(reverse("reports:report_checks", args=[report.uid])).status_code == 404
    saved(report, cast.partner, "Lời của Hội.", 0, key=SECOND)
    assert "Lời của Hội." in printed(report)
    with pytest.raises(PermissionDenied):
        saved(report, cast.partner, "Lời của Hội.", 0)


def test_both_are_told(client, cast, report):
    given(cast, report)
    assert list(Notice.objects.values_list("kind", "reader")) == [(NoticeKind.REPORT_PART_GIVEN, cast.partner.pk)]
    client.force_login(cast.partner)
    notice = Notice.objects.get()
    answer = client.post(reverse("coordination:notice_read"), {"notice": notice.pk}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("reports:write_overview", args=[report.uid])
    mark(report, "top", PartState.DONE, acting=hat(cast.partner))
    told = Notice.objects.filter(kind=NoticeKind.REPORT_PART_WRITTEN).values_list("reader", flat=True)
    assert set(told) == {cast.officer.pk, cast.leader.pk}


def test_it_waits_on_the_first_page_until_it_is_done(client, cast, report):
    given(cast, report)
    client.force_login(cast.partner)
    assert len(client.get(reverse("reports:home")).context["report_sections"]) == 1
    mark(report, "top", PartState.DONE, acting=hat(cast.partner))
    assert client.get(reverse("reports:home")).context["report_sections"] == []


def test_taken_back_it_is_nobody_elses(client, cast, report):
    given(cast, report)
    give_part(report, "top", None, acting=hat(cast.officer), due_on=None)
    client.force_login(cast.partner)
    assert client.get(page_of(report, key=SECOND)).status_code == 404


def test_giving_needs_a_day_ahead(client, cast, report):
    client.force_login(cast.officer)
    yesterday = (timezone.localdate() - timedelta(days=1)).strftime("%d/%m/%Y")
    for due, words in (("", "Hãy ghi ngày cần viết xong."), (yesterday, "Ngày này đã qua.")):
        answer = client.post(page_of(report, "write_give"), {"agency": cast.union.pk, "due_on": due})
        assert (answer.status_code, words in answer.text) == (422, True)
    assert not ReportPart.objects.filter(agency=cast.union).exists()


# ---- the list ----


def states(client, report):
    answer = client.get(reverse("reports:write_overview", args=[report.uid]))
    return {task.row.key: task.state for task in answer.context["tasks"]}


def test_states_of_sections(client, cast, report):
    client.force_login(cast.officer)
    prefilled = {WORDS: "prefilled", "top": "prefilled", SECOND: "prefilled", PARTS: "auto", ANNEX: "auto"}
    assert states(client, report) == prefilled
    saved(report, cast.officer, "Câu.", 0, key=SECOND)
    assert states(client, report) == prefilled | {SECOND: "writing", "top": "writing"}
    mark(report, SECOND, PartState.DONE, acting=hat(cast.officer))
    given(cast, report, WORDS)
    assert states(client, report) == prefilled | {SECOND: "done", "top": "done", WORDS: "to_write"}


def test_who_has_it_open_is_told_for_two_minutes(client, cast, report):
    Presence.objects.create(report=report, user=cast.leader, key=WORDS)
    client.force_login(cast.officer)
    for _twice in range(2):
        answer = client.post(page_of(report, "write_here"))
    assert cast.leader.full_name in answer.text
    assert Presence.objects.filter(user=cast.officer, key=WORDS).count() == 1
    Presence.objects.update(seen_at=timezone.now() - timedelta(minutes=3))
    assert cast.leader.full_name not in client.post(page_of(report, "write_here")).text


# ---- the beginning ----


def test_begun_from_the_records_the_words_of_the_outline_stand(cast, report):
    start(report, "records", acting=hat(cast.officer))
    assert (report.document.sections.count(), "Đã tổ chức  01  cuộc." in printed(report)) == (0, True)


def test_begun_empty_nothing_but_annexes_is_printed(cast, report):
    start(report, "blank", acting=hat(cast.officer))
    manuscript = compose(report)
    assert [block.key for block in manuscript.blocks] == ["opening.1"]
    assert [annex.key for annex in manuscript.annexes] == [ANNEX]


def test_begun_from_the_report_before_its_words_come_along(cast, report):
    before = factories.period("2025-H1", data_from=date(2024, 12, 15), data_to=date(2025, 6, 14))
    earlier = factories.report(cast.board, cast.province, outline=report.outline, period=before)
    saved(earlier, cast.officer, "Lời của năm ngoái: {activities.sessions} cuộc.", 0)
    start(report, "previous", acting=hat(cast.officer))
    assert "Lời của năm ngoái:  01  cuộc." in printed(report)
    start(report, "blank", acting=hat(cast.officer))
    assert "Lời của năm ngoái:  01  cuộc." in printed(report)


def test_drafting_leads_to_the_composer_which_asks_how_to_begin(client, cast, report):
    client.force_login(cast.officer)
    address = reverse("reports:write_overview", args=[report.uid])
    assert "Bắt đầu từ đâu?" in client.get(address).text
    answer = client.post(reverse("reports:write_start", args=[report.uid]), {"how": "records"})
    assert (answer.status_code, answer.url) == (302, page_of(report))
    assert "Bắt đầu từ đâu?" not in client.get(address).text


def test_what_was_approved_once_and_came_back_is_mended_not_begun_again(client, cast, report):
    DocumentVersion.objects.create(
        document=report.document,
        number=1,
        manuscript=compose(report).to_json(),
        sha256="0" * 64,
        created_by=cast.leader,
    )
    client.force_login(cast.officer)
    assert "Bắt đầu từ đâu?" not in client.get(reverse("reports:write_overview", args=[report.uid])).text
    start(report, "blank", acting=hat(cast.officer))
    assert "Đã tổ chức  01  cuộc." in printed(report)
