"""Two versions of one activity side by side, and the one made of them. Nothing typed by either person is lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from coordination.formats import date_vi, number_vi
from coordination.models import AdministrativeUnit
from coordination.unit_picker import unit_label
from programs.enums import Precision
from programs.forms.activities import ActivityEntry
from programs.forms.lists import partner_label
from programs.forms.snapshots import DAYS, LISTED, ROWS, TICKED, Snapshot

THEIRS, MINE, BOTH = "theirs", "mine", "both"
PARAGRAPHS = ("result", "note")
JOINABLE = (*PARAGRAPHS, *TICKED)


@dataclass(frozen=True)
class Difference:
    """One field both versions fill differently, in words; `chosen` is what is ticked when the page opens."""

    name: str
    label: str
    theirs: str
    mine: str
    chosen: str

    @property
    def joinable(self) -> bool:
        return self.name in JOINABLE


def differences(entry: ActivityEntry, theirs: Snapshot, mine: Snapshot, seen: Snapshot | None) -> list[Difference]:
    """`seen`: what this person's form showed when it was opened; fields they did not touch keep the stored value."""
    found = []
    for name, value in mine.items():
        if value == theirs[name]:
            continue
        untouched = seen is not None and seen.get(name) == value
        in_words = (in_words_of(entry, name, version[name]) for version in (theirs, mine))
        found.append(Difference(name, label_of(entry, name), *in_words, chosen=THEIRS if untouched else MINE))
    return found


def joined(theirs: Snapshot, mine: Snapshot, chosen: dict[str, str]) -> Snapshot:
    """Mine, but for the fields where the stored value, or both, were chosen."""
    values = dict(mine)
    for name in theirs.keys() & mine.keys():
        if chosen.get(f"take_{name}") == THEIRS:
            values[name] = theirs[name]
        elif chosen.get(f"take_{name}") == BOTH and name in PARAGRAPHS:
            values[name] = "\n\n".join(part for part in (theirs[name], mine[name]) if part)
        elif chosen.get(f"take_{name}") == BOTH and name in TICKED:
            values[name] = sorted({*theirs[name], *mine[name]})
    return values


def label_of(entry: ActivityEntry, name: str) -> str:
    rows = {"outputs": _("Products"), "counts": _("Parts of the attendances")}
    return str(rows[name] if name in rows else entry.form.fields[name].label)


def in_words_of(entry: ActivityEntry, name: str, value: Any) -> str:
    if name in ROWS:
        return "; ".join(_row_in_words(entry, name, row) for row in value) or _("nothing")
    if name in ("unit", "other_units"):
        return _places_in_words(value if isinstance(value, list) else [value]) or _("nothing")
    if name in TICKED:
        return "; ".join(_ticked_in_words(entry, name, value)) or _("nothing")
    if value in (None, ""):
        return _("nothing")
    if name in LISTED:
        return next(_entries_in_words(entry.form.fields[name], [value]), str(value))
    if name in DAYS:
        return date_vi(date.fromisoformat(value))
    if name == "precision":
        return str(Precision(value).label)
    return number_vi(value) if isinstance(value, int) else str(value)


def _row_in_words(entry: ActivityEntry, name: str, row: list) -> str:
    of_kind = entry.lists.outputs if name == "outputs" else entry.lists.categories
    label = next((str(item) for item in of_kind if item.pk == row[0]), "…")
    return " ".join([label, *(number_vi(number) for number in row[1:])])


def _places_in_words(keys: list[int]) -> str:
    """Not from the choices of the form: the other version may be of another day."""
    return "; ".join(map(unit_label, AdministrativeUnit.objects.filter(pk__in=keys).select_related("parent")))


def _ticked_in_words(entry: ActivityEntry, name: str, keys: list[int]) -> Iterable[str]:
    """Of partners not all stand on the page as boxes."""
    if name != "partners":
        return _entries_in_words(entry.form.fields[name], keys)
    names = {agency.pk: partner_label(agency) for agency in entry.lists.all_partners}
    return [names.get(key, "…") for key in keys]


def _entries_in_words(field, keys: list) -> Iterator[str]:
    labels = dict(_flat(field.choices))
    return (labels.get(str(key), "…").strip() for key in keys)


def _flat(choices) -> Iterator[tuple[str, str]]:
    for key, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield key, label
