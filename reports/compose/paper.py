"""What every part of a report reads: names, days, lists and the values of its figures, each asked for once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.utils import timezone

from coordination.compose import with_province
from coordination.enums import UnitLevel
from coordination.formats import date_words
from coordination.manuscript import Cell, Span
from coordination.models import (
    AdministrativeUnit,
    Agency,
    AgencyName,
    AgencySuccession,
    Agreement,
    Document,
    UnitSuccession,
)
from programs.enums import ComponentKind
from programs.models import ActivityKind, Component, ModelKind, OutputKind
from reports.compose import words
from reports.compose.work import Work, agreement_words
from reports.enums import ReportScope
from reports.figures import FIGURES, NOTHING, Amount, Ask, At, Compared, Ref, Scope, Values
from reports.figures.activities import ACTIVITIES, COSTS, OUTPUTS
from reports.figures.models import EVENTS
from reports.figures.money import ENTRIES
from reports.figures.registry import every_tally
from reports.models import Report, ReportingPeriod, ReportOutline, ReportRound
from reports.seats import Standing, standings


@dataclass(frozen=True)
class Draft:
    """A report that is no row yet: what is needed to print one straight from the records."""

    agency: Agency
    unit: AdministrativeUnit
    kind: str
    scope: str
    period: ReportingPeriod
    outline: ReportOutline
    round_id: int | None = None
    agreement: Agreement | None = None

    @property
    def agreement_id(self) -> int | None:
        return self.agreement.pk if self.agreement else None


# Everything a report may print, each fact table asked once per window.
ASKS = (
    every_tally(ACTIVITIES, "content", "project", "month"),
    Ask((FIGURES["activities.sessions"], FIGURES["activities.attendances"]), ("kind",)),  # type: ignore[arg-type]
    Ask((FIGURES["activities.communes"],)),  # type: ignore[arg-type]
    every_tally(OUTPUTS, "output"),
    every_tally(EVENTS, "kind", "subkind", "standing"),
    every_tally(ENTRIES, "content", "source"),
)

# Besides, of a report on an agreement: by task, and by year of its stage.
ASKS_OF_AGREEMENT = (
    every_tally(ACTIVITIES, "item"),
    every_tally(ACTIVITIES, "year", "content"),
    every_tally(OUTPUTS, "item", "output"),
    every_tally(EVENTS, "item", "kind", "subkind"),
    every_tally(COSTS, "source"),
)
NO_CONTENT = Component(code="", short_name="Chưa phân theo nội dung")  # no row: what is entered on a project itself
CALLED = ("Sở", "Ban", "Hội")  # the first words of names that papers use for the agency itself


class Paper:
    """One report being composed."""

    def __init__(self, spec: Report | Draft, scope: Scope | None = None) -> None:
        self.spec = spec
        self.scope = scope or Scope.of_spec(spec)
        self.compared = Compared.of(spec.period)
        self.values = Values(self.scope, self.compared, (*ASKS, *ASKS_OF_AGREEMENT) if spec.agreement_id else ASKS)
        self.labels: dict[str, str] = {}  # "table:contents" -> "Bảng 2", once it stands in the paper

    # ---- numbers ----

    def get(self, code: str, at: At = At.NOW, /, **axes: str) -> Amount:
        return self.values.get(code, at, **axes)

    def span(self, code: str, at: At = At.NOW, /, **axes: str) -> Span:
        """The number in a sentence, with what opens its facts."""
        amount = self.get(code, at, **axes)
        return Span(words.in_text(amount, FIGURES[code]), self.ref(code, at, **axes) if amount else "")

    def size(self, code: str, /, **axes: str) -> Span:
        """By how much it changed, without the direction, which stands in words before it."""
        size = self.get(code, At.CHANGE, **axes).size
        return Span(words.in_text(size, FIGURES[code]), self.ref(code, At.CHANGE, **axes))

    def cell(self, code: str, at: At = At.NOW, /, *, empty: str = "0", **axes: str) -> Cell:
        """The number in a table; `empty` where there is no data."""
        amount = self.get(code, at, **axes)
        value = None if amount.value is None else float(amount.value)
        exact = int(value) if value is not None and value == int(value) else value
        text = words.in_table(amount, FIGURES[code], empty)
        return Cell(text, exact, self.ref(code, at, **axes) if amount else "")

    def change_cells(self, code: str, /, **axes: str) -> tuple[Cell, Cell]:
        """ "tăng 21" and "tăng 11,2%"; a dash where there is nothing to compare with."""
        change = self.get(code, At.CHANGE, **axes)
        if change.value is None:
            return Cell(words.NOT_POSSIBLE), Cell(words.NOT_POSSIBLE)
        if not change.value:
            return Cell("bằng", 0, self.ref(code, At.CHANGE, **axes)), Cell(words.NOT_POSSIBLE)
        toward = words.direction(change.value)
        size = words.in_table(Amount(change.size.value), FIGURES[code])
        percent = words.percent_change(self.get(code, **axes), self.get(code, At.LAST_YEAR, **axes))
        return (
            Cell(f"{toward} {size}", float(change.value), self.ref(code, At.CHANGE, **axes)),
            Cell(f"{toward} {percent}" if percent else words.NOT_POSSIBLE),
        )

    @staticmethod
    def ref(code: str, at: At = At.NOW, /, **axes: str) -> str:
        return str(Ref(code, axes, at))

    def label(self, kind: str, name: str, word: str) -> str:
        """Gives the next number to a table or figure: "Bảng 2"; texts then refer to it as {table:name}."""
        number = sum(key.startswith(f"{kind}:") for key in self.labels) + 1
        self.labels[f"{kind}:{name}"] = f"{word} {number}"
        return self.labels[f"{kind}:{name}"]

    @cached_property
    def work(self) -> Work | None:
        """What came of the agreement it speaks of; None of a report on none."""
        return Work(self, self.spec.agreement) if self.spec.agreement else None

    @cached_property
    def agreement_words(self) -> dict[str, str]:
        """What its texts call the agreement; empty for a report on none."""
        return agreement_words(self.spec.agreement, self.last_day) if self.spec.agreement else {}

    # ---- who and when ----

    @cached_property
    def name(self) -> AgencyName:
        """The agency's name on the last day of the period."""
        return self.spec.agency.name_on(self.compared.now.last)

    @property
    def full_name(self) -> str:
        """With its province: "Sở Nội vụ tỉnh Quảng Ngãi"."""
        return self.with_province(self.name.name)

    def with_province(self, name: str) -> str:
        return with_province(name, self.spec.unit)

    @property
    def own_name(self) -> str:
        """How a paper speaks of its own agency after the first time: "Sở", "Ban", "Hội"; others by their name."""
        first = self.name.name.partition(" ")[0]
        return first if first in CALLED else self.name.name

    @property
    def of_province(self) -> bool:
        """Not of one agency: the whole province, or the agencies of it that were asked."""
        return self.spec.scope in (ReportScope.PROVINCE, ReportScope.ROUND)

    @property
    def of_round(self) -> bool:
        return self.spec.scope == ReportScope.ROUND

    @property
    def territory(self) -> str:
        """Who held and counted it all: the whole province, the agencies asked, or the agency itself."""
        if self.of_round:
            return "các cơ quan, đơn vị"
        if self.spec.agreement_id:
            return "các bên"
        return f"toàn {self.spec.unit.get_kind_display()}" if self.of_province else self.own_name

    @cached_property
    def asked(self) -> list[Standing]:
        """The agencies of the round as they stand today; none of another report."""
        if not self.of_round or self.spec.round_id is None:
            return []
        asked = ReportRound.objects.get(pk=self.spec.round_id)
        return standings([asked], timezone.localdate())[asked.pk]

    @property
    def last_day(self) -> date:
        return self.compared.now.last

    @cached_property
    def next_period(self) -> ReportingPeriod | None:
        period = self.spec.period
        after = ReportingPeriod.objects.filter(profile=period.profile_id, kind=period.kind)
        return after.filter(data_from__gt=period.data_to).order_by("data_from").first()

    @property
    def _earliest(self) -> date:
        """The first day that any number of the paper looks at as a flow."""
        return min(window.first for window in (self.compared.now, self.compared.last_year) if window)

    @cached_property
    def merger(self) -> UnitSuccession | None:
        """The latest merger of the province that one of the compared windows lies before, if there is one."""
        edges = UnitSuccession.objects.filter(successor=self.spec.unit, on__gt=self._earliest, on__lte=self.last_day)
        return edges.order_by("-on").first()

    @cached_property
    def merged_provinces(self) -> list[AdministrativeUnit]:
        edges = UnitSuccession.objects.filter(successor=self.spec.unit).select_related("predecessor")
        return sorted(
            (edge.predecessor for edge in edges), key=lambda unit: (unit.name != self.spec.unit.name, unit.sort_key)
        )

    @cached_property
    def communes(self) -> int:
        """Units of commune level in the province on the last day."""
        units = AdministrativeUnit.objects.of_level(UnitLevel.COMMUNE).valid_on(self.last_day)
        return units.filter(province=self.spec.unit).count()

    @cached_property
    def merged_agencies(self) -> list[str]:
        """Full names of the agencies joined into this one since the earlier of the compared windows began."""
        edges = AgencySuccession.objects.filter(
            successor=self.spec.agency, on__gt=self._earliest, on__lte=self.last_day
        ).select_related("predecessor__unit")
        return [
            with_province(edge.predecessor.name_on(edge.on).name, edge.predecessor.unit)
            for edge in edges
            if edge.predecessor.unit
        ]

    @cached_property
    def document(self) -> Document | None:
        return self.spec.document if isinstance(self.spec, Report) else None

    # ---- lists ----

    @cached_property
    def contents(self) -> list[Component]:
        """Contents with activities in either window, and their siblings: one without any is told, not left out."""
        every = (
            Component.objects.filter(kind=ComponentKind.CONTENT).select_related("parent").order_by("position", "code")
        )
        codes = {
            code
            for at in (At.NOW, At.LAST_YEAR)
            for code in self.values.values_of("activities.sessions", "content", at)
        }
        projects = {one.parent_id for one in every if one.code in codes}
        return [one for one in every if one.parent_id in projects or one.code in codes]

    @cached_property
    def content_rows(self) -> list[Component]:
        """The contents, and at the end a row for activities of none: they are in every total."""
        unsorted = any(self.get("activities.sessions", at, content="") for at in (At.NOW, At.LAST_YEAR))
        return [*self.contents, NO_CONTENT] if unsorted else self.contents

    @cached_property
    def activity_kinds(self) -> list[ActivityKind]:
        codes = self.values.values_of("activities.sessions", "kind")
        return list(ActivityKind.objects.filter(code__in=codes).order_by("position", "code"))

    @cached_property
    def output_kinds(self) -> list[OutputKind]:
        codes = self.values.values_of("outputs.quantity", "output")
        return list(OutputKind.objects.filter(code__in=codes).order_by("position", "code"))

    @cached_property
    def model_kinds(self) -> list[ModelKind]:
        """Kinds that are no part of another, with their parts at hand, where any of them has ever been recorded."""
        codes = {
            code for at in (At.NOW, At.LAST_YEAR) for code in self.values.values_of("models.stock", "kind", at)
        }  # fmt: skip
        kinds = ModelKind.objects.filter(code__in=codes, parent__isnull=True).prefetch_related("children")
        return list(kinds.order_by("position", "code"))

    def day(self, day: date) -> str:
        return date_words(day)

    @property
    def sample(self) -> bool:
        """Made of sample records, or by an agency that is one."""
        counted = any(
            self.get(f"{table}.samples", at) != NOTHING
            for table in ("activities", "models", "money")
            for at in (At.NOW, At.LAST_YEAR)
        )
        return counted or self.spec.agency.is_sample or self.values.judged().sample
