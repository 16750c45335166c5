"""Parts an outline may name after the text of a section: "table.targets", or with arguments {"part": …}."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from coordination.manuscript import Block
from reports.compose import charts, clause_tables, clauses, tables
from reports.compose.annexes import ANNEXES
from reports.compose.assessment import ASSESSMENTS
from reports.compose.consolidated import consolidated_from
from reports.compose.paper import Paper
from reports.compose.sentences import SENTENCES

Maker = Callable[..., list[Block]]
PARTS: dict[str, Maker] = {
    **{f"table.{made.__name__}": made for made in (tables.targets, tables.contents, tables.women)},
    "table.years": clause_tables.years,
    **{f"chart.{made.__name__}": made for made in (charts.cumulative, charts.contents, charts.women)},
    **{f"text.{name}": made for name, made in (SENTENCES | ASSESSMENTS | clauses.TEXTS).items()},
    "text.consolidated": consolidated_from,
    **{f"annex.{name}": made for name, made in (ANNEXES | clause_tables.ANNEXES).items()},
}
_NUMBERED = ("table.", "chart.")


@dataclass(frozen=True)
class Part:
    """One part of a section. Tables and charts are made first: the texts speak of them by their numbers."""

    name: str
    arguments: dict[str, Any]

    @classmethod
    def of(cls, entry: str | dict[str, Any]) -> Part:
        """Raises KeyError for a part that there is not."""
        arguments = {} if isinstance(entry, str) else dict(entry)
        name = entry if isinstance(entry, str) else arguments.pop("part")
        if name not in PARTS:
            raise KeyError(name)
        return cls(name, arguments)

    @property
    def numbered(self) -> bool:
        return self.name.startswith(_NUMBERED)

    @property
    def token(self) -> str:
        """What names it among the parts of its section."""
        return f"{self.name}?{urlencode(self.arguments)}" if self.arguments else self.name

    def blocks(self, paper: Paper, section: str) -> list[Block]:
        return PARTS[self.name](paper, f"{section}.{self.name}", **self.arguments)
