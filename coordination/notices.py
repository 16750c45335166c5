"""Telling people what waits for them: at once in the portal, and by one mail a day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import F, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.access import hats_of
from coordination.enums import NoticeKind
from coordination.formats import date_vi
from coordination.jobs import Store, enqueue, handles
from coordination.mail import send_later
from coordination.models import Agency, AgencySuccession, Document, Job, Membership, Notice, User
from coordination.register import page_of

DIGEST = "notice_digest"


@dataclass(frozen=True)
class Due:
    """What a day brings without anybody doing anything: told to the people of `agencies` in these roles."""

    kind: str
    about: Document
    key: str
    due_on: date
    agencies: tuple[Agency, ...]
    roles: tuple[str, ...]


# What finds them, those told before left out; the mail of the day is written after they are told.
DAILY: list[Callable[[date], list[Due]]] = []
# Of a document the person cannot read as a whole: the address of what he may read of it, or "".
PARTS_SHOWN: list[Callable[[Document, User], str]] = []
SENTENCES: dict[str, str | Promise] = {
    NoticeKind.ASKED_TO_REVIEW: gettext_lazy("%(agency)s asks for an opinion on “%(document)s”"),
    NoticeKind.OPINION_GIVEN: gettext_lazy("%(agency)s gave its opinion on “%(document)s”"),
    NoticeKind.CONSENT_LAPSED: gettext_lazy("“%(document)s” was changed: the earlier consent no longer holds"),
    NoticeKind.COMMENTED: gettext_lazy("%(agency)s commented on “%(document)s”"),
    NoticeKind.COMMENT_RESOLVED: gettext_lazy("%(agency)s answered a comment on “%(document)s”"),
    NoticeKind.AGREED: gettext_lazy("All parties agree on “%(document)s”"),
    NoticeKind.ISSUED: gettext_lazy("“%(document)s” is issued"),
    NoticeKind.TAKEN_BACK: gettext_lazy("%(agency)s took “%(document)s” back to draft: no opinion is needed for now"),
    NoticeKind.REOPENED: gettext_lazy("%(agency)s took back the agreed text of “%(document)s” to edit it"),
    NoticeKind.SUSPENDED: gettext_lazy("%(agency)s entered that “%(document)s” is suspended"),
    NoticeKind.RESUMED: gettext_lazy("%(agency)s entered that “%(document)s” is in force again"),
    NoticeKind.ENDED: gettext_lazy("%(agency)s entered that “%(document)s” ends"),
    NoticeKind.MILESTONE_DUE: gettext_lazy("A review agreed on in “%(document)s” falls due"),
    NoticeKind.HANDED_OVER: gettext_lazy("%(agency)s: work was handed over to you"),
    NoticeKind.JOINED: gettext_lazy("You now work in the portal for %(agency)s"),
    NoticeKind.DEPUTISES: gettext_lazy("%(agency)s: you act for a colleague for some days"),
    NoticeKind.PART_ASKED: gettext_lazy("%(agency)s asks your agency to take part in items of “%(document)s”"),
    NoticeKind.PART_ANSWERED: gettext_lazy("%(agency)s answered about its part in “%(document)s”"),
    NoticeKind.PLAN_CHANGED: gettext_lazy("%(agency)s changed “%(document)s” after it was issued"),
    NoticeKind.TASK_GIVEN: gettext_lazy("%(agency)s gives your agency tasks of “%(document)s”"),
    NoticeKind.TASK_REPORTED: gettext_lazy("%(agency)s reports a task of “%(document)s” as done"),
    NoticeKind.TASK_RETURNED: gettext_lazy("%(agency)s returned your answer to a task of “%(document)s”"),
    NoticeKind.TASK_VERIFIED: gettext_lazy("%(agency)s verified your answer to a task of “%(document)s”"),
    NoticeKind.TASK_DUE: gettext_lazy("Tasks of “%(document)s” your agency has not reported as done fall due"),
    NoticeKind.REPORT_ASKED: gettext_lazy("%(agency)s asks your agency for a report"),
    NoticeKind.REPORT_REMINDED: gettext_lazy("%(agency)s reminds your agency of a report"),
    NoticeKind.REPORT_EXTENDED: gettext_lazy("%(agency)s gives your agency more time for a report"),
    NoticeKind.REPORT_FOR_APPROVAL: gettext_lazy("“%(document)s” waits to be checked or approved"),
    NoticeKind.REPORT_FOR_ISSUE: gettext_lazy("“%(document)s” is approved: it waits for number and day"),
    NoticeKind.REPORT_SENT: gettext_lazy("%(agency)s sent “%(document)s”"),
    NoticeKind.REPORT_RECEIVED: gettext_lazy("%(agency)s received “%(document)s”"),
    NoticeKind.REPORT_PART_GIVEN: gettext_lazy("%(agency)s gives your agency a section of “%(document)s” to write"),
    NoticeKind.REPORT_PART_WRITTEN: gettext_lazy("%(agency)s has written its section of “%(document)s”"),
    NoticeKind.FACT_UNLOCKED: gettext_lazy("%(agency)s unlocked a record of “%(document)s”: mend it"),
    NoticeKind.REPORT_RETURNED: gettext_lazy("%(agency)s returned “%(document)s”: read the reasons"),
    NoticeKind.TASK_WITHDRAWN: gettext_lazy("%(agency)s withdrew a task of “%(document)s”: nothing is owed for it"),
    NoticeKind.SHARE_CONFIRMED: gettext_lazy("%(agency)s confirmed its part in the activity “%(document)s”"),
    NoticeKind.SHARE_DISPUTED: gettext_lazy("%(agency)s disputes its part in the activity “%(document)s”"),
    NoticeKind.CORRECTION_ASKED: gettext_lazy("%(agency)s asks your agency to correct “%(document)s”"),
    NoticeKind.JOIN_ASKED: gettext_lazy("%(agency)s asks to be named as a partner in “%(document)s”"),
    NoticeKind.REQUEST_DONE: gettext_lazy("%(agency)s did what you asked for in “%(document)s”"),
    NoticeKind.REQUEST_REFUSED: gettext_lazy("%(agency)s refused what you asked for in “%(document)s” and says why"),
}
IN_REVIEW = (
    NoticeKind.ASKED_TO_REVIEW,
    NoticeKind.OPINION_GIVEN,
    NoticeKind.CONSENT_LAPSED,
    NoticeKind.COMMENTED,
    NoticeKind.COMMENT_RESOLVED,
)
ON_TASKS = (
    NoticeKind.TASK_GIVEN,
    NoticeKind.TASK_REPORTED,
    NoticeKind.TASK_RETURNED,
    NoticeKind.TASK_VERIFIED,
    NoticeKind.TASK_DUE,
    NoticeKind.TASK_WITHDRAWN,
)

ON_ROUNDS = (NoticeKind.REPORT_ASKED, NoticeKind.REPORT_REMINDED, NoticeKind.REPORT_EXTENDED)


def round_key(uid: UUID, *more: object) -> str:
    """Of notices about a request for reports, which may have no document: `address` finds its page by the key."""
    return ":".join(map(str, (uid, *more)))


def tell(
    users: Iterable[User],
    kind: str,
    *,
    about: Document | None = None,
    agency: Agency | None = None,
    key: str,
    due_on: date | None = None,
    title: str = "",
    path: str = "",
) -> None:
    """In the caller's transaction. Who was already told of `key` is left alone; `agency` is the one that acted.

    `title`, `path`: of what is no document.
    """
    told = {"kind": kind, "about": about, "agency": agency, "key": key, "due_on": due_on, "title": title, "path": path}
    rows = [Notice(reader=user, **told) for user in users]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)


def people_of(agency: Agency, roles: Iterable[str] | None = None) -> QuerySet[User]:
    """Who works today for the agency or, where it was merged or split, for those that came of it."""
    return people_of_all([agency.pk], roles)


def people_of_all(agencies: Iterable[int], roles: Iterable[str] | None = None) -> QuerySet[User]:
    """As `people_of`, of several by their ids; each person once."""
    found = set(agencies)
    fresh = found
    while fresh:
        later = AgencySuccession.objects.filter(predecessor__in=fresh).values_list("successor", flat=True)
        fresh = set(later) - found
        found = found | fresh
    hats = Membership.objects.current(timezone.localdate()).filter(agency__in=found)
    if roles is not None:
        hats = hats.filter(role__in=list(roles))
    return User.objects.filter(pk__in=hats.values("user"))


def sentence(notice: Notice) -> str:
    """One line for its reader; the notice comes from `for_reading`."""
    document = (notice.about.code or notice.about.subject) if notice.about else notice.title
    words = str(SENTENCES[notice.kind]) % {"agency": notice.agency_name or _("The portal"), "document": document}
    return words + (_(", by %(day)s") % {"day": date_vi(notice.due_on)} if notice.due_on else "") + "."


def address(notice: Notice) -> str:
    """Where the notice leads."""
    if notice.kind in ON_ROUNDS:
        return reverse("reports:round_detail", args=[notice.key.partition(":")[0]])
    if notice.about is None:
        return notice.path or reverse(settings.LOGIN_REDIRECT_URL)
    if notice.kind in ON_TASKS:
        return reverse("programs:document_assignments", args=[notice.about.uid])
    page = "coordination:document_review" if notice.kind in IN_REVIEW else "coordination:document_detail"
    own_page = "" if notice.kind in IN_REVIEW else page_of(notice.about)
    return own_page or reverse(page, args=[notice.about.uid])


def part_shown(document: Document, user: User) -> str:
    """Where a person reads his part of a document that is not his to read as a whole; "" if there is none."""
    return next(filter(None, (find(document, user) for find in PARTS_SHOWN)), "")


def unread_of(user: User) -> int:
    """Counted together with the hats of the person, so that the bell on every page costs no query of its own."""
    hats = hats_of(user)
    return hats[0].unread if hats else user.notices.unread().count()


def daily(found: Callable[[date], list[Due]]) -> Callable[[date], list[Due]]:
    DAILY.append(found)
    return found


def mark_read(notices: QuerySet[Notice]) -> int:
    return notices.unread().update(read_at=timezone.now())


def ask_for_digest(now: datetime) -> bool:
    """Once a day, from the hour of the setting on, a worker asks for the mails of the day. True when settled."""
    local = timezone.localtime(now)
    if local.hour < settings.NOTICE_MAIL_HOUR:
        return False
    day = local.date().isoformat()
    asked = Job.objects.filter(kind=DIGEST, key=day).exists()
    if not asked and (_waiting(local.date()).exists() or _due(local.date())):
        enqueue(DIGEST, day, {"day": day})
    return True


@handles(DIGEST)
@contextmanager
def write_digests(job: Job) -> Iterator[Store]:
    yield partial(_write_digests, date.fromisoformat(job.payload["day"]))


def _write_digests(day: date) -> dict[str, Any]:
    """A mail for each person is asked for and its notices are marked in the transaction that ends the job."""
    for due in _due(day):
        for agency in due.agencies:
            tell(people_of(agency, due.roles), due.kind, about=due.about, key=due.key, due_on=due.due_on)
    notices = (
        _waiting(day)
        .for_reading()
        .select_related("reader")
        .order_by("reader_id", F("due_on").asc(nulls_last=True), "pk")
    )
    people = 0
    for reader, group in groupby(notices, key=attrgetter("reader")):
        listed = list(group)
        link = settings.PORTAL_URL + reverse("coordination:notice_list")
        context = {"reader": reader, "sentences": [sentence(notice) for notice in listed], "link": link}
        subject = _("Phối Hợp: %(count)s things wait for you") % {"count": len(listed)}
        body = render_to_string("coordination/notice_mail.txt", context)
        send_later(to=reader.email, subject=subject, body=body, about=f"{DIGEST} {day}")
        Notice.objects.filter(pk__in=[notice.pk for notice in listed]).update(mailed_at=timezone.now())
        people += 1
    return {"people": people}


def _due(day: date) -> list[Due]:
    return [due for found in DAILY for due in found(day)]


def _waiting(day: date) -> QuerySet[Notice]:
    """Neither read nor mailed, of people who can sign in and had no mail yet that day."""
    had_one = Notice.objects.filter(mailed_at__date=day).values("reader")
    rows = Notice.objects.unread().filter(mailed_at__isnull=True, reader__is_active=True)
    return rows.exclude(reader__in=had_one)
