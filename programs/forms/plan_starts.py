"""What people type to begin a plan, to write its text and to order its items."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.agreement_forms import agency_heading, agency_label, offered_agencies
from coordination.enums import DocumentState
from coordination.forms import LARGEST_INTEGER, EntriesField, EntryField
from coordination.models import Agency, AgencySuccession, Agreement, Clause, DocumentKind, Party, User
from coordination.review import lineage_of
from programs.models import AnnualPlan, Assignment
from programs.plan_actions import ItemLine, PlanDraft
from programs.plan_proposals import (
    Frame,
    Unfinished,
    assignments_for,
    carried_over,
    clauses_for,
    from_assignments,
    from_clauses,
    plan_before,
    times_in,
    unfinished,
    window_in,
)

YEARS = 2  # before and after this one
KINDS = ("KH", "KHPH")  # what plans of a year are issued as, in front of the other kinds


class SourceForm(forms.Form):
    """For which year, under which agreement: what is proposed follows from the two. Sent by GET."""

    year = forms.TypedChoiceField(label=gettext_lazy("Year"), coerce=int)
    agreement = forms.ChoiceField(label=gettext_lazy("Under the agreement"), required=False)

    def __init__(self, data: Mapping[str, Any], *, user: User, acting: Any, today: date):
        self.first = today.year + (today.month > 10)  # plans of the next year are made in autumn
        super().__init__({"year": self.first} | {name: data[name] for name in ("year", "agreement") if name in data})
        years = range(today.year - YEARS, today.year + YEARS + 1)
        self.fields["year"].choices = [(year, year) for year in years]
        own = lineage_of(acting)
        signed = Party.objects.filter(agency__in=own).values("document")
        rows = Agreement.objects.visible_to(user).filter(document__in=signed, amends=None)
        rows = rows.filter(document__state__in=(DocumentState.ISSUED, DocumentState.SUSPENDED, DocumentState.CLOSED))
        self.agreements = {str(row.uid): row for row in rows.select_related("document").in_reading_order()}
        named = [(uid, agreement_label(row)) for uid, row in self.agreements.items()]
        self.fields["agreement"].choices = [("", _("None: a plan of its own")), *named]

    @property
    def chosen(self) -> tuple[int, Agreement | None]:
        self.is_valid()
        agreement = self.agreements.get(self.cleaned_data.get("agreement") or "")
        return self.cleaned_data.get("year") or self.first, agreement


def agreement_label(agreement: Agreement) -> str:
    name = agreement.document.code or agreement.document.subject
    return f"{name} ({agreement.stage_from.year}–{agreement.stage_to.year})"


@dataclass(frozen=True)
class Proposals:
    """What a plan of the year can be made from."""

    year: int
    agreement: Agreement | None
    agencies: list[Agency]
    clauses: list[Clause]
    before: AnnualPlan | None
    unfinished: list[Unfinished]
    assignments: list[Assignment]


def proposals(year: int, agreement: Agreement | None, acting: Any, today: date) -> Proposals:
    agencies = signing(agreement, acting, today)
    frame = Frame(year, agencies)
    before = plan_before(frame, agreement)
    return Proposals(
        year,
        agreement,
        agencies,
        clauses_for(agreement, year) if agreement else [],
        before,
        unfinished(before, today) if before else [],
        list(assignments_for(Frame(year, [acting.agency]))),
    )


def signing(agreement: Agreement | None, acting: Any, today: date) -> list[Agency]:
    """The parties of the agreement, or who took the place of one that is gone; in the order of the symbol."""
    if agreement is None:
        return [acting.agency]
    parties = agreement.document.parties.select_related("agency").order_by("symbol_order")
    return list(dict.fromkeys(_now(party.agency, today) for party in parties))


def _now(agency: Agency, today: date) -> Agency:
    while not agency.is_open_on(today):
        after = AgencySuccession.objects.filter(predecessor=agency).select_related("successor").order_by("on").last()
        if after is None:
            return agency
        agency = after.successor
    return agency


class PlanStartForm(forms.Form):
    """One form makes one plan. What is ticked becomes its first items; all of it can be changed afterwards."""

    form_token = forms.UUIDField(widget=forms.HiddenInput)
    kind = EntryField(
        label=gettext_lazy("Kind of document"),
        widget=forms.Select,
        error_messages={"required": gettext_lazy("Choose a kind of document.")},
    )
    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        max_length=500,
        help_text=gettext_lazy("What follows the kind on the paper."),
        error_messages={"required": gettext_lazy("Write the subject.")},
    )
    agencies = EntriesField(
        label=gettext_lazy("Who signs it"),
        help_text=gettext_lazy("One alone: its own plan. Several: each of them has to agree."),
        error_messages={"required": gettext_lazy("Choose who signs the plan.")},
    )
    clauses = EntriesField(label=gettext_lazy("Clauses"), required=False)
    items = EntriesField(label=gettext_lazy("Unfinished tasks"), required=False)
    assignments = EntriesField(label=gettext_lazy("Tasks given to you"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("Why these tasks are carried over"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Holds for each one ticked below that has no reason of its own."),
    )

    def __init__(self, data=None, *, found: Proposals, acting: Any, today: date):
        super().__init__(data, initial=first_values(found), use_required_attribute=False)
        self.found = found
        kinds = sorted(DocumentKind.objects.all(), key=lambda kind: (kind.code not in KINDS, kind.position))
        self.fields["kind"].offer(kinds, empty=None)
        offered = offered_agencies(acting.agency, today)
        others = [agency for agency in found.agencies if agency not in offered]
        missing = Agency.objects.filter(pk__in=[row.pk for row in others]).select_related("unit").named_on(today)
        ordered = [agency.pk for agency in found.agencies]
        rows = sorted([*missing, *offered], key=lambda row: ordered.index(row.pk) if row.pk in ordered else 99)
        self.fields["agencies"].offer(rows, agency_label, agency_heading)
        self.fields["clauses"].offer(found.clauses)
        self.fields["items"].offer([row.item for row in found.unfinished])
        self.fields["assignments"].offer(found.assignments)
        for row in found.unfinished:
            self.fields[f"reason_{row.item.pk}"] = forms.CharField(
                label=gettext_lazy("Reason"), required=False, widget=forms.TextInput()
            )

    def clean(self):
        typed = super().clean()
        for item in typed.get("items") or []:
            if not (typed.get(f"reason_{item.pk}") or "").strip() and not (typed.get("reason") or "").strip():
                message = _("Say why the item is carried over.")
                self.add_error(f"reason_{item.pk}", ValidationError(message, "required"))
        return typed

    def draft(self) -> PlanDraft:
        typed, found = self.cleaned_data, self.found
        frame = Frame(found.year, typed["agencies"])
        return PlanDraft(
            year=found.year,
            kind=typed["kind"],
            subject=typed["subject"],
            agencies=typed["agencies"],
            agreement=found.agreement,
            items=self.lines(frame),
            continues=found.before if typed["items"] else None,
            form_token=typed["form_token"],
        )

    def lines(self, frame: Frame) -> list[ItemLine]:
        typed = self.cleaned_data
        lines = from_clauses(typed["clauses"], frame)
        progress = {row.item.pk: row.progress for row in self.found.unfinished}
        for item in typed["items"]:
            reason = typed[f"reason_{item.pk}"].strip() or typed["reason"].strip()
            lines.append(carried_over(item, progress[item.pk], reason, frame))
        return [*lines, *from_assignments(typed["assignments"], frame)]

    # ---- the proposals with their boxes, for the page ----

    def clause_rows(self) -> list[dict[str, Any]]:
        rows, frame = self._rows("clauses", self.found.clauses), Frame(self.found.year, self.found.agencies)
        return [row | {"times": times_in(row["entry"].text, *window_in(row["entry"], frame))} for row in rows]

    def item_rows(self) -> list[dict[str, Any]]:
        rows = self._rows("items", [row.item for row in self.found.unfinished])
        for row, found in zip(rows, self.found.unfinished, strict=True):
            row |= {"progress": found.progress, "reason": self[f"reason_{found.item.pk}"]}
        return rows

    def assignment_rows(self) -> list[dict[str, Any]]:
        return self._rows("assignments", self.found.assignments)

    def _rows(self, name: str, entries: Sequence[Any]) -> list[dict[str, Any]]:
        ticked = {str(value) for value in self[name].value() or []}
        return [
            {"entry": row, "id": f"id_{name}_{row.pk}", "name": name, "ticked": str(row.pk) in ticked}
            for row in entries
        ]


def first_values(found: Proposals) -> dict[str, Any]:
    """All clauses, but not those whose task of last year goes on; all that is unfinished; no assignment."""
    going_on = {row.item.clause_id for row in found.unfinished}
    names = [agency.pk for agency in found.agencies]
    kind = DocumentKind.objects.filter(code="KHPH" if len(names) > 1 else "KH").first()
    subject = _("Coordination in %(year)s") if len(names) > 1 else _("Work of %(year)s")
    return {
        "form_token": uuid.uuid4(),
        "kind": kind and kind.pk,
        "subject": subject % {"year": found.year},
        "agencies": names,
        "clauses": [clause.pk for clause in found.clauses if clause.pk not in going_on],
        "items": [row.item.pk for row in found.unfinished],
        "assignments": [],
    }


class OrderForm(forms.Form):
    """A number for each item; equal numbers keep the order they had."""

    version = forms.IntegerField(widget=forms.HiddenInput, max_value=LARGEST_INTEGER)

    def __init__(self, data=None, *, items: Sequence[Any], **options: Any):
        super().__init__(data, use_required_attribute=False, **options)
        self.items = items
        for place, item in enumerate(items, 1):
            self.fields[f"place_{item.pk}"] = forms.IntegerField(
                label=_("Place of “%(text)s”") % {"text": item}, min_value=0, max_value=9999, initial=place
            )
            self.fields[f"place_{item.pk}"].widget.attrs = {"inputmode": "numeric", "class": "num order-number"}

    def ordered(self) -> list[uuid.UUID]:
        places = {item.pk: self.cleaned_data[f"place_{item.pk}"] for item in self.items}
        return [item.uid for item in sorted(self.items, key=lambda item: places[item.pk])]

    def lines(self) -> list[tuple[Any, forms.BoundField]]:
        return [(item, self[f"place_{item.pk}"]) for item in self.items]
