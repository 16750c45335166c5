"""What the form of an activity offers, loaded once a request (and once for all rows of an import)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from coordination.models import AdministrativeUnit, Agency
from coordination.models.base import ListEntry
from coordination.unit_picker import offered_units
from programs.enums import ComponentKind, CountDimension, KindGroup
from programs.item_suggestions import items_for
from programs.models import (
    Activity,
    ActivityCount,
    ActivityKind,
    ActivityOutput,
    Component,
    CountCategory,
    OutputKind,
    PlanItem,
    Topic,
)

DEPTH = {ComponentKind.PROJECT: 0, ComponentKind.CONTENT: 1, ComponentKind.ACTIVITY_GROUP: 2}
LONGEST_LABEL = 90
INDENT = "\u2003"  # an em space: a native select has no other way to show a tree


@dataclass(frozen=True)
class FormLists:
    """`units` are those of one day; the others are national, or the province's additions.

    `partners` stand on the page as boxes, `further_partners` in one long list: communes have many agencies.
    """

    kinds: list[ActivityKind]
    components: list[Component]
    topics: list[Topic]
    outputs: list[OutputKind]
    categories: list[CountCategory]
    partners: list[Agency]
    further_partners: list[Agency]
    units: list[AdministrativeUnit]
    items: list[PlanItem] = field(default_factory=list)

    @property
    def all_partners(self) -> list[Agency]:
        return [*self.partners, *self.further_partners]


def lists_for(agency: Agency, day: date, *, stored: Activity | None = None) -> FormLists:
    """What the record of `stored` has is offered whatever became of it: nothing is dropped or changed unasked."""
    province = agency.province_id
    record = stored if stored is not None and stored.pk else Activity()

    def offered(table: type[ListEntry], kept: QuerySet | list[int | None]) -> QuerySet:
        return table.objects.offered_to(province) | table.objects.filter(pk__in=kept)

    components = Component.objects.offered_to(province).open_on(day, province)
    components = components | Component.objects.filter(pk=record.component_id)
    near, further = partners_for(agency, day, record)
    return FormLists(
        kinds=list(offered(ActivityKind, [record.kind_id])),
        components=in_tree_order(components.select_related("programme")),
        topics=list(offered(Topic, linked(record, Activity.topics.through, "topic"))),
        outputs=list(offered(OutputKind, linked(record, ActivityOutput, "kind"))),
        categories=by_dimension(offered(CountCategory, linked(record, ActivityCount, "category"))),
        partners=near,
        further_partners=further,
        units=offered_units(agency, day),
        items=items_for(agency, day, record.plan_item_id),
    )


def linked(record: Activity, table: type[Model], column: str) -> QuerySet:
    """Ids of what the record is linked to; a new record to nothing."""
    return table._default_manager.filter(activity=record.pk).order_by().values(column)


def partners_for(agency: Agency, day: date, record: Activity) -> tuple[list[Agency], list[Agency]]:
    """Of the province itself, with those the record names; of the centre and of its communes. One query."""
    province = agency.province_id
    here = Q(unit=None) | Q(unit=province) | Q(unit__province=province) if province else Q(unit=None)
    named = linked(record, Activity.partners.through, "agency")
    rows = Agency.objects.filter(Q(pk__in=Agency.objects.open_on(day).filter(here)) | Q(pk__in=named))
    rows = rows.annotate(is_named=Q(pk__in=named)).exclude(pk=agency.pk).select_related("unit")
    near, further = [], []
    for row in rows.named_on(day).in_protocol_order():
        (near if row.unit_id == province or row.is_named else further).append(row)
    return near, sorted(further, key=lambda row: row.unit.sort_key if row.unit else "")


def in_tree_order(rows: Iterable[Any]) -> list[Any]:
    """Each right before its parts, one whose parent is not among them on top; within a level as they come."""
    listed = list(rows)
    keys = {row.pk for row in listed}
    below: dict[int | None, list[Any]] = {}
    for row in listed:
        below.setdefault(row.parent_id if row.parent_id in keys else None, []).append(row)

    def walk(parent: int | None) -> Iterator[Any]:
        for row in below.get(parent, []):
            yield row
            yield from walk(row.pk)

    return list(walk(None))


def by_dimension(categories) -> list[CountCategory]:
    """Audiences, ethnic groups, ages; within each by position."""
    return sorted(categories, key=lambda category: CountDimension.values.index(category.dimension))


def item_label(item: PlanItem) -> str:
    """With its number in the plan, short enough for a native select."""
    return f"{item.position}. {shortened(item.text)} ({item.plan.year})"


def shortened(text: str) -> str:
    """The first words of the first line."""
    line = text.splitlines()[0] if text else ""
    return line if len(line) <= LONGEST_LABEL else line[:LONGEST_LABEL].rsplit(" ", 1)[0] + "…"


def component_label(component: Component) -> str:
    return INDENT * DEPTH[component.kind] + component.short_name


def component_heading(component: Component) -> str:
    return component.programme.name


def category_heading(category: CountCategory) -> str:
    return category.get_dimension_display()


def partner_label(agency: Agency) -> str:
    return agency.short_name


def partner_heading(agency: Agency) -> str:
    return agency.unit.label if agency.unit else _("Of the centre")


def common_kinds(kinds: list[ActivityKind]) -> list[ActivityKind]:
    """The first of each usual group: big buttons; the rest stand behind "Khác"."""
    first: dict[str, ActivityKind] = {}
    for kind in kinds:
        if kind.group not in (KindGroup.COMMENDATION, KindGroup.OTHER):
            first.setdefault(kind.group, kind)
    return list(first.values())
