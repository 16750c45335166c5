"""A report as a page: its manuscript, from today's records or as it was approved, with its files and its history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import rules
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.enums import DocumentState, JobState
from coordination.formats import date_vi, number_vi
from coordination.jobs import is_unattended
from coordination.manuscript import Manuscript
from coordination.models import DocumentVersion, Membership
from programs.facts import Fact
from programs.models import Activity, BudgetEntry, Measurement, ModelEvent
from reports.compose import compose
from reports.compose.keys import KEY_FIGURES, Get, unpacked
from reports.compose.words import in_table, percent_change
from reports.figures import At, Compared, Ref, Scope, Values
from reports.figures.activities import ACTIVITIES
from reports.figures.registry import change, every_tally, facts_behind
from reports.jobs import files_jobs_of, files_of
from reports.models import Report
from reports.previews import preview_job_of, preview_of
from reports.typeset.html import blocks_html, spans_html

UrlOf = Callable[[str], str]

FROZEN_WORDS: dict[type[Fact], Promise] = {
    Activity: gettext_lazy("%(count)s activities"),
    ModelEvent: gettext_lazy("%(count)s events of models"),
    Measurement: gettext_lazy("%(count)s readings of indicators"),
    BudgetEntry: gettext_lazy("%(count)s entries of money"),
}


@dataclass(frozen=True)
class KeyNumber:
    """`change` compares with the same period last year ("" where nothing can be compared)."""

    text: str
    label: str
    change: str
    href: str


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


def latest_version(report: Report) -> DocumentVersion | None:
    return report.document.versions.order_by("-number").first()


def manuscript_of(report: Report) -> tuple[Manuscript, bool]:
    """The approved text once there is one, else the text today's records give; and whether it is frozen."""
    version = latest_version(report) if report.document.is_frozen else None
    if version:
        return Manuscript.from_json(version.manuscript), True
    return compose(report), False


def sheet_of(manuscript: Manuscript, frozen: bool, url_of: UrlOf) -> ReportSheet:
    annexes = [
        AnnexSheet(f"Phụ lục {annex.number}".strip(), " ".join(annex.title), blocks_html(annex.blocks, url_of))
        for annex in manuscript.annexes
    ]
    return ReportSheet(
        frozen=frozen,
        body=blocks_html(manuscript.blocks, url_of),
        closing=spans_html(manuscript.closing, url_of),
        annexes=annexes,
    )


def key_numbers(report: Report, manuscript: Manuscript, url_of: UrlOf) -> list[KeyNumber]:
    """Those that have data, as the text beside them has them."""
    get = unpacked(manuscript) or _counted(report)
    found = []
    for code, whole in KEY_FIGURES:
        amount, ref = get(code, At.NOW), Ref(code)
        every = get(whole, At.NOW).value if whole else None
        if amount.value is None or (whole and not every):
            continue
        text = in_table(amount, ref.figure) + (f"/{number_vi(every)}" if whole else "")
        moved = "" if whole else changed_words(get, code)
        found.append(KeyNumber(text, str(ref.figure.label), moved, url_of(str(ref))))
    return found


def _counted(report: Report) -> Get:
    """Over the facts the report counts."""
    return Values(Scope.of_report(report), Compared.of(report.period), [every_tally(ACTIVITIES)]).get


def changed_words(get: Get, code: str) -> str:
    """ "tăng 46 (12,6%)", or percentage points for a share."""
    now, before = (get(code, at) for at in (At.NOW, At.LAST_YEAR))
    moved = change(now, before)
    if moved.value is None:
        return ""
    if not moved.value:
        return _("as in the same period last year")
    if Ref(code).figure.shown == "percent":
        words = _("up %(points)s percentage points") if moved.value > 0 else _("down %(points)s percentage points")
        return words % {"points": number_vi(abs(moved.value), 1)}
    if not before.value:  # nothing to take a share of
        return _("up %(number)s") % {"number": number_vi(moved.value)}
    words = _("up %(number)s (%(percent)s)") if moved.value > 0 else _("down %(number)s (%(percent)s)")
    return words % {"number": number_vi(moved.size.value), "percent": percent_change(now, before)}


def files_context(report: Report, acting: Membership | None, manuscript: Manuscript | None = None) -> dict[str, Any]:
    """Newest file first: that of the issued document once it is made. `waiting`: the job that makes the next one.

    Before approving there is a `preview` for those who may see one. While one is made no record is read again.
    """
    files = files_of(report.document) if report.document.is_frozen else []
    jobs, preview = files_jobs_of(report.document), None
    if not report.document.is_frozen and rules.has_perm("reports.preview_report", acting, report):
        previewed = preview_job_of(report)
        jobs = [previewed] if previewed else []
        if not any(job.state not in JobState.ended() for job in jobs):
            preview = preview_of(report, manuscript or compose(report))
    waiting = next((job for job in jobs if job.state not in JobState.ended()), None)
    return {
        "report": report,
        "document": report.document,
        "files": files,
        "preview": preview,
        "waiting": waiting,
        "unattended": waiting is not None and is_unattended(waiting),
        "failed": next((job for job in jobs if job.state == JobState.FAILED), None),
    }


def report_context(report: Report, acting: Membership | None, url_of: UrlOf) -> dict[str, Any]:
    manuscript, frozen = manuscript_of(report)
    return files_context(report, acting, manuscript) | {
        "sheet": sheet_of(manuscript, frozen, url_of),
        "keys": key_numbers(report, manuscript, url_of),
        "agency_name": report.agency.name_on(report.period.data_to).name,
        "moves": report.document.moves.select_related("moved_by").order_by("pk"),
        "next_step": next_step(report),
    }


def what_freezes(report: Report) -> list[str]:
    """How many records of each kind approving would count and lock, those of the same period last year among them."""
    facts = facts_behind(Scope.of_report(report), Compared.of(report.period))
    counts = {table: rows.order_by().count() for table, rows in facts.items()}
    return [str(FROZEN_WORDS[table]) % {"count": number_vi(count)} for table, count in counts.items() if count]


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
        DocumentState.CHECKED: _("The report is checked: the leader reads and approves it."),
        DocumentState.WITH_PARTNER: _("Other agencies give their opinion; the leader may approve meanwhile."),
        DocumentState.ISSUED: _("The report is issued. What comes later goes into a supplement."),
        DocumentState.SENT: _("The report is sent: who receives it keeps it or returns it with reasons."),
        DocumentState.RECEIVED: _("The report is received. What comes later goes into a supplement."),
        DocumentState.SUPERSEDED: _("A correction took the place of this report."),
    }
    return steps.get(DocumentState(state), "")
