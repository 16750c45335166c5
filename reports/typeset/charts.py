"""Charts as hand-made SVG: the same drawing on the page, in the PDF and, as a picture, in Word.

A solid indigo shape is what the report speaks of, a white one with an outline or a dashed line what it is compared
with: the two stay apart in black and white. Attributes, not classes: WeasyPrint honours style sheets in SVG in part
only. 624 units are 165 mm, the text width of the paper; sizes of letters are those units (13 = 9.75 pt).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

from coordination.formats import NOT_STATED, number_vi
from coordination.manuscript import Chart
from reports.typeset.words import NO_BREAK, joined

WIDTH = 624
_INDIGO = "#27407c"
_GREY = "#555"
_RED = "#a81e22"
_FAMILY = "'Liberation Serif', 'Times New Roman', serif"


def chart_svg(chart: Chart) -> str:
    """The chart as one `<svg>`; text from users is escaped, and a missing value (None) is never drawn as 0."""
    drawing = _DRAWINGS[chart.kind](chart)
    alt = escape(chart.alt or chart.title)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{drawing.height:g}" '
        f'viewBox="0 0 {WIDTH} {drawing.height:g}" role="img" aria-label="{alt}">'
        f"<title>{alt}</title>{''.join(drawing.parts)}</svg>"
    )


@dataclass
class _Drawing:
    """What is drawn later lies on top."""

    height: float
    parts: list[str]

    def line(self, points: str, *, colour: str = "#999", width: float = 0.6, dashes: str = "") -> None:
        dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
        self.parts.append(f'<path d="{points}" fill="none" stroke="{colour}" stroke-width="{width:g}"{dashed}/>')

    def box(self, x: float, y: float, wide: float, high: float, *, solid: bool, colour: str = _INDIGO) -> None:
        fill = colour if solid else "#fff"
        self.parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}" fill="{fill}" '
            f'stroke="{colour}" stroke-width="1.2"/>'
        )

    def dot(self, x: float, y: float, *, solid: bool) -> None:
        if solid:
            self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.2" fill="{_INDIGO}"/>')
        else:
            self.box(x - 3.5, y - 3.5, 7, 7, solid=False, colour=_GREY)

    def text(
        self, x: float, y: float, words: str, *, anchor: str = "start", size: int = 13, bold: bool = False,
        italic: bool = False, boxed: bool = False,
    ) -> None:  # fmt: skip
        """`boxed` lays a white box under the words, where a line may run behind them."""
        if not words:
            return
        if boxed:
            wide = text_width(words, size) + 4
            left = x - {"start": 2, "middle": wide / 2, "end": wide - 2}[anchor]
            self.parts.append(
                f'<rect x="{left:.1f}" y="{y - 0.8 * size:.1f}" width="{wide:.1f}" height="{size}" fill="#fff"/>'
            )
        style = ' font-weight="bold"' * bold + ' font-style="italic"' * italic
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-family="{_FAMILY}" font-size="{size}"{style}>'
            f"{escape(words)}</text>"
        )


def text_width(words: str, size: float) -> float:
    """Near enough for a white box or a line break: Times has digits of half an em, capitals of about 0.7."""
    return size * sum(_em(letter) for letter in words)


def _em(letter: str) -> float:
    if letter.isdigit():
        return 0.5
    if letter in f"{NO_BREAK} .,;:'’!|/iíìỉĩịjltfr()-":
        return 0.3
    if letter in "mwM%W":
        return 0.83
    return 0.72 if letter.isupper() else 0.48


def wrapped(words: str, wide: float, size: float) -> list[str]:
    """The words on as few lines as fit into the width, none much longer than the others; a word may stick out."""
    pieces = [
        piece
        for word in joined(" ".join(words.split())).split(" ")
        for piece in ([word] if text_width(word, size) <= wide else word.split(NO_BREAK))
    ]
    lines = _filled(pieces, wide, size)
    while len(lines) > 1:
        widest = max(text_width(line, size) for line in lines)
        narrower = _filled(pieces, widest - 1, size)
        if len(narrower) > len(lines) or max(text_width(line, size) for line in narrower) >= widest:
            break
        lines = narrower
    return [line.replace(NO_BREAK, " ") for line in lines]


def _filled(pieces: list[str], wide: float, size: float) -> list[str]:
    lines: list[str] = []
    for piece in filter(None, pieces):
        if lines and text_width(f"{lines[-1]} {piece}", size) <= wide:
            lines[-1] += f" {piece}"
        else:
            lines.append(piece)
    return lines


def scale_top(values: list[float], steps: int = 3) -> tuple[float, float]:
    """Top of the scale and distance of its lines: round numbers (1, 1.5, 2, 2.5, 5 times a power of ten)."""
    highest = max(values, default=0)
    if highest <= 0:
        return 1, 1
    power = 10.0 ** floor(log10(highest / steps))
    step = next(unit * power for unit in (1, 1.5, 2, 2.5, 5, 10) if unit * power * steps >= highest)
    if highest >= 1:
        step = ceil(step)  # no half people on the scale
    return step * ceil(highest / step), step


def _ticks(top: float, step: float) -> Iterator[float]:
    return (number * step for number in range(round(top / step) + 1))


def _shown(value: float | None, chart: Chart) -> str:
    """As in the text: shares with one decimal and the sign, counts as they are."""
    if chart.unit == "%":
        return NOT_STATED if value is None else f"{number_vi(value, 1)}%"
    every = [one for series in chart.series for one in series.values if one is not None]
    return number_vi(value, 0 if all(one == int(one) for one in every) else 1)


def _values(chart: Chart) -> list[float]:
    return [value for series in chart.series for value in series.values if value is not None]


# ---- upright: lines and columns ----

_LEFT, _RIGHT, _TOP, _FLOOR = 60.0, 510.0, 20.0, 152.0


def _upright(chart: Chart) -> tuple[_Drawing, float]:
    """The grid with its scale and the names below; the second value is the top of the scale."""
    top, step = scale_top(_values(chart))
    rows = [wrapped(label, _across(chart) - 6, 13) for label in chart.labels]
    drawing = _Drawing(_FLOOR + 12 + 15 * max((len(row) for row in rows), default=1), [])
    for tick in _ticks(top, step):
        y = _height(tick, top)
        drawing.line(f"M{_LEFT:g} {y:.1f}H{_RIGHT:g}")
        drawing.text(_LEFT - 8, y + 4.5, number_vi(round(tick, 6)), anchor="end")
    for number, row in enumerate(rows):
        for down, words in enumerate(row):
            drawing.text(_middle(number, chart), _FLOOR + 18 + 15 * down, words, anchor="middle")
    if chart.axis or chart.unit:
        drawing.text(2, 10, chart.axis or chart.unit, italic=True)
    return drawing, top


def _across(chart: Chart) -> float:
    return (_RIGHT - _LEFT) / max(1, len(chart.labels))


def _middle(number: int, chart: Chart) -> float:
    return _LEFT + _across(chart) * (number + 0.5)


def _height(value: float, top: float) -> float:
    return _FLOOR - (_FLOOR - _TOP) * value / top


Point = tuple[float, float]


def _lines(chart: Chart) -> _Drawing:
    drawing, top = _upright(chart)
    placed: list[list[Point | None]] = [
        [None if value is None else (_middle(place, chart), _height(value, top))
         for place, value in enumerate(series.values)]
        for series in chart.series
    ]  # fmt: skip
    for number in reversed(range(len(placed))):
        first = number == 0
        colour, width, dashes = (_INDIGO, 2.6, "") if first else (_GREY, 1.6, "5 3" if number == 1 else "2 3")
        drawing.line(_path(placed[number]), colour=colour, width=width, dashes=dashes)
    for number in reversed(range(len(placed))):
        for point in filter(None, placed[number]):
            drawing.dot(*point, solid=number == 0)
    for place in range(len(chart.labels) - 1):
        _point_labels(drawing, chart, placed, place)
    _end_labels(drawing, chart, placed)
    return drawing


def _path(points: list[Point | None]) -> str:
    """A gap stays a gap: the pen is lifted over a missing value."""
    path = ""
    pen = "M"
    for point in points:
        if point:
            path += f"{pen}{point[0]:.1f} {point[1]:.1f}"
        pen = "L" if point else "M"
    return path


def _point_labels(drawing: _Drawing, chart: Chart, placed: list[list[Point | None]], place: int) -> None:
    """Of two lines, the higher number of a place stands above its point, the lower below: they never meet.

    Further lines have their last number only; all others stand in the table.
    """
    here = [(point, number) for number, points in enumerate(placed[:2]) if (point := points[place])]
    here.sort(key=lambda one: one[0][1])
    for rank, ((x, y), number) in enumerate(here):
        words = _shown(chart.series[number].values[place], chart)
        if rank == 0:
            drawing.text(x - 6, y - 8, words, anchor="end", bold=number == 0, boxed=True)
        else:
            drawing.text(x + 6, min(y + 18, _FLOOR - 4), words, bold=number == 0, boxed=True)


def _end_labels(drawing: _Drawing, chart: Chart, placed: list[list[Point | None]]) -> None:
    """The last value of each line with the name of the line, kept a line apart."""
    last = []
    for number, series in enumerate(chart.series):
        point = placed[number][-1]
        last.append((point[1] + 5 if point else _FLOOR, number, f"{series.name}: {_shown(series.values[-1], chart)}"))
    free = 0.0
    for wanted, number, words in sorted(last):
        y = max(wanted, free)
        drawing.text(_RIGHT - _across(chart) / 2 + 12, y, words, size=15, bold=number == 0, boxed=True)
        free = y + 17


def _columns(chart: Chart) -> _Drawing:
    drawing, top = _upright(chart)
    wide = min(34.0, (_across(chart) - 10) / max(1, len(chart.series)))
    for place in range(len(chart.labels)):
        left = _middle(place, chart) - wide * len(chart.series) / 2
        for number, series in enumerate(chart.series):
            value = series.values[place]
            x = left + wide * number
            y = _FLOOR if value is None else _height(value, top)
            if value is not None:
                drawing.box(x, y, wide, _FLOOR - y, solid=number == 0)
            drawing.text(x + wide / 2, y - 4, _shown(value, chart), anchor="middle", bold=number == 0, boxed=True)
    drawing.line(f"M{_LEFT:g} {_FLOOR:g}H{_RIGHT:g}", colour="#000", width=1)
    if len(chart.series) > 1:
        _legend(drawing, chart)
    return drawing


def _legend(drawing: _Drawing, chart: Chart) -> None:
    """Names of the series, at the right."""
    for number, series in enumerate(chart.series):
        y = _TOP + 22 * number
        drawing.box(_RIGHT + 8, y, 12, 12, solid=number == 0)
        for down, words in enumerate(wrapped(series.name, WIDTH - _RIGHT - 28, 13)):
            drawing.text(_RIGHT + 26, y + 11 + 15 * down, words)


# ---- lying: bars ----

_END = 540.0


@dataclass
class _Bars:
    """Rows of lying bars: where each stands, and the scale below."""

    drawing: _Drawing
    left: float
    top: float
    thick: float
    rows: list[float]

    def at(self, value: float) -> float:
        return self.left + (_END - self.left) * min(value, self.top) / self.top

    @property
    def floor(self) -> float:
        return self.drawing.height - 24

    def base(self, first: float) -> None:
        self.drawing.line(f"M{self.left:.1f} {first:g}V{self.floor:g}", colour="#000", width=1)


def _lying(chart: Chart, *, first: float, top: float, step: float, thick: float, grid: bool = True) -> _Bars:
    """`first` is where the first row begins: room above it for the words of the mark."""
    names = [wrapped(label, 200, 15) for label in chart.labels]
    left = 16 + max((text_width(line, 15) for name in names for line in name), default=0)
    heights = [max(thick + 12, 16.0 * len(name) + 6) for name in names]
    drawing = _Drawing(first + sum(heights) + 24, [])
    bars = _Bars(drawing, left, top, thick, [])
    y = first
    for name, height in zip(names, heights, strict=True):
        bars.rows.append(y + (height - thick) / 2)
        for down, words in enumerate(name):
            drawing.text(
                left - 8, y + height / 2 + 5 + 16 * (down - (len(name) - 1) / 2), words, anchor="end", size=15
            )
        y += height
    for tick in _ticks(top, step):
        if grid:
            drawing.line(f"M{bars.at(tick):.1f} {first:g}V{bars.floor:g}")
        drawing.text(bars.at(tick), drawing.height - 7, number_vi(round(tick, 6)), anchor="middle")
    if chart.axis:
        drawing.text(_END + 14, drawing.height - 7, chart.axis)
    return bars


def _bars(chart: Chart) -> _Drawing:
    """One series, or several beside each other, with a scale of their own."""
    many = len(chart.series)
    top, step = scale_top(_values(chart), steps=4)
    bars = _lying(chart, first=6, top=top, step=step, thick=18.0 if many == 1 else 13.0 * many)
    each = bars.thick / many
    for row, y in enumerate(bars.rows):
        for number, series in enumerate(chart.series):
            value = series.values[row]
            if value is not None:
                bars.drawing.box(bars.left, y + each * number, bars.at(value) - bars.left, each, solid=number == 0)
            _bar_label(bars, value, y + each * (number + 0.5), chart, first=number == 0)
    bars.base(6)
    if many > 1:
        _legend_below(bars.drawing, bars.left, chart)
    return bars.drawing


def _bar_label(bars: _Bars, value: float | None, middle: float, chart: Chart, *, first: bool) -> None:
    words = _shown(value, chart)
    bars.drawing.text(bars.at(value or 0) + 6, middle + 4.5, words, size=15 if first else 14, bold=first, boxed=True)


def _legend_below(drawing: _Drawing, left: float, chart: Chart) -> None:
    drawing.height += 22
    for number, series in enumerate(chart.series):
        drawing.box(left, drawing.height - 16, 11, 11, solid=number == 0)
        drawing.text(left + 17, drawing.height - 6, series.name)
        left += 40 + text_width(series.name, 13)


def _share_bars(chart: Chart) -> _Drawing:
    """Shares of 100; a bar below the mark is white, so that it is seen without colour."""
    bars = _lying(chart, first=26 if chart.mark is not None else 6, top=100, step=25, thick=18)
    drawing = bars.drawing
    rows = list(zip(bars.rows, chart.series[0].values, strict=True))
    for y, value in rows:
        if value is not None:
            solid = chart.mark is None or value >= chart.mark
            drawing.box(bars.left, y, bars.at(value) - bars.left, bars.thick, solid=solid)
    if chart.mark is not None:
        x = bars.at(chart.mark)
        drawing.line(f"M{x:.1f} 20V{bars.floor:g}", colour=_RED, width=1.8, dashes="6 3")
        drawing.text(x, 15, chart.mark_label, anchor="middle", italic=True)
    for y, value in rows:
        _bar_label(bars, value, y + bars.thick / 2, chart, first=True)
    bars.base(26 if chart.mark is not None else 6)
    return drawing


def _progress_bars(chart: Chart) -> _Drawing:
    """Done inside planned: each frame is 100 % of its own plan; the dark tick says where the work should be today."""
    bars = _lying(chart, first=26, top=100, step=25, thick=20, grid=False)
    drawing = bars.drawing
    for y, part, whole in zip(bars.rows, chart.series[0].values, chart.series[1].values, strict=True):
        drawing.box(bars.left, y, _END - bars.left, bars.thick, solid=False, colour="#777")
        if part and whole:
            drawing.box(bars.left, y + 5, bars.at(100 * part / whole) - bars.left, bars.thick - 10, solid=True)
        if chart.mark is not None:
            x = bars.at(chart.mark)
            drawing.line(f"M{x:.1f} {y - 3:.1f}V{y + bars.thick + 3:.1f}", colour="#000", width=2.6)
        drawing.text(_END + 8, y + 15, f"{_shown(part, chart)}/{_shown(whole, chart)}", size=15)
    if chart.mark is not None:
        drawing.text(bars.at(chart.mark), 15, chart.mark_label, anchor="middle", italic=True)
    drawing.text(_END + 8, 15, chart.unit, italic=True)
    return drawing


_DRAWINGS = {
    "lines": _lines,
    "columns": _columns,
    "bars": _bars,
    "grouped_bars": _bars,
    "share_bars": _share_bars,
    "progress_bars": _progress_bars,
}
