"""Closed lists of programs. Kinds of activities and models, topics and outputs are tables."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Precision(models.TextChoices):
    """How exact a headcount is; printed as typed ("gần 1.000")."""

    EXACT = "exact", _("exact")
    ABOUT = "about", pgettext_lazy("precision", "about")
    NEARLY = "nearly", pgettext_lazy("precision", "nearly")
    OVER = "over", pgettext_lazy("precision", "over")

    @classmethod
    def rough(cls) -> list[str]:
        return [cls.ABOUT, cls.NEARLY, cls.OVER]


class FactState(models.TextChoices):
    DRAFT = "draft", _("draft")
    RECORDED = "recorded", _("recorded")


class ComponentKind(models.TextChoices):
    PROJECT = "project", _("project")
    CONTENT = "content", _("content")
    ACTIVITY_GROUP = "group", _("activity group")


class KindGroup(models.TextChoices):
    """Groups of activity kinds that figures count together."""

    COMMUNICATION = "communication", _("communication")
    TRAINING = "training", _("training")
    DIALOGUE = "dialogue", _("dialogue")
    MEETING = "meeting", _("meeting")
    CONTEST = "contest", _("contest or show")
    MODEL = "model", _("model launch or support")
    INSPECTION = "inspection", _("inspection")
    COMMENDATION = "commendation", _("commendation")
    OTHER = "other", _("other")


class CountDimension(models.TextChoices):
    AUDIENCE = "audience", _("audience")
    ETHNIC_GROUP = "ethnic_group", _("ethnic group")
    AGE = "age", _("age")


class FundingSource(models.TextChoices):
    CENTRAL = "central", _("central budget")
    LOCAL = "local", _("local budget")
    OTHER_LAWFUL = "other_lawful", _("other lawful funds")
    INTEGRATED = "integrated", _("integrated from other programmes")

    @classmethod
    def own(cls) -> list[str]:
        """Money of the programme itself; integrated money is never in own totals."""
        return [cls.CENTRAL, cls.LOCAL, cls.OTHER_LAWFUL]

    @classmethod
    def state_budget(cls) -> list[str]:
        return [cls.CENTRAL, cls.LOCAL]


class CapitalNature(models.TextChoices):
    RECURRENT = "recurrent", _("recurrent")
    INVESTMENT = "investment", _("investment")


class BudgetNature(models.TextChoices):
    """Allocated and carried over are single decisions that add up; disbursed is a cumulative reading."""

    ALLOCATED = "allocated", _("allocated")
    CARRIED_OVER = "carried_over", _("carried over")
    DISBURSED = "disbursed", _("disbursed")


class ModelNature(models.TextChoices):
    OPENING = "opening", _("opening stock")
    NEW = "new", _("set up")
    STRENGTHENED = "strengthened", _("strengthened")
    UPGRADED = "upgraded", _("upgraded")
    DISSOLVED = "dissolved", _("dissolved")
    MOVED = "moved", _("moved to another account")

    @classmethod
    def stock(cls) -> list[str]:
        """Natures whose quantity changes the stock; strengthening and upgrading only count as flows."""
        return [cls.OPENING, cls.NEW, cls.DISSOLVED, cls.MOVED]

    @classmethod
    def not_negative(cls) -> list[str]:
        return [cls.OPENING, cls.NEW, cls.STRENGTHENED, cls.UPGRADED]


class ModelStanding(models.TextChoices):
    """Standard of the culture ministry, or independent: the two parts of the family-violence models."""

    STANDARD = "standard", _("standard")
    INDEPENDENT = "independent", _("independent")


class ReadingNature(models.TextChoices):
    ACTUAL = "actual", _("actual")
    ESTIMATE = "estimate", _("estimate")


class Operator(models.TextChoices):
    AT_LEAST = ">=", "≥"
    MORE_THAN = ">", ">"
    AT_MOST = "<=", "≤"
    LESS_THAN = "<", "<"
    EQUAL = "=", "="
    ABOUT = "~", pgettext_lazy("precision", "about")


class Direction(models.TextChoices):
    AT_LEAST = "at_least", _("the higher the better")
    AT_MOST = "at_most", _("the lower the better")
    EQUALS = "equals", _("equal to the value")
    QUALITATIVE = "qualitative", _("done or not done")
    MAINTAIN = "maintain", _("kept at the value")


class TargetStatus(models.TextChoices):
    """Computed, never stored."""

    EXCEEDED = "exceeded", _("exceeded")
    MET = "met", _("met")
    NOT_MET = "not_met", _("not met")
    NO_DATA = "no_data", _("no data")

    @classmethod
    def counted_as_met(cls) -> list[str]:
        return [cls.MET, cls.EXCEEDED]
