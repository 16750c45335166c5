"""Who wrote in a report last: the texts of its sections have a history, and somebody began it."""

from __future__ import annotations

from coordination.models import DocumentMove, Section
from reports.models import Report


def last_writer(report: Report) -> int | None:
    """Id of the person; who began the draft where nobody changed a text since. None where that is not known."""
    written = Section.history.filter(document=report.document_id).order_by("-history_date", "-history_id")
    writer: int | None = written.values_list("history_user", flat=True).first()
    if writer is not None:
        return writer
    begun = DocumentMove.objects.filter(document=report.document_id, action="draft").order_by("pk")
    return begun.values_list("moved_by", flat=True).first()
