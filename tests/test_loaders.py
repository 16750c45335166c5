"""The loaders on the real lists: loaded once for all tests here, committed, and taken away at the end."""

import csv
import hashlib
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from coordination import official_units
from coordination.enums import UnitLevel
from coordination.models import AdministrativeUnit, DocumentKind, UnitSuccession
from coordination.triggers import uninstall
from programs.models import (
    ActivityKind,
    Component,
    CountCategory,
    Framework,
    Indicator,
    IndicatorCategory,
    ModelKind,
    Objective,
    OutputKind,
    Programme,
    RecognitionTag,
    Target,
    Topic,
)
from reports.models import CutoffProfile

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def _loaded(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        call_command("load_units", verbosity=0)
        call_command("load_lists", verbosity=0)
        yield
        uninstall(connection)
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


LISTS = {
    "activity_kinds": ActivityKind,
    "audiences": CountCategory,
    "components": Component,
    "cutoff_profiles": CutoffProfile,
    "document_kinds": DocumentKind,
    "frameworks": Framework,
    "indicator_categories": IndicatorCategory,
    "indicators": Indicator,
    "model_kinds": ModelKind,
    "objectives": Objective,
    "output_kinds": OutputKind,
    "programmes": Programme,
    "recognition_tags": RecognitionTag,
    "topics": Topic,
}


def rows(name):
    with (Path(settings.BASE_DIR) / f"data/{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", LISTS)
def test_every_row_of_a_list_is_there_with_its_source(name):
    entries = LISTS[name].objects.in_bulk(field_name="code")
    for row in rows(name):
        entry = entries[row["code"]]
        assert (entry.name, entry.confidence) == (row["name"], row["confidence"])
        assert entry.source == row.get("source", "")
        assert (getattr(entry, "parent", None) or Topic()).code == row.get("parent", "")


def test_every_ethnic_group_is_there_with_both_codes():
    for row in rows("ethnic_groups"):
        group = CountCategory.objects.get(code=f"ethnic-{row['code']}")
        assert (group.name, group.other_code, group.aliases) == (row["name"], row["other_code"], row["aliases"])
    groups = CountCategory.objects.filter(dimension="ethnic_group")
    assert [group.name for group in groups.filter(is_majority=True)] == ["Kinh"]
    assert groups.count() == 55
    assert groups.filter(search_text__contains="h'mong").exists()


def test_every_national_target_is_there_with_its_operator():
    for row in rows("targets"):
        target = Target.objects.get(indicator__code=row["indicator"], year=row["year"], unit=None)
        assert (target.operator, f"{target.value.normalize():f}") == (row["operator"], row["value"])
        assert (target.source, target.confidence, target.applies) == (row["source"], row["confidence"], True)


def test_strategy_has_six_objectives_and_twenty_targets():
    strategy = Indicator.objects.filter(objective__framework__code="gender-equality-2030")
    assert strategy.filter(parent=None).count() == 20
    assert strategy.values("objective").distinct().count() == 6
    assert {row.code: row.parts.count() for row in strategy.filter(parts__isnull=False)} == {
        "ge-3.2": 2,
        "ge-5.2": 2,
        "ge-5.4": 2,
    }


def test_an_indicator_is_counted_in_one_unit_its_parts_in_theirs():
    assert not Indicator.objects.filter(measured_in__contains=";").exists()
    parts = Indicator.objects.filter(parent__code="p8-i03").order_by("position")
    counted = [(part.measured_in, part.formula.counts) for part in parts.select_related("formula")]
    assert counted == [("buổi", "sessions"), ("lượt người", "attendances")]


def test_every_component_knows_the_content_figures_group_by():
    assert Component.objects.get(code="P8.2.3").content.code == "P8.2"
    assert Component.objects.get(code="P8.2").content.code == "P8.2"
    assert Component.objects.get(code="P8").content is None
    assert Component.objects.exclude(kind="project").filter(content=None).count() == 0


def test_lists_loaded_twice_change_nothing():
    before = fingerprint("coordination", "programs", "reports")
    call_command("load_lists", verbosity=0)
    assert fingerprint("coordination", "programs", "reports") == before


def test_edited_row_stays_and_a_missing_one_comes_back(capsys):
    Topic.objects.filter(code="day_8_3").update(name="Ngày 8/3")
    Topic.objects.filter(code="day_20_3").delete()
    call_command("load_lists", "--dry-run")
    assert not Topic.objects.filter(code="day_20_3").exists()
    call_command("load_lists")
    assert Topic.objects.filter(code="day_20_3").exists()
    assert Topic.objects.get(code="day_8_3").name == "Ngày 8/3"
