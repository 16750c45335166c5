from programs.models.activity import Activity, ActivityCost, ActivityCount, ActivityOutput
from programs.models.assignment import Assignment, AssignmentResponse
from programs.models.budget import BudgetEntry
from programs.models.lists import (
    ActivityKind,
    Component,
    CountCategory,
    ModelKind,
    OutputKind,
    Programme,
    ProgrammeProvince,
    RecognitionTag,
    Topic,
)
from programs.models.marks import ActivityMark, CorrectionRequest, Evidence, MeasurementMark
from programs.models.measurement import (
    Framework,
    Indicator,
    IndicatorCategory,
    IndicatorDefinition,
    IndicatorFormula,
    Measurement,
    Objective,
    Target,
)
from programs.models.model_register import CommunityModel, ModelEvent
from programs.models.plan import AnnualPlan, Difficulty, FundingLine, PlanChange, PlanItem, PlanPartner

__all__ = [
    "Activity",
    "ActivityCost",
    "ActivityCount",
    "ActivityKind",
    "ActivityMark",
    "ActivityOutput",
    "AnnualPlan",
    "Assignment",
    "AssignmentResponse",
    "BudgetEntry",
    "CommunityModel",
    "Component",
    "CorrectionRequest",
    "CountCategory",
    "Difficulty",
    "Evidence",
    "Framework",
    "FundingLine",
    "Indicator",
    "IndicatorCategory",
    "IndicatorDefinition",
    "IndicatorFormula",
    "Measurement",
    "MeasurementMark",
    "ModelEvent",
    "ModelKind",
    "Objective",
    "OutputKind",
    "PlanChange",
    "PlanItem",
    "PlanPartner",
    "Programme",
    "ProgrammeProvince",
    "RecognitionTag",
    "Target",
    "Topic",
]
