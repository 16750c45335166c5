"""What an agreement says of other papers, and how it ends."""

from datetime import date

import pytest

from coordination.compose import cited, compose_agreement
from coordination.enums import AgencyKind, LinkNature
from coordination.models import Agency, Agreement, Document, DocumentLink, Party
from tests import factories
from tests.coordination.reviews import agreement

pytestmark = pytest.mark.django_db
ISSUED = {"number": "45", "symbol": "KH-STN", "issued_on": date(2026, 1, 5)}


def basis(cast, **paper):
    target = factories.document(cast.board, **(ISSUED | paper))
    return DocumentLink.objects.create(document=agreement(cast).document, nature=LinkNature.BASIS, target=target)


@pytest.mark.parametrize(
    ("subject", "ends"),
    [
        ("Công tác dân tộc", " của Sở Dân tộc và Tôn giáo tỉnh Quảng Thử về công tác dân tộc"),
        ("Về công tác dân tộc", " của Sở Dân tộc và Tôn giáo tỉnh Quảng Thử về công tác dân tộc"),
        ("Phê duyệt Đề án", " của Sở Dân tộc và Tôn giáo tỉnh Quảng Thử phê duyệt Đề án"),
        ("Phối hợp giữa Sở và Hội", " về phối hợp giữa Sở và Hội"),
        ("UBND xã làm gì", " của Sở Dân tộc và Tôn giáo tỉnh Quảng Thử về UBND xã làm gì"),
    ],
)
def test_a_cited_paper_has_type_number_day_issuer_and_subject(cast, subject, ends):
    link = basis(cast, subject=subject)
    head = f"{link.target.kind.name} số {link.target.code} ngày 05 tháng 01 năm 2026"
    assert cited(link) == head + ends


def test_a_joint_paper_is_cited_with_all_its_issuers(cast):
    link = basis(cast, subject="Công tác dân tộc")
    for place, agency in enumerate((cast.union, cast.board), 1):
        Party.objects.create(document=link.target, agency=agency, symbol_order=place, signature_column=place)
    by = " của Hội LHPN tỉnh Quảng Thử và Sở Dân tộc và Tôn giáo tỉnh Quảng Thử về công tác dân tộc"
    assert cited(link).endswith(by)


def test_a_paper_without_number_and_day_is_cited_without(cast):
    link = basis(cast, subject="Về công tác dân tộc", number="", issued_on=None)
    assert cited(link) == f"{link.target.kind.name} của Sở Dân tộc và Tôn giáo tỉnh Quảng Thử về công tác dân tộc"


def test_without_a_closing_the_text_itself_ends_with_the_sign(cast):
    made = agreement(cast)
    before = compose_agreement(made)
    Agreement.objects.filter(pk=made.pk).update(closing="")
    after = compose_agreement(Agreement.objects.get(pk=made.pk))
    assert after.closing == ()
    assert after.blocks[:-1] == before.blocks[:-1]
    assert after.blocks[-1].spans[-1].text == before.blocks[-1].spans[-1].text.rstrip(".") + "./."


def test_nothing_written_yet_ends_with_nothing(cast):
    made = agreement(cast)
    Agreement.objects.filter(pk=made.pk).update(closing="", opening="")
    made.document.sections.all().delete()
    paper = compose_agreement(Agreement.objects.get(pk=made.pk))
    assert (paper.blocks, paper.closing) == ((), ())


def test_the_party_writes_its_symbol_with_a_slash(cast):
    made = agreement(cast)
    Document.objects.filter(pk=made.document_id).update(symbol="")
    Agency.objects.update(kind=AgencyKind.PARTY)
    paper = compose_agreement(Agreement.objects.get(pk=made.pk))
    kind = made.document.kind.abbreviation
    assert (paper.profile, paper.symbol) == ("party-2018-04", f"{kind}/SDTTG-HLHPN")
