"""Form fields that read what Vietnamese officers type, say what to type instead, and read it back.

Nothing is guessed: where two readings are possible ("1.5", "6/13/26") the field asks. The same fields validate the
rows of imported sheets.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordination.formats import date_vi, number_vi

FIRST_DAY = date(2000, 1, 1)  # no programme is older; catches a mistyped century
DAYS_AHEAD = 366  # nothing is logged further ahead; catches a mistyped year
LARGEST_INTEGER = 2_147_483_647
LARGEST_AMOUNT = 10**15 - 1  # đồng, a million billions
WEEKDAYS = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)

_DATE = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})")
_DATE_DIGITS = re.compile(r"(\d{2})()(\d{2})(\d{4}|\d{2})")
_DATE_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
_DATE_WORDS = re.compile(r"\b(ngày|tháng|năm)\b", re.IGNORECASE)

_PLAIN = re.compile(r"-?\d+")
_GROUPED = re.compile(r"-?[1-9]\d{0,2}((\.\d{3})+|( \d{3})+)")
_COMMA_GROUPED = re.compile(r"-?[1-9]\d{0,2}(,\d{3}){2,}")
_COMMA_GROUPED_ONCE = re.compile(r"-?[1-9]\d{0,2},\d{3}")
_DECIMAL_COMMA = re.compile(r"(-?[\d. ]+),(\d+)")
_DECIMAL_POINT_AFTER_COMMAS = re.compile(r"-?[1-9]\d{0,2}(,\d{3})+\.\d+")
_ODD_POINT = re.compile(r"-?\d+\.\d+")


def squeezed(text: str) -> str:
    """Blanks of every kind become one; long dashes and the minus sign become "-"."""
    return " ".join(text.replace("−", "-").replace("–", "-").split())


def read_date(typed: str) -> date:
    """Day, month, year in this order, or year first with four digits. Two-digit years are 2000-2099."""
    text = re.sub(r"\s*([-/.])\s*", r"\1", squeezed(_DATE_WORDS.sub(" ", typed)))
    if match := _DATE_YEAR_FIRST.fullmatch(text):
        return _existing_date(int(match[1]), int(match[3]), int(match[4]))
    if match := _DATE.fullmatch(text) or _DATE_DIGITS.fullmatch(text):
        century = 2000 if len(match[4]) == 2 else 0
        return _existing_date(century + int(match[4]), int(match[3]), int(match[1]))
    message = _("“%(typed)s” is not understood. Write day/month/year, like 08/06/2026.")
    raise ValidationError(message, "unread", {"typed": typed})


def _existing_date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        if 1 <= day <= 12 < month <= 31:
            message = _("There is no month %(month)s. Write the day first: %(swapped)s?")
            values = {"month": month, "swapped": f"{month:02}/{day:02}/{year:04}"}
            raise ValidationError(message, "month", values) from None
        message = _("There is no day %(day)s/%(month)s/%(year)s. Write day/month/year, like 08/06/2026.")
        raise ValidationError(message, "day", {"day": day, "month": month, "year": year}) from None


def read_whole(typed: str) -> int:
    """ "1069", "1.069" and "1 069" are the same; a single comma or an odd point is not guessed."""
    text = squeezed(typed)
    if _PLAIN.fullmatch(text) or _GROUPED.fullmatch(text) or _COMMA_GROUPED.fullmatch(text):
        return int(re.sub(r"[., ]", "", text))
    if _COMMA_GROUPED_ONCE.fullmatch(text):
        message = _("“%(typed)s” can be read in two ways. If it is a whole number, write %(plain)s without a mark.")
        raise ValidationError(message, "unclear", {"typed": typed, "plain": text.replace(",", "")})
    if _ODD_POINT.fullmatch(text):
        message = _("“%(typed)s” can be read in two ways. Write the digits without a mark, like 1500.")
        raise ValidationError(message, "unclear", {"typed": typed})
    if _DECIMAL_COMMA.fullmatch(text):
        raise ValidationError(_("Write a whole number, without a fraction."), "fraction")
    raise ValidationError(_("Write digits only, like 1069."), "digits")


def read_decimal(typed: str) -> Decimal:
    """The comma is the decimal mark; points and blanks group three digits. "1.5" is asked back."""
    text = squeezed(typed)
    if _PLAIN.fullmatch(text) or _GROUPED.fullmatch(text) or _COMMA_GROUPED.fullmatch(text):
        return Decimal(re.sub(r"[., ]", "", text))
    if (match := _DECIMAL_COMMA.fullmatch(text)) and (_PLAIN.fullmatch(match[1]) or _GROUPED.fullmatch(match[1])):
        return Decimal(f"{re.sub(r'[. ]', '', match[1])}.{match[2]}")
    if _DECIMAL_POINT_AFTER_COMMAS.fullmatch(text):
        return Decimal(text.replace(",", ""))
    if _ODD_POINT.fullmatch(text):
        message = _("“%(typed)s” can be read in two ways. If it is a fraction, write %(comma)s with a comma.")
        raise ValidationError(message, "unclear", {"typed": typed, "comma": text.replace(".", ",")})
    raise ValidationError(_("Write digits and at most one comma, like 84,2."), "digits")


class EchoField(forms.BoundField):
    """Reads the value back in words, so that a slip is seen before it is saved."""

    @property
    def echo(self) -> str:
        try:
            value = self.field.clean(self.value())
        except ValidationError:
            return ""
        words = "" if value in self.field.empty_values else self.field.read_back(value)
        return "" if words == self.value() else words


class DayField(forms.DateField):
    """dd/mm/yyyy and the other ways a day is typed; the native calendar's yyyy-mm-dd too."""

    widget = forms.DateInput(format="%d/%m/%Y", attrs={"inputmode": "numeric", "autocomplete": "off"})
    bound_field_class = EchoField

    def to_python(self, value):
        if value in self.empty_values or isinstance(value, date):
            return super().to_python(value)
        return read_date(value)

    def validate(self, value):
        super().validate(value)
        if value and not FIRST_DAY <= value <= timezone.localdate() + timedelta(days=DAYS_AHEAD):
            raise ValidationError(_("Check the year %(year)s."), "year", {"year": value.year})

    @staticmethod
    def read_back(value):
        return f"{WEEKDAYS[value.weekday()]}, {date_vi(value)}"


def readable_day(typed) -> date | None:
    """What a field of a day would read; None where nothing, or nothing readable, is typed."""
    try:
        return DayField(required=False).clean(typed)
    except ValidationError:
        return None


class WholeNumberField(forms.IntegerField):
    """Persons, sessions, things; with `max_value=LARGEST_AMOUNT` đồng. Empty means not stated, never 0."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "num"})
    bound_field_class = EchoField

    def __init__(self, *, min_value=0, max_value=LARGEST_INTEGER, **options):
        super().__init__(max_value=max_value, **options)
        self.validators.append(MinValueValidator(min_value, _("Write %(limit_value)s or more.")))

    def to_python(self, value):
        if value in self.empty_values:
            return None
        return value if isinstance(value, int) else read_whole(value)

    def prepare_value(self, value):
        return number_vi(value) if isinstance(value, int) else value

    @staticmethod
    def read_back(value):
        return number_vi(value)


class DecimalNumberField(forms.DecimalField):
    """Rates and readings: 84,2."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "num"})
    bound_field_class = EchoField

    def to_python(self, value):
        if value in self.empty_values:
            return None
        return Decimal(value) if isinstance(value, Decimal | int) else read_decimal(value)

    def prepare_value(self, value):
        return number_vi(value) if isinstance(value, Decimal | int) else value

    @staticmethod
    def read_back(value):
        return number_vi(value)


class EntryField(forms.ChoiceField):
    """A choice among rows that were loaded once: fifty rows of a form ask the database nothing.

    `offer` says which rows, and under which heading each stands; the cleaned value is the row, or None.
    """

    default_error_messages = {"invalid_choice": _("Choose one from the list.")}

    def offer(
        self, entries: Iterable, label: Callable = str, heading: Callable | None = None, empty: str | None = ""
    ) -> None:
        """`empty`: the words of the choice for nothing; None leaves that choice out."""
        self.entries = {str(entry.pk): entry for entry in entries}
        groups: dict[str, list[tuple[str, str]]] = {}
        for key, entry in self.entries.items():
            groups.setdefault(heading(entry) if heading else "", []).append((key, label(entry)))
        choices = [] if empty is None else [("", empty)]
        for words, rows in groups.items():
            choices += [(words, rows)] if words else rows
        self.choices = choices

    def to_python(self, value):
        if value in self.empty_values:
            return None
        key = str(getattr(value, "pk", value))
        if key not in self.entries:
            raise ValidationError(self.error_messages["invalid_choice"], "invalid_choice")
        return self.entries[key]

    def validate(self, value):
        forms.Field.validate(self, value)

    def prepare_value(self, value):
        return getattr(value, "pk", value)

    def has_changed(self, initial, data):
        return str(self.prepare_value(initial) or "") != str(data or "")


class EntriesField(EntryField):
    """Several of such rows, as boxes to tick; the cleaned value is a list in the order of the offer."""

    widget = forms.CheckboxSelectMultiple

    def offer(self, entries, label=str, heading=None, empty=None):
        super().offer(entries, label, heading, empty)

    def to_python(self, value):
        if not value:
            return []  # sheets ask for thousands of rows, most of them with nothing chosen
        chosen = {EntryField.to_python(self, item) for item in value}
        return [entry for entry in self.entries.values() if entry in chosen]

    def prepare_value(self, value):
        return [getattr(item, "pk", item) for item in value or []]

    def has_changed(self, initial, data):
        return {str(key) for key in self.prepare_value(initial)} != {str(key) for key in data or []}
