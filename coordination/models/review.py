"""Review between agencies, the same for agreements, plans and reports. It speaks of hashes and block keys only."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordination.access import access_of
from coordination.constraints import both_or_neither, known_value
from coordination.enums import CommentState, OpinionChoice
from coordination.fields import LineField, ParagraphsField
from coordination.models.agency import Agency
from coordination.models.base import Record
from coordination.models.document import Document, Party


class ReviewRound(Record):
    """A document put to other agencies until a day. `sha256` is the Manuscript as it was put to them.

    `text_sha256`: as it was last edited since, kept for lists, which do not compose every text anew.
    """

    document = models.ForeignKey(Document, models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64)
    text_sha256 = models.CharField(max_length=64)
    due_on = models.DateField()
    request = ParagraphsField(blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_for = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        get_latest_by = "number"
        constraints = [
            both_or_neither("closed_at", "closed_by", name="review_round_closed_pair"),
            models.UniqueConstraint(
                fields=["document", "number"],
                name="review_round_once",
                violation_error_message=_("This round already exists."),
            ),
            models.UniqueConstraint(
                fields=["document"],
                condition=Q(closed_at__isnull=True),
                name="review_round_one_open",
                violation_error_message=_("The document is already in review. Close that round first."),
            ),
        ]

    def __str__(self):
        return f"{self.document_id} #{self.number}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class ReviewText(models.Model):
    """A text agencies were asked about or spoke on, kept so that a later one can be compared with it."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="review_texts")
    sha256 = models.CharField(max_length=64)
    manuscript = models.JSONField()
    kept_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["document", "sha256"],
                name="review_text_once",
                violation_error_message=_("This text of the document is already kept."),
            )
        ]

    def __str__(self):
        return f"{self.document_id} {self.sha256[:8]}"


class ReviewSeat(models.Model):
    """An agency asked in a round. Who signs must agree; the silence of anyone else never blocks."""

    round = models.ForeignKey(ReviewRound, models.CASCADE, related_name="seats")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    must_agree = models.BooleanField(default=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "agency"],
                name="review_seat_once",
                violation_error_message=_("This agency is already asked."),
            )
        ]

    def __str__(self):
        return f"{self.round_id} {self.agency_id}"


class Opinion(models.Model):
    """Never changed: who thinks again gives another. It holds for the content of `sha256`: an edit makes it lapse."""

    seat = models.ForeignKey(ReviewSeat, models.PROTECT, related_name="opinions")
    choice = models.CharField(max_length=20, choices=OpinionChoice.choices)
    text = ParagraphsField(blank=True)
    sha256 = models.CharField(max_length=64)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        get_latest_by = "pk"
        constraints = [
            known_value("choice", OpinionChoice, name="opinion_choice_known"),
            models.CheckConstraint(
                name="opinion_with_reason",
                condition=Q(choice=OpinionChoice.AGREES) | ~Q(text=""),
                violation_error_message=_("Write what should change, or what your comments are."),
            ),
        ]

    def __str__(self):
        return f"{self.seat_id} {self.choice}"


def spoken_about_by(user) -> models.QuerySet[Document]:
    """Documents the person may read and an agency of the person registers, signs or was asked about."""
    own = access_of(user).own
    signed = Party.objects.filter(agency__in=own).values("document")
    asked = ReviewSeat.objects.filter(agency__in=own).values("round__document")
    spoken = Q(register_agency__in=own) | Q(pk__in=signed) | Q(pk__in=asked)
    return Document.objects.visible_to(user).filter(spoken)


class CommentQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Only of those who speak about the document: agencies above and recipients read the paper, not the talk."""
        return self.filter(document__in=spoken_about_by(user).values("pk"))


class Comment(Record):
    """Beside a block of the text, named by its key ("" = the whole document); `answers` makes a thread of two levels.

    `quote` is what the block said when the thread began. Only the first comment of a thread has a state of its own.
    """

    document = models.ForeignKey(Document, models.PROTECT, related_name="comments")
    key = LineField(max_length=60, blank=True)
    quote = ParagraphsField(blank=True)
    answers = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replies")
    text = ParagraphsField()
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=CommentState.choices, default=CommentState.OPEN)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    resolved_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    form_token = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            known_value("state", CommentState, name="comment_state_known"),
            both_or_neither("resolved_at", "resolved_by", name="comment_resolved_pair"),
            both_or_neither("closed_at", "closed_by", name="comment_closed_pair"),
            models.CheckConstraint(
                name="comment_says_something",
                condition=~Q(text=""),
                violation_error_message=_("Write your comment first."),
            ),
            models.CheckConstraint(
                name="comment_answers_another",
                condition=Q(answers__isnull=True) | ~Q(answers=F("pk")),
                violation_error_message=_("A comment cannot answer itself."),
            ),
        ]

    def __str__(self):
        return self.text[:60]
