"""The works of the peers rebuilt on our records: every reading stands in the files, and no place asks a query more."""

import pytest

from bench import results
from bench.rounds import queries_of
from programs.models import Measurement
from reports.typeset.xlsx import render_xlsx
from tests import factories
from tests.test_bench import tiny  # noqa: F401  a fixture
from tests.typeset.factories import ISSUED
from tests.typeset.workbooks import ReadBook


@pytest.fixture
def readings(tiny):  # noqa: F811
    factories.indicator("1.2")
    Measurement.objects.all().delete()
    return tiny, results.make(tiny, 2, 3)


def rows_of(manuscript):
    return [row for annex in manuscript.annexes for row in annex.blocks[0].rows]


def test_each_place_and_part_is_printed(readings):
    cast, indicators = readings
    by_place, by_part = results.report(cast, indicators), results.programme(cast, indicators, 3)
    assert (len(by_place.annexes), len(rows_of(by_place))) == (2, 2 * 3)
    assert (len(by_part.annexes), len(rows_of(by_part))) == (3, 2 * 3 * 2 * (1 + len(results.PARTS)))
    assert Measurement.objects.count() == 2 * 3 * 2 * (1 + len(results.PARTS))
    book = ReadBook(render_xlsx(by_place, ISSUED))
    assert sum(row[0] in "123" and "Thử" in row[1] for name in book.names for row in book.rows(name)) >= 2 * 3


@pytest.mark.parametrize("places", [1, 3])
def test_queries_do_not_grow_with_the_places(tiny, places):  # noqa: F811
    indicators = results.make(tiny, 1, places)
    assert queries_of(lambda: results.report(tiny, indicators)) == 2
