"""Agreement -> Manuscript, and the one door to the text of any document.

Each kind of document has one composer; the apps above register theirs when they start. Review and files speak of the
manuscript and never ask what is inside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import Any

from django.utils import timezone, translation

from coordination.enums import AgencyKind, ClauseChangeNature, LinkNature, Numbering
from coordination.formats import date_vi, date_words
from coordination.manuscript import Annex, Block, Head, Heading, Issuer, Manuscript, Paragraph, Signature, Span
from coordination.models import (
    AdministrativeUnit,
    Agency,
    AgencyName,
    Agreement,
    Clause,
    ClauseChange,
    Document,
    DocumentLink,
    Party,
    Section,
)

Composer = Callable[[Document], Manuscript]
# A name that leads from the document to its own record ("agreement") -> what composes it.
COMPOSERS: dict[str, Composer] = {}
# The head is that of a house only where all issuers belong to it; a joint paper with a state organ has the state's.
PROFILES = {AgencyKind.STATE: "state-2020-03", AgencyKind.UNION: "union-2020-03", AgencyKind.PARTY: "party-2018-04"}
STAGE = "giai đoạn "  # the years of a programme stand on a line of their own
ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
DEEPEST = 3  # levels of headings
BETWEEN = " giữa "
CITED = ("target__kind", "target__register_agency__unit__province")  # what `cited` reads
# A subject that begins with one of these goes on behind the issuer without "về".
DOES = ("Về ", "Phê duyệt ", "Ban hành ", "Quy định ", "Sửa đổi", "Bổ sung ", "Bãi bỏ ", "Hướng dẫn ", "Giao ")
ONE_LINE = 25  # letters of an issuer's name in the left cell of the head


class NoText(Exception):
    """The document has no text in the portal: it was entered from paper, or is of a kind nobody composes."""


def composer_for(document: Document) -> Callable[[], Manuscript]:
    """Raises NoText."""
    for name, composer in COMPOSERS.items():
        if hasattr(document, name):
            return lambda: composer(document)
    raise NoText(document.pk)


def current_manuscript(document: Document) -> Manuscript:
    """What was agreed or approved, else the text as it stands. Raises NoText."""
    if document.is_frozen:
        version = document.versions.order_by("-number").first()
        if version is None:
            raise NoText(document.pk)
        return Manuscript.from_json(version.manuscript)
    return composer_for(document)()


def compose_agreement(agreement: Agreement, day: date | None = None) -> Manuscript:
    """The text in force on `day`; None: all of a draft, or that of the day of issue. Names are those of that day.

    The words are Vietnamese whatever language the screen has: it is a paper.
    """
    with translation.override("vi"):
        return _AgreementComposer(agreement, day).manuscript()


COMPOSERS["agreement"] = lambda document: compose_agreement(document.agreement)


def profile_for(kinds: Iterable[str]) -> str:
    """The layout profile of a paper whose issuers are of these kinds."""
    distinct = set(kinds)
    return PROFILES[AgencyKind(distinct.pop()) if len(distinct) == 1 else AgencyKind.STATE]


def symbol_for(abbreviation: str, symbols: Iterable[str], profile: str) -> str:
    """ "KHPH-HLHPN-BDT"; the Party writes "CTr/TU"."""
    sign = "/" if profile == PROFILES[AgencyKind.PARTY] else "-"
    return sign.join([abbreviation, "-".join(symbols)])


def party_lines(party: Party) -> tuple[str, ...]:
    """ "TM. BAN DÂN TỘC", "TRƯỞNG BAN": for whom one signs, then as what (Decree 30/2020/NĐ-CP, annex I)."""
    represented = f"{party.signing_form} {party.on_behalf_of}".strip() if party.on_behalf_of else ""
    title = party.title if represented or not party.signing_form else f"{party.signing_form} {party.title}"
    return tuple(line.upper() for line in (*represented.split("\n"), title) if line)


class PaperComposer:
    """What agreements and plans have in common: parties, bases, opening, sections, closing, signatures, recipients.

    `record` has a `document`, an `opening` and a `closing`; names are those of `day`, of the day of issue or of today.
    """

    kind = ""

    def __init__(self, record: Any, day: date | None) -> None:
        self.record, self.document = record, record.document
        self.day = day or self.document.issued_on or timezone.localdate()
        parties = self.document.parties.select_related("agency__unit__province")
        self.parties = list(parties.order_by("symbol_order"))
        self.names = {party.agency_id: party.agency.name_on(self.day) for party in self.parties}
        self.sections = list(self.document.sections.order_by("position", "pk"))

    def manuscript(self) -> Manuscript:
        document = self.document
        blocks, closing = _ended(tuple(self._blocks()), self.record.closing)
        return Manuscript(
            kind=self.kind,
            profile=self._profile(),
            title=f"{document.kind.name} {_in_sentence(document.subject)}",
            head=self._head(),
            symbol=document.symbol or self._symbol(),
            attached_to=document.kind.name,
            blocks=blocks,
            closing=closing,
            signatures=tuple(
                Signature(party_lines(party), party.name)
                for party in sorted(self.parties, key=lambda party: party.signature_column)
            ),
            recipients=tuple(row.text for row in document.recipients.all()),
            annexes=tuple(self._annexes()),
            sample=document.is_sample,
            issued_by=" và ".join(self._full_names()),
        )

    def _profile(self) -> str:
        return profile_for(party.agency.kind for party in self.parties)

    def _full_names(self) -> list[str]:
        return [full_name(party.agency, self.names[party.agency_id]) for party in self.parties]

    def _head(self) -> Head:
        names = list(self.names.values())
        before, stage, years = self.document.subject.rpartition(STAGE)
        alone = Issuer(names[0].letterhead, names[0].letterhead_parent) if len(names) == 1 else None
        return Head(
            issuers=(alone,) if alone else tuple(Issuer(_in_head(name)) for name in self._full_names()),
            place=self.document.place or (names[0].place if names else ""),
            type_name=self.document.kind.name.upper(),
            subject=(before.rstrip(" ,"), stage + years) if before.strip() else (self.document.subject,),
        )

    def _symbol(self) -> str:
        symbols = (name.symbol for name in self.names.values())
        return symbol_for(self.document.kind.abbreviation, symbols, self._profile())

    def _blocks(self) -> Iterator[Block]:
        bases = self.document.links.filter(nature=LinkNature.BASIS).select_related(*CITED)
        for number, link in enumerate(bases, 1):
            end = "." if number == len(bases) else ";"
            yield Paragraph(f"basis-{number}", (Span(f"Căn cứ {cited(link)}{end}"),), "basis")
        yield from _paragraphs("opening", self.record.opening)
        yield from self._before_sections()
        yield from self._level(None, 1, "")

    def _before_sections(self) -> Iterator[Block]:
        yield from ()

    def _under(self, section: Section) -> Iterator[Block]:
        """What stands below the text of a section."""
        yield from ()

    def _annexes(self) -> Iterator[Annex]:
        yield from ()

    def _level(self, parent: int | None, level: int, above: str) -> Iterator[Block]:
        counted = 0
        for section in self.sections:
            if section.parent_id != parent:
                continue
            counted += section.numbering != Numbering.NONE
            number = _number(section.numbering, counted, above)
            if section.heading:
                yield Heading(section.key, level, number, section.heading)  # type: ignore[arg-type]
            yield from _paragraphs(f"{section.key}.text", section.text)
            yield from self._under(section)
            yield from self._level(section.pk, min(level + 1, DEEPEST), number)

    def _short(self, agency: Agency) -> str:
        name = self.names.get(agency.pk) or agency.name_on(self.day)
        return name.short_name


class _AgreementComposer(PaperComposer):
    kind = "agreement"

    def __init__(self, agreement: Agreement, day: date | None) -> None:
        super().__init__(agreement, day)
        clauses = Clause.objects.filter(section__document=self.document).for_text()
        if day or self.document.issued_on:
            clauses = clauses.in_force(self.day)
        self.clauses = sorted(clauses, key=lambda clause: (clause.section_id, clause.position, clause.pk))

    def _before_sections(self) -> Iterator[Block]:
        """What an amendment does to the agreement it amends, clause by clause, each from its day."""
        if self.record.amends is None:
            return
        places = section_places(self.record.amends.document)
        for number, change in enumerate(self.record.changes.for_text(), 1):
            place = places[change.place.pk]
            yield Paragraph(f"change-{change.pk}", (Span(f"{number}. {self._done_to(change, place)}"),))
            if change.nature != ClauseChangeNature.REPEALED:
                yield Paragraph(f"change-{change.pk}.text", (Span(f"- {change.text}"),))

    def _done_to(self, change: ClauseChange, place: str) -> str:
        since = f"từ {date_words(change.valid_from)}"
        if change.nature == ClauseChangeNature.REPEALED:
            return f"Bãi bỏ nhiệm vụ “{change.clause.text}” tại {place} {since}."  # type: ignore[union-attr]
        who = self._done_by(change)
        if change.nature == ClauseChangeNature.ADDED:
            return f"Bổ sung nhiệm vụ vào {place} {since}{who}:"
        return f"Thay nhiệm vụ “{change.clause.text}” tại {place} {since}{who} như sau:"  # type: ignore[union-attr]

    def _done_by(self, change: ClauseChange) -> str:
        """A task that had a lead and has none any more says so."""
        if change.lead:
            return f", do {self._announced(change.lead, [change]).removesuffix(':')}"
        return ", do các bên cùng thực hiện" if change.clause and change.clause.lead_id else ""

    def _under(self, section: Section) -> Iterator[Block]:
        """Under one lead as they come; where a section has several, each lead announces its own."""
        rows = [clause for clause in self.clauses if clause.section_id == section.pk]
        several = len({clause.lead_id for clause in rows}) > 1
        for lead, group in groupby(rows, key=lambda clause: clause.lead):
            tasks = list(group)
            if several:
                announced = self._announced(lead, tasks)
                yield Paragraph(f"{section.key}.lead-{tasks[0].key}", (Span(announced),), "lead")
            for clause in tasks:
                yield Paragraph(f"{section.key}.{clause.key}", (Span(f"- {clause.text}{_held(clause)}"),))

    def _announced(self, lead: Agency | None, tasks: Sequence[Clause | ClauseChange]) -> str:
        if lead is None:
            return "Các bên cùng thực hiện:"
        partners = dict.fromkeys(partner for clause in tasks for partner in clause.partners.all())
        with_whom = ", ".join(self._short(partner) for partner in partners)
        return f"{self._short(lead)} chủ trì{', phối hợp với ' + with_whom if with_whom else ''}:"


def _held(clause: Clause) -> str:
    """The days the parties agreed on, where not the whole stage; those of an amendment stand in the amendment."""
    first = clause.valid_from if not clause.introduced_by_id else None
    last = clause.planned_end
    days = " ".join(f"{word} {date_vi(day)}" for word, day in (("từ", first), ("đến hết", last)) if day)
    return f" (thực hiện {days})" if days else ""


def full_name(agency: Agency, name: AgencyName) -> str:
    """With its province: "Ban Dân tộc tỉnh An Giang", "Hội Liên hiệp Phụ nữ tỉnh An Giang"."""
    unit = agency.unit
    return with_province(name.name, unit.province or unit) if unit else name.name


def with_province(name: str, province: AdministrativeUnit) -> str:
    """A name that says its province already, or ends in "tỉnh", does not say it twice."""
    if province.name in name:
        return name
    return f"{name} {province.name if name.endswith(f' {province.get_kind_display()}') else province.full_name}"


def _in_head(name: str) -> str:
    """As the left cell of a joint paper has it: a long name breaks before its province."""
    name = name.upper()
    before, kind, province = name.rpartition(" TỈNH ")
    return f"{before}\nTỈNH {province}" if kind and len(name) > ONE_LINE else name


def numbered_sections(document: Document) -> list[tuple[Section, str, int]]:
    """Each section with its number as printed and its level from 1, in the order of the text."""
    rows, found = list(document.sections.order_by("position", "pk")), []

    def visit(parent: int | None, level: int, above: str) -> None:
        counted = 0
        for row in rows:
            if row.parent_id != parent:
                continue
            counted += row.numbering != Numbering.NONE
            number = _number(row.numbering, counted, above)
            found.append((row, number, level))
            visit(row.pk, level + 1, number)

    visit(None, 1, "")
    return found


def section_places(document: Document) -> dict[int, str]:
    """How another paper cites each section: "phần II", "mục 1.1 phần II"."""
    places: dict[int, str] = {}
    sections = list(document.sections.order_by("position", "pk"))

    def visit(parent: int | None, above: str, top: str) -> None:
        counted = 0
        for section in sections:
            if section.parent_id != parent:
                continue
            counted += section.numbering != Numbering.NONE
            number = _number(section.numbering, counted, above)
            part = top or f"phần {number.rstrip('.')}"
            places[section.pk] = part if not top else f"mục {number.rstrip('.')} {top}"
            visit(section.pk, number if top else "", part)

    visit(None, "", "")
    return places


def cited(link: DocumentLink) -> str:
    """Type, number, day, issuers and subject (Decree 30/2020/NĐ-CP, annex I), or the words that were typed.

    "Kế hoạch số 45/KH-SDTTG ngày 05 tháng 01 năm 2023 của Sở Dân tộc và Tôn giáo tỉnh An Giang về …"; a subject that
    names those it stands between does not name them twice.
    """
    return link.text if link.target is None else cited_document(link.target)


def cited_document(paper: Document) -> str:
    number = f" số {paper.code}" if paper.number else ""
    day = f" {date_words(paper.issued_on)}" if paper.issued_on else ""
    by = "" if BETWEEN in paper.subject else f" của {' và '.join(_issuers(paper))}"
    about = "" if paper.subject.startswith(DOES) else " về"
    return f"{paper.kind.name}{number}{day}{by}{about} {_in_sentence(paper.subject)}"


def _issuers(paper: Document) -> list[str]:
    """The parties of a joint paper, the lead first, else whose series gave the number; by the names of its day."""
    day = paper.issued_on or timezone.localdate()
    parties = paper.parties.select_related("agency__unit__province").order_by("symbol_order")
    agencies = [party.agency for party in parties] or [paper.register_agency]
    return [full_name(agency, agency.name_on(day)) for agency in agencies]


def _in_sentence(subject: str) -> str:
    """Begins small, unless it begins with an abbreviation."""
    return subject if subject[1:2].isupper() else f"{subject[:1].lower()}{subject[1:]}"


def _paragraphs(key: str, text: str) -> Iterator[Paragraph]:
    """A blank line ends a paragraph; "+ " begins a line of a list, "- " a paragraph of its own."""
    pieces = [piece for part in text.split("\n\n") for piece in _items(part)]
    for number, piece in enumerate(pieces, 1):
        style = "item" if piece.startswith("+ ") else "body"
        yield Paragraph(f"{key}-{number}", (Span(piece.removeprefix("+ ")),), style)  # type: ignore[arg-type]


def _items(part: str) -> list[str]:
    pieces: list[str] = []
    for line in filter(None, map(str.strip, part.split("\n"))):
        if not pieces or line.startswith(("- ", "+ ")):
            pieces.append(line)
        else:
            pieces[-1] += f" {line}"
    return pieces


def _number(numbering: str, place: int, above: str) -> str:
    if numbering == Numbering.ROMAN:
        return f"{roman(place)}."
    if numbering == Numbering.ARABIC:
        return f"{place}."
    return f"{above}{place}." if numbering == Numbering.NESTED else ""


def roman(number: int) -> str:
    """1 to 49."""
    text = ""
    for value, sign in ROMAN:
        while number >= value:
            text, number = text + sign, number - value
    return text


def _ended(blocks: tuple[Block, ...], closing: str) -> tuple[tuple[Block, ...], tuple[Span, ...]]:
    """The last sentence of a paper ends with "./." (Decree 30/2020/NĐ-CP): the closing, or without one the text."""
    if closing.strip():
        return blocks, (Span(_closed(closing)),)
    if not blocks or not isinstance(blocks[-1], Paragraph):
        return blocks, ()
    *before, last = blocks[-1].spans
    return (*blocks[:-1], replace(blocks[-1], spans=(*before, replace(last, text=_closed(last.text))))), ()


def _closed(text: str) -> str:
    return f"{text.rstrip('. /')}./."
