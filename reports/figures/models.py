"""Figures over the register of community models: stocks, flows and members.

A stock is the sum of opening, new, dissolved and moved up to a day; strengthening and upgrading only count as flows.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from programs.enums import ModelNature
from programs.models import ModelEvent
from programs.progress import COUNTED_MODELS
from reports.figures.base import Axis, Figure, Reach, Source, Tally, by_field, by_list, by_task

_AXES = [
    # A kind holds its "trong đó" kinds; `subkind` is the kind as recorded.
    Axis(
        "kind",
        lambda _window: Coalesce("model__kind__parent__code", "model__kind__code"),
        lambda value, _window: (
            Q(model__kind__parent__code=value) | Q(model__kind__code=value, model__kind__parent__isnull=True)
        ),
    ),
    by_field("subkind", "model__kind__code"),
    by_field("standing", "model__standing"),
    by_list("content", "model__kind__component__content__code"),
    by_field("unit", "unit_id", is_integer=True),
    by_field("owner", "owner_id", is_integer=True),
    *by_task(),
]
EVENTS = Source("models", ModelEvent, ModelEvent, axes={axis.code: axis for axis in _AXES})

_MODELS = pgettext_lazy("counting word", "models")
_MEMBERS = pgettext_lazy("counting word", "members")
_STOCK = Q(nature__in=ModelNature.stock())


def _tally(
    code: str, label: Any, unit: Any, measure: str, where: Q, reach: Reach, *, rough: bool = True, sign: int = 1
) -> Tally:
    return Tally(
        f"models.{code}", label, unit, source=EVENTS, measure=measure, where=where, reach=reach, rough=rough, sign=sign
    )


def _flow(code: str, label: Any, nature: ModelNature, sign: int = 1) -> Tally:
    return _tally(code, label, _MODELS, "quantity", Q(nature=nature), Reach.SPAN, sign=sign)


STOCK = _tally("stock", _("Models in operation"), _MODELS, "quantity", _STOCK, Reach.STOCK)
FIGURES: list[Figure] = [
    STOCK,
    _tally("stock_start", _("Models in operation at the start"), _MODELS, "quantity", _STOCK, Reach.START),
    _flow("opening", _("Models entered as an opening stock"), ModelNature.OPENING),
    _flow("new", _("Models set up"), ModelNature.NEW),
    _flow("strengthened", _("Models strengthened"), ModelNature.STRENGTHENED),
    _flow("upgraded", _("Models upgraded"), ModelNature.UPGRADED),
    _tally(
        "built", _("Models set up, strengthened or upgraded"), _MODELS, "quantity",
        Q(nature__in=COUNTED_MODELS), Reach.SPAN,
    ),
    _flow("dissolved", _("Models dissolved"), ModelNature.DISSOLVED, sign=-1),
    _flow("moved", _("Models moved in, less those moved out"), ModelNature.MOVED),
    _tally("members", _("Members of models"), _MEMBERS, "members", _STOCK, Reach.STOCK),
    _tally("women", _("Women among the members of models"), _MEMBERS, "women", _STOCK, Reach.STOCK),
    _tally("minority", _("Ethnic-minority members of models"), _MEMBERS, "minority", _STOCK, Reach.STOCK),
    _tally(
        "without_members", _("Entries without the number of members"), pgettext_lazy("counting word", "entries"), "",
        _STOCK & Q(members__isnull=True, model__kind__has_members=True), Reach.STOCK, rough=False,
    ),
    _tally(
        "without_women", _("Entries without the number of women members"),
        pgettext_lazy("counting word", "entries"), "",
        _STOCK & Q(women__isnull=True, model__kind__has_members=True), Reach.STOCK, rough=False,
    ),
    _tally(
        "samples", _("Entries that are samples"), pgettext_lazy("counting word", "entries"), "", Q(is_sample=True),
        Reach.STOCK, rough=False,
    ),
]  # fmt: skip
