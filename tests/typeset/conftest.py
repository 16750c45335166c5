"""The papers the tests measure, each printed once a session."""

import pytest

from reports.typeset.pdf import render_pdf
from tests.typeset.factories import DRAFT, ISSUED, joint_plan, report
from tests.typeset.measuring import Paper


@pytest.fixture(scope="session")
def issued():
    """An issued report: number 87 of 16/6/2026, annexes I to III, no marks."""
    return Paper(render_pdf(report(), ISSUED))


@pytest.fixture(scope="session")
def draft():
    """The same report as a draft on sample data."""
    return Paper(render_pdf(report(sample=True), DRAFT))


@pytest.fixture(scope="session")
def joint():
    return Paper(render_pdf(joint_plan(), ISSUED))


@pytest.fixture(scope="session")
def listing():
    """A report whose list is long enough to be set row by row."""
    return Paper(render_pdf(report(rows=150), ISSUED))
