"""Head and end of a paper in Word: what stands side by side is a table without lines, as offices make it."""

from itertools import batched

from coordination.manuscript import Manuscript, Signature, Stamp
from reports.typeset import words
from reports.typeset.balance import BOLD, REGULAR, number_lines, organ_lines, parent_lines, subject_lines
from reports.typeset.fonts import font_folder
from reports.typeset.glyphs import face
from reports.typeset.html import date_line, levelled, marks, number_line
from reports.typeset.profile import MM, Profile
from reports.typeset.word_tables import cell_of, row_of, table_of
from reports.typeset.word_text import line, paragraph, twips
from reports.typeset.words import in_list, joined, nfc

KEEP = "<w:keepNext/>"


def widest(lines: tuple[str, ...] | list[str], size: float, wide: float, name: str = BOLD) -> float:
    """Length of the longest line, once broken to fit."""
    measure = face(font_folder() / name)
    known = [nfc("".join(letter for letter in text if letter in measure.glyphs)) for text in lines]
    broken = [part for text in known for part in measure.wrapped(text, wide, size)]
    return max((measure.width(part, size) for part in broken), default=0)


def rule_xml(wide: float, length: float) -> str:
    """A line in the middle, below what it belongs to."""
    side = twips((wide - length) / 2)
    return paragraph("Rule", "", f'{KEEP}<w:spacing w:before="60"/><w:ind w:left="{side}" w:right="{side}"/>')


def head_xml(manuscript: Manuscript, stamp: Stamp, profile: Profile) -> str:
    left, right = profile.size("head-left"), profile.size("head-right")
    widths = [twips(left), twips(right)]
    number = line("Number", number_lines(number_line(manuscript, stamp), profile)) + _stamp(
        marks(manuscript, stamp), left
    )
    rows = [
        row_of(cell_of(widths[0], _issuers(manuscript, profile, left)) + cell_of(widths[1], _nation(profile, right))),
        row_of(cell_of(widths[0], number) + cell_of(widths[1], line("Date", date_line(manuscript, stamp)))),
    ]
    wide = 210 * MM - profile.size("left") - profile.size("right")
    return table_of(widths, rows) + _title(manuscript, profile, wide) + _dear(manuscript, profile, wide)


def _issuers(manuscript: Manuscript, profile: Profile, wide: float) -> str:
    """One below the other, the lead first."""
    issuers = manuscript.head.issuers
    stacked = ""
    for issuer in issuers:
        stacked += line("Parent", parent_lines(issuer, profile)) if issuer.parent else ""
        stacked += line("Organ", organ_lines(manuscript.head, issuer, profile))
    if profile.star:
        return stacked + line("Organ", "*")
    name = organ_lines(manuscript.head, issuers[-1], profile).split("\n")
    return stacked + rule_xml(wide, profile.size("rule-short") * widest(name, profile.size("organ"), wide))


def _nation(profile: Profile, wide: float) -> str:
    last, size = (profile.motto, "motto") if profile.motto else (profile.nation, "nation")
    above = line("Nation", profile.nation) + (line("Motto", profile.motto) if profile.motto else "")
    return above + rule_xml(wide, widest([last], profile.size(size), wide))


def _stamp(found: list[str], wide: float) -> str:
    if not found:
        return ""
    side = twips((wide - widest(found, 13, wide)) / 2 - 6)
    return line("Stamp", "\n".join(found), f'<w:ind w:left="{side}" w:right="{side}"/>')


def _title(manuscript: Manuscript, profile: Profile, wide: float) -> str:
    subject = subject_lines(manuscript.head, profile)
    rule = rule_xml(wide, profile.size("rule-short") * widest(subject, profile.size("subject"), wide))
    below = line("Subtitle", "\n".join(subject)) + rule if subject else ""
    return line("Title", manuscript.head.type_name) + below + paragraph("Gap", "")


def _dear(manuscript: Manuscript, profile: Profile, wide: float) -> str:
    """In the middle; several addressees stand below one another, at a tab behind the first words."""
    names = manuscript.head.addressees
    shown = in_list(names) if len(names) > 1 else list(names)
    size, gap = profile.size("body"), 3 * MM
    label = widest([words.DEAR], size, wide, REGULAR) + gap
    side = max(0.0, (wide - label - widest(shown, size, wide - label, REGULAR)) / 2)
    indent = f'<w:ind w:left="{twips(side + label)}" w:hanging="{twips(label)}"/>'
    tabs = f'<w:tabs><w:tab w:val="left" w:pos="{twips(side + label)}"/></w:tabs>'
    return "".join(
        line("Salutation", f"{'' if number else words.DEAR}\t{name}", tabs + indent)
        for number, name in enumerate(shown)
    ) + (paragraph("Gap", "") if shown else "")


def end_xml(signatures: tuple[Signature, ...], recipients: tuple[str, ...], profile: Profile, wide: float) -> str:
    """One signature beside the recipients; two or more side by side, two in a row, the recipients below."""
    to = _recipients(recipients)
    if len(signatures) < 2:
        widths = [twips(wide - 82 * MM), twips(82 * MM)]
        signed = "".join(_signature(*one) for one in levelled(signatures)) or paragraph("Signature", "")
        return paragraph("Gap", "", KEEP) + table_of(
            widths, [row_of(cell_of(widths[0], to or paragraph("Recipients", "")) + cell_of(widths[1], signed))]
        )
    half, third = twips(wide / 2), twips(wide / 4)
    rows: list[str] = []
    for pair in batched(levelled(signatures), 2):
        above = paragraph("Signature", "") if rows else ""  # parts the titles from the names of the row above
        cells = [cell_of(half, above + _signature(*one), '<w:gridSpan w:val="2"/>') for one in pair]
        if len(pair) == 1:
            empty = cell_of(third, paragraph("Signature", ""))
            cells = [empty, *cells, empty]
        rows.append(row_of("".join(cells)))
    return paragraph("Gap", "", KEEP) + table_of([third] * 4, rows) + paragraph("Gap", "", KEEP) + to


def _signature(signature: Signature, missing: range) -> str:
    """Left empty between title and name: no signature, no seal is ever drawn. `missing` lines make the names level."""
    titles = [*signature.lines, *("" for _number in missing)]
    return "".join(line("Signature", text) for text in titles) + line("Signer", signature.name)


def _recipients(recipients: tuple[str, ...]) -> str:
    if not recipients:
        return ""
    *first, last = map(joined, in_list(recipients))
    return (
        line("RecipientsHead", words.RECIPIENTS)
        + "".join(line("Recipients", text, KEEP) for text in first)
        + line("Recipients", last)
    )
