"""The sheet of plan items: those of plans still in the making are entered and changed, the others only taken out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from uuid import uuid4

from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.agreement_forms import agency_label
from coordination.enums import DocumentState
from coordination.models import Agency, Document
from coordination.sheets.bulk import Act, create_all, delete_all, update_all
from coordination.sheets.checking import form_problems
from coordination.sheets.declared import (
    SEVERAL,
    Cell,
    ChoiceCell,
    ChoicesCell,
    Column,
    DayCell,
    Found,
    ListCell,
    NumberCell,
    Row,
    Sheet,
    Span,
    Verdict,
    register,
)
from coordination.unit_picker import unit_label
from programs.enums import FundingSource, Measure
from programs.forms.lists import in_tree_order
from programs.forms.plan_item_page import (
    MONEY_FIELDS,
    ItemLists,
    ItemPageForm,
    Window,
    lists_of_year,
    with_agencies,
)
from programs.models import AnnualPlan, Component, FundingLine, PlanItem, PlanPartner
from programs.rules import writes
from programs.sheets.facts import UnitNames, component_words, reference_column

COLUMNS = (
    *("text", "component", "lead", "starts_on", "ends_on", "kind", "measure", "quantity", "counting_word"),
    *("output_kind", "model_kind", "expected_result", "women_percent", "minority_percent"),
)


PLANNED = gettext_lazy("Planned, whole đồng")


@dataclass
class Item:
    """`gone`: partners and money that no longer stand there; `parts`: those that are new."""

    item: PlanItem
    units: list[int]
    parts: list[Any]
    gone: list[Any]


@register
class PlanItemSheet(Sheet):
    code, label = "plan-items", gettext_lazy("Plan items")
    about = gettext_lazy("One row an item of an annual plan in preparation. Make the plan first, then its items.")

    plan = Column(gettext_lazy("Annual plan"), ChoiceCell(), width=40, required=True)
    reference = reference_column()
    text = Column(
        gettext_lazy("What is to be done"),
        width=60,
        required=True,
        sample="Tổ chức 40 buổi truyền thông tại cộng đồng",
    )
    component = Column(gettext_lazy("Content it belongs to"), ChoiceCell(), width=34, required=True)
    lead = Column(gettext_lazy("Lead"), ChoiceCell(), width=24, required=True)
    partners = Column(gettext_lazy("Co-ordinating agencies"), ChoicesCell(), width=28)
    units = Column(gettext_lazy("Places"), ListCell(), width=28)
    kind = Column(gettext_lazy("Kind of activity"), ChoiceCell(), width=22)
    measure = Column(gettext_lazy("What is counted"), ChoiceCell(Measure), width=18)
    quantity = Column(gettext_lazy("Quantity"), NumberCell(), width=9)
    counting_word = Column(gettext_lazy("Counting word"), width=10)
    output_kind = Column(gettext_lazy("Product"), ChoiceCell(), width=18)
    model_kind = Column(gettext_lazy("Kind of model"), ChoiceCell(), width=24)
    starts_on = Column(gettext_lazy("From day"), DayCell(), width=12, required=True, sample=date(2026, 1, 1))
    ends_on = Column(gettext_lazy("To day"), DayCell(), width=12, required=True, sample=date(2026, 3, 31))
    expected_result = Column(gettext_lazy("Expected result"), width=34)
    women_percent = Column(gettext_lazy("Women, at least %"), NumberCell(), width=9)
    minority_percent = Column(gettext_lazy("Ethnic minorities, at least %"), NumberCell(), width=9)
    money_central = Column(FundingSource.CENTRAL.label, NumberCell(), hint=PLANNED)
    money_local = Column(FundingSource.LOCAL.label, NumberCell(), hint=PLANNED)
    money_other_lawful = Column(FundingSource.OTHER_LAWFUL.label, NumberCell(), hint=PLANNED)
    money_integrated = Column(FundingSource.INTEGRATED.label, NumberCell(), hint=PLANNED)

    @classmethod
    def allows(cls, user: Any, hat: Any) -> bool:
        """Whoever writes; of which plans, `editable` says."""
        return writes(hat)

    @classmethod
    def shows(cls, user: Any, hat: Any) -> bool:
        return bool(hat)

    # ---- lists ----

    @cached_property
    def agency(self) -> Agency:
        return self.hat.agency if self.hat else Agency()

    @cached_property
    def plans(self) -> dict[str, AnnualPlan]:
        """Those the agency, or one it came of, signs or keeps, of what the person may read: a draft of another agency
        is read once it is put to the others.
        """
        if not self.agency.pk:
            return {}
        own = Agency.objects.lineage_of({self.agency.pk})
        signed = Document.objects.filter(parties__agency__in=own).values("pk")
        kept = Q(agency__in=own) | Q(document__register_agency__in=own)
        visible = AnnualPlan.objects.visible_to(self.user)
        rows = visible.filter(kept | Q(document__in=signed)).select_related("document")
        return {str(plan.pk): plan for plan in rows}

    @cached_property
    def editable(self) -> set[int]:
        """Ids of the plans whose items the person may write: the rule of `programs.edit_plan` for all of them."""
        own = Agency.objects.lineage_of({self.agency.pk})
        parties = Q(document__parties__agency__in=own) | Q(document__register_agency__in=own)
        rows = AnnualPlan.objects.filter(parties, pk__in=self.plans).order_by().values_list("pk", flat=True)
        return set(rows) if writes(self.hat) else set()

    def prepare(self) -> PlanItemSheet:
        today = timezone.localdate()
        self.act = Act.now(self.user, self.hat)
        self.years: dict[int, ItemLists] = {}
        self.forms: dict[tuple[int, frozenset[int]], ItemPageForm] = {}
        lists = self.lists_of(today.year)
        offers = {
            "plan": [(plan.pk, plan_words(plan)) for plan in self.plans.values()],
            "component": [(row.pk, component_words(row)) for row in self.components],
            "kind": [(row.pk, row.name) for row in lists.activity.kinds],
            "output_kind": [(row.pk, row.name) for row in lists.activity.outputs],
            "model_kind": [(row.pk, row.name) for row in lists.model_kinds],
        }
        named = [*self.named.values(), *lists.agencies]
        agencies = [(agency.pk, self.agency_words(agency)) for agency in named]
        for name, pairs in (offers | {"lead": agencies, "partners": agencies}).items():
            self.columns[name].widget.offer(pairs)
        return self

    @cached_property
    def components(self) -> list[Component]:
        """Of the plans in the making and later; which of them a plan may have, its form says."""
        drafts = [plan.year for plan in self.plans.values() if plan.document.state == DocumentState.DRAFT]
        first = date(min([*drafts, timezone.localdate().year]), 1, 1)
        rows = Component.objects.offered_to(self.agency.province_id).select_related("programme")
        return in_tree_order(rows.filter(Q(valid_to=None) | Q(valid_to__gte=first)))

    def lists_of(self, year: int) -> ItemLists:
        if year not in self.years:
            self.years[year] = lists_of_year(year, self.agency, timezone.localdate())
        return self.years[year]

    @cached_property
    def named(self) -> dict[int, Agency]:
        """Those that sign the plans or stand in their items, whatever became of them."""
        plans, today = list(self.plans.values()), timezone.localdate()
        parties = Document.objects.filter(plan__in=plans).values("parties__agency")
        items = PlanItem.objects.filter(plan__in=plans)
        rows = Agency.objects.filter(
            Q(pk__in=parties) | Q(pk__in=items.values("lead")) | Q(pk__in=items.values("partners"))
        )
        return {agency.pk: agency for agency in rows.select_related("unit").named_on(today)}

    @cached_property
    def signing(self) -> dict[int, set[int]]:
        """Who signs, by plan."""
        found: dict[int, set[int]] = {}
        for plan, agency in AnnualPlan.objects.filter(pk__in=self.plans).values_list(
            "pk", "document__parties__agency"
        ):
            found.setdefault(plan, set()).update([agency] if agency else [])
        return found

    def agency_words(self, agency: Agency) -> str:
        """Short names repeat from place to place."""
        return agency.short_name if agency.unit_id == self.agency.province_id else agency_label(agency)

    def form_for(self, plan: AnnualPlan, item: PlanItem | None = None) -> ItemPageForm:
        """The form of the page, once for all rows of a plan that name the same."""
        kept = {item.lead_id, *(part.agency_id for part in item.parts.all())} if item else set()
        lists = self.lists_of(plan.year)
        missing = frozenset((self.signing[plan.pk] | kept) - {agency.pk for agency in lists.agencies})
        if (plan.pk, missing) not in self.forms:
            offered = with_agencies(lists, [self.named[key] for key in sorted(missing)])
            self.forms[plan.pk, missing] = ItemPageForm({}, lists=offered, plan=plan)
        return self.forms[plan.pk, missing]

    @cached_property
    def places(self) -> dict[int, UnitNames]:
        return {}

    def names_of(self, plan: AnnualPlan) -> UnitNames:
        """The places the form offers, once a year."""
        if plan.year not in self.places:
            self.places[plan.year] = UnitNames(list(self.form_for(plan).fields["units"].entries.values()))
        return self.places[plan.year]

    @cached_property
    def last(self) -> dict[int, int]:
        """The last position of each plan, the rows above counted."""
        rows = PlanItem.objects.filter(plan__in=self.plans).order_by().values_list("plan")
        return dict(rows.annotate(last=Max("position")))

    @cached_property
    def seen(self) -> dict[tuple[str, str], int]:
        return {}

    # ---- cells ----

    def records(self, span: Span | None = None) -> Iterator[Any]:
        rows = PlanItem.objects.standing().filter(plan__in=self.plans)
        if span:
            rows = rows.filter(starts_on__lte=span.last, ends_on__gte=span.first)
        return self.with_parts(rows).order_by("plan", "position", "pk").iterator(chunk_size=1000)

    @staticmethod
    def with_parts(rows: Any) -> Any:
        named = ("component", "lead", "kind", "output_kind", "model_kind")
        return rows.select_related(*named).prefetch_related("parts__agency", "units__parent", "funding")

    def cell_of(self, name: str, column: Column, record: Any) -> Cell:
        source = MONEY_FIELDS.get(name)
        if source:
            return next((line.amount_vnd for line in record.funding.all() if line.source == source), None)
        special = {
            "plan": lambda: column.widget.labels.get(str(record.plan_id)),
            "reference": lambda: record.key,
            "partners": lambda: column.widget.render([part.agency for part in record.parts.all()]),
            "units": lambda: SEVERAL.join(sorted(unit_label(unit) for unit in record.units.all())),
        }
        return special[name]() if name in special else super().cell_of(name, column, record)

    # ---- rows ----

    def examine(self, rows: Sequence[Row], *, writing: bool = False) -> list[Verdict]:
        if writing:
            list(Document.objects.select_for_update().filter(plan__in=self.plans).values_list("pk", flat=True))
        keys = [row.reference for row in rows]
        stored = self.with_parts(PlanItem.objects.filter(plan__in=self.plans, key__in=keys))
        by_key = {(str(item.plan_id), item.key): item for item in stored}
        return [self.look_at(row, by_key.get((row.data["plan"], row.reference))) for row in rows]

    def look_at(self, row: Row, item: PlanItem | None) -> Verdict:
        first = self.seen.setdefault((row.data["plan"], row.reference), row.number)
        if first != row.number:
            message = _("This reference stands in row %(row)s too. Each record has its own.") % {"row": first}
            return Verdict(row, Found.WRONG, [("reference", message)])
        self.keep_left_out(row, item)
        if item is not None and (row.derived or self.says_the_same(row, item)):
            return Verdict(row, Found.SAME)
        problems, found = self.judge(row, item)
        if problems:
            return Verdict(row, Found.WRONG, problems)
        return Verdict(row, Found.CHANGED if item else Found.NEW, item=found)

    def says_the_same(self, row: Row, item: PlanItem) -> bool:
        names = self.names_of(self.plans[row.data["plan"]])
        return sent(self.read_record(item), names) == sent(row.data, names)

    def judge(self, row: Row, item: PlanItem | None) -> tuple[list[tuple[str, str]], Any]:
        plan = self.plans.get(row.data["plan"])
        if plan is None:
            return [("plan", _("Choose one from the list."))], None
        if plan.pk not in self.editable:
            return [("plan", _("Only agencies that sign or keep this plan change its tasks. Ask one of them."))], None
        if plan.document.state != DocumentState.DRAFT or (item and item.cancelled_on):
            return [("plan", _("The plan is no longer a draft: change its items on its page."))], None
        form, days = self.form_for(plan, item), {"window": Window.DAYS.value, "uid": str(uuid4())}
        form.data, form._errors = sent(row.data, self.names_of(plan)) | days, None
        if not form.is_valid():
            return form_problems(form, self.columns), None
        return [], self.filled(form, plan, row, item)

    def filled(self, form: ItemPageForm, plan: AnnualPlan, row: Row, item: PlanItem | None) -> Item:
        typed = form.cleaned_data
        if item is None:
            self.last[plan.pk] = self.last.get(plan.pk, 0) + 1
            item, known = PlanItem(plan=plan, key=row.reference, position=self.last[plan.pk]), []
        else:
            known = [*item.parts.all(), *item.funding.all()]
        for name in COLUMNS:
            setattr(item, name, typed[name])
        parts = [PlanPartner(item=item, agency=agency) for agency in typed["partners"]]
        parts += [FundingLine(item=item, source=source, amount_vnd=amount) for source, amount in form.money.items()]
        wanted = {content_of(part): part for part in parts}
        gone = [part for part in known if wanted.pop(content_of(part), None) is None]
        return Item(item, [unit.pk for unit in typed["units"]], list(wanted.values()), gone)

    def write(self, verdicts: Sequence[Verdict]) -> None:
        items = {found: [row.item for row in verdicts if row.found == found] for found in (Found.NEW, Found.CHANGED)}
        every = [*items[Found.CHANGED], *items[Found.NEW]]
        for model in (PlanPartner, FundingLine):
            delete_all([part for one in every for part in one.gone if type(part) is model], self.act)
        for found, save in ((Found.CHANGED, update_all), (Found.NEW, create_all)):
            save([one.item for one in items[found]], self.act, [{"units": one.units} for one in items[found]])
        for model in (PlanPartner, FundingLine):
            create_all([part for one in every for part in one.parts if type(part) is model], self.act)


def sent(data: dict[str, Any], names: UnitNames) -> dict[str, Any]:
    return data | {"units": [names.value_for(words) for words in data["units"]]}


def content_of(part: Any) -> tuple[Any, ...]:
    """What a part says, whichever row says it: a partner that stays keeps its answer."""
    if isinstance(part, PlanPartner):
        return PlanPartner, part.agency_id
    return FundingLine, part.source, part.amount_vnd


def plan_words(plan: AnnualPlan) -> str:
    """Subjects repeat from year to year, and between agencies."""
    return f"{plan.year}: {plan.document.subject} [{str(plan.uid)[:8]}]"
