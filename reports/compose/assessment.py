"""What went well and what did not, by the figures alone: each sentence is said only when its numbers bear it out."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from coordination.manuscript import Block, Paragraph, Span
from programs.enums import TargetStatus
from reports.compose import words
from reports.compose.charts import EVEN
from reports.compose.forms import compared
from reports.compose.paper import Paper
from reports.compose.results import objectives_of, was_read
from reports.compose.sentences import Spans, lettered, model_words, say
from reports.compose.tables import short
from reports.figures import At, Ref


def strengths(paper: Paper, key: str, framework: str) -> list[Block]:
    return _told(key, [*_good_activities(paper), *_good_targets(paper, framework), *_good_rest(paper)])


def weaknesses(paper: Paper, key: str, framework: str) -> list[Block]:
    return _told(key, [*_bad_targets(paper, framework), *_bad_activities(paper), *_bad_money(paper)])


def _told(key: str, lines: list[Spans]) -> list[Block]:
    if not lines:
        return [Paragraph(key, (Span("Chưa có số liệu để đánh giá tại thời điểm báo cáo."),))]
    return lettered(key, lines)


def _good_activities(paper: Paper) -> Iterator[Spans]:
    sessions = paper.get("activities.sessions", At.CHANGE).value
    if sessions and sessions > 0:
        yield say(f"{words.capital(paper.territory)} tổ chức ", *_changed(paper, "activities.sessions"))
    elif sessions is None and paper.get("activities.sessions").value:
        came = say(" với ", paper.span("activities.attendances"), " lượt người tham gia")
        held = say(f"{words.capital(paper.territory)} tổ chức ", paper.span("activities.sessions"), " cuộc")
        yield say(held, came) if paper.get("activities.attendances") else held
    share = paper.get("activities.women_share").value
    if share is not None and share >= EVEN:
        yield say(
            "Phụ nữ chiếm ", paper.span("activities.women_share"), " số lượt người tham gia ở các cuộc có tách nữ"
        )
    together = paper.get("activities.sessions_together").value
    every = paper.get("activities.sessions").value
    if together and every and 2 * together >= every:
        yield say(
            "Công tác phối hợp được duy trì: ",
            paper.span("activities.sessions_together"), "/", paper.span("activities.sessions"),
            " cuộc do từ hai cơ quan, đơn vị trở lên cùng thực hiện",
        )  # fmt: skip


def _changed(paper: Paper, code: str) -> Spans:
    """ "412 cuộc, tăng 46 cuộc (12,6%) so với cùng kỳ"."""
    ref = Ref(code)
    return say(paper.span(code), f" {ref.figure.unit}, ", compared(paper, ref))


def _good_targets(paper: Paper, framework: str) -> Iterator[Spans]:
    board = paper.values.judged().board
    if not was_read(board, framework):
        return
    met, every = (paper.span(code, framework=framework) for code in ("targets.met", "targets.apply"))
    whole = [
        objective.name
        for objective in objectives_of(board, framework)
        if board.count(*TargetStatus.counted_as_met(), objective=objective.pk) == board.count(objective=objective.pk)
    ]
    if paper.get("targets.met", framework=framework).value:
        line = say("Có ", met, "/", every, " chỉ tiêu đạt hoặc vượt mục tiêu")
        fields = "; ".join(words.lower(name) for name in whole)
        yield say(line, f"; hoàn thành toàn bộ chỉ tiêu {fields}") if whole else line


def _good_rest(paper: Paper) -> Iterator[Spans]:
    stock = paper.get("models.stock", At.CHANGE).value
    if stock and stock > 0:
        yield say("Mạng lưới mô hình ở cộng đồng được mở rộng, ", compared(paper, Ref("models.stock")))
    elif stock is None and paper.get("models.stock").value:
        yield say("Duy trì hoạt động của ", paper.span("models.stock"), f" {model_words(paper)} ở cộng đồng")
    money = paper.get("money.state_disbursed", At.CHANGE).value
    if money and money > 0:
        yield say("Giải ngân vốn ngân sách nhà nước ", compared(paper, Ref("money.state_disbursed")))


def _bad_targets(paper: Paper, framework: str) -> Iterator[Spans]:
    board = paper.values.judged().board
    if not was_read(board, framework):
        return
    for code, text in (
        ("targets.missed", "chỉ tiêu chưa đạt"),
        ("targets.unknown", "chỉ tiêu chưa có số liệu để đánh giá"),
    ):
        if paper.get(code, framework=framework).value:
            status = TargetStatus.NOT_MET if code == "targets.missed" else TargetStatus.NO_DATA
            numbers = [
                line.indicator.number for line in paper.values.judged().lines((status,), {"framework": framework})
            ]
            yield say("Còn ", paper.span(code, framework=framework), f" {text} ({words.listed(numbers)})")


def _bad_activities(paper: Paper) -> Iterator[Spans]:
    sessions = paper.get("activities.sessions", At.CHANGE).value
    if sessions and sessions < 0:
        yield say("Số cuộc ", compared(paper, Ref("activities.sessions")))
    fallen = _contents(paper, lambda code: (paper.get("activities.sessions", At.CHANGE, content=code).value or 0) < 0)
    if fallen and not (sessions and sessions < 0):
        yield say(f"{words.listed(fallen)} có số cuộc giảm so với cùng kỳ")
    few = _contents(paper, lambda code: _is_below_half(paper, code))
    if few:
        yield say(f"Tỷ lệ nữ tham gia {words.listed(few)} dưới {EVEN}%")
    unstated = [
        say("không ghi số ", name, " ở ", paper.span(code), " cuộc")
        for code, name in (
            ("activities.sessions_without_women", "nữ"),
            ("activities.sessions_without_minority", "người dân tộc thiểu số"),
        )
        if paper.get(code).value
    ]
    if unstated:
        yield say("Ghi chép số liệu chưa đầy đủ: ", unstated[0], *(say("; ", more) for more in unstated[1:]))


def _is_below_half(paper: Paper, content: str) -> bool:
    share = paper.get("activities.women_share", content=content).value
    return share is not None and share < EVEN


def _contents(paper: Paper, holds: Callable[[str], bool]) -> list[str]:
    return [short(content.short_name) for content in paper.contents if holds(content.code)]


def _bad_money(paper: Paper) -> Iterator[Spans]:
    """Behind the calendar: less of the year's money is disbursed than of its days are gone."""
    rate = paper.get("money.state_rate").value
    window = paper.compared.now
    whole = 365 * (window.last.year - window.money_from.year + 1)
    gone = 100 * ((window.last - window.money_from).days + 1) / whole
    if rate is not None and rate < gone:
        yield say(
            "Giải ngân vốn ngân sách nhà nước mới đạt ",
            paper.span("money.state_rate"),
            " kế hoạch, chậm so với tiến độ",
        )


ASSESSMENTS: dict[str, Callable[..., list[Block]]] = {"strengths": strengths, "weaknesses": weaknesses}
