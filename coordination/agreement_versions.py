"""Two versions of one part of an agreement, line by line and field by field, and the one made of both.

A version is a list of lines as plain text, so that it travels through a hidden field as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from coordination.agreement_part_forms import FactsPart, Line, Part, label_in

THEIRS, MINE = "theirs", "mine"
NOT_SAID = ("ORDER", "DELETE")
NOT_COMPARED = ("shown",)  # what a page remembers, not what people type
LAST = 10_000


@dataclass(frozen=True)
class Difference:
    """What two versions say differently; "" where one says nothing. `chosen`: what is ticked when the page opens."""

    name: str
    label: str
    theirs: str
    mine: str
    chosen: str


def version_of(part: Part) -> list[Line]:
    """The lines as stored or typed, in their order, without those that are taken out."""
    lines = [line for line in part.typed() if not line.get("DELETE")]
    lines.sort(key=lambda line: int(line["ORDER"]) if str(line.get("ORDER", "")).isdecimal() else LAST)
    return [{name: value for name, value in line.items() if name not in NOT_SAID} for line in lines]


def as_text(part: Part) -> str:
    """Of a part as stored: what a form carries along to know later whether somebody else wrote in it."""
    return dumped(version_of(part), part.beside)


def dumped(lines: list[Line], beside: Any = None) -> str:
    return json.dumps({"lines": lines, "beside": beside}, ensure_ascii=False, separators=(",", ":"))


def lines_from(text: str) -> list[Line] | None:
    """None for what is no version of ours."""
    try:
        lines = json.loads(text)["lines"]
    except (ValueError, KeyError, TypeError):
        return None
    well_formed = isinstance(lines, list) and all(isinstance(line, dict) for line in lines)
    return lines if well_formed else None


def as_sent(part: type[Part], lines: list[Line]) -> MultiValueDict:
    """What a browser would send for these lines."""
    data: dict[str, list[Any]] = {}
    for number, line in enumerate(lines):
        prefix = "" if issubclass(part, FactsPart) else f"line-{number}-"
        for name, value in line.items():
            if value not in (False, None):
                data[f"{prefix}{name}"] = value if isinstance(value, list) else ["on" if value is True else value]
        if prefix:
            data[f"{prefix}ORDER"] = [str(number + 1)]
    data["line-TOTAL_FORMS"], data["line-INITIAL_FORMS"] = [str(len(lines))], ["0"]
    return MultiValueDict(data)


def differences(part: Part, theirs: list[Line], mine: list[Line], seen: list[Line] | None) -> list[Difference]:
    """`seen`: what the form showed when it was opened: what its writer left alone keeps the stored value."""
    before = dict(keyed(part, seen or [], "theirs"))
    found = []
    for number, (key, theirs_line, mine_line) in enumerate(pairs(part, theirs, mine)):
        base = before.get(key)
        if theirs_line is None or mine_line is None:
            line = theirs_line or mine_line or {}
            other = THEIRS if mine_line is None else MINE
            gone = MINE if mine_line is None else THEIRS
            words = whole_line(part, line)
            found.append(
                Difference(
                    name=f"take-{number}",
                    label=_("The whole line"),
                    theirs=words if theirs_line else "",
                    mine=words if mine_line else "",
                    chosen=gone if base == line else other,
                )
            )
            continue
        for name, value in mine_line.items():
            if value != theirs_line.get(name) and name not in NOT_COMPARED:
                chosen = THEIRS if base and base.get(name) == value else MINE
                label = label_of(part, mine_line, name)
                words = (in_words(part, name, line.get(name)) for line in (theirs_line, mine_line))
                found.append(Difference(f"take-{number}-{name}", label, *words, chosen=chosen))
    return found


def joined(part: Part, theirs: list[Line], mine: list[Line], chosen: dict[str, str]) -> list[Line]:
    """In the order of mine; what only the other version has stands at the end."""
    lines = []
    for number, (_key, theirs_line, mine_line) in enumerate(pairs(part, theirs, mine)):
        if theirs_line is None or mine_line is None:
            kept = mine_line if chosen.get(f"take-{number}", MINE) == MINE else theirs_line
            if kept is not None:
                lines.append(kept)
            continue
        line = dict(mine_line)
        for name in mine_line:
            if chosen.get(f"take-{number}-{name}") == THEIRS:
                line[name] = theirs_line[name]
        lines.append(line)
    return lines


def pairs(part: Part, theirs: list[Line], mine: list[Line]) -> Iterator[tuple[Any, Line | None, Line | None]]:
    """Lines of both versions that are the same line: by the fields `Part.same`."""
    left = dict(keyed(part, theirs, "theirs"))
    for key, line in keyed(part, mine, "mine"):
        yield key, left.pop(key, None), line
    for key, line in left.items():
        yield key, line, None


def keyed(part: Part, lines: list[Line], side: str) -> Iterator[tuple[Any, Line]]:
    """A new line without a mark of its own is met in no other version."""
    counted: dict[Any, int] = {}
    for number, line in enumerate(lines):
        mark: Any = tuple(str(line.get(name, "")) for name in part.same)
        if part.same and not any(mark):
            mark = (side, number)
        counted[mark] = counted.get(mark, 0) + 1
        yield (mark, counted[mark]), line


def whole_line(part: Part, line: Line) -> str:
    fields = part.forms[0].fields if part.forms else {}
    names = [name for name, value in line.items() if value and name in fields and not fields[name].widget.is_hidden]
    return "\n".join(f"{fields[name].label}: {in_words(part, name, line[name])}" for name in names)


def label_of(part: Part, line: Line, name: str) -> str:
    label = str(part.forms[0].fields[name].label)
    if not part.same:
        return label
    words = str(line.get("heading") or line.get("text") or "")
    words = words or in_words(part, part.same[0], line.get(part.same[0])) if part.same != ("uid",) else words
    return f"{label} – {words[:60]}" if words and name not in ("heading", "text") else label


def in_words(part: Part, name: str, value: Any) -> str:
    field = part.forms[0].fields[name]
    if isinstance(value, bool) or value is None:
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(label_in(field, item) for item in value) or _("nothing")
    if hasattr(field, "choices"):
        return label_in(field, value) if value else _("nothing")
    return value or _("nothing")
