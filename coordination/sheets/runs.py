"""A file on its way in: checked, shown, and by an explicit button written. Long files are the worker's.

Checking only reads, and says on the run how far it is; writing checks again and is one transaction.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.enums import ImportState
from coordination.jobs import JobRefused, Store, enqueue, handles
from coordination.models import ImportRun, Job, Membership, User
from coordination.refusals import message_for
from coordination.sheets.checking import MOST_PROBLEMS, Checked, Problem, RowsWrong, check, write
from coordination.sheets.declared import SHEETS, Found, Sheet
from coordination.sheets.printing import annotated
from coordination.sheets.workbook import Table, read_table
from coordination.uploads import CheckedFile, FileRefused

logger = logging.getLogger(__name__)
CHECK, WRITE = "check_sheet", "write_sheet"


def start(sheet: Sheet, table: Table, file: CheckedFile, *, form_token: uuid.UUID) -> ImportRun:
    """The file is kept and checked, at once or by the worker. The same form twice gives the run of the first."""
    with transaction.atomic():
        first = ImportRun.objects.filter(form_token=form_token, created_by=sheet.user).first()
        if first is not None:
            return first
        run = ImportRun(
            sheet=sheet.code, agency_id=sheet.hat.agency_id if sheet.hat else None, created_by=sheet.user,
            name=file.name, sha256=file.sha256, size=file.size, rows_total=len(table.rows), form_token=form_token,
        )  # fmt: skip
        run.file.save(file.stored_name(), file.as_file(), save=False)
        run.save()
        if is_long(run):
            run.job = _ask(CHECK, run, sheet)
            run.save(update_fields=["job"])
    if not is_long(run):
        note_check(run, sheet, check(sheet, table))
    logger.info("sheet received", extra={"run": run.pk, "rows": run.rows_total})
    return run


def is_long(run: ImportRun) -> bool:
    return run.rows_total > settings.SHEET_ROWS_AT_ONCE


def ask_to_write(run: ImportRun, sheet: Sheet, *, skip_wrong: bool) -> ImportRun:
    """Written at once or by the worker; a second click does nothing more."""
    with transaction.atomic():
        run = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
        if run.state != ImportState.CHECKED or run.is_busy:
            return run
        if is_long(run):
            run.job = _ask(WRITE, run, sheet, skip_wrong=skip_wrong)
            run.save(update_fields=["job"])
        else:
            write_run(run, sheet, skip_wrong=skip_wrong)
    return run


def _ask(kind: str, run: ImportRun, sheet: Sheet, **options: Any) -> Job:
    payload = {"run": run.pk, "hat": sheet.hat.pk if sheet.hat else None} | options
    return enqueue(kind, f"{run.uid} {kind}", payload, asked_by=sheet.user)


def note_check(run: ImportRun, sheet: Sheet, checked: Checked) -> None:
    """What was found, with the file given back where something is wrong or should be looked at."""
    _note(run, checked)
    run.state = ImportState.CHECKED
    if checked.problems or checked.doubts:
        content = annotated(sheet, checked.table, checked.remarks(), checked.doubts_by_row())
        run.annotated.save(f"{uuid.uuid4().hex}.xlsx", ContentFile(content), save=False)
    run.save()


def _note(run: ImportRun, checked: Checked) -> None:
    for found in Found.ALL:
        setattr(run, f"rows_{found}", checked.counts[found])
    run.problems = _as_kept(checked.problems)
    if checked.keys:
        run.preview = {"keys": checked.keys, "rows": checked.shown, "samples": checked.table.samples}
        run.preview |= {"doubts": _as_kept(checked.doubts), "rows_doubtful": checked.counts[Found.DOUBTFUL]}
    run.refusal = ""


def _as_kept(told: list[Problem]) -> list[list[Any]]:
    return [[one.row, one.column, one.message, one.label, one.key] for one in told[:MOST_PROBLEMS]]


def write_run(run: ImportRun, sheet: Sheet, *, skip_wrong: bool) -> None:
    """In the caller's transaction, with the run locked. What went wrong meanwhile stands on the run, unwritten."""
    table = read_table(stored(run), sheet)
    try:
        checked = write(sheet, table, skip_wrong=skip_wrong)
    except RowsWrong as wrong:
        _note(run, wrong.checked)
        run.refusal = _("Records changed since the check, and some rows no longer fit. Nothing was written.")
        run.save()
        return
    except IntegrityError as error:
        run.refusal = message_for(error)
        run.save()
        return
    _note(run, checked)
    run.state, run.rows_written, run.written_at = ImportState.WRITTEN, checked.written, timezone.now()
    run.save()
    logger.info("sheet written", extra={"run": run.pk, "rows": checked.written})


def stored(run: ImportRun) -> bytes:
    with run.file.open("rb") as file:
        return file.read()


def sheet_of(job: Job) -> Sheet:
    """In the hat of whoever asked (perhaps a colleague of who sent the file), if still theirs. Raises JobRefused."""
    run = ImportRun.objects.get(pk=job.payload["run"])
    hats = Membership.objects.current(timezone.localdate()).filter(pk=job.payload["hat"], user=job.asked_by_id)
    user, hat = User.objects.get(pk=job.asked_by_id), hats.select_related("agency__unit").first()
    if not SHEETS[run.sheet].allows(user, hat):
        raise JobRefused(_("The right to import this sheet ended meanwhile."))
    return SHEETS[run.sheet](user, hat)


@handles(CHECK)
@contextmanager
def check_sheet(job: Job) -> Iterator[Store]:
    run, sheet = ImportRun.objects.get(pk=job.payload["run"]), sheet_of(job)
    try:
        table = read_table(stored(run), sheet)
    except FileRefused as refusal:
        raise JobRefused(refusal.for_people()) from refusal

    def progress(checked: Checked) -> None:
        """Outside any transaction: the page reads it."""
        counts = {f"rows_{found}": checked.counts[found] for found in Found.ALL}
        ImportRun.objects.filter(pk=run.pk).update(**counts)

    checked = check(sheet, table, progress)

    def store() -> dict[str, Any]:
        note_check(ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk), sheet, checked)
        return {"rows": checked.total}

    yield store


@handles(WRITE)
@contextmanager
def write_sheet(job: Job) -> Iterator[Store]:
    sheet = sheet_of(job)

    def store() -> dict[str, Any]:
        run = ImportRun.objects.select_for_update(of=("self",)).get(pk=job.payload["run"])
        if run.state == ImportState.CHECKED:
            write_run(run, sheet, skip_wrong=job.payload["skip_wrong"])
        return {"written": run.rows_written}

    yield store
