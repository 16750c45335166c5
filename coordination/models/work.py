"""Work in the making: what a form held when it was last saved by itself, and files that were imported."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordination.access import access_of
from coordination.constraints import dates_in_order, known_value
from coordination.enums import ImportState, JobState
from coordination.fields import LineField
from coordination.models.agency import Agency
from coordination.models.base import Record
from coordination.models.document import Document
from coordination.models.job import Job


class SavedForm(models.Model):
    """What was typed into a form that is not sent yet: `data` is its POST, name -> list of values. Its owner's alone.

    Gone once the form is sent. `form_token` is that of the form, so that a page opened again goes on with it.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_forms")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    form = models.CharField(max_length=40)
    form_token = models.UUIDField()
    title = LineField(max_length=300, blank=True)
    data = models.JSONField(default=dict)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-saved_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "form", "form_token"],
                name="saved_form_once",
                violation_error_message=_("This form is already kept."),
            )
        ]

    def __str__(self):
        return f"{self.form} {self.title}"


class SavedFile(models.Model):
    """A file chosen in such a form, looked at when it came: it need not be chosen again, whatever else is wrong."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    form = models.ForeignKey(SavedForm, models.CASCADE, related_name="files")
    name = LineField(max_length=200)
    media_type = models.CharField(max_length=100)
    file = models.FileField(upload_to="kept/%Y/", max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(help_text="bytes")
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["form", "sha256"],
                name="saved_file_once",
                violation_error_message=_("This file is already kept."),
            )
        ]

    def __str__(self):
        return self.name


class DocumentReader(models.Model):
    """An agency that may read a document though the paper does not name it: one that is given a task in it."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="readers")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    since = models.DateField(default=timezone.localdate)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document", "agency"],
                name="document_reader_once",
                violation_error_message=_("This agency may already read the document."),
            )
        ]

    def __str__(self):
        return f"{self.document_id} {self.agency_id}"


class ViewGrant(models.Model):
    """`viewer` may read the recorded facts of `owner` counted from `data_from` to `data_to`, both inclusive.

    Written by whoever asks the owner for a report of that span; `source` is the uid of the request.
    """

    viewer = models.ForeignKey(Agency, models.PROTECT, db_index=False, related_name="view_grants")
    owner = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    data_from = models.DateField()
    data_to = models.DateField()
    source = models.UUIDField()

    class Meta:
        constraints = [
            dates_in_order("data_from", "data_to", name="view_grant_dates_in_order"),
            models.UniqueConstraint(
                fields=["viewer", "owner", "source"],
                name="view_grant_once",
                violation_error_message=_("These records may already be read for this request."),
            ),
        ]

    def __str__(self):
        return f"{self.viewer_id} {self.owner_id}"


class ImportRunQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Of one's agencies; what is imported for no agency (by the system's administrator) is its author's."""
        return self.filter(Q(agency__in=access_of(user).own) | Q(agency=None, created_by=user.pk))

    def for_list(self):
        return self.select_related("created_by", "job")


class ImportRun(Record):
    """One file that was checked and, by an explicit button, written. Rows are counted by what the check found.

    `problems`: [row, column, message], the first thousand. `annotated` is the file given back with its remarks.
    `preview`: {"keys": of the columns, "rows": {what they are: [[number, cells], the first fifty of each]}, "doubts":
    like problems, of rows that should be looked at and are written all the same, "rows_doubtful": how many rows}.
    """

    sheet = models.CharField(max_length=40)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="import_runs")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    name = LineField(max_length=200)
    file = models.FileField(upload_to="imports/%Y/", max_length=200)
    annotated = models.FileField(upload_to="imports/%Y/", max_length=200, blank=True)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(help_text="bytes")
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.WAITING)
    rows_total = models.PositiveIntegerField(default=0)
    rows_new = models.PositiveIntegerField(default=0)
    rows_changed = models.PositiveIntegerField(default=0)
    rows_same = models.PositiveIntegerField(default=0)
    rows_wrong = models.PositiveIntegerField(default=0)
    rows_written = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list)
    preview = models.JSONField(default=dict)
    refusal = LineField(max_length=500, blank=True)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, blank=True, related_name="+")
    written_at = models.DateTimeField(null=True, blank=True)
    form_token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [known_value("state", ImportState, name="import_run_state_known")]

    def __str__(self):
        return self.name

    @property
    def rows_done(self) -> int:
        """How many were looked at so far."""
        return self.rows_new + self.rows_changed + self.rows_same + self.rows_wrong

    @property
    def rows_to_write(self) -> int:
        return self.rows_new + self.rows_changed

    @property
    def rows_doubtful(self) -> int:
        """Of those to write."""
        return self.preview.get("rows_doubtful", 0)

    @property
    def told(self) -> list[list]:
        """What is wrong with rows, and what makes others doubtful: [row, column, message, label, key]."""
        return [*self.problems, *self.preview.get("doubts", ())]

    @property
    def is_busy(self) -> bool:
        """A worker has it, or will."""
        return self.job is not None and self.job.state not in JobState.ended()
