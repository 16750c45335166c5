"""The check of the report font: the program refuses to start without every Vietnamese letter."""

from dataclasses import replace

import pytest
from django.core import checks
from fontTools import subset
from fontTools.ttLib import TTFont

from coordination.manuscript import Span
from reports.typeset.fonts import FACES, VIETNAMESE, check_report_font, font_folder, letters_of, missing_letters
from tests.typeset.factories import joint_plan, report

pytestmark = pytest.mark.once


@pytest.fixture
def put(tmp_path, settings):
    """Puts the report font into a folder of our own, without some letters, and points the setting at it."""
    source = font_folder()

    def put_fonts(lacking, names=FACES):
        settings.REPORT_FONT_DIR = str(tmp_path)
        for name in names:
            font = TTFont(source / name)
            cutter = subset.Subsetter()
            cutter.populate(unicodes=[code for code in letters_of(source / name) if chr(code) not in lacking])
            cutter.subset(font)
            font.save(tmp_path / name)
        return tmp_path

    return put_fonts


def test_there_are_146_letters():
    assert len(VIETNAMESE) == 146
    assert {"ặ", "Ẫ", "ễ", "ỗ", "đ", "Ỹ", "y"} <= VIETNAMESE


def test_font_of_this_machine_is_whole():
    assert check_report_font(None) == []


def test_check_is_run_at_start():
    assert check_report_font in checks.registry.registry.get_checks()


def test_font_without_a_letter_is_refused_and_the_letter_named(put):
    folder = put("ễ₫", ["LiberationSerif-Italic.ttf"])
    for name in FACES.keys() - {"LiberationSerif-Italic.ttf"}:
        (folder / name).write_bytes((folder / "LiberationSerif-Italic.ttf").read_bytes())
    errors = check_report_font(None)
    assert [error.id for error in errors] == ["reports.E002"] * 4
    assert "ễ ₫" in str(errors[0].msg)
    assert "fonts-liberation2" in str(errors[0].hint)


def test_missing_face_is_refused_and_the_package_named(put):
    put("", ["LiberationSerif-Regular.ttf", "LiberationSerif-Bold.ttf"])
    (error,) = check_report_font(None)
    assert error.id == "reports.E001"
    assert "fonts-liberation2" in str(error.hint)


def test_letters_no_face_can_print_are_found():
    manuscript = joint_plan(closing=(Span("đã xong ☑, tốt \U0001f44d, đúng 2\u00a0việc\n"),))
    assert missing_letters(manuscript) == {"☑", "\U0001f44d"}
    assert missing_letters(report()) == set()
    assert missing_letters(replace(report(), title="e\u0302\u0323")) == set()
