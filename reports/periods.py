"""Periods made from the rules of a cut-off profile, and found by the words people write (2026-H1)."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Max, Min
from django.utils.translation import gettext as _

from coordination.formats import date_vi
from reports.enums import PeriodKind, ReportKind
from reports.models import CutoffProfile, CutoffRule, ReportingPeriod

YEARS = range(2021, 2033)  # the years every profile is made for by load_lists

# Which profile a bare "2026-H1" means. Annual plans of coordination run by the calendar year.
PROFILE_OF_KIND = {
    ReportKind.GENDER_EQUALITY: "ND09",
    ReportKind.COORDINATION: "DL",
    ReportKind.MIDTERM: "RIENG",
    ReportKind.FINAL: "RIENG",
    ReportKind.PROJECT8: "ND09",
    ReportKind.THEMATIC: "RIENG",
}
FREE_PROFILE = "RIENG"


class UnknownPeriod(Exception):
    """The text names no period of the profile."""

    def __init__(self, text: str, profile: str, code: str):
        super().__init__(text)
        self.text, self.profile, self.code = text, profile, code

    def for_people(self) -> str:
        profile = CutoffProfile.objects.filter(code=self.profile).first()
        if profile is None:
            known = ", ".join(CutoffProfile.objects.values_list("code", flat=True))
            return _("There is no cut-off profile “%(profile)s”; there are: %(known)s.") % {
                "profile": self.profile,
                "known": known,
            }
        years = profile.periods.aggregate(first=Min("year"), last=Max("year"))
        return _(
            "There is no period “%(code)s” in profile %(profile)s, which has the years %(first)s–%(last)s. "
            "Write 2026-M06, 2026-Q2, 2026-H1, 2026-9M or 2026-Y; PROFILE:2026-H1 for another profile; "
            "the code of a period with free dates (SK-2023)."
        ) % {"code": self.code, "profile": self.profile, **years}


def find_period(kind: str, text: str) -> ReportingPeriod:
    """By code in the profile of the report kind, or in the one named before the colon, or with free dates.

    Raises UnknownPeriod, whose `for_people` says what can be written.
    """
    name, _colon, code = text.strip().upper().rpartition(":")
    profile = name or PROFILE_OF_KIND[ReportKind(kind)]
    profiles = [profile] if name else [profile, FREE_PROFILE]
    found = {period.profile.code: period for period in _periods_with_code(code, profiles)}
    for wanted in profiles:
        if wanted in found:
            return found[wanted]
    raise UnknownPeriod(text, profile, code)


def _periods_with_code(code: str, profiles: list[str]) -> Iterable[ReportingPeriod]:
    return ReportingPeriod.objects.filter(code=code, profile__code__in=profiles).select_related(
        "profile", "same_period_last_year"
    )


def free_period(first: date, last: date) -> ReportingPeriod:
    """The one with just these days (both inclusive), made when nobody chose them before."""
    profile = CutoffProfile.objects.get(code=FREE_PROFILE)
    found = profile.periods.filter(kind=PeriodKind.FREE, data_from=first, data_to=last).first()
    if found:
        return found
    days = {"data_from": first, "data_to": last, "money_from": date(first.year, 1, 1)}
    row, _made = profile.periods.get_or_create(
        code=f"{first:%Y%m%d}-{last:%Y%m%d}",
        defaults={"kind": PeriodKind.FREE, "year": last.year, "label": free_label(first, last), **days},
    )
    return row


def free_label(first: date, last: date) -> str:
    """As papers have it: "giai đoạn 2021 - 2025", "năm 2025", or its days."""
    if (first.day, first.month, last.day, last.month) == (1, 1, 31, 12):
        return f"năm {last.year}" if first.year == last.year else f"giai đoạn {first.year} - {last.year}"
    return f"từ ngày {date_vi(first)} đến ngày {date_vi(last)}"


@transaction.atomic
def make_periods(profile: CutoffProfile, years: Iterable[int]) -> int:
    """Makes the missing periods of these report years and joins each to the same one a year before. Counts them."""
    there = set(profile.periods.values_list("code", flat=True))
    rules = list(profile.rules.all())
    new = [period for year in years for rule in rules if (period := _period(rule, year)).code not in there]
    ReportingPeriod.objects.bulk_create(new)
    _join_to_last_year(profile)
    return len(new)


def _period(rule: CutoffRule, year: int) -> ReportingPeriod:
    """Money is counted from 1 January of the report year: the budget year is the calendar year (State Budget Law)."""
    last_day = date(year + rule.to_year_offset, rule.to_month, rule.to_day)
    return ReportingPeriod(
        profile_id=rule.profile_id,
        kind=rule.kind,
        year=year,
        number=rule.number,
        code=f"{year}-{rule.code}",
        label=rule.label.replace("{year}", str(year)),
        data_from=date(year + rule.from_year_offset, rule.from_month, rule.from_day),
        data_to=last_day,
        money_from=date(year, 1, 1),
        due_sender=last_day + timedelta(days=rule.due_days) if rule.due_days is not None else None,
    )


def _join_to_last_year(profile: CutoffProfile) -> None:
    periods = {(period.kind, period.number, period.year): period for period in profile.periods.all()}
    changed = []
    for (kind, number, year), period in periods.items():
        before = periods.get((kind, number, year - 1))
        if before and period.same_period_last_year_id is None and kind != PeriodKind.FREE:
            period.same_period_last_year = before
            changed.append(period)
    ReportingPeriod.objects.bulk_update(changed, ["same_period_last_year"], batch_size=200)
