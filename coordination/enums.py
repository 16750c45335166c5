"""Closed lists of coordination. Open lists (document kinds, activity kinds…) are tables."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class UnitLevel(models.TextChoices):
    PROVINCE = "province", _("province")
    DISTRICT = "district", _("district")
    COMMUNE = "commune", _("commune")


class UnitKind(models.TextChoices):
    """Kinds of all three levels, before and after 1 July 2025."""

    PROVINCE = "tinh", "tỉnh"
    MUNICIPALITY = "thanh_pho_truc_thuoc", "thành phố"
    RURAL_DISTRICT = "huyen", "huyện"
    URBAN_DISTRICT = "quan", "quận"
    DISTRICT_CITY = "thanh_pho", "thành phố"
    DISTRICT_TOWN = "thi_xa", "thị xã"
    COMMUNE = "xa", "xã"
    WARD = "phuong", "phường"
    TOWNLET = "thi_tran", "thị trấn"
    SPECIAL_ZONE = "dac_khu", "đặc khu"


class SuccessionNature(models.TextChoices):
    CONTINUED = "continued", _("continued unchanged")
    RENAMED = "renamed", _("renamed")
    MERGED = "merged", _("merged")
    SPLIT = "split", _("split")


class SuccessionExtent(models.TextChoices):
    WHOLE = "whole", _("whole")
    PART = "part", _("part")


class AgencyRole(models.TextChoices):
    """Role codes, not titles: titles change with every reform (see AgencyName)."""

    ETHNIC_AFFAIRS = "ethnic_affairs", _("ethnic affairs body")
    WOMENS_UNION = "womens_union", _("Women's Union")
    PEOPLES_COMMITTEE = "peoples_committee", _("People's Committee")
    WOMEN_ADVANCEMENT = "women_advancement", _("committee for the advancement of women")
    HOME_AFFAIRS = "home_affairs", _("home affairs")
    LABOUR = "labour", _("labour, invalids and social affairs")
    CULTURE = "culture", _("culture, sports and tourism")
    PARTY_COMMITTEE = "party_committee", _("Party committee")
    OTHER = "other", _("other agency")


class AgencyKind(models.TextChoices):
    """Decides the head of its documents: state organ, mass organisation or Party."""

    STATE = "state", _("state agency")
    UNION = "union", _("Women's Union")
    PARTY = "party", _("Party body")


class MemberRole(models.TextChoices):
    OFFICER = "officer", _("officer")
    REVIEWER = "reviewer", _("reviewer")
    LEADER = "leader", _("leader")
    CLERK = "clerk", _("records clerk")
    ADMINISTRATOR = "administrator", _("administrator of the agency")

    @classmethod
    def writing(cls) -> list[str]:
        """Who logs facts and drafts reports."""
        return [cls.OFFICER, cls.REVIEWER]


class InvitationState(models.TextChoices):
    """Follows from the moments of an invitation and the time."""

    OPEN = "open", pgettext_lazy("invitation", "open")
    ACCEPTED = "accepted", pgettext_lazy("invitation", "accepted")
    WITHDRAWN = "withdrawn", pgettext_lazy("invitation", "withdrawn")
    EXPIRED = "expired", pgettext_lazy("invitation", "expired")


class WorkKind(models.TextChoices):
    """What may be open when a person leaves."""

    ACTIVITY = "activity", _("draft of an activity")
    REPORT = "report", _("report not issued yet")
    AGREEMENT = "agreement", _("agreement in preparation")
    PLAN = "plan", _("plan in preparation")
    TASK_OWED = "task_owed", _("task not reported as done")
    TASK_FOLLOWED = "task_followed", _("task given, answers not verified yet")
    ROUND = "round", _("open round of review")
    COMMENT = "comment", _("open comment")


class DocumentOrigin(models.TextChoices):
    MADE_HERE = "made_here", _("made here")
    FROM_PAPER = "from_paper", _("entered from paper")


class DocumentState(models.TextChoices):
    """One list for agreements, plans and reports; each kind's table of transitions says which it uses."""

    DRAFT = "draft", _("draft")
    CHECKED = "checked", _("checked inside")
    IN_REVIEW = "in_review", _("in review")
    WITH_PARTNER = "with_partner", _("with the partner")
    AGREED = "agreed", _("agreed")
    APPROVED = "approved", _("approved")
    ISSUED = "issued", _("issued")
    SENT = "sent", _("sent")
    RECEIVED = "received", _("received")
    RETURNED = "returned", _("returned")
    SUSPENDED = "suspended", _("suspended")
    CLOSED = "closed", _("closed")
    SUPERSEDED = "superseded", _("superseded")

    @classmethod
    def inside(cls) -> list[str]:
        """States in which only the agency that makes the document reads it."""
        return [cls.DRAFT, cls.CHECKED]

    @classmethod
    def in_the_open(cls) -> list[str]:
        """States in which agencies above and recipients may read the document."""
        return [cls.ISSUED, cls.SENT, cls.RECEIVED, cls.SUSPENDED, cls.CLOSED, cls.SUPERSEDED]

    @classmethod
    def sent(cls) -> list[str]:
        """States in which whoever asked for a report has it."""
        return [cls.SENT, cls.RECEIVED, cls.SUPERSEDED]

    @classmethod
    def frozen(cls) -> list[str]:
        return [cls.AGREED, cls.APPROVED, *cls.in_the_open()]


class SigningForm(models.TextChoices):
    """Decree 30/2020/NĐ-CP: on whose behalf the signatory signs; empty for a head signing as himself."""

    ON_BEHALF = "TM.", _("TM. (on behalf of the collective)")
    AS_DEPUTY = "KT.", _("KT. (deputy for the head)")
    BY_ORDER = "TL.", _("TL. (by order)")
    AUTHORISED = "TUQ.", _("TUQ. (by authorisation)")
    ACTING = "Q.", _("Q. (acting head)")


class LinkNature(models.TextChoices):
    BASIS = "basis", _("legal basis")
    AMENDS = "amends", _("amends")
    REPLACES = "replaces", _("replaces")
    CONTINUES = "continues", _("continues")
    ANSWERS = "answers", _("answers")


class FileNature(models.TextChoices):
    GENERATED = "generated", _("generated")
    SIGNED = "signed", _("signed")
    ATTACHMENT = "attachment", _("attachment")


class Numbering(models.TextChoices):
    """How the number of a section is written, by its place among its siblings."""

    ROMAN = "roman", "I."
    ARABIC = "arabic", "1."
    NESTED = "nested", "1.1."
    NONE = "none", "-"


class JobState(models.TextChoices):
    QUEUED = "queued", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")

    @classmethod
    def ended(cls) -> list[str]:
        return [cls.DONE, cls.FAILED]


class ImportState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("import", "waiting to be checked")
    CHECKED = "checked", pgettext_lazy("import", "checked, nothing written yet")
    WRITTEN = "written", pgettext_lazy("import", "written")
    REFUSED = "refused", pgettext_lazy("import", "refused")


class OpinionChoice(models.TextChoices):
    """What an agency that was asked answers. Silence is no answer: it is recorded as “chưa có ý kiến”."""

    AGREES = "agrees", _("agrees")
    AGREES_WITH_COMMENTS = "agrees_with_comments", _("agrees with comments")
    ASKS_FOR_CHANGES = "asks_for_changes", _("asks for changes")

    @classmethod
    def consent(cls) -> list[str]:
        return [cls.AGREES, cls.AGREES_WITH_COMMENTS]


class CommentState(models.TextChoices):
    """The author of the text says it is resolved, the one who commented closes it."""

    OPEN = "open", pgettext_lazy("comment", "open")
    RESOLVED = "resolved", pgettext_lazy("comment", "resolved")
    CLOSED = "closed", pgettext_lazy("comment", "closed")


class ClauseChangeNature(models.TextChoices):
    """What an amendment does to a clause of the agreement it amends."""

    REPLACED = "replaced", _("replaced")
    ADDED = "added", _("added")
    REPEALED = "repealed", _("repealed")


class MilestoneNature(models.TextChoices):
    PRELIMINARY = "preliminary", _("preliminary review")
    FINAL = "final", _("final review")


class NoticeKind(models.TextChoices):
    """Why a person is told; the sentence is made for the reader when it is shown."""

    ASKED_TO_REVIEW = "asked_to_review", _("asked to review")
    OPINION_GIVEN = "opinion_given", _("opinion given")
    CONSENT_LAPSED = "consent_lapsed", _("consent lapsed")
    COMMENTED = "commented", _("commented")
    COMMENT_RESOLVED = "comment_resolved", _("comment resolved")
    AGREED = "agreed", _("agreed by all")
    ISSUED = "issued", _("issued")
    TAKEN_BACK = "taken_back", _("text taken back to draft")
    REOPENED = "reopened", _("agreed text reopened")
    SUSPENDED = "suspended", _("agreement suspended")
    RESUMED = "resumed", _("agreement resumed")
    ENDED = "ended", _("agreement ended")
    MILESTONE_DUE = "milestone_due", _("milestone due")
    HANDED_OVER = "handed_over", _("work handed over")
    JOINED = "joined", _("joined an agency")
    DEPUTISES = "deputises", _("deputising")
    PART_ASKED = "part_asked", _("asked about a part in a plan")
    PART_ANSWERED = "part_answered", _("answer about a part in a plan")
    PLAN_CHANGED = "plan_changed", _("plan changed")
    TASK_GIVEN = "task_given", _("task given")
    TASK_REPORTED = "task_reported", _("task reported as done")
    TASK_RETURNED = "task_returned", _("task returned")
    TASK_VERIFIED = "task_verified", _("task verified")
    TASK_DUE = "task_due", _("task due")
    REPORT_ASKED = "report_asked", _("report asked for")
    REPORT_REMINDED = "report_reminded", _("reminded of a report")
    REPORT_EXTENDED = "report_extended", _("more time for a report")
    REPORT_FOR_APPROVAL = "report_for_approval", _("report waits for approval")
    REPORT_FOR_ISSUE = "report_for_issue", _("report waits for its number")
    REPORT_SENT = "report_sent", _("report sent")
    REPORT_RECEIVED = "report_received", _("report received")
    REPORT_RETURNED = "report_returned", _("report returned")
    REPORT_PART_GIVEN = "report_part_given", _("part of a report to write")
    REPORT_PART_WRITTEN = "report_part_written", _("part of a report written")
    FACT_UNLOCKED = "fact_unlocked", _("record unlocked")
    TASK_WITHDRAWN = "task_withdrawn", _("task withdrawn")
    SHARE_CONFIRMED = "share_confirmed", _("part in an activity confirmed")
    SHARE_DISPUTED = "share_disputed", _("part in an activity disputed")
    CORRECTION_ASKED = "correction_asked", _("correction asked for")
    JOIN_ASKED = "join_asked", _("asked to be named as a partner")
    REQUEST_DONE = "request_done", _("request fulfilled")
    REQUEST_REFUSED = "request_refused", _("request refused")
