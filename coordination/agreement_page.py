"""What the page of an agreement shows: how it stands for the reader, its text on a day, parties, surroundings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

import rules
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from coordination.agreement_parts import EDITABLE
from coordination.compose import compose_agreement
from coordination.enums import DocumentState, MemberRole
from coordination.formats import date_vi
from coordination.manuscript import Heading
from coordination.models import Agency, AgencyName, Agreement, Clause, Document, Membership, Milestone, Party, User
from coordination.provided import blocks_html
from coordination.register import page_of
from coordination.review import SPEAKING, makers_of
from coordination.rules import drafts
from coordination.turns import Turn
from coordination.why_not import WhyNot, why_not

MEMBERS_WHO_ISSUE = (MemberRole.CLERK, MemberRole.LEADER)


def address_of(document: Document) -> str:
    """Its own page where it has one, else its entry in the register."""
    return page_of(document) or reverse("coordination:document_detail", args=[document.uid])


# ---- how it stands ----


@dataclass(frozen=True)
class Standing:
    """`look` of the pill and its words for one reader; `mine`: the next step is the reader's.

    `step`: which one, as of a Turn, "ask" the parties, or the name of a move.
    """

    look: str
    words: str
    mine: bool = False
    step: str = ""


def standing_for(agreement: Agreement, acting: Membership | None, own: set[int], turn: Turn, today: date) -> Standing:
    """`own`: the agencies the reader acts for; the parties of the document are fetched already."""
    document = agreement.document
    ours = document.register_agency_id in own or any(party.agency_id in own for party in document.parties.all())
    if document.state == DocumentState.IN_REVIEW:
        if turn.words:
            return Standing("wait", turn.words, turn.mine, turn.step if turn.mine else "")
        speaks = ours and bool(acting) and acting.role in SPEAKING  # type: ignore[union-attr]
        if speaks:
            return Standing("wait", _("waits for you to ask the parties"), True, "ask")
        return Standing("wait", _("nobody is asked yet"))
    if document.state == DocumentState.AGREED:
        if ours and acting and acting.role in MEMBERS_WHO_ISSUE:
            return Standing("ok", _("all parties agree: waits for your number and issue"), True, "issue")
        return Standing("ok", _("all parties agree: waits for number and issue"))
    if document.state == DocumentState.ISSUED and agreement.stage_to < today:
        return Standing("lock", _("stage over"))
    return Standing(document.state, str(document.get_state_display()))


def why_fixed(agreement: Agreement, user: User, acting: Membership | None) -> WhyNot | None:
    """Why this hat cannot change the text, and what it can do; None where it can."""
    state = agreement.document.state
    if agreement.register_only:
        return WhyNot(
            _("It was made on paper: the portal keeps its entry in the register and its signed file."),
            _("To change what it says, sign another paper and enter that one, or copy it as a new draft."),
        )
    if state == DocumentState.AGREED:
        next_step = _("A leader of a party may take it back to edit; then all parties agree anew.")
        return WhyNot(
            _("All parties agreed to this text: it stays as it is until it is issued."), next_step, icon="lock"
        )
    if state in (DocumentState.ISSUED, DocumentState.SUSPENDED):
        next_step = _("What is to change comes as an amendment, which the parties agree to in the same way.")
        return WhyNot(_("The text is issued and stays as it was signed."), next_step, "lock")
    if state not in EDITABLE:
        reason = _("The agreement is over: its text stays as it was.")
        return WhyNot(reason, _("What goes on comes as a new agreement."), "lock")
    if rules.has_perm("coordination.edit_agreement", acting, agreement):
        return None
    return why_not(user, acting, makers_of(agreement.document), may=drafts, who=_("officers and reviewers"))


# ---- the text of a day ----


@dataclass(frozen=True)
class Cited:
    """A document cited in a clause; without an address it is known by its words, or may not be read."""

    words: str
    url: str = ""


@dataclass(frozen=True)
class TextPart:
    """A block as the paper has it. Of a clause: what it cites, and since when an amendment has it so."""

    html: SafeString
    key: str
    clause: Clause | None = None
    cited: Sequence[Cited] = ()


@dataclass(frozen=True)
class LeadGroup:
    """Tasks of one lead, in the order of the text; `place`: the heading each stands under."""

    title: str
    lead: Agency | None
    mine: bool
    rows: list[tuple[str, Clause, Sequence[Cited]]]


@dataclass
class DayText:
    """The text in force on `day`, with the tasks that begin later or ended before; None: all of it, as on the paper.

    `standing`: why nothing of it was in force that day, if so.
    """

    day: date | None
    parts: list[TextPart] = field(default_factory=list)
    groups: list[LeadGroup] = field(default_factory=list)
    later: list[Clause] = field(default_factory=list)
    ended: list[Clause] = field(default_factory=list)
    standing: str = ""


def day_to_show(agreement: Agreement, today: date) -> date | None:
    """Today while the agreement runs, else its last day; of one not in force yet its first day.

    None before it is issued: whoever is to agree reads the whole text, with what begins later.
    """
    document = agreement.document
    if document.state not in DocumentState.in_the_open() or document.issued_on is None:
        return None
    last = min(agreement.ended_on or agreement.stage_to, agreement.stage_to)
    return max(document.issued_on, min(today, last))


def text_on(agreement: Agreement, day: date | None, user: User, own: set[int]) -> DayText:
    document = agreement.document
    clauses = Clause.objects.filter(section__document=document).for_text()
    clauses = clauses.select_related("introduced_by__agreement", "introduced_by__kind", "repealed_by__agreement")
    text, heading, found = DayText(day), "", []
    if day:
        text.later = list(clauses.filter(valid_from__gt=day).order_by("valid_from", "section", "position"))
        text.ended = list(clauses.filter(valid_to__lt=day).order_by("-valid_to", "section", "position"))
        text.standing = standing_on(agreement, day)
        clauses = clauses.in_force(day)
    rows = {f"{row.section.key}.{row.key}": row for row in clauses}
    cited = citations_of(rows.values(), user)
    for block in compose_agreement(agreement, day).all_blocks():
        clause = rows.get(block.key)
        if isinstance(block, Heading):
            heading = block.number.rstrip(".") or block.text
        of_clause = cited.get(clause.pk, ()) if clause else ()
        text.parts.append(TextPart(blocks_html([block]), block.key, clause, of_clause))
        if clause:
            found.append((heading, clause, of_clause))
    text.groups = groups_of(found, document.issued_on or day or timezone.localdate(), own)
    return text


def standing_on(agreement: Agreement, day: date) -> str:
    """Of a day within its years on which it was suspended, or had ended."""
    if agreement.ended_on and day > agreement.ended_on:
        return _("The agreement ended on %(day)s; this is what it last said.") % {"day": date_vi(agreement.ended_on)}
    for first, last in suspensions_of(agreement):
        if first <= day and (last is None or day < last):
            return _("The agreement was suspended on this day, from %(day)s on.") % {"day": date_vi(first)}
    return ""


def suspensions_of(agreement: Agreement) -> list[tuple[date, date | None]]:
    """First day, and the day it was resumed; None where it still is suspended."""
    found: list[tuple[date, date | None]] = []
    for move in agreement.document.moves.filter(action__in=("suspend", "resume")).order_by("pk"):
        if move.action == "suspend" and move.effective_on:
            found.append((move.effective_on, None))
        elif move.action == "resume" and found and move.moved_at:
            found[-1] = (found[-1][0], timezone.localdate(move.moved_at))
    return found


def groups_of(found: list[tuple[str, Clause, Sequence[Cited]]], day: date, own: set[int]) -> list[LeadGroup]:
    """By the names of `day`: those that lead something in the order of the text, what all do together at the end."""
    order = list(dict.fromkeys(clause.lead_id for _heading, clause, _cited in found))
    order.sort(key=lambda lead: lead is None)
    groups = []
    for lead in order:
        rows = [row for row in found if row[1].lead_id == lead]
        title = lead_words(rows[0][1].lead, [clause for _heading, clause, _cited in rows], day)
        groups.append(LeadGroup(title, rows[0][1].lead, lead in own, rows))
    return groups


def lead_words(lead: Agency | None, clauses: list[Clause], day: date) -> str:
    if lead is None:
        return _("All parties together")
    partners = dict.fromkeys(partner for clause in clauses for partner in clause.partners.all())
    names = {"lead": lead.name_on(day).short_name, "partners": ", ".join(p.name_on(day).short_name for p in partners)}
    return (_("%(lead)s leads, with %(partners)s") if partners else _("%(lead)s leads")) % names


def citations_of(clauses: Iterable[Clause], user: User) -> dict[int, list[Cited]]:
    targets = {row.target_id for clause in clauses for row in clause.citations.all() if row.target_id}
    readable = Document.objects.visible_to(user).filter(pk__in=targets).select_related("agreement", "report")
    pages = {document.pk: address_of(document) for document in readable}
    return {
        clause.pk: [
            Cited(row.target.code or row.target.subject if row.target else row.text, pages.get(row.target_id or 0, ""))
            for row in clause.citations.all()
        ]
        for clause in clauses
    }


# ---- parties, milestones, what surrounds it ----


@dataclass(frozen=True)
class PartyRow:
    """`name` of the day of the paper, `now`: what the agency is called or became today, where that is another name."""

    party: Party
    name: str
    now: str
    signs: str
    leads: int
    mine: bool


def parties_of(agreement: Agreement, day: date, today: date, leads: dict[int, int], own: set[int]) -> list[PartyRow]:
    rows = []
    for party in agreement.document.parties.select_related("agency").order_by("symbol_order"):
        name, now = party.agency.name_on(day), name_now(party.agency, today)
        form = f"{party.signing_form} {party.on_behalf_of}".strip().replace("\n", " ")
        rows.append(
            PartyRow(
                party=party,
                name=name.name,
                now=now if now != name.name else "",
                signs=", ".join(filter(None, (form, party.title))),
                leads=leads.get(party.agency_id, 0),
                mine=party.agency_id in own,
            )
        )
    return rows


def name_now(agency: Agency, today: date) -> str:
    """Of a closed agency the names of those that came of it."""
    later = [row.successor for row in agency.successions.select_related("successor").filter(on__lte=today)]
    if agency.closed_on and later:
        return ", ".join(name_now(successor, today) for successor in later)
    name: AgencyName = agency.name_on(today)
    return name.name


@dataclass(frozen=True)
class Event:
    """A point of the line of time: `day` where it is known, else the year in `when`; `look`: done, late or ahead."""

    when: str
    title: str
    look: str
    document: Document | None = None
    url: str = ""
    sort: date = date.min
    milestone: Milestone | None = None


def milestone_event(milestone: Milestone, user_sees: set[int], today: date) -> Event:
    result = milestone.result
    look = "done" if result else ("late" if milestone.last_day < today else "ahead")
    url = address_of(result) if result and result.pk in user_sees else ""
    when = (
        milestone.ends_on.strftime("%d/%m/%Y") if milestone.ends_on else _("year %(year)s") % {"year": milestone.year}
    )
    return Event(when, str(milestone.get_nature_display()), look, result, url, milestone.last_day, milestone=milestone)


def line_of_time(agreement: Agreement, user: User, today: date) -> list[Event]:
    """When it was signed, amended, suspended and ended, and the reviews the parties agreed on, by day."""
    document = agreement.document
    milestones = list(agreement.milestones.select_related("result__kind"))
    amendments = [row.document for row in amendments_of(agreement, user) if row.document.issued_on]
    results = [row.result_id for row in milestones if row.result_id]
    sees = set(Document.objects.visible_to(user).filter(pk__in=results).values_list("pk", flat=True))
    events = [_event(document.issued_on, _("Issued"), today)] if document.issued_on else []
    events += [milestone_event(row, sees, today) for row in milestones]
    events += [_event(row.issued_on, _("Amended"), today, row) for row in amendments]
    for first, last in suspensions_of(agreement):
        events.append(_event(first, _("Suspended"), today))
        events += [_event(last, _("Resumed"), today)] if last else []
    if agreement.ended_on:
        events.append(_event(agreement.ended_on, _("Ended"), today))
    if not agreement.ended_on:
        events.append(_event(agreement.stage_to, _("The stage ends"), today))
    return sorted(events, key=lambda event: event.sort)


def _event(day: date, title: str, today: date, document: Document | None = None) -> Event:
    url = address_of(document) if document else ""
    return Event(day.strftime("%d/%m/%Y"), title, "done" if day <= today else "ahead", document, url, day)


def amendments_of(agreement: Agreement, user: User) -> list[Agreement]:
    rows = Agreement.objects.visible_to(user).filter(amends=agreement).select_related("document__kind", "amends")
    return list(rows.order_by(F("document__issued_on").asc(nulls_last=True), "pk"))


def led_by(groups: list[LeadGroup]) -> dict[int, int]:
    """How many tasks each agency leads."""
    found: dict[int, int] = {}
    for group in groups:
        for _heading, clause, _cited in group.rows:
            if clause.lead_id:
                found[clause.lead_id] = found.get(clause.lead_id, 0) + 1
    return found


def is_ours(agreement: Agreement, user: User) -> bool:
    """Whether an agency of the person keeps or signs it: these read its history."""
    return Agreement.objects.made_by(user).filter(pk=agreement.pk).exists()
