"""A report as a page: its manuscript, from today's records or as it was approved, with its files and its history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from coordination.enums import DocumentState, JobState
from coordination.formats import date_vi
from coordination.manuscript import Manuscript
from coordination.models import DocumentVersion
from reports.compose import compose
from reports.jobs import pdf_job_of, pdf_of
from reports.models import Report
from reports.typeset.html import blocks_html, spans_html

UrlOf = Callable[[str], str]


@dataclass(frozen=True)
class AnnexSheet:
    label: str
    title: str
    body: SafeString


@dataclass(frozen=True)
class ReportSheet:
    """What a page shows of a manuscript; `frozen` when it is the approved version."""

    frozen: bool
    body: SafeString
    closing: SafeString
    annexes: list[AnnexSheet]
    summary: str


def latest_version(report: Report) -> DocumentVersion | None:
    return report.document.versions.order_by("-number").first()


def manuscript_of(report: Report) -> tuple[Manuscript, bool]:
    """The approved text once there is one, else the text today's records give; and whether it is frozen."""
    version = latest_version(report) if report.document.is_frozen else None
    if version:
        return Manuscript.from_json(version.manuscript), True
    return compose(report), False


def sheet_of(report: Report, url_of: UrlOf) -> ReportSheet:
    manuscript, frozen = manuscript_of(report)
    annexes = [
        AnnexSheet(f"Phụ lục {annex.number}".strip(), " ".join(annex.title), blocks_html(annex.blocks, url_of))
        for annex in manuscript.annexes
    ]
    return ReportSheet(
        frozen=frozen,
        body=blocks_html(manuscript.blocks, url_of),
        closing=spans_html(manuscript.closing, url_of),
        annexes=annexes,
        summary=manuscript.summary,
    )


def files_context(report: Report) -> dict[str, Any]:
    """Newest file first: that of the issued document once it is made. `waiting`: the job that makes the next one."""
    newest, job = pdf_of(report.document), pdf_job_of(report.document)
    return {
        "report": report,
        "document": report.document,
        "files": [newest] if newest else [],
        "waiting": job if job and job.state not in JobState.ended() else None,
        "failed": job if job and job.state == JobState.FAILED else None,
    }


def report_context(report: Report, url_of: UrlOf) -> dict[str, Any]:
    return files_context(report) | {
        "sheet": sheet_of(report, url_of),
        "agency_name": report.agency.name_on(report.period.data_to).name,
        "moves": report.document.moves.select_related("moved_by").order_by("pk"),
        "next_step": next_step(report),
    }


def next_step(report: Report) -> str:
    """What has to happen next, for readers who have nothing to do themselves."""
    state, last_day = report.document.state, report.period.data_to
    if state == DocumentState.DRAFT and timezone.localdate() <= last_day:
        return _(
            "The period runs until %(day)s. Until then the numbers follow the records; then the leader approves."
        ) % {"day": date_vi(last_day)}
    steps = {
        DocumentState.DRAFT: _("The leader of the agency reads and approves the report."),
        DocumentState.APPROVED: _("The records clerk enters number and day; then the report is issued."),
        DocumentState.ISSUED: _("The report is issued. What comes later goes into a supplement."),
    }
    return steps.get(DocumentState(state), "")
