"""Requests to the owner of a record: to correct a locked one, or to be named in it as a partner; and the answers."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.locking import StaleVersion, claim_version
from coordination.models import Membership
from coordination.models.agency import name_of
from programs.actions import FactLocked
from programs.enums import RequestNature, RequestState
from programs.evidence import KINDS
from programs.fact_notices import tell_asker, tell_owner_of_request
from programs.facts import Fact
from programs.locks import is_closed
from programs.models import Activity, CorrectionRequest
from programs.models.marks import FACTS

logger = logging.getLogger(__name__)
SHOWN = 5
FIELD_OF = {name: kind.field for name, kind in KINDS.items() if kind.field in FACTS}  # by the word of the address


@dataclass(frozen=True)
class RequestRefused(Exception):
    """The answer does not fit the record as it is; `text` says what to do."""

    text: str

    def for_people(self) -> str:
        return self.text


def fact_of(request: CorrectionRequest) -> Fact:
    return next(fact for name in FACTS if (fact := getattr(request, name)) is not None)


@transaction.atomic
def ask_correction(field: str, fact: Fact, *, text: str, token: UUID | None, acting: Membership) -> CorrectionRequest:
    """The same form a second time gives the request of the first."""
    type(fact)._default_manager.select_for_update().get(pk=fact.pk)
    if token and (sent := CorrectionRequest.objects.filter(form_token=token, asked_by=acting.user_id).first()):
        return sent
    values: dict[str, Any] = {field: fact}
    request = CorrectionRequest.objects.create(
        **values, agency=acting.agency, text=text, asked_by=acting.user, form_token=token
    )
    tell_owner_of_request(request, fact, acting=acting)
    logger.info("correction asked for", extra={"request": request.pk})
    return request


@transaction.atomic
def answer_request(
    request: CorrectionRequest, state: str, *, answer: str, seen: int, acting: Membership
) -> CorrectionRequest:
    """Raises StaleVersion when a colleague answered meanwhile, RequestRefused when the record stands in a report."""
    stored = CorrectionRequest.objects.select_for_update().get(pk=request.pk)
    if stored.state != RequestState.OPEN:
        raise StaleVersion
    claim_version(stored, seen=seen)
    if stored.nature == RequestNature.JOIN and state == RequestState.DONE:
        try:
            name_partner(stored, acting)
        except FactLocked as locked:
            words = _(
                "The activity stands in a frozen report: nobody can be named in it any more. Refuse with a word."
            )
            raise RequestRefused(words) from locked
    stored.state, stored.answer = state, answer
    stored.answered_by, stored.answered_at = acting.user, timezone.now()
    vars(stored).update({"_history_user": acting.user})
    stored.save()
    tell_asker(stored, fact_of(stored), acting=acting)
    logger.info("request answered", extra={"request": stored.pk, "state": state})
    return stored


def name_partner(request: CorrectionRequest, acting: Membership) -> None:
    """The activity goes on counting once, for its owner. Open forms of it learn of the change by its version."""
    activity = Activity.objects.select_for_update().get(pk=request.activity_id)
    if is_closed(activity):
        raise FactLocked
    claim_version(activity, seen=activity.version)
    vars(activity).update({"_history_user": acting.user, "_history_date": timezone.now()})
    activity.save()
    activity.partners.add(request.agency)


def open_requests(acting: Membership, own: set[int]) -> list[CorrectionRequest]:
    """Asked of the agency of the hat and not answered, for who may answer."""
    if not acting.writes:
        return []
    rows = CorrectionRequest.objects.open().of_owners(own)
    rows = rows.annotate(agency_name=name_of("agency", "short_name", timezone.localdate()))
    return list(rows.order_by("pk")[:SHOWN])
