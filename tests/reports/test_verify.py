"""`manage.py verify`: silent when all is as approved, one line for each thing that is not."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from coordination.jobs import claim, perform
from coordination.models import DocumentVersion
from coordination.triggers import installed, without_triggers
from reports.jobs import pdf_of
from reports.workflow import move
from tests import factories
from tests.constraints import changed
from tests.reports.test_freeze import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(cast, settings, tmp_path):
    """Frozen, with one activity of 1.069 attendances, and its PDF made."""
    settings.MEDIA_ROOT = tmp_path
    factories.outline(opening="Có {activities.attendances} lượt người, tỷ lệ nữ {activities.women_share}.")
    factories.activity(cast.board, cast.commune, attendances=1069, women=700, reference="HD1")
    report = factories.report(cast.board, cast.province)
    move(report, "approve", acting=cast.leader.memberships.get(), today=TODAY)
    perform(claim())
    return report


def fact(report):
    return report.activities.get()


def problems():
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("verify", stdout=out)
    return out.getvalue().splitlines()


def test_all_is_well(report):
    out = StringIO()
    call_command("verify", stdout=out)
    assert out.getvalue() == "Mọi số liệu, phiên bản và tệp đều đúng như khi được duyệt.\n"


def test_a_missing_trigger(report):
    name, (table, _text) = sorted(installed(connection).items())[0]
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}" + ("" if connection.vendor == "sqlite" else f" ON {table}"))
    assert problems() == [f"Thiếu ràng buộc (trigger) hoặc ràng buộc đã bị sửa: {name}"]


def test_a_version_that_was_tampered_with(report):
    version = DocumentVersion.objects.get()
    with without_triggers():
        changed(version, manuscript=version.manuscript | {"summary": "khác"})()
    assert problems() == ["Phiên bản 1 của “BC-STN” không còn đúng như khi được duyệt."]


def test_a_number_changed_past_the_triggers(report):
    with without_triggers():
        changed(fact(report), attendances=1070)()
    assert problems() == [
        "“BC-STN”: đã in “1.069” trong khi activities.attendances?window=now là 1070.",
        "“BC-STN”: đã in “65,5%” trong khi activities.women_share?window=now là 65.42056074766355140186915888.",
    ]


def test_a_fact_edited_past_the_triggers(report):
    with without_triggers():
        changed(fact(report), version=2)()
    assert problems() == ["“BC-STN”: activity HD1 đã bị sửa sau khi chốt."]


def test_a_fact_that_was_unlocked(report):
    changed(fact(report), locked_at=None)()
    assert problems() == ["“BC-STN”: activity HD1 đã bị sửa sau khi chốt."]


def test_a_list_that_no_longer_adds_up(report, monkeypatch):
    monkeypatch.setattr("reports.figures.registry.Opened.total", lambda _opened: 1000)
    assert problems()[0] == "“BC-STN”: activities.attendances?window=now là 1069, còn cộng theo danh sách là 1000."


def test_a_file_that_is_gone_and_one_that_was_altered(report):
    file = pdf_of(report.document)
    path = Path(file.file.path)
    path.write_bytes(path.read_bytes() + b" ")
    assert problems() == [f"Tệp đã bị sửa: {file.name} ({file.file.name})"]
    path.unlink()
    assert problems() == [f"Thiếu tệp: {file.name} ({file.file.name})"]


def test_a_draft_has_nothing_to_verify(report, cast):
    factories.activity(cast.union, cast.commune, attendances=5)
    factories.report(cast.union, cast.province, document=factories.document(cast.union))
    call_command("verify", stdout=StringIO())
