"""A report's words: every number opens what it was counted from, and what has no data says so."""

import re
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from django.utils import translation

from coordination.enums import AgencyRole, DocumentState, LinkNature, Numbering
from coordination.manuscript import Box, Chart, Heading, Manuscript, Paragraph, Table
from coordination.models import DocumentLink, Party, Recipient, Section
from programs.enums import BudgetNature, ModelNature, ModelStanding, Operator, Precision
from programs.models import IndicatorCategory, Target
from reports import outlines
from reports.compose import Draft, compose
from reports.compose.head import subject_lines
from reports.enums import PeriodKind, ReportKind, ReportScope
from reports.figures import Compared, Ref, Scope, open_ref
from reports.models import ReportOutline, ReportRound, RoundSeat
from tests import factories
from tests.reports import random_facts

NOW, LAST_YEAR = date(2026, 3, 8), date(2025, 3, 8)
EQUALITY = "gender-equality-2030"


@pytest.fixture
def world(db):
    world = random_facts.merged_province()
    world.periods = random_facts.decree_periods()
    outlines.load()
    world.outline = ReportOutline.objects.get(kind=ReportKind.GENDER_EQUALITY, period_kind=PeriodKind.HALF)
    return world


def draft(world, code="2026-H1", scope=ReportScope.PROVINCE, agency=None):
    return Draft(agency or world.board, world.new, "gender-equality", scope, world.periods[code], world.outline)


def round_of(world):
    """The board asks itself and the Union."""
    asked = ReportRound.objects.create(
        asked_by=world.board, kind="gender-equality", period=world.periods["2026-H1"], outline=world.outline,
        title="Yêu cầu", due_sender=date(2026, 6, 20), opened_by=factories.user(),
    )  # fmt: skip
    for agency in (world.board, world.union):
        RoundSeat.objects.create(round=asked, agency=agency)
    return asked


@pytest.fixture
def filled(world):
    """A year like the one before and then some: activities, models, money, readings, papers."""
    project = factories.component("P8", kind="project")
    one, two = (factories.component(f"P8.{n}", parent=project, short_name=f"Nội dung {n}: Thử") for n in (1, 2))
    talk, lesson = (
        factories.activity_kind(name="Truyền thông"),
        factories.activity_kind("tap_huan", "training", "lớp", name="Tập huấn"),
    )
    for number in range(8):
        day = date(2026, 1 + number % 6, 3 + number)
        factories.activity(
            world.board, world.communes[4], day, component=one, kind=talk,
            sessions=2, attendances=30, women=20, minority=25,
        )  # fmt: skip
    factories.activity(world.union, world.communes[5], NOW, component=two, kind=lesson, attendances=40, women=10)
    factories.activity(world.union, world.communes[5], NOW, component=two, kind=lesson)
    for _number in range(9):
        factories.activity(
            world.board_before, world.communes[0], LAST_YEAR, component=one, kind=talk, attendances=9, women=6
        )
    club = factories.model_kind("club", name="Câu lạc bộ thử", word="câu lạc bộ", has_standing=True)
    for standing, quantity in ((ModelStanding.STANDARD, 5), (ModelStanding.INDEPENDENT, 3)):
        account = factories.community_model(world.board, world.communes[4], kind=club, standing=standing)
        factories.model_event(
            account,
            date(2026, 1, 5),
            nature=ModelNature.NEW,
            quantity=quantity,
            members=quantity * 10,
            women=quantity * 4,
        )
    for nature, amount in (
        (BudgetNature.ALLOCATED, 800),
        (BudgetNature.CARRIED_OVER, 200),
        (BudgetNature.DISBURSED, 450),
    ):
        factories.budget_entry(world.board, world.new, NOW, component=one, nature=nature, amount_vnd=amount * 10**6)
    factories.document(world.board, state=DocumentState.ISSUED, issued_on=NOW)
    readings(world)
    return world


def readings(world):
    """Of four targets one is exceeded, one met, one missed and one not read."""
    by_tier, met, missed, unread = (
        factories.indicator(f"1.{n}", name=f"Chỉ tiêu thử {n}", position=n) for n in range(1, 5)
    )
    framework = by_tier.objective.framework
    framework.code = EQUALITY
    framework.save()
    for indicator in (by_tier, met, missed, unread):
        Target.objects.create(indicator=indicator, year=2030, operator=Operator.AT_LEAST, value=60)
    for code, parts in (("huyện", (9, 13)), ("xã", (105, 173))):
        category = IndicatorCategory.objects.create(code=code, name=f"cấp {code}", indicator=by_tier)
        factories.measurement(
            world.board, world.new, NOW, indicator=by_tier, category=category, numerator=parts[0], denominator=parts[1]
        )
    factories.measurement(world.board, world.new, NOW, indicator=met, value=60)
    factories.measurement(world.board, world.new, NOW, indicator=missed, numerator=71, denominator=142)


def words_of(manuscript):
    """All words of the body and the annexes, a block a line."""
    lines = []
    for block in manuscript.all_blocks():
        if isinstance(block, Heading):
            lines.append(f"{block.number} {block.text}".strip())
        elif isinstance(block, (Paragraph, Box)):
            lines.append("".join(span.text for span in block.spans))
        elif isinstance(block, Chart):
            lines += [block.title.replace("\n", " "), block.source]
        else:
            lines += [" | ".join(cell.text for cell in row.cells) for row in block.rows]
            lines += [block.caption, block.legend]
    return "\n".join(filter(None, lines))


def numbers_of(manuscript):
    """Every run of text or cell that names what it was computed from: its words and its reference."""
    for block in manuscript.all_blocks():
        if isinstance(block, (Paragraph, Box)):
            yield from ((span.text, span.ref) for span in block.spans if span.ref)
        elif isinstance(block, Table):
            yield from ((cell.text, cell.ref) for row in block.rows for cell in row.cells if cell.ref)


def written(text):
    """ "tăng 1.069,5" -> 1069.5 as it is printed; None for words and for the two parts of a rate."""
    found = re.search(r"\d[\d.]*(?:,\d+)?", text)
    return Decimal(found[0].replace(".", "").replace(",", ".")) if found and "/" not in text else None


def as_printed(total, figure, number):
    """The sum of the opened list, in the measure and with the decimals of the printed number."""
    exact = Decimal(total) / 10**6 if figure.shown == "money" else Decimal(total)
    return abs(exact).quantize(Decimal(1).scaleb(number.as_tuple().exponent), rounding=ROUND_HALF_UP)


@pytest.mark.parametrize("scope", [ReportScope.AGENCY, ReportScope.PROVINCE, ReportScope.ROUND])
def test_every_number_with_a_reference_is_the_sum_of_the_list_it_opens(filled, scope):
    spec = draft(filled, scope=scope)
    if scope == ReportScope.ROUND:
        spec = replace(spec, round_id=round_of(filled).pk)
    compared = Compared.of(spec.period)
    seen = dict.fromkeys(numbers_of(compose(spec)))
    assert len(seen) > 100
    for text, ref in seen:
        opened = open_ref(Ref.parse(ref), Scope.of(spec.agency, spec.unit, scope, spec.round_id), compared)
        number = written(text)
        if number is not None:
            assert as_printed(opened.total(), opened.ref.figure, number) == number, (text, ref)


SAID = [
    "Sở đã ban hành 01 văn bản, gồm 01 báo cáo.",
    "Tỉnh áp dụng 04 trong 04 chỉ tiêu của Chiến lược.",
    "mục tiêu năm 2030 là 02/04 (50,0%); 01 chỉ tiêu chưa đạt; 01 chỉ tiêu chưa có số liệu.",
    "Chỉ tiêu thử 1: cấp huyện 09/13 (69,2%) và cấp xã 105/173 (60,7%).",
    "a) Chỉ tiêu thử 3 đạt 50,0% (71/142), thấp hơn mục tiêu 10,0 điểm phần trăm.",
    "b) Chưa có số liệu để đánh giá 01 chỉ tiêu: 1.4.",
    "Toàn tỉnh tổ chức 18 cuộc, tăng 09 cuộc (100,0%) so với cùng kỳ, trong đó 18 cuộc thuộc",
    "16 buổi truyền thông với 240 lượt người tham gia",
    "Ở 17/18 cuộc có tách nữ, phụ nữ chiếm 60,7% (170/280 lượt), giảm 6,0 điểm phần trăm so với cùng kỳ.",
    "gồm 05 câu lạc bộ theo chuẩn và 03 câu lạc bộ hoạt động độc lập; 80 thành viên, trong đó 32 nữ (40,0%)",
    "450,0 triệu đồng, bằng 45,0% kế hoạch vốn (kể cả 200,0 triệu đồng chuyển nguồn từ năm 2025)",
    "Hình 1. Số cuộc lũy kế luôn cao hơn cùng kỳ; đến ngày 14 tháng 6 nhiều hơn 09 cuộc",
    "Hình 3. Phụ nữ chiếm từ một nửa số lượt người tham gia trở lên ở mọi nhóm, trừ Nội dung 2",
    "Tỷ lệ nữ tham gia Nội dung 2 dưới 50%.",
    "Có 02/04 chỉ tiêu đạt hoặc vượt mục tiêu",
    "Các chỉ tiêu chưa đạt, chưa có số liệu",
]


def test_the_report_tells_what_was_recorded(filled):
    text = words_of(compose(draft(filled)))
    assert [said for said in SAID if said not in text] == []


def test_without_records_the_report_says_that_there_is_no_data(world):
    manuscript = compose(draft(world))
    text = words_of(manuscript)
    for about in (
        "Số cuộc",
        "Lượt người",
        "Kinh phí đã giải ngân",
        "Mô hình ở cộng đồng",
        "Kết quả đo lường các chỉ tiêu",
    ):
        assert f"{about}: chưa có số liệu." in text
    assert "Các chỉ tiêu chưa đạt" not in text
    assert not re.search(r"(?<![\d/.,])0 (cuộc|lượt|mô hình|chỉ tiêu|văn bản)", text)
    assert list(numbers_of(manuscript)) == []
    assert manuscript.annexes == ()


def test_what_stood_before_it_was_first_counted_is_not_told_as_none(world):
    """An opening stock entered in the period says nothing of the first day, and nothing has grown."""
    kind = factories.model_kind("team", name="Tổ thử", word="tổ")
    account = factories.community_model(world.board, world.communes[4], kind=kind)
    factories.model_event(account, date(2026, 1, 5), nature=ModelNature.OPENING, quantity=7)
    factories.activity(world.board, world.communes[4], NOW, attendances=30)
    manuscript = compose(draft(world))
    assert "1 | Tổ thử | … | 0 | 0 | 7 |" in words_of(manuscript)
    assert "b) Duy trì hoạt động của 07 tổ ở cộng đồng." in words_of(manuscript)
    assert "a) Toàn tỉnh tổ chức 01 cuộc với 30 lượt người tham gia." in words_of(manuscript)


def test_sections_are_numbered_by_what_stands_in_the_paper(filled):
    headings = [f"{'#' * one.level} {one.number}" for one in compose(draft(filled)).blocks if isinstance(one, Heading)]
    assert [one for one in headings if one.startswith("# ")] == ["# I.", "# II.", "# III.", "# IV.", "# V.", "# VI."]
    assert headings[:6] == ["# I.", "## 1.", "## 2.", "# II.", "## 1.", "## 2."]


def test_annexes_that_say_nothing_are_left_out_and_the_numbers_close_up(filled):
    every = compose(draft(filled))
    assert [(annex.number, annex.landscape) for annex in every.annexes] == [
        ("I", False), ("II", False), ("III", False), ("IV", False), ("V", True),
    ]  # fmt: skip
    assert every.annexes[1].title == ("Số cuộc theo nội dung và theo tháng,", "so với cùng kỳ năm 2025")
    assert "nêu tại Phụ lục IV." in words_of(every)
    own = compose(draft(filled, scope=ReportScope.AGENCY, agency=filled.union))
    assert [annex.key for annex in own.annexes] == ["annex.months", "annex.activities"]


def test_keys_of_blocks_are_unique(filled):
    keys = [block.key for block in compose(draft(filled)).all_blocks()]
    assert len(keys) == len(set(keys))
    assert {"results.scale.1", "results.scale.table.contents", "annex.months.annex.months"} <= set(keys)


def test_a_manuscript_reads_back_from_json(filled):
    manuscript = compose(draft(filled))
    assert Manuscript.from_json(manuscript.to_json()) == manuscript
    assert manuscript.sha256() == compose(draft(filled)).sha256()


def test_the_paper_is_vietnamese_whatever_the_screen_speaks(filled):
    vietnamese = compose(draft(filled))
    with translation.override("en"):
        assert compose(draft(filled)) == vietnamese
    assert "tăng 09 cuộc (100,0%)" in words_of(vietnamese)


def test_the_list_of_activities_is_capped(filled, monkeypatch):
    monkeypatch.setattr("reports.compose.lists.MOST", 3)
    last = compose(draft(filled)).annexes[-1]
    assert [type(block) for block in last.blocks] == [Box]
    assert "có 10 dòng (trên 3 dòng) nên không in tại đây" in "".join(span.text for span in last.blocks[0].spans)


def test_the_list_of_activities_prints_numbers_as_typed(world):
    partner = world.union
    entry = factories.activity(
        world.board, world.communes[4], NOW, starts_on=date(2026, 2, 28), attendances=1000, precision=Precision.NEARLY,
        title="Liên hoan",
    )  # fmt: skip
    entry.partners.add(partner)
    row = compose(draft(world)).annexes[-1].blocks[0].rows[1]
    assert [cell.text for cell in row.cells] == [
        "1", "28/02 - 08/3", "Liên hoan", world.communes[4].name, "Sở Dân tộc và Tôn giáo", "Hội LHPN tỉnh",
        "1", "gần 1.000", "…", "…",
    ]  # fmt: skip
    assert "Có gần 1.000 lượt người tham gia." in words_of(compose(draft(world)))


def test_a_mixed_year_tells_of_the_merger(filled):
    blocks = compose(draft(filled)).blocks
    notes = [span.note for block in blocks if isinstance(block, Paragraph) for span in block.spans if span.note]
    assert notes[0] == (
        "Gộp số của tỉnh A và tỉnh B trước ngày 01 tháng 7 năm 2025, quy về 2 đơn vị hành chính cấp xã. "
        "Chỉ tiêu không quy đổi được thì ghi dấu “–”."
    )
    assert any(note.startswith("Tách nữ ở 17/18 cuộc") for note in notes)


def test_an_agency_tells_of_those_it_was_joined_from(filled):
    blocks = compose(draft(filled, scope=ReportScope.AGENCY)).blocks
    notes = [span.note for block in blocks if isinstance(block, Paragraph) for span in block.spans if span.note]
    assert notes[0] == "Gồm số của Ban Dân tộc tỉnh A trước khi hợp nhất."


# ---- what the office writes ----


@pytest.fixture
def report(filled):
    document = factories.document(filled.board, subject="Kết quả công tác 6 tháng đầu năm 2026", symbol="BC-SDTTG")
    return factories.report(
        filled.board, filled.new, document=document, period=filled.periods["2026-H1"], outline=filled.outline,
        scope=ReportScope.PROVINCE,
    )  # fmt: skip


def test_text_of_the_office_stands_in_place_of_the_outlines(report):
    Section.objects.create(
        document=report.document, position=1, numbering=Numbering.ARABIC, key="proposals",
        text="1. Đề nghị bố trí thêm cán bộ cho {activities.sessions} cuộc.",
    )  # fmt: skip
    text = words_of(compose(report))
    assert "1. Đề nghị bố trí thêm cán bộ cho 18 cuộc." in text
    assert "hướng dẫn thống nhất biểu mẫu" not in text


def test_head_and_foot_come_from_the_document(report, filled):
    document = report.document
    Recipient.objects.create(document=document, position=1, text="Ủy ban nhân dân tỉnh", addressed=True)
    Recipient.objects.create(document=document, position=2, text="Lãnh đạo Sở")
    Recipient.objects.create(document=document, position=3, text="Lưu: VT", is_archive=True)
    Party.objects.create(
        document=document, agency=filled.board, signing_form="KT.", title="Giám đốc\nPhó giám đốc", name="Y Thử"
    )
    manuscript = compose(report)
    assert manuscript.head.addressees == ("Ủy ban nhân dân tỉnh",)
    assert manuscript.recipients == ("Như trên", "Lãnh đạo Sở", "Lưu: VT")
    assert manuscript.signatures[0].lines == ("KT. GIÁM ĐỐC PHÓ GIÁM ĐỐC",)
    assert manuscript.signatures[0].name == "Y Thử"
    assert manuscript.head.subject == ("Kết quả công tác", "6 tháng đầu năm 2026")


def test_bases_named_by_the_office_go_before_the_usual_ones(report):
    DocumentLink.objects.create(document=report.document, text="Công văn số 12/SNV-BĐG", nature=LinkNature.BASIS)
    assert "Thực hiện Công văn số 12/SNV-BĐG, Sở Dân tộc và Tôn giáo báo cáo" in words_of(compose(report))


def test_an_agency_of_the_province_is_addressed_by_its_full_name(filled):
    above = factories.agency(filled.new, "Ủy ban nhân dân tỉnh", "UBND", role=AgencyRole.PEOPLES_COMMITTEE)
    factories.agency(filled.new, "Sở Nội vụ", "SNV", role=AgencyRole.HOME_AFFAIRS)
    filled.board.parent = above
    filled.board.save()
    manuscript = compose(draft(filled))
    assert manuscript.head.addressees == ("Ủy ban nhân dân tỉnh Mới", "Sở Nội vụ tỉnh Mới")
    assert "kính báo cáo Ủy ban nhân dân tỉnh Mới và Sở Nội vụ tỉnh Mới" in "".join(s.text for s in manuscript.closing)
    assert (manuscript.symbol, manuscript.issued_by) == ("BC-SDTTG", "Sở Dân tộc và Tôn giáo tỉnh Mới")
    assert manuscript.signatures[0].lines == ("GIÁM ĐỐC",)


def test_samples_are_marked(world):
    entry = factories.activity(world.board, world.communes[4], NOW)
    assert compose(draft(world)).sample is False
    entry.is_sample = True
    entry.save()
    assert compose(draft(world)).sample is True


def test_a_frozen_scope_prints_what_it_remembered(report, filled):
    scope = Scope.of(filled.board, filled.new, ReportScope.PROVINCE)
    restricted = replace(scope, report=report.pk)  # it remembers nothing yet
    assert "Số cuộc: chưa có số liệu." in words_of(compose(report, restricted))


def test_subject_breaks_before_its_period():
    assert subject_lines("Kết quả công tác năm 2026", "năm 2026") == ("Kết quả công tác", "năm 2026")
    assert subject_lines("Kết quả công tác", "năm 2026") == ("Kết quả công tác",)
