"""What administrators and members type about people, roles and what they leave.

Invitations: coordination.invitation_forms.
"""

from collections.abc import Iterable
from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordination.enums import MemberRole
from coordination.forms import FIRST_DAY, DayField, EntryField
from coordination.models import Membership
from coordination.people import Parting, Post
from coordination.review_forms import WordsField

LONGEST_REASON = 100  # as history keeps it
LONGEST_TERM = timedelta(days=3700)  # two terms of office; catches a mistyped year


NO_FIRST_DAY = {"required": _("Write the first day.")}
NO_LAST_DAY = {"required": _("Write the last day.")}


class TermField(DayField):
    """The last day of a role: years ahead is usual."""

    def validate(self, value):
        forms.DateField.validate(self, value)
        if value and not FIRST_DAY <= value <= timezone.localdate() + LONGEST_TERM:
            raise ValidationError(_("Check the year %(year)s."), "year", {"year": value.year})


class WhyField(forms.CharField):
    def __init__(self, **options):
        super().__init__(
            label=_("Why, or on which paper"),
            max_length=LONGEST_REASON,
            error_messages={"required": _("Write why, or on which paper.")},
            **options,
        )


def check_order(form, first, last):
    begin, end = form.cleaned_data.get(first), form.cleaned_data.get(last)
    if begin and end and end < begin:
        form.add_error(last, _("The last day must not be before the first day."))


def person_label(hat):
    return f"{hat.user.full_name} ({hat.position_title or hat.get_role_display()})"


class MemberForm(forms.Form):
    """`version`: of the row the form was filled from. A hat that is lent has only its days."""

    CORRECT, CHANGE = "correct", "change"

    act = forms.ChoiceField(
        label=_("What is it about?"),
        choices=[(CORRECT, _("It was entered wrongly")), (CHANGE, _("It changes from a day on"))],
        widget=forms.RadioSelect,
        initial=CORRECT,
        help_text=_("A correction holds for all days. A change keeps the present role up to the day before."),
        error_messages={"required": _("Choose: a mistake, or a change from a day on.")},
    )
    role = forms.ChoiceField(
        label=_("Role"), choices=MemberRole.choices, error_messages={"required": _("Choose the role.")}
    )
    position_title = forms.CharField(label=_("Position"), max_length=100, required=False)
    valid_from = DayField(label=_("First day"), error_messages=NO_FIRST_DAY)
    valid_to = TermField(label=_("Last day"), required=False, error_messages=NO_LAST_DAY)
    reason = WhyField()
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, hat, **options):
        super().__init__(*args, **options)
        self.hat = hat
        if hat.deputises_id:
            for name in ("act", "role", "position_title"):
                del self.fields[name]
            self.fields["valid_to"].required = True

    def clean(self):
        values = super().clean()
        check_order(self, "valid_from", "valid_to")
        return values

    @property
    def post(self) -> Post:
        typed = self.cleaned_data
        return Post(
            role=typed.get("role", self.hat.role),
            position_title=typed.get("position_title", self.hat.position_title),
            valid_from=typed["valid_from"],
            valid_to=typed["valid_to"],
        )

    @property
    def changes(self) -> bool:
        return self.cleaned_data.get("act") == self.CHANGE


class ReceiverField(EntryField):
    """A colleague, or nobody: then whoever of the agency takes it."""

    def offer_colleagues(self, hats: Iterable[Membership]) -> None:
        self.offer(hats, label=person_label, empty=_("Everybody in the agency: whoever takes it first"))


class HandOverForm(forms.Form):
    receiver = ReceiverField(label=_("Who goes on with it"), required=False)
    note = WordsField(
        label=_("What the next one should know"),
        required=False,
        rows=6,
        help_text=_("Where things stand, whom to call, what is promised by which day."),
    )
    form_token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, colleagues, **options):
        super().__init__(*args, **options)
        self.fields["receiver"].offer_colleagues(colleagues)


class PartingForm(forms.Form):
    """`version`: of the row the form was filled from."""

    NOW, AFTER = "now", "after"

    when = forms.ChoiceField(
        label=_("When does access end?"),
        choices=[(NOW, _("Now, at the next click")), (AFTER, _("After the last day"))],
        widget=forms.RadioSelect,
        initial=NOW,
        error_messages={"required": _("Choose when access ends.")},
    )
    last_day = TermField(label=_("Last day"), required=False)
    reason = WhyField()
    receiver = ReceiverField(label=_("Who goes on with it"), required=False)
    note = WordsField(label=_("What the next one should know"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, colleagues, **options):
        super().__init__(*args, **options)
        self.fields["receiver"].offer_colleagues(colleagues)

    def clean(self):
        values = super().clean()
        if values.get("when") == self.AFTER and not values.get("last_day") and "last_day" not in self.errors:
            self.add_error("last_day", _("Write the last day."))
        return values

    @property
    def parting(self) -> Parting:
        typed = self.cleaned_data
        last_day = typed["last_day"] if typed["when"] == self.AFTER else None
        return Parting(last_day, typed["reason"], typed["receiver"], typed["note"])


class DeputyForm(forms.Form):
    deputy = EntryField(label=_("Who acts"), error_messages={"required": _("Choose who acts.")})
    valid_from = DayField(label=_("First day"), error_messages=NO_FIRST_DAY)
    valid_to = TermField(label=_("Last day"), error_messages=NO_LAST_DAY)
    form_token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, colleagues, **options):
        super().__init__(*args, **options)
        self.fields["deputy"].offer(colleagues, label=person_label, empty=_("Choose a colleague"))

    def clean_valid_from(self):
        first = self.cleaned_data["valid_from"]
        if first < timezone.localdate():
            raise ValidationError(_("It can begin today at the earliest."))
        return first

    def clean(self):
        values = super().clean()
        check_order(self, "valid_from", "valid_to")
        return values
