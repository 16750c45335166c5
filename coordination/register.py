"""The register of documents (sổ văn bản): what we sent out and what we received, papers entered by hand included."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.enums import AgencyKind, AgencyRole, DocumentOrigin, DocumentState, FileNature
from coordination.models import (
    Agency,
    AgencyName,
    Document,
    DocumentArrival,
    DocumentFile,
    DocumentKind,
    DocumentLink,
    DocumentMove,
    Membership,
    User,
)
from coordination.refusals import rule_broken
from coordination.search import search_text
from coordination.symbols import Code, is_party_symbol, parse, same_numbers
from coordination.uploads import CheckedFile

logger = logging.getLogger(__name__)
NAMED_SINCE = date(1945, 9, 2)  # no paper of this state is older
ENTERED = "enter"


class Direction(models.TextChoices):
    """Seen from the agency one acts for."""

    OUT = "out", gettext_lazy("sent out")
    IN = "in", gettext_lazy("received")


def in_direction(rows: Any, direction: str, agencies: Iterable[int]) -> Any:
    """`rows` of Document; an unknown direction is both."""
    if direction == Direction.OUT:
        return rows.sent_out_by(agencies)
    return rows.received_by(agencies) if direction == Direction.IN else rows


def page_of(document: Document) -> str:
    """Address of the agreement, plan or report the document is; "" for a paper that is only registered."""
    for relation, url_name in settings.DOCUMENT_PAGES.items():
        record = getattr(document, relation, None)
        if record is not None:
            return reverse(url_name, args=[record.uid])
    return ""


@dataclass(frozen=True)
class Arrival:
    """The entry in the series of arrivals of the agency one acts for; without a number it gets the next one."""

    arrived_on: date
    number: int | None = None


@dataclass(frozen=True)
class Paper:
    """What stands on a paper. `uid` comes from the form, so that one form makes one document."""

    uid: UUID
    issuer: Agency
    kind: DocumentKind
    code: Code
    subject: str
    issued_on: date
    place: str = ""
    links: tuple[tuple[str, str], ...] = ()  # nature, words


class NumberTaken(Exception):
    """The number is already that of `other`; None when whoever asks may not read that one."""

    def __init__(self, other: Document | None):
        super().__init__()
        self.other = other


class ArrivalTaken(NumberTaken):
    """The number of arrival is already that of `other`."""


def next_arrival_number(agency: Agency, year: int) -> int:
    last = DocumentArrival.objects.filter(agency=agency, year=year).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def issuer_called(name: str, code: Code) -> Agency:
    """An issuer that is in no list: found by its name, else made, so that its papers have a series.

    The Government, the National Assembly, the Party: nobody of theirs works here, and nothing but the name is known.
    """
    known = AgencyName.objects.filter(search_text__startswith=search_text(name), name__iexact=name.strip())
    found = Agency.objects.filter(pk__in=known.values("agency")).order_by("pk").first()
    if found:
        return found
    kind, role = AgencyKind.STATE, AgencyRole.OTHER
    if is_party_symbol(code.symbol):
        kind, role = AgencyKind.PARTY, AgencyRole.PARTY_COMMITTEE
    agency = Agency.objects.create(kind=kind, role=role)
    symbol = "-".join(code.words[1:]) or "-".join(code.words) or name
    agency.names.create(
        name=name, short_name=name[:80], symbol=symbol[:30], letterhead=name.upper(), place="", valid_from=NAMED_SINCE
    )
    return agency


@transaction.atomic
def enter_paper(paper: Paper, *, acting: Membership, arrival: Arrival | None = None) -> Document:
    """Write a paper into the register. Raises NumberTaken or ArrivalTaken; the same form sent twice makes one.

    A paper of an agency that does not work in the portal may reach several agencies: whoever writes number, symbol
    and day as they stand on it shares the entry the first one made.
    """
    lock_series(paper.issuer, acting.agency)
    there = Document.objects.filter(uid=paper.uid).first()
    if there is not None:
        return there
    twin = same_number(paper.issuer, paper.issued_on.year, paper.kind, paper.code.number)
    document = _new_paper(paper, acting) if twin is None else _shared(twin, paper, acting, arrival)
    if arrival is not None:
        add_arrival(document, arrival, acting=acting)
    logger.info("paper entered", extra={"document": document.pk, "by": acting.user_id})
    return document


def lock_series(*agencies: Agency) -> None:
    """Numbers of these agencies are given one after the other."""
    list(Agency.objects.select_for_update().filter(pk__in={agency.pk for agency in agencies}).order_by("pk"))


def same_number(
    issuer: Agency, year: int, kind: DocumentKind, number: str, document: Document | None = None
) -> Document | None:
    """The document that has the number already, and is not `document` itself; "05" is "5"."""
    if not number:
        return None
    series = Document.objects.filter(register_agency=issuer, register_year=year, kind=kind)
    return series.exclude(pk=document.pk if document else None).filter(number__in=same_numbers(number)).first()


def _new_paper(paper: Paper, acting: Membership) -> Document:
    document = Document(
        uid=paper.uid,
        origin=DocumentOrigin.FROM_PAPER,
        kind=paper.kind,
        register_agency=paper.issuer,
        register_year=paper.issued_on.year,
        number=paper.code.number,
        symbol=paper.code.symbol,
        subject=paper.subject,
        place=paper.place,
        issued_on=paper.issued_on,
        state=DocumentState.ISSUED,
    )
    document._change_reason = _("entered from paper")
    document.save()
    _link(document, paper.links, acting.user)
    DocumentMove.objects.create(
        document=document,
        action=ENTERED,
        from_state=document.state,
        to_state=document.state,
        moved_by=acting.user,
        acting_for=acting.agency,
    )
    return document


def _shared(twin: Document, paper: Paper, acting: Membership, arrival: Arrival | None) -> Document:
    """Never a way into what others wrote: their own documents, and papers of agencies that work here, stay theirs."""
    if Document.objects.visible_to(acting.user).filter(pk=twin.pk).exists():
        raise NumberTaken(twin)
    works_here = Membership.objects.filter(agency=twin.register_agency_id).exists()
    same = (twin.symbol, twin.issued_on) == (paper.code.symbol, paper.issued_on)
    if arrival is None or works_here or not same or twin.origin != DocumentOrigin.FROM_PAPER:
        raise NumberTaken(None)
    return twin


@transaction.atomic
def add_arrival(document: Document, arrival: Arrival, *, acting: Membership) -> DocumentArrival:
    """Raises ArrivalTaken when the number, or the document, is already in the series of the year."""
    lock_series(acting.agency)
    year = arrival.arrived_on.year
    number = arrival.number or next_arrival_number(acting.agency, year)
    try:
        with transaction.atomic():
            return DocumentArrival.objects.create(
                document=document,
                agency=acting.agency,
                year=year,
                number=number,
                arrived_on=arrival.arrived_on,
            )
    except IntegrityError as error:
        if rule_broken(error) == "document_arrival_once":
            raise ArrivalTaken(document) from error
        if rule_broken(error) != "document_arrival_number_once":
            raise
        taken = DocumentArrival.objects.select_related("document__kind").get(
            agency=acting.agency, year=year, number=number
        )
        raise ArrivalTaken(taken.document) from error


def _link(document: Document, links: Iterable[tuple[str, str]], user: User) -> None:
    DocumentLink.objects.bulk_create(
        DocumentLink(document=document, nature=nature, position=position, **target_of(words, user, document))
        for position, (nature, words) in enumerate(links, start=1)
    )


def target_of(words: str, user: User, document: Document | None = None) -> dict[str, Any]:
    """The one readable document whose code stands in the words; else the words themselves."""
    for code in codes_in(words):
        named = Document.objects.visible_to(user).filter(number__in=same_numbers(code.number), symbol=code.symbol)
        found = list(named.exclude(pk=document.pk if document else None)[:2])
        if len(found) == 1:
            return {"target": found[0]}
    return {"text": words}


def codes_in(words: str) -> Iterator[Code]:
    """ "Nghị định số 09/2019/NĐ-CP ngày 24/01/2019": the first is a code, a day has no letter."""
    for token in words.split():
        code = parse(token.strip(".,;()"))
        if code.number and any(letter.isalpha() for letter in code.symbol):
            yield code


class AlreadyThere(Exception):
    """The same file, to the byte, already hangs on the document."""


def may_be_signed(document: Document) -> bool:
    """What is still being written has no signed copy."""
    return document.is_frozen


@transaction.atomic
def add_file(document: Document, checked: CheckedFile, nature: str, *, acting: Membership) -> DocumentFile:
    """Keeps an uploaded file. A file whose row is not written does not stay behind."""
    Document.objects.select_for_update().get(pk=document.pk)
    brought = document.files.exclude(nature=FileNature.GENERATED)
    if brought.filter(sha256=checked.sha256).exists():
        raise AlreadyThere
    row = DocumentFile(
        document=document,
        nature=nature,
        media_type=checked.media_type,
        name=checked.name,
        sha256=checked.sha256,
        size=checked.size,
        page_count=checked.page_count,
        created_by=acting.user,
    )
    row.file.save(checked.stored_name(), checked.as_file(), save=False)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        row.file.delete(save=False)
        raise
    logger.info("file uploaded", extra={"file": row.pk, "document": document.pk, "by": acting.user_id})
    return row
