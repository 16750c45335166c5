"""What the page of a review shows: the text in blocks with their talk, the answers, and what an edit changed."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch
from django.utils.safestring import SafeString

from coordination import comments as talk
from coordination import review, turns
from coordination.enums import CommentState, DocumentState, OpinionChoice
from coordination.manuscript import Block, Box, Cell, Chart, Heading, Manuscript, Paragraph, Row, Table, changed_keys
from coordination.models import Comment, Document, Membership, Opinion, ReviewRound, ReviewText, User
from coordination.models.agency import name_of
from coordination.provided import blocks_html

NOT_IN_ID = re.compile(r"[^A-Za-z0-9-]")
SHORT = 90  # letters of a block that name it in a list


@dataclass(frozen=True)
class Thread:
    """`moves`: the steps this hat may take with it."""

    head: Comment
    replies: list[Comment]
    moves: list[str]


@dataclass(frozen=True)
class Part:
    """A block of the text; `threads` beside it, `open` of them not yet dealt with. `gone`: no longer in the text.

    `rows`: those of a table that are spoken of one by one; `table`: the table they stand in, `lines` all its rows in
    order, each with its part where it is spoken of.
    """

    key: str
    words: str
    html: SafeString
    threads: list[Comment] = field(default_factory=list)
    gone: bool = False
    rows: list[Part] = field(default_factory=list)
    table: Table | None = None

    @property
    def lines(self) -> list[tuple[Row, list[tuple[Cell, str]], Part | None]]:
        """Each cell with the title of its column; none where cells are joined."""
        if self.table is None:
            return []
        known, titles = {part.key: part for part in self.rows}, [column.title for column in self.table.columns]
        return [(row, _labelled(row, titles), known.get(row.key)) for row in self.table.rows]

    @property
    def label(self) -> str:
        return self.words if len(self.words) <= SHORT else f"{self.words[:SHORT].rsplit(' ', 1)[0]}…"

    @property
    def anchor(self) -> str:
        """Id of its mark: letters, digits and dashes only."""
        return f"mark-{NOT_IN_ID.sub('-', self.key)}"

    @property
    def open(self) -> int:
        return sum(head.state == CommentState.OPEN for head in self.threads)


def _labelled(row: Row, titles: list[str]) -> list[tuple[Cell, str]]:
    joined = len(row.cells) != len(titles)
    return [(cell, "" if joined else title) for cell, title in zip(row.cells, titles, strict=False)]


@dataclass(frozen=True)
class Change:
    """A block as it was (“” = it is new) and as it is (“” = it is gone)."""

    key: str
    before: str
    after: str


@dataclass(frozen=True)
class AnswerRow:
    """One line of the list of opinions. Without an opinion it records the silence of an agency after the day due."""

    day: date | datetime
    name: str
    opinion: Opinion | None
    current: bool


@dataclass(frozen=True)
class Seat:
    """`words`: what stands beside the agency; `look` of its pill."""

    standing: review.SeatStanding
    words: str
    look: str
    mine: bool


def words_of(block: Block) -> str:
    """The plain words of a block, to name and to compare it."""
    if isinstance(block, Heading):
        return f"{block.number} {block.text}".strip()
    if isinstance(block, Paragraph | Box):
        return "".join(span.text for span in block.spans).removeprefix("- ")
    if isinstance(block, Chart):
        return block.title
    rows = "; ".join(words_of_row(row) for row in block.rows)
    return f"{block.caption}: {rows}" if block.caption else rows


def words_of_row(row: Row) -> str:
    return " | ".join(cell.text.replace("\n", " ") for cell in row.cells)


def words_by_key(manuscript: Manuscript) -> dict[str, str]:
    """Of each block, in the order of the text. A table whose rows are spoken of one by one stands for them there."""
    found: dict[str, str] = {}
    for block in manuscript.all_blocks():
        found[block.key] = words_of(block)
        found |= {row.key: words_of_row(row) for row in keyed_rows(block)}
    return found


def changes_between(before: Manuscript, after: Manuscript) -> list[Change]:
    """In the order of the text as it is now, what is gone at the end; frame of the paper last, without a key."""
    old, new = words_by_key(before), words_by_key(after)
    changed = changed_keys(before, after) - _of_keyed_rows(after)
    keys = [key for key in (*new, *(key for key in old if key not in new)) if key in changed]
    found = [Change(key, old.get(key, ""), new.get(key, "")) for key in keys]
    if _frame(before) != _frame(after):
        found.append(Change("", _frame_words(before), _frame_words(after)))
    return found


def _of_keyed_rows(manuscript: Manuscript) -> set[str]:
    """Tables that are compared row by row."""
    return {block.key for block in manuscript.all_blocks() if keyed_rows(block)}


def _frame(manuscript: Manuscript) -> Manuscript:
    return replace(manuscript, blocks=(), annexes=())


def _frame_words(manuscript: Manuscript) -> str:
    """Head, closing, signatures and recipients: what is not a block of the text."""
    issuers = ", ".join(issuer.name.replace("\n", " ") for issuer in manuscript.head.issuers)
    signatures = (" ".join((*signature.lines, signature.name)).strip() for signature in manuscript.signatures)
    subject = " ".join((manuscript.head.type_name, *manuscript.head.subject))
    closing = "".join(span.text for span in manuscript.closing)
    return " · ".join(filter(None, (issuers, subject, closing, *signatures, *manuscript.recipients)))


def changes_since(document: Document, sha256: str, now: Manuscript) -> list[Change]:
    kept = ReviewText.objects.filter(document=document, sha256=sha256).first()
    return changes_between(Manuscript.from_json(kept.manuscript), now) if kept else []


def threads_of(document: Document, user: User, today: date) -> dict[str, list[Comment]]:
    """Heads of threads with their answers, by the key of the block."""
    named = Comment.objects.select_related("written_by", "resolved_by").annotate(
        agency_name=name_of("agency", "short_name", today)
    )
    heads = Comment.objects.visible_to(user).filter(document=document, answers__isnull=True).values("pk")
    found: dict[str, list[Comment]] = defaultdict(list)
    for head in named.filter(pk__in=heads).prefetch_related(Prefetch("replies", queryset=named)):
        head.document = document
        found[head.key].append(head)
    return found


def threads_shown(document: Document, heads: list[Comment], acting: Membership | None) -> list[Thread]:
    moves = talk.moves_of(acting, document, heads)
    return [Thread(head, list(head.replies.all()), may) for head, may in zip(heads, moves, strict=True)]


def parts_of(manuscript: Manuscript, threads: dict[str, list[Comment]]) -> list[Part]:
    return [
        Part(
            block.key,
            words_of(block),
            blocks_html([block]),
            threads.get(block.key, []),
            rows=[
                Part(row.key, words_of_row(row), SafeString(""), threads.get(row.key, [])) for row in keyed_rows(block)
            ],
            table=block if isinstance(block, Table) and keyed_rows(block) else None,
        )
        for block in manuscript.all_blocks()
    ]


def keyed_rows(block: Block) -> list[Row]:
    return [row for row in block.rows if row.key] if isinstance(block, Table) else []


def every(parts: list[Part]) -> list[Part]:
    """With the rows of tables, each behind its table."""
    return [one for part in parts for one in (part, *part.rows)]


def gone_parts(manuscript: Manuscript, threads: dict[str, list[Comment]]) -> list[Part]:
    """Blocks people spoke about that an edit took out: the talk stays."""
    there = {*words_by_key(manuscript), ""}
    return [
        Part(key, heads[0].quote or key, SafeString(""), heads, gone=True)
        for key, heads in threads.items()
        if key not in there
    ]


LOOKS = {
    OpinionChoice.AGREES: "ok",
    OpinionChoice.AGREES_WITH_COMMENTS: "ok",
    OpinionChoice.ASKS_FOR_CHANGES: "back",
}


def seats_of(document: Document, sha256: str, acting: Membership | None, today: date) -> list[Seat]:
    asked = review.latest_round(document)
    if asked is None:
        return []
    own = review.lineage_of(acting)
    return [
        Seat(row, turns.seat_words(row, asked, today=today), _look(row), row.agency.pk in own)
        for row in review.standing_of(asked, sha256, today=today)
    ]


def _look(row: review.SeatStanding) -> str:
    if row.lapsed:
        return "wait"
    if row.opinion:
        return LOOKS[OpinionChoice(row.opinion.choice)]
    return "late" if row.silent_since and row.must_agree else "draft"


def answers_of(document: Document, sha256: str, today: date) -> list[AnswerRow]:
    """Every opinion ever given, the latest first, and in each round who was silent when the day had passed."""
    given = Opinion.objects.filter(seat__round__document=document).select_related("given_by")
    rows = [
        AnswerRow(row.given_at, row.agency_name, row, row.sha256 == sha256)
        for row in given.annotate(agency_name=name_of("seat__agency", "short_name", today)).order_by("-pk")
    ]
    for asked in document.rounds.filter(due_on__lt=today):
        silent = [row for row in review.standing_of(asked, sha256, today=today) if row.silent_since]
        rows += [AnswerRow(asked.due_on, row.name, None, False) for row in silent]
    return rows


def review_context(
    document: Document, manuscript: Manuscript, user: User, acting: Membership | None, key: str, today: date
) -> dict[str, Any]:
    """`part`: the block whose talk is open beside the text (None: the talk about the whole)."""
    sha256 = manuscript.sha256()
    asked = review.latest_round(document)
    threads = threads_of(document, user, today)
    parts, gone = parts_of(manuscript, threads), gone_parts(manuscript, threads)
    part = next((part for part in (*every(parts), *gone) if key and part.key == key), None)
    shown = part.threads if part else threads.get("", [])
    seats = seats_of(document, sha256, acting, today)
    makes, is_open = review.speaks_for(acting, review.makers_of(document)), bool(asked and asked.is_open)
    mine = next((seat.standing for seat in seats if seat.mine and seat.standing.lapsed), None)
    return {
        "document": document,
        "manuscript": manuscript,
        "sha256": sha256,
        "round": asked,
        "round_name": opened_for(asked, today) if asked else "",
        "parts": parts,
        "gone": gone,
        "part": part,
        "key": part.key if part else "",
        "threads": threads_shown(document, shown, acting),
        "spoken_of": [part for part in every(parts) if part.threads],
        "open_count": sum(head.state == CommentState.OPEN for heads in threads.values() for head in heads),
        "seats": seats,
        "answers": answers_of(document, sha256, today),
        "changes": changes_since(document, _text_to_compare(mine, asked), manuscript),
        "lapsed_mine": mine,
        "turn": turns.whose_turn(document, acting, sha256=sha256, today=today),
        "can_comment": talk.may_comment(acting, document),
        "can_answer": is_open and not document.is_frozen and review.has_seat(acting, asked),
        "can_open": not is_open and not document.is_frozen and document.state != DocumentState.DRAFT and makes,
        "can_close": is_open and makes,
    }


def _text_to_compare(mine: review.SeatStanding | None, asked: ReviewRound | None) -> str:
    """Who answered an earlier text sees what changed since; others what changed since it was put to them."""
    if mine and mine.opinion:
        return mine.opinion.sha256
    return asked.sha256 if asked else ""


def opened_for(asked: ReviewRound, today: date) -> str:
    return asked.opened_for.name_on(today).short_name


def quote_of(manuscript: Manuscript, key: str) -> str | None:
    """What the block says now; None when the text has no such block (any more)."""
    return words_by_key(manuscript).get(key) if key else ""
