"""Each paper is drawn in a process of its own, with limits of time and memory: what goes wrong there ends there.

The processes are forked from one that has loaded the typesetter and nothing else, so that no paper waits for loading,
and none inherits threads or connections of the worker.
"""

from __future__ import annotations

import multiprocessing

from django.conf import settings
from django.utils.translation import gettext as _

from coordination.jobs import JobRefused
from coordination.manuscript import Manuscript, Stamp
from reports.typeset.child import DONE, REFUSED, draw
from reports.typeset.profile import PrintRefused

_FORKING = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload(["reports.typeset.preload"])


class RenderBroke(Exception):
    """The process ended without a word: it was killed, or the system was out of memory."""


def drawn(work: str, manuscript: Manuscript, stamp: Stamp) -> dict[str, bytes]:
    """Files by their format. Raises PrintRefused, RenderBroke, or JobRefused when a limit was reached.

    A limit is reached again at the next attempt: such a paper is not tried again by itself, others are waiting.
    """
    receiver, sender = _FORKING.Pipe(duplex=False)
    process = _FORKING.Process(
        target=draw, args=(sender, work, manuscript, stamp, settings.RENDER_MEMORY_MB), daemon=True
    )
    process.start()
    sender.close()
    try:
        if not receiver.poll(settings.RENDER_SECONDS):
            raise JobRefused(_too_slow())
        outcome, content = receiver.recv()
    except EOFError:
        process.join()
        raise RenderBroke(f"exit code {process.exitcode}") from None
    finally:
        process.kill()
        process.join()
        receiver.close()
    if outcome == REFUSED:
        raise PrintRefused(content)
    if outcome != DONE:
        raise JobRefused(_too_big())
    files: dict[str, bytes] = content
    return files


def _too_slow() -> str:
    return _(
        "Making the file took more than %(seconds)s seconds and was stopped. Shorten the text or its lists, then try "
        "again; if it stays so, tell the administrator."
    ) % {"seconds": settings.RENDER_SECONDS}


def _too_big() -> str:
    return _(
        "Making the file needed more than %(memory)s MB of memory and was stopped. Shorten the text or its lists, "
        "then try again; if it stays so, tell the administrator."
    ) % {"memory": settings.RENDER_MEMORY_MB}
