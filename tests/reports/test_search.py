"""The search on the frame: four kinds of records, only what the reader may see, in few queries."""

from datetime import date

import pytest
from django.conf import settings
from django.urls import reverse

from coordination.enums import DocumentState
from coordination.models import UnitSuccession
from programs.enums import FactState
from reports.search import NAMED, SHOWN
from tests import factories
from tests.pages import Page

SEARCH = reverse("reports:search")
ISSUED = {"state": DocumentState.ISSUED, "issued_on": date(2026, 6, 20)}


@pytest.fixture
def records(cast):
    """Of each kind one that says "đối thoại", of the board; the report and the paper are issued."""
    subject = "Báo cáo kết quả đối thoại chính sách"
    paper = factories.document(cast.board, number="87", symbol="BC-SDTTG", subject=subject, **ISSUED)
    plan = factories.document(cast.board, number="7", symbol="KH-SDTTG", subject="Kế hoạch đối thoại", **ISSUED)
    return {
        "activity": factories.activity(cast.board, cast.commune, title="Đối thoại chính sách", attendances=40),
        "model": factories.community_model(cast.board, cast.commune, name="Tổ đối thoại thôn"),
        "report": factories.report(cast.board, cast.province, document=paper),
        "document": plan,
    }


def found(client, words, **query):
    return {kind.kind: kind for kind in client.get(SEARCH, {"q": words} | query).context["found"]}


def counts(client, words):
    return {name: kind.count for name, kind in found(client, words).items()}


def test_each_kind_is_found_without_marks_and_opens(client, cast, records):
    client.force_login(cast.officer)
    assert counts(client, "doi thoai") == {"activity": 1, "model": 1, "report": 1, "document": 1}
    page = Page(client.get(SEARCH, {"q": "doi thoai"}))
    assert page.texts("h2") == ["Hoạt động", "Mô hình", "Báo cáo", "Văn bản"]
    links = {link.attributes["href"] for link in page.all("a", class_="strong")}
    assert links == {
        reverse("programs:activity_detail", args=[records["activity"].uid]),
        reverse("programs:model_detail", args=[records["model"].uid]),
        reverse("reports:report_detail", args=[records["report"].uid]),
        reverse("coordination:document_detail", args=[records["document"].uid]),
    }


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        ("87/BC-SDTTG", {"report"}),
        ("bc-sdttg", {"report"}),
        ("07/KH-SDTTG", {"document"}),
        ("ba thử", {"place", "agency", "activity", "model"}),
        ("đối thoại thôn", {"model"}),
        ("không có gì", set()),
        ("%", set()),
        ("/", set()),
    ],
)
def test_what_words_find(client, cast, records, words, kinds):
    client.force_login(cast.officer)
    assert found(client, words).keys() == kinds


@pytest.mark.parametrize(
    ("person", "kinds"),
    [
        ("officer", {"activity", "model", "report", "document"}),
        ("leader", {"activity", "model", "report", "document"}),
        ("chair", {"activity", "model", "report", "document"}),
        ("partner", set()),
        ("stranger", set()),
        ("administrator", set()),
    ],
)
def test_only_what_the_reader_may_see(client, cast, records, person, kinds):
    client.force_login(getattr(cast, person))
    assert found(client, "doi thoai").keys() == kinds


def test_an_old_place_is_found_first_and_leads_to_what_it_is_now(client, cast):
    old = factories.province("Kon Thử", valid_to=date(2025, 6, 30))
    factories.commune(cast.province, "Đắk Kon Thử")
    on = date(2025, 7, 1)
    UnitSuccession.objects.create(predecessor=old, successor=cast.province, on=on, nature="merged", extent="whole")
    factories.activity(cast.board, cast.commune, title="Giao lưu với Kon Thử")
    client.force_login(cast.officer)
    response = client.get(SEARCH, {"q": "kon thu"})
    places, activities = response.context["found"]
    assert ([unit.name for unit in places.rows], activities.kind) == (["Kon Thử", "Đắk Kon Thử"], "activity")
    links = {link.attributes["href"] for link in Page(response).all("a")}
    assert links >= {reverse("coordination:unit_detail", args=[unit.uid]) for unit in (old, cast.province)}


@pytest.mark.parametrize("person", ["officer", "stranger", "administrator"])
def test_an_agency_is_found_by_the_name_it_had(client, cast, person):
    board = factories.agency(cast.province, "Ban Tôn giáo", "BTG")
    name = board.names.get()
    name.pk, name.name, name.short_name, name.valid_from = None, "Sở Mới", "Sở Mới", date(2025, 3, 1)
    board.names.update(valid_to=date(2025, 2, 28))
    name.save(force_insert=True)
    client.force_login(getattr(cast, person))
    page = Page(client.get(SEARCH, {"q": "ban ton giao"}))
    link = page.one("a", class_="strong")
    assert (link.text, link.attributes["href"]) == ("Sở Mới", reverse("coordination:agency_detail", args=[board.uid]))
    assert "trước đây: Ban Tôn giáo" in page.texts(class_="sub")


def test_three_places_are_shown_and_the_list_shows_as_many_as_were_counted(client, cast):
    for number in range(NAMED + 2):
        factories.commune(cast.province, f"Kon {number}")
    client.force_login(cast.officer)
    places = found(client, "kon")["place"]
    assert (len(places.rows), places.count) == (NAMED, NAMED + 2)
    assert client.get(places.url).context["page"].paginator.count == NAMED + 2


def test_drafts_are_found_by_their_agency_only(client, cast):
    factories.activity(cast.board, cast.commune, title="Đối thoại nháp", state=FactState.DRAFT)
    paper = factories.document(cast.board, subject="Báo cáo đối thoại")
    factories.report(cast.board, cast.province, document=paper)
    client.force_login(cast.chair)
    assert found(client, "doi thoai") == {}
    client.force_login(cast.officer)
    assert found(client, "doi thoai").keys() == {"activity", "report"}


def test_ten_are_shown_newest_first_and_the_list_shows_as_many_as_were_counted(client, cast):
    for day in range(1, SHOWN + 3):
        factories.activity(cast.board, cast.commune, date(2024, 1, day), title=f"Hội nghị {day}")
    client.force_login(cast.officer)
    activities = found(client, "hoi nghi")["activity"]
    assert (len(activities.rows), activities.count, activities.more) == (SHOWN, SHOWN + 2, False)
    assert activities.rows[0].title == f"Hội nghị {SHOWN + 2}"
    assert client.get(activities.url).context["page"].paginator.count == SHOWN + 2


def test_links_to_lists_keep_the_words(client, cast, records):
    client.force_login(cast.officer)
    kinds = found(client, "doi thoai")
    for name, key in (("activity", "page"), ("model", "page"), ("report", "page")):
        assert [row.pk for row in client.get(kinds[name].url).context[key]] == [records[name].pk]
        assert client.get(kinds[name].url.replace("thoai", "khac")).context[key].paginator.count == 0
    register = client.get(kinds["document"].url).context["page"]  # where the report stands too
    assert {row.pk for row in register} == {records["document"].pk, records["report"].document_id}


def test_count_stops_at_the_cap(client, cast, monkeypatch):
    monkeypatch.setattr(settings, "COUNT_CAP", SHOWN + 1)
    for _number in range(SHOWN + 3):
        factories.activity(cast.board, cast.commune, title="Hội nghị")
    client.force_login(cast.officer)
    activities = found(client, "hoi nghi")["activity"]
    assert (activities.count, activities.more) == (SHOWN + 1, True)
    assert f"hơn {SHOWN + 1} kết quả" in client.get(SEARCH, {"q": "hoi nghi"}).text


@pytest.mark.parametrize("rows", [1, SHOWN, 3 * SHOWN])
def test_query_count(client, cast, rows, django_assert_num_queries):
    for number in range(rows):
        factories.activity(cast.board, cast.commune, title="Đối thoại")
        factories.community_model(cast.board, cast.commune, name=f"Tổ đối thoại {number}")
        factories.document(cast.board, number=str(number), subject="Kế hoạch đối thoại", **ISSUED)
    client.force_login(cast.officer)
    client.get(SEARCH)  # the first page of a session stores its form token
    with django_assert_num_queries(12 if rows < SHOWN else 15):
        assert len(found(client, "doi thoai")) == 3


@pytest.mark.parametrize("query", ["", " ", "\x00", "a" * 101])
def test_nothing_asked_is_nothing_found(client, cast, records, query):
    client.force_login(cast.officer)
    response = client.get(SEARCH, {"q": query})
    assert (response.status_code, response.context["found"]) == (200, [])
    assert "Tìm địa danh và cơ quan theo tên cũ hoặc mới" in response.text


def test_nothing_found_says_what_to_try(client, cast):
    client.force_login(cast.officer)
    response = client.get(SEARCH, {"q": "<b>khong co</b>"})
    assert "Không thấy “&lt;b&gt;khong co&lt;/b&gt;”" in response.text


def test_the_frame_has_the_field_for_those_who_read_records(client, cast):
    client.force_login(cast.officer)
    page = Page(client.get(SEARCH))
    (form,) = (form for form in page.all("form", class_="band-find"))
    assert (form.attributes["action"], form.attributes["method"]) == (SEARCH, "get")
    assert page.one("label", for_="find").text == "Tìm theo tên, số văn bản"
    assert page.one("a", href=SEARCH).within(class_="tabbar")
    client.force_login(cast.administrator)
    assert Page(client.get(reverse("coordination:account_list"))).all("form", class_="band-find") == []


def test_swap_equals_the_part_of_the_page(client, cast, records):
    client.force_login(cast.officer)
    page, swap = (client.get(SEARCH, {"q": "doi"}, headers=headers) for headers in ({}, {"HX-Request": "true"}))
    assert Page(swap).part("found") == Page(page).part("found")
    assert "<html" not in swap.text


def test_anonymous_and_the_wrong_method(client, cast):
    assert client.get(SEARCH).status_code == 302
    client.force_login(cast.officer)
    assert client.post(SEARCH).status_code == 405
