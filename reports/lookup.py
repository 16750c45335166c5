"""What anybody may know of an issued report by the code on it: number, day, agency, hashes, whether it is in force.

Never what it says, who wrote it, or that a report exists which nobody outside has.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from coordination.enums import DocumentState, FileNature
from coordination.models import DocumentFile, DocumentMove, DocumentVersion
from coordination.papers import FORMAT_NAMES, MEDIA_TYPES
from reports.models import Report
from reports.stamps import code_of

OUTSIDE = (DocumentState.ISSUED, DocumentState.SENT)  # the first state in which others have the paper
IN_FORCE = (DocumentState.ISSUED, DocumentState.SENT, DocumentState.RECEIVED)


@dataclass(frozen=True)
class FileHash:
    """Of one file as it left the portal; people compare it with the file they got. Its name would tell more."""

    name: str  # "PDF", "Word", "Excel"
    sha256: str


@dataclass(frozen=True)
class CheckedPaper:
    """`number`: as printed, of a paper sent by the portal alone its symbol."""

    code: str
    number: str
    day: date
    agency: str
    sha256: str
    in_force: bool
    files: list[FileHash]


def paper_with(digits: str) -> CheckedPaper | None:
    """None for a code of no paper, and for one that was approved but never left its agency."""
    found = DocumentVersion.objects.filter(sha256__startswith=digits, document__report__isnull=False)
    version = found.select_related("document").order_by("-pk").first()
    if version is None:
        return None
    moves = version.document.moves.filter(to_state__in=OUTSIDE, moved_at__gte=version.created_at)
    went_out = moves.order_by("pk").first()
    return _checked(version, went_out) if went_out and went_out.moved_at else None


def _checked(version: DocumentVersion, went_out: DocumentMove) -> CheckedPaper:
    document = version.document
    latest = document.versions.latest().pk == version.pk
    in_force = latest and document.state in IN_FORCE
    day = document.issued_on if latest and document.issued_on else timezone.localdate(went_out.moved_at)
    report = Report.objects.select_related("agency", "unit", "period").get(document=document)
    name = report.agency.name_on(report.period.data_to).name
    return CheckedPaper(
        code=code_of(version),
        number=document.code,
        day=day,
        agency=f"{name}, {report.unit.full_name}",
        sha256=version.sha256,
        in_force=in_force,
        files=_hashes(version, went_out),
    )


def _hashes(version: DocumentVersion, went_out: DocumentMove) -> list[FileHash]:
    """Of each kind the last one made since the paper went out; those before bear the mark of a draft."""
    made = DocumentFile.objects.filter(
        document_version=version, nature=FileNature.GENERATED, created_at__gte=went_out.moved_at
    )
    newest = {file.media_type: file for file in made.order_by("pk")}
    kinds = {FORMAT_NAMES[name]: media_type for name, media_type in MEDIA_TYPES.items()}
    return [FileHash(name, newest[kind].sha256) for name, kind in kinds.items() if kind in newest]
