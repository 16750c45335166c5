"""The text in force on any day, over amendments drawn at random."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coordination.amendments import carry_out
from coordination.enums import ClauseChangeNature, DocumentState
from coordination.models import Agreement, Clause, ClauseChange
from tests import factories
from tests.coordination.reviews import agreement

pytestmark = pytest.mark.django_db
FIRST, LAST, HALF = date(2026, 1, 1), date(2026, 12, 31), date(2026, 6, 30)
STANDING = {"a": None, "b": None, "c": HALF}  # tasks of the first text and the end of their own; d and e are added


@st.composite
def amended(draw):
    """Changes of each task in the order of their days, and two orders in which they are entered."""
    drawn = draw(st.lists(st.tuples(st.sampled_from("abcde"), st.integers(1, 364), st.booleans()), max_size=7))
    chains = {}
    for task in "abcde":
        days = sorted({FIRST + timedelta(days) for name, days, _ends in drawn if name == task})
        days = [day for day in days if day <= (STANDING.get(task) or LAST)]
        ends = any(ends for name, _days, ends in drawn if name == task) and (task in STANDING or len(days) > 1)
        chains[task] = [(day, "" if ends and day == days[-1] else f"{task} {day}") for day in days]
    names = [task for task, chain in chains.items() for _change in chain]
    return chains, [draw(st.permutations(names)) for _time in range(2)], draw(st.booleans())


def entered(cast, chains, order, together):
    """Changes of one amendment each, or as many of them `together` as touch different tasks."""
    made = agreement(cast)
    section = made.document.sections.get()
    section.clauses.all().delete()
    for position, (task, end) in enumerate(STANDING.items(), 1):
        Clause.objects.create(section=section, position=position, key=task, text=task, valid_to=end)
    left = {task: list(chain) for task, chain in chains.items()}
    texts = {task: task for task in STANDING}
    papers = []
    for task in order:
        if not together or not papers or task in papers[-1]:
            papers.append([])
        papers[-1].append(task)
    for paper in papers:
        document = factories.document(cast.board, state=DocumentState.ISSUED, issued_on=FIRST)
        amendment = Agreement.objects.create(document=document, stage_from=FIRST, stage_to=LAST, amends=made)
        for task in paper:
            day, text = left[task].pop(0)
            old = section.clauses.get(text=texts[task]) if task in texts else None
            nature = ClauseChangeNature.REPLACED if old else ClauseChangeNature.ADDED
            ClauseChange.objects.create(
                amendment=amendment,
                nature=nature if text else ClauseChangeNature.REPEALED,
                clause=old,
                section=None if old else section,
                text=text,
                valid_from=day,
            )
            texts[task] = text
        carry_out(amendment)
    return section


def expected(chains, day):
    found = set()
    for task, chain in chains.items():
        if (STANDING.get(task) or LAST) < day:
            continue
        texts = [task] if task in STANDING else []
        texts += [text for since, text in chain if since <= day]
        found |= {text for text in texts[-1:] if text}
    return found


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=amended())
def test_each_day_has_one_text_of_each_task_whatever_the_order_of_entry(cast, drawn):
    chains, orders, together = drawn
    days = {since + timedelta(step) for chain in chains.values() for since, _text in chain for step in (-1, 0)}
    for order in orders:
        section = entered(cast, chains, order, together)
        for day in days | {FIRST, HALF, HALF + timedelta(1), LAST}:
            there = [clause.text for clause in section.clauses.in_force(day)]
            assert sorted(there) == sorted(expected(chains, day)), day
        every = {text for chain in chains.values() for _since, text in chain if text} | set(STANDING)
        assert {clause.text for clause in section.clauses.all()} == every  # nothing that ever held is lost
        assert {clause.text: clause.planned_end for clause in section.clauses.all()} == {
            text: STANDING.get(text[0]) for text in every
        }
