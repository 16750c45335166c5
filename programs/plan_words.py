"""An item of a plan in the words of the paper: Vietnamese whatever language the screen has, money as offices write it.

The same words stand in the table, in the annex of changes and beside an item on the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from coordination.formats import date_vi, millions, number_vi
from coordination.models import Agency
from coordination.models.agency import name_of
from programs.enums import FundingSource, Measure
from programs.models import PlanItem

TO = "\u00a0-\u00a0"  # stays on one line
QUARTERS = {1: "I", 4: "II", 7: "III", 10: "IV"}  # by first month
SOURCES = {
    FundingSource.CENTRAL: "Ngân sách trung ương",
    FundingSource.LOCAL: "Ngân sách địa phương",
    FundingSource.OTHER_LAWFUL: "Nguồn hợp pháp khác",
    FundingSource.INTEGRATED: "Lồng ghép",
}
COUNTED = {Measure.SESSIONS: "cuộc", Measure.ATTENDANCES: "lượt người"}


def window_words(first: date, last: date, year: int) -> str:
    """ "Cả năm", "Quý II", "Tháng 3", "Tháng 3 - 11"; days where they are not whole months: "15/11 - 15/12".

    The year stands beside it where it is not that of the plan.
    """
    if not _whole_months(first, last):
        ends = date_vi(last) if last.year != year else f"{last:%d/%m}"
        return f"{first:%d/%m} - {ends}" if first != last else ends
    if first.year != last.year or first.year != year:
        return f"Tháng {first:%m/%Y}{TO}{last:%m/%Y}"
    months = last.month - first.month + 1
    if months == 12:
        return "Cả năm"
    if months == 3 and first.month in QUARTERS:
        return f"Quý {QUARTERS[first.month]}"
    return f"Tháng {first.month}" if months == 1 else f"Tháng {first.month}{TO}{last.month}"


def _whole_months(first: date, last: date) -> bool:
    return first.day == 1 and (last.day >= 28 and date.fromordinal(last.toordinal() + 1).day == 1)


def quantity_words(item: PlanItem) -> str:
    """ "40 buổi", "12 tổ"; "" where nothing is counted. The word typed, else that of what is counted."""
    if item.quantity is None:
        return ""
    return f"{number_vi(item.quantity)} {item.counting_word or _counting_word(item)}".strip()


def _counting_word(item: PlanItem) -> str:
    if item.measure == Measure.OUTPUT and item.output_kind:
        return item.output_kind.word
    if item.measure == Measure.MODELS and item.model_kind:
        return item.model_kind.word
    if item.measure == Measure.SESSIONS and item.kind:
        return item.kind.counting_word
    return COUNTED.get(item.measure, "")  # type: ignore[call-overload]


def money_words(funding: Iterable) -> str:
    """Million đồng, own and integrated apart: "220", "180; lồng ghép 40"; "…" where nobody said yet."""
    rows = list(funding)
    own = [row.amount_vnd for row in rows if row.source != FundingSource.INTEGRATED]
    integrated = [row.amount_vnd for row in rows if row.source == FundingSource.INTEGRATED]
    words = [short_millions(sum(own))] if own else []
    words += [f"lồng ghép {short_millions(sum(integrated))}"] if integrated else []
    return "; ".join(words) or "…"


def short_millions(amount: int) -> str:
    """Of whole đồng, to a tenth of a million; "220", "1.250,5"."""
    return millions(amount).removesuffix(",0")


@dataclass(frozen=True)
class ItemWords:
    """What the columns of the table say of one item."""

    text: str
    content: str
    lead: str
    partners: str
    places: str
    quantity: str
    window: str
    result: str
    money: str

    def labelled(self) -> dict[str, str]:
        """Under the words people know them by; kept with a change and compared."""
        return {label: getattr(self, name) for name, label in LABELS.items()}


LABELS = {
    "text": "Nhiệm vụ",
    "content": "Thuộc nội dung",
    "lead": "Chủ trì",
    "partners": "Phối hợp",
    "places": "Địa bàn",
    "quantity": "Số lượng",
    "window": "Thời gian",
    "result": "Kết quả",
    "money": "Kinh phí (triệu đồng)",
}


def words_of(item: PlanItem, names: Mapping[int, str], year: int) -> ItemWords:
    """`names`: short names by id of the agency, from `names_in`. Reads what was prefetched."""
    parts = sorted(item.parts.all(), key=lambda part: (part.agency.protocol_order, part.pk))
    shares = ((item.women_percent, "phụ nữ"), (item.minority_percent, "người dân tộc thiểu số"))
    wanted = [f"ít nhất {percent}% {who}" for percent, who in shares if percent is not None]
    return ItemWords(
        text=item.text,
        content=item.component.short_name,
        lead=names[item.lead_id],
        partners=", ".join(names[part.agency_id] for part in parts),
        places=", ".join(unit.name for unit in item.units.all()),
        quantity=quantity_words(item),
        window=window_words(item.starts_on, item.ends_on, year),
        result="; ".join(filter(None, (item.expected_result.rstrip("."), *wanted))),
        money=money_words(item.funding.all()),
    )


def names_in(items: Iterable[PlanItem], day: date) -> dict[int, str]:
    """Short names on the day of the agencies that lead the items or take part in them, in one query."""
    agencies = {agency for item in items for agency in (item.lead_id, *(part.agency_id for part in item.parts.all()))}
    named = Agency.objects.filter(pk__in=agencies).annotate(called=name_of("pk", "short_name", day))
    return dict(named.order_by().values_list("pk", "called"))


def printed(item: PlanItem) -> dict[str, str]:
    """Label -> words, as the table of the plan prints them; read anew from the database."""
    rows = PlanItem.objects.select_related("plan__document", "component", "kind", "output_kind", "model_kind")
    fresh = rows.prefetch_related("parts__agency", "units", "funding").get(pk=item.pk)
    day = fresh.plan.document.issued_on or timezone.localdate()
    return words_of(fresh, names_in([fresh], day), fresh.plan.year).labelled()
