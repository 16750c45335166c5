"""What people type about tasks: the tasks of a document, an agency's answer, and what the giver says to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from coordination.enums import AgencyRole, UnitLevel
from coordination.formats import date_vi
from coordination.forms import FIRST_DAY, LARGEST_INTEGER, DayField, EntriesField, EntryField, WholeNumberField
from coordination.models import Agency, Document
from programs.assignments import Answer, Task
from programs.due_words import MOST_DUE_DAYS, due_days
from programs.enums import Recurrence
from programs.models import Assignment
from programs.recurrence_words import Reading, in_the_form, read_when, reading_of

ROWS_AT_FIRST, MOST_ROWS = 3, 40
LONGEST_REASON = 2000
LAST_YEAR = 2100  # a due day behind it is a mistyped year


class DueField(DayField):
    """Tasks reach years ahead, unlike what is logged."""

    def validate(self, value):
        forms.DateField.validate(self, value)
        if value and not FIRST_DAY.year <= value.year <= LAST_YEAR:
            raise ValidationError(_("Check the year %(year)s."), "year", {"year": value.year})


@dataclass(frozen=True)
class Addressed:
    """Agencies that can be given a task of the document, with the names of its day; and those often named together."""

    agencies: list[Agency]
    groups: dict[str, tuple[str, list[Agency]]] = field(default_factory=dict)


def addressed_in(document: Document, today: date, kept: Iterable[int] = ()) -> Addressed:
    """Of the province of the giver, or of the centre: open on the day of the paper or today. `kept`: already named."""
    giver = document.register_agency
    place = giver.province_id
    near = Q(unit=None) | Q(unit=place) | Q(unit__province=place) if place else Q(unit=None) | Q(unit__province=None)
    day = document.issued_on or today
    rows = Agency.objects.filter(Q(pk__in=Agency.objects.open_on(day)) | Q(pk__in=Agency.objects.open_on(today)))
    rows = Agency.objects.filter(Q(pk__in=rows.filter(near)) | Q(pk__in=list(kept))).select_related("unit")
    agencies = list(rows.named_on(day).in_protocol_order())
    return Addressed(agencies, _groups(agencies))


def _groups(agencies: list[Agency]) -> dict[str, tuple[str, list[Agency]]]:
    def level(agency: Agency) -> str:
        return agency.unit.level if agency.unit else ""

    local = [agency for agency in agencies if level(agency) in (UnitLevel.DISTRICT, UnitLevel.COMMUNE)]
    named = {
        "province": (_("All agencies of the province"), [a for a in agencies if level(a) == UnitLevel.PROVINCE]),
        "committees": (
            _("All People's Committees of communes"),
            [agency for agency in local if agency.role == AgencyRole.PEOPLES_COMMITTEE],
        ),
        "unions": (
            _("All Women's Unions of communes"),
            [agency for agency in local if agency.role == AgencyRole.WOMENS_UNION],
        ),
    }
    return {key: found for key, found in named.items() if len(found[1]) > 1}


class TaskForm(forms.Form):
    """One task. Without agencies of its own it goes to those chosen for all rows; an empty row says nothing."""

    number = forms.CharField(label=gettext_lazy("No."), required=False, max_length=20)
    text = forms.CharField(
        label=gettext_lazy("What is to be done"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Write what is assigned.")},
    )
    due_words = forms.CharField(
        label=gettext_lazy("When, as the paper words it"),
        required=False,
        max_length=200,
        help_text=gettext_lazy(
            "For example: trước tháng 10/2024; chậm nhất ngày 15/12/2024; hằng quý; 6 tháng một lần; thường xuyên"
        ),
    )
    due_on = DueField(
        label=gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("Empty: the day read from these words."),
    )
    no_day = forms.BooleanField(label=gettext_lazy("No day is set"), required=False)
    recurrence = forms.ChoiceField(
        label=gettext_lazy("How often"),
        choices=[("", gettext_lazy("as the paper words it")), *Recurrence.choices],
        required=False,
    )
    recurs_until = DueField(
        label=pgettext_lazy("task", "Until"),
        required=False,
        help_text=gettext_lazy("Only for a task that comes again. Empty: the day read from the words."),
    )
    lead = EntryField(label=gettext_lazy("Lead agency"), required=False, widget=forms.Select)
    agencies = EntriesField(label=gettext_lazy("Agencies of this task"), required=False)

    def __init__(self, *args, offered: Addressed, issued_on: date, **options):
        super().__init__(*args, use_required_attribute=False, **options)
        self.issued_on = issued_on
        self.fields["lead"].offer(
            offered.agencies, label=lambda agency: agency.short_name, empty=_("None: each answers for itself")
        )
        self.fields["agencies"].offer(offered.agencies, label=lambda agency: agency.short_name)

    def has_changed(self):
        """How often alone says nothing."""
        return bool(set(self.changed_data) - {"recurrence"})

    @property
    def opens(self) -> bool:
        """Whether the list of its own agencies has something to see."""
        return bool(self["agencies"].value() or self["agencies"].errors)

    @property
    def reading(self) -> Reading:
        """What its words name, as they stand now; without them, how often the task itself says it comes."""
        return reading_of(self["due_words"].value() or "", self["text"].value() or "", self.issued_on)

    def clean(self):
        cleaned = super().clean()
        self._check_day(cleaned)
        self._check_recurrence(cleaned)
        return cleaned

    def _check_day(self, cleaned: dict[str, Any]) -> None:
        if cleaned.get("no_day"):
            if cleaned.get("due_on"):
                self.add_error("due_on", _("Take out this day, or the tick that no day is set."))
            return
        if cleaned.get("due_on") or "due_on" in self.errors or not cleaned.get("due_words"):
            return
        reading = read_when(cleaned["due_words"], self.issued_on)
        cleaned["due_on"] = reading.due_on
        if not reading.due_on and not reading.always:
            self.add_error(
                "due_on", _("No day can be read from these words. Write the last day, or tick that none is set.")
            )

    def _check_recurrence(self, cleaned: dict[str, Any]) -> None:
        self._read_recurrence(cleaned)
        first, until = cleaned.get("due_on"), cleaned.get("recurs_until")
        if cleaned["recurrence"] == Recurrence.ONCE:
            if until:
                self.add_error("recurs_until", _("Choose how often the task comes again, or take out this day."))
            return
        if "due_on" not in self.errors and not first:
            self.add_error("due_on", _("Write the first day it is due."))
        if "recurs_until" in self.errors or not first:
            return
        if not until or until < first:
            self.add_error("recurs_until", _("Write the last day it comes again, on or after the first."))
        elif len(due_days(first, cleaned["recurrence"], until)) > MOST_DUE_DAYS:
            words = _("That is more than %(n)s due days. Write an earlier day.") % {"n": MOST_DUE_DAYS}
            self.add_error("recurs_until", words)

    def _read_recurrence(self, cleaned: dict[str, Any]) -> None:
        """From the words, where the person left it to them; once where they name none or no day is set."""
        reading = read_when(cleaned.get("due_words") or "", self.issued_on)
        said = "" if cleaned.get("no_day") else reading.recurrence
        cleaned["recurrence"] = cleaned.get("recurrence") or said or Recurrence.ONCE
        if cleaned["recurrence"] == said and "recurs_until" not in self.errors:
            cleaned["recurs_until"] = cleaned.get("recurs_until") or reading.until

    def task(self, common: Sequence[Agency] = ()) -> Task:
        """Call it on a valid row; `common`: the agencies of all rows."""
        cleaned = self.cleaned_data
        return Task(
            text=cleaned["text"],
            agencies=cleaned["agencies"] or list(common),
            lead=cleaned["lead"],
            number=cleaned["number"],
            due_on=cleaned["due_on"],
            due_words=cleaned["due_words"],
            recurrence=cleaned["recurrence"],
            recurs_until=cleaned["recurs_until"],
        )


class AddressedForm(forms.Form):
    """The agencies of all rows that name none of their own."""

    form_token = forms.UUIDField(widget=forms.HiddenInput)
    groups = forms.MultipleChoiceField(
        label=gettext_lazy("Named together"), required=False, widget=forms.CheckboxSelectMultiple
    )
    everyone = EntriesField(label=gettext_lazy("One by one"), required=False)

    def __init__(self, *args, offered: Addressed, **options):
        super().__init__(*args, **options)
        self.offered = offered
        self.fields["groups"].choices = [(key, words) for key, (words, _agencies) in offered.groups.items()]
        self.fields["everyone"].offer(offered.agencies, label=lambda agency: agency.short_name)

    @property
    def opens(self) -> bool:
        return bool(self["everyone"].value())

    def chosen(self) -> list[Agency]:
        """Groups and single ones together, each once, in their order."""
        ticked = {agency.pk for agency in self.cleaned_data["everyone"]}
        for key in self.cleaned_data["groups"]:
            ticked |= {agency.pk for agency in self.offered.groups[key][1]}
        return [agency for agency in self.offered.agencies if agency.pk in ticked]


class TasksForm:
    """The agencies of all, and rows under each other: as many as were sent, or a few empty ones."""

    def __init__(self, data, *, offered: Addressed, issued_on: date, initial: dict[str, Any] | None = None, more=0):
        self.common = AddressedForm(data, offered=offered, initial=initial)
        known = {"offered": offered, "issued_on": issued_on}
        count = ROWS_AT_FIRST if data is None else min(self._sent(data) + more, MOST_ROWS)
        self.rows = [
            TaskForm(
                data if data is not None and f"row{at}-text" in data else None,
                prefix=f"row{at}",
                empty_permitted=True,
                **known,
            )
            for at in range(count)
        ]

    @staticmethod
    def _sent(data) -> int:
        return next((at for at in range(MOST_ROWS) if f"row{at}-text" not in data), MOST_ROWS)

    @cached_property
    def filled(self) -> list[TaskForm]:
        return [row for row in self.rows if row.is_bound and row.has_changed()]

    def is_valid(self) -> bool:
        valid = [form.is_valid() for form in (self.common, *self.filled)]
        if not self.filled:
            self.common.add_error(None, _("Write at least one task."))
            return False
        common = self.common.chosen() if self.common.is_valid() else []
        for row in self.filled:
            own = row.cleaned_data.get("agencies") or row.cleaned_data.get("lead")
            if not own and not common and "agencies" not in row.errors:
                row.add_error("agencies", _("Choose who is given this task, here or above for all rows."))
        return all(valid) and not any(row.errors for row in self.filled)

    def tasks(self) -> list[Task]:
        common = self.common.chosen()
        return [row.task(common) for row in self.filled]

    @property
    def errors(self) -> list[forms.Form]:
        """The forms that say something is wrong."""
        return [form for form in (self.common, *self.rows) if form.is_bound and form.errors]

    def with_days(self) -> None:
        """Fill in the days that can be read, for the person to look at before saving."""
        for row in self.rows:
            if row.is_bound:
                row.data = row.data.copy()
                for name, words in in_the_form(row.reading).items():
                    if not row[name].value():
                        row.data[row.add_prefix(name)] = words


class TaskEditForm(TaskForm):
    """A task mended. `version`: of the record the form was filled from."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("agencies") and not cleaned.get("lead") and "agencies" not in self.errors:
            self.add_error("agencies", _("Choose who is given this task."))
        return cleaned


TASK_FIELDS = ("number", "text", "due_words", "due_on", "recurrence", "recurs_until", "lead", "agencies")


def stored_task(assignment: Assignment) -> dict[str, Any]:
    """As the form shows it; the order of the agencies is that of the offer."""
    values = {name: getattr(assignment, name) for name in TASK_FIELDS[:6]}
    parts = {row.agency_id: row for row in assignment.responses.all()}
    leads = [key for key, row in parts.items() if row.is_lead]
    lead = leads[0] if len(leads) == 1 and len(parts) > 1 else None
    values |= {"lead": lead, "agencies": [key for key in parts if key != lead]}
    no_day = assignment.due_on is None and bool(assignment.due_words)
    return values | {"no_day": no_day, "version": assignment.version}


class AnswerForm(forms.Form):
    """How far an agency has come. The button decides whether it reports the task as done."""

    progress = forms.CharField(
        label=gettext_lazy("How far it has come"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    percent = WholeNumberField(
        label=gettext_lazy("Done so far, %"), required=False, max_value=100, help_text=gettext_lazy("From 0 to 100.")
    )
    result = forms.CharField(
        label=gettext_lazy("Result"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("What was done, with numbers; needed to report it as done, or name the document."),
    )
    result_document = EntryField(
        label=gettext_lazy("Document that shows the result"), required=False, widget=forms.Select
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, papers: Iterable[Document], done: bool = False, **options):
        super().__init__(*args, use_required_attribute=False, **options)
        self.done = done
        self.fields["result_document"].offer(papers, label=line_of, empty=_("None"))

    def clean(self):
        cleaned = super().clean()
        if self.done and not cleaned.get("result") and not cleaned.get("result_document"):
            self.add_error("result", _("Write the result, or name the document that shows it."))
        if not self.done and not any(cleaned.get(name) not in (None, "") for name in ANSWER_FIELDS):
            self.add_error("progress", _("Write how far it has come."))
        return cleaned

    def answer(self) -> Answer:
        values = {name: self.cleaned_data[name] for name in ANSWER_FIELDS}
        return Answer(**values, done=self.done)


ANSWER_FIELDS = ("progress", "percent", "result", "result_document")


def line_of(document: Document) -> str:
    return " · ".join(filter(None, (document.code, document.subject, date_vi(document.issued_on))))


class WithdrawForm(forms.Form):
    """Why a task is taken back; everybody addressed reads it."""

    reason = forms.CharField(
        label=gettext_lazy("Why it is withdrawn"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("For example: entered twice, see task 3. The agencies that were given it read this."),
        error_messages={"required": gettext_lazy("Write why the task is withdrawn.")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, max_value=LARGEST_INTEGER)

    def __init__(self, *args, **options):
        super().__init__(*args, use_required_attribute=False, **options)


class JudgeForm(forms.Form):
    """Verified, or returned with the reason. `returns`: the button that was pressed."""

    reason = forms.CharField(
        label=gettext_lazy("What is missing and what should be done"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Needed to return the answer."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, returns: bool = False, **options):
        super().__init__(*args, use_required_attribute=False, **options)
        self.returns = returns

    def clean_reason(self):
        reason = self.cleaned_data["reason"].strip()
        if self.returns and not reason:
            raise ValidationError(_("Say what is missing and what should be done."), "required")
        return reason
