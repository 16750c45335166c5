"""Background work: the table is the queue (docs/adr/0004)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordination.constraints import both_or_neither, known_value
from coordination.enums import JobState
from coordination.fields import LineField
from coordination.models.base import Record


class JobQuerySet(models.QuerySet):
    def claimable(self, now):
        """Waiting, or held by a worker that stopped giving signs of life."""
        return self.filter(Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING, lease_until__lt=now))


class Job(Record):
    """`key` names the result asked for: asking twice while it is open is one job. Times are the database's clock."""

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.QUEUED)
    lease_until = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    result = models.JSONField(default=dict)
    error = LineField(max_length=500, blank=True)
    queued_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["state", "lease_until"], name="job_claimable")]
        constraints = [
            known_value("state", JobState, name="job_state_known"),
            both_or_neither("lease_until", "heartbeat_at", name="job_lease_with_heartbeat"),
            models.CheckConstraint(
                name="job_running_has_lease",
                condition=~Q(state=JobState.RUNNING) | Q(lease_until__isnull=False),
                violation_error_message=_("A running job is held by a worker."),
            ),
            models.CheckConstraint(
                name="job_ended_has_time",
                condition=Q(state__in=JobState.ended()) ^ Q(ended_at__isnull=True),
                violation_error_message=_("A job has an end exactly when it is done or failed."),
            ),
            models.UniqueConstraint(
                fields=["kind", "key"],
                condition=~Q(state__in=JobState.ended()),
                name="job_open_once",
                violation_error_message=_("This is already being done."),
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.key} {self.state}"
