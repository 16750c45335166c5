"""The rules and the formula of an indicator: read by all, edited by who keeps it, with its history."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.urls import reverse

from programs.enums import ComputedFrom, KindGroup, Operator, OverTime
from programs.loaders import rows_of
from programs.models import Indicator, IndicatorFormula, Target, Topic
from tests import factories

pytestmark = pytest.mark.django_db

DAY = date(2026, 6, 14)
EDIT = reverse("programs:rules_edit", args=["1.1"])


@pytest.fixture
def indicator(cast):
    row = factories.indicator(measured_in="buổi", over_time=OverTime.LAST)
    Target.objects.create(indicator=row, year=2026, operator=Operator.AT_LEAST, value=10)
    return row


def typed(**fields):
    rules = {"over_time": "sum", "over_places": "sum", "over_agencies": "sum", "unusual_percent": "30"}
    return rules | {"baseline": "", "baseline_year": "", "counts": "", "version": "1"} | fields


def test_keeper_changes_the_rules_and_history_says_so(client, cast, indicator):
    client.force_login(cast.administrator)
    answer = client.post(EDIT, typed(baseline="12,5", baseline_year="2020"))
    indicator.refresh_from_db()
    assert answer.status_code == 302
    assert (indicator.over_time, indicator.over_places, indicator.over_agencies) == ("sum", "sum", "sum")
    assert (indicator.unusual_percent, indicator.baseline, indicator.baseline_year) == (30, Decimal("12.5"), 2020)
    assert (indicator.version, indicator.history.first().history_user) == (2, cast.administrator)
    page = client.get(reverse("coordination:history", args=["programs.indicator", indicator.uid]))
    assert "Mốc xuất phát" in page.text


def test_rules_of_a_provinces_own_indicator_are_kept_by_who_compiles_it(client, cast, indicator):
    found = {}
    for unit in (None, cast.province, cast.elsewhere):
        Indicator.objects.filter(pk=indicator.pk).update(unit=unit)
        for person in ("officer", "leader", "partner", "administrator"):
            client.force_login(getattr(cast, person))
            found.setdefault(person, []).append(client.get(EDIT).status_code)
    nobody = [403, 403, 403]
    assert found == {
        "officer": [403, 200, 403],
        "leader": nobody,
        "partner": nobody,
        "administrator": [200, 403, 403],
    }


@pytest.mark.parametrize("person", ["officer", "leader", "partner", "administrator"])
def test_everybody_reads_the_rules(client, cast, indicator, person):
    client.force_login(getattr(cast, person))
    page = client.get(reverse("programs:measurement_list", args=["1.1"]))
    assert "chênh quá 50% so với cùng nửa năm trước" in page.text
    assert (EDIT in page.text) is (person == "administrator")


def test_a_composite_has_no_rules_of_its_own(client, cast, indicator):
    factories.indicator("1.1a", parent=indicator)
    client.force_login(cast.administrator)
    assert client.get(EDIT).status_code == 404


def test_stale_rules_show_both_versions(client, cast, indicator):
    client.force_login(cast.administrator)
    assert client.post(EDIT, typed()).status_code == 302
    stale = client.post(EDIT, typed(unusual_percent="70"))
    assert stale.status_code == 409
    assert [(row.theirs, row.mine) for row in stale.context["theirs"]] == [("30", "70")]
    again = client.post(EDIT, typed(unusual_percent="70", version=str(stale.context["form"]["version"].value())))
    indicator.refresh_from_db()
    assert (again.status_code, indicator.unusual_percent, indicator.version) == (302, 70, 3)


# ---- the formula ----


def test_a_formula_counts_at_once_and_is_taken_away_again(client, cast, indicator):
    factories.activity(cast.board, cast.commune, DAY, sessions=12)
    factories.activity(
        cast.board, cast.commune, DAY, sessions=5, kind=factories.activity_kind("x", KindGroup.TRAINING)
    )
    client.force_login(cast.administrator)
    assert client.post(EDIT, typed(counts="sessions", kind_group="communication")).status_code == 302
    client.force_login(cast.officer)
    assert value_of(client) == "12"
    client.force_login(cast.administrator)
    assert client.post(EDIT, typed(version="2")).status_code == 302
    assert not IndicatorFormula.objects.exists()
    kinds = IndicatorFormula.history.order_by("history_id").values_list("history_type", flat=True)
    assert list(kinds) == ["+", "-"]
    client.force_login(cast.officer)
    assert value_of(client) == ""


def value_of(client):
    [group] = client.get("/indicators/", {"day": "14/6/2026"}).context["board"].groups
    return group.rows[0].value


def test_readings_do_not_give_way_in_silence(client, cast, indicator):
    factories.measurement(cast.board, cast.province, value=7, indicator=indicator)
    client.force_login(cast.administrator)
    refused = client.post(EDIT, typed(counts="sessions"))
    assert (refused.status_code, IndicatorFormula.objects.count()) == (422, 0)
    assert "Đã có 1 số liệu nhập tay" in str(refused.context["form"].errors["readings_give_way"])
    assert client.post(EDIT, typed(counts="sessions", readings_give_way="on")).status_code == 302
    assert IndicatorFormula.objects.get().counts == ComputedFrom.SESSIONS


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"over_time": "sometimes"}, "over_time"),
        ({"unusual_percent": "0"}, "unusual_percent"),
        ({"unusual_percent": "-5"}, "unusual_percent"),
        ({"baseline": "5"}, "baseline_year"),
        ({"baseline_year": "2020"}, "baseline"),
        ({"counts": "stock"}, "model_kind"),
        ({"counts": "new_models", "model_kind": "kind", "topic": "topic"}, "topic"),
        ({"counts": "sessions", "model_kind": "kind"}, "model_kind"),
        ({"kind_group": "training"}, "counts"),
        ({"counts": "sessions", "component": "999999"}, "component"),
    ],
)
def test_wrong_rules_are_said_at_their_field_and_nothing_is_saved(client, cast, indicator, wrong, field):
    known = {"kind": factories.model_kind().pk, "topic": Topic.objects.create(code="chu_de", name="Chủ đề").pk}
    client.force_login(cast.administrator)
    sent = typed(**{name: known.get(value, value) for name, value in wrong.items()})
    answer = client.post(EDIT, sent)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert answer.context["form"]["over_places"].value() == "sum"
    indicator.refresh_from_db()
    assert (indicator.version, IndicatorFormula.objects.count()) == (1, 0)


def test_a_formula_taken_away_is_not_loaded_again():
    code = rows_of("indicator_formulas")[0]["indicator"]
    call_command("load_lists", verbosity=0)
    IndicatorFormula.objects.get(indicator__code=code).delete()
    call_command("load_lists", verbosity=0)
    assert IndicatorFormula.objects.exists()
    assert not IndicatorFormula.objects.filter(indicator__code=code).exists()


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_query_count(client, cast, indicator, rows, django_assert_num_queries):
    for at in range(rows):
        factories.measurement(cast.board, cast.province, date.fromordinal(739000 + at), value=7, indicator=indicator)
    client.force_login(cast.administrator)
    client.get(EDIT)
    with django_assert_num_queries(11):
        assert client.get(EDIT).status_code == 200
