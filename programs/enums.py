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


class Measure(models.TextChoices):
    """What the quantity of a plan item counts; its state follows from the facts that name the item."""

    SESSIONS = "sessions", _("sessions of activities")
    ATTENDANCES = "attendances", _("attendances")
    OUTPUT = "output", _("products handed out")
    MODELS = "models", _("models set up or strengthened")


class PartAnswer(models.TextChoices):
    """What a co-ordinating agency says about its part in one item of a plan."""

    WAITING = "waiting", _("no answer yet")
    ACCEPTS = "accepts", _("accepts")
    ASKS = "asks", _("asks for a change")


class ItemState(models.TextChoices):
    """Computed from facts, quantity and dates, never stored."""

    NOT_STARTED = "not_started", _("not started")
    RUNNING = "running", pgettext_lazy("plan item", "running")
    DONE = "done", pgettext_lazy("plan item", "done")
    LATE = "late", _("late")
    CANCELLED = "cancelled", _("cancelled")


class CoverageState(models.TextChoices):
    """What a year brought of a clause; computed."""

    NOT_IN_FORCE = "not_in_force", _("not in force that year")
    NOTHING = "nothing", _("nothing planned")
    PLANNED = "planned", _("planned")
    DONE = "done", pgettext_lazy("plan item", "done")


class PlanChangeNature(models.TextChoices):
    ADDED = "added", _("added")
    CHANGED = "changed", _("changed")
    CANCELLED = "cancelled", _("cancelled")


class Recurrence(models.TextChoices):
    ONCE = "once", _("once")
    MONTHLY = "monthly", _("every month")
    QUARTERLY = "quarterly", _("every quarter")
    HALF_YEARLY = "half_yearly", _("every half-year")
    YEARLY = "yearly", _("every year")


class ResponseState(models.TextChoices):
    """Of one agency's part in a task; follows from what it wrote and who looked at it, never stored."""

    OPEN = "open", pgettext_lazy("assignment", "nothing reported")
    RUNNING = "running", pgettext_lazy("assignment", "in progress")
    RETURNED = "returned", _("returned")
    REPORTED = "reported", _("done, to be verified")
    VERIFIED = "verified", _("verified")


class MarkNature(models.TextChoices):
    """Marks stay open after freezing: they say who looked at a record, never what it counts."""

    VERIFIED = "verified", _("verified")
    RETURNED = "returned", _("returned")
    CONFIRMED = "confirmed", _("confirmed by the partner")
    DISPUTED = "disputed", _("disputed by the partner")

    @classmethod
    def of_owner(cls) -> list[str]:
        """Given by another person of the agency that owns the record."""
        return [cls.VERIFIED, cls.RETURNED]

    @classmethod
    def of_partner(cls) -> list[str]:
        return [cls.CONFIRMED, cls.DISPUTED]


class RequestNature(models.TextChoices):
    CORRECTION = "correction", _("correction of a record")
    JOIN = "join", _("to be named as a partner")


class RequestState(models.TextChoices):
    OPEN = "open", pgettext_lazy("request", "open")
    DONE = "done", pgettext_lazy("request", "done")
    REFUSED = "refused", pgettext_lazy("request", "refused")


class OverTime(models.TextChoices):
    """How the readings of one place join over the days of a period."""

    LAST = "last", _("the latest reading")
    SUM = "sum", _("the sum")
    AVERAGE = "average", _("the average")
    HIGHEST = "highest", _("the highest")


class OverPlaces(models.TextChoices):
    """How the readings of places join; a share is always computed anew from its parts."""

    SUM = "sum", _("the sum")
    PARTS = "parts", _("computed anew from numerators and denominators")
    NEVER = "never", _("never joined: shown place by place")


class OverAgencies(models.TextChoices):
    LEAD = "lead", _("the lead agency alone counts")
    SUM = "sum", _("the sum")
    HIGHEST = "highest", _("the highest")
    UNION = "union", _("each fact once")


class ComputedFrom(models.TextChoices):
    """What an indicator counts where facts can say it."""

    SESSIONS = "sessions", _("sessions of activities")
    ATTENDANCES = "attendances", _("attendances")
    WOMEN = "women", _("attendances of women")
    OUTPUTS = "outputs", _("products handed out")
    STOCK = "stock", _("models there are on the day")
    NEW_MODELS = "new_models", _("models set up in the period")
