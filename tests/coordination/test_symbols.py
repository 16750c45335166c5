"""Numbers and symbols of documents: every family is read, printed back sign for sign, and found however typed."""

from importlib import import_module

import pytest
from django.apps import apps
from hypothesis import given
from hypothesis import strategies as st

from coordination.enums import DocumentOrigin
from coordination.models import Document
from coordination.search import search_text
from coordination.symbols import Code, parse, printed, same_numbers, searchable, ways_to_find
from tests import factories

FAMILIES = [
    ("13346/KH-UBND", "13346", "KH-UBND", "Số: 13346/KH-UBND", ["KH", "UBND"]),
    ("123/KHPH-HLHPN-BDT", "123", "KHPH-HLHPN-BDT", "Số: 123/KHPH-HLHPN-BDT", ["KHPH", "HLHPN", "BDT"]),
    ("9478/UBND-KGVX", "9478", "UBND-KGVX", "Số: 9478/UBND-KGVX", ["UBND", "KGVX"]),
    ("3163/BNV-CTTN&BĐG", "3163", "BNV-CTTN&BĐG", "Số: 3163/BNV-CTTN&BĐG", ["BNV", "CTTN&BĐG"]),
    ("09/2019/NĐ-CP", "09", "2019/NĐ-CP", "Số: 09/2019/NĐ-CP", ["NĐ", "CP"]),
    ("257/2025/QH15", "257", "2025/QH15", "Số: 257/2025/QH15", ["QH15"]),
    ("250-KL/TU", "250", "KL/TU", "Số 250-KL/TU", ["KL", "TU"]),
    ("08-ĐA/TU", "08", "ĐA/TU", "Số 08-ĐA/TU", ["ĐA", "TU"]),
    ("36-HD/VPTW", "36", "HD/VPTW", "Số 36-HD/VPTW", ["HD", "VPTW"]),
    ("12a/QĐ-UBND", "12a", "QĐ-UBND", "Số: 12a/QĐ-UBND", ["QĐ", "UBND"]),
]


@pytest.mark.parametrize(("text", "number", "symbol", "label", "words"), FAMILIES)
def test_each_family_is_read_and_printed(text, number, symbol, label, words):
    """`label`: as the head of the paper has it; Party papers write no colon."""
    code = parse(text)
    assert (code.number, code.symbol, str(code), code.words) == (number, symbol, text, words)
    assert parse(label) == code


@pytest.mark.parametrize(("text", "year"), [("09/2019/NĐ-CP", 2019), ("257/2025/QH15", 2025), ("12/KH-UBND", None)])
def test_the_year_of_a_legal_document_stands_in_its_number(text, year):
    assert parse(text).year == year


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("Số: 123/KHPH-HLHPN-BDT", "123/KHPH-HLHPN-BDT"),
        ("số 250-KL/TU", "250-KL/TU"),
        (" 123 / KHPH – HLHPN – BDT ", "123/KHPH-HLHPN-BDT"),
        ("05/BC-SDTTG", "05/BC-SDTTG"),
        ("5/BC-SDTTG", "5/BC-SDTTG"),
        ("01/KH/TW", "01/KH/TW"),
        ("7-CV", "7-CV"),
        ("123", "123"),
        ("KHPH-HLHPN", "KHPH-HLHPN"),
        ("/KHPH-HLHPN", "KHPH-HLHPN"),
        ("", ""),
    ],
)
def test_what_is_copied_off_a_paper_is_kept(typed, text):
    assert str(parse(typed)) == text


NUMBER = st.from_regex(r"[0-9]{1,5}[a-zđ]?", fullmatch=True)
GROUP = st.from_regex(r"[A-ZĐÂÊ&]{1,6}[0-9]{0,2}", fullmatch=True)
STATE = st.builds(
    lambda number, groups: f"{number}/{'-'.join(groups)}", NUMBER, st.lists(GROUP, min_size=1, max_size=4)
)
LEGAL = st.builds(
    lambda number, year, groups: f"{number}/{year}/{'-'.join(groups)}",
    NUMBER, st.integers(1945, 2099), st.lists(GROUP, min_size=1, max_size=2),
)  # fmt: skip
PARTY = st.builds("{}-{}/{}".format, NUMBER, GROUP, GROUP)
ANY = STATE | LEGAL | PARTY


@given(ANY)
def test_read_and_printed_is_the_same_text(text):
    code = parse(text)
    assert str(code) == printed(code.number, code.symbol) == text


@given(st.text(max_size=40))
def test_whatever_is_typed_is_printed_as_it_was_read(text):
    code = parse(text)
    assert parse(str(code)) == code


def found(words, code, subject=""):
    stored = searchable(code.number, code.symbol, subject)
    return all(any(way in stored for way in ways_to_find(word)) for word in search_text(words).split())


@given(ANY)
def test_every_code_is_found_as_printed_without_signs_and_in_small_letters(text):
    code = parse(text)
    bare = "".join(letter for letter in text if letter.isalnum())
    assert found(text, code)
    assert found(bare.lower(), code)
    assert found(text.replace("/", " ").replace("-", " "), code)


PLAN = parse("123/KHPH-HLHPN-BDT")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("123khph", True),
        ("123/KHPH", True),
        ("123 KHPH", True),
        ("khph hlhpn", True),
        ("khphhlhpn", True),
        ("hlhpn-bdt", True),
        ("0123/khph", True),
        ("phoi hop", True),
        ("Phối hợp 123", True),
        ("23khph", False),
        ("1123/khph", False),
        ("124khph", False),
        ("khph hlhpn 2024", False),
    ],
)
def test_what_finds_the_plan_of_an_giang(words, expected):
    assert found(words, PLAN, "Kế hoạch phối hợp") is expected


@pytest.mark.parametrize(
    ("words", "expected"), [("09/2019", True), ("9/2019/nd-cp", True), ("2019/NĐ-CP", True), ("09 2018", False)]
)
def test_what_finds_a_decree(words, expected):
    assert found(words, parse("09/2019/NĐ-CP")) is expected


@pytest.mark.parametrize(
    ("number", "same"),
    [("5", ["5", "05", "005", "0005", "00005"]), ("12a", ["12a"]), ("00012", ["12", "012", "0012", "00012"])],
)
def test_a_number_is_the_same_with_zeros_in_front(number, same):
    assert same_numbers(number) == same


def test_an_empty_code_is_nothing():
    assert str(Code()) == ""


def test_documents_are_found_by_their_code(cast):
    plan = factories.document(cast.board, number="123", symbol="KHPH-HLHPN-BDT")
    factories.document(cast.board, number="1234", symbol="KH-UBND")
    for words in ("123khph", "123/KHPH", "khph hlhpn", "KHPH-HLHPN"):
        assert list(Document.objects.matching(words)) == [plan]


def test_a_paper_keeps_its_zeros_and_what_is_made_here_gets_them(cast):
    made = factories.document(cast.board, number="7", symbol="BC-STN")
    paper = factories.document(cast.board, year=2019, number="7", symbol="CT-TTg", origin=DocumentOrigin.FROM_PAPER)
    assert (made.code, paper.code) == ("07/BC-STN", "7/CT-TTg")


@pytest.mark.django_db
def test_documents_entered_before_are_found_too(cast):
    factories.document(cast.board, number="123", symbol="KHPH-HLHPN-BDT")
    Document.objects.update(search_text="123 khph-hlhpn-bdt")
    migration = import_module("coordination.migrations.0005_codes_in_one_word")
    migration.with_codes(apps, None)
    assert Document.objects.matching("123khph").count() == 1
    migration.without_codes(apps, None)
    assert Document.objects.matching("123khph").count() == 0
