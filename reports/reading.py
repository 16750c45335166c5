"""What whoever reads a report to approve, receive or return it looks at beside the text."""

from __future__ import annotations

from datetime import date
from typing import Any

from coordination.manuscript import Heading, Manuscript
from coordination.models import DocumentMove, DocumentVersion, Membership
from coordination.review_page import Change, changes_between, seats_of
from reports.checks import findings
from reports.models import CheckAnswer, Report
from reports.page import UrlOf, key_numbers, latest_version, manuscript_of, sheet_of
from reports.receivers import waiting_to_be_received


def headings_of(manuscript: Manuscript) -> list[str]:
    """Of the first level, as the paper numbers them: what a reason to return may speak of."""
    found = [block for block in manuscript.blocks if isinstance(block, Heading) and block.level == 1]
    return list(dict.fromkeys(f"{block.number} {block.text}".strip() for block in found))


def summary_context(report: Report, acting: Membership | None, url_of: UrlOf, today: date) -> dict[str, Any]:
    """One page a leader reads before approving: numbers, what changed, warnings with their reasons, who spoke."""
    manuscript, frozen = manuscript_of(report)
    found = [] if frozen else findings(report)
    return {
        "report": report,
        "document": report.document,
        "agency_name": report.agency.name_on(report.period.data_to).name,
        "keys": key_numbers(report, manuscript, url_of),
        "summary": manuscript.summary,
        "stopping": [one for one in found if one.is_error or not one.is_answered],
        "answered": [one for one in found if not one.is_error and one.is_answered],
        "checked": _last_move(report, "check"),
        "asked": _last_move(report, "ask"),
        "seats": seats_of(report.document, manuscript.sha256(), acting, today),
    }


def _last_move(report: Report, action: str) -> DocumentMove | None:
    """Of this version: a check of a text that was edited since says nothing."""
    moves = report.document.moves.select_related("moved_by").order_by("-pk")
    for move in moves:
        if move.action in ("back", "return", "draft"):
            return None
        if move.action == action:
            return move
    return None


def reading_context(report: Report, acting: Membership | None, own: set[int], url_of: UrlOf) -> dict[str, Any]:
    """The text with what was said of it, how it differs from the version before, and the way through the queue."""
    manuscript, frozen = manuscript_of(report)
    before, after = neighbours(report, own)
    return {
        "report": report,
        "document": report.document,
        "agency_name": report.agency.name_on(report.period.data_to).name,
        "sheet": sheet_of(manuscript, frozen, url_of),
        "keys": key_numbers(report, manuscript, url_of),
        "answers": CheckAnswer.objects.filter(report=report).select_related("given_by").order_by("pk"),
        "seats": seats_of(report.document, manuscript.sha256(), acting, report.period.data_to),
        "is_first": report.document.versions.count() == 1,
        "changes": changes_since_last_version(report, manuscript),
        "last_period": report_of_last_period(report),
        "before": before,
        "after": after,
    }


def changes_since_last_version(report: Report, manuscript: Manuscript) -> list[Change]:
    """None for a report that was never returned."""
    latest = latest_version(report)
    if latest is None:
        return []
    earlier = DocumentVersion.objects.filter(document=report.document_id, number=latest.number - 1).first()
    return changes_between(Manuscript.from_json(earlier.manuscript), manuscript) if earlier else []


def report_of_last_period(report: Report) -> Report | None:
    """The last one of the same kind and length that is out."""
    same = Report.objects.filter(
        agency=report.agency_id,
        kind=report.kind,
        scope=report.scope,
        agreement=report.agreement_id,
        period__kind=report.period.kind,
    )
    earlier = same.in_the_open().filter(period__data_to__lt=report.period.data_to)
    found: Report | None = earlier.for_list().order_by("-period__data_to", "-pk").first()
    return found


def neighbours(report: Report, own: set[int]) -> tuple[Report | None, Report | None]:
    """The one before and the one after in the queue of those that wait to be received."""
    queue = waiting_to_be_received(own).select_related("document")
    before: Report | None = queue.filter(pk__lt=report.pk).order_by("-pk").first()
    after: Report | None = queue.filter(pk__gt=report.pk).order_by("pk").first()
    return before, after


def version_context(report: Report, number: int) -> dict[str, Any] | None:
    """An earlier version as it was, and what the next one changed; None where there is no such version."""
    versions = {row.number: row for row in report.document.versions.select_related("created_by")}
    if number not in versions:
        return None
    shown = Manuscript.from_json(versions[number].manuscript)
    following = versions.get(number + 1)
    current = report.document.is_frozen and following is None
    return {
        "report": report,
        "document": report.document,
        "version": versions[number],
        "is_current": current,
        "sheet": sheet_of(shown, True, lambda _ref: ""),
        "changes": changes_between(shown, Manuscript.from_json(following.manuscript)) if following else [],
        "following": following,
    }
