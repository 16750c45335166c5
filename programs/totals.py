"""The sums under a list of activities: of the page, and of all that the filters leave."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from programs.enums import FactState
from programs.models import Activity


@dataclass(frozen=True)
class Totals:
    """Drafts are rows of the list and never counted; corrections are counted in the sums and are no activities.

    Sums are None where no row states the number.
    """

    rows: int
    drafts: int
    corrections: int
    total_sessions: int | None
    total_attendances: int | None
    total_women: int | None
    total_minority: int | None
    sessions_with_women: int | None
    attendances_with_women: int | None

    @classmethod
    def of_page(cls, activities: Iterable[Activity]) -> Totals:
        listed = list(activities)
        counted = [row for row in listed if row.state == FactState.RECORDED]
        stated = [row for row in counted if row.women is not None]
        return cls(
            rows=len(listed),
            drafts=len(listed) - len(counted),
            corrections=sum(bool(row.reason) for row in listed),
            total_sessions=added(row.sessions for row in counted),
            total_attendances=added(row.attendances for row in counted),
            total_women=added(row.women for row in counted),
            total_minority=added(row.minority for row in counted),
            sessions_with_women=added(row.sessions for row in stated),
            attendances_with_women=added(row.attendances for row in stated),
        )

    @property
    def activities(self) -> int:
        """Drafts included."""
        return self.rows - self.corrections

    @property
    def counted(self) -> int:
        return self.activities - self.drafts

    @property
    def share_of_women(self) -> Decimal | None:
        """Percent of the attendances of those rows only that state women."""
        return share(self.total_women, self.attendances_with_women)


def added(numbers: Iterable[int | None]) -> int | None:
    """The way SQL adds: NULLs are left out, and nothing but NULLs is NULL."""
    stated = [number for number in numbers if number is not None]
    return sum(stated) if stated else None


def share(part: int | None, whole: int | None) -> Decimal | None:
    return Decimal(part * 100) / whole if part is not None and whole else None
