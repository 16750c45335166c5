"""Prints one paper in a process of its own and says on standard output what it took.

`python -m bench.one_print report|annex|plain ROWS`. `plain` is one WeasyPrint call on the same HTML, nothing else.
"""

import json
import os
import resource
import sys
import time

import django


def main(work: str, rows: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from weasyprint import HTML  # noqa: PLC0415  after the settings

    from bench import paper  # noqa: PLC0415
    from bench.printing import whole_html  # noqa: PLC0415
    from reports.typeset.pdf import render_pdf  # noqa: PLC0415

    manuscript = paper.report(rows) if work == "report" else paper.annex_paper(rows)
    html = whole_html(manuscript, paper.STAMP) if work == "plain" else ""
    start = time.perf_counter()
    pdf = HTML(string=html).write_pdf() if html else render_pdf(manuscript, paper.STAMP)
    seconds = time.perf_counter() - start
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "megabytes": megabytes, "bytes": len(pdf)}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
