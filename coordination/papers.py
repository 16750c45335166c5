"""The paper of a document as a file to take away, PDF or Word: made by a worker, named after what it says.

It is neither a version nor a file of the register: a draft is written anew whenever its words, its number or its day
have changed. One file a format is kept for each document.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from coordination.compose import current_manuscript, party_lines
from coordination.enums import DocumentState
from coordination.jobs import enqueue
from coordination.manuscript import Manuscript, Signature, Stamp
from coordination.models import Document, Job, User

MAKE_PAPER = "make_paper"
FORMAT_NAMES = {"pdf": "PDF", "docx": "Word", "xlsx": "Excel"}
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class Paper:
    """What would be printed now, in one format."""

    document: Document
    format: str
    manuscript: Manuscript
    stamp: Stamp

    @cached_property
    def key(self) -> str:
        return f"{_asked(self.document, self.format)}{self.digest}"

    @cached_property
    def digest(self) -> str:
        """The same words, number and day have the same digest: a file of another text can never be taken for it."""
        return hashlib.sha256(f"{self.manuscript.sha256()} {self.stamp}".encode()).hexdigest()

    @property
    def file(self) -> Path:
        """Where it stands once it is made."""
        return Path(settings.MEDIA_ROOT) / "papers" / str(self.document.uid) / f"{self.digest}.{self.format}"

    @property
    def name(self) -> str:
        """What people see it called."""
        named = f"{self.document.kind.name} {self.manuscript.symbol}"
        if self.stamp.draft:
            named = _("%(paper)s draft") % {"paper": named}
        elif self.stamp.number:
            named = self.document.code
        return f"{named}.{self.format}".replace("/", "-")


def paper_of(document: Document, file_format: str) -> Paper:
    """Raises NoText for a document that was entered from paper."""
    return Paper(document, file_format, current_manuscript(document), stamp_of(document))


def ask_for_paper(paper: Paper, *, by: User) -> Job:
    return enqueue(MAKE_PAPER, paper.key, {"document": paper.document.pk, "format": paper.format}, asked_by=by)


def paper_job_of(document: Document, file_format: str) -> Job | None:
    """The last time this format was asked for."""
    asked = Job.objects.filter(kind=MAKE_PAPER, key__startswith=_asked(document, file_format))
    return asked.order_by("pk").last()


def stamp_of(document: Document) -> Stamp:
    """A draft until it is issued, then number, day and who signed: a name may be known on that day only."""
    if document.state not in DocumentState.in_the_open():
        return Stamp()
    signed = tuple(
        Signature(party_lines(party), party.name) for party in document.parties.order_by("signature_column")
    )
    return Stamp(document.number, document.symbol, document.issued_on, draft=False, signatures=signed)


def _asked(document: Document, file_format: str) -> str:
    return f"{document.uid} {file_format} "
