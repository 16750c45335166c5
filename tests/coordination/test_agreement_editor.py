"""The editor of agreements: the list of parts, each part saved on its own, bad input, two people at once."""

from datetime import date

import pytest
from django.urls import reverse

from coordination import agreement_parts as parts
from coordination.agreement_actions import amend_agreement
from coordination.agreement_part_forms import MOST_LINES
from coordination.agreement_parts import Cited, ClauseLine, MilestoneLine, RecipientLine, SectionLine
from coordination.comments import add_comment
from coordination.compose import compose_agreement
from coordination.enums import DocumentState, LinkNature, MilestoneNature
from coordination.models import Agreement, Clause, Document, Section
from tests import factories
from tests.constraints import changed
from tests.coordination.reviews import hat
from tests.coordination.test_agreement_parts import draft_of, saved
from tests.coordination.test_agreements import issued, plan
from tests.coordination.test_agreements import words as texts
from tests.forms import filled
from tests.pages import Page

pytestmark = pytest.mark.django_db
__all__ = ["plan"]  # the fixture
LIST, TASKS = 19, 21  # queries


@pytest.fixture
def page(client, cast, plan):
    """Opens and sends pages of the plan as the officer of the board."""
    client.force_login(cast.officer)
    return Editor(client, plan)


class Editor:
    def __init__(self, client, agreement):
        self.client, self.agreement = client, agreement

    def url(self, part, section=None):
        words = [self.agreement.uid, part, section.uid] if section else [self.agreement.uid, part]
        return reverse("coordination:agreement_part", args=words)

    def list(self):
        return self.client.get(reverse("coordination:agreement_edit", args=[self.agreement.uid]))

    def form(self, part, section=None):
        """What a browser would send if the page were sent as it was opened."""
        return filled(self.client.get(self.url(part, section)), "part-form")


def line(number, **values):
    return {f"line-{number}-{name}": value for name, value in values.items()}


def send(page, part, values, section=None):
    return page.client.post(page.url(part, section), page.form(part, section) | values)


def errors(answer):
    return Page(answer).texts(class_="field-err")


def section_of(plan):
    return plan.document.sections.get()


def done(page, answer):
    return (answer.status_code, answer.url) == (302, reverse("coordination:agreement_edit", args=[page.agreement.uid]))


# ---- the list of parts ----


def test_the_list_says_what_is_missing_and_where(page, cast, plan):
    plan.document.parties.filter(agency=cast.union).update(name="")
    shown = Page(page.list())
    missing = "Bên thứ 2 (Hội LHPN tỉnh) chưa có người ký."
    assert missing in shown.texts("div", class_="lacks")
    link = next(one for one in shown.all("a") if one.text == missing)
    assert link.attributes["href"] == page.url("parties")
    assert shown.all("a", href=sending(plan))


def test_the_list_of_a_draft_without_text_says_it_cannot_be_sent_yet(page, plan):
    plan.document.sections.all().delete()
    plan.document.parties.last().delete()
    shown = Page(page.list())
    assert "Chưa gửi các bên được, còn thiếu:" in shown.texts("p")
    assert {"Chưa đủ hai bên.", "Chưa soạn mục nào."} <= set(shown.texts("div", class_="lacks"))
    assert not shown.all("a", href=sending(plan))


def sending(plan):
    return reverse("coordination:agreement_move", args=[plan.uid, "send"])


def test_as_many_tasks_as_a_section_takes_are_sent_at_once(page, cast, plan):
    section = section_of(plan)
    with_all = {"lead": cast.board, "partners": [cast.union]}
    parts.put_clauses(section, [ClauseLine(f"Nhiệm vụ {number}", **with_all) for number in range(MOST_LINES)])
    assert done(page, send(page, "clauses", line(0, text="Nhiệm vụ đầu"), section))
    assert Clause.objects.filter(section=section).count() == MOST_LINES
    assert Clause.objects.filter(section=section).first().text == "Nhiệm vụ đầu"


def test_open_comments_stand_by_the_part_they_are_about(page, cast, plan):
    changed(plan.document, state=DocumentState.IN_REVIEW)()
    key = "noi-dung.d2"
    add_comment(plan.document, acting=hat(cast.partner), text="Ghi rõ số xã.", key=key, quote="Củng cố")
    add_comment(plan.document, acting=hat(cast.partner), text="Cần gọn hơn.")
    address = reverse("coordination:document_review", args=[plan.document.uid])
    shown = Page(page.list())
    about = next(one for one in shown.all("a") if one.text == "Ghi rõ số xã.")
    assert about.attributes["href"] == f"{address}?block={key}#talk"
    assert about.within(class_="under")
    assert "Cần gọn hơn." in shown.texts("a", href=address)
    on_part = Page(page.client.get(page.url("clauses", section_of(plan))))
    assert "Ghi rõ số xã." in on_part.texts("a")
    assert "Ghi rõ số xã." not in Page(page.client.get(page.url("parties"))).texts("a")


def test_what_is_fixed_leads_to_its_page_which_says_why(page, cast, plan):
    issued(plan, cast)
    answers = [page.list(), page.client.get(page.url("facts"))]
    assert [answer.url for answer in answers] == [reverse("coordination:agreement_detail", args=[plan.uid])] * 2


@pytest.mark.parametrize("more", [1, 3])
def test_the_list_asks_the_database_as_often_however_long_the_text(page, cast, plan, more, django_assert_num_queries):
    lines = [SectionLine(1, "Nội dung phối hợp", uid=section_of(plan).uid)]
    saved(cast, plan, parts.save_sections, [*lines, *(SectionLine(1, f"Mục {number}") for number in range(more))])
    for number in range(more):
        agency = factories.agency(cast.province, f"Sở {number}", f"S{number}")
        plan.document.parties.create(agency=agency, symbol_order=5 + number, signature_column=5 + number)
    page.list()  # the first request of a session writes
    with django_assert_num_queries(LIST):
        assert len(Page(page.list()).one("details", class_="mt-2").text.split("Nhiệm vụ:")) == more + 1


@pytest.mark.parametrize("tasks", [1, 3])
def test_tasks_ask_the_database_as_often_however_many(page, cast, plan, tasks, django_assert_num_queries):
    lines = [ClauseLine(f"Việc {n}.", cast.board, [cast.union], [Cited(text="Luật")]) for n in range(tasks)]
    saved(cast, plan, parts.save_clauses, section_of(plan), lines)
    with django_assert_num_queries(TASKS):
        shown = Page(page.client.get(page.url("clauses", section_of(plan))))
    assert len(shown.all("fieldset", class_="part-line")) == tasks + 1


# ---- every part ----


def full(cast, plan):
    saved(cast, plan, parts.save_milestones, [MilestoneLine(MilestoneNature.FINAL, 2026, lead=cast.board)])
    saved(cast, plan, parts.save_bases, [Cited(text="Luật Bình đẳng giới"), Cited(factories.document(cast.board))])
    recipients = [RecipientLine("UBND tỉnh", cast.committee), RecipientLine("Lưu: VT", is_archive=True)]
    saved(cast, plan, parts.save_recipients, recipients)
    cited = [Cited(text="Quyết định 498"), Cited(factories.document(cast.union, subject="Không có số"))]
    lines = [ClauseLine("Việc một.\n\nĐoạn hai.", cast.union, [cast.board], cited), ClauseLine("Việc hai.")]
    saved(cast, plan, parts.save_clauses, section_of(plan), lines)


PARTS = ["facts", "parties", "sections", "clauses", "bases", "milestones", "recipients"]


@pytest.mark.parametrize("part", PARTS)
def test_a_part_sent_as_it_was_opened_changes_nothing(page, cast, plan, part):
    full(cast, plan)
    section = section_of(plan) if part == "clauses" else None
    before = compose_agreement(Agreement.objects.get(pk=plan.pk)).sha256()
    kept = [Clause.history.count(), Section.history.count(), Document.history.count()]
    cited = list(plan.document.sections.get().clauses.values_list("citations__target", "citations__text"))
    assert done(page, send(page, part, {}, section))
    assert compose_agreement(Agreement.objects.get(pk=plan.pk)).sha256() == before
    assert [Clause.history.count(), Section.history.count(), Document.history.count()] == kept
    assert list(plan.document.sections.get().clauses.values_list("citations__target", "citations__text")) == cited


@pytest.mark.parametrize("part", PARTS[1:])
def test_more_lines_keep_everything_typed_and_judge_nothing(page, plan, part):
    section = section_of(plan) if part == "clauses" else None
    opened = Page(page.client.get(page.url(part, section)))
    typed = {"open": "line", "line-0-ORDER": "7"}
    answer = send(page, part, typed, section)
    shown = Page(answer)
    assert (answer.status_code, errors(answer)) == (200, [])
    assert len(shown.all("fieldset", class_="part-line")) >= len(opened.all("fieldset", class_="part-line")) + 2
    assert shown.one("input", name="line-0-ORDER").attributes["value"] == "7"
    assert Agreement.objects.get(pk=plan.pk).version == plan.version


@pytest.mark.parametrize("part", PARTS)
def test_pages_have_no_inline_script_and_swap_their_own_form(page, plan, part):
    section = section_of(plan) if part == "clauses" else None
    whole = page.client.get(page.url(part, section))
    swap = page.client.get(page.url(part, section), headers={"HX-Request": "true"})
    assert Page(whole).against_csp() == []
    names = [(one.tag, one.attributes.get("name")) for one in Page(swap).all() if one.attributes.get("name")]
    of_page = [(one.tag, one.attributes.get("name")) for one in Page(whole).all() if one.within(id="part-form")]
    assert names == [pair for pair in of_page if pair[1]]


# ---- facts ----


@pytest.mark.parametrize(
    ("years", "refused"),
    [
        ({"stage_from": "02/03/2027"}, ["Có nhiệm vụ thực hiện vào ngày 01/03/2027. Chọn ngày đó hoặc sớm hơn"]),
        ({"stage_to": "29/06/2028"}, ["Có nhiệm vụ thực hiện vào ngày 30/06/2028. Chọn ngày đó hoặc muộn hơn"]),
        ({"stage_from": "01/03/2027", "stage_to": "30/06/2028"}, []),
    ],
)
def test_the_years_hold_the_days_of_the_tasks(page, plan, years, refused):
    days = {"valid_from": date(2027, 3, 1), "valid_to": date(2028, 6, 30)}
    Clause.objects.filter(pk=Clause.objects.filter(section=section_of(plan)).first().pk).update(**days)
    answer = send(page, "facts", {"stage_from": "2026", "stage_to": "2029"} | years)
    assert answer.status_code == (422 if refused else 302)
    assert [words.split(", hoặc")[0] for words in (errors(answer) if refused else [])] == refused


def test_years_are_enough_and_the_end_is_not_before_the_start(page, plan):
    answer = send(page, "facts", {"stage_from": "2026", "stage_to": "2025", "opening": "Hai bên thống nhất:"})
    assert answer.status_code == 422
    assert errors(answer) == ["Giai đoạn không thể kết thúc trước khi bắt đầu. Hãy xem lại hai ngày."]
    assert Page(answer).one("textarea", name="opening").text == "Hai bên thống nhất:"
    assert done(
        page, send(page, "facts", {"stage_from": "2026", "stage_to": "2028", "opening": "Hai bên thống nhất:"})
    )
    row = Agreement.objects.get(pk=plan.pk)
    assert (row.stage_from, row.stage_to, row.opening) == (date(2026, 1, 1), date(2028, 12, 31), "Hai bên thống nhất:")


# ---- parties ----


def test_a_party_twice_is_refused_by_the_field(page, cast, plan):
    answer = send(page, "parties", line(1, agency=cast.board.pk, name="Bà Gõ Dở"))
    assert (answer.status_code, len(errors(answer))) == (422, 1)
    assert errors(answer)[0].startswith("Cơ quan này đã là một bên.")
    assert Page(answer).one("input", name="line-1-name").attributes["value"] == "Bà Gõ Dở"
    assert set(plan.document.parties.values_list("agency", flat=True)) == {cast.board.pk, cast.union.pk}


def test_two_parties_in_one_column_are_refused_by_the_field(page):
    answer = send(page, "parties", line(0, signature_column="2") | line(1, signature_column=""))
    assert (answer.status_code, errors(answer)) == (422, ["Hai bên không thể ký cùng một cột."])


def test_order_columns_and_who_signs(page, cast, plan):
    values = line(0, ORDER="2", signature_column="1") | line(1, ORDER="1", signature_column="2", signing_form="TM.")
    assert done(page, send(page, "parties", values | line(1, on_behalf_of="Ban Thường vụ", name="Lê Thị B")))
    rows = list(plan.document.parties.order_by("symbol_order"))
    assert [(row.agency, row.signature_column) for row in rows] == [(cast.union, 2), (cast.board, 1)]
    assert (rows[0].signing_form, rows[0].on_behalf_of, rows[0].name) == ("TM.", "Ban Thường vụ", "Lê Thị B")


def test_who_signs_for_nobody_is_said_beside_the_party(page, cast, plan):
    plan.document.parties.filter(agency=cast.union).update(name="")
    shown = Page(page.client.get(page.url("parties")))
    note = shown.one("p", class_="lacks")
    assert note.text.startswith("Bên này chưa có người ký.")
    assert note.within(id="line-1")


def test_desks_are_offered_and_another_one_may_be_typed(page, cast, plan):
    changed(cast.union, desks="Ban Gia đình - Xã hội\nVăn phòng")()
    plan.document.parties.filter(agency=cast.board).update(desk="Phòng Chính sách")
    options = Page(page.client.get(page.url("parties"))).all("option")
    offered = [one.attributes for one in options if one.within(id="desks")]
    assert [one["value"] for one in offered] == ["Phòng Chính sách", "Ban Gia đình - Xã hội", "Văn phòng"]
    assert offered[1]["label"] == "Ban Gia đình - Xã hội – Hội LHPN tỉnh"
    assert done(page, send(page, "parties", line(1, desk="Tổ giúp việc")))
    assert plan.document.parties.get(agency=cast.union).desk == "Tổ giúp việc"
    headings = Page(page.client.get(page.url("sections"))).all("option")
    offered = [one.attributes["value"] for one in headings if one.within(id="desks")]
    assert offered[:2] == ["Sở Dân tộc và Tôn giáo", "Hội LHPN tỉnh"]
    assert "Ban Gia đình - Xã hội – Hội LHPN tỉnh" in offered


def test_four_parties_are_entered_and_one_is_taken_out(page, cast, plan):
    others = [factories.agency(cast.province, f"Sở {name}", name) for name in ("SGD", "SYT")]
    fuller = filled(send(page, "parties", {"open": "line"}), "part-form")
    fuller |= line(2, agency=others[0].pk) | line(3, agency=others[1].pk) | line(1, DELETE="on")
    assert done(page, page.client.post(page.url("parties"), fuller))
    assert [row.agency for row in plan.document.parties.all()] == [cast.board, *others]


def test_an_agency_of_a_commune_is_found_by_its_name(page, cast, plan):
    near = factories.agency(cast.commune, "Hội LHPN xã Ba Thử", "HLHPNX")
    assert f'value="{near.pk}"' not in page.client.get(page.url("parties")).content.decode()
    answer = send(page, "parties", {"open": "enter", "find": "ba thu"})
    assert "Tìm thấy 1 cơ quan" in answer.content.decode()
    assert done(page, send(page, "parties", line(2, agency=near.pk)))
    assert plan.document.parties.last().agency == near


def test_an_agency_of_another_province_is_no_choice(page, cast, plan):
    answer = send(page, "parties", line(2, agency=cast.other.pk))
    assert (answer.status_code, errors(answer)) == (422, ["Chọn một mục trong danh sách."])


# ---- sections ----


def test_sections_are_added_moved_and_numbered(page, plan):
    values = line(0, ORDER="2") | line(1, ORDER="1", heading="Mục đích", level="1", numbered="on")
    assert done(page, send(page, "sections", values))
    headings = [(block.number, block.text) for block in compose_agreement(plan).blocks if hasattr(block, "number")]
    assert headings == [("I.", "Mục đích"), ("II.", "NỘI DUNG PHỐI HỢP")]
    assert Clause.objects.filter(section__document=plan.document).count() == 2


def test_a_section_that_goes_says_how_many_tasks_go_with_it(page, plan):
    assert "Bỏ mục này cùng 2 nhiệm vụ" in Page(page.client.get(page.url("sections"))).texts("label")
    assert done(page, send(page, "sections", line(0, DELETE="on") | line(1, heading="Khác", level="1")))
    assert [row.heading for row in plan.document.sections.all()] == ["Khác"]
    assert Clause.objects.count() == 0


def test_a_level_without_one_above_is_refused_by_the_field(page):
    answer = send(page, "sections", line(1, heading="Nhảy cấp", level="3"))
    assert (answer.status_code, errors(answer)) == (422, ["Phía trước chưa có mục cấp trên. Hãy chọn cấp cao hơn."])


# ---- clauses ----


def test_a_task_has_lead_partners_and_documents_it_cites(page, cast, plan):
    paper = factories.document(
        cast.board, number="5", symbol="QĐ-SDTTG", state=DocumentState.ISSUED, issued_on=date(2026, 1, 5)
    )
    values = line(
        0, text="Lời mới.", lead=cast.union.pk, partners=[cast.board.pk], cited="Quyết định 05/QĐ-SDTTG\nLuật Hộ tịch"
    )
    assert done(page, send(page, "clauses", values, section_of(plan)))
    clause = section_of(plan).clauses.get(key="d1")
    assert (clause.text, clause.lead, list(clause.partners.all())) == ("Lời mới.", cast.union, [cast.board])
    assert [(row.target, row.text) for row in clause.citations.all()] == [(paper, ""), (None, "Luật Hộ tịch")]


OVERLAP = [
    (
        {"valid_to": ""},
        "Trùng ngày: nhiệm vụ trước chưa có ngày kết thúc. Hãy cho nó kết thúc trước ngày này một ngày.",
    ),
    ({"valid_to": "01/07/2026"}, "Trùng ngày: nhiệm vụ trước thực hiện đến hết 01/07/2026. Hãy ghi từ ngày sau đó."),
]


@pytest.mark.parametrize(("before", "sentence"), OVERLAP)
def test_overlapping_days_are_refused_by_the_field(page, plan, before, sentence):
    first, _second = section_of(plan).clauses.all()
    values = line(0, **before) | line(1, follows=first.pk, valid_from="01/07/2026", text="Gõ dở")
    answer = send(page, "clauses", values, section_of(plan))
    assert (answer.status_code, errors(answer)) == (422, [sentence])
    assert Page(answer).one("textarea", name="line-1-text").text == "Gõ dở"
    assert Clause.objects.filter(follows__isnull=False).count() == 0


def test_a_task_takes_the_place_of_another_from_a_day_and_its_days_move(page, plan):
    section = section_of(plan)
    first, second = section.clauses.all()
    values = line(0, valid_to="30/06/2026") | line(1, follows=first.pk, valid_from="01/07/2026")
    assert done(page, send(page, "clauses", values, section))
    assert done(
        page, send(page, "clauses", line(0, valid_to="31/08/2026") | line(1, valid_from="01/09/2026"), section)
    )
    rows = {row.pk: row for row in section.clauses.all()}
    assert (rows[first.pk].valid_to, rows[second.pk].valid_from) == (date(2026, 8, 31), date(2026, 9, 1))
    assert rows[second.pk].follows == first
    assert [row.pk for row in section.clauses.in_force(date(2026, 8, 31))] == [first.pk]
    assert [words.split(" (")[1] for words in texts(compose_agreement(page.agreement))[1:]] == [
        "thực hiện đến hết 31/08/2026)", "thực hiện từ 01/09/2026)",
    ]  # fmt: skip


def test_days_end_after_they_begin_and_within_the_stage(page, plan):
    values = line(0, valid_from="01/09/2026", valid_to="01/03/2026") | line(1, valid_from="2031")
    answer = send(page, "clauses", values, section_of(plan))
    assert answer.status_code == 422
    assert errors(answer)[0] == "Ngày kết thúc trước ngày bắt đầu. Hãy xem lại hai ngày."
    assert len(errors(answer)) == 2
    assert "từ 01/01/2026 đến 31/12/2026" in errors(answer)[1]


def test_an_emptied_task_asks_whether_it_is_to_go(page, plan):
    answer = send(page, "clauses", line(0, text=""), section_of(plan))
    assert errors(answer) == ["Hãy ghi nhiệm vụ; muốn xóa thì đánh dấu “Bỏ dòng này”."]
    assert done(page, send(page, "clauses", line(0, text="", DELETE="on"), section_of(plan)))
    assert section_of(plan).clauses.count() == 1


def test_tasks_of_a_section_that_is_gone_are_not_lost(page, plan):
    section = section_of(plan)
    values = page.form("clauses", section) | line(0, text="Đã gõ dài.")
    section.delete()
    answer = page.client.post(page.url("clauses", section), values)
    assert answer.status_code == 409
    assert "Đã gõ dài." in answer.content.decode()


# ---- bases, milestones, recipients ----


def test_a_document_is_found_by_any_part_and_put_in(page, cast, plan):
    shown = {"state": DocumentState.ISSUED, "issued_on": date(2026, 1, 5)}
    paper = factories.document(cast.board, number="88", symbol="KH-SDTTG", subject="Phòng chống tảo hôn", **shown)
    factories.document(cast.other, number="88", symbol="KH-LT", subject="Phòng chống tảo hôn nơi khác", **shown)
    answer = send(page, "bases", {"open": "find", "find": "tao hon"} | line(0, text="Luật Trẻ em"))
    offered = [one.attributes["value"] for one in Page(answer).all("button", name="open")]
    assert [value for value in offered if value.startswith("add:")] == [f"add:{paper.uid}"]
    values = filled(answer, "part-form") | {"open": f"add:{paper.uid}"}
    answer = page.client.post(page.url("bases"), values)
    assert "88/KH-SDTTG" in Page(answer).one("fieldset", id="line-1").text
    assert done(page, page.client.post(page.url("bases"), filled(answer, "part-form")))
    links = plan.document.links.filter(nature=LinkNature.BASIS)
    assert [(row.text, row.target) for row in links] == [("Luật Trẻ em", None), ("", paper)]


def test_a_document_one_may_not_read_is_no_basis(page, cast, plan):
    hidden = factories.document(cast.other)
    assert send(page, "bases", line(0, target=hidden.pk)).status_code == 422
    assert not plan.document.links.exists()


def test_a_milestone_needs_a_year_only(page, plan):
    answer = send(page, "milestones", line(0, nature="final", starts_on="01/12/2026", ends_on="01/11/2026"))
    assert errors(answer) == ["Ngày kết thúc trước ngày bắt đầu. Hãy xem lại hai ngày."]
    assert errors(send(page, "milestones", line(0, nature="final"))) == ["Hãy ghi năm của mốc này."]
    assert send(page, "milestones", line(0, nature="final", year="2031")).status_code == 422
    assert done(page, send(page, "milestones", line(0, nature="final", ends_on="30/11/2026")))
    row = plan.milestones.get()
    assert (row.year, row.starts_on, row.ends_on) == (2026, None, date(2026, 11, 30))


def test_recipients_have_one_archive_line_and_the_names_of_agencies(page, cast, plan):
    values = line(0, agency=cast.committee.pk)
    fuller = filled(send(page, "recipients", values | {"open": "line"}), "part-form")
    fuller |= line(1, text="Lưu: VT", is_archive="on") | line(2, text="Lưu: BDT", is_archive="on")
    assert errors(page.client.post(page.url("recipients"), fuller)) == ["Mỗi văn bản chỉ có một dòng lưu."]
    assert done(page, page.client.post(page.url("recipients"), fuller | line(2, DELETE="on")))
    rows = plan.document.recipients.all()
    assert [(row.text, row.agency) for row in rows] == [("Ủy ban nhân dân tỉnh", cast.committee), ("Lưu: VT", None)]


# ---- what an amendment changes ----


@pytest.fixture
def amending(client, cast, plan):
    made = issued(plan, cast)
    draft = draft_of(cast, subject="Sửa đổi Kế hoạch phối hợp", stage_from=plan.stage_from, stage_to=plan.stage_to)
    amendment = amend_agreement(made, draft, acting=hat(cast.officer), today=date(2026, 7, 1))
    client.force_login(cast.officer)
    return Editor(client, amendment)


def test_the_old_text_stands_beside_the_new_one(amending, cast, plan):
    old = Clause.objects.get(section__document=plan.document, key="d2")
    answer = send(amending, "changes", {"open": "show"} | line(0, nature="replaced", clause=old.pk, text="Lời mới"))
    assert Page(answer).texts("div", class_="old-text")[0] == old.text
    values = line(0, nature="replaced", clause=old.pk, text="Lời mới", lead=cast.union.pk, valid_from="01/09/2026")
    assert done(amending, send(amending, "changes", values))
    change = amending.agreement.changes.get()
    assert (change.clause, change.text, change.lead, change.valid_from) == (
        old,
        "Lời mới",
        cast.union,
        date(2026, 9, 1),
    )
    assert done(amending, send(amending, "changes", line(0, text="Lời khác")))
    assert amending.agreement.changes.get().uid == change.uid


def test_a_task_is_added_to_a_section_or_repealed(amending, plan):
    old = Clause.objects.get(section__document=plan.document, key="d1")
    first = line(0, nature="repealed", clause=old.pk, valid_from="01/09/2026", text="Thừa")
    assert done(amending, send(amending, "changes", first))
    second = line(1, nature="added", section=section_of(plan).pk, valid_from="01/10/2026", text="Thêm.")
    assert done(amending, send(amending, "changes", second))
    rows = {row.nature: row for row in amending.agreement.changes.all()}
    assert (rows["repealed"].clause, rows["repealed"].text) == (old, "")
    assert (rows["added"].section, rows["added"].text) == (section_of(plan), "Thêm.")


def test_what_a_change_lacks_is_said_by_the_field(amending, plan):
    old = Clause.objects.get(section__document=plan.document, key="d1")
    answer = send(amending, "changes", line(0, nature="replaced", valid_from="2031"))
    assert [words.split(".")[0] for words in errors(answer)] == [
        "Thỏa thuận có giai đoạn từ 01/01/2026 đến 31/12/2026",
        "Hãy chọn nhiệm vụ của thỏa thuận",
        "Hãy ghi lời văn mới",
    ]  # fmt: skip
    Clause.objects.filter(pk=old.pk).update(valid_from=date(2026, 10, 1))
    answer = send(amending, "changes", line(0, nature="repealed", clause=old.pk, valid_from="01/09/2026"))
    assert errors(answer) == ["Nhiệm vụ này chỉ thực hiện từ 01/10/2026: sửa đổi phải bắt đầu sau ngày đó."]


def test_a_task_is_changed_once(amending, plan):
    old = Clause.objects.get(section__document=plan.document, key="d1")
    values = line(0, nature="repealed", clause=old.pk, valid_from="01/09/2026")
    fuller = filled(send(amending, "changes", values | {"open": "line"}), "part-form")
    answer = amending.client.post(amending.url("changes"), fuller | line(1, **{**change_of(old), "text": "Lời"}))
    assert errors(answer) == ["Văn bản sửa đổi này đã sửa nội dung ấy rồi."]


def change_of(clause):
    return {"nature": "replaced", "clause": clause.pk, "valid_from": "01/09/2026"}


def test_only_an_amendment_has_changes(page):
    assert page.client.get(page.url("changes")).status_code == 404


# ---- two people ----


def save_as_another(cast, plan, part, *given):
    saved(cast, plan, getattr(parts, f"save_{part}"), *given, acting=hat(cast.partner))


def test_who_saved_another_part_meanwhile_is_in_nobodys_way(page, cast, plan):
    values = page.form("facts") | {"closing": "Của tôi."}
    save_as_another(cast, plan, "recipients", [RecipientLine("Của bên kia")])
    assert done(page, page.client.post(page.url("facts"), values))
    row = Agreement.objects.get(pk=plan.pk)
    assert (row.closing, row.document.recipients.get().text) == ("Của tôi.", "Của bên kia")


def test_both_versions_of_a_part_are_shown_and_nothing_is_overwritten(page, cast, plan):
    section = section_of(plan)
    first, second = section.clauses.all()
    values = page.form("clauses", section) | line(0, text="Lời của tôi.") | line(2, text="Thêm của tôi.")
    theirs = [
        ClauseLine(first.text, uid=first.uid),
        ClauseLine("Lời bên kia.", uid=second.uid),
        ClauseLine("Thêm bên kia."),
    ]
    save_as_another(cast, plan, "clauses", section, theirs)
    answer = page.client.post(page.url("clauses", section), values)
    assert answer.status_code == 409
    assert [row.text for row in section.clauses.all()] == [first.text, "Lời bên kia.", "Thêm bên kia."]
    shown = answer.content.decode()
    assert all(words in shown for words in ("Lời của tôi.", "Thêm của tôi.", "Lời bên kia.", "Thêm bên kia."))
    chosen = filled(answer, "part-form")
    joined = page.client.post(page.url("clauses", section), flat(chosen))
    assert done(page, joined)
    assert [row.text for row in section.clauses.all()] == [
        "Lời của tôi.", "Lời bên kia.", "Thêm của tôi.", "Thêm bên kia.",
    ]  # fmt: skip
    assert set(section.clauses.values_list("uid", flat=True)) >= {first.uid, second.uid}


def flat(values):
    """Radio buttons send one value."""
    return {name: value[0] if isinstance(value, list) else value for name, value in values.items()}


def test_the_version_chosen_stays(page, cast, plan):
    values = page.form("facts") | {"closing": "Của tôi.", "place": "Nơi của tôi"}
    save_as_another(cast, plan, "facts")
    Agreement.objects.filter(pk=plan.pk).update(closing="Của bên kia.")
    Document.objects.filter(pk=plan.document_id).update(place="Nơi bên kia")
    answer = page.client.post(page.url("facts"), values)
    chosen = flat(filled(answer, "part-form"))
    takes = [name for name in chosen if name.startswith("take-")]
    assert {chosen[name] for name in takes} == {"mine"}
    closing = next(name for name in takes if name.endswith("closing"))
    assert done(page, page.client.post(page.url("facts"), chosen | {closing: "theirs"}))
    row = Agreement.objects.get(pk=plan.pk)
    assert (row.closing, row.document.place) == ("Của bên kia.", "Nơi của tôi")


def test_the_same_form_sent_twice_says_it_is_saved(page, plan):
    values = page.form("parties") | line(0, desk="Văn phòng")
    assert done(page, page.client.post(page.url("parties"), values))
    version = Agreement.objects.get(pk=plan.pk).version
    assert done(page, page.client.post(page.url("parties"), values))
    assert Agreement.objects.get(pk=plan.pk).version == version


def test_what_was_fixed_meanwhile_is_refused_and_everything_typed_kept(page, cast, plan):
    values = page.form("facts") | {"closing": "Gõ dở."}
    issued(plan, cast)
    answer = page.client.post(page.url("facts"), values)
    assert answer.status_code == 409
    assert Page(answer).one("textarea", name="closing").text == "Gõ dở."
    assert "văn bản sửa đổi" in Page(answer).one("div", class_="errsum").text
    assert Agreement.objects.get(pk=plan.pk).closing == "Trên đây là kế hoạch."


def test_an_edit_in_review_says_that_consent_lapses(page, plan):
    changed(plan.document, state=DocumentState.IN_REVIEW)()
    words = "Nếu bạn lưu thay đổi, ý kiến đồng ý đã có sẽ hết giá trị"
    assert words in page.list().content.decode()
    assert words in page.client.get(page.url("facts")).content.decode()
