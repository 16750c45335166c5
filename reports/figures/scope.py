"""Whose facts a figure counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q

from coordination.models import AdministrativeUnit, Agency
from programs.enums import FactState
from programs.facts import Fact
from programs.models import Activity, BudgetEntry, Component, Measurement, ModelEvent, PlanItem
from programs.readings import generations
from reports.enums import ReportScope
from reports.models import Report, ReportActivity, ReportBudgetEntry, ReportMeasurement, ReportModelEvent, RoundSeat

# Where a frozen report remembers the facts it counted: table and its column.
REMEMBERED: dict[type[Fact], tuple[type[Any], str]] = {
    Activity: (ReportActivity, "activity"),
    ModelEvent: (ReportModelEvent, "model_event"),
    Measurement: (ReportMeasurement, "measurement"),
    BudgetEntry: (ReportBudgetEntry, "budget_entry"),
}
BY_COMPONENT = (Activity, BudgetEntry)  # models belong to a content by their kind, readings by their indicator
NOBODY = frozenset({0})  # no agency has this id; of an empty list Django makes no statement at all
PAPERS = "papers"  # key of Manuscript.meta: ids of the documents counted, for which there is no such table


@dataclass(frozen=True)
class Scope:
    """Recorded facts of an agency with its predecessors, of a province with those it was made from, or in the province

    of the agencies asked in a round (`owners`, with their predecessors). `provinces`: (id, how many mergers back).
    `agency`, `agencies` and `above` say whose register of documents is read: the agency itself, its lineage, the
    agencies above it. `items`: tasks of the plans under an agreement, whoever did them; `components`: of one project.
    Both are ids, because a filter on facts that are frozen may look at the fact's own row only. `report`: only the
    facts this frozen report counted.
    """

    kind: ReportScope
    agency: int
    agencies: frozenset[int]
    above: frozenset[int]
    provinces: tuple[tuple[int, int], ...]
    owners: frozenset[int] = frozenset()
    items: frozenset[int] = frozenset()
    components: frozenset[int] = frozenset()
    report: int | None = None
    papers: frozenset[int] | None = None

    @classmethod
    def of(
        cls,
        agency: Agency,
        province: AdministrativeUnit,
        kind: str,
        round: int | None = None,
        agreement: int | None = None,
        project: int | None = None,
    ) -> Scope:
        """`round`: id of the request whose agencies are counted, `agreement`: of the one whose plans are, where `kind`

        is that. `project`: id of the only project that is counted.
        """
        return cls(
            kind=ReportScope(kind),
            agency=agency.pk,
            agencies=frozenset(Agency.objects.lineage_of([agency.pk])),
            above=frozenset([agency.parent_id] if agency.parent_id else []),
            provinces=tuple(sorted(generations(province).items())),
            owners=owners_in(round) if kind == ReportScope.ROUND else frozenset(),
            items=items_under(agreement) if kind == ReportScope.AGREEMENT else frozenset(),
            components=components_of(project) if project else frozenset(),
        )

    @classmethod
    def of_records(cls, report: Report) -> Scope:
        """What the report counts while it is written, and would count if it were written today."""
        return cls.of_spec(report)

    @classmethod
    def of_spec(cls, spec: Any) -> Scope:
        """Of a report, or of what stands in for one that is no row yet."""
        project = spec.outline.project_id
        return cls.of(spec.agency, spec.unit, spec.scope, spec.round_id, spec.agreement_id, project)

    @classmethod
    def of_report(cls, report: Report) -> Scope:
        """What the report counts: the facts it froze, once its content is frozen."""
        scope = cls.of_records(report)
        return scope.restricted_to(report) if report.document.is_frozen else scope

    def restricted_to(self, report: Report) -> Scope:
        """Only the facts that the report remembered when it was frozen, and the documents named in its version.

        While it is being frozen there is no such version yet: an older one speaks of a report that was returned.
        """
        papers = None
        if report.document.is_frozen:
            version = report.document.versions.order_by("-number").values_list("manuscript", flat=True).first()
            papers = version["meta"].get(PAPERS) if version else None
        return replace(
            self,
            report=report.pk,
            papers=None if papers is None else frozenset(int(pk) for pk in papers.split(",") if pk),
        )

    @property
    def mergers(self) -> dict[int, int]:
        return dict(self.provinces)

    def where(self, facts: type[Fact], path: str = "") -> Q:
        """The rule as a filter; `path` leads from the filtered rows to their fact ("activity__")."""
        if self.report:
            table, column = REMEMBERED[facts]
            return Q(**{f"{path}pk__in": table.objects.filter(report=self.report).values(column)})
        recorded = Q(**{f"{path}state": FactState.RECORDED})
        if self.components and facts in BY_COMPONENT:
            recorded &= _in(f"{path}component", self.components)
        in_province = _in(f"{path}province", (pk for pk, _step in self.provinces))
        if self.kind == ReportScope.AGREEMENT:
            return recorded & self._under_agreement(facts, path, in_province)
        if self.kind == ReportScope.PROVINCE:
            return recorded & in_province
        if self.kind == ReportScope.ROUND:
            return recorded & _in(f"{path}owner", self.owners) & in_province
        return recorded & _in(f"{path}owner", self.agencies)

    def _under_agreement(self, facts: type[Fact], path: str, in_province: Q) -> Q:
        """What serves its plans; readings are those of the province; money entered by content serves no plan."""
        if facts is Measurement:
            return in_province
        return _in(f"{path}pk", NOBODY) if facts is BudgetEntry else _in(f"{path}plan_item", self.items)


def items_under(agreement: int | None) -> frozenset[int]:
    """Every task of its plans, of whatever year."""
    return frozenset(PlanItem.objects.filter(plan__agreement=agreement).values_list("pk", flat=True)) or NOBODY


def components_of(project: int) -> frozenset[int]:
    """The project, its contents and what lies under them."""
    tree = Q(pk=project) | Q(parent=project) | Q(content__parent=project)
    return frozenset(Component.objects.filter(tree).values_list("pk", flat=True))


def owners_in(round: int | None) -> frozenset[int]:
    """Agencies whose records a round counts, and those they were made from; without those it goes on without."""
    seated = RoundSeat.objects.filter(round=round, left_out="").values_list("agency", flat=True)
    return frozenset(Agency.objects.lineage_of(seated)) or NOBODY


def _in(field: str, ids: Iterable[int]) -> Q:
    return Q(**{f"{field}__in": sorted(ids)})
