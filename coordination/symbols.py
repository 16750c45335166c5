"""Numbers and symbols of documents: read from what people copy off a paper, printed back sign for sign.

Five families are in use (Decree 30/2020/NĐ-CP; Party bodies follow their own guide):

    13346/KH-UBND              a typed paper: number/TYPE-ORGAN
    123/KHPH-HLHPN-BDT         a joint one: the agencies in the order of the symbol
    9478/UBND-KGVX             a letter (công văn): number/ORGAN-UNIT, no type; may hold "&"
    09/2019/NĐ-CP, 257/2025/QH15   legal documents: number/year/…
    250-KL/TU                  the Party: number-TYPE/ORGAN, and no colon behind "Số"
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from coordination.search import clean_text, search_text

_LABEL = re.compile(r"^(số|so)\s*[:.]?\s*(?=\d)", re.IGNORECASE)
_BLANKS_AT_SIGNS = re.compile(r"\s*([/-])\s*")
_LONG_DASHES = re.compile("[–—‑]")
_CODE = re.compile(r"(?P<number>\d[^\s/-]*)(?P<sign>[/-])(?P<symbol>\S.*)")
_NUMBER = re.compile(r"\d[^\s/-]*")
_OF_A_YEAR = re.compile(r"(19|20)\d\d/")
_NO_LETTER = re.compile(r"[\W_]+")
_ZEROS = re.compile(r"^0+(?=\d)")


@dataclass(frozen=True)
class Code:
    """`symbol` is what stands behind the number: "KHPH-HLHPN-BDT", "2019/NĐ-CP", of the Party "KL/TU"."""

    number: str = ""
    symbol: str = ""

    def __str__(self) -> str:
        return printed(self.number, self.symbol)

    @property
    def year(self) -> int | None:
        """Of a legal document, whose number carries it."""
        return int(self.symbol[:4]) if _OF_A_YEAR.match(self.symbol) else None

    @property
    def words(self) -> list[str]:
        """The groups between the signs: type, agencies, unit; the year of a legal document is none of them."""
        symbol = self.symbol[5:] if self.year else self.symbol
        return [word for word in re.split("[/-]", symbol) if word]


def is_party_symbol(symbol: str) -> bool:
    """ "KL/TU": one slash, and no year before it."""
    return symbol.count("/") == 1 and not symbol.startswith(("/", "-")) and not _OF_A_YEAR.match(symbol)


def printed(number: str, symbol: str) -> str:
    """Number and symbol joined as their family joins them. A symbol that begins with a sign says it itself."""
    if not (number and symbol):
        return number or symbol
    if symbol.startswith(("/", "-")):
        return f"{number}{symbol}"
    return f"{number}{'-' if is_party_symbol(symbol) else '/'}{symbol}"


def parse(typed: str) -> Code:
    """What a person copied off the paper, with "Số:" or without; nothing in it is changed but blanks and long dashes.

    A number alone, or a symbol alone, is possible: not every old paper still shows both.
    """
    text = _LABEL.sub("", _LONG_DASHES.sub("-", " ".join(clean_text(typed).split())))
    text = _BLANKS_AT_SIGNS.sub(r"\1", text)
    match = _CODE.fullmatch(text)
    if match is None:
        return Code(number=text) if _NUMBER.fullmatch(text) else Code(symbol=text.strip("/"))
    number, sign, symbol = match["number"], match["sign"], match["symbol"]
    usual = printed(number, symbol) == text
    return Code(number, symbol if usual else f"{sign}{symbol}")


def same_numbers(number: str) -> list[str]:
    """How one number may be written: "5" and "05" are the same entry of a register."""
    bare = _ZEROS.sub("", number)
    return [bare] if not bare.isdigit() else [bare, *(bare.zfill(width) for width in range(len(bare) + 1, 6))]


def squeezed(text: str) -> str:
    """Without signs, marks and the zeros in front: "09/2019/NĐ-CP" is "92019ndcp"."""
    return _ZEROS.sub("", _NO_LETTER.sub("", search_text(text)))


def searchable(number: str, symbol: str, subject: str) -> str:
    """Number, symbol and subject to search in, and number and symbol once more in one word."""
    return f"{search_text(number, symbol, subject)} {squeezed(number + symbol)}"


def ways_to_find(word: str) -> list[str]:
    """What of `searchable` a folded word may be part of: as it is, or its signs left out ("123/khph", "123khph").

    Digits with more behind them begin a code: "23khph" is no part of "123khph".
    """
    bare = squeezed(word)
    if not bare or word.isdigit():
        return [bare or word]
    if bare[0].isdigit():
        return [f" {bare}"] if word.isalnum() else [f" {bare}", word]
    return [word] if bare == word else [word, bare]
