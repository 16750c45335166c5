"""What the apps above give the pages of this one, which may not import them. Settings name the functions that know.

`BLOCKS_HTML`: how the blocks of a manuscript look on a page.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString

from coordination.manuscript import Block


def blocks_html(blocks: Sequence[Block]) -> SafeString:
    """Numbers are plain words here: who is asked about a text may not open the facts behind it."""
    html: SafeString = import_string(settings.BLOCKS_HTML)(tuple(blocks), lambda _ref: "")
    return html
