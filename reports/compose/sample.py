"""An outline as a paper of made-up numbers: no record of anybody is read, so whoever keeps outlines may look at it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils import translation

from coordination.manuscript import Manuscript
from coordination.models import Agency, Clause, Section
from programs.enums import ItemState
from programs.models import ActivityKind, Component, ModelKind, OutputKind
from programs.plan_words import ItemWords
from reports.compose.composer import Composer
from reports.compose.paper import Draft, Paper
from reports.compose.work import ClauseWork, SectionWork, Task, Work
from reports.enums import ReportKind, ReportScope
from reports.figures import NOTHING, Amount, At, Compared, Ref, Scope, Values
from reports.figures.base import Figure, Share, Tally
from reports.figures.scope import NOBODY

HELD = {"-1": 12, "-2": 2}  # sessions of the made-up tasks
FEW = 4  # values of an axis that a sample has
# What one cell of a sample holds, by the end of the figure's code; all else is 1.
SIZES = {
    "attendances": 60, "women": 36, "minority": 40, "attendances_with_women": 60, "attendances_with_minority": 60,
    "minority_women": 24, "people": 50, "members": 20, "quantity": 25,
    "sessions_together": 1, "models.women": 12, "models.minority": 8,
    "plan": 80_000_000, "disbursed": 45_000_000, "allocated": 70_000_000, "carried_over": 10_000_000,
    "state_plan": 80_000_000, "state_disbursed": 45_000_000, "state_allocated": 70_000_000,
    "state_carried_over": 10_000_000, "integrated": 5_000_000, "amount": 12_000_000,
}  # fmt: skip
ABSENT = ("records", "samples", "without_members", "without_women", "sessions_without_women",
          "sessions_without_minority", "opening", "moved")  # fmt: skip
PROMISES = (
    ("Truyền thông thay đổi định kiến giới ở thôn, bản", "12 buổi", ItemState.DONE),
    ("Tập huấn kỹ năng lãnh đạo cho cán bộ nữ", "4 lớp", ItemState.LATE),
    ("Củng cố mô hình địa chỉ tin cậy ở cộng đồng", "", ItemState.NOT_STARTED),
)


def sample_manuscript(draft: Draft) -> Manuscript:
    """`draft`: whose head and days it bears. Raises WrongText."""
    with translation.override("vi"):
        return SampleComposer(draft, nobody(draft.agency)).manuscript()


def nobody(agency: Agency) -> Scope:
    return Scope(ReportScope.AGENCY, agency.pk, NOBODY, NOBODY, ())


class SampleValues(Values):
    """Every figure has made-up numbers that add up over content and month; last year a few less."""

    def __init__(self, compared: Compared, scope: Scope) -> None:
        super().__init__(scope, compared, ())
        self.axes = {
            "content": _codes(Component, kind="content"),
            "kind": _codes(ActivityKind),
            "output": _codes(OutputKind),
            "month": [str(month.number) for month in compared.now.months] or ["1", "2", "3", "4", "5", "6"],
            "year": [str(year) for year in compared.now.years],
            "source": ["central", "local"],
        }
        self.model_kinds = _codes(ModelKind, parent=None)

    def get(self, code: str, at: At = At.NOW, /, **axes: str) -> Amount:
        if code == "papers.issued":
            number = sum(count for _kind, count in self.papers_by(axes.get("issuer", "own"), at))
            return Amount(number, number) if at != At.CHANGE else NOTHING
        return super().get(code, at, **axes)

    def _read(self, figure: Figure, at: At, axes: dict[str, str]) -> Amount:
        if isinstance(figure, (Tally, Share)):
            return super()._read(figure, at, axes)
        return super()._read(figure, at, axes) if at == At.NOW else NOTHING

    def _tally(self, tally: Figure, at: At, axes: dict[str, str]) -> Amount:
        measure = tally.code.rpartition(".")[2]
        size = SIZES.get(tally.code, SIZES.get(measure, 1))
        if measure in ABSENT or not self._knows(tally.code, axes):
            return NOTHING
        if tasks := axes.get("items", axes.get("item", "")):
            held = sum(HELD.get(task, 0) for task in tasks.split("."))
            return Amount(held * size, held) if held else NOTHING
        cells = [
            1 + (place + number) % 3 - (at == At.LAST_YEAR and place == 0)
            for place, content in enumerate(self.axes["content"])
            for number, month in enumerate(self.axes["month"])
            if axes.get("content", content) == content and axes.get("month", month) == month
        ]
        share = 1
        for axis in axes.keys() - {"content", "month"}:
            share *= len(self._values(tally.code, axis)) or 1
        return Amount(max(sum(cells) * size // share, 1), len(cells))

    def _knows(self, code: str, axes: dict[str, str]) -> bool:
        """Whether a sample has anything there."""
        split = {axis: value for axis, value in axes.items() if axis in self.axes or axis in ("subkind", "standing")}
        return all(value in self._values(code, axis) for axis, value in split.items())

    def _values(self, code: str, axis: str) -> list[str]:
        if axis == "kind" and code.startswith("models."):
            return self.model_kinds
        return self.axes.get(axis, [])

    def values_of(self, code: str, axis: str, at: At = At.NOW) -> list[str]:
        return self._values(code, axis)

    def papers_by(self, issuer: str, at: At = At.NOW) -> list[tuple[str, int]]:
        return [("KH", 2), ("CV", 5)] if issuer == "own" else []

    def holds(self, code: str) -> bool:
        return True


def _codes(table: type, **where: object) -> list[str]:
    rows = table._default_manager.filter(**where)  # type: ignore[attr-defined]
    return list(rows.order_by("position", "code").values_list("code", flat=True)[:FEW])


class SamplePaper(Paper):
    def __init__(self, spec: Draft, scope: Scope) -> None:
        self.spec, self.scope = spec, scope
        self.compared = Compared.of(spec.period)
        self.values = SampleValues(self.compared, scope)
        self.labels = {}

    @property
    def sample(self) -> bool:
        return True

    @cached_property
    def agreement_words(self) -> dict[str, str]:
        if self.spec.kind not in ReportKind.under_agreements():
            return {}
        name = "Chương trình phối hợp số 00/CTPH-A-B"
        return {
            "agreement": f"{name} ngày 01 tháng 01 năm {self.last_day.year} giữa cơ quan A và cơ quan B",
            "agreement_name": name,
            "parties": "cơ quan A và cơ quan B",
            "stage": f"giai đoạn {self.compared.now.first.year} - {self.last_day.year}",
        }

    @cached_property
    def work(self) -> Work | None:
        return SampleWork(self) if self.agreement_words else None


class SampleItem:
    """Of a plan that there is not."""

    cancel_reason = ""

    def __init__(self, number: int, year: int, quantity: int) -> None:
        self.pk, self.year, self.quantity = -number, year, quantity

    @property
    def funding(self) -> SampleItem:
        return self

    def all(self) -> list[object]:
        """No line of money."""
        return []


@dataclass(frozen=True)
class SampleTask(Task):
    @property
    def year(self) -> int:
        return self.item.year  # type: ignore[attr-defined]


class SampleWork(Work):
    """Three clauses that no agreement has."""

    def __init__(self, paper: Paper) -> None:
        self.paper, self.window = paper, paper.compared.now

    @property
    def years(self) -> list[int]:
        return list(self.window.years)

    plans = ()  # type: ignore[assignment]
    difficulties = ()  # type: ignore[assignment]
    outside = ()  # type: ignore[assignment]

    @cached_property
    def tasks(self) -> list[Task]:
        return [task for clause in self.clauses for task in clause.tasks]

    @cached_property
    def sections(self) -> list[SectionWork]:
        made = [
            ClauseWork(Clause(pk=-number, key=f"c{number}", text=text), self._made_up(number, text, quantity, state))
            for number, (text, quantity, state) in enumerate(PROMISES, 1)
        ]
        return [SectionWork(Section(key="s1", heading="Nội dung phối hợp"), "Nội dung phối hợp", made)]

    def _made_up(self, number: int, text: str, quantity: str, state: ItemState) -> list[Task]:
        if not quantity:
            return []
        count, _blank, _word = quantity.partition(" ")
        item: Any = SampleItem(number, self.window.last.year, int(count))
        words = ItemWords(f"{text} (nhiệm vụ của kế hoạch)", "", "Cơ quan A", "", "", quantity, "", "", "")
        held = Amount(HELD[str(-number)], 1)
        return [SampleTask(item, words, Ref("activities.sessions", {"item": str(-number)}), held, state)]


class SampleComposer(Composer):
    def _paper(self, spec: object, scope: Scope | None) -> Paper:
        assert isinstance(spec, Draft)  # noqa: S101
        assert scope is not None  # noqa: S101
        return SamplePaper(spec, scope)
