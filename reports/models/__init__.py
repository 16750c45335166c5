from reports.models.change import ReportChange
from reports.models.outline import OutlineSection, ReportOutline
from reports.models.period import CutoffProfile, CutoffRule, ReportingPeriod
from reports.models.report import Report, ReportActivity, ReportBudgetEntry, ReportMeasurement, ReportModelEvent
from reports.models.round import Extension, Reminder, ReportRound, RoundSeat
from reports.models.writing import CheckAnswer, Presence, ReportPart, Unlocking

__all__ = [
    "CheckAnswer",
    "CutoffProfile",
    "CutoffRule",
    "Extension",
    "OutlineSection",
    "Presence",
    "Reminder",
    "Report",
    "ReportActivity",
    "ReportBudgetEntry",
    "ReportChange",
    "ReportMeasurement",
    "ReportModelEvent",
    "ReportOutline",
    "ReportPart",
    "ReportRound",
    "ReportingPeriod",
    "RoundSeat",
    "Unlocking",
]
