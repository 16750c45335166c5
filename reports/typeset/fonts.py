"""The font of printed papers: Liberation Serif >= 2.1, Times-metric and with every Vietnamese letter.

It is never copied into the repository; its folder is the setting REPORT_FONT_DIR, empty for Debian's places. Version
1.07 (Debian 12's `fonts-liberation`) has no letter of U+1EA0-1EF9: papers would mix two fonts letter by letter.
"""

import json
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import Error, register
from django.utils.translation import gettext as _

from coordination.manuscript import Manuscript
from reports.typeset.words import GLUE, nfc

PACKAGE = "fonts-liberation2"
FOLDERS = ("/usr/share/fonts/truetype/liberation2", "/usr/share/fonts/truetype/liberation")
FACES = {
    "LiberationSerif-Regular.ttf": "",
    "LiberationSerif-Bold.ttf": "font-weight: bold",
    "LiberationSerif-Italic.ttf": "font-style: italic",
    "LiberationSerif-BoldItalic.ttf": "font-weight: bold; font-style: italic",
}
_TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
VIETNAMESE = frozenset(
    unicodedata.normalize("NFC", vowel + tone) for vowel in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY" for tone in _TONES
) | frozenset("đĐ")
# Signs the papers use, and letters of minority names (Ê Đê, Ba Na, Gia Rai) in commune names.
OTHERS = frozenset("₫…–−≥≤“”‘’□ƀƀĕŏŭĭčñ")


class FontMissing(Exception):
    """The report font is not there, or is not the one with all letters."""


def font_folder() -> Path:
    """Where the four files are; raises FontMissing with what to install."""
    return _holding((settings.REPORT_FONT_DIR,) if settings.REPORT_FONT_DIR else tuple(FOLDERS))


@cache
def _holding(folders: tuple[str, ...]) -> Path:
    """Looked for once: a Word file asks how long each of its words is. What was not found is looked for anew."""
    for folder in map(Path, folders):
        if all((folder / name).is_file() for name in FACES):
            return folder
    raise FontMissing(
        _("The report font Liberation Serif was not found in %(places)s.") % {"places": ", ".join(folders)}
    )


@cache
def letters_of(path: Path) -> frozenset[int]:
    """Code points the font file has a glyph for."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415  slow library, needed once per process

    with TTFont(path, lazy=True) as font:
        return frozenset(font.getBestCmap())


@register()
def check_report_font(app_configs: Any, **kwargs: Any) -> list[Error]:
    """The program does not start with a font that would tear Vietnamese words apart."""
    hint = _(
        "Install the package %(package)s (apt-get install %(package)s), or set REPORT_FONT_DIR to its folder."
    ) % {"package": PACKAGE}
    try:
        folder = font_folder()
    except FontMissing as missing:
        return [Error(str(missing), hint=hint, id="reports.E001")]
    errors = []
    for name in FACES:
        lacking = sorted(letter for letter in VIETNAMESE | OTHERS if ord(letter) not in letters_of(folder / name))
        if lacking:
            named = {"file": folder / name, "letters": " ".join(lacking)}
            text = _("The report font %(file)s lacks these letters: %(letters)s.") % named
            errors.append(Error(text, hint=hint, id="reports.E002"))
    return errors


def missing_letters(manuscript: Manuscript) -> set[str]:
    """Characters of the text that one of the four faces cannot print (☑, emoji): to be replaced before approval."""
    return unprintable(json.dumps(manuscript.to_json(), ensure_ascii=False))


def unprintable(text: str) -> set[str]:
    """Characters that one of the four faces has no glyph for; marks that only steer line breaks do not count."""
    printable = _in_every_face(font_folder())
    return {letter for letter in set(nfc(text)) if ord(letter) not in printable and letter not in f"\n\t{GLUE}"}


@cache
def _in_every_face(folder: Path) -> frozenset[int]:
    return frozenset.intersection(*(letters_of(folder / name) for name in FACES))
