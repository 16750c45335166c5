"""The draft of a report as a PDF to look at: made by a worker from the records, never kept as a version.

The file is named after the hash of its manuscript. When a record changes, the manuscript gets another hash, so that a
preview can never show other numbers than the page beside it: it is asked for anew. One file a report is kept, until
the report is approved.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from coordination.enums import DocumentState
from coordination.jobs import JobRefused, Store, enqueue, handles
from coordination.manuscript import Manuscript, Stamp
from coordination.models import Document, Job, User
from reports import rendering
from reports.compose import WrongText, compose
from reports.jobs import OUTDATED, sync, write_and_check
from reports.models import Report
from reports.typeset.profile import PrintRefused

PREVIEW_PDF = "preview_report_pdf"


@dataclass(frozen=True)
class Preview:
    """`ready`: there is a file of today's text. `stale`: there is one of an earlier text only."""

    ready: bool
    stale: bool


def ask_for_preview(report: Report, *, by: User) -> Job:
    """Of the report as its records give it now; the same text is asked for once."""
    return enqueue(PREVIEW_PDF, f"{report.uid} {compose(report).sha256()}", {"report": report.pk}, asked_by=by)


def preview_job_of(report: Report) -> Job | None:
    """The last time a preview was asked for."""
    return Job.objects.filter(kind=PREVIEW_PDF, key__startswith=f"{report.uid} ").order_by("pk").last()


def preview_of(report: Report, manuscript: Manuscript) -> Preview:
    ready = preview_file(report, manuscript).is_file()
    return Preview(ready, stale=not ready and any(folder_of(report).glob("*.pdf")))


def preview_file(report: Report, manuscript: Manuscript) -> Path:
    """Where the preview of this text stands, once it is made."""
    return folder_of(report) / f"{manuscript.sha256()}.pdf"


def folder_of(report: Report) -> Path:
    return Path(settings.MEDIA_ROOT) / "previews" / str(report.uid)


def drop_previews(report: Report) -> None:
    """Once the report is approved there is a file of its own."""
    shutil.rmtree(folder_of(report), ignore_errors=True)


@handles(PREVIEW_PDF)
@contextmanager
def render_preview(job: Job) -> Iterator[Store]:
    """Of the records as the worker finds them: what changed since the preview was asked for is in it."""
    report = Report.objects.for_list().select_related("outline").get(pk=job.payload["report"])
    if report.document.is_frozen:
        yield lambda: OUTDATED
        return
    try:
        manuscript = compose(report)
        content = rendering.drawn("pdf", manuscript, Stamp())["pdf"]
    except (PrintRefused, WrongText) as refused:
        raise JobRefused(_("The report cannot be printed: %(why)s") % {"why": refused}) from refused
    final = preview_file(report, manuscript)
    draft = final.with_suffix(f".{job.pk}.{job.attempts}.part")

    def store() -> dict[str, object]:
        state = Document.objects.select_for_update().get(pk=report.document_id).state
        if state in DocumentState.frozen():
            return OUTDATED
        draft.replace(final)
        for earlier in final.parent.glob("*.pdf"):
            if earlier != final:
                earlier.unlink(missing_ok=True)
        sync(final.parent)
        return {"sha256": final.stem}

    try:
        write_and_check(draft, content)
        yield store
    finally:
        draft.unlink(missing_ok=True)
