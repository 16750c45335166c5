"""How tasks stand: the list with its filters, who owes what of a document, reminders, and what waits on a desk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from coordination.enums import NoticeKind
from coordination.formats import date_vi, number_vi
from coordination.models import Agency, Document, Membership, Notice
from coordination.models.agency import name_of
from coordination.notices import Due, daily
from coordination.open_work import touched
from coordination.review import SPEAKING
from programs.enums import ResponseState
from programs.models import Assignment, AssignmentResponse
from programs.models.assignment import given_by
from programs.rules import judges, writes

LONGEST_SEARCH = 100
WITHDRAWN = "withdrawn"  # among the states of the filter: of the task, not of an answer
AHEAD = timedelta(days=30)  # how long before its day a task comes on the desk
REMINDED = timedelta(days=7)  # how long before it a notice is sent
SHOWN = 5


# ---- the list ----


class TaskFilterForm(forms.Form):
    """Filters of the list; a value that is none of the list is left out of account."""

    q = forms.CharField(
        label=gettext_lazy("Search in tasks and documents"),
        required=False,
        max_length=LONGEST_SEARCH,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    document = forms.ChoiceField(label=pgettext_lazy("task", "Document"), required=False)
    agency = forms.ChoiceField(label=gettext_lazy("Agency"), required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[("", gettext_lazy("All")), *ResponseState.choices, (WITHDRAWN, pgettext_lazy("task", "withdrawn"))],
    )
    late = forms.ChoiceField(
        label=pgettext_lazy("task", "Time"),
        required=False,
        choices=[("", gettext_lazy("All")), ("1", gettext_lazy("Late only"))],
    )

    def __init__(self, data, *, tasks: QuerySet[Assignment], answers: QuerySet[AssignmentResponse], today: date):
        """`tasks`, `answers`: those the person may see; only what they hold is offered."""
        super().__init__(data)
        self.answers, self.today = answers, today
        papers = Document.objects.filter(pk__in=tasks.order_by().values("document")).select_related("kind")
        agencies = Agency.objects.filter(pk__in=answers.order_by().values("agency"))
        names = agencies.named_on(today).in_protocol_order().values_list("pk", "short_name")
        every = ("", _("All"))
        self.fields["document"].choices = [every, *((paper.pk, str(paper)) for paper in papers)]
        self.fields["agency"].choices = [every, *names]

    def filtered(self, tasks: QuerySet[Assignment]) -> QuerySet[Assignment]:
        self.is_valid()
        chosen = self.cleaned_data
        tasks = tasks.matching(chosen.get("q") or "")
        if chosen.get("document"):
            tasks = tasks.filter(document=chosen["document"])
        if chosen.get("state") == WITHDRAWN:
            tasks = tasks.filter(withdrawn_on__isnull=False)
        answers = self._answers(chosen)
        return tasks if answers is None else tasks.filter(pk__in=answers.order_by().values("assignment"))

    def _answers(self, chosen: dict[str, Any]) -> QuerySet[AssignmentResponse] | None:
        """One answer of the task fits all of agency, state and lateness; None where none of them is asked for."""
        state = "" if chosen.get("state") == WITHDRAWN else chosen.get("state")
        if not (state or chosen.get("agency") or chosen.get("late")):
            return None
        answers = self.answers
        if chosen.get("agency"):
            answers = answers.filter(agency=chosen["agency"])
        if state:
            answers = answers.in_state(state)
        return answers.late(self.today) if chosen.get("late") else answers


def for_list(tasks: QuerySet[Assignment], answers: QuerySet[AssignmentResponse], day: date) -> QuerySet[Assignment]:
    """Owed ones first, by their day; withdrawn ones last."""
    owed = answers.owing().filter(assignment=OuterRef("pk")).order_by()
    rows = tasks.select_related("document__kind", "document__register_agency")
    rows = rows.annotate(is_owed=Exists(owed), giver_name=name_of("document__register_agency", "short_name", day))
    withdrawn = F("withdrawn_on").asc(nulls_first=True)
    return rows.order_by(
        "-is_owed", withdrawn, F("due_on").asc(nulls_last=True), "-document__issued_on", "position", "pk"
    )


@dataclass
class Standing:
    """How many of the answers one may see: `done` are reported, `verified` of them looked at, `late` owed and late.

    `asked`: answers there are in all; where one sees a part of them only, `answer`, the own one, is what is told.
    """

    withdrawn: bool = False
    asked: int = 0
    every: int = 0
    done: int = 0
    verified: int = 0
    late: int = 0
    answer: AssignmentResponse | None = None
    leads: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return self.every == self.asked

    @property
    def look(self) -> tuple[str, str]:
        """State and word of the badge of the task."""
        if self.withdrawn:
            return "none", pgettext("task", "withdrawn")
        if not self.is_whole and self.answer:
            return ("late" if self.late else self.answer.state.value), str(self.answer.state.label)
        if self.late:
            return "late", _("%(n)s late") % {"n": number_vi(self.late)}
        if self.every and self.verified == self.every:
            return "ok", str(ResponseState.VERIFIED.label)
        if self.every and self.done == self.every:
            return "wait", str(ResponseState.REPORTED.label)
        return ("doing", ResponseState.RUNNING.label) if self.every else ("none", _("answers not shown to you"))


def standings(
    tasks: Iterable[Assignment], answers: QuerySet[AssignmentResponse], own: set[int], today: date
) -> dict[int, Standing]:
    """By id of the task. `answer`: that of the own agency which is next to be given, where it is addressed."""
    withdrawn = {task.pk: task.withdrawn_on is not None for task in tasks}
    keys = list(withdrawn)
    of_these = answers.filter(assignment__in=keys).order_by()
    sums = of_these.values("assignment").annotate(
        every=Count("pk"),
        done=Count("pk", filter=Q(done_on__isnull=False)),
        verified=Count("pk", filter=Q(verified_on__isnull=False)),
        late=Count("pk", filter=Q(done_on__isnull=True, due_on__lt=today, assignment__withdrawn_on__isnull=True)),
    )
    asked = AssignmentResponse.objects.filter(assignment__in=keys).order_by().values_list("assignment")
    counts = asked.annotate(asked=Count("pk"))
    found = {key: Standing(asked=count, withdrawn=withdrawn[key]) for key, count in counts}
    for row in sums:
        key = row.pop("assignment")
        vars(found[key]).update(row)
    mine = AssignmentResponse.objects.filter(assignment__in=keys, agency__in=own)
    for answer in mine.order_by("done_on", F("due_on").desc(nulls_first=True)):
        found[answer.assignment_id].answer = answer
    for answer in mine.owing().order_by(F("due_on").desc(nulls_first=True)):
        found[answer.assignment_id].answer = answer
    named = AssignmentResponse.objects.filter(assignment__in=keys, is_lead=True).order_by("agency__protocol_order")
    named = named.annotate(agency_name=name_of("agency", "short_name", today))
    for key, name in named.values_list("assignment", "agency_name"):
        if name not in found[key].leads:
            found[key].leads.append(name)
    return found


# ---- who owes ----


@dataclass
class Debt:
    """What one agency has not reported as done. `days`: the longest it is late, whole days; 0 = none is late yet."""

    agency: Agency
    answers: list[AssignmentResponse]
    today: date

    @property
    def late(self) -> list[AssignmentResponse]:
        return [answer for answer in self.answers if answer.days_late(self.today)]

    @property
    def days(self) -> int:
        return max(answer.days_late(self.today) for answer in self.answers)

    @property
    def rows(self) -> list[tuple[AssignmentResponse, int]]:
        return [(answer, answer.days_late(self.today)) for answer in self.answers]


def debts(answers: QuerySet[AssignmentResponse], today: date) -> list[Debt]:
    """By agency, the latest first, then in protocol order."""
    owed = answers.owing().select_related("assignment", "agency")
    found: dict[int, list[AssignmentResponse]] = defaultdict(list)
    for answer in owed.order_by("assignment__position", "assignment", F("due_on").asc(nulls_last=True)):
        found[answer.agency_id].append(answer)
    agencies = Agency.objects.filter(pk__in=found).named_on(today).in_protocol_order()
    rows = [Debt(agency, found[agency.pk], today) for agency in agencies]
    return sorted(rows, key=lambda row: -row.days)


def reminder(document: Document, giver: str, debt: Debt) -> str:
    """To be sent to one agency by mail or message; only what is late, or all it owes while nothing is."""
    answers = debt.late or debt.answers
    values = {"agency": debt.agency.name, "paper": _paper_in_words(document), "giver": giver}
    lines = [
        _("To: %(agency)s") % values,
        _("%(paper)s of %(giver)s gives your agency the tasks below, which are not reported as done yet:") % values,
    ]
    lines += [_task_in_words(answer, debt.today) for answer in answers]
    link = settings.PORTAL_URL + reverse("programs:document_assignments", args=[document.uid])
    lines.append(_("Please report the result in the portal: %(link)s") % {"link": link})
    return "\n".join(lines)


def reminder_of_all(document: Document, giver: str, rows: Sequence[Debt]) -> str:
    """To a group of all agencies: who owes how many tasks, and since when."""
    late = [row for row in rows if row.days]
    values = {"paper": _paper_in_words(document), "giver": giver}
    lines = [_("Tasks of %(paper)s of %(giver)s that are not reported as done yet:") % values]
    for row in late or rows:
        count = number_vi(len(row.late or row.answers))
        said = {"agency": row.agency.short_name, "n": count, "days": number_vi(row.days)}
        words = (
            _("- %(agency)s: %(n)s tasks, up to %(days)s days late") if row.days else _("- %(agency)s: %(n)s tasks")
        )
        lines.append(words % said)
    link = settings.PORTAL_URL + reverse("programs:document_assignments", args=[document.uid])
    lines.append(_("Please report the result in the portal: %(link)s") % {"link": link})
    return "\n".join(lines)


def _paper_in_words(document: Document) -> str:
    values = {"kind": document.kind.name, "code": document.code, "subject": document.subject}
    values["day"] = date_vi(document.issued_on)
    words = _("%(kind)s %(code)s of %(day)s") if document.code else _("%(kind)s of %(day)s “%(subject)s”")
    return words % values


def _task_in_words(answer: AssignmentResponse, today: date) -> str:
    task = answer.assignment
    number = f"{task.number}. " if task.number and not task.number.endswith(".") else f"{task.number} ".lstrip()
    line = f"- {number}{' '.join(task.text.split())}"
    if not answer.due_on:
        return line
    values = {"day": date_vi(answer.due_on), "days": number_vi(answer.days_late(today))}
    return (
        line
        + " "
        + (_("(due %(day)s, %(days)s days late)") if answer.days_late(today) else _("(due %(day)s)")) % values
    )


# ---- the desk; `own`: ids of the agency of the hat and of those it succeeded ----


@dataclass(frozen=True)
class WaitingTask:
    """An answer the agency of the hat owes; `words` say of what paper, and why it was returned."""

    answer: AssignmentResponse
    returned: bool


@dataclass(frozen=True)
class GivenTasks:
    """Of one document the agency gave tasks of: how many answers are late, and wait to be verified."""

    document: Document
    late: int
    agencies: int
    to_verify: int


def waiting_tasks(acting: Membership, own: set[int], today: date) -> list[WaitingTask]:
    """Owed by the agency of the hat, for who writes there or leads it: late, soon due, or returned; earliest first."""
    if not judges(acting, None):
        return []
    soon = Q(due_on__lte=today + AHEAD) | Q(returned_at__isnull=False)
    rows = AssignmentResponse.objects.filter(agency__in=own).owing().filter(soon)
    rows = rows.select_related("assignment__document__kind").order_by(F("due_on").asc(nulls_last=True), "pk")
    return [WaitingTask(row, row.state == ResponseState.RETURNED) for row in rows[:SHOWN]]


def given_tasks(acting: Membership, own: set[int], today: date) -> list[GivenTasks]:
    """Of documents of the agency of the hat: answers that are late, or wait to be verified."""
    if not judges(acting, None):
        return []
    asked = Q(assignments__withdrawn_on__isnull=True)
    late = asked & Q(assignments__responses__done_on__isnull=True, assignments__responses__due_on__lt=today)
    done = Q(assignments__responses__done_on__isnull=False)
    waits = asked & done & Q(assignments__responses__verified_on__isnull=True)
    owed = given_by(own).filter(late | waits).select_related("kind").order_by("-issued_on", "-pk")
    counted = owed.annotate(
        late=Count("assignments__responses", filter=late),
        agencies=Count("assignments__responses__agency", filter=late, distinct=True),
        to_verify=Count("assignments__responses", filter=waits),
    )
    return [GivenTasks(paper, paper.late, paper.agencies, paper.to_verify) for paper in counted[:SHOWN]]


def begun_tasks(hat: Membership) -> list[Assignment]:
    """The agency owes an answer in which the person wrote."""
    changed = AssignmentResponse.history.filter(history_user=hat.user_id, history_type="~")  # giving makes them
    rows = AssignmentResponse.objects.filter(agency=hat.agency_id, pk__in=changed.values("id")).owing()
    return _by_day(Assignment.objects.filter(pk__in=rows.order_by().values("assignment")))


def followed_tasks(hat: Membership) -> list[Assignment]:
    """The person gave or changed them for the agency, and not every answer is verified."""
    rows = AssignmentResponse.objects.asked_for().filter(verified_on__isnull=True)
    written = Assignment.objects.filter(pk__in=touched(Assignment, hat), document__in=given_by([hat.agency_id]))
    return _by_day(written.filter(pk__in=rows.order_by().values("assignment")))


def _by_day(tasks: QuerySet[Assignment]) -> list[Assignment]:
    return list(tasks.order_by(F("due_on").asc(nulls_last=True), "pk"))


def may_answer(acting: Membership | None) -> bool:
    return bool(acting) and writes(acting)


@daily
def due_tasks(day: date) -> list[Due]:
    """Once a week before the day and once after it, for each agency, document and day."""
    rows = AssignmentResponse.objects.owing().filter(due_on__lte=day + REMINDED)
    rows = rows.select_related("assignment__document", "agency").order_by("due_on", "pk")
    found: dict[str, Due] = {}
    for row in rows:
        document = row.assignment.document
        step = "late" if row.due_on < day else "ahead"
        key = f"due-{document.pk}-{row.agency_id}-{row.due_on.isoformat()}-{step}"
        found[key] = Due(NoticeKind.TASK_DUE, document, key, row.due_on, (row.agency,), SPEAKING)
    told = set(Notice.objects.filter(kind=NoticeKind.TASK_DUE, key__in=found).values_list("key", flat=True))
    return [due for key, due in found.items() if key not in told]
