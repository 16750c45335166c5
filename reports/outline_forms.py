"""What people type when they make an outline."""

from __future__ import annotations

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.enums import Numbering
from coordination.search import clean_text, one_line, search_text
from reports.enums import PeriodKind, ReportKind
from reports.models import OutlineSection, ReportOutline
from reports.outline_words import part_choices, stored_part, tokens_of, wrong_words

LONGEST = 20_000
KEY = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*")
DEEPEST = 3  # levels of headings


class VersionForm(forms.Form):
    """Which version of the record was looked at."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)


class StartForm(forms.Form):
    """`places`: provinces whose outlines the person keeps; `national`: and those for all. Officers make thematic."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind of report"))
    period_kind = forms.ChoiceField(
        label=gettext_lazy("Length of the period"),
        choices=PeriodKind.choices,
        help_text=gettext_lazy("A thematic report and a review of a stage have free dates."),
    )
    place = forms.ChoiceField(label=gettext_lazy("For"), required=False)
    name = forms.CharField(
        label=gettext_lazy("Name of the outline"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Empty: the name of the outline it is copied from."),
    )
    source = forms.ModelChoiceField(
        ReportOutline.objects.none(),
        label=gettext_lazy("Copied from"),
        required=False,
        to_field_name="uid",
        empty_label=gettext_lazy("nothing: begin with an empty outline"),
    )

    def __init__(self, data=None, *, sources, places, national: bool, thematic: bool, **kwargs):
        super().__init__(data, **kwargs)
        lists = national or bool(places)
        kinds = [choice for choice in ReportKind.choices if lists or choice[0] == ReportKind.THEMATIC]
        self.fields["kind"].choices = [one for one in kinds if thematic or one[0] != ReportKind.THEMATIC]
        self.places = {str(place.pk): place for place in places}
        named = [(key, place.full_name) for key, place in self.places.items()]
        self.fields["place"].choices = ([("", _("the whole country"))] if national else []) + named
        if not lists:
            del self.fields["place"], self.fields["period_kind"]
        self.fields["source"].queryset = sources
        self.fields["source"].label_from_instance = outline_words

    def clean(self):
        cleaned = super().clean()
        kind, source = cleaned.get("kind"), cleaned.get("source")
        if not cleaned.get("name") and not source and "source" not in self.errors:
            self.add_error("name", _("Write a name, or choose an outline to copy."))
        is_review = kind in (ReportKind.MIDTERM, ReportKind.FINAL)
        if is_review and cleaned.get("period_kind") not in (None, PeriodKind.FREE):
            self.add_error("period_kind", _("A review of a stage has free dates. Choose “free dates”."))
        return cleaned

    def chosen(self, agency):
        """Of a valid form, as `begin_outline` takes it."""
        cleaned = self.cleaned_data
        is_thematic = cleaned["kind"] == ReportKind.THEMATIC
        return {
            "kind": cleaned["kind"],
            "period_kind": PeriodKind.FREE if is_thematic else cleaned["period_kind"],
            "unit": None if is_thematic else self.places.get(cleaned.get("place", "")),
            "made_by": agency if is_thematic else None,
            "name": cleaned["name"],
            "source": cleaned["source"],
        }


def outline_words(outline: ReportOutline) -> str:
    values = {"name": outline.name, "period": outline.get_period_kind_display(), "number": outline.number}
    return _("%(name)s (%(period)s, version %(number)s)") % values


class _TextForm(VersionForm):
    """Whose long texts may hold figures."""

    outline: ReportOutline

    def _checked(self, name: str) -> str:
        text = clean_text(self.cleaned_data[name])
        if wrong := wrong_words(text, self.outline.kind):
            raise ValidationError(wrong)
        return text


def _area(label, rows: int, help_text="", required=False):
    widget = forms.Textarea(attrs={"rows": rows, "spellcheck": "false"})
    return forms.CharField(label=label, required=required, max_length=LONGEST, widget=widget, help_text=help_text)


class OutlineForm(_TextForm):
    name = forms.CharField(label=gettext_lazy("Name of the outline"), max_length=200)
    subject = forms.CharField(
        label=gettext_lazy("Subject of the report"),
        max_length=300,
        help_text=gettext_lazy("Stands under “BÁO CÁO”; {period} is the period."),
    )
    opening = _area(gettext_lazy("Opening"), 6, required=True)
    closing = _area(gettext_lazy("Closing"), 3, gettext_lazy("Ends with “./.”."), required=True)
    summary = _area(gettext_lazy("Summary in one line"), 3, gettext_lazy("Leaders read it first."))
    unusual_percent = forms.IntegerField(
        label=gettext_lazy("Ask why when a number changed by more than (%)"),
        required=False,
        min_value=1,
        max_value=1000,
        help_text=gettext_lazy("Against the same period last year. Empty: never ask."),
    )
    field_order = ("name", "subject", "opening", "closing", "summary", "unusual_percent", "version")

    def __init__(self, *args, outline: ReportOutline, **kwargs):
        super().__init__(*args, **kwargs)
        self.outline = outline

    def clean_subject(self):
        return self._checked("subject")

    def clean_opening(self):
        return self._checked("opening")

    def clean_closing(self):
        return self._checked("closing")

    def clean_summary(self):
        return self._checked("summary")


class SectionForm(_TextForm):
    heading = forms.CharField(label=gettext_lazy("Heading"), required=False, max_length=300)
    parent = forms.ModelChoiceField(
        OutlineSection.objects.none(),
        label=gettext_lazy("Stands under"),
        required=False,
        to_field_name="key",
        empty_label=gettext_lazy("nothing: a section of its own"),
    )
    numbering = forms.ChoiceField(label=gettext_lazy("Numbered"), choices=Numbering.choices)
    text = _area(
        gettext_lazy("Text"),
        10,
        gettext_lazy(
            "A blank line begins a paragraph. Figures stand in braces: {activities.sessions}. What stands in [ ] is "
            "left out where it has no data."
        ),
    )
    parts = forms.MultipleChoiceField(
        label=gettext_lazy("Parts that follow the text"), required=False, widget=forms.CheckboxSelectMultiple
    )
    guidance = _area(gettext_lazy("Guidance for who writes it"), 3)
    is_annex = forms.BooleanField(label=gettext_lazy("An annex, after the signatures"), required=False)
    key = forms.CharField(
        label=gettext_lazy("Key"),
        required=False,
        max_length=60,
        help_text=gettext_lazy(
            "Small letters, digits, points. It tells sections of two periods apart; empty: made from the heading."
        ),
    )
    field_order = ("heading", "parent", "numbering", "text", "parts", "guidance", "is_annex", "key", "version")

    def __init__(self, *args, outline: ReportOutline, section: OutlineSection, **kwargs):
        super().__init__(*args, **kwargs)
        self.outline, self.section = outline, section
        self.rows = list(outline.sections.order_by("position", "pk"))
        self.fields["parts"].choices = part_choices(outline.kind)
        below = self._below(section.pk) if section.pk else set()
        body = [row for row in self.rows if row.pk not in below and not row.is_annex]
        above = [row.pk for row in body if self._level(row) < DEEPEST]
        self.fields["parent"].queryset = outline.sections.filter(pk__in=above)
        self.fields["parent"].label_from_instance = lambda row: row.heading or row.key

    def _below(self, pk: int) -> set[int]:
        found = {pk}
        for row in self.rows:
            if row.parent_id in found:
                found |= self._below(row.pk)
        return found

    def _level(self, row: OutlineSection) -> int:
        by_pk = {one.pk: one for one in self.rows}
        return 1 + (self._level(by_pk[row.parent_id]) if row.parent_id in by_pk else 0)

    def clean_heading(self):
        return one_line(self._checked("heading"))

    def clean_text(self):
        return self._checked("text")

    def clean_key(self):
        key = self.cleaned_data["key"].strip()
        if key and not KEY.fullmatch(key):
            raise ValidationError(_("Only small letters without marks, digits, points, - and _: results.people."))
        if key and any(row.key == key and row.pk != self.section.pk for row in self.rows):
            raise ValidationError(_("Another section has the key “%(key)s”. Write another one."), params={"key": key})
        return key

    def clean_parts(self):
        """Those that stood there keep their order, new ones come after them."""
        wanted = self.cleaned_data["parts"]
        before = [token for token in tokens_of(self.section.parts) if token in wanted]
        return [stored_part(token) for token in [*before, *(one for one in wanted if one not in before)]]

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("heading") and not cleaned.get("text") and not cleaned.get("parts") and not self.errors:
            self.add_error("heading", _("Write a heading, a text or choose a part."))
        if cleaned.get("is_annex") and cleaned.get("parent"):
            self.add_error("is_annex", _("An annex stands under no section. Untick it, or choose no section above."))
        if cleaned.get("is_annex") and self.section.pk and len(self._below(self.section.pk)) > 1:
            self.add_error("is_annex", _("There are sections under this one. Remove or move them first."))
        if not cleaned.get("key") and "key" not in self.errors:
            cleaned["key"] = self._new_key(cleaned.get("heading", ""), cleaned.get("parent"))
        return cleaned

    def _new_key(self, heading: str, parent: OutlineSection | None) -> str:
        """ "assessment.nguyen-nhan"; a number behind it where there is one already."""
        words = slugify(search_text(heading)).replace("_", "-")[:24].strip("-") or "muc"
        base = f"{parent.key[:30]}.{words}" if parent else words
        taken = {row.key for row in self.rows if row.pk != self.section.pk}
        number = 1
        while (key := base if number == 1 else f"{base}-{number}") in taken:
            number += 1
        return key
