"""Tasks of plans an activity may belong to, and which of them fit what is typed; nothing is chosen for anybody."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache

from django.db.models import Q

from coordination.models import Agency
from coordination.search import search_text
from programs.models import PlanItem, PlanPartner
from programs.models.plan import AnnualPlan

SHORTEST_WORD = 3  # letters; shorter ones are particles: "o", "va"
# In nearly every name of an activity: they tell no two of them apart.
COMMON = frozenset(
    {"cac", "cho", "cua", "tai", "ve", "trong", "thuc", "hien", "cong", "tac", "nam", "xa", "huyen", "tinh"}
)
SUGGESTED = 3
FEWEST_WORDS = 2  # in common, where content and kind do not speak for the item


def items_for(agency: Agency, day: date, stored: int | None = None) -> list[PlanItem]:
    """Of issued plans, in force on the day, that the agency leads or takes part in; `stored` whatever became of it.

    In force: of the plan of that year, or with a window that reaches into it; not cancelled by then.
    """
    lineage = Agency.objects.lineage_of({agency.pk})
    of_the_day = Q(plan__year=day.year) | Q(starts_on__lte=day, ends_on__gte=day)
    standing = Q(cancelled_on=None) | Q(cancelled_on__gt=day)
    named = Q(lead__in=lineage) | Q(pk__in=PlanPartner.objects.filter(agency__in=lineage).values("item"))
    in_force = Q(plan__in=AnnualPlan.objects.in_force().order_by().values("pk"))
    rows = PlanItem.objects.filter(Q(pk=stored) | in_force & of_the_day & standing & named)
    return list(rows.select_related("plan", "component").order_by("-plan__year", "plan", "position", "pk"))


def suggested(
    items: Sequence[PlanItem], *, title: str, kind: str, component: str
) -> tuple[list[PlanItem], list[PlanItem]]:
    """The few that fit what is typed, best first, and all others in their order. `kind`, `component`: ids as sent."""
    typed = words_of(title)
    scores = {item.pk: _score(item, typed, kind, component) for item in items}
    fitting = sorted((item for item in items if scores[item.pk]), key=lambda item: -scores[item.pk])[:SUGGESTED]
    chosen = {item.pk for item in fitting}
    return fitting, [item for item in items if item.pk not in chosen]


@lru_cache(maxsize=4096)  # titles stand in file after file, and are compared many times
def words_of(text: str) -> frozenset[str]:
    """Words that say something, folded."""
    found = re.findall(r"\w+", search_text(text))
    return frozenset(word for word in found if len(word) >= SHORTEST_WORD and word not in COMMON)


def _score(item: PlanItem, typed: Iterable[str], kind: str, component: str) -> int:
    """Words in common count one each, the content two, the kind one; 0 where nothing speaks for it."""
    common = len(words_of(item.text) & frozenset(typed))
    above = {str(key) for key in (item.component_id, item.component.parent_id, item.component.content_id) if key}
    same_content = component in above
    if common < FEWEST_WORDS and not (same_content and common):
        return 0
    return common + 2 * same_content + (str(item.kind_id) == kind)
