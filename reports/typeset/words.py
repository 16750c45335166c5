"""Text on paper: what must not be torn apart at the end of a line, and the fixed words of the decree.

The words of Decree 30/2020/NĐ-CP (annex I) are part of the paper, not of the screen: they are never translated.
"""

import re
import unicodedata

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
NUMBER = "Số:"
DEAR = "Kính gửi:"
RECIPIENTS = "Nơi nhận:"
ANNEX = "Phụ lục"
DRAFT = "DỰ THẢO"
DRAFT_NO = "DỰ THẢO LẦN {}"
SAMPLE = "DỮ LIỆU MẪU"
CODE = "Mã kiểm tra:"
CHECKED_AT = "Kiểm tra tại:"

NO_BREAK = "\u00a0"
GLUE = "\u2060"  # word joiner: no width, no break on either side, and no trace in the text of the PDF

# A word that names the number behind it ("tháng 6", "Phụ lục II"): the pair is joined, and then not with a third word,
# because a chain of joined words opens rivers in justified lines.
_LABEL = re.compile(
    r"(?<!\w)(ngày|tháng|năm|quý|khoản|Điều|Chương|Mục|Bảng|Hình|Phụ lục|Dự án|Nội dung|Mục tiêu|Chỉ tiêu|trang) "
    r"(?=\d|[IVX]+\b)",
    re.IGNORECASE,
)
# A number and the word it counts ("412 cuộc"), but not a word that only goes on with the sentence.
_COUNTED = re.compile(
    rf"(?<![\w{NO_BREAK}/.,])(\d[\d.,/]*) "
    r"(?=[^\W\d_])(?!(?:trong|trên|và|hoặc|đến|của|là|với|có|bằng|như|theo|thì|để|từ|tại|do|về|ở|so)\b)"
)
# Symbols of papers (09/2019/NĐ-CP, 87/BC-SDTTG, 250-KL/TU) and spans (2021 - 2025, 15/12 - 14/6). A line may end after
# "/" and "-", even before a no-break space; glue holds them.
_WHOLE = re.compile(r"\d+/(?:\d{4}/)?[A-ZĐ][\w&]*(?:-[\w&]+)*|\d+-[A-ZĐ]+/[A-ZĐ]+|\d[\d/]* ?[-–] ?\d[\d/]*")


# The last syllable of a paragraph, which would hang alone on its last line ("Thủ tướng Chính / phủ.").
_LAST = re.compile(r" (?=[^\s]{1,7}$)")


def nfc(text: str) -> str:
    """One code point per Vietnamese letter; control characters, which no paper can hold, are dropped."""
    return unicodedata.normalize("NFC", text).translate(_CONTROLS)


_CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127])


def joined(text: str) -> str:
    """The same text, letter for letter, with no-break spaces between a number and its word and before the last one."""
    text = _LABEL.sub(lambda found: found[0].replace(" ", NO_BREAK), text)
    return _LAST.sub(NO_BREAK, _COUNTED.sub(lambda found: found[1] + NO_BREAK, text))


# The end of an organ's name that belongs together: "… THAO / VÀ DU LỊCH", "… TIẾN BỘ / CỦA PHỤ NỮ".
_TAIL = re.compile(r" (?:và|của|về|tỉnh|thành phố)(?: [^\s,]+){1,3}$", re.IGNORECASE | re.MULTILINE)


def phrased(text: str) -> str:
    """The same letters, with a last phrase that a line takes whole or not at all."""
    return _TAIL.sub(lambda found: " " + found[0][1:].replace(" ", NO_BREAK), text)


def lines(text: str) -> SafeString:
    """Escaped text for cells and titles; a new line in it is a new line on paper."""
    return mark_safe("<br>".join(conditional_escape(line) for line in text.split("\n")))  # noqa: S308  each line is escaped


def whole(text: str) -> SafeString:
    """Escaped text in which symbols and spans of years stay in one piece."""
    return lines(held(text))


def held(text: str) -> str:
    """The same with glue, not yet escaped."""
    return _WHOLE.sub(_held, text)


def _held(found: re.Match[str]) -> str:
    return re.sub(r"[/–-]", rf"{GLUE}\g<0>{GLUE}", found[0].replace(" ", NO_BREAK))


def in_list(items: tuple[str, ...]) -> list[str]:
    """Lines of a list as the decree writes them: "- " before each, ";" after each but the last, which has "."."""
    bare = [item.strip().removeprefix("- ").rstrip(";. ") for item in items]
    return [f"- {item}{'.' if number == len(bare) else ';'}" for number, item in enumerate(bare, 1)]
