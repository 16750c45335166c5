"""The tables of the body: targets by objective, sessions by content, women among those who came."""

from __future__ import annotations

from coordination.formats import number_vi
from coordination.manuscript import Block, Cell, Column, Row, Table
from programs.models import Component
from reports.compose import words
from reports.compose.paper import Paper
from reports.compose.results import objectives_of, was_read
from reports.figures import At

# Statuses of the scoreboard as columns: heading and figure.
_STATUSES = (
    ("Vượt", "targets.exceeded", 15.0),
    ("Đạt", "targets.just_met", 15.0),
    ("Chưa đạt", "targets.missed", 20.0),
    ("Chưa có số liệu", "targets.unknown", 24.0),
)


def targets(paper: Paper, key: str, framework: str) -> list[Block]:
    """Indicators by objective and status; nothing where none of them was ever read."""
    board = paper.values.judged().board
    if not was_read(board, framework):
        return []
    columns = (
        Column("TT", 10, "center"),
        Column("Mục tiêu của Chiến lược", 61, "left"),
        Column("Số chỉ tiêu áp dụng", 20),
        *(Column(title, width) for title, _code, width in _STATUSES),
    )
    codes = ("targets.apply", *(code for _title, code, _width in _STATUSES))
    rows = [
        Row(
            (
                Cell(str(number)),
                Cell(objective.name),
                *(paper.cell(code, framework=framework, objective=objective.code) for code in codes),
            )
        )
        for number, objective in enumerate(objectives_of(board, framework), 1)
    ]
    total = Row((Cell(""), Cell("Tổng số"), *(paper.cell(code, framework=framework) for code in codes)), "total")
    caption = (
        f"{paper.label('table', 'targets', 'Bảng')}. Tình trạng thực hiện các chỉ tiêu theo mục tiêu của Chiến lược"
    )
    return [Table(key, columns, (*rows, total), caption, "Đơn vị tính: chỉ tiêu")]


def contents(paper: Paper, key: str) -> list[Block]:
    """Sessions and attendances by content, beside the same period last year."""
    if not paper.get("activities.sessions"):
        return []
    caption = f"{paper.label('table', 'contents', 'Bảng')}. Số cuộc theo nội dung, so với cùng kỳ"
    label = words.capital(paper.spec.period.label)
    before = f"Cùng kỳ năm {paper.last_day.year - 1}"
    columns = (
        Column("Nội dung", 54.5, "left"),
        Column("Số cuộc", 16, group=label),
        Column("Lượt người", 29, group=label),
        Column(before, 20),
        Column("Số cuộc", 19, group="So với cùng kỳ"),
        Column("Tỷ lệ", 26.5, group="So với cùng kỳ"),
    )
    rows = [Row(_content_cells(paper, content)) for content in paper.content_rows]
    total = Row(_sessions_cells(paper, "Tổng số"), "total")
    return [Table(key, columns, (*rows, total), caption, "Đơn vị tính: cuộc; lượt người")]


def _content_cells(paper: Paper, content: Component) -> tuple[Cell, ...]:
    if not any(paper.get("activities.sessions", at, content=content.code) for at in (At.NOW, At.LAST_YEAR)):
        return (Cell(content.short_name), Cell(words.NO_DATA, span=5, emphasis="italic"))
    return _sessions_cells(paper, content.short_name, content=content.code)


def _sessions_cells(paper: Paper, name: str, **axes: str) -> tuple[Cell, ...]:
    return (
        Cell(name),
        paper.cell("activities.sessions", **axes),
        paper.cell("activities.attendances", empty=words.NOT_STATED, **axes),
        paper.cell("activities.sessions", At.LAST_YEAR, empty=_no_last_year(paper), **axes),
        *paper.change_cells("activities.sessions", **axes),
    )


def _no_last_year(paper: Paper) -> str:
    """A content without sessions had none, in a year that has any; else last year is not known."""
    return "0" if paper.get("activities.sessions", At.LAST_YEAR) else words.NOT_STATED


def women(paper: Paper, key: str) -> list[Block]:
    """Women among the attendances, of the activities only that state them, and how many do."""
    if not paper.get("activities.women_share"):
        return []
    caption = f"{paper.label('table', 'women', 'Bảng')}. Lượt người tham gia và tỷ lệ nữ theo nội dung"
    group = "Trong đó, ở các cuộc có tách nữ"
    columns = (
        Column("Nội dung", 40, "left"),
        Column("Lượt người tham gia", 29),
        Column("Số cuộc có tách", 20, group=group),
        Column("Lượt người", 29, group=group),
        Column("Nữ", 29, group=group),
        Column("Tỷ lệ nữ", 18, group=group),
    )
    rows = [
        Row(_women_cells(paper, short(content.short_name), content=content.code))
        for content in paper.content_rows
        if paper.get("activities.sessions", content=content.code)
    ]
    total = Row(_women_cells(paper, "Tổng số"), "total")
    return [Table(key, columns, (*rows, total), caption, "Đơn vị tính: lượt người")]


def _women_cells(paper: Paper, name: str, **axes: str) -> tuple[Cell, ...]:
    stated, every = (
        paper.get(f"activities.{code}", **axes).value or 0 for code in ("sessions_with_women", "sessions")
    )
    empty = words.NOT_STATED
    return (
        Cell(name),
        paper.cell("activities.attendances", empty=empty, **axes),
        Cell(
            f"{number_vi(stated)}/{number_vi(every)}",
            float(stated),
            paper.ref("activities.sessions_with_women", **axes) if stated else "",
        ),
        paper.cell("activities.attendances_with_women", empty=empty, **axes),
        paper.cell("activities.women", empty=empty, **axes),
        paper.cell("activities.women_share", empty=empty, **axes),
    )


def short(name: str) -> str:
    """ "Nội dung 1: Tuyên truyền…" -> "Nội dung 1"."""
    return name.partition(":")[0]
