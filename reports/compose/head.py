"""Head, addressees, signature and recipients: from the report's document, else what an agency of this kind uses."""

from __future__ import annotations

from datetime import date

from coordination.compose import party_lines, profile_for, symbol_for
from coordination.enums import AgencyKind, AgencyRole
from coordination.manuscript import Head, Issuer, Signature
from coordination.models import Agency
from reports.compose.paper import Paper
from reports.enums import ReportKind
from reports.provinces import same_province

TYPE_NAME = "BÁO CÁO"
SYMBOL = "BC"

# Gender equality went from labour to home affairs on 1 March 2025 (letter 739/BNV-CTTN&BĐG): who compiles the reports.
_MOVED_ON = date(2025, 3, 1)
_INFORMED = (AgencyRole.WOMEN_ADVANCEMENT, AgencyRole.WOMENS_UNION)
_INSIDE = ("Lãnh đạo", "Các phòng, đơn vị thuộc")
_INSIDE_BOARD = ("Trưởng", "Các thành viên")  # a committee has members, no offices


def head(paper: Paper, subject: str) -> Head:
    name = paper.name
    return Head(
        issuers=(Issuer(name.letterhead, name.letterhead_parent),),
        place=(paper.document.place if paper.document else "") or name.place,
        type_name=TYPE_NAME,
        subject=subject_lines(subject, paper.spec.period.label),
        addressees=addressees(paper),
    )


def profile_of(agency: Agency) -> str:
    """State, union or Party: whose head and rules of layout the paper follows."""
    return profile_for([agency.kind])


def symbol_of(agency: Agency, symbol: str) -> str:
    """What stands behind the number: "BC-SDTTG", of the Party "BC/TU"."""
    return symbol_for(SYMBOL, [symbol], profile_of(agency))


def subject_lines(subject: str, label: str) -> tuple[str, ...]:
    """The period stands on a line of its own."""
    before, found, after = subject.partition(label)
    return (before.strip(), f"{found}{after}".strip()) if found and before.strip() else (subject,)


def addressees(paper: Paper) -> tuple[str, ...]:
    if paper.document:
        named = tuple(row.text for row in paper.document.recipients.filter(addressed=True))
        if named or paper.document.recipients.exists():
            return named
    return tuple(dict.fromkeys([*_above(paper), *_beside(paper, _asking(paper))]))


def _asking(paper: Paper) -> tuple[AgencyRole, ...]:
    """Who puts together what reports of the kind say; the programme Project 8 is of is led by the ethnic-affairs board

    (Decision 1719/QĐ-TTg), work under an agreement is reported to the People's Committee.
    """
    if paper.spec.kind == ReportKind.GENDER_EQUALITY:
        return (AgencyRole.HOME_AFFAIRS if paper.last_day >= _MOVED_ON else AgencyRole.LABOUR,)
    if paper.spec.kind == ReportKind.PROJECT8:
        return (AgencyRole.ETHNIC_AFFAIRS,)
    return (AgencyRole.PEOPLES_COMMITTEE,) if paper.spec.agreement_id else ()


def recipients(paper: Paper) -> tuple[str, ...]:
    """ "Như trên" first, the archive last."""
    like_above = ("Như trên",) if addressees(paper) else ()
    if paper.document:
        rows = [row.text for row in paper.document.recipients.filter(addressed=False)]
        if rows:
            return (*like_above, *rows)
    inside = _INSIDE_BOARD if paper.spec.agency.role == AgencyRole.WOMEN_ADVANCEMENT else _INSIDE
    named = [*_informed(paper), *(f"{line} {paper.own_name}" for line in inside)]
    return (*like_above, *named, "Lưu: VT")


def _informed(paper: Paper) -> list[str]:
    """Of work under an agreement its other parties, else the boards beside."""
    if paper.spec.agreement is None:
        return _beside(paper, _INFORMED)
    own, day = Agency.objects.lineage_of([paper.spec.agency.pk]), paper.last_day
    parties = paper.spec.agreement.document.parties.select_related("agency").order_by("symbol_order", "pk")
    others = [party.agency for party in parties if party.agency_id not in own]
    return [paper.with_province(agency.name_on(day).name) for agency in others]


def _above(paper: Paper) -> list[str]:
    parent = paper.spec.agency.parent
    return [paper.with_province(parent.name_on(paper.last_day).name)] if parent else []


def _beside(paper: Paper, roles: tuple[AgencyRole, ...]) -> list[str]:
    """Agencies of the province that are at work on the last day, without the reporting one."""
    agencies = Agency.objects.filter(unit__in=same_province(paper.spec.unit), role__in=roles).open_on(paper.last_day)
    others = agencies.exclude(pk=paper.spec.agency.pk).in_protocol_order().named_on(paper.last_day)
    return [paper.with_province(str(getattr(agency, "name"))) for agency in others]  # noqa: B009  an annotation


def signatures(paper: Paper) -> tuple[Signature, ...]:
    parties = list(paper.document.parties.order_by("signature_column")) if paper.document else []
    if parties:
        return tuple(Signature(party_lines(party), party.name) for party in parties)
    return (Signature(_usual_lines(paper)),)


def _usual_lines(paper: Paper) -> tuple[str, ...]:
    """Heads of a Sở sign as themselves, collective bodies by their head on behalf of the body (decree 30/2020)."""
    agency, name = paper.spec.agency, paper.name.name
    if agency.kind == AgencyKind.UNION:
        return "TM. BAN THƯỜNG VỤ", "CHỦ TỊCH"
    if agency.role == AgencyRole.PEOPLES_COMMITTEE:
        return "TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"
    if agency.role == AgencyRole.WOMEN_ADVANCEMENT:
        return "TM. BAN VÌ SỰ TIẾN BỘ CỦA PHỤ NỮ", "TRƯỞNG BAN"
    return ("GIÁM ĐỐC",) if name.startswith("Sở") else ("TRƯỞNG BAN",) if name.startswith("Ban") else ("THỦ TRƯỞNG",)
