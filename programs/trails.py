"""Facts whose history people may read: everybody who may read the fact."""

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.formats import date_vi
from coordination.history import TRAILS, Part, Trail
from programs.forms.activities import COLUMNS, ActivityForm
from programs.forms.assignments import AnswerForm, TaskForm
from programs.forms.indicator_rules import FORMULA, RULES, RulesForm
from programs.models import (
    Activity,
    ActivityCost,
    ActivityCount,
    ActivityOutput,
    Assignment,
    AssignmentResponse,
    BudgetEntry,
    CommunityModel,
    Indicator,
    IndicatorFormula,
    Measurement,
    ModelEvent,
    Target,
)

ACTIVITY = {name: ActivityForm.base_fields[name].label for name in (*COLUMNS, "other_units", "topics", "partners")}
ACTIVITY["state"] = _("State")
OF_A_FACT = {
    "counted_on": _("Day"),
    "unit": _("Place"),
    "partners": _("Partners"),
    "precision": _("Precision"),
    "note": _("Note"),
}
EVENT = {
    "nature": _("What happened"),
    "plan_item": ACTIVITY["plan_item"],
    "quantity": _("Quantity"),
    "members": _("Members"),
    "women": _("Women"),
    "minority": _("Ethnic minority"),
}
READING = {
    "numerator": _("Numerator"),
    "denominator": _("Denominator"),
    "value": _("Value"),
    "nature": _("Reading"),
    "source_text": _("Source"),
    "period_from": _("First day of the period"),
}
TARGET = {
    "operator": _("Comparison"),
    "value": _("Value"),
    "tolerance": _("Tolerance"),
    "applies": _("Applies here"),
    "decision": _("Decision"),
    "source": _("Source"),
}
OF_RULES = {name: RulesForm.base_fields[name].label for name in RULES}
OF_FORMULA = {name: RulesForm.base_fields[name].label for name in FORMULA}
MONEY = {
    "component": _("Content"),
    "nature": _("What it is"),
    "amount_vnd": _("Amount (VND)"),
    "source": _("Source of funds"),
    "capital": _("Capital"),
    "year": _("Year"),
}


def of_activity(pk) -> Q:
    return Q(activity_id=pk)


TRAILS["programs.activity"] = Trail(
    rows=Activity.objects.visible_to,
    labels=ACTIVITY,
    parts=(
        Part(ActivityOutput, of_activity, {"quantity": ""}, ("kind",), lambda row: str(row.kind), together=True),
        Part(
            ActivityCount,
            of_activity,
            {"attendances": "", "women": ""},
            ("category",),
            lambda row: str(row.category),
            together=True,
        ),
        Part(
            ActivityCost,
            of_activity,
            {"amount_vnd": ""},
            ("source",),
            lambda row: str(row.get_source_display()),
            together=True,
        ),
    ),
    title=lambda activity: activity.title,
    address=lambda activity: reverse("programs:activity_detail", args=[activity.uid]),
)
TRAILS["programs.communitymodel"] = Trail(
    rows=CommunityModel.objects.visible_to,
    labels={"name": _("Name"), "kind": _("Kind"), "unit": _("Place"), "standing": _("Standing"), "tags": _("Marks")},
    parts=(
        Part(ModelEvent, lambda pk: Q(model_id=pk), EVENT | OF_A_FACT, name=lambda row: str(row.get_nature_display())),
    ),
    title=lambda account: account.name,
    address=lambda account: reverse("programs:model_detail", args=[account.uid]),
)
TRAILS["programs.modelevent"] = Trail(
    rows=ModelEvent.objects.visible_to,
    labels=EVENT | OF_A_FACT,
    title=lambda event: f"{event.model.name}: {event.get_nature_display()} {date_vi(event.counted_on)}",
    address=lambda event: reverse("programs:model_detail", args=[event.model.uid]),
)
TRAILS["programs.measurement"] = Trail(
    rows=Measurement.objects.visible_to,
    labels=READING | OF_A_FACT,
    title=lambda reading: f"{reading.indicator.number} {reading.indicator.name}, {date_vi(reading.counted_on)}",
    address=lambda reading: reverse("programs:measurement_list", args=[reading.indicator.code]),
)
TRAILS["programs.target"] = Trail(
    rows=Target.objects.visible_to,
    labels=TARGET,
    title=lambda target: f"{target.indicator.number} {target.indicator.name}, {target.year}",
    address=lambda target: reverse("programs:measurement_list", args=[target.indicator.code]),
)
TRAILS["programs.indicator"] = Trail(
    rows=lambda user: Indicator.objects.all(),
    labels=OF_RULES,
    parts=(Part(IndicatorFormula, lambda pk: Q(indicator_id=pk), OF_FORMULA, name=lambda row: str(_("Formula"))),),
    title=lambda indicator: f"{indicator.number} {indicator.name}",
    address=lambda indicator: reverse("programs:measurement_list", args=[indicator.code]),
)
TRAILS["programs.budgetentry"] = Trail(
    rows=BudgetEntry.objects.visible_to,
    labels=MONEY | {"counted_on": _("Day"), "note": _("Note")},
    title=lambda entry: f"{entry.component.short_name}, {entry.year}",
    address=lambda entry: reverse("programs:budget_entry", args=[entry.uid]),
)
TASK = {
    name: TaskForm.base_fields[name].label
    for name in ("number", "text", "due_words", "due_on", "recurrence", "recurs_until")
}
TASK |= {"withdrawn_on": pgettext_lazy("task", "Withdrawn on"), "withdrawn_reason": _("Why it is withdrawn")}
ANSWER = {name: field.label for name, field in AnswerForm.base_fields.items() if name != "version"}
ANSWER |= {
    "done_on": _("Reported as done"),
    "verified_on": pgettext_lazy("task", "Verified on"),
    "returned_reason": pgettext_lazy("task", "Returned"),
    "due_on": _("Last day"),
}
TRAILS["programs.assignment"] = Trail(
    rows=Assignment.objects.visible_to,
    labels=TASK,
    title=lambda task: task.text,
    address=lambda task: reverse("programs:assignment_detail", args=[task.uid]),
)
TRAILS["programs.assignmentresponse"] = Trail(
    rows=AssignmentResponse.objects.visible_to,
    labels=ANSWER,
    title=lambda answer: f"{answer.agency.name_on(timezone.localdate()).short_name}: {answer.assignment.text}",
    address=lambda answer: reverse("programs:assignment_detail", args=[answer.assignment.uid]),
)
