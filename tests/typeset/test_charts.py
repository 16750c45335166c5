"""Charts: what is drawn is what the numbers say, without colour too; nothing missing is drawn as 0."""

import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import pytest

from coordination.manuscript import Chart, Series
from reports.typeset.charts import WIDTH, chart_svg, scale_top, text_width, wrapped
from tests.typeset.factories import charts

pytestmark = pytest.mark.once

SVG = "{http://www.w3.org/2000/svg}"
KINDS = ("lines", "bars", "grouped_bars", "share_bars", "progress_bars", "columns")


def chart(kind, *series, labels=("Một", "Hai", "Ba"), **more):
    named = tuple(Series(f"Loạt {number}", values) for number, values in enumerate(series, 1))
    return Chart("c", kind, "Tiêu đề", "Hình vẽ", labels, named, **more)


def drawn(one):
    return ElementTree.fromstring(chart_svg(one))  # noqa: S314  our own drawing


def words(tree):
    return [text.text for text in tree.iter(f"{SVG}text")]


def bars(tree, solid):
    """Width and height of the outlined rectangles, filled or white."""
    fill = "#27407c" if solid else "#fff"
    found = [rect for rect in tree.iter(f"{SVG}rect") if rect.get("stroke") == "#27407c" and rect.get("fill") == fill]
    return [(float(rect.get("width")), float(rect.get("height"))) for rect in found]


@pytest.mark.parametrize("kind", KINDS)
def test_chart_is_one_image_with_a_title_inside_its_frame(kind):
    one = chart(kind, (208.0, 64.0, 60.0), (380.0, 120.0, 100.0), mark=50, mark_label="mốc", unit="cuộc", axis="%")
    tree = drawn(one)
    assert (tree.get("role"), tree.get("aria-label"), tree.find(f"{SVG}title").text) == ("img", "Hình vẽ", "Hình vẽ")
    assert tree.get("viewBox") == f"0 0 {WIDTH} {tree.get('height')}"
    for text in tree.iter(f"{SVG}text"):
        wide = text_width(text.text, float(text.get("font-size")))
        left = float(text.get("x")) - {"start": 0, "middle": wide / 2, "end": wide}[text.get("text-anchor")]
        assert left >= -1
        assert left + wide <= WIDTH + 1
        assert 0 < float(text.get("y")) <= float(tree.get("height"))
    assert chart_svg(one) == chart_svg(one)


@pytest.mark.parametrize("kind", KINDS)
def test_words_of_users_are_escaped(kind):
    hostile = '</text><script>"&'
    tree = drawn(chart(kind, (1.0,), (2.0,), labels=(hostile,), axis=hostile))
    assert not list(tree.iter(f"{SVG}script"))
    assert hostile in "".join(words(tree))


@pytest.mark.parametrize("kind", ["bars", "share_bars", "columns"])
def test_missing_value_is_no_bar_and_not_zero(kind):
    tree = drawn(chart(kind, (40.0, None, 0.0)))
    assert len(bars(tree, solid=True)) == 2
    assert words(tree).count("…") == 1


def test_lines_lift_the_pen_over_a_missing_value():
    tree = drawn(chart("lines", (1.0, None, 3.0, 4.0), labels=("a", "b", "c", "d")))
    path = next(path for path in tree.iter(f"{SVG}path") if path.get("stroke") == "#27407c").get("d")
    assert path.count("M") == 2
    assert path.count("L") == 1
    assert len(list(tree.iter(f"{SVG}circle"))) == 3


def test_line_that_ends_without_a_value_says_so():
    assert "Loạt 1: …" in words(drawn(chart("lines", (1.0, 2.0, None))))


def test_compared_line_is_dashed_with_hollow_points():
    tree = drawn(charts()[0])
    first, second = [path for path in tree.iter(f"{SVG}path") if path.get("stroke-width") in ("2.6", "1.6")][::-1]
    assert first.get("stroke-dasharray") is None
    assert second.get("stroke-dasharray") == "5 3"
    assert {"2026: 412", "2025: 366", "367", "320", "Tháng 01"} <= set(words(tree))


def test_bars_are_as_long_as_their_values():
    (first, _), (second, _), (third, _) = bars(drawn(chart("bars", (100.0, 50.0, 25.0))), solid=True)
    assert first / second == pytest.approx(2, rel=0.01)
    assert second / third == pytest.approx(2, rel=0.01)


def test_columns_of_two_series_are_solid_and_white():
    tree = drawn(chart("columns", (100.0, 50.0, 25.0), (50.0, 25.0, 10.0)))
    solid, white = bars(tree, solid=True), bars(tree, solid=False)
    assert solid[0][1] / white[0][1] == pytest.approx(2, rel=0.01)
    assert {"Loạt 1", "Loạt 2"} <= set(words(tree))


def test_share_below_the_mark_is_white():
    tree = drawn(charts()[2])
    solid, white = ([wide for wide, _high in bars(tree, solid=kind)] for kind in (True, False))
    assert [wide / solid[0] for wide in solid] == pytest.approx([1, 69 / 58, 57 / 58], rel=0.01)
    assert [wide / solid[0] for wide in white] == pytest.approx([42.6 / 58], rel=0.01)
    assert {"58,0%", "42,6%", "…", "mốc 50%"} <= set(words(tree))
    dashed = [path for path in tree.iter(f"{SVG}path") if path.get("stroke-dasharray")]
    assert [path.get("stroke") for path in dashed] == ["#a81e22"]


def test_progress_is_drawn_inside_its_own_plan():
    tree = drawn(charts()[1])
    done = [wide for wide, _ in bars(tree, solid=True)]
    frames = [float(rect.get("width")) for rect in tree.iter(f"{SVG}rect") if rect.get("stroke") == "#777"]
    assert [round(part / whole, 3) for part, whole in zip(done, frames, strict=True)] == pytest.approx(
        [208 / 380, 64 / 120, 60 / 100, 42 / 96, 38 / 70], abs=0.002
    )
    assert {"208/380", "mốc 14/6: 50% kế hoạch năm", "cuộc", "% kế hoạch"} <= set(words(tree))


def test_progress_over_the_plan_stays_in_the_frame():
    tree = drawn(chart("progress_bars", (300.0, None, 5.0), (100.0, 50.0, 0.0)))
    frames = [float(rect.get("width")) for rect in tree.iter(f"{SVG}rect") if rect.get("stroke") == "#777"]
    assert [wide for wide, _ in bars(tree, solid=True)] == [frames[0]]
    assert {"300/100", "…/50", "5/0"} <= set(words(tree))


def test_long_names_are_wrapped():
    name = "Nội dung 1: Tuyên truyền, thay đổi nếp nghĩ, cách làm góp phần xóa bỏ các định kiến giới"
    tree = drawn(chart("bars", (1.0,), labels=(name,)))
    assert len(wrapped(name, 200, 15)) > 2
    assert " ".join(words(tree)).startswith(name)


def test_lines_of_a_name_are_of_like_length_and_numbers_stay_with_their_word():
    assert wrapped("Quản lý, kiểm tra, giám sát Dự án 8", 200, 15) == ["Quản lý, kiểm tra,", "giám sát Dự án 8"]
    assert wrapped("Hoạt động khác về bình đẳng giới", 200, 15) == ["Hoạt động khác", "về bình đẳng giới"]
    assert wrapped("Tháng 12", 30, 13) == ["Tháng", "12"]
    assert wrapped(" ", 30, 13) == []


def test_chart_without_any_value_still_draws():
    for kind in KINDS:
        assert "…" in " ".join(words(drawn(chart(kind, (None, None, None), (None, None, None)))))


@pytest.mark.parametrize(
    ("values", "top", "step"),
    [([412.0], 450, 150), ([3.0], 3, 1), ([0.0], 1, 1), ([], 1, 1), ([1000.0], 1000, 500), ([7.0], 9, 3)],
)
def test_scale_has_round_steps(values, top, step):
    assert scale_top(values) == (top, step)


def test_small_shares_get_a_scale_of_their_own():
    top, step = scale_top([0.42])
    assert top >= 0.42
    assert step < 0.42


def test_title_serves_as_description_when_there_is_none():
    tree = drawn(replace(chart("bars", (1.0, 2.0, 3.0)), alt=""))
    assert tree.get("aria-label") == "Tiêu đề"
