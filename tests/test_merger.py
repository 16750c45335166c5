"""The change of 1 July 2025 end to end: Kon Tum went into Quảng Ngãi, two boards became one.

Real units by their names and codes; what was recorded before keeps its place, and counts where the place is now.
"""

from datetime import date
from types import SimpleNamespace

import pytest
from django.urls import reverse

from coordination.compose import compose_agreement
from coordination.enums import AgencyRole, DocumentState
from coordination.models import AgencyName, AgencySuccession, Agreement, Party, Section, UnitSuccession
from programs.models import Activity, CommunityModel
from reports.enums import ReportScope
from reports.figures import At, Compared, Scope, Values
from reports.figures.activities import ACTIVITIES
from reports.figures.registry import every_tally
from tests import factories
from tests.pages import Page
from tests.programs.activity_forms import sent

LAST, FIRST = date(2025, 6, 30), date(2025, 7, 1)
DAY = date(2024, 12, 20)  # in the first half of 2025, as decree 09/2019/NĐ-CP has it
LAW = "Nghị quyết 202/2025/QH15"


def became(old, new, nature="merged", extent="whole"):
    UnitSuccession.objects.create(
        predecessor=old, successor=new, on=FIRST, nature=nature, extent=extent, legal_document=LAW
    )


def board(unit, name, symbol, **fields):
    return factories.agency(unit, name, symbol, role=AgencyRole.ETHNIC_AFFAIRS, consolidates=True, **fields)


@pytest.fixture
def merger(db):
    kon_tum = factories.province("Kon Tum", code="62", valid_to=LAST)
    before = factories.province("Quảng Ngãi", code="51", valid_to=LAST)
    now = factories.province("Quảng Ngãi", code="51", valid_from=FIRST)
    district = factories.commune(kon_tum, "Đắk Hà", code="615", kind="huyen", level="district", valid_to=LAST)
    commune = factories.commune(district, "Đắk La", code="23512", province=kon_tum, valid_to=LAST)
    later = factories.commune(now, "Đắk Hà", code="23500", valid_from=FIRST)
    became(kon_tum, now)
    became(before, now)
    became(commune, later)
    old_board = board(kon_tum, "Ban Dân tộc tỉnh Kon Tum", "BDT", closed_on=LAST)
    new_board = board(now, "Sở Dân tộc và Tôn giáo", "SDTTG", opened_on=FIRST)
    AgencySuccession.objects.create(predecessor=old_board, successor=new_board, on=FIRST, nature="merged")
    AgencyName.objects.filter(agency=new_board).update(valid_from=FIRST)
    record = factories.activity(
        old_board, commune, day=DAY, title="Truyền thông ở Đắk La", sessions=4, attendances=200, women=150
    )
    return SimpleNamespace(
        kon_tum=kon_tum, now=now, district=district, commune=commune, later=later, old_board=old_board,
        board=new_board, record=record, officer=factories.member(new_board),
    )  # fmt: skip


@pytest.mark.parametrize("words", ["Kon Tum", "kon tum", "đắk hà", "dak la"])
def test_an_activity_of_before_is_found_by_the_old_names(merger, client, words):
    client.force_login(merger.officer)
    days = {"since": "01/01/2024", "until": "31/12/2025"}
    page = Page(client.get(reverse("programs:activity_list"), {"q": words, **days}))
    assert page.all("a", href=reverse("programs:activity_detail", args=[merger.record.uid]))
    page = Page(client.get(reverse("programs:activity_list"), {"q": "không có nơi này", **days}))
    assert not page.all("a", href=reverse("programs:activity_detail", args=[merger.record.uid]))


@pytest.mark.parametrize("words", ["kon tum", "Đắk Hà", "dak la, dak ha"])
def test_an_old_name_leads_to_the_place_of_today(merger, client, words):
    client.force_login(merger.officer)
    page = Page(client.get(reverse("coordination:unit_list"), {"q": words}))
    place = merger.now if words == "kon tum" else merger.later
    assert page.all("a", href=reverse("coordination:unit_detail", args=[place.uid]))


def test_the_activity_is_shown_as_it_was_and_as_it_is_now(merger, client):
    client.force_login(merger.officer)
    page = Page(client.get(reverse("programs:activity_detail", args=[merger.record.uid])))
    place = next(item.text for item in page.all("dd") if "Đắk La" in item.text)
    assert place == "Xã Đắk La , huyện Đắk Hà, tỉnh Kon Tum hôm nay: Xã Đắk Hà, tỉnh Quảng Ngãi"


def test_it_counts_for_the_merged_province_and_the_record_is_not_touched(merger):
    """Also as "cùng kỳ": the first half of 2026 compares with that of 2025, when there were two provinces."""
    stored = Activity.objects.values().get(pk=merger.record.pk)
    factories.activity(merger.board, merger.later, day=date(2026, 3, 8), sessions=6)
    compared = Compared.of(factories.period("2026-H1", same_period_last_year=factories.period("2025-H1")))
    for kind in (ReportScope.PROVINCE, ReportScope.AGENCY):
        values = Values(Scope.of(merger.board, merger.now, kind), compared, [every_tally(ACTIVITIES)])
        found = [values.get("activities.sessions", at).value for at in (At.NOW, At.LAST_YEAR, At.CHANGE)]
        assert found == [6, 4, 2]
    assert Activity.objects.values().get(pk=merger.record.pk) == stored


def test_the_change_end_to_end(merger, client):
    """Found, shown as it was and as it is, counted for Quảng Ngãi, untouched; and found nowhere else."""
    stored, versions = Activity.objects.values().get(pk=merger.record.pk), merger.record.history.count()
    client.force_login(merger.officer)
    address = reverse("programs:activity_detail", args=[merger.record.uid])

    def listed(**query):
        page = Page(
            client.get(reverse("programs:activity_list"), {"since": "01/01/2024", "until": "31/12/2024"} | query)
        )
        return bool(page.all("a", href=address))

    assert listed(q="kon tum")
    assert listed(q="huyện đắk hà")
    assert listed(unit=merger.later.pk)
    assert listed(unit=merger.commune.pk)
    elsewhere = factories.commune(merger.now, "Ba Tơ", valid_from=FIRST)
    assert not listed(unit=elsewhere.pk)

    places = Page(client.get(reverse("coordination:unit_detail", args=[merger.commune.uid])))
    assert places.all("a", href=reverse("coordination:unit_detail", args=[merger.later.uid]))
    shown = Page(client.get(address))
    assert any(
        "huyện Đắk Hà, tỉnh Kon Tum" in item.text and "tỉnh Quảng Ngãi" in item.text for item in shown.all("dd")
    )

    year = factories.period("2026-H1", same_period_last_year=factories.period("2025-H1"))
    for kind in (ReportScope.PROVINCE, ReportScope.AGENCY):
        values = Values(Scope.of(merger.board, merger.now, kind), Compared.of(year), [every_tally(ACTIVITIES)])
        assert values.get("activities.sessions", At.LAST_YEAR).value == 4
    then = Values(
        Scope.of(merger.board, merger.now, ReportScope.PROVINCE),
        Compared.of(year.same_period_last_year),
        [every_tally(ACTIVITIES)],
    )
    assert then.get("activities.sessions", At.NOW).value == 4

    assert Activity.objects.values().get(pk=merger.record.pk) == stored
    assert merger.record.history.count() == versions
    assert UnitSuccession.objects.get(predecessor=merger.commune).successor == merger.later


def test_what_went_in_part_stands_on_a_line_of_its_own(merger, client):
    """A commune that went into two: nobody can say in which of them it was."""
    other = factories.commune(merger.now, "Ngọk Réo", code="23530", valid_from=FIRST)
    UnitSuccession.objects.filter(predecessor=merger.commune).update(extent="part")
    became(merger.commune, other, extent="part")
    account = factories.community_model(merger.old_board, merger.commune)
    factories.model_event(account, date(2024, 5, 5))
    client.force_login(merger.officer)
    page = Page(client.get(reverse("programs:activity_list"), {"since": "01/01/2024", "until": "", "unit": other.pk}))
    assert not page.all("a", href=reverse("programs:activity_detail", args=[merger.record.uid]))
    said = "1 hoạt động ở xã cũ chỉ nhập một phần vào đây: chưa phân bổ được sau sắp xếp"
    assert [note.text.startswith(said) for note in page.all("div", class_="note") if "xã cũ" in note.text] == [True]
    page = Page(client.get(reverse("programs:model_list"), {"unit": other.pk}))
    notes = [note.text for note in page.all("div", class_="note") if "xã cũ" in note.text]
    assert [note.partition(", ")[2].partition(".")[0] for note in notes] == ["chưa phân bổ được sau sắp xếp"]


def test_a_model_of_before_stands_where_the_commune_is_now(merger, client):
    account = factories.community_model(merger.old_board, merger.commune)
    factories.model_event(account, date(2024, 5, 5))
    client.force_login(merger.officer)
    page = Page(client.get(reverse("programs:model_list"), {"unit": merger.later.pk}))
    assert page.all("a", href=reverse("programs:model_detail", args=[account.uid]))
    place = next(item.text for item in Page(
        client.get(reverse("programs:model_detail", args=[account.uid]))
    ).all("dd") if "Đắk La" in item.text)  # fmt: skip
    assert "Đắk Hà" in place
    assert CommunityModel.objects.get(pk=account.pk).unit == merger.commune


def test_before_the_merger_the_neighbour_did_not_count_it(merger):
    """The control: the province of before 1 July 2025 was made of no other."""
    elsewhere = factories.province("Quảng Khác")
    values = Values(
        Scope.of(merger.board, elsewhere, ReportScope.PROVINCE),
        Compared.of(factories.period("2026-H1", same_period_last_year=factories.period("2025-H1"))),
        [every_tally(ACTIVITIES)],
    )
    assert not values.get("activities.sessions", At.LAST_YEAR).value


def test_an_old_agreement_prints_the_name_of_its_day(merger, client):
    AgencyName.objects.filter(agency=merger.old_board).update(valid_to=LAST)
    AgencyName.objects.create(
        agency=merger.old_board, name="Phòng lưu trữ", short_name="Phòng lưu trữ", symbol="PLT",
        letterhead="PHÒNG LƯU TRỮ", place="Quảng Ngãi", valid_from=FIRST,
    )  # fmt: skip
    union = factories.agency(merger.kon_tum, "Hội LHPN tỉnh Kon Tum", "HLHPN", role=AgencyRole.WOMENS_UNION)
    document = factories.document(
        merger.old_board, 2022, subject="Chương trình phối hợp", issued_on=date(2022, 6, 10), number="1",
        state=DocumentState.ISSUED,
    )  # fmt: skip
    agreement = Agreement.objects.create(document=document, stage_from=date(2022, 1, 1), stage_to=date(2025, 12, 31))
    for order, agency in enumerate((merger.old_board, union), start=1):
        Party.objects.create(document=document, agency=agency, symbol_order=order, signature_column=order)
    Section.objects.create(
        document=document, position=1, numbering="roman", key="i", heading="MỤC ĐÍCH", text="Phối hợp."
    )
    printed = str(compose_agreement(agreement).to_json())
    assert "BAN DÂN TỘC TỈNH KON TUM" in printed.upper()
    assert "SỞ DÂN TỘC" not in printed.upper()
    assert "PHÒNG LƯU TRỮ" not in printed.upper()
    client.force_login(merger.officer)
    paper = Page(client.get(reverse("coordination:agreement_detail", args=[agreement.uid])))
    heads = " ".join(paper.texts("main"))
    assert "Ban Dân tộc tỉnh Kon Tum" in heads
    assert "Phòng lưu trữ" not in heads


def test_who_works_in_the_merged_agency_reads_and_goes_on_with_what_was_there(merger, client):
    client.force_login(merger.officer)
    assert client.get(reverse("programs:activity_edit", args=[merger.record.uid])).status_code == 200
    stranger = factories.member(factories.agency(factories.province("Lâm Thử"), "Sở khác", "SK"))
    client.force_login(stranger)
    assert client.get(reverse("programs:activity_detail", args=[merger.record.uid])).status_code == 404


OFFERED = [("30/06/2025", "commune", "later"), ("01/07/2025", "later", "commune")]


@pytest.mark.parametrize(("day", "offered", "gone"), OFFERED)
def test_the_form_offers_the_places_of_the_day(merger, client, day, offered, gone):
    """While it is typed; without JavaScript by the button beside the place; and when it is saved."""
    union = factories.agency(merger.now, "Hội LHPN tỉnh", "HLHPN", role=AgencyRole.WOMENS_UNION)
    client.force_login(factories.member(union))
    right, wrong = getattr(merger, offered), getattr(merger, gone)
    listed = client.get(reverse("coordination:unit_options"), {"days": "starts_on", "starts_on": day}).text
    form = sent(wrong, starts_on=day)
    reopened = client.post(reverse("programs:activity_create"), form | {"open": "unit"}).text
    refused = client.post(reverse("programs:activity_create"), form)
    assert refused.status_code == 422
    for page in (listed, reopened, refused.text):
        assert f'<option value="{right.pk}"' in page
        assert f'<option value="{wrong.pk}"' not in page
    saved = client.post(reverse("programs:activity_create"), sent(right, starts_on=day))
    assert saved.status_code == 302
    made = Activity.objects.latest("pk")
    assert (made.unit, made.province) == (right, right.province)
