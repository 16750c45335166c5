"""What workers do for papers of every kind: the text as it stands, typeset as PDF, Word or Excel."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _

from coordination.compose import NoText
from coordination.jobs import JobRefused, Store, handles
from coordination.models import Document, Job
from coordination.papers import MAKE_PAPER, Paper, paper_of
from reports import rendering
from reports.compose import WrongText
from reports.jobs import write_and_check
from reports.typeset.profile import PrintRefused


@handles(MAKE_PAPER)
@contextmanager
def make_paper(job: Job) -> Iterator[Store]:
    """Of the text as the worker finds it: what changed since it was asked for is in it."""
    document = Document.objects.select_related("kind").get(pk=job.payload["document"])
    try:
        paper = paper_of(document, job.payload["format"])
        content = rendering.drawn(paper.format, paper.manuscript, paper.stamp)[paper.format]
    except (PrintRefused, NoText, WrongText) as refused:
        raise JobRefused(_("The document cannot be printed: %(why)s") % {"why": refused}) from refused
    part = paper.file.with_suffix(f".{job.pk}.{job.attempts}.part")

    def store() -> dict[str, object]:
        part.replace(paper.file)
        _drop_earlier(paper)
        return {"file": paper.file.name}

    try:
        write_and_check(part, content, is_pdf=paper.format == "pdf")
        yield store
    finally:
        part.unlink(missing_ok=True)


def _drop_earlier(paper: Paper) -> None:
    for earlier in paper.file.parent.glob(f"*.{paper.format}"):
        if earlier != paper.file:
            earlier.unlink(missing_ok=True)
