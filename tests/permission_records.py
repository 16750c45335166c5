"""One of each record, all of the board or about it, and people in every relation to the board.

`PEOPLE` are the columns of `permissions.csv`; a method of `Records` without an underscore is a word of its column
`record` and gives the arguments of the address, then, where a page needs one, what follows the "?".
"""

import uuid
from contextlib import contextmanager
from datetime import date
from functools import cached_property
from types import SimpleNamespace
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.utils import timezone

from coordination import review
from coordination.comments import add_comment
from coordination.compose import current_manuscript
from coordination.enums import AgencyKind, AgencyRole, DocumentState, FileNature, MemberRole, MilestoneNature
from coordination.invitations import LIFETIME, hash_of
from coordination.models import (
    Agreement,
    DocumentFile,
    HandOver,
    Invitation,
    Recipient,
)
from coordination.saved_forms import keep_form
from coordination.sheets.runs import start
from coordination.sheets.workbook import read_table
from coordination.uploads import XLSX, CheckedFile
from programs.assignments import Answer, Task, answer_task, give_tasks
from programs.correction_requests import ask_correction
from programs.enums import ComputedFrom, FactState, Operator
from programs.evidence import KINDS, add_evidence
from programs.models import Activity, IndicatorFormula, Target
from programs.plan_actions import note_difficulty
from reports.compose import compose
from reports.enums import PeriodKind, ReportKind, ReportNature, ReportScope
from reports.freeze import freeze_report
from reports.later import begin_later
from reports.models import OutlineSection
from reports.outline_actions import begin_outline, next_version
from reports.rounds import Asked, consolidate, open_round
from reports.stamps import code_of
from reports.writing import give_part, save_text
from tests import factories
from tests.constraints import changed
from tests.coordination.reviews import agreement
from tests.programs import plans
from tests.programs.sheet_files import filled
from tests.programs.sheet_files import sheet as sheet_of
from tests.reports import composing
from tests.reports.approving import give_reasons

TODAY = date(2026, 6, 20)
YESTERDAY = date(2026, 6, 19)
CODE = "ABCD-EFGH-JKMN-PQRS"
NUMBER = "?ref=activities.sessions"
PEOPLE = {
    "anonymous": "not signed in",
    "officer": "of the board, whose records these are",
    "reviewer": "of the board",
    "leader": "of the board",
    "clerk": "of the board",
    "agency_administrator": "of the board",
    "partner": "officer of the Union: party of the agreements, named partner of the facts",
    "partner_leader": "leader of the Union",
    "asked": "officer of an agency that was asked in the rounds and does not sign",
    "recipient": "officer of an agency named under Nơi nhận of what is issued",
    "parent": "officer of the ministry above the board",
    "committee": "leader in the People's Committee of the province",
    "advancement": "officer of the Ban VSTBPN of the province",
    "stranger": "officer of another agency of the province",
    "elsewhere": "officer of the same agency of another province",
    "former": "was officer of the board until 31 January 2026",
    "administrator": "of the system, without a hat",
}


class Stage:
    """Two provinces, the agencies, a person and a session for each word of `PEOPLE`."""

    def __init__(self):
        self.province, self.elsewhere = factories.province("Quảng Thử"), factories.province("Lâm Thử")
        self.commune = factories.commune(self.province, "Ba Thử")
        ethnic, state = AgencyRole.ETHNIC_AFFAIRS, {"kind": AgencyKind.STATE}
        self.ministry = factories.agency(None, "Bộ Dân tộc và Tôn giáo", "BDTTG", role=ethnic)
        self.board = factories.agency(
            self.province, "Sở Dân tộc và Tôn giáo", "SDTTG", role=ethnic, parent=self.ministry, consolidates=True
        )
        self.union = factories.agency(
            self.province, "Hội LHPN tỉnh", "HLHPN", kind=AgencyKind.UNION, role=AgencyRole.WOMENS_UNION
        )
        self.police = factories.agency(self.province, "Công an tỉnh", "CAT", **state)
        self.culture = factories.agency(self.province, "Sở Văn hóa", "SVHTTDL", role=AgencyRole.CULTURE)
        self.committee = factories.agency(
            self.province, "Ủy ban nhân dân tỉnh", "UBND", role=AgencyRole.PEOPLES_COMMITTEE
        )
        self.advancement = factories.agency(
            self.province, "Ban Vì sự tiến bộ của phụ nữ", "BVSTBPN", role=AgencyRole.WOMEN_ADVANCEMENT
        )
        self.finance = factories.agency(self.province, "Sở Tài chính", "STC", **state)
        self.far_board = factories.agency(
            self.elsewhere, "Sở Dân tộc và Tôn giáo", "SDTTG", role=ethnic, parent=self.ministry
        )
        self.component = factories.component()
        self.people = self._people()
        password = make_password(factories.PASSWORD)
        for user in self.people.values():
            user.password = password
            user.save(update_fields=["password"])
        self.hats = {name: user.memberships.get() for name, user in self.people.items() if user.memberships.exists()}
        self.sessions = {name: session_of(user) for name, user in self.people.items()}

    def _people(self):
        of = factories.member
        return {
            "officer": of(self.board),
            "reviewer": of(self.board, MemberRole.REVIEWER),
            "leader": of(self.board, MemberRole.LEADER),
            "clerk": of(self.board, MemberRole.CLERK),
            "agency_administrator": of(self.board, MemberRole.ADMINISTRATOR),
            "partner": of(self.union),
            "partner_leader": of(self.union, MemberRole.LEADER),
            "asked": of(self.police),
            "recipient": of(self.culture),
            "parent": of(self.ministry),
            "committee": of(self.committee, MemberRole.LEADER),
            "advancement": of(self.advancement),
            "stranger": of(self.finance),
            "elsewhere": of(self.far_board),
            "former": of(self.board, valid_to=date(2026, 1, 31)),
            "administrator": factories.user("Quản trị", is_system_administrator=True),
        }

    @cached_property
    def place(self):
        return self.board, self.commune


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def ask(stage, person, method, url, data=None):
    """The answer, read to its end; whatever it changes, the caller undoes."""
    browser = Client()
    if person != "anonymous":
        browser.cookies[settings.SESSION_COOKIE_NAME] = stage.sessions[person]
    answer = getattr(browser, method)(url, data)
    if answer.streaming:
        b"".join(answer.streaming_content)
    return answer


def session_of(user):
    browser = Client()
    browser.force_login(user)
    return browser.session.session_key


class Records:
    """`document`, `agreement`… with an underscore before it make a record, those without give its address."""

    def __init__(self, stage):
        self.stage, self._numbers = stage, iter(range(7, 1000))

    # ---- facts: the Union is named as a partner ----

    def activity(self):
        return [self._partnered(factories.activity(*self.stage.place)).uid]

    def draft_activity(self):
        return [self._partnered(factories.activity(*self.stage.place, state=FactState.DRAFT)).uid]

    def frozen_activity(self):
        return self._frozen(factories.activity(*self.stage.place))

    def activity_to_verify(self):
        return [*self.activity(), "verified"]

    def activity_to_confirm(self):
        return [*self.activity(), "confirmed"]

    def frozen_carrier(self):
        return ["activities", *self.frozen_activity()]

    def request_to_answer(self):
        """Of the Union, to correct a frozen activity."""
        activity = Activity.objects.get(uid=self.frozen_activity()[0])
        asked = ask_correction("activity", activity, text="120", token=None, acting=self.stage.hats["partner"])
        return [asked.uid]

    def kept_form(self):
        """Of the officer."""
        token = uuid4()
        keep_form(self.stage.hats["officer"], "activity", token, {"title": "Đang viết"}, title="Đang viết")
        return [token]

    def history_of_activity(self):
        return ["programs.activity", *self.activity()]

    def carrier_of_evidence(self):
        return ["activities", *self.activity()]

    def evidence(self):
        """Put on a recorded activity by the board."""
        activity = self._partnered(factories.activity(*self.stage.place))
        added = add_evidence(
            KINDS["activities"],
            activity,
            [CheckedFile("a.pdf", b"%PDF-", "application/pdf", 1)],
            caption="",
            consent=False,
            acting=self.stage.hats["officer"],
        )
        return [added[0].uid]

    def model(self):
        return [factories.community_model(*self.stage.place).uid]

    def event(self):
        return [self._partnered(factories.model_event(factories.community_model(*self.stage.place))).uid]

    def sheet(self):
        return ["activities"]

    def sheet_of_agencies(self):
        return ["agencies"]

    def import_run(self):
        """Of the board: one row right, one wrong, nothing written yet."""
        component = factories.component()
        row = {
            "title": "Truyền thông thử",
            "kind": factories.activity_kind().name,
            "component": f"{component.code} {component.short_name}",
            "starts_on": date(2026, 6, 8),
            "unit": self.stage.commune.label,
        }
        user = self.stage.people["officer"]
        content, sheet = filled("activities", [row, row | {"title": ""}]), sheet_of("activities", user)
        checked = CheckedFile("tep.xlsx", content, XLSX)
        return [start(sheet, read_table(content, sheet), checked, form_token=uuid.uuid4()).uid]

    def indicator(self):
        return [factories.indicator().code]

    def computed_indicator(self):
        indicator = factories.indicator("8.1")
        IndicatorFormula.objects.create(indicator=indicator, counts=ComputedFrom.SESSIONS)
        return [indicator.code]

    def target(self):
        values = {"unit": self.stage.province, "year": 2026, "operator": Operator.AT_LEAST, "value": 60}
        return [Target.objects.create(indicator=factories.indicator(), **values).uid]

    def reading(self):
        return [self._partnered(factories.measurement(*self.stage.place)).uid]

    def money(self):
        return [self._partnered(factories.budget_entry(*self.stage.place)).uid]

    def money_number(self):
        return ["?source=own&what=allocated"]

    def frozen_event(self):
        account = factories.community_model(*self.stage.place, name="Tổ đã chốt")
        return self._frozen(factories.model_event(account))

    def frozen_reading(self):
        return self._frozen(factories.measurement(*self.stage.place, day=date(2026, 5, 31)))

    def frozen_money(self):
        return self._frozen(factories.budget_entry(*self.stage.place, day=date(2026, 5, 31)))

    def _frozen(self, fact):
        self._partnered(fact)
        changed(fact, locked_at=timezone.now())()
        return [fact.uid]

    def _partnered(self, fact):
        fact.partners.add(self.stage.union)
        return fact

    # ---- agreements and the review of them: the board and the Union sign, the police are asked ----

    def draft_agreement(self):
        return [self._draft_agreement().uid]

    def paper_of_draft_agreement(self):
        return [*self.draft_agreement(), "docx"]

    def agreement(self):
        """In review."""
        return [self._in_review().agreement.uid]

    def paper_of_agreement(self):
        return [*self.agreement(), "docx"]

    def issued_agreement(self):
        return [self._issued_agreement().uid]

    def paper_of_issued_agreement(self):
        return [*self.issued_agreement(), "docx"]

    def draft_to_send(self):
        return [*self.draft_agreement(), "send"]

    def agreement_to_take_back(self):
        return [*self.agreement(), "back"]

    def agreement_to_issue(self):
        """All parties agreed to it."""
        document = self._in_review()
        review.close_round(document, acting=self.stage.hats["officer"])
        self._keep_version(document, current_manuscript(document))
        changed(document, state=DocumentState.AGREED)()
        return [document.agreement.uid, "issue"]

    def agreement_to_reopen(self):
        return [self.agreement_to_issue()[0], "reopen"]

    def agreement_to_suspend(self):
        return [*self.issued_agreement(), "suspend"]

    def part_of_draft_agreement(self):
        return [*self.draft_agreement(), "facts"]

    def part_of_agreement(self):
        return [*self.agreement(), "facts"]

    def part_of_issued_agreement(self):
        return [*self.issued_agreement(), "facts"]

    def milestone(self):
        """Agreed on in what is issued."""
        return self._milestone_of(self._issued_agreement())

    def milestone_in_review(self):
        return self._milestone_of(self._in_review().agreement)

    @staticmethod
    def _milestone_of(agreement):
        return [agreement.uid, agreement.milestones.create(nature=MilestoneNature.PRELIMINARY, year=2026).uid]

    def history_of_agreement(self):
        return ["coordination.agreement", *self.agreement()]

    def history_of_issued_agreement(self):
        return ["coordination.agreement", *self.issued_agreement()]

    def review(self):
        return [self._in_review().uid]

    def review_of_draft(self):
        """Nobody was asked yet."""
        return [self._draft_agreement().document.uid]

    def review_of_issued(self):
        return [self._issued_agreement().document.uid]

    def comment(self):
        """Of the Union, for the board to resolve."""
        return self._comment("resolve")

    def comment_to_close(self):
        """Of the Union, who may close it."""
        return self._comment("close")

    def _comment(self, action):
        document = self._in_review()
        made = add_comment(document, acting=self.stage.hats["partner"], text="Góp ý")
        return [document.uid, made.uid, action]

    def _draft_agreement(self):
        made = agreement(self.stage)
        changed(made.document, state=DocumentState.DRAFT)()
        return Agreement.objects.get(pk=made.pk)

    def _in_review(self):
        document = agreement(self.stage).document
        asked = [self.stage.police]
        review.open_round(
            document, acting=self.stage.hats["officer"], due_on=date(2026, 6, 30), also_asked=asked, today=TODAY
        )
        return document

    def _issued_agreement(self):
        document = self._in_review()
        review.close_round(document, acting=self.stage.hats["officer"])
        self._keep_version(document, current_manuscript(document))
        return Agreement.objects.get(document=self._issue(document))

    # ---- documents: the ministry of culture's office is a recipient of what is issued ----

    def draft_document(self):
        return [factories.document(self.stage.board).uid]

    def document(self):
        """Issued."""
        return [self._document().uid]

    def document_file(self):
        issued = self._document()
        return [issued.uid, file_of(issued).uid]

    def history_of_document(self):
        return ["coordination.document", *self.document()]

    def _document(self):
        return self._issue(factories.document(self.stage.board))

    def _issue(self, document):
        Recipient.objects.create(document=document, position=1, text="Sở Văn hóa", agency=self.stage.culture)
        number = {"number": str(next(self._numbers)), "issued_on": date(2026, 6, 16)}
        changed(document, state=DocumentState.ISSUED, **number)()
        document.refresh_from_db()
        return document

    def _keep_version(self, document, manuscript):
        document.versions.create(
            number=1,
            manuscript=manuscript.to_json(),
            sha256=manuscript.sha256(),
            created_by=self.stage.people["leader"],
        )

    # ---- plans: of the board and the Union for 2026, with one item the board leads ----

    def draft_plan(self):
        return [plans.plan(self._cast).uid]

    def plan(self):
        """Sent, the parties asked."""
        return [self._plan().uid]

    def issued_plan(self):
        return [self._issued_plan().uid]

    def draft_plan_to_send(self):
        return [*self.draft_plan(), "send"]

    def plan_to_take_back(self):
        return [*self.plan(), "back"]

    def plan_to_reopen(self):
        """Agreed by the Union, fixed, without a number yet."""
        return [plans.agreed(self._cast).uid, "reopen"]

    def plan_to_suspend(self):
        return [*self.issued_plan(), "suspend"]

    def paper_of_plan(self):
        return [*self.plan(), "pdf"]

    def item(self):
        return [self._plan().items.get().uid]

    def issued_item(self):
        return [self._issued_plan().items.get().uid]

    def difficulty(self):
        item, acting = self._issued_plan().items.get(), self.stage.hats["officer"]
        return [note_difficulty(item, acting=acting, text="Thiếu kinh phí", noted_on=TODAY).uid]

    def history_of_plan(self):
        return ["programs.annualplan", *self.issued_plan()]

    def _plan(self):
        return plans.in_review(self._cast).plan

    def _issued_plan(self):
        plan = plans.issued(self._cast, number=str(next(self._numbers)))
        Recipient.objects.create(document=plan.document, position=1, text="Sở Văn hóa", agency=self.stage.culture)
        return plan

    @cached_property
    def _cast(self):
        people = {name: self.stage.people[name] for name in ("officer", "leader", "clerk", "partner")}
        return SimpleNamespace(board=self.stage.board, union=self.stage.union, **people)

    # ---- tasks: the board gives one to the Union, which leads, and to the police; nobody stands above these two ----

    def task_paper(self):
        """Issued, with a task."""
        return [self._task().document.uid]

    def task(self):
        return [self._task().uid]

    def answer(self):
        """Of the Union, not given yet."""
        return [self._answer().uid]

    def answer_to_prove(self):
        return ["responses", *self.answer()]

    def answer_to_verify(self):
        """Of the Union, reported as done."""
        answer, acting = self._answer(), self.stage.hats["partner"]
        return [answer_task(answer, Answer(result="Đã làm", done=True), seen=1, acting=acting, today=TODAY).uid]

    def history_of_task(self):
        return ["programs.assignment", *self.task()]

    def history_of_answer(self):
        return ["programs.assignmentresponse", *self.answer()]

    def _task(self):
        asked = Task("Lập tổ kiểm tra", [self.stage.police], lead=self.stage.union, due_on=date(2026, 6, 10))
        return give_tasks(self._document(), [asked], acting=self.stage.hats["officer"])[0]

    def _answer(self):
        return self._task().responses.get(agency=self.stage.union)

    # ---- reports ----

    def report(self):
        """A draft."""
        return [self._report.uid]

    # of a report that is being written: the Union was given WORDS

    def composed(self):
        return [self._composed.uid]

    def composed_section(self):
        return [*self.composed(), composing.ABOVE]

    def composed_parts(self):
        return [*self.composed(), composing.PARTS]

    def composed_states(self):
        return [*self.composed(), composing.SECOND]

    def given_section(self):
        return [*self.composed(), composing.WORDS]

    def issued_section(self):
        return [*self.issued_report(), composing.WORDS]

    @cached_property
    def _composed(self):
        outline = composing.outline(kind=ReportKind.THEMATIC, made_by=self.stage.board)
        fields = {"kind": ReportKind.THEMATIC, "outline": outline}
        report = factories.report(self.stage.board, self.stage.province, **fields)
        acting = self.stage.hats["officer"]
        give_part(report, composing.WORDS, self.stage.union, acting=acting, due_on=None)
        save_text(report, composing.SECOND, "Đã viết.", acting=acting, seen=0)
        return report

    # of a report that went out, whose records changed since

    def changed_report(self):
        return [self._changed_report.uid]

    def later_report(self):
        acting = self.stage.hats["officer"]
        return [begin_later(self._changed(), ReportNature.CORRECTION, acting=acting).uid]

    @cached_property
    def _changed_report(self):
        return self._changed()

    def _changed(self):
        outline = factories.outline(
            ReportKind.THEMATIC, period_kind=PeriodKind.YEAR, made_by=self.stage.board,
            opening="Có {activities.attendances} lượt người.",
        )  # fmt: skip
        then = {"day": date(2025, 3, 1)}  # in no report of the others
        if not Activity.objects.filter(reference="HD-KHOA").exists():
            factories.activity(*self.stage.place, attendances=50, reference="HD-KHOA", **then)
        fields = {"kind": ReportKind.THEMATIC, "outline": outline, "period": factories.period("2025-H1")}
        report = factories.report(self.stage.board, self.stage.province, **fields)
        freeze_report(report, by=self.stage.people["leader"])
        changed(report.document, state=DocumentState.ISSUED, issued_on=YESTERDAY)()
        factories.activity(*self.stage.place, attendances=20, **then)
        return type(report).objects.get(pk=report.pk)

    def report_paper(self):
        return [*self.report(), "docx"]

    def number(self):
        return [*self.report(), NUMBER]

    def report_file(self):
        return [self._report.uid, file_of(self._report.document).uid]

    def report_to_approve(self):
        """What the checks ask has its reason."""
        give_reasons(self._report, self.stage.people["officer"])
        return [*self.report(), "approve"]

    def report_to_issue(self):
        report = factories.report(self.stage.board, self.stage.province, scope=ReportScope.PROVINCE)
        changed(report.document, state=DocumentState.APPROVED)()
        self._keep_version(report.document, compose(report))
        return [report.uid, "issue"]

    def report_to_ask(self):
        return [*self.report(), "ask"]

    def report_to_check(self):
        return [*self.report(), "check"]

    def report_to_partners(self):
        return [*self.report(), "partner"]

    def report_to_give_back(self):
        return [self._report_in(DocumentState.CHECKED, ReportKind.MIDTERM).uid, "back"]

    def report_to_send(self):
        return [self._report_in(DocumentState.APPROVED, ReportKind.FINAL).uid, "send"]

    def sent_report(self):
        return [self._sent_report.uid]

    def report_to_receive(self):
        return [*self.sent_report(), "receive"]

    def report_to_return(self):
        return [*self.sent_report(), "return"]

    def version_of_sent_report(self):
        return [*self.sent_report(), 1]

    @cached_property
    def _sent_report(self):
        return self._report_in(DocumentState.SENT, ReportKind.COORDINATION)

    def _report_in(self, state, kind):
        report = factories.report(
            self.stage.board, self.stage.province, kind=kind, document=factories.document(self.stage.board)
        )
        if state in DocumentState.frozen():
            self._keep_version(report.document, compose(report))
        day = YESTERDAY if state in DocumentState.in_the_open() else None
        changed(report.document, state=state, issued_on=day)()
        return report

    def issued_report(self):
        return [self._issued_report.uid]

    def issued_report_paper(self):
        return [*self.issued_report(), "docx"]

    def issued_number(self):
        return [*self.issued_report(), NUMBER]

    def issued_report_file(self):
        return [self._issued_report.uid, file_of(self._issued_report.document).uid]

    def code_of_report(self):
        document = self._issued_report.document
        here = {"from_state": DocumentState.APPROVED, "to_state": DocumentState.ISSUED}
        document.moves.create(action="issue", moved_by=self.stage.people["clerk"], **here)
        return [code_of(document.versions.latest())]

    def asked_round(self):
        """The board asks the Union and the police; nobody has begun."""
        return [self._round.uid]

    def seat(self):
        """Of the Union."""
        return [self._round.uid, self.stage.union.uid]

    def asked_number(self):
        return [self._round.uid, NUMBER]

    def asked_indicator(self):
        return [self._round.uid, factories.indicator().code]

    def round_to_insert(self):
        """Of another kind; the Union has sent its report, and the consolidated one is begun."""
        outline = factories.outline(ReportKind.PROJECT8)
        OutlineSection.objects.create(
            outline=outline, position=1, numbering="roman", heading="Kết quả", text="Lời", key="i"
        )
        asked = Asked(
            kind=ReportKind.PROJECT8, period=factories.period(), outline=outline, agencies=[self.stage.union],
            due_sender=date(2026, 6, 18),
        )  # fmt: skip
        one = open_round(asked, acting=self.stage.hats["officer"])
        sent = factories.report(
            self.stage.union, self.stage.province, kind=ReportKind.PROJECT8, outline=outline, round=one,
            document=factories.document(self.stage.union),
        )  # fmt: skip
        self._keep_version(sent.document, compose(sent))
        changed(sent.document, state=DocumentState.SENT, issued_on=YESTERDAY)()
        consolidate(one, acting=self.stage.hats["officer"])
        return [one.uid]

    def outline(self):
        """National, in use."""
        return [factories.outline().uid]

    def other_outline(self):
        """Of which nobody writes a new version."""
        return [factories.outline(kind=ReportKind.PROJECT8).uid]

    def draft_outline(self):
        return [self._draft_outline.uid]

    def draft_section(self):
        return [self._draft_outline.uid, "kien-nghi"]

    def moved_section(self):
        return [self._draft_outline.uid, "kien-nghi", "up"]

    def thematic_outline(self):
        """A draft of the board."""
        return [self._thematic_outline.uid]

    @cached_property
    def _draft_outline(self):
        draft = next_version(factories.outline())
        draft.sections.create(position=9, numbering="roman", heading="Kiến nghị", text="Không có.", key="kien-nghi")
        return draft

    @cached_property
    def _thematic_outline(self):
        return begin_outline(
            kind=ReportKind.THEMATIC, period_kind="free", unit=None, made_by=self.stage.board, name="Chuyên đề",
            source=factories.outline(),
        )  # fmt: skip

    @cached_property
    def _round(self):
        asked = Asked(
            kind=ReportKind.GENDER_EQUALITY, period=factories.period(), outline=factories.outline(),
            agencies=[self.stage.union, self.stage.police], due_sender=date(2026, 6, 18),
        )  # fmt: skip
        return open_round(asked, acting=self.stage.hats["officer"])

    @cached_property
    def _report(self):
        return factories.report(self.stage.board, self.stage.province)

    @cached_property
    def _issued_report(self):
        report = factories.report(self.stage.board, self.stage.province, kind=ReportKind.PROJECT8)
        document = self._issue(report.document)
        self._keep_version(document, compose(report))
        return report

    # ---- agencies, people, places ----

    def unit(self):
        return [self.stage.commune.uid]

    def agency(self):
        return [self.stage.board.uid]

    def agency_name(self):
        return [self.stage.board.uid, "2020-01-01"]

    def closed_agency(self):
        return [factories.agency(self.stage.province, "Ban Dân tộc", "BDT", closed_on=date(2025, 2, 28)).uid]

    def history_of_unit(self):
        return ["coordination.administrativeunit", *self.unit()]

    def history_of_agency(self):
        return ["coordination.agency", *self.agency()]

    def history_of_user(self):
        return ["coordination.user", self.stage.people["officer"].uid]

    def history_of_membership(self):
        return ["coordination.membership", self.stage.hats["officer"].uid]

    def membership(self):
        """Of the officer."""
        return [self.stage.hats["officer"].uid]

    def hand_over(self):
        """Of the officer, to whoever of the board takes it."""
        officer = self.stage.hats["officer"]
        return [HandOver.objects.create(membership=officer, handed_by=officer.user).uid]

    def invitation_to_withdraw(self):
        return [self._invitation("rut@example.vn").uid, "withdraw"]

    def code_of_invitation(self):
        self._invitation("moi@example.vn", hash_of(CODE))
        return [CODE]

    def _invitation(self, email, sha256="0" * 64):
        return Invitation.objects.create(
            email=email, full_name="Người mới", agency=self.stage.board, role=MemberRole.OFFICER, valid_from=TODAY,
            secret_sha256=sha256, invited_by=self.stage.people["agency_administrator"],
            expires_at=timezone.now() + LIFETIME,
        )  # fmt: skip

    def account(self):
        return [self.stage.people["officer"].uid]

    def account_to_sign_out(self):
        return [*self.account(), "sign-out"]

    def reset_key(self):
        return ["1", "khong-dung"]


def file_of(document):
    return DocumentFile.objects.create(
        document=document, nature=FileNature.ATTACHMENT, media_type="application/pdf", name="a.pdf",
        file=ContentFile(b"%PDF-", name="a.pdf"), sha256="0" * 64, size=5,
    )  # fmt: skip
