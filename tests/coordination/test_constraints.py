"""Constraints of units, agencies, people, documents, jobs and kept work, broken once; proof that none is left out."""

import uuid
from datetime import date

import pytest
from django.apps import apps
from django.db import IntegrityError
from django.utils import timezone

from coordination.enums import (
    DocumentState,
    FileNature,
    JobState,
    LinkNature,
    Numbering,
    SuccessionExtent,
    SuccessionNature,
)
from coordination.models import (
    AgencySuccession,
    DocumentFile,
    DocumentLink,
    DocumentMove,
    DocumentReader,
    DocumentVersion,
    ImportRun,
    Job,
    Party,
    Recipient,
    SavedFile,
    SavedForm,
    Section,
    UnitSuccession,
)
from coordination.refusals import message_for
from tests import factories
from tests.constraints import UNKNOWN, assert_refused, changed, twin
from tests.coordination import test_agreement_constraints as of_agreements
from tests.programs import test_constraints as of_programs
from tests.programs import test_work_constraints as of_work
from tests.reports import test_constraints as of_reports
from tests.reports import test_round_constraints as of_rounds

EARLY, LATE = date(2026, 1, 1), date(2026, 2, 1)


class Rows:
    """One valid row of each table, made when a case asks for it."""

    def __init__(self, cast):
        self.cast = cast

    @property
    def unit(self):
        return self.cast.commune

    @property
    def unit_succession(self):
        return UnitSuccession.objects.create(
            predecessor=self.cast.commune,
            successor=self.cast.far_commune,
            on=EARLY,
            nature=SuccessionNature.MERGED,
            extent=SuccessionExtent.WHOLE,
        )

    @property
    def agency(self):
        return self.cast.board

    @property
    def agency_name(self):
        return self.cast.board.names.get()

    @property
    def agency_succession(self):
        return AgencySuccession.objects.create(
            predecessor=self.cast.board, successor=self.cast.union, on=EARLY, nature=SuccessionNature.MERGED
        )

    @property
    def document(self):
        return factories.document(self.cast.board, number="87")

    @property
    def party(self):
        return Party.objects.create(document=self.document, agency=self.cast.board, title="Giám đốc")

    @property
    def archive_line(self):
        return Recipient.objects.create(document=self.document, position=9, text="Lưu: VT", is_archive=True)

    @property
    def link(self):
        return DocumentLink.objects.create(document=self.document, text="Luật Bình đẳng giới", nature=LinkNature.BASIS)

    @property
    def section(self):
        return Section.objects.create(document=self.document, position=1, numbering=Numbering.ROMAN, key="ket-qua")

    @property
    def version(self):
        return DocumentVersion.objects.create(
            document=self.document, number=1, manuscript={}, sha256="0" * 64, created_by=self.cast.leader
        )

    @property
    def file(self):
        version = self.version
        return DocumentFile.objects.create(
            document=version.document,
            document_version=version,
            nature=FileNature.GENERATED,
            media_type="application/pdf",
            name="bao-cao.pdf",
            file="documents/bao-cao.pdf",
            sha256="0" * 64,
            size=1,
        )

    @property
    def move(self):
        return DocumentMove.objects.create(
            document=self.document,
            action="approve",
            from_state=DocumentState.DRAFT,
            to_state=DocumentState.APPROVED,
            moved_by=self.cast.leader,
        )

    @property
    def job(self):
        return Job.objects.create(kind="render_report_pdf", key="1")

    @property
    def reader(self):
        return DocumentReader.objects.create(document=self.document, agency=self.cast.union)

    @property
    def saved_form(self):
        return SavedForm.objects.create(
            user=self.cast.officer, agency=self.cast.board, form="activity", form_token=uuid.UUID(int=7)
        )

    @property
    def saved_file(self):
        return SavedFile.objects.create(
            form=self.saved_form, name="anh.jpg", media_type="image/jpeg", file="kept/anh.jpg", sha256="0" * 64, size=1
        )

    @property
    def import_run(self):
        return ImportRun.objects.create(
            sheet="activities",
            created_by=self.cast.officer,
            name="so.xlsx",
            file="imports/so.xlsx",
            sha256="0",
            size=1,
        )

    @property
    def user(self):
        return self.cast.officer

    @property
    def membership(self):
        return self.cast.officer.memberships.get()


def citing_itself(link):
    return changed(link, text="", target=link.document)


CASES = {
    "unit_dates_in_order": lambda rows: changed(rows.unit, valid_from=LATE, valid_to=EARLY),
    "unit_level_known": lambda rows: changed(rows.unit, level=UNKNOWN),
    "unit_kind_known": lambda rows: changed(rows.unit, kind=UNKNOWN),
    "unit_code_once_a_day": lambda rows: twin(rows.unit),
    "unit_province_has_no_parent": lambda rows: changed(rows.unit, parent=None),
    "unit_succession_once": lambda rows: twin(rows.unit_succession),
    "unit_succession_between_two": lambda rows: changed(rows.unit_succession, successor=rows.unit),
    "unit_succession_nature_known": lambda rows: changed(rows.unit_succession, nature=UNKNOWN),
    "unit_succession_extent_known": lambda rows: changed(rows.unit_succession, extent=UNKNOWN),
    "agency_dates_in_order": lambda rows: changed(rows.agency, opened_on=LATE, closed_on=EARLY),
    "agency_kind_known": lambda rows: changed(rows.agency, kind=UNKNOWN),
    "agency_role_known": lambda rows: changed(rows.agency, role=UNKNOWN),
    "agency_name_dates_in_order": lambda rows: changed(rows.agency_name, valid_to=date(2019, 1, 1)),
    "agency_name_once_a_day": lambda rows: twin(rows.agency_name),
    "agency_succession_once": lambda rows: twin(rows.agency_succession),
    "agency_succession_between_two": lambda rows: changed(rows.agency_succession, successor=rows.agency),
    "agency_succession_nature_known": lambda rows: changed(rows.agency_succession, nature=UNKNOWN),
    "document_origin_known": lambda rows: changed(rows.document, origin=UNKNOWN),
    "document_state_known": lambda rows: changed(rows.document, state=UNKNOWN),
    "document_number_once": lambda rows: twin(rows.document),
    "document_issued_has_day": lambda rows: changed(rows.document, state=DocumentState.ISSUED),
    "party_signing_form_known": lambda rows: changed(rows.party, signing_form=UNKNOWN),
    "party_once": lambda rows: twin(rows.party, symbol_order=2, signature_column=2),
    "party_symbol_order_once": lambda rows: twin(rows.party, agency=rows.cast.union, signature_column=2),
    "party_signature_column_once": lambda rows: twin(rows.party, agency=rows.cast.union, symbol_order=2),
    "recipient_one_archive_line": lambda rows: twin(rows.archive_line),
    "document_link_nature_known": lambda rows: changed(rows.link, nature=UNKNOWN),
    "document_link_target_or_text": lambda rows: changed(rows.link, text=""),
    "document_link_between_two": lambda rows: citing_itself(rows.link),
    "section_numbering_known": lambda rows: changed(rows.section, numbering=UNKNOWN),
    "section_key_once": lambda rows: twin(rows.section),
    "document_version_once": lambda rows: twin(rows.version),
    "document_file_nature_known": lambda rows: changed(rows.file, nature=UNKNOWN),
    "document_file_generated_once": lambda rows: twin(rows.file),
    "document_move_pair": lambda rows: changed(rows.move, moved_by=None),
    "document_move_from_known": lambda rows: changed(rows.move, from_state=UNKNOWN),
    "document_move_to_known": lambda rows: changed(rows.move, to_state=UNKNOWN),
    "job_state_known": lambda rows: changed(rows.job, state=UNKNOWN),
    "job_lease_with_heartbeat": lambda rows: changed(rows.job, lease_until=timezone.now()),
    "job_running_has_lease": lambda rows: changed(rows.job, state=JobState.RUNNING),
    "job_ended_has_time": lambda rows: changed(rows.job, state=JobState.DONE),
    "job_open_once": lambda rows: twin(rows.job),
    "document_reader_once": lambda rows: twin(rows.reader),
    "saved_form_once": lambda rows: twin(rows.saved_form, form_token=uuid.UUID(int=7)),
    "saved_file_once": lambda rows: twin(rows.saved_file),
    "import_run_state_known": lambda rows: twin(rows.import_run, form_token=uuid.UUID(int=7), state=UNKNOWN),
    "user_email_lower_case": lambda rows: changed(rows.user, email="A@EXAMPLE.VN"),
    "membership_dates_in_order": lambda rows: changed(rows.membership, valid_to=date(2019, 1, 1)),
    "membership_role_known": lambda rows: changed(rows.membership, role=UNKNOWN),
    "membership_once": lambda rows: twin(rows.membership),
}


@pytest.mark.parametrize("rule", sorted(CASES))
def test_database_refuses(cast, rule):
    assert_refused(CASES[rule](Rows(cast)), rule)


@pytest.mark.parametrize("row", [name for name, kind in vars(Rows).items() if isinstance(kind, property)])
def test_a_valid_row_is_taken(cast, row):
    """The cases break what is otherwise right."""
    assert getattr(Rows(cast), row).pk


def test_every_constraint_is_broken_by_a_test():
    ours = {"coordination", "programs", "reports"}
    models = [model for model in apps.get_models() if model._meta.app_label in ours]
    declared = {constraint.name for model in models for constraint in model._meta.constraints}
    broken = [CASES, of_agreements.CASES, of_programs.CASES, of_work.CASES, of_reports.CASES, of_rounds.CASES]
    assert declared == {name for cases in broken for name in cases}


def test_no_two_constraints_look_alike_to_sqlite():
    """SQLite names only the columns of a broken UNIQUE: two constraints on the same columns would be mixed up."""
    for model in apps.get_models():
        columns = [tuple(sorted(rule.fields)) for rule in model._meta.constraints if getattr(rule, "fields", ())]
        assert len(columns) == len(set(columns))


def test_a_refusal_nobody_worded_still_says_that_nothing_was_saved(cast):
    with pytest.raises(IntegrityError) as refusal:
        twin(cast.board, uid=cast.board.uid)()
    assert message_for(refusal.value) == "Chưa lưu: bản ghi còn thiếu thông tin, hoặc đã có bản ghi giống như vậy."
