"""Freezing: what was counted is what is kept, whatever others do meanwhile; what comes later waits."""

import threading
from contextlib import ExitStack
from datetime import date
from functools import partial
from pathlib import Path

import pytest
import rules
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from coordination.enums import DocumentState
from coordination.jobs import claim, perform
from coordination.manuscript import Manuscript
from coordination.triggers import install, missing_triggers
from programs import migrations
from programs.enums import FactState, ModelNature
from programs.models import Activity, BudgetEntry, Measurement, ModelEvent
from reports.compose import compose
from reports.enums import ReportKind, ReportNature
from reports.figures import At, Compared, Ref, Scope, open_ref
from reports.freeze import unreported
from reports.jobs import ask_for_files, pdf_of
from reports.models import ReportActivity, ReportBudgetEntry, ReportMeasurement, ReportModelEvent
from reports.workflow import MoveRefused, move
from tests import factories
from tests.constraints import assert_refused, changed, removal
from tests.races import at_once, beside, open_edit, then_meet, until_somebody_waits
from tests.reports.approving import give_reasons

pytestmark = pytest.mark.django_db
IN_PERIOD, LAST_DAY, AFTER = date(2026, 3, 8), date(2026, 6, 14), date(2026, 6, 15)
TODAY = date(2026, 6, 16)
FACT_TABLES = (Activity, ModelEvent, Measurement, BudgetEntry)


@pytest.fixture
def report(cast):
    factories.outline(opening="Có {activities.attendances} lượt người.\n\nCó {models.stock} mô hình.")
    return factories.report(cast.board, cast.province)


def approve(report, cast):
    return move(report, "approve", acting=cast.leader.memberships.get(), today=TODAY)


def remembered(table, column, report):
    return dict(table.objects.filter(report=report).values_list(column, "fact_version"))


def printed_text(report):
    """The words of the version, as every file prints them."""
    return words_of(Manuscript.from_json(report.document.versions.latest().manuscript))


def words_of(manuscript):
    return "".join(span.text for block in manuscript.blocks for span in getattr(block, "spans", ()))


def opened(report, code):
    report.refresh_from_db()
    return open_ref(Ref(code, {}, At.NOW), Scope.of_report(report), Compared.of(report.period))


# ---- what is counted ----


def test_the_facts_of_the_period_are_marked_and_remembered(cast, report):
    counted = [
        factories.activity(cast.board, cast.commune, day, attendances=10) for day in (date(2025, 12, 15), LAST_DAY)
    ]
    changed(counted[1], version=4)()
    approve(report, cast)
    assert remembered(ReportActivity, "activity", report) == {counted[0].pk: 1, counted[1].pk: 4}
    assert all(fact.is_locked for fact in Activity.objects.all())


def test_what_the_report_does_not_count_stays_open(cast, report):
    factories.activity(cast.board, cast.commune, date(2025, 12, 14))
    factories.activity(cast.board, cast.commune, AFTER)
    factories.activity(cast.board, cast.commune, IN_PERIOD, state=FactState.DRAFT)
    factories.activity(cast.union, cast.commune, IN_PERIOD)
    give_reasons(report, cast.officer)
    approve(report, cast)
    assert remembered(ReportActivity, "activity", report) == {}
    assert not Activity.objects.exclude(locked_at=None).exists()


def test_stocks_and_readings_are_those_up_to_the_last_day(cast, report):
    model = factories.community_model(cast.board, cast.commune)
    old = factories.model_event(model, date(2021, 6, 14), nature=ModelNature.OPENING, quantity=112)
    factories.model_event(model, AFTER, quantity=5)
    reading = factories.measurement(cast.board, cast.commune, date(2023, 12, 31))
    factories.measurement(cast.board, cast.commune, AFTER)
    money = factories.budget_entry(cast.board, cast.commune, LAST_DAY)
    factories.budget_entry(cast.board, cast.commune, AFTER)
    approve(report, cast)
    assert remembered(ReportModelEvent, "model_event", report) == {old.pk: 1}
    assert remembered(ReportMeasurement, "measurement", report) == {reading.pk: 1}
    assert remembered(ReportBudgetEntry, "budget_entry", report) == {money.pk: 1}


def test_the_version_prints_what_was_remembered(cast, report):
    factories.activity(cast.board, cast.commune, attendances=1069)
    model = factories.community_model(cast.board, cast.commune)
    factories.model_event(model, nature=ModelNature.OPENING, quantity=144)
    approve(report, cast)
    version = report.document.versions.get()
    assert (version.number, version.created_by) == (1, cast.leader)
    assert version.sha256 == Manuscript.from_json(version.manuscript).sha256()
    assert "Có 1.069 lượt người.Có 144 mô hình." in printed_text(report)


def test_a_fact_of_two_reports_keeps_its_first_mark_and_is_remembered_by_both(cast, report):
    fact = factories.activity(cast.board, cast.commune)
    approve(report, cast)
    fact.refresh_from_db()
    first_mark = fact.locked_at
    other = factories.report(
        cast.board,
        cast.province,
        kind=ReportKind.PROJECT8,
        outline=factories.outline(ReportKind.PROJECT8),
        document=factories.document(cast.board),
    )
    approve(other, cast)
    fact.refresh_from_db()
    assert fact.locked_at == first_mark
    assert remembered(ReportActivity, "activity", other) == {fact.pk: 1}


def test_a_freezing_that_breaks_off_leaves_nothing(cast, report, monkeypatch):
    factories.activity(cast.board, cast.commune)

    def broken(*_args):
        raise ValueError("kaputt")

    monkeypatch.setattr("reports.freeze.compose", broken)
    with pytest.raises(ValueError, match="kaputt"):
        approve(report, cast)
    report.document.refresh_from_db()
    assert report.document.state == DocumentState.DRAFT
    assert not ReportActivity.objects.exists()
    assert not Activity.objects.exclude(locked_at=None).exists()


@pytest.mark.parametrize("facts", [1, 30])
def test_queries_do_not_grow_with_the_facts(cast, report, django_assert_num_queries, facts):
    for _number in range(facts):
        factories.activity(cast.board, cast.commune, attendances=10)
    with django_assert_num_queries(106):
        approve(report, cast)


# ---- what is frozen stays ----


def test_frozen_facts_refuse_update_and_delete(cast, report):
    facts = [
        factories.activity(cast.board, cast.commune),
        factories.model_event(factories.community_model(cast.board, cast.commune)),
        factories.measurement(cast.board, cast.commune),
        factories.budget_entry(cast.board, cast.commune),
    ]
    approve(report, cast)
    for fact in facts:
        rule = f"{fact._meta.model_name}_frozen"
        fact.refresh_from_db()
        fact.note = "Sửa sau khi chốt"
        assert_refused(fact.save, rule)
        assert_refused(removal(fact), rule)


def test_the_same_bytes_are_printed_after_any_later_edit(cast, report, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    frozen = factories.activity(cast.board, cast.commune, attendances=100)
    approve(report, cast)
    perform(claim())
    first = read(pdf_of(report.document))
    with pytest.raises(IntegrityError), transaction.atomic():
        changed(frozen, attendances=999)()
    factories.activity(cast.board, cast.commune, attendances=7)
    changed(cast.board.names.get(), name="Tên khác")()
    changed(report.outline, opening="Chữ khác.")()
    ask_for_files(report.document, by=cast.leader)
    perform(claim())
    assert read(pdf_of(report.document)) == first


def test_control_what_is_not_frozen_prints_the_edit(cast, report):
    fact = factories.activity(cast.board, cast.commune, attendances=100)
    before = printed_draft(report)
    changed(fact, attendances=999)()
    assert "100 lượt" in before
    assert "999 lượt" in printed_draft(report)


def printed_draft(report):
    return words_of(compose(report))


def read(file):
    return Path(file.file.path).read_bytes()


# ---- what comes later waits ----


def late(cast, table=Activity):
    return list(unreported(table, [cast.board.pk]))


def test_a_late_activity_waits_for_the_supplement(cast, report):
    factories.activity(cast.board, cast.commune, attendances=100)
    assert late(cast) == []
    approve(report, cast)
    assert late(cast) == []
    tardy = factories.activity(cast.board, cast.commune, attendances=7)
    assert late(cast) == [tardy]
    assert opened(report, "activities.attendances").value.value == 100
    assert "Có 100 lượt người" in printed_text(report)


def test_what_is_not_of_a_frozen_period_does_not_wait(cast, report):
    approve(report, cast)
    factories.activity(cast.board, cast.commune, AFTER)
    factories.activity(cast.board, cast.commune, IN_PERIOD, state=FactState.DRAFT)
    factories.activity(cast.union, cast.commune, IN_PERIOD)
    assert late(cast) == []


def test_money_of_a_year_the_report_does_not_count_does_not_wait(cast, report):
    """The first half begins on 15 December: a reading of New Year's Eve is of the year before."""
    approve(report, cast)
    factories.budget_entry(cast.board, cast.commune, date(2025, 12, 31), year=2025)
    counted = factories.budget_entry(cast.board, cast.commune, LAST_DAY)
    assert late(cast, BudgetEntry) == [counted]


def test_late_facts_of_every_table_wait(cast, report):
    approve(report, cast)
    facts = [
        factories.activity(cast.board, cast.commune),
        factories.model_event(factories.community_model(cast.board, cast.commune)),
        factories.measurement(cast.board, cast.commune),
        factories.budget_entry(cast.board, cast.commune),
    ]
    assert [late(cast, table) for table in FACT_TABLES] == [[fact] for fact in facts]


def test_the_supplement_takes_up_what_waited(cast, report):
    approve(report, cast)
    tardy = factories.activity(cast.board, cast.commune)
    supplement = factories.report(
        cast.board,
        cast.province,
        nature=ReportNature.SUPPLEMENT,
        supersedes=report,
        document=factories.document(cast.board),
    )
    approve(supplement, cast)
    assert remembered(ReportActivity, "activity", supplement) == {tardy.pk: 1}
    assert late(cast) == []


def test_being_compared_with_a_year_later_is_not_being_reported(cast, report):
    """Last year's activities stand beside this year's; a late one of last year still waits for its supplement."""
    last_year = factories.report(
        cast.board, cast.province, period=factories.period("2025-H1"), document=factories.document(cast.board)
    )
    changed(report.period, same_period_last_year=last_year.period)()
    approve(last_year, cast)
    tardy = factories.activity(cast.board, cast.commune, date(2025, 3, 8))
    approve(report, cast)
    assert tardy.pk in remembered(ReportActivity, "activity", report)
    assert late(cast) == [tardy]


# ---- races ----


def kept_and_stored(report, fact):
    """Version remembered and version stored, number printed and number stored: pairs that must be equal."""
    fact.refresh_from_db()
    versions = remembered(ReportActivity, "activity", report).get(fact.pk), fact.version
    return versions, (f"Có {fact.attendances} lượt người" in printed_text(report))


@pytest.mark.django_db(transaction=True)
def test_an_open_edit_is_counted_as_it_was_committed(cast, report):
    fact = factories.activity(cast.board, cast.commune, attendances=100)
    with open_edit(changed(fact, attendances=200, version=2)):
        approve(report, cast)
    assert kept_and_stored(report, fact) == ((2, 2), True)


@pytest.mark.django_db(transaction=True)
def test_control_without_locks_version_and_table_differ(cast, report, monkeypatch):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer: the freezing cannot begin before the edit ends")
    monkeypatch.setattr("django.db.models.QuerySet.select_for_update", lambda rows, **_options: rows)
    monkeypatch.setattr("reports.freeze.mark", lambda *_args: None)
    fact = factories.activity(cast.board, cast.commune, attendances=100)
    approved = threading.Event()
    with open_edit(changed(fact, attendances=200, version=2), after=approved):
        approve(report, cast)
        approved.set()
    assert kept_and_stored(report, fact) == ((1, 2), False)


@pytest.mark.django_db(transaction=True)
def test_an_open_edit_that_moves_the_fact_out_of_the_period_is_not_counted(cast, report):
    fact = factories.activity(cast.board, cast.commune, attendances=100)
    with open_edit(changed(fact, starts_on=AFTER, ends_on=AFTER, counted_on=AFTER, version=2)):
        approve(report, cast)
    fact.refresh_from_db()
    assert remembered(ReportActivity, "activity", report) == {}
    assert not fact.is_locked


@pytest.mark.django_db(transaction=True)
def test_an_open_edit_of_a_part_is_waited_for(cast, report):
    """Counts, products, partners: rows of other tables, guarded by the lock on their fact."""
    fact = factories.activity(cast.board, cast.commune, attendances=100)
    with open_edit(lambda: fact.partners.add(cast.union)):
        approve(report, cast)
    assert list(Activity.objects.get().partners.all()) == [cast.union]
    assert_refused(lambda: fact.partners.remove(cast.union), "activity_frozen")


@pytest.mark.django_db(transaction=True)
def test_an_edit_that_begins_while_the_report_freezes_is_refused(cast, report, monkeypatch):
    """It waits for the freezing, and then finds the fact frozen."""
    fact = factories.activity(cast.board, cast.commune, attendances=100)
    refused = []

    def edit():
        try:
            changed(fact, attendances=200)()
        except IntegrityError as error:
            refused.append(str(error))

    def compose_while_somebody_edits(*args):
        beginning.enter_context(beside(edit))
        until_somebody_waits()
        return compose(*args)

    monkeypatch.setattr("reports.freeze.compose", compose_while_somebody_edits)
    with ExitStack() as beginning:
        approve(report, cast)
    assert len(refused) == 1
    assert kept_and_stored(report, fact) == ((1, 1), True)


def approved_by_two(report, cast, monkeypatch):
    """What two leaders are answered with who have both seen a draft before either freezes it, if let."""
    factories.activity(cast.board, cast.commune)
    allowed, answers = then_meet(rules.has_perm), []
    monkeypatch.setattr(rules, "has_perm", allowed)

    def approve_as(leader):
        try:
            move(report, "approve", acting=leader.memberships.get(), today=TODAY)
            answers.append("approved")
        except (MoveRefused, IntegrityError) as refusal:
            answers.append(type(refusal).__name__)

    at_once(partial(approve_as, cast.leader), partial(approve_as, factories.member(cast.board, "leader")))
    return sorted(answers)


@pytest.mark.django_db(transaction=True)
def test_two_leaders_at_once_freeze_once(cast, report, monkeypatch):
    assert approved_by_two(report, cast, monkeypatch) == ["MoveRefused", "approved"]
    assert report.document.versions.count() == 1


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_the_second_leader_breaks_on_the_database(cast, report, monkeypatch):
    """The constraints still let one version in only, but the other leader gets an error, not an answer."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer: the second cannot begin before the first ends")
    monkeypatch.setattr("django.db.models.QuerySet.select_for_update", lambda rows, **_options: rows)
    assert approved_by_two(report, cast, monkeypatch) == ["IntegrityError", "approved"]


# ---- the triggers survive a migration that re-makes their table ----

LATER_MIGRATION = """
from django.db import migrations, models


def edit_a_frozen_fact(apps, schema_editor):
    apps.get_model("programs", "Activity").objects.exclude(locked_at=None).update(note="sửa trong khi chuyển đổi")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("programs", {last!r})]
    operations = [
        migrations.AddConstraint(
            "activity",
            models.CheckConstraint(name="activity_place_unrelated", condition=~models.Q(place="không có thật")),
        ),
        migrations.RunPython(edit_a_frozen_fact, migrations.RunPython.noop),
    ]
"""


@pytest.fixture
def later_migration(settings, tmp_path, monkeypatch):
    """The migrations of programs with one more, which on SQLite re-makes the table of activities."""
    real = Path(migrations.__path__[0])
    last = max(file.stem for file in real.glob("[0-9]*.py"))
    folder = tmp_path / "later_migrations"
    folder.mkdir()
    (folder / "__init__.py").write_text(f"__path__.append({str(real)!r})\n")
    (folder / "9999_later.py").write_text(LATER_MIGRATION.format(last=last))
    monkeypatch.syspath_prepend(tmp_path)
    settings.MIGRATION_MODULES = {"programs": "later_migrations"}
    recorder = MigrationRecorder(connection)
    recorder.ensure_schema()
    for app, name in set(MigrationLoader(connection).disk_migrations) - {("programs", "9999_later")}:
        recorder.record_applied(app, name)  # the tables of tests are made without them
    yield "9999_later"
    call_command("migrate", "programs", last, verbosity=0)


@pytest.mark.django_db(transaction=True)
def test_frozen_facts_are_guarded_after_a_migration_re_made_their_table(cast, report, later_migration):
    fact = factories.activity(cast.board, cast.commune)
    approve(report, cast)
    call_command("migrate", "programs", later_migration, verbosity=0)
    fact.refresh_from_db()
    assert fact.note == "sửa trong khi chuyển đổi"  # control: the triggers were away
    assert missing_triggers(connection) == []
    assert_refused(changed(fact, note="sửa sau đó"), "activity_frozen")
    assert_refused(removal(fact), "activity_frozen")


@pytest.mark.django_db(transaction=True)
def test_control_a_re_made_table_has_lost_its_triggers(cast, report):
    """What SQLite does when Django re-makes a table, and why they are installed again after every migrate."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL alters a table in place")
    fact = factories.measurement(cast.board, cast.commune)
    approve(report, cast)
    remake(Measurement)
    changed(fact, note="không ai giữ")()
    lost = {"measurement_frozen", "measurement_unit_of_its_day"}
    assert lost <= {name.split("__")[1] for name in missing_triggers(connection)}
    install(connection)
    assert_refused(changed(fact, note="lại được giữ"), "measurement_frozen")


def remake(model):
    """As an unrelated change of the table does; triggers of other tables that read it would stop the renaming."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name <> %s", [model._meta.db_table]
        )
        others = [name for (name,) in cursor.fetchall()]
        for name in others:
            cursor.execute(f"DROP TRIGGER {name}")
    with connection.schema_editor() as editor:
        editor._remake_table(model)
