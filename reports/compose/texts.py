"""The text of an outline or of a report, with its figures: plain words and three signs.

`{activities.sessions}` is a figure, with axes `{targets.met?framework=…}` and a form `{activities.sessions|compared}`;
`{period}`, `{table:contents}`, `{note:boundaries}` and `{when:merged}` are words of the paper, places in it, footnotes
and conditions. `[…]` is a clause that is left out where something in it has no data or does not hold.

A blank line ends a paragraph, "+ " and "- " begin the lines of a list, "1. " and "a) " are counted anew. A paragraph
whose figures have no data says so instead ("Số cuộc: chưa có số liệu."), never 0.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count

from django.utils.translation import gettext as _

from coordination.manuscript import Paragraph, Span
from reports.compose import words
from reports.compose.forms import FORMS
from reports.compose.paper import Paper
from reports.figures import Ref, UnknownFigure

PLACES = ("table", "chart", "annex")  # what `{table:contents}` may point to
_PIECES = re.compile(r"(\{[^{}]*\}|\[|\])")
_TOKEN = re.compile(r"\{(?P<name>[^{}|]+)(?:\|(?P<form>[a-z_]+))?\}")
_NUMBERED = re.compile(r"^(\d+\. |[a-zđ]\) )")
_ITEM = re.compile(r"^[+-] ")


class NoData(Exception):
    """A figure of the text has no data; `label` is what it is about."""

    def __init__(self, label: str) -> None:
        super().__init__(label)
        self.label = label


class Absent(Exception):
    """A place, a note or a condition that does not hold in this paper: the clause says nothing."""


@dataclass(frozen=True)
class Vocabulary:
    """What the words between braces mean in this paper: a figure, or one of the names given here."""

    paper: Paper
    words: dict[str, str]
    notes: dict[str, Callable[[Paper], str]]
    conditions: dict[str, Callable[[Paper], bool]]

    def spans(self, token: str) -> tuple[Span, ...]:
        """Raises NoData or Absent; UnknownFigure for what is no word at all (a mistake in the text)."""
        found = _TOKEN.fullmatch(token)
        name, form = (found["name"], found["form"] or "number") if found else ("", "")
        if name in self.words:
            return (Span(self.words[name]),)
        group, colon, key = name.partition(":")
        if colon:
            return self._place(group, key)
        ref = Ref.parse(name)
        if form not in FORMS:
            raise UnknownFigure(_("There is no such figure: %(figure)s") % {"figure": token.strip("{}")})
        spans = FORMS[form](self.paper, ref)
        if not spans:
            raise NoData(str(ref.figure.label))
        return spans

    def _place(self, group: str, key: str) -> tuple[Span, ...]:
        if group == "note" and key in self.notes:
            if note := self.notes[key](self.paper):
                return (Span("", note=note),)
        elif group == "when" and key in self.conditions:
            if self.conditions[key](self.paper):
                return ()
        elif group not in PLACES:
            raise UnknownFigure(_("There is no such figure: %(figure)s") % {"figure": f"{group}:{key}"})
        elif f"{group}:{key}" in self.paper.labels:
            return (Span(self.paper.labels[f"{group}:{key}"]),)
        raise Absent


def paragraphs(text: str, vocabulary: Vocabulary, key: str) -> list[Paragraph]:
    """The text as blocks, each with a stable key: that of its section and its place in the text as written."""
    made: list[Paragraph] = []
    for place, line in enumerate(_lines(text), 1):
        spans = rendered(line, vocabulary)
        if spans:
            item = bool(_ITEM.match(line))
            made.append(Paragraph(f"{key}.{place}", spans, "item" if item else "body"))
    return _counted(_closed(made))


def _lines(text: str) -> Iterator[str]:
    """Paragraphs and lines of lists, each on one line."""
    for block in re.split(r"\n\s*\n", text.strip()):
        words_of_paragraph: list[str] = []
        for line in block.splitlines():
            if _ITEM.match(line) and words_of_paragraph:
                yield " ".join(words_of_paragraph)
                words_of_paragraph = []
            words_of_paragraph.append(line)
        if words_of_paragraph:
            yield " ".join(words_of_paragraph)


def rendered(line: str, vocabulary: Vocabulary) -> tuple[Span, ...]:
    """One paragraph; empty where all of it was left out."""
    in_list = bool(_ITEM.match(line))
    line = _ITEM.sub("", line)
    mark = _NUMBERED.match(line)
    try:
        spans = tidy(_resolved(parsed(line[mark.end() :] if mark else line), vocabulary), capital=not in_list)
    except NoData as missing:
        spans = (Span(f"{missing.label}: {words.NO_DATA}."),)
    except Absent:
        return ()
    return (Span(mark[0]), *spans) if mark and spans else spans


Piece = str | list["Piece"]


def parsed(text: str) -> list[Piece]:
    """Words, tokens and clauses; clauses may lie within clauses. A bracket without its other one is a plain sign."""
    open_clauses: list[list[Piece]] = [[]]
    for piece in filter(None, _PIECES.split(text)):
        if piece == "[":
            open_clauses.append([])
        elif piece == "]" and len(open_clauses) > 1:
            clause = open_clauses.pop()
            open_clauses[-1].append(clause)
        else:
            open_clauses[-1].append(piece)
    while len(open_clauses) > 1:
        unclosed = open_clauses.pop()
        open_clauses[-1] += ["[", *unclosed]
    return open_clauses[0]


def _resolved(pieces: list[Piece], vocabulary: Vocabulary, *, in_clause: bool = False) -> list[Span]:
    """Raises NoData or Absent; but outside of clauses a footnote that is not needed leaves its sentence as it is."""
    spans: list[Span] = []
    for piece in pieces:
        try:
            if isinstance(piece, list):
                spans += _resolved(piece, vocabulary, in_clause=True)
            else:
                spans += vocabulary.spans(piece) if piece.startswith("{") else (Span(piece),)
        except (NoData, Absent):
            if isinstance(piece, str) and (in_clause or not piece.startswith("{note:")):
                raise
    return spans


def tidy(spans: list[Span], *, capital: bool) -> tuple[Span, ...]:
    """Plain words put together, blanks and commas mended where a clause was left out, a capital at the start."""
    whole: list[Span] = []
    for span in spans:
        if whole and not (span.ref or span.note or whole[-1].ref or whole[-1].note):
            whole[-1] = Span(whole[-1].text + span.text)
        else:
            whole.append(span)
    mended = [span if span.ref else replace(span, text=_mended(span.text)) for span in whole]
    mended = [span for span in mended if span.text or span.note]
    if mended and not mended[0].ref:
        start = mended[0].text.lstrip(" ,;")
        mended[0] = replace(mended[0], text=words.capital(start) if capital else start)
    return tuple(mended) if any(span.text.strip(" .,;:") for span in mended) else ()


def _mended(text: str) -> str:
    text = re.sub(r" {2,}", " ", text)
    text = re.sub(r" ([,.;:])", r"\1", text)
    return re.sub(r"(?<!\.)\.\.(?!\.)", ".", text)


def _closed(made: list[Paragraph]) -> list[Paragraph]:
    """Lists end with "." whichever of their lines are left, and stay with the line that announces them."""
    closed: list[Paragraph] = []
    for number, block in enumerate(made):
        following = made[number + 1] if number + 1 < len(made) else None
        in_list = block.style == "item"
        goes_on = following is not None and following.style == "item"
        if in_list:
            block = replace(
                block, spans=_ending(block.spans, ";" if goes_on else "."), style="item" if goes_on else "last_item"
            )
        elif goes_on:
            block = replace(block, style="lead")
        closed.append(block)
    return closed


def _ending(spans: tuple[Span, ...], mark: str) -> tuple[Span, ...]:
    last = spans[-1]
    if last.ref:
        return (*spans, Span(mark))
    return (*spans[:-1], replace(last, text=last.text.rstrip(" ;.,") + mark))


def _counted(made: list[Paragraph]) -> list[Paragraph]:
    """ "1. 3. 4." becomes "1. 2. 3."; a lone "a)" loses its mark."""
    for pattern, marks in (
        (r"^\d+\. ", (f"{number}. " for number in count(1))),
        (r"^[a-zđ]\) ", (f"{words.letter(number)}) " for number in count())),
    ):
        places = [place for place, block in enumerate(made) if re.match(pattern, block.spans[0].text)]
        for place, mark in zip(places, marks):  # noqa: B905  the marks never end
            first = made[place].spans[0]
            rest = re.sub(pattern, "", first.text)
            text = words.capital(rest) if len(places) == 1 and ")" in pattern else mark + rest
            made[place] = replace(made[place], spans=(replace(first, text=text), *made[place].spans[1:]))
    return made
