"""Search and order of Vietnamese text."""

import unicodedata

import pytest

from coordination.search import clean_text, person_sort_key, search_text, sort_key

pytestmark = pytest.mark.once

FOUND = [
    ("tuyen truyen", "Tuyên truyền"),
    ("so dan toc", "Sở Dân tộc và Tôn giáo"),
    ("dang", "Đặng"),
    ("da nang", "Đà Nẵng"),
    ("hoa binh", "Hoà Bình"),
    ("hoa binh", "Hòa Bình"),
    ("uy ban", "Uỷ ban"),
    ("uy ban", "Ủy ban"),
    ("h'mong", "H’Mông"),
    ("kho-me", "Khơ–me"),
    ("dia chi tin cay", "Địa chỉ  tin cậy"),
    ("nguoi co uy tin", "người có uy tín"),
]


@pytest.mark.parametrize(("query", "text"), FOUND)
def test_search_text_finds_words_typed_without_marks(query, text):
    assert query in search_text(text)


@pytest.mark.parametrize(("_query", "text"), FOUND)
def test_search_text_is_the_same_for_decomposed_letters(_query, text):
    assert search_text(unicodedata.normalize("NFD", text)) == search_text(text)


def test_nul_is_a_blank_because_postgresql_refuses_it():
    assert clean_text("a\0b") == search_text("a\0b") == "a b"


def test_clean_text_mends_look_alikes_and_blanks():
    assert clean_text("Ðắk\xa0Lắk  \r\n  dòng hai ") == "Đắk Lắk\ndòng hai"


def test_sort_key_follows_the_vietnamese_alphabet_and_tones():
    words = ["a", "à", "ả", "ã", "á", "ạ", "ă", "ằ", "â", "ấ", "b", "d", "đ", "e", "ê", "o", "ô", "ơ", "u", "ư", "y"]
    assert sorted(words, key=sort_key) == words


def test_sort_key_compares_syllable_by_syllable():
    names = [
        "Ba Tơ",
        "Ba Vinh",
        "Bà Nà",
        "Bình Sơn",
        "Đăk Hà",
        "Ia Chim",
        "Phường 2",
        "Phường 10",
        "Sơn Hà",
        "Sơn Tây",
    ]
    mixed = names[::-1]
    assert sorted(mixed, key=sort_key) == names


def test_sort_key_holds_only_letters_and_digits_every_collation_orders_alike():
    assert sort_key("Đắk R’lấp (cũ) – 2").isalnum()
    assert sort_key("Đắk R’lấp").isascii()


def test_person_sort_key_sorts_by_given_name_first():
    people = ["Trần Thị An", "Lê Na", "Đinh Văn Bình"]
    assert sorted(people, key=person_sort_key) == ["Trần Thị An", "Đinh Văn Bình", "Lê Na"]
