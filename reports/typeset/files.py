"""What is drawn of a manuscript, by name: all files of a report, or one file of any paper."""

from collections.abc import Callable

from coordination.manuscript import Manuscript, Stamp
from reports.typeset.docx import render_docx
from reports.typeset.pdf import Attached, render_pdf
from reports.typeset.xlsx import render_xlsx

DATA_NAME, DATA_ABOUT = "so-lieu.xlsx", "Số liệu của báo cáo"
REPORT_FILES = "report"


def report_pdf(manuscript: Manuscript, stamp: Stamp, workbook: bytes | None = None) -> bytes:
    """With its figures inside: whoever gets the paper alone has them."""
    data = workbook or render_xlsx(manuscript, stamp)
    return render_pdf(manuscript, stamp, (Attached(DATA_NAME, data, DATA_ABOUT),))


def report_files(manuscript: Manuscript, stamp: Stamp) -> dict[str, bytes]:
    workbook = render_xlsx(manuscript, stamp)
    return {
        "pdf": report_pdf(manuscript, stamp, workbook),
        "docx": render_docx(manuscript, stamp),
        "xlsx": workbook,
    }


DRAWN: dict[str, Callable[[Manuscript, Stamp], dict[str, bytes]]] = {
    REPORT_FILES: report_files,
    "pdf": lambda manuscript, stamp: {"pdf": render_pdf(manuscript, stamp)},
    "docx": lambda manuscript, stamp: {"docx": render_docx(manuscript, stamp)},
    "xlsx": lambda manuscript, stamp: {"xlsx": render_xlsx(manuscript, stamp)},
}
