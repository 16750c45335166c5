"""How a sheet is declared: an import-export Resource whose fields are columns and whose widgets read and fill cells.

A widget turns a cell into what the form of the screen would be sent, and a stored value into the cell. It never
judges: what it cannot read goes to the form as it stands, and the form says what to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db.models import Model, TextChoices
from django.utils.functional import Promise
from import_export.fields import Field
from import_export.resources import Resource
from import_export.widgets import Widget

from coordination.formats import date_vi
from coordination.forms import read_date, read_decimal, read_whole
from coordination.search import clean_text, search_text

Cell = Any  # str | int | float | date | None, as a workbook holds it
Remarks = dict[int, list[tuple[str, str]]]  # row → (key of the column, message)
TICKS = ("x", "co", "1")
SEVERAL = "; "  # between the entries of one cell


cleaned = lru_cache(maxsize=8192)(clean_text)  # kinds, places, agencies stand in row after row


def as_words(value: Cell) -> str:
    """What stands in the cell, as text."""
    if isinstance(value, str):
        return cleaned(value)
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value).replace(".", ",")
    return date_vi(value) if isinstance(value, date) else str(value)


def divided(value: Cell) -> list[str]:
    """The entries of one cell: semicolons or line breaks between them."""
    return [part.strip() for part in as_words(value).replace("\n", ";").split(";")]


class TextCell(Widget):
    def clean(self, value, row=None, **kwargs):
        return as_words(value)

    def render(self, value, obj=None, **kwargs):
        return value or ""


class DayCell(Widget):
    """A day as Excel holds it, or typed in one of the ways the form reads."""

    def clean(self, value, row=None, **kwargs):
        if isinstance(value, datetime):
            return value.date()
        if value in (None, "") or isinstance(value, date):
            return value or ""
        try:
            return read_date(as_words(value))
        except ValidationError:
            return as_words(value)

    def render(self, value, obj=None, **kwargs):
        return value


class NumberCell(Widget):
    """`read`: how the form reads what was typed as text."""

    def __init__(self, read: Callable[[str], Any] = read_whole):
        super().__init__()
        self.read = read

    def clean(self, value, row=None, **kwargs):
        if isinstance(value, float) and value.is_integer():
            return int(value)
        words = as_words(value)
        try:
            return self.read(words) if words else ""
        except ValidationError:
            return words

    def render(self, value, obj=None, **kwargs):
        return value


class DecimalCell(NumberCell):
    def __init__(self):
        super().__init__(read_decimal)

    def render(self, value, obj=None, **kwargs):
        return float(value) if isinstance(value, Decimal) else value


class ChoiceCell(Widget):
    """One of a list. `offer` says which: key the form knows, words people read; either may stand in the cell."""

    def __init__(self, choices: type[TextChoices] | None = None):
        super().__init__()
        self.labels: dict[str, str] = {}
        self.keys: dict[str, str] = {}
        if choices:
            self.choices = choices

    def offer(self, pairs: Iterable[tuple[Any, Any]]) -> None:
        self.labels = {str(key): str(label) for key, label in pairs}
        words = {search_text(label): key for key, label in self.labels.items()}
        self.keys = words | {clean_text(label): key for key, label in self.labels.items()}

    def key_of(self, words: str) -> str:
        """Marks may be left out where that means one entry; what means none stays as it is, for the form to say."""
        return self.keys.get(words) or self.keys.get(search_text(words)) or words

    def clean(self, value, row=None, **kwargs):
        words = as_words(value)
        return self.key_of(words) if words else ""

    def render(self, value, obj=None, **kwargs):
        key = str(getattr(value, "pk", value) or "")
        return self.labels.get(key, str(value) if value else "")


class ChoicesCell(ChoiceCell):
    """Several of a list, with semicolons between them; their order says nothing."""

    def clean(self, value, row=None, **kwargs):
        return sorted(set(self._keys([part for part in divided(value) if part])))

    def _keys(self, parts: list[str]) -> Iterator[str]:
        """A name may hold a semicolon itself: the longest that is known counts."""
        while parts:
            for length in range(len(parts), 0, -1):
                words = SEVERAL.join(parts[:length])
                key = self.key_of(words)
                if length == 1 or key != words:
                    yield key
                    del parts[:length]
                    break

    def render(self, value, obj=None, **kwargs):
        entries = value.all() if hasattr(value, "all") else value or []
        return SEVERAL.join(sorted(ChoiceCell.render(self, entry) for entry in entries))


class WordsCell(ChoiceCell):
    """Words offered in the cell and handed on as they stand: the form finds what they mean on the day of the row."""

    def offer_words(self, words: Iterable[str]) -> None:
        self.labels = {text: text for text in words}

    def clean(self, value, row=None, **kwargs):
        return as_words(value)

    def render(self, value, obj=None, **kwargs):
        return str(value or "")


class ListCell(Widget):
    """Words with semicolons between them; their order says nothing."""

    def clean(self, value, row=None, **kwargs):
        return sorted({part for part in divided(value) if part})


class TickCell(Widget):
    """x or nothing."""

    def clean(self, value, row=None, **kwargs):
        return "on" if search_text(as_words(value)) in TICKS else ""

    def render(self, value, obj=None, **kwargs):
        return TICKS[0] if value else ""


class Column(Field):
    """`label` is the header people read; `key`, the name of the field, stands in the hidden row above it.

    `blank`: what an empty cell means. `width` in characters. `listed`: its list of choices is offered in the cell.
    """

    def __init__(
        self,
        label: str | Promise,
        widget: Widget | None = None,
        *,
        attribute: str | None = None,
        width: int = 14,
        required: bool = False,
        sample: Cell = "",
        blank: Any = "",
        hint: str | Promise = "",
    ):
        super().__init__(attribute=attribute, widget=widget or TextCell())
        self.label, self.width, self.required = label, width, required
        self.sample, self.blank, self.hint = sample, blank, hint

    @property
    def listed(self) -> bool:
        return isinstance(self.widget, ChoiceCell) and not self.several and bool(self.widget.labels)

    @property
    def several(self) -> bool:
        return isinstance(self.widget, ChoicesCell | ListCell)

    def read(self, value: Cell) -> Any:
        """What the form is sent for this cell."""
        if value is None:
            return self.of_nothing
        found = self.widget.clean(value)
        return self.blank if found == "" else found

    @cached_property
    def of_nothing(self) -> Any:
        found = self.widget.clean("")
        return self.blank if found == "" else found


@dataclass
class Row:
    """`number` as Excel counts; `cells` by the key of their column, those that hold something.

    `merged`: empty ones that are part of another cell, which is named.
    """

    number: int
    cells: dict[str, Cell]
    merged: dict[str, str] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    reference: str = ""
    derived: bool = False


class Found:
    """What a row turned out to be."""

    NEW, CHANGED, SAME, WRONG = "new", "changed", "same", "wrong"
    ALL = (NEW, CHANGED, SAME, WRONG)
    DOUBTFUL = "doubtful"  # some of the new and the changed ones


@dataclass
class Verdict:
    """`problems`: (key of the column or "", what to do). `item`: what is to be written, of the sheet's own kind.

    `doubts`: like problems, of a row that is right by the rules and should be looked at; they stop nothing.
    """

    row: Row
    found: str
    problems: list[tuple[str, str]] = field(default_factory=list)
    item: Any = None
    doubts: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Span:
    """Days an export is asked for, both inclusive."""

    first: date
    last: date


class NotAllowed(Exception):
    """The person may not exchange this sheet; the text says who may."""

    def for_people(self) -> str:
        return str(self)


class Sheet(Resource):
    """One sheet, for one person in one hat (a Membership; None for who has none). Lists are read once, by `prepare`.

    `code` names it in commands, addresses and the marker of the file. `version` goes up when its columns change.
    """

    code: ClassVar[str]
    label: ClassVar[str | Promise]
    about: ClassVar[str | Promise] = ""
    version: ClassVar[int] = 1
    do_not_call_in_templates: ClassVar[bool] = True  # pages speak of the class

    def __init__(self, user: Any, hat: Any = None):
        super().__init__()
        self.user, self.hat = user, hat
        for name, column in self.fields.items():
            column.attribute = column.attribute or name
            choices = getattr(column.widget, "choices", None)
            if choices:
                column.widget.offer(choices.choices)

    # ---- who may, by whom in which hat ----

    @classmethod
    def allows(cls, user: Any, hat: Any) -> bool:
        """Whether the person may import it in this hat."""
        raise NotImplementedError

    @classmethod
    def shows(cls, user: Any, hat: Any) -> bool:
        """Whether the person may export it in this hat."""
        return cls.allows(user, hat)

    # ---- what a sheet says of itself ----

    def prepare(self) -> Sheet:
        """Reads the lists its cells choose from; once for a file."""
        return self

    def records(self, span: Span | None = None) -> Iterator[Model]:
        """What an export holds, in its order."""
        raise NotImplementedError

    def examine(self, rows: Sequence[Row], *, writing: bool = False) -> list[Verdict]:
        """Some of the rows, in the order of the file. `writing`: what is stored is locked until it is written."""
        raise NotImplementedError

    def write(self, verdicts: Sequence[Verdict]) -> None:
        """The new and the changed ones, in bulk with their history, in the caller's transaction."""
        raise NotImplementedError

    # ---- cells ----

    @cached_property
    def columns(self) -> dict[str, Column]:
        return dict(self.fields)

    def cells_of(self, record: Any) -> list[Cell]:
        return [self.cell_of(name, column, record) for name, column in self.columns.items()]

    def cell_of(self, name: str, column: Column, record: Any) -> Cell:
        method = getattr(self, f"dehydrate_{name}", None)
        if method:
            return method(record)
        return column.widget.render(column.get_value(record), record)

    def read(self, cells: dict[str, Cell]) -> dict[str, Any]:
        """What the form is sent: the same for a row of a file and for a stored record."""
        return {name: column.read(cells.get(name)) for name, column in self.columns.items()}

    def read_record(self, record: Any) -> dict[str, Any]:
        return self.read(dict(zip(self.columns, self.cells_of(record), strict=True)))

    left_out: frozenset[str] = frozenset()  # columns somebody deleted from the file at hand

    def keep_left_out(self, row: Row, record: Any) -> None:
        """A column that is not in the file changes nothing; an empty cell of one that is, does."""
        if record is not None and self.left_out:
            stored = self.read_record(record)
            row.data |= {name: stored[name] for name in self.left_out}


SHEETS: dict[str, type[Sheet]] = {}


def register(sheet: type[Sheet]) -> type[Sheet]:
    SHEETS[sheet.code] = sheet
    return sheet
