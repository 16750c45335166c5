"""Filters of the list of agreements."""

from __future__ import annotations

from datetime import date

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from coordination.enums import DocumentState
from coordination.filters import LONGEST_SEARCH, DirectionFilterForm
from coordination.models import Document
from coordination.models.agency import name_of
from coordination.register import in_direction
from coordination.search import sort_key

STATES = (
    DocumentState.DRAFT,
    DocumentState.IN_REVIEW,
    DocumentState.AGREED,
    DocumentState.ISSUED,
    DocumentState.SUSPENDED,
    DocumentState.CLOSED,
    DocumentState.SUPERSEDED,
)


def offered(pairs) -> list:
    """All, then by name in Vietnamese order."""
    return [("", _("All")), *sorted(pairs, key=lambda pair: sort_key(pair[1]))]


class AgreementFilterForm(DirectionFilterForm):
    """`year`: the agreement holds on some day of it."""

    q = forms.CharField(
        label=_("Search in number, symbol, subject and parties"),
        required=False,
        max_length=LONGEST_SEARCH,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All")), *((state.value, capfirst(state.label)) for state in STATES)],
    )
    kind = forms.ChoiceField(label=_("Kind of document"), required=False)
    party = forms.ChoiceField(label=_("Party"), required=False)
    year = forms.TypedChoiceField(label=_("In force in"), required=False, coerce=int, empty_value=None)

    def __init__(self, data, *, rows, today: date):
        """`rows`: the agreements the person may read; only what they hold is offered."""
        super().__init__(data)
        held = rows.order_by().annotate(party_name=name_of("document__parties__agency", "short_name", today))
        columns = ("document__kind", "document__kind__name", "document__parties__agency", "party_name")
        kinds, parties, years = {}, {}, set()
        for kind, kind_name, party, party_name, first, last in held.values_list(
            *columns, "stage_from__year", "stage_to__year"
        ).distinct():
            kinds[kind], parties[party] = kind_name, party_name
            years.update(range(first, last + 1))
        self.fields["kind"].choices = offered(kinds.items())
        self.fields["party"].choices = offered((pk, name) for pk, name in parties.items() if pk)
        self.fields["year"].choices = [("", _("All")), *((year, year) for year in sorted(years, reverse=True))]

    def filtered(self, rows, agencies):
        """`rows` of Agreement; `agencies`: those "signed by us" and "received" are seen from."""
        columns = {"kind": "document__kind", "party": "document__parties__agency", "state": "document__state"}
        rows = rows.filter(**{column: value for name, column in columns.items() if (value := self.chosen.get(name))})
        if year := self.chosen.get("year"):
            rows = rows.in_force_between(date(year, 1, 1), date(year, 12, 31))
        if self.direction_shown:
            documents = in_direction(Document.objects.all(), self.direction_shown, agencies)
            rows = rows.filter(document__in=documents.values("pk"))
        return rows.matching(self.chosen.get("q") or "")
