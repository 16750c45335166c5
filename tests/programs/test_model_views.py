"""The pages of the model register: who may what, what stands on a day, and events that fit."""

import uuid
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from coordination.enums import SuccessionExtent, SuccessionNature
from coordination.models import UnitSuccession
from programs.enums import ModelNature
from programs.models import CommunityModel, ModelEvent, RecognitionTag
from tests import factories
from tests.pages import Page

DAY = date(2026, 3, 8)
PEOPLE = ["officer", "leader", "clerk", "partner", "chair", "stranger", "administrator"]


@pytest.fixture
def team(cast):
    """A team of the board, set up on DAY with 12 members."""
    model = factories.community_model(cast.board, cast.commune, name="Tổ truyền thông Làng Rê")
    factories.model_event(model, DAY, members=12, women=8, minority=10)
    return model


def address(name, record=None):
    return reverse(f"programs:{name}", args=[record.uid] if record else [])


def the_event(model):
    return model.events.get()


def sent(**changes):
    values = {
        "nature": ModelNature.NEW,
        "counted_on": "8/6/26",
        "quantity": "1",
        "members": "",
        "precision": "exact",
        "form_token": str(uuid.uuid4()),
    }
    return {name: str(value) for name, value in (values | changes).items() if value is not None}


def sent_model(cast, **changes):
    values = {"name": "Câu lạc bộ Ba Thử", "kind": factories.model_kind().pk, "unit": cast.commune.pk}
    return sent(**values | changes)


def lock(fact):
    type(fact).objects.filter(pk=fact.pk).update(locked_at=timezone.now())


@pytest.mark.parametrize("person", ["leader", "clerk", "partner", "chair", "stranger", "administrator"])
def test_writing_is_refused_without_the_role(client, cast, team, person):
    client.force_login(getattr(cast, person))
    for page, record in (
        ("model_edit", team),
        ("model_event_create", team),
        ("model_event_edit", the_event(team)),
        ("model_event_correct", the_event(team)),
    ):
        assert client.post(address(page, record), sent()).status_code in (403, 404)
    assert (team.events.count(), CommunityModel.history.filter(history_type="~").count()) == (1, 0)


def test_reading_writes_nothing(client, cast, team):
    client.force_login(cast.officer)
    urls = [address("model_list"), address("model_create")]
    urls += [address(page, team) for page in ("model_detail", "model_edit", "model_event_create")]
    urls += [address(page, the_event(team)) for page in ("model_event_edit", "model_event_correct")]
    for url in urls:
        client.get(url)
    assert (CommunityModel.history.count(), ModelEvent.history.count()) == (1, 1)


# --- the list


def names(response):
    return [account.name for account in response.context["page"]]


def found(client, **query):
    return names(client.get(address("model_list"), query))


def test_list_shows_what_the_person_may_see(client, cast, team):
    factories.community_model(cast.other, cast.far_commune, name="Tỉnh khác")
    seen = {}
    for person in PEOPLE:
        client.force_login(getattr(cast, person))
        seen[person] = names(client.get(address("model_list")))
    mine = [team.name]
    expected = {"officer": mine, "leader": mine, "clerk": mine, "chair": mine, "stranger": ["Tỉnh khác"]}
    assert seen == expected | {"partner": [], "administrator": []}


@pytest.mark.parametrize("words", ["lang re", "Làng Rê", "TRUYEN THONG", "ba thu", "địa chỉ", ""])
def test_search_finds_with_and_without_marks(client, cast, team, words):
    safe = factories.model_kind("trusted_address", name="Địa chỉ tin cậy", aliases="địa chỉ an toàn")
    other = factories.community_model(cast.board, cast.province, name="Nhà A", kind=safe)
    client.force_login(cast.officer)
    expected = {"địa chỉ": [other.name], "": [other.name, team.name]}.get(words, [team.name])
    assert found(client, q=words) == expected


def test_each_filter_narrows_the_list(client, cast, team):
    club = factories.model_kind("club", name="Câu lạc bộ")
    school = factories.model_kind("club_school", name="Trong trường", parent=club)
    place = factories.commune(cast.province, "Sơn Thử")
    other = factories.community_model(cast.board, place, name="Thủ lĩnh", kind=school, standing="standard")
    client.force_login(cast.officer)
    assert found(client, kind="club") == found(client, kind="club_school") == [other.name]
    assert found(client, unit=place.pk) == found(client, standing="standard") == [other.name]
    assert found(client, held="some", day="8/3/2026") == [team.name]
    assert found(client, held="none", day="8/3/2026") == [other.name]
    assert found(client, held="some", day="7/3/2026") == []
    assert found(client, owner=cast.board.pk) == [other.name, team.name]
    assert found(client, owner=cast.union.pk) == []


def test_commune_holds_what_became_of_it_and_says_what_is_not_placed(client, cast, team):
    today = date(2026, 5, 1)
    new = factories.commune(cast.province, "Ba Mới", valid_from=today)
    split = factories.commune(cast.province, "Ba Cũ", valid_to=date(2026, 4, 30))
    parted = factories.community_model(cast.board, split, name="Chưa rõ nơi")
    factories.model_event(parted, DAY, quantity=4)
    for old, extent in ((cast.commune, SuccessionExtent.WHOLE), (split, SuccessionExtent.PART)):
        UnitSuccession.objects.create(
            predecessor=old, successor=new, on=today, nature=SuccessionNature.MERGED, extent=extent
        )
    client.force_login(cast.officer)
    response = client.get(address("model_list"), {"unit": new.pk})
    assert (names(response), response.context["left_apart"]) == ([team.name], 4)
    assert parted.name not in response.text
    assert "chưa phân bổ được sau sắp xếp" in response.text


def test_summary_counts_stock_by_kind_with_its_parts(client, cast, team):
    safe = factories.model_kind("safe", name="Địa chỉ", has_standing=True, has_members=False)
    club = factories.model_kind("club", name="Câu lạc bộ", position=2)
    school = factories.model_kind("school", name="Trong trường", parent=club, position=3)
    for kind, standing, quantity in (
        (safe, "standard", 75),
        (safe, "independent", 31),
        (school, "", 4),
        (club, "", 2),
    ):
        model = factories.community_model(cast.board, cast.commune, kind=kind, standing=standing)
        factories.model_event(model, DAY, nature=ModelNature.OPENING, quantity=quantity)
        factories.model_event(model, date(2026, 3, 9), nature=ModelNature.STRENGTHENED, quantity=quantity)
    factories.model_event(team, date(2026, 3, 9), nature=ModelNature.DISSOLVED, quantity=-1)
    client.force_login(cast.officer)

    def summary(day):
        lines = client.get(address("model_list"), {"day": day}).context["summary"]
        return {
            line.label: (line.numbers["quantity"], [part.numbers["quantity"] for part in line.parts]) for line in lines
        }

    assert summary("8/3/2026") == {
        "Tổ truyền thông cộng đồng": (1, []),
        "Địa chỉ": (106, [75, 31]),
        "Câu lạc bộ": (6, [4]),
    }
    assert summary("9/3/2026") == {"Địa chỉ": (106, [75, 31]), "Câu lạc bộ": (6, [4])}
    assert summary("7/3/2026") == {}


def test_swap_of_htmx_is_part_of_the_page(client, cast, team):
    client.force_login(cast.officer)
    whole = Page(client.get(address("model_list")))
    swap = Page(client.get(address("model_list"), headers={"HX-Request": "true"}))
    assert swap.part("model-table") == whole.part("model-table")
    assert whole.against_csp() == []


@pytest.mark.parametrize("rows", [1, 3])
def test_query_counts(client, cast, django_assert_num_queries, rows):
    for number in range(rows):
        model = factories.community_model(cast.board, factories.commune(cast.province, f"Xã {number}"))
        for _event in range(rows):
            factories.model_event(model, DAY, members=5)
    client.force_login(cast.officer)
    client.get(address("model_list"))  # the first page writes the session
    with django_assert_num_queries(10):
        client.get(address("model_list"))
    with django_assert_num_queries(10):
        client.get(address("model_detail", model))


# --- one account


def test_account_shows_the_stock_of_the_day(client, cast, team):
    factories.model_event(team, date(2026, 4, 1), quantity=2, members=20, women=15)
    factories.model_event(team, date(2026, 5, 1), nature=ModelNature.DISSOLVED, quantity=-1, members=-12, women=-8)
    client.force_login(cast.leader)
    shown = [client.get(address("model_detail", team), {"day": day}).context for day in ("7/3/26", "1/4/26", "1/5/26")]
    assert [page["account"].held_quantity for page in shown] == [0, 3, 2]
    assert [page["account"].held_members for page in shown] == [None, 32, 20]
    assert [stock for _event, stock in shown[0]["events"]] == [2, 3, 1]
    assert "Vì sao tôi không sửa được?" in client.get(address("model_detail", team)).text


def test_day_not_understood_is_said_beside_the_field(client, cast, team):
    client.force_login(cast.officer)
    assert "Không có ngày 13/13/2013" in client.get(address("model_detail", team), {"day": "13/13/13"}).text


def test_account_is_opened_with_its_first_event(client, cast):
    tag = RecognitionTag.objects.create(code="p8", name="Dự án 8")
    client.force_login(cast.officer)
    data = sent_model(cast, members="12", women="8", minority="10", note="QĐ 12") | {"tags": [tag.pk]}
    response = client.post(address("model_create"), data)
    model = CommunityModel.objects.get()
    event = the_event(model)
    assert response.url == address("model_detail", model)
    assert (model.owner, model.unit, model.province, model.standing) == (cast.board, cast.commune, cast.province, "")
    assert list(model.tags.all()) == [tag]
    assert (event.nature, event.quantity, event.members, event.women) == ("new", 1, 12, 8)
    assert (event.counted_on, event.unit, event.owner) == (date(2026, 6, 8), cast.commune, cast.board)
    assert ModelEvent.history.get().history_user == cast.officer


def test_account_is_sent_twice_and_opened_once(client, cast):
    client.force_login(cast.officer)
    data = sent_model(cast, note="QĐ 12\r\ndòng hai")
    answers = [client.post(address("model_create"), data) for _click in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert (CommunityModel.objects.count(), ModelEvent.objects.count()) == (1, 1)
    other = client.post(address("model_create"), data | {"quantity": "5", "name": "Khác"})
    assert (other.status_code, other.context["form"]["quantity"].value()) == (409, "5")
    assert CommunityModel.objects.count() == 1


def test_same_name_at_the_same_place_is_asked_back(client, cast, team):
    client.force_login(cast.officer)
    response = client.post(address("model_create"), sent_model(cast, name="tổ truyền thông  Làng Rê"))
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["name"])
    assert "tổ truyền thông" in response.text


MISTAKES = [
    ({"name": ""}, "name"),
    ({"unit": "", "unit_words": "không đâu"}, "unit"),
    ({"kind": "0"}, "kind"),
    ({"quantity": "0"}, "quantity"),
    ({"women": "3"}, "members"),
    ({"members": "3", "women": "4"}, "women"),
    ({"members": "3", "minority": "4"}, "minority"),
    ({"counted_on": "31/2/2026"}, "counted_on"),
    ({"nature": "dissolved"}, "nature"),
]


@pytest.mark.parametrize(("changes", "field"), MISTAKES)
def test_mistake_is_said_at_its_field_and_what_was_typed_stays(client, cast, changes, field):
    client.force_login(cast.officer)
    response = client.post(address("model_create"), sent_model(cast, note="Giữ lại") | changes)
    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert "Giữ lại" in response.text
    assert CommunityModel.objects.count() == 0


def test_kind_says_whether_standing_and_members_are_counted(client, cast):
    safe = factories.model_kind("safe", name="Địa chỉ", has_standing=True, has_members=False)
    client.force_login(cast.officer)
    refused = client.post(address("model_create"), sent_model(cast, kind=safe.pk, members="5"))
    assert set(refused.context["form"].errors) == {"standing", "members"}
    client.post(address("model_create"), sent_model(cast, kind=safe.pk, standing="independent"))
    client.post(address("model_create"), sent_model(cast, standing="independent"))
    assert sorted(CommunityModel.objects.values_list("standing", flat=True)) == ["", "independent"]


def test_place_is_found_by_its_words_without_scripts(client, cast):
    client.force_login(cast.officer)
    data = sent_model(cast, unit=None, unit_words="ba thu", open="unit")
    response = client.post(address("model_create"), data)
    assert (response.status_code, CommunityModel.objects.count()) == (200, 0)
    assert response.context["form"]["name"].value() == "Câu lạc bộ Ba Thử"
    assert Page(response).texts("option")[-1] == "Xã Ba Thử"
    assert client.post(address("model_create"), sent_model(cast, unit=None, unit_words="ba thu")).status_code == 302


# --- events


def test_what_dissolves_is_counted_downwards(client, cast, team):
    client.force_login(cast.officer)
    data = sent(nature="dissolved", members="12", women="8")
    assert client.post(address("model_event_create", team), data).status_code == 302
    last = team.events.order_by("pk").last()
    assert (last.quantity, last.members, last.women, last.minority) == (-1, -12, -8, None)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"nature": "dissolved", "quantity": "2"}, "quantity"),
        ({"nature": "dissolved", "counted_on": "7/3/2026"}, "quantity"),
        ({"nature": "dissolved", "members": "13"}, "members"),
        ({"nature": "dissolved", "members": "12", "women": "9"}, "women"),
    ],
)
def test_stock_is_on_no_day_below_nothing(client, cast, team, changes, field):
    client.force_login(cast.officer)
    response = client.post(address("model_event_create", team), sent(**changes))
    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert team.events.count() == 1


def test_earlier_opening_makes_room_for_a_dissolution(client, cast, team):
    client.force_login(cast.officer)
    client.post(address("model_event_create", team), sent(nature="opening", quantity="3", counted_on="1/1/2026"))
    assert client.post(address("model_event_create", team), sent(nature="dissolved", quantity="4")).status_code == 302


def test_models_move_from_one_account_to_another(client, cast, team):
    target = factories.community_model(cast.board, factories.commune(cast.province, "Sơn Thử"), name="Nơi mới")
    client.force_login(cast.officer)
    refused = client.post(address("model_event_create", team), sent(nature="moved"))
    assert list(refused.context["form"].errors) == ["to"]
    data = sent(nature="moved", to=target.pk, members="12")
    assert client.post(address("model_event_create", team), data).status_code == 302
    moved = ModelEvent.objects.filter(nature="moved").order_by("pk").values_list("model", "quantity", "members")
    assert list(moved) == [(team.pk, -1, -12), (target.pk, 1, 12)]
    event = target.events.get()
    assert client.get(address("model_event_edit", event)).url == address("model_detail", target)
    assert client.post(address("model_event_edit", event), sent()).url == address("model_detail", target)
    assert "chuyển nhầm thì ghi chuyển lại" in client.get(address("model_detail", target)).text


def test_event_is_sent_twice_and_recorded_once(client, cast, team):
    client.force_login(cast.officer)
    data = sent(quantity="2")
    assert [client.post(address("model_event_create", team), data).status_code for _click in range(2)] == [302, 302]
    assert team.events.count() == 2
    other = client.post(address("model_event_create", team), data | {"quantity": "3"})
    assert (other.status_code, team.events.count()) == (409, 2)
    token = other.context["form"]["form_token"].value()
    client.post(address("model_event_create", team), data | {"quantity": "3", "form_token": token})
    assert team.events.count() == 3


def test_place_of_an_event_is_that_of_its_day(client, cast, team):
    today = date(2026, 5, 1)
    type(cast.commune).objects.filter(pk=cast.commune.pk).update(valid_to=date(2026, 4, 30))
    halves = [factories.commune(cast.province, name, valid_from=today) for name in ("Ba Một", "Ba Hai")]
    for half in halves:
        UnitSuccession.objects.create(
            predecessor=cast.commune, successor=half, on=today, nature=SuccessionNature.SPLIT, extent="part"
        )
    client.force_login(cast.officer)
    before = client.post(address("model_event_create", team), sent(counted_on="30/4/2026"))
    assert (before.status_code, team.events.order_by("pk").last().unit) == (302, cast.commune)
    refused = client.post(address("model_event_create", team), sent())
    assert list(refused.context["form"].errors) == ["unit"]
    assert "Xã Ba Một" in refused.text
    client.post(address("model_event_create", team), sent(unit=halves[1].pk))
    assert team.events.order_by("pk").last().unit == halves[1]


def edit(client, event, **changes):
    form = client.get(address("model_event_edit", event)).context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    return client.post(address("model_event_edit", event), data | changes)


def test_event_not_frozen_is_mended(client, cast, team):
    client.force_login(cast.officer)
    event = the_event(team)
    assert edit(client, event, quantity="2", members="20").status_code == 302
    event.refresh_from_db()
    assert (event.quantity, event.members, event.women, event.version) == (2, 20, 8, 2)
    assert event.history.latest().history_user == cast.officer


def test_two_people_change_an_event_and_nothing_is_lost(client, cast, team):
    client.force_login(cast.officer)
    event = the_event(team)
    edit(client, event, quantity="2")
    response = edit(client, event, quantity="3", version="1")
    assert (response.status_code, the_event(team).quantity) == (409, 2)
    [difference] = response.context["theirs"]
    assert (difference.theirs, difference.mine) == ("2", "3")
    form = response.context["form"]
    again = {name: form[name].value() or "" for name in form.fields}
    assert client.post(address("model_event_edit", event), again).status_code == 302
    assert the_event(team).quantity == 3


def test_mended_event_still_fits_the_others(client, cast, team):
    factories.model_event(team, date(2026, 4, 1), nature=ModelNature.DISSOLVED, quantity=-1)
    client.force_login(cast.officer)
    response = edit(client, team.events.order_by("pk").first(), counted_on="2/4/2026")
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["quantity"])


def test_frozen_event_says_why_and_takes_a_correction(client, cast, team):
    event = the_event(team)
    lock(event)
    client.force_login(cast.officer)
    assert client.get(address("model_event_edit", event)).url == address("model_detail", team)
    late = client.post(address("model_event_edit", event), sent(version="1", quantity="2"))
    assert late.status_code == 409
    assert "Chưa lưu: báo cáo có số này vừa được chốt" in late.text
    form = client.get(address("model_event_correct", event)).context["form"]
    data = {name: form[name].value() or "" for name in form.fields} | {"after": "0", "reason": "Đếm lại"}
    assert client.post(address("model_event_correct", event), data).status_code == 422
    answers = [client.post(address("model_event_correct", event), data | {"women": "9"}) for _click in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    added = ModelEvent.objects.get(corrects=event)
    assert (added.quantity, added.members, added.women, added.minority) == (0, 0, 1, 0)
    assert (added.counted_on, added.nature, added.reason, added.model) == (DAY, "new", "Đếm lại", team)
    shown = client.get(address("model_detail", team), {"day": "8/3/26"})
    assert shown.context["account"].held_women == 9
    assert "Đếm lại" in shown.text


def test_correction_must_fit_and_know_of_the_others(client, cast, team):
    event = the_event(team)
    lock(event)
    factories.model_event(team, date(2026, 4, 1), nature=ModelNature.DISSOLVED, quantity=-1)
    client.force_login(cast.officer)
    data = {"quantity": "1", "members": "12", "women": "8", "minority": "10", "reason": "x", "after": "0"}
    for changes, field in (({"quantity": "0"}, "quantity"), ({"women": "13"}, "women"), ({"reason": ""}, "reason")):
        response = client.post(address("model_event_correct", event), data | changes)
        assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    response = client.post(address("model_event_correct", event), data | {"women": "9", "after": "1"})
    assert (response.status_code, ModelEvent.objects.filter(corrects=event).count()) == (409, 0)


# --- name and recognition


def test_name_is_mended_and_the_lock_holds(client, cast, team):
    tag = RecognitionTag.objects.create(code="p8", name="Dự án 8")
    client.force_login(cast.officer)
    data = {"name": "Tổ Làng Rê", "tags": [tag.pk], "version": "1"}
    assert client.post(address("model_edit", team), data).status_code == 302
    team.refresh_from_db()
    assert (team.name, team.version, list(team.tags.all())) == ("Tổ Làng Rê", 2, [tag])
    late = client.post(address("model_edit", team), {"name": "Tên khác", "version": "1"})
    assert late.status_code == 409
    assert [(row.theirs, row.mine) for row in late.context["theirs"]] == [("Tổ Làng Rê", "Tên khác"), ("Dự án 8", "…")]
    assert late.context["form"]["version"].value() == "2"
    assert client.post(address("model_edit", team), {"name": "", "version": "2"}).status_code == 422
