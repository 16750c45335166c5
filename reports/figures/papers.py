"""Figures over the register of documents: what was issued in the period. Read only; asked beside the facts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, Q, QuerySet, Value
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.enums import DocumentState
from coordination.models import Document
from reports.figures.base import NOTHING, Amount, Figure
from reports.figures.scope import Scope
from reports.figures.windows import Window

OWN, ABOVE = "own", "above"  # values of the axis `issuer`


@dataclass(frozen=True)
class PaperCount(Figure):
    """Issued within the window by the agency or its predecessors, or by the agency above and sent to it."""

    @property
    def axes(self) -> frozenset[str]:
        return frozenset({"issuer", "kind"})

    def facts(self, scope: Scope, window: Window, **axes: str) -> QuerySet[Any]:
        own = Q(register_agency__in=scope.agencies)
        above = Q(register_agency__in=scope.above, recipients__agency__in=scope.agencies)
        issuer = {OWN: own, ABOVE: above}.get(axes.get("issuer", ""), own | above)
        issued = Q(issued_on__range=(window.first, window.last), state__in=DocumentState.in_the_open())
        counted = Document.objects.filter(issuer, issued)
        if scope.papers is not None:
            counted = Document.objects.filter(issuer, Q(issued_on__range=(window.first, window.last)))
            counted = counted.filter(pk__in=scope.papers)
        if "kind" in axes:
            counted = counted.filter(kind__code=axes["kind"])
        one = Value(1, output_field=BigIntegerField())
        return counted.distinct().annotate(amount=one).select_related("kind", "register_agency")

    def value(self, scope: Scope, window: Window, **axes: str) -> Amount:
        count = self.facts(scope, window, **axes).count()
        return Amount(count, count) if count else NOTHING

    def grid(self, scope: Scope, window: Window) -> Counter[tuple[str, str]]:
        """Counts by issuer and kind, one query."""
        found: Counter[tuple[str, str]] = Counter()
        for document in self.facts(scope, window):
            found[OWN if document.register_agency_id in scope.agencies else ABOVE, document.kind.code] += 1
        return found


ISSUED = PaperCount("papers.issued", _("Documents issued"), pgettext_lazy("counting word", "documents"))
FIGURES: list[Figure] = [ISSUED]
