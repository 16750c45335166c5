"""The list of annual plans: its filters, and how far the plans of one page are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django import forms
from django.db.models import Count, Q
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from coordination.agreement_filters import STATES, offered
from coordination.agreement_page import Standing
from coordination.document_forms import LONGEST_SEARCH
from coordination.enums import DocumentState
from coordination.models import Document
from coordination.models.agency import name_of
from programs.enums import ItemState
from programs.models import AnnualPlan, PlanItem
from programs.progress import PlanTotals, progress_of, totals_of


class PlanFilterForm(forms.Form):
    """A value that is none of the list is left out of account."""

    q = forms.CharField(
        label=_("Search in number, symbol and subject"),
        required=False,
        max_length=LONGEST_SEARCH,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    year = forms.TypedChoiceField(label=_("Year"), required=False, coerce=int, empty_value=None)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All")), *((state.value, capfirst(state.label)) for state in STATES)],
    )
    agency = forms.ChoiceField(label=_("Who keeps it"), required=False)
    agreement = forms.ChoiceField(label=_("Agreement"), required=False)

    def __init__(self, data, *, rows, today: date):
        """`rows`: the plans the person may read; only what they hold is offered."""
        super().__init__(data)
        held = rows.order_by().annotate(keeper=name_of("agency", "short_name", today))
        years, agencies, agreements = set(), {}, {}
        columns = ("year", "agency", "keeper", "agreement__uid", "agreement__document__subject")
        for year, agency, keeper, uid, subject in held.values_list(*columns).distinct():
            years.add(year)
            agencies[agency] = keeper
            if uid:
                agreements[uid] = subject
        self.fields["year"].choices = [("", _("All")), *((year, year) for year in sorted(years, reverse=True))]
        self.fields["agency"].choices = offered(agencies.items())
        self.fields["agreement"].choices = offered((str(uid), subject) for uid, subject in agreements.items())

    def filtered(self, rows):
        self.is_valid()
        columns = {"year": "year", "state": "document__state", "agency": "agency", "agreement": "agreement__uid"}
        given = {name: self.cleaned_data.get(name) for name in columns}
        rows = rows.filter(**{columns[name]: value for name, value in given.items() if value})
        words = self.cleaned_data.get("q")
        return rows.filter(document__in=Document.objects.matching(words).values("pk")) if words else rows


@dataclass(frozen=True)
class PlanRow:
    plan: AnnualPlan
    totals: PlanTotals
    standing: Standing

    @property
    def late(self) -> int:
        return self.totals.by_state[ItemState.LATE]

    @property
    def done(self) -> int:
        return self.totals.by_state[ItemState.DONE]

    @property
    def standing_items(self) -> int:
        return self.totals.items - self.totals.by_state[ItemState.CANCELLED]


def with_progress(plans: Sequence[AnnualPlan], standings: Iterable[Standing], today: date) -> list[PlanRow]:
    """In three queries however many plans there are."""
    items: dict[int, list[PlanItem]] = {plan.pk: [] for plan in plans}
    for item in PlanItem.objects.filter(plan__in=items):
        items[item.plan_id].append(item)
    progress = progress_of((item for rows in items.values() for item in rows), today)
    return [
        PlanRow(plan, totals_of(items[plan.pk], progress), standing)
        for plan, standing in zip(plans, standings, strict=True)
    ]


def sums_of(rows) -> dict[str, int]:
    """How many plans the filters leave, and in which part of their path they are."""
    state = "document__state"
    written = Q(**{f"{state}__in": (DocumentState.DRAFT, DocumentState.IN_REVIEW, DocumentState.AGREED)})
    counted = {
        "rows": Count("pk", distinct=True),
        "in_force": Count("pk", filter=Q(**{state: DocumentState.ISSUED}), distinct=True),
        "written": Count("pk", filter=written, distinct=True),
    }
    return rows.order_by().aggregate(**counted)
