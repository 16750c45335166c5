"""The register as offices keep it on paper: its columns, its rows, and the same as an Excel file.

Columns are those of the registers in Decree 30/2020/NĐ-CP, annex IV. What the portal does not know (copies, receipt
signatures, handing on inside the agency) stays empty to be filled in by hand.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.models import Document
from coordination.register import Direction
from coordination.sheets.printing import BEGINS_A_FORMULA, about

Cell = str | int | date | None
DAY_FORMAT = "dd/mm/yyyy"


@dataclass(frozen=True)
class Column:
    """`width` in characters, as Excel counts."""

    title: str | Promise
    width: int


COLUMNS = {
    Direction.OUT: (
        Column(gettext_lazy("Number, symbol"), 24),
        Column(gettext_lazy("Day of the document"), 13),
        Column(gettext_lazy("Kind and subject"), 60),
        Column(gettext_lazy("Signed by"), 24),
        Column(gettext_lazy("Recipients"), 40),
        Column(gettext_lazy("Kept by"), 18),
        Column(gettext_lazy("Copies"), 9),
        Column(gettext_lazy("Note"), 16),
    ),
    Direction.IN: (
        Column(gettext_lazy("Day of arrival"), 13),
        Column(gettext_lazy("Number of arrival"), 9),
        Column(gettext_lazy("Issued by"), 32),
        Column(gettext_lazy("Number, symbol"), 24),
        Column(gettext_lazy("Day of the document"), 13),
        Column(gettext_lazy("Kind and subject"), 60),
        Column(gettext_lazy("Handed to"), 18),
        Column(gettext_lazy("Handed on"), 13),
        Column(gettext_lazy("Receipt"), 12),
        Column(gettext_lazy("Note"), 16),
    ),
}


def in_paper_order(rows: Any, direction: str) -> Any:
    """Oldest first, as the lines were written; `rows` of Document.for_register()."""
    if direction == Direction.IN:
        return rows.order_by(F("arrived_on").asc(nulls_last=True), "arrival_number", "issued_on", "pk")
    lines = rows.prefetch_related("parties", "recipients")
    return lines.order_by("register_year", F("issued_on").asc(nulls_last=True), "pk")


def cells(document: Document, direction: str) -> list[Cell]:
    """One line; as many cells as the register has columns."""
    row: Any = document
    kind, subject = document.kind.name, document.subject
    about = subject if subject.casefold().startswith(kind.casefold()) else f"{kind}: {subject}"
    if direction == Direction.IN:
        day, number = row.arrived_on, row.arrival_number
        return [day, number, row.issuer_name, document.code, document.issued_on, about, "", "", "", ""]
    signed = "; ".join(party.name for party in document.parties.all() if party.name)
    recipients = document.recipients.all()
    sent_to = "\n".join(_bare(line.text) for line in recipients if not line.is_archive)
    kept = "\n".join(_bare(line.text) for line in recipients if line.is_archive)
    note = "" if document.issued_on else document.get_state_display()
    return [document.code, document.issued_on, about, signed, sent_to, kept, "", note]


def _bare(line: str) -> str:
    """Without what only the list on the paper needs: "- Lưu: VT, CSDT." is "VT, CSDT" in the column of copies kept."""
    return line.strip().removeprefix("- ").removeprefix("Lưu:").strip().rstrip(";.")


def as_excel(registers: dict[str, Iterable[Document]], *, filters: Sequence[str], by: Any) -> bytes:
    """A sheet a direction. Text is written as text: no cell becomes a formula, whatever stands in a subject.

    `filters`: "label: value" each; `by`: who takes it.
    """
    import xlsxwriter  # noqa: PLC0415 only the download needs it

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        formats = {
            "head": book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1}),
            "title": book.add_format({"bold": True, "font_size": 14}),
            "text": book.add_format({"text_wrap": True, "valign": "top", "border": 1}),
            "quoted": book.add_format({"text_wrap": True, "valign": "top", "border": 1, "quote_prefix": True}),
            "day": book.add_format({"num_format": DAY_FORMAT, "valign": "top", "align": "left", "border": 1}),
        }
        for direction, documents in registers.items():
            lines = list(documents)
            said = [title_of(direction), *about(len(lines), len(lines), filters, by)]
            write_sheet(book.add_worksheet(sheet_name(direction)), direction, lines, said, formats)
    return buffer.getvalue()


def sheet_name(direction: str) -> str:
    return _("Sent out") if direction == Direction.OUT else _("Received")


def title_of(direction: str) -> str:
    return _("Register of documents sent out") if direction == Direction.OUT else _("Register of documents received")


def write_sheet(
    sheet: Any, direction: str, documents: Iterable[Document], said: Sequence[str], formats: dict[str, Any]
) -> None:
    """`said`: the title and what the file says of itself, a line each, above the register."""
    head = len(said) + 1
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(head)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)  # inches
    sheet.set_footer("&R&P/&N")
    sheet.freeze_panes(head + 1, 0)
    for line, text in enumerate(said):
        sheet.write_string(line, 0, text, None if line else formats["title"])
    for index, column in enumerate(COLUMNS[Direction(direction)]):
        sheet.set_column(index, index, column.width)
        sheet.write_string(head, index, str(column.title), formats["head"])
    for line, document in enumerate(documents, start=head + 1):
        for index, value in enumerate(cells(document, direction)):
            write_cell(sheet, line, index, value, formats)


def write_cell(sheet: Any, line: int, index: int, value: Cell, formats: dict[str, Any]) -> None:
    if isinstance(value, date):
        sheet.write_datetime(line, index, value, formats["day"])
    elif isinstance(value, int):
        sheet.write_number(line, index, value, formats["text"])
    else:
        text = value or ""
        sheet.write_string(line, index, text, formats["quoted" if text.startswith(BEGINS_A_FORMULA) else "text"])
