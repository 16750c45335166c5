"""Who writes what of a report: its own agency all of it, another agency the parts given to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import rules

from coordination.enums import DocumentState
from coordination.models import Agency, Membership
from reports.compose.composer import BASIS
from reports.compose.sections import Sections
from reports.models import OutlineSection, Report, ReportPart
from reports.rules import of_its_agency, writes

SIGNS = re.compile(r"\{[^{}]*\}|[\[\]]")

rules.add_perm("reports.write_report", writes & of_its_agency)


@dataclass(frozen=True)
class Desk:
    """What a hat may open (`keys`; None = every section) and whether it writes there."""

    keys: frozenset[str] | None
    may_write: bool

    @property
    def is_whole(self) -> bool:
        return self.keys is None

    def opens(self, key: str) -> bool:
        return self.keys is None or key in self.keys


def desk_of(acting: Membership | None, report: Report, sections: Sections) -> Desk:
    """Opens nothing for who has no part in it."""
    if acting is None:
        return Desk(frozenset(), False)
    writing = report.document.state == DocumentState.DRAFT and acting.writes
    if of_its_agency(acting, report):
        return Desk(None, writing)
    return Desk(frozenset(_given_to(acting, report, sections)), writing)


def _given_to(acting: Membership, report: Report, sections: Sections) -> set[str]:
    """With what stands under it."""
    own = Agency.objects.lineage_of({acting.agency_id})
    keys = {part.key for part in report.parts.all() if part.agency_id in own}
    return {row.key for row in sections.rows.values() if keys & {row.key, *row.above}}


def given_to(acting: Membership, report: Report, key: str) -> bool:
    """Whether the section, or one above it, was given to the agency of the hat."""
    own = Agency.objects.lineage_of({acting.agency_id})
    section = report.outline.sections.select_related("parent__parent").filter(key=key).first()
    keys = []
    while section is not None:
        keys.append(section.key)
        section = section.parent
    return ReportPart.objects.filter(report=report, key__in=keys, agency__in=own).exists()


def headings_open_to(acting: Membership | None, report: Report) -> dict[str, str]:
    """By key, without composing anything: for a page that asks again and again."""
    sections = {section.pk: section for section in report.outline.sections.exclude(key=BASIS)}
    if acting is None or not sections:
        return {}
    if of_its_agency(acting, report):
        return {section.key: plain(section) for section in sections.values()}
    own = Agency.objects.lineage_of({acting.agency_id})
    given = set(report.parts.filter(agency__in=own).values_list("key", flat=True))
    return {section.key: plain(section) for section in sections.values() if given & set(_path(section, sections))}


def _path(section: OutlineSection, sections: dict[int, OutlineSection]) -> Iterator[str]:
    """Its key and those above it."""
    found: OutlineSection | None = section
    while found is not None:
        yield found.key
        found = sections.get(found.parent_id or 0)


def plain(section: OutlineSection) -> str:
    """The heading with all that a condition may leave out of it (reports.compose.texts)."""
    return SIGNS.sub("", section.heading).replace("|", " ").strip() or section.key


def may_write(acting: Membership | None, report: Report, key: str) -> bool:
    if acting is None or not acting.writes:
        return False
    return bool(of_its_agency(acting, report)) or given_to(acting, report, key)
