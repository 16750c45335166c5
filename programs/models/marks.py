"""What people say about facts and add to them; all of it stays open after a fact is frozen."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordination.access import access_of
from coordination.constraints import known_value
from coordination.fields import LineField, ParagraphsField
from coordination.models import Agency
from coordination.models.agency import name_of
from coordination.models.base import Record
from coordination.models.trail import HistoricalRecords
from programs.enums import MarkNature, RequestNature, RequestState
from programs.models.activity import Activity
from programs.models.assignment import AssignmentResponse
from programs.models.budget import BudgetEntry
from programs.models.measurement import Measurement
from programs.models.model_register import ModelEvent

FACTS = ("activity", "model_event", "measurement", "budget_entry")


def exactly_one(names: tuple[str, ...], *, name: str) -> models.CheckConstraint:
    """Of several foreign keys one is filled: the row belongs to one record."""
    condition = Q()
    for chosen in names:
        condition |= Q(**{f"{other}__isnull": other != chosen for other in names})
    return models.CheckConstraint(
        name=name, condition=condition, violation_error_message=_("This belongs to exactly one record.")
    )


class Mark(models.Model):
    """One row per saying, never changed: the latest of an agency's kind (owner, partner) holds.

    `of_version` is the version of the fact that was looked at: an edit makes the mark lapse.
    """

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    nature = models.CharField(max_length=10, choices=MarkNature.choices)
    text = ParagraphsField(blank=True)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_at = models.DateTimeField(default=timezone.now)
    of_version = models.PositiveIntegerField()

    class Meta:
        abstract = True
        ordering = ["pk"]
        constraints = [
            known_value("nature", MarkNature, name="%(class)s_nature_known"),
            models.CheckConstraint(
                name="%(class)s_says_why",
                condition=~Q(nature__in=[MarkNature.RETURNED, MarkNature.DISPUTED]) | ~Q(text=""),
                violation_error_message=_("Say what is wrong and what should be done."),
            ),
        ]

    def __str__(self):
        return f"{self.nature} {self.agency_id}"


class ActivityMark(Mark):
    """Verified or returned by another person of the owner; confirmed or disputed by a partner, for its part."""

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="marks")


class MeasurementMark(Mark):
    """A reading counts as verified once a person who did not enter it says so."""

    measurement = models.ForeignKey(Measurement, models.PROTECT, related_name="marks")


def _owned(agencies) -> Q:
    found = Q()
    for name in FACTS:
        found |= Q(**{f"{name}__owner__in": agencies})
    return found


class CorrectionRequestQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Who asked, and whose record it is."""
        own = access_of(user).own
        return self.filter(Q(agency__in=own) | _owned(own))

    def of_owners(self, agencies):
        """About records of `agencies` (ids)."""
        return self.filter(_owned(agencies))

    def open(self):
        return self.filter(state=RequestState.OPEN)

    def named(self):
        """Annotates the short name of who asks, as it is today."""
        return self.annotate(agency_name=name_of("agency", "short_name", timezone.localdate()))


class CorrectionRequest(Record):
    """An agency asks the owner of a record: to correct what it reads wrong in a locked one, or to be named in it.

    Joining what another agency logged: the activity still counts once, for its owner.
    """

    nature = models.CharField(max_length=12, choices=RequestNature.choices, default=RequestNature.CORRECTION)
    activity = models.ForeignKey(Activity, models.PROTECT, null=True, blank=True, related_name="requests")
    model_event = models.ForeignKey(ModelEvent, models.PROTECT, null=True, blank=True, related_name="requests")
    measurement = models.ForeignKey(Measurement, models.PROTECT, null=True, blank=True, related_name="requests")
    budget_entry = models.ForeignKey(BudgetEntry, models.PROTECT, null=True, blank=True, related_name="requests")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    text = ParagraphsField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=RequestState.choices, default=RequestState.OPEN)
    answer = ParagraphsField(blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    form_token = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    objects = CorrectionRequestQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            exactly_one(FACTS, name="correction_request_of_one_fact"),
            known_value("nature", RequestNature, name="correction_request_nature_known"),
            known_value("state", RequestState, name="correction_request_state_known"),
            models.CheckConstraint(
                name="correction_request_answered",
                condition=Q(state=RequestState.OPEN, answered_by__isnull=True)
                | (~Q(state=RequestState.OPEN) & Q(answered_by__isnull=False)),
                violation_error_message=_("A request is answered by someone."),
            ),
            models.CheckConstraint(
                name="correction_request_refused_with_reason",
                condition=~Q(state=RequestState.REFUSED) | ~Q(answer=""),
                violation_error_message=_("Say why the record stays as it is."),
            ),
        ]

    def __str__(self):
        return self.text[:80]


class EvidenceQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Whoever sees the record sees what was put on it."""
        seen = Q()
        for field in self.model._meta.concrete_fields:
            if field.name in (*FACTS, "response"):
                seen |= Q(
                    **{f"{field.name}__in": field.related_model.objects.visible_to(user).order_by().values("pk")}
                )
        return self.filter(seen)


class Evidence(models.Model):
    """A photo or file on a fact or a response. Position data is removed before storing; the stored name is random.

    `consent`: the people recognisable in it agreed, or nobody is; without it a photo is not taken.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    activity = models.ForeignKey(Activity, models.PROTECT, null=True, blank=True, related_name="evidence")
    model_event = models.ForeignKey(ModelEvent, models.PROTECT, null=True, blank=True, related_name="evidence")
    measurement = models.ForeignKey(Measurement, models.PROTECT, null=True, blank=True, related_name="evidence")
    budget_entry = models.ForeignKey(BudgetEntry, models.PROTECT, null=True, blank=True, related_name="evidence")
    response = models.ForeignKey(AssignmentResponse, models.PROTECT, null=True, blank=True, related_name="evidence")
    name = LineField(max_length=200)
    caption = LineField(max_length=300, blank=True)
    media_type = models.CharField(max_length=100)
    file = models.FileField(upload_to="evidence/%Y/", max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(help_text="bytes")
    consent = models.BooleanField(default=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [exactly_one((*FACTS, "response"), name="evidence_of_one_record")]

    def __str__(self):
        return self.name
