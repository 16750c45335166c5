"""Figures over activities: sessions held, people who came, what was handed out.

"Cuộc" are sessions, not records: one entry may stand for many. Attendances are presences, not persons. Counted for the
owner agency, on the last day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR
from typing import Any

from django.db.models import BigIntegerField, Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import ExtractYear
from django.utils.functional import keep_lazy_text
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.enums import UnitLevel
from coordination.models import AdministrativeUnit
from programs.enums import KindGroup
from programs.models import Activity, ActivityCost, ActivityCount, ActivityOutput
from reports.figures.base import (
    Amount,
    Axis,
    Figure,
    Number,
    Reach,
    Share,
    Source,
    Tally,
    by_field,
    by_list,
    by_task,
    is_integer,
)
from reports.figures.scope import Scope
from reports.figures.windows import Window


def month_axis(path: str = "") -> Axis:
    """By the number of the reporting month ("6" = 15/5–14/6); "" where the window has no months."""

    def expression(window: Window) -> Any:
        if not window.months:
            return Value("")
        return Case(
            *(
                When(**{f"{path}counted_on__lte": month.last}, then=Value(str(month.number)))
                for month in window.months
            ),
            default=Value(""),
            output_field=CharField(),
        )

    def where(value: str, window: Window) -> Q:
        of_month = [month for month in window.months if str(month.number) == value]
        days = (Q(**{f"{path}counted_on__range": (month.first, month.last)}) for month in of_month)
        return next(days, Q(pk__in=[]))

    return Axis("month", expression, where)


def year_axis(path: str = "") -> Axis:
    """By the calendar year of the last day, for windows of several years."""

    def where(value: str, _window: Window) -> Q:
        year = int(value) if is_integer(value) else 0
        return Q(**{f"{path}counted_on__year": year}) if MINYEAR <= year < MAXYEAR else Q(pk__in=[])

    return Axis("year", lambda _window: ExtractYear(f"{path}counted_on"), where, is_integer=True)


def _axes(path: str = "") -> dict[str, Axis]:
    axes = [
        by_list("content", f"{path}component__content__code"),
        by_list("project", f"{path}component__content__parent__code"),
        by_field("component", f"{path}component__code"),
        by_field("kind", f"{path}kind__code"),
        by_field("group", f"{path}kind__group"),
        by_field("unit", f"{path}unit_id", is_integer=True),
        by_field("owner", f"{path}owner_id", is_integer=True),
        month_axis(path),
        year_axis(path),
        *by_task(path),
    ]
    return {axis.code: axis for axis in axes}


ACTIVITIES = Source("activities", Activity, Activity, axes=_axes(), reach=Reach.SPAN)
OUTPUTS = Source(
    "outputs", Activity, ActivityOutput, "activity",
    axes=_axes("activity__") | {"output": by_field("output", "kind__code")}, reach=Reach.SPAN,
)  # fmt: skip
COUNTS = Source(
    "counts", Activity, ActivityCount, "activity",
    axes=_axes("activity__")
    | {"category": by_field("category", "category__code"), "dimension": by_field("dimension", "category__dimension")},
    reach=Reach.SPAN,
)  # fmt: skip
COSTS = Source(
    "costs", Activity, ActivityCost, "activity",
    axes=_axes("activity__") | {"source": by_field("source", "source")}, reach=Reach.SPAN,
)  # fmt: skip


@dataclass(frozen=True)
class _ReachedCommunes(Source):
    """Communes in which something took place: the commune of an activity, or one of the others it names."""

    def within(self, scope: Scope, window: Window) -> QuerySet[Any]:
        return communes_of(ACTIVITIES.within(scope, window))


def communes_of(activities: QuerySet[Any]) -> QuerySet[Any]:
    others = Activity.other_units.through.objects.filter(activity__in=activities.values("pk"))
    return (
        AdministrativeUnit.objects.of_level(UnitLevel.COMMUNE)
        .filter(Q(pk__in=activities.values("unit")) | Q(pk__in=others.values("administrativeunit")))
        .order_by()
    )


@dataclass(frozen=True)
class CommunesReached(Tally):
    """Counts a commune once however often it was reached, so it does not add up over months or contents.

    The list that opens is that of the activities; each brings the communes it was held in.
    """

    @property
    def axes(self) -> frozenset[str]:
        return frozenset(ACTIVITIES.axes)

    def takes(self, axis: str, value: str) -> bool:
        return axis in self.axes and ACTIVITIES.axes[axis].takes(value)

    def _activities(self, scope: Scope, window: Window, axes: dict[str, str]) -> QuerySet[Any]:
        return ACTIVITIES.within(scope, window).filter(ACTIVITIES.where(axes, window))

    def value(self, scope: Scope, window: Window, **axes: str) -> Amount:
        return self.amount(communes_of(self._activities(scope, window, axes)).count())

    def facts(self, scope: Scope, window: Window, **axes: str) -> QuerySet[Any]:
        one = Value(1, output_field=BigIntegerField())
        return self._activities(scope, window, axes).annotate(amount=one).prefetch_related("other_units", "unit")

    def total(self, facts: Iterable[Any]) -> Number | None:
        places = [place for fact in facts for place in (fact.unit, *fact.other_units.all())]
        return len({place.pk for place in places if place.level == UnitLevel.COMMUNE}) or None


@keep_lazy_text
def _of_group(label: Any, group: Any) -> str:
    """ "Sessions (inspection)"."""
    return f"{label} ({group[:1].lower()}{group[1:]})"


def _tally(code: str, label: Any, unit: Any, measure: str = "", where: Q | None = None, rough: bool = False) -> Tally:
    return Tally(
        f"activities.{code}", label, unit, source=ACTIVITIES, measure=measure, where=where or Q(), rough=rough
    )


_SESSIONS = pgettext_lazy("counting word", "sessions")
_ATTENDANCES = pgettext_lazy("counting word", "attendances")
_ENTRIES = pgettext_lazy("counting word", "entries")
_PEOPLE = pgettext_lazy("counting word", "people")
# A correction states what the activity it corrects does.
STATES_WOMEN = Q(women__isnull=False) | Q(corrects__women__isnull=False)
_STATES_MINORITY = Q(minority__isnull=False) | Q(corrects__minority__isnull=False)

SESSIONS = _tally("sessions", _("Sessions"), _SESSIONS, "sessions")
ATTENDANCES = _tally("attendances", _("Attendances"), _ATTENDANCES, "attendances", rough=True)
WOMEN = _tally("women", _("Attendances of women"), _ATTENDANCES, "women", rough=True)
MINORITY = _tally("minority", _("Attendances of ethnic-minority people"), _ATTENDANCES, "minority", rough=True)
# Shares divide by the totals of those activities only that state the part; how many do is printed beside them.
WITH_WOMEN = _tally(
    "attendances_with_women",
    _("Attendances where women are stated"), _ATTENDANCES, "attendances", STATES_WOMEN, rough=True,
)  # fmt: skip
WITH_MINORITY = _tally(
    "attendances_with_minority",
    _("Attendances where ethnic-minority people are stated"),
    _ATTENDANCES, "attendances", _STATES_MINORITY, rough=True,
)  # fmt: skip

# Held together: another agency is named as a partner, or one outside the portal is.
_TOGETHER = Exists(Activity.partners.through.objects.filter(activity=OuterRef("pk"))) | ~Q(other_partners="")

FIGURES: list[Figure] = [
    SESSIONS,
    _tally("sessions_together", _("Sessions held with partners"), _SESSIONS, "sessions", Q(_TOGETHER)),
    _tally("samples", _("Entries that are samples"), _ENTRIES, where=Q(is_sample=True)),
    ATTENDANCES,
    WOMEN,
    MINORITY,
    _tally("minority_women", _("Attendances of ethnic-minority women"), _ATTENDANCES, "minority_women", rough=True),
    _tally("people", _("Persons reached"), _PEOPLE, "distinct_people", rough=True),
    _tally("records", _("Entries"), _ENTRIES),
    WITH_WOMEN,
    WITH_MINORITY,
    _tally("sessions_with_women", _("Sessions where women are stated"), _SESSIONS, "sessions", STATES_WOMEN),
    _tally(
        "sessions_with_minority",
        _("Sessions where ethnic-minority people are stated"), _SESSIONS, "sessions", _STATES_MINORITY,
    ),
    _tally("sessions_without_women", _("Sessions without the number of women"), _SESSIONS, "sessions", ~STATES_WOMEN),
    _tally(
        "sessions_without_minority",
        _("Sessions without the number of ethnic-minority people"), _SESSIONS, "sessions", ~_STATES_MINORITY,
    ),
    Share("activities.women_share", _("Share of women"), part=WOMEN, whole=WITH_WOMEN),
    Share("activities.minority_share", _("Share of ethnic-minority people"), part=MINORITY, whole=WITH_MINORITY),
    CommunesReached(
        "activities.communes", _("Communes reached"), pgettext_lazy("counting word", "communes"),
        note=_("Each commune counts once, however many activities it had."),
        source=_ReachedCommunes("communes", Activity, AdministrativeUnit, reach=Reach.SPAN),
    ),
    Tally(
        "outputs.quantity", _("Products handed out or put up"), pgettext_lazy("counting word", "products"),
        source=OUTPUTS, measure="quantity",
    ),
    Tally("counts.attendances", _("Attendances by category"), _ATTENDANCES, source=COUNTS, measure="attendances"),
    Tally("counts.women", _("Attendances of women by category"), _ATTENDANCES, source=COUNTS, measure="women"),
    Tally(
        "costs.amount", _("Cost of activities"), pgettext_lazy("counting word", "dong"), "money",
        source=COSTS, measure="amount_vnd",
    ),
]  # fmt: skip

# One of each per group of kinds: communication.sessions, training.women…
for _group in KindGroup:
    for _measure, _label, _unit in (
        ("sessions", _("Sessions"), _SESSIONS),
        ("attendances", _("Attendances"), _ATTENDANCES),
        ("women", _("Attendances of women"), _ATTENDANCES),
    ):
        FIGURES.append(
            Tally(
                f"{_group.value}.{_measure}", _of_group(_label, _group.label), _unit,
                source=ACTIVITIES, measure=_measure, where=Q(kind__group=_group.value), rough=_measure != "sessions",
            )
        )  # fmt: skip
