"""The pages of agreements: the list, and how one begins."""

from datetime import date

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from coordination import turns
from coordination.agreement_parts import save_facts
from coordination.enums import DocumentState, FileNature, LinkNature, OpinionChoice
from coordination.models import Agreement, Clause, Document, DocumentKind, Party
from tests import factories
from tests.constraints import changed
from tests.coordination.agreement_browsing import (
    TODAY,
    agreed,
    assert_all_kept,
    draft,
    errors_of,
    issued,
    kept,
    typed,
    url,
)
from tests.coordination.reviews import answer, put_to_review
from tests.forms import filled
from tests.pages import Page

pytestmark = pytest.mark.django_db
MINIMAL_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(TODAY):
        yield


@pytest.fixture
def board(client, cast):
    """The browser of the officer of the board."""
    client.force_login(cast.officer)
    return client


@pytest.fixture
def kind(db):
    values = {"name": "Kế hoạch phối hợp", "abbreviation": "KHPH"}
    return DocumentKind.objects.get_or_create(code="KHPH", defaults=values)[0]


# ---- the list ----


@pytest.mark.parametrize("rows", [1, 3])
def test_list_says_whose_turn_it_is_in_few_queries(board, cast, rows, django_assert_num_queries):
    for _number in range(rows):
        stage = put_to_review(cast)
        Document.objects.filter(pk=stage.document.pk).update(state=DocumentState.IN_REVIEW)
    board.get(url("list"))  # the first request also keeps its token in the session
    with django_assert_num_queries(10):
        page = Page(board.get(url("list")))
    table = page.one("table")
    assert table.text.count("Đang chờ Hội LHPN tỉnh góp ý") == rows
    board.force_login(cast.partner)
    assert Page(board.get(url("list"))).one("table").text.count("Chờ bạn góp ý") == rows


def test_list_sees_an_edit_as_the_review_does(board, cast):
    stage = put_to_review(cast)
    answer(stage, stage.union)
    row = Agreement.objects.get(document=stage.document)
    save_facts(row, acting=stage.board, seen=row.version, closing="Trên đây là kế hoạch đã sửa.")
    words = turns.whose_turn(Document.objects.get(pk=stage.document.pk), stage.board)
    assert (
        turns.turns_of([stage.document], stage.board, {cast.board.pk}, today=TODAY)[stage.document.pk].words == words
    )
    board.force_login(cast.partner)
    assert "Chờ bạn xem lại: văn bản đã sửa sau ý kiến của bạn" in Page(board.get(url("list"))).one("table").text


def primary(client, made):
    """The one filled button of the bar at the foot of the page."""
    page = Page(client.get(url("detail", made)))
    return [link.text for link in page.all("a", class_="btn-primary") if link.within(class_="sticky-acts")]


def test_the_next_step_is_the_button_that_stands_out(client, cast):
    stage = put_to_review(cast)
    Document.objects.filter(pk=stage.document.pk).update(state=DocumentState.IN_REVIEW)
    made = Agreement.objects.get(document=stage.document)
    client.force_login(cast.partner)
    assert primary(client, made) == ["Đọc và góp ý"]
    answer(stage, stage.union, OpinionChoice.ASKS_FOR_CHANGES, "Sửa số địa chỉ.")
    client.force_login(cast.officer)
    assert primary(client, made) == ["Soạn nội dung"]
    answer(stage, stage.union)
    client.force_login(cast.leader)
    assert primary(client, made) == ["Chốt nội dung đã thống nhất"]
    fixed = agreed(cast)
    client.force_login(cast.clerk)
    assert primary(client, fixed) == ["Ban hành"]


def test_parties_lead_nothing_where_there_are_no_tasks(board, cast):
    made = draft(cast)
    Clause.objects.all().delete()
    assert "Chủ trì" not in [head.text for head in Page(board.get(url("detail", made))).all("th")]


def test_an_issued_agreement_asks_for_its_signed_copy_until_it_is_there(client, cast):
    client.force_login(cast.clerk)
    made = issued(cast)
    upload = f"{reverse('coordination:document_detail', args=[made.document.uid])}#upload"

    def heads():
        page = Page(client.get(url("detail", made)))
        return [(link.text, link.attributes["href"]) for link in page.all("a") if link.within(class_="head-acts")]

    assert heads() == [("Thêm bản đã ký", upload)]
    file = SimpleUploadedFile("ky.pdf", MINIMAL_PDF, "application/pdf")
    sent = {"nature": FileNature.SIGNED, "file": file}
    assert client.post(reverse("coordination:document_upload", args=[made.document.uid]), sent).status_code == 302
    assert [words for words, _address in heads()] == ["Bản đã ký"]


def test_names_of_parties_lead_to_their_pages(board, cast):
    rows = [
        row
        for row in Page(board.get(url("detail", issued(cast)))).all("a")
        if row.within(tag="b") and row.within(tag="td")
    ]
    wanted = [reverse("coordination:agency_detail", args=[agency.uid]) for agency in (cast.board, cast.union)]
    assert [row.attributes["href"] for row in rows] == wanted


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("Công tác giữa hai cơ quan", "Kế hoạch phối hợp công tác giữa hai cơ quan"),
        ("Kế hoạch phối hợp năm 2026", "Kế hoạch phối hợp năm 2026"),
        ("UBND tỉnh và các sở", "Kế hoạch phối hợp UBND tỉnh và các sở"),
    ],
)
def test_the_title_is_the_kind_running_on_into_the_subject(board, cast, kind, subject, title):
    document = factories.document(cast.board, kind=kind, subject=subject)
    page = Page(board.get(reverse("coordination:document_detail", args=[document.uid])))
    assert page.one("h1").text == title
    assert document.title == title


def test_enter_saves_a_new_agreement_and_adds_no_parties(board, cast):
    """A browser sends a form with its first button when somebody presses Enter in a line."""
    for name in ("create", "register"):
        buttons = [
            row
            for row in Page(board.get(url(name))).all("button")
            if row.within(tag="form") and row.within(tag="main")
        ]
        assert "name" not in buttons[0].attributes


def test_list_holds_what_the_person_may_read(client, cast):
    one, two = draft(cast), issued(cast)
    found = {}
    for person in ("officer", "partner", "chair", "stranger"):
        client.force_login(getattr(cast, person))
        found[person] = {row.pk for row in client.get(url("list")).context["page"].object_list}
    assert found == {"officer": {one.pk, two.pk}, "partner": {two.pk}, "chair": {two.pk}, "stranger": set()}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=123khph", True),
        ("q=123/KHPH-SDTTG-HLHPN", True),
        ("q=ke hoach phoi hop", True),
        ("q=hoi lhpn", True),
        ("q=hoi nong dan", False),
        ("state=issued", True),
        ("state=draft", False),
        ("year=2026", True),
        ("direction=out", True),
        ("direction=in", False),
    ],
)
def test_list_is_filtered_and_searched(board, cast, query, found):
    made = issued(cast)
    rows = board.get(f"{url('list')}?{query}").context["page"].object_list
    assert [row.pk for row in rows] == ([made.pk] if found else [])


def test_list_by_party_and_totals(board, cast):
    made = issued(cast)
    draft(cast)
    answer_ = board.get(url("list"), {"party": cast.union.pk, "state": "issued"})
    assert [row.pk for row in answer_.context["page"].object_list] == [made.pk]
    assert answer_.context["totals"] == {"rows": 1, "in_force": 1, "written": 0}
    assert board.get(url("list")).context["totals"] == {"rows": 2, "in_force": 1, "written": 1}


def test_the_swap_is_the_table_of_the_page(board, cast):
    issued(cast)
    whole = Page(board.get(url("list"))).part("agreement-table")
    assert whole == Page(board.get(url("list"), headers={"HX-Request": "true"})).part("agreement-table")


def test_who_may_not_write_sees_no_button(client, cast):
    client.force_login(cast.clerk)
    links = [link.attributes["href"] for link in Page(client.get(url("list"))).all("a")]
    assert (url("create") in links, url("register") in links) == (False, True)


# ---- a new one ----


def test_four_parties_are_drafted_in_the_order_of_the_symbol(board, cast, kind):
    third = factories.agency(cast.province, "Sở Giáo dục", "SGDDT")
    fourth = factories.agency(cast.commune, "UBND xã Ba Thử", "UBNDBT")
    order = (cast.union, cast.board, third, fourth)
    sent = typed(kind, *order)
    response = board.post(url("create"), sent)
    made = Agreement.objects.get()
    assert (response.status_code, response.url) == (302, url("edit", made))
    assert [party.agency for party in made.document.parties.all()] == list(order)
    assert made.document.register_agency == cast.board  # who drafts it keeps it, first in the symbol or not
    assert (made.stage_from, made.stage_to) == (date(2026, 1, 1), date(2030, 12, 31))
    assert made.document.state == DocumentState.DRAFT
    assert board.post(url("create"), sent).url == url("edit", made)  # the same form sent twice
    assert Agreement.objects.count() == 1


def test_more_lines_for_parties_come_without_losing_what_was_typed(board, cast, kind):
    sent = typed(kind, cast.union, cast.board, subject="Đang viết dở", stage_to="203")
    response = board.post(url("create"), sent | {"rows": "", "open": "parties"})
    assert response.status_code == 200
    assert_all_kept(response, sent | {"rows": "6"})
    assert "party_6" in {element.attributes.get("name") for element in Page(response).all("select")}
    assert not Agreement.objects.exists()


WRONG = {
    "a party twice": ({"party_3": "union"}, "party_3", "đã là một bên"),
    "one party": ({"party_2": ""}, "party_2", "từ hai bên trở lên"),
    "its own agency not named": ({"party_1": "committee"}, "party_1", "Cơ quan của bạn chưa có trong các bên"),
    "an end before the start": ({"stage_from": "2030", "stage_to": "2026"}, "stage_to", "trước khi bắt đầu"),
    "a year nobody means": ({"stage_to": "2303"}, "stage_to", "năm 2303"),
    "no subject": ({"subject": ""}, "subject", "Ghi trích yếu"),
    "no kind": ({"kind": ""}, "kind", "Chọn loại văn bản"),
}


@pytest.mark.parametrize("case", WRONG)
@pytest.mark.parametrize("page", ["create", "register"])
def test_what_is_wrong_is_said_by_the_field_and_all_is_kept(board, cast, kind, case, page):
    values, name, words = WRONG[case]
    values = {key: getattr(cast, value).pk if hasattr(cast, str(value)) else value for key, value in values.items()}
    sent = typed(kind, cast.board, cast.union) | values
    if page == "register":
        sent |= {"code": "15/KHPH-SDTTG-HLHPN", "issued_on": "10/06/2026", "signatory_1": "Nguyễn Văn Thử"}
    response = board.post(url(page), sent)
    assert response.status_code == 422
    errors = errors_of(response)
    assert list(errors) == [name]
    assert words in errors[name]
    assert_all_kept(response, sent)
    assert not Agreement.objects.exists()


# ---- one made on paper ----


def paper(kind, *parties, **fields):
    return typed(kind, *parties) | {"code": "15/KHPH-SDTTG-HLHPN", "issued_on": "10/06/2026"} | fields


def test_a_signed_agreement_is_entered_with_its_file(board, cast, kind):
    scan = SimpleUploadedFile("123-KHPH.pdf", MINIMAL_PDF, "application/pdf")
    sent = paper(kind, cast.union, cast.board, signatory_1="Lê Thị Thử", register_agency=cast.board.pk, file=scan)
    response = board.post(url("register"), sent)
    made = Agreement.objects.get()
    document = made.document
    assert (response.status_code, response.url) == (302, url("detail", made))
    assert (document.state, document.code, document.issued_on) == (
        DocumentState.ISSUED, "15/KHPH-SDTTG-HLHPN", date(2026, 6, 10),
    )  # fmt: skip
    assert (made.register_only, document.register_agency) == (True, cast.board)
    assert [(party.agency, party.name) for party in document.parties.all()] == [
        (cast.union, "Lê Thị Thử"), (cast.board, ""),
    ]  # fmt: skip
    assert [(file.nature, file.name) for file in document.files.all()] == [(FileNature.SIGNED, "123-KHPH.pdf")]
    detail = board.get(url("detail", made))
    assert "Thỏa thuận ký trên giấy" in detail.content.decode()
    assert Page(detail).all("form", action=url("amend", made)) == []


def test_a_paper_says_what_it_amends_continues_and_stands_under(board, cast, kind):
    before, amended_ = issued(cast, number="1", issued_on=date(2026, 5, 4)), issued(cast, issued_on=date(2026, 6, 1))
    others = {"continues": before.pk, "bases": "Luật Hộ tịch\n123/KHPH-SDTTG-HLHPN\n"}
    sent = paper(kind, cast.board, cast.union, amends=amended_.pk, stage_from="2026", stage_to="2026", **others)
    response = board.post(url("register"), sent | {"issued_on": "31/05/2026"})
    assert "có ngày 01/06/2026, sau văn bản này" in errors_of(response)["amends"]
    one_line = {"bases": "Luật Hộ tịch 123/KHPH-SDTTG-HLHPN"}  # as a page is read back
    assert_all_kept(response, sent | one_line | {"issued_on": "31/05/2026"})
    board.post(url("register"), sent)
    made = Agreement.objects.get(register_only=True)
    links = [(link.nature, link.target, link.text) for link in made.document.links.order_by("pk")]
    assert links == [
        ("amends", amended_.document, ""),
        ("continues", before.document, ""),
        ("basis", None, "Luật Hộ tịch"),
        ("basis", amended_.document, ""),
    ]
    assert made.amends == amended_
    address = url("part", made, "changes")
    assert address in {link.attributes.get("href") for link in Page(board.get(url("detail", made))).all("a")}
    old = Clause.objects.get(section__document=amended_.document, key="d2")
    form = filled(board.get(address), "part-form")
    row = {"nature": "replaced", "clause": old.pk, "text": "Củng cố 40 địa chỉ.", "valid_from": "01/09/2026"}
    assert board.post(address, form | {f"line-0-{name}": value for name, value in row.items()}).status_code == 302
    new = Clause.objects.get(section__document=amended_.document, key="d2", repealed_by=None)
    assert (new.text, new.valid_from, new.introduced_by, new.follows) == (
        "Củng cố 40 địa chỉ.", date(2026, 9, 1), made.document, old,
    )  # fmt: skip
    assert board.get(address).url == url("detail", made)  # once only
    again = row | {"clause": new.pk, "valid_from": "01/10/2026"}
    assert board.post(address, form | {f"line-0-{name}": value for name, value in again.items()}).status_code == 409
    assert Page(board.get(url("detail", amended_))).texts("ins") == ["Củng cố 40 địa chỉ."]


def test_three_parallel_agreements_of_one_ceremony_are_entered_in_a_row(board, cast, kind):
    others = [cast.union, *(factories.agency(cast.province, f"Sở thứ {n}", f"S{n}") for n in (1, 2))]
    address = url("register")
    for number, other in enumerate(others, 15):
        form = kept(board.get(address))
        sent = form | {
            "code": f"{number}/KHPH-SDTTG", "subject": f"Công tác với bên {number}", "party_2": other.pk,
            "issued_on": form["issued_on"] or "10/06/2026", "kind": form.get("kind") or kind.pk,
            "stage_from": form["stage_from"] or "2026", "stage_to": form["stage_to"] or "2030", "again": "yes",
        }  # fmt: skip
        response = board.post(url("register"), {name: value for name, value in sent.items() if name != "file"})
        assert response.status_code == 302, errors_of(response)
        address = response.url
    rows = Agreement.objects.order_by("pk").select_related("document")
    assert [row.document.code for row in rows] == ["15/KHPH-SDTTG", "16/KHPH-SDTTG", "17/KHPH-SDTTG"]
    assert {row.document.parties.get(symbol_order=1).agency for row in rows} == {cast.board}
    assert {(row.document.issued_on, row.stage_to, row.document.kind) for row in rows} == {
        (date(2026, 6, 10), date(2030, 12, 31), kind)
    }
    first = kept(board.get(address))
    assert (first["issued_on"], first["party_1"], first["subject"]) == ("10/06/2026", str(cast.board.pk), "")


@pytest.mark.parametrize(("there", "typed_number"), [("5", "05"), ("05", "5"), ("5", "5")])
def test_a_number_of_the_series_names_the_other_document(board, cast, kind, there, typed_number):
    day = date(2026, 3, 1)
    other = factories.document(cast.board, kind=kind, number=there, symbol="KHPH-A", subject="Kế hoạch trước",
                               state=DocumentState.ISSUED, issued_on=day)  # fmt: skip
    sent = paper(kind, cast.board, cast.union, code=f"{typed_number}/KHPH-B")
    response = board.post(url("register"), sent)
    assert response.status_code == 422
    assert "Kế hoạch trước" in errors_of(response)["code"]
    links = {link.attributes["href"] for link in Page(response).all("a") if link.within(id="id_code_error")}
    assert links == {reverse("coordination:document_detail", args=[other.uid])}
    assert_all_kept(response, sent)


def test_a_number_of_a_document_one_may_not_read_is_not_named(board, cast, kind):
    factories.document(cast.union, kind=kind, number="5", subject="Việc riêng của Hội")
    sent = paper(kind, cast.board, cast.union, code="5/KHPH-B", register_agency=cast.union.pk)
    response = board.post(url("register"), sent)
    assert response.status_code == 422
    assert "bạn không được xem" in errors_of(response)["code"]
    assert "Việc riêng của Hội" not in response.content.decode()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("file", SimpleUploadedFile("a.pdf", b"%PDF-1.4 nothing more", "application/pdf"), "PDF"),
        ("issued_on", "17/06/2026", "Ngày này chưa tới"),
        ("code", "1" * 21 + "/KHPH", "dài quá"),
    ],
)
def test_a_broken_paper_is_refused_by_its_field(board, cast, kind, field, value, words):
    sent = paper(kind, cast.board, cast.union, subject="Giữ lại chữ này")
    response = board.post(url("register"), sent | {field: value})
    assert response.status_code == 422
    assert words in errors_of(response)[field]
    assert kept(response)["subject"] == "Giữ lại chữ này"
    assert not Agreement.objects.exists()


def test_a_party_of_another_time_is_refused_by_its_field(board, cast, kind):
    changed(cast.union, opened_on=date(2026, 6, 11))()
    response = board.post(url("register"), paper(kind, cast.board, cast.union))
    assert response.status_code == 422
    assert "Hãy chọn cơ quan của ngày đó" in errors_of(response)["party_2"]
    assert not Agreement.objects.exists()


# ---- after another one ----


def test_a_copy_has_the_text_and_not_the_number(board, cast):
    source = issued(cast)
    form = kept(board.get(url("copy", source)))
    made = sent_on(board, url("copy", source), form)
    assert Clause.objects.filter(section__document=made.document).count() == 2
    assert (made.document.number, made.document.state) == ("", DocumentState.DRAFT)
    assert not made.document.links.exists()


def test_the_next_stage_moves_the_years_and_says_what_it_continues(board, cast):
    source = issued(cast)
    Agreement.objects.filter(pk=source.pk).update(stage_from=date(2021, 1, 1), stage_to=date(2025, 12, 31))
    Document.objects.filter(pk=source.document_id).update(subject="Công tác phối hợp giai đoạn 2021 - 2025")
    form = kept(board.get(url("continue", source)))
    assert form["subject"] == "Công tác phối hợp giai đoạn 2026 - 2030"
    assert (form["stage_from"], form["stage_to"]) == ("01/01/2026", "31/12/2030")
    made = sent_on(board, url("continue", source), form)
    assert made.document.links.get(nature=LinkNature.CONTINUES).target == source.document


def test_an_amendment_is_a_paper_of_its_own_by_the_same_parties(board, cast):
    source = issued(cast)
    form = kept(board.get(url("amend", source)))
    made = sent_on(board, url("amend", source), form)
    assert made.amends == source
    assert [party.agency for party in made.document.parties.all()] == [cast.board, cast.union]
    assert made.document.subject.startswith("Sửa đổi, bổ sung Kế hoạch phối hợp số 123/")


def test_a_closed_party_is_replaced_by_what_came_of_it(board, cast):
    old = factories.agency(cast.province, "Ban Dân tộc", "BDT")
    source = draft(cast)
    Party.objects.filter(document=source.document, agency=cast.union).update(agency=old)
    cast.union.origins.create(predecessor=old, on=TODAY, nature="merged")
    changed(old, closed_on=date(2026, 6, 15))()
    form = kept(board.get(url("copy", source)))
    assert (form["party_1"], form["party_2"]) == (str(cast.board.pk), str(cast.union.pk))


def sent_on(browser, address, form):
    response = browser.post(address, form)
    assert response.status_code == 302, errors_of(response)
    return Agreement.objects.latest("pk")


@pytest.mark.parametrize("page", ["continue", "amend"])
def test_a_draft_is_neither_continued_nor_amended(board, cast, page):
    made = draft(cast)
    assert [board.get(url(page, made)).status_code, board.post(url(page, made), {}).status_code] == [403, 403]
