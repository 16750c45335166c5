"""Who changed what, in which hat, when, from what to what, and why."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.apps import apps
from django.db.models import Model
from django.urls import reverse

from coordination.agreement_actions import signed_last
from coordination.agreement_parts import save_parties
from coordination.agreement_workflow import move_agreement
from coordination.comments import add_comment, resolve_comment
from coordination.enums import DocumentState, MemberRole, OpinionChoice
from coordination.history import TRAILS, _Names, acts_on
from coordination.middleware import SESSION_KEY
from coordination.models import Agency, AgencyName, Agreement, Clause, Membership, Party, Section
from coordination.trails import put_to_others
from programs.enums import Operator
from programs.models import Target
from tests import factories
from tests.constraints import changed
from tests.coordination.reviews import agreement as reviewed
from tests.coordination.reviews import answer, hat, put_to_review
from tests.pages import Page
from tests.programs.plans import plan
from tests.programs.tasks import give, response_of, scene, task

UUID_IN = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}")


def changed_at(record, moment, **values):
    """A change at its own moment, as an act of its own."""
    for name, value in values.items():
        setattr(record, name, value)
    record._history_date = moment
    record.save()


def lines(act):
    return [(change.label, change.before, change.after) for change in act.changes]


def agreement(cast, **fields):
    document = factories.document(cast.board, subject="Chương trình phối hợp")
    row = Agreement.objects.create(
        document=document, stage_from=date(2026, 1, 1), stage_to=date(2030, 12, 31), **fields
    )
    section = Section.objects.create(document=document, position=1, key="i", heading="NHIỆM VỤ", numbering="roman")
    return row, Clause.objects.create(section=section, position=1, key="1", text="Tuyên truyền", lead=cast.board)


def test_a_change_is_told_in_words_people_use(cast):
    agency = Agency.objects.get(pk=cast.union.pk)
    changed_at(agency, agency.created_at + timedelta(minutes=1), closed_on=date(2026, 7, 1), parent=cast.committee)
    acts = acts_on(agency)
    assert [act.is_first for act in acts] == [False, True]
    assert lines(acts[0]) == [
        ("Cơ quan cấp trên", "…", "Ủy ban nhân dân tỉnh"),
        ("Ngày kết thúc hoạt động", "…", "01/07/2026"),
    ]


def test_parts_and_moves_stand_in_one_line_of_time(cast):
    row, clause = agreement(cast)
    later = row.created_at + timedelta(minutes=1)
    changed_at(clause, later, text="Tuyên truyền, vận động", lead=cast.union)
    row.document.moves.create(
        action="send", from_state=DocumentState.DRAFT, to_state=DocumentState.IN_REVIEW, moved_by=cast.officer,
        acting_for=cast.board, moved_at=later + timedelta(minutes=1), comment="Kính gửi góp ý",
    )  # fmt: skip
    moved, edited, entered = acts_on(row)
    assert (moved.by, moved.agency, moved.why) == (cast.officer, "Sở Dân tộc và Tôn giáo", "Kính gửi góp ý")
    assert lines(moved) == [("Trạng thái", "Nháp", "Đang lấy ý kiến")]
    assert lines(edited) == [
        ("Tuyên truyền, vận động: Nội dung", "Tuyên truyền", "Tuyên truyền, vận động"),
        ("Tuyên truyền, vận động: Chủ trì", "Sở Dân tộc và Tôn giáo", "Hội LHPN tỉnh"),
    ]
    assert (entered.is_first, entered.changes) == (True, [])


def test_agencies_bear_the_name_of_the_day_of_the_act(cast):
    day = date(2026, 3, 1)
    AgencyName.objects.filter(agency=cast.union).update(valid_to=day - timedelta(days=1))
    AgencyName.objects.create(
        agency=cast.union, name="Ban mới", short_name="Ban mới", symbol="BM", letterhead="BAN MỚI", place="Quảng Thử",
        valid_from=day,
    )  # fmt: skip
    row, _clause = agreement(cast)
    for month in (2, 4):
        row.document.moves.create(
            action="send", from_state="draft", to_state="in_review", moved_by=cast.partner, acting_for=cast.union,
            moved_at=datetime(2026, month, 1, tzinfo=UTC),
        )  # fmt: skip
    assert {act.agency for act in acts_on(row) if not act.is_first} == {"Hội LHPN tỉnh", "Ban mới"}


def test_history_keeps_the_hat_worn_in_the_request(cast, client):
    """Two hats: the act is done in the one chosen, not in the first."""
    factories.member(cast.union, MemberRole.OFFICER, user=cast.officer)
    record = factories.activity(cast.union, cast.commune, day=date(2026, 3, 8), state="draft")
    client.force_login(cast.officer)
    session = client.session
    session[SESSION_KEY] = Membership.objects.get(user=cast.officer, agency=cast.union).pk
    session.save()
    assert client.post(reverse("programs:activity_delete", args=[record.uid])).status_code == 302
    gone = type(record).history.get(history_type="-")
    assert (gone.history_user, gone.acting_for) == (cast.officer, cast.union)


def test_parties_saved_anew_are_told_as_what_changed(cast, time_machine):
    """Each save writes all parties again; a party of before the history of its table is first heard of then."""
    time_machine.move_to("2026-06-12T08:00:00+07:00", tick=False)
    made = reviewed(cast)
    Party.history.all().delete()
    time_machine.shift(60)
    lines = [signed_last(cast.board), replace(signed_last(cast.union), name="Trần Thị Thử", desk="Ban Chính sách")]
    save_parties(made, lines, acting=hat(cast.officer), seen=made.version, today=date(2026, 6, 12))
    changes = [line for act in acts_on(made) if not act.is_first for line in lines_of_parties(act)]
    assert sorted(changes) == [
        ("Hội LHPN tỉnh: Bộ phận tham mưu", "…", "Ban Chính sách"),
        ("Hội LHPN tỉnh: Người ký", "Nguyễn Thị Thử", "Trần Thị Thử"),
    ]
    time_machine.shift(60)
    save_parties(made, lines[:1], acting=hat(cast.officer), seen=made.version + 1, today=date(2026, 6, 12))
    (gone,) = [line for act in acts_on(made)[:1] for line in lines_of_parties(act)]
    assert gone[0] == "Hội LHPN tỉnh"
    assert gone[1:] == ("Hội LHPN tỉnh · Ban Chính sách · GIÁM ĐỐC · Trần Thị Thử · 2 · 2", "…")


def lines_of_parties(act):
    return [line for line in lines(act) if line[0].startswith("Hội LHPN")]


def test_what_agencies_said_in_review_stands_in_the_same_line_of_time(cast):
    stage = put_to_review(cast)
    said = add_comment(stage.document, acting=stage.union, text="Nâng lên 30.", key="noi-dung.d2", quote="Củng cố 25.")
    answer(stage, stage.union, OpinionChoice.ASKS_FOR_CHANGES, "Cần sửa nội dung 2.")
    resolve_comment(said, acting=stage.board, seen=said.version)
    told = [(act.said, act.agency, act.why) for act in acts_on(stage.document.agreement) if act.said]
    assert told == [
        ("Đã xử lý góp ý “Nâng lên 30.”", "", ""),
        ("Ý kiến: đề nghị sửa", "Hội LHPN tỉnh", "Cần sửa nội dung 2."),
        ("Góp ý vào “Củng cố 25.”", "Hội LHPN tỉnh", "Nâng lên 30."),
        ("Ý kiến: đồng ý", "Sở Dân tộc và Tôn giáo", ""),
        ("Mở vòng góp ý 1, hạn 19/06/2026", "Sở Dân tộc và Tôn giáo", ""),
    ]


def test_a_party_reads_from_when_the_text_was_first_sent(cast, client, time_machine):
    time_machine.move_to("2026-06-12T08:00:00+07:00", tick=False)
    made = reviewed(cast)
    changed(made.document, state=DocumentState.DRAFT)()
    clause = Clause.objects.get(section__document=made.document, key="d1")
    for words in ("Lời chỉ người soạn biết.", "Lời gửi đi."):
        time_machine.shift(60)
        clause.text = words
        clause.save()
    time_machine.shift(60)
    move_agreement(made, "send", acting=hat(cast.officer))
    time_machine.shift(60)
    clause.text = "Lời sửa sau khi gửi."
    clause.save()
    found = {}
    for person in ("officer", "partner"):
        client.force_login(getattr(cast, person))
        page = client.get(reverse("coordination:history", args=["coordination.agreement", made.uid]))
        text = Page(page).one("main").text
        said = ("Lời chỉ người soạn biết.", "Lời sửa sau khi gửi.", "Bắt đầu từ 08:03 12/06/2026, khi")
        found[person] = [words in text for words in said]
    assert found == {"officer": [True, True, False], "partner": [False, True, True]}


def test_a_number_in_the_series_of_another_party_opens_no_draft_to_it(cast):
    row, _clause = agreement(cast)
    document, issued_at = row.document, row.created_at + timedelta(minutes=1)
    Party.objects.create(document=document, agency=cast.union, title="Chủ tịch")
    document.register_agency = cast.union
    changed_at(document, issued_at, state=DocumentState.ISSUED, issued_on=date(2026, 6, 12))
    document.moves.create(
        action="issue", from_state=DocumentState.AGREED, to_state=DocumentState.ISSUED, moved_by=cast.partner,
        acting_for=cast.union, moved_at=issued_at,
    )  # fmt: skip
    assert put_to_others(cast.officer, document) is None
    assert put_to_others(cast.partner, document) == issued_at


# --- the page --------------------------------------------------------------------------------------------------------


def event(cast):
    return factories.model_event(factories.community_model(cast.board, cast.commune))


def opened(client, person, label, record):
    client.force_login(person)
    return client.get(reverse("coordination:history", args=[label, record.uid]))


def test_page_says_who_when_and_what(cast, client):
    record = factories.activity(cast.board, cast.commune)
    record._history_user = cast.officer
    changed_at(record, record.created_at + timedelta(minutes=1), title="Tên mới")
    page = Page(opened(client, cast.officer, "programs.activity", record))
    assert page.texts("del") == ["Truyền thông thử"]
    assert page.texts("ins") == ["Tên mới"]
    assert cast.officer.full_name in page.one("ol", class_="line").text
    assert page.one("nav", class_="crumb").text.startswith("Tên mới")


@pytest.mark.parametrize(
    ("label", "make", "expected"),
    [
        ("programs.activity", lambda cast: factories.activity(cast.board, cast.commune), (200, 404, 200, 404)),
        ("programs.communitymodel", lambda cast: factories.community_model(cast.board, cast.commune),
         (200, 404, 200, 404)),
        ("reports.report", lambda cast: factories.report(cast.board, cast.province), (200, 404, 404, 404)),
        ("coordination.agreement", lambda cast: agreement(cast)[0], (200, 404, 404, 404)),
        ("coordination.agency", lambda cast: cast.board, (200, 200, 200, 200)),
        ("coordination.administrativeunit", lambda cast: cast.commune, (200, 200, 200, 200)),
        ("coordination.user", lambda cast: cast.officer, (200, 404, 404, 200)),
        ("coordination.membership", lambda cast: cast.officer.memberships.get(), (200, 404, 404, 200)),
        ("programs.modelevent", event,
         (200, 404, 200, 404)),
        ("programs.measurement", lambda cast: factories.measurement(cast.board, cast.commune), (200, 404, 200, 404)),
        ("programs.budgetentry", lambda cast: factories.budget_entry(cast.board, cast.commune), (200, 404, 200, 404)),
        ("programs.target", lambda cast: target(), (200, 200, 200, 200)),
        ("coordination.document", lambda cast: factories.document(cast.board), (200, 404, 404, 404)),
        ("coordination.job", lambda cast: cast.board, (404, 404, 404, 404)),
    ],
)  # fmt: skip
def test_who_reads_the_history(cast, client, label, make, expected):
    record = make(cast)
    people = (cast.officer, cast.stranger, cast.chair, cast.administrator)
    assert tuple(opened(client, person, label, record).status_code for person in people) == expected


def test_every_value_is_written_as_people_write_it(cast, client):
    """No code of a list, no number of a row, no UUID: every column of every kind of record that has a history."""
    account = factories.community_model(cast.board, cast.commune)
    given = give(scene(cast), task(cast.board))[0]
    records = [
        cast.commune, cast.board, cast.officer, cast.officer.memberships.get(), reviewed(cast),
        factories.document(cast.board), factories.activity(cast.board, cast.commune), account,
        factories.model_event(account), factories.measurement(cast.board, cast.commune),
        factories.budget_entry(cast.board, cast.commune), target(), factories.report(cast.board, cast.province),
        plan(cast), given, response_of(given, cast.board), factories.indicator("7.7"),
    ]  # fmt: skip
    assert {record._meta.label_lower for record in records} == set(TRAILS)
    for record in records:
        for row, labels in told_of(record):
            names = _Names({cast.board.pk, cast.union.pk})
            for column in labels:
                words, stored = names.words(row, column), getattr(row, column, None)
                if getattr(row, f"get_{column}_display", None) and stored:
                    assert words != stored, (record, column)
                assert not (isinstance(stored, Model) and words.isdigit()), (record, column)
                assert not UUID_IN.search(words), (record, column)
                assert str(labels[column]) not in ("", column), (record, column)


def test_an_agency_is_named_as_it_was_called_that_day_in_viet_nam(cast):
    cast.board.names.create(
        name="Sở mới", short_name="Sở mới", symbol="SM", letterhead="SỞ MỚI", place="", valid_from=date(2026, 3, 1)
    )
    names = _Names({cast.board.pk})
    midnight = datetime(2026, 2, 28, 17, tzinfo=UTC)  # 1 March, 0:00 in Viet Nam
    assert names.on(cast.board.pk, midnight) == "Sở mới"
    assert names.on(cast.board.pk, midnight - timedelta(seconds=1)) != "Sở mới"


def told_of(record):
    trail = TRAILS[record._meta.label_lower]
    own = [(record.history.first(), trail.labels)] if hasattr(record, "history") else []
    parts = [(part.model.history.filter(part.of(record.pk)).first(), part.labels) for part in trail.parts]
    return [(row, labels) for row, labels in (*own, *parts) if row is not None and "" not in labels.values()]


PAGES = {
    "activity": lambda cast: ("programs:activity_detail", factories.activity(cast.board, cast.commune)),
    "model": lambda cast: ("programs:model_detail", factories.community_model(cast.board, cast.commune)),
    "money": lambda cast: ("programs:budget_entry", factories.budget_entry(cast.board, cast.commune)),
    "report": lambda cast: ("reports:report_detail", factories.report(cast.board, cast.province)),
    "document": lambda cast: ("coordination:document_detail", factories.document(cast.board)),
    "agreement": lambda cast: ("coordination:agreement_detail", reviewed(cast)),
    "place": lambda cast: ("coordination:unit_detail", cast.commune),
    "agency": lambda cast: ("coordination:agency_detail", cast.board),
}


@pytest.mark.parametrize("page", PAGES)
def test_every_page_of_a_record_leads_to_its_history(cast, client, page):
    name, record = PAGES[page](cast)
    client.force_login(cast.officer)
    history = reverse("coordination:history", args=[record._meta.label_lower, record.uid])
    shown = Page(client.get(reverse(name, args=[record.uid])))
    assert shown.all("a", href=history)
    back = Page(client.get(history)).one("nav", class_="crumb")
    assert reverse(name, args=[record.uid]) in [link.attributes["href"] for link in shown_within(client, history)]
    assert back.text


def shown_within(client, address):
    return [link for link in Page(client.get(address)).all("a") if link.within(class_="crumb")]


def test_the_page_of_an_indicator_leads_to_the_history_of_targets_and_readings(cast, client):
    reading, goal = factories.measurement(cast.board, cast.commune), target()
    client.force_login(cast.officer)
    page = Page(client.get(reverse("programs:measurement_list", args=[reading.indicator.code])))
    for label, record in (("programs.measurement", reading), ("programs.target", goal)):
        assert page.all("a", href=reverse("coordination:history", args=[label, record.uid]))


def test_the_entry_of_an_agreement_leads_to_the_history_of_both(cast, client):
    made = reviewed(cast)
    client.force_login(cast.officer)
    page = Page(client.get(reverse("coordination:document_detail", args=[made.document.uid])))
    assert page.all("a", href=reverse("coordination:history", args=["coordination.agreement", made.uid]))
    client.force_login(cast.chair)
    changed(made.document, state=DocumentState.ISSUED, number="1", issued_on=date(2026, 6, 1))()
    page = Page(client.get(reverse("coordination:document_detail", args=[made.document.uid])))
    assert not [link for link in page.all("a") if "/history/" in link.attributes["href"]]


def target():
    values = {"year": 2026, "operator": Operator.AT_LEAST, "value": 60}
    return Target.objects.create(indicator=factories.indicator(), **values)


def test_every_trail_names_columns_that_exist():
    for label, trail in TRAILS.items():
        named = [(apps.get_model(label), trail.labels), *((part.model, part.labels) for part in trail.parts)]
        for model, labels in named:
            assert set(labels) <= {field.name for field in model._meta.get_fields()}, label


def test_a_clause_and_its_partners_are_entered_in_one_act(cast):
    """The rows of a many-to-many column are written a moment after those of the table."""
    row, clause = agreement(cast)
    clause.partners.set([cast.union])
    assert [act.is_first for act in acts_on(row)] == [True]
