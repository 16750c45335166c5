"""Outlines are written as drafts; one that is in use gives way to its next version and is never changed."""

from __future__ import annotations

import logging
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from coordination.locking import claim_version
from coordination.models import AdministrativeUnit, Agency
from reports.compose.composer import BASIS
from reports.enums import OutlineState, PeriodKind, ReportKind
from reports.models import OutlineSection, ReportOutline
from reports.outline_words import wrong_words

logger = logging.getLogger(__name__)
TEXTS = ("name", "subject", "opening", "closing", "summary")
COPIED = (*TEXTS, "unusual_percent", "project")
SECTION_FIELDS = ("heading", "key", "numbering", "parent", "text", "parts", "guidance", "is_annex")


class OutlineRefused(Exception):
    """It cannot be done; `str()` says why and what to do, in the reader's language."""


def draft_of(outline: ReportOutline) -> ReportOutline | None:
    """The draft that would take its place."""
    drafts = ReportOutline.objects.filter(state=OutlineState.DRAFT)
    if outline.kind == ReportKind.THEMATIC:
        return drafts.filter(replaces=outline).first()
    return same_place(outline).filter(state=OutlineState.DRAFT).first()


def same_place(outline: ReportOutline) -> Any:
    """All versions for the kind, length of period and place; of a thematic one its own chain is another matter."""
    place = {"kind": outline.kind, "period_kind": outline.period_kind, "unit": outline.unit}
    return ReportOutline.objects.filter(**place).exclude(kind=ReportKind.THEMATIC)


@transaction.atomic
def begin_outline(
    *,
    kind: str,
    period_kind: str,
    unit: AdministrativeUnit | None,
    made_by: Agency | None,
    name: str,
    source: ReportOutline | None,
) -> ReportOutline:
    """A draft, as a copy of `source` or empty. Raises OutlineRefused where somebody writes one already."""
    outline = ReportOutline(kind=kind, period_kind=period_kind, unit=unit, made_by=made_by)
    if kind == ReportKind.THEMATIC:
        outline.period_kind = PeriodKind.FREE
    elif there := same_place(outline).filter(state=OutlineState.DRAFT).first():
        raise OutlineRefused(
            _("There is a draft of this outline already: “%(name)s”. Open it in the list.") % {"name": there.name}
        )
    else:
        outline.number = (same_place(outline).aggregate(latest=Max("number"))["latest"] or 0) + 1
        outline.replaces = same_place(outline).filter(state=OutlineState.IN_USE).first()
    _fill(outline, source)
    outline.name = name or outline.name
    outline.subject = outline.subject or outline.name
    outline.save()
    if source:
        _copy_sections(source, outline)
    logger.info("outline begun", extra={"outline": outline.pk})
    return outline


@transaction.atomic
def next_version(outline: ReportOutline) -> ReportOutline:
    """The draft that takes its place once it is in use; the one there is, where somebody began one."""
    locked = ReportOutline.objects.select_for_update(of=("self",)).get(pk=outline.pk)
    if there := draft_of(locked):
        return there
    latest = same_place(locked).aggregate(latest=Max("number"))["latest"] or locked.number
    place = {name: getattr(locked, name) for name in ("kind", "period_kind", "unit", "made_by")}
    draft = ReportOutline(**place, number=latest + 1, replaces=locked)
    _fill(draft, locked)
    draft.save()
    _copy_sections(locked, draft)
    logger.info("outline version begun", extra={"outline": draft.pk})
    return draft


def _fill(outline: ReportOutline, source: ReportOutline | None) -> None:
    if source:
        for name in COPIED:
            setattr(outline, name, getattr(source, name))


def _copy_sections(source: ReportOutline, outline: ReportOutline) -> None:
    copies: dict[int, OutlineSection] = {}
    rows = list(source.sections.order_by("position", "pk"))
    for row in rows:
        fields = {name: getattr(row, name) for name in SECTION_FIELDS if name != "parent"}
        copies[row.pk] = OutlineSection.objects.create(outline=outline, position=row.position, **fields)
    for row in rows:
        if row.parent_id:
            copies[row.pk].parent = copies[row.parent_id]
            copies[row.pk].save(update_fields=["parent"])


# ---- a draft ----


def _claim(outline: ReportOutline, seen: int) -> None:
    """Raises StaleVersion, or OutlineRefused for one that is no draft any more."""
    claim_version(outline, seen=seen)
    if ReportOutline.objects.get(pk=outline.pk).state != OutlineState.DRAFT:
        raise OutlineRefused(_("This outline is in use or was replaced: make a new version and change that."))


@transaction.atomic
def save_texts(outline: ReportOutline, values: dict[str, Any], *, seen: int) -> None:
    _claim(outline, seen)
    for name in (*TEXTS, "unusual_percent"):
        setattr(outline, name, values[name])
    outline.save(update_fields=[*TEXTS, "unusual_percent", "version"])


@transaction.atomic
def save_section(outline: ReportOutline, section: OutlineSection, values: dict[str, Any], *, seen: int) -> None:
    """A new one comes last among its neighbours."""
    _claim(outline, seen)
    for name in SECTION_FIELDS:
        setattr(section, name, values[name])
    if section.pk is None:
        section.outline = outline
        section.position = (outline.sections.aggregate(latest=Max("position"))["latest"] or 0) + 1
    section.save()


@transaction.atomic
def move_section(outline: ReportOutline, section: OutlineSection, step: int, *, seen: int) -> None:
    """Changes places with the neighbour above (-1) or below (1) under the same heading; at the end nothing happens."""
    _claim(outline, seen)
    rows = list(outline.sections.order_by("position", "pk"))
    beside = [row for row in rows if (row.parent_id, row.is_annex) == (section.parent_id, section.is_annex)]
    place = next(number for number, row in enumerate(beside) if row.pk == section.pk)
    if not 0 <= place + step < len(beside):
        return
    here, there = beside[place], beside[place + step]
    order = [row.pk for row in rows]
    first, second = order.index(here.pk), order.index(there.pk)
    order[first], order[second] = order[second], order[first]
    for position, pk in enumerate(order, 1):
        outline.sections.filter(pk=pk).update(position=position)


@transaction.atomic
def remove_section(outline: ReportOutline, section: OutlineSection, *, seen: int) -> None:
    _claim(outline, seen)
    if section.children.exists():
        raise OutlineRefused(_("There are sections under this one. Remove or move them first."))
    section.delete()


@transaction.atomic
def discard_outline(outline: ReportOutline, *, seen: int) -> None:
    """Only a draft nobody asks with can go."""
    _claim(outline, seen)
    if outline.rounds.exists() or outline.reports.exists():
        raise OutlineRefused(_("Reports are written by this outline; it stays."))
    outline.delete()
    logger.info("outline discarded", extra={"outline": outline.pk})


@transaction.atomic
def put_into_use(outline: ReportOutline, *, seen: int) -> None:
    """From now on new reports are begun by it; the one before is superseded, reports begun by that keep it.

    Raises OutlineRefused when it says nothing or something that means nothing.
    """
    _claim(outline, seen)
    if wrong := mistakes(outline):
        raise OutlineRefused(wrong[0])
    if outline.kind == ReportKind.THEMATIC:
        before = ReportOutline.objects.filter(pk=outline.replaces_id)
    else:
        before = same_place(outline).filter(state=OutlineState.IN_USE)
    before.update(state=OutlineState.SUPERSEDED)
    outline.state = OutlineState.IN_USE
    outline.save(update_fields=["state", "version"])
    logger.info("outline in use", extra={"outline": outline.pk})


def mistakes(outline: ReportOutline) -> list[str]:
    """Why it cannot be used, one sentence each with the place."""
    rows = list(outline.sections.order_by("position", "pk"))
    if not any(row.key != BASIS for row in rows):
        return [_("The outline has no sections. Add at least one.")]
    places = [(str(outline._meta.get_field(name).verbose_name), getattr(outline, name)) for name in TEXTS]
    places += [(row.heading or row.key, f"{row.heading} {row.text}") for row in rows]
    found = [f"“{place}”: {wrong}" for place, text in places for wrong in wrong_words(text, outline.kind)]
    with_children = {row.parent_id for row in rows}
    for row in rows:
        if not (row.text or row.parts or row.pk in with_children or row.guidance):
            words = _("“%(section)s” has no text, no parts and no guidance: nobody would know what to write.")
            found.append(words % {"section": row.heading or row.key})
    return found
