"""Which printed numbers `verify` takes for right, and that what it cannot read is a line, not a crash."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from coordination.models import DocumentVersion
from coordination.triggers import without_triggers
from reports.figures import FIGURES, NOTHING, Amount, Ref
from reports.figures.registry import Opened
from reports.verification import Printed, is_printed_right
from reports.workflow import move
from tests import factories
from tests.constraints import changed
from tests.reports.test_freeze import TODAY


def opened(ref, value):
    return Opened(Ref.parse(ref), Amount(value) if value is not None else NOTHING, None)


@pytest.mark.parametrize(
    ("ref", "value", "printed", "right"),
    [
        ("activities.sessions", None, Printed("", "12"), False),
        ("activities.sessions", None, Printed("", "chưa có số liệu"), True),
        ("activities.sessions", None, Printed("", "…", 0.0), False),
        ("indicators.value?indicator=1.1", None, Printed("", ""), True),
        ("activities.sessions?window=change", -5, Printed("", "giảm 5", -5.0), True),
        ("activities.sessions?window=change", -5, Printed("", "giảm 6", -6.0), False),
        ("targets.met", 16, Printed("", "16/19", 16.0), True),
        ("targets.met", 15, Printed("", "16/19", 16.0), False),
        ("activities.sessions", 9, Printed("", "09"), True),
        ("activities.sessions", 9, Printed("", "08"), False),
    ],
)
def test_a_number_is_right_by_its_value_else_by_its_words(ref, value, printed, right):
    assert is_printed_right(printed, opened(ref, value)) is right


@pytest.fixture
def version(cast):
    factories.outline(opening="Có {activities.attendances} lượt người.")
    factories.activity(cast.board, cast.commune, attendances=1069)
    report = factories.report(cast.board, cast.province)
    move(report, "approve", acting=cast.leader.memberships.get(), today=TODAY)
    return DocumentVersion.objects.get()


def problems():
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("verify", stdout=out)
    return out.getvalue().splitlines()


def test_a_number_whose_figure_is_gone_is_a_line(version, monkeypatch):
    monkeypatch.delitem(FIGURES, "activities.attendances")
    assert problems() == [
        "“BC-STN”: không mở được “1.069”. Không có số liệu nào như vậy: activities.attendances?window=now",
    ]


def test_a_version_that_cannot_be_read_is_a_line(version):
    with without_triggers():
        changed(version, manuscript={"type": "Manuscript"})()
    assert problems() == ["Phiên bản 1 của “BC-STN” không còn đúng như khi được duyệt."]
