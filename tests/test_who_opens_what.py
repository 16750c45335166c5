"""Every page of activities, models, indicators, money and reports: who opens it, and by which method.

404 where the record is not visible, 403 where it is and the role may not act; who is not signed in is asked to.
"""

from datetime import date

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.urls import reverse

from coordination.comments import add_comment
from coordination.enums import DocumentState, FileNature
from coordination.models import DocumentFile
from programs.enums import FactState
from programs.urls import urlpatterns as of_programs
from reports.compose import compose
from reports.urls import urlpatterns as of_reports
from tests import factories
from tests.constraints import changed
from tests.coordination.reviews import put_to_review

PEOPLE = ("officer", "leader", "clerk", "partner", "chair", "stranger", "administrator")
READ, FILL_IN, SEND, READ_OR_ASK = (
    ("get", "post"),
    ("get", "delete"),
    ("post", "get"),
    ("get", "put"),
)  # the method, and one that is refused

EVERYBODY = (200,) * 7
WRITERS = (200, 403, 403, 200, 403, 200, 403)
KEEPERS = (200, 403, 200, 200, 403, 200, 403)  # of the register of documents
SEES = (200, 200, 200, 404, 200, 404, 404)  # a record of the board; the chair of the committee stands above it
CHANGES = (200, 403, 403, 404, 403, 404, 404)
CORRECTS = (302, 403, 403, 404, 403, 404, 404)  # what is not frozen is changed instead
INSIDE = (200, 200, 200, 404, 404, 404, 404)  # a draft of the board
CHANGES_DRAFT = (200, 403, 403, 404, 404, 404, 404)
# The Union is named as a partner of the activity.
PARTNERED = {"sees": (200, 200, 200, 200, 200, 404, 404), "changes": (200, 403, 403, 403, 403, 404, 404)}
# The Union signs a plan with the board; what is sent is empty.
REVIEWED, SPEAKS = (200, 200, 200, 200, 404, 404, 404), (422, 422, 403, 422, 404, 404, 404)

KEEPS_LISTS = (403, 403, 403, 403, 403, 403, 200)

PAGES = {
    "programs:activity_list": (None, READ, EVERYBODY),
    "programs:activity_create": (None, FILL_IN, WRITERS),
    "programs:activity_echo_day": (None, READ, EVERYBODY),
    "programs:activity_echo_people": (None, READ, EVERYBODY),
    "programs:activity_detail": ("activity", READ, PARTNERED["sees"]),
    "programs:activity_edit": ("activity", FILL_IN, PARTNERED["changes"]),
    "programs:activity_copy": ("activity", READ, (200, 403, 403, 200, 403, 404, 403)),
    "programs:activity_delete": ("activity", FILL_IN, (403, 403, 403, 403, 403, 404, 404)),
    "programs:activity_correct": ("activity", FILL_IN, (302, 403, 403, 403, 403, 404, 404)),
    "programs:model_list": (None, READ, EVERYBODY),
    "programs:model_create": (None, FILL_IN, WRITERS),
    "programs:model_detail": ("model", READ, SEES),
    "programs:model_edit": ("model", FILL_IN, CHANGES),
    "programs:model_event_create": ("model", FILL_IN, CHANGES),
    "programs:model_event_edit": ("event", FILL_IN, CHANGES),
    "programs:model_event_correct": ("event", FILL_IN, CORRECTS),
    "programs:scoreboard": (None, READ, EVERYBODY),
    "programs:measurement_grid": (None, FILL_IN, WRITERS),
    "programs:measurement_list": ("indicator", READ, EVERYBODY),
    "programs:measurement_correct": ("reading", FILL_IN, CORRECTS),
    "programs:budget_grid": (None, READ, EVERYBODY),
    "programs:budget_readings": (None, FILL_IN, WRITERS),
    "programs:budget_decision": (None, FILL_IN, WRITERS),
    "programs:budget_entry": ("money", READ, SEES),
    "programs:budget_edit": ("money", FILL_IN, CHANGES),
    "programs:budget_entry_correct": ("money", FILL_IN, CORRECTS),
    "coordination:document_review": ("review", READ, REVIEWED),
    "coordination:opinion_give": ("review", SEND, SPEAKS),
    "coordination:comment_add": ("review", SEND, SPEAKS),
    "coordination:comment_move": ("comment", SEND, (302, 302, 403, 302, 404, 404, 404)),
    "coordination:round_open": ("review", SEND, SPEAKS),
    "coordination:round_close": ("review", SEND, (302, 302, 403, 302, 404, 404, 404)),
    "coordination:agreement_paper": ("agreement_file", READ_OR_ASK, REVIEWED),
    "coordination:document_list": (None, READ, EVERYBODY),
    "coordination:document_create": (None, FILL_IN, KEEPERS),
    "coordination:document_print": (None, READ, EVERYBODY),
    "coordination:document_export": (None, READ, EVERYBODY),
    "coordination:document_detail": ("paper", READ, SEES),
    "coordination:document_arrive": ("paper", SEND, (403, 403, 403, 404, 403, 404, 404)),
    "coordination:document_upload": ("paper", SEND, (422, 403, 422, 404, 403, 404, 404)),
    "coordination:document_file": ("paper_file", READ, SEES),
    "coordination:notice_list": (None, READ, EVERYBODY),
    "coordination:notice_read": (None, SEND, (302,) * 7),
    "coordination:unit_list": (None, READ, EVERYBODY),
    "coordination:unit_detail": ("unit", READ, EVERYBODY),
    "coordination:unit_correct": ("unit", FILL_IN, KEEPS_LISTS),
    "coordination:unit_change": ("unit", FILL_IN, KEEPS_LISTS),
    "coordination:history": ("trail", READ, PARTNERED["sees"]),
    "reports:home": (None, READ, (200, 200, 200, 200, 200, 200, 302)),
    "reports:search": (None, READ, EVERYBODY),
    "reports:report_list": (None, READ, EVERYBODY),
    "reports:report_create": (None, FILL_IN, WRITERS),
    "reports:unreported": (None, READ, EVERYBODY),
    "reports:report_detail": ("report", READ, INSIDE),
    "reports:report_files": ("report", READ, INSIDE),
    "reports:report_paper": ("report_file", READ_OR_ASK, INSIDE),
    "reports:report_retry": ("report", SEND, (302, 302, 302, 404, 404, 404, 404)),
    "reports:report_preview": ("report", SEND, (302, 302, 403, 404, 404, 404, 404)),
    "reports:report_preview_file": ("report", READ, (302, 302, 403, 404, 404, 404, 404)),
    "reports:figure_facts": ("number", READ, INSIDE),
    "reports:report_move": ("approval", FILL_IN, (403, 200, 403, 404, 404, 404, 404)),
    "reports:report_download": ("file", READ, INSIDE),
}
# The same pages with a record in another state.
IN_OTHER_STATES = {
    "draft of an activity": ("programs:activity_detail", "draft", READ, INSIDE),
    "edit of a draft": ("programs:activity_edit", "draft", FILL_IN, CHANGES_DRAFT),
    "delete of a draft": ("programs:activity_delete", "draft", FILL_IN, CHANGES_DRAFT),
    "issued report": ("reports:report_detail", "issued", READ, SEES),
    "files of an issued report": ("reports:report_files", "issued", READ, SEES),
    "number of an issued report": ("reports:figure_facts", "issued_number", READ, SEES),
    "file of an issued report": ("reports:report_download", "issued_file", READ, SEES),
}
CASES = {name: (name, *row) for name, row in PAGES.items()} | IN_OTHER_STATES
NUMBER = "?ref=activities.sessions"


class Records:
    """What the address of a page names, of the board; and what stands behind its "?"."""

    def __init__(self, cast):
        self.cast, self.place = cast, (cast.board, cast.commune)

    def activity(self):
        record = factories.activity(*self.place)
        record.partners.add(self.cast.union)
        return [record.uid]

    def unit(self):
        return [self.cast.commune.uid]

    def trail(self):
        return ["programs.activity", *self.activity()]

    def draft(self):
        return [factories.activity(*self.place, state=FactState.DRAFT).uid]

    def model(self):
        return [factories.community_model(*self.place).uid]

    def event(self):
        return [factories.model_event(factories.community_model(*self.place)).uid]

    def indicator(self):
        return [factories.indicator().code]

    def reading(self):
        return [factories.measurement(*self.place).uid]

    def money(self):
        return [factories.budget_entry(*self.place).uid]

    def review(self):
        return [put_to_review(self.cast).document.uid]

    def agreement_file(self):
        return [put_to_review(self.cast).document.agreement.uid, "docx"]

    def report_file(self):
        return [*self.report(), "docx"]

    def comment(self):
        stage = put_to_review(self.cast)
        made = add_comment(stage.document, acting=stage.union, text="Góp ý")
        return [stage.document.uid, made.uid, "resolve"]

    def paper(self):
        return [self.issued_paper().uid]

    def paper_file(self):
        paper = self.issued_paper()
        return [paper.uid, self.file_of(paper)]

    def issued_paper(self):
        issued = {"state": DocumentState.ISSUED, "number": "7", "issued_on": date(2026, 6, 16)}
        return factories.document(self.cast.board, **issued)

    def report(self, **fields):
        return [factories.report(self.cast.board, self.cast.province, **fields).uid]

    def number(self):
        return [*self.report(), NUMBER]

    def approval(self):
        return [*self.report(), "approve"]

    def file(self, **fields):
        document = fields.get("document") or factories.document(self.cast.board)
        report = self.report(document=document)
        return [*report, self.file_of(document)]

    def issued(self):
        return self.report(document=self.issued_document())

    def issued_number(self):
        return [*self.issued(), NUMBER]

    def issued_file(self):
        return self.file(document=self.issued_document())

    def issued_document(self):
        document = factories.document(self.cast.board)
        changed(document, state=DocumentState.ISSUED, number="7", issued_on=date(2026, 6, 16))()
        document.refresh_from_db()
        manuscript = compose(factories.report(self.cast.board, self.cast.province, kind="project8")).to_json()
        document.versions.create(number=1, manuscript=manuscript, sha256="0" * 64, created_by=self.cast.leader)
        return document

    @staticmethod
    def file_of(document):
        return DocumentFile.objects.create(
            document=document, nature=FileNature.ATTACHMENT, media_type="application/pdf", name="a.pdf",
            file=ContentFile(b"%PDF-", name="a.pdf"), sha256="0" * 64, size=5,
        ).uid  # fmt: skip


def address_of(case, cast):
    name, record, _methods, _statuses = CASES[case]
    words = getattr(Records(cast), record)() if record else []
    query = words.pop() if words and words[-1] == NUMBER else ""
    return reverse(name, args=words) + query


@pytest.mark.parametrize("case", CASES)
def test_who_opens(client, cast, case):
    url, (_name, _record, (method, _other), expected) = address_of(case, cast), CASES[case]
    found = {}
    for person in PEOPLE:
        client.force_login(getattr(cast, person))
        answer = getattr(client, method)(url)
        found[person] = answer.status_code
        if answer.streaming:
            assert b"".join(answer.streaming_content) == b"%PDF-"
    assert found == dict(zip(PEOPLE, expected, strict=True))


@pytest.mark.parametrize("case", [name for name, row in CASES.items() if row[2] is FILL_IN])
def test_who_may_not_open_a_form_may_not_send_it(client, cast, case):
    url, expected = address_of(case, cast), CASES[case][3]
    refused = {person: status for person, status in zip(PEOPLE, expected, strict=True) if status > 400}
    found = {}
    for person in refused:
        client.force_login(getattr(cast, person))
        found[person] = client.post(url).status_code
    assert found == refused


@pytest.mark.parametrize("case", PAGES)
def test_who_is_not_signed_in_is_asked_to(client, cast, case):
    url, (_name, _record, (method, _other), _statuses) = address_of(case, cast), CASES[case]
    answer = getattr(client, method)(url)
    assert (answer.status_code, answer.url.partition("?")[0]) == (302, reverse(settings.LOGIN_URL))


@pytest.mark.parametrize("case", PAGES)
def test_wrong_method_is_refused(client, cast, case):
    url, (_name, _record, (_method, other), _statuses) = address_of(case, cast), CASES[case]
    client.force_login(cast.officer)
    assert getattr(client, other)(url).status_code == 405


def test_every_page_is_in_the_table():
    named = {f"programs:{page.name}" for page in of_programs} | {f"reports:{page.name}" for page in of_reports}
    assert named == {name for name in PAGES if not name.startswith("coordination:")}
