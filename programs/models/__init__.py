from programs.models.activity import Activity, ActivityCost, ActivityCount, ActivityOutput
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
from programs.models.measurement import (
    Framework,
    Indicator,
    IndicatorCategory,
    IndicatorDefinition,
    Measurement,
    Objective,
    Target,
)
from programs.models.model_register import CommunityModel, ModelEvent

__all__ = [
    "Activity",
    "ActivityCost",
    "ActivityCount",
    "ActivityKind",
    "ActivityOutput",
    "BudgetEntry",
    "CommunityModel",
    "Component",
    "CountCategory",
    "Framework",
    "Indicator",
    "IndicatorCategory",
    "IndicatorDefinition",
    "Measurement",
    "ModelEvent",
    "ModelKind",
    "Objective",
    "OutputKind",
    "Programme",
    "ProgrammeProvince",
    "RecognitionTag",
    "Target",
    "Topic",
]
