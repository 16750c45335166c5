"""The form of an activity: what fits together, what is asked back, and what is never lost."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programs.actions import change_activity, log_activity
from programs.attendance import FIELDS, Attendance, misfits
from programs.enums import CountDimension, FactState
from programs.forms import conflicts, snapshots
from programs.forms.activities import ActivityEntry
from programs.forms.corrections import CorrectionForm, as_corrected
from programs.models import Activity, CountCategory, OutputKind, Topic
from tests import factories
from tests.programs.activity_forms import sent

SOME = st.one_of(st.none(), st.integers(0, 6))


@pytest.fixture
def lists(db):
    """Two products, two groups, a topic."""
    return {
        "banner": OutputKind.objects.create(code="banner", name="Băng rôn", word="băng rôn"),
        "leaflet": OutputKind.objects.create(code="leaflet", name="Tờ rơi", word="tờ"),
        "pupils": CountCategory.objects.create(code="pupils", name="Học sinh", dimension=CountDimension.AUDIENCE),
        "men": CountCategory.objects.create(code="men", name="Nam giới", dimension=CountDimension.AUDIENCE),
        "topic": Topic.objects.create(code="topic", name="Tảo hôn"),
    }


def entry_of(cast, **changes):
    return ActivityEntry(sent(cast.commune, **changes), activity=Activity(owner=cast.board))


def errors_of(entry):
    return {error["where"] for error in entry.errors}


def test_nine_fields_make_a_record(cast):
    entry = entry_of(cast)
    assert entry.is_valid(), entry.errors
    activity = log_activity(entry.fill(FactState.RECORDED), entry.parts, by=cast.officer)
    stored = Activity.objects.get()
    assert (stored.starts_on, stored.ends_on, stored.counted_on) == (date(2026, 6, 8),) * 3
    assert (stored.owner, stored.unit, stored.province) == (cast.board, cast.commune, cast.province)
    assert [getattr(stored, name) for name in FIELDS] == [112, 71, 108, 69, None]
    assert (stored.state, stored.sessions, stored.pk) == ("recorded", 1, activity.pk)


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"title": ""}, {"id_title"}),
        ({"title": "x" * 301}, {"id_title"}),
        ({"kind": None}, {"id_kind"}),
        ({"kind": "0"}, {"id_kind"}),
        ({"component": ""}, {"id_component"}),
        ({"starts_on": ""}, {"id_starts_on"}),
        ({"starts_on": "06-31"}, {"id_starts_on"}),
        ({"ends_on": "7/6/26"}, {"id_ends_on"}),
        ({"unit": ""}, {"id_unit"}),
        ({"unit": "", "unit_words": "không có"}, {"id_unit"}),
        ({"sessions": ""}, {"id_sessions"}),
        ({"sessions": "0"}, {"id_sessions"}),
        ({"attendances": "1.5"}, {"id_attendances"}),
        ({"women": "130"}, {"id_women"}),
        ({"minority": "113"}, {"id_minority"}),
        ({"minority_women": "72"}, {"id_minority_women"}),
        ({"attendances": ""}, {"id_attendances"}),
        ({"attendances": "100", "minority_women": "60"}, {"id_minority"}),
        ({"attendances": "109", "minority": "108", "minority_women": "60"}, {"id_attendances"}),
        ({"distinct_people": "113"}, {"id_distinct_people"}),
        ({"precision": "guess"}, {"id_precision"}),
        ({"cost_central": "1,5"}, {"id_cost_central"}),
        ({"women": "-1"}, {"id_women"}),
        ({"title": "", "women": "130", "unit": ""}, {"id_title", "id_women", "id_unit"}),
        ({"women": "130", "minority": "abc"}, {"id_women", "id_minority"}),
    ],
)
def test_error_stands_at_the_field_that_mends_it(cast, changes, where):
    entry = entry_of(cast, **changes)
    assert not entry.is_valid()
    assert errors_of(entry) == where


def test_message_names_both_numbers(cast):
    entry = entry_of(cast, women="130", minority="", minority_women="")
    assert not entry.is_valid()
    assert [error["text"] for error in entry.errors] == ["Số nữ (130) phải nhỏ hơn hoặc bằng tổng số (112)."]


@given(numbers=st.tuples(SOME, SOME, SOME, SOME, SOME))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_form_and_database_agree_on_which_numbers_fit(cast, numbers):
    """Both ways: nothing the form lets through is refused by a constraint, and nothing else is stopped by the form."""
    values = dict(zip(FIELDS, numbers, strict=True))
    fits = not misfits(Attendance(**values))
    try:
        with transaction.atomic():
            factories.activity(cast.board, cast.commune, **values).delete()
        stored = True
    except IntegrityError:
        stored = False
    assert stored == fits


def test_rows_are_kept_and_empty_ones_dropped(cast, lists):
    rows = {
        "outputs-0-entry": lists["banner"].pk,
        "outputs-0-quantity": "120",
        "outputs-3-entry": "",
        "outputs-3-quantity": "",
        "counts-0-entry": lists["pupils"].pk,
        "counts-0-attendances": "40",
        "counts-0-women": "",
    }
    entry = entry_of(cast, **rows, topics=[lists["topic"].pk], cost_central="12.500.000", cost_local="")
    assert entry.is_valid(), entry.errors
    activity = log_activity(entry.fill(FactState.RECORDED), entry.parts, by=cast.officer)
    assert list(activity.outputs.values_list("kind__code", "quantity")) == [("banner", 120)]
    assert list(activity.counts.values_list("category__code", "attendances", "women")) == [("pupils", 40, None)]
    assert list(activity.costs.values_list("source", "amount_vnd")) == [("central", 12_500_000)]
    assert list(activity.topics.all()) == [lists["topic"]]


@pytest.mark.parametrize(
    ("rows", "where"),
    [
        ({"outputs-0-entry": "banner"}, {"id_outputs-0-quantity"}),
        ({"outputs-0-entry": "", "outputs-0-quantity": "5"}, {"id_outputs-0-entry"}),
        ({"outputs-0-entry": "banner", "outputs-0-quantity": "1.5"}, {"id_outputs-0-quantity"}),
        (
            {
                "outputs-0-entry": "banner",
                "outputs-0-quantity": "5",
                "outputs-1-entry": "banner",
                "outputs-1-quantity": "6",
            },
            {"id_outputs-1-entry"},
        ),
        ({"counts-0-entry": "pupils", "counts-0-attendances": "113"}, {"id_counts-0-attendances"}),
        (
            {"counts-0-entry": "pupils", "counts-0-attendances": "90", "counts-0-women": "72"},
            {"id_counts-0-women"},
        ),
        (
            {"counts-0-entry": "pupils", "counts-0-attendances": "40", "counts-0-women": "41"},
            {"id_counts-0-women"},
        ),
    ],
)
def test_row_that_does_not_fit_says_where(cast, lists, rows, where):
    named = {name: lists[value].pk if value in lists else value for name, value in rows.items()}
    entry = entry_of(cast, **named)
    assert not entry.is_valid()
    assert errors_of(entry) == where


def test_asking_for_a_row_keeps_what_was_typed_and_judges_nothing(cast, lists):
    rows = {"outputs-0-entry": lists["banner"].pk, "outputs-0-quantity": "x"}
    entry = entry_of(cast, starts_on="06-31", women="1.5", unit="", **rows).reopened("outputs")
    assert entry.errors == []
    assert [entry.form[name].value() for name in ("starts_on", "women", "attendances")] == ["06-31", "1.5", "112"]
    assert [row["quantity"].value() for row in entry.outputs] == ["x", None]


def test_finding_a_place_lets_the_words_decide(cast):
    other = factories.commune(cast.province, "Sơn Thử")
    entry = entry_of(cast, unit=cast.commune.pk, unit_words="son thu").reopened("unit")
    assert entry.form["unit"].value() == other.pk


def test_units_offered_are_those_of_the_last_day(cast):
    closed = factories.commune(cast.province, "Cũ Thử", valid_to=date(2025, 6, 30))
    assert entry_of(cast, unit=closed.pk, starts_on="30/6/25").is_valid()
    entry = entry_of(cast, unit=closed.pk, starts_on="30/6/25", ends_on="1/7/25")
    assert not entry.is_valid()
    assert errors_of(entry) == {"id_unit"}


def full_record(cast, lists):
    rows = {
        "outputs-0-entry": lists["banner"].pk,
        "outputs-0-quantity": "120",
        "counts-0-entry": lists["pupils"].pk,
        "counts-0-attendances": "40",
        "counts-0-women": "20",
    }
    entry = entry_of(
        cast, **rows, topics=[lists["topic"].pk], cost_local="5000000", place="Nhà văn hóa", result="Tốt", note="x"
    )
    assert entry.is_valid(), entry.errors
    return log_activity(entry.fill(FactState.RECORDED), entry.parts, by=cast.officer)


def test_snapshot_of_a_record_fills_the_form_that_says_the_same(cast, lists):
    """Stored -> snapshot -> sent form -> snapshot: nothing is lost on the way, in either direction."""
    activity = full_record(cast, lists)
    stored = snapshots.of_record(activity)
    entry = ActivityEntry(snapshots.as_sent(stored), activity=activity)
    assert entry.is_valid(), entry.errors
    assert snapshots.of_entry(entry) == stored
    assert snapshots.from_text(snapshots.as_text(stored)) == stored


def test_snapshot_opens_as_the_stored_values(cast, lists):
    activity = full_record(cast, lists)
    entry = ActivityEntry(activity=activity, initial=snapshots.as_initial(snapshots.of_record(activity)))
    shown = {name: entry.form[name].value() for name in ("starts_on", "ends_on", "unit", "attendances", "topics")}
    assert shown == {
        "starts_on": date(2026, 6, 8),
        "ends_on": None,
        "unit": cast.commune.pk,
        "attendances": "112",
        "topics": [lists["topic"].pk],
    }
    assert [row["quantity"].value() for row in entry.outputs] == ["120", None]


@pytest.mark.parametrize("text", ["", "[]", "{", "null", "3"])
def test_snapshot_text_of_others_is_none(text):
    assert snapshots.from_text(text) is None


def differing(cast, lists, theirs, mine):
    activity = full_record(cast, lists)
    stored = snapshots.of_record(activity)
    entry = ActivityEntry(snapshots.as_sent(stored), activity=activity)
    return conflicts.differences(entry, stored | theirs, stored | mine, stored)


def test_fields_i_did_not_touch_keep_the_stored_value(cast, lists):
    found = differing(cast, lists, theirs={"attendances": 120}, mine={"result": "Rất tốt"})
    assert [(row.name, row.theirs, row.mine, row.chosen) for row in found] == [
        ("attendances", "120", "112", "theirs"),
        ("result", "Tốt", "Rất tốt", "mine"),
    ]


def test_differences_are_told_in_words(cast, lists):
    mine = {
        "starts_on": "2026-06-09",
        "precision": "nearly",
        "topics": [],
        "outputs": [[lists["leaflet"].pk, 1000]],
        "counts": [],
        "unit": cast.province.pk,
        "cost_local": None,
    }
    found = differing(cast, lists, theirs={}, mine=mine)
    assert {row.name: (row.theirs, row.mine) for row in found} == {
        "starts_on": ("08/06/2026", "09/06/2026"),
        "precision": ("đúng", "gần"),
        "topics": ("Tảo hôn", "để trống"),
        "outputs": ("Băng rôn 120", "Tờ rơi 1.000"),
        "counts": ("Học sinh 40 20", "để trống"),
        "unit": ("Xã Ba Thử", "Tỉnh Quảng Thử"),
        "cost_local": ("5.000.000", "để trống"),
    }


def test_joined_takes_what_was_chosen_and_keeps_both_texts():
    theirs = {"women": 71, "title": "A", "result": "một", "note": "", "topics": [1, 2]}
    mine = {"women": 80, "title": "B", "result": "hai", "note": "ba", "topics": [2, 3]}
    chosen = dict.fromkeys(("take_result", "take_note", "take_topics"), "both") | {"take_title": "theirs"}
    assert conflicts.joined(theirs, mine, chosen) == {
        "women": 80,
        "title": "A",
        "result": "một\n\nhai",
        "note": "ba",
        "topics": [1, 2, 3],
    }


def test_smaller_total_meets_the_new_parts_not_the_old(cast, lists):
    """The database refuses a total below its parts: the old parts go first."""
    activity = full_record(cast, lists)
    values = snapshots.of_record(activity) | {"attendances": 30, "women": 15, "minority": 28, "minority_women": 14}
    values["counts"] = [[lists["men"].pk, 15, 0]]
    entry = ActivityEntry(snapshots.as_sent(values), activity=activity)
    assert entry.is_valid(), entry.errors
    change_activity(entry.fill(FactState.RECORDED), entry.parts, seen=1, by=cast.officer)
    assert snapshots.of_record(Activity.objects.get()) == values


def correction(now=None, **sent_values):
    stated = {"sessions": 1, "attendances": 112, "women": 71, "minority": 108, "minority_women": 69}
    now = stated | {"distinct_people": None} | (now or {})
    right = {name: "" if value is None else str(value) for name, value in now.items()}
    return CorrectionForm(right | {"reason": "Sai danh sách", "after": "0"} | sent_values, now=now)


@pytest.mark.django_db
def test_correction_stores_differences_of_the_right_numbers():
    form = correction(attendances="118", women="70")
    assert form.is_valid(), form.errors
    assert form.differences == {
        "sessions": 0,
        "attendances": 6,
        "women": -1,
        "minority": 0,
        "minority_women": 0,
        "distinct_people": None,
    }


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, "__all__"),
        ({"women": "119"}, "women"),
        ({"women": ""}, "women"),
        ({"attendances": "118", "reason": " "}, "reason"),
        ({"attendances": "1.5"}, "attendances"),
        ({"sessions": ""}, "sessions"),
    ],
)
@pytest.mark.django_db
def test_correction_that_says_nothing_or_does_not_fit_is_asked_back(changes, field):
    form = correction(**changes)
    assert not form.is_valid()
    assert field in form.errors


@pytest.mark.django_db
def test_number_never_stated_can_be_added_by_a_correction():
    form = correction(now={"women": None, "minority_women": None}, women="71")
    assert form.is_valid(), form.errors
    assert (form.differences["women"], form.differences["minority_women"]) == (71, None)


def test_numbers_as_corrected_are_those_of_the_fact_and_its_corrections(cast):
    fact = factories.activity(cast.board, cast.commune, attendances=112, women=71)
    factories.activity(cast.board, cast.commune, attendances=6, women=-1, sessions=0, corrects=fact, reason="x")
    assert as_corrected(fact) == {
        "sessions": 1,
        "attendances": 118,
        "women": 70,
        "minority": None,
        "minority_women": None,
        "distinct_people": None,
    }
