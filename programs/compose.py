"""Annual plan -> Manuscript, in the order of Decree 30/2020/NĐ-CP: bases, opening, sections, signatures, recipients.

The table of items stands below the section "tasks", the money below "funding"; a table with a column for places is
wide and goes into a landscape annex. Words are Vietnamese whatever language the screen has: it is a paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import Prefetch
from django.utils import translation

from coordination.compose import COMPOSERS, PaperComposer
from coordination.formats import date_vi, date_words
from coordination.manuscript import Annex, Block, Cell, Column, Manuscript, Paragraph, Row, Span, Table
from coordination.models import AdministrativeUnit, Section
from programs.enums import FundingSource, PlanChangeNature
from programs.models import AnnualPlan, PlanItem
from programs.plan_words import LABELS, SOURCES, ItemWords, names_in, short_millions, words_of

CONTENT, FUNDING = "tasks", "funding"  # keys of the sections the tables belong to
NAME = LABELS["text"]
CHANGES = "changes"  # key of the annex of changes
MONEY = "Triệu đồng"
# Widths in mm: of the text of a page upright (165), and of one laid across (247).
UPRIGHT = (9.0, 53.0, 24.0, 27.0, 17.0, 17.0, 18.0)
ACROSS = (10.0, 84.0, 28.0, 38.0, 31.0, 20.0, 18.0, 18.0)
NATURES = {
    PlanChangeNature.ADDED: "Bổ sung",
    PlanChangeNature.CHANGED: "Điều chỉnh",
    PlanChangeNature.CANCELLED: "Hủy",
}


def compose_plan(plan: AnnualPlan, day: date | None = None) -> Manuscript:
    """The plan as it stands. `day`: whose names are printed; None: that of issue, before it today."""
    with translation.override("vi"):
        return _PlanComposer(plan, day).manuscript()


COMPOSERS["plan"] = lambda document: compose_plan(document.plan)


class _PlanComposer(PaperComposer):
    kind = "plan"

    def __init__(self, plan: AnnualPlan, day: date | None) -> None:
        super().__init__(plan, day)
        self.items = items_of(plan)
        self.item_names = names_in(self.items, self.day)
        self.words = {item.pk: words_of(item, self.item_names, plan.year) for item in self.items}
        self.across = any(words.places for words in self.words.values())

    def _under(self, section: Section) -> Iterator[Block]:
        if section.key == CONTENT and self.items:
            if self.across:
                counted = f"Gồm {len(self.items)} nhiệm vụ trong năm {self.record.year}, nêu tại Phụ lục kèm theo."
                yield Paragraph(f"{CONTENT}.where", (Span(counted),))
            else:
                yield self._table()
        if section.key == FUNDING and self.items:
            yield from self._funding()

    def _annexes(self) -> Iterator[Annex]:
        if self.across and self.items:
            title = ("DANH MỤC NHIỆM VỤ", f"Năm {self.record.year}")
            yield Annex("items-annex", "", title, (self._table(),), landscape=True)

    # ---- the table of items ----

    def _table(self) -> Table:
        titles = ["TT", "Nhiệm vụ", "Chủ trì", "Phối hợp", "Số lượng", "Thời gian", MONEY]
        if self.across:
            titles.insert(4, "Địa bàn")
        aligned = {"TT": "center", MONEY: "right"}
        widths = ACROSS if self.across else UPRIGHT
        columns = tuple(
            Column(title, width, aligned.get(title, "left"))  # type: ignore[arg-type]
            for title, width in zip(titles, widths, strict=True)
        )
        return Table(
            "items",
            columns,
            tuple(self._rows(len(columns))),
            legend="“…”: chưa ghi kinh phí. Kinh phí lồng ghép không tính vào dòng cộng.",
            keep=False,
            small=True,
        )

    def _rows(self, columns: int) -> Iterator[Row]:
        number = 0
        for content, items in groupby(self.items, key=lambda item: item.component.content or item.component):
            yield Row((Cell(content.short_name, span=columns),), "group")
            for item in items:
                number += 1
                yield self._row(number, item, self.words[item.pk])
        yield self._total(columns)

    def _row(self, number: int, item: PlanItem, words: ItemWords) -> Row:
        text = f"{words.text}\nKết quả: {words.result}" if words.result else words.text
        cells = [Cell(str(number)), Cell(text), Cell(words.lead), Cell(words.partners)]
        if self.across:
            cells.append(Cell(words.places))
        cells += [Cell(words.quantity), Cell(words.window), Cell(words.money.replace("; ", "\n"), own_vnd(item))]
        return Row(tuple(cells), key=item.key)

    def _total(self, columns: int) -> Row:
        own = [amount for item in self.items if (amount := own_vnd(item)) is not None]
        label = f"Cộng, {len(own)}/{len(self.items)} nhiệm vụ có kinh phí"
        total = Cell(short_millions(sum(own)), sum(own)) if own else Cell("…")
        return Row((Cell(label, span=columns - 1), total), "total")

    # ---- money ----

    def _funding(self) -> Iterator[Block]:
        sums = money_by_source(self.items)
        if not sums:
            return
        own = {source: sums[source] for source in FundingSource.own() if source in sums}
        rows = [_money_row(SOURCES[FundingSource(source)], amount) for source, amount in own.items()]
        rows.append(_money_row("Cộng kinh phí của kế hoạch", sum(own.values()), "total"))
        if FundingSource.INTEGRATED in sums:
            rows.append(_money_row("Ngoài ra, lồng ghép từ chương trình khác", sums[FundingSource.INTEGRATED]))
        columns = (Column("Nguồn kinh phí", 125, "left"), Column(MONEY, 40))
        yield Table("funding-table", columns, tuple(rows))


def _money_row(label: str, amount: int, style: Any = "plain") -> Row:
    return Row((Cell(label), Cell(short_millions(amount), amount)), style)


def items_of(plan: AnnualPlan) -> list[PlanItem]:
    """Those not cancelled, by content and then in the order people gave them; all that `words_of` reads is fetched."""
    rows = plan.items.standing().select_related(
        "component__content", "lead", "kind", "output_kind", "model_kind", "plan__document"
    )
    units = Prefetch("units", AdministrativeUnit.objects.order_by("sort_key"))
    found = list(rows.prefetch_related("parts__agency", units, "funding").order_by("position", "pk"))
    return sorted(found, key=lambda item: _place(item.component.content or item.component))


def _place(content: Any) -> tuple[int, int]:
    return content.position, content.pk


def own_vnd(item: PlanItem) -> int | None:
    """Whole đồng without integrated money; None where none is planned."""
    own = [row.amount_vnd for row in item.funding.all() if row.source in FundingSource.own()]
    return sum(own) if own else None


def money_by_source(items: Iterable[PlanItem]) -> dict[str, int]:
    """Whole đồng of each source that has any."""
    sums: dict[str, int] = {}
    for item in items:
        for row in item.funding.all():
            sums[row.source] = sums.get(row.source, 0) + row.amount_vnd
    return sums


# ---- the annex of changes ----


def annex_of_changes(plan: AnnualPlan, day: date) -> Annex:
    """Each change since the plan was issued, in the order they were made: before, after and why; until `day`."""
    changes = list(plan.changes.select_related("item", "acting_for").order_by("pk"))
    columns = (
        Column("TT", 10, "center"),
        Column("Ngày", 23, "center"),
        Column("Nhiệm vụ", 62, "left"),
        Column("Trước khi đổi", 52, "left"),
        Column("Sau khi đổi", 52, "left"),
        Column("Lý do, cơ quan đổi", 48, "left"),
    )
    rows = []
    for number, change in enumerate(changes, 1):
        before, after = _differences(change.before, change.after)
        who = change.acting_for.name_on(day).short_name
        name = (change.after or change.before)[NAME]
        cells = (
            str(number),
            date_vi(change.changed_at),
            f"{NATURES[PlanChangeNature(change.nature)]}: {name}",
            before,
            after,
            f"{change.reason}\n({who})",
        )
        rows.append(Row(tuple(Cell(text) for text in cells), key=f"{change.item.key}-change-{number}"))
    title = ("THAY ĐỔI SAU KHI BAN HÀNH", f"Tính đến {date_words(day)}")
    table = Table("changes-table", columns, tuple(rows), keep=False, small=True)
    return Annex(CHANGES, "", title, (table,), landscape=True)


def _differences(before: dict[str, str], after: dict[str, str]) -> tuple[str, str]:
    """Lines "Số lượng: 25 địa chỉ" of what differs; of an item that came or went, all that was said but its name."""
    if before and after:
        changed = [label for label in after if before.get(label, "") != after[label]]
        return _lines(before, changed), _lines(after, changed)
    said = [_lines(words, (label for label in words if words[label] and label != NAME)) for words in (before, after)]
    return said[0] or "–", said[1] or "–"


def _lines(words: dict[str, str], labels: Iterable[str]) -> str:
    return "\n".join(f"{label}: {words.get(label) or '–'}" for label in labels)
