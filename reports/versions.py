"""Earlier versions of a report that was returned: when each was approved, sent and returned, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from coordination.enums import FileNature
from coordination.models import DocumentFile, DocumentMove, DocumentVersion
from reports.models import Report


@dataclass(frozen=True)
class Earlier:
    """`sent` and `returned`: its moves, None where it was never sent; `files`: what was made of it."""

    version: DocumentVersion
    sent: DocumentMove | None
    returned: DocumentMove | None
    files: list[DocumentFile]


def earlier_versions(report: Report) -> list[Earlier]:
    """Newest first; without the one that is in force now."""
    document = report.document
    versions = list(document.versions.defer("manuscript").select_related("created_by").order_by("number"))
    current = versions[-1].number if versions and document.is_frozen else None
    moves = _by_version(list(document.moves.select_related("moved_by").order_by("pk")))
    files = list(document.files.filter(nature=FileNature.GENERATED).order_by("pk"))
    return [
        Earlier(
            version,
            _last(moves.get(version.number, []), "send"),
            _last(moves.get(version.number, []), "return"),
            [file for file in files if file.document_version_id == version.pk][-1:],
        )
        for version in reversed(versions)
        if version.number != current
    ]


def _by_version(moves: list[DocumentMove]) -> dict[int, list[DocumentMove]]:
    """Each approval makes a version; what follows until the next approval is about that one."""
    found: dict[int, list[DocumentMove]] = {}
    number = 0
    for move in moves:
        number += move.action == "approve"
        found.setdefault(number, []).append(move)
    return found


def _last(moves: list[DocumentMove], action: str) -> Any:
    return next((move for move in reversed(moves) if move.action == action), None)
