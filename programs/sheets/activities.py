"""The sheet of activities, its rows judged by the form of the screen with its counts and outputs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.formats import date_vi
from coordination.models import Agency
from coordination.search import search_text
from coordination.sheets.bulk import create_all, delete_all, update_all
from coordination.sheets.checking import form_problems
from coordination.sheets.declared import (
    SEVERAL,
    Cell,
    ChoiceCell,
    ChoicesCell,
    Column,
    DayCell,
    Found,
    ListCell,
    NumberCell,
    Row,
    TextCell,
    Verdict,
    WordsCell,
    divided,
    register,
)
from coordination.unit_picker import unit_label
from programs.actions import ActivityParts
from programs.duplicates import Signed, co_signed, doubles_of
from programs.enums import FactState, FundingSource, Precision
from programs.forms.activities import COST_FIELDS, ActivityEntry
from programs.forms.lists import category_heading, lists_for
from programs.forms.rows import CountRow, OutputRow, Rows
from programs.models import Activity, ActivityCost, ActivityCount, ActivityOutput
from programs.sheets.facts import FactSheet, UnitNames, component_words, reference_column

PARTS = {"outputs": OutputRow, "counts": CountRow}
LINKS = ("topics", "partners", "other_units")


class PartsCell(TextCell):
    """Name, colon, number, and after a slash a part of it; semicolons between. Read as (name, number, part)."""

    def clean(self, value, row=None, **kwargs):
        return sorted(self._part(part) for part in divided(value) if part)

    @staticmethod
    def _part(text):
        name, _colon, numbers = text.rpartition(":")
        whole, _slash, part = numbers.partition("/")
        return search_text(name or text), whole.strip(), part.strip()


def parts_text(rows) -> str:
    """`rows`: (name, number, part or None)."""
    words = (f"{name}: {number}" + (f"/{part}" if part is not None else "") for name, number, part in rows)
    return SEVERAL.join(sorted(words))


@register
class ActivitySheet(FactSheet):
    code, label, model = "activities", gettext_lazy("Activities"), Activity
    about = gettext_lazy("One row an activity; several sessions of one kind may stand in one row.")
    unstored = ("reference",)

    reference = reference_column()
    title = Column(
        gettext_lazy("Name of the activity"), width=50, required=True,
        sample="Truyền thông phòng, chống tảo hôn tại thôn",
    )  # fmt: skip
    kind = Column(gettext_lazy("Kind"), ChoiceCell(), width=24, required=True)
    component = Column(gettext_lazy("Content it belongs to"), ChoiceCell(), width=34, required=True)
    starts_on = Column(gettext_lazy("Day"), DayCell(), width=12, required=True, sample=date(2026, 6, 8))
    ends_on = Column(
        gettext_lazy("Last day"),
        DayCell(),
        width=12,
        hint=gettext_lazy("If it took several days. It counts on its last day."),
    )
    unit = Column(gettext_lazy("Commune, ward, special zone"), WordsCell(), width=26, required=True)
    place = Column(gettext_lazy("Place in words"), width=26, sample="Nhà văn hóa thôn")
    other_units = Column(gettext_lazy("Further communes, wards"), ListCell(), width=26)
    sessions = Column(gettext_lazy("Sessions"), NumberCell(), width=8, blank=1, sample=1)
    attendances = Column(gettext_lazy("Total"), NumberCell(), width=9, sample=112)
    women = Column(gettext_lazy("Women"), NumberCell(), width=9, sample=71)
    minority = Column(gettext_lazy("Ethnic minorities"), NumberCell(), width=9, sample=108)
    minority_women = Column(gettext_lazy("Minority women"), NumberCell(), width=9, sample=69)
    precision = Column(
        gettext_lazy("How exact the total is"), ChoiceCell(Precision), width=10, blank=Precision.EXACT.value
    )
    distinct_people = Column(gettext_lazy("Different persons"), NumberCell(), width=9)
    result = Column(gettext_lazy("Main result"), width=40)
    topics = Column(gettext_lazy("Topics"), ChoicesCell(), width=24)
    partners = Column(gettext_lazy("Partner agencies"), ChoicesCell(), width=24)
    other_partners = Column(gettext_lazy("Other partners"), width=20)
    outputs = Column(
        gettext_lazy("Products"),
        PartsCell(),
        width=24,
        hint=gettext_lazy("Name, colon, number: băng rôn: 12; tờ rơi: 500"),
    )
    counts = Column(
        gettext_lazy("Parts of the attendances"), PartsCell(), width=24,
        hint=gettext_lazy("Name, colon, attendances, and after a slash the women among them: Hrê: 60/40"),
    )  # fmt: skip
    cost_central = Column(FundingSource.CENTRAL.label, NumberCell(), hint=gettext_lazy("Cost, whole đồng"))
    cost_local = Column(FundingSource.LOCAL.label, NumberCell(), hint=gettext_lazy("Cost, whole đồng"))
    cost_other_lawful = Column(FundingSource.OTHER_LAWFUL.label, NumberCell(), hint=gettext_lazy("Cost, whole đồng"))
    cost_integrated = Column(FundingSource.INTEGRATED.label, NumberCell(), hint=gettext_lazy("Cost, whole đồng"))
    note = Column(gettext_lazy("Note"), width=24)

    # ---- lists ----

    def prepare(self) -> ActivitySheet:
        lists = lists_for(self.agency, timezone.localdate())
        offers = {
            "kind": [(kind.pk, kind.name) for kind in lists.kinds],
            "component": [(row.pk, component_words(row)) for row in lists.components],
            "topics": [(topic.pk, topic.name) for topic in lists.topics],
            "partners": self.partner_names(),
        }
        for name, pairs in offers.items():
            self.columns[name].widget.offer(pairs)
        self.columns["unit"].widget.offer_words(unit_label(unit) for unit in lists.units)
        self.products = {search_text(entry.name): str(entry.pk) for entry in lists.outputs}
        self.categories = {search_text(entry.name): str(entry.pk) for entry in lists.categories}
        return self

    def partner_names(self) -> list[tuple[int, str]]:
        """Of the province and its communes and of the centre, by their names of today."""
        home = self.agency.province_id
        named = Activity.partners.through.objects.filter(activity__owner__in=self.lineage).values("agency")
        here = Q(unit=home) | Q(unit__province=home) | Q(unit=None) | Q(pk__in=named)
        rows = Agency.objects.filter(here).named_on(timezone.localdate())
        return list(rows.in_protocol_order().values_list("pk", "short_name"))

    # ---- cells ----

    def with_parts(self, rows: Any) -> Any:
        parts = ("topics", "partners", "other_units__parent", "counts__category", "outputs__kind", "costs")
        return rows.select_related("kind", "component", "unit__parent").prefetch_related(*parts)

    def dehydrate_ends_on(self, record: Activity) -> Cell:
        return None if record.ends_on == record.starts_on else record.ends_on

    def dehydrate_unit(self, record: Activity) -> Cell:
        return unit_label(record.unit)

    def dehydrate_other_units(self, record: Activity) -> Cell:
        return SEVERAL.join(sorted(unit_label(unit) for unit in record.other_units.all()))

    def dehydrate_outputs(self, record: Activity) -> Cell:
        return parts_text((row.kind.name, row.quantity, None) for row in record.outputs.all())

    def dehydrate_counts(self, record: Activity) -> Cell:
        return parts_text((row.category.name, row.attendances, row.women) for row in record.counts.all())

    def cell_of(self, name: str, column: Column, record: Any) -> Cell:
        source = COST_FIELDS.get(name)
        if source is None:
            return super().cell_of(name, column, record)
        return next((cost.amount_vnd for cost in record.costs.all() if cost.source == source), None)

    # ---- rows ----

    def examine(self, rows: Sequence[Row], *, writing: bool = False) -> list[Verdict]:
        verdicts = super().examine(rows, writing=writing)
        self.ask_about_doubles([verdict for verdict in verdicts if verdict.found == Found.NEW])
        return verdicts

    def ask_about_doubles(self, verdicts: Sequence[Verdict]) -> None:
        """The question of the screen before a new one is saved; here it stops nothing."""
        activities = [verdict.item[0] for verdict in verdicts]
        found = doubles_of(activities, user=self.user, signed=self.signed, left_out=self.written)
        rows = Activity.objects.filter(pk__in={other.pk for others in found for other in others}).for_list()
        named = {row.pk: self.words_of_double(row) for row in rows}
        for verdict, activity, others in zip(verdicts, activities, found, strict=True):
            said = (activity.kind_id, activity.unit_id, activity.counted_on, search_text(activity.title))
            first = self.said.setdefault(said, verdict.row.number)
            if first != verdict.row.number:
                message = _(
                    "To be looked at: row %(row)s has the same name, kind, place and day. If it is one, keep one row."
                )
                verdict.doubts.append(("title", message % {"row": first}))
            if others:
                message = _("To be looked at: perhaps it is there already: %(records)s. If so, take this row out.")
                verdict.doubts.append(("title", message % {"records": "; ".join(named[row.pk] for row in others)}))
            self.written.add((activity.owner_id, activity.reference))

    def words_of_double(self, record: Activity) -> str:
        """A reference is for those who may change the record by it."""
        words = f"“{record.title}”, {record.unit.label}, {date_vi(record.counted_on)}, {record.owner_name}"  # type: ignore[attr-defined]
        return f"{words} ({record.reference})" if record.owner_id in self.lineage else words

    @cached_property
    def signed(self) -> list[Signed]:
        return co_signed(self.agency)

    @cached_property
    def said(self) -> dict[tuple[Any, ...], int]:
        """Kind, place, day and name → the new row that says it first."""
        return {}

    @cached_property
    def written(self) -> set[tuple[int, str]]:
        """Owner and reference of the new rows above, stored by now if rows are written."""
        return set()

    def comparable(self, data: dict[str, Any], names: set[str]) -> dict[str, Any]:
        return self.sent(data) | {name: data[name] for name in ("outputs", "counts")}

    def entry_for(self, day: Any) -> ActivityEntry:
        """One form for all rows of an era: building it takes longer than judging a row."""
        era = self.era_of(day)
        if era not in self.entries:
            lists = lists_for(self.agency, era)
            self.entries[era] = ActivityEntry({}, activity=Activity(owner=self.agency), lists=lists)
            self.places[era] = UnitNames(lists.units)
        return self.entries[era]

    @cached_property
    def entries(self) -> dict[date, ActivityEntry]:
        return {}

    @cached_property
    def places(self) -> dict[date, UnitNames]:
        return {}

    def sent(self, data: dict[str, Any]) -> dict[str, Any]:
        """As a browser would send the row."""
        day = data["ends_on"] or data["starts_on"]
        self.entry_for(day)
        places = self.places[self.era_of(day)]
        sent = {name: value for name, value in data.items() if name not in ("reference", "outputs", "counts")}
        sent["unit"] = places.value_for(data["unit"])
        sent["other_units"] = [places.value_for(words) for words in data["other_units"]]
        sent |= {f"{name}-TOTAL": len(data[name]) for name in PARTS}
        sent["ends_on"] = "" if data["ends_on"] == data["starts_on"] else data["ends_on"]
        for at, (name, number, _part) in enumerate(data["outputs"]):
            sent |= {f"outputs-{at}-entry": self.products.get(name, name), f"outputs-{at}-quantity": number}
        for at, (name, number, part) in enumerate(data["counts"]):
            sent |= {
                f"counts-{at}-entry": self.categories.get(name, name),
                f"counts-{at}-attendances": number,
                f"counts-{at}-women": part,
            }
        return sent

    def judge(self, row: Row, record: Activity | None) -> tuple[list[tuple[str, str]], Any]:
        sent = self.sent(row.data) | ({"draft": "1"} if record and record.state == FactState.DRAFT else {})
        entry = self.entry_for(row.data["ends_on"] or row.data["starts_on"])
        rebind(entry, sent, record or self.new_record(row))
        if not entry.is_valid():
            return self.problems(entry), None
        gone = kept_parts(record) if record else []
        activity = entry.fill(record.state if record else FactState.RECORDED)
        return [], (activity, entry.parts, gone)

    def problems(self, entry: ActivityEntry) -> list[tuple[str, str]]:
        found = form_problems(entry.form, self.columns)
        for name in ("outputs", "counts"):
            found += [problem for row in getattr(entry, name) for problem in form_problems(row, self.columns, name)]
        return found

    def write(self, verdicts: Sequence[Verdict]) -> None:
        new = [verdict.item for verdict in verdicts if verdict.found == Found.NEW]
        changed = [verdict.item for verdict in verdicts if verdict.found == Found.CHANGED]
        for model in (ActivityCount, ActivityOutput, ActivityCost):
            gone = [row for _activity, _parts, rows in changed for row in rows if type(row) is model]
            delete_all(gone, self.act)
        for save, items in ((update_all, changed), (create_all, new)):
            save(
                [activity for activity, _parts, _gone in items], self.act, [links_of(parts) for _a, parts, _g in items]
            )
        rows = [row for activity, parts, _gone in (*changed, *new) for row in parts.rows_of(activity)]
        for model in (ActivityCount, ActivityOutput, ActivityCost):
            create_all([row for row in rows if type(row) is model], self.act)


def rebind(entry: ActivityEntry, sent: dict[str, Any], activity: Activity) -> None:
    """The same form for another row; its lists are those of the era."""
    entry.data, entry.activity = sent, activity
    entry.form.data, entry.form._errors = sent, None
    for rows, name, options in (
        (entry.outputs, "outputs", {"entries": entry.lists.outputs}),
        (entry.counts, "counts", {"entries": entry.lists.categories, "heading": category_heading}),
    ):
        rows.rows = [reused(rows, at, sent, options) for at in range(sent[f"{name}-TOTAL"])]


def reused(rows: Rows, at: int, sent: dict[str, Any], options: dict[str, Any]) -> Any:
    """The form of a part, built once: its list of ethnic groups is long."""
    kept = vars(rows).setdefault("kept", [])
    if at == len(kept):
        kept.append(PARTS[rows.prefix](sent, prefix=f"{rows.prefix}-{at}", **options))
    form = kept[at]
    form.data, form._errors = sent, None
    vars(form).pop("changed_data", None)
    return form


def kept_parts(activity: Activity) -> list[Any]:
    return [*activity.counts.all(), *activity.outputs.all(), *activity.costs.all()]


def links_of(parts: ActivityParts) -> dict[str, list[int]]:
    return {name: [entry.pk for entry in getattr(parts, name)] for name in LINKS}
