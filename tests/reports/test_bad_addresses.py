"""References come from address lines: what no figure and no row can have is a page that says so, never an error."""

import pytest
from django.urls import reverse

from reports.figures import Ref, UnknownFigure
from tests import factories

BAD = [
    "activities.sessions?unit=abc",
    "activities.sessions?owner=",
    "activities.sessions?unit=²",
    "activities.sessions?owner=99999999999999999999",
    "activities.communes?unit=-1",
    "activities.women_share?owner=1.5",
    "money.disbursed?year=abc",
    "indicators.value?indicator=1.1&category=abc",
    "activities.sessions?content=P8\0",
    "targets.met?framework=\0",
    "indicators.value?indicator=\0",
    "papers.issued?kind=\0",
]


@pytest.mark.parametrize("ref", BAD)
def test_a_value_that_no_row_can_have_is_no_figure(ref):
    with pytest.raises(UnknownFigure):
        Ref.parse(ref)


@pytest.mark.parametrize("ref", BAD)
def test_the_page_of_such_a_number_says_so(client, cast, ref):
    factories.indicator("1.1")
    report = factories.report(cast.board, cast.province)
    client.force_login(cast.officer)
    answer = client.get(reverse("reports:figure_facts", args=[report.uid]), {"ref": ref})
    assert answer.status_code == 404
    assert "Không mở được con số này" in answer.text


def test_values_that_rows_have_are_figures():
    for ref in ("activities.sessions?unit=12&owner=3", "money.plan?year=2026", "activities.communes?content="):
        assert str(Ref.parse(ref)).startswith(ref)
