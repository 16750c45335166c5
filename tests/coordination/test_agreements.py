"""Agreements: their text on any day, the path they take, what an amendment does."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from coordination import review
from coordination.agreement_workflow import TRANSITIONS, actions_for, move_agreement
from coordination.amendments import differences
from coordination.compose import NoText, compose_agreement, composer_for, current_manuscript
from coordination.enums import ClauseChangeNature, DocumentState, LinkNature, MemberRole, NoticeKind, Numbering
from coordination.models import (
    Agreement,
    Clause,
    ClauseChange,
    Document,
    DocumentLink,
    DocumentMove,
    Notice,
    Party,
    Recipient,
    Section,
)
from coordination.notices import sentence
from coordination.workflow import MoveRefused
from tests import factories
from tests.coordination.reviews import DAY, DUE, agreement, hat, text_now

pytestmark = pytest.mark.django_db
SINCE = date(2026, 9, 1)


@pytest.fixture
def plan(cast):
    """A draft of the board and the Union, both signatories known."""
    made = agreement(cast)
    Document.objects.filter(pk=made.document_id).update(state=DocumentState.DRAFT)
    Party.objects.filter(document=made.document).update(name="Người ký")
    return Agreement.objects.get(pk=made.pk)


def leader(of):
    return hat(factories.member(of, MemberRole.LEADER))


def agreed(plan, cast):
    """Sent, asked, consented to by the Union, fixed by the board's leader."""
    board, union = hat(cast.officer), hat(cast.partner)
    plan = move_agreement(plan, "send", acting=board)
    asked = review.open_round(plan.document, acting=board, due_on=DUE, today=DAY)
    review.give_opinion(asked, acting=union, choice="agrees", seen_sha256=text_now(plan.document))
    return move_agreement(plan, "agree", acting=leader(cast.board))


def issued(plan, cast, number="123"):
    typed = {"number": number, "symbol": "KHPH-STN-HLHPN", "issued_on": date(2026, 6, 15)}
    return move_agreement(agreed(plan, cast), "issue", acting=leader(cast.board), today=date(2026, 6, 16), **typed)


def words(manuscript):
    return [
        block.text if hasattr(block, "text") else "".join(span.text for span in block.spans)
        for block in manuscript.blocks
    ]


# ---- the text ----


def test_sections_are_numbered_as_they_say_and_clauses_stand_under_them(plan):
    first = plan.document.sections.get()
    for position, heading in enumerate(("Nhiệm vụ thường xuyên", "Chương trình mục tiêu"), 1):
        middle = Section.objects.create(
            document=plan.document, parent=first, position=position, numbering=Numbering.ARABIC,
            heading=heading, key=f"n{position}", text="Lời dẫn.\n\n- Gạch một.\n- Gạch hai\nnối dòng.",
        )  # fmt: skip
    Section.objects.create(
        document=plan.document, parent=middle, position=1, numbering=Numbering.NESTED, heading="Bên A", key="n21"
    )
    blocks = compose_agreement(plan).blocks
    headings = [(block.level, block.number) for block in blocks if hasattr(block, "number")]
    assert headings == [(1, "I."), (2, "1."), (2, "2."), (3, "2.1.")]
    assert [block.key for block in blocks][:3] == ["noi-dung", "noi-dung.d1", "noi-dung.d2"]
    assert words(compose_agreement(plan))[4:7] == ["Lời dẫn.", "- Gạch một.", "- Gạch hai nối dòng."]


def test_several_leads_in_one_section_are_announced(plan, cast):
    task = Clause.objects.get(key="d2")
    task.lead = cast.union
    task.save()
    task.partners.add(cast.board)
    lines = words(compose_agreement(plan))
    union, board = (agency.name_on(DAY).short_name for agency in (cast.union, cast.board))
    assert lines[1] == "Các bên cùng thực hiện:"
    assert lines[3] == f"{union} chủ trì, phối hợp với {board}:"


def test_head_symbol_and_columns_follow_their_own_orders(plan, cast):
    one, two = plan.document.parties.order_by("symbol_order")
    Party.objects.filter(pk=one.pk).update(signature_column=9)
    Party.objects.filter(pk=two.pk).update(signing_form="TM.", on_behalf_of="Ban Thường vụ", title="Chủ tịch")
    Recipient.objects.create(document=plan.document, position=1, text="Ủy ban nhân dân tỉnh")
    Recipient.objects.create(document=plan.document, position=0, text="Lưu: VT", is_archive=True)
    paper = compose_agreement(plan)
    assert [issuer.name for issuer in paper.head.issuers] == [
        "SỞ DÂN TỘC VÀ TÔN GIÁO\nTỈNH QUẢNG THỬ",
        "HỘI LHPN TỈNH QUẢNG THỬ",
    ]
    assert paper.symbol == "BC-STN"  # as it was given
    plan.document.symbol = ""
    assert compose_agreement(plan).symbol == "KHPH-SDTTG-HLHPN"
    assert [signature.lines for signature in paper.signatures] == [("TM. BAN THƯỜNG VỤ", "CHỦ TỊCH"), ("GIÁM ĐỐC",)]
    assert paper.recipients == ("Ủy ban nhân dân tỉnh", "Lưu: VT")
    assert paper.closing[0].text == "Trên đây là kế hoạch./."


def test_legal_bases_come_first(plan):
    DocumentLink.objects.create(document=plan.document, nature=LinkNature.BASIS, text="Luật Bình đẳng giới năm 2006")
    first = compose_agreement(plan).blocks[0]
    assert (first.style, first.spans[0].text) == ("basis", "Căn cứ Luật Bình đẳng giới năm 2006.")


def test_a_paper_nobody_composes_has_no_text(cast):
    with pytest.raises(NoText):
        composer_for(factories.document(cast.board))


# ---- the path ----


def test_the_text_all_agreed_to_is_kept_and_read_from_then_on(plan, cast):
    fixed = agreed(plan, cast)
    version = fixed.document.versions.get()
    Clause.objects.filter(key="d1").update(text="Sửa sau lưng.")
    assert fixed.document.state == DocumentState.AGREED
    assert current_manuscript(fixed.document).sha256() == version.sha256 != compose_agreement(fixed).sha256()
    assert Notice.objects.filter(kind=NoticeKind.AGREED, reader=cast.partner).exists()


def test_without_the_consent_of_all_it_is_not_fixed(plan, cast):
    sent = move_agreement(plan, "send", acting=hat(cast.officer))
    with pytest.raises(MoveRefused, match="Chưa hỏi ý kiến các bên"):
        move_agreement(sent, "agree", acting=leader(cast.board))
    review.open_round(sent.document, acting=hat(cast.officer), due_on=DUE, today=DAY)
    with pytest.raises(MoveRefused, match="Chưa đủ các bên đồng ý"):
        move_agreement(sent, "agree", acting=leader(cast.board))
    assert Document.objects.get(pk=sent.document_id).state == DocumentState.IN_REVIEW


def test_an_edit_after_consent_keeps_it_from_being_fixed(plan, cast):
    board, union = hat(cast.officer), hat(cast.partner)
    sent = move_agreement(plan, "send", acting=board)
    asked = review.open_round(sent.document, acting=board, due_on=DUE, today=DAY)
    review.give_opinion(asked, acting=union, choice="agrees", seen_sha256=text_now(sent.document))
    Clause.objects.filter(key="d1").update(text="Truyền thông tại 30 xã.")
    with pytest.raises(MoveRefused, match="Chưa đủ các bên đồng ý"):
        move_agreement(sent, "agree", acting=leader(cast.board))


def test_issuing_wants_number_day_and_every_signatory(plan, cast):
    fixed, clerk = agreed(plan, cast), leader(cast.board)
    with pytest.raises(MoveRefused, match="số"):
        move_agreement(fixed, "issue", acting=clerk)
    Party.objects.filter(document=fixed.document, agency=cast.union).update(name="")
    with pytest.raises(MoveRefused, match="Thiếu người ký"):
        move_agreement(fixed, "issue", acting=clerk, number="5", issued_on=DAY, today=DAY)
    assert Document.objects.get(pk=fixed.document_id).number == ""


def test_a_number_given_before_names_the_other_document(plan, cast):
    other = factories.document(cast.board, kind=plan.document.kind, number="123", subject="Kế hoạch trước")
    with pytest.raises(MoveRefused, match="Kế hoạch trước"):
        issued(plan, cast)
    assert list(Document.objects.filter(number="123")) == [other]


def test_issued_it_has_number_and_day_and_the_other_party_is_told(plan, cast):
    document = issued(plan, cast).document
    assert (document.state, document.code) == (DocumentState.ISSUED, "123/KHPH-STN-HLHPN")
    assert Notice.objects.filter(kind=NoticeKind.ISSUED, reader=cast.partner).count() == 1
    assert list(DocumentMove.objects.values_list("action", flat=True)) == ["send", "agree", "issue"]


def test_suspended_resumed_and_ended_on_a_paper(plan, cast):
    made, acting = issued(plan, cast), leader(cast.board)
    with pytest.raises(MoveRefused, match="văn bản làm căn cứ"):
        move_agreement(made, "suspend", acting=acting)
    paper = {"effective_on": date(2026, 8, 1), "decision": "Công văn số 9", "today": date(2026, 8, 1)}
    made = move_agreement(made, "suspend", acting=acting, **paper)
    assert (made.suspended_from, made.document.state) == (date(2026, 8, 1), DocumentState.SUSPENDED)
    made = move_agreement(made, "resume", acting=acting)
    with pytest.raises(MoveRefused, match="không thể kết thúc trước đó"):
        move_agreement(made, "close", acting=acting, **paper | {"effective_on": date(2025, 1, 1)})
    made = move_agreement(made, "close", acting=acting, **paper)
    assert (made.suspended_from, made.ended_on) == (None, date(2026, 8, 1))
    assert DocumentMove.objects.get(action="close").decision == "Công văn số 9"


@pytest.mark.parametrize("action", ["suspend", "close"])
def test_a_suspension_or_an_end_is_entered_once_its_day_has_come(plan, cast, action):
    made, day = issued(plan, cast), date(2026, 8, 1)
    given = {"acting": leader(cast.board), "effective_on": day, "decision": "Công văn số 9"}
    with pytest.raises(MoveRefused, match="Ngày này chưa đến") as refusal:
        move_agreement(made, action, today=date(2026, 7, 31), **given)
    assert refusal.value.field == "effective_on"
    assert Document.objects.get(pk=made.document_id).state == DocumentState.ISSUED
    assert move_agreement(made, action, today=day, **given).document.state == TRANSITIONS[action].target


@pytest.mark.parametrize("action", TRANSITIONS)
def test_nobody_outside_moves_it(plan, cast, action):
    state = next(iter(TRANSITIONS[action].sources))
    Document.objects.filter(pk=plan.document_id).update(state=state, issued_on=DAY)
    plan.document.refresh_from_db()
    elsewhere = factories.agency(cast.elsewhere, "Ban Dân tộc tỉnh khác", "BDK")
    stranger = hat(factories.member(elsewhere, MemberRole.LEADER))
    assert (actions_for(stranger, plan), actions_for(None, plan)) == ([], [])
    with pytest.raises(PermissionDenied):
        move_agreement(plan, action, acting=stranger)


def test_who_was_asked_is_told_that_the_text_is_a_draft_again(plan, cast):
    board = hat(cast.officer)
    factories.member(cast.union, MemberRole.CLERK)
    sent = move_agreement(plan, "send", acting=board)
    review.open_round(sent.document, acting=board, due_on=DUE, also_asked=[cast.other], today=DAY)
    move_agreement(sent, "back", acting=board)
    told = Notice.objects.filter(kind=NoticeKind.TAKEN_BACK, about=plan.document)
    assert {notice.reader for notice in told} == {cast.partner, cast.stranger}
    words = "Sở Dân tộc và Tôn giáo đã đưa “BC-STN” về dự thảo: chưa cần góp ý nữa."
    assert {sentence(notice) for notice in told.for_reading()} == {words}


def test_a_text_nobody_was_asked_about_is_taken_back_without_a_word(plan, cast):
    sent = move_agreement(plan, "send", acting=hat(cast.officer))
    move_agreement(sent, "back", acting=hat(cast.officer))
    assert not Notice.objects.exists()


def test_only_leaders_fix_and_end_clerks_issue(plan, cast):
    wanted = {"draft": ["send"], "in_review": ["back"], "agreed": [], "issued": []}
    for state, actions in wanted.items():
        plan.document.state = state
        assert actions_for(hat(cast.officer), plan) == actions
    plan.document.state = DocumentState.AGREED
    assert actions_for(hat(factories.member(cast.union, MemberRole.CLERK)), plan) == ["issue"]


def test_a_step_already_made_is_refused(plan, cast):
    move_agreement(plan, "send", acting=hat(cast.officer))
    with pytest.raises(MoveRefused, match="Bước này không còn nữa"):
        move_agreement(plan, "send", acting=hat(cast.officer))


def test_one_party_or_no_text_is_not_sent(plan, cast):
    plan.document.parties.filter(agency=cast.union).delete()
    with pytest.raises(MoveRefused, match="hai bên"):
        move_agreement(plan, "send", acting=hat(cast.officer))


# ---- amendments ----


def amendment_of(plan, cast):
    """One clause replaced, one repealed, one added, from 1 September."""
    made = agreement(cast, symbol="SD")
    Document.objects.filter(pk=made.document_id).update(state=DocumentState.DRAFT)
    Party.objects.filter(document=made.document).update(name="Người ký")
    Agreement.objects.filter(pk=made.pk).update(amends=plan)
    made = Agreement.objects.get(pk=made.pk)
    section = plan.document.sections.get()
    old = {clause.key: clause for clause in section.clauses.all()}
    change = ClauseChange.objects.create
    change(amendment=made, nature=ClauseChangeNature.REPLACED, clause=old["d2"], text="Củng cố 40.", valid_from=SINCE)
    change(amendment=made, nature=ClauseChangeNature.REPEALED, clause=old["d1"], valid_from=SINCE)
    change(amendment=made, nature=ClauseChangeNature.ADDED, section=section, text="Thêm việc.", valid_from=SINCE)
    return made


def test_until_it_is_issued_an_amendment_changes_nothing(plan, cast):
    made = issued(plan, cast)
    before = compose_agreement(made, SINCE)
    amendment_of(made, cast)
    assert compose_agreement(made, SINCE) == before


def test_each_day_reads_its_own_text(plan, cast):
    made = issued(plan, cast)
    last = date(2026, 8, 31)
    before = words(compose_agreement(made, last))
    issued(amendment_of(made, cast), cast, number="124")
    assert words(compose_agreement(made, last)) == before
    assert words(compose_agreement(made, SINCE))[1:] == ["- Củng cố 40.", "- Thêm việc."]
    assert words(current_manuscript(made.document)) == before


def test_the_two_texts_stand_side_by_side(plan, cast):
    rows = differences(amendment_of(plan, cast))
    assert [(row.before, row.after, row.nature) for row in rows] == [
        ("Truyền thông tại 20 xã.", "", "repealed"),
        ("Củng cố 25 địa chỉ tin cậy.", "Củng cố 40.", "replaced"),
        ("", "Thêm việc.", "added"),
    ]


def test_what_an_amendment_changes_is_part_of_what_the_parties_agree_to(plan, cast):
    made = amendment_of(plan, cast)
    before = compose_agreement(made)
    ClauseChange.objects.filter(amendment=made, nature=ClauseChangeNature.REPLACED).update(text="Củng cố 50.")
    after = compose_agreement(made)
    assert before.sha256() != after.sha256()
    said = words(after)
    assert "- Củng cố 50." in said
    assert "- Thêm việc." in said
    assert any("từ ngày 01 tháng 9 năm 2026" in line for line in said)


def test_a_change_begins_after_the_text_it_replaces(plan, cast):
    made = issued(plan, cast)
    Clause.objects.filter(section__document=made.document).update(valid_from=SINCE)
    with pytest.raises(MoveRefused, match="chỉ có hiệu lực từ ngày 01/09/2026"):
        issued(amendment_of(made, cast), cast, number="124")
