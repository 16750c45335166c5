"""Puts a report together: sections of the outline with their texts, tables and charts, then the annexes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from django.utils import translation
from django.utils.translation import gettext as _

from coordination.compose import roman
from coordination.enums import Numbering
from coordination.manuscript import Annex, Block, Heading, Manuscript, Span
from reports.compose import words
from reports.compose.annexes import LANDSCAPE
from reports.compose.changes import changes_of
from reports.compose.consolidated import consolidated_from, is_said_by
from reports.compose.head import head, profile_of, recipients, signatures, symbol_of
from reports.compose.keys import KEYS, READINGS, packed, packed_readings
from reports.compose.meanings import with_meanings
from reports.compose.paper import Draft, Paper
from reports.compose.parts import Part
from reports.compose.texts import Vocabulary, paragraphs, rendered
from reports.compose.vocabulary import vocabulary_of
from reports.enums import ReportNature
from reports.figures import Scope, UnknownFigure
from reports.figures.judged_by import KEPT
from reports.figures.papers import ISSUED
from reports.figures.scope import PAPERS
from reports.models import OutlineSection, Report

BASIS = "basis"  # key of the section that lists the legal bases; it is no section of the paper
LINE_BREAK = "|"  # in the title of an annex


class WrongText(UnknownFigure):
    """The text of a section names what there is not; `str()` says which section and what, for people.

    `key`: the section it stands in ("" = a line of the outline).
    """

    def __init__(self, words: str, key: str = "") -> None:
        super().__init__(words)
        self.key = key


def compose(spec: Report | Draft, scope: Scope | None = None) -> Manuscript:
    """The manuscript of a report from today's records; `scope` restricts it to the facts a frozen report remembered.

    The words are Vietnamese whatever language the screen has: it is a paper. Raises WrongText.
    """
    with translation.override("vi"):
        return with_meanings(Composer(spec, scope).manuscript())


@dataclass
class Node:
    """A section of the outline with the text the office wrote for it, if it did, without the parts it left out."""

    section: OutlineSection
    text: str
    parts: list[Part]
    children: list[Node] = field(default_factory=list)
    made: dict[int, list[Block]] = field(default_factory=dict)


def office_words(report: Report) -> tuple[dict[str, str], dict[str, set[str]]]:
    """By key of the section: what was written in place of the outline's text, and the parts left out."""
    texts = {row.key: row.text for row in report.document.sections.all()}
    return texts, {row.key: set(row.left_out) for row in report.parts.all()}


@contextmanager
def _told_where(section: str, key: str = "") -> Iterator[None]:
    """Names the section in which a word means nothing."""
    try:
        yield
    except UnknownFigure as wrong:
        words_of_it = {"section": section, "why": wrong}
        raise WrongText(_("“%(section)s”: %(why)s. Mend the text there.") % words_of_it, key) from wrong


class Composer:
    """Annexes, tables and charts are made before the texts, which refer to them by their numbers."""

    def __init__(self, spec: Report | Draft, scope: Scope | None) -> None:
        self.paper = self._paper(spec, scope)
        self.outline = spec.outline
        written, left_out = office_words(spec) if isinstance(spec, Report) else ({}, {})
        sections = list(self.outline.sections.order_by("position", "pk"))
        basis = next((section.text for section in sections if section.key == BASIS), "")
        self.body, self.annexed = self._trees([one for one in sections if one.key != BASIS], written, left_out)
        self.vocabulary: Vocabulary = vocabulary_of(self.paper, written.get(BASIS, basis))

    def _paper(self, spec: Report | Draft, scope: Scope | None) -> Paper:
        return Paper(spec, scope)

    @staticmethod
    def _trees(
        sections: list[OutlineSection], written: dict[str, str], left_out: dict[str, set[str]]
    ) -> tuple[list[Node], list[Node]]:
        nodes = {
            section.pk: Node(
                section,
                written.get(section.key, section.text),
                [part for part in map(Part.of, section.parts) if part.token not in left_out.get(section.key, ())],
            )
            for section in sections
        }
        for section in sections:
            if section.parent_id in nodes:
                nodes[section.parent_id].children.append(nodes[section.pk])
        tops = [nodes[section.pk] for section in sections if section.parent_id is None]
        return [top for top in tops if not top.section.is_annex], [top for top in tops if top.section.is_annex]

    def manuscript(self) -> Manuscript:
        paper, spec = self.paper, self.paper.spec
        annexes = self._annexes()
        self._make_numbered(self.body)
        # A report's own document holds the subject in force; a draft is named by its outline.
        subject = paper.document.subject if paper.document else self._line(self.outline.subject)
        with _told_where(_("Opening")):
            opening = paragraphs(self.outline.opening, self.vocabulary, "opening")
        changes = changes_of(spec) if isinstance(spec, Report) else []
        blocks = [*opening, *self._said_from_how_many(), *changes, *self._sections(self.body, 1)]
        if isinstance(spec, Report) and spec.nature == ReportNature.SUPPLEMENT:
            blocks, annexes = changes, ()
        return Manuscript(
            kind=spec.kind,
            profile=profile_of(spec.agency),
            title=f"Báo cáo {words.lower(subject)}",
            head=head(paper, subject),
            symbol=(paper.document.symbol if paper.document else "") or symbol_of(spec.agency, paper.name.symbol),
            attached_to="Báo cáo",
            blocks=tuple(blocks),
            closing=self._closing(),
            signatures=signatures(paper),
            recipients=recipients(paper),
            annexes=annexes,
            sample=paper.sample,
            summary=self._line(self.outline.summary),
            cutoff=paper.last_day,
            issued_by=paper.full_name,
            meta=self._meta(),
        )

    def _said_from_how_many(self) -> list[Block]:
        """A consolidated report says who is in it, also where its outline has no place for that."""
        texts, parts = [self.outline.opening], list[str]()
        for node in self._all_nodes([*self.body, *self.annexed]):
            texts.append(node.text)
            parts += [part.name for part in node.parts]
        return [] if is_said_by(texts, parts) else consolidated_from(self.paper, "opening.consolidated")

    @classmethod
    def _all_nodes(cls, nodes: list[Node]) -> Iterator[Node]:
        for node in nodes:
            yield node
            yield from cls._all_nodes(node.children)

    def _meta(self) -> dict[str, str]:
        """`PAPERS`: the documents counted, for which no table remembers them. `KEYS`: the main numbers."""
        counted = [
            str(pk)
            for window in (self.paper.compared.now, self.paper.compared.last_year)
            if window
            for pk in ISSUED.facts(self.paper.scope, window).order_by("pk").values_list("pk", flat=True)
        ]
        spec = self.paper.spec
        return {
            "period": spec.period.code,
            "scope": spec.scope,
            PAPERS: ",".join(counted),
            KEYS: packed(self.paper.get),
            READINGS: packed_readings(self.paper.values.judged()),
            KEPT: self.paper.values.judged_by(),
        }

    def _closing(self) -> tuple[Span, ...]:
        with _told_where(_("Closing")):
            return rendered(self.outline.closing, self.vocabulary)

    def _line(self, text: str) -> str:
        with _told_where(text):
            return "".join(span.text for span in rendered(text, self.vocabulary)) if text else ""

    def _annexes(self) -> tuple[Annex, ...]:
        made = [(node, self._part_blocks(node)) for node in self.annexed]
        kept = [(node, blocks) for node, blocks in made if blocks]
        numbers = [roman(number) if len(kept) > 1 else "" for number in range(1, len(kept) + 1)]
        for (node, _blocks), number in zip(kept, numbers, strict=True):
            for part in node.parts:
                self.paper.labels[f"annex:{part.name.partition('.')[2]}"] = f"Phụ lục {number}".strip()
        return tuple(
            Annex(
                key=node.section.key,
                number=number,
                title=tuple(line.strip() for line in self._line(node.section.heading).split(LINE_BREAK)),
                blocks=tuple(blocks),
                landscape=self._is_wide(node),
            )
            for (node, blocks), number in zip(kept, numbers, strict=True)
        )

    def _is_wide(self, node: Node) -> bool:
        names = {part.name.partition(".")[2] for part in node.parts}
        return bool(names & LANDSCAPE) or ("months" in names and len(self.paper.compared.now.months) > 6)

    def _part_blocks(self, node: Node) -> list[Block]:
        return [block for part in node.parts for block in part.blocks(self.paper, node.section.key)]

    def _make_numbered(self, nodes: list[Node]) -> None:
        """Tables and charts in the order they stand in the paper."""
        for node in nodes:
            for place, part in enumerate(node.parts):
                if part.numbered:
                    node.made[place] = part.blocks(self.paper, node.section.key)
            self._make_numbered(node.children)

    def _sections(self, nodes: list[Node], level: Literal[1, 2, 3], above: str = "") -> list[Block]:
        """A section with nothing to say is left out, and the numbers close up."""
        blocks: list[Block] = []
        count = 0
        for node in nodes:
            number = self._number(node, count + 1, above)
            below: Literal[2, 3] = 2 if level == 1 else 3
            content = [*self._content(node), *self._sections(node.children, below, number if level == 2 else "")]
            if not content:
                continue
            if node.section.numbering != Numbering.NONE:
                count += 1
            if node.section.heading:
                heading = self._line(node.section.heading)
                blocks.append(Heading(node.section.key, level, number, heading))
            blocks += content
        return blocks

    @staticmethod
    def _number(node: Node, number: int, above: str) -> str:
        numbering = Numbering(node.section.numbering)
        if numbering == Numbering.ROMAN:
            return f"{roman(number)}."
        if numbering == Numbering.ARABIC:
            return f"{number}."
        return f"{above}{number}." if numbering == Numbering.NESTED else ""

    def _content(self, node: Node) -> list[Block]:
        with _told_where(node.section.heading or node.section.key, node.section.key):
            blocks: list[Block] = list(paragraphs(node.text, self.vocabulary, node.section.key)) if node.text else []
        for place, part in enumerate(node.parts):
            blocks += node.made[place] if part.numbered else part.blocks(self.paper, node.section.key)
        return blocks
