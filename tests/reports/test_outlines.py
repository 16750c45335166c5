"""Outlines by screen: drafts, versions, what is wrong told at the field, and a preview that reads no record."""

import re

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coordination.locking import StaleVersion
from reports import outline_actions, outlines
from reports.compose.forms import FORMS
from reports.compose.paper import Paper
from reports.compose.parts import PARTS
from reports.compose.sections import WORDS
from reports.compose.vocabulary import CONDITIONS, NOTES, vocabulary_of
from reports.enums import OutlineState, ReportKind
from reports.models import Report, ReportOutline
from reports.outline_actions import OutlineRefused, begin_outline, move_section, next_version, put_into_use
from reports.outline_words import (
    CONDITION_WORDS,
    FORM_WORDS,
    MORE_WORDS,
    NOTE_WORDS,
    PART_WORDS,
    part_choices,
    stored_part,
    tokens_of,
    wrong_words,
)
from tests import factories


@pytest.fixture
def lists(db):
    call_command("load_lists", verbosity=0)


@pytest.fixture
def draft(db):
    return next_version(factories.outline())


@pytest.fixture
def keeper(client, cast):
    client.force_login(cast.administrator)
    return client


def at(name, outline, *more):
    return reverse(f"reports:{name}", args=[outline.uid, *more])


# ---- what may be written ----


def test_everything_that_may_be_written_has_its_meaning(cast):
    paper = Paper(factories.report(cast.board, cast.province))
    assert {*WORDS, *MORE_WORDS} == {*vocabulary_of(paper, "").words}
    assert {*PART_WORDS} == {*PARTS}
    assert {*NOTE_WORDS} == {*NOTES}
    assert {*CONDITION_WORDS} == {*CONDITIONS}
    assert {*FORM_WORDS} == {*FORMS}


def test_outlines_that_are_loaded_have_nothing_wrong(lists):
    loaded = ReportOutline.objects.filter(state=OutlineState.IN_USE)
    kinds = {kind for kind, _label in ReportKind.choices} - {ReportKind.THEMATIC}
    assert set(loaded.values_list("kind", flat=True)) == kinds
    assert [outline_actions.mistakes(outline) for outline in loaded] == [[]] * len(loaded)
    assert outlines.load() == (0, len(loaded))


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("{activities.sessions}", "thematic", ""),
        ("{activities.sessions?project=P8|compared} {period} {when:money}{note:rough} {annex:money}", "thematic", ""),
        ("{agreement}", "final", ""),
        ("{agreement}", "thematic", "loại báo cáo này không có"),
        ("{khong.co}", "thematic", "Không có {khong.co}"),
        ("{activities.sessions|la}", "thematic", "Không có {activities.sessions|la}"),
        ("{table:khac}", "thematic", "Không có {table:khac}"),
        ("{activities.sessions", "thematic", "dấu ngoặc nhọn lẻ"),
    ],
)
def test_words_that_mean_nothing_are_told(db, text, kind, said):
    found = wrong_words(text, kind)
    assert said in found[0] if said else not found


def test_a_part_is_kept_as_it_is_named(lists):
    for token, _words in part_choices():
        assert tokens_of([stored_part(token)]) == [token]


# ---- life ----


def test_a_new_version_takes_the_place_of_the_one_in_use(draft):
    before = draft.replaces
    assert (draft.state, draft.number) == (OutlineState.DRAFT, 2)
    assert [row.text for row in draft.sections.all()] == [row.text for row in before.sections.all()]
    assert next_version(before) == draft
    put_into_use(draft, seen=draft.version)
    before.refresh_from_db()
    assert (draft.state, before.state) == (OutlineState.IN_USE, OutlineState.SUPERSEDED)


def test_one_in_use_is_never_changed(draft):
    before = draft.replaces
    section = before.sections.get()
    with pytest.raises(OutlineRefused, match="đang dùng"):
        move_section(before, section, 1, seen=before.version)
    before.refresh_from_db()
    with pytest.raises(OutlineRefused):
        outline_actions.discard_outline(before, seen=before.version)


def test_an_outline_that_says_nothing_is_not_used(draft):
    draft.sections.all().delete()
    with pytest.raises(OutlineRefused, match="chưa có mục nào"):
        put_into_use(draft, seen=draft.version)
    draft.refresh_from_db()
    assert draft.state == OutlineState.DRAFT


def test_a_draft_seen_as_it_was_before_is_not_used(draft):
    ReportOutline.objects.filter(pk=draft.pk).update(version=draft.version + 1)
    with pytest.raises(StaleVersion):
        put_into_use(draft, seen=draft.version)


def test_thematic_outlines_stand_beside_each_other(cast):
    fields = {"kind": ReportKind.THEMATIC, "period_kind": "free", "unit": None, "made_by": cast.board}
    one, other = (begin_outline(**fields, name=name, source=factories.outline()) for name in ("Một", "Hai"))
    for outline in (one, other):
        put_into_use(outline, seen=outline.version)
    second = next_version(one)
    put_into_use(second, seen=second.version)
    states = dict(ReportOutline.objects.filter(made_by=cast.board).values_list("pk", "state"))
    assert states == {one.pk: "superseded", other.pk: "in_use", second.pk: "in_use"}


def test_sections_are_copied_with_those_under_them(lists):
    source = ReportOutline.objects.get(kind=ReportKind.FINAL)
    copy = next_version(source)
    named = [
        {row.key: row.parent and row.parent.key for row in outline.sections.select_related("parent")}
        for outline in (source, copy)
    ]
    assert named[0] == named[1]
    assert not copy.sections.filter(parent__outline=source).exists()


# ---- pages ----


def test_a_section_is_added_moved_changed_and_removed(keeper, draft):
    draft.sections.create(position=8, numbering="roman", heading="Kiến nghị", text="Không.", key="kien-nghi")
    sent = {"heading": "Bài học", "numbering": "roman", "guidance": "Nêu hai bài học", "version": draft.version}
    assert keeper.post(at("section_create", draft), sent).status_code == 302
    draft.refresh_from_db()
    assert list(draft.sections.values_list("key", flat=True)) == ["ket-qua", "kien-nghi", "bai-hoc"]
    keeper.post(at("section_move", draft, "bai-hoc", "up"), {"version": draft.version})
    draft.refresh_from_db()
    assert list(draft.sections.values_list("key", flat=True)) == ["ket-qua", "bai-hoc", "kien-nghi"]
    changed = {"heading": "Bài học", "numbering": "roman", "key": "bai-hoc", "text": "{activities.sessions} cuộc."}
    changed |= {"parent": "ket-qua", "parts": ["text.kinds"], "version": draft.version}
    assert keeper.post(at("section_edit", draft, "bai-hoc"), changed).status_code == 302
    section = draft.sections.get(key="bai-hoc")
    assert (section.parent.key, section.parts, section.text) == (
        "ket-qua",
        ["text.kinds"],
        "{activities.sessions} cuộc.",
    )
    draft.refresh_from_db()
    answer = keeper.post(at("section_remove", draft, "ket-qua"), {"version": draft.version}, follow=True)
    assert "mục con" in answer.text
    keeper.post(at("section_remove", draft, "bai-hoc"), {"version": draft.version})
    assert not draft.sections.filter(key="bai-hoc").exists()


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"text": "{khong.co} cuộc"}, "text", "Không có {khong.co}"),
        ({"key": "ket-qua"}, "key", "Mục khác đã dùng mã “ket-qua”"),
        ({"key": "Kết quả"}, "key", "chữ thường không dấu"),
        ({"heading": "", "text": ""}, "heading", "Hãy ghi tiêu đề"),
        ({"is_annex": "on", "parent": "ket-qua"}, "is_annex", "Phụ lục không nằm trong mục nào"),
    ],
)
def test_what_is_wrong_is_told_at_the_field_and_kept(keeper, draft, typed, field, said):
    sent = {"heading": "Lao động nữ", "text": "Lời.", "numbering": "roman", "version": draft.version} | typed
    answer = keeper.post(at("section_create", draft), sent)
    assert answer.status_code == 422
    assert said in str(answer.context["form"].errors[field])
    assert all(value in answer.text for name, value in sent.items() if name in ("heading", "text", "key") and value)
    assert draft.sections.count() == 1


def test_two_who_edit_one_section_lose_nothing(keeper, draft):
    sent = {"heading": "Kết quả", "numbering": "roman", "key": "ket-qua", "version": draft.version}
    keeper.post(at("section_edit", draft, "ket-qua"), sent | {"text": "Của người thứ nhất."})
    late = keeper.post(at("section_edit", draft, "ket-qua"), sent | {"text": "Của người thứ hai."})
    assert late.status_code == 409
    assert "Của người thứ nhất." in late.text
    assert "Của người thứ hai." in late.text
    assert draft.sections.get().text == "Của người thứ nhất."
    again = sent | {"text": "Của cả hai.", "version": late.context["form"]["version"].value()}
    assert keeper.post(at("section_edit", draft, "ket-qua"), again).status_code == 302
    assert draft.sections.get().text == "Của cả hai."


def test_putting_into_use_is_asked_first(keeper, draft):
    page = keeper.get(at("outline_use", draft))
    assert page.status_code == 200
    keeper.post(at("outline_use", draft), {"version": draft.version})
    draft.refresh_from_db()
    assert draft.state == OutlineState.IN_USE


def test_an_officer_makes_a_thematic_outline_and_reports_by_it(client, cast, lists):
    client.force_login(cast.officer)
    source = ReportOutline.objects.filter(kind=ReportKind.GENDER_EQUALITY).first()
    sent = {"kind": "thematic", "name": "Lao động nữ", "source": source.uid, "place": cast.province.pk}
    assert client.post(reverse("reports:outline_create"), sent | {"period_kind": "free"}).status_code == 302
    made = ReportOutline.objects.get(made_by=cast.board)
    client.post(at("outline_use", made), {"version": made.version})
    form = client.get(reverse("reports:report_create"), {"kind": "thematic"}).context["form"]
    begun = {"kind": "thematic", "outline": made.uid, "first_day": "01/02/2026", "last_day": "31/03/2026"}
    begun |= {"scope": "agency", "form_token": form["form_token"].value()}
    assert client.post(reverse("reports:report_create"), begun).status_code == 302
    report = Report.objects.get()
    assert (report.outline, report.period.label) == (made, "từ ngày 01/02/2026 đến ngày 31/03/2026")
    client.force_login(cast.stranger)
    assert client.get(at("outline_detail", made)).status_code == 404


@pytest.mark.parametrize("kind", ["gender-equality", "coordination", "midterm", "final", "project8"])
def test_a_preview_shows_made_up_numbers_and_reads_no_record(keeper, cast, lists, kind):
    factories.activity(cast.board, cast.commune, attendances=987_654, title="Không được hiện ra")
    outline = ReportOutline.objects.filter(kind=kind).first()
    with CaptureQueriesContext(
        connection,
    ) as seen:
        page = keeper.get(at("outline_preview", outline))
    assert page.status_code == 200
    assert "Bản xem trước với số liệu mẫu." in page.text
    assert "987.654" not in page.text
    assert "Không được hiện ra" not in page.text
    assert re.search(r"\d+\s+cuộc", re.sub(r"<[^>]+>", "", page.text))
    assert len(seen) < 60


@pytest.mark.parametrize("more", [1, 3, 300])
def test_outline_list_query_count(client, cast, more, django_assert_num_queries):
    rows = [
        ReportOutline(
            kind=ReportKind.THEMATIC, period_kind="free", made_by=cast.board, name=f"Số {number}", subject="x"
        )
        for number in range(more)
    ]
    ReportOutline.objects.bulk_create(rows)
    client.force_login(cast.officer)
    client.get(reverse("reports:outline_list"))
    with django_assert_num_queries(7):
        page = client.get(reverse("reports:outline_list"))
    assert len(page.context["page"].object_list) == min(more, 30)
