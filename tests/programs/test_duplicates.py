"""What may be logged already is asked about before it is saved; joined, an activity counts once, for its owner."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coordination.models import SavedForm
from programs.duplicates import like_numbers
from programs.enums import FactState, RequestNature, RequestState
from programs.models import Activity, CorrectionRequest
from programs.progress import progress_of, totals_of
from tests import factories
from tests.constraints import changed
from tests.coordination.reviews import agreement
from tests.programs import plans
from tests.programs.activity_forms import sent

NEW = "/activities/new/"
SENT_ON = date(2026, 6, 8)  # of the form as it is sent here
TITLE = "Truyền thông phòng, chống tảo hôn"


@pytest.fixture
def officer(client, cast):
    client.force_login(cast.officer)
    return client


def logged(owner, cast, title=TITLE, days=0, **fields):
    day = SENT_ON + timedelta(days=days)
    return factories.activity(owner, cast.commune, day, title=title, attendances=112, **fields)


def posted(client, cast, **changes):
    return client.post(NEW, sent(cast.commune, **changes))


@pytest.mark.parametrize(
    ("title", "days", "people", "asked"),
    [
        ("Truyền thông phòng chống tảo hôn ở thôn", 3, "50", True),
        ("Truyền thông phòng chống tảo hôn ở thôn", 4, "50", False),
        ("Nói chuyện chuyên đề", 0, "110", True),  # the same day and about as many people
        ("Nói chuyện chuyên đề", 0, "50", False),
        ("Nói chuyện chuyên đề", 1, "110", False),
    ],
)
def test_asked_by_days_name_and_people(officer, cast, title, days, people, asked):
    logged(cast.board, cast, title=title, days=days)
    answer = posted(officer, cast, attendances=people, women="", minority="", minority_women="")
    assert answer.status_code == (409 if asked else 302)
    assert Activity.objects.count() == (1 if asked else 2)
    assert (title in answer.text) == asked


def test_another_place_or_kind_is_another_activity(officer, cast):
    logged(cast.board, cast)
    other = factories.commune(cast.province, "Ba Khác")
    assert officer.post(NEW, sent(other)).status_code == 302
    kind = factories.activity_kind("tap_huan", name="Tập huấn")
    assert posted(officer, cast, kind=kind.pk).status_code == 302


def test_nothing_typed_is_lost_and_it_can_be_recorded_all_the_same(officer, cast):
    logged(cast.board, cast)
    values = sent(cast.commune, result="Kết quả đã gõ")
    answer = officer.post(NEW, values)
    assert answer.status_code == 409
    assert "Kết quả đã gõ" in answer.text
    assert officer.post(NEW, values | {"sure": "1"}).status_code == 302
    assert Activity.objects.count() == 2


def test_drafts_are_not_asked_about(officer, cast):
    logged(cast.board, cast)
    assert posted(officer, cast, draft="1").status_code == 302


def test_own_entries_are_put_side_by_side(officer, cast):
    existing = logged(cast.board, cast, women=60)
    answer = posted(officer, cast, join=existing.uid)
    assert answer.status_code == 409
    assert answer.context["activity"] == existing
    assert "women" in {row.name for row in answer.context["differences"]}
    assert SavedForm.objects.count() == 1
    assert Activity.objects.count() == 1


def agreed(cast):
    made = agreement(cast)
    changed(made.document, state="issued", number="1", issued_on=SENT_ON)()
    return made


def test_strangers_are_not_looked_through_parties_of_an_agreement_are(officer, cast):
    logged(cast.union, cast)
    assert posted(officer, cast).status_code == 302
    Activity.objects.filter(owner=cast.board).delete()
    agreed(cast)
    answer = posted(officer, cast)
    assert answer.status_code == 409
    assert [row.seen for row in answer.context["alike"]] == [False]


def test_joining_asks_the_owner_and_counts_once(officer, client, cast):
    agreed(cast)
    existing = logged(cast.union, cast)
    values = sent(cast.commune, join=existing.uid)
    assert officer.post(NEW, values).status_code == 302
    asked = CorrectionRequest.objects.get()
    assert (asked.nature, asked.activity, asked.agency) == (RequestNature.JOIN, existing, cast.board)
    assert TITLE in asked.text
    assert SavedForm.objects.get().data["title"] == [TITLE]
    officer.post(NEW, values)
    assert CorrectionRequest.objects.count() == 1

    client.force_login(cast.partner)
    assert TITLE in client.get("/").text
    answer = client.post(f"/requests/{asked.uid}/answer/", {"version": "1", "done": "1"})
    assert answer.status_code == 302
    existing.refresh_from_db()
    assert (list(existing.partners.all()), existing.version) == ([cast.board], 2)
    assert CorrectionRequest.objects.get().state == RequestState.DONE
    assert Activity.objects.count() == 1


def test_only_what_was_shown_can_be_joined(officer, cast):
    hidden = logged(cast.union, cast)
    assert posted(officer, cast, join=hidden.uid).status_code == 404
    assert CorrectionRequest.objects.count() == 0


@pytest.mark.parametrize(
    ("one", "other", "alike"), [(100, 90, True), (100, 89, False), (112, 112, True), (None, 5, False), (0, 0, False)]
)
def test_like_numbers(one, other, alike):
    assert like_numbers(one, other) is alike


ENTRIES = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 200), st.sets(st.integers(0, 2)), st.booleans()), max_size=6
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries=ENTRIES)
def test_a_plan_counts_each_activity_once_whatever_its_partners(cast, entries):
    """Owner and partners in any mixture: totals are those of the records, each once; drafts are in none."""
    made = plans.plan(cast) if not hasattr(cast, "made") else cast.made
    cast.made = made
    Activity.objects.all().delete()
    item, agencies = made.items.get(), [cast.board, cast.union, cast.committee]
    for owner, people, partners, recorded in entries:
        state = FactState.RECORDED if recorded else FactState.DRAFT
        fields = {"attendances": people, "plan_item": item, "state": state}
        row = factories.activity(agencies[owner], cast.commune, SENT_ON, **fields)
        row.partners.set([agencies[at] for at in partners if at != owner])
    totals = totals_of([item], progress_of([item], plans.LAST))
    counted = [people for _owner, people, _partners, recorded in entries if recorded]
    assert (totals.sessions, totals.attendances) == (len(counted), sum(counted))
