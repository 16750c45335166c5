"""The charts of the body. Their titles are the sentences that answer, made from the numbers they draw."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from itertools import accumulate

from coordination.formats import count_vi, month_number
from coordination.manuscript import Block, Chart, Series
from reports.compose import words
from reports.compose.paper import Paper
from reports.compose.tables import short
from reports.figures import At

EVEN = 50  # per cent: as many women as men
FEW = 12  # sessions; below it a drawing says no more than the sentence


def cumulative(paper: Paper, key: str) -> list[Block]:
    """Sessions added up month by month, beside last year."""
    months = paper.compared.now.months
    now = _running(paper, At.NOW)
    if len(months) < 2 or not now or now[-1] < FEW:
        return []
    before = _running(paper, At.LAST_YEAR)
    year = paper.last_day.year
    series = [Series(str(year), now)] + ([Series(str(year - 1), before)] if before and before[-1] else [])
    label = paper.label("chart", "cumulative", "Hình")
    compared = len(series) == 2
    lines = f"Nét liền, chấm tròn: năm {year}; nét đứt, ô vuông: năm {year - 1}. " if compared else ""
    return [
        Chart(
            key,
            "lines",
            words.sentence_title(f"{label}. {_running_title(paper, now, before if compared else ())}"),
            f"Số cuộc lũy kế theo tháng, năm {year}" + (f" và năm {year - 1}" if compared else ""),
            tuple(f"Tháng {month_number(month.number)}" for month in months),
            tuple(series),
            f"{_source(paper, 'annex:months')}{lines}Tháng tính {words.month_days(months)}.",
            unit="cuộc",
        )
    ]


def _running(paper: Paper, at: At) -> tuple[float, ...]:
    window = paper.compared.at(at)
    months = window.months if window else ()
    sessions = (paper.get("activities.sessions", at, month=str(month.number)).value or 0 for month in months)
    return tuple(float(total) for total in accumulate(sessions))


def _running_title(paper: Paper, now: tuple[float, ...], before: tuple[float, ...]) -> str:
    day = f"ngày {paper.last_day.day:02d} tháng {paper.last_day.month}"
    if not before:
        return f"Số cuộc lũy kế đến {day} là {count_vi(int(now[-1]))} cuộc"
    gap = int(now[-1] - before[-1])
    if not gap:
        return f"Đến {day}, số cuộc lũy kế bằng cùng kỳ"
    above = gap > 0
    more = "nhiều" if above else "ít"
    months = paper.compared.now.months
    pairs = list(zip(now, before, strict=True))
    since = next(
        (
            n
            for n in range(len(pairs))
            if all((mine > theirs) == above and mine != theirs for mine, theirs in pairs[n:])
        ),
        len(pairs) - 1,
    )
    end = f"đến {day} {more} hơn {count_vi(abs(gap))} cuộc"
    if since == len(pairs) - 1:
        return words.capital(end) + " so với cùng kỳ"
    start = (
        "Số cuộc lũy kế luôn" if not since else f"Từ tháng {month_number(months[since].number)}, số cuộc lũy kế luôn"
    )
    return f"{start} {'cao' if above else 'thấp'} hơn cùng kỳ; {end}"


def _source(paper: Paper, label: str) -> str:
    return f"Nguồn: {paper.labels[label]}. " if label in paper.labels else ""


def contents(paper: Paper, key: str) -> list[Block]:
    """Sessions by content, beside last year."""
    rows = [
        (
            short(content.short_name),
            _sessions(paper, At.NOW, content.code),
            _sessions(paper, At.LAST_YEAR, content.code),
        )
        for content in paper.contents
    ]
    rows = [row for row in rows if row[1] or row[2]]
    if len(rows) < 2 or (paper.get("activities.sessions").value or 0) < FEW:
        return []
    year = paper.last_day.year
    compared = any(row[2] for row in rows)
    series = [Series(str(year), tuple(row[1] for row in rows))]
    series += [Series(str(year - 1), tuple(row[2] for row in rows))] if compared else []
    label = paper.label("chart", "contents", "Hình")
    title = _contents_title([(name, now - before) for name, now, before in rows]) if compared else _largest(rows)
    return [
        Chart(
            key,
            "grouped_bars",
            words.sentence_title(f"{label}. {title}"),
            "Số cuộc theo nội dung" + (f", năm {year} và năm {year - 1}" if compared else ""),
            tuple(row[0] for row in rows),
            tuple(series),
            _source(paper, "table:contents")
            + (f"Thanh đậm: năm {year}; thanh trắng: cùng kỳ năm {year - 1}." if compared else ""),
            unit="cuộc",
        )
    ]


def _sessions(paper: Paper, at: At, content: str) -> float:
    return float(paper.get("activities.sessions", at, content=content).value or 0)


def _largest(rows: list[tuple[str, float, float]]) -> str:
    name, now, _before = max(rows, key=lambda row: row[1])
    return f"{name} có nhiều cuộc nhất: {count_vi(int(now))} cuộc"


def _contents_title(gaps: list[tuple[str, float]]) -> str:
    up = [name for name, gap in gaps if gap > 0]
    down = [name for name, gap in gaps if gap < 0]
    most, size = max(gaps, key=lambda row: abs(row[1]))
    if not up and not down:
        return "Số cuộc của các nội dung đều bằng cùng kỳ"
    moved = f"{most} {'tăng' if size > 0 else 'giảm'} nhiều nhất, {count_vi(int(abs(size)))} cuộc"
    if not down:
        all_up = "Số cuộc của mọi nội dung đều tăng" if len(up) == len(gaps) else "Không nội dung nào có số cuộc giảm"
        return f"{all_up}; {moved}"
    if not up:
        return f"Số cuộc giảm ở {words.listed(down)}; {moved}"
    return f"Số cuộc tăng ở {len(up)}/{len(gaps)} nội dung; {words.listed(down)} giảm"


def women(paper: Paper, key: str) -> list[Block]:
    """Share of women by content, with the 50 % line; of the activities that state it."""
    rows = [
        (short(content.short_name), share.value)
        for content in paper.contents
        if (share := paper.get("activities.women_share", content=content.code)).value is not None
    ]
    if len(rows) < 2:
        return []
    stated, every = (paper.get(f"activities.{code}").value or 0 for code in ("sessions_with_women", "sessions"))
    label = paper.label("chart", "women", "Hình")
    below = [name for name, share in rows if share < EVEN]
    of = f"tính trên {count_vi(int(stated))}/{count_vi(int(every))} cuộc có tách nữ."
    source = f"Nguồn: {paper.labels['table:women']}, {of}" if "table:women" in paper.labels else words.capital(of)
    return [
        Chart(
            key,
            "share_bars",
            words.sentence_title(f"{label}. {_women_title(below, len(rows))}"),
            "Tỷ lệ nữ trong số lượt người tham gia theo nội dung",
            tuple(name for name, _share in rows),
            (Series("Tỷ lệ nữ", tuple(one_decimal(share) for _name, share in rows)),),
            source + (f" Thanh trắng: dưới mốc {EVEN}%." if below else ""),
            unit="%",
            mark=EVEN,
            mark_label=f"mốc {EVEN}%",
        )
    ]


def one_decimal(value: Decimal | int) -> float:
    """Halves go up, as in the tables beside the drawing; `round` would take 12.25 down."""
    return float(Decimal(value).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP))


def _women_title(below: list[str], groups: int) -> str:
    if not below:
        return "Phụ nữ chiếm từ một nửa số lượt người tham gia trở lên ở mọi nhóm"
    if len(below) == groups:
        return "Phụ nữ chiếm dưới một nửa số lượt người tham gia ở mọi nhóm"
    return f"Phụ nữ chiếm từ một nửa số lượt người tham gia trở lên ở mọi nhóm, trừ {words.listed(below)}"
