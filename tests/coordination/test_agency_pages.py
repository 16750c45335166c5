"""Pages of agencies: found by names of any time, shown through time, entered, corrected, changed step by step."""

from datetime import date

import pytest
from django.urls import reverse

from coordination.agencies import put_in_order
from coordination.enums import MemberRole
from coordination.models import Agency, AgencyName, AgencySuccession, Party
from tests import factories
from tests.pages import Page

ON, LAST = date(2026, 3, 1), date(2026, 2, 28)
TODAY = date(2026, 6, 20)
NAMES = {"name": "Sở Mới", "short_name": "Sở Mới", "symbol": "SM", "place": "Quảng Thử", "letterhead": "SỞ MỚI",
         "letterhead_parent": "UBND TỈNH QUẢNG THỬ"}  # fmt: skip


@pytest.fixture(autouse=True)
def of_the_day(time_machine):
    time_machine.move_to(TODAY)


@pytest.fixture
def renamed(cast):
    """The board was "Ban Dân tộc" until 28 February 2025."""
    cast.board.names.update(valid_from=date(2025, 3, 1), decided_by="NQ 5")
    AgencyName.objects.create(
        agency=cast.board, name="Ban Dân tộc", short_name="Ban Dân tộc", symbol="BDT", letterhead="BAN DÂN TỘC",
        place="Quảng Thử", valid_from=date(2020, 1, 1), valid_to=date(2025, 2, 28),
    )  # fmt: skip
    return cast


@pytest.fixture
def admin(cast, client):
    client.force_login(cast.administrator)
    return client


def address(name, agency=None, *more):
    return reverse(f"coordination:agency_{name}", args=[agency.uid, *more] if agency else [])


def listed(client, **query):
    return [
        element.text
        for element in Page(client.get(address("list"), query)).all("a", class_="strong")
        if element.within(tag="td")
    ]


def hidden(page, *names):
    return {name: page.one("input", name=name).attributes["value"] for name in names}


def filled(client, action, agency, **typed):
    page = Page(client.get(address(action, agency)))
    values = {"on": "01/03/2026", "decided_by": "QĐ 12/QĐ-UBND"} | hidden(page, "version", "form_token", "rows")
    return {key: value for key, value in (values | typed).items() if value is not None}


def errors(response):
    assert response.status_code == 422
    page = Page(response)
    assert page.one("title").text.count("Lỗi:") == 1
    return page.one(class_="errsum").text


# --- the list --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["ban dan toc", "Ban Dân tộc", "BDT", "dan toc quang thu"])
def test_an_agency_is_found_by_the_name_it_had(renamed, client, words):
    client.force_login(renamed.officer)
    assert listed(client, q=words) == ["Sở Dân tộc và Tôn giáo"]
    page = Page(client.get(address("list"), {"q": words}))
    assert "trước đây: Ban Dân tộc" in page.texts(class_="sub")


def test_filters_by_province_kind_and_standing(cast, client):
    closed = factories.agency(cast.province, "Sở Cũ", "SC", closed_on=LAST, protocol_order=1)
    union = factories.agency(None, "Trung ương Hội", "TW", kind="union")
    client.force_login(cast.officer)
    assert listed(client)[-1] == "Sở Cũ"  # those that ended come last
    assert listed(client, standing="closed") == ["Sở Cũ"]
    assert "Sở Cũ" not in listed(client, standing="open")
    assert listed(client, province="centre") == ["Trung ương Hội"]
    assert listed(client, province=cast.elsewhere.pk) == ["Sở Dân tộc và Tôn giáo Lâm Thử"]
    assert listed(client, kind="union") == ["Trung ương Hội"]
    assert (closed.pk, union.kind) == (Agency.objects.get(names__symbol="SC").pk, "union")


def test_list_goes_province_by_province_from_the_own_one_each_in_protocol_order(cast, client):
    for order, unit in enumerate((cast.commune, cast.elsewhere, cast.province, None), start=1):
        factories.agency(unit, f"Phòng {order}", f"P{order}", protocol_order=order)
    factories.agency(cast.province, "Phòng 0", "P0", protocol_order=0)
    client.force_login(cast.officer)
    assert listed(client, q="phong") == ["Phòng 0", "Phòng 3", "Phòng 1", "Phòng 4", "Phòng 2"]
    client.force_login(cast.administrator)  # of no province: the centre comes first
    assert listed(client, q="phong") == ["Phòng 4", "Phòng 2", "Phòng 0", "Phòng 3", "Phòng 1"]


@pytest.mark.parametrize("rows", [1, 3])
def test_list_query_count(cast, client, django_assert_num_queries, rows):
    for number in range(rows):
        factories.agency(cast.commune, f"Phòng {number}", f"P{number}")
    client.force_login(cast.officer)
    with django_assert_num_queries(10):
        assert len(listed(client, q="phong")) == rows


def test_the_table_alone_is_that_of_the_page(cast, client):
    client.force_login(cast.officer)
    whole = Page(client.get(address("list"), {"q": "so"}))
    swap = Page(client.get(address("list"), {"q": "so"}, headers={"HX-Request": "true"}))
    assert whole.part("agency-table") == swap.part("agency-table")


# --- one agency ------------------------------------------------------------------------------------------------------


def test_the_page_shows_names_over_time_with_letterhead_and_decision(renamed, client):
    client.force_login(renamed.stranger)
    page = Page(client.get(address("detail", renamed.board)))
    names = page.texts(class_="agency-name")
    assert len(names) == 2
    assert "Sở Dân tộc và Tôn giáo" in names[0]
    assert "01/03/2025" in names[0]
    assert "NQ 5" in names[0]
    assert "BAN DÂN TỘC" in names[1]
    assert "28/02/2025" in names[1]


def test_members_are_named_to_colleagues_and_the_administrator_and_counted_for_others(cast, client):
    name = cast.leader.full_name
    found = {}
    for person in ("officer", "administrator", "stranger", "partner"):
        client.force_login(getattr(cast, person))
        found[person] = (
            name in Page(client.get(address("detail", cast.board))).one("section", aria_labelledby="people").text
        )
    assert found == {"officer": True, "administrator": True, "stranger": False, "partner": False}
    assert "3" in Page(client.get(address("detail", cast.board))).one("section", aria_labelledby="people").text


def test_desks_are_those_on_the_list_and_those_of_documents(cast, client):
    cast.board.desks = "Phòng Chính sách"
    cast.board.save()
    document = factories.document(cast.board)
    Party.objects.create(document=document, agency=cast.board, desk="Văn phòng", symbol_order=1, signature_column=1)
    client.force_login(cast.officer)
    text = Page(client.get(address("detail", cast.board))).one("section", aria_labelledby="about").text
    assert "Phòng Chính sách" in text
    assert "Văn phòng (1" in text


def test_documents_are_those_the_reader_may_read(cast, client):
    factories.document(cast.board, subject="Dự thảo nội bộ")
    for person, seen in ((cast.officer, True), (cast.stranger, False)):
        client.force_login(person)
        page = Page(client.get(address("detail", cast.board)))
        assert ("Dự thảo nội bộ" in page.one("section", aria_labelledby="documents").text) is seen


# --- entered and corrected -------------------------------------------------------------------------------------------


def entered(client, **typed):
    token = hidden(Page(client.get(address("create"))), "form_token")
    values = NAMES | {"kind": "state", "role": "other", "protocol_order": "9", "since": "01/03/2026"} | token
    return {key: value for key, value in (values | typed).items() if value is not None}


def test_an_agency_is_entered_once_however_often_the_form_is_sent(cast, admin):
    values = entered(admin, province=cast.province.pk, parent=cast.committee.pk, opened_on="01/03/2026")
    answers = [admin.post(address("create"), values) for _click in range(2)]
    made = Agency.objects.get(names__symbol="SM")
    assert [answer.url for answer in answers] == [address("detail", made)] * 2
    assert (made.unit, made.parent, made.protocol_order, made.opened_on) == (cast.province, cast.committee, 9, ON)
    assert made.names.get().valid_from == ON


def test_the_seat_of_a_commune_is_found_by_its_name(cast, admin):
    admin.post(address("create"), entered(admin, province=cast.province.pk, commune="ba thu"))
    assert Agency.objects.get(names__symbol="SM").unit == cast.commune


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"symbol": "HLHPN"}, "là ký hiệu của “Hội LHPN tỉnh”"),
        ({"commune": "khong co"}, "không có xã, phường nào"),
        ({"province": "", "commune": "Ba Thử"}, "Chọn tỉnh"),
        ({"opened_on": "01/04/2026"}, "trước ngày thành lập"),
        ({"name": ""}, "Tên"),
    ],
    ids=["symbol", "no such commune", "a commune without its province", "name before the first day", "no name"],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(cast, admin, typed, words):
    response = admin.post(address("create"), entered(admin, province=cast.province.pk) | typed)
    assert words in errors(response)
    assert Page(response).one("input", name="letterhead").attributes["value"] == "SỞ MỚI"
    assert not Agency.objects.filter(names__symbol="SM").exists()


def corrected(agency, **typed):
    values = {"kind": "state", "role": "other", "province": agency.unit.pk, "protocol_order": "7", "reason": "Gõ nhầm"}
    return values | {"version": agency.version} | typed


def test_a_mistake_is_corrected_with_its_reason(cast, admin):
    assert admin.post(address("edit", cast.board), corrected(cast.board)).status_code == 302
    cast.board.refresh_from_db()
    assert (cast.board.protocol_order, cast.board.role, cast.board.version) == (7, "other", 2)
    assert cast.board.history.first().history_change_reason == "Gõ nhầm"


def test_a_stale_correction_says_what_stands_now_and_keeps_what_was_typed(cast, admin):
    admin.post(address("edit", cast.board), corrected(cast.board))
    response = admin.post(address("edit", cast.board), corrected(cast.board, protocol_order="8"))
    assert "Quản trị" in errors(response)
    assert "Thứ tự lễ tân: 7" in errors(response)
    assert Page(response).one("input", name="protocol_order").attributes["value"] == "8"
    assert Page(response).one("input", name="version").attributes["value"] == "2"


def test_nothing_stands_above_itself(cast, admin):
    response = admin.post(address("edit", cast.committee), corrected(cast.committee, parent=cast.board.pk))
    assert "chính mình" in errors(response)


def test_people_cannot_stay_in_an_agency_that_ended(cast, admin):
    response = admin.post(address("edit", cast.board), corrected(cast.board, closed_on="28/02/2026"))
    assert "người làm việc" in errors(response)


def test_a_name_is_corrected_for_all_its_days_and_history_keeps_it(renamed, admin):
    since = date(2025, 3, 1)
    values = NAMES | {"valid_from": "15/03/2025", "reason": "Gõ nhầm", "version": renamed.board.version}
    assert admin.post(address("name_edit", renamed.board, since), values).status_code == 302
    rows = renamed.board.names.order_by("valid_from").values_list("symbol", "valid_from", "valid_to")
    assert list(rows) == [("BDT", date(2020, 1, 1), date(2025, 3, 14)), ("SM", date(2025, 3, 15), None)]
    page = Page(admin.get(reverse("coordination:history", args=["coordination.agency", renamed.board.uid])))
    assert "SDTTG" in " ".join(page.texts("del"))
    assert "SM" in " ".join(page.texts("ins"))


def test_a_name_cannot_begin_before_the_one_before_it(renamed, admin):
    values = NAMES | {"valid_from": "01/01/2020", "reason": "Gõ nhầm", "version": renamed.board.version}
    assert "01/01/2020" in errors(admin.post(address("name_edit", renamed.board, date(2025, 3, 1)), values))


def test_the_administrator_of_an_agency_keeps_its_letterhead_and_desks(cast, client):
    keeper = factories.member(cast.board, MemberRole.ADMINISTRATOR)
    values = {"letterhead": "SỞ DÂN TỘC", "letterhead_parent": "UBND TỈNH", "place": "Quảng Thử",
              "desks": "Văn phòng\n\nPhòng Chính sách\nVăn phòng", "version": cast.board.version}  # fmt: skip
    client.force_login(keeper)
    assert client.post(address("letterhead", cast.board), values).status_code == 302
    cast.board.refresh_from_db()
    assert cast.board.desks == "Văn phòng\nPhòng Chính sách"
    assert cast.board.name_on(TODAY).heading == ("UBND TỈNH", "SỞ DÂN TỘC")
    assert client.get(address("letterhead", cast.union)).status_code == 403
    assert client.get(address("edit", cast.board)).status_code == 403


def order_shown(client, url):
    """What a browser would send if the page were sent as it was opened."""
    fields = [one.attributes for one in Page(client.get(url)).all("input")]
    return {one["name"]: one["value"] for one in fields if one.get("name", "").startswith(("place_", "seen_"))}


def test_protocol_order_is_set_for_a_province_at_once(cast, admin):
    url = f"{address('order')}?province={cast.province.pk}"
    values = order_shown(admin, url)
    assert len(values) == 2 * 3
    assert admin.post(url, values | {f"place_{cast.union.pk}": "2"}).status_code == 302
    cast.union.refresh_from_db()
    cast.board.refresh_from_db()
    assert (cast.union.protocol_order, cast.union.version, cast.board.version) == (2, 2, 1)
    assert listed(admin, province=cast.province.pk)[0] == "Hội LHPN tỉnh"


def test_an_order_somebody_else_saved_meanwhile_is_told_and_not_lost(cast, admin):
    sent = order_shown(admin, address("order"))
    put_in_order({Agency.objects.get(pk=cast.union.pk): 7}, by=cast.administrator)
    stale = admin.post(address("order"), sent | {f"place_{cast.board.pk}": "3"})
    assert (stale.status_code, set(stale.context["form"].errors)) == (422, {f"place_{cast.union.pk}"})
    kept = Page(stale).one("input", name=f"place_{cast.board.pk}").attributes["value"]
    again = sent | {f"place_{cast.board.pk}": kept, f"place_{cast.union.pk}": "7"}
    assert admin.post(address("order"), again).status_code == 302
    orders = dict(Agency.objects.values_list("pk", "protocol_order"))
    assert (orders[cast.union.pk], orders[cast.board.pk]) == (7, 3)


# --- decisions, step by step -----------------------------------------------------------------------------------------


def test_a_rename_shows_names_before_and_after_then_saves_once(cast, admin):
    typed = filled(admin, "rename", cast.board, **NAMES)
    review = admin.post(address("rename", cast.board), typed)
    page = Page(review)
    looks = page.all("div", class_="agency-name")
    assert ["SDTTG" in looks[0].text, "SM" in looks[1].text] == [True, True]
    assert cast.board.names.count() == 1
    kept = {name: page.one("input", name=name).attributes["value"] for name in typed}
    assert kept == typed  # every step carries what was typed
    answers = [admin.post(address("rename", cast.board), typed | {"confirmed": "1"}) for _click in range(2)]
    assert [answer.url for answer in answers] == [address("detail", cast.board)] * 2
    assert cast.board.names.count() == 2


def test_the_letterhead_follows_the_new_name_where_it_followed_the_old(cast, admin):
    typed = filled(admin, "rename", cast.board, **(NAMES | {"letterhead": ""}))
    shown = Page(admin.get(address("rename", cast.board))).one("input", name="letterhead")
    assert "value" not in shown.attributes
    admin.post(address("rename", cast.board), typed | {"confirmed": "1"})
    assert cast.board.name_on(ON).letterhead == "SỞ MỚI"


def test_one_may_go_back_to_what_was_typed(cast, admin):
    typed = filled(admin, "rename", cast.board, **NAMES)
    page = Page(admin.post(address("rename", cast.board), typed | {"open": "again"}))
    assert {name: page.one("input", name=name).attributes["value"] for name in typed} == typed


def test_a_merger_names_what_it_touches_and_leads_to_the_new_agency(cast, admin):
    other = factories.agency(cast.province, "Ban Tôn giáo", "BTG")
    factories.member(other, user=factories.user("Lê Thị Thử"))
    factories.activity(cast.board, cast.commune, day=date(2025, 1, 8), state="draft")
    typed = filled(admin, "merge", cast.board, other0=other.pk, **NAMES)
    touched = Page(admin.post(address("merge", cast.board), typed)).one("section", aria_labelledby="touched").text
    assert "Lê Thị Thử" in touched
    assert "Hoạt động đang nháp: 1" in touched
    answer = admin.post(address("merge", cast.board), typed | {"confirmed": "1"})
    new = Agency.objects.get(names__symbol="SM")
    assert answer.url == address("detail", new)
    page = Page(admin.get(address("detail", cast.board)))
    assert page.one(class_="note-warn").text.count("28/02/2026") == 1
    assert page.all("a", href=address("detail", new))
    again = admin.post(address("merge", cast.board), typed | {"confirmed": "1"})
    assert (again.url, AgencySuccession.objects.count()) == (address("detail", new), 2)


def test_a_content_title_is_not_shown_to_who_may_not_read_it(cast, admin):
    factories.activity(cast.board, cast.commune, day=date(2025, 1, 8), state="draft", title="Chưa công bố")
    other = factories.agency(cast.province, "Ban Tôn giáo", "BTG")
    typed = filled(admin, "merge", cast.board, other0=other.pk, **NAMES)
    assert "Chưa công bố" not in admin.post(address("merge", cast.board), typed).content.decode()


def test_a_split_asks_where_each_person_goes(cast, admin):
    leader = cast.leader.memberships.get()
    parts = {f"part0_{key}": value for key, value in NAMES.items()}
    parts |= {"part1_agency": cast.union.pk, "receiver": "0"}
    typed = filled(admin, "split", cast.board, **parts)
    page = Page(admin.post(address("split", cast.board), typed))
    choice = page.one("select", name=f"member_{leader.pk}")
    options = [element.text for element in page.all("option") if choice in element.parents]
    assert options == ["Sở Mới", "Hội LHPN tỉnh"]
    admin.post(address("split", cast.board), typed | {f"member_{leader.pk}": "1", "confirmed": "1"})
    assert cast.leader.memberships.filter(agency=cast.union, valid_from=ON).exists()
    assert cast.officer.memberships.filter(agency__names__symbol="SM", valid_from=ON).exists()


def test_errors_of_a_split_name_the_agency_they_are_of(cast, admin):
    typed = filled(admin, "split", cast.board, receiver="0", part0_agency=cast.union.pk)
    response = admin.post(address("split", cast.board), typed | {"part1_name": "Sở Mới"})
    lines = [line.text for line in Page(response).all("li") if line.within(class_="errsum")]
    said = "Điền mục này cho tên mới."
    assert lines == [f"Cơ quan 2 – {label}: {said}" for label in ("Tên ngắn", "Ký hiệu", "Địa danh trên văn bản")]


def test_one_agency_more_is_asked_without_losing_what_was_typed(cast, admin):
    typed = filled(admin, "split", cast.board, part0_name="Sở Mới", receiver="0")
    response = admin.post(address("split", cast.board), typed | {"open": "more"})
    page = Page(response)
    assert response.status_code == 200
    assert page.one("input", name="part0_name").attributes["value"] == "Sở Mới"
    assert page.all("input", name="part2_name")


@pytest.mark.parametrize(
    ("action", "typed", "words"),
    [
        ("rename", {**NAMES, "on": "01/01/2020"}, "đã có tên dùng từ 01/01/2020"),
        ("rename", {**NAMES, "on": "31/02/2026"}, "Không có ngày 31/2/2026"),
        ("rename", {**NAMES, "symbol": "HLHPN"}, "Ký hiệu"),
        ("merge", NAMES, "từ hai cơ quan trở lên"),
        ("merge", {}, "tên mới"),
        ("split", {"receiver": "0"}, "tên mới"),
        ("close", {"on": "01/07/2026"}, "có hiệu lực"),
        ("close", {"decided_by": ""}, "Quyết định"),
    ],
)
def test_a_wrong_decision_is_said_by_the_field_and_kept(cast, admin, action, typed, words):
    sent = filled(admin, action, cast.board) | typed | {"confirmed": "1"}
    response = admin.post(address(action, cast.board), sent)
    assert words in errors(response)
    assert Page(response).one("input", name="on").attributes["value"] == sent["on"]
    cast.board.refresh_from_db()
    assert (cast.board.closed_on, cast.board.names.count()) == (None, 1)


def test_a_stale_decision_is_kept_to_be_sent_again(cast, admin):
    typed = filled(admin, "rename", cast.board, **NAMES) | {"confirmed": "1"}
    Agency.objects.filter(pk=cast.board.pk).update(version=5)
    response = admin.post(address("rename", cast.board), typed)
    assert errors(response)
    assert Page(response).one("input", name="version").attributes["value"] == "5"
    assert admin.post(address("rename", cast.board), typed | {"version": "5"}).status_code == 302


def test_a_closed_agency_takes_no_decision(cast, admin):
    closed = factories.agency(cast.province, "Sở Cũ", "SC", closed_on=LAST)
    assert admin.get(address("merge", closed)).url == address("detail", closed)
    assert not Page(admin.get(address("detail", closed))).all("a", href=address("merge", closed))
