"""What is held together at the end of a line, how lists are punctuated, how text is cleaned."""

import pytest

from reports.typeset.words import GLUE, in_list, joined, lines, nfc, whole

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("tổ chức 412 cuộc thuộc bốn nội dung", "tổ chức 412~cuộc thuộc bốn nội~dung"),
        ("ngày 14 tháng 6 năm 2026 có", "ngày~14 tháng~6 năm~2026~có"),
        ("6 tháng đầu năm 2026 như sau", "6~tháng đầu năm~2026 như~sau"),
        ("14.398/24.910 lượt", "14.398/24.910~lượt"),
        ("19 trong 20 chỉ tiêu", "19 trong 20~chỉ~tiêu"),
        ("chi tiết tại Phụ lục II và Bảng 1", "chi tiết tại Phụ~lục~II và Bảng~1"),
        ("Thông tư 09/2025/TT-BDTTG quy định", "Thông tư 09/2025/TT-BDTTG quy~định"),
        ("bằng 84,2% kế hoạch", "bằng 84,2% kế~hoạch"),
        ("của Thủ tướng Chính phủ.", "của Thủ tướng Chính~phủ."),
        ("với Dự án 8.", "với Dự~án~8."),
    ],
)
def test_number_and_its_word_and_the_last_two_words_are_joined(text, held):
    assert joined(text) == held.replace("~", "\u00a0")


@pytest.mark.parametrize(
    "symbol", ["09/2019/NĐ-CP", "87/BC-SDTTG", "3163/BNV-CTTN&BĐG", "257/2025/QH15", "250-KL/TU", "123/KHPH-HLHPN-BDT"]
)
def test_symbol_is_glued_at_every_sign(symbol):
    set_words = whole(f"số {symbol}; hết")
    assert set_words.replace(GLUE, "").replace("&amp;", "&") == f"số {symbol}; hết"
    for sign in "/-":
        assert set_words.count(sign) == set_words.count(GLUE + sign + GLUE)


def test_span_of_years_is_glued_and_words_with_a_dash_are_not():
    assert whole("2021 - 2025") == f"2021\u00a0{GLUE}-{GLUE}\u00a02025"
    assert whole("kinh tế - xã hội, Khơ-me") == "kinh tế - xã hội, Khơ-me"


def test_markup_of_users_is_escaped_and_new_lines_are_kept():
    assert lines('<b>a</b>\n& "b"') == "&lt;b&gt;a&lt;/b&gt;<br>&amp; &quot;b&quot;"


def test_text_is_composed_and_free_of_control_characters():
    assert nfc("ê\u0323\x00\x0b\u0007 x\n") == "ệ x\n"


def test_lists_end_as_the_decree_writes_them():
    assert in_list(("Như trên;", "- UBND tỉnh", "Lưu: VT.")) == ["- Như trên;", "- UBND tỉnh;", "- Lưu: VT."]
    assert in_list(()) == []
