"""Facts whose history people may read: everybody who may read the fact."""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coordination.history import TRAILS, Part, Trail
from programs.forms.activities import COLUMNS, ActivityForm
from programs.models import (
    Activity,
    ActivityCost,
    ActivityCount,
    ActivityOutput,
    BudgetEntry,
    CommunityModel,
    Measurement,
    ModelEvent,
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
}
MONEY = {"amount_vnd": _("Amount (VND)"), "source": _("Source of funds"), "capital": _("Capital"), "year": _("Year")}


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
TRAILS["programs.modelevent"] = Trail(rows=ModelEvent.objects.visible_to, labels=EVENT | OF_A_FACT)
TRAILS["programs.measurement"] = Trail(rows=Measurement.objects.visible_to, labels=READING | OF_A_FACT)
TRAILS["programs.budgetentry"] = Trail(
    rows=BudgetEntry.objects.visible_to,
    labels=MONEY | {"counted_on": _("Day"), "note": _("Note")},
    address=lambda entry: reverse("programs:budget_entry", args=[entry.uid]),
)
