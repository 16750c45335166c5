"""What decisions do to agencies, end to end: a rename, a merger, a split, an end."""

import uuid
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from coordination import agency_changes
from coordination.access import access_of
from coordination.agencies import AgencyRefused, NameLine, taken_symbol
from coordination.agency_changes import Decision, Successor, carry_out, check, touched_by
from coordination.compose import compose_agreement
from coordination.enums import AgencyRole, DocumentState, MemberRole, OpinionChoice
from coordination.locking import StaleVersion
from coordination.models import (
    Agency,
    AgencyName,
    AgencySuccession,
    Agreement,
    Clause,
    HandOver,
    Invitation,
    Membership,
    Notice,
    Party,
    ReviewSeat,
    Section,
    User,
)
from coordination.refusals import rule_broken
from coordination.review import all_consent, give_opinion, open_round
from programs.enums import FactState
from reports.enums import ReportScope
from reports.figures import At, Compared, Scope, Values
from reports.figures.activities import ACTIVITIES
from reports.figures.registry import every_tally
from reports.models import Report
from tests import factories
from tests.programs.activity_forms import sent
from tests.races import at_once, then_meet

ON, LAST = date(2026, 3, 1), date(2026, 2, 28)
TODAY = date(2026, 6, 20)
NEW = NameLine("Sở Dân tộc, Tôn giáo và Nội vụ", "Sở DTTGNV", "SDTTGNV", "Quảng Thử", "", "UBND TỈNH QUẢNG THỬ")


@pytest.fixture(autouse=True)
def of_the_day(time_machine):
    time_machine.move_to(TODAY)


@pytest.fixture
def faith(cast):
    """A second agency of the province, which is merged with the board."""
    agency = factories.agency(cast.province, "Ban Tôn giáo", "BTG")
    cast.priest = factories.member(agency, position_title="Phó Trưởng ban")
    return agency


def decide(cast, *, old, into=(), on=ON, **details):
    decision = Decision(on=on, decided_by="QĐ 12/QĐ-UBND", old=tuple(old), into=tuple(into), **details)
    seen = Agency.objects.get(pk=old[0].pk).version
    return carry_out(decision, seen=seen, token=uuid.uuid4(), today=TODAY, by=cast.administrator)


def signed(cast, issued_on=date(2022, 6, 10), **fields):
    """An agreement of the board and the Union."""
    values = {"state": DocumentState.ISSUED, "number": "1", "issued_on": issued_on} | fields
    document = factories.document(cast.board, (issued_on or TODAY).year, subject="Chương trình phối hợp", **values)
    agreement = Agreement.objects.create(document=document, stage_from=date(2022, 1, 1), stage_to=date(2030, 12, 31))
    for order, agency in enumerate((cast.board, cast.union), start=1):
        Party.objects.create(document=document, agency=agency, symbol_order=order, signature_column=order)
    section = Section.objects.create(
        document=document, position=1, numbering="roman", key="i", heading="NỘI DUNG", text="Phối hợp."
    )
    clause = Clause.objects.create(section=section, position=1, key="c", text="Truyền thông", lead=cast.board)
    clause.partners.set([cast.union])
    return agreement


def draft(cast):
    return signed(cast, state=DocumentState.DRAFT, number="", issued_on=None)


def printed(agreement):
    return str(compose_agreement(Agreement.objects.get(pk=agreement.pk)).to_json()).upper()


def hats(person):
    rows = Membership.objects.filter(user=person).order_by("valid_from", "pk")
    return [(row.agency, row.role, row.valid_from, row.valid_to) for row in rows]


def own(person):
    return access_of(User.objects.get(pk=person.pk)).own


# --- a new name ------------------------------------------------------------------------------------------------------


def test_a_new_name_begins_on_its_day_and_the_old_one_ends_the_day_before(cast):
    assert decide(cast, old=[cast.board], into=[Successor(cast.board, NEW)]) == [cast.board]
    rows = cast.board.names.order_by("valid_from").values_list("symbol", "valid_from", "valid_to", "decided_by")
    assert list(rows) == [("SDTTG", date(2020, 1, 1), LAST, ""), ("SDTTGNV", ON, None, "QĐ 12/QĐ-UBND")]
    assert (cast.board.name_on(LAST).symbol, cast.board.name_on(ON).symbol) == ("SDTTG", "SDTTGNV")
    assert cast.board.name_on(ON).letterhead == "SỞ DÂN TỘC, TÔN GIÁO VÀ NỘI VỤ"
    assert AgencySuccession.objects.count() == 0


def test_an_old_agreement_prints_its_old_name_and_a_new_one_the_new(cast):
    old, new = signed(cast), draft(cast)
    decide(cast, old=[cast.board], into=[Successor(cast.board, NEW)])
    assert "SỞ DÂN TỘC VÀ TÔN GIÁO" in printed(old)
    assert "SỞ DÂN TỘC, TÔN GIÁO VÀ NỘI VỤ" not in printed(old)
    assert "SỞ DÂN TỘC, TÔN GIÁO VÀ NỘI VỤ" in printed(new)


def test_a_new_name_makes_consent_lapse_and_typed_symbols_are_pointed_out(cast):
    agreement = draft(cast)
    document = agreement.document
    type(document).objects.filter(pk=document.pk).update(state=DocumentState.IN_REVIEW, symbol="CT-SDTTG-HLHPN")
    document.refresh_from_db()
    review = open_round(document, acting=cast.officer.memberships.get(), due_on=date(2026, 7, 1))
    partner = cast.partner.memberships.get()
    give_opinion(review, acting=partner, choice=OpinionChoice.AGREES, seen_sha256=review.sha256)
    decision = Decision(ON, "QĐ", (cast.board,), (Successor(cast.board, NEW),))
    lines = {line.label: (line.count, line.records) for line in touched_by(decision, cast.officer)}
    page = reverse("coordination:document_detail", args=[document.uid])
    assert lines["Ký hiệu ghi sẵn trong dự thảo"] == (1, [("CT-SDTTG-HLHPN", page)])
    decide(cast, old=[cast.board], into=[Successor(cast.board, NEW)])
    review.refresh_from_db()
    assert review.text_sha256 != review.sha256
    assert Notice.objects.filter(reader=cast.partner, kind="consent_lapsed").count() == 1


@pytest.mark.parametrize(
    ("line", "on", "field"),
    [
        (NEW, date(2020, 1, 1), "on"),
        (NameLine("Tên khác", "Tên khác", "HLHPN", "Quảng Thử"), ON, "symbol"),
        (NameLine("Sở Dân tộc và Tôn giáo", "Sở Dân tộc và Tôn giáo", "SDTTG", "Quảng Thử"), ON, "name"),
    ],
    ids=["a day before its present name", "a symbol of another agency", "nothing new"],
)
def test_a_wrong_new_name_is_refused_at_its_field(cast, line, on, field):
    with pytest.raises(AgencyRefused) as refusal:
        decide(cast, old=[cast.board], into=[Successor(cast.board, line)], on=on)
    assert refusal.value.field == field
    assert cast.board.names.count() == 1


def test_a_symbol_is_free_again_once_its_agency_ended(cast, faith):
    decide(cast, old=[faith])
    assert taken_symbol(cast.province, "BTG", LAST, apart=set()).agency == faith
    assert taken_symbol(cast.province, "BTG", ON, apart=set()) is None
    assert taken_symbol(cast.elsewhere, "BTG", LAST, apart=set()) is None


# --- a merger --------------------------------------------------------------------------------------------------------


@pytest.fixture
def merged(cast, faith):
    """The board and the office for faiths became a new agency on 1 March 2026."""
    cast.faith, cast.old_record = faith, factories.activity(cast.board, cast.commune, day=date(2025, 5, 5))
    cast.agreement = signed(cast)
    cast.below = factories.agency(cast.commune, "Phòng Dân tộc", "PDT", parent=cast.board)
    cast.new = decide(cast, old=[cast.board, faith], into=[Successor(name=NEW)])[0]
    return cast


def test_a_merger_opens_the_new_agency_and_closes_the_old_ones(merged):
    new = merged.new
    assert (new.opened_on, new.role, new.parent, new.unit, new.consolidates) == (
        ON, AgencyRole.ETHNIC_AFFAIRS, merged.committee, merged.province, True,
    )  # fmt: skip
    for old in (merged.board, merged.faith):
        old.refresh_from_db()
        assert (old.closed_on, old.names.get().valid_to) == (LAST, LAST)
    rows = AgencySuccession.objects.filter(successor=new).values_list("predecessor", "on", "nature", "decided_by")
    assert sorted(rows) == sorted((old.pk, ON, "merged", "QĐ 12/QĐ-UBND") for old in (merged.board, merged.faith))
    merged.below.refresh_from_db()
    assert merged.below.parent == new


def test_people_go_on_in_the_new_agency_with_their_roles(merged):
    assert hats(merged.officer) == [
        (merged.board, MemberRole.OFFICER, date(2020, 1, 1), LAST), (merged.new, MemberRole.OFFICER, ON, None),
    ]  # fmt: skip
    assert Membership.objects.get(user=merged.priest, agency=merged.new).position_title == "Phó Trưởng ban"


def test_a_person_of_the_old_agency_keeps_rights_over_old_records(merged, client):
    assert own(merged.officer) == {merged.new.pk, merged.board.pk, merged.faith.pk}
    client.force_login(merged.officer)
    assert client.get(reverse("programs:activity_edit", args=[merged.old_record.uid])).status_code == 200
    client.force_login(merged.stranger)
    assert client.get(reverse("programs:activity_detail", args=[merged.old_record.uid])).status_code == 404


def test_a_hand_over_note_of_before_waits_for_the_new_agency(cast, faith):
    note = {"note": "Gọi chị Lan", "handed_by": cast.officer, "membership": cast.officer.memberships.get()}
    to_all = HandOver.objects.create(**note)
    to_one = HandOver.objects.create(**note, received_by=cast.clerk.memberships.get())
    new = decide(cast, old=[cast.board, faith], into=[Successor(name=NEW)])[0]

    def waits_for(person):
        return list(HandOver.objects.waiting_for(person.memberships.get(agency=new)).order_by("pk"))

    assert [waits_for(person) for person in (cast.priest, cast.clerk, cast.officer)] == [
        [to_all],
        [to_all, to_one],
        [],
    ]
    assert list(HandOver.objects.waiting_for(cast.partner.memberships.get())) == []


def test_the_same_period_of_last_year_follows_the_lineage(merged):
    """The board and the office for faiths of 2025 are compared with the agency of 2026; the record is not touched."""
    factories.activity(merged.faith, merged.commune, day=date(2025, 3, 3), sessions=2)
    factories.activity(merged.new, merged.commune, day=date(2026, 4, 4), sessions=5)
    compared = Compared.of(factories.period("2026-H1", same_period_last_year=factories.period("2025-H1")))
    values = Values(Scope.of(merged.new, merged.province, ReportScope.AGENCY), compared, [every_tally(ACTIVITIES)])
    found = [values.get("activities.sessions", at).value for at in (At.NOW, At.LAST_YEAR)]
    assert found == [5, 3]
    merged.old_record.refresh_from_db()
    assert merged.old_record.owner == merged.board


def test_an_agreement_of_before_keeps_its_party_and_prints_its_old_name(merged):
    assert merged.agreement.document.parties.get(symbol_order=1).agency == merged.board
    assert "SỞ DÂN TỘC VÀ TÔN GIÁO" in printed(merged.agreement)
    assert "NỘI VỤ" not in printed(merged.agreement)


def test_new_records_carry_the_new_agency(merged, client):
    client.force_login(merged.officer)
    answer = client.post(reverse("programs:activity_create"), sent(merged.commune, title="Họp thôn"))
    assert answer.status_code == 302
    assert merged.new.activity_owned.filter(title="Họp thôn").exists()


@pytest.mark.parametrize("record", ["fact", "membership", "party"])
def test_the_closed_agency_is_refused_by_the_database(merged, record):
    def write():
        if record == "fact":
            factories.activity(merged.board, merged.commune, day=ON)
        elif record == "membership":
            factories.member(merged.board, valid_from=ON)
        else:
            signed(merged, issued_on=ON, number="9")

    with pytest.raises(IntegrityError) as error, transaction.atomic():
        write()
    rules = {"fact": "activity_owner_of_its_day", "membership": "membership_of_open_agency"}
    assert rule_broken(error.value) == rules.get(record, "party_open_on_issue")


def test_a_draft_of_before_keeps_its_agency_and_is_finished_by_the_new_one(cast, faith, client):
    early = factories.activity(cast.board, cast.commune, day=LAST, state=FactState.DRAFT)
    late = factories.activity(cast.board, cast.commune, day=ON, state=FactState.DRAFT)
    recorded = factories.activity(cast.board, cast.commune, day=TODAY)
    new = decide(cast, old=[cast.board, faith], into=[Successor(name=NEW)])[0]
    for row, owner in ((early, cast.board), (late, new), (recorded, new)):
        row.refresh_from_db()
        assert row.owner == owner
    client.force_login(cast.officer)
    assert client.get(reverse("programs:activity_edit", args=[early.uid])).status_code == 200


def test_a_record_in_a_frozen_report_forbids_an_earlier_day(cast, faith):
    record = factories.activity(cast.board, cast.commune, day=date(2026, 4, 1))
    type(record).objects.filter(pk=record.pk).update(locked_at="2026-05-01T00:00:00Z")
    with pytest.raises(AgencyRefused, match="01/04/2026"):
        decide(cast, old=[cast.board, faith], into=[Successor(name=NEW)])
    cast.board.refresh_from_db()
    assert cast.board.closed_on is None


def test_a_draft_agreement_is_handed_over_with_its_tasks(cast, faith):
    agreement = draft(cast)
    new = decide(cast, old=[faith, cast.board], into=[Successor(name=NEW)])[0]
    document = Agreement.objects.get(pk=agreement.pk).document
    clause = Clause.objects.get(section__document=document)
    assert (document.register_agency, clause.lead) == (new, new)
    parties = document.parties.order_by("symbol_order")
    assert [party.agency for party in parties] == [new, cast.union]
    assert "SỞ DÂN TỘC, TÔN GIÁO VÀ NỘI VỤ" in printed(agreement)


def test_consent_to_the_old_name_lapses_and_the_new_agency_is_asked(cast, faith):
    agreement = draft(cast)
    document = agreement.document
    type(document).objects.filter(pk=document.pk).update(state=DocumentState.IN_REVIEW)
    officer, partner = cast.officer.memberships.get(), cast.partner.memberships.get()
    review = open_round(document, acting=officer, due_on=date(2026, 7, 1))
    give_opinion(review, acting=partner, choice=OpinionChoice.AGREES, seen_sha256=review.sha256)
    assert all_consent(document, review.sha256)
    new = decide(cast, old=[cast.board, faith], into=[Successor(name=NEW)])[0]
    document.refresh_from_db()
    review.refresh_from_db()
    assert not all_consent(document, compose_agreement(document.agreement).sha256())
    seats = {seat.agency: seat.must_agree for seat in ReviewSeat.objects.filter(round=review)}
    assert seats == {cast.board: False, cast.union: True, new: True}
    assert Notice.objects.filter(reader=cast.partner, kind="consent_lapsed", agency=new).count() == 1
    for hat in (cast.officer.memberships.get(agency=new), partner):
        give_opinion(review, acting=hat, choice=OpinionChoice.AGREES, seen_sha256=review.text_sha256)
    assert all_consent(document, review.text_sha256)


def test_a_report_in_progress_is_finished_by_the_new_agency(cast, faith):
    report = factories.report(cast.board, cast.province)
    new = decide(cast, old=[cast.board, faith], into=[Successor(name=NEW)])[0]
    report.refresh_from_db()
    assert (report.agency, report.document.register_agency) == (new, new)


def test_a_report_the_other_one_makes_already_stays(cast, faith):
    mine, theirs = (factories.report(agency, cast.province) for agency in (cast.board, faith))
    decide(cast, old=[faith], into=[Successor(cast.board)])
    theirs.refresh_from_db()
    assert (theirs.agency, theirs.document.register_agency) == (faith, faith)
    assert Report.objects.get(pk=mine.pk).agency == cast.board


def test_into_an_agency_that_goes_on_under_its_name(cast, faith):
    both = factories.member(cast.board, user=cast.priest)
    assert decide(cast, old=[faith], into=[Successor(cast.board)]) == [cast.board]
    assert cast.board.names.count() == 1
    assert [row[0] for row in hats(both) if row[3] is None] == [cast.board]
    assert own(cast.priest) == {cast.board.pk, faith.pk}


def test_a_deputy_deputises_there_too(cast, faith):
    leader = cast.leader.memberships.get()
    factories.member(
        cast.board, MemberRole.LEADER, user=cast.officer, valid_from=date(2026, 1, 5), valid_to=date(2026, 9, 1),
        deputises=leader,
    )  # fmt: skip
    new = decide(cast, old=[cast.board, faith], into=[Successor(name=NEW)])[0]
    deputy = Membership.objects.get(user=cast.officer, agency=new, role=MemberRole.LEADER)
    assert (deputy.deputises, deputy.valid_to) == (cast.leader.memberships.get(agency=new), date(2026, 9, 1))


def test_open_invitations_lead_to_the_new_agency(cast, faith):
    row = Invitation.objects.create(
        email="moi@example.vn", full_name="Người Mới", agency=cast.board, role="officer", valid_from=ON,
        secret_sha256="0" * 64, invited_by=cast.administrator, expires_at="2026-06-22T00:00:00Z",
    )  # fmt: skip
    new = decide(cast, old=[cast.board, faith], into=[Successor(name=NEW)])[0]
    row.refresh_from_db()
    assert row.agency == new


def test_a_paper_issued_later_in_the_old_name_forbids_the_day(cast, faith):
    signed(cast, issued_on=date(2026, 4, 4), number="44")
    with pytest.raises(AgencyRefused, match="04/04/2026"):
        decide(cast, old=[cast.board, faith], into=[Successor(name=NEW)])


def test_the_future_waits(cast, faith):
    decision = Decision(date(2026, 7, 1), "QĐ", (cast.board, faith), (Successor(name=NEW),))
    with pytest.raises(AgencyRefused) as refusal:
        check(decision, TODAY)
    assert refusal.value.field == "on"


# --- a split and an end ----------------------------------------------------------------------------------------------


def test_a_split_gives_both_the_old_records_and_each_its_people(cast):
    record = factories.activity(cast.board, cast.commune, day=date(2025, 5, 5))
    leader = cast.leader.memberships.get()
    parts = [
        Successor(name=NameLine("Sở Dân tộc", "Sở Dân tộc", "SDT", "Quảng Thử")),
        Successor(name=NameLine("Sở Tôn giáo", "Sở Tôn giáo", "STG", "Quảng Thử")),
    ]
    first, second = decide(cast, old=[cast.board], into=parts, receiver=1, goes_to={leader.pk: 0})
    assert AgencySuccession.objects.filter(predecessor=cast.board, nature="split").count() == 2
    assert (own(cast.leader), own(cast.officer)) == ({first.pk, cast.board.pk}, {second.pk, cast.board.pk})
    for person in (cast.leader, cast.officer):
        assert type(record).objects.visible_to(User.objects.get(pk=person.pk)).get() == record


def test_a_part_may_go_to_an_agency_that_is_there(cast):
    new = NameLine("Sở Dân tộc", "Sở Dân tộc", "SDT", "Quảng Thử")
    first, second = decide(cast, old=[cast.board], into=[Successor(name=new), Successor(cast.union)])
    assert second == cast.union
    assert cast.board.pk in own(cast.partner)
    assert first.origins.get().predecessor == cast.board


def test_two_parts_cannot_share_a_symbol(cast):
    line = NameLine("Sở Dân tộc", "Sở Dân tộc", "SDT", "Quảng Thử")
    with pytest.raises(AgencyRefused) as refusal:
        decide(cast, old=[cast.board], into=[Successor(name=line), Successor(name=line)])
    assert refusal.value.field == "part1_symbol"


def test_an_agency_that_ends_takes_the_rights_of_its_people(cast):
    assert decide(cast, old=[cast.board]) == []
    cast.board.refresh_from_db()
    assert (cast.board.closed_on, own(cast.officer)) == (LAST, frozenset())


def test_it_cannot_end_before_its_latest_record(cast):
    factories.activity(cast.board, cast.commune, day=TODAY)
    with pytest.raises(AgencyRefused):
        decide(cast, old=[cast.board])


# --- two at once -----------------------------------------------------------------------------------------------------


def test_a_decision_on_an_older_version_is_refused(cast, faith):
    decision = Decision(ON, "QĐ", (cast.board, faith), (Successor(name=NEW),))
    Agency.objects.filter(pk=cast.board.pk).update(version=7)
    with pytest.raises(StaleVersion):
        carry_out(decision, seen=1, token=uuid.uuid4(), today=TODAY, by=cast.administrator)
    assert AgencySuccession.objects.count() == 0


def carried_out_twice(cast, faith):
    """What each of two is answered with who merge the same agencies at the same moment."""
    decision, answers = Decision(ON, "QĐ", (cast.board, faith), (Successor(name=NEW),)), []

    def run():
        try:
            carry_out(decision, seen=1, token=uuid.uuid4(), today=TODAY, by=cast.administrator)
            answers.append("carried out")
        except (StaleVersion, IntegrityError) as refusal:
            answers.append(type(refusal).__name__)

    at_once(run, run)
    return sorted(answers)


@pytest.mark.django_db(transaction=True)
def test_of_two_decisions_at_the_same_moment_one_is_carried_out(cast, faith):
    assert carried_out_twice(cast, faith) == ["StaleVersion", "carried out"]
    assert AgencyName.objects.filter(symbol="SDTTGNV").count() == 1


@pytest.mark.django_db(transaction=True)
def test_control_without_locks_the_second_decision_breaks_on_the_database(cast, faith, monkeypatch):
    """The constraints still let one in only, but the other person gets an error, not an answer."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer: the second cannot begin before the first ends")
    monkeypatch.setattr("django.db.models.QuerySet.select_for_update", lambda rows, **_options: rows)
    monkeypatch.setattr(agency_changes, "claim_version", lambda _record, *, seen: None)
    monkeypatch.setattr(agency_changes, "check", then_meet(agency_changes.check))
    assert carried_out_twice(cast, faith) == ["IntegrityError", "carried out"]
