"""Sections of reports given to an agency to write: on its first page, and where a notice about them leads."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from coordination.enums import DocumentState
from coordination.models import Document, Membership, User
from coordination.notices import PARTS_SHOWN
from reports.enums import PartState
from reports.models import Report, ReportPart
from reports.writers import plain


@dataclass(frozen=True)
class WaitingPart:
    part: ReportPart
    heading: str
    url: str


def waiting_sections(acting: Membership, own: set[int]) -> list[WaitingPart]:
    """Not done yet, in reports that are still drafts, the first due first."""
    if not acting.writes:
        return []
    parts = ReportPart.objects.filter(agency__in=own, report__document__state=DocumentState.DRAFT)
    parts = parts.exclude(state=PartState.DONE).select_related("report__document", "report__period")
    parts = list(parts.prefetch_related("report__outline__sections").order_by("due_on", "pk"))
    return [WaitingPart(part, _heading(part), _url(part.report, part.key)) for part in parts]


def _heading(part: ReportPart) -> str:
    sections = part.report.outline.sections.all()
    return next((plain(section) for section in sections if section.key == part.key), part.key)


def _url(report: Report, key: str) -> str:
    return reverse("reports:write_section", args=[report.uid, key])


def part_of_report(document: Document, user: User) -> str:
    """The page to write on, for whoever was given a section; "" for everybody else."""
    report = Report.objects.written_by(user).filter(document=document, document__state=DocumentState.DRAFT).first()
    return reverse("reports:write_overview", args=[report.uid]) if report else ""


PARTS_SHOWN.append(part_of_report)
