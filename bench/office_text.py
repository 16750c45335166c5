"""Manuscript -> flat OpenDocument text: the same content in LibreOffice's own format, for a fair race."""

from __future__ import annotations

import base64
from xml.sax.saxutils import escape

from coordination.manuscript import Annex, Block, Chart, Heading, Manuscript, Paragraph, Table
from reports.typeset.charts import chart_svg

NAMES = {
    "office": "office:1.0", "style": "style:1.0", "text": "text:1.0", "table": "table:1.0", "draw": "drawing:1.0",
    "fo": "xsl-fo-compatible:1.0", "svg": "svg-compatible:1.0",
}  # fmt: skip
# Margins in mm: top, bottom, left, right; sizes in points: as the decree's profile has them.
STYLES = """
<office:font-face-decls>
 <style:font-face style:name="S" svg:font-family="'Liberation Serif'"/></office:font-face-decls>
<office:styles>
 <style:default-style style:family="paragraph"><style:paragraph-properties fo:text-align="justify"
  fo:line-height="108%"
  fo:margin-bottom="6pt" fo:orphans="2" fo:widows="2"/><style:text-properties style:font-name="S" fo:font-size="14pt"
  fo:language="vi" fo:country="VN"/></style:default-style>
 <style:style style:name="body" style:family="paragraph"><style:paragraph-properties fo:text-indent="10mm"/>
 </style:style>
 <style:style style:name="head" style:family="paragraph"><style:paragraph-properties fo:keep-with-next="always"
  fo:text-indent="10mm"/><style:text-properties fo:font-weight="bold"/></style:style>
 <style:style style:name="mid" style:family="paragraph"><style:paragraph-properties fo:text-align="center"/>
  <style:text-properties fo:font-weight="bold"/></style:style>
 <style:style style:name="cell" style:family="paragraph"><style:paragraph-properties fo:text-align="start"
  fo:margin-bottom="0pt" fo:line-height="104%"/><style:text-properties fo:font-size="11pt"/></style:style>
</office:styles>
<office:automatic-styles>
 <style:page-layout style:name="tall"><style:page-layout-properties fo:page-width="210mm" fo:page-height="297mm"
  fo:margin-top="20mm" fo:margin-bottom="20mm" fo:margin-left="30mm" fo:margin-right="15mm"/></style:page-layout>
 <style:page-layout style:name="broad"><style:page-layout-properties fo:page-width="297mm" fo:page-height="210mm"
  style:print-orientation="landscape" fo:margin-top="20mm" fo:margin-bottom="20mm" fo:margin-left="30mm"
  fo:margin-right="15mm"/></style:page-layout>
 <style:style style:name="annex" style:family="paragraph" style:parent-style-name="mid"
  style:master-page-name="Broad"/>
 <style:style style:name="box" style:family="table-cell"><style:table-cell-properties fo:border="0.5pt solid #000000"
  fo:padding="0.6mm"/></style:style>
 <style:style style:name="row" style:family="table-row"><style:table-row-properties fo:keep-together="always"/>
 </style:style>
 {columns}
</office:automatic-styles>
<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="tall"/>
<style:master-page style:name="Broad" style:page-layout-name="broad"/></office:master-styles>
"""
CHART_MM = (156, 50)


def flat_text(manuscript: Manuscript) -> str:
    names = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{path}"' for name, path in NAMES.items())
    head = manuscript.head
    lines = [*(issuer.name for issuer in head.issuers), head.type_name, *head.subject]
    parts = [_line("mid", line) for line in lines]
    parts += [_block(block) for block in manuscript.blocks]
    parts += [_line("body", "".join(span.text for span in manuscript.closing))]
    parts += [_line("mid", line) for signature in manuscript.signatures for line in (*signature.lines, signature.name)]
    parts += [_line("cell", line) for line in manuscript.recipients]
    parts += [part for annex in manuscript.annexes for part in _annex(annex)]
    widths = sorted({column.width_mm for block in manuscript.all_blocks() if isinstance(block, Table)
                     for column in block.columns})  # fmt: skip
    columns = "".join(
        f'<style:style style:name="w{width:g}" style:family="table-column"><style:table-column-properties'
        f' style:column-width="{width:g}mm"/></style:style>'
        for width in widths
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {names} office:version="1.3"'
        ' office:mimetype="application/vnd.oasis.opendocument.text">'
        f"{STYLES.replace('{columns}', columns)}"
        f"<office:body><office:text>{''.join(parts)}</office:text></office:body></office:document>"
    )


def _line(style: str, text: str) -> str:
    return f'<text:p text:style-name="{style}">{escape(text)}</text:p>'


def _annex(annex: Annex) -> list[str]:
    return [_line("annex", " ".join(annex.title)), *map(_block, annex.blocks)]


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        return _line("head", f"{block.number} {block.text}")
    if isinstance(block, Table):
        return _table(block)
    if isinstance(block, Chart):
        return _chart(block)
    style = "body" if isinstance(block, Paragraph) else "cell"
    return _line(style, "".join(span.text for span in block.spans))


def _table(table: Table) -> str:
    columns = "".join(f'<table:table-column table:style-name="w{column.width_mm:g}"/>' for column in table.columns)
    head = _row([column.title for column in table.columns])
    rows = "".join(_row([cell.text for cell in row.cells]) for row in table.rows)
    caption = _line("mid", table.caption) if table.caption else ""
    return (
        f'{caption}<table:table table:name="{table.key}">{columns}'
        f"<table:table-header-rows>{head}</table:table-header-rows>{rows}</table:table>"
    )


def _row(texts: list[str]) -> str:
    cells = "".join(
        f'<table:table-cell table:style-name="box">{_line("cell", text)}</table:table-cell>' for text in texts
    )
    return f'<table:table-row table:style-name="row">{cells}</table:table-row>'


def _chart(chart: Chart) -> str:
    width, height = CHART_MM
    data = base64.b64encode(chart_svg(chart).encode()).decode()
    picture = (
        f'<draw:frame text:anchor-type="as-char" svg:width="{width}mm" svg:height="{height}mm"><draw:image>'
        f"<office:binary-data>{data}</office:binary-data></draw:image></draw:frame>"
    )
    return f'<text:p text:style-name="mid">{picture}</text:p>{_line("mid", chart.title)}'
