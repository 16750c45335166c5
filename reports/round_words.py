"""Texts to copy into a message: what an agency owes in a round, and who owes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from coordination.formats import date_vi, number_vi
from reports.models import OutlineSection, ReportingPeriod, ReportRound
from reports.seats import Standing


def reminder(asked: ReportRound, asker: str, row: Standing) -> str:
    """To be sent to one agency; its last day is the one given to it."""
    period = asked.period
    values = {
        "agency": row.seat.agency_name,
        "asker": asker,
        "title": asked.title,
        "first": date_vi(period.data_from),
        "last": date_vi(period.data_to),
        "due": date_vi(row.seat.due),
        "days": number_vi(row.days_late),
    }
    lines = [
        _("To: %(agency)s") % values,
        _("%(asker)s asks for the report “%(title)s”, figures from %(first)s to %(last)s.") % values,
    ]
    if asked.letter:
        lines.append(_("Letter: %(letter)s") % {"letter": f"{asked.letter.code} ({date_vi(asked.letter.issued_on)})"})
    late = _("Last day: %(due)s; today it is %(days)s days late.") % values
    lines.append(late if row.days_late else _("Last day: %(due)s.") % values)
    lines.append(_("Please make and send the report in the portal: %(link)s") % {"link": _link(asked)})
    return "\n".join(lines)


def reminder_of_all(asked: ReportRound, asker: str, rows: Sequence[Standing]) -> str:
    """To a group of all agencies: who is late, and by how many days; all that owe while nobody is late."""
    late = [row for row in rows if row.days_late]
    values = {"asker": asker, "title": asked.title, "due": date_vi(asked.due_sender)}
    lines = [_("Reports “%(title)s” that %(asker)s is still waiting for (last day %(due)s):") % values]
    for row in late or rows:
        said = {"agency": row.seat.agency_short, "days": number_vi(row.days_late), "due": date_vi(row.seat.due)}
        words = _("- %(agency)s: %(days)s days late") if row.days_late else _("- %(agency)s: due %(due)s")
        lines.append(words % said)
    lines.append(_("Please make and send the report in the portal: %(link)s") % {"link": _link(asked)})
    return "\n".join(lines)


_CLAUSE, _TOKEN = re.compile(r"\[[^\[\]]*\]"), re.compile(r"\{([^{}]*)\}")


def headings_of(asked: ReportRound) -> list[OutlineSection]:
    """The sections of the outline in order, each with `words`: its heading as it reads before anything is counted."""
    sections = list(asked.outline.sections.exclude(heading="").order_by("position", "pk"))
    for section in sections:
        section.words = heading_words(section.heading, asked.period)
    return sections


def heading_words(heading: str, period: ReportingPeriod) -> str:
    """Clauses that depend on numbers are left out, days and years filled in."""
    known = {
        "period": period.label,
        "next_period": _("of the next period"),
        "first_day": date_vi(period.data_from),
        "last_day": date_vi(period.data_to),
        "year": str(period.data_to.year),
        "last_year": str(period.data_to.year - 1),
    }
    bare = _TOKEN.sub(lambda found: known.get(found[1], ""), _CLAUSE.sub("", heading.replace("|", " ")))
    return " ".join(bare.split())


def _link(asked: ReportRound) -> str:
    return settings.PORTAL_URL + reverse("reports:round_detail", args=[asked.uid])
