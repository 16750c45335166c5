"""A plan of the board and the Union put to both, with one agency asked that does not sign."""

from datetime import date
from types import SimpleNamespace

from coordination import review
from coordination.compose import current_manuscript
from coordination.enums import DocumentState, Numbering, OpinionChoice
from coordination.models import Agreement, Clause, Document, DocumentKind, Party, Section
from tests import factories

DAY, DUE = date(2026, 6, 12), date(2026, 6, 19)


def agreement(cast, parties=(), **fields):
    """Of the board, the Union and `parties`: two clauses under one heading, in the state of one that was sent."""
    kind, _made = DocumentKind.objects.get_or_create(
        code="KHPH", defaults={"name": "Kế hoạch phối hợp", "abbreviation": "KHPH"}
    )
    document = factories.document(
        cast.board, kind=kind, subject="Kế hoạch phối hợp năm 2026", state=DocumentState.IN_REVIEW, **fields
    )
    for order, agency in enumerate((cast.board, cast.union, *parties), 1):
        Party.objects.create(
            document=document,
            agency=agency,
            symbol_order=order,
            signature_column=order,
            title="GIÁM ĐỐC",
            name="Nguyễn Thị Thử",
        )
    made = Agreement.objects.create(
        document=document, stage_from=date(2026, 1, 1), stage_to=date(2026, 12, 31), closing="Trên đây là kế hoạch."
    )
    section = Section.objects.create(
        document=document, position=1, numbering=Numbering.ROMAN, heading="NỘI DUNG PHỐI HỢP", key="noi-dung"
    )
    for position, text in enumerate(("Truyền thông tại 20 xã.", "Củng cố 25 địa chỉ tin cậy."), 1):
        Clause.objects.create(section=section, position=position, key=f"d{position}", text=text)
    return made


def put_to_review(cast, *, parties=(), also_asked=(), due_on=DUE, today=DAY):
    """By the officer of the board, who stands by it; hats of all who speak."""
    document = agreement(cast, parties).document
    asked = review.open_round(document, acting=hat(cast.officer), due_on=due_on, also_asked=also_asked, today=today)
    return SimpleNamespace(
        document=document,
        round=asked,
        board=hat(cast.officer),
        leader=hat(cast.leader),
        union=hat(cast.partner),
        clause=Clause.objects.get(section__document=document, key="d2"),
    )


def hat(person):
    return person.memberships.get()


def text_now(document):
    return current_manuscript(Document.objects.get(pk=document.pk)).sha256()


def edit(clause, text="Củng cố 30 địa chỉ tin cậy."):
    clause.text = text
    clause.save(update_fields=["text"])


def answer(stage, acting, choice=OpinionChoice.AGREES, text="", seen=None):
    return review.give_opinion(
        stage.round, acting=acting, choice=choice, text=text, seen_sha256=seen or text_now(stage.document)
    )
