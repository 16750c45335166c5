"""The register of documents: what it lists for whom, papers entered, numbers used once, print and Excel."""

import io
import uuid
import zipfile
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from coordination.document_links import cited_by, rests_on
from coordination.enums import DocumentOrigin, DocumentState, LinkNature
from coordination.models import Agency, Document, DocumentArrival, DocumentKind, DocumentLink, Recipient
from coordination.register import Arrival, ArrivalTaken, Paper, enter_paper, next_arrival_number
from coordination.symbols import parse
from tests import factories
from tests.pages import Page

LIST, CREATE = "coordination:document_list", "coordination:document_create"
ISSUED = {"state": DocumentState.ISSUED, "issued_on": date(2026, 3, 1)}


def kind(code="CV", name="Công văn", abbreviation=""):
    return DocumentKind.objects.get_or_create(code=code, defaults={"name": name, "abbreviation": abbreviation})[0]


@pytest.fixture
def papers(cast):
    """One sent out, one received, one of a stranger."""
    kind()
    kind("KH", "Kế hoạch", "KH")
    out = factories.document(cast.board, number="7", symbol="BC-SDTTG", subject="Báo cáo đi", **ISSUED)
    received = factories.document(cast.union, number="123", symbol="KHPH-HLHPN-BDT", subject="Kế hoạch đến", **ISSUED)
    Recipient.objects.create(document=received, position=1, text="Sở Dân tộc", agency=cast.board)
    far = factories.document(cast.other, number="1", symbol="BC-X", subject="Của tỉnh khác", **ISSUED)
    return {"out": out, "in": received, "far": far}


def shown(client, **query):
    answer = client.get(reverse(LIST), query)
    assert answer.status_code == 200
    return [document.subject for document in answer.context["page"]]


# ---- The list


def test_the_list_holds_what_one_may_read_newest_first(client, cast, papers):
    client.force_login(cast.officer)
    assert shown(client) == ["Kế hoạch đến", "Báo cáo đi"]


@pytest.mark.parametrize(
    ("person", "out", "received"),
    [
        ("officer", ["Báo cáo đi"], ["Kế hoạch đến"]),
        ("partner", ["Kế hoạch đến"], []),
        ("stranger", ["Của tỉnh khác"], []),
        ("chair", [], []),
    ],
)
def test_sent_out_and_received_are_seen_from_the_agency_one_acts_for(client, cast, papers, person, out, received):
    client.force_login(getattr(cast, person))
    assert (shown(client, direction="out"), shown(client, direction="in")) == (out, received)


def test_who_signs_has_sent_it_out(client, cast, papers):
    papers["in"].parties.create(agency=cast.board, title="Giám đốc")
    client.force_login(cast.officer)
    assert shown(client, direction="out") == ["Kế hoạch đến", "Báo cáo đi"]
    assert shown(client, direction="in") == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "123khph"}, ["Kế hoạch đến"]),
        ({"q": "123/KHPH"}, ["Kế hoạch đến"]),
        ({"q": "khph hlhpn"}, ["Kế hoạch đến"]),
        ({"q": "07bc"}, ["Báo cáo đi"]),
        ({"q": "bao cao"}, ["Báo cáo đi"]),
        ({"q": "khong co"}, []),
        ({"year": "2026"}, ["Kế hoạch đến", "Báo cáo đi"]),
        ({"state": "draft"}, []),
        (
            {"state": "khong-co", "kind": "x", "year": "abc", "issuer": "0", "direction": "?"},
            ["Kế hoạch đến", "Báo cáo đi"],
        ),
    ],
)
def test_search_and_filters(client, cast, papers, query, found):
    client.force_login(cast.officer)
    assert shown(client, **query) == found


def test_filters_by_issuer_and_kind(client, cast, papers):
    Document.objects.filter(pk=papers["in"].pk).update(kind=kind())
    client.force_login(cast.officer)
    assert shown(client, issuer=cast.union.pk) == ["Kế hoạch đến"]
    assert shown(client, kind=kind().pk) == ["Kế hoạch đến"]


def test_the_count_stops_at_the_cap(client, cast, papers, settings):
    settings.COUNT_CAP = 1
    client.force_login(cast.officer)
    assert "hơn 1" in Page(client.get(reverse(LIST))).one("nav", class_="pager").text


def test_a_swap_is_the_same_part_of_the_page(client, cast, papers):
    client.force_login(cast.officer)
    whole = Page(client.get(reverse(LIST))).part("document-table")
    swap = Page(client.get(reverse(LIST), headers={"HX-Request": "true"})).part("document-table")
    assert swap == whole


def test_the_pages_keep_to_the_policy(client, cast, papers):
    client.force_login(cast.officer)
    for url in (reverse(LIST), reverse(CREATE), reverse("coordination:document_print"), detail(papers["out"])):
        assert Page(client.get(url)).against_csp() == []


def many(cast, rows):
    for number in range(1, rows + 1):
        document = factories.document(cast.union, number=str(number), subject=f"Văn bản {number}", **ISSUED)
        Recipient.objects.create(document=document, position=1, text="Sở Dân tộc", agency=cast.board)
        document.arrivals.create(agency=cast.board, year=2026, number=number, arrived_on=date(2026, 3, 2))


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("page", "query", "queries"),
    [
        (LIST, {}, 10),
        ("coordination:document_print", {"direction": "in"}, 9),
        ("coordination:document_export", {}, 10),
    ],
)
def test_queries_do_not_grow_with_the_rows(client, cast, rows, page, query, queries):
    many(cast, rows)
    client.force_login(cast.officer)
    url = reverse(page)
    client.get(url)  # a session begins
    with CaptureQueriesContext(
        connection,
    ) as made:
        client.get(url, query)
    assert len(made) == queries


# ---- One document


def detail(document):
    return reverse("coordination:document_detail", args=[document.uid])


@pytest.mark.parametrize(
    ("person", "status"),
    [("officer", 200), ("leader", 200), ("partner", 404), ("chair", 200), ("stranger", 404), ("administrator", 404)],
)
def test_who_reads_a_document(client, cast, papers, person, status):
    client.force_login(getattr(cast, person))
    assert client.get(detail(papers["out"])).status_code == status


def test_the_page_of_a_report_is_one_link_away(client, cast, papers):
    client.force_login(cast.officer)
    assert client.get(detail(papers["out"])).context["page_url"] == ""
    report = factories.report(cast.board, cast.province, document=papers["out"])
    assert client.get(detail(papers["out"])).context["page_url"] == reverse("reports:report_detail", args=[report.uid])


def link(document, target, nature=LinkNature.BASIS):
    DocumentLink.objects.create(document=document, target=target, nature=nature)


def flat(lines):
    return [(line.document and line.document.subject, line.readable, flat(line.below)) for line in lines]


def test_the_tree_of_links_goes_both_ways_and_ends_in_a_circle(cast):
    first, second, third = (factories.document(cast.board, number=str(n), subject=f"Số {n}") for n in (1, 2, 3))
    link(third, second)
    link(second, first)
    link(first, third)
    assert flat(rests_on(third, cast.officer)) == [("Số 2", True, [("Số 1", True, [("Số 3", True, [])])])]
    assert flat(cited_by(first, cast.officer)) == [("Số 2", True, [("Số 3", True, [("Số 1", True, [])])])]


def test_what_one_may_not_read_is_named_by_its_code_and_never_as_citing(client, cast, papers):
    secret = factories.document(cast.other, number="9", symbol="KH-X", subject="Bí mật")
    link(papers["out"], secret)
    link(secret, papers["out"])
    link(secret, papers["in"])
    assert flat(rests_on(papers["out"], cast.officer)) == [("Bí mật", False, [])]
    assert cited_by(papers["out"], cast.officer) == []
    client.force_login(cast.officer)
    html = client.get(detail(papers["out"])).content.decode()
    assert "09/KH-X" in html
    assert "Bí mật" not in html


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_one_document(client, cast, papers, rows):
    for number in range(rows):
        link(papers["out"], factories.document(cast.board, number=str(50 + number)))
    client.force_login(cast.officer)
    client.get(detail(papers["out"]))
    with CaptureQueriesContext(connection) as made:
        client.get(detail(papers["out"]))
    assert len(made) == 20


# ---- Entering a paper


@pytest.fixture
def entered(client, cast):
    """Sends the form of a paper as the clerk of the board."""
    kind()
    kind("KH", "Kế hoạch", "KH")
    client.force_login(cast.clerk)

    def send(**values):
        data = {
            "uid": uuid.uuid4(),
            "issuer": cast.union.pk,
            "code": "12/KH-HLHPN",
            "issued_on": "02/03/2026",
            "subject": "Kế hoạch truyền thông",
        }
        return client.post(reverse(CREATE), data | values)

    return send


def test_a_received_paper_is_in_the_register_with_its_arrival(client, cast, entered):
    answer = entered(arrival_number="41", arrived_on="03/03/2026")
    document = Document.objects.get()
    assert answer.url == detail(document)
    assert (document.code, document.kind.code, document.issued_on) == ("12/KH-HLHPN", "KH", date(2026, 3, 2))
    assert (document.origin, document.state) == (DocumentOrigin.FROM_PAPER, DocumentState.ISSUED)
    assert (document.register_agency, document.register_year) == (cast.union, 2026)
    arrival = document.arrivals.get()
    assert (arrival.agency, arrival.year, arrival.number) == (cast.board, 2026, 41)
    assert arrival.arrived_on == date(2026, 3, 3)
    move = document.moves.get()
    assert (move.action, move.moved_by, move.acting_for) == ("enter", cast.clerk, cast.board)
    assert document.history.get().history_user == cast.clerk
    assert shown(client, direction="in") == ["Kế hoạch truyền thông"]


def test_without_a_number_of_arrival_it_gets_the_next_of_the_year(cast, entered):
    entered(arrival_number="41", arrived_on="03/03/2026")
    entered(code="13/KH-HLHPN")
    today = timezone.localdate()
    second = DocumentArrival.objects.latest("pk")
    assert second.arrived_on == today
    assert second.number == (42 if today.year == 2026 else 1)
    assert next_arrival_number(cast.board, 2025) == 1


def test_an_older_paper_of_ones_own_has_no_arrival(client, cast, entered):
    entered(issuer=cast.board.pk, code="", kind=kind().pk, issued_on="10/06/2022")
    document = Document.objects.get()
    assert (document.register_agency, document.code, document.arrivals.count()) == (cast.board, "", 0)
    assert shown(client, direction="out") == ["Kế hoạch truyền thông"]


@pytest.mark.parametrize(
    "code", ["9478/UBND-KGVX", "3163/BNV-CTTN&BĐG", "09/2019/NĐ-CP", "257/2025/QH15", "250-KL/TU", "5/CT"]
)
def test_codes_are_kept_as_printed(client, entered, code):
    entered(code=code, kind=kind().pk)
    document = Document.objects.get()
    assert document.code == code
    assert (
        shown(client, q=code) == shown(client, q=code.replace("/", "").replace("-", "").lower()) == [document.subject]
    )


def test_an_issuer_outside_the_list_is_made_once(entered):
    for code in ("09/2019/NĐ-CP", "10/2020/NĐ-CP"):
        assert entered(issuer="", issuer_name="Chính phủ", code=code, kind=kind().pk).status_code == 302
    made = Agency.objects.get(names__name="Chính phủ")
    assert (made.unit, made.names.get().symbol, made.registered_documents.count()) == (None, "CP", 2)


def test_a_number_already_used_names_the_other_document_with_a_link(cast, entered):
    entered()
    other = Document.objects.get()
    for code in ("12/KH-HLHPN", "012/KH-HLHPN", "12/KH-KHAC"):
        answer = entered(code=code, subject="Văn bản khác")
        assert answer.status_code == 422
        page = Page(answer)
        error = page.one(id="id_code_error")
        assert "12/KH-HLHPN – Kế hoạch truyền thông" in error.text
        assert "02/03/2026" in error.text
        assert [element.attributes["href"] for element in page.all("a") if element.within(id="id_code_error")] == [
            detail(other)
        ]
        assert page.one(id="id_subject").text == "Văn bản khác"
        assert page.one(id="id_code").attributes["value"] == code
    assert Document.objects.get() == other


def test_the_number_is_free_in_another_year_kind_and_agency(cast, entered):
    entered()
    assert entered(issued_on="02/03/2025").status_code == 302
    assert entered(kind=kind().pk).status_code == 302
    assert entered(issuer=cast.committee.pk).status_code == 302
    assert Document.objects.count() == 4


def test_a_number_of_arrival_already_used_names_the_other_document(entered):
    entered(arrival_number="5", arrived_on="03/03/2026")
    answer = entered(code="13/KH-HLHPN", arrival_number="5", arrived_on="04/03/2026")
    assert answer.status_code == 422
    assert "12/KH-HLHPN – Kế hoạch truyền thông" in Page(answer).one(id="id_arrival_number_error").text
    assert Document.objects.count() == 1


def test_the_same_form_twice_makes_one(entered):
    token = uuid.uuid4()
    first, second = entered(uid=token), entered(uid=token)
    assert first.url == second.url
    assert (Document.objects.count(), DocumentArrival.objects.count()) == (1, 1)


WRONG = [
    ({"issuer": ""}, "issuer", "Chọn cơ quan ban hành"),
    ({"issuer_name": "Chính phủ"}, "issuer_name", "không làm cả hai"),
    ({"code": "12/XYZ-ABC"}, "kind", "Ký hiệu không cho biết loại"),
    ({"code": ""}, "kind", "Ký hiệu không cho biết loại"),
    ({"code": "1" * 30 + "/KH"}, "code", "dài quá"),
    ({"issued_on": ""}, "issued_on", "Viết ngày"),
    ({"issued_on": "31/02/2026"}, "issued_on", "Không có ngày"),
    ({"issued_on": "01/01/1900"}, "issued_on", "1900"),
    ({"subject": ""}, "subject", "trích yếu"),
    ({"arrived_on": "01/03/2026"}, "arrived_on", "không thể trước"),
    ({"arrival_number": "0"}, "arrival_number", "1"),
]


@pytest.mark.parametrize(("values", "field", "words"), WRONG)
def test_what_is_wrong_is_said_by_the_field_and_all_is_kept(entered, values, field, words):
    answer = entered(**{"link_1": "Giữ nguyên"} | values)
    assert answer.status_code == 422
    page = Page(answer)
    assert words in page.one(id=f"id_{field}_error").text
    assert page.one(id="id_link_1").attributes["value"] == "Giữ nguyên"
    assert not Document.objects.exists()


def test_a_day_ahead_is_refused(entered):
    ahead = timezone.localdate() + timedelta(days=1)
    answer = entered(issued_on=f"{ahead:%d/%m/%Y}")
    assert "chưa tới" in Page(answer).one(id="id_issued_on_error").text


def test_an_own_paper_has_no_number_of_arrival(cast, entered):
    answer = entered(issuer=cast.board.pk, arrival_number="3")
    assert "không có số đến" in Page(answer).one(id="id_arrival_number_error").text


def test_a_code_of_the_register_becomes_a_link_and_other_words_stay(client, cast, entered, papers):
    entered(
        link_1="Kế hoạch số 123/KHPH-HLHPN-BDT ngày 01/03/2026",
        nature_1="answers",
        link_2="Nghị định số 09/2019/NĐ-CP ngày 24/01/2019",
    )
    document = Document.objects.get(number="12")
    links = list(document.links.values_list("target", "text", "nature"))
    assert links == [(papers["in"].pk, "", "answers"), (None, "Nghị định số 09/2019/NĐ-CP ngày 24/01/2019", "basis")]


@pytest.mark.parametrize(
    ("person", "status"),
    [("officer", 200), ("clerk", 200), ("leader", 403), ("chair", 403), ("stranger", 200), ("administrator", 403)],
)
def test_who_may_enter(client, cast, person, status):
    client.force_login(getattr(cast, person))
    assert client.get(reverse(CREATE)).status_code == status
    if status == 403:
        assert client.post(reverse(CREATE)).status_code == 403


# ---- A paper that several agencies received


def paper(issuer, code="3163/BNV-CTTN&BĐG", **values):
    return Paper(
        **{
            "uid": uuid.uuid4(), "issuer": issuer, "kind": kind(), "code": parse(code), "subject": "Hướng dẫn",
            "issued_on": date(2026, 3, 1),
        } | values
    )  # fmt: skip


TODAY = Arrival(date(2026, 3, 5))


def test_a_paper_of_the_centre_is_shared_by_those_who_hold_it(client, cast):
    ministry = factories.agency(None, "Bộ Nội vụ", "BNV")
    first = enter_paper(paper(ministry), acting=cast.clerk.memberships.get(), arrival=TODAY)
    second = enter_paper(paper(ministry), acting=cast.stranger.memberships.get(), arrival=TODAY)
    assert first == second
    assert set(first.arrivals.values_list("agency", "number")) == {(cast.board.pk, 1), (cast.other.pk, 1)}
    client.force_login(cast.stranger)
    assert client.get(detail(first)).status_code == 200


@pytest.mark.parametrize(
    "values", [{"code": "3163/BNV-KHAC"}, {"issued_on": date(2026, 3, 2)}], ids=["other symbol", "other day"]
)
def test_who_does_not_hold_it_learns_nothing(client, cast, values):
    ministry = factories.agency(None, "Bộ Nội vụ", "BNV")
    secret = enter_paper(paper(ministry, subject="Bí mật"), acting=cast.clerk.memberships.get(), arrival=TODAY)
    client.force_login(cast.stranger)
    given = {"issued_on": f"{values.get('issued_on', date(2026, 3, 1)):%d/%m/%Y}"}
    data = {"uid": uuid.uuid4(), "issuer": ministry.pk, "kind": kind().pk, "subject": "Thử"} | given
    answer = client.post(reverse(CREATE), data | {"code": values.get("code", "3163/BNV-CTTN&BĐG")})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "bạn không được xem" in html
    assert "Bí mật" not in html
    assert str(secret.uid) not in html
    assert client.get(detail(secret)).status_code == 404


def test_an_entry_never_opens_a_document_of_an_agency_that_works_here(client, cast, papers):
    hidden = papers["out"]
    client.force_login(cast.stranger)
    near = {"uid": uuid.uuid4(), "issuer_name": "Sở Dân tộc và Tôn giáo", "kind": hidden.kind_id, "subject": "Thử"}
    answer = client.post(reverse(CREATE), near | {"code": "07/BC-SDTTG", "issued_on": "01/03/2026"})
    assert answer.status_code == 422
    assert client.get(detail(hidden)).status_code == 404
    assert not DocumentArrival.objects.exists()


def test_the_arrival_of_a_document_sent_in_the_portal(client, cast, papers):
    client.force_login(cast.clerk)
    url = reverse("coordination:document_arrive", args=[papers["in"].uid])
    early = client.post(url, {"arrived_on": "01/02/2026"})
    assert (early.status_code, DocumentArrival.objects.count()) == (422, 0)
    assert client.post(url, {"arrival_number": "8", "arrived_on": "02/03/2026"}).status_code == 302
    assert papers["in"].arrivals.get().number == 8
    again = client.post(url, {"arrival_number": "9", "arrived_on": "02/03/2026"})
    assert (again.status_code, DocumentArrival.objects.count()) == (422, 1)


@pytest.mark.parametrize(
    ("person", "status"), [("leader", 403), ("partner", 403), ("stranger", 404), ("officer", 302)]
)
def test_who_may_enter_an_arrival(client, cast, papers, person, status):
    """The Union issued it: nothing arrives at one's own agency."""
    client.force_login(getattr(cast, person))
    url = reverse("coordination:document_arrive", args=[papers["in"].uid])
    assert client.post(url, {"arrived_on": "02/03/2026"}).status_code == status


def test_arrivals_of_two_agencies_have_their_own_series(cast):
    ministry = factories.agency(None, "Bộ Nội vụ", "BNV")
    hat = cast.clerk.memberships.get()
    enter_paper(paper(ministry), acting=hat, arrival=Arrival(date(2026, 3, 5), 1))
    with pytest.raises(ArrivalTaken):
        enter_paper(paper(ministry, "1/BNV"), acting=hat, arrival=Arrival(date(2026, 3, 5), 1))
    enter_paper(
        paper(ministry, "2/BNV"),
        acting=hat,
        arrival=Arrival(date(2025, 3, 5), 1),
    )
    assert Document.objects.count() == 2


# ---- Print and Excel

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def read_back(content):
    """Sheets of an Excel file: name -> rows of cells, numbers as numbers."""
    book = zipfile.ZipFile(io.BytesIO(content))
    strings = ["".join(item.itertext()) for item in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))]  # noqa: S314 our own file
    names = [sheet.get("name") for sheet in ElementTree.fromstring(book.read("xl/workbook.xml")).iter(f"{SHEET}sheet")]  # noqa: S314 our own file
    found = {}
    for number, name in enumerate(names, start=1):
        rows = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml")).iter(f"{SHEET}row")  # noqa: S314 our own file
        found[name] = [[cell_value(cell, strings) for cell in row] for row in rows]
    return found


def cell_value(cell, strings):
    assert cell.find(f"{SHEET}f") is None, "a formula"
    value = cell.find(f"{SHEET}v")
    if value is None:
        return ""
    return strings[int(value.text)] if cell.get("t") == "s" else float(value.text)


def excel_day(day):
    return float((day - date(1899, 12, 30)).days)


def test_excel_says_what_the_database_says(client, cast, papers):
    many(cast, 3)
    Document.objects.filter(pk=papers["out"].pk).update(subject="=1+1")
    papers["out"].parties.create(agency=cast.board, title="Giám đốc", name="Nguyễn Văn A")
    papers["out"].recipients.create(position=1, text="UBND tỉnh;")
    papers["out"].recipients.create(position=2, text="Lưu: VT.", is_archive=True)
    client.force_login(cast.officer)
    answer = client.get(reverse("coordination:document_export"))
    assert "attachment" in answer["Content-Disposition"]
    sheets = read_back(answer.content)
    assert list(sheets) == ["Đi", "Đến"]
    day = excel_day(date(2026, 3, 1))
    assert [row[0] for row in sheets["Đi"][:3]] == ["Sổ đăng ký văn bản đi", "Số dòng: 1", "Lọc: không có"]
    assert sheets["Đi"][3][0].startswith(f"Người xuất: {cast.officer}, ")
    assert sheets["Đi"][5:] == [["07/BC-SDTTG", day, "Báo cáo: =1+1", "Nguyễn Văn A", "UBND tỉnh", "VT", "", ""]]
    rows = Document.objects.received_by({cast.board.pk}).for_register({cast.board.pk}).order_by("arrival_number", "pk")
    expected = [
        [
            excel_day(row.arrived_on) if row.arrived_on else "",
            float(row.arrival_number) if row.arrival_number else "",
            "Hội LHPN tỉnh", row.code, day, f"Báo cáo: {row.subject}", "", "", "", "",
        ]
        for row in sorted(rows, key=lambda row: row.arrival_number or 99)
    ]  # fmt: skip
    assert len(expected) == 4
    assert sheets["Đến"][5:] == expected


def test_excel_keeps_the_filters_of_the_list(client, cast, papers):
    client.force_login(cast.officer)
    content = client.get(reverse("coordination:document_export"), {"direction": "in", "q": "123khph"}).content
    sheets = read_back(content)
    assert {name: [row[3] for row in rows[5:]] for name, rows in sheets.items()} == {"Đến": ["123/KHPH-HLHPN-BDT"]}
    assert sheets["Đến"][2] == ["Lọc: Tìm theo số, ký hiệu, trích yếu: “123khph”"]


@pytest.mark.parametrize(("direction", "title", "codes"), [
    ("out", "Sổ đăng ký văn bản đi", ["07/BC-SDTTG"]), ("in", "Sổ đăng ký văn bản đến", ["123/KHPH-HLHPN-BDT"]),
    ("", "Sổ đăng ký văn bản đi", ["07/BC-SDTTG"]),
])  # fmt: skip
def test_the_printed_register_has_the_usual_columns(client, cast, papers, direction, title, codes):
    client.force_login(cast.officer)
    page = Page(client.get(reverse("coordination:document_print"), {"direction": direction}))
    assert page.one("h1").text == title
    heads = page.texts("th")
    column = heads.index("Số, ký hiệu")
    cells = page.texts("td")
    assert [cells[at] for at in range(column, len(cells), len(heads))] == codes


def test_a_long_print_points_to_the_excel_file(client, cast, monkeypatch):
    monkeypatch.setattr("coordination.views.documents.PRINTED_LINES", 2)
    many(cast, 3)
    client.force_login(cast.officer)
    page = Page(client.get(reverse("coordination:document_print"), {"direction": "in"}))
    assert len(page.all("tr")) == 3
    assert "2 dòng đầu" in page.one("main").text
