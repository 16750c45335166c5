"""Places through time: search that finds old names, what a unit came of and became, and the two ways to change one.

A mistake (a name mistyped) is mended in the row itself, for every day it was valid. A decision (renamed, merged,
split) leaves the old row as it was until the day before, makes new ones from the day on, and keeps who became what.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, When
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.enums import SuccessionExtent, SuccessionNature, UnitLevel
from coordination.locking import claim_version
from coordination.models import AdministrativeUnit, Agency, UnitSuccession, User
from coordination.search import search_text

logger = logging.getLogger(__name__)


class ChangeRefused(Exception):
    """The decision cannot be entered as typed; the text says what to do."""

    def for_people(self) -> str:
        return str(self)


def matching(units: QuerySet[AdministrativeUnit], words: str) -> QuerySet[AdministrativeUnit]:
    """With or without marks: "kon tum", or with the unit above it after a comma: "ba vi, ba to".

    The name itself before longer ones, provinces before what lies in them.
    """
    name, *above = [search_text(part) for part in words.split(",")]
    for place in above:
        units = units.filter(Q(parent__search_text__contains=place) | Q(province__search_text__contains=place))
    named = Case(When(Q(search_text=name) | Q(search_text__endswith=f" {name}"), then=0), default=1)
    return units.filter(search_text__contains=name).order_by(named, F("level").desc(), "sort_key", "code", "pk")


@dataclass(frozen=True)
class Today:
    """What a unit is on a day; `whole` False: only a part of it went there."""

    unit: AdministrativeUnit
    whole: bool


def became_of(units: Sequence[AdministrativeUnit], day: date) -> dict[int, list[Today]]:
    """For each unit no longer valid on the day what it is by then, however many changes on; two queries a change.

    A district of before 1 July 2025 has no successor of its own: what its communes became stands for it.
    """
    gone = {unit.pk for unit in units if not unit.is_valid_on(day)}
    starts = {pk: {pk: True} for pk in gone}
    for child, parent in AdministrativeUnit.objects.filter(parent__in=_without_edge(gone)).values_list("pk", "parent"):
        starts[parent][child] = False
    reached, fresh = {pk: dict(row) for pk, row in starts.items()}, {pk for row in starts.values() for pk in row}
    edges: dict[int, list[tuple[int, bool]]] = {}
    while fresh:
        rows = UnitSuccession.objects.filter(predecessor__in=fresh, on__lte=day)
        for before, after, extent in rows.values_list("predecessor", "successor", "extent"):
            edges.setdefault(before, []).append((after, extent == SuccessionExtent.WHOLE))
        fresh = {after for before in fresh for after, _whole in edges.get(before, [])} - edges.keys()
    for found in reached.values():
        _follow(found, edges)
    ids = {pk for found in reached.values() for pk in found}
    valid = AdministrativeUnit.objects.filter(pk__in=ids).valid_on(day).select_related("province").in_bulk()
    return {pk: _sorted(found, valid) for pk, found in reached.items()}


def _without_edge(units: set[int]) -> set[int]:
    return units - set(UnitSuccession.objects.filter(predecessor__in=units).values_list("predecessor", flat=True))


def _follow(found: dict[int, bool], edges: dict[int, list[tuple[int, bool]]]) -> None:
    waiting = list(found)
    while waiting:
        unit = waiting.pop()
        for after, whole in edges.get(unit, []):
            if after not in found:
                found[after] = found[unit] and whole
                waiting.append(after)


def _sorted(found: dict[int, bool], valid: dict[int, AdministrativeUnit]) -> list[Today]:
    units = sorted((valid[pk] for pk in found if pk in valid), key=lambda unit: unit.sort_key)
    return [Today(unit, found[unit.pk]) for unit in units]


# --- to correct a mistake --------------------------------------------------------------------------------------------


@transaction.atomic
def correct_unit(unit: AdministrativeUnit, *, name: str, kind: str, seen: int, reason: str, by: User) -> None:
    """The row was wrong from the first day. Raises StaleVersion when somebody changed it since version `seen`."""
    claim_version(unit, seen=seen)
    if not unit.history.exists():
        _keep_as_loaded(unit)
    unit.name, unit.kind = name, kind
    _save(unit, reason, by)
    logger.info("unit corrected", extra={"unit": unit.pk})


def _keep_as_loaded(unit: AdministrativeUnit) -> None:
    """Units are loaded in bulk, without history: the first change keeps what the list said."""
    loaded = AdministrativeUnit.objects.get(pk=unit.pk)
    loaded.version = unit.version - 1
    loaded._history_date = loaded.created_at
    AdministrativeUnit.history.bulk_history_create([loaded])


def _save(unit: AdministrativeUnit, reason: str, by: User) -> None:
    unit._change_reason, unit._history_user = reason[:100], by
    unit.save()


# --- to change by decision -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NewUnit:
    name: str
    kind: str
    code: str


@dataclass(frozen=True)
class Decision:
    """`on`: the first day of the new order. Renamed: one `old`, one `new`. Merged: several `old`, one `new`.

    Split: one `old`, several `new`, each a part of it.
    """

    nature: SuccessionNature
    on: date
    legal_document: str
    old: tuple[AdministrativeUnit, ...]
    new: tuple[NewUnit, ...]


@dataclass(frozen=True)
class Touched:
    """What a decision leaves behind: shown before it is saved."""

    ends: list[AdministrativeUnit]
    communes: int
    agencies: QuerySet[Agency]
    last_day: date


def touched_by(decision: Decision) -> Touched:
    ids = [unit.pk for unit in decision.old]
    below = AdministrativeUnit.objects.filter(parent__in=ids).valid_on(decision.on)
    return Touched(
        ends=list(decision.old),
        communes=below.count(),
        agencies=Agency.objects.filter(unit__in=ids).open_on(decision.on).named_on(decision.on).in_protocol_order(),
        last_day=decision.on - timedelta(days=1),
    )


def check_decision(decision: Decision) -> None:
    """Raises ChangeRefused with the sentence people read."""
    if decision.on > timezone.localdate():
        raise ChangeRefused(_("Enter the decision on its first day or later: until then the old units hold."))
    _check_numbers(decision.nature, len(decision.old) > 1, len(decision.new) > 1)
    if len({(unit.level, unit.province_id) for unit in decision.old}) > 1:
        raise ChangeRefused(_("Units of one level and one province only."))
    for unit in decision.old:
        if not unit.is_valid_on(decision.on) or unit.valid_from == decision.on:
            words = _("%(unit)s was not there the day before. Choose another day or unit.")
            raise ChangeRefused(words % {"unit": unit.label})
    if decision.nature == SuccessionNature.SPLIT and decision.old[0].level != UnitLevel.COMMUNE:
        raise ChangeRefused(_("Only a commune is split here: a province is split by its communes, one by one."))


def _check_numbers(nature: str, several_old: bool, several_new: bool) -> None:
    wanted = {
        SuccessionNature.MERGED: (True, False),
        SuccessionNature.SPLIT: (False, True),
        SuccessionNature.RENAMED: (False, False),
    }
    sentences = {
        SuccessionNature.MERGED: _("A merger takes two units or more into one. Choose the other units."),
        SuccessionNature.SPLIT: _("A split makes two units or more of one. Name them, one a line."),
        SuccessionNature.RENAMED: _("A new name is for one unit. Choose merger or split for several."),
    }
    kind = SuccessionNature(nature)
    if (several_old, several_new) != wanted[kind]:
        raise ChangeRefused(sentences[kind])


@transaction.atomic
def change_by_decision(decision: Decision, *, by: User) -> list[AdministrativeUnit]:
    """The new units. Communes below go on as new versions of themselves under the new unit; records stay as they are.

    Agencies of a unit that only got another name, or goes on, are seated in its new version.
    """
    check_decision(decision)
    old = list(AdministrativeUnit.objects.select_for_update().filter(pk__in=[unit.pk for unit in decision.old]))
    for unit in old:
        if unit.valid_to is not None:
            raise ChangeRefused(_("%(unit)s already ends on a day. Reload the page.") % {"unit": unit.label})
    made = [_begin(old[0], new, decision) for new in decision.new]
    for unit in made:
        _save(unit, decision.legal_document, by)
    for unit in old:
        _end(unit, decision, by)
        for successor in made:
            _link(unit, successor, decision, len(made))
        if decision.nature == SuccessionNature.RENAMED:
            _seat_agencies(unit, made[0], decision, by)
        if unit.level == UnitLevel.PROVINCE:
            _carry_over(unit, made[0], decision, by)
    logger.info("units changed by decision", extra={"old": [unit.pk for unit in old], "new": [u.pk for u in made]})
    return made


def _begin(old: AdministrativeUnit, new: NewUnit, decision: Decision) -> AdministrativeUnit:
    return AdministrativeUnit(
        code=new.code,
        name=new.name,
        kind=new.kind,
        level=old.level,
        parent=old.parent,
        province=old.province,
        valid_from=decision.on,
    )


def _end(unit: AdministrativeUnit, decision: Decision, by: User) -> None:
    claim_version(unit, seen=unit.version)
    if not unit.history.exists():
        _keep_as_loaded(unit)
    unit.valid_to = decision.on - timedelta(days=1)
    _save(unit, decision.legal_document, by)


def _link(old: AdministrativeUnit, new: AdministrativeUnit, decision: Decision, successors: int) -> None:
    UnitSuccession.objects.create(
        predecessor=old,
        successor=new,
        on=decision.on,
        nature=decision.nature,
        extent=SuccessionExtent.PART if successors > 1 else SuccessionExtent.WHOLE,
        legal_document=decision.legal_document,
    )


def _carry_over(old: AdministrativeUnit, new: AdministrativeUnit, decision: Decision, by: User) -> None:
    """The units of a province that got another name or was merged: the same ones, from the day on in the new one."""
    for unit in AdministrativeUnit.objects.filter(province=old, valid_to__isnull=True):
        later = AdministrativeUnit(
            code=unit.code, name=unit.name, kind=unit.kind, level=unit.level, parent=new, province=new,
            valid_from=decision.on,
        )  # fmt: skip
        _save(later, decision.legal_document, by)
        _end(unit, decision, by)
        UnitSuccession.objects.create(
            predecessor=unit,
            successor=later,
            on=decision.on,
            nature=SuccessionNature.CONTINUED,
            extent=SuccessionExtent.WHOLE,
            legal_document=decision.legal_document,
        )
        _seat_agencies(unit, later, decision, by)


def _seat_agencies(old: AdministrativeUnit, new: AdministrativeUnit, decision: Decision, by: User) -> None:
    for agency in Agency.objects.filter(unit=old).open_on(decision.on):
        claim_version(agency, seen=agency.version)
        agency.unit = new
        agency._change_reason, agency._history_user = decision.legal_document, by
        agency.save()
