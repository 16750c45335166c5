"""Who is told of what is said about a record: its owner of partners and requests, who asked of the answer."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from coordination.enums import MemberRole, NoticeKind
from coordination.formats import date_vi
from coordination.history import TRAILS
from coordination.models import Agency, Membership
from coordination.notices import people_of, tell
from coordination.review import SPEAKING
from programs.enums import MarkNature, RequestNature, RequestState
from programs.facts import Fact
from programs.models import ActivityMark, CorrectionRequest

LONGEST_TITLE = 300  # of Notice
WRITING = (MemberRole.OFFICER, MemberRole.REVIEWER)
OF_MARK = {MarkNature.CONFIRMED: NoticeKind.SHARE_CONFIRMED, MarkNature.DISPUTED: NoticeKind.SHARE_DISPUTED}
ASKED = {RequestNature.CORRECTION: NoticeKind.CORRECTION_ASKED, RequestNature.JOIN: NoticeKind.JOIN_ASKED}
ANSWERED = {RequestState.DONE: NoticeKind.REQUEST_DONE, RequestState.REFUSED: NoticeKind.REQUEST_REFUSED}


def tell_owner_of_mark(mark: ActivityMark, *, acting: Membership) -> None:
    """What a partner says of its part; what is said inside the owner stands on its own desks."""
    if kind := OF_MARK.get(MarkNature(mark.nature)):
        activity = mark.activity
        _tell(activity.owner, WRITING, kind, activity, key=f"mark-{mark.pk}", acting=acting)


def tell_owner_of_request(request: CorrectionRequest, fact: Fact, *, acting: Membership) -> None:
    """Those who may answer it."""
    kind = ASKED[RequestNature(request.nature)]
    _tell(fact.owner, WRITING, kind, fact, key=f"request-{request.pk}", acting=acting)


def tell_asker(request: CorrectionRequest, fact: Fact, *, acting: Membership) -> None:
    """Everybody who may ask for the agency: who wrote the request may be away."""
    kind = ANSWERED[RequestState(request.state)]
    _tell(request.agency, SPEAKING, kind, fact, key=f"request-{request.pk}-answer", acting=acting)


def _tell(agency: Agency, roles: Iterable[MemberRole], kind: str, fact: Fact, *, key: str, acting: Membership) -> None:
    """Named and found as in its history; who may not read it, having asked to be named in it, learns of its day."""
    trail = TRAILS[fact._meta.label_lower]
    for person in people_of(agency, roles).exclude(pk=acting.user_id):
        told = {"agency": acting.agency, "key": key}
        if trail.rows(person).filter(pk=fact.pk).exists():
            told |= {"title": str(trail.title(fact))[:LONGEST_TITLE], "path": trail.address(fact)}
        else:
            told["title"] = _("record of %(day)s") % {"day": date_vi(fact.counted_on)}
        tell([person], kind, **told)
