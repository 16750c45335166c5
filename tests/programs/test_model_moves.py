"""Moves between two accounts of models: both halves at their places, mended together, sent once."""

import uuid
from datetime import date

import pytest
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone

from coordination.enums import SuccessionNature
from coordination.models import UnitSuccession
from programs import fact_actions
from programs.fact_actions import move_models
from programs.models import CommunityModel, ModelEvent, RecognitionTag
from tests import factories
from tests.races import at_once, then_meet

DAY = date(2026, 3, 8)


def address(name, record=None):
    return reverse(f"programs:{name}", args=[record.uid] if record else [])


@pytest.fixture
def team(cast):
    model = factories.community_model(cast.board, cast.commune, name="Tổ truyền thông Làng Rê")
    factories.model_event(model, DAY, quantity=3)
    return model


@pytest.fixture
def target(cast):
    return factories.community_model(cast.board, factories.commune(cast.province, "Sơn Thử"), name="Nơi mới")


def sent(target, **changes):
    values = {"nature": "moved", "counted_on": "8/6/26", "quantity": "1", "precision": "exact", "to": target.pk}
    return values | {"form_token": str(uuid.uuid4())} | changes


def halves(*accounts):
    rows = ModelEvent.objects.filter(nature="moved", model__in=accounts).order_by("pk")
    return [(row.model.name, row.quantity, row.unit, row.province) for row in rows.select_related("unit", "province")]


def split(unit, names, today):
    type(unit).objects.filter(pk=unit.pk).update(valid_to=date(2026, 4, 30))
    parts = [factories.commune(unit.province, name, valid_from=today) for name in names]
    for part in parts:
        UnitSuccession.objects.create(
            predecessor=unit, successor=part, on=today, nature=SuccessionNature.SPLIT, extent="part"
        )
    return parts


def test_what_is_moved_arrives_at_the_place_of_the_other_account(client, cast, team, target):
    client.force_login(cast.officer)
    assert client.post(address("model_event_create", team), sent(target)).status_code == 302
    assert halves(team, target) == [
        (team.name, -1, cast.commune, cast.province),
        ("Nơi mới", 1, target.unit, cast.province),
    ]


def test_place_it_arrives_at_is_asked_where_the_commune_was_divided(client, cast, team, target):
    first, second = split(target.unit, ["Sơn Một", "Sơn Hai"], date(2026, 5, 1))
    client.force_login(cast.officer)
    asked = client.post(address("model_event_create", team), sent(target))
    assert (asked.status_code, list(asked.context["form"].errors)) == (422, ["to_unit"])
    assert "Xã Sơn Một" in asked.text
    assert ModelEvent.objects.count() == 1
    assert client.post(address("model_event_create", team), sent(target, to_unit=second.pk)).status_code == 302
    assert [unit for _name, _number, unit, _province in halves(team, target)] == [cast.commune, second]
    before = client.post(address("model_event_create", team), sent(target, counted_on="30/4/2026"))
    assert (before.status_code, halves(target)[-1][2]) == (302, target.unit)
    assert first.pk not in ModelEvent.objects.values_list("unit", flat=True)


def test_frozen_half_of_a_move_takes_no_correction(client, cast, team, target):
    client.force_login(cast.officer)
    client.post(address("model_event_create", team), sent(target))
    for half in ModelEvent.objects.filter(nature="moved"):
        ModelEvent.objects.filter(pk=half.pk).update(locked_at=timezone.now())
        page = client.get(address("model_detail", half.model)).text
        assert "chuyển nhầm thì ghi chuyển lại" in page
        assert address("model_event_correct", half) not in page
        data = {"quantity": "2", "reason": "Đếm lại", "after": "0"}
        for answer in (
            client.get(address("model_event_correct", half)),
            client.post(address("model_event_correct", half), data),
        ):
            assert (answer.status_code, answer.url) == (302, address("model_detail", half.model))
    assert ModelEvent.objects.exclude(reason="").count() == 0


def test_move_sent_twice_is_one_and_to_another_account_is_asked(client, cast, team, target):
    other = factories.community_model(cast.board, factories.commune(cast.province, "Ba Ba"), name="Nơi khác")
    client.force_login(cast.officer)
    data = sent(target, quantity="3")
    assert [client.post(address("model_event_create", team), data).status_code for _click in range(2)] == [302, 302]
    assert len(halves(team, target)) == 2
    again = client.post(address("model_event_create", team), data | {"to": other.pk})
    assert (again.status_code, halves(other)) == (409, [])
    assert again.context["form"]["form_token"].value() != data["form_token"]


def test_second_model_from_the_same_form_is_not_dropped(client, cast):
    tag = RecognitionTag.objects.create(code="p8", name="Dự án 8")
    client.force_login(cast.officer)
    data = {"nature": "new", "counted_on": "8/6/26", "quantity": "1", "precision": "exact", "unit": cast.commune.pk}
    data |= {"name": "Câu lạc bộ Ba Thử", "kind": factories.model_kind().pk, "form_token": str(uuid.uuid4())}
    assert [client.post(address("model_create"), data).status_code for _click in range(2)] == [302, 302]
    other_kind = factories.model_kind("dia_chi_tin_cay", name="Địa chỉ tin cậy")
    for changes in ({"name": "Câu lạc bộ khác"}, {"kind": other_kind.pk}, {"tags": [tag.pk]}):
        answer = client.post(address("model_create"), data | changes)
        assert (answer.status_code, CommunityModel.objects.count()) == (409, 1)
    token = answer.context["form"]["form_token"].value()
    assert client.post(address("model_create"), data | {"name": "Câu lạc bộ khác", "form_token": token}).url
    assert CommunityModel.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_moves_against_each_other_do_not_block_each_other(cast, team, target, monkeypatch):
    """Each has written what leaves before either writes what arrives."""
    factories.model_event(target, DAY, quantity=3)
    monkeypatch.setattr(fact_actions, "_save", then_meet(fact_actions._save))
    failed = []

    def move(account, to):
        values = {"model": account, "unit": account.unit, "owner": cast.board, "province": cast.province}
        try:
            move_models(
                ModelEvent(counted_on=DAY, nature="moved", quantity=-1, **values), to, to.unit, by=cast.officer
            )
        except OperationalError as error:
            failed.append(error)

    at_once(lambda: move(team, target), lambda: move(target, team))
    assert (failed, len(halves(team, target))) == ([], 4)
