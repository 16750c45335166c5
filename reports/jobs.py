"""Background work of reports: the approved version as a file."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from coordination.enums import FileNature
from coordination.jobs import JobRefused, Store, enqueue, handles
from coordination.manuscript import Manuscript, Stamp
from coordination.models import Document, DocumentFile, DocumentVersion, Job, User
from coordination.papers import stamp_of
from reports.models.report import PDF, generated_pdfs
from reports.typeset.pdf import PrintRefused, render_pdf

RENDER_PDF = "render_report_pdf"
OUTDATED: dict[str, object] = {"outdated": True}
_END = re.compile(rb"startxref\s+(?P<offset>\d+)\s+%%EOF\s*\Z")
_TABLE = re.compile(rb"xref\b|\d+ \d+ obj\b")


class BrokenFile(OSError):
    """What stands on the disk is not the file that was written."""


def ask_for_pdf(document: Document, *, by: User) -> Job:
    """The paper as it stands now: a draft until it is issued, then with number and day."""
    return enqueue(RENDER_PDF, _key(document), {"document": document.pk}, asked_by=by)


def _key(document: Document) -> str:
    return f"{document.uid} {document.versions.latest().number} {document.state}"


def pdf_of(document: Document) -> DocumentFile | None:
    """The file people download: the latest of the latest version."""
    return generated_pdfs().filter(document=document).first()


def pdf_job_of(document: Document) -> Job | None:
    """The last time the file was asked for: its state and, if it failed, why."""
    return Job.objects.filter(kind=RENDER_PDF, key__startswith=f"{document.uid} ").order_by("pk").last()


@handles(RENDER_PDF)
@contextmanager
def render_report_pdf(job: Job) -> Iterator[Store]:
    """The file is named after the job, so that a second attempt writes over what a killed one left behind.

    A paper that has got another version or a number since it was asked for is printed by the job that came with them.
    """
    document = Document.objects.get(pk=job.payload["document"])
    if _key(document) != job.key:
        yield lambda: OUTDATED
        return
    version, stamp = document.versions.latest(), stamp_of(document)
    try:
        content = render_pdf(Manuscript.from_json(version.manuscript), stamp)
    except PrintRefused as refused:
        raise JobRefused(_("The report cannot be printed: %(why)s") % {"why": refused}) from refused
    final = Path(settings.MEDIA_ROOT) / "documents" / f"{version.created_at:%Y}" / f"{job.uid}.pdf"
    draft = final.with_suffix(f".{job.attempts}.part")

    def store() -> dict[str, object]:
        now = Document.objects.select_for_update().get(pk=document.pk)
        if _key(now) != job.key:
            return OUTDATED
        file = _file_row(now, version, stamp, content, final)
        draft.replace(file.file.path)
        sync(Path(file.file.path).parent)
        return {"file": str(file.uid), "sha256": file.sha256}

    try:
        write_and_check(draft, content)
        yield store
    finally:
        draft.unlink(missing_ok=True)


def _file_row(document: Document, version: DocumentVersion, stamp: Stamp, content: bytes, place: Path) -> DocumentFile:
    """One row a content: printed again, the same bytes take the same place."""
    name = _("%(report)s draft.pdf") if stamp.draft else "%(report)s.pdf"
    row, _made = DocumentFile.objects.get_or_create(
        document_version=version,
        media_type=PDF,
        nature=FileNature.GENERATED,
        sha256=hashlib.sha256(content).hexdigest(),
        defaults={
            "document": document,
            "name": name % {"report": f"{document.code} {document.report.period.code}".replace("/", "-")},
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
