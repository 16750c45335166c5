"""A request that is mended: other days, another outline until somebody sent, who is asked no longer."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from coordination.enums import DocumentState, NoticeKind
from coordination.locking import StaleVersion
from coordination.models import Notice, ViewGrant
from reports.models import Report, ReportOutline
from reports.round_changes import Changes, change_round
from reports.rounds import RoundRefused, answer, extend
from reports.seats import seats_of
from reports.writing import start
from tests import factories
from tests.constraints import changed
from tests.reports.composing import hat
from tests.reports.test_rounds import asked as open_for

pytestmark = pytest.mark.django_db
TODAY, DUE, LATER = date(2026, 6, 20), date(2026, 6, 25), date(2026, 6, 30)


@pytest.fixture(autouse=True)
def on_that_day():
    with time_machine.travel(datetime(2026, 6, 20, 2, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def police(cast):
    return factories.agency(cast.province, "Công an tỉnh", "CAT")


@pytest.fixture
def one(cast, police):
    factories.document(cast.board)  # the kind "BC"
    return open_for(hat(cast.officer), cast.union, police)


@pytest.fixture
def other_outline(one):
    changed(one.outline, state="superseded")()
    row = ReportOutline.objects.create(
        kind=one.kind, period_kind=one.period.kind, number=2, state="in_use", name="Đề cương mới",
        subject="Tình hình công tác phụ nữ {period}",
    )  # fmt: skip
    row.sections.create(position=1, numbering="roman", heading="Tình hình", text="Lời", key="tinh-hinh")
    return row


def mended(one, **fields):
    names = Changes.__dataclass_fields__.keys() - {"dropped"}
    return Changes(**{name: getattr(one, name) for name in names} | fields)


def dues(one):
    return {seat.agency.pk: seat.due for seat in seats_of(one.seats.all(), TODAY)}


def sent(one, cast):
    report = answer(one, acting=hat(cast.partner))
    changed(report.document, state=DocumentState.SENT, issued_on=TODAY)()
    report.document.moves.create(
        action="send", from_state="approved", to_state="sent", moved_by=cast.partner, acting_for=cast.union
    )
    return report


def test_who_has_another_last_day_is_told(cast, one, police):
    factories.member(police)
    extend(one.seats.get(agency=police), LATER, "Chờ số liệu.", acting=hat(cast.officer))
    change_round(one, mended(one, due_sender=date(2026, 6, 28)), acting=hat(cast.officer), seen=one.version)
    assert dues(one) == {cast.union.pk: date(2026, 6, 28), police.pk: LATER}
    told = Notice.objects.filter(kind=NoticeKind.REPORT_ASKED, due_on=date(2026, 6, 28))
    assert [notice.reader for notice in told] == [cast.partner]


def test_more_time_for_all_is_more_time_for_who_had_a_little_more(cast, one, police):
    extend(one.seats.get(agency=police), date(2026, 6, 26), "Chờ số liệu.", acting=hat(cast.officer))
    change_round(one, mended(one, due_sender=LATER), acting=hat(cast.officer), seen=one.version)
    assert dues(one) == {cast.union.pk: LATER, police.pk: LATER}


def test_who_has_sent_is_told_nothing(cast, one):
    sent(one, cast)
    change_round(one, mended(one, due_sender=LATER), acting=hat(cast.officer), seen=one.version)
    assert not Notice.objects.filter(due_on=LATER).exists()


def test_drafts_nobody_wrote_in_take_the_other_outline(cast, one, police, other_outline):
    waits, begun = answer(one, acting=hat(cast.partner)), answer(one, acting=hat(factories.member(police)))
    start(begun, "records", acting=begun.document.moves.get().moved_by.memberships.get())
    change_round(one, mended(one, outline=other_outline), acting=hat(cast.officer), seen=one.version)
    waits, kept = Report.objects.get(pk=waits.pk), Report.objects.get(pk=begun.pk)
    assert (waits.outline, kept.outline) == (other_outline, begun.outline)
    assert waits.document.subject == f"Tình hình công tác phụ nữ {one.period.label}"
    assert kept.document.subject == begun.document.subject


def test_once_somebody_has_sent_the_outline_stays(client, cast, one, other_outline):
    client.force_login(cast.officer)
    address = reverse("reports:round_edit", args=[one.uid])
    assert "outline" in client.get(address).context["form"].fields
    sent(one, cast)
    assert "outline" not in client.get(address).context["form"].fields
    with pytest.raises(RoundRefused, match="không đổi đề cương"):
        change_round(one, mended(one, outline=other_outline), acting=hat(cast.officer), seen=one.version)


def test_who_is_asked_no_longer_is_read_no_longer(cast, one, police):
    assert ViewGrant.objects.filter(owner=cast.union).exists()
    change_round(one, mended(one, dropped=[cast.union]), acting=hat(cast.officer), seen=one.version)
    assert [seat.agency for seat in one.seats.all()] == [police]
    assert set(ViewGrant.objects.values_list("owner", flat=True)) == {police.pk}
    assert not Notice.objects.filter(reader=cast.partner).exists()


def test_who_has_begun_is_not_dropped(client, cast, one, police):
    client.force_login(cast.officer)
    answer(one, acting=hat(cast.partner))
    form = client.get(reverse("reports:round_edit", args=[one.uid])).context["form"]
    assert list(form.fields["dropped"].entries.values()) == [police]
    with pytest.raises(RoundRefused, match="vừa bắt đầu"):
        change_round(one, mended(one, dropped=[cast.union]), acting=hat(cast.officer), seen=one.version)


def test_somebody_stays_asked(cast, one, police):
    with pytest.raises(RoundRefused, match="ít nhất một"):
        change_round(one, mended(one, dropped=[cast.union, police]), acting=hat(cast.officer), seen=one.version)


def test_only_who_asks_mends_it(cast, one):
    with pytest.raises(PermissionDenied):
        change_round(one, mended(one), acting=hat(cast.partner), seen=one.version)


def test_of_two_at_the_same_moment_one_is_shown_both_versions(client, cast, one):
    client.force_login(cast.officer)
    address = reverse("reports:round_edit", args=[one.uid])
    typed = {"version": one.version, "outline": one.outline_id, "title": "Tên mới", "due_sender": "30/06/2026"}
    change_round(one, mended(one, request="Ghi đủ số nữ."), acting=hat(cast.officer), seen=one.version)
    with pytest.raises(StaleVersion):
        change_round(one, mended(one), acting=hat(cast.officer), seen=one.version)
    answer = client.post(address, typed)
    assert answer.status_code == 409
    assert {row.label: (row.theirs, row.mine) for row in answer.context["theirs"]}["Tên yêu cầu"][1] == "Tên mới"
    again = typed | {"version": answer.context["form"]["version"].value()}
    assert client.post(address, again).status_code == 302
    one.refresh_from_db()
    assert (one.title, one.due_sender) == ("Tên mới", LATER)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"due_sender": ""}, "due_sender"),
        ({"due_sender": "19/06/2026"}, "due_sender"),
        ({"due_sender": "30/06/2026", "due_compiler": "29/06/2026"}, "due_compiler"),
        ({"outline": "0"}, "outline"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(client, cast, one, typed, field):
    client.force_login(cast.officer)
    usual = {"version": one.version, "outline": one.outline_id, "title": one.title, "due_sender": "25/06/2026"}
    answer = client.post(reverse("reports:round_edit", args=[one.uid]), usual | typed)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])


def test_days_that_are_over_may_stay(client, cast, one):
    changed(one, due_sender=date(2026, 6, 18))()
    client.force_login(cast.officer)
    typed = {"version": one.version, "outline": one.outline_id, "title": "Tên mới", "due_sender": "18/06/2026"}
    assert client.post(reverse("reports:round_edit", args=[one.uid]), typed).status_code == 302


def test_a_closed_request_is_mended_no_more(client, cast, one):
    changed(one, closed_at=datetime(2026, 6, 20, 1, tzinfo=UTC), closed_by=cast.officer)()
    client.force_login(cast.officer)
    address = reverse("reports:round_edit", args=[one.uid])
    assert client.get(address).url == reverse("reports:round_detail", args=[one.uid])
    with pytest.raises(RoundRefused):
        change_round(one, mended(one), acting=hat(cast.officer), seen=one.version)
