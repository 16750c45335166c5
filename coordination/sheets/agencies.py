"""The sheet of agencies: entered or corrected. Mergers and new names by decision are made on the screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from django import forms
from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.agencies import NameLine, province_of
from coordination.agency_forms import NAME_COLUMNS, CreateForm, agency_label, line_from, province_label
from coordination.enums import AgencyKind, AgencyRole
from coordination.formats import date_vi
from coordination.models import AdministrativeUnit, Agency, AgencyName
from coordination.sheets.bulk import Act, create_all, remember_as_loaded, update_all
from coordination.sheets.checking import form_problems
from coordination.sheets.declared import (
    Cell,
    ChoiceCell,
    Column,
    DayCell,
    Found,
    NumberCell,
    Row,
    Sheet,
    Span,
    TickCell,
    Verdict,
    register,
)

IDENTITY = ("kind", "role", "unit", "parent", "protocol_order", "consolidates", "opened_on")
NAMED = (*NAME_COLUMNS, "decided_by")
LONGEST_DECISION = 200  # as of a name corrected on the screen
Item = tuple[Agency, AgencyName]


class RowForm(CreateForm):
    """The forms of the screen for a row: that of a new agency, and for a stored one what its corrections allow.

    Communes of a province are read once for all rows.
    """

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["form_token"].required = False
        self.fields["decided_by"] = forms.CharField(
            label=self.fields["decided_by"].label, max_length=LONGEST_DECISION, required=False
        )
        self.read_before: dict[int, list[AdministrativeUnit]] = {}
        self.lineages: dict[int, set[int]] = {}
        self.stored: Agency | None = None
        self.usual = set(self.fields["parent"].entries)

    def offer_stored(self, agencies: Iterable[Agency]) -> None:
        """Provinces and agencies above that stored ones have, whatever became of them: each keeps its own."""
        rows, parents, provinces = list(agencies), self.fields["parent"], self.fields["province"]
        homes = {str(home.pk): home for row in rows if (home := province_of(row.unit))}
        provinces.offer((homes | provinces.entries).values(), label=province_label, empty="")
        missing = {row.parent_id for row in rows if row.parent_id and str(row.parent_id) not in parents.entries}
        more = Agency.objects.filter(pk__in=missing).select_related("unit").named_on(self.today)
        parents.offer([*parents.entries.values(), *more], label=agency_label, empty="")

    def read(self, data: dict[str, Any], stored: Agency | None) -> bool:
        """`stored`: the agency the row speaks of; None for a new one."""
        self.data, self._errors = data, None
        self.stored, self.seat = stored, stored.unit if stored else None
        return self.is_valid()

    def clean(self):
        typed = super().clean()
        parent, stored = typed.get("parent"), self.stored
        if parent and not (stored and parent.pk == stored.parent_id) and not self.may_stand_above(parent):
            self.add_error("parent", _("Choose an agency of the same province or of the centre."))
        return typed

    def may_stand_above(self, parent: Agency) -> bool:
        """Of a new agency any that is offered, of a stored one those of its province and of the centre."""
        home = province_of(self.stored.unit) if self.stored else None
        if str(parent.pk) not in self.usual or home is None or parent.unit_id is None:
            return str(parent.pk) in self.usual
        if home.pk not in self.lineages:
            self.lineages[home.pk] = set(AdministrativeUnit.objects.lineage_of({home.pk}).values_list("pk", flat=True))
        return province_of(parent.unit).pk in self.lineages[home.pk]

    def communes_of(self, province):
        if province.pk not in self.read_before:
            self.read_before[province.pk] = super().communes_of(province)
        return self.read_before[province.pk]


@register
class AgencySheet(Sheet):
    code, label = "agencies", gettext_lazy("Agencies")
    about = gettext_lazy("One row an agency; it is known by its province and symbol.")

    province = Column(gettext_lazy("Province"), ChoiceCell(), width=22, hint=gettext_lazy("Empty: of the centre."))
    symbol = Column(gettext_lazy("Symbol"), width=14, required=True, sample="SDTTG")
    name = Column(gettext_lazy("Name"), width=44, required=True, sample="Sở Dân tộc và Tôn giáo")
    short_name = Column(gettext_lazy("Short name"), width=20, required=True, sample="Sở DT&TG")
    kind = Column(gettext_lazy("Kind"), ChoiceCell(AgencyKind), width=18, required=True)
    role = Column(gettext_lazy("Field of work"), ChoiceCell(AgencyRole), width=24, required=True)
    commune = Column(gettext_lazy("Commune or ward"), width=22, hint=gettext_lazy("Only of an agency of a commune."))
    parent = Column(gettext_lazy("Agency above"), ChoiceCell(), width=34)
    protocol_order = Column(gettext_lazy("Protocol order"), NumberCell(), width=9, blank=100)
    consolidates = Column(gettext_lazy("Its reports speak for the whole province"), TickCell(), width=12)
    opened_on = Column(gettext_lazy("Opened on"), DayCell(), width=12)
    since = Column(gettext_lazy("Name holds from"), DayCell(), width=12, required=True, sample=date(2025, 3, 1))
    place = Column(gettext_lazy("Place of documents"), width=18, required=True, sample="Quảng Ngãi")
    letterhead_parent = Column(gettext_lazy("Letterhead, agency above"), width=30)
    letterhead = Column(gettext_lazy("Letterhead, name"), width=34, hint=gettext_lazy("Empty: the name in capitals."))
    decided_by = Column(gettext_lazy("By which decision: number, day, who"), width=34)

    @classmethod
    def allows(cls, user: Any, hat: Any) -> bool:
        return bool(user and user.is_system_administrator)

    # ---- lists ----

    def prepare(self) -> AgencySheet:
        self.today = timezone.localdate()
        self.act = Act.now(self.user, self.hat)
        self.form = RowForm({}, today=self.today)
        self.form.offer_stored(self.known.values())
        for name, words in (("province", province_label), ("parent", self.agency_words)):
            entries = self.form.fields[name].entries
            self.columns[name].widget.offer((key, words(entry)) for key, entry in entries.items())
        return self

    @staticmethod
    def agency_words(agency: Any) -> str:
        return f"{agency.name} ({agency.symbol}, {agency.unit})" if agency.unit else f"{agency.name} ({agency.symbol})"

    @cached_property
    def agencies(self) -> list[Agency]:
        names = Prefetch("names", AgencyName.objects.order_by("-valid_from"))
        rows = Agency.objects.select_related("unit__province").prefetch_related(names)
        return list(rows.order_by("unit__province__code", "protocol_order", "pk"))

    @cached_property
    def known(self) -> dict[tuple[str, str], Agency]:
        """Agencies at work by province and symbol of today."""
        working = (agency for agency in self.agencies if agency.is_open_on(self.today) and agency.names.all())
        return {self.key_of(agency, name_now(agency, self.today)): agency for agency in working}

    @staticmethod
    def key_of(agency: Agency, name: AgencyName) -> tuple[str, str]:
        home = province_of(agency.unit)
        return str(home.pk) if home else "", name.symbol.casefold()

    @cached_property
    def symbols(self) -> dict[tuple[str, str], list[AgencyName]]:
        """Names that ever had a symbol in a province, those of the rows above among them."""
        found: dict[tuple[str, str], list[AgencyName]] = {}
        for agency in self.agencies:
            for name in agency.names.all():
                found.setdefault(self.key_of(agency, name), []).append(name)
        return found

    @cached_property
    def seen(self) -> dict[tuple[str, str], int]:
        return {}

    # ---- cells ----

    def records(self, span: Span | None = None) -> Iterator[Any]:
        return iter(self.known.values())

    def cell_of(self, name: str, column: Column, record: Any) -> Cell:
        line, home = name_now(record, self.today), province_of(record.unit)
        if name in NAMED:
            value = getattr(line, name)
            return None if name == "letterhead" and value == line.name.upper() else value
        special = {
            "province": lambda: column.widget.render(home),
            "commune": lambda: record.unit.label if record.unit and record.unit != home else None,
            "since": lambda: line.valid_from,
            "parent": lambda: column.widget.labels.get(str(record.parent_id)),
        }
        return special[name]() if name in special else super().cell_of(name, column, record)

    # ---- rows ----

    def examine(self, rows: Sequence[Row], *, writing: bool = False) -> list[Verdict]:
        if writing:
            list(Agency.objects.select_for_update().values_list("pk", flat=True))
        return [self.look_at(row) for row in rows]

    def look_at(self, row: Row) -> Verdict:
        key = (str(row.data["province"]), row.data["symbol"].casefold())
        first = self.seen.setdefault(key, row.number)
        if first != row.number:
            message = _("This symbol stands in row %(row)s too.") % {"row": first}
            return Verdict(row, Found.WRONG, [("symbol", message)])
        agency = self.known.get(key)
        self.keep_left_out(row, agency)
        if agency and self.read_record(agency) == row.data:
            return Verdict(row, Found.SAME)
        problems = self.judge(row, agency)
        if problems:
            return Verdict(row, Found.WRONG, problems)
        item = self.filled(agency) if agency else self.opened()
        return Verdict(row, Found.CHANGED if agency else Found.NEW, item=item)

    def judge(self, row: Row, agency: Agency | None) -> list[tuple[str, str]]:
        if not self.form.read(row.data, agency):
            return form_problems(self.form, self.columns)
        typed = self.form.cleaned_data
        if agency is None:
            return self.taken(typed)
        if typed["since"] != name_now(agency, self.today).valid_from:
            return [("since", _("The first day of a name is corrected on the page of the agency."))]
        if typed["parent"] and self.stands_above(agency, typed["parent"].pk):
            return [("parent", _("An agency cannot stand above itself. Choose another one."))]
        return []

    def taken(self, typed: dict[str, Any]) -> list[tuple[str, str]]:
        """Of the names that have the symbol, one that holds on or after the first day of this one."""
        home = province_of(typed["unit"])
        if home is None:
            return []
        for name in self.symbols.get((str(home.pk), typed["symbol"].casefold()), ()):
            end = name.valid_to or name.agency.closed_on
            if end is None or end >= typed["since"]:
                words = _("“%(symbol)s” is the symbol of “%(agency)s” since %(day)s. Choose another symbol or day.")
                values = {"symbol": name.symbol, "agency": name.name, "day": date_vi(name.valid_from)}
                return [("symbol", words % values)]
        return []

    def stands_above(self, agency: Agency, parent: int | None) -> bool:
        passed: set[int] = set()
        while parent and parent not in passed:
            if parent == agency.pk:
                return True
            passed.add(parent)
            parent = self.parents.get(parent)
        return False

    @cached_property
    def parents(self) -> dict[int, int | None]:
        """Who stands above whom, the rows above counted."""
        return {row.pk: row.parent_id for row in self.agencies}

    def opened(self) -> Item:
        typed = self.form.cleaned_data
        agency = Agency(**{name: typed[name] for name in IDENTITY})
        line = line_from(typed)
        name = AgencyName(agency=agency, valid_from=typed["since"], decided_by=typed["decided_by"], **line.columns())
        home = province_of(agency.unit)
        self.symbols.setdefault((str(home.pk) if home else "", name.symbol.casefold()), []).append(name)
        return agency, name

    def filled(self, agency: Agency) -> Item:
        typed, name = self.form.cleaned_data, name_now(agency, self.today)
        line: NameLine = line_from(typed)
        for column in IDENTITY:
            setattr(agency, column, typed[column])
        self.parents[agency.pk] = agency.parent_id
        for column, value in (line.columns() | {"decided_by": typed["decided_by"]}).items():
            setattr(name, column, value)
        return agency, name

    def write(self, verdicts: Sequence[Verdict]) -> None:
        new = [verdict.item for verdict in verdicts if verdict.found == Found.NEW]
        changed = [verdict.item for verdict in verdicts if verdict.found == Found.CHANGED]
        for place in (0, 1):
            remember_as_loaded([item[place] for item in changed])
            update_all([item[place] for item in changed], self.act)
            create_all([item[place] for item in new], self.act)


def name_now(agency: Agency, today: date) -> AgencyName:
    """The name of the day among those at hand, else the latest."""
    names = list(agency.names.all())
    in_force = (name for name in names if name.valid_from <= today and (not name.valid_to or name.valid_to >= today))
    return next(in_force, names[0])
