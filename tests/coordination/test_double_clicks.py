"""One form sent twice at the same moment makes one record, and both clicks are answered with it."""

import threading
import uuid
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from coordination import people
from coordination.agreement_actions import Draft, create_agreement
from coordination.models import Agreement, DocumentKind, HandOver, Membership
from programs.models import AnnualPlan, Difficulty
from programs.plan_actions import create_plan, note_difficulty
from tests.coordination.reviews import hat
from tests.programs import plans
from tests.races import WAIT, at_once

pytestmark = pytest.mark.django_db(transaction=True)


def drafted(cast, token):
    kind = DocumentKind.objects.create(code="KHPH", name="Kế hoạch phối hợp", abbreviation="KHPH")
    years = {"stage_from": date(2026, 1, 1), "stage_to": date(2030, 12, 31)}
    draft = Draft(kind=kind, subject="Phối hợp", agencies=(cast.board, cast.union), form_token=token, **years)
    return lambda: create_agreement(draft, acting=hat(cast.officer), today=timezone.localdate())


def handed_over(cast, token):
    sure = {"receiver": None, "note": "Gọi chị Lan", "by": cast.officer, "form_token": token}
    return lambda: people.hand_over(hat(cast.officer), **sure)


def lent(cast, token):
    today = timezone.localdate()
    days = {"first": today, "last": today + timedelta(days=1)}
    return lambda: people.deputise(hat(cast.leader), cast.officer, **days, by=cast.leader, form_token=token)


def planned(cast, token):
    made = plans.draft(cast, form_token=token)
    return lambda: create_plan(made, acting=hat(cast.officer), today=plans.DAY)


def noted(cast, token):
    item = plans.plan(cast).items.get()
    said = {"text": "Thiếu xe", "noted_on": plans.DAY, "form_token": token}
    return lambda: note_difficulty(item, acting=hat(cast.officer), **said)


CLICKS = [
    (drafted, Agreement),
    (handed_over, HandOver),
    (lent, Membership),
    (planned, AnnualPlan),
    (noted, Difficulty),
]


def click_twice(click):
    """What each click was answered with: ids of the record, or the class of the error."""
    answers = []

    def run():
        try:
            answers.append(click().pk)
        except (IntegrityError, people.MembershipRefused) as error:
            answers.append(type(error))

    at_once(run, run)
    return answers


@pytest.mark.parametrize(("make", "model"), CLICKS)
def test_two_clicks_at_once_make_one_record(cast, make, model):
    token = uuid.uuid4()
    answers = click_twice(make(cast, token))
    assert answers == [model.objects.get(form_token=token).pk] * 2


@pytest.mark.parametrize(("make", "model"), CLICKS)
def test_control_without_the_lock_the_second_click_breaks_on_the_database(cast, monkeypatch, make, model):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer: the second cannot begin before the first ends")
    token, both_looked = uuid.uuid4(), threading.Barrier(2)
    find = model._default_manager._queryset_class.first

    def look_together(rows):
        found = find(rows)
        if rows.model is model and found is None:
            both_looked.wait(WAIT)
        return found

    monkeypatch.setattr("django.db.models.QuerySet.select_for_update", lambda rows, **_options: rows)
    monkeypatch.setattr("django.db.models.QuerySet.first", look_together)
    answers = click_twice(make(cast, token))
    assert sorted(isinstance(answer, int) for answer in answers) == [False, True]
    assert model.objects.filter(form_token=token).count() == 1
