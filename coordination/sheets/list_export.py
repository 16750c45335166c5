"""A list as the person sees it, taken as Excel: what it was filtered by, how many rows, who took it and when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils.functional import Promise

from coordination.sheets.declared import Cell
from coordination.sheets.printing import LONGEST_NAME, Printed, about
from coordination.uploads import XLSX, shown_name


@dataclass(frozen=True)
class Shown:
    """A column: header, width in characters."""

    label: str | Promise
    width: int = 14


def excel_of_list(
    title: str,
    columns: Sequence[Shown],
    rows: Iterable[Sequence[Cell]],
    *,
    count: int,
    filters: Sequence[str],
    by: Any,
) -> bytes:
    """At most LIST_EXPORT_ROWS rows, which it says; `count`: how many the list has. `filters`: "label: value" each."""
    printed, most = Printed(remember=False), settings.LIST_EXPORT_ROWS
    place, line = printed.book.add_worksheet(title[:LONGEST_NAME]), 0
    for index, column in enumerate(columns):
        place.set_column(index, index, column.width)
    place.write_string(0, 0, title, printed.formats["title"])
    for line, text in enumerate(about(count, most, filters, by), 1):
        place.write_string(line, 0, text)
    head = line + 2
    for index, column in enumerate(columns):
        place.write_string(head, index, str(column.label), printed.formats["head"])
    for number, row in zip(range(head + 1, head + 1 + most), rows, strict=False):
        for index, value in enumerate(row):
            printed.cell(place, number, index, value)
    place.repeat_rows(head)
    return printed.content()


def as_download(content: bytes, name: str) -> HttpResponse:
    disposition = {"Content-Disposition": f'attachment; filename="{shown_name(name, XLSX)}"'}
    return HttpResponse(content, content_type=XLSX, headers=disposition)
