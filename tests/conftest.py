"""The cast: two provinces' worth of people every view is tried with."""

from types import SimpleNamespace

import pytest
from django.db import connection, connections
from django.test import override_settings

from coordination.enums import AgencyRole, MemberRole
from coordination.triggers import uninstall
from tests import factories


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, tmp_path_factory):
    """SQLite in a file, as it is used: threads and processes of a test share it, and writers wait for each other."""
    if connection.vendor == "sqlite":
        place = tmp_path_factory.mktemp("database") / "test.sqlite3"
        connections["default"].settings_dict["TEST"]["NAME"] = str(place)


@pytest.fixture(scope="session", autouse=True)
def files_apart(tmp_path_factory):
    """No test writes into the folder of the portal's files, and no test client lists all assets when it is made."""
    with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files"), WHITENOISE_AUTOREFRESH=True):
        yield


@pytest.fixture(autouse=True)
def flushed_without_triggers(request):
    """Django empties SQLite by DELETE after a transactional test, which triggers refuse; `flush` puts them back."""
    marker = request.node.get_closest_marker("django_db")
    transactional = {"transactional_db", "live_server"} & set(request.fixturenames)
    if not (transactional or (marker and marker.kwargs.get("transaction"))) or connection.vendor != "sqlite":
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    uninstall(connection)


@pytest.fixture
def cast(db):
    """Officer and leader of agency A, an officer of a partner B, of a stranger in another province, of UBND above."""
    here, elsewhere = factories.province("Quảng Thử"), factories.province("Lâm Thử")
    place = factories.commune(here, "Ba Thử")
    committee = factories.agency(here, "Ủy ban nhân dân tỉnh", "UBND", role=AgencyRole.PEOPLES_COMMITTEE)
    board = factories.agency(
        here, "Sở Dân tộc và Tôn giáo", "SDTTG", role=AgencyRole.ETHNIC_AFFAIRS, parent=committee, consolidates=True
    )
    union = factories.agency(here, "Hội LHPN tỉnh", "HLHPN", role=AgencyRole.WOMENS_UNION)
    other = factories.agency(elsewhere, "Sở Dân tộc và Tôn giáo Lâm Thử", "SDTTG2")
    return SimpleNamespace(
        province=here,
        elsewhere=elsewhere,
        commune=place,
        far_commune=factories.commune(elsewhere, "Xa Thử"),
        board=board,
        union=union,
        other=other,
        committee=committee,
        officer=factories.member(board),
        leader=factories.member(board, MemberRole.LEADER),
        clerk=factories.member(board, MemberRole.CLERK),
        partner=factories.member(union),
        stranger=factories.member(other),
        chair=factories.member(committee, MemberRole.LEADER),
        administrator=factories.user("Quản trị", is_system_administrator=True),
    )
