"""The list of activities, the last annex: one line an entry, grouped by content with sums."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from coordination.formats import month_number, number_vi
from coordination.manuscript import Block, Box, Cell, Column, Listing, Row, Span, Table
from coordination.models import AgencyName
from programs.models import Activity
from reports.compose import words
from reports.compose.paper import Paper
from reports.figures.activities import ACTIVITIES

MOST = 500  # rows a paper prints (design 6); a longer list stands in the spreadsheet only

_COLUMNS = (
    Column("TT", 8.5, "center"),
    Column("Thời gian", 23.5, "center"),
    Column("Tên hoạt động", 86.5, "left"),
    Column("Địa bàn", 26, "left"),
    Column("Đơn vị chủ trì", 27, "left"),
    Column("Đơn vị phối hợp", 27, "left"),
    Column("Số cuộc", 10),
    Column("Lượt người", 14.5),
    Column("Nữ", 14.5, group="Trong đó"),
    Column("DTTS", 14.5, group="Trong đó"),
)
_READ = (
    "title", "reason", "starts_on", "ends_on", "counted_on", "place", "other_partners", "precision", "sessions",
    "attendances", "women", "minority", "owner_id", "province_id", "unit__name", "component__content_id",
)  # fmt: skip
_UNIT = "Đơn vị tính: cuộc; lượt người"


def activities(paper: Paper, key: str) -> list[Block]:
    """All entries of the period; where there are too many to print, a note with the list for the spreadsheet."""
    entries = paper.get("activities.records").value or 0
    if not entries:
        return []
    if entries > MOST:
        return [_too_many(paper, key, int(entries))]
    rows: list[Row] = []
    found = list(_entries(paper))
    names = _names(found)
    number = 0
    for content in paper.content_rows:
        of_content = [entry for entry in found if entry.component.content_id == content.pk]
        if of_content:
            rows.append(Row((Cell(content.short_name, span=6), *_sums(paper, content=content.code)), "group"))
        for entry in of_content:
            number += 1
            rows.append(Row(_entry_cells(number, entry, names)))
    total = Row((Cell("Tổng số", span=6), *_sums(paper)), "total")
    return [Table(key, _COLUMNS, (*rows, total), unit=_UNIT, legend=_legend(paper), keep=False, small=True)]


def _entries(paper: Paper) -> Iterable[Activity]:
    rows = ACTIVITIES.within(paper.scope, paper.compared.now).only(*_READ)
    joined = rows.select_related("component", "unit").prefetch_related("other_units", "partners")
    return joined.order_by("counted_on", "starts_on", "pk")


def _sums(paper: Paper, **axes: str) -> tuple[Cell, ...]:
    codes = ("sessions", "attendances", "women", "minority")
    return tuple(paper.cell(f"activities.{code}", empty=words.NOT_STATED, **axes) for code in codes)


def _entry_cells(number: int, entry: Activity, names: dict[int, list[AgencyName]]) -> tuple[Cell, ...]:
    title = f"{entry.title} (đính chính: {entry.reason})" if entry.reason else entry.title
    return (
        Cell(str(number)),
        Cell(_days(entry)),
        Cell(title),
        Cell(_places(entry)),
        Cell(_agency(names, entry.owner_id, entry)),
        Cell(_partners(entry, names)),
        Cell(number_vi(entry.sessions), entry.sessions),
        *(_count(value, entry) for value in (entry.attendances, entry.women, entry.minority)),
    )


def _partners(entry: Activity, names: dict[int, list[AgencyName]]) -> str:
    """Agencies of the portal; others stand in the spreadsheet when there are such."""
    known = [_agency(names, agency.pk, entry) for agency in entry.partners.all()]
    return ", ".join(dict.fromkeys(known)) or entry.other_partners


def _agency(names: dict[int, list[AgencyName]], agency: int, entry: Activity) -> str:
    """Its short name of the day; of a commune the place is told beside, so "UBND xã Ba Tơ" is "UBND xã"."""
    return _name(names, agency, entry.counted_on).removesuffix(f" {entry.unit.name}")


def _count(value: int | None, entry: Activity) -> Cell:
    if value is None:
        return Cell(words.NOT_STATED)
    return Cell(words.typed(value, entry.precision), value)


def _days(entry: Activity) -> str:
    """ "16/12 - 12/01", with the decree's zeros; one day only when it began and ended on it."""
    first, last = (_day(day) for day in (entry.starts_on, entry.ends_on))
    return first if first == last else f"{first} - {last}"


def _day(day: date) -> str:
    return f"{day.day:02d}/{month_number(day.month)}"


def _places(entry: Activity) -> str:
    if entry.unit_id == entry.province_id:
        return entry.place or "Toàn tỉnh"
    return ", ".join(dict.fromkeys([entry.unit.name, *(unit.name for unit in entry.other_units.all())]))


def _names(entries: list[Activity]) -> dict[int, list[AgencyName]]:
    agencies = {entry.owner_id for entry in entries}
    agencies |= {partner.pk for entry in entries for partner in entry.partners.all()}
    found: dict[int, list[AgencyName]] = {}
    for name in AgencyName.objects.filter(agency__in=agencies).order_by("-valid_from"):
        found.setdefault(name.agency_id, []).append(name)
    return found


def _name(names: dict[int, list[AgencyName]], agency: int, day: date) -> str:
    """The short name of the day, else the latest."""
    known = names[agency]
    of_day = (name for name in known if name.valid_from <= day and (name.valid_to is None or name.valid_to >= day))
    return next(of_day, known[0]).short_name


def _legend(paper: Paper) -> str:
    sessions, women, minority = (
        int(paper.get(f"activities.{code}").value or 0)
        for code in ("sessions", "sessions_with_women", "sessions_with_minority")
    )
    legend = "DTTS: người dân tộc thiểu số; “…”: không ghi."
    if not women and not minority:
        return legend
    if women < sessions or minority < sessions:
        legend += (
            f" Tách nữ ở {number_vi(women)}/{number_vi(sessions)} cuộc, tách dân tộc thiểu số ở "
            f"{number_vi(minority)}/{number_vi(sessions)} cuộc; số cộng của hai cột này chỉ gồm các cuộc có tách."
        )
    return legend


def _too_many(paper: Paper, key: str, entries: int) -> Box:
    before = f"Danh mục hoạt động có {number_vi(entries)} dòng (trên {number_vi(MOST)} dòng) nên không in tại đây; "
    before += "danh mục đầy đủ nằm trong tệp Excel của báo cáo. Cộng các dòng của danh mục: "
    spans = [Span(before), paper.span("activities.sessions"), Span(" cuộc, ")]
    told = (*spans, paper.span("activities.attendances"), Span(" lượt người tham gia."))
    return Box(key, told, Listing((*_COLUMNS, Column("Nội dung", 60, "left")), _lines(paper), _UNIT, _legend(paper)))


def _lines(paper: Paper) -> tuple[str, ...]:
    """In the order of their days, the content behind each: people filter a spreadsheet."""
    found = list(_entries(paper))
    names = _names(found)
    contents: dict[int | None, str] = {content.pk: content.short_name for content in paper.content_rows}
    return tuple(
        "\t".join(
            [_one_line(cell.text) for cell in _entry_cells(number, entry, names)]
            + [_one_line(contents.get(entry.component.content_id, ""))]
        )
        for number, entry in enumerate(found, 1)
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())
