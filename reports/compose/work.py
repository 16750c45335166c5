"""What came of an agreement within the days of a report: its clauses, the tasks of its plans, how far each came.

Every number is a figure of the report, so what is frozen is what is told; only states follow from numbers and days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from coordination.compose import cited_document, numbered_sections
from coordination.enums import DocumentState
from coordination.formats import date_words
from coordination.models import Agreement, Clause, Section
from programs.enums import CoverageState, ItemState, Measure
from programs.models import AnnualPlan, Difficulty, PlanItem
from programs.plan_words import ItemWords, names_in, words_of
from programs.progress import clauses_of, state_of
from reports.compose import words
from reports.figures import Amount, Ref
from reports.figures.base import NOTHING

if TYPE_CHECKING:
    from reports.compose.paper import Paper

STATES = {
    ItemState.NOT_STARTED: "chưa thực hiện",
    ItemState.RUNNING: "đang thực hiện",
    ItemState.DONE: "hoàn thành",
    ItemState.LATE: "chưa hoàn thành",
    ItemState.CANCELLED: "đã hủy",
}


@dataclass(frozen=True)
class Task:
    """A task of a plan as it stood on the last day; `done`: reference of what its measure counts (None = nothing)."""

    item: PlanItem
    words: ItemWords
    done: Ref | None
    amount: Amount
    state: ItemState

    @property
    def year(self) -> int:
        return self.item.plan.year

    @property
    def percent(self) -> int | None:
        """Rounded down, so that 100% is never told too early."""
        if self.done is None or not self.item.quantity:
            return None
        return max(int(self.amount.value or 0), 0) * 100 // self.item.quantity


@dataclass(frozen=True)
class ClauseWork:
    clause: Clause
    tasks: list[Task]

    @property
    def standing(self) -> list[Task]:
        return [task for task in self.tasks if task.state != ItemState.CANCELLED]

    @property
    def finished(self) -> list[Task]:
        return [task for task in self.tasks if task.state == ItemState.DONE]

    @property
    def items(self) -> str:
        """For the axis `items`; "" where there are none."""
        return ".".join(str(task.item.pk) for task in self.tasks)

    def of_year(self, year: int) -> ClauseWork:
        return ClauseWork(self.clause, [task for task in self.tasks if task.year == year])

    def coverage(self, year: int) -> CoverageState:
        """What the year brought of the clause."""
        of_year = self.of_year(year)
        if of_year.standing:
            is_done = len(of_year.finished) == len(of_year.standing)
            return CoverageState.DONE if is_done else CoverageState.PLANNED
        begins, ends = self.clause.valid_from, self.clause.valid_to
        held = (begins is None or begins.year <= year) and (ends is None or ends.year >= year)
        return CoverageState.NOTHING if held else CoverageState.NOT_IN_FORCE


@dataclass(frozen=True)
class SectionWork:
    """`title`: the heading of the agreement under which its clauses stand, with the one above where it has one."""

    section: Section
    title: str
    clauses: list[ClauseWork]


class Work:
    """Of the agreement a report speaks of; read once."""

    def __init__(self, paper: Paper, agreement: Agreement) -> None:
        self.paper, self.agreement = paper, agreement
        self.window = paper.compared.now

    @property
    def years(self) -> list[int]:
        """Of the stage, as far as the report looks at them."""
        last = min(self.agreement.ended_on or self.agreement.stage_to, self.agreement.stage_to)
        return [year for year in self.window.years if self.agreement.stage_from.year <= year <= last.year]

    @cached_property
    def plans(self) -> list[AnnualPlan]:
        """Issued by the last day, of the years looked at."""
        found = AnnualPlan.objects.filter(agreement=self.agreement, year__in=self.window.years)
        issued = Q(document__state__in=DocumentState.in_the_open(), document__issued_on__lte=self.window.last)
        return list(found.filter(issued).select_related("document__kind").order_by("year", "pk"))

    @cached_property
    def tasks(self) -> list[Task]:
        rows = PlanItem.objects.filter(plan__in=self.plans).select_related(
            "plan", "lead", "output_kind", "model_kind", "kind", "component__content"
        )
        items = list(
            rows.prefetch_related("parts__agency", "units", "funding").order_by("plan__year", "position", "pk")
        )
        names = names_in(items, self.window.last)
        return [self._task(item, words_of(item, names, item.plan.year)) for item in items]

    def _task(self, item: PlanItem, words: ItemWords) -> Task:
        ref = done_by(item)
        amount = self.paper.get(ref.code, **ref.axes) if ref else NOTHING
        facts = sum(int(self.paper.get(code, item=str(item.pk)).value or 0) for code in RECORDS)
        done = None if ref is None else int(amount.value or 0)
        after = self.window.last + timedelta(days=1)  # a task that ends on the last day is over
        return Task(item, words, ref, amount, state_of(item, done, facts, after))

    @cached_property
    def sections(self) -> list[SectionWork]:
        """Clauses in force on some day looked at, with the tasks that first came of them, in the order of the text."""
        origin = clauses_of([task.item for task in self.tasks])
        by_clause: dict[int, list[Task]] = {}
        for task in self.tasks:
            if clause := origin.get(task.item.pk):
                by_clause.setdefault(clause, []).append(task)
        clauses = Clause.objects.filter(section__document=self.agreement.document_id).for_text()
        by_section: dict[int, list[ClauseWork]] = {}
        for clause in clauses.filter(self._in_force).order_by("position", "pk"):
            by_section.setdefault(clause.section_id, []).append(ClauseWork(clause, by_clause.get(clause.pk, [])))
        headings = {section.pk: section for section, _number, _level in numbered_sections(self.agreement.document)}
        return [
            SectionWork(section, _title(section, headings), by_section[pk])
            for pk, section in headings.items()
            if pk in by_section
        ]

    @property
    def _in_force(self) -> Q:
        begun = Q(valid_from__isnull=True) | Q(valid_from__lte=self.window.last)
        return begun & (Q(valid_to__isnull=True) | Q(valid_to__gte=self.window.first))

    @property
    def clauses(self) -> list[ClauseWork]:
        return [clause for section in self.sections for clause in section.clauses]

    @cached_property
    def outside(self) -> list[Task]:
        """Tasks of the plans that came of no clause."""
        held = {task.item.pk for clause in self.clauses for task in clause.tasks}
        return [task for task in self.tasks if task.item.pk not in held]

    @cached_property
    def difficulties(self) -> list[Difficulty]:
        """Met by the last day with tasks of the plans and not solved before the first."""
        rows = Difficulty.objects.filter(item__plan__in=self.plans, noted_on__lte=self.window.last)
        still = Q(solved_on__isnull=True) | Q(solved_on__gte=self.window.first)
        return list(rows.filter(still).order_by("noted_on", "pk"))


RECORDS = ("activities.records", "models.built")


def _title(section: Section, by_pk: dict[int, Section]) -> str:
    """ "Nhiệm vụ thường xuyên: Hội chủ trì": two parts of an agreement may divide their tasks the same way."""
    parent = by_pk.get(section.parent_id or 0)
    if parent and (parent.parent_id or not section.heading):
        return ": ".join(filter(None, (parent.heading, section.heading)))
    return section.heading


def done_by(item: PlanItem) -> Ref | None:
    """What its measure counts, as a figure."""
    axes: dict[str, Any] = {"item": str(item.pk)}
    if item.measure == Measure.SESSIONS:
        return Ref("activities.sessions", axes)
    if item.measure == Measure.ATTENDANCES:
        return Ref("activities.attendances", axes)
    if item.measure == Measure.OUTPUT and item.output_kind:
        return Ref("outputs.quantity", axes | {"output": item.output_kind.code})
    if item.measure == Measure.MODELS and item.model_kind:
        axis = "subkind" if item.model_kind.parent_id else "kind"
        return Ref("models.built", axes | {axis: item.model_kind.code})
    return None


def agreement_words(agreement: Agreement, day: date) -> dict[str, str]:
    """Of the agreement a report speaks of; names of the parties are those of the day."""
    document, first, last = agreement.document, agreement.stage_from.year, agreement.stage_to.year
    number = f" số {document.code}" if document.number else ""
    signed = "" if number or not document.issued_on else f" ký {date_words(document.issued_on)}"
    parties = document.parties.select_related("agency").order_by("symbol_order", "pk")
    return {
        "agreement": cited_document(document),
        "agreement_name": f"{document.kind.name}{number}{signed}",
        "parties": words.listed([party.agency.name_on(day).short_name for party in parties]),
        "stage": f"giai đoạn {first} - {last}" if first != last else f"năm {first}",
    }


def plain_words(text: str) -> str:
    """Without the sign that ends it."""
    return text.strip().rstrip(" .;")
