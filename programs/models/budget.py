"""Money: decisions that add up and cumulative readings of what was disbursed."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordination.access import access_of
from coordination.constraints import known_value
from coordination.models import Document
from coordination.models.trail import HistoricalRecords
from programs.constraints import not_negative
from programs.enums import BudgetNature, CapitalNature, FundingSource
from programs.facts import Fact, FactQuerySet
from programs.models.lists import Component


class BudgetEntryQuerySet(FactQuerySet):
    def in_grid_of(self, user, hat):
        """Officers see the money of their agency; who only reads sees all he may."""
        visible = self.visible_to(user)
        return visible.filter(owner__in=access_of(user).own) if hat and hat.writes else visible


class BudgetEntry(Fact):
    """Whole đồng. `counted_on` is the day of the decision, or the day a cumulative disbursement was read (as of)."""

    component = models.ForeignKey(Component, models.PROTECT, related_name="budget_entries")
    year = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=15, choices=FundingSource.choices)
    capital = models.CharField(max_length=15, choices=CapitalNature.choices, default=CapitalNature.RECURRENT)
    nature = models.CharField(max_length=15, choices=BudgetNature.choices)
    amount_vnd = models.BigIntegerField()
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")

    objects = BudgetEntryQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=["partners"])

    class Meta:
        ordering = ["-counted_on", "-pk"]
        indexes = [
            models.Index(fields=["province", "year", "counted_on"], name="budget_by_province"),
            # A reading looks for a later one of its line: without, PostgreSQL reads the unit and the year whole.
            models.Index(fields=["unit", "component", "year", "counted_on"], name="budget_by_line"),
        ]
        constraints = [
            *Fact.Meta.constraints,
            known_value("source", FundingSource, name="budget_source_known"),
            known_value("capital", CapitalNature, name="budget_capital_known"),
            known_value("nature", BudgetNature, name="budget_nature_known"),
            not_negative(["amount_vnd"], name="budget_not_negative"),
            models.UniqueConstraint(
                fields=["owner", "component", "unit", "year", "source", "capital", "counted_on"],
                condition=Q(nature=BudgetNature.DISBURSED, reason=""),
                name="budget_one_reading_a_day",
                violation_error_message=_("There is already a disbursement reading for this day."),
            ),
        ]
