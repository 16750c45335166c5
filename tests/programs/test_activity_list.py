"""The list of activities: what is found, what is added up, in how many queries."""

from datetime import date

import pytest
import time_machine
from django.test import override_settings

from coordination.enums import SuccessionExtent, SuccessionNature
from coordination.models import UnitSuccession
from programs.enums import FactState, KindGroup
from tests import factories
from tests.programs.activity_forms import DAY, element

LIST = "/activities/?since=&until="


def get_list(client, **query):
    """Of every day, unless the query names some."""
    return client.get("/activities/", {"since": "", "until": ""} | query)


def titles(response):
    return [activity.title for activity in response.context["page"]]


def test_list_shows_what_the_person_may_see(client, cast, recorded, draft):
    factories.activity(cast.other, cast.far_commune, DAY, title="Tỉnh khác")
    seen = {}
    for person in ("officer", "leader", "clerk", "partner", "chair", "stranger", "administrator"):
        client.force_login(getattr(cast, person))
        seen[person] = sorted(titles(client.get(LIST)))
    everything, public = ["Bản nháp", "Truyền thông thử"], ["Truyền thông thử"]
    assert seen == {
        "officer": everything,
        "leader": everything,
        "clerk": everything,
        "partner": public,
        "chair": public,
        "stranger": ["Tỉnh khác"],
        "administrator": [],
    }


SEARCHES = [
    *[(words, True) for words in ("tuyen truyen", "tuyên truyền", "TUYEN TRUYEN", "Tuyên", "truyền", "truyen tuyen")],
    *[(words, True) for words in ("tao hon", "tảo hôn", "tạo hôn", "TẢO HÔN", "  tao   hon  ", "tao-hon")],
    *[(words, True) for words in ("dang thuy tram", "Đặng Thùy Trâm", "đặng", "dang", "Ðặng", "da nang", "Đà Nẵng")],
    *[
        (words, True)
        for words in ("hoà bình", "hòa bình", "hoa binh", "uỷ ban", "ủy ban", "uy ban", "h'mong", "H’Mông")
    ],
    *[(words, True) for words in ("nha van hoa", "Nhà văn hóa", "12", "ba thu", "Ba Thử", "xã ba thử tao hon", "")],
    *[(words, False) for words in ("hội thi", "hoi thi", "tao honn", "t%o", "tao_hon", "đàng thủy trằm zz", "13")],
]


@pytest.mark.parametrize(("words", "found"), SEARCHES)
def test_search_finds_with_and_without_marks(client, cast, words, found):
    title = "Tuyên truyền phòng, chống tảo-hôn; tảo hôn 12 thôn Đặng Thùy Trâm, Đà Nẵng, Hòa Bình, Ủy ban, H'Mông"
    factories.activity(cast.board, cast.commune, DAY, title=title, place="Nhà văn hoá thôn")
    factories.activity(cast.board, cast.province, DAY, title="Việc khác")
    client.force_login(cast.officer)
    response = get_list(client, q=words)
    assert (title in titles(response)) == found
    assert ("Việc khác" in titles(response)) == (words == "")


def test_each_filter_narrows_the_list(client, cast, recorded, draft):
    other_kind = factories.activity_kind("tap_huan", KindGroup.TRAINING, "lớp", name="Tập huấn")
    project = factories.component("T", kind="project")
    part = factories.component("T.2.1", kind="group", content=factories.component("T.2", parent=project))
    place = factories.commune(cast.province, "Sơn Thử")
    factories.activity(cast.board, place, DAY, title="Lớp", kind=other_kind, component=part, attendances=30)
    factories.activity(cast.union, cast.commune, DAY, title="Của Hội").partners.add(cast.board)
    client.force_login(cast.officer)

    def found(**query):
        return sorted(titles(get_list(client, **query)))

    assert found(kind="tap_huan") == ["Lớp"]
    assert found(component="T.2") == found(component="T") == ["Lớp"]
    assert found(component="T.1") == ["Bản nháp", "Của Hội", "Truyền thông thử"]
    assert found(unit=place.pk) == ["Lớp"]
    assert found(owner=cast.union.pk) == ["Của Hội"]
    assert found(state="draft") == ["Bản nháp"]
    assert found(state="recorded") == ["Của Hội", "Lớp", "Truyền thông thử"]
    assert found(state="no_women") == ["Của Hội", "Lớp"]
    assert found(state="locked") == found(state="correction") == []
    assert found(since="9/3/2026") == found(until="7/3/2026") == []
    assert len(found(since="8/3/2026", until="08-03-2026")) == 4
    assert len(found(kind="unknown", owner="x", unit="0", state="?")) == 4


def test_what_is_left_apart_is_narrowed_by_the_other_filters(client, cast):
    parted = factories.commune(cast.province, "Ba Cũ", valid_to=date(2026, 4, 30))
    new = factories.commune(cast.province, "Ba Mới", valid_from=date(2026, 5, 1))
    UnitSuccession.objects.create(
        predecessor=parted,
        successor=new,
        on=date(2026, 5, 1),
        nature=SuccessionNature.MERGED,
        extent=SuccessionExtent.PART,
    )
    factories.activity(cast.board, parted, date(2026, 3, 1), attendances=9, women=4)
    factories.activity(cast.board, parted, date(2025, 3, 1))
    client.force_login(cast.officer)

    def apart(**query):
        return get_list(client, unit=new.pk, **query).context["foot"].left_apart

    assert (apart(), apart(since="1/1/2026"), apart(until="31/12/2024"), apart(state="no_women")) == (2, 1, 0, 1)


def test_partner_finds_what_lies_outside_the_province(client, cast):
    far = factories.activity(cast.other, cast.far_commune, DAY, title="Liên tỉnh")
    far.partners.add(cast.board)
    client.force_login(cast.officer)
    assert titles(client.get(LIST)) == []
    assert titles(get_list(client, unit="elsewhere")) == ["Liên tỉnh"]


def test_outside_the_province_stands_what_is_visible_there_and_nothing_more(client, cast):
    """Own drafts too, of others what is recorded and one is a partner of; also when searched and within days."""
    far = cast.far_commune
    factories.activity(cast.board, far, DAY, title="Nháp của mình", state=FactState.DRAFT)
    factories.activity(cast.other, far, DAY, title="Nháp tỉnh khác", state=FactState.DRAFT).partners.add(cast.board)
    factories.activity(cast.other, far, DAY, title="Của tỉnh khác")
    factories.activity(cast.other, far, DAY, title="Làm chung").partners.add(cast.board)
    factories.activity(cast.other, far, date(2025, 1, 5), title="Làm chung năm ngoái").partners.add(cast.board)
    client.force_login(cast.officer)
    every_day = sorted(titles(get_list(client, unit="elsewhere")))
    assert every_day == ["Làm chung", "Làm chung năm ngoái", "Nháp của mình"]
    day = DAY.strftime("%d/%m/%Y")
    assert titles(get_list(client, unit="elsewhere", q="chung", since=day, until=day)) == ["Làm chung"]


def test_day_not_understood_is_said_beside_the_field(client, cast, recorded):
    client.force_login(cast.officer)
    response = client.get("/activities/", {"since": "13/13/13", "until": ""})
    assert "Không có ngày 13/13/2013" in response.text
    assert titles(response) == ["Truyền thông thử"]


def test_chips_take_one_filter_away_and_keep_the_others(client, cast, recorded):
    client.force_login(cast.officer)
    response = get_list(client, q="truyen", state="recorded", page="2")
    assert 'href="?since=&amp;until=&amp;state=recorded"' in response.text
    assert 'href="?since=&amp;until=&amp;q=truyen"' in response.text


def test_list_is_sorted_by_day_both_ways(client, cast):
    for day in (9, 7, 8):
        factories.activity(cast.board, cast.commune, date(2026, 3, day), title=f"Ngày {day}")
    client.force_login(cast.officer)
    assert titles(client.get(LIST)) == ["Ngày 9", "Ngày 8", "Ngày 7"]
    assert titles(get_list(client, order="day")) == ["Ngày 7", "Ngày 8", "Ngày 9"]


def test_communes_are_offered_in_vietnamese_order(client, cast):
    for name in ("Đăk Hà", "Ấp Bắc", "Ba Vinh", "Bà Nà", "Ba Tơ", "Ân Phú"):
        factories.commune(cast.province, name)
    client.force_login(cast.officer)
    offered = [label for _value, label in client.get(LIST).context["filter"].form.fields["unit"].choices][1:-1]
    assert offered == ["Xã Ân Phú", "Xã Ấp Bắc", "Xã Ba Thử", "Xã Ba Tơ", "Xã Ba Vinh", "Xã Bà Nà", "Xã Đăk Hà"]


def test_totals_divide_by_the_activities_that_state_women(client, cast):
    numbers = [(100, 60, 80), (50, 10, None), (40, None, None), (None, None, None)]
    for attendances, women, minority in numbers:
        factories.activity(
            cast.board, cast.commune, DAY, attendances=attendances, women=women, minority=minority, sessions=2
        )
    factories.activity(cast.board, cast.commune, DAY, attendances=999, women=999, state=FactState.DRAFT)
    client.force_login(cast.officer)
    context = client.get(LIST).context
    for totals in (context["totals"], context["page_totals"]):
        assert (totals.rows, totals.drafts, totals.counted, totals.total_sessions) == (5, 1, 4, 8)
        assert (totals.total_attendances, totals.total_women, totals.total_minority) == (190, 70, 80)
        assert (totals.sessions_with_women, totals.attendances_with_women) == (4, 150)
        assert f"{totals.share_of_women:.2f}" == "46.67"


def test_corrections_are_in_the_sums_and_are_no_activities(client, cast):
    fact = factories.activity(cast.board, cast.commune, DAY, attendances=100, women=60, sessions=2)
    only_the_total = {"attendances": 5, "women": None, "sessions": 0}
    for numbers in (only_the_total, {"attendances": -3, "women": 1, "sessions": 0}):
        factories.activity(cast.board, cast.commune, DAY, corrects=fact, reason="Đếm lại", **numbers)
    client.force_login(cast.officer)
    response = client.get(LIST)
    for totals in (response.context["totals"], response.context["page_totals"]):
        assert (totals.rows, totals.activities, totals.counted) == (3, 1, 1)
        assert (totals.total_attendances, totals.total_women) == (102, 61)
        assert (totals.sessions_with_women, totals.total_sessions) == (2, 2)
    assert "Cộng tất cả, 1 hoạt động" in response.text
    assert "2/2 cuộc có số nữ" in response.text
    assert "2 số liệu bổ sung đã cộng vào tổng" in response.text
    assert titles(get_list(client, state="no_women")) == []


def test_what_the_filter_finds_wears_the_badge(client, cast):
    """Women not stated is one condition: of what was recorded, with or without a total."""
    factories.activity(cast.board, cast.commune, DAY, attendances=40, title="Có tổng")
    factories.activity(cast.board, cast.commune, DAY, title="Không tổng")
    factories.activity(cast.board, cast.commune, DAY, attendances=40, women=0, title="Không có nữ")
    factories.activity(cast.board, cast.commune, DAY, attendances=40, state=FactState.DRAFT, title="Nháp")
    client.force_login(cast.officer)
    assert sorted(titles(get_list(client, state="no_women"))) == ["Có tổng", "Không tổng"]
    badge = "Thiếu số nữ</span>"
    assert get_list(client).text.count(badge) == 4  # card and row of each


def test_totals_are_those_of_the_page_and_of_all(client, cast):
    for number in range(3):
        factories.activity(cast.board, cast.commune, DAY, attendances=10 + number, women=5)
    client.force_login(cast.officer)
    with override_settings(PAGE_SIZE=2):
        response = client.get(LIST)
    page, everything = response.context["page_totals"], response.context["totals"]
    assert (page.rows, page.total_attendances, page.total_women) == (2, 23, 10)
    assert (everything.rows, everything.total_attendances, everything.total_women) == (3, 33, 15)
    assert "3/3 cuộc có số nữ" in response.text


def test_counting_stops_at_the_cap(client, cast):
    for _number in range(4):
        factories.activity(cast.board, cast.commune, DAY, attendances=10)
    client.force_login(cast.officer)
    with override_settings(COUNT_CAP=3, TOTALS_CAP=3, PAGE_SIZE=2):
        response = client.get(LIST)
        bounded = client.get("/activities/", {"since": "8/3/2026", "until": "8/3/2026"})
    for page in (response, bounded):
        assert page.context["totals"] is None
        assert "hơn <b" in page.text
        assert page.context["page"].paginator.num_pages == 2
        assert "Quá nhiều hoạt động để cộng" in page.text


def test_totals_of_a_period_reach_further_than_the_count(client, cast):
    for _number in range(4):
        factories.activity(cast.board, cast.commune, DAY, attendances=10)
    client.force_login(cast.officer)
    with override_settings(COUNT_CAP=3, TOTALS_CAP=4):
        response = client.get("/activities/", {"since": "8/3/2026", "until": "8/3/2026"})
    assert response.context["totals"].total_attendances == 40


@time_machine.travel("2026-06-16")
def test_list_opens_with_the_current_half_year(client, cast, recorded, periods):
    factories.activity(cast.board, cast.commune, date(2026, 6, 15), title="Kỳ này")
    client.force_login(cast.officer)
    response = client.get("/activities/")
    assert titles(response) == ["Kỳ này"]
    assert [(link["label"], link["current"]) for link in response.context["periods"]] == [
        ("6 tháng cuối năm 2026", True),
        ("6 tháng đầu năm 2026", False),
        ("Quý III năm 2026", False),
        ("Năm 2026", False),
    ]
    before = client.get("/activities/" + response.context["periods"][1]["url"])
    assert titles(before) == ["Truyền thông thử"]


@pytest.mark.parametrize("rows", [1, 3, 50])
@pytest.mark.parametrize(("person", "queries"), [("officer", 10), ("chair", 10)])
def test_list_query_count(client, cast, periods, rows, person, queries, django_assert_num_queries):
    for _number in range(rows):
        factories.activity(cast.board, cast.commune, DAY, attendances=10)
    client.force_login(getattr(cast, person))
    client.get(LIST)  # the first page of a session stores its form token
    with django_assert_num_queries(queries):
        response = client.get(LIST)
    assert len(response.context["page"]) == rows


def test_swap_equals_the_part_of_the_page(client, cast, recorded):
    client.force_login(cast.officer)
    page, swap = client.get(LIST), client.get(LIST, headers={"HX-Request": "true"})
    assert element(swap.text, "activity-table") == element(page.text, "activity-table")
    periods = element(swap.text, "activity-periods").replace(' hx-swap-oob="true"', "")
    assert periods == element(page.text, "activity-periods")
    assert "<html" not in swap.text
    assert {"HX-Request", "HX-Boosted"} <= set(swap["Vary"].replace(" ", "").split(","))


def test_empty_list_says_what_to_do(client, cast):
    client.force_login(cast.officer)
    assert 'href="/activities/new/"' in element(client.get(LIST).text, "activity-table")
    nothing = get_list(client, q="to tiet kiem").text
    assert "Không thấy “to tiet kiem”" in nothing
    client.force_login(cast.leader)
    assert 'href="/activities/new/"' not in element(client.get(LIST).text, "activity-table")
