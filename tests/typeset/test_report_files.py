"""The PDF of a report: its figures inside, as an archive wants it, and the code to check it by once it is issued."""

import hashlib
import re
import subprocess
import sys
from dataclasses import replace
from io import BytesIO

import pikepdf
import pytest
import segno

from coordination.manuscript import Box, Span
from reports.typeset.files import DATA_NAME, report_pdf
from reports.typeset.qr import qr_svg
from reports.typeset.xlsx import render_xlsx
from tests.typeset.factories import DRAFT, ISSUED, list_annex, report
from tests.typeset.measuring import Paper
from tests.typeset.test_xlsx import listing

pytestmark = pytest.mark.once
CODE = "3f2a-91bc-07de-55a1-c0b4"
CHECKED = replace(ISSUED, code=CODE, address=f"https://phoihop.example.vn/v/{CODE}/", version=1)


@pytest.fixture(scope="module")
def content():
    return report_pdf(report(rows=3), CHECKED)


def test_the_workbook_is_inside_as_its_data(content):
    with pikepdf.open(BytesIO(content)) as pdf:
        inside = pdf.attachments[DATA_NAME]
        assert inside.get_file().read_bytes() == render_xlsx(report(rows=3), CHECKED)
        assert inside.relationship == pikepdf.Name.Data
        assert {one.UF for one in pdf.Root.AF} == {DATA_NAME}
        with pdf.open_metadata() as meta:
            assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("3", "A")
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "vi"


def test_lists_that_no_page_has_are_not_inside_either():
    annex = replace(list_annex(3), blocks=(Box("list", (Span("501 dòng."),), listing(501)),))
    manuscript = report(annexes=(annex,))
    with pikepdf.open(BytesIO(report_pdf(manuscript, CHECKED))) as pdf:
        inside = pdf.attachments[DATA_NAME].get_file().read_bytes()
    assert inside == render_xlsx(manuscript, CHECKED, lists=False)
    assert len(inside) < len(render_xlsx(manuscript, CHECKED))


def test_the_same_bytes_in_another_process(content):
    told = (
        "import hashlib, django; django.setup()\n"
        "from reports.typeset.files import report_pdf\n"
        "from tests.typeset.factories import report\n"
        "from tests.typeset.test_report_files import CHECKED\n"
        "print(hashlib.sha256(report_pdf(report(rows=3), CHECKED)).hexdigest())"
    )
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.split()[-1] == hashlib.sha256(content).hexdigest()


def test_an_issued_report_has_its_code_under_the_signature(content):
    paper = Paper(content)
    page, code = paper.find(CODE)
    assert code.baseline < page.find("Nguyễn Thị Ngọc Ánh").baseline
    assert "Kiểm tra tại: https://phoihop.example.vn/v/" in page.said


def test_a_draft_has_none():
    said = " ".join(page.said for page in Paper(report_pdf(report(rows=3), DRAFT)).pages)
    assert "Mã kiểm tra" not in said


def test_the_drawing_is_that_of_the_address():
    """Read back square by square."""
    matrix = [[bool(dark) for dark in row] for row in segno.make_qr(CHECKED.address, error="q").matrix]
    assert squares(qr_svg(CHECKED.address), len(matrix)) == matrix
    assert squares(qr_svg(CHECKED.address.replace("3f2a", "3f2b")), len(matrix)) != matrix


def squares(svg, size):
    """The path: "M x y" begins, "m dx dy" moves, "h n" draws n squares to the right; the border is 2 wide."""
    found = [[False] * size for _row in range(size)]
    x = y = 0.0
    for letter, numbers in re.findall(r"([Mmh])([-\d. ]+)", re.search(r' d="([^"]+)"', svg)[1]):
        moves = [float(number) for number in numbers.split()]
        if letter == "h":
            for step in range(int(moves[0])):
                found[int(y - 2)][int(x) - 2 + step] = True
            x += moves[0]
        else:
            x, y = (moves[0], moves[1]) if letter == "M" else (x + moves[0], y + moves[1])
    return found
