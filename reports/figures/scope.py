"""Whose facts a figure counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q

from coordination.models import AdministrativeUnit, Agency
from programs.enums import FactState
from programs.facts import Fact
from programs.models import Activity, BudgetEntry, Measurement, ModelEvent
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
NOBODY = frozenset({0})  # no agency has this id; of an empty list Django makes no statement at all
PAPERS = "papers"  # key of Manuscript.meta: ids of the documents counted, for which there is no such table


@dataclass(frozen=True)
class Scope:
    """Recorded facts of an agency with its predecessors, of a province with those it was made from, or in the province

    of the agencies asked in a round (`owners`, with their predecessors). `provinces`: (id, how many mergers back).
    `agency`, `agencies` and `above` say whose register of documents is read: the agency itself, its lineage, the
    agencies above it. `report`: only the facts this frozen report counted.
    """

    kind: ReportScope
    agency: int
    agencies: frozenset[int]
    above: frozenset[int]
    provinces: tuple[tuple[int, int], ...]
    owners: frozenset[int] = frozenset()
    report: int | None = None
    papers: frozenset[int] | None = None

    @classmethod
    def of(cls, agency: Agency, province: AdministrativeUnit, kind: str, round: int | None = None) -> Scope:
        """`round`: id of the request whose agencies are counted, where `kind` is that."""
        return cls(
            kind=ReportScope(kind),
            agency=agency.pk,
            agencies=frozenset(Agency.objects.lineage_of([agency.pk])),
            above=frozenset([agency.parent_id] if agency.parent_id else []),
            provinces=tuple(sorted(generations(province).items())),
            owners=owners_in(round) if kind == ReportScope.ROUND else frozenset(),
        )

    @classmethod
    def of_records(cls, report: Report) -> Scope:
        """What the report counts while it is written, and would count if it were written today."""
        return cls.of(report.agency, report.unit, report.scope, report.round_id)

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
        in_province = _in(f"{path}province", (pk for pk, _step in self.provinces))
        if self.kind == ReportScope.PROVINCE:
            return recorded & in_province
        if self.kind == ReportScope.ROUND:
            return recorded & _in(f"{path}owner", self.owners) & in_province
        return recorded & _in(f"{path}owner", self.agencies)


def owners_in(round: int | None) -> frozenset[int]:
    """Agencies whose records a round counts, and those they were made from; without those it goes on without."""
    seated = RoundSeat.objects.filter(round=round, left_out="").values_list("agency", flat=True)
    return frozenset(Agency.objects.lineage_of(seated)) or NOBODY


def _in(field: str, ids: Iterable[int]) -> Q:
    return Q(**{f"{field}__in": sorted(ids)})
