"""Records of this app whose history people may read."""

from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordination.access import access_of
from coordination.enums import DocumentState
from coordination.history import TRAILS, Part, Trail
from coordination.models import (
    AdministrativeUnit,
    Agency,
    AgencyName,
    Agreement,
    Clause,
    Document,
    DocumentArrival,
    Membership,
    Milestone,
    Party,
    Section,
    User,
)

AGENCY = {
    "kind": _("Kind"),
    "role": _("Role"),
    "unit": _("Province or commune"),
    "parent": _("Agency above"),
    "protocol_order": _("Protocol order"),
    "opened_on": _("Opened on"),
    "closed_on": _("Closed on"),
    "consolidates": _("Compiles the whole province"),
    "desks": _("Drafting desks"),
}
AGENCY_NAME = {
    "name": _("Name"),
    "short_name": _("Short name"),
    "symbol": _("Symbol"),
    "letterhead_parent": _("Letterhead, agency above"),
    "letterhead": _("Letterhead, name"),
    "place": _("Place of documents"),
    "valid_from": _("Valid from"),
    "valid_to": _("Valid to"),
    "decided_by": _("Decided by"),
}
UNIT = {
    "name": _("Name"),
    "kind": _("Kind"),
    "code": _("Code"),
    "valid_from": _("Valid from"),
    "valid_to": _("Valid to"),
}
USER = {
    "full_name": _("Full name"),
    "email": _("E-mail address"),
    "is_active": _("May sign in"),
    "is_system_administrator": _("System administrator"),
    "sign_outs": _("Signed out everywhere, times"),
}
MEMBERSHIP = {
    "role": _("Role"),
    "position_title": _("Position"),
    "valid_from": _("Valid from"),
    "valid_to": _("Valid to"),
}
DOCUMENT = {
    "kind": _("Kind of document"),
    "subject": _("Subject"),
    "number": _("Number"),
    "symbol": _("Symbol"),
    "issued_on": _("Day of issue"),
    "place": _("Place"),
}
PARTY = {
    "agency": _("Party"),
    "desk": _("Drafting desk"),
    "title": _("Title of the signatory"),
    "name": _("Signatory"),
    "signing_form": _("Signing form"),
    "on_behalf_of": _("Signs for"),
    "symbol_order": _("Place in the symbol"),
    "signature_column": _("Signature column"),
}
SECTION = {"heading": _("Heading"), "text": _("Text")}
CLAUSE = {
    "text": _("Text"),
    "lead": _("Lead"),
    "partners": _("Partners"),
    "valid_from": _("Valid from"),
    "valid_to": _("Valid to"),
}
AGREEMENT = {
    "stage_from": _("From"),
    "stage_to": _("To"),
    "opening": _("Opening"),
    "closing": _("Closing"),
    "suspended_from": _("Suspended from"),
    "ended_on": _("Ended on"),
}
MILESTONE = {
    "nature": _("Review"),
    "year": _("Year"),
    "starts_on": _("From"),
    "ends_on": _("To"),
    "lead": _("Lead"),
    "result": _("Result"),
}


def parts_of_document(path: str) -> tuple[Part, ...]:
    """The document itself, who signs it and its sections; `path` leads from a document to the record it belongs to."""

    def its(prefix: str):
        return lambda pk: Q(**{f"{prefix}__in": Document.objects.filter(**{path: pk}).values("pk")})

    return (
        Part(Document, its("id"), DOCUMENT),
        Part(Party, its("document"), PARTY, key=("agency",), named_by="agency"),
        Part(Section, its("document"), SECTION, name=heading_of),
    )


def heading_of(section) -> str:
    return section.heading[:80]


def beginning_of(clause) -> str:
    return f"{clause.text[:60]}…" if len(clause.text) > 60 else clause.text


def of_signatories(user):
    """Drafts and their changes are read by those who make them, not by whoever may read the issued paper."""
    return Agreement.objects.visible_to(user).filter(pk__in=Agreement.objects.made_by(user).values("pk"))


def put_to_others(user, document) -> datetime | None:
    """Who kept the draft reads all; a party from when it was first sent, others from when it was issued.

    The number may be given in the series of another party than the one that drafted: it did not read the draft.
    """
    own = access_of(user).own
    first = document.history.order_by("history_date", "history_id").values_list("register_agency", flat=True).first()
    if (first or document.register_agency_id) in own:
        return None
    states = [*DocumentState.in_the_open()]
    if document.parties.filter(agency__in=own).exists():
        states.append(DocumentState.IN_REVIEW)
    moves = document.moves.filter(to_state__in=states, moved_at__isnull=False)
    return moves.order_by("pk").values_list("moved_at", flat=True).first()


def of_the_register(user):
    """Ours, or entered among our arrivals."""
    own = access_of(user).own
    arrived = DocumentArrival.objects.filter(agency__in=own).values("document")
    return Document.objects.visible_to(user).filter(Q(register_agency__in=own) | Q(pk__in=arrived))


def people_for(user):
    return User.objects.all() if user.is_system_administrator else User.objects.filter(pk=user.pk)


def name_today(agency) -> str:
    return agency.name_on(timezone.localdate()).name


def sections_of_agreement(pk) -> Q:
    sections = Section.history.filter(document__in=Document.objects.filter(agreement=pk).values("pk"))
    return Q(section__in=sections.values("id"))


TRAILS["coordination.administrativeunit"] = Trail(
    rows=lambda user: AdministrativeUnit.objects.all(),
    labels=UNIT,
    title=lambda unit: unit.label,
    address=lambda unit: reverse("coordination:unit_detail", args=[unit.uid]),
)
TRAILS["coordination.agency"] = Trail(
    rows=lambda user: Agency.objects.all(),
    labels=AGENCY,
    parts=(Part(AgencyName, lambda pk: Q(agency=pk), AGENCY_NAME, name=lambda row: row.name),),
    title=name_today,
    address=lambda agency: reverse("coordination:agency_detail", args=[agency.uid]),
)
TRAILS["coordination.user"] = Trail(rows=people_for, labels=USER)
TRAILS["coordination.membership"] = Trail(
    rows=Membership.objects.visible_to,
    labels=MEMBERSHIP,
    title=lambda hat: f"{hat.user.full_name}, {name_today(hat.agency)}",
)
TRAILS["coordination.document"] = Trail(
    rows=of_the_register,
    labels=DOCUMENT,
    parts=parts_of_document("pk")[1:],
    title=lambda document: document.title,
    address=lambda document: reverse("coordination:document_detail", args=[document.uid]),
    document=lambda document: document,
    since=put_to_others,
)
TRAILS["coordination.agreement"] = Trail(
    rows=of_signatories,
    labels=AGREEMENT,
    parts=(
        *parts_of_document("agreement"),
        Part(Clause, sections_of_agreement, CLAUSE, name=beginning_of),
        Part(Milestone, lambda pk: Q(agreement=pk), MILESTONE, name=lambda row: str(row.get_nature_display())),
    ),
    title=lambda agreement: agreement.document.title,
    address=lambda agreement: reverse("coordination:agreement_detail", args=[agreement.uid]),
    document=lambda agreement: agreement.document,
    since=lambda user, agreement: put_to_others(user, agreement.document),
)
