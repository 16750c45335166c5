"""Places through time: found by old names, shown as they were and are, corrected or changed by decision."""

from datetime import date

import pytest
from django.urls import reverse

from coordination.enums import SuccessionExtent, SuccessionNature
from coordination.models import AdministrativeUnit, UnitSuccession
from coordination.places import became_of, matching
from tests import factories
from tests.pages import Page

LAST, FIRST = date(2025, 6, 30), date(2025, 7, 1)


def edge(old, new, extent=SuccessionExtent.WHOLE, nature=SuccessionNature.MERGED):
    return UnitSuccession.objects.create(
        predecessor=old, successor=new, on=FIRST, nature=nature, extent=extent, legal_document="NQ 202/2025/QH15"
    )


@pytest.fixture
def merged(cast):
    """Kon Thử with a district and a commune went into Quảng Thử; the commune into two."""
    old = factories.province("Kon Thử", valid_to=LAST)
    district = factories.commune(old, "Đắk Hà", kind="huyen", level="district", valid_to=LAST, code="610")
    commune = factories.commune(district, "Đắk La", province=old, valid_to=LAST)
    parts = [factories.commune(cast.province, name, valid_from=FIRST) for name in ("Đắk Pxi", "Đắk Mar")]
    edge(old, cast.province)
    for part in parts:
        edge(commune, part, SuccessionExtent.PART, SuccessionNature.SPLIT)
    cast.old, cast.district, cast.old_commune, cast.parts = old, district, commune, parts
    return cast


@pytest.mark.parametrize("words", ["kon thu", "Kon Thử", "KON  THỬ"])
def test_an_old_province_is_found_and_leads_to_what_it_is_now(merged, client, words):
    client.force_login(merged.officer)
    page = Page(client.get(reverse("coordination:unit_list"), {"q": words}))
    row = page.one(class_="unit-row")
    assert "Tỉnh Kon Thử" in row.text
    assert "đến 30/06/2025" in row.text
    assert "today: Tỉnh Quảng Thử" in row.text.replace("hôm nay", "today").replace("Hôm nay", "today")


def test_a_former_district_leads_to_what_its_communes_became(merged):
    found = became_of([merged.district], date(2026, 1, 1))[merged.district.pk]
    assert [(now.unit, now.whole) for now in found] == [(merged.parts[1], False), (merged.parts[0], False)]


def test_a_unit_of_today_became_nothing(merged):
    assert became_of([merged.commune], date(2026, 1, 1)) == {}


def test_several_changes_in_a_row_are_followed(merged):
    newest = factories.commune(merged.province, "Đắk Mới", valid_from=date(2026, 1, 1))
    merged.parts[0].valid_to = date(2025, 12, 31)
    merged.parts[0].save()
    edge(merged.parts[0], newest)
    found = became_of([merged.old_commune], date(2026, 2, 1))[merged.old_commune.pk]
    assert [now.unit for now in found] == [merged.parts[1], newest]


def test_after_a_comma_stands_the_unit_above(merged):
    units = AdministrativeUnit.objects.all()
    assert list(matching(units, "dak la, dak ha")) == [merged.old_commune]
    assert list(matching(units, "dak la, ba to")) == []


@pytest.mark.parametrize("rows", [1, 3])
def test_list_query_count(cast, client, django_assert_num_queries, rows):
    for number in range(rows):
        old = factories.province(f"Cũ {number}", valid_to=LAST)
        edge(old, cast.province)
    client.force_login(cast.officer)
    client.get(reverse("coordination:unit_list"))
    with django_assert_num_queries(9):
        page = Page(client.get(reverse("coordination:unit_list"), {"q": "cu"}))
    assert len(page.all(class_="unit-row")) == rows


def test_page_shows_before_and_after_with_the_law(merged, client):
    client.force_login(merged.stranger)
    before = Page(client.get(reverse("coordination:unit_detail", args=[merged.old_commune.uid])))
    assert before.one(class_="note-warn")
    assert "01/07/2025 · Tách · Một phần · NQ 202/2025/QH15" in " ".join(before.texts(class_="unit-row"))
    now = Page(client.get(reverse("coordination:unit_detail", args=[merged.province.uid])))
    assert "Tỉnh Kon Thử" in now.one(class_="unit-row").text
    assert "Sở Dân tộc và Tôn giáo" in now.one("aside").text


# --- a mistake -------------------------------------------------------------------------------------------------------


def correct(client, unit, **changed):
    values = {"name": "Ba Thơ", "kind": "xa", "reason": "Gõ nhầm", "version": unit.version} | changed
    return client.post(reverse("coordination:unit_correct", args=[unit.uid]), values)


def test_a_mistake_is_corrected_in_place_with_its_reason(cast, client):
    client.force_login(cast.administrator)
    assert correct(client, cast.commune).status_code == 302
    cast.commune.refresh_from_db()
    assert (cast.commune.name, cast.commune.version, cast.commune.search_text) == ("Ba Thơ", 2, "xa ba tho")
    page = Page(
        client.get(reverse("coordination:history", args=["coordination.administrativeunit", cast.commune.uid]))
    )
    assert (page.texts("del"), page.texts("ins")) == (["Ba Thử"], ["Ba Thơ"])
    assert "Gõ nhầm" in page.one("ol", class_="line").text


def test_a_stale_correction_shows_what_stands_now_and_keeps_what_was_typed(cast, client):
    client.force_login(cast.administrator)
    correct(client, cast.commune)
    response = correct(client, cast.commune, name="Ba Thứ")
    page = Page(response)
    assert response.status_code == 422
    assert "Xã Ba Thơ" in page.one(class_="errsum").text
    assert page.one("input", name="name").attributes["value"] == "Ba Thứ"
    assert page.one("input", name="version").attributes["value"] == "2"


# --- a decision ------------------------------------------------------------------------------------------------------


def decide(client, unit, **changed):
    values = {"on": "01/01/2026", "legal_document": "NQ 1/2025", "nature": "renamed", "new": "xã Ba Mới, 00099"}
    return client.post(reverse("coordination:unit_change", args=[unit.uid]), values | changed)


def test_first_what_is_touched_is_shown_and_nothing_saved(cast, client):
    seat = factories.agency(cast.commune, "Ủy ban nhân dân xã Ba Thử", "UBND2")
    client.force_login(cast.administrator)
    page = Page(decide(client, cast.commune))
    assert "Xã Ba Thử kết thúc vào 31/12/2025" in page.one("section", class_="note-warn").text
    assert seat.name_on(date(2026, 1, 1)).name in page.one("section", class_="note-warn").text
    assert UnitSuccession.objects.count() == 0


def test_a_new_name_begins_on_its_day_and_the_agency_moves_with_it(cast, client):
    seat = factories.agency(cast.commune, "Ủy ban nhân dân xã", "UBND2")
    record = factories.activity(cast.board, cast.commune, day=date(2025, 3, 8))
    client.force_login(cast.administrator)
    response = decide(client, cast.commune, confirmed="1")
    new = AdministrativeUnit.objects.get(name="Ba Mới")
    assert response.url == reverse("coordination:unit_detail", args=[new.uid])
    old = AdministrativeUnit.objects.get(pk=cast.commune.pk)
    assert (old.valid_to, new.valid_from, new.code) == (date(2025, 12, 31), date(2026, 1, 1), "00099")
    succession = UnitSuccession.objects.get()
    assert (succession.predecessor, succession.successor, succession.nature, succession.extent) == (
        old, new, "renamed", "whole",
    )  # fmt: skip
    seat.refresh_from_db()
    record.refresh_from_db()
    assert (seat.unit, record.unit) == (new, old)


def test_a_split_leaves_parts(cast, client):
    client.force_login(cast.administrator)
    decide(client, cast.commune, nature="split", new="xã Ba Một, 00097\nphường Ba Hai, 00098", confirmed="1")
    edges = UnitSuccession.objects.order_by("successor__code").values_list("successor__name", "extent")
    assert list(edges) == [("Ba Một", "part"), ("Ba Hai", "part")]


def test_a_merger_of_communes(cast, client):
    other = factories.commune(cast.province, "Ba Kia")
    client.force_login(cast.administrator)
    decide(client, cast.commune, nature="merged", others=[other.pk], new="xã Ba Chung, 00096", confirmed="1")
    names = UnitSuccession.objects.order_by("predecessor__name").values_list("predecessor__name", "extent")
    assert list(names) == [("Ba Kia", "whole"), ("Ba Thử", "whole")]


def test_communes_of_a_province_go_on_under_its_new_name(cast, client):
    client.force_login(cast.administrator)
    decide(client, cast.province, new="tỉnh Quảng Mới, 99", confirmed="1")
    later = AdministrativeUnit.objects.get(name="Ba Thử", valid_from=date(2026, 1, 1))
    assert (later.province.name, later.origins.get().predecessor) == ("Quảng Mới", cast.commune)
    cast.board.refresh_from_db()
    assert cast.board.unit.name == "Quảng Mới"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"nature": "merged"}, "Chọn các đơn vị còn lại"),
        ({"nature": "split"}, "mỗi dòng một đơn vị"),
        ({"new": "xã Một, 00001\nxã Hai, 00002"}, "Đổi tên chỉ dùng cho một đơn vị"),
        ({"new": "Ba Mới, 00099"}, "bắt đầu bằng loại đơn vị"),
        ({"new": "xã Ba Mới"}, "mã gồm 5 chữ số"),
        ({"on": "01/01/2027"}, "ngày có hiệu lực"),
    ],
)
def test_a_wrong_decision_is_explained_and_kept(cast, client, changed, words, time_machine):
    time_machine.move_to(date(2026, 6, 1))
    client.force_login(cast.administrator)
    response = decide(client, cast.commune, confirmed="1", **changed)
    assert response.status_code == 422
    assert words in Page(response).one(class_="errsum").text
    assert Page(response).one("input", name="legal_document").attributes["value"] == "NQ 1/2025"
    assert AdministrativeUnit.objects.filter(valid_to=date(2025, 12, 31)).count() == 0


def test_only_the_system_administrator_changes_places(cast, client):
    for person, expected in ((cast.officer, 403), (cast.leader, 403), (cast.administrator, 200)):
        client.force_login(person)
        for name in ("unit_correct", "unit_change"):
            assert client.get(reverse(f"coordination:{name}", args=[cast.commune.uid])).status_code == expected
    client.force_login(cast.officer)
    assert (correct(client, cast.commune).status_code, decide(client, cast.commune, confirmed="1").status_code) == (
        403, 403,
    )  # fmt: skip
    assert AdministrativeUnit.objects.get(pk=cast.commune.pk).version == 1
