"""A record of every relation to a person: own, of those above and below, of before a merger, of partners, of others.

Each record bears the word it is known by in the expectations, after "dau", so that one search finds them all.
"""

from datetime import date

from django.utils import timezone

from coordination import review
from coordination.agreement_workflow import move_agreement
from coordination.comments import add_comment
from coordination.enums import (
    AgencyRole,
    DocumentOrigin,
    DocumentState,
    MemberRole,
    SuccessionExtent,
    SuccessionNature,
)
from coordination.models import (
    Agency,
    AgencySuccession,
    Agreement,
    Document,
    DocumentArrival,
    Recipient,
    ReviewRound,
    UnitSuccession,
)
from programs.assignments import Task, give_tasks
from programs.enums import FactState
from programs.models import AssignmentResponse
from reports.enums import ReportKind
from reports.models import ReportRound
from tests import factories
from tests.constraints import changed
from tests.coordination.reviews import agreement
from tests.permission_records import TODAY, Stage

MERGED_ON = date(2025, 7, 1)


class Scene(Stage):
    """The stage of the permissions, and who was before, stands below or beside."""

    def __init__(self):
        before = factories.province("Cũ Thử")
        self.before, self.old_commune = before, factories.commune(before, "Xã Cũ")
        super().__init__()
        UnitSuccession.objects.create(
            predecessor=before,
            successor=self.province,
            on=MERGED_ON,
            nature=SuccessionNature.MERGED,
            extent=SuccessionExtent.WHOLE,
        )
        AgencySuccession.objects.create(
            predecessor=self.old_board, successor=self.board, on=MERGED_ON, nature=SuccessionNature.MERGED
        )

    def _people(self):
        self.next_commune = factories.commune(self.province, "Ia Thử")
        self.far_commune = factories.commune(self.elsewhere, "Xa Thử")
        committees = {"role": AgencyRole.PEOPLES_COMMITTEE}
        self.old_board = factories.agency(self.province, "Ban Dân tộc", "BDT", parent=self.ministry)
        self.branch = factories.agency(self.commune, "Phòng Dân tộc", "PDT", parent=self.board)
        self.hall = factories.agency(self.commune, "UBND xã Ba Thử", "UBNDX", **committees)
        self.far_hall = factories.agency(self.elsewhere, "UBND Lâm Thử", "UBNDLT", **committees)
        self.older = factories.agency(self.before, "Sở Cũ", "SC")
        self.government = factories.agency(None, "Chính phủ", "CP")
        return super()._people() | {
            "predecessor": factories.member(self.old_board),
            "branch": factories.member(self.branch),
            "commune_committee": factories.member(self.hall, MemberRole.LEADER),
            "far_committee": factories.member(self.far_hall, MemberRole.LEADER),
            "older": factories.member(self.older),
        }

    # ---- facts and models ----

    def facts(self, make):
        """Word → uid of a record made by `make(owner, unit, word, **fields)`."""
        draft = {"state": FactState.DRAFT}
        made = {
            "own": make(self.board, self.commune, "own"),
            "own_draft": make(self.board, self.commune, "own_draft", **draft),
            "next_commune": make(self.board, self.next_commune, "next_commune"),
            "partnered": make(self.board, self.commune, "partnered"),
            "partnered_draft": make(self.board, self.commune, "partnered_draft", **draft),
            "unions": make(self.union, self.commune, "unions"),
            "strangers": make(self.finance, self.commune, "strangers"),
            "branchs": make(self.branch, self.commune, "branchs"),
            "branchs_draft": make(self.branch, self.commune, "branchs_draft", **draft),
            "predecessors": make(self.old_board, self.commune, "predecessors"),
            "predecessors_draft": make(self.old_board, self.commune, "predecessors_draft", **draft),
            "before_merger": make(self.older, self.old_commune, "before_merger"),
            "far": make(self.far_board, self.far_commune, "far"),
            "far_partnered": make(self.far_board, self.far_commune, "far_partnered"),
        }
        for word in ("partnered", "partnered_draft", "far_partnered"):
            made[word].partners.add(self.union)
        return by_uid(made)

    def activities(self):
        return self.facts(
            lambda owner, unit, word, **fields: factories.activity(owner, unit, title=f"Dau {word}", **fields)
        )

    def events(self):
        def make(owner, unit, word, **fields):
            return factories.model_event(factories.community_model(owner, unit, name=f"Khac {word}"), **fields)

        return self.facts(make)

    def readings(self):
        days = iter(date(2026, 1, day) for day in range(1, 31))
        return self.facts(
            lambda owner, unit, _word, **fields: factories.measurement(owner, unit, next(days), **fields)
        )

    def money(self):
        return self.facts(
            lambda owner, unit, _word, **fields: factories.budget_entry(owner, unit, date(2026, 6, 14), **fields)
        )

    def models(self):
        """Accounts have neither drafts nor partners; their events have."""
        make = factories.community_model
        return by_uid(
            {
                "own": make(self.board, self.commune, name="Dau own"),
                "next_commune": make(self.board, self.next_commune, name="Dau next_commune"),
                "unions": make(self.union, self.commune, name="Dau unions"),
                "strangers": make(self.finance, self.commune, name="Dau strangers"),
                "branchs": make(self.branch, self.commune, name="Dau branchs"),
                "predecessors": make(self.old_board, self.commune, name="Dau predecessors"),
                "before_merger": make(self.older, self.old_commune, name="Dau before_merger"),
                "far": make(self.far_board, self.far_commune, name="Dau far"),
            }
        )

    # ---- documents ----

    def papers(self):
        made = {
            "draft": self._paper(self.board, "draft"),
            "approved": self._paper(self.board, "approved", state=DocumentState.APPROVED),
            "issued": self._issued(self.board, "issued"),
            "addressed": self._issued(self.board, "addressed", to=self.culture),
            "unions_issued": self._issued(self.union, "unions_issued"),
            "strangers_issued": self._issued(self.finance, "strangers_issued"),
            "branchs_draft": self._paper(self.branch, "branchs_draft"),
            "branchs_issued": self._issued(self.branch, "branchs_issued"),
            "predecessors_draft": self._paper(self.old_board, "predecessors_draft"),
            "predecessors_issued": self._issued(self.old_board, "predecessors_issued"),
            "before_merger": self._issued(self.older, "before_merger"),
            "far": self._issued(self.far_board, "far"),
            "received": self._issued(self.government, "received", origin=DocumentOrigin.FROM_PAPER),
        }
        DocumentArrival.objects.create(
            document=made["received"], agency=self.union, year=2026, number=1, arrived_on=TODAY
        )
        return by_uid(made)

    def agreements(self):
        """Of the board and the Union; the police were asked, culture stands under Nơi nhận."""
        made = {
            "draft": self._agreement("draft", state=DocumentState.DRAFT),
            "taken_back": self._take_back(self._put_to_review("taken_back")),
            "in_review": self._put_to_review("in_review"),
            "agreed": self._agreement("agreed", state=DocumentState.AGREED),
            "issued": self._agreement("issued", **NUMBERED),
            "reviewed_and_issued": self._put_to_review("reviewed_and_issued", **NUMBERED | {"number": "11"}),
        }
        Recipient.objects.create(document=made["issued"].document, position=1, text="Sở Văn hóa", agency=self.culture)
        return by_uid(made)

    def comments(self):
        """Each on an agreement of its own."""
        made = {}
        for word in ("in_review", "taken_back", "issued"):
            talked = self._put_to_review(f"talk {word}")
            made[word] = add_comment(talked.document, acting=self.hats["partner"], text="Góp ý")
            Recipient.objects.create(document=talked.document, position=1, text="Sở Văn hóa", agency=self.culture)
            if word == "taken_back":
                self._take_back(talked)
            elif word == "issued":
                changed(talked.document, **NUMBERED)()
        return by_uid(made)

    def tasks(self):
        """Word → who is addressed by a task; papers of the board, the Union and the ministry."""
        made = {
            "boards": self._task("boards", self.board, [self.finance], lead=self.union),
            "unions": self._task("unions", self.union, [self.board]),
            "branchs": self._task("branchs", self.board, [self.branch]),
            "ministrys": self._task("ministrys", self.ministry, [self.board, self.far_board]),
            "predecessors": self._task("predecessors", self.finance, [self.old_board]),
        }
        return by_uid(made)

    def answers(self):
        """One answer a task and agency, known by both words."""
        self.tasks()
        rows = AssignmentResponse.objects.select_related("assignment")
        symbols = {agency.pk: word for word, agency in vars(self).items() if isinstance(agency, Agency)}
        return {row.uid: f"{row.assignment.text.split()[1]} {symbols[row.agency_id]}" for row in rows}

    def _task(self, word, giver, agencies, lead=None):
        given = Task(f"Dau {word}", agencies, lead=lead, due_on=TODAY)
        acting = giver.memberships.filter(role=MemberRole.OFFICER).order_by("pk").first()
        return give_tasks(self._issued(giver, word), [given], acting=acting)[0]

    def reports(self):
        kinds = iter(ReportKind.values)
        made = {
            "draft": self._report(self.board, "draft", kind=next(kinds)),
            "approved": self._report(self.board, "approved", kind=next(kinds), state=DocumentState.APPROVED),
            "issued": self._report(self.board, "issued", kind=next(kinds), **NUMBERED),
            "addressed": self._report(self.board, "addressed", kind=next(kinds), **NUMBERED | {"number": "31"}),
            "unions_draft": self._report(self.union, "unions_draft"),
            "unions_issued": self._report(self.union, "unions_issued", kind=ReportKind.PROJECT8, **NUMBERED),
            "branchs_draft": self._report(self.branch, "branchs_draft"),
            "branchs_issued": self._report(self.branch, "branchs_issued", kind=ReportKind.PROJECT8, **NUMBERED),
            "far": self._report(self.far_board, "far", **NUMBERED),
        }
        addressed = made["addressed"].document
        Recipient.objects.create(document=addressed, position=1, text="Sở Văn hóa", agency=self.culture)
        return by_uid(made | self._reports_on_their_way())

    def _reports_on_their_way(self):
        """Of the Union: with the police for an opinion, checked anew after that, and sent to the board that asked."""
        put = self._report(self.union, "with_partner", kind=ReportKind.MIDTERM, state=DocumentState.WITH_PARTNER)
        again = self._report(self.union, "checked_again", kind=ReportKind.FINAL, state=DocumentState.CHECKED)
        self._ask_police(put.document)
        ended = {"closed_at": timezone.now(), "closed_by": self.people["partner"]}
        self._ask_police(again.document, **ended)
        sent = self._report(
            self.union,
            "sent",
            kind=ReportKind.COORDINATION,
            **NUMBERED | {"number": "32", "state": DocumentState.SENT},
        )
        sent.round = ReportRound.objects.create(
            asked_by=self.board, kind=sent.kind, period=sent.period, outline=sent.outline, title="Báo cáo phối hợp",
            due_sender=TODAY, opened_by=self.people["officer"],
        )  # fmt: skip
        sent.save(update_fields=["round"])
        return {"with_partner": put, "checked_again": again, "sent": sent}

    def _ask_police(self, document, **closed):
        asked = ReviewRound.objects.create(
            document=document, number=1, sha256="0" * 64, text_sha256="0" * 64, due_on=TODAY,
            opened_by=self.people["partner"], opened_for=self.union, **closed,
        )  # fmt: skip
        asked.seats.create(agency=self.police)

    def _paper(self, issuer, word, **fields):
        return factories.document(issuer, subject=f"Dau {word}", **fields)

    def _issued(self, issuer, word, to=None, **fields):
        number = str(self._next_number())
        made = self._paper(issuer, word, **NUMBERED | {"number": number} | fields)
        if to:
            Recipient.objects.create(document=made, position=1, text="Nơi nhận", agency=to)
        return made

    def _next_number(self):
        return 100 + Document.objects.count()

    def _agreement(self, word, **fields):
        made = agreement(self)
        changed(made.document, **fields)()
        document = Document.objects.get(pk=made.document.pk)
        document.subject = f"Dau {word}"
        document.save(update_fields=["subject", "search_text"])
        return Agreement.objects.get(pk=made.pk)

    def _put_to_review(self, word, **fields):
        made = self._agreement(word)
        review.open_round(
            made.document,
            acting=self.hats["officer"],
            due_on=date(2026, 6, 30),
            also_asked=[self.police],
            today=TODAY,
        )
        changed(made.document, **fields)() if fields else None
        return made

    def _take_back(self, made):
        return move_agreement(made, "back", acting=self.hats["officer"], today=TODAY)

    def _report(self, of, word, kind=ReportKind.GENDER_EQUALITY, **fields):
        document = self._paper(of, word, **fields)
        return factories.report(of, self.province, kind=kind, document=document)


NUMBERED = {"state": DocumentState.ISSUED, "number": "10", "issued_on": date(2026, 6, 16)}


def by_uid(made):
    return {record.uid: word for word, record in made.items()}
