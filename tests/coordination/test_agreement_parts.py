"""How agreements are drafted, copied, continued, amended and entered, and saved part by part."""

import uuid
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from coordination import agreement_parts as parts
from coordination import review
from coordination.agreement_actions import (
    Draft,
    amend_agreement,
    continue_agreement,
    copy_agreement,
    create_agreement,
    enter_agreement,
)
from coordination.agreement_parts import (
    ChangeLine,
    Cited,
    ClauseLine,
    EditRefused,
    MilestoneLine,
    PartyLine,
    RecipientLine,
    SectionLine,
)
from coordination.agreement_workflow import move_agreement
from coordination.compose import compose_agreement
from coordination.enums import ClauseChangeNature, DocumentState, LinkNature, MemberRole, MilestoneNature, NoticeKind
from coordination.locking import StaleVersion
from coordination.milestones import open_milestones
from coordination.models import Agreement, Clause, Document, DocumentKind, Notice, Section
from coordination.workflow import MoveRefused
from tests import factories
from tests.coordination.reviews import DAY, DUE, agreement, hat, text_now
from tests.coordination.test_agreements import issued, leader, plan, words

pytestmark = pytest.mark.django_db
__all__ = ["plan"]  # the fixture
NEXT = {"stage_from": date(2027, 1, 1), "stage_to": date(2027, 12, 31)}


def draft_of(cast, *agencies, **fields):
    kind, _made = DocumentKind.objects.get_or_create(
        code="KHPH", defaults={"name": "Kế hoạch phối hợp", "abbreviation": "KHPH"}
    )
    values = {"subject": "Kế hoạch phối hợp năm 2027", "form_token": uuid.uuid4()} | NEXT
    return Draft(kind=kind, agencies=agencies or (cast.board, cast.union), **values | fields)


def saved(cast, agreement, save, *args, acting=None, **values):
    seen = Agreement.objects.get(pk=agreement.pk).version
    return save(agreement, *args, acting=acting or hat(cast.officer), seen=seen, **values)


# ---- how they come to be ----


def test_a_form_sent_twice_makes_one_draft(cast):
    draft = draft_of(cast)
    first, second = (create_agreement(draft, acting=hat(cast.officer), today=DAY) for _time in range(2))
    assert first == second
    assert (first.document.state, first.document.register_agency) == (DocumentState.DRAFT, cast.board)
    assert [party.agency for party in first.document.parties.all()] == [cast.board, cast.union]


def test_parties_sign_as_they_signed_last(cast):
    old = agreement(cast)
    old.document.parties.filter(agency=cast.union).update(name="Lê Thị Thử", title="Chủ tịch", signing_form="TM.")
    made = create_agreement(draft_of(cast), acting=hat(cast.officer), today=DAY)
    party = made.document.parties.get(agency=cast.union)
    assert (party.name, party.title, party.signing_form) == ("Lê Thị Thử", "Chủ tịch", "TM.")


def test_a_clerk_drafts_nothing(cast):
    with pytest.raises(PermissionDenied):
        create_agreement(draft_of(cast), acting=hat(cast.clerk), today=DAY)
    assert Agreement.objects.count() == 0


def test_a_copy_has_the_text_of_today_and_years_of_its_own(cast, plan):
    saved(cast, plan, parts.save_milestones, [MilestoneLine(MilestoneNature.FINAL, 2026)])
    saved(cast, plan, parts.save_bases, [Cited(text="Luật Bình đẳng giới")])
    saved(cast, plan, parts.save_recipients, [RecipientLine("UBND tỉnh"), RecipientLine("Lưu: VT", is_archive=True)])
    draft = draft_of(cast)
    first, second = (copy_agreement(plan, draft, acting=hat(cast.officer), today=DAY) for _time in range(2))
    assert first == second
    assert words(compose_agreement(first)) == words(compose_agreement(plan))
    assert [row.text for row in first.document.recipients.all()] == ["UBND tỉnh", "Lưu: VT"]
    assert first.milestones.get().year == 2027


def test_the_next_stage_says_what_it_continues(cast, plan):
    made = continue_agreement(plan, draft_of(cast), acting=hat(cast.officer), today=DAY)
    assert made.document.links.get(nature=LinkNature.CONTINUES).target == plan.document


def test_one_made_on_paper_is_in_the_register_at_once(cast):
    lines = [PartyLine(cast.board, "Giám đốc", "Người A"), PartyLine(cast.union, "Chủ tịch", "Người B")]
    typed = {"issued_on": date(2022, 6, 10), "acting": hat(cast.officer), "today": DAY}
    made = enter_agreement(draft_of(cast), lines, **typed)
    document = Document.objects.get(pk=made.document_id)
    assert (made.register_only, document.state, document.origin) == (True, "issued", "from_paper")
    assert (document.register_year, document.number, document.issued_on) == (2022, "", date(2022, 6, 10))
    enter_agreement(draft_of(cast, subject="Chương trình cũ"), lines, number="05", symbol="KHPH-A-B", **typed)
    with pytest.raises(MoveRefused, match="Chương trình cũ"):
        enter_agreement(draft_of(cast), lines, number="5", **typed)
    assert Agreement.objects.count() == 2


def test_four_parties_of_equal_rank(cast):
    others = [factories.agency(cast.province, f"Sở {name}", name) for name in ("SGD", "SYT")]
    made = create_agreement(draft_of(cast, cast.union, cast.board, *others), acting=hat(cast.partner), today=DAY)
    paper = compose_agreement(made)
    assert (len(paper.head.issuers), len(paper.signatures)) == (4, 4)
    assert paper.symbol == "KHPH-HLHPN-SDTTG-SGD-SYT"


# ---- saved part by part ----


def test_of_two_who_saw_the_same_version_one_is_told(cast, plan):
    parts.save_facts(plan, acting=hat(cast.officer), seen=plan.version, closing="Hết.")
    with pytest.raises(StaleVersion):
        parts.save_facts(plan, acting=hat(cast.partner), seen=plan.version, closing="Mất.")
    assert Agreement.objects.get(pk=plan.pk).closing == "Hết."


def test_facts_of_paper_and_agreement_are_kept_with_their_history(cast, plan):
    saved(cast, plan, parts.save_facts, subject="Phối hợp năm 2026", stage_to=date(2027, 6, 30))
    row = Agreement.objects.get(pk=plan.pk)
    assert (row.document.subject, row.stage_to) == ("Phối hợp năm 2026", date(2027, 6, 30))
    assert row.document.history.first().subject == "Phối hợp năm 2026"


def test_sections_keep_their_key_when_others_move(cast, plan):
    section = plan.document.sections.get()
    lines = [
        SectionLine(1, "Mục đích"),
        SectionLine(1, "Nội dung mới", uid=section.uid),
        SectionLine(2, "Nhiệm vụ"),
        SectionLine(3, "Bên A chủ trì"),
        SectionLine(1, "Kinh phí"),
    ]
    saved(cast, plan, parts.save_sections, lines)
    headings = [(block.number, block.text) for block in compose_agreement(plan).blocks if hasattr(block, "number")]
    assert headings == [
        ("I.", "Mục đích"), ("II.", "Nội dung mới"), ("1.", "Nhiệm vụ"), ("1.1.", "Bên A chủ trì"),
        ("III.", "Kinh phí"),
    ]  # fmt: skip
    assert Section.objects.get(pk=section.pk).key == "noi-dung"
    assert Clause.objects.filter(section=section).count() == 2


def test_a_section_left_out_goes_with_its_clauses(cast, plan):
    saved(cast, plan, parts.save_sections, [SectionLine(3, "Nội dung khác")])
    assert [(row.heading, row.numbering) for row in plan.document.sections.all()] == [("Nội dung khác", "roman")]
    assert Clause.objects.count() == 0


def test_clauses_change_in_place_with_lead_partners_and_citations(cast, plan):
    section = plan.document.sections.get()
    first, second = section.clauses.all()
    lines = [
        ClauseLine(second.text, uid=second.uid),
        ClauseLine("Lời mới.", cast.union, [cast.board], [Cited(text="Quyết định số 498/QĐ-TTg")], uid=first.uid),
        ClauseLine("Thêm."),
    ]
    saved(cast, plan, parts.save_clauses, section, lines)
    rows = list(section.clauses.for_text())
    assert [(row.text, row.key in ("d1", "d2")) for row in rows] == [
        (second.text, True), ("Lời mới.", True), ("Thêm.", False),
    ]  # fmt: skip
    assert (rows[1].lead, list(rows[1].partners.all())) == (cast.union, [cast.board])
    assert rows[1].citations.get().text == "Quyết định số 498/QĐ-TTg"
    saved(cast, plan, parts.save_clauses, section, lines[:1])
    assert section.clauses.get() == second


def test_parties_may_change_places(cast, plan):
    lines = [
        PartyLine(
            cast.union, "Chủ tịch", "Bà A", signing_form="TM.", on_behalf_of="Ban Thường vụ", signature_column=2
        ),
        PartyLine(cast.board, "Giám đốc", "Ông B", signature_column=1),
    ]
    saved(cast, plan, parts.save_parties, lines, today=DAY)
    paper = compose_agreement(plan)
    assert [issuer.name[:3] for issuer in paper.head.issuers] == ["HỘI", "SỞ "]
    assert [signature.name for signature in paper.signatures] == ["Ông B", "Bà A"]


def test_a_closed_agency_is_no_party(cast, plan):
    closed = factories.agency(cast.province, "Ban cũ", "BCU", closed_on=date(2025, 2, 28))
    with pytest.raises(EditRefused, match="Ban cũ"):
        saved(cast, plan, parts.save_parties, [PartyLine(cast.board), PartyLine(closed)], today=DAY)
    assert plan.document.parties.count() == 2


def test_an_edit_in_review_tells_whose_consent_lapsed(cast, plan):
    board, union = hat(cast.officer), hat(cast.partner)
    sent = move_agreement(plan, "send", acting=board)
    asked = review.open_round(sent.document, acting=board, due_on=DUE, today=DAY)
    review.give_opinion(asked, acting=union, choice="agrees", seen_sha256=text_now(sent.document))
    saved(cast, plan, parts.save_facts, closing="Khác hẳn.")
    assert Notice.objects.filter(kind=NoticeKind.CONSENT_LAPSED, reader=cast.partner).count() == 1


@pytest.mark.parametrize("state", [state for state in DocumentState if state not in parts.EDITABLE])
def test_a_fixed_text_is_not_edited(cast, plan, state):
    Document.objects.filter(pk=plan.document_id).update(state=state, issued_on=DAY)
    with pytest.raises(EditRefused, match="văn bản sửa đổi"):
        saved(cast, plan, parts.save_facts, closing="Khác.")
    assert Agreement.objects.get(pk=plan.pk).version == plan.version


def test_who_is_no_party_or_only_keeps_papers_does_not_edit(cast, plan):
    for acting in (hat(cast.stranger), hat(cast.clerk), hat(cast.chair), leader(cast.union)):
        with pytest.raises(PermissionDenied):
            saved(cast, plan, parts.save_facts, acting=acting, closing="Khác.")
    saved(cast, plan, parts.save_facts, acting=hat(cast.partner), closing="Được.")
    assert Agreement.objects.get(pk=plan.pk).closing == "Được."


# ---- amendments ----


def amendment_of(made, cast, **change):
    """The clause d2 replaced, through the actions people use."""
    row = amend_agreement(
        made, draft_of(cast, subject="Sửa đổi Kế hoạch phối hợp"), acting=hat(cast.officer), today=DAY
    )
    clause = Clause.objects.get(section__document=made.document, key="d2", valid_to=None)
    line = {"valid_from": date(2026, 9, 1), "text": "Củng cố 40 địa chỉ.", "lead": cast.union} | change
    saved(cast, row, parts.save_changes, [ChangeLine(ClauseChangeNature.REPLACED, clause=clause, **line)])
    row.document.parties.update(name="Người ký")
    return row


def test_a_draft_is_not_amended(cast, plan):
    with pytest.raises(MoveRefused, match="đã ban hành"):
        amend_agreement(plan, draft_of(cast), acting=hat(cast.officer), today=DAY)


def test_an_amendment_prints_what_it_changes_so_that_all_agree_to_it(cast, plan):
    made = issued(plan, cast)
    amendment = amendment_of(made, cast)
    assert words(compose_agreement(amendment)) == [
        "1. Thay nhiệm vụ “Củng cố 25 địa chỉ tin cậy.” tại phần I từ ngày 01 tháng 9 năm 2026, do Hội LHPN tỉnh "
        "chủ trì như sau:",
        "- Củng cố 40 địa chỉ./.",
    ]
    assert amendment.document.links.get(nature=LinkNature.AMENDS).target == made.document


def test_both_texts_stand_on_their_days(cast, plan):
    made = issued(plan, cast)
    issued(amendment_of(made, cast), cast, number="124")
    last, first = date(2026, 8, 31), date(2026, 9, 1)
    assert words(compose_agreement(made, last))[-1] == "- Củng cố 25 địa chỉ tin cậy."
    assert words(compose_agreement(made, first))[-1] == "- Củng cố 40 địa chỉ."
    new = Clause.objects.get(introduced_by__number="124")
    assert (new.follows.valid_to, new.follows.repealed_by, new.lead) == (last, new.introduced_by, cast.union)


def test_of_two_amendments_of_a_clause_the_later_is_refused(cast, plan):
    made = issued(plan, cast)
    one, two = amendment_of(made, cast), amendment_of(made, cast, text="Củng cố 50 địa chỉ.")
    issued(one, cast, number="124")
    with pytest.raises(MoveRefused, match="đã được 124/KHPH-STN-HLHPN sửa đổi"):
        issued(two, cast, number="125")
    assert Document.objects.get(pk=two.document_id).number == ""


# ---- milestones ----


def test_milestones_are_tasks_of_those_who_agreed_until_a_paper_comes_of_them(cast, plan):
    made = issued(plan, cast)
    row = made.milestones.create(nature=MilestoneNature.FINAL, year=2026, starts_on=date(2026, 11, 1), lead=cast.board)
    first = date(2026, 9, 2)
    assert open_milestones([cast.board.pk], date(2026, 9, 1)) == []
    assert [(one.leads, one.late) for one in open_milestones([cast.board.pk], first)] == [(True, False)]
    assert [(one.leads, one.late) for one in open_milestones([cast.union.pk], date(2027, 1, 1))] == [(False, True)]
    assert open_milestones([cast.other.pk], first) == []
    row.result = factories.document(cast.board)
    row.save()
    assert open_milestones([cast.board.pk], first) == []


def test_a_clerk_of_a_party_does_not_end_an_agreement(cast, plan):
    made = issued(plan, cast)
    with pytest.raises(PermissionDenied):
        move_agreement(made, "close", acting=hat(factories.member(cast.union, MemberRole.CLERK)))
