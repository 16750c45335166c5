"""What people type about reports."""

from django import forms
from django.utils.translation import gettext_lazy as _

from coordination.formats import date_vi
from coordination.models import Agency
from reports.enums import PeriodKind, ReportKind
from reports.models import ReportingPeriod

LONGEST_SEARCH = 100


def label_with_days(period: ReportingPeriod) -> str:
    """Half-years of two profiles have the same name and other days."""
    first, last = date_vi(period.data_from), date_vi(period.data_to)
    return str(_("%(label)s, %(first)s – %(last)s") % {"label": period.label, "first": first, "last": last})


class ReportFilterForm(forms.Form):
    """Filters of the list of reports; bad values are ignored like empty ones."""

    q = forms.CharField(
        label=_("Search in title and number"),
        required=False,
        max_length=LONGEST_SEARCH,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    period = forms.ModelChoiceField(
        ReportingPeriod.objects.none(), label=_("Period"), required=False, empty_label=_("All")
    )
    kind = forms.ChoiceField(label=_("Kind of report"), required=False)
    agency = forms.ModelChoiceField(Agency.objects.none(), label=_("Agency"), required=False, empty_label=_("All"))

    def __init__(self, *args, reports, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["period"].queryset = ReportingPeriod.objects.filter(pk__in=reports.values("period"))
        self.fields["period"].label_from_instance = lambda period: period.label
        self.fields["kind"].choices = [("", _("All")), *ReportKind.choices]
        self.fields["agency"].queryset = (
            Agency.objects.filter(pk__in=reports.values("agency")).named_on(today).in_protocol_order()
        )
        self.fields["agency"].label_from_instance = lambda agency: agency.short_name

    def filtered(self, reports):
        if not self.is_valid():
            return reports
        chosen = {name: value for name, value in self.cleaned_data.items() if value and name != "q"}
        return reports.matching(self.cleaned_data["q"]).filter(**chosen)


class CompareForm(forms.Form):
    """Kind, agency and length of the periods that are set beside each other; offered is what there are reports of."""

    kind = forms.ChoiceField(label=_("Kind of report"), choices=ReportKind.choices)
    agency = forms.ModelChoiceField(Agency.objects.none(), label=_("Agency"), empty_label=None)
    period_kind = forms.ChoiceField(label=_("Length of the period"), choices=PeriodKind.choices)

    def __init__(self, data=None, *, reports, acting, today):
        super().__init__(data)
        rows = reports.order_by("-period__data_to", "-pk").values_list("kind", "agency", "period__kind")
        found = list(rows.distinct())
        kinds, lengths = {row[0] for row in found}, {row[2] for row in found}
        self.fields["kind"].choices = [choice for choice in ReportKind.choices if choice[0] in kinds]
        self.fields["period_kind"].choices = [choice for choice in PeriodKind.choices if choice[0] in lengths]
        agencies = Agency.objects.filter(pk__in={row[1] for row in found}).named_on(today).in_protocol_order()
        self.fields["agency"].queryset = agencies
        self.fields["agency"].label_from_instance = lambda agency: agency.short_name
        own = acting.agency_id if acting else None
        first = next((row for row in found if row[1] == own), next(iter(found), None))
        self.initial = dict(zip(("kind", "agency", "period_kind"), first, strict=True)) if first else {}

    def chosen(self):
        """What to set beside each other: the reader's choice, else the latest; None where there is nothing."""
        if not self.is_bound:
            return self.initial or None
        if not self.is_valid():
            return None
        return self.cleaned_data | {"agency": self.cleaned_data["agency"].pk}


class SearchForm(forms.Form):
    """The field on the frame of every page."""

    q = forms.CharField(required=False, max_length=LONGEST_SEARCH)

    @property
    def words(self) -> str:
        """Empty where there is nothing to look for: no letter, no digit, or more than anybody searches for."""
        typed = self.cleaned_data["q"] if self.is_valid() else ""
        return typed if any(letter.isalnum() for letter in typed) else ""
