"""What is written of a plan beside its items: subject, bases, opening, sections, closing, who signs, recipients."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from coordination.agreement_parts import (
    Cited,
    PartyLine,
    RecipientLine,
    SectionLine,
    save_bases,
    save_facts,
    save_parties,
    save_recipients,
    save_sections,
)
from coordination.enums import LinkNature, Numbering
from coordination.forms import LARGEST_INTEGER
from coordination.models import Membership
from programs.models import AnnualPlan

ARCHIVE = "lưu"  # begins the last line of the recipients (Decree 30/2020/NĐ-CP)


def area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class PlanTextForm(forms.Form):
    """The tables of items and money stand in their sections by themselves; nothing of them is written here."""

    subject = forms.CharField(label=_("Subject"), max_length=500, error_messages={"required": _("Write the subject.")})
    place = forms.CharField(label=_("Place"), required=False, max_length=100)
    bases = forms.CharField(
        label=_("Further legal bases"),
        required=False,
        widget=area(3),
        help_text=_("One a line. The agreement and documents of the register stay as they are."),
    )
    opening = forms.CharField(label=_("Opening"), required=False, widget=area(3))
    closing = forms.CharField(label=_("Closing"), required=False, widget=area(3))
    recipients = forms.CharField(
        label=_("Recipients"),
        required=False,
        widget=area(4),
        help_text=_("One a line; the line that begins with “Lưu” comes last."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, max_value=LARGEST_INTEGER)

    def __init__(self, data=None, *, plan: AnnualPlan):
        self.plan, document = plan, plan.document
        self.sections = list(document.sections.order_by("position", "pk"))
        self.parties = list(document.parties.select_related("agency").order_by("symbol_order"))
        self.links = list(document.links.filter(nature=LinkNature.BASIS).select_related("target"))
        self.addressed = list(document.recipients.select_related("agency"))
        self.stored = self._stored()
        super().__init__(data, initial=self.stored, use_required_attribute=False)
        for section in self.sections:
            self.fields[f"section_{section.pk}"] = forms.CharField(
                label=section.heading, required=False, widget=area(4)
            )
        for party in self.parties:
            self.fields[f"title_{party.pk}"] = forms.CharField(
                label=_("Title of who signs"), required=False, max_length=120
            )
            self.fields[f"name_{party.pk}"] = forms.CharField(
                label=_("Name of who signs"), required=False, max_length=100
            )

    def _stored(self) -> dict[str, Any]:
        plan = self.plan
        values = {"subject": plan.document.subject, "place": plan.document.place, "version": plan.version}
        values |= {"opening": plan.opening, "closing": plan.closing}
        values |= {"bases": "\n".join(link.text for link in self.links if link.text)}
        values |= {"recipients": "\n".join(row.text for row in self.addressed)}
        values |= {f"section_{section.pk}": section.text for section in self.sections}
        for party in self.parties:
            values |= {f"title_{party.pk}": party.title, f"name_{party.pk}": party.name}
        return values

    @property
    def section_fields(self) -> list[forms.BoundField]:
        return [self[f"section_{section.pk}"] for section in self.sections]

    @property
    def party_fields(self) -> list[tuple[Any, forms.BoundField, forms.BoundField]]:
        return [(party, self[f"title_{party.pk}"], self[f"name_{party.pk}"]) for party in self.parties]

    def compared(self) -> list[str]:
        return [name for name in self.fields if name != "version"]

    def differs(self, *names: str) -> bool:
        return any(said(self.cleaned_data[name]) != said(self.stored[name]) for name in names)

    @transaction.atomic
    def save(self, *, acting: Membership, today: Any) -> None:
        """Only what differs is written, so that consent lapses for what was changed. Raises StaleVersion."""
        typed, plan, seen = self.cleaned_data, self.plan, self.cleaned_data["version"]
        facts = {name: typed[name] for name in ("subject", "place", "opening", "closing")}
        plan = save_facts(plan, acting=acting, seen=seen, **facts)
        if self.differs(*(f"section_{row.pk}" for row in self.sections)):
            plan = save_sections(plan, self._sections(), acting=acting, seen=plan.version)
        signing = [f"{part}_{row.pk}" for row in self.parties for part in ("title", "name")]
        if self.differs(*signing):
            plan = save_parties(plan, self._parties(), acting=acting, seen=plan.version, today=today)
        if self.differs("bases"):
            plan = save_bases(plan, self._bases(), acting=acting, seen=plan.version)
        if self.differs("recipients"):
            save_recipients(plan, self._recipients(), acting=acting, seen=plan.version)

    def _sections(self) -> list[SectionLine]:
        levels: dict[int | None, int] = {None: 0}
        lines = []
        for row in self.sections:
            levels[row.pk] = levels[row.parent_id] + 1
            text = self.cleaned_data[f"section_{row.pk}"]
            numbered = row.numbering != Numbering.NONE
            lines.append(SectionLine(levels[row.pk], row.heading, text, numbered, row.uid))
        return lines

    def _parties(self) -> list[PartyLine]:
        return [
            PartyLine(
                row.agency,
                self.cleaned_data[f"title_{row.pk}"],
                self.cleaned_data[f"name_{row.pk}"],
                row.desk,
                row.signing_form,
                row.on_behalf_of,
                row.signature_column,
            )
            for row in self.parties
        ]

    def _bases(self) -> list[Cited]:
        kept = [Cited(link.target) for link in self.links if link.target]
        return [*kept, *(Cited(text=line) for line in lines_of(self.cleaned_data["bases"]))]

    def _recipients(self) -> list[RecipientLine]:
        known = {row.text: row.agency for row in self.addressed}
        lines = lines_of(self.cleaned_data["recipients"])
        rows = [RecipientLine(line, known.get(line), line.casefold().startswith(ARCHIVE)) for line in lines]
        return sorted(rows, key=lambda row: row.is_archive)


def lines_of(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def said(text: str) -> str:
    return "\n".join(lines_of(text))
