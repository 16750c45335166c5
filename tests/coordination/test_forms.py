"""What officers type into dates, numbers and places, and what they are told instead."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django import forms
from django.core.exceptions import ValidationError

from coordination.enums import UnitKind, UnitLevel
from coordination.forms import (
    DayField,
    DecimalNumberField,
    EntriesField,
    EntryField,
    WholeNumberField,
    read_date,
    read_decimal,
    read_whole,
)
from coordination.models import AdministrativeUnit
from coordination.unit_picker import UnitField, find_units, offered_units, unit_label
from tests import factories

DAY = date(2026, 6, 1)

DATES = [
    "01/06/2026",
    "1/6/2026",
    "1/06/2026",
    "01/6/26",
    "1/6/26",
    "01-06-2026",
    "1-6-26",
    "01.06.2026",
    "1.6.26",
    "1.6.2026",
    "010626",
    "01062026",
    " 01/06/2026 ",
    "01 / 06 / 2026",
    "01 06 2026",
    "1 6 26",
    "01\xa006\xa02026",
    "01–06–2026",
    "01 - 06 - 2026",
    "2026-06-01",
    "2026-6-1",
    "2026/06/01",
    "2026.06.01",
    "ngày 01 tháng 6 năm 2026",
    "Ngày 1 tháng 6 năm 2026",
    "1 tháng 6 năm 2026",
    "ngày 01/06/2026",
    "01. 06. 2026",
]
NOT_DATES = [
    ("06-31", "unread"),
    ("1/6", "unread"),
    ("01/06/026", "unread"),
    ("1626", "unread"),
    ("10626", "unread"),
    ("0106202", "unread"),
    ("1/6-2026", "unread"),
    ("01/06/2026 08:30", "unread"),
    ("hôm qua", "unread"),
    ("thứ hai", "unread"),
    ("June 1, 2026", "unread"),
    ("45809", "unread"),
    ("1//6/2026", "unread"),
    ("-1/6/2026", "unread"),
    ("6/13/26", "month"),
    ("06/31/2026", "month"),
    ("12-25-2026", "month"),
    ("202606", "day"),
    ("20260601", "day"),
    ("31/06/2026", "day"),
    ("30/02/2026", "day"),
    ("29/02/2026", "day"),
    ("0/6/2026", "day"),
    ("32/01/2026", "day"),
    ("00/00/0000", "day"),
    ("01/06/0000", "day"),
]


@pytest.mark.parametrize("typed", DATES)
def test_date_is_read(typed):
    assert read_date(typed) == DAY


@pytest.mark.parametrize(("typed", "code"), NOT_DATES)
def test_date_is_not_guessed(typed, code):
    with pytest.raises(ValidationError) as refusal:
        read_date(typed)
    assert refusal.value.code == code


def test_date_in_american_order_is_turned_round_in_the_message():
    with pytest.raises(ValidationError) as refusal:
        read_date("6/13/26")
    assert refusal.value.params == {"month": 13, "swapped": "13/06/2026"}


def test_last_day_of_february_in_a_leap_year():
    assert read_date("29/2/24") == date(2024, 2, 29)


@time_machine.travel("2026-06-16")
@pytest.mark.parametrize("typed", ["16/6/2062", "16/6/1926", "31/12/1999", "18/6/2027"])
def test_day_with_an_unlikely_year_is_asked_back(typed):
    with pytest.raises(ValidationError) as refusal:
        DayField().clean(typed)
    assert refusal.value.error_list[0].code == "year"


WHOLE = [
    ("1069", 1069),
    ("1.069", 1069),
    ("1 069", 1069),
    ("1\xa0069", 1069),
    ("1\u202f069", 1069),
    (" 1069 ", 1069),
    ("0", 0),
    ("5", 5),
    ("05", 5),
    ("007", 7),
    ("12.500.000", 12_500_000),
    ("12 500 000", 12_500_000),
    ("12,500,000", 12_500_000),
    ("1,234,567", 1_234_567),
    ("999.999", 999_999),
    ("112", 112),
    ("-6", -6),
    ("−6", -6),
    ("–6", -6),
    ("-1.069", -1069),
]
NOT_WHOLE = [
    ("1.5", "unclear"),
    ("1.50", "unclear"),
    ("12.34", "unclear"),
    ("0.069", "unclear"),
    ("1.0690", "unclear"),
    ("1069.0", "unclear"),
    ("1,069", "unclear"),
    ("84,2", "fraction"),
    ("1.069,5", "fraction"),
    ("1,0", "fraction"),
    ("1 06", "digits"),
    ("1.06.9", "digits"),
    ("1.069 500", "digits"),
    ("1..069", "digits"),
    ("1069 người", "digits"),
    ("khoảng 100", "digits"),
    ("một trăm", "digits"),
    ("1e3", "digits"),
    ("+5", "digits"),
    ("--5", "digits"),
    ("5-", "digits"),
    (".5", "digits"),
    ("84%", "digits"),
    ("1'069", "digits"),
    ("=1+1", "digits"),
]


@pytest.mark.parametrize(("typed", "number"), WHOLE)
def test_whole_number_is_read(typed, number):
    assert read_whole(typed) == number


@pytest.mark.parametrize(("typed", "code"), NOT_WHOLE)
def test_whole_number_is_not_guessed(typed, code):
    with pytest.raises(ValidationError) as refusal:
        read_whole(typed)
    assert refusal.value.code == code


DECIMALS = [
    ("84,2", "84.2"),
    ("84,21", "84.21"),
    ("0,5", "0.5"),
    ("1,5", "1.5"),
    ("84", "84"),
    ("1.069", "1069"),
    ("1 069", "1069"),
    ("1.069,5", "1069.5"),
    ("1 069,5", "1069.5"),
    ("1069,5", "1069.5"),
    ("12.500.000", "12500000"),
    ("12.500.000,25", "12500000.25"),
    ("1,069", "1.069"),
    ("1,069.5", "1069.5"),
    ("12,500,000", "12500000"),
    ("-0,3", "-0.3"),
    ("−0,3", "-0.3"),
    (" 84,2 ", "84.2"),
    ("100", "100"),
    ("0", "0"),
    ("0,0", "0.0"),
]
NOT_DECIMALS = [
    ("1.5", "unclear"),
    ("84.2", "unclear"),
    ("84.21", "unclear"),
    ("0.5", "unclear"),
    ("1.0690", "unclear"),
    ("84,2%", "digits"),
    (",5", "digits"),
    ("84,", "digits"),
    ("84,2,1", "digits"),
    ("1.06,5", "digits"),
    ("84 phần trăm", "digits"),
    ("16/19", "digits"),
    ("1e3", "digits"),
    ("1.069.5", "digits"),
]


@pytest.mark.parametrize(("typed", "number"), DECIMALS)
def test_decimal_is_read(typed, number):
    assert read_decimal(typed) == Decimal(number)


@pytest.mark.parametrize(("typed", "code"), NOT_DECIMALS)
def test_decimal_is_not_guessed(typed, code):
    with pytest.raises(ValidationError) as refusal:
        read_decimal(typed)
    assert refusal.value.code == code


def test_message_for_a_lone_point_says_what_to_type():
    with pytest.raises(ValidationError) as refusal:
        read_decimal("84.2")
    assert refusal.value.params == {"typed": "84.2", "comma": "84,2"}


class Sheet(forms.Form):
    day = DayField(required=False)
    people = WholeNumberField(required=False)
    rate = DecimalNumberField(required=False)


def test_empty_is_not_stated_and_never_zero():
    form = Sheet({"day": "", "people": "", "rate": ""})
    assert form.is_valid()
    assert form.cleaned_data == {"day": None, "people": None, "rate": None}


def test_echo_reads_the_value_back():
    form = Sheet({"day": "1/6/26", "people": "1069", "rate": "1069,5"})
    assert [str(form[name].echo) for name in form.fields] == ["Thứ Hai, 01/06/2026", "1.069", "1.069,5"]


def test_echo_is_silent_for_what_was_not_understood_or_says_nothing_new():
    form = Sheet({"day": "06-31", "people": "1.069", "rate": ""})
    assert [form[name].echo for name in form.fields] == ["", "", ""]


def test_stored_values_are_shown_as_they_are_written():
    form = Sheet(initial={"day": DAY, "people": 1069, "rate": Decimal("1069.50")})
    assert [form[name].value() for name in form.fields] == [DAY, "1.069", "1.069,50"]
    assert 'value="01/06/2026"' in str(form["day"])


def test_what_was_typed_is_shown_again():
    form = Sheet({"day": "06-31", "people": "1.5", "rate": "84.2"})
    assert not form.is_valid()
    assert [form[name].value() for name in form.fields] == ["06-31", "1.5", "84.2"]


def test_same_number_written_differently_is_no_change():
    form = Sheet({"day": "1/6/26", "people": "1 069", "rate": "84,20"}, initial={"day": DAY, "people": 1069})
    assert form.changed_data == ["rate"]


@pytest.mark.parametrize("typed", ["-1", "2.147.483.648"])
def test_whole_number_stays_in_its_bounds(typed):
    with pytest.raises(ValidationError):
        WholeNumberField().clean(typed)


@pytest.fixture
def kinds(db):
    return [factories.activity_kind(code, name=name) for code, name in (("a", "Tập huấn"), ("b", "Hội nghị"))]


def test_entry_field_gives_the_row_without_a_query(kinds, django_assert_num_queries):
    field = EntryField()
    field.offer(kinds)
    with django_assert_num_queries(0):
        assert field.clean(str(kinds[1].pk)) == kinds[1]


def test_entry_field_refuses_what_was_not_offered(kinds):
    field = EntryField()
    field.offer(kinds[:1])
    with pytest.raises(ValidationError):
        field.clean(str(kinds[1].pk))


def test_entries_field_keeps_the_order_of_the_offer(kinds):
    field = EntriesField(required=False)
    field.offer(kinds)
    assert field.clean([str(kinds[1].pk), str(kinds[0].pk)]) == kinds
    assert field.clean([]) == []


@pytest.fixture
def places(db):
    """A province before and after it was merged, a district, and communes of both times."""
    before = factories.province("Quảng Thử", valid_to=date(2025, 6, 30))
    merged_in = factories.province("Kon Thử", valid_to=date(2025, 6, 30))
    after = factories.province("Quảng Thử", valid_from=date(2025, 7, 1))
    for origin in (before, merged_in):
        origin.successions.create(successor=after, on=date(2025, 7, 1), nature="merged", extent="whole")
    district = AdministrativeUnit.objects.create(
        code="901",
        name="Ba Thử",
        kind=UnitKind.RURAL_DISTRICT,
        level=UnitLevel.DISTRICT,
        parent=before,
        province=before,
        valid_to=date(2025, 6, 30),
    )
    old = {"valid_to": date(2025, 6, 30)}
    new = {"valid_from": date(2025, 7, 1)}
    factories.commune(district, "Ba Tô", province=before, **old)
    factories.commune(merged_in, "Đăk Thử", **old)
    for name in ("Ba Tơ", "Ba Tô", "Sơn Thủy", "Đặng Thùy Trâm"):
        factories.commune(after, name, **new)
    factories.commune(factories.province("Xa Thử"), "Nơi khác")
    return factories.agency(after)


def test_offered_units_are_those_of_the_province_on_the_day(places):
    offered = [unit_label(unit) for unit in offered_units(places, date(2026, 6, 1))]
    assert offered == ["Tỉnh Quảng Thử", "Xã Ba Tô", "Xã Ba Tơ", "Xã Đặng Thùy Trâm", "Xã Sơn Thủy"]


def test_offered_units_before_a_merger_are_those_of_all_its_provinces(places):
    offered = [unit_label(unit) for unit in offered_units(places, date(2025, 6, 30))]
    assert offered == ["Tỉnh Kon Thử", "Tỉnh Quảng Thử", "Huyện Ba Thử", "Xã Ba Tô, huyện Ba Thử", "Xã Đăk Thử"]


def test_agency_of_the_centre_is_offered_provinces(places):
    places.unit = None
    offered = offered_units(places, date(2026, 6, 1))
    assert [unit.name for unit in offered] == ["Quảng Thử", "Xa Thử"]


FOUND = [
    ("son thuy", ["Xã Sơn Thủy"]),
    ("sơn thủy", ["Xã Sơn Thủy"]),
    ("SON THUY", ["Xã Sơn Thủy"]),
    ("xa son", ["Xã Sơn Thủy"]),
    ("dang thuy tram", ["Xã Đặng Thùy Trâm"]),
    ("đặng", ["Xã Đặng Thùy Trâm"]),
    ("ba to", ["Xã Ba Tô", "Xã Ba Tơ"]),
    ("ba tơ", ["Xã Ba Tơ", "Xã Ba Tô"]),
    ("ba tô", ["Xã Ba Tô", "Xã Ba Tơ"]),
    ("nơi khác", []),
]


@pytest.mark.parametrize(("words", "found"), FOUND)
def test_units_are_found_without_marks_and_exact_ones_first(places, words, found):
    hits = find_units(offered_units(places, date(2026, 6, 1)), words)
    assert [unit_label(unit) for unit in hits] == found


def place_form(places, **data):
    class PlaceForm(forms.Form):
        unit = UnitField()

    form = PlaceForm(data)
    form.fields["unit"].offer_units(offered_units(places, date(2026, 6, 1)))
    return form


@pytest.mark.parametrize("words", ["son thuy", "Xã Sơn Thủy", "ba tơ"])
def test_words_that_mean_one_place_choose_it(places, words):
    form = place_form(places, unit_words=words)
    assert form.is_valid()
    assert form["unit"].value() == form.cleaned_data["unit"].pk


@pytest.mark.parametrize(("words", "code", "left"), [("ba to", "several", 3), ("nơi khác", "none", 6)])
def test_words_that_mean_several_places_or_none_are_asked_back(places, words, code, left):
    form = place_form(places, unit_words=words)
    assert form.errors.as_data()["unit"][0].code == code
    form["unit"].narrow()
    shown = form["unit"].as_widget().count("<option")
    assert (form["unit"].words, shown) == (words, left)


def test_words_typed_after_a_place_was_chosen_count(places):
    """The form begins with the place of the last activity: a name typed over it must not be lost."""
    chosen = str(AdministrativeUnit.objects.get(name="Sơn Thủy").pk)
    assert place_form(places, unit=chosen, unit_words="ba tơ")["unit"].value() != chosen
    assert place_form(places, unit=chosen, unit_words="ba to").errors.as_data()["unit"][0].code == "several"
    for words in ("son", "nơi khác"):
        assert place_form(places, unit=chosen, unit_words=words)["unit"].value() == chosen


def test_place_of_another_day_is_refused_with_what_to_do(places):
    other = AdministrativeUnit.objects.get(name="Đăk Thử")
    form = place_form(places, unit=str(other.pk))
    assert form.errors.as_data()["unit"][0].code == "not_valid"
