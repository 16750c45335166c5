"""What the apps above give the pages of this one, which may not import them. Settings name the functions that know.

`BLOCKS_HTML`: how the blocks of a manuscript look on a page; `OPEN_WORK`: drafts a person leaves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString

from coordination.manuscript import Block

if TYPE_CHECKING:
    from coordination.models import Membership
    from coordination.open_work import OpenWork


def blocks_html(blocks: Sequence[Block]) -> SafeString:
    """Numbers are plain words here: who is asked about a text may not open the facts behind it."""
    html: SafeString = import_string(settings.BLOCKS_HTML)(tuple(blocks), lambda _ref: "")
    return html


def open_work_above(hat: Membership) -> list[OpenWork]:
    """Drafts of facts and reports the person wrote in for the agency."""
    found: list[OpenWork] = import_string(settings.OPEN_WORK)(hat)
    return found
