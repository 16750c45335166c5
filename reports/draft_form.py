"""What a report is begun with: its kind first, then what reports of that kind need."""

from __future__ import annotations

from datetime import date

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.formats import date_vi
from coordination.forms import DayField
from coordination.models import Agency, Agreement
from reports.actions import CannotDraft, agreements_of, outlines_for, province_of, usual_scope
from reports.enums import PeriodKind, ReportKind, ReportScope
from reports.forms import label_with_days
from reports.models import ReportingPeriod
from reports.periods import PROFILE_OF_KIND, free_period


class KindForm(forms.Form):
    """Of the address: which kind the form below is for; what is no kind counts as the first."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind of report"), required=False)

    def __init__(self, data, *, agency: Agency, today: date):
        super().__init__(data)
        try:
            outlines = outlines_for(province_of(agency, today), agency)
        except CannotDraft:
            outlines = outlines_for(None, agency)
        self.outlines = list(outlines)
        offered = {outline.kind for outline in self.outlines}
        self.fields["kind"].choices = [choice for choice in ReportKind.choices if choice[0] in offered]

    @property
    def chosen(self) -> str:
        offered = [kind for kind, _label in self.fields["kind"].choices]
        wanted = self.data.get("kind", "")
        return wanted if wanted in offered else next(iter(offered), "")


class DraftReportForm(forms.Form):
    """Offers periods that have begun and that an outline in use of the kind is for, or free days; for work under an

    agreement those the agency is party to; for thematic reports the outlines it made.
    """

    kind = forms.CharField(widget=forms.HiddenInput)
    agreement = forms.ModelChoiceField(
        Agreement.objects.none(), label=gettext_lazy("Agreement"), to_field_name="uid", empty_label=None
    )
    outline = forms.ModelChoiceField(None, label=gettext_lazy("Outline"), to_field_name="uid", empty_label=None)
    period = forms.ModelChoiceField(ReportingPeriod.objects.none(), label=gettext_lazy("Period"), empty_label=None)
    first_day = DayField(label=gettext_lazy("From"), help_text=gettext_lazy("First day that is counted."))
    last_day = DayField(label=gettext_lazy("To"), help_text=gettext_lazy("Last day that is counted."))
    scope = forms.ChoiceField(label=gettext_lazy("Counts"))
    form_token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, kind: KindForm, agency: Agency, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        self.initial["kind"] = self.report_kind = kind.chosen
        outlines = [outline for outline in kind.outlines if outline.kind == self.report_kind]
        self._offer_days({outline.period_kind for outline in outlines})
        if self.report_kind in ReportKind.under_agreements():
            self._offer_agreements(agreements_of(agency))
        else:
            del self.fields["agreement"]
            self.fields["scope"].choices = [
                (scope.value, scope.label)
                for scope in map(ReportScope, ReportScope.of_one_agency())
                if scope == ReportScope.AGENCY or agency.consolidates
            ]
            self.initial.setdefault("scope", usual_scope(agency))
        if self.report_kind == ReportKind.THEMATIC:
            self.fields["outline"].queryset = type(outlines[0]).objects.filter(pk__in=[one.pk for one in outlines])
            self.fields["outline"].label_from_instance = lambda outline: outline.name
        else:
            del self.fields["outline"]

    def _offer_days(self, period_kinds: set[str]) -> None:
        """Free days are typed, all others chosen."""
        if period_kinds == {PeriodKind.FREE.value}:
            del self.fields["period"]
            return
        del self.fields["first_day"], self.fields["last_day"]
        profile = PROFILE_OF_KIND[ReportKind(self.report_kind)] if self.report_kind else ""
        periods = ReportingPeriod.objects.filter(kind__in=period_kinds, data_from__lte=self.today)
        if self.report_kind in ReportKind.under_agreements():  # annual plans run by the calendar year
            periods = periods.filter(profile__code=profile)
        self.fields["period"].queryset = periods.order_by("-data_to", "kind")
        self.fields["period"].label_from_instance = label_with_days
        if not self.initial.get("period"):
            closed = periods.filter(profile__code=profile, data_to__lt=self.today)
            self.initial["period"] = closed.order_by("-data_to").first()

    def _offer_agreements(self, agreements: QuerySet[Agreement]) -> None:
        del self.fields["scope"]
        self.fields["agreement"].queryset = agreements
        self.fields["agreement"].label_from_instance = agreement_words
        if not agreements.exists():
            self.fields["agreement"].help_text = _(
                "Your agency is party to no agreement whose text stands here. Enter it under “Agreements” first."
            )
        if "first_day" in self.fields and (first := agreements.first()):
            self.initial |= {"first_day": first.stage_from, "last_day": min(first.stage_to, self.today)}

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day must not be before the first day."))
        elif first and first > self.today:
            self.add_error("first_day", _("These days have not begun. Choose an earlier first day."))
        if (agreement := cleaned.get("agreement")) and not self.errors:
            self._check_stage(agreement, cleaned)
        return cleaned

    def _check_stage(self, agreement, cleaned) -> None:
        period = cleaned.get("period")
        first, last = (period.data_from, period.data_to) if period else (cleaned["first_day"], cleaned["last_day"])
        if first <= agreement.stage_to and last >= agreement.stage_from:
            return
        words = _("The agreement holds from %(first)s to %(last)s. Choose days within.")
        days = {"first": date_vi(agreement.stage_from), "last": date_vi(agreement.stage_to)}
        self.add_error("period" if period else "first_day", words % days)

    def chosen(self) -> dict:
        """Of a valid form, as `draft_report` takes it; days nobody had chosen before become a period."""
        cleaned = self.cleaned_data
        if "first_day" in cleaned:
            period = free_period(cleaned["first_day"], cleaned["last_day"])
        else:
            period = cleaned["period"]
        return {
            "kind": self.report_kind,
            "period": period,
            "scope": cleaned.get("scope") or ReportScope.AGREEMENT,
            "agreement": cleaned.get("agreement"),
            "outline": cleaned.get("outline"),
            "form_token": cleaned["form_token"],
        }


def agreement_words(agreement: Agreement) -> str:
    """Its number, else its subject, and its years."""
    document = agreement.document
    name = f"{document.kind.name} {document.code}" if document.number else document.subject
    return f"{name}, {agreement.stage_from.year}–{agreement.stage_to.year}"
