"""The PDF of a report: made by a worker, exactly once, whole, and with number and day once it is issued."""

import errno
import hashlib
import signal
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from coordination.enums import DocumentState, JobState
from coordination.jobs import JobRefused, claim, give_back, perform
from coordination.models import Document, DocumentFile, DocumentVersion, Job
from coordination.papers import MEDIA_TYPES
from reports import jobs, rendering
from reports.jobs import BrokenFile, ask_for_files, files_jobs_of, files_of, pdf_of
from reports.stamps import stamp_of_report
from reports.typeset.docx import render_docx
from reports.typeset.files import report_pdf
from reports.typeset.xlsx import render_xlsx
from tests import factories
from tests.constraints import changed
from tests.typeset import factories as papers
from tests.workers import until, worker_processes

pytestmark = pytest.mark.django_db
ONE_PAGE = papers.report(blocks=(papers.p("mo-dau", "Báo cáo kết quả."),), annexes=())


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    return settings.MEDIA_ROOT


@pytest.fixture
def document(cast):
    """An approved report."""
    document = factories.document(cast.board, state=DocumentState.APPROVED)
    factories.report(cast.board, cast.province, document=document)
    keep(document, ONE_PAGE, cast)
    return document


@pytest.fixture
def long_document(document, cast):
    """Its second version takes a second or two to print."""
    keep(document, papers.report(), cast)
    return document


def keep(document, manuscript, cast):
    number = document.versions.count() + 1
    return DocumentVersion.objects.create(
        document=document,
        number=number,
        manuscript=manuscript.to_json(),
        sha256=manuscript.sha256(),
        created_by=cast.leader,
    )


def printed(document, person):
    ask_for_files(document, by=person)
    work_off()
    return pdf_of(document)


def work_off():
    while job := claim():
        perform(job)


def issued(document, number="87"):
    day = date(2026, 6, 16)
    changed(document, state=DocumentState.ISSUED, number=number, issued_on=day)()
    document.refresh_from_db()
    return document


def stamp(document):
    return stamp_of_report(Document.objects.get(pk=document.pk))


def all_files(manuscript, told):
    renderers = {"pdf": report_pdf, "docx": render_docx, "xlsx": render_xlsx}
    return {file_format: render(manuscript, told) for file_format, render in renderers.items()}


def suffixes(files):
    return sorted(path.suffix for path in files.rglob("*") if path.is_file())


ALL = [".docx", ".pdf", ".xlsx"]


def read(file):
    return Path(file.file.path).read_bytes()


def stored(files):
    return sorted(str(path.relative_to(files)) for path in files.rglob("*") if path.is_file())


def test_the_files_are_what_the_version_prints(document, cast, files):
    printed(document, cast.leader)
    made = files_of(document)
    assert [file.media_type for file in made] == list(MEDIA_TYPES.values())
    expected = all_files(ONE_PAGE, stamp(document))
    for file, (file_format, content) in zip(made, expected.items(), strict=True):
        assert read(file) == content
        assert (file.size, file.sha256) == (len(content), hashlib.sha256(content).hexdigest())
        assert file.name == f"bao-cao_bdg_2026-H1_SDTTG_v1_du-thao.{file_format}"
    assert stored(files) == sorted(file.file.name for file in made)


def test_once_issued_it_has_number_and_day(document, cast):
    draft = printed(document, cast.leader)
    final = printed(issued(document), cast.clerk)
    told = stamp(document)
    assert read(final) == report_pdf(ONE_PAGE, told)
    assert (told.number, told.symbol, told.issued_on, told.draft) == ("87", "BC-STN", date(2026, 6, 16), False)
    assert (pdf_of(document), final.name) == (final, "bao-cao_bdg_2026-H1_SDTTG_v1.pdf")
    assert draft.pk != final.pk


def test_printed_again_the_same_bytes_are_the_same_file(document, cast, files):
    first = printed(document, cast.leader)
    kept = stored(files)
    assert printed(document, cast.leader) == first
    assert (stored(files), suffixes(files)) == (kept, ALL)


def test_a_lost_file_is_made_again_in_its_place(document, cast, files):
    first = printed(document, cast.leader)
    kept = stored(files)
    Path(first.file.path).unlink()
    printed(document, cast.leader)
    assert stored(files) == kept


def test_two_people_asking_get_one_job(document, cast):
    assert ask_for_files(document, by=cast.leader) == ask_for_files(document, by=cast.officer)


def test_a_draft_printed_while_the_report_is_issued_is_not_kept(document, cast, monkeypatch, files):
    """Else the file without a number could come after the one with it, and be the one people download."""

    drawn = rendering.drawn

    def slow(*given):
        issued(Document.objects.get(pk=document.pk))
        return drawn(*given)

    ask_for_files(document, by=cast.leader)
    monkeypatch.setattr(rendering, "drawn", slow)
    work_off()
    assert [job.result for job in files_jobs_of(document)] == [{"outdated": True}] * 2
    assert (pdf_of(document), stored(files)) == (None, [])


def test_a_draft_not_yet_printed_when_the_report_is_issued_is_left_out(document, cast, monkeypatch):
    ask_for_files(document, by=cast.leader)
    issued(document)
    monkeypatch.setattr(rendering, "drawn", None)
    work_off()
    assert [job.result for job in files_jobs_of(document)] == [{"outdated": True}] * 2


def test_a_truncated_file_is_never_kept(document, cast, monkeypatch, files):
    monkeypatch.setattr(Path, "read_bytes", lambda _path: b"%PDF-1.7 cut off")
    ask_for_files(document, by=cast.leader)
    with pytest.raises(BrokenFile):
        perform(claim())
    assert (pdf_of(document), stored(files)) == (None, [])


def test_a_full_disk_leaves_the_old_file_and_no_piece_of_the_new(document, cast, monkeypatch, files, settings):
    settings.JOB_ATTEMPTS = 1
    draft = printed(document, cast.leader)
    kept = stored(files)
    job, _office = ask_for_files(issued(document), by=cast.clerk)

    def full(_handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(jobs.os, "fsync", full)
        held = claim()
        with pytest.raises(OSError, match="No space left") as error:
            perform(held)
        give_back(held, error.value)
    assert (pdf_of(document), stored(files)) == (draft, kept)
    job.refresh_from_db()
    assert (job.state, job.error) == (
        JobState.FAILED,
        "Hết dung lượng đĩa. Báo người quản trị dọn chỗ rồi thử lại.",
    )
    assert printed(document, cast.clerk).name == "bao-cao_bdg_2026-H1_SDTTG_v1.pdf"


@pytest.mark.parametrize(
    "content",
    [b"", b"%PDF-1.7\n", b"<html>", b"%PDF-1.7\nstartxref\n3\n%%EOF\n", b"%PDF-1.7\nstartxref\n900\n%%EOF\n"],
)
def test_what_is_no_pdf_is_told_apart(content):
    assert not jobs._is_whole(content)


def test_a_paper_that_cannot_be_printed_fails_at_once(document, cast):
    keep(document, papers.report(profile="unknown"), cast)
    ask_for_files(document, by=cast.leader)
    with pytest.raises(JobRefused, match="Không in được báo cáo"):
        perform(claim())


@pytest.fixture
def worker(files):
    with worker_processes() as start:
        yield start


def killed_mid_render(worker, document, cast, after):
    """A worker that took the job and was killed `after` seconds of work."""
    job, _office = ask_for_files(document, by=cast.leader)
    process = worker()
    until(lambda: Job.objects.get(pk=job.pk).state == JobState.RUNNING)
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    process.wait()
    return job


def finished_by_another(job, document, files, worker):
    """Where the killed worker had ended the job before it was killed, there is nothing left for another."""
    if Job.objects.exclude(state=JobState.DONE).exists():
        process = worker()
        until(lambda: not Job.objects.exclude(state=JobState.DONE).exists())
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    assert DocumentFile.objects.count() == len(ALL)
    assert suffixes(files) == ALL
    assert read(pdf_of(document)) == report_pdf(papers.report(), stamp(document))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("after", [0.0, 0.3])
def test_what_a_killed_worker_held_is_finished_by_another(long_document, cast, files, worker, after):
    job = killed_mid_render(worker, long_document, cast, after)
    finished_by_another(job, long_document, files, worker)
    assert Job.objects.get(pk=job.pk).attempts == 2


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("after", [round(step * 0.15, 2) for step in range(20)])
def test_a_worker_killed_at_any_point(long_document, cast, files, worker, after):
    """From before the first line is laid out to after the file is written."""
    finished_by_another(killed_mid_render(worker, long_document, cast, after), long_document, files, worker)


@pytest.mark.django_db(transaction=True)
def test_control_without_an_end_of_the_lease_the_report_is_lost(long_document, cast, worker):
    """As with a queue that only marks a task as running: nobody takes it up again, nobody is told."""
    job = killed_mid_render(worker, long_document, cast, 0.0)
    changed(job, lease_until=datetime(2099, 1, 1, tzinfo=UTC))()
    assert worker("--once").wait(timeout=60) == 0
    assert Job.objects.get(pk=job.pk).state == JobState.RUNNING
    assert pdf_of(long_document) is None


@pytest.mark.django_db(transaction=True)
def test_a_worker_told_to_stop_finishes_its_report(long_document, cast, worker):
    job, _office = ask_for_files(long_document, by=cast.leader)
    process = worker()
    until(lambda: Job.objects.get(pk=job.pk).state == JobState.RUNNING)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 0
    assert Job.objects.get(pk=job.pk).state == JobState.DONE


DEAF = "import django; django.setup(); from coordination.worker import Worker; Worker().run()"


@pytest.mark.django_db(transaction=True)
def test_control_a_worker_that_does_not_hear_drops_its_report(long_document, cast, worker, monkeypatch):
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "config.settings")
    job, _office = ask_for_files(long_document, by=cast.leader)
    process = worker(program=("-c", DEAF))
    until(lambda: Job.objects.get(pk=job.pk).state == JobState.RUNNING)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == -signal.SIGTERM
    assert Job.objects.get(pk=job.pk).state == JobState.RUNNING
