"""Agreements of every make are one paper in PDF and Word: blocks in the same order, words, heads, signatures."""

from dataclasses import replace
from datetime import date

import pytest

from coordination.manuscript import Head, Heading, Issuer, Manuscript, Paragraph, Signature, Span, Stamp
from reports.typeset.docx import render_docx
from reports.typeset.pdf import render_pdf
from tests.typeset.joint import measure_pdf, measure_word, same_order, words_of_pdf
from tests.typeset.measuring import Paper
from tests.typeset.test_docx import Word

pytestmark = pytest.mark.once
ISSUED = Stamp(number="5", issued_on=date(2026, 1, 5), draft=False)
TASK = "- Tổ chức {} cuộc truyền thông về bình đẳng giới tại thôn, bản, ưu tiên nơi còn tảo hôn và hôn nhân cận huyết."
SIGNERS = (
    Signature(("TM. BAN DÂN TỘC", "TRƯỞNG BAN"), "Nguyễn Văn An"),
    Signature(("TM. BAN THƯỜNG VỤ", "CHỦ TỊCH"), "Trần Thị Bình"),
    Signature(("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"), "Lê Thị Chi"),
    Signature(("TM. BAN CHẤP HÀNH", "BÍ THƯ"), "Phạm Văn Dũng"),
)


def p(key, text, style="body"):
    return Paragraph(key, (Span(text),), style)


def body(tasks):
    """All styles and levels there are; `tasks` clauses in each of two sections."""
    blocks = [
        p("basis-1", "Căn cứ Luật Bình đẳng giới ngày 29 tháng 11 năm 2006.", "basis"),
        p("open", "Hai bên thống nhất:"),
    ]
    for number in (1, 2):
        blocks += [
            Heading(f"s{number}", 1, "I" * number + ".", "Nội dung phối hợp"),
            Heading(f"s{number}.1", 2, "1.", "Nhiệm vụ thường xuyên"),
            Heading(f"s{number}.1.1", 3, "1.1.", "Hội LHPN tỉnh chủ trì"),
            p(f"lead{number}", "Hội LHPN tỉnh chủ trì, phối hợp với Ban Dân tộc:", "lead"),
            *(p(f"c{number}.{task}", TASK.format(task)) for task in range(1, tasks + 1)),
            p(f"i{number}", "Băng rôn, tờ rơi song ngữ;", "item"),
            p(f"l{number}", "Loa truyền thanh.", "last_item"),
        ]
    return tuple(blocks)


def agreement(signers=SIGNERS[:2], tasks=3, **changes):
    made = Manuscript(
        kind="agreement",
        profile="state-2020-03",
        title="Kế hoạch phối hợp",
        head=Head(
            (Issuer("HỘI LIÊN HIỆP PHỤ NỮ\nTỈNH AN GIANG"), Issuer("BAN DÂN TỘC TỈNH AN GIANG")),
            "An Giang",
            "KẾ HOẠCH PHỐI HỢP",
            ("Công tác giữa Hội Liên hiệp Phụ nữ tỉnh và Ban Dân tộc tỉnh An Giang", "giai đoạn 2021 - 2025"),
        ),
        symbol="KHPH-HLHPN-BDT",
        attached_to="Kế hoạch phối hợp",
        blocks=body(tasks),
        closing=(Span("Trên đây là Kế hoạch phối hợp công tác giai đoạn 2021 - 2025./."),),
        signatures=signers,
        recipients=("Ủy ban Dân tộc", "UBND tỉnh", "Lưu: VT, TG-CSLP, VP BDT"),
    )
    return replace(made, **changes)


AMENDMENT = (
    p("change-1", "1. Bãi bỏ nhiệm vụ “Tổ chức hội thi” tại mục 1.1 phần II từ ngày 01 tháng 7 năm 2026."),
    p("change-2", "2. Bổ sung nhiệm vụ vào mục 1.2 phần II từ ngày 01 tháng 7 năm 2026, do Ban Dân tộc chủ trì:"),
    p("change-2.text", "- Truyền thông ở hai xã mới."),
)


def alike(manuscript, stamp):
    pdf, word = Paper(render_pdf(manuscript, stamp)), Word(render_docx(manuscript, stamp))
    same_order(pdf, word, manuscript)
    assert word.words() == words_of_pdf(pdf)
    return pdf, word


@pytest.mark.parametrize("sample", [False, True])
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"blocks": AMENDMENT, "title": "Sửa đổi Kế hoạch phối hợp"},
        {"tasks": 40},
        {"signers": SIGNERS[:3]},
        {"signers": SIGNERS},
    ],
    ids=["two", "amendment", "long", "three", "four"],
)
def test_joint_agreement(changes, sample):
    manuscript = agreement(sample=sample, **changes)
    pdf, word = alike(manuscript, ISSUED)
    if len(manuscript.signatures) == 2:
        measure_pdf(pdf, manuscript, "05/KHPH-HLHPN-BDT")
        measure_word(word, manuscript, "05/KHPH-HLHPN-BDT")
    page, _ = pdf.find(manuscript.signatures[0].name)
    assert all("".join(one.name.split()) in "".join(page.text.split()) for one in manuscript.signatures)
    assert "Trên đây là Kế hoạch" in page.said  # signatures never stand alone


def test_four_sign_two_by_two_in_the_order_of_their_columns():
    pdf, word = alike(agreement(SIGNERS), ISSUED)
    names = [pdf.find(one.name)[1] for one in SIGNERS]
    assert names[0].baseline == names[1].baseline > names[2].baseline == names[3].baseline
    assert names[0].centre < names[1].centre
    said = [one.text for one in word.paragraphs if one.style.style_id == "Signer"]
    assert said == [one.name for one in SIGNERS]


@pytest.mark.parametrize(
    ("profile", "issuer", "symbol", "number", "nation"),
    [
        ("union-2020-03", Issuer("BAN THƯỜNG VỤ", "HỘI LIÊN HIỆP PHỤ NỮ TỈNH"), "KH-BTV", "Số: 05/KH-BTV", "CỘNG HÒA"),
        ("party-2018-04", Issuer("BAN THƯỜNG VỤ", "TỈNH ỦY AN GIANG"), "CTr/TU", "Số 05-CTr/TU", "ĐẢNG CỘNG SẢN"),
    ],
)
def test_paper_of_one_issuer_has_the_head_of_its_house(profile, issuer, symbol, number, nation):
    head = replace(agreement().head, issuers=(issuer,))
    manuscript = agreement(SIGNERS[1:2], profile=profile, head=head, symbol=symbol)
    pdf, word = alike(manuscript, ISSUED)
    assert number in pdf.pages[0].said
    assert word.find(number)
    assert nation in pdf.pages[0].said
    assert word.find(nation)
    page, heading = pdf.find("Nơi nhận:")
    assert page.find("CHỦ TỊCH").left > heading.right  # beside, not below


def test_draft_of_one_line():
    manuscript = agreement(blocks=(p("only", "Hai bên cùng làm./."),), closing=(), recipients=(), sample=True)
    pdf, word = alike(manuscript, Stamp())
    assert len(pdf.pages) == 1
    assert "DỰ THẢO" in pdf.pages[0].said
    assert "Nơi nhận" not in pdf.pages[0].said
    assert word.find("DỰ THẢO\nDỮ LIỆU MẪU")
