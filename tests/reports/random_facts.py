"""A province made of two, its agencies and periods, and random facts over both years."""

from datetime import date, timedelta
from types import SimpleNamespace

from hypothesis import strategies as st

from coordination.enums import DocumentState, SuccessionExtent, SuccessionNature
from coordination.models import AgencySuccession, UnitSuccession
from programs.enums import (
    BudgetNature,
    ComponentKind,
    CountDimension,
    FactState,
    FundingSource,
    KindGroup,
    ModelNature,
    ModelStanding,
    Operator,
    Precision,
)
from programs.models import (
    Activity,
    ActivityCost,
    ActivityCount,
    ActivityOutput,
    BudgetEntry,
    CountCategory,
    IndicatorCategory,
    Measurement,
    ModelEvent,
    OutputKind,
    Target,
)
from reports.enums import PeriodKind
from reports.models import CutoffProfile, CutoffRule, ReportingPeriod
from reports.periods import make_periods
from tests import factories

MERGED = date(2025, 7, 1)
FIRST, LAST = date(2024, 12, 1), date(2026, 7, 1)  # a little more than both windows of 2026-H1


def decree_periods(years=range(2024, 2027)):
    """Months, halves and years of decree 09/2019: 15/12 to 14/6 and 14/12."""
    profile = CutoffProfile.objects.create(code="ND09", name="Nghị định 09/2019/NĐ-CP", legal_basis="Nghị định 09")
    rules = [(PeriodKind.MONTH, n, f"M{n:02}", "tháng {year}", n - 1 or 12, 15, n, 14) for n in range(1, 13)]
    rules += [
        (PeriodKind.HALF, 1, "H1", "6 tháng đầu năm {year}", 12, 15, 6, 14),
        (PeriodKind.HALF, 2, "H2", "6 tháng cuối năm {year}", 6, 15, 12, 14),
        (PeriodKind.YEAR, 1, "Y", "năm {year}", 12, 15, 12, 14),
    ]
    for kind, number, code, label, from_month, from_day, to_month, to_day in rules:
        CutoffRule.objects.create(
            profile=profile, kind=kind, number=number, code=code, label=label,
            from_year_offset=-1 if from_month == 12 else 0, from_month=from_month, from_day=from_day,
            to_month=to_month, to_day=to_day,
        )  # fmt: skip
    make_periods(profile, years)
    return {period.code: period for period in ReportingPeriod.objects.filter(profile=profile)}


def merged_province():
    """Hai tỉnh cũ A, B → tỉnh mới; the board succeeds that of A; another agency works beside it."""
    old = [
        factories.province(name, code=code, valid_to=date(2025, 6, 30)) for name, code in (("A", "62"), ("B", "51"))
    ]
    new = factories.province("Mới", code="51", valid_from=MERGED)
    for before in old:
        UnitSuccession.objects.create(
            predecessor=before, successor=new, on=MERGED, nature=SuccessionNature.MERGED, extent=SuccessionExtent.WHOLE
        )
    communes = [factories.commune(place, f"xã {n}") for place in (*old, new) for n in (1, 2)]
    far = factories.province("Xa", code="99")
    board_before = factories.agency(old[0], "Ban Dân tộc", "BDT", closed_on=date(2025, 6, 30))
    board = factories.agency(new, "Sở Dân tộc và Tôn giáo", "SDTTG", opened_on=MERGED, consolidates=True)
    AgencySuccession.objects.create(
        predecessor=board_before, successor=board, on=MERGED, nature=SuccessionNature.MERGED
    )
    return SimpleNamespace(
        old=old, new=new, communes=communes, far=far, far_commune=factories.commune(far, "Xa xã"),
        board=board, board_before=board_before, union=factories.agency(new, "Hội LHPN tỉnh", "HLHPN"),
        other=factories.agency(far, "Sở Xa", "SX"),
    )  # fmt: skip


def lists():
    """Two contents of a project and one of the regular work, kinds, categories, indicators with targets."""
    project = factories.component("P8", kind=ComponentKind.PROJECT)
    contents = [factories.component(f"P8.{n}", parent=project) for n in (1, 2)] + [factories.component("TX.1")]
    groups = [
        factories.component(f"{c.code}.1", parent=c, content=c, kind=ComponentKind.ACTIVITY_GROUP) for c in contents
    ]
    kinds = [
        factories.activity_kind(group.value, group, "cuộc", name=group.value)
        for group in (KindGroup.COMMUNICATION, KindGroup.TRAINING, KindGroup.OTHER)
    ]
    club = factories.model_kind("club", component=groups[0])
    models = [
        factories.model_kind(),
        club,
        factories.model_kind("school_club", parent=club),
        factories.model_kind("dv"),
    ]
    share, count, whole = (factories.indicator(code, position=n) for n, code in enumerate(("1.1", "1.2", "1.3")))
    part_a, part_b = (factories.indicator(f"1.3{x}", parent=whole, position=9) for x in "ab")
    categories = [
        IndicatorCategory.objects.create(code=f"1.1-{tier}", name=tier, indicator=share) for tier in ("huyện", "xã")
    ]
    for indicator, operator, value in (
        (share, Operator.AT_LEAST, 60), (count, Operator.LESS_THAN, 30), (part_a, Operator.ABOUT, 50),
        (part_b, Operator.EQUAL, 100),
    ):  # fmt: skip
        Target.objects.create(indicator=indicator, year=2030, operator=operator, value=value)
    return SimpleNamespace(
        components=[*contents, *groups], kinds=kinds, models=models, indicators=[share, count, part_a, part_b],
        categories={share.pk: [None, *categories]},
        outputs=[OutputKind.objects.create(code=code, name=code, word="cái") for code in ("banner", "leaflet")],
        audiences=[
            CountCategory.objects.create(code=code, name=code, dimension=CountDimension.AUDIENCE)
            for code in ("cadre", "elder")
        ],
    )  # fmt: skip


days = st.integers(0, (LAST - FIRST).days).map(lambda number: FIRST + timedelta(days=number))
edges = st.sampled_from(
    [date(2024, 12, 14), date(2024, 12, 15), date(2025, 6, 14), date(2025, 6, 15), date(2025, 12, 14),
     date(2025, 12, 15), date(2026, 6, 14), date(2026, 6, 15)]
)  # fmt: skip


def _placed(draw, world, day):
    """A unit of the day and an owner of its province."""
    if day >= MERGED:
        unit = draw(st.sampled_from([world.new, *world.communes[4:], world.far_commune]))
        owner = world.other if unit == world.far_commune else draw(st.sampled_from([world.board, world.union]))
    else:
        unit = draw(st.sampled_from([*world.old, *world.communes[:4], world.far_commune]))
        owner = world.other if unit == world.far_commune else draw(st.sampled_from([world.board_before, world.union]))
    return {"unit": unit, "province": unit.province or unit, "owner": owner, "counted_on": day}


def _base(draw, world):
    return _placed(draw, world, draw(st.one_of(days, edges))) | {
        "state": draw(st.sampled_from([FactState.RECORDED] * 4 + [FactState.DRAFT])),
        "precision": draw(st.sampled_from([Precision.EXACT] * 3 + list(Precision))),
    }


@st.composite
def headcounts(draw):
    total = draw(st.one_of(st.none(), st.integers(0, 2000)))
    if total is None:
        return {}
    part = st.one_of(st.none(), st.integers(0, total // 2))
    women, minority = draw(part), draw(part)
    both = min(women, minority) if None not in (women, minority) else None
    return {"attendances": total, "women": women, "minority": minority, "minority_women": draw(st.just(both))}


@st.composite
def activities(draw, world, named):
    base = _base(draw, world)
    return Activity.objects.create(
        **base, title="Hoạt động", component=draw(st.sampled_from(named.components)),
        kind=draw(st.sampled_from(named.kinds)), starts_on=base["counted_on"], ends_on=base["counted_on"],
        sessions=draw(st.integers(0, 40)), **draw(headcounts()),
    )  # fmt: skip


@st.composite
def activity_details(draw, activity, world, named):
    """Rows of its child tables, and sometimes a correction of a later day."""
    for kind in draw(st.sets(st.sampled_from(named.outputs))):
        ActivityOutput.objects.create(activity=activity, kind=kind, quantity=draw(st.integers(0, 500)))
    for category in draw(st.sets(st.sampled_from(named.audiences))) if activity.attendances else ():
        ActivityCount.objects.create(activity=activity, category=category, attendances=activity.attendances // 3)
    for source in draw(st.sets(st.sampled_from(list(FundingSource)))):
        ActivityCost.objects.create(activity=activity, source=source, amount_vnd=draw(st.integers(0, 10**9)))
    if activity.unit in world.communes[4:] and draw(st.booleans()):
        activity.other_units.set(world.communes[4:])
    if activity.attendances and activity.state == FactState.RECORDED and draw(st.booleans()):
        Activity.objects.create(
            **{name: getattr(activity, name) for name in ("unit", "province", "owner", "component", "kind", "title")},
            counted_on=activity.counted_on, starts_on=activity.counted_on, ends_on=activity.counted_on,
            sessions=0, attendances=-1, women=draw(st.sampled_from([None, -1])) if activity.women else None,
            corrects=activity, reason="đếm nhầm",
        )  # fmt: skip


@st.composite
def model_events(draw, world, named):
    base = _base(draw, world)
    account = factories.community_model(
        base["owner"], base["unit"], kind=draw(st.sampled_from(named.models)),
        standing=draw(st.sampled_from(["", *ModelStanding.values])),
    )  # fmt: skip
    nature = draw(st.sampled_from(list(ModelNature)))
    quantity = draw(st.integers(1, 300))
    if nature == ModelNature.DISSOLVED or (nature == ModelNature.MOVED and draw(st.booleans())):
        ModelEvent.objects.create(**base | {"state": FactState.RECORDED}, model=account, nature=ModelNature.OPENING,
                                  quantity=quantity)  # fmt: skip
        quantity = -quantity
    members = draw(st.one_of(st.none(), st.integers(0, 50)))
    women = draw(st.one_of(st.none(), st.integers(0, members))) if members is not None else None
    return ModelEvent.objects.create(
        **base, model=account, nature=nature, quantity=quantity, members=members, women=women
    )


@st.composite
def measurements(draw, world, named):
    base, indicator = _base(draw, world), draw(st.sampled_from(named.indicators))
    category = draw(st.sampled_from(named.categories.get(indicator.pk, [None])))
    if draw(st.booleans()):
        whole = draw(st.integers(1, 500))
        numbers = {"numerator": draw(st.integers(0, whole)), "denominator": whole}
    else:
        numbers = {"value": draw(st.integers(0, 100))}
    key = {name: base[name] for name in ("owner", "unit", "counted_on")} | {
        "indicator": indicator,
        "category": category,
    }
    if Measurement.objects.filter(**key).exists():
        return None
    row = Measurement.objects.create(**base, indicator=indicator, category=category, **numbers)
    if base["state"] == FactState.RECORDED and draw(st.booleans()):
        mended = {name: -number // 2 if name != "denominator" else 0 for name, number in numbers.items()}
        Measurement.objects.create(
            **base,
            indicator=indicator,
            category=category,
            **mended,
            reason="sửa",
            corrects=draw(st.sampled_from([row, None])),
        )
    return row


@st.composite
def budget_entries(draw, world, named):
    base = _base(draw, world)
    fields = {
        "component": draw(st.sampled_from(named.components)), "source": draw(st.sampled_from(list(FundingSource))),
        "year": base["counted_on"].year, "nature": draw(st.sampled_from(list(BudgetNature))),
    }  # fmt: skip
    key = {name: base[name] for name in ("owner", "unit", "counted_on")}
    if BudgetEntry.objects.filter(**key, **fields).exists():
        return None
    row = BudgetEntry.objects.create(**base, **fields, amount_vnd=draw(st.integers(0, 10**10)))
    if base["state"] == FactState.RECORDED and draw(st.booleans()):
        BudgetEntry.objects.create(
            **base,
            **fields,
            amount_vnd=-row.amount_vnd // 3,
            reason="sửa",
            corrects=draw(st.sampled_from([row, None])),
        )
    return row


def fill(data, world, named, most=12):
    """Draws facts of every table."""
    for _number in range(data.draw(st.integers(1, most))):
        data.draw(activity_details(data.draw(activities(world, named)), world, named))
    for make in (model_events, measurements, budget_entries):
        for _number in range(data.draw(st.integers(0, most))):
            data.draw(make(world, named))
    for day, owner in ((date(2026, 3, 8), world.board), (date(2025, 3, 8), world.board_before)):
        factories.document(owner, state=DocumentState.ISSUED, issued_on=day, register_year=day.year)
