from reports.models.outline import OutlineSection, ReportOutline
from reports.models.period import CutoffProfile, CutoffRule, ReportingPeriod
from reports.models.report import Report, ReportActivity, ReportBudgetEntry, ReportMeasurement, ReportModelEvent

__all__ = [
    "CutoffProfile",
    "CutoffRule",
    "OutlineSection",
    "Report",
    "ReportActivity",
    "ReportBudgetEntry",
    "ReportMeasurement",
    "ReportModelEvent",
    "ReportOutline",
    "ReportingPeriod",
]
