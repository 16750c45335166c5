"""What is typed about a decision: rename, merge, split, end. Each form says which Decision it means."""

from __future__ import annotations

from datetime import date

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from coordination.agencies import around
from coordination.agency_changes import Decision, Successor
from coordination.agency_forms import (
    LONGEST_REASON,
    NAME_COLUMNS,
    OldDayField,
    agency_label,
    columns_of,
    line_from,
    name_fields,
)
from coordination.agency_members import members_from
from coordination.forms import EntryField
from coordination.models import Agency

FEWEST, MOST = 2, 6  # lines for agencies of one decision
OF_THE_NAME = ("name", "short_name", "symbol", "letterhead")  # the other columns begin as the old ones are


class DecisionForm(forms.Form):
    """`on`, `decided_by` and what goes with every decision; `agency` is the one whose page it stands on."""

    title = _("Close the agency")
    about = _("It ends without a successor: its records stay, its people lose their roles there.")

    on = OldDayField(
        label=_("First day of the new order"),
        help_text=_("For example: 01/03/2025"),
        error_messages={"required": _("Write the first day of the new order.")},
    )
    decided_by = forms.CharField(
        label=_("By which decision: number, day, who"),
        max_length=LONGEST_REASON,
        error_messages={"required": _("Write number, day and issuer of the decision.")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
    form_token = forms.UUIDField(widget=forms.HiddenInput)
    rows = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=FEWEST, max_value=MOST)

    def __init__(self, data=None, *, agency: Agency, today: date, **options):
        super().__init__(data, **options)
        self.agency, self.today = agency, today
        sent = str(self.sent.get("rows", ""))
        asked = int(sent) if sent.isdecimal() and len(sent) < len("100") else FEWEST
        self.count = max(FEWEST, min(MOST, asked))
        self.initial["rows"] = self.count
        self.build()

    @property
    def sent(self):
        """What was typed, also where the form is only shown again with it."""
        return self.data or self.initial

    def build(self):
        """Fields of the kind of decision."""

    @property
    def may_add(self) -> bool:
        return False

    @cached_property
    def others(self):
        return list(around(self.agency, self.today))

    @property
    def decision(self) -> Decision:
        return Decision(old=(self.agency,), into=(), **self.when)

    @property
    def when(self) -> dict:
        return {"on": self.cleaned_data["on"], "decided_by": self.cleaned_data["decided_by"]}

    def parts(self):
        """(legend, fields) in the order of the page; a legend may be empty."""
        return [("", [self["on"], self["decided_by"]])]

    def choices_left(self):
        """Fields asked once it is known what the decision touches."""
        return []


class CloseForm(DecisionForm):
    pass


class RenameForm(DecisionForm):
    title = _("Rename by decision")
    about = _("The old name stays on everything of its days. A mistyped name is corrected instead.")

    def build(self):
        self.fields |= name_fields()
        now = columns_of(self.agency.names.latest("valid_from"))
        if now["letterhead"] == now["name"].upper():  # it follows the new name
            now["letterhead"] = ""
        for column, value in now.items():
            self.initial.setdefault(column, value)

    @property
    def decision(self):
        renamed = Successor(self.agency, line_from(self.cleaned_data))
        return Decision(old=(self.agency,), into=(renamed,), **self.when)

    def parts(self):
        return [*super().parts(), (_now("From that day on"), [self[column] for column in NAME_COLUMNS])]


def agency_field(label, empty, **options) -> EntryField:
    return EntryField(label=label, required=False, widget=forms.Select, **options)


class SuccessorFields:
    """Fields of one agency that goes on: one that is there, or the name of a new one; both: it takes a new name."""

    def add_successor(self, prefix, empty, offered):
        choice = agency_field(_("Which agency goes on"), empty)
        choice.offer(offered, label=agency_label, empty=empty)
        self.fields[f"{prefix}agency"] = choice
        now = columns_of(self.agency.names.latest("valid_from"))
        for column, field in name_fields().items():
            field.required = False
            self.fields[f"{prefix}{column}"] = field
            if column not in OF_THE_NAME:
                self.initial.setdefault(f"{prefix}{column}", now[column])

    def check_successor(self, prefix):
        """A new agency needs its names; one that is there needs all of them or none."""
        typed = self.cleaned_data
        if f"{prefix}agency" not in typed:
            return
        if typed[f"{prefix}agency"] and not any(typed.get(f"{prefix}{column}") for column in OF_THE_NAME):
            return
        for column in ("name", "short_name", "symbol", "place"):
            if not typed.get(f"{prefix}{column}") and f"{prefix}{column}" not in self.errors:
                self.add_error(f"{prefix}{column}", _("Fill this in for the new name."))

    def successor(self, prefix) -> Successor:
        line = line_from(self.cleaned_data, prefix)
        return Successor(self.cleaned_data[f"{prefix}agency"], line if line.name else None)

    def fields_of(self, prefix):
        return [self[f"{prefix}{name}"] for name in ("agency", *NAME_COLUMNS)]


class MergeForm(SuccessorFields, DecisionForm):
    """`other0`…: merged together with it; `agency`: which one goes on, empty for a new one."""

    title = _("Merge by decision")
    about = _("Several agencies become one. Those that end keep their records; the one that goes on has the rights.")

    def build(self):
        for number in range(self.count):
            field = agency_field(_("Another agency that ends"), "")
            field.offer(self.others, label=agency_label, empty=_("None"))
            self.fields[f"other{number}"] = field
        self.add_successor("", _("A new agency, named below"), self.others)

    @property
    def may_add(self):
        return self.count < MOST

    def clean(self):
        typed = super().clean()
        seen = set()
        for number in range(self.count):
            other = typed.get(f"other{number}")
            if other and (other.pk in seen or other == typed.get("agency")):
                self.add_error(f"other{number}", _("This agency is chosen twice."))
            seen |= {other.pk} if other else set()
        if not seen and not typed.get("agency") and "agency" in typed:
            self.add_error("other0", _("A merger takes two agencies or more. Choose the others."))
        self.check_successor("")
        return typed

    @property
    def decision(self):
        others = [self.cleaned_data[f"other{number}"] for number in range(self.count)]
        old = (self.agency, *(other for other in others if other))
        return Decision(old=old, into=(self.successor(""),), **self.when)

    def parts(self):
        others = [self[f"other{number}"] for number in range(self.count)]
        return [
            *super().parts(),
            (_now("End by the decision, beside this one"), others),
            (_now("Goes on"), self.fields_of("")),
        ]


class SplitForm(SuccessorFields, DecisionForm):
    """`part0_…`: the agencies that go on; `receiver`: which of them has the drafts; `member_…`: who goes where.

    The last lines may stay empty.
    """

    title = _("Split by decision")
    about = _("One agency becomes several. It ends; each of the others has the rights to its records.")

    def build(self):
        for number in range(self.count):
            self.add_successor(f"part{number}_", _("A new agency, named here"), self.others)
            for name in ("agency", *NAME_COLUMNS):
                self.fields[f"part{number}_{name}"].part = self.legend(number)
        self.fields["receiver"] = forms.TypedChoiceField(
            label=_("Goes on with drafts and with the agencies below it"),
            coerce=int,
            choices=self.numbers,
            error_messages={"required": _("Choose one of the agencies named above.")},
        )
        self.members = list(members_from([self.agency.pk], self.today))
        for hat in self.members:
            self.fields[f"member_{hat.pk}"] = forms.TypedChoiceField(
                label=f"{hat.user.full_name}, {hat.get_role_display()}", required=False, coerce=int, empty_value=None,
                choices=self.numbers,
            )  # fmt: skip

    def numbers(self):
        """By the names typed, as far as they are."""
        return [(number, self._called(number)) for number in range(self.count)]

    def _called(self, number) -> str:
        key = self.sent.get(f"part{number}_agency", "")
        there = next((agency.name for agency in self.others if str(agency.pk) == key), "")
        typed = self.sent.get(f"part{number}_name", "").strip()
        return typed or there or self.legend(number)

    @staticmethod
    def legend(number) -> str:
        return _now("Agency %(number)s") % {"number": number + 1}

    @property
    def may_add(self):
        return self.count < MOST

    def clean(self):
        typed, seen = super().clean(), set()
        self.filled = FEWEST + len([n for n in range(FEWEST, self.count) if self.is_filled(n)])
        if typed.get("receiver", 0) >= self.filled:
            self.add_error("receiver", _("Choose one of the agencies named above."))
        for number in range(self.filled):
            prefix = f"part{number}_"
            agency = typed.get(f"{prefix}agency")
            if agency and agency.pk in seen:
                self.add_error(f"{prefix}agency", _("This agency is chosen twice."))
            seen |= {agency.pk} if agency else set()
            self.check_successor(prefix)
        return typed

    def is_filled(self, number) -> bool:
        """It or one behind it."""
        names = ("agency", *OF_THE_NAME)
        return any(self.cleaned_data.get(f"part{n}_{name}") for n in range(number, self.count) for name in names)

    @property
    def decision(self):
        into = tuple(self.successor(f"part{number}_") for number in range(self.filled))
        typed = {hat.pk: self.cleaned_data.get(f"member_{hat.pk}") for hat in self.members}
        goes_to = {pk: number for pk, number in typed.items() if number is not None and number < self.filled}
        return Decision(
            old=(self.agency,), into=into, receiver=self.cleaned_data["receiver"], goes_to=goes_to, **self.when
        )

    def parts(self):
        named = [(self.legend(number), self.fields_of(f"part{number}_")) for number in range(self.count)]
        return [*super().parts(), *named, ("", [self["receiver"]])]

    def choices_left(self):
        """Who is not placed goes to the receiver."""
        return [self[f"member_{hat.pk}"] for hat in self.members]
