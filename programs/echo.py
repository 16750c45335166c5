"""What the form of an activity reads back while it is filled in: the day, its period, the shares of the total."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError

from coordination.forms import DayField, WholeNumberField
from programs.attendance import FIELDS, Attendance, misfits
from programs.provided import named_windows
from programs.totals import share


class Echo:
    """Of values as typed or stored; what is not understood is left out, the form says so when it is sent."""

    def __init__(self, typed: Mapping[str, Any]):
        self.typed = typed

    def read(self, field, name: str) -> Any:
        try:
            return field.clean(self.typed.get(name))
        except ValidationError:
            return None

    @cached_property
    def day(self) -> date | None:
        """The day it counts on: the last one."""
        field = DayField(required=False)
        return self.read(field, "ends_on") or self.read(field, "starts_on")

    @property
    def day_in_words(self) -> str:
        return DayField.read_back(self.day) if self.day else ""

    @property
    def period(self) -> str:
        windows = named_windows(self.day) if self.day else []
        return windows[0].label if windows else ""

    @property
    def problems(self) -> list[str]:
        """What does not fit together, said while it is typed; parts written before their total are waited for."""
        field = WholeNumberField(required=False)
        numbers = Attendance(**{name: self.read(field, name) for name in FIELDS})
        if numbers.attendances is None:
            return []
        return [message for _name, problem in misfits(numbers) for message in problem.messages]

    @property
    def shares(self) -> dict[str, Decimal | None]:
        """Percent of the total; None for a part that cannot be one."""
        field = WholeNumberField(required=False)
        total = self.read(field, "attendances")
        parts = {name: self.read(field, name) for name in ("women", "minority", "minority_women")}
        return {name: share(part, total) if (part or 0) <= (total or 0) else None for name, part in parts.items()}
