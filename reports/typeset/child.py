"""What runs in the process that draws one paper. It is forked from one that has preload.py in it."""

from __future__ import annotations

import os
import resource
import signal
import threading
from multiprocessing import parent_process
from multiprocessing.connection import Connection

from coordination.manuscript import Manuscript, Stamp

DONE, REFUSED, TOO_BIG = "done", "refused", "too big"
REPORT_PDF, REPORT_OFFICE = "report-pdf", "report-office"  # works of files.py, which loads the typesetter
MB = 1 << 20


def draw(sender: Connection, work: str, manuscript: Manuscript, stamp: Stamp, memory_mb: int) -> None:
    """Sends how it ended, and the files or why there are none."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever wants the worker to stop lets it finish
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb * MB, memory_mb * MB))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    from reports.typeset.files import DRAWN  # noqa: PLC0415  so that workers, who name this, do without
    from reports.typeset.profile import PrintRefused  # noqa: PLC0415

    try:
        sender.send((DONE, DRAWN[work](manuscript, stamp)))
    except PrintRefused as refused:
        sender.send((REFUSED, str(refused)))
    except MemoryError:
        sender.send((TOO_BIG, ""))


def _end_with_parent() -> None:
    """A worker that was killed cannot end its child."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
