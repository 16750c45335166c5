"""What the sheets of the four fact tables share: found again by their reference, never changed once frozen."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import Any, ClassVar

import rules
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.models import AdministrativeUnit, Agency
from coordination.search import clean_text, search_text
from coordination.sheets.bulk import Act
from coordination.sheets.declared import Column, Found, Row, Sheet, Span, Verdict
from coordination.unit_picker import WORDS, unit_label
from programs.enums import FactState
from programs.facts import Fact
from programs.models import Component, Programme, ProgrammeProvince
from programs.provided import unlocked_too_long

Line = tuple[Any, ...]


def reference_column() -> Column:
    hint = gettext_lazy("Of a record to be changed; leave it empty for a new one.")
    return Column(gettext_lazy("Reference"), width=13, hint=hint)


def component_words(component: Component) -> str:
    """Short names repeat between programmes."""
    return f"{component.code} {component.short_name}"


def phases(province: int | None) -> list[tuple[date, date]]:
    """First and last day of each programme, and of the years of the province where it has its own."""
    own = ProgrammeProvince.objects.filter(unit=province).values_list("year_from", "year_to")
    years = [*Programme.objects.values_list("phase_from", "phase_to"), *own]
    return [(date(first, 1, 1), date(last, 12, 31)) for first, last in years]


class FactSheet(Sheet):
    model: ClassVar[type[Fact]]

    @classmethod
    def allows(cls, user: Any, hat: Any) -> bool:
        return rules.has_perm(f"programs.add_{cls.model._meta.model_name}", hat, None)

    @classmethod
    def shows(cls, user: Any, hat: Any) -> bool:
        """Whoever sees the records."""
        return bool(hat)

    @cached_property
    def agency(self) -> Agency:
        return self.hat.agency if self.hat else Agency()

    @cached_property
    def lineage(self) -> set[int]:
        return Agency.objects.lineage_of({self.agency.pk})

    @cached_property
    def act(self) -> Act:
        return Act.now(self.user, self.hat)

    # ---- records ----

    def own(self) -> Any:
        """Records of the agency and those it came of; corrections are made on the screen."""
        return self.model._default_manager.filter(owner__in=self.lineage, reason="")

    def records(self, span: Span | None = None) -> Iterator[Any]:
        rows = self.own()
        if span:
            rows = rows.filter(counted_on__gte=span.first, counted_on__lte=span.last)
        return self.with_parts(rows.order_by("counted_on", "pk")).iterator(chunk_size=1000)

    def with_parts(self, rows: Any) -> Any:
        """What the cells are filled from, in a few questions for a thousand rows."""
        return rows

    # ---- days and places ----

    @cached_property
    def eras(self) -> list[date]:
        """Days on which the places, agencies or contents that can be chosen change: between two a list holds."""
        home = self.agency.province_id
        lineage = AdministrativeUnit.objects.lineage_of({home}).values("pk") if home else []
        units = AdministrativeUnit.objects.filter(Q(pk__in=lineage) | Q(province__in=lineage)) if home else None
        here = Q(unit=home) | Q(unit__province=home)
        ends = Agency.objects.filter(here).values_list("opened_on", "closed_on") if home else []
        spans = [*(units.values_list("valid_from", "valid_to") if units is not None else []), *ends]
        spans += [*Component.objects.values_list("valid_from", "valid_to"), *phases(home)]
        days = {first for first, _last in spans if first} | {
            last + timedelta(days=1) for _first, last in spans if last
        }
        return [date.min, *sorted(days)]

    def era_of(self, day: Any) -> date:
        """The first day of its era; of what is no day that of today."""
        wanted = day if isinstance(day, date) else timezone.localdate()
        return self.eras[bisect_right(self.eras, wanted) - 1]

    # ---- rows ----

    def stored_for(self, rows: Sequence[Row], *, writing: bool) -> dict[str, Any]:
        """By reference; one without it, of records that stand once on their line, by that, as the grid finds them."""
        references = [row.reference for row in rows]
        stored = self.model._default_manager.filter(owner__in=self.lineage, reference__in=references)
        found = {record.reference: record for record in self.locked(stored, writing)}
        if self.one_a_line is not None:
            days = {row.data["counted_on"] for row in rows if isinstance(row.data["counted_on"], date)}
            on_lines = self.locked(self.own().filter(self.one_a_line, counted_on__in=days), writing)
            self.by_line = {(record.owner_id, *self.line_of_record(record)): record for record in on_lines}
            self.line_up([row for row in rows if row.derived], found)
        return found

    def locked(self, rows: Any, writing: bool) -> Any:
        rows = self.with_parts(rows)
        return rows.select_for_update(of=("self",)) if writing else rows

    # ---- records that stand once on their line: what they count, where, on which day ----

    one_a_line: ClassVar[Q | None] = None  # which of the records; None: no line

    def line_of(self, row: Row) -> Line | None:
        """None for a row that has none, or no readable one."""
        return None

    def line_of_record(self, record: Any) -> Line:
        raise NotImplementedError

    def line_up(self, rows: Sequence[Row], found: dict[str, Any]) -> None:
        """Rows without a reference with the records of their lines: those of the agency before inherited ones."""
        owners = [self.agency.pk, *sorted(self.lineage - {self.agency.pk})]
        for row in rows:
            line = self.line_of(row)
            records = (self.by_line.get((owner, *line)) for owner in owners) if line else ()
            record = next(filter(None, records), None)
            if record is not None:
                row.derived, found[row.reference] = False, record

    @cached_property
    def by_line(self) -> dict[Line, Any]:
        """Owner and line of the rows at hand → what is stored there."""
        return {}

    @cached_property
    def lines(self) -> dict[Line, int]:
        """Owner and line → the row that writes there."""
        return {}

    def crossed(self, row: Row, record: Any) -> list[tuple[str, str]]:
        """Another row, or another record, has the line."""
        line = self.line_of(row)
        if line is None:
            return []
        key = (self.agency.pk if record is None else record.owner_id, *line)
        first, other = self.lines.setdefault(key, row.number), self.by_line.get(key)
        if first != row.number:
            message = _("Row %(row)s gives the number of the same line, place and day. Keep one of the two rows.")
            return [("counted_on", message % {"row": first})]
        if other is not None and (record is None or other.pk != record.pk):
            message = _("It is stored already, with the reference %(reference)s. Write that, or leave the cell empty.")
            return [("reference", message % {"reference": other.reference})]
        return []

    def examine(self, rows: Sequence[Row], *, writing: bool = False) -> list[Verdict]:
        stored = self.stored_for(rows, writing=writing)
        return [self.look_at(row, stored.get(row.reference)) for row in rows]

    def look_at(self, row: Row, record: Any) -> Verdict:
        first = self.seen.setdefault(row.reference if record is None else record.reference, row.number)
        if first != row.number:
            message = _("This reference stands in row %(row)s too. Each record has its own.") % {"row": first}
            return Verdict(row, Found.WRONG, [("reference", message)])
        self.keep_left_out(row, record)
        if record is not None and (row.derived or self.says_the_same(row, record)):
            return Verdict(row, Found.SAME)
        if record is not None and (record.is_locked or record.reason or record.pk in self.too_long):
            return Verdict(row, Found.WRONG, [("reference", self.locked_words())])
        problems, item = self.crossed(row, record), None
        if not problems:
            problems, item = self.judge(row, record)
        if problems:
            return Verdict(row, Found.WRONG, problems)
        return Verdict(row, Found.NEW if record is None else Found.CHANGED, item=item)

    @cached_property
    def too_long(self) -> frozenset[int]:
        return unlocked_too_long(self.model)

    @cached_property
    def seen(self) -> dict[str, int]:
        """Reference → the row it stands in."""
        return {}

    @staticmethod
    def locked_words() -> str:
        return _("A report with this record was frozen. Add a correction with its reason on the screen instead.")

    def says_the_same(self, row: Row, record: Any) -> bool:
        given = {name for name in self.columns if name not in self.unstored}
        return self.comparable(row.data, given) == self.comparable(self.read_record(record), given)

    unstored: ClassVar[tuple[str, ...]] = ()

    def comparable(self, data: dict[str, Any], names: set[str]) -> dict[str, Any]:
        return {name: data[name] for name in names}

    def judge(self, row: Row, record: Any) -> tuple[list[tuple[str, str]], Any]:
        """By the form of the screen: what has to be mended, and what is to be written."""
        raise NotImplementedError

    def new_record(self, row: Row, **columns: Any) -> Any:
        return self.model(owner=self.agency, reference=row.reference, state=FactState.RECORDED, **columns)


class UnitNames:
    """The places of an era by the words people write: the one meant at once, else the form's own search."""

    def __init__(self, units: Sequence[AdministrativeUnit]):
        self.units = {str(unit.pk): unit for unit in units}
        self.keys: dict[str, str] = {}
        for words_of in (unit_label, lambda unit: unit.label, lambda unit: unit.name):
            found: dict[str, set[str]] = {}
            for unit in units:
                for words in (clean_text(words_of(unit)).casefold(), search_text(words_of(unit))):
                    found.setdefault(words, set()).add(str(unit.pk))
            self.keys |= {words: next(iter(keys)) for words, keys in found.items() if len(keys) == 1} | self.keys

    def value_for(self, words: str) -> str:
        """What the form is sent: the key of the place, or the words to be searched."""
        return words and (self.keys.get(words.casefold()) or self.keys.get(search_text(words)) or WORDS + words)
