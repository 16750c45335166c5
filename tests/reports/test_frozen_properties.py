"""What holds for a frozen report of any period, whatever the records were and whatever becomes of them."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import strategies as st

from coordination.enums import DocumentState
from coordination.manuscript import Manuscript
from coordination.models import Agency, DocumentVersion
from programs.enums import FactState
from programs.models import Framework
from reports import outlines, verification
from reports.compose import compose, lists
from reports.enums import PeriodKind, ReportKind, ReportNature, ReportScope
from reports.figures import FIGURES, Scope
from reports.figures.base import Reach, Tally
from reports.figures.scope import REMEMBERED
from reports.figures.windows import Window
from reports.freeze import freeze_report, unreported
from reports.models import Report, ReportingPeriod, ReportOutline
from reports.stamps import stamp_of_version
from reports.typeset.docx import render_docx
from reports.typeset.files import report_pdf
from reports.typeset.xlsx import render_xlsx
from tests import factories
from tests.constraints import changed
from tests.random_walks import walks
from tests.reports import random_facts
from tests.reports.later_changes import ALTERING, CHANGES, more_records
from tests.typeset.equal_files import assert_equal_files

pytestmark = pytest.mark.django_db
walked = walks(3, 60)


@pytest.fixture
def world(db):
    world = random_facts.merged_province()
    world.periods = random_facts.decree_periods()
    world.lists = random_facts.lists()
    Framework.objects.update(code="gender-equality-2030")  # the one the outline speaks of
    outlines.load()
    world.outline = ReportOutline.objects.get(kind=ReportKind.GENDER_EQUALITY, period_kind=PeriodKind.HALF)
    world.leader = factories.user()
    return world


def any_period(data, world):
    """One of decree 09, or from any day to any later one, compared with the year before or with nothing."""
    named = [period for period in world.periods.values() if period.data_to <= random_facts.LAST]
    if data.draw(st.booleans()):
        return data.draw(st.sampled_from(named))
    first = data.draw(random_facts.days)
    last = first + timedelta(data.draw(st.integers(0, (random_facts.LAST - first).days)))
    before = data.draw(st.sampled_from([None, *(one for one in named if one.data_to < first)]))
    return ReportingPeriod.objects.create(
        profile=world.periods["2026-H1"].profile, kind=PeriodKind.FREE, year=last.year, code="TD-1",
        label="đợt thử", data_from=first, data_to=last, money_from=date(last.year, 1, 1),
        same_period_last_year=before,
    )  # fmt: skip


def any_report(data, world, **fields):
    """Of the board or the Union, of its own records or of the province."""
    agency = data.draw(st.sampled_from([world.board, world.union]))
    scope = data.draw(st.sampled_from([ReportScope.AGENCY, ReportScope.PROVINCE]))
    given = {"scope": scope, "period": any_period(data, world), "outline": world.outline}
    return factories.report(agency, world.new, **given | fields, document=factories.document(agency))


def approved(report, world):
    """Its version, as approving leaves it."""
    version = freeze_report(report, by=world.leader)
    changed(report.document, state=DocumentState.APPROVED)()
    report.document.refresh_from_db()
    return DocumentVersion.objects.get(pk=version.pk)


def files_of(version):
    """As a worker makes them, from the row."""
    version = DocumentVersion.objects.select_related("document").get(pk=version.pk)
    manuscript, stamp = Manuscript.from_json(version.manuscript), stamp_of_version(version)
    return [render(manuscript, stamp) for render in (report_pdf, render_docx, render_xlsx)]


def frozen_facts(report):
    for table, (remembered, column) in REMEMBERED.items():
        yield from table.objects.filter(pk__in=remembered.objects.filter(report=report).values(column))


def wrong_in(report):
    """What `verify` would say of it."""
    found = Report.objects.select_related("document", "agency", "unit", "period").get(pk=report.pk)
    return [*verification.broken_versions(), *verification.changed_facts(found), *verification.wrong_numbers(found)]


def test_the_files_are_the_same_bytes_whatever_is_changed_later(walked, world):
    def check(data):
        random_facts.fill(data, world, world.lists)
        report = any_report(data, world)
        version = approved(report, world)
        before = files_of(version)
        for change in sorted(data.draw(st.sets(st.sampled_from(CHANGES), min_size=3)), key=CHANGES.index):
            change(world)
        for fact in data.draw(st.permutations(list(frozen_facts(report))))[:3]:
            with pytest.raises(IntegrityError), transaction.atomic():
                changed(fact, note="Sửa sau khi chốt")()
        assert files_of(version) == before
        assert wrong_in(report) == []

    walked(check)


def small_world(world):
    """Last year and this year with a record of each table, and one more that is a draft."""
    more_records(world)
    place, lists = world.communes[4], world.lists
    for state in FactState:
        factories.activity(world.board, place, component=lists.components[1], kind=lists.kinds[1], state=state)
    for indicator in lists.indicators:
        factories.measurement(world.board, world.new, date(2026, 6, 10), indicator=indicator, value=50)
    return factories.report(world.board, world.new, scope=ReportScope.PROVINCE, outline=world.outline,
                            period=world.periods["2026-H1"])  # fmt: skip


@pytest.mark.parametrize("change", ALTERING, ids=lambda change: change.__name__)
def test_control_the_changes_alter_a_draft(world, change):
    report = small_world(world)
    before = compose(report)
    change(world)
    assert compose(Report.objects.get(pk=report.pk)) != before


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_every_number_of_a_frozen_report_opens_the_list_it_was_counted_from(world, change):
    report = small_world(world)
    approved(report, world)
    change(world)
    assert wrong_in(report) == []


# ---- every number ----


def test_every_number_of_the_paper_is_one_of_the_manuscript_and_the_other_way_round(walked, world, monkeypatch):
    def check(data):
        random_facts.fill(data, world, world.lists)
        monkeypatch.setattr(lists, "MOST", data.draw(st.sampled_from([500, 2])))
        report = any_report(data, world)
        version = approved(report, world)
        if data.draw(st.booleans()):
            changed(report.document, state=DocumentState.ISSUED, number="87", issued_on=date(2026, 7, 16))()
            version.document.refresh_from_db()
        assert_equal_files(Manuscript.from_json(version.manuscript), stamp_of_version(version))

    walked(check)


# ---- two halves and their year ----


def in_period(world, code, **fields):
    period = world.periods[code]
    return factories.report(world.board, world.new, scope=ReportScope.PROVINCE, outline=world.outline, period=period,
                            document=factories.document(world.board), **fields)  # fmt: skip


def counted_by(report, table):
    remembered, column = REMEMBERED[table]
    rows = table.objects.filter(pk__in=remembered.objects.filter(report=report).values(column))
    return set(rows.filter(counted_on__range=(report.period.data_from, report.period.data_to)))


def test_the_year_is_its_halves_and_what_waited_for_a_supplement(walked, world):
    """Both as they were reported: what was entered or recorded after a half was approved is the whole difference,

    and each fact of it stood in the list "in no report yet" until the year was approved.
    """

    def check(data):
        random_facts.fill(data, world, world.lists)
        halves = []
        for code in ("2025-H1", "2025-H2"):
            half = in_period(world, code)
            approved(half, world)
            random_facts.fill(data, world, world.lists, most=3)
            if data.draw(st.booleans()):
                half = in_period(world, code, nature=ReportNature.SUPPLEMENT, supersedes=half)
                approved(half, world)
                random_facts.fill(data, world, world.lists, most=3)
            halves.append(half)
        year = in_period(world, "2025-Y")
        days = (year.period.data_from, year.period.data_to)
        owners = Agency.objects.lineage_of([world.board.pk])
        waiting = {table: set(unreported(table, owners).filter(counted_on__range=days)) for table in REMEMBERED}
        approved(year, world)
        for table, late in waiting.items():
            reported = [counted_by(half, table) for half in halves]
            assert reported[0] & reported[1] == set()
            assert counted_by(year, table) == reported[0] | reported[1] | late
        assert_flows_add_up(year, halves, waiting)

    walked(check)


def assert_flows_add_up(year, halves, waiting):
    """A commune reached in both halves counts once a year: no sum."""
    flows = [one for one in FIGURES.values() if isinstance(one, Tally) and one.reach is Reach.SPAN]
    for figure in (one for one in flows if one.code != "activities.communes"):
        whole, *parts = (
            figure.value(Scope.of_report(report), Window.of(report.period)).value or 0 for report in (year, *halves)
        )
        listed = figure.facts(Scope.of_report(year), Window.of(year.period))
        late = listed.filter(pk__in=[fact.pk for fact in waiting[figure.source.facts]])
        assert whole == sum(parts) + (figure.total(late) or 0), figure.code
