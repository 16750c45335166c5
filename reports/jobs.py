"""Background work of reports: the approved version as PDF, Word and Excel, made by workers."""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from coordination.enums import FileNature
from coordination.jobs import JobRefused, Store, enqueue, handles
from coordination.manuscript import Manuscript, Stamp
from coordination.models import Document, DocumentFile, DocumentVersion, Job, User
from coordination.papers import MEDIA_TYPES
from reports import rendering
from reports.file_names import file_name
from reports.models.report import generated_pdfs
from reports.stamps import stamp_of_version
from reports.typeset.child import REPORT_OFFICE, REPORT_PDF
from reports.typeset.profile import PrintRefused

RENDER = "render_report"
# What is drawn together (typeset/files.py), a job each: nobody waits for Word and Excel to read the paper.
WORKS = (REPORT_PDF, REPORT_OFFICE)
LEFT_SECONDS = 3600  # after which a piece of a file belongs to nobody
OUTDATED: dict[str, object] = {"outdated": True}
_END = re.compile(rb"startxref\s+(?P<offset>\d+)\s+%%EOF\s*\Z")
_TABLE = re.compile(rb"xref\b|\d+ \d+ obj\b")


class BrokenFile(OSError):
    """What stands on the disk is not the file that was written."""


def ask_for_files(document: Document, *, by: User, works: tuple[str, ...] = WORKS) -> list[Job]:
    """The paper as it stands now: a draft until it is issued, then with number and day. The PDF comes first."""
    asked = {"document": document.pk}
    return [enqueue(RENDER, _key(document, work), asked | {"work": work}, asked_by=by) for work in works]


def _key(document: Document, work: str) -> str:
    return f"{document.uid} {work} {document.versions.latest().number} {document.state}"


def pdf_of(document: Document) -> DocumentFile | None:
    """The file people download: the latest of the latest version."""
    return generated_pdfs().filter(document=document).first()


def files_of(document: Document) -> list[DocumentFile]:
    """PDF, Word, Excel: of each the latest of the latest version."""
    newest: dict[str, DocumentFile] = {}
    made = document.files.filter(nature=FileNature.GENERATED).order_by("-document_version__number", "-pk")
    for file in made:
        newest.setdefault(file.media_type, file)
    return [newest[media_type] for media_type in MEDIA_TYPES.values() if media_type in newest]


def files_jobs_of(document: Document) -> list[Job]:
    """Of each work the last time it was asked for: its state and, if it failed, why."""
    asked = Job.objects.filter(kind=RENDER, key__startswith=f"{document.uid} ").order_by("pk")
    latest = {job.payload["work"]: job for job in asked}
    return [latest[work] for work in WORKS if work in latest]


@handles(RENDER)
@contextmanager
def render_report(job: Job) -> Iterator[Store]:
    """The files are named after the job, so that a second attempt writes over what a killed one left behind.

    A paper that has got another version or a number since it was asked for is printed by the job that came with them.
    """
    document = Document.objects.get(pk=job.payload["document"])
    work = job.payload["work"]
    if _key(document, work) != job.key:
        yield lambda: OUTDATED
        return
    version = document.versions.latest()
    stamp = stamp_of_version(version)
    try:
        made = rendering.drawn(work, Manuscript.from_json(version.manuscript), stamp)
    except PrintRefused as refused:
        raise JobRefused(_("The report cannot be printed: %(why)s") % {"why": refused}) from refused
    place = Path(settings.MEDIA_ROOT) / "documents" / f"{version.created_at:%Y}"
    parts = {file_format: place / f"{job.uid}.{file_format}.{job.attempts}.part" for file_format in made}

    def store() -> dict[str, object]:
        now = Document.objects.select_for_update().get(pk=document.pk)
        if _key(now, work) != job.key:
            return OUTDATED
        stored = {}
        for file_format, part in parts.items():
            file = _file_row(now, version, stamp, made[file_format], place / f"{job.uid}.{file_format}")
            part.replace(file.file.path)
            sync(Path(file.file.path).parent)
            stored[file_format] = str(file.uid)
        return {"files": stored}

    _drop_leftovers(place, job)
    try:
        for file_format, part in parts.items():
            write_and_check(part, made[file_format], is_pdf=file_format == "pdf")
        yield store
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)


def _drop_leftovers(folder: Path, job: Job) -> None:
    """Pieces of this job's earlier attempts, which lost it, and of others that were killed long ago."""
    long_ago = time.time() - LEFT_SECONDS
    for part in folder.glob("*.part"):
        with suppress(FileNotFoundError):  # another worker tidies up, too
            if part.name.startswith(str(job.uid)) or part.stat().st_mtime < long_ago:
                part.unlink()


def _file_row(document: Document, version: DocumentVersion, stamp: Stamp, content: bytes, place: Path) -> DocumentFile:
    """One row a content: printed again, the same bytes take the same place."""
    file_format = place.suffix.removeprefix(".")
    row, _made = DocumentFile.objects.get_or_create(
        document_version=version,
        media_type=MEDIA_TYPES[file_format],
        nature=FileNature.GENERATED,
        sha256=hashlib.sha256(content).hexdigest(),
        defaults={
            "document": document,
            "name": file_name(document.report, stamp, file_format),
            "file": str(place.relative_to(settings.MEDIA_ROOT)),
            "size": len(content),
        },
    )
    return row


def write_and_check(path: Path, content: bytes, *, is_pdf: bool = True) -> None:
    """On the disk, not in its cache; read back, because a full disk leaves truncated files behind."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    stored = path.read_bytes()
    if stored != content or (is_pdf and not _is_whole(stored)):
        raise BrokenFile(f"{path} is not what was written")


def _is_whole(content: bytes) -> bool:
    """Begins and ends as a PDF does, and its last line points to a table of contents."""
    end = _END.search(content[-64:])
    return bool(content.startswith(b"%PDF-") and end and _TABLE.match(content, int(end["offset"])))


def sync(folder: Path) -> None:
    """Makes a renamed file survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
