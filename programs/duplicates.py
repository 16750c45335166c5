"""Entries that may be the event somebody is about to log, and what is done about them.

An activity counts once, for its owner. Whoever took part in what another agency logged is named in it as a partner and
does not log it again.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from coordination.enums import DocumentState
from coordination.formats import date_vi, number_vi
from coordination.models import Agency, Membership, Party, User
from programs.enums import FactState, RequestNature
from programs.fact_notices import tell_owner_of_request
from programs.item_suggestions import words_of
from programs.models import Activity, CorrectionRequest
from programs.models.activity import ALIKE_DAYS

logger = logging.getLogger(__name__)
SHOWN = 3
SIMILAR = 0.5  # from here on two entries are shown as possibly the same
SAME_PEOPLE, SAME_DAY = 0.3, 0.2
TOLERANCE = 10  # percent two counts of the same people may differ
MOST_LOOKED_AT = 200  # of one kind, at one place, within a week


@dataclass(frozen=True)
class Likeness:
    """`score`: the share of words in common, raised by like numbers of people and the same day. `seen`: the person may

    read the record; of one that it may not, only what the warning needs is shown.
    """

    activity: Activity
    score: float
    same_people: bool
    seen: bool
    own: bool
    joined: bool


def likenesses(activity: Activity, acting: Membership) -> list[Likeness]:
    """Of a record that is about to be saved: kind, place and days as typed, ± 3 days; the likest first.

    Looked through: what the person may read, and what parties of an agreement in force with its agency recorded: both
    would report the same event. Not looked through: corrections, and the same form sent before.
    """
    agency, user = acting.agency, acting.user
    seen = set(_alike(Activity.objects.visible_to(user), activity).values_list("pk", flat=True)[:MOST_LOOKED_AT])
    beside = Activity.objects.recorded().filter(owner__in=co_signers(agency, activity.counted_on))
    rows = Activity.objects.filter(
        Q(pk__in=seen) | Q(pk__in=_alike(beside, activity).order_by().values("pk"))
    ).for_list()
    own = Agency.objects.lineage_of({agency.pk})
    named = set(
        Activity.partners.through.objects.filter(agency__in=own, activity__in=rows).values_list("activity", flat=True)
    )
    found = []
    for other in rows[:MOST_LOOKED_AT]:
        score, same_people = likeness(activity, other)
        if score >= SIMILAR:
            flags = {"seen": other.pk in seen, "own": other.owner_id in own, "joined": other.pk in named}
            found.append(Likeness(other, score, same_people, **flags))
    return sorted(found, key=lambda row: -row.score)[:SHOWN]


def _alike(rows, activity: Activity):
    rows = rows.alike(activity.kind, activity.unit, activity.counted_on).filter(reason="")
    if activity.form_token:
        rows = rows.exclude(form_token=activity.form_token)
    return rows.exclude(pk=activity.pk) if activity.pk else rows


def likeness(one: Activity, other: Activity | Entry) -> tuple[float, bool]:
    """Share of the words of the shorter name that stand in the other, plus what people and day add."""
    same_people = like_numbers(one.attendances, other.attendances)
    words = words_of(one.title), words_of(other.title)
    shortest = min(map(len, words))
    share = len(words[0] & words[1]) / shortest if shortest else 0.0
    return share + SAME_PEOPLE * same_people + SAME_DAY * (one.counted_on == other.counted_on), same_people


def like_numbers(one: int | None, other: int | None) -> bool:
    """Within ± 10% of the larger; unstated numbers are like nothing."""
    if not one or not other:
        return False
    return abs(one - other) * 100 <= TOLERANCE * max(one, other)


class Signed(NamedTuple):
    """Another agency, and days on which an agreement it signed with this one is in force, both inclusive."""

    agency: int
    first: date
    last: date


def co_signed(agency: Agency) -> list[Signed]:
    """Of every agreement issued; the agency itself and those it came of are left out."""
    lineage = Agency.objects.lineage_of({agency.pk})
    signed = Party.objects.filter(agency__in=lineage).order_by().values("document")
    parties = Party.objects.filter(
        document__in=signed, document__agreement__isnull=False, document__state=DocumentState.ISSUED
    )
    days = [f"document__agreement__{name}" for name in ("stage_from", "stage_to", "ended_on")]
    rows = parties.exclude(agency__in=lineage).order_by().values_list("agency", *days)
    return [Signed(other, first, min(last, ended or last)) for other, first, last, ended in rows]


def co_signers(agency: Agency, day: date) -> Iterable[int]:
    """Ids of the agencies that signed an agreement in force on the day together with this one."""
    return {row.agency for row in co_signed(agency) if row.first <= day <= row.last}


# ---- many new records at once ----


class Entry(NamedTuple):
    """What of a stored record tells whether it is the same event."""

    pk: int
    owner: int
    reference: str
    kind: int
    unit: int
    counted_on: date
    title: str
    attendances: int | None


def doubles_of(
    activities: Sequence[Activity], *, user: User, signed: Sequence[Signed], left_out: Collection[tuple[int, str]] = ()
) -> list[list[Entry]]:
    """For each that is about to be saved the likest stored ones, as `likenesses` finds them; two queries for all.

    `left_out`: owner and reference of records that are no doubles.
    """
    beside: dict[tuple[int, int], list[Entry]] = {}
    for entry in _entries_near(activities, user, signed):
        if (entry.owner, entry.reference) not in left_out:
            beside.setdefault((entry.kind, entry.unit), []).append(entry)
    near = timedelta(days=ALIKE_DAYS)
    found = []
    for one in activities:
        same = beside.get((one.kind_id, one.unit_id), ())
        scored = ((likeness(one, row)[0], row) for row in same if abs(row.counted_on - one.counted_on) <= near)
        likest = sorted((row for row in scored if row[0] >= SIMILAR), key=lambda row: -row[0])
        found.append([other for _score, other in likest[:SHOWN]])
    return found


def _entries_near(activities: Sequence[Activity], user: User, signed: Sequence[Signed]) -> Iterator[Entry]:
    """What the person may read, and what was recorded by those who had signed with its agency by then; each once."""
    if not activities:
        return
    days, near = [one.counted_on for one in activities], timedelta(days=ALIKE_DAYS)
    here = Q(
        province__in={one.unit.own_province_id for one in activities},
        kind__in={one.kind_id for one in activities},
        unit__in={one.unit_id for one in activities},
        counted_on__gte=min(days) - near,
        counted_on__lte=max(days) + near,
        reason="",
    )
    columns = ("pk", "owner_id", "reference", "kind_id", "unit_id", "counted_on", "title", "attendances")
    readable = Activity.objects.visible_to(user).filter(here).order_by().values_list(*columns)
    entries = {row[0]: Entry(*row) for row in readable}
    yield from entries.values()
    recorded = Activity.objects.recorded().filter(here, owner__in={other.agency for other in signed})
    for row in recorded.order_by().values_list(*columns):
        entry = Entry(*row)
        terms = (other for other in signed if other.agency == entry.owner)
        if entry.pk not in entries and any(one.first <= entry.counted_on <= one.last for one in terms):
            yield entry


def in_one_line(activity: Activity) -> str:
    """What the other agency counted, for the owner to compare."""
    values = {"title": activity.title, "day": date_vi(activity.counted_on), "people": number_vi(activity.attendances)}
    values |= {"women": number_vi(activity.women)}
    return _("We logged: “%(title)s”, %(day)s, %(people)s attendances, %(women)s women.") % values


class AlreadyAsked(Exception):
    """The agency has asked to be named in this record, and was not answered yet."""


@transaction.atomic
def ask_to_join(existing: Activity, *, text: str, acting: Membership) -> CorrectionRequest:
    """`text`: what the agency counted itself, so that the owner can compare."""
    Activity.objects.select_for_update().get(pk=existing.pk, state=FactState.RECORDED)
    waiting = CorrectionRequest.objects.open().filter(
        activity=existing, agency=acting.agency_id, nature=RequestNature.JOIN
    )
    if waiting.exists():
        raise AlreadyAsked
    request = CorrectionRequest.objects.create(
        nature=RequestNature.JOIN, activity=existing, agency=acting.agency, text=text, asked_by=acting.user
    )
    tell_owner_of_request(request, existing, acting=acting)
    logger.info("asked to join", extra={"activity": existing.pk, "request": request.pk})
    return request
