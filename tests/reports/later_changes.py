"""What may happen to the records behind a frozen report: edits, mergers, other words and definitions."""

from datetime import date
from itertools import product

from coordination.enums import SuccessionExtent, SuccessionNature
from coordination.models import AgencyName, AgencySuccession, UnitSuccession
from programs.enums import Direction, FactState, Operator, OverPlaces, OverTime
from programs.models import Activity, ActivityKind, Component, Indicator, Measurement, ModelKind, Objective, Target
from reports.enums import OutlineState
from tests import factories
from tests.constraints import changed
from tests.reports.random_facts import MERGED

ON = date(2026, 6, 1)  # of a merger that is written down after the report
OTHER = "Tên mới 4711"


def more_records(world):
    """A record of each table in every window there is."""
    for day in (date(2025, 1, 5), date(2025, 12, 16), date(2026, 3, 9)):
        place = world.communes[4] if day >= MERGED else world.communes[0]
        owner = world.board if day >= MERGED else world.board_before
        factories.activity(owner, place, day, attendances=4711, component=world.lists.components[0],
                           kind=world.lists.kinds[0])  # fmt: skip
        account = factories.community_model(owner, place, kind=world.lists.models[0])
        factories.model_event(account, day, quantity=47)
        factories.budget_entry(owner, place, day, amount_vnd=4711 * 10**6, component=world.lists.components[0])


def communes_join(world):
    """Of one commune and its neighbour becomes another."""
    joined = factories.commune(world.new, "xã Mới", valid_from=ON)
    for commune in world.communes[4:]:
        _ends_in(commune, joined)


def provinces_join(world):
    joined = factories.province("Liên tỉnh", valid_from=ON)
    for province in (world.new, world.far):
        _ends_in(province, joined)


def _ends_in(unit, successor):
    changed(unit, valid_to=date(2026, 5, 31))()
    UnitSuccession.objects.create(
        predecessor=unit, successor=successor, on=ON, nature=SuccessionNature.MERGED, extent=SuccessionExtent.WHOLE
    )


def agencies_join(world):
    joined = factories.agency(world.new, "Sở Hợp nhất", "SHN", opened_on=ON)
    for agency in (world.board, world.union):
        changed(agency, closed_on=date(2026, 5, 31))()
        AgencySuccession.objects.create(
            predecessor=agency, successor=joined, on=ON, nature=SuccessionNature.MERGED
        )  # fmt: skip


def places_renamed(world):
    for unit in (world.new, *world.communes, *world.old):
        changed(unit, name=OTHER)()


def agencies_renamed(world):
    words = dict.fromkeys(("name", "short_name", "letterhead", "place"), OTHER)
    AgencyName.objects.update(**words)


def lists_renamed(world):
    for table in (ActivityKind, Component, ModelKind, Indicator, Objective):
        table.objects.update(name=OTHER)
    ActivityKind.objects.update(counting_word="lượt gọi")
    Component.objects.update(short_name=OTHER)


def outline_rewritten(world):
    world.outline.sections.update(text="Chữ khác, 4711 dòng.", heading=OTHER, parts=[])
    changed(world.outline, opening="Chữ khác.", closing="Hết./.", state=OutlineState.SUPERSEDED)()


def targets_changed(world):
    """Every one is as hard as can be, in place of what was judged by."""
    Target.objects.update(operator=Operator.AT_LEAST, value=101)


def targets_left_out(world):
    Target.objects.update(applies=False)


def indicators_redefined(world):
    Indicator.objects.update(direction=Direction.AT_MOST, over_time=OverTime.SUM, over_places=OverPlaces.NEVER)


def readings_added(world):
    """Of each indicator one for the very days the halves end on, where there is none."""
    for indicator, day in product(world.lists.indicators, (date(2026, 6, 14), date(2025, 6, 14))):
        place = world.new if day >= MERGED else world.old[0]
        key = {"owner": world.union, "unit": place, "counted_on": day, "indicator": indicator, "category": None}
        if not Measurement.objects.filter(**key).exists():
            factories.measurement(world.union, place, day, indicator=indicator, value=1)


def drafts_recorded(world):
    Activity.objects.filter(state=FactState.DRAFT, locked_at=None).update(state=FactState.RECORDED)


# In this order: what was recorded of a unit comes before the unit ends.
CHANGES = (
    more_records, readings_added, drafts_recorded, communes_join, provinces_join, agencies_join, places_renamed,
    agencies_renamed, lists_renamed, outline_rewritten, targets_changed, targets_left_out, indicators_redefined,
)  # fmt: skip
ALTERING = [change for change in CHANGES if change not in (provinces_join, agencies_join)]  # a paper keeps its place
