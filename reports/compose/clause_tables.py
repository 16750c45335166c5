"""Tables on work under an agreement: by year, by task, clauses by year, indicators year by year."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

from coordination.formats import number_vi
from coordination.manuscript import Block, Cell, Column, Row, Table
from programs.enums import CoverageState, ItemState
from programs.indicator_words import is_yes_no, value_text
from programs.scoreboard import Line
from reports.compose import words
from reports.compose.paper import Paper
from reports.compose.results import was_read
from reports.compose.work import STATES, ClauseWork, SectionWork, Task, plain_words
from reports.figures import At


def years(paper: Paper, key: str) -> list[Block]:
    """Sessions and people by year of the stage."""
    if not paper.get("activities.sessions"):
        return []
    caption = f"{paper.label('table', 'years', 'Bảng')}. Kết quả theo từng năm của giai đoạn"
    columns = (
        Column("Năm", 25, "center"),
        Column("Số nhiệm vụ hoàn thành", 32),
        Column("Số cuộc", 24),
        Column("Lượt người", 29),
        Column("Nữ", 26, group="Trong đó"),
        Column("Người dân tộc thiểu số", 29, group="Trong đó"),
    )
    rows = [Row(_year_cells(paper, str(year), _finished(paper, year), year=str(year))) for year in _span(paper)]
    total = Row(_year_cells(paper, "Cả giai đoạn", _finished(paper, None)), "total")
    legend = "Cột “Trong đó” chỉ cộng các cuộc có tách; “…”: không ghi."
    return [Table(key, columns, (*rows, total), caption, "Đơn vị tính: cuộc; lượt người", legend)]


def _span(paper: Paper) -> list[int]:
    """Years of the window; a paper without agreement has them, too."""
    return paper.work.years if paper.work else list(paper.compared.now.years)


def _finished(paper: Paper, year: int | None) -> Cell:
    tasks = [task for task in paper.work.tasks if year in (None, task.year)] if paper.work else []
    standing = [task for task in tasks if task.state != ItemState.CANCELLED]
    done = sum(task.state == ItemState.DONE for task in standing)
    return Cell(f"{done}/{len(standing)}", done) if standing else Cell(words.NOT_POSSIBLE)


def _year_cells(paper: Paper, name: str, finished: Cell, **axes: str) -> tuple[Cell, ...]:
    codes = ("activities.attendances", "activities.women", "activities.minority")
    stated = (paper.cell(code, empty=words.NOT_STATED, **axes) for code in codes)
    return (Cell(name), finished, paper.cell("activities.sessions", **axes), *stated)


def tasks(paper: Paper, key: str) -> list[Block]:
    """Every task with what was planned and what was done, under its clause."""
    work = paper.work
    if work is None or not work.tasks:
        return []
    columns = (
        Column("TT", 8, "center"),
        Column("Nội dung phối hợp, nhiệm vụ", 59, "left"),
        Column("Chủ trì", 25, "left"),
        Column("Kế hoạch", 19, "center"),
        Column("Thực hiện", 15),
        Column("Lượt người", 15),
        Column("Kết quả", 24, "center"),
    )
    rows: list[Row] = []
    for section in work.sections:
        rows += _section_rows(paper, section, len(columns))
    if work.outside:
        rows.append(Row((Cell("Nhiệm vụ khác trong kế hoạch", span=len(columns)),), "group"))
        rows += [_task_row(paper, task) for task in work.outside]
    numbered = _numbered(rows)
    legend = "“–”: nhiệm vụ không ghi số lượng; “…”: không ghi số người."
    return [Table(key, columns, tuple(numbered), legend=legend, keep=False, small=True)]


def _numbered(rows: list[Row]) -> list[Row]:
    number, made = 0, []
    for row in rows:
        if row.style == "plain":
            number += 1
            row = Row((Cell(str(number)), *row.cells), row.style)
        made.append(row)
    return made


def _section_rows(paper: Paper, section: SectionWork, width: int) -> list[Row]:
    """A clause whose only task repeats its words is not named above it."""
    rows: list[Row] = []
    for clause in section.clauses:
        if {plain_words(task.words.text) for task in clause.tasks} - {plain_words(clause.clause.text)}:
            rows.append(Row((Cell(plain_words(clause.clause.text), span=width),), "group"))
        rows += [_task_row(paper, task) for task in clause.tasks]
    return [Row((Cell(section.title, span=width),), "group"), *rows] if rows else []


def _task_row(paper: Paper, task: Task) -> Row:
    several = len(paper.compared.now.years) > 1
    name = f"{task.words.text.rstrip(' .;')}{f' ({task.year})' if several else ''}"
    done = Cell(words.NOT_POSSIBLE)
    if task.done is not None:
        done = paper.cell(task.done.code, **task.done.axes)
    people = paper.cell("activities.attendances", empty=words.NOT_STATED, item=str(task.item.pk))
    planned = Cell(task.words.quantity or words.NOT_POSSIBLE)
    return Row((Cell(name), Cell(task.words.lead), planned, done, people, Cell(words.capital(STATES[task.state]))))


def coverage(paper: Paper, key: str) -> list[Block]:
    """Clause × year: tasks done of those planned."""
    work = paper.work
    if work is None or not work.clauses:
        return []
    wide = 15.0 if len(work.years) <= 6 else 10.0
    columns = (
        Column("TT", 9, "center"),
        Column("Nội dung phối hợp", 156.0 - 18.0 - wide * len(work.years), "left"),
        *(Column(str(year), wide, "center", group="Hoàn thành/nhiệm vụ kế hoạch") for year in work.years),
        Column("Cả giai đoạn", 18, "center"),
    )
    rows: list[Row] = []
    number = 0
    for section in work.sections:
        rows.append(Row((Cell(section.title, span=len(columns)),), "group"))
        for clause in section.clauses:
            number += 1
            cells = (_coverage_cell(clause.of_year(year), clause.coverage(year)) for year in work.years)
            text = Cell(clause.clause.text.rstrip(" .;"))
            rows.append(Row((Cell(str(number)), text, *cells, _coverage_cell(clause, CoverageState.NOTHING))))
    legend = "“0”: trong năm chưa có nhiệm vụ nào; “–”: nội dung chưa hoặc không còn hiệu lực."
    return [Table(key, columns, tuple(rows), legend=legend, keep=False, small=True)]


def _coverage_cell(clause: ClauseWork, state: CoverageState) -> Cell:
    if clause.standing:
        return Cell(f"{len(clause.finished)}/{len(clause.standing)}", len(clause.finished))
    return Cell(words.NOT_POSSIBLE) if state == CoverageState.NOT_IN_FORCE else Cell("0", 0)


def indicators(paper: Paper, key: str, framework: str) -> list[Block]:
    """Indicators as known at the end of each year of the stage, the last less the first that was read."""
    judged = paper.values.judged()
    if not was_read(judged.board, framework):
        return []
    span = _span(paper)
    columns = (
        Column("Số", 10, "center"),
        Column("Chỉ tiêu", 155.0 - 18.0 * len(span) - 22.0, "left"),
        *(Column(str(year), 18, group="Số liệu đến cuối năm") for year in span),
        Column("So với số đầu tiên", 22),
    )
    rows = []
    for line in judged.lines((), {"framework": framework}):
        for one in line.parts or (line,):
            read = [_indicator_cell(paper, one, year) for year in span]
            if any(cell.ref for cell in read):
                plain = one.indicator.measured_in == "%" or is_yes_no(one.indicator)
                unit = "" if plain else f" ({one.indicator.measured_in})"
                number = one.indicator.number if one is line else f"{line.indicator.number} {one.indicator.number}"
                named = (Cell(number), Cell(f"{one.indicator.name}{unit}"))
                rows.append(Row((*named, *read, _moved(read))))
    legend = "“…”: chưa có số liệu; “–”: không so sánh được. Số của năm chưa đo lại là số đo gần nhất trước đó."
    unit = "Đơn vị tính: %, trừ chỉ tiêu có ghi đơn vị khác"
    return [Table(key, columns, tuple(rows), unit=unit, legend=legend, keep=False, small=True)] if rows else []


def _indicator_cell(paper: Paper, line: Line, year: int) -> Cell:
    code = line.indicator.code
    amount = paper.get("indicators.value", indicator=code, year=str(year))
    if amount.value is None:
        return Cell(words.NOT_STATED)
    ref = paper.ref("indicators.value", At.NOW, indicator=code, year=str(year))
    return Cell(value_text(line.indicator, Decimal(amount.value)), float(amount.value), ref)


def _printed(value: float) -> Decimal:
    """With the decimals of the cells: what is told of them has to fit them."""
    return Decimal(str(value)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _moved(read: list[Cell]) -> Cell:
    known = [_printed(cell.value) for cell in read if cell.value is not None]
    if len(known) < 2 or read[-1].value is None:
        return Cell(words.NOT_POSSIBLE)
    moved = known[-1] - known[0]
    told = f"{words.direction(moved)} {number_vi(abs(moved), 1)}" if moved else "bằng"
    return Cell(told, float(moved))


ANNEXES: dict[str, Callable[..., list[Block]]] = {"tasks": tasks, "coverage": coverage, "indicators": indicators}
