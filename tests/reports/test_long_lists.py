"""A list over 500 rows: a note on paper, all of its rows in the workbook, and the same numbers in both."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coordination.manuscript import Box, Manuscript, Stamp, Table
from programs.models import Activity, Component
from reports.actions import draft_report
from reports.compose import compose, lists
from reports.enums import ReportKind, ReportScope
from reports.models import ReportingPeriod
from reports.typeset.docx import render_docx
from reports.typeset.pdf import render_pdf
from reports.typeset.xlsx import render_xlsx
from tests import factories
from tests.typeset.measuring import Paper
from tests.typeset.test_docx import Word
from tests.typeset.workbooks import ReadBook

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(cast):
    call_command("load_lists", verbosity=0)
    content = Component.objects.get(code="P8.1")
    for number in range(6):
        factories.activity(
            cast.board, cast.commune, date(2026, 3, 8) + timedelta(number), component=content, sessions=number + 1,
            attendances=1000 + number, title=f"=Buổi\tthứ {number}",
        )  # fmt: skip
    return draft_report(
        agency=cast.board,
        kind=ReportKind.GENDER_EQUALITY,
        period=ReportingPeriod.objects.get(profile__code="ND09", code="2026-H1"),
        scope=ReportScope.PROVINCE,
        by=cast.officer,
    )


def annex_of(manuscript):
    return next(annex for annex in manuscript.annexes if annex.landscape)


def test_the_paper_says_where_the_list_is_and_the_workbook_has_it(report, monkeypatch):
    monkeypatch.setattr(lists, "MOST", 5)
    manuscript = compose(report)
    note = annex_of(manuscript).blocks[-1]
    assert isinstance(note, Box)
    assert len(note.listing.lines) == 6
    name = f"Phụ lục {annex_of(manuscript).number}"
    rows = ReadBook(render_xlsx(manuscript, Stamp())).rows(name)
    assert [row[2] for row in rows if row[0].isdecimal()] == [f"=Buổi thứ {number}" for number in range(6)]
    assert [row[-4] for row in rows if row[0].isdecimal()] == [f"1.00{number}" for number in range(6)]
    said = " ".join(page.said for page in Paper(render_pdf(manuscript, Stamp())).pages)
    assert "nằm trong tệp Excel của báo cáo" in " ".join(said.split())
    assert "thứ 3" not in said
    word = Word(render_docx(manuscript, Stamp()))
    assert word.find("nằm trong tệp Excel của báo cáo")
    assert "=Buổi" not in word.words()


def test_the_list_survives_being_frozen(report, monkeypatch):
    monkeypatch.setattr(lists, "MOST", 5)
    manuscript = compose(report)
    assert Manuscript.from_json(manuscript.to_json()) == manuscript


def test_a_shorter_list_is_printed(report):
    table = annex_of(compose(report)).blocks[-1]
    assert isinstance(table, Table)
    assert len([row for row in table.rows if row.style == "plain"]) == 6


def test_a_longer_list_asks_for_no_more_queries(cast, report, monkeypatch):
    monkeypatch.setattr(lists, "MOST", 5)
    content, counted = Component.objects.get(code="P8.1"), []
    compose(report)
    for rows in (6, 20):
        while Activity.objects.count() < rows:
            factories.activity(cast.board, cast.commune, date(2026, 4, 1), component=content)
        with CaptureQueriesContext(connection) as asked:
            compose(report)
        counted.append(len(asked))
    assert counted[0] == counted[1]
