"""What is said about a recorded activity: by partners about their part, by another person of the owner about all.

The latest saying of each agency holds, as long as the record is as it was looked at: an edit makes it lapse.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from coordination.locking import StaleVersion
from coordination.models import Agency, Membership
from programs.enums import FactState, MarkNature
from programs.fact_notices import tell_owner_of_mark
from programs.models import Activity, ActivityMark

logger = logging.getLogger(__name__)


def with_marks(rows: QuerySet[Activity]) -> QuerySet[Activity]:
    """With what a list shows: `owner_mark` (verified, returned or ""), `disputed` by a partner."""
    said = ActivityMark.objects.filter(activity=OuterRef("pk"), of_version=OuterRef("version"))
    of_owner = said.filter(nature__in=MarkNature.of_owner()).order_by("-pk").values("nature")[:1]
    return rows.annotate(owner_mark=Coalesce(Subquery(of_owner), Value("")), disputed=Exists(_disputes()))


def _disputes() -> QuerySet[ActivityMark]:
    """Of the row outside, by a partner that has said nothing else since."""
    later = ActivityMark.objects.filter(
        activity=OuterRef("activity"),
        agency=OuterRef("agency"),
        nature__in=MarkNature.of_partner(),
        of_version=OuterRef("of_version"),
        pk__gt=OuterRef("pk"),
    )
    said = ActivityMark.objects.filter(
        activity=OuterRef("pk"), of_version=OuterRef("version"), nature=MarkNature.DISPUTED
    )
    return said.filter(~Exists(later))


@dataclass(frozen=True)
class PartnerSays:
    """`mark`: the saying that holds, or None: not heard yet. `lapsed`: it had said something before the last edit."""

    agency: Agency
    mark: ActivityMark | None
    lapsed: bool


@dataclass(frozen=True)
class Sayings:
    """Of one activity: `owner` = verified or returned, or None; each named partner, in protocol order."""

    owner: ActivityMark | None = None
    partners: list[PartnerSays] = field(default_factory=list)

    @property
    def disputed(self) -> bool:
        return any(row.mark and row.mark.nature == MarkNature.DISPUTED for row in self.partners)


def sayings_on(activity: Activity, partners: Iterable[Agency]) -> Sayings:
    """In one query; `partners`: those named in the record, with the names of its day."""
    marks = list(activity.marks.select_related("given_by").order_by("pk"))
    holding = [mark for mark in marks if mark.of_version == activity.version]
    owner = next((mark for mark in reversed(holding) if mark.nature in MarkNature.of_owner()), None)
    said = {mark.agency_id: mark for mark in holding if mark.nature in MarkNature.of_partner()}
    before = {mark.agency_id for mark in marks if mark.nature in MarkNature.of_partner()}
    rows = [PartnerSays(row, said.get(row.pk), row.pk in before and row.pk not in said) for row in partners]
    return Sayings(owner, rows)


def partner_of(activity: Activity, acting: Membership) -> Agency | None:
    """The partner the hat speaks for: its agency, or one it succeeded."""
    lineage = Agency.objects.lineage_of({acting.agency_id})
    return activity.partners.filter(pk__in=lineage).order_by("pk").first()


@transaction.atomic
def give_mark(activity: Activity, nature: str, *, text: str, seen: int, acting: Membership) -> ActivityMark:
    """`seen`: the version of the record the person looked at; raises StaleVersion if it was changed meanwhile."""
    stored = Activity.objects.select_for_update().get(pk=activity.pk)
    if stored.version != seen or stored.state != FactState.RECORDED:
        raise StaleVersion
    agency = partner_of(stored, acting) if nature in MarkNature.of_partner() else acting.agency
    if agency is None:
        raise StaleVersion  # no longer named: the page is to be read again
    mark = ActivityMark.objects.create(
        activity=stored, agency=agency, nature=nature, text=text, given_by=acting.user, of_version=seen
    )
    tell_owner_of_mark(mark, acting=acting)
    logger.info("activity marked", extra={"activity": stored.pk, "nature": nature})
    return mark


# ---- what waits ----


def unheard(rows: QuerySet[Activity], agencies: Iterable[int]) -> QuerySet[Activity]:
    """Recorded ones that name one of `agencies` (ids) as a partner that has said nothing since the last edit."""
    own = list(agencies)
    named = Activity.partners.through.objects.filter(agency__in=own).values("activity")
    said = ActivityMark.objects.filter(
        activity=OuterRef("pk"), of_version=OuterRef("version"), agency__in=own, nature__in=MarkNature.of_partner()
    )
    return rows.recorded().filter(~Exists(said), pk__in=named, reason="")


def unverified(rows: QuerySet[Activity]) -> QuerySet[Activity]:
    """Recorded ones nobody has verified or returned since the last edit; corrections stand by their reason."""
    said = ActivityMark.objects.filter(
        activity=OuterRef("pk"), of_version=OuterRef("version"), nature__in=MarkNature.of_owner()
    )
    return rows.recorded().filter(~Exists(said), reason="")


def to_mend(rows: QuerySet[Activity]) -> QuerySet[Activity]:
    """Returned, or disputed by a partner, and not changed since; those in a report are mended by a correction."""
    marked = with_marks(rows.recorded())
    return marked.filter(Q(owner_mark=MarkNature.RETURNED) | Q(disputed=True))
