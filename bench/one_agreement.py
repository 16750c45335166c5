"""Makes Word and PDF of one manuscript in a process of its own and says how many megabytes it held at most.

`python -m bench.one_agreement MANUSCRIPT.json [pdf]`; with `pdf` that file alone.
"""

import json
import os
import resource
import sys
from pathlib import Path

import django


def main(path: str, only: str = "") -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from bench.agreement import STAMP  # noqa: PLC0415  after the settings
    from coordination.manuscript import Manuscript  # noqa: PLC0415
    from reports.typeset.docx import render_docx  # noqa: PLC0415
    from reports.typeset.pdf import render_pdf  # noqa: PLC0415

    manuscript = Manuscript.from_json(json.loads(Path(path).read_text(encoding="utf-8")))
    if not only:
        render_docx(manuscript, STAMP)
    render_pdf(manuscript, STAMP)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    main(*sys.argv[1:])
