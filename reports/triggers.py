"""What the database holds about reports: the facts a frozen report counted stay as they are."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from coordination.enums import DocumentState
from coordination.models import Document
from coordination.triggers import Trigger
from reports.models import Report, ReportActivity, ReportBudgetEntry, ReportMeasurement, ReportModelEvent

FROZEN_FACTS = (ReportActivity, ReportModelEvent, ReportMeasurement, ReportBudgetEntry)


def kept(table: str) -> Iterator[Trigger]:
    states = ", ".join(f"'{state}'" for state in DocumentState.frozen())
    touched = {"INSERT": "NEW.report_id", "UPDATE": "NEW.report_id, OLD.report_id", "DELETE": "OLD.report_id"}
    for event, rows in touched.items():
        yield Trigger(
            name="report_facts_kept",
            table=table,
            event=event,
            refuse=f"EXISTS (SELECT 1 FROM {Report._meta.db_table} r JOIN {Document._meta.db_table} d"
            f" ON d.id = r.document_id WHERE r.id IN ({rows}) AND d.state IN ({states}))",
            message=_("The report is frozen: the records it counted stay as they are."),
        )


TRIGGERS = [trigger for model in FROZEN_FACTS for trigger in kept(model._meta.db_table)]
