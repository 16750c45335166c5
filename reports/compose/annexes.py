"""The annexes: targets, activities by content and month, models in stock, money by source, list of activities.

Each makes the blocks of one annex, or none where it has nothing to say; the annex is then left out and its number
goes to the next.
"""

from __future__ import annotations

from collections.abc import Callable

from coordination.formats import month_number
from coordination.manuscript import Block, Cell, Column, Row, Table
from programs.enums import FundingSource, ModelStanding, TargetStatus
from programs.indicator_words import goal, is_yes_no
from programs.models import Component, ModelKind
from programs.scoreboard import Line
from reports.compose import words
from reports.compose.lists import activities
from reports.compose.paper import NO_CONTENT, Paper
from reports.compose.results import measured, objectives_of, parts_of, was_read
from reports.figures import At

_STATUS_WORDS = {
    TargetStatus.EXCEEDED: "Vượt",
    TargetStatus.MET: "Đạt",
    TargetStatus.NOT_MET: "Chưa đạt",
    TargetStatus.NO_DATA: "Chưa có số liệu",
}


# ---- targets ----


def targets(paper: Paper, key: str, framework: str) -> list[Block]:
    """Every indicator that applies, by objective, with the parts of its rate and the same period last year."""
    judged = paper.values.judged()
    if not was_read(judged.board, framework):
        return []
    years = sorted({line.target.year for line in judged.board.lines if line.target})
    heading = f"Mục tiêu năm {years[0]}" if len(years) == 1 else "Mục tiêu"
    columns = (
        Column("Số", 9, "center"),
        Column("Chỉ tiêu", 61, "left"),
        Column(heading, 22, "center"),
        Column("Tử số/\nmẫu số", 24),
        Column("Kỳ này", 14),
        Column("Cùng kỳ", 14),
        Column("Tình trạng", 21, "center"),
    )
    rows: list[Row] = []
    for number, objective in enumerate(objectives_of(judged.board, framework), 1):
        rows.append(Row((Cell(f"Mục tiêu {number}. {objective.name}", span=7),), "group"))
        for line in judged.board.lines:
            if line.indicator.objective_id == objective.pk:
                rows += _target_rows(paper, line)
    met, apply = (paper.span(code, framework=framework) for code in ("targets.met", "targets.apply"))
    total = Row(
        (
            Cell("Số chỉ tiêu đạt và vượt trên số chỉ tiêu áp dụng", span=6),
            Cell(f"{met.text}/{apply.text}", paper.cell("targets.met", framework=framework).value, met.ref),
        ),
        "total",
    )
    legend = (
        "“…”: không ghi riêng tử số, mẫu số hoặc chưa ghi; “–”: không tính được hoặc không so sánh được; "
        "chỉ tiêu ghép đạt khi mọi phần đều đạt."
    )
    unit = "Đơn vị tính: %, trừ chỉ tiêu có ghi đơn vị khác"
    return [Table(key, columns, (*rows, total), unit=unit, legend=legend, keep=False)]


def _target_rows(paper: Paper, line: Line) -> list[Row]:
    if not line.parts:
        return [Row(_target_cells(paper, line, _STATUS_WORDS[line.status]))]
    head = Row(
        (Cell(line.indicator.number), Cell(f"{line.indicator.name}, gồm:", span=5), Cell(_STATUS_WORDS[line.status]))
    )
    return [head, *(Row(_target_cells(paper, part, ""), "of") for part in line.parts)]


def _target_cells(paper: Paper, line: Line, status: str) -> tuple[Cell, ...]:
    indicator = line.indicator
    unit = "" if indicator.measured_in == "%" or is_yes_no(indicator) else f" ({indicator.measured_in})"
    named = (Cell(indicator.number), Cell(f"{indicator.name}{unit}"), Cell(goal(line)))
    before = measured(paper, line, At.LAST_YEAR)
    last_year = Cell(before.text or words.NOT_POSSIBLE, before.value, before.ref)
    now = measured(paper, line, At.NOW)
    if not now.ref:
        return (*named, Cell(words.NO_DATA, span=2, emphasis="italic"), last_year, Cell(status))
    parts = Cell(parts_of(line) or (words.NOT_POSSIBLE if is_yes_no(indicator) else words.NOT_STATED), ref=now.ref)
    return (*named, parts, Cell(now.text or words.NOT_POSSIBLE, now.value, now.ref), last_year, Cell(status))


# ---- activities by content and month ----


def months(paper: Paper, key: str) -> list[Block]:
    """Sessions by content and reporting month, this year above last year."""
    window = paper.compared.now
    if not paper.contents or len(window.months) < 2 or not paper.get("activities.sessions"):
        return []
    narrow = len(window.months) <= 6
    columns = (
        Column("Nội dung", 44 if narrow else 70, "left"),
        Column("Năm", 11, "center"),
        *(Column(month_number(month.number), 9.5, group="Tháng báo cáo") for month in window.months),
        Column("Cộng", 13 if narrow else 15),
        Column("Số cuộc", 17 if narrow else 18, group="So với cùng kỳ"),
        Column("Tỷ lệ", 23 if narrow else 24, group="So với cùng kỳ"),
    )
    rows: list[Row] = []
    for content in paper.content_rows:
        if any(paper.get("activities.sessions", at, content=content.code) for at in (At.NOW, At.LAST_YEAR)):
            rows += _month_rows(paper, content.short_name, content=content.code)
    rows += _month_rows(paper, "Tổng số", total=True)
    legend = (
        f"Tháng báo cáo tính {words.month_days(window.months)}; một hoạt động được tính vào tháng có ngày "
        "kết thúc. Một dòng ghi trong sổ có thể gồm nhiều cuộc."
    )
    return [Table(key, columns, tuple(rows), unit="Đơn vị tính: cuộc", legend=legend, keep=False)]


def _month_rows(paper: Paper, name: str, *, total: bool = False, **axes: str) -> list[Row]:
    year, code = paper.last_day.year, "activities.sessions"
    compared = bool(paper.get(code, At.LAST_YEAR))
    deep = 2 if compared else 1
    change = tuple(Cell(cell.text, cell.value, cell.ref, rows=deep) for cell in paper.change_cells(code, **axes))
    numbers = [month.number for month in paper.compared.now.months]
    now = [paper.cell(code, **axes, month=str(number)) for number in numbers]
    whole = paper.cell(code, **axes)
    above = Row(
        (
            Cell(name, rows=deep),
            Cell(str(year)),
            *now,
            Cell(whole.text, whole.value, whole.ref, emphasis="bold"),
            *change,
        ),
        "total" if total else "plain",
    )
    if not compared:
        return [above]
    before = [paper.cell(code, At.LAST_YEAR, **axes, month=str(number)) for number in numbers]
    return [above, Row((Cell(str(year - 1)), *before, paper.cell(code, At.LAST_YEAR, **axes)), "of")]


# ---- models ----

_MODEL_COLUMNS = (
    Column("TT", 8, "center"),
    Column("Loại mô hình", 53, "left"),
    Column("Đầu kỳ", 13),
    Column("Mới", 11, group="Trong kỳ"),
    Column("Giải thể", 11, group="Trong kỳ"),
    Column("Cuối kỳ", 13),
    Column("{same_day}", 15),
    Column("Tăng, giảm", 17),
    Column("Tổng", 12, group="Thành viên"),
    Column("Nữ", 12, group="Thành viên"),
)


def models(paper: Paper, key: str) -> list[Block]:
    """Models in stock at the cut-off, with their "trong đó" lines, and their members where all of them are stated."""
    if not paper.model_kinds:
        return []
    same_day = f"Cùng ngày năm {paper.last_day.year - 1}"
    columns = tuple(
        Column(column.title.format(same_day=same_day), column.width_mm, column.align, column.group)
        for column in _MODEL_COLUMNS
    )
    rows: list[Row] = []
    for number, kind in enumerate(paper.model_kinds, 1):
        rows.append(Row(_model_cells(paper, str(number), words.capital(kind.name), kind, kind=kind.code)))
        rows += _parts_of_kind(paper, kind)
    total = Row(_model_cells(paper, "", "Tổng số", None), "total")
    entered = paper.get("models.opening").value
    moved = any(paper.get("models.moved", kind=kind.code).value for kind in paper.model_kinds)
    legend = (
        "“…”: có đơn vị chưa ghi nên không cộng; “–”: không có thành viên hoặc không so sánh được; “0”: đã đếm, "
        "không có. Một địa chỉ được nhiều cơ quan công nhận chỉ đếm một lần."
    ) + (" Số có sẵn mới nhập vào sổ trong kỳ chỉ tính ở cột cuối kỳ." if entered else "")
    legend += " Mô hình chuyển đến (+), chuyển đi (−) trong kỳ chỉ tính ở cột cuối kỳ." if moved else ""
    return [
        Table(key, columns, (*rows, total), unit="Đơn vị tính: mô hình; thành viên: người", legend=legend, keep=False)
    ]


def _parts_of_kind(paper: Paper, kind: ModelKind) -> list[Row]:
    parts: list[tuple[str, ModelKind, dict[str, str]]] = []
    for child in kind.children.all():
        if paper.get("models.stock", subkind=child.code):
            parts.append((words.part_name(child.name, kind.name), child, {"subkind": child.code}))
    if kind.has_standing:
        for standing, name in STANDINGS.items():
            if paper.get("models.stock", kind=kind.code, standing=standing):
                parts.append((name, kind, {"kind": kind.code, "standing": standing}))
    return [
        Row(_model_cells(paper, "", f"Trong đó: {name}" if not number else name, of, **axes), "of")
        for number, (name, of, axes) in enumerate(parts)
    ]


STANDINGS = {ModelStanding.STANDARD.value: "theo chuẩn", ModelStanding.INDEPENDENT.value: "hoạt động độc lập"}


def _model_cells(paper: Paper, number: str, name: str, of: ModelKind | None, /, **axes: str) -> tuple[Cell, ...]:
    known_before = bool(paper.get("models.stock", At.LAST_YEAR))
    entered = paper.get("models.opening", **axes).value  # what stood there before was not recorded at the start
    before = paper.cell("models.stock", At.LAST_YEAR, empty="0" if known_before else words.NOT_STATED, **axes)
    change, _percent = paper.change_cells("models.stock", **axes)
    return (
        Cell(number),
        Cell(name),
        paper.cell("models.stock_start", empty=words.NOT_STATED if entered else "0", **axes),
        *(paper.cell(f"models.{code}", **axes) for code in ("new", "dissolved", "stock")),
        before,
        change,
        _members(paper, "members", of, axes),
        _members(paper, "women", of, axes),
    )


def _members(paper: Paper, code: str, kind: ModelKind | None, axes: dict[str, str]) -> Cell:
    if kind and not kind.has_members:
        return Cell(words.NOT_POSSIBLE)
    if paper.get(f"models.without_{code}", **axes) or not paper.get(f"models.{code}", **axes):
        return Cell(words.NOT_STATED)
    return paper.cell(f"models.{code}", **axes)


# ---- money ----

_SOURCES = (
    (FundingSource.CENTRAL, "Ngân sách trung ương"),
    (FundingSource.LOCAL, "Ngân sách địa phương"),
    (FundingSource.OTHER_LAWFUL, "Nguồn huy động hợp pháp khác"),
)


def money(paper: Paper, key: str) -> list[Block]:
    """Planned and disbursed by source, then disbursed by content; integrated money is told beside, not added."""
    if not paper.get("money.plan") and not paper.get("money.disbursed"):
        return []
    year = paper.last_day.year
    columns = (
        Column("TT", 8, "center"),
        Column("Nguồn", 31, "left"),
        Column(f"Giao năm {year}", 17),
        Column("Chuyển nguồn", 15),
        Column("Đã giải ngân", 17),
        Column("Tỷ lệ", 13.5),
        Column(f"Cùng kỳ {year - 1}", 16),
        Column("Số tiền", 25, group="So với cùng kỳ"),
        Column("Tỷ lệ", 22.5, group="So với cùng kỳ"),
    )
    rows = [
        Row(_source_cells(paper, str(number), name, "money.", source=source.value))
        for number, (source, name) in enumerate(_SOURCES, 1)
    ]
    rows.insert(2, Row(_source_cells(paper, "", "Cộng ngân sách nhà nước", "money.state_"), "total"))
    rows.append(Row(_source_cells(paper, "", "Tổng số", "money."), "total"))
    return [
        Table(
            f"{key}.sources", columns, tuple(rows), "1. Kế hoạch vốn và giải ngân theo nguồn",
            "Đơn vị tính: triệu đồng", _money_legend(paper), small=True,
        ),
        *_by_content(paper, f"{key}.contents"),
    ]  # fmt: skip


def _source_cells(paper: Paper, number: str, name: str, code: str, **axes: str) -> tuple[Cell, ...]:
    """Money that is not planned (mobilised from others) has no rate."""
    empty = words.NOT_POSSIBLE if axes.get("source") == FundingSource.OTHER_LAWFUL else words.NOT_STATED
    return (
        Cell(number),
        Cell(name),
        paper.cell(f"{code}allocated", empty=empty, **axes),
        paper.cell(f"{code}carried_over", empty=words.NOT_POSSIBLE if empty == words.NOT_POSSIBLE else "0,0", **axes),
        paper.cell(f"{code}disbursed", empty=words.NOT_STATED, **axes),
        _rate(paper, f"{code}rate", axes),
        *_beside_last_year(paper, f"{code}disbursed", axes),
    )


def _beside_last_year(paper: Paper, code: str, axes: dict[str, str]) -> tuple[Cell, ...]:
    """A total with a source that was not recorded last year does not compare."""
    other = {"source": FundingSource.OTHER_LAWFUL.value}
    if (
        code == "money.disbursed"
        and not axes
        and paper.get(code, **other)
        and not paper.get(code, At.LAST_YEAR, **other)
    ):
        return Cell(words.NOT_STATED), Cell(words.NOT_POSSIBLE), Cell(words.NOT_POSSIBLE)
    return paper.cell(code, At.LAST_YEAR, empty=words.NOT_STATED, **axes), *paper.change_cells(code, **axes)


def _rate(paper: Paper, code: str, axes: dict[str, str]) -> Cell:
    """The rate of a total that holds unplanned money would be too high: it is not printed."""
    unplanned = code == "money.rate" and not axes and paper.get("money.disbursed", source=FundingSource.OTHER_LAWFUL)
    return Cell(words.NOT_POSSIBLE) if unplanned else paper.cell(code, empty=words.NOT_POSSIBLE, **axes)


def _money_legend(paper: Paper) -> str:
    year = paper.last_day.year
    legend = f"Tỷ lệ giải ngân tính trên vốn giao năm {year} và vốn chuyển nguồn; “…”: chưa ghi."
    if paper.get("money.disbursed", source=FundingSource.OTHER_LAWFUL):
        legend += " Nguồn huy động không giao kế hoạch nên không tính tỷ lệ."
    integrated = paper.span("money.integrated")
    if integrated.ref:
        legend += f" Kinh phí lồng ghép từ chương trình khác, {integrated.text}, không cộng vào tổng."
    return legend


def _by_content(paper: Paper, key: str) -> list[Block]:
    codes = set(paper.values.values_of("money.disbursed", "content"))
    contents = list(Component.objects.filter(code__in=codes).order_by("position", "code"))
    contents += [NO_CONTENT] if "" in codes else []
    if not contents:
        return []
    columns = (
        Column("Nội dung", 60, "left"),
        Column("Ngân sách trung ương", 23),
        Column("Ngân sách địa phương", 23),
        Column("Huy động khác", 23),
        Column("Cộng", 19),
        Column("Cơ cấu", 17),
    )
    whole = paper.get("money.disbursed").value or 0
    rows = [Row(_content_cells(paper, content.short_name, whole, content=content.code)) for content in contents]
    total = Row(_content_cells(paper, "Tổng số", whole), "total")
    caption = "2. Đã giải ngân theo nội dung"
    return [Table(key, columns, (*rows, total), caption, "Đơn vị tính: triệu đồng")]


def _content_cells(paper: Paper, name: str, whole: object, **axes: str) -> tuple[Cell, ...]:
    disbursed = paper.get("money.disbursed", **axes).value
    share = (
        words.percent_vi(100 * disbursed / whole) if disbursed is not None and isinstance(whole, int) and whole else ""
    )
    return (
        Cell(name),
        *(paper.cell("money.disbursed", empty="0,0", **axes, source=source.value) for source, _name in _SOURCES),
        paper.cell("money.disbursed", empty="0,0", **axes),
        Cell(share or words.NOT_POSSIBLE),
    )


Annexer = Callable[..., list[Block]]
ANNEXES: dict[str, Annexer] = {
    "targets": targets,
    "months": months,
    "models": models,
    "money": money,
    "activities": activities,
}
LANDSCAPE = {"activities"}
