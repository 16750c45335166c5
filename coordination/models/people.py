"""People and the hats they wear."""

from datetime import date

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordination.constraints import both_or_neither, dates_in_order, known_value
from coordination.enums import MemberRole
from coordination.fields import DerivedField, LineField, ParagraphsField
from coordination.models.agency import Agency
from coordination.models.base import Record
from coordination.models.trail import HistoricalRecords
from coordination.search import person_sort_key, search_text


class UserManager(BaseUserManager):
    def create_user(self, email: str, full_name: str, password: str | None = None, **fields):
        user = self.model(email=self.normalize_email(email).lower(), full_name=full_name, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, full_name: str, password: str | None = None, **fields):
        """A system administrator: accounts and lists, no content."""
        return self.create_user(email, full_name, password, is_system_administrator=True, **fields)


class User(AbstractBaseUser, PermissionsMixin, Record):
    """Signs in by e-mail. What a person may do comes from memberships, never from the account."""

    email = models.EmailField(unique=True)
    full_name = LineField(max_length=100)
    is_active = models.BooleanField(default=True)
    is_system_administrator = models.BooleanField(default=False)
    search_text = DerivedField(sources=("full_name", "email"), derive=search_text)
    sort_key = DerivedField(sources=("full_name",), derive=person_sort_key)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    objects = UserManager()
    history = HistoricalRecords(excluded_fields=["password", "last_login"])

    class Meta:
        ordering = ["sort_key"]
        constraints = [
            models.CheckConstraint(
                name="user_email_lower_case",
                condition=Q(email=models.functions.Lower("email")),
                violation_error_message=_("Write the e-mail address in lower case."),
            )
        ]

    def __str__(self):
        return self.full_name

    def get_full_name(self):
        return self.full_name


class MembershipQuerySet(models.QuerySet):
    def current(self, today: date):
        """In force on the day, both ends inclusive."""
        return self.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=today), valid_from__lte=today, user__is_active=True
        )


class Membership(Record):
    """A person's role in an agency from one day to another: the hat every act is done in.

    `deputises`: the hat worn in place of its holder, for a time that has an end.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=15, choices=MemberRole.choices)
    position_title = LineField(max_length=100, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    deputises = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="deputies")

    objects = MembershipQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["-valid_from", "pk"]
        constraints = [
            dates_in_order("valid_from", "valid_to", name="membership_dates_in_order"),
            known_value("role", MemberRole, name="membership_role_known"),
            models.UniqueConstraint(
                fields=["user", "agency", "role", "valid_from"],
                name="membership_once",
                violation_error_message=_("This person already has this role from that day."),
            ),
            models.CheckConstraint(
                name="membership_deputy_has_end",
                condition=Q(deputises__isnull=True) | Q(valid_to__isnull=False),
                violation_error_message=_("Deputising has a last day."),
            ),
        ]

    def __str__(self):
        return f"{self.user_id} {self.role} {self.agency_id}"

    @property
    def writes(self) -> bool:
        return self.role in MemberRole.writing()


class InvitationQuerySet(models.QuerySet):
    def open_at(self, now):
        """Neither used nor withdrawn nor too old."""
        return self.filter(accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=now)


class Invitation(Record):
    """A link sent by e-mail that makes a membership, once. Only the hash of its secret is kept."""

    email = models.EmailField()
    full_name = LineField(max_length=100)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="invitations")
    role = models.CharField(max_length=15, choices=MemberRole.choices)
    position_title = LineField(max_length=100, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    secret_sha256 = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-invited_at"]
        constraints = [
            known_value("role", MemberRole, name="invitation_role_known"),
            dates_in_order("valid_from", "valid_to", name="invitation_dates_in_order"),
            both_or_neither("accepted_at", "accepted_by", name="invitation_accepted_pair"),
            both_or_neither("withdrawn_at", "withdrawn_by", name="invitation_withdrawn_pair"),
            models.CheckConstraint(
                name="invitation_used_or_withdrawn",
                condition=Q(accepted_at__isnull=True) | Q(withdrawn_at__isnull=True),
                violation_error_message=_("An invitation that was used cannot be withdrawn: end the membership."),
            ),
        ]

    def __str__(self):
        return self.email


class HandOver(models.Model):
    """Who leaves says what is under way. Duties belong to the agency and role; `received_by` is who goes on."""

    membership = models.ForeignKey(Membership, models.PROTECT, related_name="hand_overs")
    received_by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    note = ParagraphsField(blank=True)
    handed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    handed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-handed_at"]
        constraints = [
            models.CheckConstraint(
                name="hand_over_between_two",
                condition=Q(received_by__isnull=True) | ~Q(received_by=models.F("membership")),
                violation_error_message=_("A membership cannot be handed over to itself."),
            )
        ]

    def __str__(self):
        return f"{self.membership_id} → {self.received_by_id}"
