"""Tasks two public texts speak of (Đồng Nai 2023, Quảng Ngãi 2024), worded anew, with made-up answers of agencies."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from coordination.enums import DocumentOrigin, DocumentState
from coordination.loaders import Loaded
from coordination.models import Agency, Document, DocumentKind, DocumentReader, User
from programs.due_words import due_days
from programs.enums import Recurrence
from programs.models import Assignment, AssignmentResponse
from reports.demo.stage import Stage

FILE = Path(settings.BASE_DIR) / "data" / "demo" / "tasks.toml"
DISTRICTS = "districts"  # in the lists of agencies: the People's Committee of each


def add_tasks(stage: Stage, loaded: Loaded) -> None:
    papers = tomllib.loads(FILE.read_text(encoding="utf-8"))["paper"]
    made = 0
    for paper in papers:
        document, is_new = _document(stage, paper)
        made += is_new
        if not document.assignments.exists():
            _add(stage, paper, document)
    loaded.note(_("documents"), made=made, kept=len(papers) - made)


def _document(stage: Stage, paper: dict[str, Any]) -> tuple[Document, bool]:
    issuer = stage.agencies[paper["register"]]
    return Document.objects.get_or_create(
        register_agency=issuer,
        register_year=paper["issued_on"].year,
        kind=DocumentKind.objects.get(code=paper["kind"]),
        subject=paper["subject"],
        defaults={
            "origin": DocumentOrigin.FROM_PAPER,
            "number": paper["number"],
            "symbol": paper["symbol"],
            "place": issuer.unit.name,
            "issued_on": paper["issued_on"],
            "state": DocumentState.ISSUED,
        },
    )


def _add(stage: Stage, paper: dict[str, Any], document: Document) -> None:
    tasks = [
        Assignment(
            document=document,
            position=position,
            number=row["number"],
            text=row["text"],
            due_words=row["due_words"],
            due_on=row.get("due_on"),
            recurrence=row.get("recurrence", Recurrence.ONCE),
            recurs_until=row.get("recurs_until"),
        )
        for position, row in enumerate(paper["task"], start=1)
    ]
    bulk_create_with_history(tasks, Assignment, default_change_reason=_("sample data"))
    answers = [
        _answer(stage, paper, task, agency, day)
        for task, row in zip(tasks, paper["task"], strict=True)
        for agency in _agencies(stage, row["agencies"])
        for day in _days(task)
    ]
    for answer in answers:
        row = paper["task"][answer.assignment.position - 1]
        lead = stage.agencies[row["lead"]].pk if "lead" in row else None
        answer.is_lead = answer.agency_id == lead
    bulk_create_with_history(answers, AssignmentResponse, default_change_reason=_("sample data"))
    readers = {answer.agency_id for answer in answers}
    DocumentReader.objects.bulk_create(
        [DocumentReader(document=document, agency_id=agency, since=document.issued_on) for agency in sorted(readers)],
        ignore_conflicts=True,
    )


def _days(task: Assignment) -> list[date | None]:
    return list(due_days(task.due_on, task.recurrence, task.recurs_until)) if task.due_on else [None]


def _agencies(stage: Stage, keys: Iterable[str]) -> list[Agency]:
    single = [stage.agencies[key] for key in keys if key != DISTRICTS]
    return single + (stage.district_committees if DISTRICTS in keys else [])


def _answer(
    stage: Stage, paper: dict[str, Any], task: Assignment, agency: Agency, day: date | None
) -> AssignmentResponse:
    response = AssignmentResponse(assignment=task, agency=agency, due_on=day)
    said = next(
        (row for row in paper["answer"] if task.number in row["of"] and agency in _agencies(stage, row["agencies"])),
        None,
    )
    if said is None:
        return response
    on = said.get("answered_on") or (day or task.document.issued_on) - timedelta(days=said["days_before"])
    response.answered_at = timezone.make_aware(datetime.combine(on, time(9, 30)))
    response.progress, response.percent = said.get("progress", ""), said.get("percent")
    response.result = said.get("result", "")
    if response.result:
        response.done_on, response.percent = on, 100
    if said.get("verified"):
        response.verified_by = User.objects.get(email=paper["verified_by"])
        response.verified_on = on + timedelta(days=5)
    return response
