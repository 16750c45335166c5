"""Who sees which facts: exact visible sets."""

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser

from coordination.enums import MemberRole, SuccessionExtent, SuccessionNature, UnitKind
from coordination.models import AgencySuccession, Membership, UnitSuccession, User
from programs.enums import FactState
from programs.models import Activity
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def facts(cast):
    return {
        "recorded": factories.activity(cast.board, cast.commune),
        "draft": factories.activity(cast.board, cast.commune, state=FactState.DRAFT),
        "union": factories.activity(cast.union, cast.commune),
        "far": factories.activity(cast.other, cast.far_commune),
    }


def seen_by(user, facts):
    user = User.objects.get(pk=user.pk)
    visible = set(Activity.objects.visible_to(user).values_list("pk", flat=True))
    return {name for name, fact in facts.items() if fact.pk in visible}


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ("officer", {"recorded", "draft"}),
        ("leader", {"recorded", "draft"}),
        ("partner", {"union"}),
        ("stranger", {"far"}),
        ("chair", {"recorded", "union"}),
        ("administrator", set()),
    ],
)
def test_visible_to_gives_exactly_what_the_role_may_see(cast, facts, person, expected):
    assert seen_by(getattr(cast, person), facts) == expected


def test_visible_to_shows_a_named_partner_the_recorded_activity_only(cast, facts):
    facts["recorded"].partners.add(cast.union)
    facts["draft"].partners.add(cast.union)
    assert seen_by(cast.partner, facts) == {"recorded", "union"}


def test_visible_to_follows_the_agency_lineage(cast, facts):
    AgencySuccession.objects.create(
        predecessor=cast.union, successor=cast.board, on=date(2025, 7, 1), nature=SuccessionNature.MERGED
    )
    assert seen_by(cast.officer, facts) == {"recorded", "draft", "union"}


def test_visible_to_follows_the_province_lineage_for_the_committee(cast, facts):
    UnitSuccession.objects.create(
        predecessor=cast.elsewhere,
        successor=cast.province,
        on=date(2025, 7, 1),
        nature=SuccessionNature.MERGED,
        extent=SuccessionExtent.WHOLE,
    )
    assert seen_by(cast.chair, facts) == {"recorded", "union", "far"}


def test_visible_to_ends_with_the_membership(cast, facts):
    Membership.objects.filter(user=cast.officer).update(valid_to=date(2021, 1, 1))
    assert seen_by(cast.officer, facts) == set()


def test_visible_to_gives_a_committee_of_a_commune_its_own_commune(cast, facts):
    other_place = factories.commune(cast.province, "Ia Thử", kind=UnitKind.WARD)
    facts["next door"] = factories.activity(cast.board, other_place)
    hall = factories.agency(cast.commune, "UBND xã", "UBNDX", role=cast.committee.role)
    assert seen_by(factories.member(hall, MemberRole.LEADER), facts) == {"recorded", "union"}


def test_visible_to_shows_an_anonymous_person_nothing(facts):
    assert not Activity.objects.visible_to(AnonymousUser()).exists()


@pytest.mark.parametrize("agencies", [1, 3])
def test_visible_to_asks_a_constant_number_of_queries(cast, agencies, django_assert_num_queries):
    for number in range(agencies):
        factories.agency(cast.commune, f"Phòng {number}", f"P{number}", parent=cast.board)
    person = User.objects.get(pk=cast.officer.pk)
    with django_assert_num_queries(5):
        list(Activity.objects.visible_to(person))
        list(Activity.objects.visible_to(person))
