"""Loads the reference lists of reports: cut-off profiles with their rules, and the periods made from them."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from coordination.loaders import Loaded, add_missing, rows_of
from reports import outlines
from reports.enums import PeriodKind
from reports.models import CutoffProfile, CutoffRule, ReportingPeriod
from reports.periods import YEARS, make_periods


@transaction.atomic
def load_lists(loaded: Loaded) -> None:
    rows = [row | {"valid_from": row["valid_from"] or None} for row in rows_of("cutoff_profiles")]
    profiles = add_missing(
        (CutoffProfile(position=position, **row) for position, row in enumerate(rows, start=1)),
        loaded,
        _("cut-off profiles"),
    )
    _add_rules(profiles, loaded)
    for profile in profiles.values():
        made = make_periods(profile, YEARS)
        wanted = len(YEARS) * profile.rules.count()
        loaded.note(_("reporting periods"), made=made, kept=wanted - made)
    _add_free_periods(profiles, loaded)
    made, kept = outlines.load()
    loaded.note(_("outlines of reports"), made=made, kept=kept)


def _add_rules(profiles: dict[str, CutoffProfile], loaded: Loaded) -> None:
    rows = rows_of("cutoff_rules")
    there = set(CutoffRule.objects.values_list("profile__code", "code"))
    new = [
        CutoffRule(**row | {"profile": profiles[row["profile"]]})
        for row in rows
        if (row["profile"], row["code"]) not in there
    ]
    CutoffRule.objects.bulk_create(new)
    loaded.note(_("cut-off rules"), made=len(new), kept=len(rows) - len(new))


def _add_free_periods(profiles: dict[str, CutoffProfile], loaded: Loaded) -> None:
    rows, days = rows_of("free_periods"), ("data_from", "data_to", "money_from")
    there = set(ReportingPeriod.objects.values_list("profile__code", "code"))
    new = [
        ReportingPeriod(
            kind=PeriodKind.FREE,
            **row | {"profile": profiles[row["profile"]]} | {day: date.fromisoformat(row[day]) for day in days},
        )
        for row in rows
        if (row["profile"], row["code"]) not in there
    ]
    ReportingPeriod.objects.bulk_create(new)
    loaded.note(_("reporting periods"), made=len(new), kept=len(rows) - len(new))
