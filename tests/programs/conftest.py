"""Activities and periods several test files look at."""

from datetime import date

import pytest

from programs.enums import FactState
from reports.enums import PeriodKind
from reports.models import CutoffProfile, ReportingPeriod
from tests import factories
from tests.programs.activity_forms import DAY
from tests.random_walks import walks

walked = walks(8, 300)


@pytest.fixture
def recorded(cast):
    """Of the board, with the Union as its partner."""
    activity = factories.activity(cast.board, cast.commune, DAY, attendances=100, women=60, minority=80)
    activity.partners.add(cast.union)
    return activity


@pytest.fixture
def draft(cast):
    return factories.activity(cast.board, cast.commune, DAY, state=FactState.DRAFT, title="Bản nháp")


@pytest.fixture
def periods(db):
    profile = CutoffProfile.objects.create(code="ND09", name="Nghị định 09/2019/NĐ-CP")
    rows = [
        (PeriodKind.HALF, 1, "6 tháng đầu năm 2026", date(2025, 12, 15), date(2026, 6, 14)),
        (PeriodKind.HALF, 2, "6 tháng cuối năm 2026", date(2026, 6, 15), date(2026, 12, 14)),
        (PeriodKind.QUARTER, 3, "quý III năm 2026", date(2026, 6, 15), date(2026, 9, 14)),
        (PeriodKind.YEAR, 1, "năm 2026", date(2025, 12, 15), date(2026, 12, 14)),
    ]
    for kind, number, label, first, last in rows:
        days = {"data_from": first, "data_to": last, "money_from": first}
        ReportingPeriod.objects.create(
            profile=profile, kind=kind, year=2026, number=number, code=f"{kind}{number}", label=label, **days
        )
