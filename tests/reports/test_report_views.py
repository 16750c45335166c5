"""Pages of reports: who may open them, what they show, and that every number opens as a list that adds up."""

import re
from datetime import date
from urllib.parse import quote

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.urls import reverse

from coordination.enums import DocumentState, FileNature
from coordination.models import Document, DocumentFile, Job
from programs.models import Activity, Component, Target
from reports import workflow
from reports.actions import draft_report
from reports.enums import ReportKind, ReportScope
from reports.models import Report, ReportingPeriod
from tests import factories
from tests.pages import Page
from tests.reports.approving import give_reasons

pytestmark = pytest.mark.django_db

DAY_IN_PERIOD = date(2026, 3, 8)


@pytest.fixture
def period(db):
    call_command("load_lists", verbosity=0)
    return ReportingPeriod.objects.get(profile__code="ND09", code="2026-H1")


@pytest.fixture
def report(cast, period):
    made = draft_report(
        agency=cast.board,
        kind=ReportKind.GENDER_EQUALITY,
        period=period,
        scope=ReportScope.PROVINCE,
        by=cast.officer,
    )
    give_reasons(made, cast.officer)
    return made


@pytest.fixture
def facts(cast, period):
    content = Component.objects.get(code="P8.1")
    kind = factories.activity_kind()
    return [
        factories.activity(
            cast.board, cast.commune, DAY_IN_PERIOD, component=content, kind=kind, attendances=50, women=30
        ),
        factories.activity(cast.union, cast.commune, DAY_IN_PERIOD, component=content, kind=kind, sessions=3),
    ]


def approve(report, leader):
    return workflow.move(report, "approve", acting=leader.memberships.get())


def test_report_list_shows_drafts_to_the_own_agency_only(client, cast, report):
    for person, expected in ((cast.officer, 1), (cast.leader, 1), (cast.partner, 0), (cast.chair, 0)):
        client.force_login(person)
        page = client.get(reverse("reports:report_list"))
        assert len(page.context["page"].object_list) == expected


def test_address_with_a_name_that_is_none_is_not_found(client, cast):
    client.force_login(cast.leader)
    assert client.post(f"/reports/{'-' * 36}/approve/").status_code == 404


def test_report_detail_links_every_number_to_a_list_that_adds_up(client, cast, report, facts):
    client.force_login(cast.officer)
    page = client.get(reverse("reports:report_detail", args=[report.uid])).content.decode()
    links = sorted(set(re.findall(r'href="(/reports/[0-9a-f-]+/figure/\?[^"]+)"', page)))
    assert len(links) > 10
    for link in links:
        answer = client.get(link.replace("&amp;", "&"))
        assert answer.status_code == 200, link
        opened = answer.context["opened"]
        assert opened.opened.value.value == opened.opened.total(), link
        assert opened.sums() == Page(answer).texts("td", class_="n")[-len(opened.columns) :], link


def test_figure_facts_shows_sums_as_the_report_does(client, cast, report, facts):
    """Communes count once; a share has both its numbers; a measure of its own is not printed with twenty digits."""
    share = factories.indicator("1.1")
    factories.measurement(cast.board, cast.province, indicator=share, numerator=71, denominator=96)
    Target.objects.create(indicator=share, year=2026, operator=">=", value=60)
    client.force_login(cast.officer)
    expected = {
        "activities.sessions": ("4 cuộc", ["4"]),
        "activities.communes": ("1 xã, phường, đặc khu", ["1"]),
        "activities.women_share": ("60,0%", ["30", "50"]),
        "indicators.value?indicator=1.1": ("74,0", ["71", "96"]),
    }
    opened = {ref: opened_at(client, report, ref) for ref in expected}
    assert {ref: (one.text, one.sums()) for ref, one in opened.items()} == expected


def opened_at(client, report, ref):
    return client.get(reverse("reports:figure_facts", args=[report.uid]), {"ref": ref}).context["opened"]


def test_figure_facts_of_a_change_shows_the_two_numbers_it_is_made_of(client, cast, report, facts):
    factories.activity(cast.board, cast.commune, date(2025, 3, 8), sessions=9, attendances=100, women=20)
    client.force_login(cast.officer)
    ref = "activities.sessions?window=change"
    opened = opened_at(client, report, ref)
    before = "activities.sessions?window=last_year"
    assert opened.text == "−5 cuộc"
    assert opened.between == [("4 cuộc", "activities.sessions?window=now"), ("9 cuộc", before)]
    page = Page(client.get(reverse("reports:figure_facts", args=[report.uid]), {"ref": ref}))
    assert opened_at(client, report, before).sums() == ["9"]
    assert [link.attributes["href"] for link in page.all("a", class_="num")][1] == f"?ref={quote(before)}"
    assert opened_at(client, report, "activities.women_share?window=change").text == "40,0 điểm phần trăm"


def test_figure_facts_tells_hidden_facts_as_one_line(client, cast, report, facts):
    client.force_login(cast.officer)
    answer = client.get(reverse("reports:figure_facts", args=[report.uid]), {"ref": "activities.sessions"})
    assert [row.title for row in answer.context["page"]] == [facts[0].title]
    assert answer.context["opened"].hidden == 1
    assert answer.context["opened"].hidden_sums() == ["3"]
    assert answer.context["opened"].sums() == ["4"]


UNKNOWN = [
    ("", 404, "Không có số liệu nào như vậy:"),
    ("nothing.here", 404, "Không có số liệu nào như vậy: nothing.here"),
    ("activities.sessions?window=x", 404, "Không có số liệu nào như vậy: activities.sessions?window=x"),
    ("activities.sessions?content='", 200, "chưa có số liệu"),  # a number of a content nobody works on
]


@pytest.mark.parametrize(("ref", "status", "sentence"), UNKNOWN)
def test_figure_facts_of_an_unknown_number_says_so(client, cast, report, facts, ref, status, sentence):
    client.force_login(cast.officer)
    answer = client.get(reverse("reports:figure_facts", args=[report.uid]), {"ref": ref})
    assert answer.status_code == status
    assert sentence in Page(answer).one(id="content").text
    assert "page" not in answer.context or list(answer.context["page"]) == []


def test_report_create_makes_one_report_for_one_form(client, cast, period):
    client.force_login(cast.officer)
    page = client.get(reverse("reports:report_create"))
    sent = {"kind": "gender-equality", "period": period.pk, "scope": "province"}
    sent["form_token"] = str(page.context["form"]["form_token"].value())
    answers = [client.post(reverse("reports:report_create"), sent) for _time in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].url == answers[1].url
    assert Report.objects.count() == Document.objects.filter(kind__code="BC").count() == 1


def test_report_create_for_a_period_that_has_one_says_where_it_is(client, cast, report, period):
    client.force_login(cast.officer)
    page = client.get(reverse("reports:report_create"))
    sent = {"kind": "gender-equality", "period": period.pk, "scope": "province"}
    sent["form_token"] = str(page.context["form"]["form_token"].value())
    answer = client.post(reverse("reports:report_create"), sent)
    assert answer.status_code == 422
    assert "đã có báo cáo" in answer.content.decode()
    assert Document.objects.filter(kind__code="BC").count() == 1


def test_approve_freezes_and_asks_for_the_pdf(client, cast, report, facts):
    client.force_login(cast.leader)
    answer = client.post(reverse("reports:report_move", args=[report.uid, "approve"]), follow=True)
    report.document.refresh_from_db()
    assert report.document.state == DocumentState.APPROVED
    assert Activity.objects.filter(locked_at=None).count() == 0
    assert Job.objects.count() == 2  # the PDF, and Word with Excel
    assert "Đang chờ" in answer.content.decode() or "đang chờ" in answer.content.decode()


def test_approving_is_asked_on_a_page_that_says_what_is_locked(client, cast, report, facts):
    client.force_login(cast.leader)
    address = reverse("reports:report_move", args=[report.uid, "approve"])
    page = client.get(address)
    assert page.context["facts"][0] == f"{Activity.objects.recorded().count()} hoạt động"
    assert f'action="{address}"' in page.text
    assert Activity.objects.filter(locked_at=None).exists()
    client.post(address)
    elsewhere = [client.get(reverse("reports:report_move", args=[report.uid, step])) for step in ("approve", "issue")]
    assert {answer.url for answer in elsewhere} == {reverse("reports:report_detail", args=[report.uid])}


@pytest.mark.parametrize("person", ["officer", "clerk"])
def test_approve_without_the_right_changes_nothing(client, cast, report, person):
    client.force_login(getattr(cast, person))
    answer = client.post(reverse("reports:report_move", args=[report.uid, "approve"]))
    report.document.refresh_from_db()
    assert (answer.status_code, report.document.state) == (403, DocumentState.DRAFT)


def test_issue_asks_for_number_and_day(client, cast, report):
    approve(report, cast.leader)
    client.force_login(cast.clerk)
    address = reverse("reports:report_move", args=[report.uid, "issue"])
    refused = client.post(address, {"number": "", "symbol": "BC-SDTTG", "issued_on": "31/02/2026"})
    assert refused.status_code == 422
    assert set(refused.context["issue_form"].errors) == {"number", "issued_on"}
    client.post(address, {"number": "87", "symbol": "BC-SDTTG", "issued_on": "16/06/2026"})
    report.document.refresh_from_db()
    assert (report.document.code, report.document.state) == ("87/BC-SDTTG", DocumentState.ISSUED)


def test_issued_report_is_open_to_those_above_and_its_files_too(client, cast, report):
    approve(report, cast.leader)
    stored = DocumentFile.objects.create(
        document=report.document,
        nature=FileNature.ATTACHMENT,
        media_type="application/pdf",
        name="Báo cáo thử.pdf",
        file=ContentFile(b"%PDF-", name="x.pdf"),
        sha256="0" * 64,
        size=5,
    )
    address = reverse("reports:report_download", args=[report.uid, stored.uid])
    client.force_login(cast.chair)
    assert client.get(address).status_code == 404
    workflow.move(report, "issue", acting=cast.clerk.memberships.get(), number="87", issued_on=date(2026, 6, 16))
    answer = client.get(address)
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    assert b"".join(answer.streaming_content) == b"%PDF-"
    client.force_login(cast.stranger)
    assert client.get(address).status_code == 404


def test_unreported_lists_what_came_after_the_freezing(client, cast, report, facts):
    approve(report, cast.leader)
    late = factories.activity(cast.board, cast.commune, DAY_IN_PERIOD, title="Đến muộn")
    client.force_login(cast.officer)
    page = client.get(reverse("reports:unreported"))
    assert [row.title for row in page.context["page"]] == [late.title]
    assert page.context["hidden"] == 0


def test_unreported_only_counts_what_the_reader_may_not_open(client, cast, report):
    """The board compiles the province; a late record of the Union waits for it, and stays the Union's own."""
    approve(report, cast.leader)
    late = factories.activity(cast.union, cast.commune, DAY_IN_PERIOD, title="Việc riêng của Hội")
    client.force_login(cast.officer)
    page = client.get(reverse("reports:unreported"))
    assert (list(page.context["page"]), page.context["hidden"]) == ([], 1)
    assert late.title not in page.text
    assert "1 dòng của cơ quan khác" in page.text


def test_report_list_puts_issued_reports_first_for_leaders(client, cast, report, period):
    approve(report, cast.leader)
    workflow.move(report, "issue", acting=cast.clerk.memberships.get(), number="1", issued_on=date(2026, 6, 16))
    later = ReportingPeriod.objects.get(profile=period.profile, code="2026-H2")
    draft = draft_report(
        agency=cast.board,
        kind=ReportKind.GENDER_EQUALITY,
        period=later,
        scope=ReportScope.PROVINCE,
        by=cast.officer,
    )
    for person, expected in ((cast.leader, [report.pk, draft.pk]), (cast.officer, [draft.pk, report.pk])):
        client.force_login(person)
        rows = client.get(reverse("reports:report_list")).context["page"].object_list
        assert [row.pk for row in rows] == expected


@pytest.mark.parametrize("reports", [1, 3])
def test_report_list_query_count(client, cast, period, reports, django_assert_num_queries):
    for year in range(2026 - reports, 2026):
        draft_report(
            agency=cast.board,
            kind=ReportKind.GENDER_EQUALITY,
            period=ReportingPeriod.objects.get(profile=period.profile, code=f"{year}-H1"),
            scope=ReportScope.PROVINCE,
            by=cast.officer,
        )
    client.force_login(cast.officer)
    client.get(reverse("reports:report_list"))
    with django_assert_num_queries(9):
        page = client.get(reverse("reports:report_list"))
    assert len(page.context["page"].object_list) == reports


def test_report_list_sends_htmx_the_same_table(client, cast, report):
    client.force_login(cast.officer)
    address = reverse("reports:report_list")
    whole, part = client.get(address).content.decode(), client.get(address, headers={"HX-Request": "true"})
    assert part.content.decode().strip() in whole


@pytest.mark.parametrize(("person", "status", "jobs"), [("officer", 302, 4), ("partner", 404, 2)])
def test_a_failed_file_is_asked_for_again(client, cast, report, person, status, jobs):
    approve(report, cast.leader)
    Job.objects.update(state="failed", ended_at="2026-06-16T00:00:00Z", error="hỏng")
    client.force_login(getattr(cast, person))
    assert client.post(reverse("reports:report_retry", args=[report.uid])).status_code == status
    assert Job.objects.count() == jobs
