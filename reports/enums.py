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


class ReportNature(models.TextChoices):
    ORIGINAL = "original", _("report")
    SUPPLEMENT = "supplement", _("supplement")
    CORRECTION = "correction", _("correction")


class ReportScope(models.TextChoices):
    AGENCY = "agency", _("own records")
    PROVINCE = "province", _("whole province")
    ROUND = "round", _("agencies asked")


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
    OPEN = "open", _("open")
    CLOSED = "closed", _("locked again")
