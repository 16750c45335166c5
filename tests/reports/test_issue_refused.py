"""A refused number leaves the page with everything that was typed, and says at the field what to do."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from coordination.enums import DocumentState
from tests import factories
from tests.reports.test_workflow import moved

TOMORROW = timezone.localdate() + timedelta(days=1)
TYPED = {"number": "05", "symbol": "BC-SDTTG2", "issued_on": "15/06/2026"}


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [({"number": "87"}, "number", "Số 87"), ({"issued_on": f"{TOMORROW:%d/%m/%Y}"}, "issued_on", "Ngày")],
)
def test_a_refused_issue_keeps_what_was_typed(client, cast, typed, field, says):
    factories.document(cast.board, number="87", state=DocumentState.ISSUED, issued_on="2026-02-01")
    report = factories.report(cast.board, cast.province)
    moved(report, "approve", cast.leader)
    sent = TYPED | typed
    client.force_login(cast.clerk)
    answer = client.post(reverse("reports:report_move", args=[report.uid, "issue"]), sent)
    assert answer.status_code == 422
    form = answer.context["issue_form"]
    assert list(form.errors) == [field]
    assert says in form.errors[field][0]
    assert all(f'value="{value}"' in answer.text for value in sent.values())
