"""A report section by section, while it is written: its rows, the blocks of one of them, what may be inserted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from coordination.compose import roman
from coordination.manuscript import Block, Box
from reports.compose import words
from reports.compose.composer import Composer, Node
from reports.figures import FIGURES
from reports.figures.base import Figure
from reports.figures.indicators import IndicatorValue
from reports.models import Report

# What people read for the words of vocabulary.py and for the groups of figures.
WORDS = {
    "agency": _("name of the agency"),
    "own": _("short name of the agency"),
    "territory": _("who held it all"),
    "province": _("name of the province"),
    "period": _("period"),
    "next_period": _("next period"),
    "first_day": _("first day counted"),
    "last_day": _("last day counted"),
    "year": _("year of the period"),
    "last_year": _("the year before"),
    "target_year": _("year of the targets"),
}
GROUPS = {
    "activities": _("Activities"),
    "communication": _("Communication"),
    "outputs": _("Products"),
    "models": _("Models"),
    "targets": _("Targets"),
    "money": _("Money"),
    "papers": _("Papers issued"),
}
OTHERS = _("Other activities")


@dataclass(frozen=True)
class SectionRow:
    """`level` 1 to 3; `above`: keys from the top down; `below`: keys of every section under it."""

    node: Node
    number: str
    heading: str
    level: Literal[1, 2, 3]
    above: tuple[str, ...]
    below: tuple[str, ...]

    @property
    def key(self) -> str:
        return self.node.section.key

    @property
    def is_annex(self) -> bool:
        return self.node.section.is_annex

    @property
    def title(self) -> str:
        return f"{self.number} {self.heading}".strip()

    @property
    def has_words(self) -> bool:
        """A text of its own, from the outline or of the office."""
        return bool(self.node.text)

    @property
    def makes_itself(self) -> bool:
        """Tables, charts, annexes and computed sentences only: nobody has to write anything."""
        return not self.has_words and bool(self.node.section.parts) and not self.below

    @property
    def is_missing(self) -> bool:
        """Nobody wrote what nothing else fills: a heading over nothing."""
        return not (self.has_words or self.node.parts or self.below or self.is_annex)


@dataclass(frozen=True)
class Token:
    """A figure or word of the paper with its present value, as it is written in a text."""

    token: str
    label: str | Promise
    value: str


class Sections(Composer):
    """Composes one at a time: a wrong word in one of them spoils no other. Raises WrongText for the outline."""

    def __init__(self, report: Report) -> None:
        super().__init__(report, None)
        self._only_numbers = True
        with translation.override("vi"):
            self._annexes()
            self._make_numbered(self.body)
            tops = [*self._rows(self.body, 1, (), ""), *self._annex_rows()]
        self._only_numbers = False
        self.rows: dict[str, SectionRow] = {row.key: row for row in tops}

    def _part_blocks(self, node: Node) -> list[Block]:
        """While annexes are only numbered, the list of activities is not made: it may have thousands of rows."""
        if self._only_numbers and [part.name for part in node.parts] == ["annex.activities"]:
            return [Box(node.section.key, ())] if self.paper.get("activities.records") else []
        return super()._part_blocks(node)

    def _rows(
        self, nodes: list[Node], level: Literal[1, 2, 3], above: tuple[str, ...], number: str
    ) -> Iterator[SectionRow]:
        below: Literal[2, 3] = 2 if level == 1 else 3
        for place, node in enumerate(nodes, 1):
            own = self._number(node, place, number)
            path = (*above, node.section.key)
            children = list(self._rows(node.children, below, path, own if level == 2 else ""))
            heading = self._line(node.section.heading) or node.section.key
            yield SectionRow(node, own, heading, level, above, tuple(row.key for row in children))
            yield from children

    def _annex_rows(self) -> Iterator[SectionRow]:
        for place, node in enumerate(self.annexed, 1):
            heading = " ".join(part.strip() for part in self._line(node.section.heading).split("|"))
            yield SectionRow(node, f"Phụ lục {roman(place)}.", heading, 1, (), ())

    def blocks(self, key: str, text: str | None = None) -> tuple[Block, ...]:
        """Words and parts of it and of those under it; `text` in place of what is stored. Raises WrongText."""
        row = self.rows[key]
        if text is not None:
            row.node.text = text
        with translation.override("vi"):
            if row.is_annex:
                return tuple(self._part_blocks(row.node))
            below: Literal[2, 3] = 2 if row.level == 1 else 3
            number = row.number if row.level == 2 else ""
            return (*self._content(row.node), *self._sections(row.node.children, below, number))

    def own_blocks(self, key: str) -> tuple[Block, ...]:
        """Without those of the sections under it. Raises WrongText."""
        with translation.override("vi"):
            return tuple(self._content(self.rows[key].node))

    def tokens(self) -> dict[str, list[Token]]:
        """By group, with the values of today. Figures that say something only with an axis are left out."""
        with translation.override("vi"):
            found: dict[str, list[Token]] = {}
            for figure in FIGURES.values():
                if isinstance(figure, IndicatorValue) or not self.paper.values.holds(figure.code):
                    continue
                found.setdefault(self._group(figure), []).append(
                    Token(f"{{{figure.code}}}", figure.label, words.in_text(self.paper.get(figure.code), figure))
                )
            said = self.vocabulary.words
            found[str(_("Words"))] = [Token(f"{{{name}}}", label, said[name]) for name, label in WORDS.items()]
        return found

    @staticmethod
    def _group(figure: Figure) -> str:
        return str(GROUPS.get(figure.code.partition(".")[0], OTHERS))
