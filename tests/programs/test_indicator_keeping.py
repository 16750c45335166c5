"""Targets and definitions are kept with their history; readings are verified by another person; unusual ones asked."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from coordination.enums import MemberRole, SuccessionExtent, SuccessionNature
from coordination.models import UnitSuccession
from programs.enums import MarkNature, Operator, OverAgencies, OverPlaces, OverTime
from programs.forms.indicators import DefinitionForm
from programs.models import IndicatorDefinition, Measurement, MeasurementMark, Target
from programs.readings import generations, latest_readings, read_indicators
from tests import factories
from tests.programs.test_indicator_views import as_sent, opened, parts, save

DAY = date(2026, 6, 14)


@pytest.fixture
def indicator(cast):
    row = factories.indicator()
    Target.objects.create(indicator=row, year=2026, operator=Operator.AT_LEAST, value=60)
    return row


def target_of(cast, indicator, **fields):
    values = {"unit": cast.province, "year": 2027, "operator": Operator.AT_LEAST, "value": 70, "decision": "KH 12"}
    return Target.objects.create(indicator=indicator, **values | fields)


def typed(**fields):
    return {"year": "2027", "applies": "on", "operator": ">=", "value": "72,5", "decision": "KH 12/KH-UBND"} | fields


# ---- targets ----


def test_board_sets_the_target_of_its_province_with_the_decision(client, cast, indicator):
    client.force_login(cast.officer)
    url = reverse("programs:target_create", args=["1.1"])
    assert [client.post(url, typed()).status_code for _click in range(2)] == [302, 302]
    target = Target.objects.get(unit=cast.province)
    assert (target.value, target.year, target.decision) == (Decimal("72.5"), 2027, "KH 12/KH-UBND")
    assert target.history.get().history_user == cast.officer
    other = client.post(url, typed(value="80"))
    assert (other.status_code, list(other.context["form"].errors)) == (422, ["year"])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"year": "2031"}, "year"),
        ({"value": ""}, "value"),
        ({"value": "-5"}, "value"),
        ({"decision": ""}, "decision"),
        ({"tolerance": "2"}, "tolerance"),
    ],
)
def test_wrong_target_is_said_at_its_field(client, cast, indicator, wrong, field):
    client.force_login(cast.officer)
    answer = client.post(reverse("programs:target_create", args=["1.1"]), typed(**wrong))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert not Target.objects.filter(unit=cast.province).exists()


def test_stale_target_shows_both_versions(client, cast, indicator):
    target = target_of(cast, indicator)
    url = reverse("programs:target_edit", args=[target.uid])
    client.force_login(cast.officer)
    assert client.post(url, typed(value="75", version="1")).status_code == 302
    stale = client.post(url, typed(value="71", version="1"))
    assert stale.status_code == 409
    assert [(row.theirs, row.mine) for row in stale.context["theirs"] if row.label == "Mức phải đạt"] == [("75", "71")]
    again = client.post(url, typed(value="71", version=str(stale.context["form"]["version"].value())))
    target.refresh_from_db()
    assert (again.status_code, target.value, target.version) == (302, 71, 3)


def test_who_keeps_which_targets(client, cast, indicator):
    own, national = target_of(cast, indicator), Target.objects.get(unit=None)
    elsewhere = target_of(cast, indicator, unit=cast.elsewhere)
    pages = [reverse("programs:target_edit", args=[row.uid]) for row in (own, national, elsewhere)]
    pages.append(reverse("programs:target_create", args=["1.1"]))
    seen = {}
    for person in ("officer", "leader", "partner", "administrator"):
        client.force_login(getattr(cast, person))
        seen[person] = [client.get(page).status_code for page in pages]
    assert seen == {
        "officer": [200, 403, 404, 200],
        "leader": [403, 403, 404, 403],
        "partner": [403, 403, 404, 403],
        "administrator": [404, 200, 404, 200],
    }


# ---- definitions ----


def test_text_in_force_on_any_day(client, cast, indicator):
    for day, text in ((date(2021, 3, 3), "Bản đầu"), (date(2025, 7, 1), "Bản sau")):
        IndicatorDefinition.objects.create(indicator=indicator, valid_from=day, text=text)
    client.force_login(cast.officer)
    url = reverse("programs:measurement_list", args=["1.1"])
    found = {}
    for day in ("30/6/2025", "1/7/2025", "1/1/2020"):
        rows = client.get(url, {"day": day}).context["definitions"]
        found[day] = [row.definition.text for row in rows if row.holds]
    assert found == {"30/6/2025": ["Bản đầu"], "1/7/2025": ["Bản sau"], "1/1/2020": []}
    assert [row.until for row in rows] == [None, date(2025, 6, 30)]


def test_administrator_adds_a_definition_and_changes_none(client, cast, indicator):
    IndicatorDefinition.objects.create(indicator=indicator, valid_from=date(2021, 3, 3), text="Bản đầu")
    url = reverse("programs:definition_create", args=["1.1"])
    client.force_login(cast.officer)
    assert client.get(url).status_code == 403
    client.force_login(cast.administrator)
    data = {"valid_from": "3/3/2021", "text": "Bản sau", "source": "Thông tư"}
    assert client.post(url, data).status_code == 422
    assert client.post(url, data | {"valid_from": "1/7/2025"}).status_code == 302
    assert list(indicator.definitions.values_list("text", flat=True)) == ["Bản sau", "Bản đầu"]


def test_a_definition_sent_twice_at_once_is_refused_with_what_was_typed(client, cast, indicator, monkeypatch):
    """Neither click saw the other's: the second breaks on the database."""
    IndicatorDefinition.objects.create(indicator=indicator, valid_from=date(2025, 7, 1), text="Bản đầu")
    monkeypatch.setattr(DefinitionForm, "clean_valid_from", lambda form: form.cleaned_data["valid_from"])
    client.force_login(cast.administrator)
    data = {"valid_from": "1/7/2025", "text": "Bản sau", "source": "Thông tư"}
    answer = client.post(reverse("programs:definition_create", args=["1.1"]), data)
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"valid_from"})
    assert "Bản sau" in answer.content.decode()


# ---- verified by another person ----


def colleague(cast):
    return factories.member(cast.board, MemberRole.REVIEWER)


def test_who_entered_a_reading_does_not_verify_it_and_an_edit_makes_it_lapse(client, cast, indicator):
    client.force_login(cast.officer)
    save(client, {("1.1", ""): parts("71", "96")})
    reading = Measurement.objects.get()
    url, listed = (
        reverse("programs:reading_check", args=[reading.uid]),
        reverse("programs:measurement_list", args=["1.1"]),
    )
    assert client.get(url).status_code == 403
    assert url not in client.get(listed).text
    client.force_login(colleague(cast))
    assert url in client.get(listed).text
    assert client.post(url, {"version": "1", "return": "1"}).status_code == 422
    assert client.post(url, {"version": "1", "verify": "1"}).status_code == 302
    mark = MeasurementMark.objects.get()
    assert (mark.nature, mark.of_version, mark.measurement) == (MarkNature.VERIFIED, 1, reading)
    [row] = client.get(listed).context["readings"]
    assert row.mark == "verified"
    client.force_login(cast.officer)
    save(client, {("1.1", ""): parts("72", "96")})
    [row] = client.get(listed).context["readings"]
    assert (row.mark, row.marked_before) == ("", 1)
    assert "Đã sửa sau khi kiểm tra" in client.get(listed).text


def test_reading_changed_meanwhile_is_read_again(client, cast, indicator):
    reading = factories.measurement(cast.board, cast.province)
    client.force_login(colleague(cast))
    url = reverse("programs:reading_check", args=[reading.uid])
    Measurement.objects.update(version=2)
    assert client.post(url, {"version": "1", "verify": "1"}).status_code == 409
    assert not MeasurementMark.objects.exists()


# ---- unusual readings ----


@pytest.mark.parametrize(
    ("now", "asked"), [(("75", "100"), False), (("76", "100"), True), (("25", "100"), False), (("24", "100"), True)]
)
def test_reading_far_from_the_same_half_year_before_asks_why(client, cast, indicator, now, asked):
    """More than 50% away from 50%."""
    factories.measurement(cast.board, cast.province, date(2025, 6, 14), numerator=50, denominator=100)
    client.force_login(cast.officer)
    answer = save(client, {("1.1", ""): parts(*now)})
    assert answer.status_code == (422 if asked else 302)
    if not asked:
        return
    [line] = answer.context["grid"].lines
    assert (list(line.form.errors), line.form["numerator"].value()) == (["note"], now[0])
    assert "cùng kỳ năm trước 50,0" in line.form.errors["note"][0]
    confirmed = client.post(
        "/indicators/readings/", as_sent(answer.context["grid"], {("1.1", ""): {"note": "Mới đếm đủ"}})
    )
    assert (confirmed.status_code, Measurement.objects.get(counted_on=DAY).note) == (302, "Mới đếm đủ")


def test_older_readings_and_none_at_all_ask_nothing(client, cast, indicator):
    factories.measurement(cast.board, cast.province, date(2024, 12, 1), numerator=1, denominator=100)
    client.force_login(cast.officer)
    assert save(client, {("1.1", ""): parts("90", "100")}).status_code == 302
    assert opened(client).lines[0].asks_why is False


# ---- how readings join ----


def read(province, day=DAY, first=None):
    rows = latest_readings(Measurement.objects.recorded(), day, first).select_related("unit")
    indicator = factories.indicator()
    return read_indicators(rows, {indicator.pk: indicator}, generations(province))[indicator.pk].whole


def rule(indicator, **fields):
    type(indicator).objects.filter(pk=indicator.pk).update(measured_in="người", **fields)


@pytest.mark.parametrize(
    ("over_time", "value"),
    [(OverTime.LAST, 30), (OverTime.SUM, 60), (OverTime.AVERAGE, 20), (OverTime.HIGHEST, 30)],
)
def test_over_time(cast, indicator, over_time, value):
    rule(indicator, over_time=over_time)
    for month, number in ((1, 10), (3, 20), (6, 30)):
        factories.measurement(cast.board, cast.province, date(2026, month, 14), value=number)
    factories.measurement(cast.board, cast.province, date(2025, 12, 14), value=99)  # before the first day
    assert read(cast.province, first=date(2025, 12, 15)).value == value


def test_a_longer_period_holds_the_shorter_ones(cast, indicator):
    rule(indicator, over_time=OverTime.SUM)
    first = date(2025, 12, 15)
    factories.measurement(cast.board, cast.province, date(2026, 3, 14), value=10, period_from=first)
    factories.measurement(cast.board, cast.province, DAY, value=25, period_from=first)
    assert read(cast.province, first=first).value == 25


@pytest.mark.parametrize(
    ("over_agencies", "value"),
    [(OverAgencies.LEAD, 7), (OverAgencies.SUM, 12), (OverAgencies.HIGHEST, 7), (OverAgencies.UNION, None)],
)
def test_over_agencies(cast, indicator, over_agencies, value):
    rule(indicator, over_agencies=over_agencies)
    factories.measurement(cast.board, cast.province, date(2026, 5, 1), value=5)
    factories.measurement(cast.union, cast.province, date(2026, 6, 1), value=7)
    assert read(cast.province).value == value


@pytest.mark.parametrize(
    ("over_places", "bare", "share"),
    [(OverPlaces.SUM, 30, Decimal("0.5")), (OverPlaces.PARTS, None, Decimal("0.5")), (OverPlaces.NEVER, None, None)],
)
def test_over_places(cast, indicator, over_places, bare, share):
    rule(indicator, over_places=over_places)
    for at, name in enumerate(("A", "B"), start=1):
        factories.measurement(cast.board, factories.commune(cast.province, name), value=10 * at)
    assert read(cast.province).value == bare
    Measurement.objects.all().delete()
    for numerator, name in ((1, "C"), (4, "D")):
        unit = factories.commune(cast.province, name)
        factories.measurement(cast.board, unit, numerator=numerator, denominator=5)
    assert read(cast.province).value == share


@pytest.fixture
def communes(cast):
    """A and B became C within the province; D was split into C and E."""
    gone = {"valid_to": date(2025, 6, 30)}
    a, b, d = (factories.commune(cast.province, name, **gone) for name in "ABD")
    c, e = (factories.commune(cast.province, name, valid_from=date(2025, 7, 1)) for name in "CE")
    whole, part = SuccessionExtent.WHOLE, SuccessionExtent.PART
    for before, after, extent in ((a, c, whole), (b, c, whole), (d, c, part), (d, e, part)):
        UnitSuccession.objects.create(
            predecessor=before, successor=after, on=date(2025, 7, 1), nature=SuccessionNature.MERGED, extent=extent
        )
    return {"a": a, "b": b, "c": c, "d": d, "e": e}


def test_a_new_commune_takes_the_place_of_those_it_was_made_of(cast, indicator, communes):
    for name, numerator in (("a", 1), ("b", 2)):
        factories.measurement(cast.board, communes[name], date(2025, 3, 1), numerator=numerator, denominator=10)
    assert (read(cast.province).numerator, read(cast.province).denominator) == (3, 20)  # put together from parts
    factories.measurement(cast.board, communes["c"], numerator=9, denominator=20)
    assert (read(cast.province).numerator, read(cast.province).denominator) == (9, 20)


def test_what_went_in_part_into_a_commune_read_again_cannot_be_put_together(cast, indicator, communes):
    factories.measurement(cast.board, communes["d"], date(2025, 3, 1), numerator=5, denominator=10)
    factories.measurement(cast.board, communes["c"], numerator=9, denominator=20)
    assert read(cast.province).value is None


def test_bare_values_of_communes_that_are_gone_are_never_added(cast, indicator, communes):
    rule(indicator, over_places=OverPlaces.SUM)
    for name in ("a", "b"):
        factories.measurement(cast.board, communes[name], date(2025, 3, 1), value=10)
    assert read(cast.province).value is None
