"""People and the hats they wear."""

from datetime import date, datetime

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordination.access import access_of, hats_of
from coordination.constraints import both_or_neither, dates_in_order, known_value
from coordination.enums import InvitationState, MemberRole
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
    """Signs in by e-mail. What a person may do comes from memberships, never from the account.

    `sign_outs`: how often all sessions of the account were ended at once; a session counts as long as it knows the
    present number.
    """

    email = models.EmailField(unique=True)
    full_name = LineField(max_length=100)
    is_active = models.BooleanField(default=True)
    is_system_administrator = models.BooleanField(default=False)
    sign_outs = models.PositiveIntegerField(default=0, editable=False)
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

    def get_session_auth_hash(self):
        return f"{super().get_session_auth_hash()}.{self.sign_outs}"

    def get_session_auth_fallback_hash(self):
        for plain in super().get_session_auth_fallback_hash():
            yield f"{plain}.{self.sign_outs}"


class MembershipQuerySet(models.QuerySet):
    def current(self, today: date):
        """In force on the day, both ends inclusive, and not ended at a moment of that day."""
        return self.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=today),
            ended_at__isnull=True,
            valid_from__lte=today,
            user__is_active=True,
        )

    def visible_to(self, user):
        """One's own; those of an agency and its predecessors for its administrator; all for the system's."""
        if user.is_authenticated and user.is_system_administrator:
            return self.all()
        kept = {hat.agency_id for hat in hats_of(user) if hat.role == MemberRole.ADMINISTRATOR}
        return self.filter(Q(user=user.pk) | Q(agency__in=Agency.objects.lineage_of(kept) if kept else ()))

    def of_agency(self, agency: Agency):
        """Of the agency and those it came of, by given name."""
        rows = self.filter(agency__in=Agency.objects.lineage_of({agency.pk}))
        return rows.select_related("user", "deputises__user").order_by("user__sort_key", "-valid_from", "pk")


class Membership(Record):
    """A person's role in an agency from one day to another: the hat every act is done in.

    `deputises`: the hat worn in place of its holder, for a time that has an end. `ended_at`: access ended at this
    moment, before the last day was over.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=15, choices=MemberRole.choices)
    position_title = LineField(max_length=100, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    deputises = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="deputies")
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    form_token = models.UUIDField(null=True, blank=True, unique=True, editable=False)

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
            models.CheckConstraint(
                name="membership_ended_has_last_day",
                condition=Q(ended_at__isnull=True) | Q(valid_to__isnull=False),
                violation_error_message=_("A role that was ended has a last day."),
            ),
            both_or_neither("ended_at", "ended_by", name="membership_ended_pair"),
        ]

    def __str__(self):
        return f"{self.user_id} {self.role} {self.agency_id}"

    @property
    def writes(self) -> bool:
        return self.role in MemberRole.writing()

    def is_over(self, today: date) -> bool:
        return self.ended_at is not None or (self.valid_to is not None and self.valid_to < today)


class InvitationQuerySet(models.QuerySet):
    def open_at(self, now):
        """Neither used nor withdrawn nor too old."""
        return self.filter(accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=now)

    def visible_to(self, user):
        """Of an agency and its predecessors for its administrator; all for the system's."""
        if user.is_authenticated and user.is_system_administrator:
            return self.all()
        kept = {hat.agency_id for hat in hats_of(user) if hat.role == MemberRole.ADMINISTRATOR}
        return self.filter(agency__in=Agency.objects.lineage_of(kept) if kept else ())


class Invitation(Record):
    """A link sent by e-mail, or a code on paper, that makes a membership, once.

    Only the hash of the newest secret is kept; until the first is made, that of one nobody knows.
    """

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
    on_paper = models.BooleanField(default=False)
    form_token = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

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
            models.UniqueConstraint(
                fields=["email", "agency", "role"],
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="invitation_open_once",
                violation_error_message=_("This address is already invited to this role. Send that invitation again."),
            ),
        ]

    def __str__(self):
        return self.email

    def state_at(self, now: datetime) -> InvitationState:
        """An agency that has ended takes nobody any more."""
        if self.accepted_at:
            return InvitationState.ACCEPTED
        if self.withdrawn_at or not self.agency.is_open_on(timezone.localdate(now)):
            return InvitationState.WITHDRAWN
        return InvitationState.OPEN if self.expires_at > now else InvitationState.EXPIRED


class HandOverQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Like the drafts it names: the agency's own business, and its successors'."""
        return self.filter(membership__agency__in=access_of(user).own)

    def waiting_for(self, hat: Membership):
        """Not taken over yet: left to the person, or to the whole agency and not by the person.

        Notes of agencies it came of wait for a successor, and those of a receiver who left wait for everybody.
        """
        agencies = Agency.objects.lineage_of({hat.agency_id})
        here = Membership.objects.current(timezone.localdate()).filter(agency__in=agencies)
        mine = Q(received_by__user=hat.user_id)
        queue = Q(received_by__isnull=True) | ~Q(received_by__user__in=here.values("user"))
        queue &= ~Q(membership__user=hat.user_id)
        return self.filter(mine | queue, taken_at__isnull=True, membership__agency__in=agencies)


class HandOver(Record):
    """Who leaves says what is under way. Duties belong to the agency and role; `received_by` is who goes on.

    `items`: what was open on that day (coordination.open_work.OpenWork). Without a receiver it waits for whoever of
    the agency takes it.
    """

    membership = models.ForeignKey(Membership, models.PROTECT, related_name="hand_overs")
    received_by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    note = ParagraphsField(blank=True)
    items = models.JSONField(default=list, blank=True)
    handed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    handed_at = models.DateTimeField(default=timezone.now)
    taken_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    taken_at = models.DateTimeField(null=True, blank=True)
    form_token = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    objects = HandOverQuerySet.as_manager()

    class Meta:
        ordering = ["-handed_at"]
        constraints = [
            models.CheckConstraint(
                name="hand_over_between_two",
                condition=Q(received_by__isnull=True) | ~Q(received_by=models.F("membership")),
                violation_error_message=_("A membership cannot be handed over to itself."),
            ),
            both_or_neither("taken_at", "taken_by", name="hand_over_taken_pair"),
        ]

    def __str__(self):
        return f"{self.membership_id} → {self.received_by_id}"
