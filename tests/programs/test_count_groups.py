"""Parts of the attendances on the page of an activity: each kind of part by itself, and what is in none of them."""

import pytest

from programs.count_groups import groups_of
from programs.enums import CountDimension, Precision
from programs.models import ActivityCount, CountCategory
from tests import factories
from tests.pages import Page
from tests.programs.activity_forms import DAY, address

pytestmark = pytest.mark.django_db


@pytest.fixture
def categories():
    ethnic, audience = CountDimension.ETHNIC_GROUP, CountDimension.AUDIENCE
    rows = [
        ("kinh", "Kinh", ethnic), ("hre", "Hrê", ethnic), ("co", "Co", ethnic),
        ("pupils", "Học sinh", audience), ("men", "Nam giới", audience), ("young", "Dưới 16 tuổi", CountDimension.AGE),
    ]  # fmt: skip
    return {
        code: CountCategory.objects.create(
            code=code, name=name, dimension=dimension, is_majority=code == "kinh", position=position
        )
        for position, (code, name, dimension) in enumerate(rows)
    }


@pytest.fixture
def counted(cast, categories):
    """An activity with parts: attendances and women by code."""

    def made(parts, **fields):
        activity = factories.activity(cast.board, cast.commune, DAY, **{"attendances": 100, "women": 60} | fields)
        for code, (attendances, women) in parts.items():
            ActivityCount.objects.create(
                activity=activity, category=categories[code], attendances=attendances, women=women
            )
        return activity

    return made


def told(activity):
    """By kind of part: lines, those under them, and what is left."""

    def line(one):
        return None if one is None else (str(one.label), one.attendances, one.women)

    return {
        group.dimension: [
            *((line(one), *map(line, one.of_which)) if one.of_which else line(one) for one in group.lines),
            line(group.rest),
        ]
        for group in groups_of(activity, activity.counts.select_related("category"))
    }


def test_minorities_stand_together_and_what_is_not_stated_is_left(counted):
    activity = counted({"hre": (50, 30), "kinh": (20, 10), "co": (5, 5)})
    assert told(activity) == {
        "ethnic_group": [
            ("Kinh", 20, 10),
            (("Dân tộc thiểu số", 55, 35), ("Hrê", 50, 30), ("Co", 5, 5)),
            ("Chưa nêu dân tộc", 25, 15),
        ]
    }


def test_each_kind_of_part_has_its_own_rest(counted):
    activity = counted({"pupils": (40, 20), "young": (100, 60), "hre": (99, 60)})
    assert told(activity) == {
        "audience": [("Học sinh", 40, 20), ("Chưa phân tổ", 60, 40)],
        "ethnic_group": [(("Dân tộc thiểu số", 99, 60), ("Hrê", 99, 60)), ("Chưa nêu dân tộc", 1, 0)],
        "age": [("Dưới 16 tuổi", 100, 60), None],
    }


def test_women_are_added_only_where_every_line_states_them(counted):
    """Nor are more women left than people: parts that overlap say nothing of the rest."""
    activity = counted({"hre": (50, None), "co": (5, 5), "pupils": (99, 10)})
    assert told(activity) == {
        "audience": [("Học sinh", 99, 10), ("Chưa phân tổ", 1, None)],
        "ethnic_group": [
            (("Dân tộc thiểu số", 55, None), ("Hrê", 50, None), ("Co", 5, 5)),
            ("Chưa nêu dân tộc", 45, None),
        ],
    }


@pytest.mark.parametrize("fields", [{}, {"attendances": 70, "reason": "Đếm lại"}])
def test_parts_that_overlap_and_corrections_leave_no_rest(counted, fields):
    parts = {"pupils": (60, 20), "men": (60, 0)} if not fields else {"pupils": (10, 5)}
    assert told(counted(parts, **fields))["audience"][-1] is None


def test_the_page_shows_them_and_a_rough_rest_says_about(client, cast, counted):
    activity = counted({"kinh": (20, 10), "hre": (50, 30)}, precision=Precision.NEARLY)
    client.force_login(cast.officer)
    page = Page(client.get(address("detail", activity)))
    table = page.one("table", class_="ledger")
    lines = [line.text for line in page.all("tr") if line.within(class_="ledger")]
    assert lines == [
        "Nhóm Lượt người Nữ",
        "Theo dân tộc",
        "Kinh 20 10",
        "Dân tộc thiểu số 50 30",
        "Hrê 50 30",
        "Chưa nêu dân tộc khoảng 30 20",
    ]
    assert "Chưa phân tổ" not in table.text
