"""What came of an agreement, clause by clause: promised, planned, done; by year over a whole stage."""

from __future__ import annotations

from collections.abc import Callable

from coordination.compose import cited_document
from coordination.formats import count_vi, date_vi
from coordination.manuscript import Block, Heading, Paragraph, Span
from programs.enums import FundingSource, ItemState
from programs.models import Activity
from programs.plan_words import short_millions
from reports.compose import words
from reports.compose.paper import Paper
from reports.compose.sentences import Spans, enumerated, items, lettered, missing, say
from reports.compose.work import STATES, ClauseWork, Task, Work, plain_words
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
    same = {plain_words(task.words.text) for task in clause.tasks} == {plain_words(clause.clause.text)}
    if not several and same and len(clause.tasks) == 1:
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
    return say(f"{words.capital(plain_words(task.words.text))}: ", _results(paper, task))


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


Maker = Callable[..., list[Block]]
TEXTS: dict[str, Maker] = {
    "clauses": clauses,
    "progress": progress,
    "plans": plans,
    "unplanned": unplanned,
    "difficulties": difficulties,
    "funding": funding,
}
