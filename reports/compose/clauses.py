"""What came of an agreement, clause by clause: promised, planned, done; by year over a whole stage."""

from __future__ import annotations

from collections.abc import Callable

from coordination.compose import cited_document
from coordination.formats import count_vi, date_vi, number_vi
from coordination.manuscript import Block, Cell, Column, Heading, Paragraph, Row, Span, Table
from programs.enums import CoverageState, FundingSource, ItemState
from programs.models import Activity
from programs.plan_words import short_millions
from reports.compose import words
from reports.compose.paper import Paper
from reports.compose.results import was_read
from reports.compose.sentences import Spans, enumerated, items, lettered, missing, say
from reports.compose.work import STATES, ClauseWork, SectionWork, Task, Work
from reports.figures import At
from reports.figures.activities import ACTIVITIES

MOST_NAMED = 5  # activities a clause names; all of them stand in the list
NO_AGREEMENT = "Chương trình phối hợp"


def clauses(paper: Paper, key: str) -> list[Block]:
    """One block a clause in force; over several years each year is told in one line."""
    work = paper.work
    if work is None or not work.clauses:
        return missing(key, NO_AGREEMENT)
    held = _activities(paper, work)
    made: list[Block] = []
    for number, section in enumerate(work.sections, 1):
        made.append(Heading(f"{key}.{section.section.key}", 2, f"{number}.", section.title))
        for place, clause in enumerate(section.clauses, 1):
            made += _clause(paper, f"{key}.{clause.clause.key}", f"{number}.{place}.", clause, held)
    made += _outside(paper, key, len(work.sections) + 1)
    return made


def _clause(paper: Paper, key: str, number: str, clause: ClauseWork, held: dict[int, list[Activity]]) -> list[Block]:
    heading = Heading(key, 3, number, clause.clause.text.rstrip(" .;"))
    who = _who(paper, clause)
    if not clause.tasks:
        told = f"{who}Chưa có nhiệm vụ nào trong kế hoạch {_years(paper)}."
        return [heading, Paragraph(f"{key}.state", (Span(told),))]
    made: list[Block] = [heading]
    several = len(paper.compared.now.years) > 1
    if not several and len(clause.tasks) == 1 and _plain(clause.tasks[0].words.text) == _plain(clause.clause.text):
        made.append(Paragraph(f"{key}.state", say(who, "Kết quả: ", _results(paper, clause.tasks[0]), ".")))
    else:
        lead = Paragraph(f"{key}.state", say(who, _counted(clause.tasks), ":"), "lead")
        lines = _by_year(paper, clause) if several else [_task(paper, task) for task in clause.tasks]
        made += [lead, *items(f"{key}.task", lines)]
    if not several and (named := [row for task in clause.tasks for row in held.get(task.item.pk, [])]):
        made.append(Paragraph(f"{key}.held", (Span(_named(named)),)))
    return made


def _who(paper: Paper, clause: ClauseWork) -> str:
    """ "Chủ trì: Ban Dân tộc; phối hợp: Hội LHPN tỉnh. "."""
    day = paper.last_day
    if clause.clause.lead is None:
        return "Các bên cùng thực hiện. "
    partners = words.listed([one.name_on(day).short_name for one in clause.clause.partners.all()])
    return f"Chủ trì: {clause.clause.lead.name_on(day).short_name}{f'; phối hợp: {partners}' if partners else ''}. "


def _years(paper: Paper) -> str:
    years = paper.compared.now.years
    return f"năm {years[0]}" if len(years) == 1 else f"các năm {years[0]} - {years[-1]}"


def _counted(tasks: list[Task]) -> str:
    """ "Hoàn thành 02/03 nhiệm vụ của kế hoạch"."""
    standing = [task for task in tasks if task.state != ItemState.CANCELLED]
    done = [task for task in standing if task.state == ItemState.DONE]
    if not standing:
        return "Nhiệm vụ của kế hoạch đã hủy"
    if not done:
        return f"Đưa vào kế hoạch {count_vi(len(standing))} nhiệm vụ"
    return f"Hoàn thành {count_vi(len(done))}/{count_vi(len(standing))} nhiệm vụ của kế hoạch"


def _task(paper: Paper, task: Task) -> Spans:
    """ "Truyền thông …: 14/12 buổi, 640 lượt người (402 nữ), hoàn thành"."""
    return say(f"{words.capital(_plain(task.words.text))}: ", _results(paper, task))


def _plain(text: str) -> str:
    return text.strip().rstrip(" .;")


def _results(paper: Paper, task: Task) -> Spans:
    said = [_done(paper, task), *_attended(paper, task.done.code if task.done else "", item=str(task.item.pk))]
    told = [spans for spans in said if spans]
    state = STATES[task.state]
    if task.state == ItemState.CANCELLED and task.item.cancel_reason:
        state = f"{state} ({words.lower(task.item.cancel_reason.rstrip('.'))})"
    return _with_commas([*told, (Span(state),)])


def _with_commas(parts: list[Spans]) -> Spans:
    return tuple(span for number, part in enumerate(parts) for span in ((Span(", "), *part) if number else part))


def _done(paper: Paper, task: Task) -> Spans:
    if task.done is None:
        return ()
    made = paper.span(task.done.code, **task.done.axes)
    number = made if task.amount else Span("0")
    return say(number, f"/{count_vi(task.item.quantity)} {task.words.quantity.partition(' ')[2]}")


def _attended(paper: Paper, told: str, **axes: str) -> list[Spans]:
    """Sessions, people and women of tasks, as far as they are stated and not told yet."""
    found = []
    for code, word in (("activities.sessions", "cuộc"), ("activities.attendances", "lượt người")):
        if code != told and paper.get(code, **axes).value:
            found.append(say(paper.span(code, **axes), f" {word}"))
    if found and paper.get("activities.women", **axes).value:
        found[-1] = say(found[-1], " (", paper.span("activities.women", **axes), " nữ)")
    return found


def _by_year(paper: Paper, clause: ClauseWork) -> list[Spans]:
    made = []
    for year in dict.fromkeys(task.year for task in clause.tasks):
        of_year = clause.of_year(year)
        told = [(Span(words.lower(_counted(of_year.tasks))),), *_attended(paper, "", items=of_year.items)]
        if paper.get("models.built", items=of_year.items).value:
            told.append(say(paper.span("models.built", items=of_year.items), " mô hình thành lập mới, củng cố"))
        made.append(say(f"Năm {year}: ", _with_commas(told)))
    return made


def _activities(paper: Paper, work: Work) -> dict[int, list[Activity]]:
    """By task, in the order of their days; what only corrects another is not named."""
    rows = ACTIVITIES.within(paper.scope, paper.compared.now).filter(corrects__isnull=True)
    found: dict[int, list[Activity]] = {}
    for row in rows.select_related("unit").order_by("ends_on", "pk"):
        if row.plan_item_id:
            found.setdefault(row.plan_item_id, []).append(row)
    return found


def _named(held: list[Activity]) -> str:
    """ "Hoạt động đã tổ chức: …"; many are told by the first of them."""
    titles: dict[str, list[Activity]] = {}
    for row in held:
        titles.setdefault(row.title.rstrip(" .;"), []).append(row)
    shown = [
        f"{title} ({date_vi(rows[0].ends_on)}{f' và {count_vi(len(rows) - 1)} lần khác' if len(rows) > 1 else ''})"
        for title, rows in list(titles.items())[:MOST_NAMED]
    ]
    rest = f"; và {count_vi(len(titles) - MOST_NAMED)} hoạt động khác" if len(titles) > MOST_NAMED else ""
    return f"Hoạt động đã tổ chức: {'; '.join(shown)}{rest}."


def _outside(paper: Paper, key: str, number: int) -> list[Block]:
    """Tasks of the plans that came of no clause are told, too: their numbers are in the totals."""
    work = paper.work
    if work is None or not work.outside:
        return []
    heading = Heading(f"{key}.outside", 2, f"{number}.", "Nhiệm vụ khác trong kế hoạch")
    return [heading, *items(f"{key}.outside.task", [_task(paper, task) for task in work.outside])]


# ---- the whole in few words ----


def progress(paper: Paper, key: str) -> list[Block]:
    """How many clauses came into plans, how many tasks are done."""
    work = paper.work
    if work is None or not work.clauses:
        return missing(key, NO_AGREEMENT)
    every = work.clauses
    planned = [clause for clause in every if clause.standing]
    standing = [task for task in work.tasks if task.state != ItemState.CANCELLED]
    told = f"{words.capital(_years(paper))}, có {count_vi(len(planned))}/{count_vi(len(every))} nội dung phối hợp "
    if not standing:
        return [Paragraph(key, (Span(f"{told}được đưa vào kế hoạch."),))]
    told += f"được đưa vào kế hoạch, với {count_vi(len(standing))} nhiệm vụ"
    found = [(state, sum(task.state == state for task in standing)) for state in STATES]
    states = words.listed([f"{count_vi(count)} nhiệm vụ {STATES[state]}" for state, count in found if count])
    share = words.percent_vi(100 * sum(task.state == ItemState.DONE for task in standing) / len(standing))
    return [Paragraph(key, (Span(f"{told}: {states} (tỷ lệ hoàn thành {share})."),))]


def plans(paper: Paper, key: str) -> list[Block]:
    """The annual plans under the agreement."""
    work = paper.work
    if work is None or not work.plans:
        return missing(key, "Kế hoạch hằng năm thực hiện chương trình phối hợp")
    named = [words.lower(cited_document(plan.document)) for plan in work.plans]
    if len(named) == 1:
        return [Paragraph(key, (Span(f"Các bên đã thống nhất, ban hành {named[0]}."),))]
    lines: list[Spans] = [(Span(words.capital(name)),) for name in named]
    lead = f"Các bên đã thống nhất, ban hành {count_vi(len(named))} kế hoạch hằng năm:"
    return [Paragraph(key, (Span(lead),), "lead"), *items(key, lines)]


def unplanned(paper: Paper, key: str) -> list[Block]:
    """Clauses nothing was planned for, and tasks that were not finished: what stays to be done."""
    work = paper.work
    if work is None:
        return []
    lines: list[Spans] = []
    if gaps := [clause for clause in work.clauses if not clause.standing]:
        named = "; ".join(f"“{clause.clause.text.rstrip(' .;')}”" for clause in gaps[:MOST_NAMED])
        more = f"; và {count_vi(len(gaps) - MOST_NAMED)} nội dung khác" if len(gaps) > MOST_NAMED else ""
        lines.append(say(f"Còn {count_vi(len(gaps))} nội dung phối hợp chưa được đưa vào kế hoạch: {named}{more}"))
    late = [task for task in work.tasks if task.state in (ItemState.LATE, ItemState.NOT_STARTED, ItemState.RUNNING)]
    if late:
        named = "; ".join(words.lower(task.words.text.rstrip(" .;")) for task in late[:MOST_NAMED])
        more = f"; và {count_vi(len(late) - MOST_NAMED)} nhiệm vụ khác" if len(late) > MOST_NAMED else ""
        lines.append(say(f"Còn {count_vi(len(late))} nhiệm vụ chưa hoàn thành: {named}{more}"))
    return lettered(key, lines) if lines else [Paragraph(key, (Span("Các nội dung, nhiệm vụ đều đã hoàn thành."),))]


def difficulties(paper: Paper, key: str) -> list[Block]:
    """As they were noted with the tasks, with what was asked for."""
    work = paper.work
    if work is None or not work.difficulties:
        return [Paragraph(key, (Span("Chưa ghi nhận khó khăn, vướng mắc trong quá trình thực hiện."),))]
    lines: list[Spans] = []
    for row in work.difficulties:
        more = f"; kiến nghị: {words.lower(row.proposal.rstrip(' .;'))}" if row.proposal else ""
        solved = f"; đã giải quyết: {words.lower(row.solution.rstrip(' .;'))}" if row.solved_on else ""
        lines.append(say(f"{row.text.rstrip(' .;')}{more}{solved}"))
    return lettered(key, lines)


def funding(paper: Paper, key: str) -> list[Block]:
    """What the plans say their tasks cost, and what the activities cost, by source."""
    work = paper.work
    if work is None:
        return []
    own = [
        line.amount_vnd
        for task in work.tasks
        if task.state != ItemState.CANCELLED
        for line in task.item.funding.all()
        if line.source in FundingSource.own()
    ]
    planned = f"Kinh phí theo kế hoạch là {short_millions(sum(own))} triệu đồng" if own else ""
    spent = paper.span("costs.amount")
    if not planned and not spent.ref:
        return missing(key, "Kinh phí thực hiện")
    if not spent.ref:
        return [Paragraph(key, (Span(f"{planned}; {words.NO_DATA} về chi phí của các hoạt động."),))]
    by_source = [
        say(f"{_SOURCES[FundingSource(source)]} ", paper.span("costs.amount", source=source))
        for source in paper.values.values_of("costs.amount", "source")
    ]
    told = say(f"{planned}; " if planned else "", "chi phí đã ghi nhận của các hoạt động là ", spent)
    parts = say(", gồm ", enumerated(by_source)) if len(by_source) > 1 else ()
    first = told[0]
    return [Paragraph(key, (Span(words.capital(first.text), first.ref), *told[1:], *parts, Span(".")))]


_SOURCES = {
    FundingSource.CENTRAL: "ngân sách trung ương",
    FundingSource.LOCAL: "ngân sách địa phương",
    FundingSource.OTHER_LAWFUL: "nguồn hợp pháp khác",
    FundingSource.INTEGRATED: "lồng ghép",
}


# ---- tables ----


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
        if {_plain(task.words.text) for task in clause.tasks} - {_plain(clause.clause.text)}:
            rows.append(Row((Cell(_plain(clause.clause.text), span=width),), "group"))
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
    """Indicators as known at the end of each year of the stage, the last less the first."""
    judged = paper.values.judged()
    if not was_read(judged.board, framework):
        return []
    span = _span(paper)
    columns = (
        Column("Số", 10, "center"),
        Column("Chỉ tiêu", 155.0 - 18.0 * len(span) - 22.0, "left"),
        *(Column(str(year), 18, group="Số liệu đến cuối năm") for year in span),
        Column(f"{span[-1]} so với {span[0]}", 22),
    )
    rows = []
    for line in judged.lines((), {"framework": framework}):
        for one in line.parts or (line,):
            read = [_indicator_cell(paper, one.indicator.code, year) for year in span]
            if any(cell.ref for cell in read):
                unit = "" if one.indicator.measured_in == "%" else f" ({one.indicator.measured_in})"
                named = (Cell(one.indicator.number), Cell(f"{one.indicator.name}{unit}"))
                rows.append(Row((*named, *read, _moved(read))))
    legend = "“…”: chưa có số liệu; “–”: không so sánh được. Số của năm chưa đo lại là số đo gần nhất trước đó."
    unit = "Đơn vị tính: %, trừ chỉ tiêu có ghi đơn vị khác"
    return [Table(key, columns, tuple(rows), unit=unit, legend=legend, keep=False, small=True)] if rows else []


def _indicator_cell(paper: Paper, code: str, year: int) -> Cell:
    amount = paper.get("indicators.value", indicator=code, year=str(year))
    if amount.value is None:
        return Cell(words.NOT_STATED)
    ref = paper.ref("indicators.value", At.NOW, indicator=code, year=str(year))
    return Cell(number_vi(amount.value, 1).removesuffix(",0"), float(amount.value), ref)


def _moved(read: list[Cell]) -> Cell:
    first, last = read[0].value, read[-1].value
    if len(read) < 2 or first is None or last is None:
        return Cell(words.NOT_POSSIBLE)
    moved = round(last - first, 1)
    return Cell(f"{words.direction(1 if moved > 0 else -1)} {number_vi(abs(moved), 1)}" if moved else "bằng", moved)


Maker = Callable[..., list[Block]]
TEXTS: dict[str, Maker] = {
    "clauses": clauses,
    "progress": progress,
    "plans": plans,
    "unplanned": unplanned,
    "difficulties": difficulties,
    "funding": funding,
}
ANNEXES: dict[str, Maker] = {"tasks": tasks, "coverage": coverage, "indicators": indicators}
