"""Agencies through time: found by any name they ever had, entered, corrected; what belongs to them.

A mistake is mended in the row itself, for all days it speaks of. What a decision changes (a new name, a merger, a
split, an end) stands in coordination.agency_changes: there the old stays as it was until the day before.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Case, Count, F, Prefetch, Q, QuerySet, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from coordination.enums import UnitLevel
from coordination.formats import date_vi
from coordination.locking import claim_version
from coordination.models import AdministrativeUnit, Agency, AgencyName, Membership, Party, User
from coordination.search import search_text

logger = logging.getLogger(__name__)
DEEPEST = 6  # agencies one above the other: commune, district, province, ministry


class AgencyRefused(Exception):
    """What was typed does not fit; the text says what to do. `field`: the one to be mended, "" for none."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field

    def for_people(self) -> str:
        return str(self)


@dataclass(frozen=True)
class NameLine:
    """Name and letterhead; `letterhead` empty: the name in capitals."""

    name: str
    short_name: str
    symbol: str
    place: str
    letterhead: str = ""
    letterhead_parent: str = ""

    def columns(self) -> dict[str, str]:
        return asdict(self) | {"letterhead": self.letterhead or self.name.upper()}


# ---- found and read ----


def matching(agencies: QuerySet[Agency], words: str) -> QuerySet[Agency]:
    """Each word, with or without marks, stands in a name of any time, or in the commune or province: "ban dan toc"."""
    for word in search_text(words).split():
        named = AgencyName.objects.filter(search_text__contains=word).values("agency")
        agencies = agencies.filter(
            Q(pk__in=named) | Q(unit__search_text__contains=word) | Q(unit__province__search_text__contains=word)
        )
    return agencies


def within(agencies: QuerySet[Agency], province: AdministrativeUnit) -> QuerySet[Agency]:
    """Of the province and of those it was made of."""
    lineage = AdministrativeUnit.objects.lineage_of({province.pk}).values("pk")
    return agencies.filter(Q(unit__in=lineage) | Q(unit__province__in=lineage))


def for_list(agencies: QuerySet[Agency], today: date, home: AdministrativeUnit | None = None) -> QuerySet[Agency]:
    """Those at work first; the reader's province `home`, the centre, then province by province, in protocol order.

    `names` newest first, `people`: how many work there.
    """
    names = Prefetch("names", AgencyName.objects.order_by("-valid_from"))
    working = Q(memberships__in=Membership.objects.current(today))
    agencies = agencies.annotate(people=Count("memberships__user", filter=working, distinct=True))
    rows = agencies.named_on(today).select_related("unit__province").prefetch_related(names)  # type: ignore[attr-defined]
    at_home = Q(unit=home) | Q(unit__province=home) if home else Q(unit__isnull=True)
    return rows.order_by(
        F("closed_on").asc(nulls_first=True),
        Case(When(at_home, then=0), default=1),
        Coalesce("unit__province__sort_key", "unit__sort_key").asc(nulls_first=True),
        F("unit__level").desc(),
        "protocol_order",
        "unit__sort_key",
        "pk",
    )


def former_names(agency: Agency) -> list[str]:
    """Of an agency of `for_list`, the newest first."""
    return [row.name for row in agency.names.all() if row.name != agency.name]  # type: ignore[attr-defined]


def around(agency: Agency, today: date) -> QuerySet[Agency]:
    """Others at work in the same province (or at the centre): whom a decision may join with it."""
    rows = Agency.objects.open_on(today).exclude(pk=agency.pk)
    home = province_of(agency.unit)
    rows = within(rows, home) if home else rows.filter(unit__isnull=True)
    return (
        rows.named_on(today)
        .select_related("unit")
        .order_by(  # type: ignore[attr-defined]
            F("unit__level").desc(), "protocol_order", "unit__sort_key", "pk"
        )
    )


def province_of(unit: AdministrativeUnit | None) -> AdministrativeUnit | None:
    return unit and (unit.province or unit)


def provinces_with_agencies(today: date) -> QuerySet[AdministrativeUnit]:
    seats = Agency.objects.filter(unit__isnull=False)
    homes = Q(pk__in=seats.values("unit")) | Q(pk__in=seats.values("unit__province"))
    return AdministrativeUnit.objects.filter(homes).of_level(UnitLevel.PROVINCE).valid_on(today)


def above(agency: Agency, today: date) -> list[Agency]:
    """Who stands above it, nearest first, by the names of today."""
    found: list[Agency] = []
    while agency.parent_id and len(found) < DEEPEST:
        agency = Agency.objects.named_on(today).get(pk=agency.parent_id)
        found.append(agency)
    return found


def now_of(agency: Agency, today: date) -> Agency:
    """What it was merged into, as far as that is one agency; else itself."""
    while agency.closed_on and agency.closed_on < today:
        successors = [row.successor for row in agency.successions.select_related("successor")]
        if len(successors) != 1:
            break
        agency = successors[0]
    return agency


def desks_of(agency: Agency) -> list[tuple[str, int]]:
    """Drafting desks on its list and those its documents name, with how many documents each drafted."""
    used = Counter(Party.objects.filter(agency=agency).exclude(desk="").values_list("desk", flat=True))
    listed = [line for line in agency.desks.splitlines() if line]
    return [(desk, used[desk]) for desk in dict.fromkeys([*listed, *sorted(used)])]


def desks_known(agencies: Iterable[Agency]) -> list[tuple[Agency, str]]:
    """Each desk of each of them, as `desks_of` has them, in their order."""
    rows = list(agencies)
    used: dict[int, set[str]] = {row.pk: set() for row in rows}
    for pk, desk in Party.objects.filter(agency__in=used).exclude(desk="").values_list("agency", "desk"):
        used[pk].add(desk)
    return [
        (row, desk)
        for row in rows
        for desk in dict.fromkeys([*filter(None, row.desks.splitlines()), *sorted(used[row.pk])])
    ]


def taken_symbol(
    unit: AdministrativeUnit | None, symbol: str, first: date, last: date | None = None, *, apart: set[int]
) -> AgencyName | None:
    """The name of another agency of the province that has the symbol in these days; `apart`: ids left out."""
    home = province_of(unit)
    if home is None:
        return None
    same = AgencyName.objects.filter(symbol=symbol).exclude(agency__in=apart)
    same = same.filter(Q(agency__unit=home) | Q(agency__unit__province=home))
    open_then = Q(valid_to__isnull=True) | Q(valid_to__gte=first)
    open_then &= Q(valid_to__isnull=False) | Q(agency__closed_on__isnull=True) | Q(agency__closed_on__gte=first)
    found = same.filter(open_then).select_related("agency__unit")
    return (found.filter(valid_from__lte=last) if last else found).first()


def check_symbol(
    unit: AdministrativeUnit | None,
    symbol: str,
    first: date,
    last: date | None = None,
    *,
    apart: set[int],
    field: str = "symbol",
) -> None:
    other = taken_symbol(unit, symbol, first, last, apart=apart)
    if other:
        words = _("“%(symbol)s” is the symbol of “%(agency)s” since %(day)s. Choose another symbol or day.")
        values = {"symbol": symbol, "agency": other.name, "day": date_vi(other.valid_from)}
        raise AgencyRefused(words % values, field)


# ---- entered and corrected ----


@transaction.atomic
def create_agency(columns: Mapping[str, Any], name: NameLine, *, since: date, decided_by: str, by: User) -> Agency:
    """`since`: its first day, where `opened_on` is not known the first day of its name.

    Raises AgencyRefused; IntegrityError when the form was already sent.
    """
    check_symbol(columns["unit"], name.symbol, since, apart=set())
    agency = Agency(**columns)
    save(agency, decided_by, by)
    save(AgencyName(agency=agency, valid_from=since, decided_by=decided_by, **name.columns()), decided_by, by)
    logger.info("agency created", extra={"agency": agency.pk})
    return agency


@transaction.atomic
def correct_agency(agency: Agency, columns: Mapping[str, Any], *, seen: int, reason: str, by: User) -> None:
    """It was entered wrongly. Raises StaleVersion when somebody changed it since version `seen`, AgencyRefused."""
    claim_version(agency, seen=seen)
    keep_as_loaded(agency)
    for column, value in columns.items():
        setattr(agency, column, value)
    if agency.pk in {agency.parent_id, *(one.pk for one in above(agency, date.max))}:
        raise AgencyRefused(_("An agency cannot stand above itself. Choose another one."), "parent")
    if agency.closed_on:
        _check_nobody_stays(agency)
    for name in agency.names.all():
        check_symbol(agency.unit, name.symbol, name.valid_from, name.valid_to, apart={agency.pk}, field="unit")
    save(agency, reason, by)
    logger.info("agency corrected", extra={"agency": agency.pk})


def _check_nobody_stays(agency: Agency) -> None:
    later = Q(valid_to__isnull=True) | Q(valid_to__gt=agency.closed_on)
    if Membership.objects.filter(later, agency=agency).exists():
        words = _("People work there after this day. End the agency by a decision: their roles end or go on with it.")
        raise AgencyRefused(words, "closed_on")


@transaction.atomic
def correct_name(name: AgencyName, line: NameLine, *, seen: int, reason: str, by: User, **columns: Any) -> None:
    """For all its days; `columns`: its first day and the decision. Raises StaleVersion, AgencyRefused."""
    agency = name.agency
    claim_version(agency, seen=seen)
    keep_as_loaded(agency)
    _keep_name_as_loaded(name)
    before = agency.names.filter(valid_from__lt=name.valid_from).order_by("-valid_from").first()
    for column, value in (line.columns() | columns).items():
        setattr(name, column, value)
    _check_days(name, before)
    check_symbol(agency.unit, name.symbol, name.valid_from, name.valid_to, apart={agency.pk})
    if before and before.valid_to and "valid_from" in columns:
        _end_the_day_before(before, name.valid_from, reason, by)
    save(name, reason, by)
    save(agency, reason, by)
    logger.info("name of an agency corrected", extra={"agency": agency.pk, "named": name.pk})


def _check_days(name: AgencyName, before: AgencyName | None) -> None:
    if name.valid_to and name.valid_from > name.valid_to:
        words = _("The name holds until %(day)s: choose an earlier first day.") % {"day": date_vi(name.valid_to)}
        raise AgencyRefused(words, "valid_from")
    if before and before.valid_from >= name.valid_from:
        words = _("The name before it begins on %(day)s: choose a later day.") % {"day": date_vi(before.valid_from)}
        raise AgencyRefused(words, "valid_from")


def _end_the_day_before(name: AgencyName, day: date, reason: str, by: User) -> None:
    last = date.fromordinal(day.toordinal() - 1)
    if name.valid_to != last:
        _keep_name_as_loaded(name)
        name.valid_to = last
        save(name, reason, by)


@transaction.atomic
def keep_letterhead(agency: Agency, today: date, *, seen: int, by: User, desks: str, **columns: str) -> None:
    """What the agency's own administrator keeps: letterhead and place of its name of today, and its desks."""
    claim_version(agency, seen=seen)
    keep_as_loaded(agency)
    name = agency.name_on(today)
    if any(getattr(name, column) != value for column, value in columns.items()):
        _keep_name_as_loaded(name)
        for column, value in columns.items():
            setattr(name, column, value)
        save(name, "", by)
    agency.desks = desks
    save(agency, "", by)


@transaction.atomic
def put_in_order(places: Mapping[Agency, int], *, by: User) -> int:
    """Protocol order of several agencies at once; those whose place stays are not touched."""
    moved = [agency for agency, place in places.items() if agency.protocol_order != place]
    for agency in moved:
        claim_version(agency, seen=agency.version)
        keep_as_loaded(agency)
        agency.protocol_order = places[agency]
        save(agency, "", by)
    return len(moved)


# ---- history ----


def save(row: Any, reason: str, by: User) -> None:
    """The reason as long as history keeps it."""
    row._change_reason, row._history_user = reason[:100] or None, by
    row.save()


def keep_as_loaded(agency: Agency) -> None:
    """Agencies loaded in bulk may have no history: the first change keeps what they said."""
    if not agency.history.exists():
        _keep(Agency.objects.get(pk=agency.pk), agency.created_at)


def _keep_name_as_loaded(name: AgencyName) -> None:
    if not name.history.exists():
        _keep(AgencyName.objects.get(pk=name.pk), name.agency.created_at)


def _keep(row: Any, at: Any) -> None:
    row._history_date = at
    type(row).history.bulk_history_create([row])
