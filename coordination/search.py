"""How Vietnamese text is searched and sorted: one function each, stored in columns, equal on both databases."""

import re
import unicodedata

_BLANKS = re.compile(r"[\s\0]+")  # PostgreSQL stores no NUL
_LOOKALIKES = str.maketrans({"–": "-", "—": "-", "‑": "-", "’": "'", "‘": "'", "Ð": "Đ", "Ɖ": "Đ"})
_TONES = {"\u0300": 2, "\u0309": 3, "\u0303": 4, "\u0301": 5, "\u0323": 6}  # huyền, hỏi, ngã, sắc, nặng
_SHAPES = {"\u0306": "1", "\u0302": "2", "\u031b": "3"}  # ă, â/ê/ô, ơ/ư: letters of their own, after the plain one
_TOKEN = re.compile(r"\d+|[^\W\d_]+")


def clean_text(text: str) -> str:
    """NFC, look-alike Đ mended, no-break blanks and runs of blanks become one blank; line breaks stay."""
    text = unicodedata.normalize("NFC", text).translate({ord("Ð"): "Đ", ord("Ɖ"): "Đ", 0xA0: " "})
    return "\n".join(_BLANKS.sub(" ", line).strip() for line in text.splitlines()).strip()


def one_line(text: str) -> str:
    """As clean_text, with a blank for each line break."""
    return clean_text(text).replace("\n", " ")


def search_text(*parts: str) -> str:
    """Folded for searching: no marks, đ = d, lower case, one blank between words."""
    text = unicodedata.normalize("NFD", " ".join(part for part in parts if part).translate(_LOOKALIKES).casefold())
    bare = "".join(letter for letter in text if not unicodedata.combining(letter))
    return _BLANKS.sub(" ", bare.replace("đ", "d")).strip()


def sort_key(text: str) -> str:
    """Vietnamese order, syllable by syllable: letters (ă â đ ê ô ơ ư of their own), then tone, then the next syllable.

    Made of [a-z0-9] only, so that every collation sorts it the same way. "Ba Tơ" stands before "Bà Nà".
    """
    return "".join(_syllable_key(token) for token in _TOKEN.findall(unicodedata.normalize("NFC", text).casefold()))


def person_sort_key(full_name: str) -> str:
    """People are sorted by given name (last word), then by the whole name."""
    words = full_name.split()
    return sort_key(" ".join([words[-1], *words[:-1]])) if words else ""


def _syllable_key(token: str) -> str:
    if token.isdigit():
        return "".join(f"1{digit}" for digit in token.zfill(6)) + "0"
    letters, tone = "", 1
    for letter in unicodedata.normalize("NFD", token):
        if letter in _TONES:
            tone = _TONES[letter]
        elif letter in _SHAPES:
            letters = letters[:-1] + _SHAPES[letter]
        elif letter == "đ":
            letters += "d1"
        elif "a" <= letter <= "z":
            letters += f"{letter}0"
    return f"{letters}0{tone}"
