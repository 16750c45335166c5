"""The forms a figure takes in a sentence: `{figure|form}`. Empty where there is no data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from coordination.manuscript import Span
from reports.compose import words
from reports.compose.paper import Paper
from reports.figures import FIGURES, Amount, At, Ref
from reports.figures.base import Share

Form = Callable[[Paper, Ref], tuple[Span, ...]]


def number(paper: Paper, ref: Ref) -> tuple[Span, ...]:
    """ "412", "09", "gần 1.000", "57,8%", "4.278,5 triệu đồng"."""
    amount = paper.get(ref.code, ref.at, **ref.axes)
    return (Span(words.in_text(amount, ref.figure), str(ref)),) if amount else ()


def some(paper: Paper, ref: Ref) -> tuple[Span, ...]:
    """The number, when it is not 0: for clauses that speak of what there is."""
    return number(paper, ref) if paper.get(ref.code, ref.at, **ref.axes).value else ()


def before(paper: Paper, ref: Ref) -> tuple[Span, ...]:
    """The number of the same period last year."""
    return number(paper, replace(ref, at=At.LAST_YEAR))


def changed(paper: Paper, ref: Ref) -> tuple[Span, ...]:
    """ "tăng 46 cuộc (12,6%)", "giảm 1,7 điểm phần trăm", or "bằng cùng kỳ"."""
    change = paper.get(ref.code, At.CHANGE, **ref.axes)
    if change.value is None:
        return ()
    if not change.value:
        return (Span(words.SAME, paper.ref(ref.code, At.CHANGE, **ref.axes)),)
    figure, size = FIGURES[ref.code], Amount(change.size.value)
    if figure.shown == "percent":
        text, unit = words.number_vi(size.value, 1), " điểm phần trăm"
        if text == "0,0":
            return (Span(words.SAME, paper.ref(ref.code, At.CHANGE, **ref.axes)),)
    else:
        text, unit = words.in_text(size, figure), "" if figure.shown == "money" else f" {figure.unit}"
    spans = [
        Span(f"{words.direction(change.value)} "),
        Span(text, paper.ref(ref.code, At.CHANGE, **ref.axes)),
        Span(unit),
    ]
    now, last_year = (paper.get(ref.code, at, **ref.axes) for at in (At.NOW, At.LAST_YEAR))
    percent = words.percent_change(now, last_year) if figure.shown != "percent" else ""
    return (*spans, Span(f" ({percent})")) if percent else tuple(spans)


def compared(paper: Paper, ref: Ref) -> tuple[Span, ...]:
    """As `changed`, with "so với cùng kỳ" behind it."""
    spans = changed(paper, ref)
    if not spans or spans[0].text == words.SAME:
        return spans
    return (*spans, Span(f" {words.AGAINST_LAST_YEAR}"))


def parts(paper: Paper, ref: Ref) -> tuple[Span, ...]:
    """Of a share: "14.398/24.910", "khoảng 600/1.000"."""
    figure = ref.figure
    if not isinstance(figure, Share):
        return ()
    part, whole = (number(paper, replace(ref, code=one.code)) for one in (figure.part, figure.whole))
    if not part or not whole:
        return ()
    return (*part, Span("/"), replace(whole[0], text=words.without_word(whole[0].text)))


FORMS: dict[str, Form] = {
    "number": number,
    "some": some,
    "before": before,
    "changed": changed,
    "compared": compared,
    "parts": parts,
}
