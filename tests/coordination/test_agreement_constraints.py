"""Every constraint of agreements, reviews, notices, arrivals, invitations and hand-overs, broken once."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from coordination.enums import ClauseChangeNature, MemberRole, MilestoneNature, NoticeKind
from coordination.models import (
    Agreement,
    ChangeCitation,
    Clause,
    ClauseChange,
    ClauseCitation,
    Comment,
    DocumentArrival,
    HandOver,
    Invitation,
    Milestone,
    Notice,
    Opinion,
    ReviewRound,
    ReviewSeat,
    ReviewText,
)
from tests import factories
from tests.constraints import UNKNOWN, assert_refused, changed, twin
from tests.coordination import reviews

EARLY, LATE = date(2026, 1, 1), date(2026, 2, 1)


class Rows:
    """One valid row of each table, made when a case asks for it."""

    def __init__(self, cast):
        self.cast = cast

    @property
    def agreement(self):
        return reviews.agreement(self.cast)

    @property
    def clause(self):
        return Clause.objects.get(section__document=self.agreement.document, key="d1")

    @property
    def citation(self):
        return ClauseCitation.objects.create(clause=self.clause, text="Quyết định số 498/QĐ-TTg")

    @property
    def change_citation(self):
        return ChangeCitation.objects.create(change=self.change, text="Quyết định số 498/QĐ-TTg")

    @property
    def change(self):
        clause = self.clause
        plan = clause.section.document.agreement
        amendment = reviews.agreement(self.cast, symbol="SD")
        Agreement.objects.filter(pk=amendment.pk).update(amends=plan)
        return ClauseChange.objects.create(
            amendment=amendment, nature=ClauseChangeNature.REPLACED, clause=clause, text="Khác.", valid_from=LATE
        )

    @property
    def milestone(self):
        return Milestone.objects.create(agreement=self.agreement, nature=MilestoneNature.FINAL, year=2026)

    @property
    def round(self):
        return ReviewRound.objects.create(
            document=self.agreement.document,
            number=1,
            sha256="0" * 64,
            due_on=LATE,
            opened_by=self.cast.officer,
            opened_for=self.cast.board,
        )

    @property
    def closed_round(self):
        row = self.round
        changed(row, closed_at=timezone.now(), closed_by=self.cast.officer)()
        return row

    @property
    def review_text(self):
        return ReviewText.objects.create(document=self.agreement.document, sha256="0" * 64, manuscript={})

    @property
    def seat(self):
        return ReviewSeat.objects.create(round=self.round, agency=self.cast.union)

    @property
    def comment(self):
        return Comment.objects.create(
            document=self.agreement.document, text="Cần làm rõ.", agency=self.cast.union, written_by=self.cast.partner
        )

    @property
    def notice(self):
        return Notice.objects.create(reader=self.cast.officer, kind=NoticeKind.AGREED, key="1")

    @property
    def arrival(self):
        return DocumentArrival.objects.create(
            document=factories.document(self.cast.union), agency=self.cast.board, year=2026, number=7, arrived_on=EARLY
        )

    @property
    def invitation(self):
        return Invitation.objects.create(
            email="moi@example.vn",
            full_name="Người mới",
            agency=self.cast.board,
            role=MemberRole.OFFICER,
            valid_from=EARLY,
            secret_sha256="1" * 64,
            invited_by=self.cast.leader,
            expires_at=timezone.now() + timedelta(hours=72),
        )

    @property
    def hand_over(self):
        return HandOver.objects.create(membership=self.cast.officer.memberships.get(), handed_by=self.cast.leader)

    @property
    def membership(self):
        return self.cast.officer.memberships.get()


def opinion_of(seat, **values):
    fields = {"choice": "agrees", "sha256": "0" * 64, "given_by": seat.round.opened_by}
    return lambda: Opinion.objects.create(seat=seat, **fields | values)


def second_arrival(row, **values):
    return twin(row, document=factories.document(row.agency), **values)


def used_and_withdrawn(row):
    both = {"accepted_at": timezone.now(), "accepted_by": row.invited_by}
    return changed(row, withdrawn_at=timezone.now(), withdrawn_by=row.invited_by, **both)


def itself(row, field):
    return changed(row, **{field: row})


CASES = {
    "agreement_stage_in_order": lambda rows: changed(rows.agreement, stage_from=LATE, stage_to=EARLY),
    "agreement_ends_after_start": lambda rows: changed(rows.agreement, ended_on=date(2020, 1, 1)),
    "agreement_amends_another": lambda rows: itself(rows.agreement, "amends"),
    "clause_days_in_order": lambda rows: changed(rows.clause, valid_from=LATE, valid_to=EARLY),
    "clause_key_once": lambda rows: twin(rows.clause),
    "clause_says_something": lambda rows: changed(rows.clause, text=""),
    "clause_introduced_from_a_day": lambda rows: changed(
        rows.clause, introduced_by=factories.document(rows.cast.board)
    ),
    "clause_citation_target_or_text": lambda rows: changed(rows.citation, text=""),
    "change_citation_target_or_text": lambda rows: changed(rows.change_citation, text=""),
    "clause_change_once": lambda rows: twin(rows.change),
    "clause_change_complete": lambda rows: changed(rows.change, text=""),
    "milestone_nature_known": lambda rows: changed(rows.milestone, nature=UNKNOWN),
    "milestone_days_in_order": lambda rows: changed(rows.milestone, starts_on=LATE, ends_on=EARLY),
    "review_round_closed_pair": lambda rows: changed(rows.round, closed_at=timezone.now()),
    "review_round_once": lambda rows: twin(rows.closed_round),
    "review_round_one_open": lambda rows: twin(rows.round, number=2),
    "review_text_once": lambda rows: twin(rows.review_text),
    "review_seat_once": lambda rows: twin(rows.seat),
    "opinion_choice_known": lambda rows: opinion_of(rows.seat, choice=UNKNOWN, text="Có."),
    "opinion_with_reason": lambda rows: opinion_of(rows.seat, choice="asks_for_changes"),
    "comment_state_known": lambda rows: changed(rows.comment, state=UNKNOWN),
    "comment_resolved_pair": lambda rows: changed(rows.comment, resolved_at=timezone.now()),
    "comment_closed_pair": lambda rows: changed(rows.comment, closed_at=timezone.now()),
    "comment_says_something": lambda rows: changed(rows.comment, text=""),
    "comment_answers_another": lambda rows: itself(rows.comment, "answers"),
    "notice_kind_known": lambda rows: changed(rows.notice, kind=UNKNOWN),
    "notice_once": lambda rows: twin(rows.notice),
    "document_arrival_once": lambda rows: twin(rows.arrival, number=8),
    "document_arrival_number_once": lambda rows: second_arrival(rows.arrival),
    "invitation_role_known": lambda rows: changed(rows.invitation, role=UNKNOWN),
    "invitation_dates_in_order": lambda rows: changed(rows.invitation, valid_to=date(2020, 1, 1)),
    "invitation_accepted_pair": lambda rows: changed(rows.invitation, accepted_at=timezone.now()),
    "invitation_withdrawn_pair": lambda rows: changed(rows.invitation, withdrawn_at=timezone.now()),
    "invitation_used_or_withdrawn": lambda rows: used_and_withdrawn(rows.invitation),
    "invitation_open_once": lambda rows: twin(rows.invitation, secret_sha256="2" * 64),
    "hand_over_taken_pair": lambda rows: changed(rows.hand_over, taken_at=timezone.now()),
    "hand_over_between_two": lambda rows: changed(rows.hand_over, received_by=rows.membership),
    "membership_deputy_has_end": lambda rows: changed(
        rows.membership, deputises=rows.cast.leader.memberships.get(), valid_to=None
    ),
    "membership_ended_has_last_day": lambda rows: changed(
        rows.membership, ended_at=timezone.now(), ended_by=rows.cast.leader, valid_to=None
    ),
    "membership_ended_pair": lambda rows: changed(rows.membership, ended_at=timezone.now(), valid_to=LATE),
}


@pytest.mark.parametrize("rule", sorted(CASES))
def test_database_refuses(cast, rule):
    assert_refused(CASES[rule](Rows(cast)), rule)


@pytest.mark.parametrize("row", [name for name, kind in vars(Rows).items() if isinstance(kind, property)])
def test_a_valid_row_is_taken(cast, row):
    """The cases break what is otherwise right."""
    assert getattr(Rows(cast), row).pk


@pytest.mark.parametrize("values", [{"nature": UNKNOWN}, {"nature": "added"}, {"nature": "repealed"}])
def test_a_change_is_one_of_three_kinds_and_complete(cast, values):
    assert_refused(changed(Rows(cast).change, **values), "clause_change_complete")


def test_an_opinion_with_its_reason_is_taken(cast):
    opinion_of(Rows(cast).seat, choice="asks_for_changes", text="Bổ sung kinh phí.")()
    assert Opinion.objects.count() == 1
