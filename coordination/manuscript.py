"""The one value every document prints from: screen, PDF, Word and Excel read it and nothing else.

A Manuscript holds what was agreed or approved. Number, date and signatures come later and are stamped beside it
(`Stamp`), so that the bytes agreed to never change. It knows no ORM: plain frozen dataclasses, to and from JSON.
"""

from __future__ import annotations

import hashlib
import json
import typing
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime
from typing import Any, Literal, get_args, get_origin, get_type_hints


@dataclass(frozen=True)
class Span:
    """A run of text. `ref` names the figure a number was computed from ("" = plain words); `note` is a footnote."""

    text: str
    ref: str = ""
    note: str = ""


@dataclass(frozen=True)
class Heading:
    """Heading of a section. `level` 1 = "I.", 2 = "1.", 3 = "1.1."; `number` stands before the text as given."""

    key: str
    level: Literal[1, 2, 3]
    number: str
    text: str


@dataclass(frozen=True)
class Paragraph:
    """`body` is justified with a first-line indent, `lead` announces a list, table or figure, `item` is a "+" line.

    `basis` is one line of "Căn cứ …", in italics.
    """

    key: str
    spans: tuple[Span, ...]
    style: Literal["body", "lead", "item", "last_item", "basis"] = "body"


@dataclass(frozen=True)
class Column:
    """One column: width in mm of the text width; `group` stands above neighbours with the same group."""

    title: str
    width_mm: float
    align: Literal["left", "center", "right"] = "right"
    group: str = ""


@dataclass(frozen=True)
class Cell:
    """`text` as printed ("\\n" = new line); `value` the exact number for Excel (None = words); `ref` opens its facts.

    `span` and `rows` are columns and rows covered; cells that lie under a taller one are left out of their row.
    """

    text: str
    value: int | float | None = None
    ref: str = ""
    span: int = 1
    rows: int = 1
    emphasis: Literal["", "bold", "italic"] = ""


@dataclass(frozen=True)
class Row:
    """`of` is a "trong đó" line, `group` a sub-heading, `total` carries the double rule, `plain` all else.

    A row with a `key` is spoken of by itself, as a block is; its first cell is its place among the others.
    """

    cells: tuple[Cell, ...]
    style: Literal["plain", "of", "group", "total"] = "plain"
    key: str = ""


@dataclass(frozen=True)
class Table:
    """`caption` is printed above ("Bảng 1. …"), `unit` at the right ("Đơn vị tính: cuộc"), `legend` below.

    `keep` holds the table on one page (up to about 12 rows); `small` prints it in the size of the wide lists.
    """

    key: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    caption: str = ""
    unit: str = ""
    legend: str = ""
    keep: bool = True
    small: bool = False


@dataclass(frozen=True)
class Series:
    """Values in the order of the chart's labels; None = no number (never drawn as 0)."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Chart:
    """`title` is the sentence that answers the question; `alt` says what is drawn.

    The first series is the one the report speaks of, the second what it is compared with. `progress_bars` draws the
    first (done) inside the second (plan). `mark` is a line across, in % for shares and progress, with `mark_label`;
    `unit` stands beside the values, `axis` at the end of the scale.
    """

    key: str
    kind: Literal["lines", "bars", "grouped_bars", "share_bars", "progress_bars", "columns"]
    title: str
    alt: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    source: str = ""
    unit: str = ""
    mark: float | None = None
    mark_label: str = ""
    axis: str = ""


@dataclass(frozen=True)
class Listing:
    """Rows that only the Excel file holds. A line is its cells as they would be printed, parted by tabs.

    As text, because a list may have 20,000 rows, and every page of a report reads its manuscript.
    """

    columns: tuple[Column, ...]
    lines: tuple[str, ...]
    unit: str = ""
    legend: str = ""


@dataclass(frozen=True)
class Box:
    """A framed remark, e.g. that a list over 500 rows stands in the Excel file only; `listing` is that list."""

    key: str
    spans: tuple[Span, ...]
    listing: Listing | None = None


Block = Heading | Paragraph | Table | Chart | Box


@dataclass(frozen=True)
class Annex:
    """`number` is Roman ("" when there is one annex only); each annex counts its own pages from 1."""

    key: str
    number: str
    title: tuple[str, ...]
    blocks: tuple[Block, ...]
    landscape: bool = False


@dataclass(frozen=True)
class Issuer:
    """Left cell of the head: `parent` above in regular letters, `name` in bold; both as printed ("\\n" = new line)."""

    name: str
    parent: str = ""


@dataclass(frozen=True)
class Signature:
    """`lines` above the gap ("TM. …", "KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"), `name` below it ("" = not yet known)."""

    lines: tuple[str, ...]
    name: str = ""


@dataclass(frozen=True)
class Head:
    """Decree 30/2020/NĐ-CP, annex I: issuers, place, type name, lines of the subject, addressees.

    Two issuers or more make a joint paper, the lead first. Addressees are bare names, without dash or semicolon.
    """

    issuers: tuple[Issuer, ...]
    place: str
    type_name: str
    subject: tuple[str, ...]
    addressees: tuple[str, ...] = ()


@dataclass(frozen=True)
class Manuscript:
    """`profile` names the versioned layout profile, `symbol` the part after the number, `cutoff` the last day counted.

    An annex cites its paper as "(Kèm theo {attached_to} số … ngày … của {issued_by})", so `attached_to` is the type in
    small letters ("Báo cáo") and `issued_by` the full name. `closing` ends with "./."; `recipients` are bare lines.
    """

    kind: str
    profile: str
    title: str
    head: Head
    symbol: str
    attached_to: str
    blocks: tuple[Block, ...]
    closing: tuple[Span, ...]
    signatures: tuple[Signature, ...]
    recipients: tuple[str, ...]
    annexes: tuple[Annex, ...] = ()
    sample: bool = False
    summary: str = ""
    cutoff: date | None = None
    issued_by: str = ""
    meta: dict[str, str] = field(default_factory=dict)

    def all_blocks(self) -> Iterator[Block]:
        yield from self.blocks
        for annex in self.annexes:
            yield from annex.blocks

    def keyed_rows(self) -> Iterator[tuple[str, Row]]:
        for block in self.all_blocks():
            if isinstance(block, Table):
                yield from ((row.key, row) for row in block.rows if row.key)

    def to_json(self) -> dict[str, Any]:
        return typing.cast(dict[str, Any], _plain(self))

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Manuscript:
        """Raises TypeError or KeyError when the data is not a Manuscript of this program."""
        return typing.cast(Manuscript, _rich(cls, data))

    def sha256(self) -> str:
        """Hash of the canonical JSON: the same content has the same hash on every machine."""
        text = json.dumps(self.to_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Stamp:
    """What is put beside an approved Manuscript: `draft` prints DỰ THẢO and leaves number and day blank.

    An empty `symbol` or `signatures` means those of the manuscript; `draft_no` 2 prints "DỰ THẢO LẦN 2". A draft takes
    month and year of its date line from `issued_on` (the day it is meant to be issued) or else from the cut-off.
    `code` and `address` let whoever holds the paper check it ("" = nothing to check yet); `version` and `approved_at`
    say which text it is (0 = none yet).
    """

    number: str = ""
    symbol: str = ""
    issued_on: date | None = None
    draft: bool = True
    draft_no: int = 0
    signatures: tuple[Signature, ...] = ()
    code: str = ""
    address: str = ""
    version: int = 0
    approved_at: datetime | None = None


def changed_keys(before: Manuscript, after: Manuscript) -> set[str]:
    """Keys of the blocks and keyed rows that were added, removed or changed between two versions.

    A row that only moved to another place has not changed: its first cell counts the rows before it.
    """
    old, new = _keyed(before), _keyed(after)
    return {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}


def _keyed(manuscript: Manuscript) -> dict[str, Any]:
    found: dict[str, Any] = {block.key: block for block in manuscript.all_blocks()}
    return found | {key: row.cells[1:] for key, row in manuscript.keyed_rows()}


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        name = type(value).__name__
        plain = {"type": name} | {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
        # What was frozen before rows had keys and boxes lists keeps its hash.
        if isinstance(value, Row) and not value.key:
            del plain["key"]
        if isinstance(value, Box) and value.listing is None:
            del plain["listing"]
        return plain
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return value


_TYPES = {
    cls.__name__: cls
    for cls in (
        Span, Heading, Paragraph, Column, Cell, Row, Table, Series, Chart, Listing, Box, Annex, Issuer, Signature,
        Head, Manuscript,
    )
}  # fmt: skip


def _rich(kind: Any, data: Any) -> Any:
    origin = get_origin(kind)
    if isinstance(data, dict) and "type" in data:
        cls = _TYPES[data["type"]]
        hints = get_type_hints(cls)
        return cls(**{f.name: _rich(hints[f.name], data[f.name]) for f in fields(cls) if f.name in data})
    if origin is tuple:
        return tuple(_rich(get_args(kind)[0], item) for item in data)
    if data is not None and date in get_args(kind):
        return date.fromisoformat(data)
    return data
