"""Closed lists of reports."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PeriodKind(models.TextChoices):
    MONTH = "month", _("month")
    QUARTER = "quarter", _("quarter")
    HALF = "half", _("six months")
    NINE_MONTHS = "nine_months", _("nine months")
    YEAR = "year", _("year")
    FREE = "free", _("free dates")


class ReportKind(models.TextChoices):
    """Values are also the words of `render_report --kind`."""

    GENDER_EQUALITY = "gender-equality", _("gender equality")
    COORDINATION = "coordination", _("coordination programme")
    MIDTERM = "midterm", _("mid-term review")
    FINAL = "final", _("final review")
    PROJECT8 = "project8", _("Project 8")
    THEMATIC = "thematic", _("thematic")

    @classmethod
    def under_agreements(cls) -> list[str]:
        """Kinds that speak of one agreement: what came of its clauses."""
        return [cls.COORDINATION, cls.MIDTERM, cls.FINAL]


class ReportNature(models.TextChoices):
    ORIGINAL = "original", _("report")
    SUPPLEMENT = "supplement", _("supplement")
    CORRECTION = "correction", _("correction")


class ReportScope(models.TextChoices):
    AGENCY = "agency", _("own records")
    PROVINCE = "province", _("whole province")
    ROUND = "round", _("agencies asked")
    AGREEMENT = "agreement", _("work under the agreement")

    @classmethod
    def of_one_agency(cls) -> list[str]:
        """What an agency chooses from when it begins a report by itself."""
        return [cls.AGENCY, cls.PROVINCE]


class OutlineState(models.TextChoices):
    DRAFT = "draft", _("draft")
    IN_USE = "in_use", _("in use")
    SUPERSEDED = "superseded", _("superseded")


class PartState(models.TextChoices):
    """Of one section of a report that is being written."""

    TO_WRITE = "to_write", _("not written")
    WRITING = "writing", _("being written")
    DONE = "done", _("done")


class UnlockState(models.TextChoices):
    OPEN = "open", _("unlocked")
    CLOSED = "closed", _("locked again")


class SeatState(models.TextChoices):
    """How an agency that is asked for a report stands; follows from its report, never stored."""

    NOT_BEGUN = "not_begun", _("not begun")
    DRAFTING = "drafting", _("being drafted")
    SENT = "sent", _("sent")
    RECEIVED = "received", _("received")
    RETURNED = "returned", _("returned")
    OWN = "own", _("own records")
    LEFT_OUT = "left_out", _("left out")

    @classmethod
    def owing(cls) -> list[str]:
        return [cls.NOT_BEGUN, cls.DRAFTING, cls.RETURNED]

    @classmethod
    def arrived(cls) -> list[str]:
        return [cls.SENT, cls.RECEIVED]
