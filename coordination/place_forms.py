"""What the system administrator types about a place."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from coordination.enums import SuccessionNature, UnitKind, UnitLevel
from coordination.forms import DayField, EntriesField
from coordination.models import AdministrativeUnit
from coordination.places import Decision, NewUnit
from coordination.search import clean_text
from coordination.unit_picker import unit_label

KINDS_OF_LEVEL = {
    UnitLevel.PROVINCE: (UnitKind.PROVINCE, UnitKind.MUNICIPALITY),
    UnitLevel.DISTRICT: (
        UnitKind.RURAL_DISTRICT,
        UnitKind.URBAN_DISTRICT,
        UnitKind.DISTRICT_CITY,
        UnitKind.DISTRICT_TOWN,
    ),
    UnitLevel.COMMUNE: (UnitKind.COMMUNE, UnitKind.WARD, UnitKind.TOWNLET, UnitKind.SPECIAL_ZONE),
}
LONGEST_REASON = 100  # as history keeps it


def kinds_of(unit):
    return [(kind.value, kind.label) for kind in KINDS_OF_LEVEL[unit.level]]


class CorrectForm(forms.Form):
    """`version`: of the row the form was filled from."""

    name = forms.CharField(
        label=_("Name, without its kind"),
        max_length=100,
        error_messages={"required": _("Write the name of the unit.")},
    )
    kind = forms.ChoiceField(label=_("Kind"), error_messages={"required": _("Choose the kind of unit.")})
    reason = forms.CharField(
        label=_("What was wrong, and where the right name stands"),
        max_length=LONGEST_REASON,
        error_messages={"required": _("Write what was wrong and where the right one stands.")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, unit, **options):
        super().__init__(*args, **options)
        self.fields["kind"].choices = kinds_of(unit)


class ChangeForm(forms.Form):
    """A decision: from a day on, with its paper. `new`: one unit a line, "xã Ba Tơ, 21484"."""

    nature = forms.ChoiceField(
        label=_("What is decided"),
        choices=[
            (nature.value, nature.label)
            for nature in (SuccessionNature.RENAMED, SuccessionNature.MERGED, SuccessionNature.SPLIT)
        ],
        error_messages={"required": _("Choose what is decided.")},
    )
    on = DayField(
        label=_("First day of the new order"),
        error_messages={"required": _("Write the first day of the new order.")},
    )
    legal_document = forms.CharField(
        label=_("Decision: number, day, who"),
        max_length=LONGEST_REASON,
        error_messages={"required": _("Write number, day and issuer of the resolution.")},
    )
    new = forms.CharField(
        label=_("New units"),
        help_text=_("One a line: kind and name, a comma, the official code. For example: xã Ba Tơ, 21484"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write the new units, one a line, like xã Ba Tơ, 21484.")},
    )
    others = EntriesField(label=_("Merged together with"), required=False)

    def __init__(self, *args, unit, **options):
        super().__init__(*args, **options)
        self.unit = unit
        beside = AdministrativeUnit.objects.filter(level=unit.level, province=unit.province, valid_to__isnull=True)
        self.fields["others"].offer(beside.exclude(pk=unit.pk).select_related("parent"), label=unit_label)

    def clean_new(self):
        return tuple(self._new_unit(line) for line in self.cleaned_data["new"].splitlines() if line.strip())

    def _new_unit(self, line):
        words, _comma, code = clean_text(line).rpartition(",")
        words, code = words.strip(), code.strip()
        digits = 2 if self.unit.level == UnitLevel.PROVINCE else 5
        if not words or not code.isdecimal() or len(code) != digits:
            message = _("“%(line)s”: write kind and name, a comma and the code of %(digits)s digits.")
            raise ValidationError(message, "line", {"line": line.strip(), "digits": digits})
        for kind in KINDS_OF_LEVEL[self.unit.level]:
            begin = f"{kind.label} "
            if words.casefold().startswith(begin):
                return NewUnit(words[len(begin) :].strip(), kind.value, code)
        kinds = ", ".join(str(kind.label) for kind in KINDS_OF_LEVEL[self.unit.level])
        message = _("“%(line)s”: begin with the kind (%(kinds)s).")
        raise ValidationError(message, "kind", {"line": line.strip(), "kinds": kinds})

    @property
    def decision(self) -> Decision:
        typed = self.cleaned_data
        return Decision(
            nature=SuccessionNature(typed["nature"]),
            on=typed["on"],
            legal_document=typed["legal_document"],
            old=(self.unit, *typed["others"]),
            new=typed["new"],
        )
