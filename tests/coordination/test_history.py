"""Who changed what, in which hat, when, from what to what, and why."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.apps import apps
from django.urls import reverse

from coordination.enums import DocumentState, MemberRole
from coordination.history import TRAILS, acts_on
from coordination.middleware import SESSION_KEY
from coordination.models import Agency, AgencyName, Agreement, Clause, Membership, Section
from tests import factories
from tests.pages import Page


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


# --- the page --------------------------------------------------------------------------------------------------------


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
        ("coordination.job", lambda cast: cast.board, (404, 404, 404, 404)),
    ],
)  # fmt: skip
def test_who_reads_the_history(cast, client, label, make, expected):
    record = make(cast)
    people = (cast.officer, cast.stranger, cast.chair, cast.administrator)
    assert tuple(opened(client, person, label, record).status_code for person in people) == expected


def test_every_trail_names_columns_that_exist():
    for label, trail in TRAILS.items():
        named = [(apps.get_model(label), trail.labels), *((part.model, part.labels) for part in trail.parts)]
        for model, labels in named:
            assert set(labels) <= {field.name for field in model._meta.get_fields()}, label
