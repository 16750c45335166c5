"""Two clerks with the same paper in hand: the number is given once, however it is written."""

import uuid
from datetime import date
from functools import partial

import pytest
from django.db import connection

from coordination import register
from coordination.models import Document, DocumentKind
from coordination.register import NumberTaken, Paper, enter_paper
from coordination.symbols import parse
from tests import factories
from tests.races import at_once, then_meet


def both_enter(cast, monkeypatch):
    """What becomes of "5/KH-STN" and "05/KH-STN", entered at once; both look before either writes, if let."""
    kind = DocumentKind.objects.create(code="KH", name="Kế hoạch", abbreviation="KH")
    hats = [cast.clerk.memberships.get(), factories.member(cast.board).memberships.get()]
    outcomes = []
    monkeypatch.setattr(register, "same_number", then_meet(register.same_number))

    def enter(hat, code):
        day = date(2026, 3, 1)
        paper = Paper(uuid.uuid4(), cast.board, kind, parse(code), f"Kế hoạch {code}", day)
        try:
            enter_paper(paper, acting=hat)
            outcomes.append("entered")
        except NumberTaken as refusal:
            outcomes.append(f"taken by {refusal.other.subject}")

    at_once(*(partial(enter, *pair) for pair in zip(hats, ("5/KH-STN", "05/KH-STN"), strict=True)))
    return sorted(outcomes)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_get_one_number(cast, monkeypatch):
    first, second = both_enter(cast, monkeypatch)
    kept = Document.objects.get()
    assert (first, second) == ("entered", f"taken by {kept.subject}")


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_both_get_it(cast, monkeypatch):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer: the second transaction begins when the first is over")
    monkeypatch.setattr(register, "lock_series", lambda *agencies: None)
    assert both_enter(cast, monkeypatch) == ["entered", "entered"]
