"""Manuscript -> Word: the words and numbers of the PDF in real styles, to be edited further.

The file names Times New Roman and embeds nothing. Numbers of sections and lists are plain text, as agreed upon: Word
never counts anew. The same manuscript and stamp give the same bytes.
"""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime, time
from io import BytesIO
from itertools import pairwise
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml
from docx.section import Section
from docx.shared import Pt

from coordination.manuscript import Annex, Block, Box, Chart, Heading, Manuscript, Paragraph, Stamp, Table
from reports.typeset import words
from reports.typeset.balance import signed_by
from reports.typeset.html import created_on, marks, reference_lines
from reports.typeset.profile import MM, Profile, profile_of
from reports.typeset.word_parts import end_xml, head_xml, rule_xml
from reports.typeset.word_styles import styles_xml
from reports.typeset.word_tables import table_xml
from reports.typeset.word_text import NAMESPACE, Notes, line, paragraph, run, spans_xml
from reports.typeset.words import held, joined, nfc

A4 = (210 * MM, 297 * MM)
_UNUSED = ("/thumbnail", "/stylesWithEffects", "/customXml", "/numbering")  # of the library's own template
_STYLES = {"body": "BodyText", "lead": "Lead", "basis": "Basis", "item": "Item", "last_item": "Item"}
_PAGE = "".join(
    f"<w:r>{part}</w:r>"
    for part in (
        '<w:fldChar w:fldCharType="begin"/>',
        '<w:instrText xml:space="preserve"> PAGE </w:instrText>',
        '<w:fldChar w:fldCharType="separate"/>',
        "<w:t>2</w:t>",
        '<w:fldChar w:fldCharType="end"/>',
    )
)


def render_docx(manuscript: Manuscript, stamp: Stamp) -> bytes:
    """The paper as a file; PrintRefused for an unknown profile."""
    return _Writer(manuscript, stamp).content()


class _Writer:
    """The paper being written, from top to bottom."""

    def __init__(self, manuscript: Manuscript, stamp: Stamp) -> None:
        self.manuscript, self.stamp = manuscript, stamp
        self.profile = profile_of(manuscript.profile)
        self.marks = marks(manuscript, stamp)
        self.notes = Notes()
        self.document = docx.Document()
        self.body = self.document.element.body
        charts = [block for block in manuscript.all_blocks() if isinstance(block, Chart)]
        self.pictures = dict(zip((chart.key for chart in charts), _pictures(charts), strict=True))

    def content(self) -> bytes:
        manuscript, profile = self.manuscript, self.profile
        self._prepare()
        self._add(head_xml(manuscript, self.stamp, profile))
        self._write(manuscript.blocks, self._text_width(False), small=False)
        closing = spans_xml(manuscript.closing, self.notes)
        if closing:
            self._add(paragraph("BodyText", closing, "<w:keepNext/>"))
        elif self.body[-2].tag == qn("w:p"):
            self.body[-2].get_or_add_pPr().get_or_add_keepNext()  # signatures never stand alone on a page
        signatures = signed_by(manuscript, self.stamp, profile)
        self._add(end_xml(signatures, manuscript.recipients, profile, self._text_width(False)))
        if not manuscript.annexes:
            self._add(paragraph("Gap", ""))  # a file never ends with a table
        self._set_page(self.document.sections[0], landscape=False, own=False)
        for annex in manuscript.annexes:
            self._annex(annex)
        self._finish()
        return _with_fixed_times(self.document)

    def _prepare(self) -> None:
        """The library's template without its look."""
        for relations in (self.document.part.package.rels, self.document.part.rels):
            for key in [key for key, rel in relations.items() if rel.reltype.endswith(_UNUSED)]:
                del relations[key]
        styles = self.document.styles.element
        for old in list(styles):
            styles.remove(old)
        styles.extend(list(parse_xml(styles_xml(self.profile))))

    def _add(self, xml: str) -> None:
        last = self.body[-1]  # properties of the last section
        for element in list(parse_xml(f"<w:body {NAMESPACE}>{xml}</w:body>")):
            last.addprevious(element)

    def _text_width(self, landscape: bool) -> float:
        return A4[landscape] - self.profile.size("left") - self.profile.size("right")

    # ---- blocks ----

    def _write(self, blocks: tuple[Block, ...], wide: float, small: bool) -> None:
        waiting = ""
        for block, following in pairwise((*blocks, None)):
            if isinstance(block, Chart):
                self._add(waiting)
                waiting = ""
                self._chart(block, wide)
            elif block is not None:
                waiting += self._block(block, following, wide, small)
        self._add(waiting)

    def _block(self, block: Block, following: Block | None, wide: float, small: bool) -> str:
        if isinstance(block, Heading):
            text = f"{block.number} {block.text}".strip()
            return line(f"Heading{block.level}", text.upper() if block.level == 1 else text)
        if isinstance(block, Paragraph):
            return self._paragraph(block, following)
        if isinstance(block, Table):
            return _table(block, wide, small or block.small, self.profile)
        return paragraph("Box", spans_xml(block.spans, self.notes)) if isinstance(block, Box) else ""

    def _paragraph(self, block: Paragraph, following: Block | None) -> str:
        """ "+ " is written out and hangs; the last of a list has the distance of paragraphs behind it."""
        before = "+\t" if block.style in ("item", "last_item") else ""
        style, more = _STYLES[block.style], ""
        if block.style == "last_item":
            more = f'<w:spacing w:after="{round(self.profile.size("para") * 20)}"/>'
        return paragraph(style, spans_xml(block.spans, self.notes, before), more)

    def _chart(self, block: Chart, wide: float) -> None:
        self._add(line("Caption", joined(block.title)))
        holder = self.document.add_paragraph(style="Hình")
        holder.paragraph_format.keep_with_next = bool(block.source)
        drawn = holder.add_run().add_picture(BytesIO(self.pictures[block.key]), width=Pt(min(wide, 165 * MM)))
        drawn._inline.docPr.set("descr", nfc(block.alt or block.title))
        drawn._inline.docPr.set("name", block.key)
        if block.source:
            self._add(paragraph("Source", run(held(block.source), italic=True)))

    # ---- annexes ----

    def _annex(self, annex: Annex) -> None:
        """A section of its own: its paper may lie across, its pages count from 1."""
        self.body.add_section_break()
        self.body[-2].style = "Gap"
        self._set_page(self.document.sections[-1], landscape=annex.landscape, own=True)
        wide = self._text_width(annex.landscape)
        self._add(self._annex_head(annex, wide))
        self._write(annex.blocks, wide, small=annex.landscape)

    def _annex_head(self, annex: Annex, wide: float) -> str:
        label = f"{words.ANNEX} {annex.number}".strip()
        cited = reference_lines(annex, self.manuscript, self.stamp)
        return (
            line("Annex", label)
            + line("AnnexTitle", "\n".join(annex.title).upper())
            + line("AnnexReference", "\n".join(cited))
            + rule_xml(wide, 45 * MM)
            + paragraph("Gap", "")
        )

    # ---- pages ----

    def _set_page(self, section: Section, *, landscape: bool, own: bool) -> None:
        size = self.profile.size
        section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = Pt(A4[landscape]), Pt(A4[not landscape])
        section.top_margin, section.bottom_margin = Pt(size("top")), Pt(size("bottom"))
        section.left_margin, section.right_margin = Pt(size("left")), Pt(size("right"))
        section.header_distance, section.footer_distance = Pt((size("top") - size("page-no")) / 2), Pt(10 * MM)
        section.different_first_page_header_footer = True
        wide, mark = self._text_width(landscape), " - ".join(self.marks)
        self._header(section.header, wide, _PAGE, mark)
        self._header(section.first_page_header, wide, "", mark if own else "")
        sect = section._sectPr
        for old in sect.findall(qn("w:pgNumType")):
            sect.remove(old)
        sect.get_or_add_pgMar().addnext(parse_xml(f'<w:pgNumType {NAMESPACE} w:start="1"/>'))

    def _header(self, header: Any, wide: float, middle: str, right: str) -> None:
        header.is_linked_to_previous = False
        element = header._element
        for old in list(element):
            element.remove(old)
        tabs = (
            f'<w:tabs><w:tab w:val="center" w:pos="{round(wide * 10)}"/>'
            f'<w:tab w:val="right" w:pos="{round(wide * 20)}"/></w:tabs>'
        )
        tab = "<w:r><w:tab/></w:r>"
        mark = f'{tab}<w:r><w:rPr><w:b/><w:sz w:val="20"/></w:rPr><w:t>{right}</w:t></w:r>' if right else ""
        content = f"{tab}{middle}{mark}" if middle or right else ""
        element.append(parse_xml(paragraph("Header", content, tabs).replace("<w:p>", f"<w:p {NAMESPACE}>", 1)))

    # ---- the file ----

    def _finish(self) -> None:
        self._add_notes()
        settings = self.document.settings.element
        for element in settings.iter(qn("w:themeFontLang")):
            element.set(qn("w:val"), "vi-VN")
        head, day = self.manuscript.head, created_on(self.manuscript, self.stamp)
        core = self.document.core_properties
        core.title = nfc(self.manuscript.title)[:255]
        core.author = core.last_modified_by = ", ".join(nfc(one.name).replace("\n", " ") for one in head.issuers)[:255]
        core.subject, core.comments = nfc(self.manuscript.summary)[:255], ""
        core.language, core.revision, core.keywords = "vi-VN", 1, ", ".join(self.marks)
        core.created = core.modified = datetime.combine(day, time(), UTC) if day else _NO_DAY

    def _add_notes(self) -> None:
        if not self.notes.texts:
            return
        main = self.document.part
        name = PackURI("/word/footnotes.xml")
        part = Part(name, CONTENT_TYPE.WML_FOOTNOTES, self.notes.xml(), main.package)
        main.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)


_NO_DAY = datetime(2020, 3, 5, tzinfo=UTC)  # day of the decree, for a paper without any date


def _pictures(charts: list[Chart]) -> list[bytes]:
    from reports.typeset.pictures import chart_pictures  # noqa: PLC0415  loads WeasyPrint: most of a second

    return chart_pictures(charts) if charts else []


def _table(block: Table, wide: float, small: bool, profile: Profile) -> str:
    return (
        (line("Caption", block.caption) if block.caption else "")
        + (line("Unit", block.unit) if block.unit else "")
        + table_xml(block, wide, small, profile)
        + (line("Source", block.legend) if block.legend else paragraph("Gap", ""))
    )


def _with_fixed_times(document: Any) -> bytes:
    """A zip notes when each part was written; here it never says."""
    with BytesIO() as first, BytesIO() as second:
        document.save(first)
        with zipfile.ZipFile(first) as parts, zipfile.ZipFile(second, "w", zipfile.ZIP_DEFLATED) as fixed:
            for name in parts.namelist():
                fixed.writestr(zipfile.ZipInfo(name), parts.read(name), zipfile.ZIP_DEFLATED)
        return second.getvalue()
