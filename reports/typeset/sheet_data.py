"""The sheets of a workbook that no page of the paper has: numbers with their codes, charts as numbers, the origin."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from django.utils import timezone

from coordination.formats import date_vi
from coordination.manuscript import Box, Cell, Chart, Manuscript, Paragraph, Span, Stamp, Table
from reports.typeset.html import date_line, number_line
from reports.typeset.sheet_layout import PIXELS, Measure
from reports.typeset.sheet_numbers import printed_value

if TYPE_CHECKING:
    from reports.typeset.xlsx import Workbook

FIGURES = "figures"  # in Manuscript.meta: what each code means, as JSON {code: [label, unit]}
FORM = 1  # of the workbook: raised with every change of its look, which changes its bytes
WINDOWS = {"now": "kỳ báo cáo", "last_year": "cùng kỳ năm trước", "change": "tăng, giảm so với cùng kỳ năm trước"}
NAME, SAID = 160.0, 440.0  # points: the columns of the origin
_SCOPES = {
    "agency": "ghi chép của cơ quan báo cáo",
    "province": "ghi chép của cả tỉnh",
    "round": "ghi chép của các cơ quan được yêu cầu báo cáo",
}
_HEAD = {"bold": True, "text_wrap": True, "valign": "vcenter", "align": "center", "border": 1, "bg_color": "#f1f4fa"}
_TEXT = {"valign": "top", "border": 1}
_WRAPPED = _TEXT | {"text_wrap": True}
_EXACT = {"valign": "top", "border": 1, "num_format": "#,##0.##########"}
_WHOLE = {"valign": "top", "border": 1, "num_format": "#,##0"}


@dataclass(frozen=True)
class CodedNumber:
    """A number with what it was computed from; `printed` as the paper words it, `where` the key of its block."""

    code: str
    label: str
    axes: str
    window: str
    unit: str
    value: int | float | None
    printed: str
    where: str


def coded_numbers(manuscript: Manuscript) -> list[CodedNumber]:
    """One a reference, in the order of the paper. A cell keeps the exact value, a sentence only what it prints."""
    meanings = json.loads(manuscript.meta.get(FIGURES, "{}"))
    found: dict[str, tuple[str, int | float | None, str]] = {}
    exact: set[str] = set()
    for where, printed in _numbers(manuscript):
        is_exact = isinstance(printed, Cell) and printed.value is not None
        if printed.ref not in found or (is_exact and printed.ref not in exact):
            value = printed.value if isinstance(printed, Cell) and is_exact else printed_value(printed.text)
            found[printed.ref] = printed.text, value, where
        if is_exact:
            exact.add(printed.ref)
    return [_coded(ref, meanings, *told) for ref, told in found.items()]


def _coded(
    ref: str, meanings: dict[str, list[str]], printed: str, value: int | float | None, where: str
) -> CodedNumber:
    code, _mark, query = ref.partition("?")
    axes = dict(parse_qsl(query, keep_blank_values=True))
    window = axes.pop("window", "now")
    label, unit = meanings.get(code, ["", ""])
    written = "; ".join(f"{axis}={picked}" for axis, picked in axes.items())
    return CodedNumber(code, label, written, window, unit, value, printed, where)


def _numbers(manuscript: Manuscript) -> Iterator[tuple[str, Span | Cell]]:
    for block in manuscript.all_blocks():
        if isinstance(block, (Paragraph, Box)):
            yield from ((block.key, span) for span in block.spans if span.ref)
        elif isinstance(block, Table):
            yield from ((block.key, cell) for row in block.rows for cell in row.cells if cell.ref)
    yield from (("closing", span) for span in manuscript.closing if span.ref)


def numbers_sheet(book: Workbook) -> None:
    """One line a number, for people who count on: no joined cells, no blank lines."""
    titles = (
        ("Mã số liệu", 26), ("Số liệu", 40), ("Tách theo", 34), ("Kỳ", 26), ("Mã kỳ", 12), ("Đơn vị", 14),
        ("Giá trị", 16), ("Như in trong báo cáo", 20), ("Chỗ in", 20),
    )  # fmt: skip
    place = book.add_sheet("Số liệu", landscape=True)
    _titled(book, place, titles)
    period = book.manuscript.meta.get("period", "")
    numbers = coded_numbers(book.manuscript)
    for line, number in enumerate(numbers, 1):
        window = WINDOWS.get(number.window, number.window)
        before = (number.code, number.label, number.axes, window, period, number.unit)
        for column, said in enumerate(before):
            book.text(place, line, column, said, **_TEXT)
        _value(book, place, line, len(before), number.value)
        for column, said in enumerate((number.printed, number.where), len(before) + 1):
            book.text(place, line, column, said, **_TEXT)
    place.autofilter(0, 0, len(numbers), len(titles) - 1)
    place.ignore_errors({"number_stored_as_text": f"A1:XFD{len(numbers) + 1}"})


def charts_sheet(book: Workbook) -> None:
    charts = [block for block in book.manuscript.all_blocks() if isinstance(block, Chart)]
    if not charts:
        return
    titles = (("Hình", 60), ("Loạt số", 22), ("Nhãn", 30), ("Giá trị", 16), ("Đơn vị", 14), ("Chỗ in", 20))
    place = book.add_sheet("Số liệu hình", landscape=True)
    _titled(book, place, titles)
    line = 0
    for chart in charts:
        for series in chart.series:
            for label, value in zip(chart.labels, series.values, strict=True):
                line += 1
                for column, said in enumerate((chart.title.replace("\n", " "), series.name, label)):
                    book.text(place, line, column, said, **_TEXT)
                _value(book, place, line, 3, value)
                book.text(place, line, 4, chart.unit or chart.axis, **_TEXT)
                book.text(place, line, 5, chart.key, **_TEXT)
    place.autofilter(0, 0, line, len(titles) - 1)
    place.ignore_errors({"number_stored_as_text": f"A1:XFD{line + 1}"})


def origin_sheet(book: Workbook) -> None:
    """Which paper, of which day, made of what: whoever meets the file alone can find back."""
    place = book.add_sheet("Nguồn gốc", landscape=False)
    for column, wide in enumerate((NAME, SAID)):
        place.set_column_pixels(column, column, round(wide * PIXELS))
    measure, line = Measure(12), 0
    for name, said in origin(book.manuscript, book.stamp):
        book.text(place, line, 0, name, bold=True, **_WRAPPED)
        book.text(place, line, 1, said, **_WRAPPED)
        place.set_row(line, measure.row([(name, NAME, True), (said, SAID, False)]))
        line += 1
    meanings = json.loads(book.manuscript.meta.get(FIGURES, "{}"))
    if meanings:
        line += 1
        book.text(place, line, 0, "Mã số liệu", **_HEAD)
        book.text(place, line, 1, "Nghĩa (đơn vị)", **_HEAD)
    for code, (label, unit) in meanings.items():
        line += 1
        book.text(place, line, 0, code, **_TEXT)
        book.text(place, line, 1, f"{label} ({unit})" if unit else label, **_WRAPPED)


def origin(manuscript: Manuscript, stamp: Stamp) -> list[tuple[str, str]]:
    issued = stamp.issued_on is not None and not stamp.draft
    number = number_line(manuscript, stamp).replace("\u00a0", " ").partition(" ")[2].strip()
    at = timezone.localtime(stamp.approved_at) if stamp.approved_at else None
    meta = manuscript.meta
    lines = [
        ("Báo cáo", manuscript.title),
        ("Cơ quan báo cáo", manuscript.issued_by),
        ("Số, ký hiệu", number if issued else ""),
        ("Địa danh, ngày ban hành", date_line(manuscript, stamp) if issued else ""),
        ("Tình trạng", "đã ban hành" if issued else "dự thảo"),
        ("Dữ liệu", "DỮ LIỆU MẪU, không phải số liệu thật" if manuscript.sample else "số liệu của cơ quan"),
        ("Kỳ báo cáo", meta.get("period", "")),
        ("Số liệu đến hết ngày", date_vi(manuscript.cutoff)),
        ("Phạm vi tính", _SCOPES.get(meta.get("scope", ""), "")),
        ("Phiên bản", str(stamp.version) if stamp.version else "chưa duyệt"),
        ("Duyệt lúc", f"{at:%H:%M} ngày {date_vi(at)}" if at else ""),
        ("SHA-256 của nội dung", manuscript.sha256()),
        ("Mã kiểm tra", stamp.code),
        ("Trang kiểm tra", stamp.address),
        ("Tệp do", f"Phối Hợp làm, khuôn bảng tính {FORM}"),
        ("Cách đọc", "“…”: không ghi; “–”: không tính được; 0: đã đếm và không có. Bảng in theo triệu đồng thì số ở "
                     "tờ “Số liệu” tính bằng đồng. Số trong câu chỉ chính xác như đã in."),
    ]  # fmt: skip
    return [(name, said) for name, said in lines if said]


def _titled(book: Workbook, place: Any, titles: tuple[tuple[str, int], ...]) -> None:
    for column, (title, width) in enumerate(titles):
        place.set_column(column, column, width)
        book.text(place, 0, column, title, **_HEAD)
    place.freeze_panes(1, 0)
    place.repeat_rows(0)


def _value(book: Workbook, place: Any, line: int, column: int, value: float | None) -> None:
    if value is None:
        book.text(place, line, column, "", **_TEXT)
    else:
        place.write_number(line, column, value, book.format(**(_WHOLE if value == int(value) else _EXACT)))
