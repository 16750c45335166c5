"""Constraints of agreements, reviews, notices, arrivals, invitations and hand-overs, each broken once."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from coordination.enums import ClauseChangeNature, MemberRole, MilestoneNature, NoticeKind, OpinionChoice
from coordination.models import (
    ClauseChange,
    ClauseCitation,
    Comment,
    DocumentArrival,
    HandOver,
    Invitation,
    Milestone,
    Notice,
    Opinion,
)
from coordination.models.review import ReviewText
from tests import factories
from tests.constraints import UNKNOWN, assert_refused, changed, twin
from tests.coordination.reviews import agreement, put_to_review

pytestmark = pytest.mark.django_db
EARLY, LATE = date(2026, 1, 1), date(2026, 2, 1)


def brought_in(rows):
    return changed(rows.clause, introduced_by=factories.document(rows.cast.board))


class Rows:
    """One valid row of each table, made when a case asks for it."""

    def __init__(self, cast):
        self.cast = cast

    @property
    def agreement(self):
        return agreement(self.cast)

    @property
    def clause(self):
        return self.agreement.document.sections.get().clauses.get(key="d1")

    @property
    def citation(self):
        return ClauseCitation.objects.create(clause=self.clause, text="Quyết định số 498/QĐ-TTg")

    @property
    def change(self):
        clause = self.clause
        return ClauseChange.objects.create(
            amendment=clause.section.document.agreement,
            nature=ClauseChangeNature.REPLACED,
            clause=clause,
            text="Mới.",
            valid_from=LATE,
        )

    @property
    def milestone(self):
        return Milestone.objects.create(agreement=self.agreement, nature=MilestoneNature.FINAL, year=2026)

    @property
    def round(self):
        return put_to_review(self.cast).round

    @property
    def seat(self):
        return self.round.seats.first()

    @property
    def text(self):
        self.round  # noqa: B018  asking for it keeps the text
        return ReviewText.objects.get()

    @property
    def opinion(self):
        self.round  # noqa: B018  who opens the round stands by the text
        return Opinion.objects.get()

    @property
    def comment(self):
        return Comment.objects.create(
            document=self.agreement.document, text="Thêm số xã.", agency=self.cast.union, written_by=self.cast.partner
        )

    @property
    def notice(self):
        return Notice.objects.create(reader=self.cast.officer, kind=NoticeKind.ISSUED, key="1")

    @property
    def arrival(self):
        document = factories.document(self.cast.union, number="9")
        return DocumentArrival.objects.create(
            document=document, agency=self.cast.board, year=2026, number=1, arrived_on=LATE
        )

    @property
    def invitation(self):
        return Invitation.objects.create(
            email="moi@example.vn", full_name="Chuyên viên B", agency=self.cast.board, role=MemberRole.OFFICER,
            valid_from=LATE, secret_sha256="0" * 64, invited_by=self.cast.administrator,
            expires_at=timezone.now() + timedelta(hours=72),
        )  # fmt: skip

    @property
    def hand_over(self):
        return HandOver.objects.create(membership=self.membership, handed_by=self.cast.officer)

    @property
    def membership(self):
        return self.cast.officer.memberships.get()


def both_ends(rows):
    person = {"accepted_by": rows.cast.officer, "withdrawn_by": rows.cast.officer}
    return changed(rows.invitation, accepted_at=timezone.now(), withdrawn_at=timezone.now(), **person)


def to_itself(row, field):
    return changed(row, **{field: row.pk})


CASES = {
    "agreement_stage_in_order": lambda rows: changed(rows.agreement, stage_from=LATE, stage_to=EARLY),
    "agreement_ends_after_start": lambda rows: changed(rows.agreement, ended_on=date(2025, 1, 1)),
    "agreement_amends_another": lambda rows: to_itself(rows.agreement, "amends"),
    "clause_days_in_order": lambda rows: changed(rows.clause, valid_from=LATE, valid_to=EARLY),
    "clause_key_once": lambda rows: twin(rows.clause),
    "clause_says_something": lambda rows: changed(rows.clause, text=""),
    "clause_introduced_from_a_day": lambda rows: changed(
        rows.clause, introduced_by=factories.document(rows.cast.board)
    ),
    "clause_citation_target_or_text": lambda rows: changed(rows.citation, text=""),
    "clause_change_once": lambda rows: twin(rows.change),
    "clause_change_complete": lambda rows: changed(rows.change, text=""),
    "milestone_nature_known": lambda rows: changed(rows.milestone, nature=UNKNOWN),
    "milestone_days_in_order": lambda rows: changed(rows.milestone, starts_on=LATE, ends_on=EARLY),
    "review_round_closed_pair": lambda rows: changed(rows.round, closed_at=timezone.now()),
    "review_round_once": lambda rows: twin(rows.round, closed_at=timezone.now(), closed_by=rows.cast.officer),
    "review_round_one_open": lambda rows: twin(rows.round, number=2),
    "review_seat_once": lambda rows: twin(rows.seat),
    "review_text_once": lambda rows: twin(rows.text),
    "opinion_choice_known": lambda rows: twin(rows.opinion, choice=UNKNOWN, text="Ý kiến"),
    "opinion_with_reason": lambda rows: twin(rows.opinion, choice=OpinionChoice.ASKS_FOR_CHANGES),
    "comment_state_known": lambda rows: changed(rows.comment, state=UNKNOWN),
    "comment_resolved_pair": lambda rows: changed(rows.comment, resolved_at=timezone.now()),
    "comment_closed_pair": lambda rows: changed(rows.comment, closed_at=timezone.now()),
    "comment_says_something": lambda rows: changed(rows.comment, text=""),
    "comment_answers_another": lambda rows: to_itself(rows.comment, "answers"),
    "notice_kind_known": lambda rows: changed(rows.notice, kind=UNKNOWN),
    "notice_once": lambda rows: twin(rows.notice),
    "document_arrival_once": lambda rows: twin(rows.arrival, number=2),
    "document_arrival_number_once": lambda rows: twin(rows.arrival, document=factories.document(rows.cast.union)),
    "invitation_role_known": lambda rows: changed(rows.invitation, role=UNKNOWN),
    "invitation_dates_in_order": lambda rows: changed(rows.invitation, valid_to=EARLY),
    "invitation_accepted_pair": lambda rows: changed(rows.invitation, accepted_at=timezone.now()),
    "invitation_withdrawn_pair": lambda rows: changed(rows.invitation, withdrawn_at=timezone.now()),
    "invitation_used_or_withdrawn": both_ends,
    "hand_over_between_two": lambda rows: changed(rows.hand_over, received_by=rows.membership),
    "membership_deputy_has_end": lambda rows: changed(rows.membership, deputises=rows.membership, valid_to=None),
}


@pytest.mark.parametrize("rule", sorted(CASES))
def test_database_refuses(cast, rule):
    assert_refused(CASES[rule](Rows(cast)), rule)


@pytest.mark.parametrize("row", [name for name, kind in vars(Rows).items() if isinstance(kind, property)])
def test_a_valid_row_is_taken(cast, row):
    """The cases break what is otherwise right."""
    assert getattr(Rows(cast), row).pk
