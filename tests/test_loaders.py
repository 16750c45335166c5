"""The loaders on the real lists: loaded once for all tests here, committed, and taken away at the end."""

import hashlib

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from coordination import official_units
from coordination.enums import UnitLevel
from coordination.models import AdministrativeUnit, UnitSuccession

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def _loaded(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        call_command("load_units", verbosity=0)
        yield
        call_command("flush", interactive=False, verbosity=0)


def fingerprint(*labels):
    """One value for all rows of the apps, whatever the order they come in."""
    digest = hashlib.sha256()
    for model in (model for label in labels for model in apps.get_app_config(label).get_models()):
        for row in model._default_manager.order_by("pk").values_list():
            digest.update(f"{model._meta.label}{row}".encode())
    return digest.hexdigest()


@pytest.mark.parametrize(
    ("level", "today", "count"),
    [
        (UnitLevel.PROVINCE, False, 63),
        (UnitLevel.DISTRICT, False, 696),
        (UnitLevel.COMMUNE, False, 10_051),
        (UnitLevel.PROVINCE, True, 34),
        (UnitLevel.DISTRICT, True, 0),
        (UnitLevel.COMMUNE, True, 3_321),
    ],
)
def test_units_are_all_there(level, today, count):
    units = AdministrativeUnit.objects.of_level(level)
    assert units.filter(valid_to__isnull=today).count() == count


def test_successions_cover_every_bridge():
    split = UnitSuccession.objects.filter(nature="split")
    communes_before = AdministrativeUnit.objects.filter(level=UnitLevel.COMMUNE, valid_from=None)
    assert UnitSuccession.objects.count() == 10_554 + 63 + 5
    assert split.values("predecessor").distinct().count() == 440
    assert split.exclude(extent="part").count() == 0
    assert communes_before.filter(successions=None).count() == 28
    assert AdministrativeUnit.objects.filter(level=UnitLevel.COMMUNE, valid_to=None, origins=None).count() == 0


def unit(**fields):
    return AdministrativeUnit.objects.get(**fields)


def edges(predecessor):
    return [(edge.successor.label, edge.nature, edge.extent) for edge in predecessor.successions.all()]


def test_unit_has_name_without_its_kind_and_padded_code():
    place = unit(name="Chiềng Khoong", valid_from=None)
    assert (place.code, place.label, place.parent.label) == ("04204", "Xã Chiềng Khoong", "Huyện Sông Mã")
    assert (place.province.code, place.province.label, place.search_text) == ("14", "Tỉnh Sơn La", "xa chieng khoong")


def test_code_names_another_province_since_2025():
    assert unit(code="91", valid_from=None).name == "Kiên Giang"
    assert unit(code="91", valid_to=None).name == "An Giang"


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ({"code": "51", "valid_from": None}, [("Tỉnh Quảng Ngãi", "merged", "whole")]),
        ({"code": "62", "valid_from": None}, [("Tỉnh Quảng Ngãi", "merged", "whole")]),
        ({"code": "14", "valid_from": None}, [("Tỉnh Sơn La", "continued", "whole")]),
        ({"name": "Ba Xa", "valid_from": None}, [("Xã Ba Xa", "continued", "whole")]),
        ({"name": "Rơ Kơi", "valid_from": None}, [("Xã Rờ Kơi", "continued", "whole")]),
        ({"name": "Lý Sơn", "valid_from": None}, [("Đặc khu Lý Sơn", "renamed", "whole")]),
        (
            {"name": "Trà Bùi", "valid_from": None},
            [("Xã Cà Đam", "split", "part"), ("Xã Tây Trà Bồng", "split", "part")],
        ),
    ],
)
def test_unit_becomes(place, expected):
    assert sorted(edges(unit(**place))) == expected


def test_another_list_is_refused_before_anything_is_written(monkeypatch):
    monkeypatch.setitem(official_units.EXPECTED, "communes", 3_000)
    before = fingerprint("coordination")
    with pytest.raises(CommandError, match=r"3000.*3321"):
        call_command("load_units", verbosity=0)
    assert fingerprint("coordination") == before


def test_units_loaded_twice_change_nothing():
    before = fingerprint("coordination")
    call_command("load_units", verbosity=0)
    assert fingerprint("coordination") == before


def test_dry_run_writes_nothing_and_a_missing_unit_comes_back(capsys):
    lost = unit(name="Ba Xa", valid_to=None)
    lost.origins.all().delete()
    lost.delete()
    call_command("load_units", "--dry-run")
    assert not AdministrativeUnit.objects.filter(name="Ba Xa", valid_to=None).exists()
    call_command("load_units")
    assert edges(unit(name="Ba Xa", valid_from=None)) == [("Xã Ba Xa", "continued", "whole")]


def test_corrected_unit_stays_as_people_left_it():
    AdministrativeUnit.objects.filter(name="Ba Xa", valid_to=None).update(name="Ba Xã")
    call_command("load_units", verbosity=0)
    assert not AdministrativeUnit.objects.filter(name="Ba Xa", valid_to=None).exists()
