"""What a supplement or a correction prints first: which report it follows, and its table was / is / why."""

from __future__ import annotations

from datetime import date

from django.utils.timezone import localdate

from coordination.formats import date_vi, date_words, number_vi
from coordination.manuscript import Block, Cell, Column, Paragraph, Row, Span, Table
from reports.enums import ReportNature
from reports.models import Report, ReportChange

KEY = "later"
SHOWN = 5  # references on one line
COLUMNS = (
    Column("Số liệu", 63, "left"),
    Column("Đã báo cáo", 26),
    Column("Nay là", 26),
    Column("Vì sao", 50, "left"),
)
_DOES = {
    ReportNature.SUPPLEMENT: "Báo cáo này bổ sung %s. Số liệu bổ sung như sau:",
    ReportNature.CORRECTION: "Báo cáo này thay thế %s. Số liệu thay đổi như sau:",
}


def changes_of(report: Report) -> list[Block]:
    """Empty for an original."""
    if report.nature == ReportNature.ORIGINAL or report.supersedes is None:
        return []
    lines = list(ReportChange.objects.filter(report=report))
    said = _DOES[ReportNature(report.nature)] % _named(report.supersedes)
    blocks: list[Block] = [Paragraph(f"{KEY}.follows", (Span(said),), "lead" if lines else "body")]
    if lines:
        rows = tuple(Row((Cell(one.label), Cell(one.was), Cell(one.now), Cell(one.reason))) for one in lines)
        caption = "Số liệu đã báo cáo và số liệu nay biết"
        blocks.append(Table(f"{KEY}.changes", COLUMNS, rows, caption=caption, keep=len(rows) <= 12))
    return [*blocks, *_unlocked(report.supersedes)]


def _named(report: Report) -> str:
    document = report.document
    if not document.issued_on:
        return f"“{document.subject}”"
    number = f"số {document.code} " if document.number else ""
    return f"Báo cáo {number}{date_words(document.issued_on)}"


def _unlocked(report: Report) -> list[Block]:
    """Records the report counts that were opened to be mended, those of one act on one line."""
    acts: dict[tuple[date, date, str], list[str]] = {}
    for one in report.unlockings.order_by("pk"):
        acts.setdefault((localdate(one.created_at), one.until, one.reason), []).append(one.reference)
    items = [f"{_listed(names)}: mở khóa {span_words(*days)}; {reason}" for (*days, reason), names in acts.items()]
    if not items:
        return []
    last = len(items) - 1
    lead = Paragraph(f"{KEY}.unlocked", (Span("Bản ghi đã mở khóa để sửa:"),), "lead")
    lines = (
        Paragraph(f"{KEY}.unlocked.{place}", (Span(words),), "last_item" if place == last else "item")
        for place, words in enumerate(items)
    )
    return [lead, *lines]


def span_words(first: date, last: date) -> str:
    """Both inclusive."""
    return f"ngày {date_vi(first)}" if first == last else f"từ ngày {date_vi(first)} đến ngày {date_vi(last)}"


def _listed(names: list[str]) -> str:
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" và {number_vi(more)} bản ghi khác" if more > 0 else "")
