"""The page of an agreement on a day, and the steps of its path."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from coordination.agreement_workflow import move_agreement
from coordination.enums import ClauseChangeNature, DocumentState, LinkNature
from coordination.models import Agreement, Clause, ClauseChange, Document, DocumentLink, Notice, Party
from coordination.review import give_opinion, open_round
from coordination.workflow import NumberGiven
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
    url,
)
from tests.coordination.reviews import agreement, answer, hat, put_to_review, text_now
from tests.pages import Page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(TODAY):
        yield


@pytest.fixture
def board(client, cast):
    """The browser of the officer of the board."""
    client.force_login(cast.officer)
    return client


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
    sheets = Page(response).all("div", class_="sheet")
    (text,) = [sheet.text for sheet in sheets if sheet.within(aria_labelledby="text")]
    assert there in text
    assert gone not in text
    assert kept(response)["day"] == day


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


def test_parties_and_recipients_are_told_of_the_issued_paper(clerk, cast):
    made = agreed(cast)
    made.document.recipients.create(position=1, text="UBND tỉnh", agency=cast.committee)
    made.document.recipients.create(position=2, text="Lưu: VT", is_archive=True)
    assert clerk.post(url("move", made, "issue"), numbered(cast)).status_code == 302
    told = Notice.objects.filter(kind="issued").values_list("reader__memberships__agency", flat=True)
    assert set(told) == {cast.union.pk, cast.committee.pk}


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


@pytest.fixture
def renamed(cast):
    """All agree; before the number is given the Union ends and goes on under another name."""
    made = agreed(cast)
    Clause.objects.filter(section__document=made.document).update(lead=cast.union)
    new = factories.agency(cast.province, "Hội mới", "HM", opened_on=date(2026, 6, 15))
    cast.union.successions.create(successor=new, nature="renamed", on=date(2026, 6, 15))
    changed(cast.union, closed_on=date(2026, 6, 14))()
    return made, new


def test_issue_after_a_rename_says_what_to_do(clerk, cast, renamed):
    made, _new = renamed
    page = clerk.get(url("move", made, "issue"))
    (note,) = [text for text in Page(page).texts("div", class_="note") if "hoạt động đến hết ngày 14/06/2026" in text]
    assert "Nay là Hội mới" in note
    assert "chậm nhất ngày 14/06/2026: ghi ngày ban hành đó" in note
    assert "do lãnh đạo một bên thực hiện" in note
    assert kept(page)["issued_on"] == ""
    response = clerk.post(url("move", made, "issue"), numbered(cast))
    assert "hoặc đưa văn bản về để sửa" in errors_of(response)["issued_on"]
    assert clerk.post(url("move", made, "issue"), numbered(cast, issued_on="14/06/2026")).status_code == 302


def test_the_text_is_taken_back_takes_the_new_name_and_is_agreed_anew(client, cast, renamed):
    made, new = renamed
    client.force_login(cast.leader)
    links = {link.attributes["href"] for link in Page(client.get(url("move", made, "issue"))).all("a")}
    assert url("move", made, "reopen") in links
    assert client.post(url("move", made, "reopen"), {"comment": "Đổi tên"}).url == url("detail", made)
    document = Document.objects.get(pk=made.document_id)
    assert document.state == DocumentState.IN_REVIEW
    assert {party.agency for party in document.parties.all()} == {cast.board, new}
    assert {clause.lead for clause in Clause.objects.filter(section__document=document)} == {new}
    assert client.post(url("move", made, "agree"), {}).status_code == 422
    union = hat(factories.member(new))
    asked = open_round(document, acting=hat(cast.officer), due_on=date(2026, 6, 20), today=TODAY)
    give_opinion(asked, acting=union, choice="agrees", seen_sha256=text_now(document))
    assert client.post(url("move", made, "agree"), {}).status_code == 302
    assert client.post(url("move", made, "issue"), numbered(cast)).status_code == 302
    assert [version.number for version in document.versions.all()] == [1, 2]


def test_taken_back_unchanged_consent_still_holds(client, cast):
    made = agreed(cast)
    client.force_login(cast.leader)
    for action in ("reopen", "agree"):
        assert client.post(url("move", made, action), {}).status_code == 302
    assert Document.objects.get(pk=made.document_id).state == DocumentState.AGREED
    assert [notice.reader for notice in Notice.objects.filter(kind="reopened")] == [cast.partner]


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
        ({"effective_on": "16/06/2026", "decision": ""}, {"decision": "Ghi văn bản"}),
        ({"effective_on": "31/12/2025", "decision": "Thông báo 15"}, {"effective_on": "01/01/2026"}),
        ({"effective_on": "17/06/2026", "decision": "Thông báo 15"}, {"effective_on": "Ngày này chưa đến"}),
    ],
)
def test_an_end_needs_a_day_within_that_has_come_and_a_paper(leader, cast, values, errors):
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
    dated = {"effective_on": "15/06/2026", "decision": "Thông báo số 15/TB-SDTTG", "comment": ""}
    states = []
    for action, sent in (("suspend", dated), ("resume", {}), ("close", dated)):
        assert leader.get(url("move", made, action)).status_code == 200
        assert leader.post(url("move", made, action), sent).url == url("detail", made)
        states.append(Document.objects.get(pk=made.document_id).state)
    made.refresh_from_db()
    assert states == [DocumentState.SUSPENDED, DocumentState.ISSUED, DocumentState.CLOSED]
    assert (made.suspended_from, made.ended_on) == (None, date(2026, 6, 15))
    told = Notice.objects.filter(about=made.document_id, kind__in=("suspended", "resumed", "ended"))
    assert {(notice.reader, notice.kind) for notice in told} == {
        (cast.partner, kind) for kind in ("suspended", "resumed", "ended")
    }


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


def test_a_review_without_a_result_leads_to_where_it_is_entered(client, cast):
    made = issued(cast)
    milestone = made.milestones.create(nature="preliminary", year=2025)
    address = reverse("coordination:milestone_result", args=[made.uid, milestone.uid])
    found = {}
    for person in ("officer", "clerk", "chair"):
        client.force_login(getattr(cast, person))
        page = Page(client.get(url("detail", made)))
        assert page.one("section", aria_labelledby="time").text.count("Chưa ghi kết quả") == 1
        found[person] = address in {link.attributes.get("href") for link in page.all("a")}
    assert found == {"officer": True, "clerk": False, "chair": False}


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
