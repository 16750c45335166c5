"""From how many agencies a consolidated report is made, and which are missing: said in every such report."""

from __future__ import annotations

from coordination.formats import number_vi
from coordination.manuscript import Block, Paragraph, Span
from reports.compose import words
from reports.compose.paper import Paper
from reports.enums import SeatState

WORD, PART = "consolidated", "text.consolidated"  # where an outline says it itself, it is not said twice


def consolidated_words(paper: Paper) -> str:
    """Who is left out is in no number; who has not sent is, by its records. Empty for other reports."""
    if not paper.of_round:
        return ""
    missing = [row.seat.agency_short for row in paper.asked if row.state == SeatState.LEFT_OUT]
    unsent = [row.seat.agency_short for row in paper.asked if row.is_owed]
    counted, every = number_vi(len(paper.asked) - len(missing)), number_vi(len(paper.asked))
    said = f"Báo cáo tổng hợp từ {counted}/{every} cơ quan, đơn vị"
    said += f"; không có: {words.listed(missing)}." if missing else "."
    if unsent:
        said += f" Chưa nhận được báo cáo của: {words.listed(unsent)}; số liệu lấy từ những gì đã ghi nhận."
    return said


def consolidated_from(paper: Paper, key: str) -> list[Block]:
    """As a paragraph, for outlines that name the place."""
    said = consolidated_words(paper)
    return [Paragraph(key, (Span(said),))] if said else []


def is_said_by(texts: list[str], parts: list[str]) -> bool:
    return PART in parts or any(f"{{{WORD}}}" in text for text in texts)
