"""A report from its outline, its texts and its figures: `compose` makes the one value every file prints from."""

from coordination.compose import COMPOSERS
from reports.compose.composer import WrongText, compose
from reports.compose.paper import Draft

__all__ = ["Draft", "WrongText", "compose"]

COMPOSERS["report"] = lambda document: compose(document.report)
