"""Writes sample facts in bulk, with their history, partners and parts; those of an earlier run stay untouched."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import models
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from coordination.loaders import Loaded
from programs.facts import Fact


@dataclass
class Planned:
    """A fact to be, what it links to (by name of the field) and its parts, still without the fact."""

    fact: Fact
    links: dict[str, list[models.Model]] = field(default_factory=dict)
    parts: list[models.Model] = field(default_factory=list)


def add_facts(planned: Iterable[Planned], loaded: Loaded, what: str) -> None:
    """All of one table. A fact is known by its owner and reference."""
    planned = list(planned)
    model = type(planned[0].fact)
    references = {plan.fact.reference for plan in planned}
    there = set(model.objects.filter(reference__in=references).values_list("owner", "reference"))
    new = [plan for plan in planned if (plan.fact.owner_id, plan.fact.reference) not in there]
    bulk_create_with_history([plan.fact for plan in new], model, default_change_reason=_("sample data"))
    _add_links(model, new)
    _add_parts(new)
    loaded.note(what, made=len(new), kept=len(planned) - len(new))


def _add_links(model: type[Fact], planned: list[Planned]) -> None:
    """The rows, and their copies in the history: bulk writing keeps none by itself."""
    first = dict(model.history.filter(id__in=[plan.fact.pk for plan in planned]).values_list("id", "history_id"))
    for name in sorted({name for plan in planned for name in plan.links}):
        relation = model._meta.get_field(name)
        through, copy = relation.remote_field.through, getattr(model.history.model, name).model
        own, other = f"{relation.m2m_field_name()}_id", f"{relation.m2m_reverse_field_name()}_id"
        rows = [
            through(**{own: plan.fact.pk, other: target.pk}) for plan in planned for target in plan.links.get(name, ())
        ]
        through.objects.bulk_create(rows)
        copies = [
            copy(
                id=row.pk,
                history_id=first[getattr(row, own)],
                **{field: getattr(row, field) for field in (own, other)},
            )
            for row in rows
        ]
        copy.objects.bulk_create(copies)


def _add_parts(planned: list[Planned]) -> None:
    by_table = defaultdict(list)
    for plan in planned:
        for part in plan.parts:
            part.activity = plan.fact
            by_table[type(part)].append(part)
    for table, parts in by_table.items():
        table.objects.bulk_create(parts)
