"""What a person is told: shown in the portal, and once a day by mail."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordination.constraints import known_value
from coordination.enums import NoticeKind
from coordination.fields import LineField
from coordination.models.agency import Agency, name_of
from coordination.models.document import Document


class NoticeQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(reader=user) if user.is_authenticated else self.none()

    def unread(self):
        return self.filter(read_at__isnull=True)

    def for_reading(self):
        """With the document, and the agency as it is called today."""
        name = name_of("agency", "short_name", timezone.localdate())
        return self.select_related("about").annotate(agency_name=name)


class Notice(models.Model):
    """`about` is the document it leads to, `agency` who acted; `key` keeps the same thing from being told twice.

    What is no document is named by `title`, as it was when it was told, and stands at `path` of the portal.
    """

    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=20, choices=NoticeKind.choices)
    about = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="notices")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    title = LineField(max_length=300, blank=True)
    path = models.CharField(max_length=200, blank=True)
    key = models.CharField(max_length=120)
    due_on = models.DateField(null=True, blank=True)
    told_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-told_at", "-pk"]
        constraints = [
            known_value("kind", NoticeKind, name="notice_kind_known"),
            models.UniqueConstraint(
                fields=["reader", "kind", "key"],
                name="notice_once",
                violation_error_message=_("This person was already told."),
            ),
        ]

    def __str__(self):
        return f"{self.reader_id} {self.kind} {self.key}"
