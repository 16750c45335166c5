"""What is typed about invitations: one person, a whole list, and what the one invited answers with."""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from coordination.enums import MemberRole
from coordination.forms import DayField
from coordination.invitations import GROUP, GROUPS, Invitee, as_printed
from coordination.models import Agency, Invitation, Membership, User
from coordination.people_forms import NO_FIRST_DAY, TermField, check_order
from coordination.search import clean_text, search_text

MOST_LINES = 200
CODE_LENGTH = GROUPS * GROUP + GROUPS - 1


@dataclass(frozen=True)
class Taken:
    """Who holds a role of the agency today or later, and who is invited to one: (address, role)."""

    members: frozenset[tuple[str, str]]
    invited: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, agency: Agency, today: date) -> "Taken":
        hats = Membership.objects.filter(agency=agency, ended_at__isnull=True, deputises__isnull=True)
        hats = hats.exclude(valid_to__lt=today).values_list(F("user__email"), "role")
        waiting = Invitation.objects.filter(agency=agency, accepted_at__isnull=True, withdrawn_at__isnull=True)
        return cls(frozenset(hats), frozenset(waiting.values_list("email", "role")))


class InviteeForm(forms.Form):
    """One person, typed on the page or a line of a pasted list."""

    full_name = forms.CharField(
        label=_("Full name"), max_length=100, error_messages={"required": _("Write the full name.")}
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("It is also the name to sign in with, with or without a mailbox."),
        error_messages={
            "required": _("Write the e-mail address."),
            "invalid": _("Write the whole address, like ho.ten@quangngai.gov.vn."),
        },
    )
    role = forms.ChoiceField(
        label=_("Role"),
        choices=MemberRole.choices,
        error_messages={
            "required": _("Write the role: officer, reviewer, leader, clerk or administrator."),
            "invalid_choice": _("“%(value)s” is no role. Write officer, reviewer, leader, clerk or administrator."),
        },
    )
    position_title = forms.CharField(label=_("Position"), max_length=100, required=False)

    def __init__(self, *args, taken, **options):
        super().__init__(*args, **options)
        self.taken = taken

    def clean_email(self):
        return clean_text(self.cleaned_data["email"]).lower()

    def clean(self):
        values = super().clean()
        wanted = (values.get("email"), values.get("role"))
        if wanted in self.taken.members:
            self.add_error("email", _("This person already has this role here. Change it in the list of people."))
        if wanted in self.taken.invited:
            self.add_error(
                "email", _("This address is already invited to this role. Send that invitation again instead.")
            )
        return values


class Delivery(forms.Form):
    """From when to when, and how the invitation reaches people."""

    MAIL, PAPER = "mail", "paper"

    valid_from = DayField(label=_("First day"), error_messages=NO_FIRST_DAY)
    valid_to = TermField(label=_("Last day"), required=False)
    by = forms.ChoiceField(
        label=_("How does it reach them?"),
        choices=[(MAIL, _("By e-mail")), (PAPER, _("On paper: a code to print and hand over"))],
        widget=forms.RadioSelect,
        initial=MAIL,
        error_messages={"required": _("Choose how the invitation reaches them.")},
    )
    form_token = forms.UUIDField(widget=forms.HiddenInput)

    def clean(self):
        values = super().clean()
        check_order(self, "valid_from", "valid_to")
        return values

    @property
    def on_paper(self) -> bool:
        return self.cleaned_data["by"] == self.PAPER

    def invitee(self, values) -> Invitee:
        names = ("email", "full_name", "role", "position_title")
        typed = self.cleaned_data
        days = {"valid_from": typed["valid_from"], "valid_to": typed["valid_to"]}
        return Invitee(**{name: values[name] for name in names}, **days)


class InviteForm(InviteeForm, Delivery):
    field_order = ("full_name", "email", "role", "position_title", "valid_from", "valid_to", "by")

    def clean(self):
        check_order(self, "valid_from", "valid_to")
        return InviteeForm.clean(self)


def role_of(word):
    """As people write it: with or without marks, "Văn thư" or "clerk"; what is no role stays as it is."""
    words = {search_text(str(name)): role.value for role in MemberRole for name in (role.value, role.label)}
    return words.get(search_text(word), word)


@dataclass(frozen=True)
class Line:
    """One line of the list as it was read: `number` counts from 1; `errors` one sentence each."""

    number: int
    text: str
    values: dict
    errors: list

    @property
    def role_label(self) -> str:
        return str(MemberRole(self.values["role"]).label)


class BulkForm(Delivery):
    """A staff list, pasted from a sheet or typed: name, e-mail, role, position on each line."""

    people = forms.CharField(
        label=_("The list"),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        max_length=40_000,
        help_text=_("One person a line: full name, e-mail address, role, position. Paste it from Excel or Word."),
        error_messages={"required": _("Paste the list here, or write one person a line.")},
    )
    field_order = ("people", "valid_from", "valid_to", "by")

    def __init__(self, *args, taken, **options):
        super().__init__(*args, **options)
        self.taken = taken

    def clean_people(self):
        typed = self.cleaned_data["people"].replace("\r\n", "\n")
        rows = [(number, text) for number, text in enumerate(typed.split("\n"), 1) if text.strip()]
        if len(rows) > MOST_LINES:
            raise ValidationError(_("At most %(most)s people at once. Divide the list."), "most", {"most": MOST_LINES})
        self.lines, seen = [], set()
        for number, text in rows:
            self.lines.append(self._line(number, text, seen))
        return typed

    def _line(self, number, text, seen):
        cells = [clean_text(cell) for cell in split(text)]
        names = ("full_name", "email", "role", "position_title")
        values = dict(zip(names, [*cells, "", "", "", ""], strict=False))
        if len(cells) > len(names):
            return Line(number, text, values, [_("More than four columns. Check the commas in this line.")])
        values["role"] = role_of(values["role"])
        form = InviteeForm(values, taken=self.taken)
        errors = [] if form.is_valid() else [error for found in form.errors.values() for error in found]
        values |= form.cleaned_data
        wanted = (values["email"], values["role"])
        if not errors and wanted in seen:
            errors = [_("This address stands in the list twice with the same role.")]
        seen.add(wanted)
        return Line(number, text, values, errors)

    @property
    def digest(self) -> str:
        """Of the list as it was read back: what was changed afterwards is read back again."""
        return sha256(self.cleaned_data["people"].encode()).hexdigest()

    @property
    def good(self) -> list[Line]:
        return [line for line in self.lines if not line.errors]

    @property
    def bad(self) -> list[Line]:
        return [line for line in self.lines if line.errors]


def split(text):
    """Sheets give tabs; where somebody types, semicolons or commas."""
    mark = next((mark for mark in ("\t", ";") if mark in text), ",")
    return [cell.strip() for cell in text.split(mark)]


class JoinForm(forms.Form):
    """The name as others will see it, and the password of the new account."""

    full_name = forms.CharField(
        label=_("Full name"), max_length=100, error_messages={"required": _("Write your full name.")}
    )
    password1 = forms.CharField(
        label=_("Choose a password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 letters, signs and digits. Several words together are easy to remember."),
        error_messages={"required": _("Choose a password of at least 12 letters, signs and digits.")},
    )
    password2 = forms.CharField(
        label=_("The same password once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Type the same password once more.")},
    )

    def __init__(self, *args, email, **options):
        super().__init__(*args, **options)
        self.email = email

    def clean(self):
        values = super().clean()
        first, second = values.get("password1"), values.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("You must type the same password each time."))
        elif first:
            self._check_password(first, values.get("full_name", ""))
        return values

    def _check_password(self, password, full_name):
        try:
            validate_password(password, User(email=self.email, full_name=full_name))
        except ValidationError as refusal:
            self.add_error("password1", refusal)


class CodeForm(forms.Form):
    """The code printed on paper."""

    code = forms.RegexField(
        r"^[0-9A-Za-z \-]{16,24}$",
        label=_("Code on the paper"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={
            "required": _("Type the code that stands on the paper."),
            "invalid": _("The code has 16 letters and digits, like AB12-CD34-EF56-GH78."),
        },
    )

    def clean_code(self):
        code = as_printed(self.cleaned_data["code"])
        if len(code) != CODE_LENGTH:
            raise ValidationError(self.fields["code"].error_messages["invalid"], "invalid")
        return code
