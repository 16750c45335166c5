"""What the form of an activity offers, loaded once a request (and once for all rows of an import)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from coordination.models import AdministrativeUnit, Agency
from coordination.unit_picker import offered_units
from programs.enums import ComponentKind, CountDimension, KindGroup
from programs.item_suggestions import items_for
from programs.models import ActivityKind, Component, CountCategory, OutputKind, PlanItem, Topic

DEPTH = {ComponentKind.PROJECT: 0, ComponentKind.CONTENT: 1, ComponentKind.ACTIVITY_GROUP: 2}
LONGEST_LABEL = 90
INDENT = "\u2003"  # an em space: a native select has no other way to show a tree


@dataclass(frozen=True)
class FormLists:
    """`units` are those of one day; the others are national, or the province's additions."""

    kinds: list[ActivityKind]
    components: list[Component]
    topics: list[Topic]
    outputs: list[OutputKind]
    categories: list[CountCategory]
    partners: list[Agency]
    units: list[AdministrativeUnit]
    items: list[PlanItem] = field(default_factory=list)


def lists_for(agency: Agency, day: date, *, stored_item: int | None = None) -> FormLists:
    """`stored_item`: the id of one that is offered even where its plan is no longer in force."""
    province = (agency.unit.province_id or agency.unit_id) if agency.unit else None
    offered = Q(active=True) & (Q(unit=None) | Q(unit=province))
    partners = Agency.objects.open_on(day).filter(unit=province).exclude(pk=agency.pk)
    return FormLists(
        kinds=list(ActivityKind.objects.filter(offered)),
        components=in_tree_order(Component.objects.filter(offered).select_related("programme")),
        topics=list(Topic.objects.filter(offered)),
        outputs=list(OutputKind.objects.filter(offered)),
        categories=by_dimension(CountCategory.objects.filter(offered)),
        partners=list(partners.named_on(day).in_protocol_order()),
        units=offered_units(agency, day),
        items=items_for(agency, day, stored_item),
    )


def in_tree_order(components) -> list[Component]:
    """Each right before its parts; within a level by position."""
    below: dict[int | None, list[Component]] = {}
    for component in components:
        below.setdefault(component.parent_id, []).append(component)

    def walk(parent: int | None):
        for component in below.get(parent, []):
            yield component
            yield from walk(component.pk)

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


def common_kinds(kinds: list[ActivityKind]) -> list[ActivityKind]:
    """The first of each usual group: big buttons; the rest stand behind "Khác"."""
    first: dict[str, ActivityKind] = {}
    for kind in kinds:
        if kind.group not in (KindGroup.COMMENDATION, KindGroup.OTHER):
            first.setdefault(kind.group, kind)
    return list(first.values())
