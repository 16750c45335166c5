"""Styles of the Word file: the decree's components by name, with the sizes of the profile.

People change a component of the whole paper at its style. Built-in names where Word has one (headings make the
navigation pane, "caption" and "footnote text" what Word's menus expect); the others are Vietnamese.
"""

from functools import partial

from reports.typeset.profile import MM, Profile
from reports.typeset.word_text import NAMESPACE, twips

FONT = "Times New Roman"
SINGLE = 1.149  # height of a line of the font at single spacing, in sizes: ascent, descent and gap
GAP = 25 * MM  # room for signature and seal
GRID = 8 * 0.5  # Word counts lines in eighths of a point
RULE = 8 * 0.75


def styles_xml(profile: Profile) -> str:
    size = profile.size
    fonts = " ".join(f'w:{script}="{FONT}"' for script in ("ascii", "hAnsi", "eastAsia", "cs"))
    defaults = (
        f"<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts {fonts}/>{_size(size('body'))}"
        '<w:lang w:val="vi-VN" w:eastAsia="vi-VN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        "<w:pPrDefault/></w:docDefaults>"
    )
    normal = (
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>'
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/></w:style>'
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr>'
        '<w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/>'
        "</w:tblCellMar></w:tblPr></w:style>"
        '<w:style w:type="character" w:styleId="FootnoteReference"><w:name w:val="footnote reference"/>'
        '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style>'
    )
    made = "".join((*_head(profile), *_body(profile), *_tables(profile), *_end(profile), *_annexes(profile)))
    return f"<w:styles {NAMESPACE}>{defaults}{normal}{made}</w:styles>"


def _head(profile: Profile) -> list[str]:
    size, tight = profile.size, 1.2
    return [
        _style("Nation", "Quốc hiệu", size("nation"), "b", "center", line=tight),
        _style("Motto", "Tiêu ngữ", size("motto"), "b", "center", line=tight),
        _style("Parent", "Cơ quan chủ quản", size("organ"), "", "center", line=tight),
        _style("Organ", "Cơ quan ban hành", size("organ"), "b", "center", line=tight),
        _style("Number", "Số, ký hiệu", size("number"), "", "center", before=5, line=tight),
        _style("Date", "Địa danh, ngày tháng", size("date"), "i", "center", before=5, line=tight),
        _style("Rule", "Đường kẻ", 2, borders=_border("top", RULE), exact=4),
        _style("Gap", "Khoảng cách", 2, exact=10),
        _style("Stamp", "Dấu dự thảo", 13, "b", "center", before=6, line=1.25, borders=_frame(RULE, 1)),
        _style("Title", "Title", size("type"), "b", "center", before=14, after=2, line=1.25, keep=True),
        _style("Subtitle", "Subtitle", size("subject"), "b", "center", line=1.25, keep=True),
        _style("Salutation", "Salutation", size("body"), line=profile.size("leading")),
        _style("Header", "header", size("page-no")),
    ]


def _body(profile: Profile) -> list[str]:
    size, indent, after = profile.size, profile.size("indent"), profile.size("para")
    body, leading = size("body"), size("leading")
    flow = partial(_style, align="both", first=indent, after=after, line=leading)
    heading = partial(_style, first=indent, after=after, line=leading, keep=True)
    return [
        flow("BodyText", "Body Text", body),
        flow("Lead", "Đoạn dẫn", body, keep=True),
        flow("Basis", "Căn cứ", body, "i"),
        _style("Item", "Dòng liệt kê", body, "", "both", left=indent + 5 * MM, first=-5 * MM, after=3, line=leading),
        heading("Heading1", "heading 1", body, "b", before=8, level=0),
        heading("Heading2", "heading 2", body, "b", before=2, level=1),
        heading("Heading3", "heading 3", body, "bi", level=2),
        _style("Box", "Khung", 12, "", "both", before=8, after=8, line=1.25, borders=_frame(RULE, 4)),
        _style("FootnoteText", "footnote text", size("note"), "", "both", after=2, line=1.2),
    ]


def _tables(profile: Profile) -> list[str]:
    size, tight = profile.size, 1.2
    return [
        _style("Caption", "caption", size("figure"), "b", "center", before=4, after=2, line=tight, keep=True),
        _style("Unit", "Đơn vị tính", size("unit"), "i", "right", after=2, line=tight, keep=True),
        _style("TableText", "Chữ trong bảng", size("table"), line=tight),
        _style("TableSmall", "Chữ trong bảng rộng", size("table-wide"), line=tight),
        _style("Picture", "Hình", size("body"), "", "center"),
        _style("Source", "Nguồn, chú giải", size("source"), "", before=3, after=8, line=tight),
    ]


def _end(profile: Profile) -> list[str]:
    size = profile.size
    return [
        _style("Signature", "Signature", size("sign"), "b", "center", line=1.25, keep=True),
        _style("Signer", "Họ tên người ký", size("sign"), "b", "center", before=GAP, line=1.25, keep=True),
        _style("RecipientsHead", "Nơi nhận", size("to-head"), "bi", line=1.46, keep=True),
        _style("Recipients", "Dòng nơi nhận", size("to"), "", line=1.25),
    ]


def _annexes(profile: Profile) -> list[str]:
    size, tight = profile.size, 1.25
    return [
        _style("Annex", "Phụ lục", size("annex"), "b", "center", line=tight, keep=True, level=0),
        _style("AnnexTitle", "Tên phụ lục", size("annex-title"), "b", "center", line=tight, keep=True),
        _style("AnnexReference", "Kèm theo", size("annex-ref"), "i", "center", line=tight, keep=True),
    ]


def _style(
    key: str, name: str, size: float, look: str = "", align: str = "left", *, before: float = 0, after: float = 0,
    first: float = 0, left: float = 0, line: float = 0, exact: float = 0, keep: bool = False, level: int | None = None,
    borders: str = "",
) -> str:  # fmt: skip
    """`look`: b, i or both. `line` is the distance of lines in sizes (0 = single), `exact` in points."""
    spacing = f'w:before="{twips(before)}" w:after="{twips(after)}" ' + (
        f'w:line="{twips(exact)}" w:lineRule="exact"'
        if exact
        else f'w:line="{max(240, round(240 * line / SINGLE))}" w:lineRule="auto"'
    )
    indent = f'w:firstLine="{twips(first)}"' if first >= 0 else f'w:hanging="{twips(-first)}"'
    own = "" if level is None else f'<w:outlineLvl w:val="{level}"/>'
    return (
        f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/><w:basedOn w:val="Normal"/>'
        f"<w:qFormat/><w:pPr>{'<w:keepNext/>' * keep}<w:widowControl/>{borders}<w:spacing {spacing}/>"
        f'<w:ind w:left="{twips(left)}" {indent}/><w:jc w:val="{align}"/>{own}</w:pPr>'
        f"<w:rPr>{'<w:b/>' * ('b' in look)}{'<w:i/>' * ('i' in look)}{_size(size)}</w:rPr></w:style>"
    )


def _size(points: float) -> str:
    """Word counts sizes in half points."""
    return f'<w:sz w:val="{round(points * 2)}"/><w:szCs w:val="{round(points * 2)}"/>'


def _border(side: str, width: float, space: float = 0) -> str:
    return f"<w:pBdr>{_edge(side, width, space)}</w:pBdr>"


def _frame(width: float, space: float) -> str:
    return f"<w:pBdr>{''.join(_edge(side, width, space) for side in ('top', 'left', 'bottom', 'right'))}</w:pBdr>"


def _edge(side: str, width: float, space: float) -> str:
    return f'<w:{side} w:val="single" w:sz="{width:g}" w:space="{space:g}" w:color="000000"/>'
