"""What may be entered: days that have come, shares up to 100%, periods of readings; how it is judged and drawn."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone, translation

from coordination.locking import StaleVersion
from programs.board import Row, _height, row_of
from programs.enums import Direction, FactState, Operator, TargetStatus
from programs.fact_actions import correct_fact
from programs.indicator_words import goal, value_text, value_words
from programs.models import Activity, Indicator, Measurement, ModelEvent, Target
from programs.readings import IndicatorReadings, Reading
from programs.scoreboard import Line, judge
from tests import factories
from tests.programs.activity_forms import address, sent
from tests.programs.sheet_files import checked, filled

pytestmark = pytest.mark.django_db
TODAY, AHEAD = date(2026, 6, 16), "30/6/2026"
GRID = reverse("programs:measurement_grid")


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def indicator(cast):
    row = factories.indicator()
    Target.objects.create(indicator=row, year=2026, operator=Operator.AT_LEAST, value=60)
    return row


def save(client, day="14/6/2026", /, **changes):
    """The grid of the day sent as it was opened; names without a row's prefix belong to its only row or its head."""
    grid = client.get(GRID, {"day": day}).context["grid"]
    data = {"day": day, "unit": grid.unit.pk}
    data |= {name: grid.head[name].value() or "" for name in ("period_from", "period_seen")}
    for line in grid.lines:
        values = {line.form.add_prefix(name): line.form[name].value() for name in line.form.fields}
        data |= {name: "" if value is None else value for name, value in values.items()}
    for name, value in changes.items():
        data[name if name in data else grid.lines[0].form.add_prefix(name)] = value
    return client.post(GRID, data)


# ---- days ahead ----


def test_activity_ahead_is_kept_as_a_draft_only(client, cast):
    client.force_login(cast.officer)
    late = sent(cast.commune, starts_on="15/6/2026", ends_on=AHEAD)
    refused = client.post(address("create"), late)
    assert (refused.status_code, Activity.objects.count()) == (422, 0)
    assert list(refused.context["form"].form.errors) == ["ends_on"]
    assert "hãy lưu nháp" in refused.text
    assert client.post(address("create"), late | {"draft": "1"}).status_code == 302
    draft = Activity.objects.get()
    assert (draft.state, draft.counted_on) == (FactState.DRAFT, date(2026, 6, 30))
    again = late | {"version": draft.version, "seen": ""}
    assert client.post(address("edit", draft), again).status_code == 422
    with time_machine.travel(date(2026, 6, 30), tick=False):
        client.force_login(cast.officer)
        assert client.post(address("edit", draft), again).status_code == 302
    draft.refresh_from_db()
    recorded = late | {"version": draft.version, "seen": "", "ends_on": "1/7/2026", "draft": "1"}
    assert (draft.state, client.post(address("edit", draft), recorded).status_code) == (FactState.RECORDED, 422)


def test_event_of_a_model_ahead_is_refused(client, cast):
    team = factories.community_model(cast.board, cast.commune)
    client.force_login(cast.officer)
    data = {"nature": "new", "counted_on": AHEAD, "quantity": "1", "precision": "exact"}
    url = reverse("programs:model_event_create", args=[team.uid])
    refused = client.post(url, data)
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["counted_on"])
    assert client.post(url, data | {"counted_on": "16/6/2026"}).status_code == 302
    assert ModelEvent.objects.count() == 1


def test_of_a_day_ahead_only_an_estimate_is_read(client, cast, indicator):
    client.force_login(cast.officer)
    refused = save(client, AHEAD, value="61", nature="actual")
    assert (refused.status_code, Measurement.objects.count()) == (422, 0)
    assert list(refused.context["grid"].lines[0].form.errors) == ["nature"]
    assert save(client, AHEAD, value="61", nature="estimate").status_code == 302
    assert Measurement.objects.get().counted_on == date(2026, 6, 30)


def test_sheets_refuse_days_ahead_too(cast, indicator):
    content = factories.component()
    ahead = date(2026, 6, 30)
    rows = {
        "activities": (
            {"title": "Truyền thông", "kind": factories.activity_kind().name, "starts_on": ahead, "attendances": 1}
            | {"component": f"{content.code} {content.short_name}", "unit": "Xã Ba Thử"},
            "starts_on",
        ),
        "model-events": (
            {"name": "Tổ 1", "kind": factories.model_kind().name, "unit": "Xã Ba Thử", "nature": "thành lập mới"}
            | {"counted_on": ahead},
            "counted_on",
        ),
        "measurements": ({"indicator": "1.1 Chỉ tiêu 1.1", "counted_on": ahead, "value": 61}, "nature"),
    }
    for code, (row, column) in rows.items():
        problems = checked(code, filled(code, [row]), cast.officer).problems
        assert [problem.key for problem in problems] == [column], (code, problems)


# ---- readings ----


def test_bare_share_is_at_most_100(client, cast, indicator):
    client.force_login(cast.officer)
    refused = save(client, value="100,5")
    assert (refused.status_code, list(refused.context["grid"].lines[0].form.errors)) == (422, ["value"])
    assert save(client, value="100").status_code == 302
    Measurement.objects.update(locked_at=timezone.now())
    correct = reverse("programs:measurement_correct", args=[Measurement.objects.get().uid])
    assert client.post(correct, {"value": "101", "reason": "Đếm lại", "after": "0"}).status_code == 422
    Indicator.objects.update(measured_in="ca/100.000 trẻ sinh sống")
    assert save(client, "13/6/2026", value="230").status_code == 302


def test_first_day_of_the_period_alone_is_saved(client, cast, indicator):
    factories.measurement(cast.board, cast.province, indicator=indicator, value=61, period_from=date(2025, 12, 1))
    client.force_login(cast.officer)
    assert save(client, period_from="15/12/2025").status_code == 302
    stored = Measurement.objects.get()
    assert (stored.period_from, stored.value, stored.version) == (date(2025, 12, 15), 61, 2)
    assert save(client).status_code == 302
    assert Measurement.objects.get().version == 2


def test_reading_of_the_day_stays_one_beside_those_of_a_period(client, cast, indicator):
    other = factories.indicator("0.1")
    Target.objects.create(indicator=other, year=2026, operator=Operator.AT_LEAST, value=60)
    place = {"owner": cast.board, "unit": cast.province}
    factories.measurement(**place, indicator=other, value=50, period_from=date(2025, 12, 15))
    factories.measurement(**place, indicator=indicator, value=61)
    client.force_login(cast.officer)
    grid = client.get(GRID, {"day": "14/6/2026"}).context["grid"]
    assert [line.indicator.code for line in grid.lines] == ["0.1", "1.1"]
    assert grid.head["period_from"].value() == date(2025, 12, 15)
    assert save(client, **{grid.lines[1].form.add_prefix("value"): "62"}).status_code == 302
    rows = Measurement.objects.order_by("indicator__code").values_list("value", "period_from")
    assert list(rows) == [(50, date(2025, 12, 15)), (62, None)]


# ---- judgement and drawing ----


@pytest.mark.parametrize("direction", [Direction.EQUALS, Direction.MAINTAIN, Direction.QUALITATIVE])
def test_about_looks_both_ways_where_neither_is_good(direction):
    target = Target(operator=Operator.ABOUT, value=Decimal(60), tolerance=Decimal(2))
    statuses = [judge(Decimal(value), target, direction) for value in (57, 58, 62, 63)]
    met, missed = TargetStatus.MET, TargetStatus.NOT_MET
    assert statuses == [missed, met, met, missed]


def reading(value, day):
    return IndicatorReadings(Reading(value, None, None, day, (1,), frozenset({None})), {})


def test_trend_is_drawn_with_a_target_of_nothing(cast, indicator):
    target = Target(operator=Operator.AT_MOST, value=Decimal(0))
    known = [{indicator.pk: reading(Decimal(number), date(year, 6, 14))} for number, year in ((4, 2026), (8, 2025))]
    line = Line(indicator, target, known[0][indicator.pk], TargetStatus.NOT_MET)
    spark = row_of(line, known).spark
    assert (spark.goal, spark.end) == (_height(Decimal(0), Decimal(0), Decimal(8)), 17)


def test_row_without_a_number_today_has_no_trend(cast, indicator):
    known = [{indicator.pk: reading(None, date(2026, 6, 14))}]
    known += [{indicator.pk: reading(Decimal(number), date(number, 6, 14))} for number in (2025, 2024)]
    line = Line(indicator, Target(operator=Operator.AT_LEAST, value=Decimal(60)), known[0][indicator.pk], "no_data")
    row = row_of(line, known)
    assert row == Row(line)
    assert (row.change, row.spark, row.cannot_be_joined) == ("", None, True)


def test_words_of_indicators_are_translated(cast, indicator):
    line = Line(indicator, Target(operator=Operator.ABOUT, value=Decimal(60)), None, TargetStatus.NO_DATA)
    asked = factories.indicator("5.1", measured_in="có/không")
    births = factories.indicator("6.1", measured_in="bé trai/100 bé gái")

    def words():
        return goal(line), value_text(asked, Decimal(0)), value_words(births, Decimal("110.4"))

    assert words() == ("khoảng 60", "không", "110,4 bé trai trên 100 bé gái")
    with translation.override("en"):
        assert words() == ("about 60", "no", "110,4 bé trai per 100 bé gái")


# ---- corrections ----


def test_correction_of_a_record_opened_again_is_refused(cast, indicator):
    stored = factories.measurement(cast.board, cast.province, indicator=indicator, value=61, locked_at=timezone.now())
    Measurement.objects.filter(pk=stored.pk).update(locked_at=None)
    with pytest.raises(StaleVersion):
        correct_fact(stored, [{"value": Decimal(1)}], reason="Đếm lại", after=0, token=None, by=cast.officer)
    assert Measurement.objects.count() == 1
