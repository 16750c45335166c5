"""Who is told that an agreement was brought a step on."""

from __future__ import annotations

from coordination.enums import NoticeKind
from coordination.models import Agency, Document, DocumentMove, Membership
from coordination.notices import people_of, tell
from coordination.review import SPEAKING, asked_about, lineage_of, makers_of

TOLD = {  # action: what people of other agencies read
    "back": NoticeKind.TAKEN_BACK,
    "agree": NoticeKind.AGREED,
    "reopen": NoticeKind.REOPENED,
    "issue": NoticeKind.ISSUED,
    "suspend": NoticeKind.SUSPENDED,
    "resume": NoticeKind.RESUMED,
    "close": NoticeKind.ENDED,
}


def tell_others(document: Document, moved: DocumentMove, acting: Membership) -> None:
    """The other parties; of an issued paper those too that are under its recipients.

    Of a text taken back to draft who was asked for an opinion: nobody else was told of it.
    """
    if moved.action not in TOLD:
        return
    taken_back = moved.action == "back"
    told, roles = (asked_about(document), SPEAKING) if taken_back else (makers_of(document), None)
    if moved.action == "issue":
        told |= set(document.recipients.filter(agency__isnull=False).values_list("agency", flat=True))
    for agency in Agency.objects.filter(pk__in=told - lineage_of(acting)):
        kind, key = TOLD[moved.action], f"move-{moved.pk}"
        tell(people_of(agency, roles), kind, about=document, agency=acting.agency, key=key)
