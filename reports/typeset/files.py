"""What is drawn of a manuscript, by name: the files of a report, or one file of any paper."""

from collections.abc import Callable

from coordination.manuscript import Manuscript, Stamp
from reports.typeset.child import REPORT_OFFICE, REPORT_PDF
from reports.typeset.docx import render_docx
from reports.typeset.pdf import Attached, render_pdf
from reports.typeset.xlsx import render_xlsx

DATA_NAME, DATA_ABOUT = "so-lieu.xlsx", "Số liệu của báo cáo"


def report_pdf(manuscript: Manuscript, stamp: Stamp) -> bytes:
    """With its figures inside, for whoever gets the paper alone; without the lists that are in the Excel file only."""
    data = render_xlsx(manuscript, stamp, lists=False)
    return render_pdf(manuscript, stamp, (Attached(DATA_NAME, data, DATA_ABOUT),))


def _office(manuscript: Manuscript, stamp: Stamp) -> dict[str, bytes]:
    return {"docx": render_docx(manuscript, stamp), "xlsx": render_xlsx(manuscript, stamp)}


DRAWN: dict[str, Callable[[Manuscript, Stamp], dict[str, bytes]]] = {
    REPORT_PDF: lambda manuscript, stamp: {"pdf": report_pdf(manuscript, stamp)},
    REPORT_OFFICE: _office,
    "pdf": lambda manuscript, stamp: {"pdf": render_pdf(manuscript, stamp)},
    "docx": lambda manuscript, stamp: {"docx": render_docx(manuscript, stamp)},
    "xlsx": lambda manuscript, stamp: {"xlsx": render_xlsx(manuscript, stamp)},
}
