"""Equal numbers in PDF, Word and Excel: each file is read back and compared with the manuscript."""

from dataclasses import replace
from datetime import date

import pytest
from django.core.management import call_command

from coordination.manuscript import Cell, Stamp
from programs.models import Component
from reports.actions import draft_report
from reports.compose import compose, lists
from reports.enums import ReportKind, ReportScope
from reports.models import ReportingPeriod
from tests import factories
from tests.typeset import equal_files
from tests.typeset.equal_files import assert_equal_files
from tests.typeset.factories import DRAFT, ISSUED, report

CODE = {"code": "3f2a-91bc-07de-55a1-c0b4", "address": "https://x.vn/v/3f2a-91bc-07de-55a1-c0b4/"}


@pytest.mark.once
@pytest.mark.parametrize("stamp", [DRAFT, replace(ISSUED, **CODE)], ids=["draft", "issued"])
def test_paper_with_every_kind_of_block(stamp):
    cells, numbers = assert_equal_files(report(sample=stamp.draft), stamp)
    assert cells > 400
    assert numbers > 60


@pytest.mark.once
def test_control_a_cell_that_differs_in_one_file_is_found(monkeypatch):
    right = equal_files.render_docx
    table = report().blocks[-5]
    wrong = replace(table.rows[0].cells[1], text="381")
    rows = (replace(table.rows[0], cells=(table.rows[0].cells[0], wrong, *table.rows[0].cells[2:])), *table.rows[1:])
    blocks = tuple(replace(table, rows=rows) if block == table else block for block in report().blocks)
    monkeypatch.setattr(equal_files, "render_docx", lambda manuscript, stamp: right(report(blocks=blocks), stamp))
    with pytest.raises(AssertionError):
        assert_equal_files(report(), ISSUED)


@pytest.mark.once
def test_control_a_number_that_no_manuscript_has_is_found(monkeypatch):
    right = equal_files.report_pdf
    more = report(closing=(replace(report().closing[0], text="Thêm 98.765 lượt./."),))
    monkeypatch.setattr(equal_files, "report_pdf", lambda _manuscript, stamp: right(more, stamp))
    with pytest.raises(AssertionError, match=r"98\.765"):
        assert_equal_files(report(), ISSUED)


@pytest.mark.django_db
@pytest.mark.parametrize("most", [500, 8], ids=["printed", "in the workbook only"])
def test_report_from_the_records(cast, monkeypatch, most):
    monkeypatch.setattr(lists, "MOST", most)
    call_command("load_lists", verbosity=0)
    for number, code in enumerate(("P8.1", "P8.2", "P8.3") * 5):
        for year in (2025, 2026):
            factories.activity(
                cast.board, cast.commune, date(year, 1 + number % 6, 10), component=Component.objects.get(code=code),
                sessions=1 + number, attendances=1234 + number * 7, women=600 + number, title=f"Buổi {number}",
            )  # fmt: skip
    made = draft_report(
        agency=cast.board, kind=ReportKind.GENDER_EQUALITY, scope=ReportScope.PROVINCE, by=cast.officer,
        period=ReportingPeriod.objects.get(profile__code="ND09", code="2026-H1"),
    )  # fmt: skip
    manuscript = compose(made)
    cells, numbers = assert_equal_files(manuscript, Stamp())
    assert cells > 100
    assert numbers > 40
    assert any(isinstance(cell, Cell) and cell.value for block in manuscript.all_blocks()
               for row in getattr(block, "rows", ()) for cell in row.cells)  # fmt: skip
