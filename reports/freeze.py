"""Freezing a report: mark its facts, remember them, compute over exactly these, keep the result. One transaction.

What was counted and what is kept must be the same set whatever others do meanwhile: the facts are locked before they
are read, an open edit is waited for, and a fact that arrives later waits for the supplement (`unreported`).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from django.db import connections, router, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.utils import timezone

from coordination.enums import DocumentState
from coordination.models import DocumentVersion, User
from programs.facts import Fact
from programs.models import BudgetEntry
from reports.compose import compose
from reports.figures import Compared, Scope, facts_behind
from reports.figures.scope import REMEMBERED
from reports.models import Report

logger = logging.getLogger(__name__)


def freeze_report(report: Report, *, by: User, reason: str = "") -> DocumentVersion:
    """Keep the report as it stands. The caller holds the lock on its document, and moves it when this returns."""
    with transaction.atomic():
        scope = Scope.of_records(report)
        counted = {
            table: remember_and_lock(report, facts)
            for table, facts in facts_behind(scope, Compared.of(report.period)).items()
        }
        manuscript = compose(report, scope.restricted_to(report))
        version = DocumentVersion.objects.create(
            document=report.document,
            number=report.document.versions.count() + 1,
            manuscript=manuscript.to_json(),
            sha256=manuscript.sha256(),
            created_by=by,
            reason=reason,
        )
    logger.info(
        "report frozen",
        extra={"report": report.pk, "version": version.number}
        | {str(table._meta.model_name): number for table, number in counted.items()},
    )
    return version


def remember_and_lock(report: Report, facts: QuerySet[Any]) -> int:
    """Locks the facts, writes down which they are and in what version, marks those not yet marked. Returns how many.

    One statement selects, locks and remembers: PostgreSQL looks again at a row it had to wait for, so an edit that
    was open is counted as it was committed, or not at all when it left the period. The filter must therefore look at
    the fact's own row only.
    """
    table, column = REMEMBERED[facts.model]
    chosen = facts.order_by("pk").select_for_update().values_list(Value(report.pk), "pk", "version")
    connection = connections[router.db_for_write(table)]
    selected, params = chosen.query.get_compiler(connection=connection).as_sql()
    target = table._meta
    columns = ", ".join(target.get_field(name).column for name in ("report", column, "fact_version"))
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {target.db_table} ({columns}) {selected}", params)
        number = cursor.rowcount
    mark(facts.model._default_manager.filter(pk__in=table.objects.filter(report=report).values(column)))
    return number


def mark(facts: QuerySet[Any]) -> None:
    """From here on the database refuses every change. Those of an earlier report keep their mark."""
    facts.filter(locked_at=None).update(locked_at=timezone.now())


def unreported(facts: type[Fact], agencies: Iterable[int]) -> QuerySet[Any]:
    """ "Chưa vào báo cáo nào": recorded facts that a frozen report of the agencies would have counted, had it known.

    They lie inside a frozen period and no frozen report of that period counts them: they wait for the supplement.
    """
    frozen = Report.objects.filter(document__state__in=DocumentState.frozen(), agency__in=agencies)
    missed, scopes = Q(pk__in=[]), dict[Any, Scope]()
    for report in frozen.select_related("agency", "unit", "period", "outline"):
        whose = (
            report.agency,
            report.unit,
            report.scope,
            report.round_id,
            report.agreement_id,
            report.outline.project_id,
        )
        scopes[whose] = scopes.get(whose) or Scope.of(*whose)
        days = Q(counted_on__range=(report.period.data_from, report.period.data_to))
        if facts is BudgetEntry:  # a report counts the money of its own years
            days &= Q(year__range=(report.period.money_from.year, report.period.data_to.year))
        missed |= scopes[whose].where(facts) & days
    table, column = REMEMBERED[facts]
    counted = table.objects.filter(
        **{column: OuterRef("pk")},
        report__document__state__in=DocumentState.frozen(),
        report__period__data_from__lte=OuterRef("counted_on"),
        report__period__data_to__gte=OuterRef("counted_on"),
    )
    return facts._default_manager.filter(missed, ~Exists(counted))
