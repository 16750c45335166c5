"""The words, footnotes and conditions a text may use between braces, as they read in one report."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from coordination.compose import CITED, cited
from coordination.enums import LinkNature
from coordination.formats import count_vi, number_vi
from coordination.models import Agreement
from programs.enums import Precision, TargetStatus
from reports.compose import words
from reports.compose.consolidated import consolidated_words
from reports.compose.head import addressees
from reports.compose.paper import Paper
from reports.compose.texts import Vocabulary
from reports.compose.work import agreement_words
from reports.figures import At
from reports.models import ReportingPeriod, ReportOutline

_LATER = "thời gian tới"
_BASIS = re.compile(r"^(?P<since>\d{4}-\d\d-\d\d)\.\.(?P<until>\d{4}-\d\d-\d\d)? (?:@(?P<role>\w+) )?(?P<text>.+)$")
ACTION_MONTH = (11, 15)  # 15/11–15/12, the action month for gender equality of every year


def vocabulary_of(paper: Paper, basis: str) -> Vocabulary:
    """`basis`: the legal bases of the outline, one a line, with the days they are in force."""
    period, window = paper.spec.period, paper.compared.now
    following = paper.next_period
    return Vocabulary(
        paper,
        {
            "agency": paper.name.name,
            "full_agency": paper.full_name,
            "own": paper.own_name,
            "territory": paper.territory,
            "province": paper.spec.unit.full_name,
            "period": period.label,
            "next_period": following.label if following else _LATER,
            "first_day": paper.day(window.first),
            "last_day": paper.day(window.last),
            "money_first_day": paper.day(window.money_from),
            "year": str(window.last.year),
            "last_year": str(window.last.year - 1),
            "target_year": _target_year(paper),
            "addressees": words.listed(list(addressees(paper))) or "cấp trên",
            "basis": _bases(paper, basis),
            "consolidated": consolidated_words(paper),
            **paper.agreement_words,
        },
        NOTES,
        CONDITIONS,
    )


def subject_of(outline: ReportOutline, period: ReportingPeriod, agreement: Agreement | None) -> str:
    """The subject of the outline with its words, before there is anything to count."""
    known = {"period": period.label} | (agreement_words(agreement, period.data_to) if agreement else {})
    subject: str = outline.subject
    for word, text in known.items():
        subject = subject.replace(f"{{{word}}}", text)
    return subject


def _target_year(paper: Paper) -> str:
    years = sorted({line.target.year for line in paper.values.judged().board.lines if line.target})
    return f"năm {years[0]}" if years else ""


def _bases(paper: Paper, text: str) -> str:
    """The papers named as basis in the report's document, else those of the outline in force on the last day."""
    if paper.document:
        links = paper.document.links.filter(nature=LinkNature.BASIS).select_related(*CITED)
        if named := [cited(link) for link in links]:
            return "; ".join(named)
    return "; ".join(
        text for line in text.splitlines() if (text := basis_on(line, paper.last_day, paper.spec.agency.role))
    )


def basis_on(line: str, day: date, role: str) -> str:
    """The basis of a line "2019-03-12..2025-10-14 @ethnic_affairs Thông tư …", "" when it is none on the day."""
    found = _BASIS.match(line.strip())
    if not found or found["role"] not in (None, role):
        return ""
    until = date.fromisoformat(found["until"]) if found["until"] else date.max
    return found["text"] if date.fromisoformat(found["since"]) <= day <= until else ""


# ---- footnotes ----


def _boundaries(paper: Paper) -> str:
    """Last year's numbers are those of the provinces this one was made from."""
    if not paper.of_province or not paper.merger or not paper.values.has_last_year:
        return ""
    names = words.listed([unit.full_name for unit in paper.merged_provinces])
    return (
        f"Gộp số của {names} trước {paper.day(paper.merger.on)}, quy về {number_vi(paper.communes)} đơn vị hành chính "
        "cấp xã. Chỉ tiêu không quy đổi được thì ghi dấu “–”."
    )


def _merged_agencies(paper: Paper) -> str:
    """Rights and comparison follow the lineage of the agency."""
    if paper.of_province or not paper.merged_agencies or not paper.values.has_last_year:
        return ""
    return f"Gồm số của {words.listed(paper.merged_agencies)} trước khi hợp nhất."


def _left_out(paper: Paper) -> str:
    left = paper.values.judged().board.left_out
    if not left:
        return ""
    numbers = words.listed([indicator.number for indicator in left])
    return f"Chỉ tiêu {numbers} không áp dụng cho tỉnh."


def _women_coverage(paper: Paper) -> str:
    """How many sessions state the women, and how many people the share leaves out."""
    every, stated = (paper.get(f"activities.{code}").value for code in ("sessions", "sessions_with_women"))
    people, among = (paper.get(f"activities.{code}").value for code in ("attendances", "attendances_with_women"))
    if not every or not stated or stated == every:
        return ""
    rest = f"{count_vi(int(every - stated))} cuộc còn lại"
    with_people = f", với {number_vi(people - among)} lượt người," if people and among and people > among else ""
    return (
        f"Tách nữ ở {number_vi(stated)}/{number_vi(every)} cuộc; tỷ lệ chỉ tính trên các cuộc này. "
        f"{rest}{with_people} không ghi số nữ nên không đưa vào mẫu số."
    )


def _rough(paper: Paper) -> str:
    if paper.get("activities.attendances").precision == Precision.EXACT:
        return ""
    return (
        "“Gần”, “khoảng”, “hơn” là số ước do đơn vị tổ chức ghi, được in đúng như đã ghi; tổng có phần ước thì ghi "
        "“khoảng”."
    )


NOTES: dict[str, Callable[[Paper], str]] = {
    "boundaries": _boundaries,
    "merged_agencies": _merged_agencies,
    "left_out": _left_out,
    "women_coverage": _women_coverage,
    "rough": _rough,
}


# ---- conditions ----


def _action_month_ahead(paper: Paper) -> bool:
    period = paper.next_period
    return bool(period and period.data_from <= date(period.data_to.year, *ACTION_MONTH) <= period.data_to)


CONDITIONS: dict[str, Callable[[Paper], bool]] = {
    "province": lambda paper: paper.of_province,
    "consolidated": lambda paper: paper.of_round,
    "merged": lambda paper: paper.merger is not None,
    "last_year": lambda paper: bool(paper.get("activities.sessions", At.LAST_YEAR)),
    "money": lambda paper: bool(paper.get("money.plan") or paper.get("money.disbursed")),
    "targets": lambda paper: bool(paper.values.judged().readings),
    "targets_unknown": lambda paper: bool(paper.values.judged().board.count(TargetStatus.NO_DATA)),
    "project": lambda paper: bool(paper.get("activities.sessions", project="P8")),
    "action_month_ahead": _action_month_ahead,
}
