"""Text typed with the fonts of before Unicode: TCVN3 (ABC, .VnTime) and VNI. Known by signs no Vietnamese word has."""

from __future__ import annotations

import re
import unicodedata

TCVN3, VNI = "TCVN3", "VNI"
# TCVN 5712:1993, third form: one sign a letter, seen as what the sign is in Latin-1.
_TCVN3 = dict(
    zip(
        "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\xadõøö÷ùúýûüþ¡¢§£¤¥¦",
        "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ",
        strict=True,
    )
)
# VNI for Windows: a vowel, then a sign for shape and tone together.
_GRAVE, _ACUTE, _HOOK, _TILDE, _DOT = "\u0300", "\u0301", "\u0309", "\u0303", "\u0323"
_CIRCUMFLEX, _BREVE, _HORN = "\u0302", "\u0306", "\u031b"
_VNI_MARKS = {
    "ø": _GRAVE, "ù": _ACUTE, "û": _HOOK, "õ": _TILDE, "ï": _DOT,
    "â": _CIRCUMFLEX, "à": _CIRCUMFLEX + _GRAVE, "á": _CIRCUMFLEX + _ACUTE, "å": _CIRCUMFLEX + _HOOK,
    "ã": _CIRCUMFLEX + _TILDE, "ä": _CIRCUMFLEX + _DOT,
    "ê": _BREVE, "è": _BREVE + _GRAVE, "é": _BREVE + _ACUTE, "ú": _BREVE + _HOOK, "ü": _BREVE + _TILDE,
    "ë": _BREVE + _DOT,
}  # fmt: skip
_VNI_LETTERS = {
    "ñ": "đ", "Ñ": "Đ", "ö": "ư", "Ö": "Ư", "ô": "ơ", "Ô": "Ơ",
    "æ": "ỉ", "Æ": "Ỉ", "ó": "ĩ", "Ó": "Ĩ", "ò": "ị", "Ò": "Ị", "î": "ỵ", "Î": "Ỵ",
}  # fmt: skip
_VNI_PAIR = re.compile(f"([aeouyöôAEOUYÖÔ])([{''.join(_VNI_MARKS)}{''.join(_VNI_MARKS).upper()}])")

_SUSPECT = re.compile("[\x80-\xff]")
_OF_TODAY = re.compile("[\u0102-\u1ef9]")  # letters only Unicode has: whoever typed them has no old font
_TCVN3_SIGNS = re.compile(r"[A-Za-z][µ¶·¸¹¨»¼½¾©ª«¬®\xad÷×þÞßÆÇÏË]|[®«ª¬©\xad¨][A-Za-z\xb5-\xff]|[µ¸¶·¹]\b")
_VNI_SIGNS = re.compile(r"[aeouyöôAEOUYÖÔ][ïøûäåëüÏØÛÄÅËÜ]|[ñöÑÖ](?=[aeiouyAEIOUY])|[aeouyöô][ùõ](?![aeouy])")


def old_font_of(text: str) -> str:
    """TCVN3, VNI, or "" for text of today."""
    if text.isascii() or not _SUSPECT.search(text) or _OF_TODAY.search(text):
        return ""
    if _TCVN3_SIGNS.search(text):
        return TCVN3
    return VNI if _VNI_SIGNS.search(text) else ""


def in_unicode(text: str, font: str) -> str:
    """What the text means; a guess to be shown, never to be stored unasked."""
    if font == TCVN3:
        return "".join(_TCVN3.get(sign, sign) for sign in text)
    joined = _VNI_PAIR.sub(lambda found: _letter(found[1]) + _VNI_MARKS[found[2].lower()], text)
    plain = "".join(_VNI_LETTERS.get(sign, sign) for sign in joined)
    return unicodedata.normalize("NFC", plain)


def _letter(vowel: str) -> str:
    return _VNI_LETTERS.get(vowel, vowel)
