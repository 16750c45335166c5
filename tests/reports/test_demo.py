"""The sample data: loaded once for all tests here, committed, and taken away at the end."""

import io
import re
from collections import Counter
from datetime import date

import pypdfium2
import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Count, F, Max, Q, Sum

from coordination.access import access_of
from coordination.compose import current_manuscript
from coordination.enums import UnitLevel
from coordination.models import AdministrativeUnit, Agency, AgencyName, Clause, Document, Membership, User
from coordination.papers import paper_of
from coordination.search import search_text
from coordination.triggers import uninstall
from programs.models import Activity, AnnualPlan, BudgetEntry, CommunityModel, Measurement, ModelEvent, Target
from programs.progress import coverage, progress_of
from programs.readings import generations, latest_readings, read_indicators
from programs.scoreboard import indicators_of, make_scoreboard, targets_for
from reports.compose import compose
from reports.figures import Compared, Ref, Scope, open_ref
from reports.management.commands.render_report import find_draft
from reports.models import Report, ReportingPeriod, ReportRound
from reports.seats import standings
from reports.typeset.docx import render_docx
from reports.typeset.html import BLANK
from reports.typeset.pdf import render_pdf
from tests.reports.test_compose import as_printed, numbers_of, written
from tests.test_loaders import fingerprint
from tests.typeset.joint import measure_pdf, measure_word, same_order, words_of_pdf
from tests.typeset.measuring import Paper
from tests.typeset.test_docx import Word

pytestmark = pytest.mark.django_db
FACTS = (Activity, ModelEvent, Measurement, BudgetEntry)


@pytest.fixture(scope="module", autouse=True)
def _loaded(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        for command in ("load_units", "load_lists", "load_demo"):
            call_command(command, verbosity=0)
        yield
        uninstall(connection)
        call_command("flush", interactive=False, verbosity=0)


def province(code, *, today=False):
    return AdministrativeUnit.objects.get(level=UnitLevel.PROVINCE, code=code, valid_to__isnull=today)


def agency(symbol, unit):
    return AgencyName.objects.filter(symbol=symbol, agency__unit=unit).latest("valid_from").agency


OF_PLANS = Q(province__code="89")  # former An Giang: what was done there belongs to its plans


def within(model, code, profile="ND09"):
    period = ReportingPeriod.objects.get(profile__code=profile, code=code)
    return model.objects.recorded().counted_within(period.data_from, period.data_to).exclude(OF_PLANS)


def drawn_activities():
    return Activity.objects.filter(is_sample=True).exclude(OF_PLANS)


def stock(unit, day, **of):
    events = ModelEvent.objects.filter(province=unit, counted_on__lte=day, **of)
    return events.filter(nature__in=["opening", "new", "dissolved", "moved"]).aggregate(sum=Sum("quantity"))["sum"]


@pytest.mark.parametrize(
    ("of", "number"),
    [
        ({"model__kind__code": "dv_model"}, 144),
        ({"model__kind__code": "dv_model", "model__standing": "standard"}, 112),
        ({"model__kind__code": "dv_model", "model__standing": "independent"}, 32),
        ({"model__kind__code": "family_club"}, 445),
        ({"model__kind__code": "dv_group"}, 445),
        ({"model__kind__code": "trusted_address"}, 1_069),
        ({"model__kind__code": "hotline"}, 79),
    ],
)
def test_son_la_had_these_models_in_the_first_half_of_2021(of, number):
    period = ReportingPeriod.objects.get(profile__code="ND09", code="2021-H1")
    owner = agency("SVHTTDL", province("14", today=True))
    assert stock(province("14"), period.data_to, owner=owner, is_sample=False, **of) == number


def test_son_la_hung_banners_and_held_one_show():
    facts = within(Activity, "2021-H1").filter(province=province("14"), is_sample=False)
    banners = facts.filter(outputs__kind__code="banner").aggregate(sum=Sum("outputs__quantity"))
    shows = facts.filter(kind__code="show")
    assert banners["sum"] == 120
    assert shows.aggregate(sessions=Sum("sessions"), people=Sum("attendances")) == {"sessions": 1, "people": 1_000}
    assert shows.get().get_precision_display() == "gần"
    assert (shows.get().unit.label, shows.get().unit.parent.label) == ("Xã Chiềng Khoong", "Huyện Sông Mã")


def scoreboard(unit, day):
    known, indicators = generations(unit), indicators_of(day.year)
    readings = Measurement.objects.recorded().filter(province__in=known)
    read = read_indicators(
        latest_readings(readings, day).select_related("unit"), {row.pk: row for row in indicators}, known
    )
    return make_scoreboard(indicators, targets_for(day.year, known), read)


def test_quang_ngai_met_16_of_19_targets_in_2023():
    board = scoreboard(province("51"), date(2023, 12, 14))
    assert (board.count("met", "exceeded"), board.count()) == (16, 19)
    assert [indicator.number for indicator in board.left_out] == ["4.4"]


def test_quang_ngai_had_women_leading_in_so_many_districts_and_communes():
    readings = within(Measurement, "2023-Y").filter(indicator__code="ge-1.1", is_sample=False)
    assert {row.category.code: (row.numerator, row.denominator) for row in readings} == {
        "ge-1.1-district": (9, 13),
        "ge-1.1-commune": (105, 173),
    }


def test_everything_not_told_by_a_public_text_is_marked_as_sample():
    for model in FACTS:
        real = {row.province.code for row in model.objects.filter(is_sample=False)}
        assert real <= {"14", "51"}
        assert not model.objects.filter(is_sample=False, reference__startswith="MAU").exists()
    assert Activity.objects.filter(is_sample=True).count() > 1_400
    assert not Document.objects.filter(is_sample=False, assignments=None).exists()


@pytest.mark.parametrize(("code", "sessions"), [("2025-H1", 366), ("2025-H2", 440), ("2026-H1", 412)])
def test_sessions_of_a_half_year_are_those_of_the_table(code, sessions):
    assert within(Activity, code).aggregate(sum=Sum("sessions"))["sum"] == sessions


def test_most_contents_grow_and_one_lags():
    def by_content(code):
        facts = within(Activity, code).values_list("component__content__code")
        return dict(facts.annotate(sum=Sum("sessions")).order_by())

    now, before = by_content("2026-H1"), by_content("2025-H1")
    assert [code for code in sorted(now) if now[code] < before[code]] == ["P8.4"]


def test_activities_lie_in_units_and_months_of_their_day():
    samples = drawn_activities()
    assert not samples.filter(unit__valid_to__lt=F("counted_on")).exists()
    assert not samples.filter(unit__valid_from__gt=F("counted_on")).exists()
    assert {(row["province__code"], row["province__valid_to"] is None) for row in
            samples.values("province__code", "province__valid_to").distinct()} == {
        ("51", False), ("62", False), ("51", True),
    }  # fmt: skip
    assert samples.recorded().aggregate(last=Max("counted_on"))["last"] <= date(2026, 6, 14)
    assert within(Activity, "2026-H1").values("unit").distinct().count() > 50


def test_no_title_comes_twice_and_numbers_are_plausible():
    samples = drawn_activities()
    assert samples.values("title").distinct().count() == samples.count()
    assert not samples.filter(title__contains="{").exists()
    attended = samples.recorded().filter(attendances__isnull=False)
    stated = {part: attended.filter(**{f"{part}__isnull": False}).count() / attended.count() for part in
              ("women", "minority")}  # fmt: skip
    assert 0.95 < stated["women"] < 0.99
    assert 0.85 < stated["minority"] < 0.95
    assert attended.exclude(precision="exact").count() > 20
    assert samples.filter(state="draft").count() == 16


def test_several_agencies_own_different_numbers():
    owners = Counter(dict(within(Activity, "2026-H1").values_list("owner__role").annotate(n=Count("pk")).order_by()))
    assert {"ethnic_affairs", "womens_union", "peoples_committee", "culture"} <= set(owners)
    assert len(set(owners.values())) == len(owners)


def test_register_has_some_two_hundred_models_with_events_of_all_sorts():
    assert 180 < CommunityModel.objects.filter(is_sample=True).count() < 260
    natures = set(ModelEvent.objects.filter(is_sample=True).values_list("nature", flat=True))
    assert {"opening", "new", "strengthened", "dissolved"} <= natures


def test_symbols_are_unique_within_a_province():
    names = AgencyName.objects.filter(agency__unit__isnull=False).select_related("agency__unit__province")
    held = Counter(
        (name.agency.unit.province_id or name.agency.unit_id, name.symbol, name.agency.closed_on) for name in names
    )
    assert [key for key, count in held.items() if count > 1] == []


def test_board_keeps_its_identity_under_a_new_name_and_takes_up_kon_tums():
    board = agency("SDTTG", province("51", today=True))
    assert board.name_on(date(2025, 2, 28)).symbol == "BDT"
    assert board.name_on(date(2025, 3, 1)).name == "Sở Dân tộc và Tôn giáo"
    kon_tum = agency("SDTTG", province("62"))
    assert kon_tum.closed_on == date(2025, 6, 30)
    assert Agency.objects.lineage_of([board.pk]) == {board.pk, kon_tum.pk}


def text_of(manuscript):
    return [
        f"{block.number} {block.text}" if hasattr(block, "number") else "".join(span.text for span in block.spans)
        for block in manuscript.blocks
    ]


def test_an_giangs_plan_stands_in_full_structure():
    document = Document.objects.get(number="123", agreement__isnull=False)
    paper, agreement = current_manuscript(document), document.agreement
    headings = [line for line in text_of(paper) if re.match(r"([IV]+|[\d.]+)\. ", line)]
    assert [line.split()[0] for line in headings] == [
        "I.", "1.", "2.", "II.", "1.", "1.1.", "1.2.", "2.", "2.1.", "2.2.", "III.", "IV.", "1.", "2.",
    ]  # fmt: skip
    clauses = Clause.objects.filter(section__document=document)
    by_section = clauses.values_list("section__position").annotate(Count("pk")).order_by("section__position")
    assert [number for _position, number in by_section] == [5, 5, 6, 6]
    union, board = (party.agency for party in document.parties.all())
    assert {(one.lead, *one.partners.all()) for one in clauses} == {(union, board), (board, union)}
    assert clauses.exclude(citations=None).count() == 3
    assert document.links.get().target.code == "1541/CTPH-UBDT-HLHPN"
    assert [(row.nature, row.year) for row in agreement.milestones.all()] == [("preliminary", 2023), ("final", 2025)]
    assert [signature.name for signature in paper.signatures] == ["Men Pholly", "Lê Bích Phượng"]
    assert (paper.symbol, document.issued_on) == ("KHPH-HLHPN-BDT", date(2023, 2, 2))
    assert (len(paper.recipients), paper.recipients[-1]) == (8, "Lưu: VT, TG-CSLP, VP BDT")
    assert [issuer.name for issuer in paper.head.issuers] == [
        "HỘI LIÊN HIỆP PHỤ NỮ\nTỈNH AN GIANG",
        "BAN DÂN TỘC TỈNH AN GIANG",
    ]
    assert board.name_on(date(2026, 6, 14)).name == "Sở Dân tộc và Tôn giáo"


@pytest.mark.parametrize(
    "person", ["chuyenvien.dantoc", "lanhdao.phunu", "lanhdao.tinh", "dantoc.angiang", "hoi.angiang"]
)
def test_the_programme_of_the_centre_is_read_in_the_provinces_it_went_to(person):
    reader = User.objects.get(email=f"{person}@demo.example.vn")
    found = Document.objects.visible_to(reader).matching("UBDT")
    assert "1541/CTPH-UBDT-HLHPN" in {document.code for document in found}


@pytest.mark.parametrize(
    ("issued_on", "number"), [("2023-02-02", "123/KHPH-HLHPN-BDT"), ("2022-06-10", "/CTPH-BDT-HLHPN")]
)
def test_agreements_are_the_same_paper_in_pdf_and_word(issued_on, number):
    document = Document.objects.get(agreement__register_only=False, issued_on=issued_on)
    printed = paper_of(document, "docx")
    pdf = Paper(render_pdf(printed.manuscript, printed.stamp))
    word = Word(render_docx(printed.manuscript, printed.stamp))
    number = number if document.number else f"{BLANK}{number}".replace("\u00a0", " ")
    measure_pdf(pdf, printed.manuscript, number)
    measure_word(word, printed.manuscript, number)
    same_order(pdf, word, printed.manuscript)
    assert word.words() == words_of_pdf(pdf)


def test_quang_ngais_agreement_has_no_known_number_and_the_names_of_its_day():
    document = Document.objects.get(agreement__isnull=False, issued_on=date(2022, 6, 10))
    assert (document.number, document.agreement.stage_from.year, document.agreement.stage_to.year) == ("", 2021, 2025)
    assert [party.name for party in document.parties.all()] == ["Trần Văn Mẫn", "Lê Na"]
    assert current_manuscript(document).head.issuers[0].name == "BAN DÂN TỘC\nTỈNH QUẢNG NGÃI"


def states_of(year, day):
    plan = AnnualPlan.objects.get(year=year)
    items = list(plan.items.for_list())
    progress = progress_of(items, day)
    return {item.key: progress[item.pk].state for item in items}


@pytest.mark.parametrize(
    ("year", "day", "done", "running", "late", "not_started"),
    [
        (2023, date(2024, 1, 10), 6, 0, 2, 0),
        (2025, date(2025, 6, 30), 2, 2, 1, 1),
        (2026, date(2026, 6, 14), 1, 6, 1, 2),
    ],
)
def test_items_of_the_sample_plans_are_done_running_and_late(year, day, done, running, late, not_started):
    found = Counter(states_of(year, day).values())
    wanted = {"done": done, "running": running, "late": late, "not_started": not_started}
    assert found == {state: number for state, number in wanted.items() if number}


def test_an_giangs_plans_come_of_its_clauses():
    agreement = Document.objects.get(number="123").agreement
    seen = coverage(agreement, User.objects.get(email="hoi.angiang@demo.example.vn"), date(2025, 6, 30))
    by_year = {year: Counter(row.cells[place].state for row in seen.rows) for place, year in enumerate(seen.years)}
    assert by_year[2023] == {"nothing": 14, "done": 6, "planned": 2}
    assert by_year[2025] == {"nothing": 16, "done": 2, "planned": 4}
    assert by_year[2024] == {"nothing": 22}


@pytest.mark.parametrize(("year", "across"), [(2023, True), (2026, False)])
def test_a_plan_says_the_same_in_pdf_and_word(year, across):
    printed = paper_of(AnnualPlan.objects.get(year=year).document, "docx")
    assert [annex.landscape for annex in printed.manuscript.annexes] == [True] * across
    table = next(block for block in printed.manuscript.all_blocks() if block.key == "items")
    words = {word for row in table.rows for cell in row.cells for word in cell.text.split()}
    pdf = Paper(render_pdf(printed.manuscript, printed.stamp))
    word = Word(render_docx(printed.manuscript, printed.stamp))
    assert len(words) > 50
    assert words - set(word.words()) == set()
    assert words - set(words_of_pdf(pdf)) == set()


def test_people_are_called_by_their_role_and_can_sign_in(settings):
    people = User.objects.all()
    assert people.count() == 19
    assert all(person.check_password(settings.DEMO_PASSWORD) for person in people[:2])
    assert set(Membership.objects.values_list("role", flat=True)) == {
        "officer", "leader", "clerk", "administrator",
    }  # fmt: skip
    assert [person.email for person in people if person.is_system_administrator] == ["quantri@demo.example.vn"]


def test_leader_of_the_province_sees_all_of_both_former_provinces():
    leader = User.objects.get(email="lanhdao.tinh@demo.example.vn")
    assert access_of(leader).provinces >= {province("51").pk, province("62").pk, province("51", today=True).pk}
    seen = Activity.objects.visible_to(leader).filter(is_sample=True)
    assert seen.count() == drawn_activities().recorded().count()


def test_history_tells_where_the_samples_came_from_with_partners_and_topics():
    activity = Activity.objects.filter(is_sample=True, partners__isnull=False, topics__isnull=False).first()
    first = activity.history.get()
    assert first.history_change_reason == "dữ liệu mẫu"
    assert {row.agency_id for row in first.partners.all()} == set(activity.partners.values_list("pk", flat=True))
    assert {row.topic_id for row in first.topics.all()} == set(activity.topics.values_list("pk", flat=True))


def test_money_of_the_old_accounts_is_not_counted_again_in_the_new_one():
    readings = BudgetEntry.objects.filter(year=2025, nature="disbursed", source="central")
    old = readings.filter(counted_on=date(2025, 6, 30)).aggregate(sum=Sum("amount_vnd"))["sum"]
    new = readings.filter(counted_on=date(2025, 12, 14)).aggregate(sum=Sum("amount_vnd"))["sum"]
    planned = BudgetEntry.objects.filter(year=2025, source="central", nature__in=["allocated", "carried_over"])
    assert 0.8 < (old + new) / planned.aggregate(sum=Sum("amount_vnd"))["sum"] < 1


def test_province_follows_all_targets_but_the_one_that_counts_provinces():
    left_out = Target.objects.filter(applies=False)
    assert {(row.indicator.code, row.unit.code) for row in left_out} == {
        ("ge-4.4", code) for code in ("14", "51", "62")
    }


def test_one_report_is_issued_and_the_current_one_is_a_draft():
    issued, draft = Report.objects.filter(round=None).order_by("period__data_to")
    leader = User.objects.get(email="lanhdao.tinh@demo.example.vn")
    assert (issued.period.code, issued.document.code, issued.document.state) == ("2025-H1", "76/BC-SDTTG", "issued")
    assert issued.document.issued_on == date(2025, 6, 16)
    assert (draft.period.code, draft.document.state) == ("2026-H1", "draft")
    assert set(Report.objects.visible_to(leader)) == {issued, Report.objects.get(document__state="sent")}


def test_one_request_is_under_way():
    """One agency has sent, the report of one is returned, one is late, one got more time, one is left out."""
    asked = ReportRound.objects.get()
    found = {row.seat.agency_short: row for row in standings([asked], date(2026, 6, 19))[asked.pk]}
    states = Counter(str(row.state) for row in found.values())
    assert states == {"own": 1, "sent": 1, "returned": 1, "not_begun": 4, "left_out": 1}
    assert asked.is_sample
    sent, returned = found["Hội LHPN tỉnh"], found["UBND xã Ba Tơ"]
    assert (sent.state, sent.sent_on, sent.days_late) == ("sent", date(2026, 6, 17), 0)
    assert (returned.state, returned.is_late) == ("returned", True)
    assert (found["Sở Nội vụ"].is_extended, found["Sở Nội vụ"].is_late) == (True, False)
    assert (found["Sở VHTTDL"].state, found["Sở VHTTDL"].is_late) == ("not_begun", True)


def test_what_the_returned_report_counted_may_be_edited_again():
    returned = Report.objects.get(agency__unit__name="Ba Tơ")
    assert "ghi thêm số nữ" in returned.document.moves.get(action="return").comment
    own = within(Activity, "2026-H1").filter(owner=returned.agency)
    assert own.exists()
    assert not own.exclude(locked_at=None).exists()
    sent = Report.objects.get(document__state="sent")
    assert not within(Activity, "2026-H1").filter(owner=sent.agency, locked_at=None).exists()


def test_issued_report_froze_the_facts_it_counts():
    issued = Report.objects.get(period__code="2025-H1")
    counted = within(Activity, "2025-H1").filter(province=province("51"))
    assert counted.exclude(locked_at=None).count() == counted.count() > 100
    assert set(issued.activities.values_list("pk", flat=True)) >= set(counted.values_list("pk", flat=True))


def test_no_name_of_a_private_person_stands_in_the_samples():
    titles = ("ong ", "ba ", "anh ", "chi ")
    for text in Activity.objects.filter(is_sample=True).values_list("title", flat=True):
        assert not re.search(r"\b(ông|bà|anh|chị) [A-ZĐ]", text), text
    assert not any(search_text(name).startswith(titles) for name in User.objects.values_list("full_name", flat=True))


def test_samples_loaded_twice_change_nothing(capsys):
    before = fingerprint("coordination", "programs", "reports")
    call_command("load_demo")
    assert fingerprint("coordination", "programs", "reports") == before
    printed = capsys.readouterr().out
    assert "lanhdao.tinh@demo.example.vn" in printed
    assert "phoi-hop-demo-2026" in printed


def test_another_password_is_in_force_after_loading_again(settings):
    settings.DEMO_PASSWORD = "mot-mat-khau-khac"
    call_command("load_demo", verbosity=0)
    assert User.objects.get(email="quantri@demo.example.vn").check_password("mot-mat-khau-khac")


# ---- the reports of the samples ----


def rendered(path, symbol, code, period):
    """Words of the printed file, in which a line may end anywhere."""
    call_command(
        "render_report", agency=symbol, province=code, period=period, kind="gender-equality", format="pdf",
        output=str(path), stdout=io.StringIO(),
    )  # fmt: skip
    with pypdfium2.PdfDocument(path) as pdf:
        text = " ".join(page.get_textpage().get_text_bounded() for page in pdf)
    return re.sub(r"\s+", " ", text)


def test_report_of_son_la_prints_what_the_paper_of_2021_said(tmp_path):
    text = rendered(tmp_path / "sl.pdf", "SVHTTDL", "14", "2021-H1")
    for said in (
        "144 mô hình phòng, chống bạo lực gia đình, gồm 112 mô hình theo chuẩn và 32 mô hình hoạt động độc lập;",
        "445 câu lạc bộ gia đình phát triển bền vững;",
        "445 nhóm phòng, chống bạo lực gia đình;",
        "1.069 địa chỉ tin cậy cộng đồng;",
        "79 đường dây nóng.",
        "120 băng rôn, khẩu hiệu.",
        "01 chương trình văn nghệ với gần 1.000 lượt người tham gia.",
    ):
        assert said in text


def test_report_of_quang_ngai_prints_what_was_said_of_2023(tmp_path):
    text = rendered(tmp_path / "qn.pdf", "VSTBPN", "51", "2023-Y")
    assert "đạt hoặc vượt mục tiêu năm 2025 là 16/19 (84,2%)" in text
    assert "cấp huyện 09/13 (69,2%) và cấp xã 105/173 (60,7%)." in text


def test_every_number_of_the_sample_report_is_the_sum_of_the_list_it_opens():
    draft = find_draft("SDTTG", "51", "2026-H1", "gender-equality", None)
    scope, compared = Scope.of(draft.agency, draft.unit, draft.scope), Compared.of(draft.period)
    read = 0
    for text, ref in dict.fromkeys(numbers_of(compose(draft))):
        number = written(text)
        if number is not None:
            opened = open_ref(Ref.parse(ref), scope, compared)
            assert as_printed(opened.total(), opened.ref.figure, number) == number, (text, ref)
            read += 1
    assert read > 300
