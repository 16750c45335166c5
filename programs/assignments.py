"""Tasks a document gives to agencies: given and changed by who keeps the document, answered by each agency addressed,

verified or returned by somebody of the giver who did not write the answer.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import rules
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from coordination.enums import DocumentState, NoticeKind
from coordination.formats import date_vi
from coordination.locking import claim_version
from coordination.models import Agency, Document, DocumentMove, DocumentReader, Membership, Party
from coordination.notices import people_of, tell
from coordination.register import ENTERED
from coordination.review import SPEAKING
from programs.due_words import due_days
from programs.enums import Recurrence
from programs.models import Assignment, AssignmentResponse, Evidence

logger = logging.getLogger(__name__)
DONE = 100  # percent


class TaskRefused(Exception):
    """The step does not fit the task as it is; `for_people` says why and what to do."""

    def for_people(self) -> str:
        return str(self)


@dataclass(frozen=True)
class Task:
    """What a paper says of one task. `lead` None: the agencies answer each for itself. `due_on`: last day, inclusive;

    None = no day was set. A recurring one is answered for each due day up to `recurs_until`, inclusive.
    """

    text: str
    agencies: Sequence[Agency]
    lead: Agency | None = None
    number: str = ""
    due_on: date | None = None
    due_words: str = ""
    recurrence: str = Recurrence.ONCE
    recurs_until: date | None = None

    @property
    def addressed(self) -> dict[int, Agency]:
        found = {agency.pk: agency for agency in self.agencies}
        return {self.lead.pk: self.lead} | found if self.lead else found

    @property
    def days(self) -> list[date | None]:
        if self.due_on is None:
            return [None]
        return list(due_days(self.due_on, self.recurrence, self.recurs_until))

    def is_led_by(self, agency: int) -> bool:
        """The one named; where a task has one agency, that one."""
        return agency == self.lead.pk if self.lead else len(self.addressed) == 1


@dataclass(frozen=True)
class Answer:
    """`percent` 0-100 or not said; `done`: the agency reports that all of it is done."""

    progress: str = ""
    percent: int | None = None
    result: str = ""
    result_document: Document | None = None
    done: bool = False


@transaction.atomic
def give_tasks(
    document: Document, tasks: Sequence[Task], *, acting: Membership, token: UUID | None = None
) -> list[Assignment]:
    """All or nothing; the same form a second time gives nothing more. Raises PermissionDenied, TaskRefused."""
    document = Document.objects.select_for_update().get(pk=document.pk)
    if not rules.has_perm("programs.give_assignment", acting, document):
        raise PermissionDenied
    if document.state not in DocumentState.in_the_open():
        raise TaskRefused(_("Tasks are given from a document that is issued. Issue it first."))
    if token and (there := list(Assignment.objects.filter(form_token=token))):
        return there
    last = document.assignments.aggregate(last=Max("position"))["last"] or 0
    act, given = _act(acting), []
    for number, task in enumerate(tasks):
        assignment = Assignment(document=document, position=last + 1 + number, form_token=None if number else token)
        _fill(assignment, task, act)
        _address(assignment, task, [(agency, day) for agency in task.addressed for day in task.days], act)
        given.append(assignment)
    _tell_given(document, given, tasks, acting)
    logger.info("tasks given", extra={"document": document.pk, "tasks": len(given), "by": acting.user_id})
    return given


@transaction.atomic
def change_task(assignment: Assignment, task: Task, *, seen: int, acting: Membership) -> Assignment:
    """Raises PermissionDenied, StaleVersion; TaskRefused where an answer already given would be lost."""
    document = Document.objects.select_for_update().get(pk=assignment.document_id)
    if not rules.has_perm("programs.give_assignment", acting, document):
        raise PermissionDenied
    _refuse_withdrawn(assignment)
    claim_version(assignment, seen=seen)
    act = _act(acting)
    _fill(assignment, task, act)
    rows: dict[int, list[AssignmentResponse]] = defaultdict(list)
    for row in assignment.responses.select_for_update().order_by("due_on", "pk"):
        rows[row.agency_id].append(row)
    missing: list[tuple[int, date | None]] = []
    for agency in {**dict.fromkeys(rows), **task.addressed}:
        days = task.days if agency in task.addressed else []
        missing += [(agency, day) for day in _redate(rows[agency], days, task.is_led_by(agency), act)]
    _address(assignment, task, missing, act)
    gone = set(rows) - set(task.addressed)
    still = AssignmentResponse.objects.filter(assignment__document=document).values("agency")
    DocumentReader.objects.filter(document=document, agency__in=gone).exclude(agency__in=still).delete()
    logger.info("task changed", extra={"assignment": assignment.pk, "by": acting.user_id})
    return assignment


@transaction.atomic
def withdraw_task(assignment: Assignment, reason: str, *, seen: int, acting: Membership, today: date) -> Assignment:
    """Nobody owes it any more; what was answered is kept. Raises PermissionDenied, StaleVersion, TaskRefused."""
    document = Document.objects.select_for_update().get(pk=assignment.document_id)
    if not rules.has_perm("programs.give_assignment", acting, document):
        raise PermissionDenied
    _refuse_withdrawn(assignment)
    claim_version(assignment, seen=seen)
    assignment.withdrawn_reason = reason
    assignment.withdrawn_on, assignment.withdrawn_by = today, acting.user
    _save(assignment, _act(acting))
    rows = assignment.responses.select_for_update().order_by("pk").values_list("agency", flat=True)
    for agency in Agency.objects.filter(pk__in=set(rows)):
        people, key = people_of(agency, SPEAKING).exclude(pk=acting.user_id), f"withdrawn-{assignment.pk}"
        tell(people, NoticeKind.TASK_WITHDRAWN, about=document, agency=acting.agency, key=key)
    logger.info("task withdrawn", extra={"assignment": assignment.pk, "by": acting.user_id})
    return assignment


@transaction.atomic
def answer_task(
    response: AssignmentResponse, answer: Answer, *, seen: int, acting: Membership, today: date
) -> AssignmentResponse:
    """Progress, or the report that it is done, which keeps its first day while it waits to be verified.

    Raises PermissionDenied, TaskRefused once it is verified, StaleVersion.
    """
    if not rules.has_perm("programs.change_assignmentresponse", acting, response):
        raise PermissionDenied
    stored = AssignmentResponse.objects.select_for_update().get(pk=response.pk)
    _refuse_withdrawn(response.assignment)
    if stored.verified_on:
        raise TaskRefused(_("This answer is verified and stays as it is. Ask the agency that gave the task."))
    claim_version(response, seen=seen)
    response.progress, response.result = answer.progress, answer.result
    response.result_document = answer.result_document
    response.percent = DONE if answer.done else answer.percent
    response.done_on = (stored.done_on or today) if answer.done else None
    response.answered_by, response.answered_at = acting.user, timezone.now()
    response.verified_by, response.verified_on = None, None
    response.returned_at, response.returned_reason = stored.returned_at, stored.returned_reason
    if answer.done:
        response.returned_at, response.returned_reason = None, ""
    _save(response, _act(acting))
    if answer.done and not stored.done_on:
        _tell(response, givers_of(response.assignment.document), NoticeKind.TASK_REPORTED, acting)
    logger.info("task answered", extra={"response": response.pk, "by": acting.user_id, "done": answer.done})
    return response


@transaction.atomic
def verify_answer(response: AssignmentResponse, *, seen: int, acting: Membership, today: date) -> AssignmentResponse:
    """Raises PermissionDenied, TaskRefused, StaleVersion."""
    _to_be_judged(response, seen, acting)
    response.verified_by, response.verified_on = acting.user, today
    _save(response, _act(acting))
    _tell(response, [response.agency], NoticeKind.TASK_VERIFIED, acting)
    logger.info("answer verified", extra={"response": response.pk, "by": acting.user_id})
    return response


@transaction.atomic
def return_answer(response: AssignmentResponse, reason: str, *, seen: int, acting: Membership) -> AssignmentResponse:
    """Owed again, with what was written kept. Raises PermissionDenied, TaskRefused, StaleVersion."""
    _to_be_judged(response, seen, acting)
    response.done_on = None
    response.returned_reason, response.returned_at = reason, timezone.now()
    _save(response, _act(acting))
    _tell(response, [response.agency], NoticeKind.TASK_RETURNED, acting)
    logger.info("answer returned", extra={"response": response.pk, "by": acting.user_id})
    return response


def givers_of(document: Document) -> list[Agency]:
    """Whose series it is, who signed it, who entered it: the same as models.assignment.given_by."""
    signed = Party.objects.filter(document=document).values("agency")
    entered = DocumentMove.objects.filter(document=document, action=ENTERED).values("acting_for")
    keys = Agency.objects.filter(pk=document.register_agency_id).values("pk").union(signed, entered)
    return list(Agency.objects.filter(pk__in=keys.values_list("pk", flat=True)))


def wrote(user: Any, responses: Iterable[AssignmentResponse]) -> set[int]:
    """Ids of those the person ever answered, also where somebody else wrote on afterwards."""
    written = AssignmentResponse.history.filter(answered_by=user, id__in=[row.pk for row in responses])
    return set(written.values_list("id", flat=True))


def _to_be_judged(response: AssignmentResponse, seen: int, acting: Membership) -> None:
    if not rules.has_perm("programs.verify_assignmentresponse", acting, response):
        raise PermissionDenied
    stored = AssignmentResponse.objects.select_for_update().get(pk=response.pk)
    _refuse_withdrawn(response.assignment)
    if not stored.done_on or stored.verified_on:
        raise TaskRefused(_("Only an answer reported as done and not yet verified can be verified or returned."))
    claim_version(response, seen=seen)


def _refuse_withdrawn(assignment: Assignment) -> None:
    """As it is stored now: read after the lock that the withdrawal takes, too."""
    if Assignment.objects.filter(pk=assignment.pk, withdrawn_on__isnull=False).exists():
        raise TaskRefused(_("This task is withdrawn: nothing is owed for it, and it stays as it is."))


def _fill(assignment: Assignment, task: Task, act: dict[str, Any]) -> None:
    for name in ("number", "text", "due_on", "due_words", "recurrence", "recurs_until"):
        setattr(assignment, name, getattr(task, name))
    _save(assignment, act)


def _address(
    assignment: Assignment, task: Task, wanted: Sequence[tuple[int, date | None]], act: dict[str, Any]
) -> None:
    """A response for each agency and due day; who is addressed may read the document."""
    rows = [
        AssignmentResponse(assignment=assignment, agency_id=agency, due_on=day, is_lead=task.is_led_by(agency))
        for agency, day in wanted
    ]
    user, moment = act["_history_user"], act["_history_date"]
    bulk_create_with_history(rows, AssignmentResponse, default_user=user, default_date=moment)
    readers = [DocumentReader(document_id=assignment.document_id, agency_id=agency) for agency in task.addressed]
    DocumentReader.objects.bulk_create(readers, ignore_conflicts=True)


def _redate(
    rows: list[AssignmentResponse], days: Sequence[date | None], is_lead: bool, act: dict[str, Any]
) -> list[date | None]:
    """The answers of one agency on the days that hold now; answers the days that have none yet."""
    there = {row.due_on for row in rows}
    free = [day for day in days if day not in there]
    kept = [row for row in rows if row.due_on in days]
    for row in (row for row in rows if row.due_on not in days):
        if free:
            row.due_on = free.pop(0)
            kept.append(row)
        else:
            _take_back(row, act)
    for row in kept:
        row.is_lead, row.version = is_lead, row.version + 1
        _save(row, act)
    return free


def _take_back(row: AssignmentResponse, act: dict[str, Any]) -> None:
    if row.answered_at or Evidence.objects.filter(response=row).exists():
        words = _("%(agency)s has already answered for %(day)s: it stays among the agencies, and the day stays.")
        agency = row.agency.name_on(timezone.localdate()).short_name
        raise TaskRefused(words % {"agency": agency, "day": date_vi(row.due_on) or _("no day set")})
    vars(row).update(act)
    row.delete()


def _tell_given(document: Document, given: Sequence[Assignment], tasks: Sequence[Task], acting: Membership) -> None:
    """Each agency once a form, whatever the number of its tasks; by the first of its days."""
    first: dict[int, date | None] = {}
    agencies: dict[int, Agency] = {}
    for task in tasks:
        for key, agency in task.addressed.items():
            agencies[key] = agency
            days = [day for day in (first.get(key), task.due_on) if day]
            first[key] = min(days, default=None)
    for key, agency in agencies.items():
        people = people_of(agency, SPEAKING).exclude(pk=acting.user_id)
        told = f"tasks-{given[0].pk}-{key}"
        tell(people, NoticeKind.TASK_GIVEN, about=document, agency=acting.agency, key=told, due_on=first[key])


def _tell(response: AssignmentResponse, agencies: Iterable[Agency], kind: str, acting: Membership) -> None:
    key, document = f"answer-{response.pk}-{response.version}", response.assignment.document
    for agency in agencies:
        people = people_of(agency, SPEAKING).exclude(pk=acting.user_id)
        tell(people, kind, about=document, agency=acting.agency, key=key)


def _act(acting: Membership) -> dict[str, Any]:
    """Who and when, for every row of history one act leaves."""
    moment: datetime = timezone.now()
    return {"_history_user": acting.user, "_history_date": moment}


def _save(row: Assignment | AssignmentResponse, act: dict[str, Any]) -> None:
    vars(row).update(act)
    row.save()
