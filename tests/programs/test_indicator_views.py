"""The scoreboard, the readings behind an indicator, and the grid they are entered in."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from coordination.enums import AgencyRole, SuccessionExtent, SuccessionNature
from coordination.models import UnitSuccession
from programs.enums import Direction, Operator, ReadingNature
from programs.models import IndicatorCategory, Measurement, Target
from tests import factories
from tests.pages import Page

DAY = date(2026, 6, 14)
PEOPLE = ["officer", "leader", "clerk", "partner", "chair", "stranger", "administrator"]
BOARD, GRID = "/indicators/", "/indicators/readings/"


@pytest.fixture
def indicator(cast):
    """At least 60% in 2026."""
    row = factories.indicator()
    Target.objects.create(indicator=row, year=2026, operator=Operator.AT_LEAST, value=60)
    return row


def reading(cast, numerator, denominator, day=DAY, **fields):
    values = {"owner": cast.board, "unit": cast.province, "indicator": factories.indicator()}
    return factories.measurement(day=day, numerator=numerator, denominator=denominator, **values | fields)


def readings_of(code):
    return reverse("programs:measurement_list", args=[code])


def correct(record):
    return reverse("programs:measurement_correct", args=[record.uid])


def lock(record):
    Measurement.objects.filter(pk=record.pk).update(locked_at=timezone.now())


def board(client, day="14/6/2026", **query):
    return client.get(BOARD, {"day": day} | query).context["board"]


def row(client, code="1.1", **query):
    rows = [row for group in board(client, **query).groups for row in group.rows]
    return next(row for row in rows if row.line.indicator.code == code)


# --- who may what


@pytest.mark.parametrize("person", PEOPLE)
def test_everybody_signed_in_opens_scoreboard_and_indicator(client, cast, indicator, person):
    client.force_login(getattr(cast, person))
    assert [client.get(url).status_code for url in (BOARD, readings_of("1.1"))] == [200, 200]
    assert client.get(readings_of("9.9")).status_code == 404


@pytest.mark.parametrize("person", PEOPLE)
def test_who_corrects_a_reading(client, cast, indicator, person):
    record = reading(cast, 50, 100)
    client.force_login(getattr(cast, person))
    expected = dict(zip(PEOPLE, (302, 403, 403, 404, 403, 404, 404), strict=True))
    assert client.get(correct(record)).status_code == expected[person]
    assert client.post(correct(record)).status_code == expected[person]


def test_reading_writes_nothing(client, cast, indicator):
    record = reading(cast, 50, 100)
    client.force_login(cast.officer)
    for url in (BOARD, GRID, readings_of("1.1"), correct(record)):
        client.get(url)
    assert Measurement.history.count() == 1


# --- the scoreboard


def test_scoreboard_counts_what_the_person_may_see(client, cast, indicator):
    """The board compiles the province, UBND stands above it; the Union sees only its own."""
    reading(cast, 114, 186, owner=cast.board)
    seen = {}
    for person in ("officer", "leader", "partner", "chair", "stranger"):
        client.force_login(getattr(cast, person))
        seen[person] = (board(client).met, board(client).every)
    assert seen == {"officer": (1, 1), "leader": (1, 1), "partner": (0, 1), "chair": (1, 1), "stranger": (0, 1)}


def test_agency_that_compiles_the_province_counts_readings_it_may_not_open(client, cast, indicator):
    reading(cast, 114, 186, owner=cast.union)
    client.force_login(cast.officer)
    assert row(client).value == "61,3%"
    page = client.get(readings_of("1.1"))
    assert (list(page.context["readings"]), page.context["unseen"]) == ([], 1)
    assert "Còn 1 số của cơ quan khác" in page.text


def test_row_says_target_value_parts_and_status(client, cast, indicator):
    reading(cast, 100, 200, date(2025, 12, 14))
    reading(cast, 114, 186)
    client.force_login(cast.leader)
    found = row(client)
    assert (found.goal, found.value, found.fraction, found.line.status) == ("≥ 60%", "61,3%", "114/186", "exceeded")
    assert (found.before, found.change, found.since) == ([(date(2025, 12, 14), "50,0%")], "tăng 11,3", "14/12/2025")
    page = Page(client.get(BOARD, {"day": "14/6/2026"}))
    assert "1/1" in page.texts("p", class_="display")
    assert "Vượt" in page.texts("span", class_="pill-ok")
    assert page.against_csp() == []


@pytest.mark.parametrize(
    ("confidence", "said"),
    [("memory-unverified", True), ("memory (2025 value corroborated)", True), ("verified", False), ("", False)],
)
def test_target_from_memory_is_said_to_be_unchecked_in_words(client, cast, indicator, confidence, said):
    indicator.targets.update(confidence=confidence, source="Chiến lược 2021–2030")
    client.force_login(cast.officer)
    page = client.get(readings_of("1.1")).content.decode()
    assert ("chưa đối chiếu" in page, "Chiến lược 2021–2030" in page) == (said, True)
    assert not {"memory", "verified"} & set(re.findall(r"[a-z]+", page))


def test_missed_unread_and_not_applicable_are_told_apart(client, cast, indicator):
    unread, apart = factories.indicator("2.1"), factories.indicator("3.1")
    Target.objects.create(indicator=unread, year=2026, operator=Operator.AT_LEAST, value=60)
    Target.objects.create(
        indicator=apart, year=2026, operator=Operator.AT_LEAST, value=60, unit=cast.province, applies=False
    )
    reading(cast, 50, 100)
    client.force_login(cast.leader)
    found = board(client)
    assert (found.met, found.every, found.missed, found.unread) == (0, 2, 1, 1)
    assert [one.code for one in found.left_out] == ["3.1"]
    text = client.get(BOARD, {"day": "14/6/2026"}).text
    assert all(words in text for words in ("Chưa đạt", "Chưa có số liệu", "Không áp dụng ở đây"))


def test_indicators_without_a_goal_are_named_once_and_lead_to_their_pages(client, cast, indicator):
    """Else nobody would come to the page a target is set on."""
    other, whole = factories.indicator("7.1"), factories.indicator("7.2")
    factories.indicator("7.2a", parent=whole)
    client.force_login(cast.officer)
    assert board(client).without_goal == [other, whole]
    page = Page(client.get(BOARD, {"day": "14/6/2026"}))
    assert "2 chỉ tiêu chưa giao mức" in page.texts("summary")
    assert {readings_of("7.1"), readings_of("7.2")} < {one.attributes.get("href") for one in page.all("a")}


def test_system_administrator_finds_every_indicator_in_force(client, cast, indicator):
    factories.indicator("7.1")
    client.force_login(cast.administrator)
    page = client.get(BOARD, {"day": "14/6/2026"})
    assert [one.code for one in page.context["kept"]] == ["1.1", "7.1"]
    assert {readings_of("1.1"), readings_of("7.1")} < {one.attributes.get("href") for one in Page(page).all("a")}
    assert client.get(BOARD, {"day": "14/6/2020"}).context["kept"] == []  # before the strategy
    client.force_login(cast.leader)
    assert client.get(BOARD).context["kept"] == []


def test_composite_shows_its_parts(client, cast):
    whole = factories.indicator("3.2")
    for code, value in (("3.2a", 70), ("3.2b", 50)):
        part = factories.indicator(code, parent=whole)
        Target.objects.create(indicator=part, year=2026, operator=Operator.AT_LEAST, value=60)
        factories.measurement(cast.board, cast.province, indicator=part, value=value)
    client.force_login(cast.leader)
    [group] = board(client).groups
    assert [(line.line.indicator.code, line.is_part, line.line.status) for line in group.rows] == [
        ("3.2", False, "not_met"),
        ("3.2a", True, "exceeded"),
        ("3.2b", True, "not_met"),
    ]
    assert (group.met, group.every) == (0, 1)


def test_day_chooses_readings_and_the_year_of_the_target(client, cast, indicator):
    Target.objects.create(indicator=indicator, year=2025, operator=Operator.AT_LEAST, value=50)
    reading(cast, 55, 100, date(2025, 12, 14))
    reading(cast, 58, 100)
    client.force_login(cast.leader)
    judged = {day: row(client, day=day) for day in ("14/12/2025", "13/06/2026", "14/06/2026")}
    assert {day: (found.value, found.line.status) for day, found in judged.items()} == {
        "14/12/2025": ("55,0%", "exceeded"),
        "13/06/2026": ("55,0%", "not_met"),
        "14/06/2026": ("58,0%", "not_met"),
    }
    assert client.get(BOARD).context["days"] == [date(2025, 12, 14), DAY]
    assert "Không có ngày 31/2/2026" in client.get(BOARD, {"day": "31/2/2026"}).text


def test_estimate_and_yes_or_no_are_written_in_words(client, cast, indicator):
    reading(cast, 65, 100, nature=ReadingNature.ESTIMATE)
    done = factories.indicator("5.1", measured_in="có/không", direction=Direction.QUALITATIVE)
    Target.objects.create(indicator=done, year=2026, operator=Operator.EQUAL, value=1)
    factories.measurement(cast.board, cast.province, indicator=done, value=1)
    client.force_login(cast.leader)
    assert (row(client).value, row(client, "5.1").value, row(client, "5.1").goal) == ("ước 65,0%", "có", "có")


@pytest.fixture
def merged(cast):
    """The province of the cast and its neighbour became one on 1 July 2026; the board lives on in it."""
    new = factories.province("Quảng Thử", valid_from=date(2026, 7, 1))
    for old in (cast.province, cast.elsewhere):
        type(old).objects.filter(pk=old.pk).update(valid_to=date(2026, 6, 30))
        UnitSuccession.objects.create(
            predecessor=old,
            successor=new,
            on=date(2026, 7, 1),
            nature=SuccessionNature.MERGED,
            extent=SuccessionExtent.WHOLE,
        )
    type(cast.board).objects.filter(pk=cast.board.pk).update(unit=new)
    return new


def test_before_a_merger_the_board_is_that_of_the_old_province(client, cast, indicator, merged):
    reading(cast, 114, 186)
    client.force_login(cast.officer)
    page = client.get(BOARD, {"day": "14/6/2026"}).context
    assert (page["place"].unit, page["units"]) == (cast.province, [cast.province, cast.elsewhere])
    assert (page["board"].met, board(client, unit=cast.elsewhere.uid).met) == (1, 0)
    later = client.get(BOARD, {"day": "1/7/2026"}).context
    assert (later["place"].unit, later["board"].met) == (merged, 0)


def test_agency_of_the_centre_chooses_a_province(client, cast, indicator):
    reading(cast, 114, 186)
    ministry = factories.agency(cast.province, "Bộ", "BDTTG", role=AgencyRole.OTHER)
    type(ministry).objects.filter(pk=ministry.pk).update(unit=None)
    type(cast.board).objects.filter(pk=cast.board.pk).update(parent=ministry)
    client.force_login(factories.member(ministry))
    asked = client.get(BOARD, {"day": "14/6/2026"})
    assert (asked.context["place"], asked.context["board"]) == (None, None)
    assert board(client, unit=cast.province.uid).met == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_query_counts(client, cast, django_assert_num_queries, rows):
    for number in range(rows):
        one = factories.indicator(f"1.{number}")
        Target.objects.create(indicator=one, year=2026, operator=Operator.AT_LEAST, value=60)
        for year in (2024, 2025, 2026):
            reading(cast, 50, 100, date(year, 6, 14), indicator=one)
    client.force_login(cast.officer)
    client.get(BOARD)
    for url, queries in ((f"{BOARD}?day=14/6/2026", 13), (readings_of("1.0"), 17), (f"{GRID}?day=14/6/2026", 14)):
        with django_assert_num_queries(queries):
            client.get(url)


# --- the grid


def opened(client, day="14/6/2026", **query):
    return client.get(GRID, {"day": day} | query).context["grid"]


def as_sent(grid, changes=()):
    """What a browser sends of an open grid; `changes` by field of the row, as {(code, category code): {…}}."""
    data = {"day": grid.day.strftime("%d/%m/%Y"), "unit": grid.unit.pk, "period_from": ""}
    for line in grid.lines:
        key = (line.indicator.code, line.category.code if line.category else "")
        values = {name: line.form[name].value() for name in line.form.fields} | dict(changes).get(key, {})
        data |= {line.form.add_prefix(name): "" if value is None else str(value) for name, value in values.items()}
    return data


def parts(numerator, denominator, **fields):
    return {"numerator": numerator, "denominator": denominator} | fields


def save(client, changes, grid=None):
    return client.post(GRID, as_sent(grid or opened(client), changes))


def test_grid_has_a_row_for_each_indicator_and_category_that_applies(client, cast, indicator):
    IndicatorCategory.objects.create(indicator=indicator, code="xa", name="cấp xã")
    apart = factories.indicator("3.1")
    Target.objects.create(
        indicator=apart, year=2026, operator=Operator.AT_LEAST, value=60, unit=cast.province, applies=False
    )
    whole = factories.indicator("5")
    part = factories.indicator("5a", parent=whole, number="a)")
    Target.objects.create(indicator=part, year=2026, operator=Operator.AT_LEAST, value=60)
    reading(cast, 50, 100, date(2025, 12, 14))
    client.force_login(cast.officer)
    grid = opened(client)
    assert [(line.number, line.category and line.category.code) for line in grid.lines] == [
        ("1.1", None),
        ("1.1", "xa"),
        ("5 a)", None),
    ]
    assert [one.code for one in grid.left_out] == ["3.1"]
    assert (grid.lines[0].before_text, grid.lines[1].before_text) == ("50/100", "")


def test_rows_are_saved_together(client, cast, indicator):
    district = IndicatorCategory.objects.create(indicator=indicator, code="huyen", name="cấp huyện")
    client.force_login(cast.officer)
    grid = opened(client)
    changes = {("1.1", ""): {"value": "61,3", "source_text": "Báo cáo 12"}, ("1.1", "huyen"): parts("9", "13")}
    data = as_sent(grid, changes) | {"period_from": "15/12/2025"}
    response = client.post(GRID, data)
    assert response.status_code == 302
    value, split = Measurement.objects.order_by("category")[0], Measurement.objects.get(category=district)
    value = Measurement.objects.get(category=None)
    assert (value.value, value.numerator, value.source_text) == (Decimal("61.3"), None, "Báo cáo 12")
    assert (split.numerator, split.denominator, split.value) == (9, 13, None)
    for row in (value, split):
        assert (row.owner, row.unit, row.province) == (cast.board, cast.province, cast.province)
        assert (row.counted_on, row.period_from, row.state) == (DAY, date(2025, 12, 15), "recorded")
        assert row.history.get().history_user == cast.officer
    assert "Đã lưu 2 số của ngày 14/06/2026" in client.get(response.url).text


def test_nothing_is_saved_when_one_row_is_wrong_and_everything_typed_stays(client, cast, indicator):
    other = factories.indicator("2.1")
    Target.objects.create(indicator=other, year=2026, operator=Operator.AT_LEAST, value=60)
    client.force_login(cast.officer)
    response = save(client, {("1.1", ""): parts("71", "96"), ("2.1", ""): parts("9", "")})
    assert (response.status_code, Measurement.objects.count()) == (422, 0)
    page = Page(response)
    values = [element.attributes.get("value") for element in page.all("input", inputmode="decimal")]
    assert values[:4] == ["71", "96", None, "9"]
    assert "Tử số và mẫu số đi cùng nhau" in page.one(class_="errsum").text
    assert page.one("title").text.startswith("Lỗi:")


MISTAKES = [
    (parts("9", "13", value="60"), "value", "không nhập cả hai cách"),
    (parts("14", "13"), "numerator", "tỷ lệ không quá 100%"),
    (parts("14", "0"), "denominator", "Mẫu số phải lớn hơn 0"),
    (parts("-1", "5"), "numerator", ""),
    (parts("9 trên 13", "13"), "numerator", ""),
    ({"source_text": "Báo cáo 12"}, "numerator", "Ghi số, hoặc để trống cả dòng"),
    ({"value": "1.5"}, "value", "có hai cách hiểu"),
]


@pytest.mark.parametrize(("typed", "field", "words"), MISTAKES)
def test_mistake_is_said_at_its_field(client, cast, indicator, typed, field, words):
    client.force_login(cast.officer)
    response = save(client, {("1.1", ""): typed})
    [line] = response.context["grid"].lines
    assert (response.status_code, list(line.form.errors)) == (422, [field])
    assert words in line.form.errors[field][0]
    assert Measurement.objects.count() == 0


def test_row_left_alone_is_not_written_again(client, cast, indicator):
    record = reading(cast, "50.5", 100, source_text="Báo cáo 12")
    client.force_login(cast.officer)
    response = save(client, {})
    record.refresh_from_db()
    assert (response.status_code, record.version, Measurement.history.count()) == (302, 1, 1)
    assert "Không có gì thay đổi" in client.get(response.url).text


def test_reading_of_the_day_is_changed_not_doubled(client, cast, indicator):
    record = reading(cast, 50, 100)
    client.force_login(cast.officer)
    assert save(client, {("1.1", ""): parts("", "", value="55")}).status_code == 302
    record.refresh_from_db()
    assert (record.value, record.numerator, record.version, Measurement.objects.count()) == (55, None, 2, 1)
    cleared = save(client, {("1.1", ""): {"value": ""}})
    assert (cleared.status_code, Measurement.objects.get().value) == (422, 55)


def test_two_people_save_one_row_and_nothing_is_lost(client, cast, indicator):
    other = factories.indicator("2.1")
    Target.objects.create(indicator=other, year=2026, operator=Operator.AT_LEAST, value=60)
    reading(cast, 50, 100)
    client.force_login(cast.officer)
    mine = opened(client)
    save(client, {("1.1", ""): parts("51", "100"), ("2.1", ""): parts("1", "2")})
    response = save(client, {("1.1", ""): parts("52", "100"), ("2.1", ""): parts("1", "2")}, mine)
    first, second = response.context["grid"].lines
    assert (response.status_code, list(first.form.errors), list(second.form.errors)) == (422, ["numerator"], [])
    assert "Người khác vừa ghi 51/100" in response.text
    assert first.form["numerator"].value() == "52"
    again = client.post(GRID, as_sent(response.context["grid"]))
    assert again.status_code == 302
    assert Measurement.objects.get(indicator=indicator).numerator == 52
    assert Measurement.objects.get(indicator=other).version == 1


def test_grid_sent_twice_is_saved_once(client, cast, indicator):
    client.force_login(cast.officer)
    grid = opened(client)
    answers = [save(client, {("1.1", ""): parts("71", "96")}, grid) for _click in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert (Measurement.objects.count(), Measurement.history.count()) == (1, 1)


def test_frozen_reading_stays_and_takes_a_correction(client, cast, indicator):
    record = reading(cast, 50, 100)
    client.force_login(cast.officer)
    before = opened(client)
    lock(record)
    page = client.get(GRID, {"day": "14/6/2026"})
    assert "Giữ nguyên như đã duyệt" in page.text
    assert f'href="{correct(record)}"' in page.text
    late = save(client, {("1.1", ""): parts("55", "100")}, before)
    assert (late.status_code, late.context["grid"].lines[0].form["numerator"].value()) == (422, "55")
    data = {"numerator": "55", "denominator": "100", "reason": "Sót một xã", "after": "0"}
    assert client.post(correct(record), data | {"denominator": "0"}).status_code == 422
    assert client.post(correct(record), data).status_code == 302
    added = Measurement.objects.get(corrects=record)
    assert (added.numerator, added.denominator, added.counted_on) == (5, 0, DAY)
    assert row(client).fraction == "55/100"
    assert "Sót một xã" in client.get(readings_of("1.1")).text


def test_yes_or_no_is_chosen(client, cast):
    done = factories.indicator("5.1", measured_in="có/không", direction=Direction.QUALITATIVE)
    Target.objects.create(indicator=done, year=2026, operator=Operator.EQUAL, value=1)
    client.force_login(cast.officer)
    save(client, {("5.1", ""): {"value": "1"}})
    assert Measurement.objects.get().value == 1
    assert opened(client).lines[0].stored_text == "có"
    save(client, {})
    assert Measurement.objects.get().version == 1


def test_place_of_the_grid_is_that_of_the_day(client, cast, indicator, merged):
    client.force_login(cast.officer)
    assert opened(client, "1/7/2026").unit == merged
    assert opened(client).unit == cast.province
    other = opened(client, unit=cast.elsewhere.pk)
    assert other.unit == cast.elsewhere
    save(client, {("1.1", ""): parts("1", "2")}, other)
    assert Measurement.objects.get().province == cast.elsewhere


def test_day_not_understood_or_before_the_agency_is_asked_back(client, cast, indicator):
    type(cast.province).objects.filter(pk=cast.province.pk).update(valid_from=date(2026, 1, 1))
    client.force_login(cast.officer)
    assert "Không có ngày 31/2/2026" in client.get(GRID, {"day": "31/2/2026"}).text
    assert "Chọn ngày sau khi thành lập" in client.get(GRID, {"day": "31/12/2025"}).text
    grid = opened(client)
    refused = client.post(GRID, as_sent(grid) | {"period_from": "15/6/2026"})
    assert (refused.status_code, list(refused.context["grid"].head.errors)) == (422, ["period_from"])


def test_officer_of_a_commune_reads_its_commune(client, cast, indicator):
    local = factories.agency(cast.commune, "UBND xã", "UBNDX", role=AgencyRole.PEOPLES_COMMITTEE)
    client.force_login(factories.member(local))
    save(client, {("1.1", ""): parts("7", "10")})
    record = Measurement.objects.get()
    assert (record.unit, record.province, row(client).value) == (cast.commune, cast.province, "70,0%")


def test_swap_of_htmx_is_part_of_the_page(client, cast, indicator):
    client.force_login(cast.officer)
    whole = Page(client.get(GRID, {"day": "14/6/2026"}))
    swap = Page(client.get(GRID, {"day": "14/6/2026"}, headers={"HX-Request": "true"}))
    rows = [[part for part in page.part("measurement-grid") if part[0] != "input"] for page in (whole, swap)]
    assert rows[0] == rows[1] != []
    assert whole.against_csp() == []
