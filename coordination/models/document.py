"""Official documents: one record for agreements, plans, reports and received papers."""

import uuid
from functools import reduce
from operator import or_

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordination.access import access_of
from coordination.constraints import both_or_neither, known_value
from coordination.enums import DocumentOrigin, DocumentState, FileNature, LinkNature, Numbering, SigningForm
from coordination.fields import DerivedField, LineField, ParagraphsField
from coordination.models.agency import Agency, name_of
from coordination.models.base import ListEntry, Record
from coordination.models.trail import HistoricalRecords
from coordination.search import search_text
from coordination.symbols import printed, searchable, ways_to_find


class DocumentKind(ListEntry):
    """Type of paper; `abbreviation` stands in the symbol (BC, KH, KHPH…). Editable: houses use their own."""

    abbreviation = LineField(max_length=10, blank=True)


class DocumentQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Own agency's register, and what arrived there: all. Parties and who is asked in a review: from then on,

        except while it is taken back to be a draft. Recipients, who is given a task, agencies above: once issued.
        """
        access = access_of(user)
        issued = Q(state__in=DocumentState.in_the_open())
        recipient = Q(pk__in=Recipient.objects.filter(agency__in=access.own).values("document"))
        party = Q(pk__in=Party.objects.filter(agency__in=access.own).values("document"))
        inside = Q(state__in=DocumentState.inside())
        put_to_parties = party & ~inside
        named = Q(pk__in=self.model.objects.filter(readers__agency__in=access.own).values("pk"))
        arrived = Q(pk__in=DocumentArrival.objects.filter(agency__in=access.own).values("document"))
        seats = {"rounds__seats__agency__in": access.own}
        asked = Q(pk__in=Document.objects.filter(**seats).values("pk")) & ~inside
        asked |= Q(pk__in=Document.objects.filter(**seats, rounds__closed_at=None).values("pk"))
        above = (
            Q(register_agency__in=access.below)
            | Q(register_agency__unit__in=access.all_units)
            | Q(register_agency__unit__province__in=access.provinces)
        )
        ours = Q(register_agency__in=access.own) | arrived
        return self.filter(ours | put_to_parties | asked | issued & (recipient | named | above))

    def sent_out_by(self, agencies):
        """Of their own series, or signed by them."""
        party = Party.objects.filter(agency__in=agencies).values("document")
        return self.filter(Q(register_agency__in=agencies) | Q(pk__in=party))

    def received_by(self, agencies):
        """Addressed to them or entered in their series of arrivals, and not their own."""
        recipient = Recipient.objects.filter(agency__in=agencies).values("document")
        arrived = DocumentArrival.objects.filter(agency__in=agencies).values("document")
        own = Document.objects.sent_out_by(agencies).values("pk")
        return self.filter(Q(pk__in=recipient) | Q(pk__in=arrived)).exclude(pk__in=own)

    def for_register(self, agencies):
        """Newest first, with the name its issuer had on the day and its entry in the arrivals of `agencies`."""
        arrivals = DocumentArrival.objects.filter(document=OuterRef("pk"), agency__in=agencies).order_by("-pk")
        signed = DocumentFile.objects.filter(document=OuterRef("pk"), nature=FileNature.SIGNED)
        rows = self.select_related("kind").annotate(
            issuer_name=name_of("register_agency", "name", OuterRef("issued_on")),
            issuer_short=name_of("register_agency", "short_name", OuterRef("issued_on")),
            arrival_number=Subquery(arrivals.values("number")[:1]),
            arrived_on=Subquery(arrivals.values("arrived_on")[:1]),
            is_signed=Exists(signed),
        )
        return rows.order_by("-register_year", F("issued_on").desc(nulls_first=True), "-pk")

    def matching(self, words: str):
        """Each word, with or without marks and signs, stands in number, symbol or subject: "07bc" finds 7/BC-SDTTG."""
        rows = self
        for word in search_text(words).split():
            ways = (Q(search_text__contains=way) for way in ways_to_find(word))
            rows = rows.filter(reduce(or_, ways))
        return rows


class Document(Record):
    """`register_agency`: whose series gave the number; for a received paper its issuer. The number may be unknown."""

    origin = models.CharField(max_length=10, choices=DocumentOrigin.choices, default=DocumentOrigin.MADE_HERE)
    kind = models.ForeignKey(DocumentKind, models.PROTECT, related_name="documents")
    register_agency = models.ForeignKey(Agency, models.PROTECT, related_name="registered_documents")
    register_year = models.PositiveSmallIntegerField()
    number = LineField(max_length=20, blank=True)
    symbol = LineField(max_length=60, blank=True)
    subject = LineField(max_length=500)
    place = LineField(max_length=100, blank=True)
    issued_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=15, choices=DocumentState.choices, default=DocumentState.DRAFT)
    is_sample = models.BooleanField(default=False)
    search_text = DerivedField(sources=("number", "symbol", "subject"), derive=searchable)

    objects = DocumentQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["-register_year", "-issued_on", "-pk"]
        constraints = [
            known_value("origin", DocumentOrigin, name="document_origin_known"),
            known_value("state", DocumentState, name="document_state_known"),
            models.UniqueConstraint(
                fields=["register_agency", "register_year", "kind", "number"],
                condition=~Q(number=""),
                name="document_number_once",
                violation_error_message=_(
                    "The agency has already given this number to a document of this kind this year."
                ),
            ),
            models.CheckConstraint(
                name="document_issued_has_day",
                condition=~Q(state__in=DocumentState.in_the_open()) | Q(issued_on__isnull=False),
                violation_error_message=_("An issued document has a day of issue."),
            ),
        ]

    def __str__(self):
        return self.code or self.subject

    @property
    def code(self) -> str:
        """As printed: "07/BC-SDTTG" (Decree 30/2020 puts a 0 before numbers below 10); a paper keeps its own zeros."""
        ours = self.origin == DocumentOrigin.MADE_HERE and self.number.isdigit()
        return printed(self.number.zfill(2) if ours else self.number, self.symbol)

    @property
    def title(self) -> str:
        """As on the paper the kind runs on into the subject: "Kế hoạch phối hợp công tác giữa …". Select the kind."""
        kind, subject = self.kind.name, self.subject
        if subject.casefold().startswith(kind.casefold()):
            return subject
        first = subject[:1] if subject[1:2].isupper() else subject[:1].lower()  # "UBND tỉnh …" stays
        return f"{kind} {first}{subject[1:]}"

    @property
    def is_frozen(self) -> bool:
        return self.state in DocumentState.frozen()


class Party(models.Model):
    """Who signs. The order in the symbol and the column of the signature may differ (plan 123/KHPH-HLHPN-BDT).

    `on_behalf_of`: what follows the signing form: the collective ("TM. Ban Thường vụ") or the head ("KT. Giám đốc").
    """

    document = models.ForeignKey(Document, models.CASCADE, related_name="parties")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    desk = LineField(max_length=120, blank=True)
    symbol_order = models.PositiveSmallIntegerField(default=1)
    signature_column = models.PositiveSmallIntegerField(default=1)
    signing_form = models.CharField(max_length=5, choices=SigningForm.choices, blank=True)
    on_behalf_of = ParagraphsField(blank=True)
    title = LineField(max_length=120)
    name = LineField(max_length=100, blank=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["symbol_order"]
        constraints = [
            known_value("signing_form", SigningForm, name="party_signing_form_known", blank=True),
            models.UniqueConstraint(
                fields=["document", "agency"],
                name="party_once",
                violation_error_message=_("This agency is already a party."),
            ),
            models.UniqueConstraint(
                fields=["document", "symbol_order"],
                name="party_symbol_order_once",
                violation_error_message=_("Two parties cannot have the same place in the symbol."),
            ),
            models.UniqueConstraint(
                fields=["document", "signature_column"],
                name="party_signature_column_once",
                violation_error_message=_("Two parties cannot sign in the same column."),
            ),
        ]

    def __str__(self):
        return self.title


class Recipient(models.Model):
    """A line under "Nơi nhận" as printed; the archive line is the last. `addressed`: named under "Kính gửi" too."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="recipients")
    position = models.PositiveSmallIntegerField()
    text = LineField(max_length=200)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    is_archive = models.BooleanField(default=False)
    addressed = models.BooleanField(default=False)

    class Meta:
        ordering = ["is_archive", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["document"],
                condition=Q(is_archive=True),
                name="recipient_one_archive_line",
                violation_error_message=_("A document has one archive line."),
            )
        ]

    def __str__(self):
        return self.text


class DocumentLink(models.Model):
    """To another document we hold, or to one known by its words only."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="links")
    target = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="linked_from")
    text = LineField(max_length=500, blank=True)
    nature = models.CharField(max_length=10, choices=LinkNature.choices)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            known_value("nature", LinkNature, name="document_link_nature_known"),
            models.CheckConstraint(
                name="document_link_target_or_text",
                condition=Q(target__isnull=False, text="") | (Q(target__isnull=True) & ~Q(text="")),
                violation_error_message=_("Choose a document of the register or describe it in words, not both."),
            ),
            models.CheckConstraint(
                name="document_link_between_two",
                condition=~Q(target=models.F("document")),
                violation_error_message=_("A document cannot cite itself."),
            ),
        ]

    def __str__(self):
        return self.text or str(self.target)


class Section(Record):
    """One tree for agreement, plan and report. `key` names the block for comments and stays when others move."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="sections")
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children")
    position = models.PositiveSmallIntegerField()
    numbering = models.CharField(max_length=10, choices=Numbering.choices)
    heading = LineField(max_length=300, blank=True)
    text = ParagraphsField(blank=True)
    key = LineField(max_length=60)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    history = HistoricalRecords()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            known_value("numbering", Numbering, name="section_numbering_known"),
            models.UniqueConstraint(
                fields=["document", "key"],
                name="section_key_once",
                violation_error_message=_("Two sections cannot have the same key."),
            ),
        ]

    def __str__(self):
        return self.heading or self.key


class DocumentArrival(models.Model):
    """Entry of a received paper in an agency's own series of arrivals; numbers start from 1 each year."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="arrivals")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    arrived_on = models.DateField()

    class Meta:
        ordering = ["year", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "document"],
                name="document_arrival_once",
                violation_error_message=_("The paper is already in the register of arrivals."),
            ),
            models.UniqueConstraint(
                fields=["agency", "year", "number"],
                name="document_arrival_number_once",
                violation_error_message=_("This number of arrival was already given this year."),
            ),
        ]

    def __str__(self):
        return f"{self.number}/{self.year}"


class DocumentVersion(models.Model):
    """What was agreed or approved. Never changed: a trigger refuses it."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    manuscript = models.JSONField()
    sha256 = models.CharField(max_length=64)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    reason = ParagraphsField(blank=True)

    class Meta:
        ordering = ["number"]
        get_latest_by = "number"
        constraints = [
            models.UniqueConstraint(
                fields=["document", "number"],
                name="document_version_once",
                violation_error_message=_("This version already exists."),
            )
        ]

    def __str__(self):
        return f"v{self.number}"


class DocumentFile(models.Model):
    """A file of a document; the name people see is `name`, the stored name is random."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    document = models.ForeignKey(Document, models.PROTECT, related_name="files")
    document_version = models.ForeignKey(DocumentVersion, models.PROTECT, null=True, blank=True, related_name="files")
    nature = models.CharField(max_length=10, choices=FileNature.choices)
    media_type = models.CharField(max_length=100)
    name = LineField(max_length=200)
    file = models.FileField(upload_to="documents/%Y/", max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(help_text="bytes")
    page_count = models.PositiveIntegerField(null=True, blank=True)  # of a PDF
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            known_value("nature", FileNature, name="document_file_nature_known"),
            models.UniqueConstraint(
                fields=["document_version", "media_type", "sha256"],
                condition=Q(nature=FileNature.GENERATED),
                name="document_file_generated_once",
                violation_error_message=_("This file was already made."),
            ),
        ]

    def __str__(self):
        return self.name


class DocumentMove(models.Model):
    """One row per change of state: who, in which hat, when, why; `decision` is the paper a suspension rests on."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="moves")
    action = models.CharField(max_length=20)
    from_state = models.CharField(max_length=15, choices=DocumentState.choices)
    to_state = models.CharField(max_length=15, choices=DocumentState.choices)
    moved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    acting_for = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    moved_at = models.DateTimeField(null=True, blank=True, default=timezone.now)
    comment = ParagraphsField(blank=True)
    effective_on = models.DateField(null=True, blank=True)
    decision = LineField(max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            both_or_neither("moved_at", "moved_by", name="document_move_pair"),
            known_value("from_state", DocumentState, name="document_move_from_known"),
            known_value("to_state", DocumentState, name="document_move_to_known"),
        ]

    def __str__(self):
        return self.action
