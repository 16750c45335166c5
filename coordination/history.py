"""Who changed a record, in which hat, when, what it said before and after, and why.

What may be read so is registered by label ("coordination.agency") in the `trails.py` of each app.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby, pairwise
from operator import attrgetter
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from coordination.formats import NOT_STATED, date_vi, number_vi
from coordination.models import Agency, AgencyName, Document, User
from coordination.review_trail import review_of

Labels = Mapping[str, str | Promise]
SAME_ACT = timedelta(seconds=2)  # rows of several tables that one person writes so close together are one act
SAME_SAVE = timedelta(milliseconds=500)  # rows of one table and one record that a single save writes
REMOVED, CHANGED = "-", "~"


@dataclass(frozen=True)
class Part:
    """Rows of another table that belong to a record. `of`: its id -> which history rows; `key`: columns that tell

    one part from another; `name` begins the line, or the agency in the column `named_by`, as it was called then.
    `together`: the columns stand on one line, without their labels. Rows that are written anew at each save (the old
    one removed, a like one made) are told as one that was changed.
    """

    model: type[models.Model]
    of: Callable[[Any], models.Q]
    labels: Labels
    key: tuple[str, ...] = ("id",)
    name: Callable[[Any], str] = lambda row: ""
    together: bool = False
    named_by: str = ""


@dataclass(frozen=True)
class Trail:
    """`rows`: records whose history the person may read; `labels`: the columns people know; `document`: the one

    whose moves from state to state and whose review between agencies belong to the record. `since`: the moment from
    which on the person reads it; None for all of it.
    """

    rows: Callable[[User], models.QuerySet]
    labels: Labels
    parts: tuple[Part, ...] = ()
    title: Callable[[Any], str] = str
    address: Callable[[Any], str] | None = None
    document: Callable[[Any], Document] | None = None
    since: Callable[[User, Any], datetime | None] = lambda user, record: None


@dataclass(frozen=True)
class Change:
    """One line, in words."""

    label: str
    before: str
    after: str


@dataclass
class Act:
    """What one person did at one moment. `tables`: what it touched, so that two acts in a row stay two.

    `said`: what it was, where it is no change of columns; `why` is then what the person wrote.
    """

    at: datetime
    by: User | None
    agency: str = ""
    is_first: bool = False
    said: str = ""
    why: str = ""
    changes: list[Change] = field(default_factory=list)
    tables: set[Any] = field(default_factory=set)


TRAILS: dict[str, Trail] = {}


def trail_of(record: models.Model) -> Trail:
    return TRAILS[record._meta.label_lower]


def history_url(user: User, record: models.Model) -> str:
    """Address of its history; "" for who may not read it."""
    label = record._meta.label_lower
    readable = label in TRAILS and TRAILS[label].rows(user).filter(pk=record.pk).exists()
    return reverse("coordination:history", args=[label, record.uid]) if readable else ""  # type: ignore[attr-defined]


def acts_on(record: models.Model, limit: int | None = None, since: datetime | None = None) -> list[Act]:
    """Newest first; the first of all says who entered the record. `since`: nothing of what was done before."""
    trail = trail_of(record)
    own = [Part(type(record), lambda pk: models.Q(id=pk), trail.labels)] if hasattr(record, "history") else []
    found = [(part, list(_rows(part, record.pk))) for part in (*own, *trail.parts)]
    moves = list(_moves(trail.document(record))) if trail.document else []
    talk = review_of(trail.document(record)) if trail.document else []
    names = _Names(_agency_ids([row for _part, rows in found for row in rows], moves) | {word.agency for word in talk})
    acts = [act for part, rows in found for act in _acts_of(part, rows, names, is_record=part is found[0][0])]
    acts += [_move(move, names) for move in moves]
    acts += [Act(word.at, word.by, names.on(word.agency, word.at), said=word.said, why=word.text) for word in talk]
    merged = _merged(sorted((act for act in acts if since is None or act.at >= since), key=attrgetter("at")))
    kept = [act for act in reversed(merged) if act.is_first or act.changes or act.why or act.said]
    return kept[:limit]


def _moves(document: Document) -> models.QuerySet:
    return document.moves.filter(moved_at__isnull=False).select_related("moved_by")


def _rows(part: Part, pk: Any) -> models.QuerySet:
    """With the links as they were; agencies are named later, all at once."""
    model = part.model.history.model
    plain = [name for name in part.labels if name not in _links(model)]
    to_one = [name for name in plain if _leads_to(model, name) not in (None, Agency)]
    rows = model.objects.filter(part.of(pk)).select_related("history_user", *to_one)
    for name in part.labels:
        if name in _links(model):
            link, target = _links(model)[name]
            rows = rows.prefetch_related(link if _links_agencies(model, name) else f"{link}__{target}")
    return rows.order_by("history_date", "history_id")


def _links(model: Any) -> dict[str, tuple[str, str]]:
    """Many-to-many columns: name -> where the links of a row of history stand, and what they lead to."""
    fields = {field.name: field for field in getattr(model, "_history_m2m_fields", ())}
    return {
        name: (f"{model._meta.model_name}_{name}_set", field.m2m_reverse_field_name())
        for name, field in fields.items()
    }


def _links_agencies(model: Any, name: str) -> bool:
    return any(field.name == name and field.related_model is Agency for field in model._history_m2m_fields)


def _leads_to(model: Any, name: str) -> Any:
    return model._meta.get_field(name).related_model


def _acts_of(part: Part, rows: list[Any], names: _Names, *, is_record: bool) -> Iterator[Act]:
    """Of each part on its own; rows of one save are one act, whose last word counts."""
    identity = attrgetter(*(_attname(part, name) for name in part.key))
    in_turn = sorted(rows, key=lambda row: (str(identity(row)), row.history_date, row.history_id))
    for key, group in groupby(in_turn, key=identity):
        listed = list(group)
        before = _made_anew(listed)
        for moment in _moments(listed):
            there = [row for row in moment if row.history_type != REMOVED]
            last, after, at = moment[-1], there[-1] if there else None, moment[0].history_date
            act = Act(at, last.history_user, names.on(last.acting_for_id, at), tables={(part.model, key)})
            act.is_first = is_record and before is None
            act.why = last.history_change_reason or ""
            act.changes = [] if act.is_first else list(_changes(part, before, after, names))
            yield act
            before = after


def _moments(rows: list[Any]) -> list[list[Any]]:
    """Rows of one save: the columns, then each many-to-many column, are written as rows of their own."""
    found: list[list[Any]] = []
    for row in rows:
        if found and _of_one_save(found[-1][0], row):
            found[-1].append(row)
        else:
            found.append([row])
    return found


def _of_one_save(one: Any, other: Any) -> bool:
    """Each save by a form counts the version up."""
    if one.history_date == other.history_date:
        return True
    same = getattr(one, "version", None) == getattr(other, "version", 0) and other.history_type == CHANGED
    return bool(same and one.history_user_id == other.history_user_id and _at_once(one, other))


def _at_once(one: Any, other: Any) -> bool:
    return bool(other.history_date - one.history_date <= SAME_SAVE)


def _made_anew(rows: list[Any]) -> Any:
    """Drops from `rows` each removal that a like row follows in the same act; gives the first of them if it began so.

    Rows older than the history of their table are first heard of when they are removed.
    """
    first = None
    for row, following in list(pairwise(rows)):
        anew = row.history_type == REMOVED and following.history_type != REMOVED
        if anew and following.history_date - row.history_date <= SAME_ACT:
            first = row if rows[0] is row else first
            rows.remove(row)
    return first


def _attname(part: Part, name: str) -> str:
    return part.model._meta.get_field(name).attname


def _changes(part: Part, before: Any, after: Any, names: _Names) -> Iterator[Change]:
    row = after if after is not None else before
    name = names.words(row, part.named_by) if part.named_by and row is not None else part.name(row) if row else ""
    if part.together or before is None or after is None:
        old, new = (_joined(part, row, names) for row in (before, after))
        if old != new:
            yield Change(name, old, new)
        return
    for column, label in part.labels.items():
        old, new = (names.words(row, column) for row in (before, after))
        if old != new:
            yield Change(f"{name}: {label}" if name else str(label), old, new)


def _joined(part: Part, row: Any, names: _Names) -> str:
    if row is None:
        return NOT_STATED
    words = [names.words(row, column) for column in part.labels]
    return " · ".join(words if part.together else [word for word in words if word != NOT_STATED])


def _move(move: Any, names: _Names) -> Act:
    change = Change(_("State"), move.get_from_state_display(), move.get_to_state_display())
    act = Act(move.moved_at, move.moved_by, names.on(move.acting_for_id, move.moved_at), tables={move.pk})
    act.why = "\n".join(text for text in (move.comment, move.decision) if text)
    act.changes = [change]
    return act


def _merged(acts: Iterable[Act]) -> list[Act]:
    found: list[Act] = []
    for act in acts:
        last = found[-1] if found else None
        if last and _is_same_act(last, act):
            last.is_first |= act.is_first
            last.changes = [] if last.is_first else last.changes + act.changes
            last.why, last.agency = last.why or act.why, last.agency or act.agency
            last.tables |= act.tables
        else:
            found.append(act)
    return found


def _is_same_act(one: Act, other: Act) -> bool:
    same_person = one.by == other.by and one.agency == other.agency and not (one.said or other.said)
    return same_person and other.at - one.at <= SAME_ACT and not one.tables & other.tables


def _agency_ids(rows: list[Any], moves: list[Any]) -> set[int]:
    """Every agency the rows and moves speak of, without asking the database."""
    found = {row.acting_for_id for row in [*rows, *moves]}
    for row in rows:
        found |= {
            getattr(row, column.attname) for column in row._meta.concrete_fields if column.related_model is Agency
        }
        for name, (link, target) in _links(type(row)).items():
            if _links_agencies(type(row), name):
                found |= {getattr(item, f"{target}_id") for item in getattr(row, link).all()}
    return found - {None}


class _Names:
    """Values as people read them; agencies by the name of the day they acted."""

    def __init__(self, agencies: set[int]) -> None:
        rows = AgencyName.objects.filter(agency__in=agencies).order_by("agency", "valid_from") if agencies else []
        self._names = {pk: list(group) for pk, group in groupby(rows, key=attrgetter("agency_id"))}

    def on(self, agency: int | None, at: datetime | None) -> str:
        names = self._names.get(agency or 0, [])
        then = [name for name in names if at is None or name.valid_from <= timezone.localdate(at)]
        return (then or names)[-1].short_name if names else ""

    def words(self, row: Any, column: str) -> str:
        links = _links(type(row))
        if column in links:
            return self._linked(row, column, *links[column])
        model_field = row._meta.get_field(column)
        if model_field.related_model is Agency:
            return self.on(getattr(row, model_field.attname), row.history_date) or NOT_STATED
        if model_field.choices:
            return str(getattr(row, f"get_{column}_display")() or NOT_STATED)
        value = getattr(row, column)
        return str(value) if column.endswith("year") and value else value_in_words(value)

    def _linked(self, row: Any, column: str, link: str, target: str) -> str:
        items = getattr(row, link).all()
        if _links_agencies(type(row), column):
            words = (self.on(getattr(item, f"{target}_id"), row.history_date) for item in items)
        else:
            words = (value_in_words(getattr(item, target)) for item in items)
        return ", ".join(sorted(words)) or _("nothing")


def value_in_words(value: Any) -> str:
    if value is None or value == "":
        return NOT_STATED
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date):
        return date_vi(value)
    return number_vi(value) if isinstance(value, int | Decimal) else str(getattr(value, "label", value))
