"""People and the hats they wear."""

from datetime import date

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from coordination.constraints import dates_in_order, known_value
from coordination.enums import MemberRole
from coordination.fields import DerivedField, LineField
from coordination.models.agency import Agency
from coordination.models.base import Record
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
    """A person's role in an agency from one day to another: the hat every act is done in."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=15, choices=MemberRole.choices)
    position_title = LineField(max_length=100, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

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
        ]

    def __str__(self):
        return f"{self.user_id} {self.role} {self.agency_id}"

    @property
    def writes(self) -> bool:
        return self.role in MemberRole.writing()
