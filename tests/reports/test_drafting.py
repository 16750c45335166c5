"""Beginning a report: two clicks make one, another one for the period is told, anything else is no such refusal."""

import uuid

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.urls import reverse

from coordination.models import Document, DocumentFile
from reports import actions
from reports.actions import CannotDraft, draft_report
from reports.enums import ReportKind, ReportScope
from reports.models import Report
from tests import factories


@pytest.fixture
def begin(cast):
    factories.document(cast.union)  # the kind of document
    factories.outline()
    period = factories.period()

    def begun(**fields):
        whose = {"agency": cast.board, "kind": ReportKind.GENDER_EQUALITY, "period": period, "by": cast.officer}
        return draft_report(scope=ReportScope.AGENCY, **whose | fields)

    return begun


def test_the_second_of_two_clicks_at_once_gets_the_report_of_the_first(begin, monkeypatch):
    token = uuid.uuid4()
    first = begin(form_token=token)
    found = Report.objects.filter
    answers = iter([Report.objects.none()])  # the second looked before the first had saved
    monkeypatch.setattr(Report.objects, "filter", lambda **by: next(answers, None) or found(**by))
    assert begin(form_token=token) == first
    assert (Report.objects.count(), Document.objects.count()) == (1, 2)


def test_another_report_of_the_period_is_told(begin):
    begin(form_token=uuid.uuid4())
    with pytest.raises(CannotDraft, match="đã có báo cáo"):
        begin(form_token=uuid.uuid4())


def test_what_else_the_database_refuses_is_no_such_report(begin, monkeypatch):
    monkeypatch.setattr(actions, "symbol_of", lambda *_names: None)
    with pytest.raises(IntegrityError):
        begin()


@pytest.mark.parametrize(("person", "status"), [("officer", 200), ("clerk", 403), ("leader", 403)])
def test_who_writes_may_draft(client, cast, person, status):
    factories.outline()
    factories.period()
    client.force_login(getattr(cast, person))
    assert client.get(reverse("reports:report_create")).status_code == status
    offered = reverse("reports:report_create") in client.get(reverse("reports:report_list")).text
    assert offered is (status == 200)


def test_a_file_that_is_gone_from_the_disk_is_told(client, cast):
    report = factories.report(cast.board, cast.province)
    stored = DocumentFile.objects.create(
        document=report.document, nature="attachment", media_type="application/pdf", name="Phụ lục.pdf",
        file=ContentFile(b"%PDF-", name="x.pdf"), sha256="0" * 64, size=5,
    )  # fmt: skip
    address = reverse("reports:report_download", args=[report.uid, stored.uid])
    client.force_login(cast.officer)
    assert b"".join(client.get(address).streaming_content) == b"%PDF-"
    stored.file.storage.delete(stored.file.name)
    answer = client.get(address)
    assert answer.status_code == 404
    assert "“Phụ lục.pdf” có trong sổ, nhưng tệp không còn trên máy chủ." in answer.text


def test_samples_with_the_known_password_stay_off_machines_in_use(db, settings):
    settings.SECURE, settings.DEMO_PASSWORD = True, settings.KNOWN_DEMO_PASSWORD
    with pytest.raises(CommandError, match="DEMO_PASSWORD"):
        call_command("load_demo")
    settings.DEMO_PASSWORD = "mot-mat-khau-khac-2026"
    with pytest.raises(CommandError, match="load_units"):
        call_command("load_demo")
