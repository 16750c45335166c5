"""One process a paper, with limits: what is too long, too big or dead ends there, and the next paper is made.

Seconds are noted, not asserted, but where a limit is meant to end something (R03).
"""

import os
import signal
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse

from coordination import jobs as queue
from coordination.enums import DocumentState, JobState
from coordination.jobs import JobRefused, claim, database_now, enqueue, give_back, is_unattended, perform
from coordination.models import Job
from reports import rendering
from reports.jobs import LEFT_SECONDS, ask_for_files, files_of
from reports.rendering import RenderBroke, drawn
from reports.typeset.child import MB
from reports.typeset.docx import render_docx
from reports.typeset.profile import PrintRefused
from reports.verification import broken_files, lost_files
from tests import factories
from tests.pages import Page
from tests.reports.test_render_job import files, keep, stored, until, work_off, worker  # noqa: F401  fixtures
from tests.typeset import factories as papers
from tests.typeset.factories import ISSUED

ONE_PAGE = papers.report(blocks=(papers.p("mo-dau", "Báo cáo kết quả."),), annexes=())


def poison(rows):
    """A list that is laid out for as long as anybody lets it."""
    annex = papers.list_annex(rows)
    table = replace(annex.blocks[0], keep=True)
    return papers.report(annexes=(replace(annex, blocks=(table,)),))


@pytest.fixture
def document(cast):
    document = factories.document(cast.board, state=DocumentState.APPROVED)
    factories.report(cast.board, cast.province, document=document)
    keep(document, ONE_PAGE, cast)
    return document


@pytest.mark.once
def test_the_child_draws_what_is_drawn_here():
    assert drawn("docx", ONE_PAGE, ISSUED) == {"docx": render_docx(ONE_PAGE, ISSUED)}


@pytest.mark.once
def test_what_cannot_be_printed_is_told_as_here():
    with pytest.raises(PrintRefused, match="unknown"):
        drawn("pdf", papers.report(profile="unknown"), ISSUED)


@pytest.mark.once
def test_a_paper_that_takes_too_long_is_ended_and_the_next_one_is_made(settings, record_property):
    settings.RENDER_SECONDS = 2
    begun = time.monotonic()
    with pytest.raises(JobRefused, match="quá 2 giây"):
        drawn("pdf", poison(4000), ISSUED)
    record_property("seconds", time.monotonic() - begun)
    settings.RENDER_SECONDS = 120
    assert drawn("xlsx", ONE_PAGE, ISSUED)["xlsx"]


@pytest.mark.once
def test_a_paper_that_takes_too_much_memory_is_refused_and_the_next_one_is_made(settings):
    settings.RENDER_MEMORY_MB = memory_of_an_idle_child() + 60
    with pytest.raises((JobRefused, RenderBroke)):
        drawn("pdf", poison(4000), ISSUED)
    settings.RENDER_MEMORY_MB = 2048
    assert drawn("xlsx", ONE_PAGE, ISSUED)["xlsx"]


@pytest.mark.once
def test_control_without_the_limits_the_same_kind_of_paper_is_drawn(record_property):
    """A shorter one, or the control would take minutes: it is the limits that ended the others."""
    begun = time.monotonic()
    assert drawn("pdf", poison(150), ISSUED)["pdf"].startswith(b"%PDF-")
    record_property("seconds", time.monotonic() - begun)


def memory_of_an_idle_child():
    """Megabytes of address space the process that children are forked from has."""
    drawn("xlsx", ONE_PAGE, ISSUED)
    server = next(pid for pid in descendants(os.getpid()) if "forkserver" in command_of(pid))
    pages = int(Path(f"/proc/{server}/statm").read_text().split()[0])
    return pages * os.sysconf("SC_PAGE_SIZE") // MB


@pytest.mark.soak
@pytest.mark.django_db
def test_poison_is_ended_at_the_limit_of_a_server_and_others_wait_no_longer(document, cast, files):  # noqa: F811
    """R03: killed within 125 s, the next job done within 130 s of being asked for, with the limits as they come."""
    keep(document, poison(60_000), cast)
    first, office = ask_for_files(document, by=cast.leader)
    other = factories.document(cast.board, state=DocumentState.APPROVED)
    factories.report(cast.board, cast.province, document=other, kind="project8")
    keep(other, ONE_PAGE, cast)
    Job.objects.filter(pk=office.pk).delete()
    waiting, _office = ask_for_files(other, by=cast.leader)
    begun = time.monotonic()
    held = claim()
    with pytest.raises(JobRefused) as refused:
        perform(held)
    give_back(held, refused.value)
    assert time.monotonic() - begun <= 125
    perform(claim())
    assert time.monotonic() - begun <= 130
    assert [Job.objects.get(pk=job.pk).state for job in (first, waiting)] == [JobState.FAILED, JobState.DONE]


def descendants(pid):
    """Some of them may end meanwhile."""
    tasks = list(Path("/proc").glob(f"{pid}/task/*"))
    found = [int(child) for task in tasks for child in read(task / "children").split()]
    return found + [below for child in found for below in descendants(child)]


def read(path):
    try:
        return path.read_text()
    except OSError:
        return ""


def command_of(pid):
    return read(Path(f"/proc/{pid}/cmdline"))


def lives(pid):
    """A process that has ended and was not waited for is dead, too."""
    return read(Path(f"/proc/{pid}/stat")).rpartition(") ")[2][:1] not in ("", "Z")


@pytest.mark.django_db(transaction=True)
def test_the_child_of_a_killed_worker_dies_with_it(document, cast, files, worker):  # noqa: F811
    keep(document, poison(4000), cast)
    job, _office = ask_for_files(document, by=cast.leader)
    process = worker()
    until(lambda: Job.objects.get(pk=job.pk).state == JobState.RUNNING)
    until(lambda: len([pid for pid in descendants(process.pid) if "forkserver" in command_of(pid)]) >= 2)
    children = descendants(process.pid)
    process.send_signal(signal.SIGKILL)
    process.wait()
    until(lambda: not any(lives(pid) for pid in children), seconds=20)


@pytest.mark.django_db
def test_a_child_that_is_killed_is_tried_again(document, cast, monkeypatch, files):  # noqa: F811
    job, _office = ask_for_files(document, by=cast.leader)
    held = claim()
    monkeypatch.setattr(rendering, "draw", killed_at_once)
    with pytest.raises(RenderBroke) as broke:
        perform(held)
    give_back(held, broke.value)
    monkeypatch.undo()
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.QUEUED, 1)
    assert stored(files) == []


def killed_at_once(*_given):
    os.kill(os.getpid(), signal.SIGKILL)


# ---- what is left behind (R09, R12) ----


@pytest.mark.django_db
def test_pieces_of_killed_workers_are_swept(document, cast, files, settings):  # noqa: F811
    job, _office = ask_for_files(document, by=cast.leader)
    folder = files / "documents" / f"{document.versions.latest().created_at:%Y}"
    folder.mkdir(parents=True)
    own, foreign, fresh = (folder / name for name in (f"{job.uid}.pdf.0.part", "x.pdf.1.part", "y.pdf.1.part"))
    for part in (own, foreign, fresh):
        part.write_bytes(b"half")
    os.utime(foreign, (0, time.time() - LEFT_SECONDS - 1))
    work_off()
    assert [path.name for path in folder.glob("*.part")] == ["y.pdf.1.part"]


@pytest.mark.django_db
def test_files_without_a_row_and_rows_without_a_file_are_told(document, cast, files):  # noqa: F811
    ask_for_files(document, by=cast.leader)
    work_off()
    assert [*broken_files(), *lost_files()] == []
    lost = files / "documents" / "x.pdf"
    lost.write_bytes(b"half")
    assert list(lost_files()) == []  # may be in the making
    os.utime(lost, (0, time.time() - LEFT_SECONDS - 1))
    assert list(lost_files()) == ["Tệp không thuộc văn bản nào: documents/x.pdf"]
    Path(files_of(document)[0].file.path).unlink()
    assert len(list(broken_files())) == 1


@pytest.fixture
def full_disk(files):  # noqa: F811
    """A disk of 64 KB as the folder of files; only root can make one."""
    files.mkdir(parents=True)
    if os.system(f"mount -t tmpfs -o size=64k tmpfs {files} 2>/dev/null"):  # noqa: S605  a path of pytest's
        pytest.skip("mounting is refused here")
    yield files
    os.system(f"umount {files}")  # noqa: S605


@pytest.mark.django_db
def test_a_disk_that_is_really_full_keeps_no_half_file(document, cast, full_disk, settings):
    settings.JOB_ATTEMPTS = 1
    keep(document, papers.report(), cast)
    job, _office = ask_for_files(document, by=cast.leader)
    held = claim()
    with pytest.raises(OSError, match="No space") as full:
        perform(held)
    give_back(held, full.value)
    job.refresh_from_db()
    assert (job.state, job.error[:8]) == (JobState.FAILED, "Hết dung")
    assert (stored(full_disk), files_of(document)) == ([], [])


@pytest.mark.django_db
def test_control_written_in_place_a_full_disk_leaves_a_half_file(full_disk):
    with pytest.raises(OSError, match="No space"):
        (full_disk / "x.pdf").write_bytes(b"x" * 200_000)
    assert 0 < (full_disk / "x.pdf").stat().st_size < 200_000


# ---- nobody there (R04) ----


@pytest.mark.django_db
def test_a_job_that_waits_long_while_nobody_works_is_unattended(document, cast):
    job, office = ask_for_files(document, by=cast.leader)
    assert not is_unattended(job)
    waited(job, 61)
    assert is_unattended(Job.objects.get(pk=job.pk))
    claim()  # somebody is at work
    assert not is_unattended(Job.objects.get(pk=office.pk))
    waited(office, 61)
    assert not is_unattended(Job.objects.get(pk=office.pk))


@pytest.mark.django_db
def test_a_job_whose_worker_died_long_ago_is_unattended(document, cast):
    ask_for_files(document, by=cast.leader)
    held = claim()
    Job.objects.filter(pk=held.pk).update(lease_until=database_now() - timedelta(seconds=61))
    assert is_unattended(Job.objects.get(pk=held.pk))


@pytest.mark.django_db
def test_while_a_worker_ends_other_jobs_one_only_waits_its_turn(document, cast, monkeypatch):
    job, _office = ask_for_files(document, by=cast.leader)
    waited(job, 61)
    done = enqueue("note", "1", {})
    queue._end(Job.objects.filter(pk=done.pk), JobState.DONE)
    assert not is_unattended(Job.objects.get(pk=job.pk))


@pytest.mark.django_db
def test_the_page_of_the_report_says_that_no_worker_is_running(client, document, cast):
    client.force_login(cast.officer)
    job, _office = ask_for_files(document, by=cast.leader)
    address = reverse("reports:report_files", args=[document.report.uid])
    words = "Chưa có máy xử lý nào đang chạy"
    assert words not in client.get(address).content.decode()
    waited(job, 61)
    page = Page(client.get(address))
    assert words in page.one(id="report-files").text
    assert page.one(id="report-files").attributes["hx-trigger"] == "every 3s"


def waited(job, seconds):
    Job.objects.filter(pk=job.pk).update(queued_at=database_now() - timedelta(seconds=seconds))
