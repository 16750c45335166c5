"""What the agencies of a round wrote, section by section, and one of them put into the consolidated report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from coordination.formats import date_vi
from coordination.locking import StaleVersion
from coordination.manuscript import Heading, Manuscript, Paragraph
from coordination.models import DocumentVersion, Membership
from reports.compose.composer import BASIS
from reports.models import OutlineSection, Report, ReportRound
from reports.round_words import headings_of
from reports.seats import Standing
from reports.writing import save_text, stored_text

ITEMS = ("item", "last_item")
PLAIN = str.maketrans("{}[]", "()()")  # these mean figures and clauses where a text is written
TRIES = 3  # somebody may be writing in the section at the same time


@dataclass(frozen=True)
class AgencyText:
    """`text`: as approved, its numbers as words; "" where the report has nothing in the section."""

    standing: Standing
    text: str


def sections_of(asked: ReportRound) -> list[OutlineSection]:
    """Those of the text, with their headings in `words`; annexes are tables."""
    return [section for section in headings_of(asked) if not section.is_annex and section.key != BASIS]


def texts_of(rows: Sequence[Standing], key: str) -> list[AgencyText]:
    """Of those whose report has arrived; one query, so give it the agencies of one page."""
    documents = [row.report.document_id for row in rows]
    versions = DocumentVersion.objects.filter(document__in=documents).order_by("number")
    latest = dict(versions.values_list("document", "manuscript"))
    return [
        AgencyText(row, text_in(Manuscript.from_json(latest[row.report.document_id]), key))
        for row in rows
        if row.report.document_id in latest
    ]


def text_in(manuscript: Manuscript, key: str) -> str:
    """The paragraphs of a section as one would type them."""
    found = ""
    for block in _blocks_under(manuscript, key):
        words = "".join(span.text for span in block.spans)
        line = f"- {words}" if block.style in ITEMS else words
        found += ("\n" if block.style in ITEMS else "\n\n") + line
    return found.strip()


def _blocks_under(manuscript: Manuscript, key: str) -> Iterator[Paragraph]:
    under = ""
    for block in manuscript.blocks:
        if isinstance(block, Heading):
            under = block.key
        elif isinstance(block, Paragraph) and under == key:
            yield block


def insert_text(report: Report, key: str, given: AgencyText, *, acting: Membership) -> None:
    """Behind what stands in the section, with its source. Raises PermissionDenied, NotADraft, StaleVersion."""
    section = report.outline.sections.get(key=key)
    reason = _("text of %(agency)s") % {"agency": given.standing.seat.agency_short}
    for attempt in range(1, TRIES + 1):
        before, version = stored_text(report, section)
        text = f"{before}\n\n{with_source(given)}".strip()
        try:
            save_text(report, key, text, acting=acting, seen=version, reason=reason)
        except StaleVersion:
            if attempt == TRIES:
                raise
        else:
            return


def with_source(given: AgencyText) -> str:
    """The words are those of the paper they are put into."""
    document, name = given.standing.report.document, given.standing.seat.agency_name
    number = (
        f" số {document.code} ngày {date_vi(document.issued_on)}" if document.number and document.issued_on else ""
    )
    return f"{given.text.translate(PLAIN)}\n\n(Nguồn: Báo cáo{number} của {name})"
