"""The pages of agreements: the list, how one begins, one on a day, the steps of its path."""

import uuid
from datetime import date

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from coordination import review
from coordination.agreement_parts import save_facts
from coordination.enums import ClauseChangeNature, DocumentState, FileNature, LinkNature
from coordination.models import Agreement, Clause, ClauseChange, Document, DocumentKind, DocumentLink, Party
from coordination.workflow import NumberGiven, move_agreement
from tests import factories
from tests.constraints import changed
from tests.coordination.reviews import agreement, answer, hat, put_to_review
from tests.pages import Page

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 16)
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


def draft(cast, **fields):
    made = agreement(cast, **fields)
    changed(made.document, state=DocumentState.DRAFT)()
    return Agreement.objects.get(pk=made.pk)


def agreed(cast):
    """All parties agree to it and the text is fixed."""
    stage = put_to_review(cast)
    answer(stage, stage.union)
    return move_agreement(stage.document.agreement, "agree", acting=stage.leader)


def issued(cast, number="123", **typed):
    given = {"number": number, "symbol": "KHPH-SDTTG-HLHPN", "issued_on": TODAY} | typed
    return move_agreement(agreed(cast), "issue", acting=hat(cast.clerk), today=TODAY, **given)


def url(name, made=None, *words):
    return reverse(f"coordination:agreement_{name}", args=[made.uid, *words] if made else [])


def typed(kind, *parties, **fields):
    """What a form holds when it is sent; `parties` in the order of the symbol."""
    rows = {f"party_{number}": agency.pk for number, agency in enumerate(parties, 1)}
    values = {
        "form_token": str(uuid.uuid4()),
        "rows": "4",
        "kind": kind.pk,
        "subject": "Công tác phụ nữ dân tộc thiểu số giai đoạn 2026 - 2030",
        "stage_from": "2026",
        "stage_to": "2030",
    }
    return values | rows | fields


def errors_of(response):
    """By the name of the field, as they stand beside it."""
    page = Page(response)
    wrong = [element for element in page.all() if element.attributes.get("aria-invalid") == "true"]
    beside = {element.attributes.get("id"): element.text for element in page.all("div")}
    return {element.attributes["name"]: beside[f"{element.attributes['id']}_error"] for element in wrong}


def kept(response):
    """What the fields of the form hold now, the button and the token of CSRF left out."""
    page, values = Page(response), {}
    for element in page.all():
        name = element.attributes.get("name")
        inside = element.within(tag="main")
        if inside and element.tag in ("input", "textarea") and name != "csrfmiddlewaretoken":
            values[name] = element.text if element.tag == "textarea" else element.attributes.get("value", "")
        if inside and element.tag == "option" and "selected" in element.attributes:
            select = next(parent for parent in reversed(element.parents) if parent.tag == "select")
            values[select.attributes["name"]] = element.attributes["value"]
    return values


def assert_all_kept(response, sent):
    holds = kept(response)
    assert {name: holds.get(name) for name in sent} == {name: str(value) for name, value in sent.items()}


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
    words = review.whose_turn(Document.objects.get(pk=stage.document.pk), stage.board)
    assert (
        review.turns_of([stage.document], stage.board, {cast.board.pk}, today=TODAY)[stage.document.pk].words == words
    )
    board.force_login(cast.partner)
    assert "Chờ bạn xem lại: văn bản đã sửa sau ý kiến của bạn" in Page(board.get(url("list"))).one("table").text


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


# ---- one on a day ----


def amended(cast):
    """One clause of an issued agreement reads otherwise from 1 September on."""
    made = issued(cast)
    stage = put_to_review(cast)
    amendment = Agreement.objects.get(document=stage.document)
    changed(amendment, amends=made)()
    DocumentLink.objects.create(document=stage.document, target=made.document, nature=LinkNature.AMENDS)
    ClauseChange.objects.create(
        amendment=amendment, nature=ClauseChangeNature.REPLACED, text="Củng cố 40 địa chỉ tin cậy.",
        clause=Clause.objects.get(section__document=made.document, key="d2"), valid_from=date(2026, 9, 1),
    )  # fmt: skip
    for acting in (stage.board, stage.union):
        answer(stage, acting)
    move_agreement(amendment, "agree", acting=stage.leader)
    typed_ = {"number": "124", "symbol": "KHPH-SDTTG-HLHPN", "issued_on": TODAY}
    return made, move_agreement(amendment, "issue", acting=hat(cast.clerk), today=TODAY, **typed_)


@pytest.mark.parametrize(
    ("day", "there", "gone"),
    [("31/08/2026", "Củng cố 25", "Củng cố 40"), ("01/09/2026", "Củng cố 40", "Củng cố 25")],
)
@pytest.mark.parametrize("order", ["lead", "text"])
def test_each_day_has_its_text(board, cast, day, there, gone, order):
    made, _amendment = amended(cast)
    response = board.get(url("detail", made), {"day": day, "order": order})
    text = " ".join(element[2] for element in section_of(response, "text"))
    assert there in text
    assert gone not in text
    assert kept(response)["day"] == day


def section_of(response, heading):
    """Everything in the section whose heading has this id."""
    page = Page(response)
    section = page.one("section", aria_labelledby=heading)
    return [("", "", section.text)]


def test_a_day_outside_the_stage_is_refused_by_its_field(board, cast):
    response = board.get(url("detail", issued(cast)), {"day": "01/01/2031"})
    assert response.status_code == 422
    assert "Hãy chọn một ngày trong giai đoạn" in errors_of(response)["day"]


def test_an_amendment_stands_side_by_side_on_both_pages(board, cast):
    made, amendment = amended(cast)
    for one in (made, amendment):
        page = Page(board.get(url("detail", one)))
        assert page.texts("del") == ["Củng cố 25 địa chỉ tin cậy."]
        assert page.texts("ins") == ["Củng cố 40 địa chỉ tin cậy."]
    links = {link.attributes["href"] for link in Page(board.get(url("detail", made))).all("a")}
    assert url("detail", amendment) in links


def test_the_tree_shows_several_levels_and_what_lies_below(board, cast):
    made, amendment = amended(cast)
    base = factories.document(cast.board, number="7", subject="Chương trình khung", issued_on=TODAY)
    changed(base, state=DocumentState.ISSUED)()
    DocumentLink.objects.create(document=made.document, target=base, nature=LinkNature.BASIS)
    DocumentLink.objects.create(document=base, text="Luật Bình đẳng giới", nature=LinkNature.BASIS)
    words = Page(board.get(url("detail", amendment))).one("section", aria_labelledby="links").text
    assert words.index("123/KHPH-SDTTG-HLHPN") < words.index("Chương trình khung") < words.index("Luật Bình đẳng giới")
    below = Page(board.get(url("detail", made))).one("section", aria_labelledby="links").text
    assert "124/KHPH-SDTTG-HLHPN" in below


def test_clauses_are_grouped_by_lead_with_what_they_cite(board, cast):
    made = issued(cast)
    clause = Clause.objects.get(section__document=made.document, key="d2")
    clause.lead = cast.union
    clause.save(update_fields=["lead"])
    clause.partners.add(cast.board)
    cited = factories.document(cast.board, number="8", subject="Đề án 498", issued_on=TODAY)
    clause.citations.create(target=cited)
    clause.citations.create(text="Quyết định số 1898/QĐ-TTg")
    page = Page(board.get(url("detail", made)))
    groups = [cell.text for cell in page.all("th") if cell.within(class_="group")]
    assert groups == [
        "Hội LHPN tỉnh chủ trì, phối hợp với Sở Dân tộc và Tôn giáo · 1 nhiệm vụ",
        "Các bên cùng thực hiện · 1 nhiệm vụ",
    ]
    notes = page.one("div", class_="clause-notes")
    assert notes.text == "Dẫn chiếu: 08/BC-STN ; Quyết định số 1898/QĐ-TTg"
    assert reverse("coordination:document_detail", args=[cited.uid]) in {a.attributes["href"] for a in page.all("a")}


@pytest.mark.parametrize(
    ("person", "state", "words"),
    [
        ("officer", DocumentState.DRAFT, ""),
        ("officer", DocumentState.IN_REVIEW, ""),
        ("clerk", DocumentState.IN_REVIEW, "là “Văn thư”: được xem mục này, không sửa"),
        ("officer", DocumentState.AGREED, "Các bên đã thống nhất nội dung này"),
        ("officer", DocumentState.ISSUED, "Văn bản đã ban hành"),
        ("chair", DocumentState.ISSUED, "Văn bản đã ban hành"),
        ("officer", DocumentState.CLOSED, "Thỏa thuận đã kết thúc"),
    ],
)
def test_the_page_says_why_it_cannot_be_changed(client, cast, person, state, words):
    made = agreement(cast)
    changed(made.document, state=state, issued_on=TODAY)()
    client.force_login(getattr(cast, person))
    response = client.get(url("detail", made))
    page = Page(response)
    edits = [link for link in page.all("a") if link.attributes.get("href") == url("edit", made)]
    notes = [note for note in page.texts("div", class_="note") if "Vì sao tôi không sửa được?" in note]
    assert (bool(edits), bool(notes)) == (not words, bool(words))
    assert words in " ".join(notes)


# ---- the steps ----


def test_sending_leads_to_the_review(board, cast):
    made = draft(cast)
    assert "Từ bây giờ các bên khác đọc được nội dung" in board.get(url("move", made, "send")).content.decode()
    response = board.post(url("move", made, "send"))
    assert response.url == reverse("coordination:document_review", args=[made.document.uid])
    made.document.refresh_from_db()
    assert made.document.state == DocumentState.IN_REVIEW


@pytest.fixture
def clerk(client, cast):
    client.force_login(cast.clerk)
    return client


def numbered(cast, **fields):
    values = {"number": "123", "symbol": "KHPH-SDTTG-HLHPN", "issued_on": "16/06/2026", "comment": ""}
    return values | {"register_agency": cast.board.pk} | fields


def test_issue_proposes_the_joint_symbol_and_takes_the_number(clerk, cast):
    made = agreed(cast)
    Document.objects.filter(pk=made.document_id).update(symbol="")
    form = kept(clerk.get(url("move", made, "issue")))
    assert (form["symbol"], form["issued_on"], form["number"]) == ("KHPH-SDTTG-HLHPN", "16/06/2026", "")
    sent = form | {"number": "45/KHPH-HLHPN-SDTTG", "register_agency": cast.union.pk}
    assert clerk.post(url("move", made, "issue"), sent).url == url("detail", made)
    document = Document.objects.get(pk=made.document_id)
    assert (document.state, document.code, document.register_agency) == (
        DocumentState.ISSUED, "45/KHPH-HLHPN-SDTTG", cast.union,
    )  # fmt: skip


def test_a_missing_signatory_is_asked_for_and_stands_on_the_paper(clerk, cast):
    made = agreed(cast)
    Party.objects.filter(document=made.document, agency=cast.union).update(name="")
    signatory = f"signatory_{cast.union.pk}"
    response = clerk.post(url("move", made, "issue"), numbered(cast))
    assert response.status_code == 422
    assert errors_of(response) == {signatory: "Ghi người ký của Hội LHPN tỉnh."}
    assert_all_kept(response, numbered(cast))
    assert clerk.post(url("move", made, "issue"), numbered(cast, **{signatory: "Lê Thị Ký"})).status_code == 302
    assert made.document.parties.get(agency=cast.union).name == "Lê Thị Ký"


@pytest.mark.parametrize(("there", "number"), [("5", "05"), ("05", "5")])
def test_issue_refuses_a_number_of_the_series_by_its_field(clerk, cast, there, number):
    made = agreed(cast)
    factories.document(
        cast.board, kind=made.document.kind, number=there, subject="Kế hoạch trước", issued_on=date(2026, 2, 1)
    )
    sent = numbered(cast, number=number, comment="Giữ lại")
    response = clerk.post(url("move", made, "issue"), sent)
    assert response.status_code == 422
    assert "Kế hoạch trước" in errors_of(response)["number"]
    assert_all_kept(response, sent)
    assert Document.objects.get(pk=made.document_id).number == ""


def test_issue_refuses_a_day_on_which_a_party_was_not_at_work(clerk, cast):
    made = agreed(cast)
    changed(cast.union, opened_on=date(2026, 6, 16))()
    sent = numbered(cast, issued_on="15/06/2026")
    response = clerk.post(url("move", made, "issue"), sent)
    assert response.status_code == 422
    assert "Hội LHPN tỉnh không hoạt động vào ngày 15/06/2026" in errors_of(response)["issued_on"]
    assert_all_kept(response, sent)


def test_another_year_another_kind_or_another_series_has_its_own_numbers(cast):
    made = agreed(cast)
    factories.document(cast.board, 2025, kind=made.document.kind, number="5")
    factories.document(cast.board, number="5")
    factories.document(cast.union, kind=made.document.kind, number="5")
    given = {"number": "05", "symbol": "KHPH-SDTTG-HLHPN", "issued_on": TODAY}
    assert move_agreement(made, "issue", acting=hat(cast.clerk), today=TODAY, **given).document.number == "5"


def test_two_of_one_series_do_not_get_the_same_number(cast):
    issued(cast, number="5")
    with pytest.raises(NumberGiven) as refusal:
        issued(cast, number="005")
    assert (refusal.value.field, refusal.value.other.code) == ("number", "05/KHPH-SDTTG-HLHPN")


@pytest.fixture
def leader(client, cast):
    client.force_login(cast.leader)
    return client


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"effective_on": "", "decision": ""}, {"effective_on": "Ghi từ ngày nào", "decision": "Ghi văn bản"}),
        ({"effective_on": "01/07/2026", "decision": ""}, {"decision": "Ghi văn bản"}),
        ({"effective_on": "31/12/2025", "decision": "Thông báo 15"}, {"effective_on": "01/01/2026"}),
    ],
)
def test_an_end_needs_a_day_within_and_a_paper(leader, cast, values, errors):
    made = issued(cast)
    response = leader.post(url("move", made, "close"), values | {"comment": "Giữ lại"})
    assert response.status_code == 422
    found = errors_of(response)
    assert found.keys() == errors.keys()
    assert all(words in found[name] for name, words in errors.items())
    assert_all_kept(response, values | {"comment": "Giữ lại"})
    assert Document.objects.get(pk=made.document_id).state == DocumentState.ISSUED


def test_suspended_resumed_and_ended(leader, cast):
    made = issued(cast)
    dated = {"effective_on": "01/07/2026", "decision": "Thông báo số 15/TB-SDTTG", "comment": ""}
    states = []
    for action, sent in (("suspend", dated), ("resume", {}), ("close", dated)):
        assert leader.get(url("move", made, action)).status_code == 200
        assert leader.post(url("move", made, action), sent).url == url("detail", made)
        states.append(Document.objects.get(pk=made.document_id).state)
    made.refresh_from_db()
    assert states == [DocumentState.SUSPENDED, DocumentState.ISSUED, DocumentState.CLOSED]
    assert (made.suspended_from, made.ended_on) == (None, date(2026, 7, 1))


def test_a_step_that_is_not_open_says_so(leader, cast):
    made = issued(cast)
    page = leader.get(url("move", made, "agree"))
    assert "Bước này chưa mở" in page.content.decode()
    assert leader.post(url("move", made, "agree"), {}).status_code == 422


def test_who_may_not_make_the_step_is_refused(client, cast):
    made = agreed(cast)
    found = {}
    for person in ("officer", "clerk", "leader", "partner", "stranger"):
        client.force_login(getattr(cast, person))
        found[person] = [client.get(url("move", made, action)).status_code for action in ("issue", "agree")]
    assert found == {
        "officer": [403, 403],
        "clerk": [200, 403],
        "leader": [200, 200],
        "partner": [403, 403],
        "stranger": [404, 404],
    }


def test_the_register_leads_to_the_page_of_an_agreement(board, cast):
    made = issued(cast)
    page = Page(board.get(reverse("coordination:document_detail", args=[made.document.uid])))
    assert url("detail", made) in {link.attributes.get("href") for link in page.all("a")}


def test_only_who_signs_is_told_of_the_talk(client, cast):
    made = issued(cast)
    made.document.recipients.create(position=1, text="Sở khác", agency=cast.other)
    review_page = reverse("coordination:document_review", args=[made.document.uid])
    found = {}
    for person in ("partner", "stranger"):
        client.force_login(getattr(cast, person))
        page = Page(client.get(url("detail", made)))
        found[person] = review_page in {link.attributes.get("href") for link in page.all("a")}
    assert found == {"partner": True, "stranger": False}
