"""The benchmark measures what it says: works take turns, both roads give one answer, and a broken promise is shown."""

import json

import pytest
from django.db import connection

from bench import consolidation, figures, province, register, run
from bench.rounds import Timings, at_least, at_most, queries_of, take_turns
from programs.enums import CountDimension
from programs.models import Activity, ActivityCount, ActivityOutput, CountCategory, OutputKind
from tests import factories


@pytest.mark.once
def test_works_take_turns_and_the_first_call_does_not_count():
    calls = []
    works = {name: lambda name=name: calls.append(name) for name in ("a", "b")}
    times = take_turns(works, 3, before={"b": lambda: calls.append("before b")})
    assert calls[:3] == ["a", "before b", "b"]
    assert calls[3:6] == ["before b", "b", "a"]
    assert calls.count("a") == calls.count("b") == calls.count("before b") == 4
    assert {name: len(seconds) for name, seconds in times.seconds.items()} == {"a": 3, "b": 3}


@pytest.mark.once
def test_ratio_is_taken_within_each_round():
    """The second round was slow for both; medians of the whole run would say 5."""
    times = Timings({"portal": (1.0, 20.0, 5.0), "raw": (1.0, 10.0, 1.0)})
    assert times.ratio("portal", "raw") == 2.0


@pytest.mark.once
@pytest.mark.parametrize(("measured", "most", "least"), [(1.99, True, False), (2.0, True, True), (2.01, False, True)])
def test_promise_is_kept_up_to_its_limit(measured, most, least):
    assert at_most("x", measured, 2, "x", "").kept is most
    assert at_least("x", measured, 2, "x", "").kept is least


@pytest.mark.once
def test_worst_size_decides():
    fast = Timings({"portal": (1.0,), "raw": (1.0,), "first": (4.0,)})
    slow = Timings({"portal": (3.0,), "raw": (1.0,), "first": (4.0,)})
    flat = {20: Timings({"whole": (1.0,), "smallest": (1.0,)}), 60: Timings({"whole": (1.6,), "smallest": (1.0,)})}
    raw, queries, growth = run.judge_figures({20: fast, 60: slow}, flat, cells=1, queries=9)
    assert (raw.ratio, raw.kept) == (3.0, False)
    assert (queries.ratio, queries.kept) == (9, False)
    assert (growth.ratio, growth.kept) == (1.6, False)
    raw, queries, growth = run.judge_figures({20: fast}, {20: flat[20]}, cells=1, queries=8)
    assert raw.kept
    assert queries.kept
    assert growth.kept


@pytest.mark.once
def test_results_are_written_as_a_list_of_promises(tmp_path):
    file = tmp_path / "out" / "bench.json"
    run.write([at_most("phép đo", 1.23456, 1, "x", "chi tiết")], file)
    assert json.loads(file.read_text(encoding="utf-8")) == [
        {"name": "phép đo", "ratio": 1.235, "promise": "<= 1x", "kept": False, "detail": "chi tiết"}
    ]
    assert "✗ phép đo" in run.table([at_most("phép đo", 1.23456, 1, "x", "chi tiết")])


@pytest.fixture
def tiny(transactional_db):
    """Three communes of ours, one of another province, and the shortest lists that will do."""
    if connection.vendor != "postgresql":
        pytest.skip("the benchmark fills PostgreSQL")
    here, elsewhere = factories.province("Đo Thử"), factories.province("Xa Thử")
    for number in range(3):
        factories.commune(here, f"Thử {number}")
    factories.commune(elsewhere, "Xa Thử")
    factories.period("2026-H1", same_period_last_year=factories.period("2025-H1"))
    factories.component()
    factories.activity_kind()
    factories.activity_kind("tap_huan", "training", "lớp")
    factories.model_kind()
    factories.indicator()
    for number in range(2):
        CountCategory.objects.create(code=f"C{number}", name=f"C{number}", dimension=CountDimension.AUDIENCE)
        OutputKind.objects.create(code=f"O{number}", name=f"O{number}", word="tờ")
    cast = province.make_cast(3)
    province.fill_other_facts(cast)
    register.prepare(cast)
    return cast


def test_register_holds_the_size_and_both_roads_agree(tiny):
    register.fill(tiny, 900, in_period=400)
    before = tiny.period.same_period_last_year
    ours = Activity.objects.filter(province=tiny.province)
    assert Activity.objects.count() == 900
    assert ours.counted_within(tiny.period.data_from, tiny.period.data_to).recorded().count() == 400
    assert not ours.counted_within(before.data_from, before.data_to).exists()
    assert ours.exclude(corrects=None).exists()
    assert ActivityCount.objects.exists()
    assert ActivityOutput.objects.exists()
    question = figures.Question(tiny)
    assert figures.check_equal(question) > 60
    register.keep_copy("bench_copy")
    Activity.objects.filter(province=tiny.province).update(sessions=7)
    whole = question.portal()
    register.looking_at("bench_copy")
    copy = question.portal()
    register.looking_at("")
    assert whole != copy
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA bench_copy CASCADE")


def test_figures_that_differ_are_no_measurement(tiny, monkeypatch):
    register.fill(tiny, 400, in_period=400)
    raw = figures.raw_figures
    monkeypatch.setattr(figures, "raw_figures", lambda scope, window: dict(list(raw(scope, window).items())[1:]))
    with pytest.raises(RuntimeError, match="differ from the raw SQL"):
        figures.check_equal(figures.Question(tiny))


def test_the_numbers_of_every_agency_equal_the_raw_ones(tiny):
    factories.outline()
    register.fill(tiny, 400, in_period=400)
    whole = consolidation.Question(tiny, [tiny.board, tiny.union, *tiny.below])
    assert consolidation.check_equal(whole) > 10
    single = consolidation.Question(tiny, [tiny.union])
    assert queries_of(whole.portal) == queries_of(single.portal)


def test_numbers_of_agencies_that_differ_are_no_measurement(tiny, monkeypatch):
    factories.outline()
    register.fill(tiny, 400, in_period=400)
    question = consolidation.Question(tiny, [tiny.board])
    monkeypatch.setattr(question, "raw", dict)
    with pytest.raises(RuntimeError, match="differ from the raw SQL"):
        consolidation.check_equal(question)
